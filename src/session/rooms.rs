//! Being in rooms: `rooms`, `join`, `leave`, `members`, `typing` and `history`.

use std::sync::Arc;

use throng_log::clock;
use throng_protocol::Refusal;
use throng_protocol::{
    ErrorCode, History, Join, Leave, ListMembers, ListRooms, RoomName, RoomRef, RoomsPage,
    StartTyping,
};
use throng_room::{Asked, Cursor, JoinId};

use super::dispatch::Outcome;
use super::{Joined, Session};
use crate::connection::ConnectionEnd;
use crate::delivery::ticket::Ticket;
use crate::identity::people::Person;
use crate::rights::action::Action;
use crate::rooms::fence::no_such_id;
use crate::rooms::handle::{Command, Ended, Handle, LOOKUPS};
use crate::rooms::task::outside;
use crate::wire::answer::Answer;

/// The most rooms in one page of the list.
const ROOMS_PAGE: usize = 100;

impl Session {
    pub(super) fn list_rooms(&self, person: &Person, list: &ListRooms) -> Answer {
        let after = match list.after.as_deref().map(parse_name).transpose() {
            Ok(after) => after.map(|name| name.fold()),
            Err(refusal) => return refusal.into(),
        };
        let asked = list.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(ROOMS_PAGE);
        let part = match list.query.as_deref().map(RoomName::part) {
            // No name can contain this, so there is nothing to search.
            Some(None) => return Answer::Rooms(RoomsPage::default()),
            Some(part) => part,
            None => None,
        };
        let limit = asked.clamp(1, ROOMS_PAGE);
        if let Some(own) = self.bot.as_ref().and_then(|bot| bot.rooms()) {
            return Answer::Rooms(self.own_rooms(own, after.as_ref(), part.as_ref(), limit));
        }
        let (rooms, viewer) = (&self.connection.server.rooms, Some(person.id()));
        Answer::Rooms(rooms.page(viewer, after.as_ref(), part.as_ref(), limit))
    }

    pub(super) async fn join(
        &mut self,
        person: &Arc<Person>,
        join: Join,
        ticket: Ticket,
    ) -> Result<Outcome, ConnectionEnd> {
        let asked = parse(&join.room).and_then(|room| self.within_list(room));
        let asked = match asked.and_then(|room| self.may_join(room, &join)) {
            Ok(room) => room,
            Err(refusal) => return Ok(Outcome::refused(ticket, refusal)),
        };
        if let Err(refusal) = self.may_join_now(&asked, person) {
            return Ok(Outcome::refused(ticket, refusal));
        }
        // What a room has ended is no membership any more.
        self.rooms.retain(|joined| !joined.room.has_ended(joined.join_id));
        self.joins += 1;
        let join_id = JoinId { connection: self.connection.peer.id(), join: self.joins };
        let cursor = Cursor { epoch: join.epoch, after: join.after, limit: join.limit };
        let peer = Arc::clone(&self.connection.peer);
        let person_there = Arc::clone(person);
        let mut command =
            Box::new(Command::Join { join_id, peer, person: person_there, cursor, ticket });
        for _ in 0..LOOKUPS {
            if let Err(refusal) = self.may_enter(&asked, person) {
                return Ok(Outcome::refused(command.into_ticket(), refusal));
            }
            let room = match self.open(&asked, person) {
                Ok(room) => room,
                Err(refusal) => return Ok(Outcome::refused(command.into_ticket(), refusal)),
            };
            let shown = room.shown();
            if self.gets_seat(person, room.id(), shown.is_closed())
                && let Err(refusal) = Box::pin(self.take_seat(person, shown)).await?
            {
                return Ok(Outcome::refused(command.into_ticket(), refusal));
            }
            match self.hand_over(&room, command).await? {
                Ok(is_taken) => {
                    if is_taken {
                        self.remember(&room, join_id);
                    }
                    return Ok(Outcome::HandedOver);
                }
                Err(Ended(back)) => command = back,
            }
        }
        let refusal = Refusal::later(ErrorCode::Busy, "the room keeps ending; try again", 1_000);
        Ok(Outcome::refused(command.into_ticket(), refusal))
    }

