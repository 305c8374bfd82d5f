//! Who is in a room: inviting, joining for good, ranks, and the lists of both sides.

use throng_log::{Change, RoomAttributes, Seat};
use throng_protocol::{
    ErrorCode, Invite, ListMine, ListPeople, MineOk, Nick, PeopleOk, PersonId, Rank, Refusal,
    Right, RoomKind, SetRank, User,
};

use super::{Membership, known, seat_of};
use crate::actor::{Actor, note, person_ref};
use crate::identity::people::Person;
use crate::rooms::fence::{blocked, no_such_id};
use crate::rooms::handle::{Rule, Shown};

/// The most bytes of rooms in one answer, which has to fit into a frame with its envelope.
const MINE_BYTES: usize = 24 * 1024;

/// The most people in one answer: with names of full length they fit into a frame.
const PEOPLE_PAGE: usize = 100;

impl Membership<'_> {
    /// Asks somebody into a private room.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn invite(&self, person: &Person, invite: &Invite) -> Result<(), Refusal> {
        let (server, user) = (self.0, person.user());
        let _order = server.seats.order.lock().await;
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
        let _order = server.seats.order.lock().await;
        if self.find_id(user.id, room.id).is_none() {
            return Err(no_such_id());
        }
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

    /// Makes somebody a moderator of a room, or a member again.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn set_rank(&self, by: &Actor, set: &SetRank) -> Result<(), Refusal> {
        let server = self.0;
        let _order = server.seats.order.lock().await;
        let shown = self.kept(by, &set.room)?;
        let (subject, nick) = server.identity.find(&person_ref(&set.person)?).await?;
        let room = shown.attributes.id;
        let rank = set.rank.max(Rank::Member);
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
        if rank < Rank::Moderator {
            // They may have seen it as its moderator alone.
            server.rooms.enforce(Some(room), Rule::Sight).await;
        }
        self.tell(subject, &shown, rank, by.user(), None);
        Ok(())
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

    /// Whether somebody may invite into a room.
    ///
    /// # Errors
    /// Why not.
    pub(crate) fn may_invite(&self, person: PersonId, shown: &Shown) -> Result<(), Refusal> {
        let room = &shown.attributes;
        let rank = self.0.seats.rank(room.id, person);
        let is_enough = match room.kind {
            RoomKind::Direct => false,
            RoomKind::Private => {
                let is_named = || self.0.fence.is_named(person, room, Right::Invite);
                rank.is_some_and(|rank| rank >= room.invite || rank == Rank::Member && is_named())
                    || self.0.fence.keeps(person, room)
            }
            RoomKind::Public => {
                room.invite == Rank::Member
                    || self.0.fence.is_named(person, room, Right::Invite)
                    || self.0.fence.keeps(person, room)
            }
        };
        if is_enough {
            return Ok(());
        }
        let message = match room.kind {
            RoomKind::Direct => "nobody is invited to a direct room: open another one",
            RoomKind::Private | RoomKind::Public => {
                "only moderators of this room, and the people of its groups for that, may invite (`invite` of the room)"
            }
        };
        Err(Refusal::new(ErrorCode::Forbidden, message))
    }

    /// Whether somebody who comes into a room knows another one of that name that is private, or that only some see. It
    /// may have the name of a public one, which others can make at any time.
    pub(super) fn may_come(&self, person: PersonId, room: &RoomAttributes) -> Result<(), Refusal> {
        let fold = room.name.fold();
        let is_other = |id| {
            id != room.id
                && self.find_id(person, id).is_some_and(|it| it.is_closed() && it.fold == fold)
        };
        let own = self.0.seats.of_person(person);
        let is_known = own.into_iter().any(|(id, _)| is_other(id))
            || self.0.rooms.narrowed(person, &fold).is_some();
        match room.kind == RoomKind::Private && is_known {
            true => Err(known(&room.name)),
            false => Ok(()),
        }
    }
}
