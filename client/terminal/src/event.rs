//! What happens: keys, what the server says, the passing of time. `update` takes each.

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
    /// Rows up (negative: down), at a column and row of the screen.
    Wheel(isize),
    Click {
        column: u16,
        row: u16,
    },
    Resize(u16, u16),
    Focus(bool),
    /// Somebody wants us to stop until the shell goes on with us.
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
        /// What is missing, ends included.
        missing: (u64, u64),
        reset: bool,
    },
    /// The answer to a join of this room says which room it is.
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
    /// A send got its cid, before anything else is heard of it.
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
    /// The members of a room; `aloud` when the person asked for them.
    Who {
        room: RoomLabel,
        members: MemberSample,
        aloud: bool,
    },
    Listed(RoomsPage),
    Renamed(User),
    DeviceCode(LinkOk),
    /// An answer came after so long.
    Lag(Duration),
    /// A question was refused. `room` is the one that it was about.
    Refused {
        room: Option<RoomLabel>,
        request: Request,
        why: String,
        /// A name that the server would take instead.
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
