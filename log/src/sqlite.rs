//! The log in one SQLite database: no set-up, one directory.
//!
//! Rooms use [`SqliteLog`]. It passes their batches to the one writer thread, and their reads to a few reader
//! threads. No caller blocks the executor on a disk: each awaits the answer of a thread.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Instant;

use async_channel::{Receiver, Sender};
use futures::channel::oneshot;
use futures::future::{BoxFuture, ready};
use futures::{FutureExt, TryFutureExt};
use parking_lot::Mutex;
use throng_protocol::{Epoch, Fold, Nick, PersonId, Role, RoomId};

use self::append::Appender;
use self::body::BodyKey;
use self::checkpoint::Checkpoints;
use self::connection::Opened;
use self::files::Files;
use self::health::{Health, Watch};
use self::job::{Batch, ChangeJob, Job};
use self::nicks::Nicks;
use self::readers::{Answered, Readers};
use self::wal::Gate;
use self::writer::{Throttles, Writer};
use crate::accounts::{
    Account, AccountKey, Audit, AuditRange, Bot, Change, External, ExternalId, FoundLink, Login,
    Raid, Restriction, SecretHash, Unchanged,
};
use crate::committed::Committed;
use crate::directory::{Directory, NickNote, NickRecord};
use crate::erasure::Erasure;
use crate::filters::Filter;
use crate::groups::{Group, GroupId};
use crate::log::{
    Append, Appended, Found, Log, LogError, LogPage, NamedRoom, Range, RoomRecord, Search,
};
use crate::log_clock::LogClock;
use crate::peace::{KeptAway, Report, ReportKey, ReportRange};
use crate::profiles::{NickChange, Profile};
use crate::rooms::{RoomAttributes, Seat};

pub use self::open::OpenError;
pub use self::settings::{CommitObserver, Settings};

mod account_table;
mod append;
mod body;
mod bot_table;
mod checkpoint;
mod columns;
pub(crate) mod connection;
mod deletion;
mod erasure_table;
mod external_table;
mod failure;
mod files;
mod filter_table;
mod find;
mod folded_names;
mod group_table;
mod health;
mod job;
mod migrations;
mod nick_history;
mod nick_table;
mod nicks;
mod open;
pub(crate) mod page_gaps;
mod peace_table;
mod profile_table;
mod raid_table;
mod read;
mod readers;
mod room_table;
pub(crate) mod row_id;
mod settings;
mod speakers;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod wal;
mod writer;

/// The log in a data directory. [`SqliteLog::close`] closes it, or dropping it.
pub struct SqliteLog {
    epoch: Epoch,
    clock: Arc<LogClock>,
    is_new: bool,
    appends: Sender<Job>,
    readers: Readers,
    health: Arc<Health>,
    nicks: Arc<Nicks>,
    committed: Arc<Committed>,
    watch: Mutex<Option<Watch>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl SqliteLog {
    /// The database of a data directory, and whether it already holds a log. Makes and changes nothing.
    ///
    /// Call it before opening the log, to learn whether there must be a key for it.
    ///
    /// # Errors
    /// [`OpenError`] when the file is not a log, or cannot be read.
    pub fn find(dir: &Path) -> Result<(PathBuf, bool), OpenError> {
        let path = resolve(dir)?.join(connection::FILE);
        let is_begun = find::is_begun(&path)?;
        Ok((path, is_begun))
    }

    /// Opens the log in a data directory, and makes both when they are missing.
    ///
    /// `key` is a secret of the server that must stay the same for the life of the log: it is needed to
    /// recognise retries. This call reads and syncs files: call it before the executor starts, or on its
    /// blocking pool.
    ///
    /// # Errors
    /// [`OpenError`] says why not, and what to do.
    pub fn open(dir: &Path, key: &[u8; 32], settings: Settings) -> Result<Self, OpenError> {
        let dir = resolve(dir)?;
        let lock = open::take(&dir)?;
        let path = dir.join(connection::FILE);
        let body = BodyKey::derive(key);
        let Opened { connection, epoch, clock, nicks, is_new } =
            connection::open(&path, &body, &settings)?;
        let files = Files::of(&path)
            .map_err(|source| OpenError::Directory { path: path.clone(), source })?;
        let (gate, health) = (Arc::<Gate>::default(), Arc::<Health>::default());
        let (clock, nicks) = (Arc::new(clock), Arc::new(nicks));
        let committed = Arc::<Committed>::default();
        health.set_writable(true);
        let (readers, mut threads) = Readers::start(path.clone(), &gate, &settings)?;
        let (appends, queue) = async_channel::bounded(settings.append_queue_max.max(1));
        let watch = Watch::start(health.clone(), appends.clone(), settings.look_interval)?;
        let writer = Writer {
            checkpoints: Checkpoints::start(path.clone(), gate.clone(), &settings)?,
            path,
            epoch,
            clock: clock.clone(),
            settings,
            appender: Appender::new(body, nicks.clone()),
            gate,
            readers: readers.connections(),
            health: health.clone(),
            nicks: nicks.clone(),
            committed: committed.clone(),
            files,
            connection: Some(connection),
            unsaved: None,
            clock_stored: Instant::now(),
            throttles: Throttles::new(),
        };
        threads.push(spawn("log-write", move || {
            let queue = Emptied(queue);
            writer.run(&queue.0);
            // Held until the database is closed, so that the next server finds it whole.
            drop(lock);
        })?);
        let (watch, threads) = (Mutex::new(Some(watch)), Mutex::new(threads));
        Ok(Self {
            epoch,
            clock,
            is_new,
            appends,
            readers,
            health,
            nicks,
            committed,
            watch,
            threads,
        })
    }

    /// Finishes what is waiting, empties the write-ahead log, and joins the threads. Later calls get
    /// [`LogError::Unavailable`].
    ///
    /// Blocks on the disk: call it on the blocking pool.
    pub fn close(&self) {
        self.appends.close();
        self.readers.close();
        drop(self.watch.lock().take());
        let threads = std::mem::take(&mut *self.threads.lock());
        for thread in threads {
            let name = thread.thread().name().unwrap_or_default().to_owned();
            if thread.join().is_err() {
                tracing::error!(name, "a thread of the log has panicked");
            }
        }
    }
}

/// The queue of the writer thread. A channel keeps its items as long as anybody holds either end. So when the
/// thread ends, even by a panic, this drops the waiting items, and so answers them.
struct Emptied(Receiver<Job>);

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

impl Log for SqliteLog {
    fn epoch(&self) -> Epoch {
        self.epoch
    }

