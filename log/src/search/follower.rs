//! The thread that reads what was committed, and puts it into the index.
//!
//! It goes on from the seq that the index has of each room, so it needs nothing from the commit but a hint where to
//! look, and a crash costs it nothing. Entries of several rooms are taken in the order of their times.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use futures::executor::block_on;
use throng_protocol::RoomId;

use super::Shared;
use super::index::{Index, Message, Writing};
use crate::entry::{Body, Entry};
use crate::log::{Log, LogError, Range};
use crate::throttle::Throttle;

/// How many entries go into one transaction.
const ENTRIES_AT_ONCE: usize = 500;

/// How many entries of all rooms together wait in memory to be taken in the order of their times.
const ENTRIES_READ_MAX: usize = 4_000;

/// How long to wait for something new before looking after the index.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How long to wait after a failure.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// What the thread owns.
pub(super) struct Follower {
    pub(super) path: PathBuf,
    pub(super) log: Arc<dyn Log>,
    pub(super) shared: Arc<Shared>,
    /// How long removals gather until the write-ahead log is emptied of them.
    pub(super) erase_after: Duration,
    pub(super) erase_since: Option<Instant>,
    pub(super) throttle: Throttle,
}

/// Why the thread could not go on.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error("the log could not be read: {0}")]
    Log(#[from] LogError),
    #[error("search.db failed: {0}")]
    Index(#[from] rusqlite::Error),
}

impl Follower {
    /// Runs until the index is closed.
    pub(super) fn run(mut self) {
        while !self.shared.is_closed() {
            let Err(failed) = self.follow() else { continue };
            let is_broken = matches!(&failed, Failed::Index(error) if is_damage(error));
            if is_broken {
                self.shared.ask_for_rebuild();
            }
            if let Some(held_back) = self.throttle.pass() {
                tracing::warn!(
                    file = %self.path.display(), reason = %failed, again = is_broken, held_back,
                    "the index for searching does not follow the log"
                );
            }
            self.shared.pause(RETRY_AFTER);
        }
    }

    /// Follows the log until the index is closed, or is to be made again.
    fn follow(&mut self) -> Result<(), Failed> {
        let mut index = self.open()?;
        // A crash may have left what was removed in the write-ahead log.
        self.erase_since.get_or_insert_with(Instant::now);
        let mut rooms: Vec<RoomId> =
            block_on(self.log.rooms())?.into_iter().map(|room| room.id).collect();
        loop {
            self.take_in(&mut index, rooms)?;
            self.shared.set_caught_up(true);
            self.erase(&mut index)?;
            self.shared.wait(LOOK_EVERY);
            if self.shared.is_over() {
                index.erase()?;
                return Ok(());
            }
            rooms = self.shared.take_rooms();
        }
    }

    fn open(&self) -> Result<Index, Failed> {
        self.shared.set_caught_up(false);
        let index = if self.shared.take_rebuild() {
            Index::make(&self.path, self.log.epoch())
        } else {
            Index::open(&self.path, self.log.epoch())
        };
        self.shared.opened();
        Ok(index?)
    }

    /// Puts everything that is new in these rooms into the index.
    fn take_in(&mut self, index: &mut Index, rooms: Vec<RoomId>) -> Result<(), Failed> {
        let mut news = News::read(&*self.log, index, rooms)?;
        while !news.is_empty() && !self.shared.is_over() {
            let mut writing = index.begin()?;
            let mut taken = 0;
            while taken < ENTRIES_AT_ONCE
                && let Some((room, entry)) = news.next(&*self.log)?
            {
                put(&mut writing, room, &entry)?;
                taken += 1;
            }
            if writing.commit()? {
                self.erase_since.get_or_insert_with(Instant::now);
            }
            self.shared.count(taken);
            index.tend()?;
            self.erase(index)?;
        }
        Ok(())
    }

    /// Empties the write-ahead log, if something was removed a while ago.
    fn erase(&mut self, index: &mut Index) -> Result<(), Failed> {
        if self.erase_since.is_some_and(|since| since.elapsed() >= self.erase_after)
            && index.erase()?
        {
            self.erase_since = None;
        }
        Ok(())
    }
}

/// Puts one entry into the index, which then has the room up to its seq.
fn put(writing: &mut Writing<'_>, room: RoomId, entry: &Entry) -> rusqlite::Result<()> {
    let number = writing.room(room)?;
    match &entry.body {
        Body::Message { text, .. } => {
            let (&Entry { seq, at, sender, .. }, is_hidden) = (entry, entry.is_hidden());
            writing.add(number, &Message { seq, at, sender, is_hidden, text })?;
        }
        // The text of an entry that was edited again is empty; the later one has it.
        Body::Edit { target, text } if !text.is_empty() => {
            writing.replace(number, *target, (text, entry.is_hidden()))?;
        }
        Body::Delete { targets } => {
            for target in targets.iter() {
                writing.remove(number, *target)?;
            }
        }
        Body::Edit { .. } | Body::Deleted { .. } => {}
    }
    writing.reached(number, entry.seq);
    Ok(())
}

/// A damaged file does not recover. It is made again.
fn is_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    matches!(error.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase))
        || matches!(
            error,
            rusqlite::Error::FromSqlConversionFailure(..) | rusqlite::Error::InvalidColumnType(..)
        )
}

