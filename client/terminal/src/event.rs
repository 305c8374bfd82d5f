//! What happens: keys, messages of the server, the passing of time. `update` handles each.

use std::time::Duration;

use crossterm::event::KeyEvent;
use throng_protocol::{
    Cid, LinkOk, LogEntry, MemberSample, Message, Page, PersonId, RoomId, RoomsPage, User,
};

use crate::model::{ConnectionState, Failure, RoomLabel};

/// Something that happened.
#[derive(Debug)]
pub(crate) enum Event {
    Key(KeyEvent),
    Paste(String),
    /// Rows up (negative: down).
    Wheel(isize),
    Click {
        column: u16,
        row: u16,
    },
    Resize(u16, u16),
    Focus(bool),
    /// SIGTSTP: suspend until the shell continues us.
    Stop,
    /// Time passed.
    Tick,
    Connection(ConnectionState),
    Greeted {
        user: User,
        notice: Option<String>,
        /// The longest text that the server takes, in bytes.
        text_max: Option<usize>,
    },
    Message(Message),
    Gap {
        room: RoomId,
        first: u64,
        head: u64,
        /// The missing seqs: the first and the last.
        missing: (u64, u64),
        reset: bool,
    },
    /// The server has answered the join of `asked`: it is this room.
    JoinAnswered {
        asked: RoomLabel,
        room: RoomLabel,
    },
    Joined {
        room: RoomLabel,
        first: u64,
        head: u64,
        members: MemberSample,
    },
    Left {
        room: RoomId,
    },
    Typing {
        room: RoomId,
        who: Vec<String>,
    },
    Members {
        room: RoomId,
        count: u64,
        change: Change,
    },
    /// The send has its cid. Comes before any other event about it.
    CidAssigned {
        key: u64,
        cid: Cid,
    },
    Sent {
        key: u64,
    },
    SendFailed {
        room: RoomLabel,
        key: u64,
        failure: Failure,
    },
    /// The page that ends before this seq.
    History {
        room: RoomLabel,
        before: u64,
        page: Page<LogEntry>,
    },
    /// The members of a room; `aloud` if the person asked for them.
    Who {
        room: RoomLabel,
        members: MemberSample,
        aloud: bool,
    },
    Listed(RoomsPage),
    Renamed(User),
    DeviceCode(LinkOk),
    /// How long an answer took.
    Lag(Duration),
    /// A request was refused. `room` is the one that it was about.
    Refused {
        room: Option<RoomLabel>,
        request: Request,
        why: String,
        /// A name that the server would accept.
        suggestion: Option<String>,
    },
}

/// The request that was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Request {
    Join,
    Nick,
    History,
    Background,
    Other,
}

/// A change of the members of a room.
#[derive(Debug)]
pub(crate) enum Change {
    Sample(Vec<User>),
    Moved { joined: Vec<User>, left: Vec<PersonId> },
    Count,
}
