//! Bots: what a session that is one may do, and `bot_new`, `bots` and `bot_revoke` of their owners.

use throng_protocol::{Command, Fold, MakeBot, Refusal, RevokeBot, RoomId, RoomRef, RoomsPage};

use super::Session;
use crate::connection::ConnectionEnd;
use crate::identity::bots::Bot;
use crate::identity::people::Person;
use crate::moderation::Moderation;
use crate::rights::action::Place;
use crate::rights::policy::{Policy, Principal};
use crate::wire::answer::Answer;

impl Session {
    pub(super) async fn make_bot(
        &mut self,
        person: &Person,
        make: &MakeBot,
    ) -> Result<Answer, ConnectionEnd> {
        let (server, by, make) = (self.server(), self.actor(person), make.clone());
        let owner = person.id();
        let making = async move { Moderation(&server).make_bot(&by, owner, &make).await };
        Ok(self.whole(making).await?.map_or_else(Answer::from, Answer::MadeBot))
    }

    pub(super) fn list_bots(&self, person: &Person) -> Answer {
        Answer::Bots(Moderation(&self.connection.server).list_bots(person.id()))
    }

    pub(super) async fn revoke_bot(
        &mut self,
        person: &Person,
        revoke: &RevokeBot,
    ) -> Result<Answer, ConnectionEnd> {
        let (server, by, revoke) = (self.server(), self.actor(person), revoke.clone());
        let revoking = async move { Moderation(&server).revoke_bot(&by, &revoke).await.map(drop) };
        Ok(self.whole(revoking).await?.map_or_else(Answer::from, |()| Answer::Done))
    }

    /// The bot as the gate sees it.
    pub(super) fn bot_as_principal(&self, bot: &Bot) -> Principal {
        let server = &self.connection.server;
        match bot.has_ended(server.log.clock().now_ms()) {
            true => Principal::EndedBot,
            false => Principal::Bot(bot.role(&server.identity.accounts), bot.record.scopes),
        }
    }

    /// Whether the client may do this where it wants to: a bot may be bound to a list of rooms.
    pub(super) fn may_be_there(&self, command: &Command) -> Result<(), Refusal> {
        let Some(list) = self.list_of_rooms() else { return Ok(()) };
        match Place::of(command) {
            Place::Nowhere => Ok(()),
            Place::Server => Policy::may_be_in(Some(list), None),
            // What is no room's name is refused as such.
            Place::Room(room) => match RoomRef::parse(room) {
                Ok(room) => Policy::may_be_in(Some(list), self.id_of(&room)),
                Err(_) => Ok(()),
            },
        }
    }

    /// A room to join, for a bot that is bound to a list by its id: another room may get the name meanwhile.
    pub(super) fn within_list(&self, room: RoomRef) -> Result<RoomRef, Refusal> {
        let Some(list) = self.list_of_rooms() else { return Ok(room) };
        let id = self.id_of(&room);
        Policy::may_be_in(Some(list), id)?;
        Ok(id.map_or(room, RoomRef::Id))
    }

    /// The rooms of the list that there are, in the order of their folded names.
    pub(super) fn own_rooms(
        &self,
        list: &[RoomId],
        after: Option<&Fold>,
        part: Option<&Fold>,
        limit: usize,
    ) -> RoomsPage {
        let rooms = &self.connection.server.rooms;
        let viewer = self.person.as_ref().map(|person| person.id());
        let found = list.iter().filter_map(|id| {
            let shown = rooms.find(viewer, &RoomRef::Id(*id))?;
            Some((shown.fold.clone(), rooms.listing(*id)?))
        });
        let is_asked = |fold: &Fold| {
            after.is_none_or(|after| fold > after) && part.is_none_or(|part| fold.contains(part))
        };
        let mut found: Vec<_> = found.filter(|(fold, _)| is_asked(fold)).collect();
        found.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        let more = found.len() > limit;
        let rooms: Vec<_> = found.into_iter().take(limit).map(|(_, room)| room).collect();
        let after = rooms.last().filter(|_| more).map(|room| room.name.clone());
        RoomsPage { rooms, more, after }
    }

    fn list_of_rooms(&self) -> Option<&[RoomId]> {
        self.bot.as_ref().and_then(|bot| bot.rooms())
    }

    fn id_of(&self, room: &RoomRef) -> Option<RoomId> {
        match room {
            RoomRef::Id(id) => Some(*id),
            RoomRef::Name(_) => {
                let person = self.person.as_ref()?.id();
                let found = self.connection.server.rooms.find(Some(person), room);
                found.map(|shown| shown.attributes.id)
            }
        }
    }
}
