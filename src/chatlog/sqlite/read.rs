//! What is asked of a connection that reads: the rooms, one room, one page.

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};
use throng_protocol::{Cid, Fold, Kind, Message, PersonId, RoomName, User};

use super::place::{self, Span};
use crate::chatlog::{LogPage, Range, RoomRecord};

/// What a message counts beside its text and its nick: ids, times, the room's name and the
/// names of the fields, as JSON.
const MESSAGE_BYTES: usize = 200;

/// The rooms that have messages.
pub(super) fn rooms(connection: &Connection) -> rusqlite::Result<Vec<RoomName>> {
    let mut statement = connection.prepare_cached("SELECT name FROM room WHERE head >= first")?;
    let rows = statement.query_map([], |row| room_name(row, 0))?;
    rows.collect()
}

/// One room.
pub(super) fn room(connection: &Connection, fold: &Fold) -> rusqlite::Result<Option<RoomRecord>> {
    Ok(find(connection, fold)?.map(|(_, record)| record))
}

/// One page, from one snapshot: the head and the messages are of the same moment.
///
/// What the snapshot shows is on disk. With `synchronous=FULL`, SQLite's `walFrames()` (wal.c)
/// syncs the write-ahead log before `walIndexWriteHdr()` publishes the commit in the shared
/// index, and that index is all that other connections know of it; what a crash left behind is
/// copied and synced before the first reader is opened ([`schema::open`](super::schema::open)).
pub(super) fn page(
    connection: &mut Connection,
    fold: &Fold,
    range: Range,
    bytes_max: usize,
) -> rusqlite::Result<LogPage> {
    let snapshot = connection.transaction()?;
    let Some((number, record)) = find(&snapshot, fold)? else {
        return Ok(LogPage { first: 1, head: 0, messages: Vec::new() });
    };
    let RoomRecord { name, first, head } = record;
    let messages = messages(&snapshot, &name, &Span::of(number, head, range), bytes_max)?;
    Ok(LogPage { first, head, messages })
}

fn find(connection: &Connection, fold: &Fold) -> rusqlite::Result<Option<(i64, RoomRecord)>> {
    connection
        .prepare_cached("SELECT number, name, first, head FROM room WHERE fold = ?")?
        .query_row([fold.as_str()], |row| {
            let record = RoomRecord {
                name: room_name(row, 1)?,
                first: row.get::<_, i64>(2)?.cast_unsigned(),
                head: row.get::<_, i64>(3)?.cast_unsigned(),
            };
            Ok((row.get(0)?, record))
        })
        .optional()
}

/// Reads from the end that was asked for, until the page has enough, and returns the messages in
/// their order.
fn messages(
    connection: &Connection,
    room: &RoomName,
    span: &Span,
    bytes_max: usize,
) -> rusqlite::Result<Vec<Message>> {
    let mut statement = connection.prepare_cached(if span.newest_first {
        "SELECT id, at, sender, cid, kind, nick, text FROM message
         WHERE id > ? AND id < ? ORDER BY id DESC LIMIT ?"
    } else {
        "SELECT id, at, sender, cid, kind, nick, text FROM message
         WHERE id > ? AND id < ? ORDER BY id LIMIT ?"
    })?;
    let mut rows = statement.query(params![span.above, span.below, span.limit])?;
    let mut messages = Vec::new();
    let mut bytes = 0;
    while let Some(row) = rows.next()? {
        let message = message(row, room)?;
        bytes += MESSAGE_BYTES + message.text.len() + message.from.nick.len();
        if bytes > bytes_max && !messages.is_empty() {
            break;
        }
        messages.push(message);
    }
    if span.newest_first {
        messages.reverse();
    }
    Ok(messages)
}

fn message(row: &Row<'_>, room: &RoomName) -> rusqlite::Result<Message> {
    let cid = Cid::from_bytes(row.get(3)?).ok_or_else(|| damaged(3, "a cid of no known form"))?;
    let kind = match row.get(4)? {
        0_u8 => Kind::Text,
        1 => Kind::Action,
        _ => return Err(damaged(4, "a kind of message that is not known")),
    };
    Ok(Message {
        room: room.as_str().to_owned(),
        seq: place::seq(row.get(0)?),
        cid,
        from: User { id: PersonId::from_bytes(row.get(2)?), nick: row.get(5)? },
        kind,
        text: row.get(6)?,
        at: row.get::<_, i64>(1)?.cast_unsigned(),
    })
}

fn room_name(row: &Row<'_>, column: usize) -> rusqlite::Result<RoomName> {
    let name: String = row.get(column)?;
    RoomName::parse(&name).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
    })
}

fn damaged(column: usize, what: &'static str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Blob, what.into())
}