    fn is_new(&self) -> bool {
        self.is_new
    }

    fn clock(&self) -> &LogClock {
        &self.clock
    }

    fn rooms(&self) -> BoxFuture<'static, Result<Vec<RoomRecord>, LogError>> {
        answer(self.readers.rooms())
    }

    fn room(&self, id: RoomId) -> BoxFuture<'static, Result<Option<RoomRecord>, LogError>> {
        answer(self.readers.room(id))
    }

    fn append(
        &self,
        room: NamedRoom,
        batch: Vec<Append>,
    ) -> BoxFuture<'static, Result<Vec<Appended>, LogError>> {
        let queue = self.appends.clone();
        async move {
            let (answer, answered) = oneshot::channel();
            let batch = Batch { room, items: batch, answer };
            queue.send(Job::Commit(batch)).await.map_err(|_| closed())?;
            answered.await.unwrap_or_else(|_| Err(closed()))
        }
        .boxed()
    }

    fn page(
        &self,
        room: RoomId,
        range: Range,
    ) -> BoxFuture<'static, Result<Arc<LogPage>, LogError>> {
        answer(self.readers.page(room, range))
    }

    fn search(&self, room: RoomId, search: Search) -> BoxFuture<'static, Result<Found, LogError>> {
        self.readers.short(move |connection| deletion::search(connection, room, search))
    }

    fn committed(&self) -> &Arc<Committed> {
        &self.committed
    }

    fn is_writable(&self) -> bool {
        self.health.is_writable()
    }
}

