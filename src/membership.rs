//! Rooms that people make, and who is in them: making, inviting, naming, archiving and deleting. Sessions and
//! administrators at the server's machine do it through this one file and its folder.
//!
//! What somebody must not know of is refused in the same words as what does not exist.

use std::collections::BTreeSet;
use std::sync::Arc;

use throng_log::{Change, RoomAttributes, Seat};
use throng_protocol::{
    Added, DeleteRoom, ErrorCode, Invite, ListMine, ListPeople, MakeRoom, MineOk, Nick, OpenDirect,
    OwnRoom, PeopleOk, PersonId, Rank, Refusal, Removed, RoomId, RoomKind, RoomName, RoomRef,
    SetRank, SetRoom, User,
};

use crate::actor::{Actor, note, person_ref, room_ref};
use crate::identity::people::Person;
use crate::rooms::fence::{blocked, no_such_id};
use crate::rooms::handle::{Rule, Shown};
use crate::rooms::map::new_room;
use crate::server::Server;
use crate::wire::codec;

mod links;

/// The longest topic, in bytes.
const TOPIC_BYTES_MAX: usize = 250;

/// The most people in a direct room.
const DIRECT_MAX: usize = 20;

/// The most rooms of one person, so that nobody fills the list of somebody else.
const ROOMS_MAX: usize = 1_000;

/// The longest pause of slow mode, in milliseconds: six hours.
const SLOW_MS_MAX: u64 = 6 * 3_600_000;

/// The most bytes of rooms in one answer, which has to fit into a frame with its envelope.
const MINE_BYTES: usize = 24 * 1024;

/// The most people in one answer: with names of full length they fit into a frame.
const PEOPLE_PAGE: usize = 100;

/// The rules of rooms and their members on a server.
pub(crate) struct Membership<'a>(pub(crate) &'a Server);

