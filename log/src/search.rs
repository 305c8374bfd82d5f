//! Finds messages by their words: an index beside the log, in a file that may be thrown away.
//!
//! A thread follows the log, and others search. The index knows nothing of rights: the caller says of each room whether
//! the asker may see it now. It reads the log only through [`Log`], so it serves any engine.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use async_channel::{Receiver, Sender, TrySendError};
use futures::FutureExt;
use futures::channel::oneshot;
use futures::future::BoxFuture;
use parking_lot::Mutex;
use rusqlite::Connection;
use throng_protocol::RoomId;

use self::follower::Follower;
pub use self::lookup::{Hits, MaySee};
pub use self::query::{Query, Term};
use crate::committed::Committed;
use crate::log::Log;
use crate::sqlite::connection;
use crate::throttle::Throttle;

mod follower;
mod index;
mod lookup;
mod query;
#[cfg(test)]
mod tests;
mod tokens;

/// How many threads search.
const THREADS: usize = 2;

/// How many searches wait. One takes milliseconds; further ones get [`SearchError::Busy`].
const WAITING_MAX: usize = 64;

/// The page cache of each searching connection.
const CACHE_BYTES: usize = 8 << 20;

/// The index of a log. Cheap to call; [`SearchIndex::close`] closes it, or dropping it.
pub struct SearchIndex {
    shared: Arc<Shared>,
    jobs: Sender<Job>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

/// Why a search was not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SearchError {
    /// Too many searches wait.
    #[error("many people search at this moment")]
    Busy,
    /// The index cannot be read. It is made again by itself.
    #[error("the index for searching cannot be read")]
    Unavailable,
}

/// What the index is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SearchStatus {
    /// Whether everything that was committed a moment ago is in it.
    pub is_caught_up: bool,
    /// How many entries of the log it has taken in since the start.
    pub taken: u64,
}

struct Job {
    query: Query,
    may_see: MaySee,
    limit: usize,
    answer: oneshot::Sender<Result<Hits, SearchError>>,
}

impl SearchIndex {
    /// Opens the index of the log in a data directory, or makes it; that goes on in the background.
    ///
    /// `erase_after` is how long deletions gather before the file is freed of what it still has of their texts.
    ///
    /// # Errors
    /// No thread could be started.
    pub fn open(dir: &Path, log: Arc<dyn Log>, erase_after: Duration) -> std::io::Result<Self> {
        let path = dir.join(index::FILE);
        let shared = Arc::new(Shared::new(Arc::clone(log.committed())));
        let (jobs, queue) = async_channel::bounded(WAITING_MAX);
        let follower = Follower {
            path: path.clone(),
            log,
            shared: Arc::clone(&shared),
            erase_after,
            erase_since: None,
            throttle: Throttle::new(),
        };
        let mut threads = vec![spawn("search-follow", move || follower.run())?];
        for number in 1..=THREADS {
            let searcher =
                Searcher { path: path.clone(), shared: Arc::clone(&shared), connection: None };
            let queue = queue.clone();
            threads.push(spawn(&format!("search-read-{number}"), move || searcher.run(&queue))?);
        }
        Ok(Self { shared, jobs, threads: Mutex::new(threads) })
    }

    /// Searches, and returns at most `limit` messages, the newest first. What was committed within the last moments may
    /// not be found yet.
    ///
    /// # Errors
    /// [`SearchError`].
    pub fn find(
        &self,
        query: Query,
        may_see: MaySee,
        limit: usize,
    ) -> BoxFuture<'static, Result<Hits, SearchError>> {
        let (answer, answered) = oneshot::channel();
        let offered = self.jobs.try_send(Job { query, may_see, limit, answer });
        async move {
            offered.map_err(|error| match error {
                TrySendError::Full(_) => SearchError::Busy,
                TrySendError::Closed(_) => SearchError::Unavailable,
            })?;
            answered.await.unwrap_or(Err(SearchError::Unavailable))
        }
        .boxed()
    }

    /// Throws the index away and makes it again, in the background. Until it is done, a search finds less.
    pub fn rebuild(&self) {
        self.shared.ask_for_rebuild();
        self.shared.committed.wake();
    }

    /// What the index is doing.
    pub fn status(&self) -> SearchStatus {
        SearchStatus {
            is_caught_up: self.shared.is_caught_up(),
            taken: self.shared.taken.load(Ordering::Relaxed),
        }
    }

    /// Stops the threads. Close it before the log. Later searches get [`SearchError::Unavailable`].
    ///
    /// Blocks on the disk: call it on the blocking pool.
    pub fn close(&self) {
        self.jobs.close();
        self.shared.is_closed.store(true, Ordering::Release);
        self.shared.committed.wake();
        for thread in std::mem::take(&mut *self.threads.lock()) {
            let name = thread.thread().name().unwrap_or_default().to_owned();
            if thread.join().is_err() {
                tracing::error!(name, "a thread of the index for searching has panicked");
            }
        }
    }
}

