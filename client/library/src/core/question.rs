//! Questions that the caller waits for: pages, members, rooms, a new nick.

use std::time::Duration;

use futures::channel::oneshot;
use throng_protocol::{Command, Fold, MembersPage, Page, RoomsPage, User};

use crate::AskError;

/// Where the answer to a question goes.
pub(crate) enum Answer {
    Page(oneshot::Sender<Result<Page, AskError>>),
    Members(oneshot::Sender<Result<MembersPage, AskError>>),
    Rooms(oneshot::Sender<Result<RoomsPage, AskError>>),
    Nick(oneshot::Sender<Result<User, AskError>>),
}

impl Answer {
    /// Whether nobody waits any more.
    pub(super) fn is_gone(&self) -> bool {
        match self {
            Self::Page(to) => to.is_canceled(),
            Self::Members(to) => to.is_canceled(),
            Self::Rooms(to) => to.is_canceled(),
            Self::Nick(to) => to.is_canceled(),
        }
    }

    /// Tells that there is none. Nobody may want to know.
    pub(super) fn fail(self, error: AskError) {
        match self {
            Self::Page(to) => drop(to.send(Err(error))),
            Self::Members(to) => drop(to.send(Err(error))),
            Self::Rooms(to) => drop(to.send(Err(error))),
            Self::Nick(to) => drop(to.send(Err(error))),
        }
    }
}

/// A question without an answer.
pub(super) struct Question {
    /// Our own number of it, which outlives the connection.
    pub(super) key: u64,
    /// Asked only while we are in this room.
    pub(super) room: Option<Fold>,
    pub(super) command: Command,
    pub(super) answer: Answer,
    pub(super) flying: bool,
    pub(super) retry_at: Duration,
    pub(super) tries: u32,
}
