//! Replaces and deletes the texts of messages, and searches for those that are to be deleted.
//!
//! A row stays: its seq keeps its place in the room, and its `cid` with the digest still recognises a retry. With
//! `secure_delete`, SQLite overwrites the text in the page. The old page is then still in the write-ahead log, until
//! [`Checkpoints`](super::checkpoint::Checkpoints) empties it.

use rusqlite::{Connection, OptionalExtension, params};
use throng_protocol::{PersonId, RoomId};

use super::body::DELETE;
use super::row_id::{self, SEQ_MAX};
use crate::log::{Append, Found, NotEdited, Search};

/// The most rows that one search looks at: a few milliseconds of a reader.
const SEARCHED_MAX: u32 = 10_000;

/// Deletes the texts of these messages, and what reports have of them. `by` is the seq of the entry that does it. Returns
/// how many messages had a text.
pub(super) fn delete(
    connection: &Connection,
    room: i64,
    id: RoomId,
    targets: &[u64],
    by: u64,
) -> rusqlite::Result<usize> {
    let mut text = connection.prepare_cached(
        "UPDATE message SET text = '', changed = ?, shadow = shadow * (shadow = ?)
         WHERE id = ? AND kind < ? AND text <> ''",
    )?;
    let mut report =
        connection.prepare_cached("UPDATE report SET text = '' WHERE room = ? AND seq = ?")?;
    let mut deleted = 0;
    for seq in targets.iter().filter(|seq| **seq <= SEQ_MAX) {
        forget_edit(connection, room, *seq)?;
        let (by, seq, key) = (by.cast_signed(), seq.cast_signed(), row_id::key(room, *seq));
        if text.execute(params![by, seq, key, DELETE])? > 0 {
            report.execute(params![id.to_bytes(), seq])?;
            deleted += 1;
        }
    }
    Ok(deleted)
}

/// Whether there is nothing among these messages but what this person has said and nobody else sees.
pub(super) fn are_hidden(
    connection: &Connection,
    room: i64,
    targets: &[u64],
    sender: PersonId,
) -> rusqlite::Result<bool> {
    let mut hidden =
        connection.prepare_cached("SELECT sender = ? AND shadow = ? FROM message WHERE id = ?")?;
    for seq in targets.iter().filter(|seq| **seq <= SEQ_MAX) {
        let row = params![sender.to_bytes(), seq.cast_signed(), row_id::key(room, *seq)];
        let found: Option<bool> = hidden.query_row(row, |row| row.get(0)).optional()?;
        if found == Some(false) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Replaces the text of a message. `by` is the seq of the entry that does it. Returns whether others see nothing of that,
/// or why it was not done.
pub(super) fn edit(
    connection: &Connection,
    room: i64,
    item: &Append,
    (target, new): (u64, &str),
    by: u64,
) -> rusqlite::Result<Result<bool, NotEdited>> {
    if target > SEQ_MAX {
        return Ok(Err(NotEdited::NoMessage));
    }
    let key = row_id::key(room, target);
    let found = connection
        .prepare_cached("SELECT sender, text = '', shadow FROM message WHERE id = ? AND kind < ?")?
        .query_row(params![key, DELETE], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get::<_, i64>(2)?))
        })
        .optional()?;
    let is_hidden = match found {
        None => return Ok(Err(NotEdited::NoMessage)),
        Some((sender, ..)) if PersonId::from_bytes(sender) != item.sender => {
            return Ok(Err(NotEdited::NotTheirs));
        }
        Some((_, true, _)) => return Ok(Err(NotEdited::Deleted)),
        Some((_, false, shadow)) => shadow == target.cast_signed(),
    };
    if item.shadow && !is_hidden {
        edit_for_sender(connection, room, target, by)?;
        return Ok(Ok(true));
    }
    forget_edit(connection, room, target)?;
    connection
        .prepare_cached(
            "UPDATE message SET text = ?, changed = ?, shadow = shadow * ? WHERE id = ?",
        )?
        .execute(params![new, by.cast_signed(), is_hidden, key])?;
    Ok(Ok(is_hidden))
}

