//! Overwrites what SQLite leaves of rows between the cells of a page.
//!
//! When a full page is split, SQLite copies some of its rows to another page, and leaves the old bytes in the unused
//! middle of the first one. `secure_delete` overwrites a row where it is now, but not these copies, so a deleted text
//! could still be read from the file. Only pages of the write-ahead log can have new copies. So each of them is looked
//! at before that log is reset, and what is left in its middle is overwritten in a transaction like any other, through
//! SQLite's table of raw pages (sqlite.org/dbpage.html). The middle has no meaning (sqlite.org/fileformat2.html,
//! section 1.6), so whoever reads the page sees no change.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, TransactionBehavior, params};

use super::wal::{self, FRAME_HEADER_BYTES, Mode, PAGE_BYTES};

/// The first byte of a page with the rows of a table.
const TABLE_LEAF: u8 = 0x0d;

/// From this page number on, the first byte of a page that continues a long row could be [`TABLE_LEAF`]. That is a
/// database of 890 GB.
const PAGES_MAX: u32 = (TABLE_LEAF as u32) << 24;

/// The header of the write-ahead log, and where the salts are in it (sqlite.org/fileformat2.html, section 4.1).
const WAL_HEADER_BYTES: u64 = 32;
const SALTS_AT: u64 = 16;

/// A page in it, with its header.
const FRAME_BYTES: u64 = FRAME_HEADER_BYTES + PAGE_BYTES;

/// How many pages of an old database are looked at in one transaction: 40 MB.
const PAGES_AT_ONCE: u32 = 10_000;

/// Whether this SQLite has the table of raw pages.
pub(super) fn is_possible(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row(
        "SELECT count(*) FROM pragma_compile_options WHERE compile_options = 'ENABLE_DBPAGE_VTAB'",
        [],
        |row| row.get(0),
    )
}

/// Up to where the pages of a write-ahead log are clear.
#[derive(Default)]
pub(crate) struct Cleared {
    /// The two numbers by which SQLite tells a restarted log from the one before.
    salts: [u8; 8],
    frames: u64,
}

impl Cleared {
    /// Clears the pages that were written to this database's write-ahead log since the last time.
    pub(crate) fn go_on(
        &mut self,
        connection: &mut Connection,
        path: &Path,
    ) -> rusqlite::Result<()> {
        let frames = wal::checkpoint(connection, Mode::Noop)?.frames();
        if frames == 0 {
            return Ok(());
        }
        let pages = self.written(path, frames).map_err(|error| {
            let file = wal_of(path);
            let reason = format!("the pages in {} cannot be read: {error}", file.display());
            rusqlite::Error::SqliteFailure(
                rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_IOERR),
                Some(reason),
            )
        })?;
        self.frames = match clear(connection, pages.into_iter())? {
            0 => frames,
            // What was written for it has no remains.
            _ => wal::checkpoint(connection, Mode::Noop)?.frames(),
        };
        Ok(())
    }

    /// The numbers of the pages in the frames after the clear ones.
    pub(super) fn written(&mut self, path: &Path, frames: u64) -> io::Result<BTreeSet<u32>> {
        let mut pages = BTreeSet::new();
        let file = File::open(wal_of(path))?;
        let Some(whole) = file.metadata()?.len().checked_sub(WAL_HEADER_BYTES) else {
            // SQLite still counts the frames of a log that was just emptied.
            return Ok(pages);
        };
        let mut salts = [0; 8];
        file.read_exact_at(&mut salts, SALTS_AT)?;
        let first = if salts == self.salts { self.frames } else { 0 };
        self.salts = salts;
        for frame in first..frames.min(whole / FRAME_BYTES) {
            let mut number = [0; 4];
            file.read_exact_at(&mut number, WAL_HEADER_BYTES + frame * FRAME_BYTES)?;
            pages.insert(u32::from_be_bytes(number));
        }
        Ok(pages)
    }
}

/// Clears every page of a database from before [`Cleared`] was kept.
pub(super) fn clear_all(connection: &mut Connection) -> rusqlite::Result<()> {
    let last: u32 = connection.pragma_query_value(None, "page_count", |row| row.get(0))?;
    for first in (1..=last).step_by(PAGES_AT_ONCE as usize) {
        let end = last.min(first + (PAGES_AT_ONCE - 1));
        if clear(connection, first..=end)? > 0 {
            wal::checkpoint(connection, Mode::Truncate)?;
        }
    }
    Ok(())
}

