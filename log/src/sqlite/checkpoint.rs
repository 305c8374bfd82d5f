//! Keeps the write-ahead log small: a thread copies it to the database while commits go on, and the writer
//! resets it in a short pause without readers.
//!
//! SQLite resets a write-ahead log only when nobody reads from it, which never happens with overlapping
//! readers. So the [`Gate`] makes such a moment: new reads wait, running ones (a page each) end, the little
//! that is left is copied, and the next commit restarts the log.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use async_channel::{Receiver, Sender, TryRecvError};
use rusqlite::Connection;

use super::open::OpenError;
use super::page_gaps::Cleared;
use super::settings::{CommitObserver, Settings};
use super::wal::{self, Gate, Mode};
use super::{connection, spawn};
use crate::throttle::Throttle;

/// How long commits wait for running reads while the log is not too large yet. A page takes well under a
/// millisecond from memory; if a reader waits for a slow disk, the reset is put off.
const PATIENCE: Duration = Duration::from_millis(20);

/// The same when the log is too large: then a stall is worth it.
const PATIENCE_OVER_MAX: Duration = Duration::from_secs(2);

/// From this time on an administrator is told that deleted texts are still on the disk.
const ERASE_OVERDUE: Duration = Duration::from_secs(60);

/// The pages that a read of one row needs.
const PIN_CACHE_BYTES: usize = 64 << 10;

/// Decides when the write-ahead log is copied and reset. Owned by the writer.
pub(super) struct Checkpoints {
    path: PathBuf,
    begin: Sender<()>,
    done: Receiver<()>,
    running: bool,
    thread: Option<JoinHandle<()>>,
    gate: Arc<Gate>,
    backfill_bytes: u64,
    bytes_max: u64,
    /// The size at which the next reset is tried. It grows when a reset fails, so that a reader in the way
    /// does not cost an attempt at every commit.
    next_bytes: u64,
    pin: Pin,
    cleared: Cleared,
    /// Since when the log may have deleted texts.
    erase_since: Option<Instant>,
    erase_after: Duration,
    observer: Arc<dyn CommitObserver>,
    throttle: Throttle,
}

impl Checkpoints {
    /// Starts the thread that copies.
    pub(super) fn start(
        path: PathBuf,
        gate: Arc<Gate>,
        settings: &Settings,
    ) -> Result<Self, OpenError> {
        let (begin, begun) = async_channel::bounded(1);
        let (finished, done) = async_channel::bounded(1);
        let copier =
            Settings { writer_cache_bytes: settings.reader_cache_bytes, ..settings.clone() };
        let file = path.clone();
        let thread = spawn("log-checkpoint", move || {
            let throttle = Throttle::new();
            while begun.recv_blocking().is_ok() {
                if let Err(error) = copy(&file, &copier)
                    && let Some(held_back) = throttle.pass()
                {
                    // The writer meets the same fault when it resets the log, and deals with it.
                    tracing::warn!(%error, held_back, "the write-ahead log could not be copied");
                }
                if finished.send_blocking(()).is_err() {
                    return;
                }
            }
        })?;
        Ok(Self {
            path,
            begin,
            done,
            running: false,
            thread: Some(thread),
            gate,
            backfill_bytes: settings.wal_backfill_bytes,
            bytes_max: settings.wal_bytes_max,
            next_bytes: settings.wal_backfill_bytes.min(settings.wal_bytes_max),
            pin: Pin(None),
            cleared: Cleared::default(),
            erase_since: None,
            erase_after: settings.erase_after,
            observer: settings.observer.clone(),
            throttle: Throttle::new(),
        })
    }

    /// Checks the log after a commit, and copies or resets it if needed.
    pub(super) fn tend(&mut self, connection: &mut Connection) -> rusqlite::Result<()> {
        self.pin.hold(&self.path)?;
        let began = Instant::now();
        let state = wal::checkpoint(connection, Mode::Noop)?;
        let bytes = state.wal_bytes();
        if self.running {
            if bytes >= self.bytes_max {
                self.settle();
            } else if let Err(TryRecvError::Empty) = self.done.try_recv() {
                return Ok(());
            }
            self.running = false;
            return self.reset(connection, bytes, began);
        }
        if bytes < self.next_bytes || state.is_complete() {
            return Ok(());
        }
        // What is copied now was committed before. The pin moves on, since nothing is copied beyond it.
        self.cleared.go_on(connection, &self.path)?;
        self.pin.release();
        self.pin.hold(&self.path)?;
        // If it is set to copy only above the maximum, the writer does it all.
        self.running = self.backfill_bytes < self.bytes_max && self.begin.try_send(()).is_ok();
        if self.running { Ok(()) } else { self.reset(connection, bytes, began) }
    }

