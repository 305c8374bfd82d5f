//! The log of record: what was said in every room, in order, on disk.
//!
//! Rooms feed it with batches and wait; it commits the batches of all rooms that wait in one
//! transaction with one fsync, and gives each item its answer. Nothing that it has not answered
//! may be shown to anybody.
//!
//! [`Chatlog`] is what a room needs to know. [`sqlite::SqliteLog`] keeps it today; PostgreSQL is to
//! come behind the same trait.

use std::sync::Arc;

use futures::future::BoxFuture;
use throng_protocol::{Cid, Epoch, Fold, Kind, Message, PersonId, RoomName};

pub mod sqlite;

/// The log, as rooms and sessions see it. Cheap to share; every call waits in a bounded queue.
pub trait Chatlog: Send + Sync + 'static {
    /// The id of this log; it changes when a backup is restored.
    fn epoch(&self) -> Epoch;

    /// The rooms that have at least one message, in no particular order.
    ///
    /// # Errors
    /// [`LogError`] when they could not be read.
    fn rooms(&self) -> BoxFuture<'static, Result<Vec<RoomName>, LogError>>;

    /// Opens one room: its name as first written, and the seqs between which it has messages.
    /// `None` for a room in which nothing was ever said.
    ///
    /// # Errors
    /// [`LogError`] when it could not be read.
    fn room(&self, fold: Fold) -> BoxFuture<'static, Result<Option<RoomRecord>, LogError>>;

    /// Commits one room's batch, and returns one answer per item, in their order. No item fails
    /// its neighbours. When this returns `Ok`, the answers are on disk.
    ///
    /// The room's `name` is written down with its first message.
    ///
    /// # Errors
    /// [`LogError::Unavailable`]: whether the batch was committed is unknown. The same `cid`s may
    /// be appended again, and will then be answered as duplicates if it was.
    fn append(
        &self,
        room: RoomName,
        batch: Vec<Append>,
    ) -> BoxFuture<'static, Result<Vec<Appended>, LogError>>;

    /// Reads one page. Equal reads that wait at the same time are done once and shared.
    ///
    /// # Errors
    /// [`LogError`] when it could not be read.
    fn page(&self, room: Fold, range: Range) -> BoxFuture<'static, Result<Arc<LogPage>, LogError>>;

    /// Whether the last commit, or the last attempt to reopen, succeeded.
    fn is_writable(&self) -> bool;
}

/// A room as the log knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomRecord {
    /// The name as its first visitor wrote it.
    pub name: RoomName,
    /// The first seq that the log still has.
    pub first: u64,
    /// The last seq.
    pub head: u64,
}

/// One message to be committed.
#[derive(Clone, Debug)]
pub struct Append {
    /// Who says it.
    pub sender: PersonId,
    /// What they are called now.
    pub nick: Box<str>,
    /// The sender's id of it: unique per sender, for ever.
    pub cid: Cid,
    /// A plain message or an action.
    pub kind: Kind,
    /// What is said.
    pub text: Box<str>,
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
        /// When, in Unix milliseconds; never earlier than the message before it in the room.
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

/// A piece of a room's log: consecutive messages in the order of their seq, bounded in number by
/// the range and in bytes by the log's configuration (but never empty because of its bytes).
#[derive(Debug, PartialEq)]
pub struct LogPage {
    /// The first seq that the log had when the page was read; 1 for an empty room.
    pub first: u64,
    /// The last seq that the log had when the page was read; 0 for an empty room.
    pub head: u64,
    /// The messages.
    pub messages: Vec<Message>,
}

/// Why the log gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    /// The disk is full, or the database failed. The log tries to recover by itself.
    #[error("the log is unavailable: {0}")]
    Unavailable(Arc<str>),
    /// The queue of reads is full.
    #[error("the log has too much to read")]
    Busy,
}
