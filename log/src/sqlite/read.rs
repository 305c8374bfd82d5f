//! The queries of the readers: the rooms, one room, one page.

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};
use throng_protocol::{Cid, PersonId, RoomId, RoomName};

use super::body::{Columns, OwnColumns};
use super::row_id::{self, Span};
use crate::entry::Entry;
use crate::log::{LogPage, Range, RoomRecord};

/// What an entry takes on the wire besides its text and nick: about the size of ids, times, the room's name
/// and the field names.
const ENTRY_BYTES: usize = 200;

/// The rooms that have messages.
pub(super) fn rooms(connection: &Connection) -> rusqlite::Result<Vec<RoomRecord>> {
    let mut statement = connection
        .prepare_cached("SELECT number, id, name, first, head FROM room WHERE head >= first")?;
    let rows = statement.query_map([], record)?;
    rows.map(|row| row.map(|(_, record)| record)).collect()
}

/// One room.
pub(super) fn room(connection: &Connection, id: RoomId) -> rusqlite::Result<Option<RoomRecord>> {
    Ok(find(connection, id)?.map(|(_, record)| record))
}

/// One page, from one snapshot: the head and the messages are of the same moment.
///
/// Everything in the snapshot is on disk. With `synchronous=FULL`, SQLite's `walFrames()` (wal.c) syncs the
/// write-ahead log before `walIndexWriteHdr()` publishes the commit in the shared index, which is all that
/// other connections see of it; what a crash left behind is copied and synced before the first reader is
/// opened ([`connection::open`](super::connection::open)).
pub(super) fn page(
    connection: &mut Connection,
    room: RoomId,
    range: Range,
    bytes_max: usize,
) -> rusqlite::Result<LogPage> {
    let snapshot = connection.transaction()?;
    let Some((number, record)) = find(&snapshot, room)? else {
        return Ok(LogPage { first: 1, head: 0, entries: Vec::new() });
    };
    let RoomRecord { first, head, .. } = record;
    let entries = entries(&snapshot, &Span::of(number, head, range), bytes_max)?;
    Ok(LogPage { first, head, entries })
}

fn find(connection: &Connection, id: RoomId) -> rusqlite::Result<Option<(i64, RoomRecord)>> {
    connection
        .prepare_cached("SELECT number, id, name, first, head FROM room WHERE id = ?")?
        .query_row([id.to_bytes()], record)
        .optional()
}

/// The time of a change is that of the entry which made it.
macro_rules! entries_sql {
    ($order:literal) => {
        concat!(
            "SELECT id, at, sender, cid, nick, kind, text, targets, changed,
                    CASE WHEN changed > 0 THEN
                        (SELECT entry.at FROM message AS entry
                         WHERE entry.id = (message.id >> 40 << 40) + message.changed)
                    END,
                    shadow,
                    CASE WHEN shadow > message.id & 0xFFFFFFFFFF THEN
                        (SELECT entry.text FROM message AS entry
                         WHERE entry.id = (message.id >> 40 << 40) + message.shadow)
                    END,
                    CASE WHEN shadow > message.id & 0xFFFFFFFFFF THEN
                        (SELECT entry.at FROM message AS entry
                         WHERE entry.id = (message.id >> 40 << 40) + message.shadow)
                    END
             FROM message WHERE id > ? AND id < ? ORDER BY id ",
            $order,
            " LIMIT ?"
        )
    };
}

/// A room and its number.
fn record(row: &Row<'_>) -> rusqlite::Result<(i64, RoomRecord)> {
    let record = RoomRecord {
        id: RoomId::from_bytes(row.get(1)?),
        name: row.get(2).map(RoomName::kept)?,
        first: row.get::<_, i64>(3)?.cast_unsigned(),
        head: row.get::<_, i64>(4)?.cast_unsigned(),
    };
    Ok((row.get(0)?, record))
}

const NEWEST_FIRST: &str = entries_sql!("DESC");
const OLDEST_FIRST: &str = entries_sql!("ASC");

/// Reads from the requested end until the page is full, and returns the entries in order.
fn entries(connection: &Connection, span: &Span, bytes_max: usize) -> rusqlite::Result<Vec<Entry>> {
    let mut statement =
        connection.prepare_cached(if span.newest_first { NEWEST_FIRST } else { OLDEST_FIRST })?;
    let mut rows = statement.query(params![span.above, span.below, span.limit])?;
    let mut entries = Vec::new();
    let mut bytes = 0;
    while let Some(row) = rows.next()? {
        let entry = entry(row)?;
        bytes += ENTRY_BYTES + entry.body.len() + entry.nick.len();
        if bytes > bytes_max && !entries.is_empty() {
            break;
        }
        entries.push(entry);
    }
    if span.newest_first {
        entries.reverse();
    }
    Ok(entries)
}

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let cid = Cid::from_bytes(row.get(3)?).ok_or_else(|| damaged(3, "a cid of no known form"))?;
    let columns = Columns {
        kind: row.get(5)?,
        text: row.get_ref(6)?.as_str()?,
        targets: row.get(7)?,
        changed: row.get::<_, i64>(8)?.cast_unsigned(),
        changed_at: row.get::<_, Option<i64>>(9)?.unwrap_or(0).cast_unsigned(),
    };
    let body =
        columns.into_body().ok_or_else(|| damaged(5, "a kind of entry that is not known"))?;
    let seq = row_id::seq(row.get(0)?);
    let own = OwnColumns {
        shadow: row.get::<_, i64>(10)?.cast_unsigned(),
        text: row.get_ref(11)?.as_str_or_null()?,
        at: row.get::<_, Option<i64>>(12)?.unwrap_or(0).cast_unsigned(),
    };
    let shadow = own.into_shadow(seq, &body);
    Ok(Entry {
        seq,
        at: row.get::<_, i64>(1)?.cast_unsigned(),
        sender: PersonId::from_bytes(row.get(2)?),
        nick: row.get(4)?,
        cid,
        body,
        shadow,
    })
}

fn damaged(column: usize, what: &'static str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Blob, what.into())
}
