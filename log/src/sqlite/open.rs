//! The data directory: made if it is missing, and used by one server at a time.

use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use crate::data_dir;

/// Why the log could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The data directory could not be made or used.
    #[error(
        "cannot use the data directory {}: {source}; make it writable for this user, or choose \
         another one", path.display()
    )]
    Directory {
        /// The directory, or the file in it.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// Another server has it.
    #[error(
        "the data directory {} is in use by another server{holder}; stop that one first, or give \
         this one a data directory of its own", path.display()
    )]
    InUse {
        /// The directory.
        path: PathBuf,
        /// A phrase with the other server's process id, if it could be read.
        holder: String,
    },
    /// The database belongs to another program.
    #[error(
        "{} is no database of throng, and was left alone; move it away, or choose another data \
         directory", path.display()
    )]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The database was written by a newer server.
    #[error(
        "{} has the format {found}, and this server knows formats up to {known}; it was last used \
         by a newer version of throng: start that one", path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: i64,
        /// The newest format known here.
        known: i64,
    },
    /// The secret key is not the one that the database was made with.
    #[error(
        "the secret key does not belong to {}: with it, retries could not be recognised; put back \
         the key that was in use with this database (it is in the same backup)", path.display()
    )]
    WrongKey {
        /// The file.
        path: PathBuf,
    },
    /// The file system cannot do what a write-ahead log needs.
    #[error(
        "the file system of {} has no shared memory for a write-ahead log (network file systems \
         do not); choose a data directory on a local disk", path.display()
    )]
    NoSharedMemory {
        /// The file.
        path: PathBuf,
    },
    /// SQLite was built without what the log needs.
    #[error(
        "this throng was built with a SQLite that cannot delete texts for good; build it in throng's own folder, whose \
         .cargo/config.toml says what SQLite needs"
    )]
    LackingSqlite,
    /// Another program reads or writes the database.
    #[error(
        "another program is using {}; close it (a database browser, a backup) and start again",
        path.display()
    )]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// The database could not be opened or brought up to date.
    #[error(
        "cannot open {}: {source}; look for room on the disk and at the system's log; if the file \
         is damaged, restore a backup", path.display()
    )]
    Database {
        /// The file.
        path: PathBuf,
        /// SQLite's error.
        source: rusqlite::Error,
    },
    /// No thread could be started.
    #[error("cannot start a thread of the log: {0}; raise the limit of processes for this user")]
    Thread(io::Error),
}

impl OpenError {
    /// Whether the next attempt fails in the same way until somebody changes something.
    pub fn is_permanent(&self) -> bool {
        matches!(
            self,
            Self::Foreign { .. }
                | Self::Newer { .. }
                | Self::WrongKey { .. }
                | Self::NoSharedMemory { .. }
                | Self::LackingSqlite
        )
    }

    /// Whether the reason is likely to be gone within seconds: another program has the log open.
    pub fn passes_soon(&self) -> bool {
        match self {
            Self::InUse { .. } | Self::Busy { .. } => true,
            Self::Database { source, .. } => matches!(
                source.sqlite_error_code(),
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
            ),
            _ => false,
        }
    }
}

/// The lock of a data directory, held until it is dropped.
///
/// The lock is on the directory itself: a lock on a file in it would vanish with the file. `throng.lock`
/// contains the process id for the error of a second server. It is locked too, since older versions lock only
/// that file.
pub(super) struct Lock {
    _directory: File,
    _file: File,
}

/// Makes the directory if there is none, so that it survives a power cut, and takes its lock.
pub(super) fn take(directory: &Path) -> Result<Lock, OpenError> {
    let failed = |path: &Path, source| OpenError::Directory { path: path.to_owned(), source };
    data_dir::make_directory(directory).map_err(|source| failed(directory, source))?;
    let path = directory.join("throng.lock");
    let in_directory = File::open(directory).map_err(|source| failed(directory, source))?;
    let mut file = File::options()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(&path)
        .map_err(|source| failed(&path, source))?;
    match in_directory.try_lock().and_then(|()| file.try_lock()) {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(OpenError::InUse { path: directory.to_owned(), holder: holder(file) });
        }
        Err(TryLockError::Error(source)) => return Err(failed(directory, source)),
    }
    // Only informs a server that is refused: a full disk must not prevent the start.
    let _ = file.set_len(0).and_then(|()| file.rewind());
    let _ = writeln!(file, "{}", std::process::id());
    Ok(Lock { _directory: in_directory, _file: file })
}

fn holder(file: File) -> String {
    let mut text = String::new();
    match file.take(20).read_to_string(&mut text) {
        Ok(_) if !text.trim().is_empty() => format!(" (process {})", text.trim()),
        _ => String::new(),
    }
}
