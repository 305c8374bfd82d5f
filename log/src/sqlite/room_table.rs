//! The tables of what is said of rooms, and of who is in them.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{Connection, ErrorCode, Row, params};
use throng_protocol::{Nick, PersonId, Rank, Right, RoomId, RoomKind, RoomName};

use super::columns::{damaged, role, role_number};
use super::erasure_table;
use crate::accounts::Unchanged;
use crate::erasure::Erasure;
use crate::groups::GroupId;
use crate::rooms::{RoomAttributes, Seat};

/// The groups that a room names for each right.
type Named = BTreeMap<Right, Vec<GroupId>>;

/// The attributes of every room that has some.
pub(super) fn attributes(connection: &Connection) -> rusqlite::Result<Vec<RoomAttributes>> {
    let mut groups = groups(connection)?;
    connection
        .prepare(
            "SELECT id, kind, name, topic, speak, slow, invite, archived, deleted,
                    description, place, see, moderate
             FROM room_attributes",
        )?
        .query_map([], |row| {
            let id = RoomId::from_bytes(row.get(0)?);
            Ok(RoomAttributes {
                id,
                kind: kind(row, 1)?,
                name: row.get(2).map(RoomName::kept)?,
                topic: row.get(3)?,
                speak: role(row, 4)?,
                slow_ms: row.get::<_, i64>(5)?.cast_unsigned(),
                invite: rank(row, 6)?,
                archived: row.get(7)?,
                deleted: row.get(8)?,
                description: row.get(9)?,
                order: row.get(10)?,
                see: role(row, 11)?,
                moderate: role(row, 12)?,
                groups: groups.remove(&id).unwrap_or_default(),
            })
        })?
        .collect()
}

/// The groups that rooms name.
fn groups(connection: &Connection) -> rusqlite::Result<HashMap<RoomId, Named>> {
    let mut rooms: HashMap<RoomId, Named> = HashMap::new();
    let mut statement =
        connection.prepare("SELECT room, right, group_id FROM room_group ORDER BY group_id")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (room, group): (_, i64) = (RoomId::from_bytes(row.get(0)?), row.get(2)?);
        let named = rooms.entry(room).or_default();
        named.entry(right(row, 1)?).or_default().push(group.cast_unsigned());
    }
    Ok(rooms)
}

/// Who is in which room.
pub(super) fn seats(connection: &Connection) -> rusqlite::Result<Vec<Seat>> {
    connection
        .prepare("SELECT room, person, nick, rank FROM seat")?
        .query_map([], |row| {
            Ok(Seat {
                room: RoomId::from_bytes(row.get(0)?),
                person: PersonId::from_bytes(row.get(1)?),
                nick: row.get(2)?,
                rank: rank(row, 3)?,
            })
        })?
        .collect()
}

/// Stores what is said of a room. The log's own row of it, which has messages, gets the same name.
pub(super) fn put(
    connection: &Connection,
    room: &RoomAttributes,
) -> rusqlite::Result<Result<(), Unchanged>> {
    let in_log = room.name_in_log();
    let named = connection
        .prepare_cached("UPDATE room SET name = ?2, fold = ?3 WHERE id = ?1 AND fold <> ?3")?
        .execute(params![room.id.to_bytes(), in_log.as_str(), in_log.fold().as_str()]);
    match named {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
            return Ok(Err(Unchanged::NameTaken));
        }
        named => drop(named?),
    }
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO room_attributes
                 (id, kind, name, topic, speak, slow, invite, archived, deleted,
                  description, place, see, moderate)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            room.id.to_bytes(),
            kind_number(room.kind),
            room.name.as_str(),
            room.topic,
            role_number(room.speak),
            room.slow_ms.cast_signed(),
            rank_number(room.invite),
            room.archived,
            room.deleted,
            room.description,
            room.order,
            role_number(room.see),
            role_number(room.moderate),
        ])?;
    put_groups(connection, room)?;
    if room.deleted {
        connection
            .prepare_cached("DELETE FROM seat WHERE room = ?")?
            .execute([room.id.to_bytes()])?;
        erasure_table::add(connection, Erasure::Room(room.id))?;
        connection
            .prepare_cached("DELETE FROM filter WHERE room = ?")?
            .execute([room.id.to_bytes()])?;
    }
    Ok(Ok(()))
}

fn put_groups(connection: &Connection, room: &RoomAttributes) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM room_group WHERE room = ?")?
        .execute([room.id.to_bytes()])?;
    let mut insert = connection
        .prepare_cached("INSERT INTO room_group (room, right, group_id) VALUES (?, ?, ?)")?;
    for (right, groups) in &room.groups {
        for group in groups {
            insert.execute(params![
                room.id.to_bytes(),
                right_number(*right),
                group.cast_signed()
            ])?;
        }
    }
    Ok(())
}

/// Gives somebody a seat, or another rank.
pub(super) fn seat(connection: &Connection, seat: &Seat) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO seat (room, person, nick, rank) VALUES (?, ?, ?, ?)",
        )?
        .execute(params![
            seat.room.to_bytes(),
            seat.person.to_bytes(),
            seat.nick,
            rank_number(seat.rank)
        ])
        .map(drop)
}

/// Somebody is called otherwise.
pub(super) fn rename_seats(
    connection: &Connection,
    person: PersonId,
    nick: &Nick,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE seat SET nick = ? WHERE person = ?")?
        .execute(params![nick.as_str(), person.to_bytes()])
        .map(drop)
}

/// Takes somebody's seat away.
pub(super) fn unseat(
    connection: &Connection,
    room: RoomId,
    person: PersonId,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM seat WHERE room = ? AND person = ?")?
        .execute(params![room.to_bytes(), person.to_bytes()])
        .map(drop)
}

fn kind_number(kind: RoomKind) -> u8 {
    match kind {
        RoomKind::Public => 0,
        RoomKind::Private => 1,
        RoomKind::Direct => 2,
    }
}

fn kind(row: &Row<'_>, column: usize) -> rusqlite::Result<RoomKind> {
    match row.get(column)? {
        0_u8 => Ok(RoomKind::Public),
        1 => Ok(RoomKind::Private),
        2 => Ok(RoomKind::Direct),
        _ => Err(damaged(column, "a kind of room that is not known")),
    }
}

/// 0 is also the number in the condition that a reader may know of a room.
fn right_number(right: Right) -> u8 {
    match right {
        Right::See => 0,
        Right::Speak => 1,
        Right::Invite => 2,
        Right::Moderate => 3,
    }
}

fn right(row: &Row<'_>, column: usize) -> rusqlite::Result<Right> {
    let number: u8 = row.get(column)?;
    let found = Right::ALL.into_iter().find(|right| right_number(*right) == number);
    found.ok_or_else(|| damaged(column, "a right that is not known"))
}

fn rank_number(rank: Rank) -> u8 {
    match rank {
        Rank::Invited => 0,
        Rank::Member => 1,
        Rank::Moderator => 2,
    }
}

fn rank(row: &Row<'_>, column: usize) -> rusqlite::Result<Rank> {
    match row.get(column)? {
        0_u8 => Ok(Rank::Invited),
        1 => Ok(Rank::Member),
        2 => Ok(Rank::Moderator),
        _ => Err(damaged(column, "a rank that is not known")),
    }
}
