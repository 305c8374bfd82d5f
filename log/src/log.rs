//! The log as a trait, and what is said to it and by it.

use std::sync::Arc;

use futures::future::BoxFuture;
use throng_protocol::{Cid, Epoch, PersonId, RoomId, RoomName};

use crate::entry::{Body, Entry};
use crate::log_clock::LogClock;

/// The log, as rooms and sessions see it. Cheap to share; every call waits in a bounded queue.
pub trait Log: Send + Sync + 'static {
    /// The id of this log; it changes when a backup is restored.
    fn epoch(&self) -> Epoch;

    /// Whether it was made by this server's start, since there was none.
    fn is_new(&self) -> bool;

    /// Time as this log has seen it pass, whatever the wall clock says.
    fn clock(&self) -> &LogClock;

    /// The rooms that have at least one entry, in no particular order.
    ///
    /// # Errors
    /// [`LogError`] when they could not be read.
    fn rooms(&self) -> BoxFuture<'static, Result<Vec<RoomRecord>, LogError>>;

    /// One room. `None` for a room in which nothing was ever said.
    ///
    /// # Errors
    /// [`LogError`] when it could not be read.
    fn room(&self, id: RoomId) -> BoxFuture<'static, Result<Option<RoomRecord>, LogError>>;

    /// Commits one room's batch, and returns one answer per item, in their order. No item fails
    /// its neighbours. When this returns `Ok`, the answers are on disk.
    ///
    /// The room's name is written down with its first entry, and the name as it is then stays.
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

    /// Reads one page. Equal reads that wait at the same time are done once and shared.
    ///
    /// # Errors
    /// [`LogError`] when it could not be read.
    fn page(
        &self,
        room: RoomId,
        range: Range,
    ) -> BoxFuture<'static, Result<Arc<LogPage>, LogError>>;

    /// Whether the last commit succeeded, and none has been under way for seconds.
    fn is_writable(&self) -> bool;
}

/// A room with the name that it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedRoom {
    /// Which room: it stays the same when the name changes.
    pub id: RoomId,
    /// What it is called.
    pub name: RoomName,
}

/// A room as the log knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomRecord {
    /// Which room.
    pub id: RoomId,
    /// The name as its first visitor wrote it.
    pub name: RoomName,
    /// The first seq that the log still has.
    pub first: u64,
    /// The last seq.
    pub head: u64,
}

/// One entry to be committed.
#[derive(Clone, Debug)]
pub struct Append {
    /// Who says it.
    pub sender: PersonId,
    /// What they are called now.
    pub nick: Box<str>,
    /// The sender's id of it: unique per sender, for ever.
    pub cid: Cid,
    /// What is said.
    pub body: Body,
    /// Whether it may be committed. When not (over a rate, without the right), it is only looked
    /// up: a retry gets its first answer before anything else is judged.
    pub admit: bool,
}

/// What became of an [`Append`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Appended {
    /// It is on disk now.
    Committed {
        /// Its place in the room.
        seq: u64,
        /// When, in Unix milliseconds. Not earlier than the message before it in the room, unless
        /// that one was committed while the clock was minutes ahead.
        at: u64,
    },
    /// The same body was committed before under this `cid`.
    Duplicate {
        /// Its place in the room.
        seq: u64,
        /// When it was committed, in Unix milliseconds.
        at: u64,
    },
    /// Another body (room, kind, text) was committed before under this `cid`.
    Conflict,
    /// It is new, and was not to be committed.
    Refused,
}

/// Which piece of a room's log is wanted. Seqs that are not in the log are no error: the page is
/// what lies in the range.
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

/// Why the log gave no answer.
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