impl Drop for SearchIndex {
    fn drop(&mut self) {
        self.close();
    }
}

/// What the threads have in common.
struct Shared {
    committed: Arc<Committed>,
    is_closed: AtomicBool,
    is_caught_up: AtomicBool,
    wants_rebuild: AtomicBool,
    /// Counts how often the file was opened by the follower, and so maybe replaced by another.
    generation: AtomicU64,
    taken: AtomicU64,
}

impl Shared {
    fn new(committed: Arc<Committed>) -> Self {
        Self {
            committed,
            is_closed: AtomicBool::new(false),
            is_caught_up: AtomicBool::new(false),
            wants_rebuild: AtomicBool::new(false),
            generation: AtomicU64::new(0),
            taken: AtomicU64::new(0),
        }
    }

    fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::Acquire)
    }

    /// Waits, unless the index is closed meanwhile.
    fn pause(&self, pause: Duration) {
        let end = Instant::now() + pause;
        while !self.is_closed() && Instant::now() < end {
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// The rooms with something new.
    fn take_rooms(&self) -> Vec<RoomId> {
        // First, since `is_caught_up` may look at both in between.
        self.set_caught_up(false);
        self.committed.take()
    }

    fn is_caught_up(&self) -> bool {
        self.committed.is_empty() && self.is_caught_up.load(Ordering::Acquire) && !self.is_over()
    }

    /// Waits for something new, unless the follower is to stop.
    fn wait(&self, patience: Duration) {
        self.committed.wait(|| self.is_over(), patience);
    }

    /// Whether the follower is to stop: for good, or to make the index again.
    fn is_over(&self) -> bool {
        self.is_closed() || self.wants_rebuild.load(Ordering::Acquire)
    }

    fn set_caught_up(&self, is_caught_up: bool) {
        self.is_caught_up.store(is_caught_up, Ordering::Release);
    }

    fn ask_for_rebuild(&self) {
        self.wants_rebuild.store(true, Ordering::Release);
    }

    fn take_rebuild(&self) -> bool {
        self.wants_rebuild.swap(false, Ordering::AcqRel)
    }

    fn opened(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
    }

    fn count(&self, taken: usize) {
        self.taken.fetch_add(taken as u64, Ordering::Relaxed);
    }
}

/// A thread that searches.
struct Searcher {
    path: PathBuf,
    shared: Arc<Shared>,
    /// With the generation of the file that it is open on.
    connection: Option<(u64, Connection)>,
}

impl Searcher {
    fn run(mut self, jobs: &Receiver<Job>) {
        while let Ok(Job { query, may_see, limit, answer }) = jobs.recv_blocking() {
            if answer.is_canceled() {
                continue;
            }
            let found = self.find(&query, &may_see, limit).map_err(|error| {
                tracing::warn!(file = %self.path.display(), %error, "a search failed");
                SearchError::Unavailable
            });
            let _ = answer.send(found);
        }
    }

    fn find(&mut self, query: &Query, may_see: &MaySee, limit: usize) -> rusqlite::Result<Hits> {
        let generation = self.shared.generation.load(Ordering::Acquire);
        let connection = match self.connection.take() {
            Some((opened, connection)) if opened == generation => connection,
            _ => connection::open_reader(&self.path, CACHE_BYTES)?,
        };
        let (_, connection) = self.connection.insert((generation, connection));
        let found = lookup::find(connection, query, may_see, limit);
        if found.is_err() {
            self.connection = None;
        }
        found
    }
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> std::io::Result<JoinHandle<()>> {
    thread::Builder::new().name(name.into()).spawn(run)
}
