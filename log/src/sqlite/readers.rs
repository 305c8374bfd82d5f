//! The reader threads: a bounded queue in front of them, and equal waiting pages are read once.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Instant;

use async_channel::{Receiver, Sender, TrySendError};
use futures::FutureExt;
use futures::channel::oneshot;
use futures::future::BoxFuture;
use parking_lot::Mutex;
use rusqlite::Connection;
use throng_protocol::RoomId;

use super::failure::Failure;
use super::open::OpenError;
use super::settings::Settings;
use super::wal::Gate;
use super::{closed, connection, read, spawn};
use crate::log::{LogError, LogPage, Range, RoomRecord};
use crate::throttle::Throttle;

type Answer<T> = oneshot::Sender<Result<T, LogError>>;

/// The receiving end of an answer.
pub(super) type Answered<T> = oneshot::Receiver<Result<T, LogError>>;

/// The queue of the threads. When it is full, reads get [`LogError::Busy`].
pub(super) struct Readers {
    queue: Sender<Job>,
    waiting: Arc<Waiting>,
    connections: Arc<Connections>,
}

/// The connections of the threads. `None` after a failure, until one is needed again.
pub(super) struct Connections(Vec<Mutex<Option<Connection>>>);

impl Connections {
    /// Closes all connections. No read may be running.
    pub(super) fn close(&self) {
        for connection in &self.0 {
            *connection.lock() = None;
        }
    }
}

/// Who waits for which page. A page is in here as long as its job is in the queue, and callers that want the
/// same page join it. The job takes the callers out before its transaction begins, so that nobody gets a page
/// from before a commit whose answer they already have.
///
/// The sessions bound how many callers wait for one page: each has one request at a time.
type Waiting = Mutex<HashMap<(RoomId, Range), Vec<Answer<Arc<LogPage>>>>>;

enum Job {
    Rooms(Answer<Vec<RoomRecord>>),
    Room(RoomId, Answer<Option<RoomRecord>>),
    Page(RoomId, Range),
    /// A short read of another kind, which answers by itself.
    Short(Box<dyn FnOnce(&Reader) + Send>),
}

impl Readers {
    /// Opens the connections and starts the threads.
    pub(super) fn start(
        path: PathBuf,
        gate: &Arc<Gate>,
        settings: &Settings,
    ) -> Result<(Self, Vec<JoinHandle<()>>), OpenError> {
        let (queue, jobs) = async_channel::bounded(settings.read_queue_max.max(1));
        let waiting = Arc::new(Waiting::default());
        let open = |_| {
            connection::open_reader(&path, settings.reader_cache_bytes)
                .map(|connection| Mutex::new(Some(connection)))
                .map_err(|source| OpenError::Database { path: path.clone(), source })
        };
        let connections = (0..settings.read_threads.max(1)).map(open).collect::<Result<_, _>>()?;
        let connections = Arc::new(Connections(connections));
        let mut threads = Vec::new();
        for number in 0..connections.0.len() {
            let reader = Reader {
                path: path.clone(),
                settings: settings.clone(),
                gate: gate.clone(),
                waiting: waiting.clone(),
                connections: connections.clone(),
                number,
                throttle: Throttle::new(),
            };
            let jobs = jobs.clone();
            let name = format!("log-read-{}", number + 1);
            threads.push(spawn(&name, move || reader.run(&jobs))?);
        }
        Ok((Self { queue, waiting, connections }, threads))
    }

    /// The connections, for the writer.
    pub(super) fn connections(&self) -> Arc<Connections> {
        Arc::clone(&self.connections)
    }

    pub(super) fn rooms(&self) -> Result<Answered<Vec<RoomRecord>>, LogError> {
        let (answer, answered) = oneshot::channel();
        self.offer(Job::Rooms(answer)).map(|()| answered)
    }

    pub(super) fn room(&self, id: RoomId) -> Result<Answered<Option<RoomRecord>>, LogError> {
        let (answer, answered) = oneshot::channel();
        self.offer(Job::Room(id, answer)).map(|()| answered)
    }

