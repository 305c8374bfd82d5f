//! Making rooms: public and private ones by name, direct ones by who is in them.

use std::collections::BTreeSet;

use throng_log::{Change, RoomAttributes, Seat};
use throng_protocol::{
    ErrorCode, MakeRoom, OpenDirect, OwnRoom, PersonId, Rank, Refusal, RoomKind, RoomName, SetRoom,
    User,
};

use super::{Membership, room_name, seat_of};
use crate::actor::{Actor, note, person_ref};
use crate::identity::people::Person;
use crate::rooms::fence::{blocked, no_such_id};
use crate::rooms::map::new_room;

/// The most people in a direct room.
const DIRECT_MAX: usize = 20;

impl Membership<'_> {
    /// Makes a room, of which the person is the moderator.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn make(
        &self,
        by: &Actor,
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
        let plain = RoomAttributes { kind: make.kind, ..RoomAttributes::public(new_room(), name) };
        let room = self.changed(by, &plain, &settings(make))?;
        let role = server.identity.role_of(user.id);
        for called in [room.name.as_str(), &room.topic, &room.description] {
            server.fence.filters.may_be_called(role, None, called)?;
        }
        let word = if make.kind == RoomKind::Public { "make_room" } else { "make_private_room" };
        let mut notes = vec![note(by, word, room.name.as_str(), Some(room.id), "")?];
        notes.extend(self.narrowings(by, (&plain, &room), "")?);
        self.begin(room, vec![seat_of(&user, Rank::Moderator)], notes, (user.id, connection)).await
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
        self.begin(room, people, Vec::new(), (user.id, connection)).await
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
        let wanted: Vec<_> = wanted.into_iter().collect();
        seats.of_person(person).into_iter().find_map(|(id, rank)| {
            let shown = self.find_id(person, id)?;
            let is_direct = shown.attributes.kind == RoomKind::Direct;
            (is_direct && seats.people(id) == wanted).then(|| self.own(person, &shown, rank))
        })
    }

    /// Stores a new room with its first people, and tells them.
    async fn begin(
        &self,
        room: RoomAttributes,
        people: Vec<Seat>,
        notes: Vec<Change>,
        (by, connection): (PersonId, u64),
    ) -> Result<OwnRoom, Refusal> {
        let server = self.0;
        let id = room.id;
        server.rooms.add(room.clone())?;
        let people: Vec<_> = people.into_iter().map(|seat| Seat { room: id, ..seat }).collect();
        let mut changes = vec![Change::PutRoom(room)];
        changes.extend(people.iter().cloned().map(Change::Seat));
        changes.extend(notes);
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
}

/// What is said of a room as it is made, as a change of one of which nothing is said.
fn settings(make: &MakeRoom) -> SetRoom {
    SetRoom {
        topic: Some(make.topic.clone()),
        description: Some(make.description.clone()),
        order: make.order,
        speak: make.speak,
        invite: make.invite,
        see: make.see,
        moderate: make.moderate,
        groups: make.groups.clone(),
        ..SetRoom::default()
    }
}
