//! Commands of the caller, and the requests that wait for an answer. The next tick writes them.

use std::time::Duration;

use futures::channel::oneshot;
use throng_protocol::{
    AddFilterOk, AuditOk, BotsOk, Cid, Command, FiltersOk, GroupPeopleOk, GroupsOk, InviteLinkOk,
    KeptAwayOk, LinkOk, LogEntry, LoginsOk, MakeBotOk, MembersPage, MineOk, NickHistoryOk, OwnRoom,
    Page, PeopleOk, PresenceOk, Profile, ProfilesOk, PurgeOk, RaidOk, RegisterOk, ReportsOk,
    RoomRef, RoomsPage, SearchOk, SecondFactorOk, Sent, StartTyping, User, WhoAmIOk, WhyOk,
};

use super::room::Room;
use super::room_keys::RoomKey;
use super::send_queue::{Pending, SendQueue, Speech};
use super::{Core, InFlight, Phase};
use crate::error::{Outcome, RequestError, SendError};
use crate::event::{Cursor, Joined};

/// The most requests that may wait: more than a screen ever asks at once.
const REQUESTS_MAX: usize = 256;

/// The least time between two `typing` commands to a room (the specification).
const TYPING_EVERY: Duration = Duration::from_secs(3);

/// With more frames than this waiting, `typing` is dropped.
const TYPING_WRITES_MAX: usize = 8;

impl Core {
    fn is_closed(&self) -> bool {
        self.close_deadline.is_some() || self.phase == Phase::Finished
    }

    pub(crate) fn send(
        &mut self,
        now: Duration,
        room: RoomRef,
        speech: Speech,
        text: String,
        cid: Cid,
        to: oneshot::Sender<Result<Sent, SendError>>,
    ) {
        if self.is_closed() {
            let _ = to.send(Err(SendError::Closed { outcome: Outcome::NotSent }));
            return;
        }
        if !self.sends.take(text.len()) {
            let _ = to.send(Err(SendError::QueueFull));
            return;
        }
        let queue =
            self.send_queues.entry(self.keys.find(&room)).or_insert_with(|| SendQueue::new(room));
        let pending = Pending { cid, speech, text, to, queued_at: now, first_at: None, tries: 0 };
        queue.pending.push_back(pending);
    }

    pub(crate) fn join(
        &mut self,
        _now: Duration,
        room: RoomRef,
        cursor: Option<Cursor>,
        to: oneshot::Sender<Result<Joined, RequestError>>,
    ) {
        if self.is_closed() {
            let _ = to.send(Err(RequestError::Closed));
            return;
        }
        let by_name = matches!(room, RoomRef::Name(_));
        let key = self.keys.find(&room);
        let room = self.rooms.entry(key).or_insert_with(|| Room::new(room));
        room.by_name |= by_name;
        room.cursor = cursor.or(room.cursor);
        room.join_waiters.push(to);
        room.wants_join = true;
        room.live = false;
        for leaver in room.leave_waiters.drain(..) {
            let _ = leaver.send(Err(RequestError::Superseded));
        }
        if room.leave_id.take().is_some() {
            room.member = false;
        }
    }

    pub(crate) fn leave(
        &mut self,
        _now: Duration,
        room: RoomRef,
        to: oneshot::Sender<Result<(), RequestError>>,
    ) {
        match self.rooms.get_mut(&self.keys.find(&room)) {
            _ if self.close_deadline.is_some() || self.phase == Phase::Finished => {
                let _ = to.send(Err(RequestError::Closed));
            }
            Some(room) => room.leave_waiters.push(to),
            None => drop(to.send(Err(RequestError::NotJoined))),
        }
    }

    pub(crate) fn ask(
        &mut self,
        _now: Duration,
        room: Option<RoomRef>,
        command: Command,
        answer: Answer,
    ) {
        let room = room.map(|room| self.keys.find(&room));
        self.drop_unwanted();
        if self.is_closed() {
            return answer.fail(RequestError::Closed);
        }
        if room.as_ref().is_some_and(|room| !self.rooms.contains_key(room)) {
            return answer.fail(RequestError::NotJoined);
        }
        if self.requests.len() >= REQUESTS_MAX {
            return answer.fail(RequestError::QueueFull);
        }
        let (key, retry_at) = (self.next_key, Duration::ZERO);
        self.next_key += 1;
        let (repeat, in_flight, tries) = (Repeat::of(&command), false, 0);
        let request =
            QueuedRequest { key, room, command, repeat, answer, in_flight, retry_at, tries };
        self.requests.push(request);
    }

    /// How a command that needs no membership names a room: by its id where it is joined.
    pub(crate) fn reference(&self, room: &RoomRef) -> RoomRef {
        let joined = self.rooms.get(&self.keys.find(room));
        joined.map_or_else(|| room.clone(), Room::reference)
    }

    /// Drops the requests whose answers nobody waits for. What may be carried out already is kept: its answer may
    /// bring another token or role.
    pub(super) fn drop_unwanted(&mut self) {
        self.requests
            .retain(|it| !it.answer.is_gone() || (it.in_flight && it.repeat != Repeat::Always));
    }

