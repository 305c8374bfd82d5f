//! Appends a batch in an open transaction: which items are new, and which seqs they get.

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Row, params};
use throng_protocol::{Fold, RoomId};

use super::body::{BodyKey, Columns, Digest};
use super::deletion;
use super::nicks::Nicks;
use super::row_id::{self, ROOM_MAX, SEQ_MAX};
use super::speakers::Speakers;
use crate::clock::BEHIND_MAX_MS;
use crate::entry::Body;
use crate::log::{Append, Appended, LogError, NamedRoom, NotEdited};

/// The most rooms whose heads are kept in memory, about 10 MB. Beyond that all are dropped, and read again at
/// the next message.
const ROOMS_MAX: usize = 65_536;

/// The answers to one batch. A batch may fail alone, but only before anything of it was written.
pub(super) type Answers = Result<Vec<Appended>, LogError>;

/// Appends batches, and remembers the heads of their rooms as the transaction sees them.
pub(super) struct Appender {
    body: BodyKey,
    rooms: HashMap<RoomId, Room>,
    nicks: Arc<Nicks>,
    speakers: Speakers,
    /// Whether texts were deleted or replaced since [`Appender::take_deleted`], perhaps in a transaction that failed.
    has_deleted: bool,
}

/// The times of an append, in Unix milliseconds.
#[derive(Clone, Copy)]
pub(super) struct Now {
    /// By the wall clock.
    pub(super) wall: u64,
    /// By the log's clock.
    pub(super) log: u64,
}

/// The state of a room that its next message depends on.
#[derive(Clone)]
struct Room {
    number: i64,
    head: u64,
    /// When the message at the head was committed.
    at: u64,
    in_digests: DigestRoom,
}

/// What identifies a room in the digests of its messages.
#[derive(Clone)]
enum DigestRoom {
    Id([u8; 16]),
    /// The fold of its name, for a room from before there were room ids.
    Fold(Arc<str>),
}

impl DigestRoom {
    /// Reads `digest_fold` and `id`; `column` is that of the first.
    fn read(row: &Row<'_>, column: usize) -> rusqlite::Result<Self> {
        Ok(match row.get::<_, Option<Arc<str>>>(column)? {
            Some(fold) => Self::Fold(fold),
            None => Self::Id(row.get(column + 1)?),
        })
    }

    fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Id(id) => id,
            Self::Fold(fold) => fold.as_bytes(),
        }
    }
}

/// A message committed earlier under a cid.
struct Found {
    room: i64,
    seq: u64,
    at: u64,
    digest: Digest,
    is_deleted: bool,
}

impl Appender {
    pub(super) fn new(body: BodyKey, nicks: Arc<Nicks>) -> Self {
        Self { body, rooms: HashMap::new(), nicks, speakers: Speakers::new(), has_deleted: false }
    }

    /// Drops the cached heads: after a rollback they may be wrong.
    pub(super) fn forget(&mut self) {
        self.rooms.clear();
        self.speakers.forget();
    }

    /// Whether texts were deleted or replaced since the last call: the write-ahead log may still have them.
    pub(super) fn take_deleted(&mut self) -> bool {
        std::mem::take(&mut self.has_deleted)
    }

