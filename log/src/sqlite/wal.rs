//! SQLite's view of the write-ahead log: its size, its checkpoints, and the gate that keeps readers out of it
//! for a moment.

use std::time::Duration;

use parking_lot::{RwLock, RwLockReadGuard, RwLockWriteGuard};
use rusqlite::Connection;

/// How long a connection waits for another program that holds the database's lock: longer than a person's
/// `sqlite3` needs for a look, shorter than a client's patience.
pub(super) const BUSY_WAIT: Duration = Duration::from_secs(2);

/// The size of a page, SQLite's default.
pub(super) const PAGE_BYTES: u64 = 4096;

/// The header of each frame in the write-ahead log (sqlite.org/fileformat2.html#walformat).
pub(super) const FRAME_HEADER_BYTES: u64 = 24;

/// Every read holds it shared; a reset of the write-ahead log takes it exclusively. While a reset waits for
/// it, new reads wait too (parking_lot's locks are fair in that sense).
#[derive(Default)]
pub(super) struct Gate(RwLock<()>);

impl Gate {
    /// Lets one read transaction in, which must end before the returned guard is dropped.
    pub(super) fn enter(&self) -> RwLockReadGuard<'_, ()> {
        self.0.read()
    }

    /// Holds new reads back and waits for the running ones; `None` if those took too long.
    pub(super) fn close(&self, patience: Duration) -> Option<RwLockWriteGuard<'_, ()>> {
        self.0.try_write_for(patience)
    }
}

/// The mode of a checkpoint (sqlite.org/c3ref/wal_checkpoint_v2.html).
#[derive(Clone, Copy)]
pub(crate) enum Mode {
    /// Only looks.
    Noop,
    /// Copies what it can without blocking anybody.
    Passive,
    /// Copies everything, and lets the next commit restart the log in the same file: overwriting is cheaper
    /// to sync than growing.
    Restart,
    /// Copies everything, and empties the file.
    Truncate,
}

/// The result of a checkpoint, in pages.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outcome {
    busy: bool,
    logged: u64,
    copied: u64,
}

impl Outcome {
    /// Whether the database now has everything that was in the log.
    pub(crate) fn is_complete(self) -> bool {
        !self.busy && self.copied == self.logged
    }

    /// How many pages the log has, each as often as it was written.
    pub(super) fn frames(self) -> u64 {
        self.logged
    }

    /// The size of the log in bytes.
    pub(crate) fn wal_bytes(self) -> u64 {
        self.logged * (PAGE_BYTES + FRAME_HEADER_BYTES)
    }
}

/// Runs a checkpoint on a connection without a transaction. If a reader or writer is in its way, it returns
/// "busy" at once instead of waiting, since commits wait for it.
pub(crate) fn checkpoint(connection: &Connection, mode: Mode) -> rusqlite::Result<Outcome> {
    let sql = match mode {
        Mode::Noop => "PRAGMA wal_checkpoint(NOOP)",
        Mode::Passive => "PRAGMA wal_checkpoint(PASSIVE)",
        Mode::Restart => "PRAGMA wal_checkpoint(RESTART)",
        Mode::Truncate => "PRAGMA wal_checkpoint(TRUNCATE)",
    };
    let pages = |pages: i64| u64::try_from(pages).unwrap_or(0);
    connection.busy_timeout(Duration::ZERO)?;
    let outcome = connection.prepare_cached(sql)?.query_row([], |row| {
        Ok(Outcome { busy: row.get(0)?, logged: pages(row.get(1)?), copied: pages(row.get(2)?) })
    });
    connection.busy_timeout(BUSY_WAIT)?;
    outcome
}

/// The error for somebody being in the way.
pub(super) fn busy(who: &str) -> rusqlite::Error {
    let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY);
    rusqlite::Error::SqliteFailure(code, Some(who.into()))
}