    pub(super) fn page(
        &self,
        room: RoomId,
        range: Range,
    ) -> Result<Answered<Arc<LogPage>>, LogError> {
        let (answer, answered) = oneshot::channel();
        let mut waiting = self.waiting.lock();
        let key = (room, range);
        if let Some(others) = waiting.get_mut(&key) {
            others.push(answer);
            return Ok(answered);
        }
        // Under the lock: a reader that takes the job at once finds who waits for it.
        self.offer(Job::Page(room, range))?;
        waiting.insert(key, vec![answer]);
        Ok(answered)
    }

    /// Does a short read. It waits for a place in the queue: a crowd of new people asks at once.
    pub(super) fn short<T: Send + 'static>(
        &self,
        read: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, LogError>> {
        let queue = self.queue.clone();
        async move {
            let (answer, answered) = oneshot::channel();
            let job = move |reader: &Reader| {
                let _ = answer.send(reader.read(1, read));
            };
            queue.send(Job::Short(Box::new(job))).await.map_err(|_| closed())?;
            answered.await.unwrap_or_else(|_| Err(closed()))
        }
        .boxed()
    }

    /// Accepts no further reads; waiting ones are still answered.
    pub(super) fn close(&self) {
        self.queue.close();
    }

    fn offer(&self, job: Job) -> Result<(), LogError> {
        self.queue.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => LogError::Busy,
            TrySendError::Closed(_) => closed(),
        })
    }
}

/// The state of one thread.
struct Reader {
    path: PathBuf,
    settings: Settings,
    gate: Arc<Gate>,
    waiting: Arc<Waiting>,
    connections: Arc<Connections>,
    /// The index of its connection.
    number: usize,
    throttle: Throttle,
}

impl Reader {
    fn run(self, jobs: &Receiver<Job>) {
        while let Ok(job) = jobs.recv_blocking() {
            let gate = self.gate.clone();
            let _entered = gate.enter();
            match job {
                Job::Rooms(answer) => {
                    let result = self.read(1, |connection| read::rooms(connection));
                    let _ = answer.send(result);
                }
                Job::Room(id, answer) => {
                    let result = self.read(1, |connection| read::room(connection, id));
                    let _ = answer.send(result);
                }
                Job::Page(room, range) => self.page(room, range),
                Job::Short(read) => read(&self),
            }
        }
    }

    fn page(&self, room: RoomId, range: Range) {
        let mut answers = self.waiting.lock().remove(&(room, range)).unwrap_or_default();
        answers.retain(|answer| !answer.is_canceled());
        if answers.is_empty() {
            return;
        }
        let bytes_max = self.settings.page_bytes_max;
        let page = self
            .read(answers.len(), |connection| read::page(connection, room, range, bytes_max))
            .map(Arc::new);
        for answer in answers {
            let _ = answer.send(page.clone());
        }
    }

    /// Runs one read; after a failure, the connection is dropped.
    fn read<T>(
        &self,
        shared: usize,
        read: impl FnOnce(&mut Connection) -> rusqlite::Result<T>,
    ) -> Result<T, LogError> {
        let began = Instant::now();
        let mut connection = self.connections.0[self.number].lock();
        let result = self.connected(&mut connection).and_then(read);
        self.settings.observer.read(shared, began.elapsed());
        result.map_err(|error| {
            *connection = None;
            let failure = Failure::from(error);
            if let Some(held_back) = self.throttle.pass() {
                tracing::warn!(
                    file = %self.path.display(), reason = %failure, held_back,
                    "a read of the log failed"
                );
            }
            failure.answer()
        })
    }

    fn connected<'a>(
        &self,
        connection: &'a mut Option<Connection>,
    ) -> rusqlite::Result<&'a mut Connection> {
        match connection {
            Some(connection) => Ok(connection),
            None => Ok(connection
                .insert(connection::open_reader(&self.path, self.settings.reader_cache_bytes)?)),
        }
    }
}
