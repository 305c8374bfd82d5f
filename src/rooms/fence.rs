//! The judgement of a room's task, in the order of the sends: who may enter, and who may say something.
//!
//! What it forbids is said in the same words as by a room that does not exist, where somebody must not know of
//! the room.

use std::sync::Arc;

use throng_log::{Entry, RoomAttributes};
use throng_protocol::{ErrorCode, PersonId, Rank, Refusal, Right, Role, RoomKind};

use crate::distances::Distances;
use crate::filter::{Filters, Judged};
use crate::groups::Groups;
use crate::identity::accounts::Accounts;
use crate::identity::bots::Bots;
use crate::raid::Raid;
use crate::restrictions::Restrictions;
use crate::seats::Seats;
use crate::wire::entry::Sight;

/// What a room's task asks.
pub(crate) struct Fence {
    pub(crate) restrictions: Arc<Restrictions>,
    pub(crate) seats: Arc<Seats>,
    pub(crate) groups: Arc<Groups>,
    pub(crate) accounts: Arc<Accounts>,
    pub(crate) bots: Arc<Bots>,
    pub(crate) distances: Arc<Distances>,
    pub(crate) raid: Arc<Raid>,
    pub(crate) filters: Arc<Filters>,
}

impl Fence {
    /// Whether somebody may be in a room.
    ///
    /// # Errors
    /// Why not.
    pub(crate) fn may_enter(
        &self,
        person: PersonId,
        room: &RoomAttributes,
        now_ms: u64,
    ) -> Result<(), Refusal> {
        if self.is_shut_to(person, room) {
            return Err(no_such_id());
        }
        match self.restrictions.on_join(person, room.id, now_ms) {
            Some(held) => Err(held.refusal(now_ms)),
            None => Ok(()),
        }
    }

    /// Whether somebody may say something in a room.
    ///
    /// # Errors
    /// Why not.
    pub(crate) fn may_speak(
        &self,
        person: PersonId,
        room: &RoomAttributes,
        now_ms: u64,
    ) -> Result<(), Refusal> {
        if self.is_shut_to(person, room) {
            let message = "you are not in this room: join it first";
            return Err(Refusal::new(ErrorCode::NotJoined, message));
        }
        if let Some(held) = self.restrictions.on_send(person, room.id, now_ms) {
            return Err(held.refusal(now_ms));
        }
        if room.kind == RoomKind::Direct && self.is_blocked_in(person, room) {
            return Err(blocked());
        }
        if let Some(held) = self.raid.on_guest(person, || now_ms)
            && self.bots.find(person).is_none()
        {
            let what = "guests can read, and say something again when it is over";
            return Err(held.refusal(what, now_ms));
        }
        if room.archived {
            let message = "this room is archived: it is there to be read";
            return Err(Refusal::new(ErrorCode::Forbidden, message));
        }
        if !self.may_speak_by_right(person, room) {
            let who = self.who_has(room, Right::Speak, room.speak.name());
            let message = format!("in this room only its moderators and {who} say something");
            return Err(Refusal::new(ErrorCode::Forbidden, message));
        }
        Ok(())
    }

    /// Whether nobody else is to see what somebody says in a room.
    pub(crate) fn hides(&self, person: PersonId, room: &RoomAttributes, now_ms: u64) -> bool {
        self.restrictions.shadow(person, room.id, now_ms).is_some()
    }

    /// How somebody sees what another one has said that is not for everybody.
    pub(crate) fn sight(&self, viewer: PersonId, sender: PersonId, room: &RoomAttributes) -> Sight {
        if self.restrictions.are_one(viewer, sender) {
            Sight::Own
        } else if self.keeps(viewer, room) {
            Sight::Keeper
        } else {
            Sight::Other
        }
    }

    /// Whether somebody sees nothing of an entry. Nothing is hidden from the server itself.
    pub(crate) fn is_hidden_from(
        &self,
        viewer: Option<PersonId>,
        entry: &Entry,
        room: &RoomAttributes,
    ) -> bool {
        let sees = |viewer| self.sight(viewer, entry.sender, room) != Sight::Other;
        entry.is_hidden() && !viewer.is_none_or(sees)
    }

    /// Whether what a room narrows lets somebody say something there.
    pub(crate) fn may_speak_by_right(&self, person: PersonId, room: &RoomAttributes) -> bool {
        room.speak == Role::Guest || self.has_right(person, room, Right::Speak, room.speak)
    }

    /// Whether somebody may know that there is a room.
    pub(crate) fn may_know(&self, person: PersonId, room: &RoomAttributes) -> bool {
        match room.kind {
            RoomKind::Public => {
                room.see == Role::Guest || self.has_right(person, room, Right::See, room.see)
            }
            RoomKind::Private | RoomKind::Direct => self.seats.rank(room.id, person).is_some(),
        }
    }

