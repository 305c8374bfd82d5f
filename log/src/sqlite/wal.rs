//! The write-ahead log as SQLite shows it: its size, its checkpoints, and the gate that keeps
//! readers out of it for a moment.

use std::time::Duration;

use parking_lot::{RwLock, RwLockReadGuard, RwLockWriteGuard};
use rusqlite::Connection;

/// How long a connection waits for another program that holds the database's lock, before it
/// gives up: longer than a person's `sqlite3` needs for a look, shorter than a client's patience.
pub(super) const BUSY_WAIT: Duration = Duration::from_secs(2);

/// The size of a page, SQLite's default.
pub(super) const PAGE_BYTES: u64 = 4096;

/// What the write-ahead log puts before each page (sqlite.org/fileformat2.html#walformat).
const FRAME_HEADER_BYTES: u64 = 24;

/// Every read holds it shared; a reset of the write-ahead log takes it alone. While somebody
/// waits to take it alone, new reads wait too (parking_lot's locks are fair in that sense).
#[derive(Default)]
pub(super) struct Gate(RwLock<()>);

impl Gate {
    /// Lets one read transaction in; it must end before what is returned is dropped.
    pub(super) fn enter(&self) -> RwLockReadGuard<'_, ()> {
        self.0.read()
    }

    /// Holds new reads back and waits for the running ones; `None` when those took too long.
    pub(super) fn close(&self, patience: Duration) -> Option<RwLockWriteGuard<'_, ()>> {
        self.0.try_write_for(patience)
    }
}

/// How far a checkpoint goes (sqlite.org/c3ref/wal_checkpoint_v2.html).
#[derive(Clone, Copy)]
pub(super) enum Mode {
    /// Only looks.
    Noop,
    /// Copies what it can without disturbing anybody.
    Passive,
    /// Copies all, and lets the next commit begin the log anew in the same file: overwriting
    /// is cheaper to sync than growing.
    Restart,
    /// Copies all, and empties the file.
    Truncate,
}

/// What a checkpoint found and did, in pages.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outcome {
    busy: bool,
    logged: u64,
    copied: u64,
}

impl Outcome {
    /// Whether all that was in the log is in the database now.
    pub(super) fn is_complete(self) -> bool {
        !self.busy && self.copied == self.logged
    }

    /// How large the log is in bytes.
    pub(super) fn wal_bytes(self) -> u64 {
        self.logged * (PAGE_BYTES + FRAME_HEADER_BYTES)
    }
}

/// Runs a checkpoint on a connection that is in no transaction. A reader or writer in its way makes it
/// busy; it does not wait for them, since commits wait for it.
pub(super) fn checkpoint(connection: &Connection, mode: Mode) -> rusqlite::Result<Outcome> {
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

/// The error of somebody being in the way.
pub(super) fn busy(who: &str) -> rusqlite::Error {
    let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY);
    rusqlite::Error::SqliteFailure(code, Some(who.into()))
}