/// The text of a message that everybody has seen changes for its sender alone: it is in the row of the entry that does it.
fn edit_for_sender(
    connection: &Connection,
    room: i64,
    target: u64,
    by: u64,
) -> rusqlite::Result<()> {
    forget_own(connection, room, target)?;
    // The entry of the last edit that everybody has seen has its text for others only.
    connection
        .prepare_cached(
            "UPDATE message SET shadow = ?1
             WHERE id = ?2 OR id = (SELECT (?3 << 40) + changed FROM message WHERE id = ?2 AND changed > 0)",
        )?
        .execute(params![by.cast_signed(), row_id::key(room, target), room])
        .map(drop)
}

/// The entry of the last hidden edit of a message that is not hidden itself has its text, until the next change.
fn forget_own(connection: &Connection, room: i64, target: u64) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE message SET text = ''
             WHERE id = (SELECT (?2 << 40) + shadow FROM message WHERE id = ?1 AND shadow > ?3)
               AND text <> ''",
        )?
        .execute(params![row_id::key(room, target), room, target.cast_signed()])
        .map(drop)
}

/// The entry of the last edit of a message has its text too, until the next change.
fn forget_edit(connection: &Connection, room: i64, target: u64) -> rusqlite::Result<()> {
    forget_own(connection, room, target)?;
    connection
        .prepare_cached(
            "UPDATE message SET text = ''
             WHERE id = (SELECT (?2 << 40) + changed FROM message WHERE id = ?1 AND changed > 0)
               AND text <> ''",
        )?
        .execute(params![row_id::key(room, target), room])
        .map(drop)
}

/// The entry that deleted the first of these messages, and when it was committed; `None` if none of them was deleted.
pub(super) fn first(
    connection: &Connection,
    room: i64,
    targets: &[u64],
) -> rusqlite::Result<Option<(u64, u64)>> {
    let mut entry = connection.prepare_cached(
        "SELECT message.changed, entry.at FROM message
         JOIN message AS entry ON entry.id = (?2 << 40) + message.changed
         WHERE message.id = ?1 AND message.changed > 0 AND message.text = ''",
    )?;
    for seq in targets.iter().filter(|seq| **seq <= SEQ_MAX) {
        let found = entry
            .query_row(params![row_id::key(room, *seq), room], |row| {
                Ok((row.get::<_, i64>(0)?.cast_unsigned(), row.get::<_, i64>(1)?.cast_unsigned()))
            })
            .optional()?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// Searches one piece of a room's log.
pub(super) fn search(
    connection: &Connection,
    room: RoomId,
    search: Search,
) -> rusqlite::Result<Found> {
    let number = connection
        .prepare_cached("SELECT number FROM room WHERE id = ?")?
        .query_row([room.to_bytes()], |row| row.get(0))
        .optional()?;
    let Some(number) = number else { return Ok(Found::default()) };
    let mut statement = connection.prepare_cached(
        "SELECT id, at, coalesce(sender = ?, TRUE) AND kind < ? AND text <> '' FROM message
         WHERE id > ? AND id < ? ORDER BY id DESC LIMIT ?",
    )?;
    let below = row_id::key(number, search.before.min(SEQ_MAX));
    let mut rows = statement.query(params![
        search.sender.map(PersonId::to_bytes),
        DELETE,
        row_id::key(number, 0),
        below,
        SEARCHED_MAX
    ])?;
    let mut found = Found::default();
    let (mut searched, mut reached) = (0, search.before);
    while let Some(row) = rows.next()? {
        if row.get::<_, i64>(1)?.cast_unsigned() < search.since {
            return Ok(found);
        }
        reached = row_id::seq(row.get(0)?);
        searched += 1;
        if row.get(2)? {
            found.seqs.push(reached);
        }
    }
    found.before = (searched == SEARCHED_MAX).then_some(reached);
    Ok(found)
}
