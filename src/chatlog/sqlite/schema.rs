//! The database file: its tables, how it came to them, and how connections to it are opened.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior, params};
use throng_protocol::Epoch;

use super::body::{BodyKey, Digest};
use super::open::OpenError;
use super::settings::Settings;
use super::wal::{self, BUSY_WAIT, Mode};

/// The name of the database in the data directory.
pub(super) const FILE: &str = "throng.db";

/// Marks a file as throng's ("thrn"), for this server and for file(1).
pub(super) const APPLICATION_ID: u32 = 0x7468_726e;

/// How to come from each format to the next. A step that was released is never changed.
///
/// `message.id` is room and seq in one ([`place`](super::place)), so that a page of a room is one
/// walk over neighbours. `cid` and `digest` say nothing of what was said: they can stay when a
/// text goes.
const STEPS: [&str; 1] = ["
    CREATE TABLE log (
        one       INTEGER PRIMARY KEY CHECK (one = 1),
        epoch     BLOB    NOT NULL,
        key_check BLOB    NOT NULL,
        opened_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE room (
        number INTEGER PRIMARY KEY,
        fold   TEXT    NOT NULL UNIQUE,
        name   TEXT    NOT NULL,
        first  INTEGER NOT NULL,
        head   INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE message (
        id     INTEGER PRIMARY KEY,
        at     INTEGER NOT NULL,
        sender BLOB    NOT NULL,
        cid    BLOB    NOT NULL,
        digest BLOB    NOT NULL,
        kind   INTEGER NOT NULL,
        nick   TEXT    NOT NULL,
        text   TEXT    NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX message_cid ON message (cid, sender);
"];

/// Opens the database, makes it if there is none, brings it up to date, and returns the
/// connection that writes.
///
/// What a crash left in the write-ahead log is on disk in the database itself when this returns,
/// so that nothing is ever served that a power cut could still take back.
pub(super) fn open(
    path: &Path,
    key: &BodyKey,
    settings: &Settings,
) -> Result<(Connection, Epoch), OpenError> {
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
    configure_writer(&connection, settings).map_err(failed)?;
    if !wal::checkpoint(&connection, Mode::Truncate).map_err(failed)?.is_complete() {
        return Err(OpenError::Busy { path: path.to_owned() });
    }
    migrate(&mut connection, format, key).map_err(failed)?;
    let (epoch, key_check): ([u8; 16], Digest) = connection
        .query_row("SELECT epoch, key_check FROM log", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .map_err(failed)?;
    if key_check != key.check() {
        return Err(OpenError::WrongKey { path: path.to_owned() });
    }
    Ok((connection, Epoch::from_bytes(epoch)))
}

/// Opens the database again after a failure, proves that it is the same and can be written, and
/// returns the new connection that writes. Nobody may read meanwhile.
pub(super) fn reopen(
    path: &Path,
    epoch: Epoch,
    settings: &Settings,
) -> rusqlite::Result<Connection> {
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    configure_writer(&connection, settings)?;
    if !wal::checkpoint(&connection, Mode::Restart)?.is_complete() {
        return Err(wal::busy("another program is reading it"));
    }
    let changed = connection.execute(
        "UPDATE log SET opened_at = ? WHERE epoch = ?",
        params![now().cast_signed(), epoch.to_bytes()],
    )?;
    if changed == 1 { Ok(connection) } else { Err(rusqlite::Error::StatementChangedRows(changed)) }
}

/// Opens a connection that copies the write-ahead log to the database.
pub(super) fn open_copier(path: &Path, settings: &Settings) -> rusqlite::Result<Connection> {
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    configure_writer(&connection, settings)?;
    Ok(connection)
}

/// Opens a connection that only reads.
pub(super) fn open_reader(path: &Path, cache_bytes: usize) -> rusqlite::Result<Connection> {
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    set_cache(&connection, cache_bytes)?;
    Ok(connection)
}

/// Now, in Unix milliseconds; 0 on a machine whose clock stands before 1970.
pub(super) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
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
    // A first start that was cut short may leave a file with pages and nothing in them.
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(failed)?;
    if id != i64::from(APPLICATION_ID) && (id != 0 || format != 0 || tables != 0) {
        return Err(foreign());
    }
    match usize::try_from(format) {
        Ok(format) if format <= STEPS.len() => Ok(format),
        _ => Err(OpenError::Newer {
            path: path.to_owned(),
            found: format,
            known: STEPS.len() as i64,
        }),
    }
}

/// Brings the database from `format` to the newest one, in one transaction.
fn migrate(connection: &mut Connection, format: usize, key: &BodyKey) -> rusqlite::Result<()> {
    if format == STEPS.len() {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for step in &STEPS[format..] {
        transaction.execute_batch(step)?;
    }
    if format == 0 {
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.execute(
            "INSERT INTO log (one, epoch, key_check, opened_at) VALUES (1, ?, ?, ?)",
            params![new_epoch().to_bytes(), key.check(), now().cast_signed()],
        )?;
    }
    transaction.pragma_update(None, "user_version", STEPS.len() as i64)?;
    transaction.commit()
}

fn new_epoch() -> Epoch {
    let mut random = [0; 16];
    getrandom::fill(&mut random).expect("the system gives random bytes after it has started");
    Epoch::from_parts(now(), u128::from_le_bytes(random) >> 48)
}

fn configure_writer(connection: &Connection, settings: &Settings) -> rusqlite::Result<()> {
    // FULL: a commit returns only when the write-ahead log is on disk. The two others say the
    // same to macOS, where fsync alone does not reach the disk.
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true)?;
    // Checkpoints are done by checkpoint.rs, when they disturb least.
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    // When another program's long read made the log grow, it gives the space back afterwards.
    let bytes_max = i64::try_from(settings.wal_bytes_max).unwrap_or(i64::MAX);
    connection.pragma_update_and_check(None, "journal_size_limit", bytes_max, |_| Ok(()))?;
    set_cache(connection, settings.writer_cache_bytes)
}

/// A negative `cache_size` counts KiB (sqlite.org/pragma.html#pragma_cache_size).
fn set_cache(connection: &Connection, bytes: usize) -> rusqlite::Result<()> {
    connection.pragma_update(None, "cache_size", -((bytes / 1024) as i64))
}
