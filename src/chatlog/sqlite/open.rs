//! The data directory: made when it is missing, and held by one server at a time.

use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use crate::files;

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
        /// What the system said.
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
        /// The other's process id in words, if it could be read.
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
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// No thread could be started.
    #[error("cannot start a thread of the log: {0}; raise the limit of processes for this user")]
    Thread(io::Error),
}

/// Makes the directory if there is none, so that it survives a power cut, and takes its lock.
///
/// The lock lives as long as the file that is returned. It is a file of its own: closing any
/// handle of the database file would drop SQLite's own locks on it (fcntl(2)).
pub(super) fn take(directory: &Path) -> Result<File, OpenError> {
    files::make_directory(directory)
        .map_err(|source| OpenError::Directory { path: directory.to_owned(), source })?;
    let path = directory.join("throng.lock");
    let failed = |source| OpenError::Directory { path: path.clone(), source };
    let mut file = File::options()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(&path)
        .map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(OpenError::InUse { path: directory.to_owned(), holder: holder(file) });
        }
        Err(TryLockError::Error(source)) => return Err(failed(source)),
    }
    // Only a help for whoever is refused: a full disk must not keep the server from starting.
    let _ = file.set_len(0).and_then(|()| file.rewind());
    let _ = writeln!(file, "{}", std::process::id());
    Ok(file)
}

fn holder(file: File) -> String {
    let mut text = String::new();
    match file.take(20).read_to_string(&mut text) {
        Ok(_) if !text.trim().is_empty() => format!(" (process {})", text.trim()),
        _ => String::new(),
    }
}
