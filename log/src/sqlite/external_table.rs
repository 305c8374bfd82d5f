//! The table of people whom an issuer outside vouches for: who they are here, and what was granted last.
//!
//! `rooms` holds one id or name a line, `nick` the nick as it was wished for.

use rusqlite::{Connection, OptionalExtension, Row, params};
use throng_protocol::PersonId;

use super::columns::damaged;
use crate::accounts::{External, ExternalId, Grant, Unchanged};

const COLUMNS: &str = "SELECT issuer, subject, person, issued, revoked, nick, rooms FROM external";

/// The person whom an issuer means.
pub(super) fn find(connection: &Connection, id: &ExternalId) -> rusqlite::Result<Option<External>> {
    connection
        .prepare_cached(&format!("{COLUMNS} WHERE issuer = ? AND subject = ?"))?
        .query_row(params![id.issuer, id.subject], external)
        .optional()
}

/// What issuers say about a person.
pub(super) fn of_person(
    connection: &Connection,
    person: PersonId,
) -> rusqlite::Result<Vec<External>> {
    connection
        .prepare_cached(&format!("{COLUMNS} WHERE person = ?"))?
        .query_map([person.to_bytes()], external)?
        .collect()
}

/// Adds a person. Who is meant by an issuer's name never changes.
pub(super) fn add(
    connection: &Connection,
    external: &External,
) -> rusqlite::Result<Result<(), Unchanged>> {
    let External { id, person, grant, revoked_s } = external;
    let added = connection
        .prepare_cached(
            "INSERT OR IGNORE INTO external (issuer, subject, person, issued, revoked, nick, rooms)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            id.issuer,
            id.subject,
            person.to_bytes(),
            grant.issued_s.cast_signed(),
            revoked_s.cast_signed(),
            grant.nick,
            rooms_text(grant),
        ])?;
    Ok(if added == 1 { Ok(()) } else { Err(Unchanged::ExternalTaken) })
}

/// Stores what is granted, unless something that was issued later is stored.
pub(super) fn grant(
    connection: &Connection,
    id: &ExternalId,
    grant: &Grant,
) -> rusqlite::Result<Result<(), Unchanged>> {
    let granted = connection
        .prepare_cached(
            "UPDATE external SET issued = ?1, nick = ?2, rooms = ?3
             WHERE issuer = ?4 AND subject = ?5 AND issued <= ?1",
        )?
        .execute(params![
            grant.issued_s.cast_signed(),
            grant.nick,
            rooms_text(grant),
            id.issuer,
            id.subject,
        ])?;
    Ok(if granted == 1 { Ok(()) } else { Err(Unchanged::Outdated) })
}

/// Makes void what was issued for a person until now.
pub(super) fn revoke(connection: &Connection, person: PersonId) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE external SET revoked = unixepoch() WHERE person = ?")?
        .execute([person.to_bytes()])
        .map(drop)
}

fn rooms_text(grant: &Grant) -> Option<String> {
    grant.rooms.as_ref().map(|rooms| rooms.join("\n"))
}

fn external(row: &Row<'_>) -> rusqlite::Result<External> {
    let rooms: Option<String> = row.get(6)?;
    Ok(External {
        id: ExternalId { issuer: row.get(0)?, subject: row.get(1)? },
        person: PersonId::from_bytes(row.get(2)?),
        grant: Grant {
            issued_s: seconds(row, 3)?,
            nick: row.get(5)?,
            rooms: rooms.map(|rooms| rooms.lines().map(Box::from).collect()),
        },
        revoked_s: seconds(row, 4)?,
    })
}

fn seconds(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    u64::try_from(row.get::<_, i64>(column)?).map_err(|_| damaged(column, "a time before 1970"))
}
