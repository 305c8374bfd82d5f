//! The tuning of the log, and the observer of its work. The server's configuration sets them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The tuning of a [`SqliteLog`](super::SqliteLog). The defaults suit a machine with 2 cores.
#[derive(Clone)]
pub struct Settings {
    /// The most bytes in one page, counted as texts and nicks plus 200 for the rest of each message. A page
    /// becomes one frame that waits in an outbox as a whole, so it must be small compared with the outbox. A
    /// single message may be larger: a page is never empty because of its bytes.
    pub page_bytes_max: usize,
    /// How many threads read, each with its own connection. A page from memory takes microseconds, so more
    /// threads than cores only help if the disk is slow.
    pub read_threads: usize,
    /// The most different reads that wait; further ones get [`LogError::Busy`](crate::log::LogError::Busy). A
    /// reader reads a few thousand pages a second, so a read waits well under a second. Equal waiting reads
    /// count as one.
    pub read_queue_max: usize,
    /// The most batches that wait, and the most in one transaction. When the queue is full, appends wait. A
    /// room has one batch in flight, so this is the number of rooms that send at once.
    pub append_queue_max: usize,
    /// At this size of the write-ahead log, a thread starts to copy its pages to the database while commits
    /// go on; then the log is reset. If this is above `wal_bytes_max`, the writer thread does all the
    /// copying, at that size.
    pub wal_backfill_bytes: u64,
    /// Above this size of the write-ahead log, commits wait until it is reset. It only gets this large if a
    /// reader hangs, or if a disk takes commits faster than checkpoints.
    pub wal_bytes_max: u64,
    /// How often the log checks itself while there are no appends: whether its files are in place and, after
    /// a failure, whether the database can be opened again.
    pub look_interval: Duration,
    /// How long deletions gather until the write-ahead log, which still has their texts, is emptied once for all of
    /// them. A deletion is done within a minute; the default leaves time for a reader in the way.
    pub erase_after: Duration,
    /// The page cache of the connection that writes. It must hold the last page of each busy room and the
    /// newest part of the index of cids.
    pub writer_cache_bytes: usize,
    /// The page cache of each connection that reads. The system's cache has the rest.
    pub reader_cache_bytes: usize,
    /// Gets every commit, failure and checkpoint.
    pub observer: Arc<dyn CommitObserver>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            page_bytes_max: 128 << 10,
            read_threads: 2,
            read_queue_max: 1024,
            append_queue_max: 1024,
            wal_backfill_bytes: 8 << 20,
            wal_bytes_max: 48 << 20,
            look_interval: Duration::from_secs(1),
            erase_after: Duration::from_secs(10),
            writer_cache_bytes: 16 << 20,
            reader_cache_bytes: 2 << 20,
            observer: Arc::new(Unobserved),
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("page_bytes_max", &self.page_bytes_max)
            .field("read_threads", &self.read_threads)
            .field("read_queue_max", &self.read_queue_max)
            .field("append_queue_max", &self.append_queue_max)
            .field("wal_backfill_bytes", &self.wal_backfill_bytes)
            .field("wal_bytes_max", &self.wal_bytes_max)
            .field("look_interval", &self.look_interval)
            .field("erase_after", &self.erase_after)
            .field("writer_cache_bytes", &self.writer_cache_bytes)
            .field("reader_cache_bytes", &self.reader_cache_bytes)
            .finish_non_exhaustive()
    }
}

/// Observes the log from its threads: count and return, never wait.
pub trait CommitObserver: Send + Sync + 'static {
    /// A transaction with `items` messages (retries included) in `rooms` batches was committed; `took` is the
    /// time from its begin until the commit returned.
    fn committed(&self, items: usize, rooms: usize, took: Duration) {
        let _ = (items, rooms, took);
    }

    /// A transaction with `items` messages in `rooms` batches failed for this reason.
    fn failed(&self, items: usize, rooms: usize, reason: &str) {
        let _ = (items, rooms, reason);
    }

    /// After a failure the database was opened again, or could not be.
    fn reopened(&self, is_writable: bool) {
        let _ = is_writable;
    }

    /// The write-ahead log was reset at a size of `wal_bytes`, or a reader that did not end prevented that;
    /// commits stood still for `stall`, and new reads for at most as long.
    fn checkpointed(&self, wal_bytes: u64, stall: Duration) {
        let _ = (wal_bytes, stall);
    }

    /// One read was done for `shared` callers; `took` is only the read.
    fn read(&self, shared: usize, took: Duration) {
        let _ = (shared, took);
    }
}

/// The default observer, which does nothing.
struct Unobserved;

impl CommitObserver for Unobserved {}