/// Entries of several rooms, the oldest first.
struct News {
    rooms: Vec<Unread>,
    /// The time of the next entry of each room that has one, and its place in `rooms`.
    next: BinaryHeap<Reverse<(u64, usize)>>,
    page: u32,
}

/// The entries of one room that were read and not taken.
struct Unread {
    id: RoomId,
    entries: VecDeque<Entry>,
    /// Up to where they were read.
    seq: u64,
}

impl News {
    fn read(log: &dyn Log, index: &Index, rooms: Vec<RoomId>) -> Result<Self, Failed> {
        let page = (ENTRIES_READ_MAX / rooms.len().max(1)).clamp(8, ENTRIES_AT_ONCE) as u32;
        let mut news = Self { rooms: Vec::new(), next: BinaryHeap::new(), page };
        for (at, id) in rooms.into_iter().enumerate() {
            let seq = index.indexed(id)?;
            news.rooms.push(Unread { id, entries: VecDeque::new(), seq });
            news.read_on(log, at)?;
        }
        Ok(news)
    }

    fn is_empty(&self) -> bool {
        self.next.is_empty()
    }

    fn next(&mut self, log: &dyn Log) -> Result<Option<(RoomId, Entry)>, Failed> {
        let Some(Reverse((_, at))) = self.next.pop() else { return Ok(None) };
        let room = &mut self.rooms[at];
        let (id, entry) = (room.id, room.entries.pop_front());
        match room.entries.front() {
            Some(following) => self.next.push(Reverse((following.at, at))),
            None => self.read_on(log, at)?,
        }
        Ok(entry.map(|entry| (id, entry)))
    }

    /// Reads the next entries of a room.
    fn read_on(&mut self, log: &dyn Log, at: usize) -> Result<(), Failed> {
        let room = &mut self.rooms[at];
        let range = Range::After { seq: room.seq, limit: self.page };
        let page = match patiently(|| block_on(log.page(room.id, range))) {
            // Its other readers are told; the index goes on with the other rooms.
            Err(LogError::Damaged(_)) => return Ok(()),
            page => page?,
        };
        room.entries.extend(page.entries.iter().cloned());
        if let (Some(first), Some(last)) = (room.entries.front(), room.entries.back()) {
            room.seq = last.seq;
            self.next.push(Reverse((first.at, at)));
        }
        Ok(())
    }
}

/// Reads again while the readers have too much to do: people come first.
fn patiently<T>(mut read: impl FnMut() -> Result<T, LogError>) -> Result<T, LogError> {
    loop {
        match read() {
            Err(LogError::Busy) => thread::sleep(Duration::from_millis(20)),
            result => return result,
        }
    }
}
