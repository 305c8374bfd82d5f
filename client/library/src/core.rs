//! What the client decides, without I/O and without a clock.

use std::collections::VecDeque;
use std::time::Duration;

use futures::channel::oneshot;
use throng_protocol::{
    Cid, Command, Kind, Limits, MembersPage, Page, RoomName, RoomsPage, Sent, User,
};

use crate::{AskError, Cursor, Event, Joined, Options, SendError, State, Trouble};

/// Where the answer to a question goes.
pub(crate) enum Answer {
    Page(oneshot::Sender<Result<Page, AskError>>),
    Members(oneshot::Sender<Result<MembersPage, AskError>>),
    Rooms(oneshot::Sender<Result<RoomsPage, AskError>>),
    Nick(oneshot::Sender<Result<User, AskError>>),
}

/// The client's side of the protocol.
pub(crate) struct Core {
    state: State,
    events: VecDeque<Event>,
    _first: Option<oneshot::Sender<Result<(), Trouble>>>,
}

impl Core {
    pub(crate) fn new(
        _options: &Options,
        _seed: u64,
        first: Option<oneshot::Sender<Result<(), Trouble>>>,
    ) -> Self {
        Self { state: State::Connecting { attempt: 1 }, events: VecDeque::new(), _first: first }
    }

    pub(crate) fn send(
        &mut self,
        _now: Duration,
        _room: RoomName,
        _kind: Kind,
        _text: String,
        _cid: Cid,
        _to: oneshot::Sender<Result<Sent, SendError>>,
    ) {
    }

    pub(crate) fn give_up(&mut self, _now: Duration, _cid: Cid) -> bool {
        false
    }

    pub(crate) fn join(
        &mut self,
        _now: Duration,
        _room: RoomName,
        _cursor: Option<Cursor>,
        _to: oneshot::Sender<Result<Joined, AskError>>,
    ) {
    }

    pub(crate) fn leave(
        &mut self,
        _now: Duration,
        _room: RoomName,
        _to: oneshot::Sender<Result<(), AskError>>,
    ) {
    }

    pub(crate) fn ask(
        &mut self,
        _now: Duration,
        _room: Option<RoomName>,
        _command: Command,
        _answer: Answer,
    ) {
    }

    pub(crate) fn typing(&mut self, _now: Duration, _room: &RoomName) {}

    pub(crate) fn close(&mut self, _now: Duration, _gone: Option<oneshot::Sender<()>>) {}

    pub(crate) fn drop_handles(&mut self, _now: Duration) {}

    pub(crate) fn drop_events(&mut self, _now: Duration) {}

    pub(crate) fn me(&self) -> Option<&User> {
        None
    }

    pub(crate) fn token(&self) -> Option<&str> {
        None
    }

    pub(crate) fn state(&self) -> &State {
        &self.state
    }

    pub(crate) fn limits(&self) -> Option<&Limits> {
        None
    }

    pub(crate) fn cursor(&self, _room: &RoomName) -> Option<Cursor> {
        None
    }

    pub(crate) fn next_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    pub(crate) fn has_event(&self) -> bool {
        !self.events.is_empty()
    }

    pub(crate) fn is_full(&self) -> bool {
        false
    }

    pub(crate) fn is_finished(&self) -> bool {
        true
    }
}
