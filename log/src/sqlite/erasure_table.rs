//! The table of what is to be erased: rows of persons and rooms, until their texts are gone.

use rusqlite::{Connection, params};
use throng_protocol::{PersonId, RoomId};

use super::columns::damaged;
use crate::erasure::Erasure;

/// Everything that is still to be erased.
pub(super) fn list(connection: &Connection) -> rusqlite::Result<Vec<Erasure>> {
    connection
        .prepare_cached("SELECT kind, subject FROM erasure")?
        .query_map([], |row| match row.get(0)? {
            0_u8 => Ok(Erasure::Person(PersonId::from_bytes(row.get(1)?))),
            1 => Ok(Erasure::Room(RoomId::from_bytes(row.get(1)?))),
            _ => Err(damaged(0, "a kind of erasure that is not known")),
        })?
        .collect()
}

/// Remembers something that is to be erased.
pub(super) fn add(connection: &Connection, it: Erasure) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT OR IGNORE INTO erasure (kind, subject) VALUES (?, ?)")?
        .execute(params![kind(it), subject(it)])
        .map(drop)
}

/// Forgets something that is erased.
pub(super) fn done(connection: &Connection, it: Erasure) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM erasure WHERE kind = ? AND subject = ?")?
        .execute(params![kind(it), subject(it)])
        .map(drop)
}

fn kind(it: Erasure) -> u8 {
    match it {
        Erasure::Person(_) => 0,
        Erasure::Room(_) => 1,
    }
}

fn subject(it: Erasure) -> [u8; 16] {
    match it {
        Erasure::Person(person) => person.to_bytes(),
        Erasure::Room(room) => room.to_bytes(),
    }
}
