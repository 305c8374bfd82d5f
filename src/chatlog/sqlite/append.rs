//! One batch in an open transaction: which items are new, and which seq they get.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, params};
use throng_protocol::{Fold, RoomName};

use super::body::{BodyKey, Digest, kind_number};
use super::place::{self, ROOM_MAX, SEQ_MAX};
use crate::chatlog::{Append, Appended, LogError};

/// The most rooms whose heads are kept in memory, about 10 MB; above it all are forgotten, and
/// read again when somebody speaks.
const ROOMS_MAX: usize = 65_536;

/// The answers to one batch. It may fail alone, but only before anything of it was written.
pub(super) type Answers = Result<Vec<Appended>, LogError>;

/// Appends batches, and remembers the heads of their rooms as the transaction sees them.
pub(super) struct Appender {
    body: BodyKey,
    rooms: HashMap<Fold, Room>,
}

/// What the next message of a room depends on.
#[derive(Clone, Copy)]
struct Room {
    number: i64,
    head: u64,
    /// When the message at the head was committed.
    at: u64,
}

impl Appender {
    pub(super) fn new(body: BodyKey) -> Self {
        Self { body, rooms: HashMap::new() }
    }

    /// Forgets the heads: what was rolled back must not be built upon.
    pub(super) fn forget(&mut self) {
        self.rooms.clear();
    }

    /// Appends one batch. After an error the transaction has to be rolled back, and the heads
    /// have to be forgotten.
    pub(super) fn append(
        &mut self,
        connection: &Connection,
        name: &RoomName,
        fold: &Fold,
        batch: &[Append],
        now: u64,
    ) -> rusqlite::Result<Answers> {
        let mut room = self.room(connection, fold)?;
        if room.is_some_and(|room| batch.len() as u64 > SEQ_MAX - room.head) {
            return Ok(Err(LogError::Unavailable("this room is full; go to another one".into())));
        }
        let head_before = room.map(|room| room.head);
        let mut answers = Vec::with_capacity(batch.len());
        for item in batch {
            let digest = self.body.digest(fold, item.kind, &item.text);
            let answer = match find(connection, item)? {
                Some((id, at, found)) if found == digest => {
                    Appended::Duplicate { seq: place::seq(id), at }
                }
                Some(_) => Appended::Conflict,
                None if !item.admit => Appended::Refused,
                None => {
                    let mut next = match room {
                        Some(room) => room,
                        None => match create(connection, name, fold)? {
                            Some(room) => room,
                            None => return Ok(Err(too_many_rooms())),
                        },
                    };
                    next.head += 1;
                    next.at = next.at.max(now);
                    insert(connection, next, item, &digest)?;
                    room = Some(next);
                    Appended::Committed { seq: next.head, at: next.at }
                }
            };
            answers.push(answer);
        }
        if let Some(room) = room
            && head_before != Some(room.head)
        {
            connection
                .prepare_cached("UPDATE room SET head = ? WHERE number = ?")?
                .execute(params![room.head.cast_signed(), room.number])?;
            self.remember(fold, room);
        }
        Ok(Ok(answers))
    }

    fn room(&mut self, connection: &Connection, fold: &Fold) -> rusqlite::Result<Option<Room>> {
        if let Some(room) = self.rooms.get(fold) {
            return Ok(Some(*room));
        }
        let found = connection
            .prepare_cached(
                "SELECT number, head, (SELECT at FROM message WHERE id = (number << 40) + head)
                 FROM room WHERE fold = ?",
            )?
            .query_row([fold.as_str()], |row| {
                Ok(Room {
                    number: row.get(0)?,
                    head: row.get::<_, i64>(1)?.cast_unsigned(),
                    at: row.get::<_, Option<i64>>(2)?.unwrap_or(0).cast_unsigned(),
                })
            })
            .optional()?;
        if let Some(room) = found {
            self.remember(fold, room);
        }
        Ok(found)
    }

    fn remember(&mut self, fold: &Fold, room: Room) {
        if self.rooms.len() >= ROOMS_MAX && !self.rooms.contains_key(fold) {
            self.rooms.clear();
        }
        self.rooms.insert(fold.clone(), room);
    }
}

/// The first commit under this sender's `cid`: its key, its time and its digest.
fn find(connection: &Connection, item: &Append) -> rusqlite::Result<Option<(i64, u64, Digest)>> {
    connection
        .prepare_cached("SELECT id, at, digest FROM message WHERE cid = ? AND sender = ?")?
        .query_row(params![item.cid.to_bytes(), item.sender.to_bytes()], |row| {
            Ok((row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned(), row.get(2)?))
        })
        .optional()
}

/// Makes the row of a room with its first message; `None` when there is no number left.
fn create(connection: &Connection, name: &RoomName, fold: &Fold) -> rusqlite::Result<Option<Room>> {
    let last: Option<i64> = connection
        .prepare_cached("SELECT max(number) FROM room")?
        .query_row([], |row| row.get(0))?;
    let number = last.unwrap_or(0) + 1;
    if number > ROOM_MAX {
        return Ok(None);
    }
    connection
        .prepare_cached(
            "INSERT INTO room (number, fold, name, first, head) VALUES (?, ?, ?, 1, 0)",
        )?
        .execute(params![number, fold.as_str(), name.as_str()])?;
    Ok(Some(Room { number, head: 0, at: 0 }))
}

fn insert(
    connection: &Connection,
    room: Room,
    item: &Append,
    digest: &Digest,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO message (id, at, sender, cid, digest, kind, nick, text)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            place::key(room.number, room.head),
            room.at.cast_signed(),
            item.sender.to_bytes(),
            item.cid.to_bytes(),
            digest,
            kind_number(item.kind),
            item.nick,
            item.text,
        ])
        .map(drop)
}

fn too_many_rooms() -> LogError {
    LogError::Unavailable("no further room can be made in this log; use one that exists".into())
}
