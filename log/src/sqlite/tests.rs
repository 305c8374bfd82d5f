//! The log against real files.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::executor::block_on;
use throng_protocol::{Cid, Fold, PersonId, RoomId, RoomName};

use super::{Settings, SqliteLog};
use crate::entry::{Body, MessageKind};
use crate::log::{Append, Appended, Log, LogError, LogPage, NamedRoom, Range, RoomRecord};

mod accounts;
mod appends;
mod checkpoints;
mod damage;
pub(crate) mod deletions;
mod displaced;
mod edits;
mod externals;
mod failures;
mod filters;
mod migrations;
mod model;
mod nicks;
mod opening;
mod pages;
mod profiles;
mod rooms;
mod shadows;

pub(crate) const KEY: [u8; 32] = [7; 32];

/// A directory that is removed when the test ends.
pub(crate) struct Directory(PathBuf);

impl Directory {
    pub(crate) fn new() -> Self {
        Self::within(std::env::temp_dir())
    }

    /// A directory that needs no syncs, if there is such a place: for tests of logic.
    pub(crate) fn in_memory() -> Self {
        let memory = Path::new("/dev/shm");
        if memory.is_dir() { Self::within(memory.into()) } else { Self::new() }
    }

    fn within(parent: PathBuf) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = parent.join(format!("throng-log-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).expect("a directory for the test");
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.0.join("throng.db")
    }

    pub(crate) fn open(&self) -> SqliteLog {
        self.open_with(Settings::default())
    }

    pub(crate) fn open_with(&self, settings: Settings) -> SqliteLog {
        SqliteLog::open(&self.0, &KEY, settings).expect("the log opens")
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub(crate) fn room(name: &str) -> RoomName {
    RoomName::parse(name).expect("a valid name")
}

/// The log's record of the room with this name.
pub(crate) fn record(log: &SqliteLog, name: &str) -> Option<RoomRecord> {
    // A log that is closed or fails has none.
    let rooms = block_on(log.rooms()).unwrap_or_default();
    rooms.into_iter().find(|room| room.name.fold() == fold(name))
}

/// The room with this name, or a new one.
pub(crate) fn named(log: &SqliteLog, name: &str) -> NamedRoom {
    match record(log, name) {
        Some(RoomRecord { id, name, .. }) => NamedRoom { id, name },
        None => {
            // The same id each time: two batches may create the room at once.
            let mut hasher = DefaultHasher::new();
            fold(name).hash(&mut hasher);
            NamedRoom { id: RoomId::from_parts(1, hasher.finish().into()), name: room(name) }
        }
    }
}

pub(crate) fn fold(name: &str) -> Fold {
    room(name).fold()
}

pub(crate) fn person(number: u64) -> PersonId {
    PersonId::from_parts(number, 0)
}

pub(crate) fn cid(number: u64) -> Cid {
    let mut bytes = [0; 17];
    bytes[8..16].copy_from_slice(&number.to_be_bytes());
    bytes[16] = 1;
    Cid::from_bytes(bytes).expect("a ULID")
}

/// A message of person 1.
pub(crate) fn said(cid_number: u64, text: &str) -> Append {
    Append {
        sender: person(1),
        nick: "ana".into(),
        cid: cid(cid_number),
        body: text_body(text),
        admit: true,
        shadow: false,
    }
}

pub(crate) fn text_body(text: &str) -> Body {
    Body::message(MessageKind::Text, text)
}

/// The text of a body.
pub(crate) fn text_of(body: &Body) -> &str {
    match body {
        Body::Message { text, .. } => text,
        Body::Edit { text, .. } => text,
        Body::Deleted { .. } | Body::Delete { .. } => "",
    }
}

pub(crate) fn action_body(text: &str) -> Body {
    Body::message(MessageKind::Action, text)
}

pub(crate) fn append(log: &SqliteLog, name: &str, batch: Vec<Append>) -> Vec<Appended> {
    try_append(log, name, batch).expect("the log takes it")
}

pub(crate) fn try_append(
    log: &SqliteLog,
    name: &str,
    batch: Vec<Append>,
) -> Result<Vec<Appended>, LogError> {
    block_on(log.append(named(log, name), batch))
}

pub(crate) fn page(log: &SqliteLog, name: &str, range: Range) -> Arc<LogPage> {
    block_on(log.page(named(log, name).id, range)).expect("the log is readable")
}

pub(crate) fn latest(log: &SqliteLog, name: &str, limit: u32) -> Arc<LogPage> {
    page(log, name, Range::Before { seq: u64::MAX, limit })
}

pub(crate) fn seqs(page: &LogPage) -> Vec<u64> {
    page.entries.iter().map(|entry| entry.seq).collect()
}

/// The seqs of the answers; each must be `Committed`.
pub(crate) fn committed(answers: &[Appended]) -> Vec<u64> {
    answers
        .iter()
        .map(|answer| match answer {
            Appended::Committed { seq, .. } => *seq,
            other => panic!("not committed: {other:?}"),
        })
        .collect()
}
