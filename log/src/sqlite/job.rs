//! The jobs of the writer thread.

use futures::channel::oneshot;

use super::append::Answers;
use super::wal;
use crate::accounts::{Change, Unchanged};
use crate::log::{Append, LogError, NamedRoom};

/// A job.
pub(super) enum Job {
    /// Commit this batch.
    Commit(Batch),
    /// To make these changes of the directory.
    Change(ChangeJob),
    /// To look after the log: its files, its clock, and whether it can be opened again.
    Look,
}

/// The changes that one caller wants together, and where their answer goes.
pub(super) struct ChangeJob {
    pub(super) changes: Vec<Change>,
    pub(super) answer: oneshot::Sender<Result<Result<(), Unchanged>, LogError>>,
}

/// One room's batch, and where its answers go.
pub(super) struct Batch {
    pub(super) room: NamedRoom,
    pub(super) items: Vec<Append>,
    pub(super) answer: oneshot::Sender<Answers>,
}

impl Batch {
    /// The most that it adds to the write-ahead log: the texts, and for each message a page of the index of
    /// cids, since random cids go to different pages.
    pub(super) fn bytes(&self) -> usize {
        self.items.iter().map(|item| item.body.len() + wal::PAGE_BYTES as usize).sum()
    }
}
