//! The database file: how it is recognised, and how connections to it are opened.

use std::path::Path;

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior, params};
use throng_protocol::Epoch;

use super::account_table;
use super::body::{BodyKey, Digest};
use super::folded_names;
use super::migrations::{self, APPLICATION_ID};
use super::nicks::Nicks;
use super::open::OpenError;
use super::page_gaps::{self, Cleared};
use super::settings::Settings;
use super::speakers;
use super::wal::{self, BUSY_WAIT, Mode};
use crate::log_clock::LogClock;

/// The name of the database in the data directory.
pub(super) const FILE: &str = "throng.db";

/// The result of opening a database.
pub(super) struct Opened {
    /// The connection that writes.
    pub(super) connection: Connection,
    pub(super) epoch: Epoch,
    pub(super) clock: LogClock,
    pub(super) nicks: Nicks,
    /// Whether this opening made the log.
    pub(super) is_new: bool,
}

/// Opens the database, makes it if there is none, and upgrades its format and folds.
///
/// When this returns, everything that a crash left in the write-ahead log is on disk in the database itself,
/// so that the server never shows anything that a power cut could still take back.
pub(super) fn open(path: &Path, key: &BodyKey, settings: &Settings) -> Result<Opened, OpenError> {
    let failed = |source| OpenError::Database { path: path.to_owned(), source };
    let mut connection =
        connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)
            .map_err(failed)?;
    let format = recognise(&connection, path)?;
    let mode: String = connection
        .pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))
        .map_err(failed)?;
    if mode != "wal" {
        return Err(OpenError::NoSharedMemory { path: path.to_owned() });
    }
    if !page_gaps::is_possible(&connection).map_err(failed)? {
        return Err(OpenError::LackingSqlite);
    }
    configure_writer(&connection, settings).map_err(failed)?;
    Cleared::default().go_on(&mut connection, path).map_err(failed)?;
    if !wal::checkpoint(&connection, Mode::Truncate).map_err(failed)?.is_complete() {
        return Err(OpenError::Busy { path: path.to_owned() });
    }
    if format < migrations::CLEAN_FORMAT {
        page_gaps::clear_all(&mut connection).map_err(failed)?;
    }
    migrations::migrate(&mut connection, format, key).map_err(failed)?;
    let (epoch, key_check, clock): ([u8; 16], Digest, LogClock) = connection
        .query_row("SELECT epoch, key_check, clock, newest_at FROM log", [], |row| {
            let (clock, newest): (i64, i64) = (row.get(2)?, row.get(3)?);
            let clock = LogClock::from(clock.cast_unsigned(), newest.cast_unsigned());
            Ok((row.get(0)?, row.get(1)?, clock))
        })
        .map_err(failed)?;
    if key_check != key.check() {
        return Err(OpenError::WrongKey { path: path.to_owned() });
    }
    folded_names::settle(&mut connection).map_err(failed)?;
    account_table::settle(&mut connection).map_err(failed)?;
    catch_up(&mut connection, &clock).map_err(failed)?;
    let nicks = Nicks::load(&mut connection, clock.now_ms()).map_err(failed)?;
    Ok(Opened { connection, epoch: Epoch::from_bytes(epoch), clock, nicks, is_new: format == 0 })
}

/// Opens the database again after a failure, proves that it is the same and writable, and returns the new
/// connection for writing. No reads may be running.
pub(super) fn reopen(
    path: &Path,
    epoch: Epoch,
    clock: &LogClock,
    settings: &Settings,
) -> rusqlite::Result<Connection> {
    let mut connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    configure_writer(&connection, settings)?;
    Cleared::default().go_on(&mut connection, path)?;
    if !wal::checkpoint(&connection, Mode::Restart)?.is_complete() {
        return Err(wal::busy("another program is reading it"));
    }
    store_clock(&connection, epoch, clock)?;
    Ok(connection)
}

