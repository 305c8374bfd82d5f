//! The one thread that writes: it takes the batches of all rooms that wait, commits them with
//! one fsync, and answers each. While it commits, the next ones gather.
//!
//! After any failure the connection is closed, and opened again before the next append: a page
//! that an fsync could not write may be marked clean, and a later fsync that succeeds says
//! nothing about it (Rebello et al., "Can Applications Recover from fsync Failures?", 2020).

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use async_channel::{Receiver, RecvError};
use futures::channel::oneshot;
use futures::future::{self, Either};
use rusqlite::{Connection, ErrorCode, TransactionBehavior};
use throng_protocol::{Epoch, Fold, RoomName};

use super::append::{Answers, Appender};
use super::checkpoint::Checkpoints;
use super::schema;
use super::settings::Settings;
use super::wal::{self, Gate, Mode};
use crate::chatlog::{Append, LogError};

/// One room's batch, and where its answers go.
pub(super) struct Batch {
    pub(super) room: RoomName,
    pub(super) fold: Fold,
    pub(super) items: Vec<Append>,
    pub(super) answer: oneshot::Sender<Answers>,
}

impl Batch {
    fn bytes(&self) -> usize {
        self.items.iter().map(|item| item.text.len()).sum()
    }
}

/// After so many bytes of text a transaction takes no further batch, so that it fits the
/// write-ahead log well below its limit.
const TRANSACTION_BYTES_MAX: usize = 8 << 20;

/// What the thread owns.
pub(super) struct Writer {
    pub(super) path: PathBuf,
    pub(super) epoch: Epoch,
    pub(super) settings: Settings,
    pub(super) appender: Appender,
    pub(super) checkpoints: Checkpoints,
    pub(super) gate: Arc<Gate>,
    pub(super) writable: Arc<AtomicBool>,
    /// `None` after a failure, until it could be opened again.
    pub(super) connection: Option<Connection>,
}

impl Writer {
    /// Runs until the queue is closed and empty.
    pub(super) fn run(mut self, queue: &Receiver<Batch>) {
        while let Ok(first) = self.next(queue) {
            let mut bytes = first.bytes();
            let mut batches = vec![first];
            while batches.len() < self.settings.append_queue_max
                && bytes < TRANSACTION_BYTES_MAX
                && let Ok(batch) = queue.try_recv()
            {
                bytes += batch.bytes();
                batches.push(batch);
            }
            self.commit(batches);
        }
        self.finish();
    }

    /// Waits for a batch; while the database is closed, tries to open it now and then.
    fn next(&mut self, queue: &Receiver<Batch>) -> Result<Batch, RecvError> {
        while self.connection.is_none() {
            let interval = async_io::Timer::after(self.settings.reopen_interval);
            // Dropping either midway loses nothing: a batch leaves the queue only when received.
            let received = async_io::block_on(async {
                match future::select(std::pin::pin!(queue.recv()), interval).await {
                    Either::Left((received, _)) => Some(received),
                    Either::Right(_) => None,
                }
            });
            match received {
                Some(received) => return received,
                None => drop(self.reopen()),
            }
        }
        queue.recv_blocking()
    }

    /// Commits the batches of one transaction and answers them.
    fn commit(&mut self, batches: Vec<Batch>) {
        let began = Instant::now();
        let items = batches.iter().map(|batch| batch.items.len()).sum();
        let rooms = batches.len();
        match self.try_commit(&batches) {
            Ok(answers) => {
                let took = began.elapsed();
                self.set_writable(true);
                for (batch, answer) in batches.into_iter().zip(answers) {
                    // Whoever asked may be gone; the retry will be answered as a duplicate.
                    let _ = batch.answer.send(answer);
                }
                self.settings.observer.committed(items, rooms, took);
                self.tend();
            }
            Err(error) => {
                let reason = self.break_off(&error);
                for batch in batches {
                    let _ = batch.answer.send(Err(LogError::Unavailable(reason.clone())));
                }
                self.settings.observer.failed(items, rooms, &reason);
            }
        }
    }

    fn try_commit(&mut self, batches: &[Batch]) -> rusqlite::Result<Vec<Answers>> {
        if self.connection.is_none() {
            self.reopen()?;
        }
        let connection = self.connection.as_mut().expect("it was opened right above");
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let now = schema::now();
        let mut answers = Vec::with_capacity(batches.len());
        for batch in batches {
            let Batch { room, fold, items, .. } = batch;
            answers.push(self.appender.append(&transaction, room, fold, items, now)?);
        }
        transaction.commit()?;
        Ok(answers)
    }

    /// Opens the database again, with nobody reading, so that the write-ahead log can be copied
    /// and reset first.
    fn reopen(&mut self) -> rusqlite::Result<()> {
        self.checkpoints.settle();
        let Some(closed) = self.gate.close(wal::BUSY_WAIT) else {
            return Err(wal::busy("a read of the log does not end"));
        };
        let opened = schema::reopen(&self.path, self.epoch, &self.settings);
        drop(closed);
        let result = opened.map(|connection| {
            self.connection = Some(connection);
            if self.set_writable(true) {
                tracing::info!(file = %self.path.display(), "messages can be stored again");
            }
        });
        self.settings.observer.reopened(result.is_ok());
        result
    }

    /// Gives up the connection and all that was built on it, and returns the reason in words.
    fn break_off(&mut self, error: &rusqlite::Error) -> Arc<str> {
        self.connection = None;
        self.appender.forget();
        let reason = in_words(error);
        if self.set_writable(false) {
            tracing::error!(
                file = %self.path.display(), reason,
                "messages cannot be stored; reading goes on, and storing is tried again and again"
            );
        }
        reason.into()
    }

    /// After the answers are out: the write-ahead log's turn.
    fn tend(&mut self) {
        if let Some(connection) = &self.connection
            && let Err(error) = self.checkpoints.tend(connection)
        {
            let reason = self.break_off(&error);
            self.settings.observer.failed(0, 0, &reason);
        }
    }

    /// Empties the write-ahead log, so that a backup of the database file alone is whole.
    fn finish(&mut self) {
        self.checkpoints.settle();
        let Some(connection) = self.connection.take() else { return };
        let _closed = self.gate.close(wal::BUSY_WAIT);
        match wal::checkpoint(&connection, Mode::Truncate) {
            Ok(outcome) if outcome.is_complete() => {}
            outcome => tracing::warn!(
                file = %self.path.display(), ?outcome,
                "the write-ahead log stays beside the database; the next start will take it in"
            ),
        }
    }

    /// Returns whether this changed anything.
    fn set_writable(&self, writable: bool) -> bool {
        let before = self.writable.swap(writable, Ordering::AcqRel);
        before != writable
    }
}

impl Drop for Writer {
    /// However the thread ends, nothing can be written after it.
    fn drop(&mut self) {
        self.writable.store(false, Ordering::Release);
    }
}

/// What happened, for somebody who waits for an answer.
pub(super) fn in_words(error: &rusqlite::Error) -> String {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => "the disk is full".into(),
        Some(ErrorCode::DatabaseBusy) => format!("another program holds the database: {error}"),
        _ => format!("the database failed: {error}"),
    }
}
