//! The threads that read: a bounded queue before them, and equal pages that wait read once.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Instant;

use async_channel::{Receiver, Sender, TrySendError};
use futures::channel::oneshot;
use parking_lot::Mutex;
use rusqlite::Connection;
use throng_protocol::{Fold, RoomName};

use super::open::OpenError;
use super::settings::Settings;
use super::wal::Gate;
use super::writer::in_words;
use super::{closed, read, schema, spawn};
use crate::chatlog::{LogError, LogPage, Range, RoomRecord};

type Answer<T> = oneshot::Sender<Result<T, LogError>>;

/// Where an answer will come.
pub(super) type Answered<T> = oneshot::Receiver<Result<T, LogError>>;

/// The queue before the threads. When it is full, a read is answered with [`LogError::Busy`].
pub(super) struct Readers {
    queue: Sender<Job>,
    waiting: Arc<Waiting>,
}

/// Who waits for which page. A page is in here as long as its job is in the queue: whoever asks
/// for the same page joins those who wait. The job takes them out before its transaction begins,
/// so that nobody is given a page from before a commit that he has already been told of.
///
/// How many wait for one page is bounded by the sessions, of which each has one question open.
type Waiting = Mutex<HashMap<(Fold, Range), Vec<Answer<Arc<LogPage>>>>>;

enum Job {
    Rooms(Answer<Vec<RoomName>>),
    Room(Fold, Answer<Option<RoomRecord>>),
    Page(Fold, Range),
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
        let mut threads = Vec::new();
        for number in 1..=settings.read_threads.max(1) {
            let connection = schema::open_reader(&path, settings.reader_cache_bytes)
                .map_err(|source| OpenError::Database { path: path.clone(), source })?;
            let reader = Reader {
                path: path.clone(),
                settings: settings.clone(),
                gate: gate.clone(),
                waiting: waiting.clone(),
                connection: Some(connection),
            };
            let jobs = jobs.clone();
            threads.push(spawn(&format!("chatlog-read-{number}"), move || reader.run(&jobs))?);
        }
        Ok((Self { queue, waiting }, threads))
    }

    pub(super) fn rooms(&self) -> Result<Answered<Vec<RoomName>>, LogError> {
        let (answer, answered) = oneshot::channel();
        self.offer(Job::Rooms(answer)).map(|()| answered)
    }

    pub(super) fn room(&self, fold: Fold) -> Result<Answered<Option<RoomRecord>>, LogError> {
        let (answer, answered) = oneshot::channel();
        self.offer(Job::Room(fold, answer)).map(|()| answered)
    }

    pub(super) fn page(
        &self,
        fold: Fold,
        range: Range,
    ) -> Result<Answered<Arc<LogPage>>, LogError> {
        let (answer, answered) = oneshot::channel();
        let mut waiting = self.waiting.lock();
        let key = (fold, range);
        if let Some(others) = waiting.get_mut(&key) {
            others.push(answer);
            return Ok(answered);
        }
        // Under the lock: a reader that is quick to take the job finds who waits for it.
        self.offer(Job::Page(key.0.clone(), range))?;
        waiting.insert(key, vec![answer]);
        Ok(answered)
    }

    /// No further reads; those that wait are still answered.
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

/// What one thread owns.
struct Reader {
    path: PathBuf,
    settings: Settings,
    gate: Arc<Gate>,
    waiting: Arc<Waiting>,
    /// `None` after a failure, until it could be opened again.
    connection: Option<Connection>,
}

impl Reader {
    fn run(mut self, jobs: &Receiver<Job>) {
        while let Ok(job) = jobs.recv_blocking() {
            let gate = self.gate.clone();
            let _entered = gate.enter();
            match job {
                Job::Rooms(answer) => {
                    let result = self.read(1, |connection| read::rooms(connection));
                    let _ = answer.send(result);
                }
                Job::Room(fold, answer) => {
                    let result = self.read(1, |connection| read::room(connection, &fold));
                    let _ = answer.send(result);
                }
                Job::Page(fold, range) => self.page(fold, range),
            }
        }
    }

    fn page(&mut self, fold: Fold, range: Range) {
        let key = (fold, range);
        let mut answers = self.waiting.lock().remove(&key).unwrap_or_default();
        answers.retain(|answer| !answer.is_canceled());
        if answers.is_empty() {
            return;
        }
        let bytes_max = self.settings.page_bytes_max;
        let page = self
            .read(answers.len(), |connection| read::page(connection, &key.0, range, bytes_max))
            .map(Arc::new);
        for answer in answers {
            let _ = answer.send(page.clone());
        }
    }

    /// Runs one read; after a failure the connection is not trusted any more.
    fn read<T>(
        &mut self,
        shared: usize,
        read: impl FnOnce(&mut Connection) -> rusqlite::Result<T>,
    ) -> Result<T, LogError> {
        let began = Instant::now();
        let result = self.connected().and_then(read);
        self.settings.observer.read(shared, began.elapsed());
        result.map_err(|error| {
            self.connection = None;
            let reason = in_words(&error);
            tracing::warn!(file = %self.path.display(), reason, "a read of the log failed");
            LogError::Unavailable(reason.into())
        })
    }

    fn connected(&mut self) -> rusqlite::Result<&mut Connection> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => schema::open_reader(&self.path, self.settings.reader_cache_bytes)?,
        };
        Ok(self.connection.insert(connection))
    }
}
