//! How the log is tuned, and who observes what it does. The server's configuration fills it in.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// How a [`SqliteLog`](super::SqliteLog) is tuned. The defaults suit a machine with 2 cores.
#[derive(Clone)]
pub struct Settings {
    /// The most bytes in one page, counted as texts and nicks plus 200 for the rest of a message.
    /// A page is encoded into one frame and waits whole in an outbox, so it has to be small
    /// beside one. A single message may be larger: a page is never empty because of its bytes.
    pub page_bytes_max: usize,
    /// How many threads read, each with its own connection. Pages of what is in memory cost
    /// microseconds, so more threads than cores only help where the disk is slow.
    pub read_threads: usize,
    /// The most different reads that wait; further ones are answered with
    /// [`LogError::Busy`](crate::log::LogError::Busy). A reader takes a few thousand pages a
    /// second, so this is well under a second of waiting. Equal reads that wait count as one.
    pub read_queue_max: usize,
    /// The most batches that wait, and the most in one transaction. When it is full, appends wait
    /// for their turn. A room has one batch in flight, so this is rooms that speak at once.
    pub append_queue_max: usize,
    /// At this size of the write-ahead log its pages begin to be copied to the database, beside
    /// the commits; when they are, the log is reset. Set above `wal_bytes_max`, the thread that
    /// writes does all the copying, at that size.
    pub wal_backfill_bytes: u64,
    /// Above this size of the write-ahead log, commits wait until it is reset. Only a reader that
    /// hangs, or a disk that takes commits faster than checkpoints, lets it come so far.
    pub wal_bytes_max: u64,
    /// How often the log looks after itself while nobody appends: whether its files are in place,
    /// and, after a failure, whether the database can be opened again.
    pub look_interval: Duration,
    /// The page cache of the connection that writes. It has to hold the last page of each busy
    /// room and the newest part of the index of cids.
    pub writer_cache_bytes: usize,
    /// The page cache of each connection that reads. What it misses comes from the system's.
    pub reader_cache_bytes: usize,
    /// Is told of every commit, failure and checkpoint.
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
            .field("writer_cache_bytes", &self.writer_cache_bytes)
            .field("reader_cache_bytes", &self.reader_cache_bytes)
            .finish_non_exhaustive()
    }
}

/// Is told what the log does, by the threads that do it: count and return, never wait.
pub trait CommitObserver: Send + Sync + 'static {
    /// A transaction with `items` messages (retries included) in `rooms` batches was committed;
    /// `took` is from its begin to the return of its commit.
    fn committed(&self, items: usize, rooms: usize, took: Duration) {
        let _ = (items, rooms, took);
    }

    /// A transaction with `items` messages in `rooms` batches failed, for this reason.
    fn failed(&self, items: usize, rooms: usize, reason: &str) {
        let _ = (items, rooms, reason);
    }

    /// After a failure the database was opened again, or could not be.
    fn reopened(&self, is_writable: bool) {
        let _ = is_writable;
    }

    /// The write-ahead log was reset when it had `wal_bytes`, or a reader that did not end kept it
    /// from being so; commits stood still for `stall`, new reads for at most as long.
    fn checkpointed(&self, wal_bytes: u64, stall: Duration) {
        let _ = (wal_bytes, stall);
    }

    /// One read was done for `shared` callers; `took` is the read alone.
    fn read(&self, shared: usize, took: Duration) {
        let _ = (shared, took);
    }
}

/// Nobody looks.
struct Unobserved;

impl CommitObserver for Unobserved {}