    /// Appends one batch. After an error, roll the transaction back and call `forget`.
    pub(super) fn append(
        &mut self,
        connection: &Connection,
        named: &NamedRoom,
        batch: &[Append],
        now: Now,
    ) -> rusqlite::Result<Answers> {
        let mut room = self.room(connection, named.id)?;
        if room.as_ref().is_some_and(|room| batch.len() as u64 > SEQ_MAX - room.head) {
            return Ok(Err(LogError::Unavailable("this room is full; go to another one".into())));
        }
        let head_before = room.as_ref().map(|room| room.head);
        let mut answers = Vec::with_capacity(batch.len());
        for item in batch {
            let settled = match find(connection, item)? {
                Some(found) => Err(self.known(connection, room.as_ref(), named, item, &found)?),
                None if !item.admit => Err(Appended::Refused),
                None => self.change(connection, room.as_ref(), named, item)?,
            };
            let answer = match settled {
                Err(answer) => answer,
                Ok(is_hidden) => {
                    let mut next = match room.take() {
                        Some(room) => room,
                        None => match create(connection, named)? {
                            Some(room) => room,
                            None => return Ok(Err(too_many_rooms())),
                        },
                    };
                    next.head += 1;
                    next.at = at(next.at, now.wall);
                    let digest = self.body.digest(next.in_digests.as_bytes(), &item.body);
                    insert(connection, &next, item, &digest, is_hidden)?;
                    if let Some((fold, speaker)) = self.speakers.spoke(item, now.log) {
                        self.nicks.spoke(fold, speaker);
                    }
                    let answer = Appended::Committed { seq: next.head, at: next.at, is_hidden };
                    room = Some(next);
                    answer
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
            self.nicks.said_in(room.number);
            self.remember(named.id, room);
        }
        Ok(Ok(answers))
    }

    /// The answer to an item whose cid was used before.
    fn known(
        &self,
        connection: &Connection,
        room: Option<&Room>,
        named: &NamedRoom,
        item: &Append,
        found: &Found,
    ) -> rusqlite::Result<Appended> {
        // By the room's number, since two rooms may have the same fold in their digests.
        let digest = match room.filter(|room| room.number == found.room) {
            Some(room) => Some(self.body.digest(room.in_digests.as_bytes(), &item.body)),
            None => renamed(connection, found.room, &named.name.fold())?
                .map(|room| self.body.digest(room.as_bytes(), &item.body)),
        };
        Ok(match digest == Some(found.digest) {
            true => {
                Appended::Duplicate { seq: found.seq, at: found.at, is_deleted: found.is_deleted }
            }
            false => Appended::Conflict,
        })
    }

    /// Changes the texts that an item changes, by the entry that the item becomes next; nothing for a message. Returns
    /// whether that entry is hidden from others; the answer if there was nothing to change: then the item becomes no entry.
    fn change(
        &mut self,
        connection: &Connection,
        room: Option<&Room>,
        named: &NamedRoom,
        item: &Append,
    ) -> rusqlite::Result<Result<bool, Appended>> {
        let changed = match (&item.body, room) {
            (Body::Message { .. } | Body::Deleted { .. }, _) => return Ok(Ok(item.shadow)),
            (Body::Edit { .. }, None) => Err(Appended::NotEdited(NotEdited::NoMessage)),
            (Body::Edit { target, text }, Some(room)) => {
                deletion::edit(connection, room.number, item, (*target, text), room.head + 1)?
                    .map_err(Appended::NotEdited)
            }
            (Body::Delete { .. }, None) => Err(Appended::Refused),
            (Body::Delete { targets }, Some(room)) => {
                let (number, by) = (room.number, room.head + 1);
                match deletion::delete(connection, number, named.id, targets, by)? {
                    0 => Err(deletion::first(connection, number, targets)?.map_or(
                        Appended::Refused,
                        |(seq, at)| Appended::Duplicate { seq, at, is_deleted: false },
                    )),
                    _ => Ok(deletion::are_hidden(connection, number, targets, item.sender)?),
                }
            }
        };
        self.has_deleted |= changed.is_ok();
        Ok(changed)
    }

    fn room(&mut self, connection: &Connection, id: RoomId) -> rusqlite::Result<Option<Room>> {
        if let Some(room) = self.rooms.get(&id) {
            return Ok(Some(room.clone()));
        }
        let found = connection
            .prepare_cached(
                "SELECT number, head, (SELECT at FROM message WHERE id = (number << 40) + head),
                        digest_fold, id
                 FROM room WHERE id = ?",
            )?
            .query_row([id.to_bytes()], |row| {
                Ok(Room {
                    number: row.get(0)?,
                    head: row.get::<_, i64>(1)?.cast_unsigned(),
                    at: row.get::<_, Option<i64>>(2)?.unwrap_or(0).cast_unsigned(),
                    in_digests: DigestRoom::read(row, 3)?,
                })
            })
            .optional()?;
        if let Some(room) = &found {
            self.remember(id, room.clone());
        }
        Ok(found)
    }

    fn remember(&mut self, id: RoomId, room: Room) {
        if self.rooms.len() >= ROOMS_MAX && !self.rooms.contains_key(&id) {
            self.rooms.clear();
        }
        self.rooms.insert(id, room);
    }
}

/// The time of a message that follows one of `before`. Time stands still in a room while the clock is a
/// little behind, and goes back if a wrong clock gave `before`.
fn at(before: u64, now: u64) -> u64 {
    if before > now.saturating_add(BEHIND_MAX_MS) { now } else { before.max(now) }
}

/// The first message under this sender's `cid`.
fn find(connection: &Connection, item: &Append) -> rusqlite::Result<Option<Found>> {
    connection
        .prepare_cached(
            "SELECT id, at, digest, changed > 0 AND text = '' FROM message
             WHERE cid = ? AND sender = ?",
        )?
        .query_row(params![item.cid.to_bytes(), item.sender.to_bytes()], |row| {
            let (room, seq) = row_id::parts(row.get(0)?);
            let at = row.get::<_, i64>(1)?.cast_unsigned();
            Ok(Found { room, seq, at, digest: row.get(2)?, is_deleted: row.get(3)? })
        })
        .optional()
}

/// The digest key of a room whose fold now belongs to an older room (see [`folded_names`](super::folded_names)): a retry
/// still uses the old name.
fn renamed(
    connection: &Connection,
    number: i64,
    fold: &Fold,
) -> rusqlite::Result<Option<DigestRoom>> {
    connection
        .prepare_cached("SELECT digest_fold, id FROM room WHERE number = ? AND lost_fold = ?")?
        .query_row(params![number, fold.as_str()], |row| DigestRoom::read(row, 0))
        .optional()
}

/// Adds the row of a room with its first message; `None` if there are no numbers left.
fn create(connection: &Connection, named: &NamedRoom) -> rusqlite::Result<Option<Room>> {
    let last: Option<i64> = connection
        .prepare_cached("SELECT max(number) FROM room")?
        .query_row([], |row| row.get(0))?;
    let number = last.unwrap_or(0) + 1;
    if number > ROOM_MAX {
        return Ok(None);
    }
    connection
        .prepare_cached(
            "INSERT INTO room (number, id, fold, name, first, head) VALUES (?, ?, ?, ?, 1, 0)",
        )?
        .execute(params![
            number,
            named.id.to_bytes(),
            named.name.fold().as_str(),
            named.name.as_str()
        ])?;
    let in_digests = DigestRoom::Id(named.id.to_bytes());
    Ok(Some(Room { number, head: 0, at: 0, in_digests }))
}

fn insert(
    connection: &Connection,
    room: &Room,
    item: &Append,
    digest: &Digest,
    is_hidden: bool,
) -> rusqlite::Result<()> {
    let columns = Columns::of(&item.body);
    connection
        .prepare_cached(
            "INSERT INTO message (id, at, sender, cid, digest, nick, kind, text, targets, changed, shadow)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            row_id::key(room.number, room.head),
            room.at.cast_signed(),
            item.sender.to_bytes(),
            item.cid.to_bytes(),
            digest,
            item.nick,
            columns.kind,
            columns.text,
            columns.targets,
            columns.changed.cast_signed(),
            if is_hidden { room.head.cast_signed() } else { 0 },
        ])
        .map(drop)
}

fn too_many_rooms() -> LogError {
    LogError::Unavailable("no further room can be made in this log; use one that exists".into())
}

#[cfg(test)]
mod tests {
    use super::{BEHIND_MAX_MS, at};

    #[test]
    fn time_stands_still_for_minutes_and_goes_back_beyond() {
        let now = 20_000 * 86_400_000;
        assert_eq!(at(0, now), now);
        assert_eq!(at(now - 1, now), now);
        assert_eq!(at(now + 1, now), now + 1);
        assert_eq!(at(now + BEHIND_MAX_MS, now), now + BEHIND_MAX_MS);
        assert_eq!(at(now + BEHIND_MAX_MS + 1, now), now);
        assert_eq!(at(now, 0), 0, "1970");
        assert_eq!(at(u64::MAX, u64::MAX), u64::MAX);
    }
}
