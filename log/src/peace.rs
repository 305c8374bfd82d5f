//! What the directory remembers of people who keep away from each other, and of what was reported.

use throng_protocol::{Distance, PersonId, RoomId};

use crate::rooms::Reader;

/// Somebody keeps somebody else away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAway {
    /// Who does.
    pub person: PersonId,
    /// Whom.
    pub other: PersonId,
    /// What the other one was called.
    pub nick: Box<str>,
    /// How far; with [`Distance::None`] nothing is stored any more.
    pub distance: Distance,
}

/// A message that somebody has reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Its number: 1, 2, 3 and so on. 0 in one that is still to be written.
    pub id: u64,
    /// When, in Unix milliseconds.
    pub at_ms: u64,
    /// Who told of it; `None` for a filter of the server.
    pub by: Option<PersonId>,
    /// What they were called then.
    pub by_name: Box<str>,
    /// Why.
    pub reason: Box<str>,
    /// In which room.
    pub room: RoomId,
    /// Which message.
    pub seq: u64,
    /// Who said it.
    pub sender: PersonId,
    /// Under which nick.
    pub nick: Box<str>,
    /// What was said, or the beginning of it.
    pub text: Box<str>,
    /// What became of it, once it is settled.
    pub settled: Option<Settled>,
}

/// What became of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// Who settled it; `None` for somebody at the server's machine.
    pub by: Option<PersonId>,
    /// What they were called then.
    pub by_name: Box<str>,
    /// What they did about it.
    pub words: Box<str>,
}

/// How a report is found.
#[derive(Clone, Copy, Debug)]
pub enum ReportKey {
    /// By its number.
    Number(u64),
    /// By what makes it one: who told, and of which message.
    Of {
        /// Who told; `None` for a filter of the server.
        by: Option<PersonId>,
        /// In which room.
        room: RoomId,
        /// Of which message.
        seq: u64,
    },
}

/// Which reports.
#[derive(Clone, Copy, Debug)]
pub struct ReportRange {
    /// Only those before this number; `None` for the newest.
    pub before: Option<u64>,
    /// At most this many.
    pub limit: u32,
    /// Only those of this room.
    pub room: Option<RoomId>,
    /// Those that are settled too.
    pub settled: bool,
    /// Without those of rooms that this reader must not know of; `None` for all.
    pub reader: Option<Reader>,
}