    pub(super) fn leave(&mut self, leave: &Leave, ticket: Ticket) -> Outcome {
        match self.find(&leave.room) {
            Ok(at) => {
                self.rooms.swap_remove(at).ticket = Some(Box::new(ticket));
                Outcome::HandedOver
            }
            Err(refusal) => Outcome::refused(ticket, refusal),
        }
    }

    pub(super) async fn list_members(
        &mut self,
        list: &ListMembers,
        ticket: Ticket,
    ) -> Result<Outcome, ConnectionEnd> {
        self.ask(&list.room, ticket, |ticket, _| Ok(Command::Members { ticket })).await
    }

    pub(super) async fn start_typing(
        &mut self,
        typing: &StartTyping,
        ticket: Ticket,
    ) -> Result<Outcome, ConnectionEnd> {
        self.ask(&typing.room, ticket, |ticket, connection| {
            Ok(Command::Typing { connection, ticket })
        })
        .await
    }

    pub(super) async fn history(
        &mut self,
        person: &Person,
        history: &History,
        mut ticket: Ticket,
    ) -> Result<Outcome, ConnectionEnd> {
        let limit = history.limit;
        ticket.read_by(person.id());
        self.ask(&history.room, ticket, |ticket, _| match asked(history) {
            Ok(asked) => Ok(Command::History { asked, limit, ticket }),
            Err(refusal) => Err((ticket, refusal)),
        })
        .await
    }

    /// Sends a command to a room that the client has joined.
    async fn ask(
        &mut self,
        room: &str,
        ticket: Ticket,
        command: impl FnOnce(Ticket, u64) -> Result<Command, (Ticket, Refusal)>,
    ) -> Result<Outcome, ConnectionEnd> {
        let at = match self.find(room) {
            Ok(at) => at,
            Err(refusal) => return Ok(Outcome::refused(ticket, refusal)),
        };
        let room = Arc::clone(&self.rooms[at].room);
        match command(ticket, self.connection.peer.id()) {
            Ok(command) => self.hand_over_joined(&room, Box::new(command)).await,
            Err((ticket, refusal)) => Ok(Outcome::refused(ticket, refusal)),
        }
    }

    /// Sends a command to a room that this session has joined.
    pub(super) async fn hand_over_joined(
        &mut self,
        room: &Arc<Handle>,
        command: Box<Command>,
    ) -> Result<Outcome, ConnectionEnd> {
        match self.hand_over(room, command).await? {
            Ok(_) => Ok(Outcome::HandedOver),
            Err(Ended(command)) => {
                // The room could not be loaded, or has failed: its memberships are gone too.
                self.rooms.retain(|joined| !Arc::ptr_eq(&joined.room, room));
                let refusal = Refusal::new(ErrorCode::NotJoined, "the room has ended: join again");
                Ok(Outcome::refused(command.into_ticket(), refusal))
            }
        }
    }

    async fn hand_over(
        &mut self,
        room: &Handle,
        command: Box<Command>,
    ) -> Result<Result<bool, Ended>, ConnectionEnd> {
        let wait = self.connection.server.config.inbox_wait;
        self.driving(room.send(command, wait)).await
    }

    /// The index of the client's membership of a room.
    fn find(&self, room: &str) -> Result<usize, Refusal> {
        let room = parse(room)?;
        self.joined(&room).ok_or_else(|| not_joined(&room))
    }

    /// Records a join that was sent to a room, replacing an older one. (If the room has ended since then and
    /// was opened again, the older membership ended with it.)
    fn remember(&mut self, room: &Arc<Handle>, join_id: JoinId) {
        match self.joined(&RoomRef::Id(room.id())) {
            Some(at) if Arc::ptr_eq(&self.rooms[at].room, room) => self.rooms[at].join_id = join_id,
            Some(at) => self.rooms[at] = Joined { room: Arc::clone(room), join_id, ticket: None },
            None => {
                // Most clients are in one or two rooms, and a Vec would start with four.
                self.rooms.reserve_exact(1);
                self.rooms.push(Joined { room: Arc::clone(room), join_id, ticket: None });
            }
        }
    }

    /// The handle of a room to join. A name creates the room if there is none; an id only finds a room.
    fn open(&self, asked: &RoomRef, person: &Person) -> Result<Arc<Handle>, Refusal> {
        let rooms = &self.connection.server.rooms;
        let found = rooms.find(Some(person.id()), asked);
        match (found, asked) {
            (Some(shown), _) if shown.attributes.is_hidden() => rooms.open_id(shown.attributes.id),
            (_, RoomRef::Name(name)) => return rooms.open(name, || self.may_make(name, person)),
            (Some(_), RoomRef::Id(id)) => rooms.open_id(*id),
            (None, RoomRef::Id(_)) => None,
        }
        .ok_or_else(no_such_id)
    }