fn clear(connection: &mut Connection, pages: impl Iterator<Item = u32>) -> rusqlite::Result<usize> {
    let mut pages = pages.filter(|page| *page < PAGES_MAX).peekable();
    if pages.peek().is_none() {
        return Ok(0);
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut cleared = 0;
    {
        let mut read =
            transaction.prepare_cached("SELECT data FROM sqlite_dbpage WHERE pgno = ?")?;
        let mut write =
            transaction.prepare_cached("UPDATE sqlite_dbpage SET data = ? WHERE pgno = ?")?;
        for number in pages {
            let mut rows = read.query([number])?;
            // A page may have gone since it was logged, if the file has become shorter.
            let Some(row) = rows.next()? else { continue };
            let Some(clean) = cleaned(row.get_ref(0)?.as_blob()?) else { continue };
            drop(rows);
            write.execute(params![clean, number])?;
            cleared += 1;
        }
    }
    if cleared > 0 {
        transaction.commit()?
    } else {
        transaction.rollback()?
    }
    Ok(cleared)
}

/// The page with zeros in its middle; `None` if there is nothing to overwrite.
fn cleaned(page: &[u8]) -> Option<Vec<u8>> {
    // The header: the type, the first free block, the number of cells, where they begin, and the small fragments.
    let [TABLE_LEAF, _, _, cells_high, cells_low, begin_high, begin_low, _, ..] = *page else {
        return None;
    };
    let cells = usize::from(u16::from_be_bytes([cells_high, cells_low]));
    let begin = usize::from(u16::from_be_bytes([begin_high, begin_low]));
    let middle = 8 + 2 * cells..begin;
    // An empty page, or one that is damaged, is left as it is.
    if !page.get(middle.clone())?.iter().any(|byte| *byte != 0) {
        return None;
    }
    let mut clean = page.to_vec();
    clean[middle].fill(0);
    Some(clean)
}

fn wal_of(path: &Path) -> PathBuf {
    let mut file = path.as_os_str().to_owned();
    file.push("-wal");
    file.into()
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::{cleaned, clear_all, is_possible};

    #[test]
    fn split_pages_of_a_whole_database_are_cleared() {
        let mut connection = Connection::open_in_memory().expect("a database");
        assert!(is_possible(&connection).expect("an answer"));
        connection
            .execute_batch(
                "CREATE TABLE message (id INTEGER PRIMARY KEY, text TEXT);
                 WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number LIMIT 2000)
                 INSERT INTO message SELECT (n % 5) << 40 | n, printf('%.*c', 20 + n % 97, 'x') FROM number;",
            )
            .expect("rooms that speak in turns");
        let sum = "SELECT sum(id % 1000 + length(text)) FROM message";
        let before: i64 = connection.query_row(sum, [], |row| row.get(0)).expect("readable");
        assert!(dirty(&connection) > 10, "pages were split");
        clear_all(&mut connection).expect("it works");
        assert_eq!(dirty(&connection), 0);
        assert_eq!(connection.query_row(sum, [], |row| row.get(0)), Ok(before));
        let check: String =
            connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("readable");
        assert_eq!(check, "ok");
    }

    fn dirty(connection: &Connection) -> usize {
        let mut pages = connection.prepare("SELECT data FROM sqlite_dbpage").expect("pages");
        let pages = pages.query_map([], |row| row.get(0)).expect("pages");
        pages
            .filter(|page: &rusqlite::Result<Vec<u8>>| {
                cleaned(page.as_ref().expect("a page")).is_some()
            })
            .count()
    }

    /// A page of a table with two cells, which begin here, and junk before them.
    fn page(begin: u16) -> Vec<u8> {
        let mut page = vec![0xaa; 4_096];
        page[..8].copy_from_slice(&[0x0d, 0, 0, 0, 2, 0, 0, 0]);
        page[5..7].copy_from_slice(&begin.to_be_bytes());
        page
    }

    #[test]
    fn only_the_middle_of_a_page_is_overwritten() {
        let dirty = page(4_000);
        let clean = cleaned(&dirty).expect("it is dirty");
        assert!(clean[12..4_000].iter().all(|byte| *byte == 0));
        assert_eq!((&clean[..12], &clean[4_000..]), (&dirty[..12], &dirty[4_000..]));
        assert_eq!(cleaned(&clean), None, "it is clean now");
    }

    #[test]
    fn what_is_no_whole_page_of_a_table_is_left_alone() {
        for type_byte in [0, 2, 5, 10] {
            let mut other = page(4_000);
            other[0] = type_byte;
            assert_eq!(cleaned(&other), None, "{type_byte}");
        }
        assert_eq!(cleaned(&page(12)), None, "a full page has no middle");
        assert_eq!(cleaned(&page(11)), None, "damaged");
        assert_eq!(cleaned(&page(5_000)), None, "damaged");
        assert_eq!(cleaned(&[0x0d, 0, 0]), None);
        assert_eq!(cleaned(&[]), None);
    }
}
