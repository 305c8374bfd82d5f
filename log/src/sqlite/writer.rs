//! The one writer thread: it takes the batches of all waiting rooms, commits them with one fsync, and answers
//! each. Meanwhile, the next batches gather.
//!
//! After any failure the connection is closed, and opened again before the next append: a page that an fsync
//! could not write may be marked clean, and a later fsync that succeeds says nothing about it (Rebello et
//! al., "Can Applications Recover from fsync Failures?", 2020). Damage is not such a failure: a damaged page
//! stays damaged, and the other rooms go on.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use async_channel::Receiver;
use rusqlite::Connection;
use throng_protocol::Epoch;

use super::append::Appender;
use super::checkpoint::Checkpoints;
use super::failure::Failure;
use super::files::Files;
use super::health::Health;
use super::job::{Batch, ChangeJob, Job};
use super::nicks::Nicks;
use super::page_gaps::Cleared;
use super::readers::Connections;
use super::settings::Settings;
use super::wal::{self, Gate, Mode};
use crate::committed::Committed;
use crate::log_clock::LogClock;

mod changes;
mod group_commit;
mod recovery;

pub(super) use recovery::Throttles;

/// With this many bytes for the write-ahead log, a transaction takes no further batch. So the transaction
/// stays well below the log's limit, and nobody waits long for a commit: 2,048 messages take tens of
/// milliseconds, and larger transactions are no faster.
const TRANSACTION_BYTES_MAX: usize = 8 << 20;

/// With this many callers a transaction of changes takes no further one.
const CHANGES_MAX: usize = 1_024;

/// What the thread owns.
pub(super) struct Writer {
    pub(super) path: PathBuf,
    pub(super) epoch: Epoch,
    pub(super) clock: Arc<LogClock>,
    pub(super) settings: Settings,
    pub(super) appender: Appender,
    pub(super) checkpoints: Checkpoints,
    pub(super) gate: Arc<Gate>,
    pub(super) readers: Arc<Connections>,
    pub(super) health: Arc<Health>,
    pub(super) nicks: Arc<Nicks>,
    pub(super) committed: Arc<Committed>,
    pub(super) files: Files,
    /// `None` after a failure, until the database is open again.
    pub(super) connection: Option<Connection>,
    /// A connection to displaced files, kept until its data is in the database.
    pub(super) unsaved: Option<Connection>,
    pub(super) clock_stored: Instant,
    pub(super) throttles: Throttles,
}

impl Writer {
    /// Runs until the queue is closed and empty.
    pub(super) fn run(mut self, queue: &Receiver<Job>) {
        while let Ok(first) = queue.recv_blocking() {
            let (mut batches, mut bytes, mut looks) = (Vec::new(), 0, false);
            let mut changes: Vec<ChangeJob> = Vec::new();
            let mut take = |job| match job {
                Job::Commit(batch) => {
                    bytes += batch.bytes();
                    batches.push(batch);
                    bytes < TRANSACTION_BYTES_MAX && batches.len() < self.settings.append_queue_max
                }
                Job::Change(change) => {
                    changes.push(change);
                    changes.len() < CHANGES_MAX
                }
                Job::Look => {
                    looks = true;
                    true
                }
            };
            let mut has_room = take(first);
            while has_room && let Ok(job) = queue.try_recv() {
                has_room = take(job);
            }
            if !batches.is_empty() {
                self.commit(batches);
            }
            if !changes.is_empty() {
                self.change(changes);
            }
            if looks {
                self.look();
            }
        }
        self.finish();
    }

    /// After the answers are sent: writes senders, and takes care of the write-ahead log.
    fn tend(&mut self) {
        let speakers = if self.nicks.are_due() { self.write_nicks(false) } else { Ok(()) };
        if let Err(failure) = speakers.and_then(|()| self.tend_wal()) {
            // Files that are gone explain every other failure.
            let failure = self.files.check().err().map_or(failure, Failure::from);
            self.break_off(&failure);
            self.settings.observer.failed(0, 0, &failure.to_string());
        }
    }

    fn tend_wal(&mut self) -> Result<(), Failure> {
        let _waiting = self.health.waiting();
        match &mut self.connection {
            Some(connection) => self.checkpoints.tend(connection).map_err(Failure::from),
            None => Ok(()),
        }
    }

    /// Stores the clock, and empties the write-ahead log, so that a backup of only the database file is
    /// complete.
    fn finish(&mut self) {
        self.save();
        if let Err(error) = self.write_nicks(true).and_then(|()| self.store_clock()) {
            tracing::warn!(
                file = %self.path.display(), %error,
                "the log's clock, or who is called what, was not stored"
            );
        }
        let Some(mut connection) = self.connection.take() else { return };
        self.checkpoints.let_go();
        let _closed = self.gate.close(wal::BUSY_WAIT);
        if let Err(error) = Cleared::default().go_on(&mut connection, &self.path) {
            tracing::warn!(file = %self.path.display(), %error, "remains of rows stay in their pages");
        }
        match wal::checkpoint(&connection, Mode::Truncate) {
            Ok(outcome) if outcome.is_complete() => {}
            outcome => tracing::warn!(
                file = %self.path.display(), ?outcome,
                "the write-ahead log stays beside the database; the next start will take it in"
            ),
        }
    }
}

impl Drop for Writer {
    /// However the thread ends, nothing can be written afterwards.
    fn drop(&mut self) {
        self.health.set_writable(false);
    }
}
