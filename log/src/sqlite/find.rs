//! Whether a data directory already holds a log, found out without leaving a trace.
//!
//! SQLite cannot be used for this: even a read-only connection makes files beside a database with a
//! write-ahead log. So the header is read here (sqlite.org/fileformat2.html#the_database_header).

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use super::migrations::APPLICATION_ID;
use super::open::OpenError;

/// The first bytes of an SQLite database.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

const HEADER_BYTES: usize = 100;

/// Whether the database or its write-ahead log contains a log. A first start that was interrupted leaves a
/// file without a table, which does not count.
///
/// Never call this while this process has the database open: closing any handle of the file would drop
/// SQLite's own locks on it (fcntl(2)).
pub(super) fn is_begun(path: &Path) -> Result<bool, OpenError> {
    let failed = |source| OpenError::Directory { path: path.to_owned(), source };
    let header = header(path).map_err(failed)?;
    if header.is_empty() {
        return Ok(false);
    }
    let foreign = || OpenError::Foreign { path: path.to_owned() };
    // A power cut during the first start may leave a first page without its start, and the journal with which
    // SQLite rolls it back. (If it is another file, opening does not recognise it.)
    if header.iter().all(|byte| *byte == 0)
        && bytes(&path.with_extension("db-journal")).map_err(failed)? > 0
    {
        return Ok(false);
    }
    if header.len() < HEADER_BYTES || !header.starts_with(MAGIC) {
        return Err(foreign());
    }
    let number = |at: usize| u32::from_be_bytes([0, 1, 2, 3].map(|byte| header[at + byte]));
    let (changes_of_schema, application_id) = (number(40), number(68));
    match (application_id, changes_of_schema) {
        (APPLICATION_ID, _) => Ok(true),
        // A young log may be entirely in the write-ahead log.
        (0, 0) => Ok(bytes(&path.with_extension("db-wal")).map_err(failed)? > 0),
        _ => Err(foreign()),
    }
}

/// The first bytes of a file; empty if there is no file.
fn header(path: &Path) -> io::Result<Vec<u8>> {
    let mut header = Vec::with_capacity(HEADER_BYTES);
    match File::open(path) {
        Ok(file) => file.take(HEADER_BYTES as u64).read_to_end(&mut header)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
        Err(error) => return Err(error),
    };
    Ok(header)
}

/// The length of a file; 0 if there is none.
fn bytes(path: &Path) -> io::Result<u64> {
    match fs::metadata(path) {
        Ok(file) => Ok(file.len()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(error),
    }
}
