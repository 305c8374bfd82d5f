//! One room as the client has it: its cursor, and what it owes to the caller.

use std::time::Duration;

use futures::channel::oneshot;
use throng_protocol::{LogEntry, RoomId, RoomInfo, RoomName, RoomRef};

use crate::error::RequestError;
use crate::event::{Cursor, Event, Joined};
use crate::room::Room as Shown;

/// A room that was asked for and not left.
pub(super) struct Room {
    /// As the caller asked for it, or as the server answered.
    pub(super) id: Option<RoomId>,
    /// As the caller spelled it, then as the server does.
    pub(super) name: RoomName,
    /// What the server said of it last.
    pub(super) info: Option<RoomInfo>,
    /// What it is for, as the server said last.
    pub(super) description: String,
    /// Whether the caller asked for the name. Then a room that the server has forgotten is asked for
    /// by it again: a public one that nobody named otherwise. The name of a private room is said to
    /// no room of strangers.
    pub(super) by_name: bool,
    /// Everything up to here has been shown.
    pub(super) cursor: Option<Cursor>,
    /// Whether the caller got `Joined`.
    pub(super) announced: bool,
    /// Whether this connection is in the room, live or reading.
    pub(super) member: bool,
    /// Whether messages come as they are said.
    pub(super) live: bool,
    /// The join whose answer counts.
    pub(super) join_id: Option<u64>,
    pub(super) wants_join: bool,
    /// Neither join nor leave before.
    pub(super) retry_at: Duration,
    pub(super) tries: u32,
    /// Callers that wait for the join.
    pub(super) join_waiters: Vec<oneshot::Sender<Result<Joined, RequestError>>>,
    /// Callers that wait for the leave. While there are any, the room is left as soon as all was sent.
    pub(super) leave_waiters: Vec<oneshot::Sender<Result<(), RequestError>>>,
    pub(super) leave_id: Option<u64>,
    /// The version of the last members event.
    pub(super) version: u64,
    pub(super) members_requested: bool,
    pub(super) typed_at: Option<Duration>,
}

impl Room {
    pub(super) fn new(asked: RoomRef) -> Self {
        let (id, name, by_name) = match asked {
            RoomRef::Id(id) => (Some(id), RoomName::kept(id.to_string()), false),
            RoomRef::Name(name) => (None, name, true),
        };
        Self {
            id,
            name,
            info: None,
            description: String::new(),
            by_name,
            cursor: None,
            announced: false,
            member: false,
            live: false,
            join_id: None,
            wants_join: true,
            retry_at: Duration::ZERO,
            tries: 0,
            join_waiters: Vec::new(),
            leave_waiters: Vec::new(),
            leave_id: None,
            version: 0,
            members_requested: false,
            typed_at: None,
        }
    }

    /// The connection is gone, and every membership with it.
    pub(super) fn disconnect(&mut self) {
        self.member = false;
        self.live = false;
        self.join_id = None;
        self.leave_id = None;
        self.wants_join = true;
        self.retry_at = Duration::ZERO;
        self.members_requested = false;
    }

    /// How a command names it: by the id, as soon as there is one.
    pub(super) fn reference(&self) -> RoomRef {
        self.id.map_or_else(|| RoomRef::Name(self.name.clone()), RoomRef::Id)
    }

    /// As the caller sees it, once the server has answered.
    pub(super) fn to_show(&self) -> Option<Shown> {
        Some(Shown { id: self.id?, name: self.name.clone() })
    }

    pub(super) fn shown(&self, entry: Option<LogEntry>, caught_up: bool) -> Option<Event> {
        let room = self.to_show()?;
        Some(match entry? {
            LogEntry::Message(message) => Event::Message { room, message, caught_up },
            LogEntry::Deleted(deleted) => Event::Deleted { room, deleted, caught_up },
            LogEntry::Edited(edited) => Event::Edited { room, edited, caught_up },
            LogEntry::Unknown(_) => return None,
        })
    }

    /// The server knows no room with this id: nothing was said in it, and another room may have its
    /// name. That one has been read up to its beginning.
    pub(super) fn forget_id(&mut self) {
        self.id = None;
        self.info = None;
        self.announced = false;
        self.version = 0;
        self.cursor = self.cursor.map(|cursor| Cursor { seq: 0, ..cursor });
        self.wants_join = true;
    }
}