impl Directory for SqliteLog {
    fn nick(&self, fold: Fold) -> BoxFuture<'static, Result<Option<NickRecord>, LogError>> {
        if !self.nicks.may_have(&fold) {
            return ready(Ok(None)).boxed();
        }
        let unwritten = self.nicks.unwritten(&fold);
        let found = self.readers.short(move |connection| nick_table::find(connection, &fold));
        // Who spoke just now is newer than the table, but an account comes before both.
        let newest = move |found: Option<NickRecord>| match found {
            Some(record) if record.has_account => Some(record),
            found => unwritten.or(found),
        };
        found.map_ok(newest).boxed()
    }

    fn note(&self, note: NickNote) {
        self.nicks.note(note);
    }

    fn change(
        &self,
        changes: Vec<Change>,
    ) -> BoxFuture<'static, Result<Result<(), Unchanged>, LogError>> {
        let queue = self.appends.clone();
        async move {
            let (answer, answered) = oneshot::channel();
            queue.send(Job::Change(ChangeJob { changes, answer })).await.map_err(|_| closed())?;
            answered.await.unwrap_or_else(|_| Err(closed()))
        }
        .boxed()
    }

    fn account(&self, key: AccountKey) -> BoxFuture<'static, Result<Option<Account>, LogError>> {
        self.readers.short(move |connection| account_table::find(connection, &key))
    }

    fn accounts(
        &self,
        after: Option<PersonId>,
        limit: u32,
    ) -> BoxFuture<'static, Result<Vec<Account>, LogError>> {
        self.readers.short(move |connection| account_table::list(connection, after, limit))
    }

    fn roles(&self) -> BoxFuture<'static, Result<Vec<(PersonId, Role)>, LogError>> {
        self.readers.short(|connection| account_table::roles(connection))
    }

    fn nick_history(
        &self,
        person: PersonId,
    ) -> BoxFuture<'static, Result<Vec<NickChange>, LogError>> {
        let now = self.clock.now_ms();
        self.readers.short(move |connection| nick_history::list(connection, person, now))
    }

    fn profiles(
        &self,
        people: Vec<PersonId>,
    ) -> BoxFuture<'static, Result<Vec<Profile>, LogError>> {
        self.readers.short(move |connection| {
            people.iter().map(|person| profile_table::find(connection, *person)).collect()
        })
    }

    fn login(&self, hash: SecretHash) -> BoxFuture<'static, Result<Option<Login>, LogError>> {
        self.readers.short(move |connection| account_table::find_login(connection, &hash))
    }

    fn logins(&self, person: PersonId) -> BoxFuture<'static, Result<Vec<Login>, LogError>> {
        self.readers.short(move |connection| account_table::logins(connection, person))
    }

    fn bots(&self) -> BoxFuture<'static, Result<Vec<Bot>, LogError>> {
        self.readers.short(|connection| bot_table::list(connection))
    }

    fn external(&self, id: ExternalId) -> BoxFuture<'static, Result<Option<External>, LogError>> {
        self.readers.short(move |connection| external_table::find(connection, &id))
    }

    fn externals_of(
        &self,
        person: PersonId,
    ) -> BoxFuture<'static, Result<Vec<External>, LogError>> {
        self.readers.short(move |connection| external_table::of_person(connection, person))
    }

    fn restrictions(&self) -> BoxFuture<'static, Result<Vec<Restriction>, LogError>> {
        self.readers.short(|connection| account_table::restrictions(connection))
    }

    fn link(&self, hash: SecretHash) -> BoxFuture<'static, Result<Option<FoundLink>, LogError>> {
        self.readers.short(move |connection| account_table::find_link(connection, &hash))
    }

    fn room_attributes(&self) -> BoxFuture<'static, Result<Vec<RoomAttributes>, LogError>> {
        self.readers.short(|connection| room_table::attributes(connection))
    }

    fn seats(&self) -> BoxFuture<'static, Result<Vec<Seat>, LogError>> {
        self.readers.short(|connection| room_table::seats(connection))
    }

    fn erasures(&self) -> BoxFuture<'static, Result<Vec<Erasure>, LogError>> {
        self.readers.short(|connection| erasure_table::list(connection))
    }

    fn groups(&self) -> BoxFuture<'static, Result<Vec<Group>, LogError>> {
        self.readers.short(|connection| group_table::all(connection))
    }

    fn group_members(&self) -> BoxFuture<'static, Result<Vec<(GroupId, PersonId)>, LogError>> {
        self.readers.short(|connection| group_table::members(connection))
    }

    fn group_people(
        &self,
        group: GroupId,
        after: Option<PersonId>,
        limit: u32,
    ) -> BoxFuture<'static, Result<Vec<(PersonId, Nick)>, LogError>> {
        self.readers.short(move |connection| group_table::people(connection, group, after, limit))
    }

    fn kept_away(&self) -> BoxFuture<'static, Result<Vec<KeptAway>, LogError>> {
        self.readers.short(|connection| peace_table::kept_away(connection))
    }

    fn report(&self, key: ReportKey) -> BoxFuture<'static, Result<Option<Report>, LogError>> {
        self.readers.short(move |connection| peace_table::find(connection, key))
    }

    fn reports(&self, range: ReportRange) -> BoxFuture<'static, Result<Vec<Report>, LogError>> {
        self.readers.short(move |connection| peace_table::list(connection, range))
    }

    fn raid(&self) -> BoxFuture<'static, Result<Option<Raid>, LogError>> {
        self.readers.short(|connection| raid_table::find(connection))
    }

    fn filters(&self) -> BoxFuture<'static, Result<Vec<Filter>, LogError>> {
        self.readers.short(|connection| filter_table::list(connection))
    }

    fn audit(&self, range: AuditRange) -> BoxFuture<'static, Result<Vec<Audit>, LogError>> {
        self.readers.short(move |connection| account_table::audit(connection, range))
    }
}

fn resolve(dir: &Path) -> Result<PathBuf, OpenError> {
    crate::data_dir::resolve(dir)
        .map_err(|source| OpenError::Directory { path: dir.to_owned(), source })
}

/// Awaits the answer of a thread.
fn answer<T: Send + 'static>(
    asked: Result<Answered<T>, LogError>,
) -> BoxFuture<'static, Result<T, LogError>> {
    async move { asked?.await.unwrap_or_else(|_| Err(closed())) }.boxed()
}

/// The answer of a log whose threads have ended.
fn closed() -> LogError {
    LogError::Unavailable("the log is closed".into())
}

/// Starts a thread of the log; the caller must join it.
fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, OpenError> {
    thread::Builder::new().name(name.into()).spawn(run).map_err(OpenError::Thread)
}
