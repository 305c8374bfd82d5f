//! The log as a trait, with its arguments and results.

use std::sync::Arc;

use futures::future::BoxFuture;
use throng_protocol::{Cid, Epoch, PersonId, RoomId, RoomName};

use crate::committed::Committed;
use crate::entry::{Body, Entry};
use crate::log_clock::LogClock;

/// The log, as rooms and sessions use it. Cheap to share; every call waits in a bounded queue.
pub trait Log: Send + Sync + 'static {
    /// The id of this log; it changes when a backup is restored.
    fn epoch(&self) -> Epoch;

    /// Whether the start of this server made the log, since there was none.
    fn is_new(&self) -> bool;

    /// Time as this log has seen it pass, whatever the wall clock says.
    fn clock(&self) -> &LogClock;

    /// The rooms that have at least one entry, in no particular order.
    ///
    /// # Errors
    /// [`LogError`] when they could not be read.
    fn rooms(&self) -> BoxFuture<'static, Result<Vec<RoomRecord>, LogError>>;

    /// One room. `None` if the room never had a message.
    ///
    /// # Errors
    /// [`LogError`] when it could not be read.
    fn room(&self, id: RoomId) -> BoxFuture<'static, Result<Option<RoomRecord>, LogError>>;

    /// Commits one room's batch, and returns one answer per item, in the same order. An item that fails does
    /// not affect the others. When this returns `Ok`, the answers are on disk.
    ///
    /// The room's name is stored with its first entry, as it is then, and stays.
    ///
    /// # Errors
    /// [`LogError::Unavailable`]: whether the batch was committed is unknown. The same `cid`s may
    /// be appended again, and will then be answered as duplicates if it was.
    /// [`LogError::Damaged`]: this room cannot be written; nothing of the batch was committed.
    fn append(
        &self,
        room: NamedRoom,
        batch: Vec<Append>,
    ) -> BoxFuture<'static, Result<Vec<Appended>, LogError>>;

    /// Reads one page. Equal reads that are waiting at the same time are done once, and share the result.
    ///
    /// # Errors
    /// [`LogError`] when it could not be read.
    fn page(
        &self,
        room: RoomId,
        range: Range,
    ) -> BoxFuture<'static, Result<Arc<LogPage>, LogError>>;

    /// Searches a piece of a room's log for messages that still have a text, the newest first.
    ///
    /// # Errors
    /// [`LogError`] when it could not be read.
    fn search(&self, room: RoomId, search: Search) -> BoxFuture<'static, Result<Found, LogError>>;

    /// Where something was committed, for the one who follows the log.
    fn committed(&self) -> &Arc<Committed>;

    /// Whether the last commit succeeded and no commit has hung for seconds.
    fn is_writable(&self) -> bool;
}

/// A room and its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedRoom {
    /// The room's id, which stays the same when the name changes.
    pub id: RoomId,
    /// The room's name.
    pub name: RoomName,
}

/// A room as the log knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomRecord {
    /// Which room.
    pub id: RoomId,
    /// The name as the first person to join wrote it.
    pub name: RoomName,
    /// The first seq that the log still has.
    pub first: u64,
    /// The last seq.
    pub head: u64,
}

/// One entry to be committed.
#[derive(Clone, Debug)]
pub struct Append {
    /// The sender.
    pub sender: PersonId,
    /// The sender's nick now.
    pub nick: Box<str>,
    /// The sender's id of it, unique per sender forever.
    pub cid: Cid,
    /// The content.
    pub body: Body,
    /// Whether to commit it. If not (over a rate, without the right), the log only looks it up: a retry gets
    /// its first answer before anything else is checked.
    pub admit: bool,
    /// Whether it is hidden from others. A change of what is hidden already is hidden in any case, and so is a deletion of
    /// nothing else by who has said it.
    pub shadow: bool,
}

/// The result of an [`Append`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Appended {
    /// It is on disk now.
    Committed {
        /// Its place in the room.
        seq: u64,
        /// The time, in Unix milliseconds. Not before the previous message of the room, unless that was
        /// committed while the clock was minutes ahead.
        at: u64,
        /// Whether it is hidden from others.
        is_hidden: bool,
    },
    /// The same body was committed before under this `cid`. Or everything that it would delete is deleted already.
    Duplicate {
        /// The place in the room of what was committed before.
        seq: u64,
        /// When that was committed, in Unix milliseconds.
        at: u64,
        /// Whether its text was deleted since.
        is_deleted: bool,
    },
    /// Another body (room, kind, text) was committed before under this `cid`.
    Conflict,
    /// New, and the text that it would replace is not there to be replaced.
    NotEdited(NotEdited),
    /// New, and not to be committed; or none of the messages that it would delete is there.
    Refused,
}

/// Why a text was not replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotEdited {
    /// There is no such message.
    NoMessage,
    /// Somebody else has said it.
    NotTheirs,
    /// It was deleted.
    Deleted,
}

/// Which piece of a room's log to read. Seqs that are not in the log are no error: the page has what is in
/// the range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Range {
    /// Up to `limit` messages right after this seq.
    After {
        /// Exclusive.
        seq: u64,
        /// The most messages.
        limit: u32,
    },
    /// Up to `limit` messages right before this seq; `u64::MAX` asks for the latest.
    Before {
        /// Exclusive.
        seq: u64,
        /// The most messages.
        limit: u32,
    },
}

/// Which messages are searched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Search {
    /// Who sent them; `None` for everybody.
    pub sender: Option<PersonId>,
    /// Those since this time, in Unix milliseconds.
    pub since: u64,
    /// Those before this seq; `u64::MAX` begins at the end of the log.
    pub before: u64,
}

/// The messages that were found in a piece of a room's log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Their seqs, the newest first.
    pub seqs: Vec<u64>,
    /// Where the search goes on; `None` when it has reached the beginning or the time.
    pub before: Option<u64>,
}

/// A piece of a room's log: consecutive entries in the order of their seq, bounded in number by
/// the range and in bytes by the log's configuration (but never empty because of its bytes).
#[derive(Debug, PartialEq)]
pub struct LogPage {
    /// The first seq that the log had when the page was read; 1 for an empty room.
    pub first: u64,
    /// The last seq that the log had when the page was read; 0 for an empty room.
    pub head: u64,
    /// The entries.
    pub entries: Vec<Entry>,
}

/// Why the log could not answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    /// The disk is full, or the database failed. The log tries to recover by itself.
    #[error("the log is unavailable: {0}")]
    Unavailable(Arc<str>),
    /// A part of the database is damaged. It does not recover by itself; other parts go on.
    #[error("a part of the log is damaged: {0}")]
    Damaged(Arc<str>),
    /// The queue of reads is full.
    #[error("the log has too much to read")]
    Busy,
}
