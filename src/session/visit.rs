//! Being in rooms: `rooms`, `join`, `leave`, `members`, `typing` and `history`.

use std::sync::Arc;

use throng_protocol::{
    ErrorCode, History, Join, Leave, ListMembers, ListRooms, RoomName, RoomsPage, StartTyping,
};

use super::{Joined, Session, SessionEnd};
use crate::clock;
use crate::outbox::{Refusal, Ticket};
use crate::people::Person;
use crate::room::{Asked, Command, Cursor, Ended, Handle, Visit};

/// The most rooms in one page of the list.
const ROOMS_PAGE: usize = 100;

/// How often a room is looked up again that ended between the look-up and the command.
const LOOKUPS: usize = 8;

impl Session {
    pub(super) fn rooms(&mut self, list: &ListRooms, ticket: Ticket) -> Result<(), SessionEnd> {
        let after = match list.after.as_deref().map(parse).transpose() {
            Ok(after) => after.map(|name| name.fold()),
            Err(refusal) => return self.refuse(ticket, &refusal),
        };
        let asked = list.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(ROOMS_PAGE);
        let part = match list.query.as_deref().map(RoomName::part) {
            // No name has this in it: there is nothing to look through.
            Some(None) => return self.agree(ticket, &RoomsPage::default()),
            Some(part) => part,
            None => None,
        };
        let limit = asked.clamp(1, ROOMS_PAGE);
        let page = self.server.rooms.page(after.as_ref(), part.as_ref(), limit);
        self.agree(ticket, &page)
    }

    pub(super) async fn join(
        &mut self,
        person: &Arc<Person>,
        join: Join,
        ticket: Ticket,
    ) -> Result<(), SessionEnd> {
        let name = match parse(&join.room).and_then(|name| self.may_join(name, &join)) {
            Ok(name) => name,
            Err(refusal) => return self.refuse(ticket, &refusal),
        };
        self.joins += 1;
        let visit = Visit { connection: self.outbox.id(), join: self.joins };
        let cursor = Cursor { epoch: join.epoch, after: join.after, limit: join.limit };
        let outbox = Arc::clone(&self.outbox);
        let person_there = Arc::clone(person);
        let mut command =
            Box::new(Command::Join { visit, outbox, person: person_there, cursor, ticket });
        for _ in 0..LOOKUPS {
            let room = match self.server.rooms.open(&name, || self.may_make(person)) {
                Ok(room) => room,
                Err(refusal) => return self.refuse(command.into_ticket(), &refusal),
            };
            match self.hand_over(&room, command).await? {
                Ok(is_taken) => {
                    self.refusals = 0;
                    if is_taken {
                        self.remember(&room, visit);
                    }
                    return Ok(());
                }
                Err(Ended(back)) => command = back,
            }
        }
        let refusal = Refusal::later(ErrorCode::Busy, "the room keeps ending; try again", 1_000);
        self.refuse(command.into_ticket(), &refusal)
    }

    pub(super) fn leave(&mut self, leave: &Leave, ticket: Ticket) -> Result<(), SessionEnd> {
        match self.find(&leave.room) {
            Ok(at) => {
                self.refusals = 0;
                self.rooms.swap_remove(at).ticket = Some(Box::new(ticket));
                Ok(())
            }
            Err(refusal) => self.refuse(ticket, &refusal),
        }
    }

    pub(super) async fn members(
        &mut self,
        list: &ListMembers,
        ticket: Ticket,
    ) -> Result<(), SessionEnd> {
        self.ask(&list.room, ticket, |ticket, _| Ok(Command::Members { ticket })).await
    }

    pub(super) async fn typing(
        &mut self,
        typing: &StartTyping,
        ticket: Ticket,
    ) -> Result<(), SessionEnd> {
        self.ask(&typing.room, ticket, |ticket, connection| {
            Ok(Command::Typing { connection, ticket })
        })
        .await
    }

    pub(super) async fn history(
        &mut self,
        history: &History,
        ticket: Ticket,
    ) -> Result<(), SessionEnd> {
        let limit = history.limit;
        self.ask(&history.room, ticket, |ticket, _| match asked(history) {
            Ok(asked) => Ok(Command::History { asked, limit, ticket }),
            Err(refusal) => Err((ticket, refusal)),
        })
        .await
    }