    pub(crate) fn typing(&mut self, now: Duration, room: &RoomRef) {
        let waits = self.writes.len() > TYPING_WRITES_MAX;
        if self.phase != Phase::Greeted || self.close_deadline.is_some() || waits {
            return;
        }
        let key = self.keys.find(room);
        let Some(room) = self.rooms.get_mut(&key).filter(|room| room.live) else { return };
        if room.typed_at.is_some_and(|at| now < at.saturating_add(TYPING_EVERY)) {
            return;
        }
        room.typed_at = Some(now);
        let command = Command::Typing(StartTyping { room: room.reference().to_string() });
        // A room's name is never too long for a frame.
        let _ = self.write(now, command, InFlight::Typing);
    }
}

/// Where the answer to a request goes.
pub(crate) enum Answer {
    Page(oneshot::Sender<Result<Page, RequestError>>),
    Entries(oneshot::Sender<Result<Page<LogEntry>, RequestError>>),
    Members(oneshot::Sender<Result<MembersPage, RequestError>>),
    Rooms(oneshot::Sender<Result<RoomsPage, RequestError>>),
    Nick(oneshot::Sender<Result<User, RequestError>>),
    Link(oneshot::Sender<Result<LinkOk, RequestError>>),
    WhoAmI(oneshot::Sender<Result<WhoAmIOk, RequestError>>),
    Registered(oneshot::Sender<Result<RegisterOk, RequestError>>),
    Logins(oneshot::Sender<Result<LoginsOk, RequestError>>),
    SecondFactor(oneshot::Sender<Result<SecondFactorOk, RequestError>>),
    Claimed(oneshot::Sender<Result<(), RequestError>>),
    Done(oneshot::Sender<Result<(), RequestError>>),
    Room(oneshot::Sender<Result<OwnRoom, RequestError>>),
    InviteLink(oneshot::Sender<Result<InviteLinkOk, RequestError>>),
    Mine(oneshot::Sender<Result<MineOk, RequestError>>),
    People(oneshot::Sender<Result<PeopleOk, RequestError>>),
    KeptAway(oneshot::Sender<Result<KeptAwayOk, RequestError>>),
    Reports(oneshot::Sender<Result<ReportsOk, RequestError>>),
    Deleted(oneshot::Sender<Result<Sent, RequestError>>),
    Purged(oneshot::Sender<Result<PurgeOk, RequestError>>),
    Groups(oneshot::Sender<Result<GroupsOk, RequestError>>),
    GroupPeople(oneshot::Sender<Result<GroupPeopleOk, RequestError>>),
    /// This room is left for good.
    Forgotten(RoomRef, oneshot::Sender<Result<(), RequestError>>),
    Audit(oneshot::Sender<Result<AuditOk, RequestError>>),
    Why(oneshot::Sender<Result<WhyOk, RequestError>>),
    MadeBot(oneshot::Sender<Result<MakeBotOk, RequestError>>),
    Bots(oneshot::Sender<Result<BotsOk, RequestError>>),
    Raid(oneshot::Sender<Result<RaidOk, RequestError>>),
    Filters(oneshot::Sender<Result<FiltersOk, RequestError>>),
    FilterAdded(oneshot::Sender<Result<AddFilterOk, RequestError>>),
    Profile(oneshot::Sender<Result<Profile, RequestError>>),
    Profiles(oneshot::Sender<Result<ProfilesOk, RequestError>>),
    NickHistory(oneshot::Sender<Result<NickHistoryOk, RequestError>>),
    Presence(oneshot::Sender<Result<PresenceOk, RequestError>>),
    Found(oneshot::Sender<Result<SearchOk, RequestError>>),
}

impl Answer {
    /// Whether nobody waits any more.
    pub(super) fn is_gone(&self) -> bool {
        match self {
            Self::Page(to) => to.is_canceled(),
            Self::Entries(to) => to.is_canceled(),
            Self::Members(to) => to.is_canceled(),
            Self::Rooms(to) => to.is_canceled(),
            Self::Nick(to) => to.is_canceled(),
            Self::Link(to) => to.is_canceled(),
            Self::WhoAmI(to) => to.is_canceled(),
            Self::Registered(to) => to.is_canceled(),
            Self::Logins(to) => to.is_canceled(),
            Self::SecondFactor(to) => to.is_canceled(),
            Self::Claimed(to) | Self::Done(to) | Self::Forgotten(_, to) => to.is_canceled(),
            Self::Room(to) => to.is_canceled(),
            Self::InviteLink(to) => to.is_canceled(),
            Self::Mine(to) => to.is_canceled(),
            Self::People(to) => to.is_canceled(),
            Self::KeptAway(to) => to.is_canceled(),
            Self::Reports(to) => to.is_canceled(),
            Self::Deleted(to) => to.is_canceled(),
            Self::Purged(to) => to.is_canceled(),
            Self::Groups(to) => to.is_canceled(),
            Self::GroupPeople(to) => to.is_canceled(),
            Self::Audit(to) => to.is_canceled(),
            Self::Why(to) => to.is_canceled(),
            Self::MadeBot(to) => to.is_canceled(),
            Self::Bots(to) => to.is_canceled(),
            Self::Raid(to) => to.is_canceled(),
            Self::Filters(to) => to.is_canceled(),
            Self::FilterAdded(to) => to.is_canceled(),
            Self::Profile(to) => to.is_canceled(),
            Self::Profiles(to) => to.is_canceled(),
            Self::NickHistory(to) => to.is_canceled(),
            Self::Presence(to) => to.is_canceled(),
            Self::Found(to) => to.is_canceled(),
        }
    }