    /// Texts were deleted, which the write-ahead log still has.
    pub(super) fn erase_soon(&mut self) {
        self.erase_since.get_or_insert_with(Instant::now);
    }

    /// Empties the write-ahead log, if texts were deleted a while ago. If a reader is in the way, the next call tries
    /// again.
    pub(super) fn erase(&mut self, connection: &mut Connection) -> rusqlite::Result<()> {
        let Some(since) = self.erase_since.filter(|since| since.elapsed() >= self.erase_after)
        else {
            return Ok(());
        };
        self.settle();
        self.cleared.go_on(connection, &self.path)?;
        let is_overdue = since.elapsed() >= ERASE_OVERDUE;
        let closed = self.gate.close(if is_overdue { PATIENCE_OVER_MAX } else { PATIENCE });
        let is_empty = closed.is_some() && {
            self.pin.release();
            wal::checkpoint(connection, Mode::Truncate)?.is_complete()
        };
        if is_empty {
            self.erase_since = None;
            self.next_bytes = self.backfill_bytes.min(self.bytes_max);
        } else if is_overdue && let Some(held_back) = self.throttle.pass() {
            tracing::warn!(
                held_back,
                "deleted texts are still in throng.db-wal: a reader hangs, or another program reads throng.db"
            );
        }
        Ok(())
    }

    /// Lets go of the files: the database is about to be closed, or opened again.
    pub(super) fn let_go(&mut self) {
        self.settle();
        self.pin.release();
    }

    /// Waits until the thread is idle.
    pub(super) fn settle(&mut self) {
        if std::mem::take(&mut self.running) {
            // The thread is gone when this fails.
            let _ = self.done.recv_blocking();
        }
    }

    /// Copies the rest while nobody reads, so that the next commit restarts the log.
    fn reset(
        &mut self,
        connection: &mut Connection,
        bytes: u64,
        began: Instant,
    ) -> rusqlite::Result<()> {
        self.cleared.go_on(connection, &self.path)?;
        let over = bytes >= self.bytes_max;
        let closed = self.gate.close(if over { PATIENCE_OVER_MAX } else { PATIENCE });
        let is_reset = closed.is_some() && {
            self.pin.release();
            // Readers from before the gate closed have ended; only those of another program can be left.
            wal::checkpoint(connection, Mode::Restart)?.is_complete()
        };
        drop(closed);
        if is_reset {
            self.next_bytes = self.backfill_bytes.min(self.bytes_max);
        } else {
            self.next_bytes = bytes + self.backfill_bytes.min(self.bytes_max);
            if over && let Some(held_back) = self.throttle.pass() {
                tracing::warn!(
                    bytes,
                    held_back,
                    "the write-ahead log cannot be reset: a reader hangs, or another program \
                     reads throng.db; it grows until that ends"
                );
            }
        }
        self.observer.checkpointed(bytes, began.elapsed());
        Ok(())
    }
}

/// A read transaction that keeps SQLite from restarting the write-ahead log by itself, which it does at the first
/// commit after everything was copied. Then the pages that [`Cleared`] still has to look at would be forgotten.
struct Pin(Option<Connection>);

impl Pin {
    /// Holds the log as it is now, unless it is held already. It must have a frame.
    fn hold(&mut self, path: &Path) -> rusqlite::Result<()> {
        if self.0.is_none() {
            let connection = connection::open_reader(path, PIN_CACHE_BYTES)?;
            connection.execute_batch("BEGIN; SELECT one FROM log")?;
            self.0 = Some(connection);
        }
        Ok(())
    }

    fn release(&mut self) {
        self.0 = None;
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.begin.close();
        self.done.close();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Copies on a separate connection, so that the writer's stays free. The connection is opened each time: that
/// costs little compared with copying, and a fault does not outlive it.
fn copy(path: &Path, settings: &Settings) -> rusqlite::Result<()> {
    let connection = connection::open_copier(path, settings)?;
    wal::checkpoint(&connection, Mode::Passive).map(drop)
}
