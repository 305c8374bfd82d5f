//! Failures of the database, in words, and the errors that callers get.

use rusqlite::ErrorCode;

use super::files::Displaced;
use crate::log::LogError;

/// Why something could not be written or read.
#[derive(Debug)]
pub(super) enum Failure {
    /// An error of SQLite.
    Database(rusqlite::Error),
    /// The files are no longer at their paths.
    Displaced(Displaced),
    /// The files could not be checked.
    Files(std::io::Error),
}

impl Failure {
    /// Whether something in the database is damaged, rather than the way to it: a retry does not help, but
    /// the rest of the database is not affected.
    pub(super) fn is_damage(&self) -> bool {
        matches!(self, Self::Database(error) if is_damage(error))
    }

    /// The error for callers.
    pub(super) fn answer(&self) -> LogError {
        let reason = self.to_string().into();
        if self.is_damage() { LogError::Damaged(reason) } else { LogError::Unavailable(reason) }
    }
}

/// Whether SQLite found damage.
pub(super) fn is_damage(error: &rusqlite::Error) -> bool {
    match error.sqlite_error_code() {
        // A violated constraint, such as a head that is not at the end of its room.
        Some(code) => matches!(
            code,
            ErrorCode::DatabaseCorrupt
                | ErrorCode::NotADatabase
                | ErrorCode::ConstraintViolation
                | ErrorCode::TypeMismatch
        ),
        None => matches!(
            error,
            rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::IntegralValueOutOfRange(..)
                | rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::Utf8Error(..)
        ),
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

impl From<Displaced> for Failure {
    fn from(displaced: Displaced) -> Self {
        Self::Displaced(displaced)
    }
}

impl std::fmt::Display for Failure {
    /// In words, for callers and the server's log lines.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Database(error) => match error.sqlite_error_code() {
                Some(ErrorCode::DiskFull) => f.write_str("the disk is full"),
                Some(ErrorCode::DatabaseBusy) => {
                    write!(f, "another program holds the database: {error}")
                }
                _ => write!(f, "the database failed: {error}"),
            },
            Self::Displaced(displaced) => displaced.fmt(f),
            Self::Files(error) => write!(f, "the files of the database: {error}"),
        }
    }
}
