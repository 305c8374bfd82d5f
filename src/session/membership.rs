//! Rooms that people make: `make_room`, `direct`, `invite`, `invite_link`, `accept`, `mine`, `people`, `set_room`,
//! `delete_room` and `rank`.

use std::sync::Arc;

use throng_protocol::{
    Accept, DeleteRoom, Invite, Leave, ListMine, ListPeople, MakeInviteLink, MakeRoom, OpenDirect,
    OwnRoom, Rank, Refusal, RoomId, SetRank, SetRoom,
};

use super::Session;
use super::dispatch::Outcome;
use crate::connection::ConnectionEnd;
use crate::delivery::ticket::Ticket;
use crate::identity::people::Person;
use crate::membership::Membership;
use crate::rooms::handle::Shown;
use crate::wire::answer::Answer;

impl Session {
    pub(super) async fn make_room(
        &mut self,
        person: &Arc<Person>,
        make: MakeRoom,
    ) -> Result<Answer, ConnectionEnd> {
        if let Err(refusal) = self.take_room(person) {
            return Ok(refusal.into());
        }
        let (server, by, person) = (self.server(), self.actor(person), Arc::clone(person));
        let from = self.connection.peer.id();
        self.room_of(async move { Membership(&server).make(&by, &person, from, &make).await }).await
    }

    pub(super) async fn open_direct(
        &mut self,
        person: &Arc<Person>,
        open: OpenDirect,
    ) -> Result<Answer, ConnectionEnd> {
        let server = self.server();
        match self.driving(Membership(&server).find_direct(person, &open)).await? {
            Ok(Some(found)) => return Ok(Answer::Room(Box::new(found))),
            Ok(None) => {}
            Err(refusal) => return Ok(refusal.into()),
        }
        if let Err(refusal) = self.take_room(person) {
            return Ok(refusal.into());
        }
        let (person, from) = (Arc::clone(person), self.connection.peer.id());
        self.room_of(async move { Membership(&server).direct(&person, from, &open).await }).await
    }

    pub(super) async fn invite(
        &mut self,
        person: &Arc<Person>,
        invite: Invite,
    ) -> Result<Answer, ConnectionEnd> {
        let (server, person) = (self.server(), Arc::clone(person));
        self.done(async move { Membership(&server).invite(&person, &invite).await }).await
    }

    pub(super) async fn make_invite_link(
        &mut self,
        person: &Arc<Person>,
        make: MakeInviteLink,
    ) -> Result<Answer, ConnectionEnd> {
        let (server, person) = (self.server(), Arc::clone(person));
        let made = self.whole(async move { Membership(&server).make_link(&person, &make).await });
        Ok(made.await?.map_or_else(Answer::from, Answer::InviteLink))
    }

    pub(super) async fn accept(
        &mut self,
        person: &Arc<Person>,
        accept: Accept,
    ) -> Result<Answer, ConnectionEnd> {
        let (server, person) = (self.server(), Arc::clone(person));
        let from = self.connection.peer.id();
        let accepting = async move { Membership(&server).accept(&person, from, &accept).await };
        let accepted = self.trying(accepting).await?;
        Ok(accepted.map_or_else(Answer::from, |room| Answer::Room(Box::new(room))))
    }

    pub(super) fn list_mine(&self, person: &Person, list: &ListMine) -> Answer {
        Answer::Mine(Membership(&self.connection.server).mine(person.id(), list))
    }

    pub(super) fn list_people(&self, person: &Person, list: &ListPeople) -> Answer {
        let people = Membership(&self.connection.server).people(Some(person.id()), list);
        people.map_or_else(Answer::from, Answer::People)
    }

    pub(super) async fn set_room(
        &mut self,
        person: &Person,
        set: SetRoom,
    ) -> Result<Answer, ConnectionEnd> {
        let (server, by) = (self.server(), self.actor(person));
        self.done(async move { Membership(&server).set(&by, &set).await }).await
    }

    pub(super) async fn delete_room(
        &mut self,
        person: &Person,
        delete: DeleteRoom,
    ) -> Result<Answer, ConnectionEnd> {
        let (server, by) = (self.server(), self.actor(person));
        self.done(async move { Membership(&server).delete(&by, &delete).await }).await
    }

    pub(super) async fn set_rank(
        &mut self,
        person: &Person,
        set: SetRank,
    ) -> Result<Answer, ConnectionEnd> {
        let (server, by) = (self.server(), self.actor(person));
        self.done(async move { Membership(&server).set_rank(&by, &set).await }).await
    }

    /// Leaves a room on every device.
    pub(super) async fn forget_room(
        &mut self,
        person: &Arc<Person>,
        leave: &Leave,
        ticket: Ticket,
    ) -> Result<Outcome, ConnectionEnd> {
        let server = self.server();
        let shown = match Membership(&server).seen(Some(person.id()), &leave.room) {
            Ok(shown) => shown,
            Err(refusal) => return Ok(Outcome::refused(ticket, refusal)),
        };
        let room = shown.attributes.id;
        let leaving = person.id();
        let work = async move { Membership(&server).forget(leaving, &shown).await };
        if let Err(refusal) = self.whole(work).await? {
            return Ok(Outcome::refused(ticket, refusal));
        }
        match self.rooms.iter().position(|joined| joined.room.id() == room) {
            Some(at) => {
                self.rooms.swap_remove(at).ticket = Some(Box::new(ticket));
                Ok(Outcome::HandedOver)
            }
            None => Ok(Outcome::Answered(ticket, Answer::Done)),
        }
    }

    /// Whether joining a room gives the person a seat there.
    pub(super) fn gets_seat(&self, person: &Person, room: RoomId, is_closed: bool) -> bool {
        let server = &self.connection.server;
        let rank = server.seats.rank(room, person.id());
        match is_closed {
            true => rank == Some(Rank::Invited),
            false => rank.is_none() && server.identity.accounts.has_account(person.id()),
        }
    }

    /// Gives the person a seat in a room that they join.
    pub(super) async fn take_seat(
        &self,
        person: &Arc<Person>,
        shown: Arc<Shown>,
    ) -> Result<Result<(), Refusal>, ConnectionEnd> {
        let (server, person) = (self.server(), Arc::clone(person));
        let connection = self.connection.peer.id();
        self.whole(async move { Membership(&server).entered(&person, &shown, connection).await })
            .await
    }

    async fn room_of(
        &self,
        work: impl Future<Output = Result<OwnRoom, Refusal>> + Send + 'static,
    ) -> Result<Answer, ConnectionEnd> {
        let made = self.whole(work).await?;
        Ok(made.map_or_else(Answer::from, |room| Answer::Room(Box::new(room))))
    }
}