    /// Whether somebody is in one of the groups that a room names for a right.
    pub(crate) fn is_named(&self, person: PersonId, room: &RoomAttributes, right: Right) -> bool {
        self.groups.has_any(room.groups_for(right), self.in_groups_as(person))
    }

    /// Whose groups count for somebody: a bot is in those of its owner.
    pub(crate) fn in_groups_as(&self, person: PersonId) -> PersonId {
        self.bots.find(person).map_or(person, |bot| bot.record.owner)
    }

    /// Who has a right in a room, in words: those with the role, and the groups.
    pub(crate) fn who_has(&self, room: &RoomAttributes, right: Right, least: &str) -> String {
        let names = self.groups.names(room.groups_for(right));
        match &*names {
            [] => format!("people with the role {least}"),
            [one] => format!("people with the role {least} or in the group {one}"),
            more => {
                format!("people with the role {least} or in one of the groups {}", more.join(", "))
            }
        }
    }

    /// Whether the filters let a text pass that was matched before, and why it is to be looked at, if it is.
    ///
    /// # Errors
    /// When a filter refuses it, or another one holds since.
    pub(crate) fn filter(
        &self,
        person: PersonId,
        room: &RoomAttributes,
        judged: &Judged,
    ) -> Result<Option<Box<str>>, Refusal> {
        self.filters.still_holds(judged, room.id)?;
        let flag = judged.outcome(|| self.role_in(person, room))?;
        // Nobody keeps a direct room: what is said there is for those who are in it.
        Ok(flag.filter(|_| room.kind != RoomKind::Direct))
    }

    /// What somebody may do in a room: who keeps it has at least the role of a moderator there.
    pub(crate) fn role_in(&self, person: PersonId, room: &RoomAttributes) -> Role {
        let role = self.role(person);
        if self.keeps(person, room) { role.max(Role::Moderator) } else { role }
    }

    /// Whether somebody keeps a room: its moderators, and those of the server where they may know of it.
    pub(crate) fn keeps(&self, person: PersonId, room: &RoomAttributes) -> bool {
        let rank = self.seats.rank(room.id, person);
        match room.kind {
            RoomKind::Direct => false,
            RoomKind::Private => match rank {
                Some(Rank::Moderator) => true,
                Some(Rank::Member) => self.is_staff(person, room),
                Some(Rank::Invited) | None => false,
            },
            RoomKind::Public => {
                rank == Some(Rank::Moderator)
                    || self.is_staff(person, room) && self.may_know(person, room)
            }
        }
    }

    /// Whether somebody is one of the server's moderators who keep a room.
    fn is_staff(&self, person: PersonId, room: &RoomAttributes) -> bool {
        let role = self.role(person);
        role >= Role::Moderator
            && (role >= room.moderate || self.is_named(person, room, Right::Moderate))
    }

    /// Whether the other one of a direct room of two has blocked somebody.
    fn is_blocked_in(&self, person: PersonId, room: &RoomAttributes) -> bool {
        match *self.seats.people(room.id) {
            [one, other] => {
                let by = if one == person { other } else { one };
                self.distances.is_blocked(by, person)
            }
            _ => false,
        }
    }

    /// What somebody may do on the whole server, a person or a bot.
    fn role(&self, person: PersonId) -> Role {
        self.bots.role_of(&self.accounts, person)
    }

    /// Whether somebody has a right that a room narrows: by their role, by a group, or as the room's moderator.
    fn has_right(
        &self,
        person: PersonId,
        room: &RoomAttributes,
        right: Right,
        least: Role,
    ) -> bool {
        self.role(person) >= least
            || self.is_named(person, room, right)
            || self.seats.rank(room.id, person) == Some(Rank::Moderator)
    }

    /// Whether a room is not there for somebody.
    pub(crate) fn is_shut_to(&self, person: PersonId, room: &RoomAttributes) -> bool {
        let is_in = || self.seats.rank(room.id, person).is_some_and(|rank| rank >= Rank::Member);
        let is_open = match room.kind {
            RoomKind::Public => self.may_know(person, room),
            RoomKind::Private | RoomKind::Direct => is_in(),
        };
        room.deleted || !is_open
    }
}

/// The refusal for who is blocked by somebody.
pub(crate) fn blocked() -> Refusal {
    let message = "this person takes no direct messages and no invitations from you";
    Refusal::new(ErrorCode::Forbidden, message)
}

/// The refusal where there is no room with an id: also where somebody must not know that there is one.
pub(crate) fn no_such_id() -> Refusal {
    Refusal::new(ErrorCode::NoSuchRoom, "there is no room with this id")
}