    /// Checks a join by what the session knows.
    fn may_join(&self, room: RoomRef, join: &Join) -> Result<RoomRef, Refusal> {
        if join.after.is_some() && join.epoch.is_none() {
            let message = "`after` needs the `epoch` that it belongs to";
            return Err(Refusal::new(ErrorCode::BadCommand, message));
        }
        let rooms_max = self.connection.server.config.rooms_per_session_max;
        if self.rooms.len() >= rooms_max && self.joined(&room).is_none() {
            let message =
                format!("one connection is in {rooms_max} rooms at most: leave one first");
            return Err(Refusal::new(ErrorCode::TooManyRooms, message));
        }
        Ok(room)
    }

    /// In a raid, guests join slowly. Who is there already joins again to catch up, and is not meant.
    fn may_join_now(&self, room: &RoomRef, person: &Person) -> Result<(), Refusal> {
        if self.joined(room).is_some() || self.bot.is_some() {
            return Ok(());
        }
        let server = &self.connection.server;
        let log_ms = || server.log.clock().now_ms();
        server.raid.take_join(person.id(), log_ms, clock::now_ms())
    }

    /// Checks whether the person may be in a room, before it is looked at whether there is one.
    fn may_enter(&self, asked: &RoomRef, person: &Person) -> Result<(), Refusal> {
        let Some(rooms) = person.confined_to() else { return Ok(()) };
        let found = self.connection.server.rooms.find(Some(person.id()), asked);
        let is_found = found.is_some_and(|it| rooms.has(it.attributes.id, &it.fold));
        let is_one = match asked {
            RoomRef::Name(name) => is_found || rooms.has_name(&name.fold()),
            RoomRef::Id(_) => is_found,
        };
        if is_one { Ok(()) } else { Err(outside()) }
    }

    /// Checks whether this client may create a room now.
    fn may_make(&self, name: &RoomName, person: &Person) -> Result<(), Refusal> {
        self.may(Action::MakeRoom)?;
        let filters = &self.connection.server.fence.filters;
        filters.may_be_called(self.role(person), None, name.as_str())?;
        self.take_room(person)
    }

    /// Takes one new room from the rates of the person and the address.
    pub(super) fn take_room(&self, person: &Person) -> Result<(), Refusal> {
        if self.connection.slot.is_trusted() {
            return Ok(());
        }
        let (rate, now) = (self.connection.server.rates.rooms_made, clock::now_ms());
        person
            .take_room(rate, now)
            .and_then(|()| self.connection.slot.take_room(rate, now))
            .map_err(|retry_ms| {
                let message = "you have made many rooms in the last hour";
                Refusal::later(ErrorCode::RateLimited, message, retry_ms)
            })
    }
}

pub(super) fn parse(room: &str) -> Result<RoomRef, Refusal> {
    RoomRef::parse(room).map_err(|bad| Refusal::bad_name(ErrorCode::BadRoom, "room", &bad))
}

pub(super) fn not_joined(room: &RoomRef) -> Refusal {
    let message = match room {
        RoomRef::Name(name) => format!("you are not in {name}: join it first"),
        RoomRef::Id(_) => "you are not in this room: join it first".to_owned(),
    };
    Refusal::new(ErrorCode::NotJoined, message)
}

fn asked(history: &History) -> Result<Asked, Refusal> {
    match (history.before, history.after, history.around) {
        (None, None, None) => Ok(Asked::Latest),
        (Some(seq), None, None) => Ok(Asked::Before(seq)),
        (None, Some(seq), None) => Ok(Asked::After(seq)),
        (None, None, Some(seq)) => Ok(Asked::Around(seq)),
        _ => Err(Refusal::new(
            ErrorCode::BadCommand,
            "at most one of `before`, `after` and `around` may be given",
        )),
    }
}

fn parse_name(name: &str) -> Result<RoomName, Refusal> {
    RoomName::parse(name).map_err(|bad| Refusal::bad_name(ErrorCode::BadRoom, "room", &bad))
}