    /// Gives a command to a room that the client has joined.
    async fn ask(
        &mut self,
        room: &str,
        ticket: Ticket,
        command: impl FnOnce(Ticket, u64) -> Result<Command, (Ticket, Refusal)>,
    ) -> Result<(), SessionEnd> {
        let at = match self.find(room) {
            Ok(at) => at,
            Err(refusal) => return self.refuse(ticket, &refusal),
        };
        let room = Arc::clone(&self.rooms[at].room);
        match command(ticket, self.outbox.id()) {
            Ok(command) => {
                self.refusals = 0;
                self.hand_over_joined(&room, Box::new(command)).await
            }
            Err((ticket, refusal)) => self.refuse(ticket, &refusal),
        }
    }

    /// Gives a command to a room whose membership this session remembers.
    pub(super) async fn hand_over_joined(
        &mut self,
        room: &Arc<Handle>,
        command: Box<Command>,
    ) -> Result<(), SessionEnd> {
        match self.hand_over(room, command).await? {
            Ok(_) => Ok(()),
            Err(Ended(command)) => {
                // The room could not be loaded, or failed: the membership is gone with it.
                self.rooms.retain(|joined| !Arc::ptr_eq(&joined.room, room));
                let refusal = Refusal::new(ErrorCode::NotJoined, "the room has ended: join again");
                self.refuse(command.into_ticket(), &refusal)
            }
        }
    }

    async fn hand_over(
        &mut self,
        room: &Handle,
        command: Box<Command>,
    ) -> Result<Result<bool, Ended>, SessionEnd> {
        let wait = self.server.config.inbox_wait;
        self.driving(room.send(command, wait)).await
    }

    /// Where the client's membership of a room is.
    fn find(&self, room: &str) -> Result<usize, Refusal> {
        let name = parse(room)?;
        self.joined(&name.fold()).ok_or_else(|| not_joined(&name))
    }

    /// Remembers a join that a room was given, in place of an older one. (If the room has ended
    /// since then and was opened again, the older membership went with it.)
    fn remember(&mut self, room: &Arc<Handle>, visit: Visit) {
        match self.joined(room.fold()) {
            Some(at) if Arc::ptr_eq(&self.rooms[at].room, room) => self.rooms[at].visit = visit,
            Some(at) => self.rooms[at] = Joined { room: Arc::clone(room), visit, ticket: None },
            None => {
                // Most clients are in one or two rooms, and a Vec would begin with four.
                self.rooms.reserve_exact(1);
                self.rooms.push(Joined { room: Arc::clone(room), visit, ticket: None });
            }
        }
    }

    /// Judges a join by what the session knows.
    fn may_join(&self, name: RoomName, join: &Join) -> Result<RoomName, Refusal> {
        if join.after.is_some() && join.epoch.is_none() {
            let message = "`after` needs the `epoch` that it belongs to";
            return Err(Refusal::new(ErrorCode::BadCommand, message));
        }
        let rooms_max = self.server.config.rooms_per_session_max;
        if self.rooms.len() >= rooms_max && self.joined(&name.fold()).is_none() {
            let message =
                format!("one connection is in {rooms_max} rooms at most: leave one first");
            return Err(Refusal::new(ErrorCode::TooManyRooms, message));
        }
        Ok(name)
    }

    /// Judges whether this client may make a room now.
    fn may_make(&self, person: &Person) -> Result<(), Refusal> {
        if !self.server.config.rooms_open {
            let message = "there is no such room, and rooms are not made by joining here";
            return Err(Refusal::new(ErrorCode::NoSuchRoom, message));
        }
        if self.place.is_trusted() {
            return Ok(());
        }
        let (rate, now) = (self.server.rates.rooms_made, clock::now_ms());
        person.take_room(rate, now).and_then(|()| self.place.take_room(rate, now)).map_err(
            |retry_ms| {
                let message = "you have made many rooms in the last hour";
                Refusal::later(ErrorCode::RateLimited, message, retry_ms)
            },
        )
    }
}

pub(super) fn parse(room: &str) -> Result<RoomName, Refusal> {
    RoomName::parse(room).map_err(|bad| Refusal::new(ErrorCode::BadRoom, format!("room: {bad}")))
}

pub(super) fn not_joined(name: &RoomName) -> Refusal {
    Refusal::new(ErrorCode::NotJoined, format!("you are not in {name}: join it first"))
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
