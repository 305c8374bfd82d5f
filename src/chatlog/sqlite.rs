//! The log in one SQLite database: no set-up, one directory.
//!
//! Rooms feed [`SqliteLog`]; it hands their batches to the one thread that writes and their
//! reads to a few threads that read. None of its callers waits for a disk on the executor: they
//! wait for the answer that one of the threads sends.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use async_channel::{Receiver, Sender};
use futures::FutureExt;
use futures::channel::oneshot;
use futures::future::BoxFuture;
use parking_lot::Mutex;
use throng_protocol::{Epoch, Fold, RoomName};

use self::append::Appender;
use self::body::BodyKey;
use self::checkpoint::Checkpoints;
use self::readers::{Answered, Readers};
use self::wal::Gate;
use self::writer::{Batch, Writer};
use super::{Append, Appended, Chatlog, LogError, LogPage, Range, RoomRecord};

pub use self::open::OpenError;
pub use self::settings::{CommitObserver, Settings};

mod append;
mod body;
mod checkpoint;
mod find;
mod open;
mod place;
mod read;
mod readers;
mod schema;
mod settings;
#[cfg(test)]
mod tests;
mod wal;
mod writer;

/// The log in a data directory. Closed with [`SqliteLog::close`], or when it is dropped.
pub struct SqliteLog {
    epoch: Epoch,
    appends: Sender<Batch>,
    readers: Readers,
    writable: Arc<AtomicBool>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl SqliteLog {
    /// The database in a data directory that holds a log already; nothing is made or changed.
    ///
    /// Call it before the log is opened, to learn whether there must be a key for it.
    ///
    /// # Errors
    /// [`OpenError`] when the file is not a log, or cannot be read.
    pub fn find(dir: &Path) -> Result<Option<PathBuf>, OpenError> {
        let path = dir.join(schema::FILE);
        Ok(find::is_begun(&path)?.then_some(path))
    }

    /// Opens the log in a data directory, and makes both when they are missing.
    ///
    /// `key` is a secret of the server that must stay the same as long as the log lives: retries
    /// are recognised with it. This call reads and syncs files: it belongs before the executor,
    /// or on its blocking pool.
    ///
    /// # Errors
    /// [`OpenError`] says why not, and what to do.
    pub fn open(dir: &Path, key: &[u8; 32], settings: Settings) -> Result<Self, OpenError> {
        let lock = open::take(dir)?;
        let path = dir.join(schema::FILE);
        let body = BodyKey::derive(key);
        let (connection, epoch) = schema::open(&path, &body, &settings)?;
        let gate = Arc::new(Gate::default());
        let writable = Arc::new(AtomicBool::new(true));
        let (readers, mut threads) = Readers::start(path.clone(), &gate, &settings)?;
        let (appends, queue) = async_channel::bounded(settings.append_queue_max.max(1));
        let writer = Writer {
            checkpoints: Checkpoints::start(path.clone(), gate.clone(), &settings)?,
            path,
            epoch,
            settings,
            appender: Appender::new(body),
            gate,
            writable: writable.clone(),
            connection: Some(connection),
        };
        threads.push(spawn("chatlog-write", move || {
            let queue = Emptied(queue);
            writer.run(&queue.0);
            // Held until the database is closed: the next server finds it whole.
            drop(lock);
        })?);
        Ok(Self { epoch, appends, readers, writable, threads: Mutex::new(threads) })
    }

    /// Finishes what waits, empties the write-ahead log, and waits for the threads. What is
    /// asked later is answered with [`LogError::Unavailable`].
    ///
    /// It waits for the disk: call it from the blocking pool.
    pub fn close(&self) {
        self.appends.close();
        self.readers.close();
        let threads = std::mem::take(&mut *self.threads.lock());
        for thread in threads {
            let name = thread.thread().name().unwrap_or_default().to_owned();
            if thread.join().is_err() {
                tracing::error!(name, "a thread of the log has panicked");
            }
        }
    }
}

/// The queue of the thread that writes. A channel keeps what is in it for as long as anybody holds
/// an end; so when the thread ends, after a panic too, what waits is dropped, and so answered.
struct Emptied(Receiver<Batch>);

impl Drop for Emptied {
    fn drop(&mut self) {
        self.0.close();
        while self.0.try_recv().is_ok() {}
    }
}

impl Drop for SqliteLog {
    fn drop(&mut self) {
        self.close();
    }
}

impl Chatlog for SqliteLog {
    fn epoch(&self) -> Epoch {
        self.epoch
    }

    fn rooms(&self) -> BoxFuture<'static, Result<Vec<RoomName>, LogError>> {
        answer(self.readers.rooms())
    }

    fn room(&self, fold: Fold) -> BoxFuture<'static, Result<Option<RoomRecord>, LogError>> {
        answer(self.readers.room(fold))
    }

    fn append(
        &self,
        room: RoomName,
        batch: Vec<Append>,
    ) -> BoxFuture<'static, Result<Vec<Appended>, LogError>> {
        let queue = self.appends.clone();
        async move {
            let (answer, answered) = oneshot::channel();
            let fold = room.fold();
            let batch = Batch { room, fold, items: batch, answer };
            queue.send(batch).await.map_err(|_| closed())?;
            answered.await.unwrap_or_else(|_| Err(closed()))
        }
        .boxed()
    }

    fn page(&self, room: Fold, range: Range) -> BoxFuture<'static, Result<Arc<LogPage>, LogError>> {
        answer(self.readers.page(room, range))
    }

    fn is_writable(&self) -> bool {
        self.writable.load(Ordering::Acquire)
    }
}

/// Waits for what a thread will send.
fn answer<T: Send + 'static>(
    asked: Result<Answered<T>, LogError>,
) -> BoxFuture<'static, Result<T, LogError>> {
    async move { asked?.await.unwrap_or_else(|_| Err(closed())) }.boxed()
}

/// The answer of a log whose threads have ended.
fn closed() -> LogError {
    LogError::Unavailable("the log is closed".into())
}

/// Starts a thread of the log; whoever starts it waits for its end.
fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, OpenError> {
    thread::Builder::new().name(name.into()).spawn(run).map_err(OpenError::Thread)
}
