//! Rooms that people make, and who is in them: making, inviting, naming, archiving and deleting. Sessions and
//! administrators at the server's machine do it through this one file and its folder.
//!
//! What somebody must not know of is refused in the same words as what does not exist. What changes a room or a seat
//! looks the room up while it holds the order of the seats: what was looked up before may be deleted by then.

use std::sync::Arc;

use throng_log::{Reader, RoomAttributes, Seat};
use throng_protocol::{
    Added, ErrorCode, OwnRoom, PersonId, Rank, Refusal, Removed, RoomId, RoomKind, RoomName,
    RoomRef, User,
};

use crate::actor::{Actor, room_ref};
use crate::rooms::fence::no_such_id;
use crate::rooms::handle::{Rule, Shown};
use crate::server::Server;
use crate::wire::codec;

pub(crate) mod leaving;
mod links;
mod making;
mod members;
mod narrowing;
pub(crate) mod settings;

/// The most rooms of one person, so that nobody fills the list of somebody else.
const ROOMS_MAX: usize = 1_000;

/// The rules of rooms and their members on a server.
pub(crate) struct Membership<'a>(pub(crate) &'a Server);

impl Membership<'_> {
    /// The room that an actor means and keeps.
    ///
    /// # Errors
    /// When there is none of which they may know, or they do not keep it.
    pub(crate) fn kept(&self, by: &Actor, room: &str) -> Result<Arc<Shown>, Refusal> {
        let shown = self.seen(by.person(), room)?;
        match by.person() {
            Some(person) if !self.0.fence.keeps(person, &shown.attributes) => {
                let message = "only moderators of this room may do this";
                Err(Refusal::new(ErrorCode::Forbidden, message))
            }
            _ => Ok(shown),
        }
    }

    /// The room that somebody means.
    ///
    /// # Errors
    /// When there is none of which they may know.
    pub(crate) fn seen(&self, viewer: Option<PersonId>, room: &str) -> Result<Arc<Shown>, Refusal> {
        let room = room_ref(room)?;
        self.0.rooms.find(viewer, &room).ok_or_else(|| match &room {
            RoomRef::Id(_) => no_such_id(),
            RoomRef::Name(_) => {
                Refusal::new(ErrorCode::NoSuchRoom, format!("there is no room {room}"))
            }
        })
    }

    /// What an actor may know of rooms, for what was written about them.
    pub(crate) fn reader(&self, by: &Actor) -> Option<Reader> {
        let in_groups_as = |person| self.0.fence.in_groups_as(person);
        by.person().map(|person| Reader {
            person,
            in_groups_as: in_groups_as(person),
            role: by.role(),
        })
    }

    /// Somebody has another role. It takes everybody out of the rooms that they may not see any more, the bots of that
    /// person too.
    pub(crate) async fn look_again(&self) {
        self.0.rooms.enforce_where(RoomAttributes::is_narrowed, &Rule::Sight).await;
    }

    /// Tells all of somebody's sessions that a room is none of theirs any more.
    pub(crate) fn tell_removed(&self, person: PersonId, room: RoomId, reason: &str) {
        let frame = codec::event(&Removed { room, reason: reason.to_owned() });
        for peer in self.0.identity.people.sessions_of(person) {
            peer.outbox.offer_event(&frame);
        }
    }

    /// Tells the sessions of somebody that they have a room, but not the one that knows it.
    fn tell(
        &self,
        person: PersonId,
        shown: &Shown,
        rank: Rank,
        by: Option<User>,
        but: Option<u64>,
    ) {
        let frame = codec::event(&Added { own: self.own(person, shown, rank), by });
        for peer in self.0.identity.people.sessions_of(person) {
            if Some(peer.id()) != but {
                peer.outbox.offer_event(&frame);
            }
        }
    }

    fn own(&self, person: PersonId, shown: &Shown, rank: Rank) -> OwnRoom {
        let others = match shown.attributes.kind {
            RoomKind::Direct => self.0.seats.of_room(shown.attributes.id),
            RoomKind::Public | RoomKind::Private => Vec::new(),
        };
        let others = others.iter().filter(|seat| seat.person != person);
        OwnRoom {
            room: shown.info(&self.0.groups),
            rank,
            people: others.map(|seat| self.user(seat)).collect(),
        }
    }

    /// Somebody with a seat, as they are called now, or were last.
    fn user(&self, seat: &Seat) -> User {
        let nick = self.0.identity.people.nick_of(seat.person);
        let nick = nick.map_or_else(|| seat.nick.to_string(), |nick| nick.as_str().to_owned());
        let bot = self.0.identity.bots.find(seat.person).is_some();
        User { bot, ..User::new(seat.person, nick) }
    }

    fn find_id(&self, person: PersonId, id: RoomId) -> Option<Arc<Shown>> {
        self.0.rooms.find(Some(person), &RoomRef::Id(id))
    }

    /// Whether a name means no other room for this person than the one that is to have it.
    fn is_free(
        &self,
        person: PersonId,
        name: &RoomName,
        own: Option<RoomId>,
    ) -> Result<(), Refusal> {
        match self.0.rooms.find(Some(person), &RoomRef::Name(name.clone())) {
            Some(shown) if Some(shown.attributes.id) != own => Err(known(name)),
            _ => Ok(()),
        }
    }

    fn may_have_more(&self, person: PersonId) -> Result<(), Refusal> {
        if self.0.seats.of_person(person).len() < ROOMS_MAX {
            return Ok(());
        }
        let message =
            format!("nobody is in more than {ROOMS_MAX} rooms: leave some for good first");
        Err(Refusal::new(ErrorCode::TooManyRooms, message))
    }
}

fn known(name: &RoomName) -> Refusal {
    let message = format!("you know another room that is called {name}");
    Refusal::new(ErrorCode::RoomNameTaken, message)
}

fn seat_of(user: &User, rank: Rank) -> Seat {
    let room = RoomId::from_bytes([0; 16]);
    Seat { room, person: user.id, nick: user.nick.as_str().into(), rank }
}

fn room_name(name: &str) -> Result<RoomName, Refusal> {
    RoomName::parse(name).map_err(|bad| Refusal::bad_name(ErrorCode::BadRoom, "name", &bad))
}