/// Stores the log's time.
pub(super) fn store_clock(
    connection: &Connection,
    epoch: Epoch,
    clock: &LogClock,
) -> rusqlite::Result<()> {
    let (now, newest) = (clock.now_ms().cast_signed(), clock.newest_ms().cast_signed());
    let changed = connection
        .prepare_cached("UPDATE log SET clock = ?, newest_at = ? WHERE epoch = ?")?
        .execute(params![now, newest, epoch.to_bytes()])?;
    if changed == 1 { Ok(()) } else { Err(rusqlite::Error::StatementChangedRows(changed)) }
}

/// Opens a connection that copies the write-ahead log to the database.
pub(super) fn open_copier(path: &Path, settings: &Settings) -> rusqlite::Result<Connection> {
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    configure_writer(&connection, settings)?;
    Ok(connection)
}

/// Opens a connection that only reads.
pub(crate) fn open_reader(path: &Path, cache_bytes: usize) -> rusqlite::Result<Connection> {
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    set_cache(&connection, cache_bytes)?;
    Ok(connection)
}

/// Opens a connection that writes another file of the same kind: what is no longer used is overwritten, and its owner
/// does the checkpoints.
pub(crate) fn open_writer(path: &Path, cache_bytes: usize) -> rusqlite::Result<Connection> {
    let connection =
        connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
    overwrite(&connection, cache_bytes)?;
    Ok(connection)
}

fn connect(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY_WAIT)?;
    connection.set_prepared_statement_cache_capacity(32);
    connection.pragma_update(None, "trusted_schema", false)?;
    Ok(connection)
}

/// The format of the file, 0 for a new one.
fn recognise(connection: &Connection, path: &Path) -> Result<usize, OpenError> {
    let foreign = || OpenError::Foreign { path: path.to_owned() };
    let read = |pragma| connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    let id = read("application_id").map_err(|source| match source.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => foreign(),
        _ => OpenError::Database { path: path.to_owned(), source },
    })?;
    let failed = |source| OpenError::Database { path: path.to_owned(), source };
    let format = read("user_version").map_err(failed)?;
    // A first start that was interrupted may leave a file with pages but without content.
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(failed)?;
    if id != i64::from(APPLICATION_ID) && (id != 0 || format != 0 || tables != 0) {
        return Err(foreign());
    }
    match usize::try_from(format) {
        Ok(format) if format <= migrations::FORMAT => Ok(format),
        _ => Err(OpenError::Newer {
            path: path.to_owned(),
            found: format,
            known: migrations::FORMAT as i64,
        }),
    }
}

/// Adds the nicks that a crash has left only in messages.
fn catch_up(connection: &mut Connection, clock: &LogClock) -> rusqlite::Result<()> {
    let last = speakers::unnoted(connection, "noted")?;
    if !last.is_empty() {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        speakers::note(&transaction, &last, clock.now_ms())?;
        transaction.commit()?;
        wal::checkpoint(connection, Mode::Truncate)?;
    }
    Ok(())
}

fn configure_writer(connection: &Connection, settings: &Settings) -> rusqlite::Result<()> {
    // FULL: a commit returns only when the write-ahead log is on disk. The two others do the same for macOS,
    // where fsync alone does not reach the disk.
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true)?;
    // If another program's long read made the log grow, this frees the space afterwards.
    let bytes_max = i64::try_from(settings.wal_bytes_max).unwrap_or(i64::MAX);
    connection.pragma_update_and_check(None, "journal_size_limit", bytes_max, |_| Ok(()))?;
    overwrite(connection, settings.writer_cache_bytes)
}

fn overwrite(connection: &Connection, cache_bytes: usize) -> rusqlite::Result<()> {
    // Bytes that are no longer used are overwritten, so that a deleted text is gone from the file.
    connection.pragma_update_and_check(None, "secure_delete", true, |_| Ok(()))?;
    // SQLite would do the checkpoints when they disturb most, and before page_gaps.rs has seen the pages.
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    set_cache(connection, cache_bytes)
}

/// A negative `cache_size` counts KiB (sqlite.org/pragma.html#pragma_cache_size).
fn set_cache(connection: &Connection, bytes: usize) -> rusqlite::Result<()> {
    connection.pragma_update(None, "cache_size", -((bytes / 1024) as i64))
}