    /// Tells that there is none. Nobody may want to know.
    pub(super) fn fail(self, error: RequestError) {
        match self {
            Self::Page(to) => drop(to.send(Err(error))),
            Self::Entries(to) => drop(to.send(Err(error))),
            Self::Members(to) => drop(to.send(Err(error))),
            Self::Rooms(to) => drop(to.send(Err(error))),
            Self::Nick(to) => drop(to.send(Err(error))),
            Self::Link(to) => drop(to.send(Err(error))),
            Self::WhoAmI(to) => drop(to.send(Err(error))),
            Self::Registered(to) => drop(to.send(Err(error))),
            Self::Logins(to) => drop(to.send(Err(error))),
            Self::SecondFactor(to) => drop(to.send(Err(error))),
            Self::Claimed(to) | Self::Done(to) | Self::Forgotten(_, to) => {
                drop(to.send(Err(error)));
            }
            Self::Room(to) => drop(to.send(Err(error))),
            Self::InviteLink(to) => drop(to.send(Err(error))),
            Self::Mine(to) => drop(to.send(Err(error))),
            Self::People(to) => drop(to.send(Err(error))),
            Self::KeptAway(to) => drop(to.send(Err(error))),
            Self::Reports(to) => drop(to.send(Err(error))),
            Self::Deleted(to) => drop(to.send(Err(error))),
            Self::Purged(to) => drop(to.send(Err(error))),
            Self::Groups(to) => drop(to.send(Err(error))),
            Self::GroupPeople(to) => drop(to.send(Err(error))),
            Self::Audit(to) => drop(to.send(Err(error))),
            Self::Why(to) => drop(to.send(Err(error))),
            Self::MadeBot(to) => drop(to.send(Err(error))),
            Self::Bots(to) => drop(to.send(Err(error))),
            Self::Raid(to) => drop(to.send(Err(error))),
            Self::Filters(to) => drop(to.send(Err(error))),
            Self::FilterAdded(to) => drop(to.send(Err(error))),
            Self::Profile(to) => drop(to.send(Err(error))),
            Self::Profiles(to) => drop(to.send(Err(error))),
            Self::NickHistory(to) => drop(to.send(Err(error))),
            Self::Presence(to) => drop(to.send(Err(error))),
            Self::Found(to) => drop(to.send(Err(error))),
        }
    }
}

/// Whether a request may be written a second time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repeat {
    /// It changes nothing, or the same thing twice is the same.
    Always,
    /// Only when the server says that the first one was not carried out.
    WhenNotDone,
    /// It carries a secret, which the person may have to give again.
    Never,
}

impl Repeat {
    fn of(command: &Command) -> Self {
        match command {
            Command::Register(_)
            | Command::Password(_)
            | Command::SecondFactor(_)
            | Command::Unregister(_)
            | Command::Claim(_) => Self::Never,
            Command::LogOut(_)
            | Command::Role(_)
            | Command::Restrict(_)
            | Command::Lift(_)
            | Command::Kick(_)
            | Command::Leave(_)
            | Command::MakeRoom(_)
            | Command::InviteLink(_)
            | Command::Accept(_)
            | Command::SetRoom(_)
            | Command::DeleteRoom(_)
            | Command::Rank(_)
            | Command::Settle(_)
            | Command::Delete(_)
            | Command::Purge(_)
            | Command::Raid(_)
            | Command::FilterAdd(_)
            | Command::FilterRemove(_)
            | Command::ClearProfile(_)
            | Command::BotNew(_)
            | Command::BotRevoke(_) => Self::WhenNotDone,
            _ => Self::Always,
        }
    }
}

/// A request without an answer.
pub(super) struct QueuedRequest {
    /// Our own number of it, which outlives the connection.
    pub(super) key: u64,
    /// Asked only while we are in this room.
    pub(super) room: Option<RoomKey>,
    pub(super) command: Command,
    pub(super) repeat: Repeat,
    pub(super) answer: Answer,
    pub(super) in_flight: bool,
    pub(super) retry_at: Duration,
    pub(super) tries: u32,
}

impl super::Bound {
    /// Takes a place; one text always has one, however long.
    pub(super) fn take(&mut self, bytes: usize) -> bool {
        let fits = self.count < self.count_max
            && (self.count == 0 || self.bytes.saturating_add(bytes) <= self.bytes_max);
        if fits {
            self.count += 1;
            self.bytes += bytes;
        }
        fits
    }

    pub(super) fn give(&mut self, bytes: usize) {
        self.count -= 1;
        self.bytes -= bytes;
    }
}