impl Membership<'_> {
    /// Makes a room, of which the person is the moderator.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn make(
        &self,
        person: &Person,
        connection: u64,
        make: &MakeRoom,
    ) -> Result<OwnRoom, Refusal> {
        let (server, user) = (self.0, person.user());
        let name = room_name(&make.name)?;
        if make.kind == RoomKind::Direct {
            let message = "a direct room is opened with `direct`, and has no name";
            return Err(Refusal::new(ErrorCode::BadCommand, message));
        }
        self.may_have_more(user.id)?;
        let _order = server.seats.order.lock().await;
        self.is_free(user.id, &name, None)?;
        let room = RoomAttributes {
            kind: make.kind,
            topic: topic(&make.topic)?,
            ..RoomAttributes::public(new_room(), name)
        };
        let by = Actor::named(user.id, &user.nick);
        let word = if make.kind == RoomKind::Public { "make_room" } else { "make_private_room" };
        let note = note(&by, word, room.name.as_str(), Some(room.id), "")?;
        self.begin(room, vec![seat_of(&user, Rank::Moderator)], Some(note), (user.id, connection))
            .await
    }

    /// Opens the direct room of some people: the one that there is, or a new one.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn direct(
        &self,
        person: &Person,
        connection: u64,
        open: &OpenDirect,
    ) -> Result<OwnRoom, Refusal> {
        let (server, user) = (self.0, person.user());
        let people = self.direct_people(&user, open).await?;
        let _order = server.seats.order.lock().await;
        if let Some(found) = self.direct_of(user.id, &people) {
            return Ok(found);
        }
        for seat in &people {
            if server.distances.is_blocked(seat.person, user.id) {
                return Err(blocked());
            }
            self.may_have_more(seat.person)?;
        }
        let room = RoomAttributes {
            kind: RoomKind::Direct,
            ..RoomAttributes::public(new_room(), RoomName::kept(String::new()))
        };
        self.begin(room, people, None, (user.id, connection)).await
    }

    /// The direct room of some people, if there is one.
    ///
    /// # Errors
    /// When they can't be one's.
    pub(crate) async fn find_direct(
        &self,
        person: &Person,
        open: &OpenDirect,
    ) -> Result<Option<OwnRoom>, Refusal> {
        let user = person.user();
        let people = self.direct_people(&user, open).await?;
        Ok(self.direct_of(user.id, &people))
    }

    /// Who is to be in a direct room.
    async fn direct_people(&self, user: &User, open: &OpenDirect) -> Result<Vec<Seat>, Refusal> {
        if open.people.len() >= DIRECT_MAX {
            let message = format!("a direct room has at most {DIRECT_MAX} people");
            return Err(Refusal::new(ErrorCode::BadCommand, message));
        }
        let mut people = vec![seat_of(user, Rank::Member)];
        for other in &open.people {
            let (id, nick) = self.0.identity.find(&person_ref(other)?).await?;
            if people.iter().all(|seat| seat.person != id) {
                people.push(seat_of(&User::new(id, nick), Rank::Member));
            }
        }
        if people.len() < 2 {
            let message = "a direct room needs somebody else";
            return Err(Refusal::new(ErrorCode::BadCommand, message));
        }
        Ok(people)
    }

    fn direct_of(&self, person: PersonId, people: &[Seat]) -> Option<OwnRoom> {
        let seats = &self.0.seats;
        let wanted: BTreeSet<_> = people.iter().map(|seat| seat.person).collect();
        seats.of_person(person).into_iter().find_map(|(id, rank)| {
            let shown = self.find_id(person, id)?;
            let is_direct = shown.attributes.kind == RoomKind::Direct;
            let there =
                || seats.of_room(id).into_iter().map(|seat| seat.person).collect::<BTreeSet<_>>();
            (is_direct && there() == wanted).then(|| self.own(person, &shown, rank))
        })
    }

    /// Asks somebody into a private room.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn invite(&self, person: &Person, invite: &Invite) -> Result<(), Refusal> {
        let (server, user) = (self.0, person.user());
        let shown = self.seen(Some(user.id), &invite.room)?;
        let room = &shown.attributes;
        self.may_invite(user.id, &shown)?;
        if room.kind != RoomKind::Private {
            let message = "only a private room needs an invitation: others join a public one";
            return Err(Refusal::new(ErrorCode::BadCommand, message));
        }
        let (subject, nick) = server.identity.find(&person_ref(&invite.person)?).await?;
        if server.distances.is_blocked(subject, user.id) {
            return Err(blocked());
        }
        let now = server.log.clock().now_ms();
        if server.identity.restrictions.on_join(subject, room.id, now).is_some() {
            let message = format!("{nick} is banned from this room");
            return Err(Refusal::new(ErrorCode::Forbidden, message));
        }
        let _order = server.seats.order.lock().await;
        if server.seats.rank(room.id, subject).is_some() {
            return Ok(());
        }
        self.may_have_more(subject)?;
        let by = Actor::named(user.id, &user.nick);
        let note = note(&by, "invite", &nick, Some(room.id), "")?;
        let seat = Seat { room: room.id, ..seat_of(&User::new(subject, nick), Rank::Invited) };
        server.identity.accounts.change(vec![Change::Seat(seat.clone()), note]).await?;
        server.seats.put(&seat);
        self.tell(subject, &shown, Rank::Invited, Some(user), None);
        Ok(())
    }

    /// Somebody who joins a room has it on every device from then on.
    ///
    /// # Errors
    /// Why they may not be in it.
    pub(crate) async fn entered(
        &self,
        person: &Person,
        shown: &Shown,
        connection: u64,
    ) -> Result<(), Refusal> {
        let (server, user, room) = (self.0, person.user(), &shown.attributes);
        let rank = server.seats.rank(room.id, user.id);
        let is_invited = rank == Some(Rank::Invited);
        let now = server.log.clock().now_ms();
        if server.identity.restrictions.on_join(user.id, room.id, now).is_some() {
            // The room says so.
            return Ok(());
        }
        if shown.is_closed() && !is_invited {
            return Ok(());
        }
        if !shown.is_closed() && (rank.is_some() || !server.identity.accounts.has_account(user.id))
        {
            return Ok(());
        }
        let _order = server.seats.order.lock().await;
        let seat = Seat { room: room.id, ..seat_of(&user, Rank::Member) };
        if is_invited {
            self.may_come(user.id, room)?;
        } else if self.may_have_more(user.id).is_err() {
            // They are there all the same; it is only not remembered.
            return Ok(());
        }
        server.identity.accounts.change(vec![Change::Seat(seat.clone())]).await?;
        server.seats.put(&seat);
        self.tell(user.id, shown, Rank::Member, None, Some(connection));
        Ok(())
    }

    /// Takes a room from somebody, on every device.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn forget(&self, person: &Person, shown: &Shown) -> Result<(), Refusal> {
        let (server, id, room) = (self.0, person.id(), &shown.attributes);
        let _order = server.seats.order.lock().await;
        let Some(rank) = server.seats.rank(room.id, id) else { return Ok(()) };
        let others: Vec<_> =
            server.seats.of_room(room.id).into_iter().filter(|seat| seat.person != id).collect();
        if room.kind == RoomKind::Direct && others.len() == 1 {
            let message = "the direct room of two people stays theirs";
            return Err(Refusal::new(ErrorCode::Forbidden, message));
        }
        let mut changes = vec![Change::Unseat { room: room.id, person: id }];
        let mut next = None;
        if room.kind == RoomKind::Private && rank == Rank::Moderator {
            let has_moderator = others.iter().any(|seat| seat.rank == Rank::Moderator);
            if !has_moderator {
                // A room is never without somebody who keeps it: the member who came to this server first does.
                next = others.iter().find(|seat| seat.rank == Rank::Member).cloned();
            }
        }
        if let Some(next) = &mut next {
            next.rank = Rank::Moderator;
            changes.push(Change::Seat(next.clone()));
        }
        let is_last =
            room.kind == RoomKind::Private && others.iter().all(|it| it.rank == Rank::Invited);
        let gone = RoomAttributes { deleted: true, ..room.clone() };
        if is_last {
            changes.push(Change::PutRoom(gone.clone()));
        }
        server.identity.accounts.change(changes).await?;
        server.seats.remove(room.id, id);
        if let Some(next) = next {
            server.seats.put(&next);
            self.tell(next.person, shown, Rank::Moderator, None, None);
        }
        server.rooms.enforce(Some(room.id), Rule::Out(id, None)).await;
        self.tell_removed(id, room.id, "you left this room");
        if is_last {
            let asked = server.seats.clear(room.id);
            server.rooms.delete(gone, "the last member has left".to_owned()).await;
            asked.iter().for_each(|it| self.tell_removed(*it, room.id, "the last member has left"));
        }
        Ok(())
    }

    /// Somebody's rooms.
    pub(crate) fn mine(&self, person: PersonId, list: &ListMine) -> MineOk {
        let (mut rooms, mut bytes) = (Vec::new(), 0);
        let own = self.0.seats.of_person(person);
        for (id, rank) in own.into_iter().filter(|(id, _)| list.after.is_none_or(|it| *id > it)) {
            let Some(shown) = self.find_id(person, id) else { continue };
            let own = self.own(person, &shown, rank);
            bytes += serde_json::to_string(&own).map_or(0, |json| json.len());
            if bytes > MINE_BYTES {
                return MineOk { rooms, more: true };
            }
            rooms.push(own);
        }
        MineOk { rooms, more: false }
    }

    /// Who is in a room, here or not.
    ///
    /// # Errors
    /// Why it is not said.
    pub(crate) fn people(
        &self,
        viewer: Option<PersonId>,
        list: &ListPeople,
    ) -> Result<PeopleOk, Refusal> {
        let shown = self.seen(viewer, &list.room)?;
        if !shown.is_closed() {
            let message = "a public room has no list of members: `members` says who is there now";
            return Err(Refusal::new(ErrorCode::BadCommand, message));
        }
        let id = shown.attributes.id;
        let all = self.0.seats.of_room(id);
        let mut rest =
            all.into_iter().filter(|seat| list.after.is_none_or(|after| seat.person > after));
        let people = rest
            .by_ref()
            .take(PEOPLE_PAGE)
            .map(|seat| throng_protocol::Seat { user: self.user(&seat), rank: seat.rank })
            .collect();
        Ok(PeopleOk { people, more: rest.next().is_some() })
    }

    /// Changes what is said of a room.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn set(&self, by: &Actor, set: &SetRoom) -> Result<(), Refusal> {
        let server = self.0;
        let shown = self.kept(by, &set.room)?;
        let _order = server.seats.order.lock().await;
        let old = shown.attributes.clone();
        let name = set.name.as_deref().map(room_name).transpose()?;
        if let Some(name) = &name
            && let Some(person) = by.person()
        {
            self.is_free(person, name, Some(old.id))?;
        }
        if set.slow_ms.is_some_and(|slow| slow > SLOW_MS_MAX) {
            let message = format!("slow_ms: at most {SLOW_MS_MAX}, which is six hours");
            return Err(Refusal::new(ErrorCode::BadCommand, message));
        }
        let new = RoomAttributes {
            name: name.unwrap_or_else(|| old.name.clone()),
            topic: set.topic.as_deref().map_or(Ok(old.topic.clone()), topic)?,
            speak: set.speak.unwrap_or(old.speak),
            slow_ms: set.slow_ms.unwrap_or(old.slow_ms),
            invite: set.invite.map_or(old.invite, |rank| rank.max(Rank::Member)),
            archived: set.archived.unwrap_or(old.archived),
            ..old.clone()
        };
        let note = note(by, "set_room", &difference(&old, &new), Some(old.id), &set.reason)?;
        server.rooms.change(new.clone())?;
        let stored = server.identity.accounts.change(vec![Change::PutRoom(new), note]).await;
        if let Err(refusal) = stored {
            let _ = server.rooms.change(old);
            return Err(refusal);
        }
        server.rooms.enforce(Some(old.id), Rule::Attributes).await;
        Ok(())
    }

    /// Deletes a room for everybody.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn delete(&self, by: &Actor, delete: &DeleteRoom) -> Result<(), Refusal> {
        let server = self.0;
        let shown = self.kept(by, &delete.room)?;
        let _order = server.seats.order.lock().await;
        let room = &shown.attributes;
        let gone = RoomAttributes { deleted: true, ..room.clone() };
        let note = note(by, "delete_room", room.name.as_str(), Some(room.id), &delete.reason)?;
        server.identity.accounts.change(vec![Change::PutRoom(gone.clone()), note]).await?;
        let people = server.seats.clear(room.id);
        let reason = match &*delete.reason {
            "" => "this room was deleted".to_owned(),
            reason => format!("this room was deleted: {reason}"),
        };
        server.rooms.delete(gone, reason.clone()).await;
        for person in people {
            self.tell_removed(person, room.id, &reason);
        }
        Ok(())
    }

    /// Makes somebody a moderator of a room, or a member again.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn set_rank(&self, by: &Actor, set: &SetRank) -> Result<(), Refusal> {
        let server = self.0;
        let shown = self.kept(by, &set.room)?;
        let (subject, nick) = server.identity.find(&person_ref(&set.person)?).await?;
        let room = shown.attributes.id;
        let rank = set.rank.max(Rank::Member);
        let _order = server.seats.order.lock().await;
        let is_member = match server.seats.rank(room, subject) {
            Some(Rank::Invited) => false,
            Some(_) => true,
            None => !shown.is_closed() && server.identity.accounts.has_account(subject),
        };
        if !is_member {
            let message = format!("{nick} is not a member of this room");
            return Err(Refusal::new(ErrorCode::NoSuchPerson, message));
        }
        let others = server.seats.of_room(room).into_iter().filter(|seat| seat.person != subject);
        let has_other = others.into_iter().any(|seat| seat.rank == Rank::Moderator);
        if shown.is_closed() && rank < Rank::Moderator && !has_other {
            let message = "a private room keeps a moderator: make somebody else one first";
            return Err(Refusal::new(ErrorCode::Forbidden, message));
        }
        let word = if rank == Rank::Moderator { "rank moderator" } else { "rank member" };
        let note = note(by, word, &nick, Some(room), "")?;
        let seat = Seat { room, ..seat_of(&User::new(subject, nick), rank) };
        server.identity.accounts.change(vec![Change::Seat(seat.clone()), note]).await?;
        server.seats.put(&seat);
        self.tell(subject, &shown, rank, by.user(), None);
        Ok(())
    }

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

    /// Somebody has another nick: it is the one that is remembered in their rooms.
    ///
    /// # Errors
    /// When it can't be stored. They are called so all the same.
    pub(crate) async fn renamed(&self, person: PersonId, nick: Nick) -> Result<(), Refusal> {
        let server = self.0;
        let _order = server.seats.order.lock().await;
        let own = server.seats.of_person(person);
        if own.is_empty() {
            return Ok(());
        }
        let user = User::new(person, nick.as_str());
        server.identity.accounts.change(vec![Change::RenameSeats { person, nick }]).await?;
        for (room, rank) in own {
            server.seats.put(&Seat { room, ..seat_of(&user, rank) });
        }
        Ok(())
    }

    /// What is to be stored where somebody is put out of a room. Of a public one they keep the seat: they may come
    /// back.
    pub(crate) fn unseat(&self, shown: &Shown, person: PersonId) -> Option<Change> {
        let room = shown.attributes.id;
        let has_seat = self.0.seats.rank(room, person).is_some();
        (shown.is_closed() && has_seat).then_some(Change::Unseat { room, person })
    }

    /// Somebody's seat in a room was taken away on disk.
    pub(crate) fn unseated(&self, shown: &Shown, person: PersonId) {
        if shown.is_closed() {
            self.0.seats.remove(shown.attributes.id, person);
        }
    }

    /// Tells all of somebody's sessions that a room is none of theirs any more.
    pub(crate) fn tell_removed(&self, person: PersonId, room: RoomId, reason: &str) {
        let frame = codec::event(&Removed { room, reason: reason.to_owned() });
        for peer in self.0.identity.people.sessions_of(person) {
            peer.outbox.offer_event(&frame);
        }
    }

    /// Stores a new room with its first people, and tells them.
    async fn begin(
        &self,
        room: RoomAttributes,
        people: Vec<Seat>,
        note: Option<Change>,
        (by, connection): (PersonId, u64),
    ) -> Result<OwnRoom, Refusal> {
        let server = self.0;
        let id = room.id;
        server.rooms.add(room.clone())?;
        let people: Vec<_> = people.into_iter().map(|seat| Seat { room: id, ..seat }).collect();
        let mut changes = vec![Change::PutRoom(room)];
        changes.extend(people.iter().cloned().map(Change::Seat));
        changes.extend(note);
        if let Err(refusal) = server.identity.accounts.change(changes).await {
            server.rooms.take_back(id);
            return Err(refusal);
        }
        people.iter().for_each(|seat| server.seats.put(seat));
        let shown = self.find_id(by, id).ok_or_else(no_such_id)?;
        let maker = people.iter().find(|seat| seat.person == by);
        let rank = maker.map_or(Rank::Member, |seat| seat.rank);
        let user = maker.map(|seat| self.user(seat));
        for seat in &people {
            let by = user.clone().filter(|_| seat.person != by);
            self.tell(seat.person, &shown, seat.rank, by, Some(connection));
        }
        Ok(self.own(by, &shown, rank))
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
        OwnRoom { room: shown.info(), rank, people: others.map(|seat| self.user(seat)).collect() }
    }

    /// Somebody with a seat, as they are called now, or were last.
    fn user(&self, seat: &Seat) -> User {
        let nick = self.0.identity.people.nick_of(seat.person);
        let nick = nick.map_or_else(|| seat.nick.to_string(), |nick| nick.as_str().to_owned());
        let bot = self.0.identity.bots.find(seat.person).is_some();
        User { id: seat.person, nick, bot }
    }

    fn find_id(&self, person: PersonId, id: RoomId) -> Option<Arc<Shown>> {
        self.0.rooms.find(Some(person), &RoomRef::Id(id))
    }

    fn may_invite(&self, person: PersonId, shown: &Shown) -> Result<(), Refusal> {
        let room = &shown.attributes;
        let rank = self.0.seats.rank(room.id, person);
        let is_enough = match room.kind {
            RoomKind::Direct => false,
            RoomKind::Private => {
                rank.is_some_and(|rank| rank >= room.invite) || self.0.fence.keeps(person, room)
            }
            RoomKind::Public => room.invite == Rank::Member || self.0.fence.keeps(person, room),
        };
        if is_enough {
            return Ok(());
        }
        let message = match room.kind {
            RoomKind::Direct => "nobody is invited to a direct room: open another one",
            RoomKind::Private | RoomKind::Public => {
                "only moderators of this room may invite (`invite` of the room)"
            }
        };
        Err(Refusal::new(ErrorCode::Forbidden, message))
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

    /// Whether somebody who comes into a room knows another private one of that name. It may have the name of a
    /// public one, which others can make at any time.
    fn may_come(&self, person: PersonId, room: &RoomAttributes) -> Result<(), Refusal> {
        let fold = room.name.fold();
        let is_other = |id| {
            id != room.id
                && self.find_id(person, id).is_some_and(|it| it.is_closed() && it.fold == fold)
        };
        let own = self.0.seats.of_person(person);
        match room.kind == RoomKind::Private && own.into_iter().any(|(id, _)| is_other(id)) {
            true => Err(known(&room.name)),
            false => Ok(()),
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

fn topic(topic: &str) -> Result<Box<str>, Refusal> {
    if topic.len() > TOPIC_BYTES_MAX || topic.chars().any(char::is_control) {
        let message = format!("topic: at most {TOPIC_BYTES_MAX} bytes, without line breaks");
        return Err(Refusal::new(ErrorCode::BadCommand, message));
    }
    Ok(topic.into())
}

/// What changes, for the audit log.
fn difference(old: &RoomAttributes, new: &RoomAttributes) -> String {
    let mut parts = Vec::new();
    let mut add = |word: &str, is_changed: bool, value: String| {
        if is_changed {
            parts.push(format!("{word} {value}"));
        }
    };
    add("name", old.name != new.name, new.name.to_string());
    add("topic", old.topic != new.topic, format!("{:?}", new.topic));
    add("speak", old.speak != new.speak, new.speak.name().to_owned());
    add("slow_ms", old.slow_ms != new.slow_ms, new.slow_ms.to_string());
    let invite = if new.invite == Rank::Moderator { "moderator" } else { "member" };
    add("invite", old.invite != new.invite, invite.to_owned());
    add("archived", old.archived != new.archived, new.archived.to_string());
    if parts.is_empty() { "nothing".to_owned() } else { parts.join(", ") }
}
