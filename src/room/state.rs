//! What a room does with each thing that happens to it: plain values in, plain values out.
//!
//! No I/O, no clock, no tasks: [`State`] says what is to be done as [`Effect`]s, in order, and the
//! room's task does it. So tests can drive thousands of random histories through it by seed.
//!
//! `M` is the way to a member's outbox, `T` the duty to answer a command.

use std::collections::BTreeMap;

use throng_protocol::{Epoch, MembersPage, Message, PersonId, RoomName, Typing, User};

use super::owed::Cursor;
use super::roster::{Roster, Visit};
use super::tail::{Entry, PageSize, Tail};
use crate::chatlog::RoomRecord;

mod commit;
mod effect;
mod pages;
#[cfg(test)]
mod tests;

use commit::{Doubt, Filling};
pub(crate) use effect::{Answer, Asked, Effect, Read, Waiting, log_refusal};

/// The limits that a room keeps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) page: PageSize,
    /// Further behind than this, a join is `limited`.
    pub(crate) catch_up_max: u64,
    /// Up to so many people, lists tell who came and left.
    pub(crate) members_listed_max: usize,
    /// Up to so many people, typing is shown.
    pub(crate) typing_members_max: usize,
}

/// How many names a `typing` event tells.
const TYPING_NAMES_MAX: usize = 5;

/// `typing` and `members` are told at most so often, in milliseconds; `members` less often in large
/// rooms: one millisecond more per person, so that ten thousand cost a thousand sends a second.
const WHISPER_MS: u64 = 1_000;

/// A room.
pub(crate) struct State<M, T> {
    name: RoomName,
    epoch: Epoch,
    limits: Limits,
    tail: Tail,
    roster: Roster<M>,
    gathering: Vec<Waiting<T>>,
    gathering_bytes: usize,
    committing: Vec<Waiting<T>>,
    /// Committed messages beyond `head + 1`.
    early: BTreeMap<u64, Entry>,
    /// The highest seq that the log is known to have.
    log_head: u64,
    filling: Option<Filling>,
    doubt: Option<Doubt>,
    typing: Vec<(PersonId, String)>,
    typing_due: u64,
    members_due: u64,
}

impl<M, T> State<M, T> {
    /// A room as the log has it, with its newest messages.
    pub(crate) fn new(
        record: &RoomRecord,
        newest: &[Message],
        epoch: Epoch,
        limits: Limits,
    ) -> Self {
        Self {
            name: record.name.clone(),
            epoch,
            limits,
            tail: Tail::new(record.first, record.head, newest, limits.page),
            roster: Roster::new(limits.members_listed_max),
            gathering: Vec::new(),
            gathering_bytes: 0,
            committing: Vec::new(),
            early: BTreeMap::new(),
            log_head: record.head,
            filling: None,
            doubt: None,
            typing: Vec::new(),
            typing_due: 0,
            members_due: 0,
        }
    }

    pub(crate) fn name(&self) -> &RoomName {
        &self.name
    }

    pub(crate) fn head(&self) -> u64 {
        self.tail.head()
    }

    pub(crate) fn roster(&self) -> &Roster<M> {
        &self.roster
    }

    /// Whether nobody is here and nothing is under way.
    pub(crate) fn is_idle(&self) -> bool {
        self.roster.sessions() == 0
            && self.gathering.is_empty()
            && self.committing.is_empty()
            && self.filling.is_none()
    }

    /// A session joins, or joins again to read on.
    pub(crate) fn join(
        &mut self,
        visit: Visit,
        outbox: M,
        user: User,
        cursor: Cursor,
        ticket: T,
    ) -> Vec<Effect<T>> {
        if !self.roster.join(visit, outbox, user) {
            return vec![Effect::Answer(ticket, Answer::superseded())];
        }
        vec![self.answer_join(visit, cursor, ticket)]
    }

    /// A session leaves; whatever was read for it is void.
    pub(crate) fn leave(&mut self, visit: Visit, ticket: Option<T>) -> Vec<Effect<T>> {
        self.roster.leave(visit);
        ticket.map(|ticket| Effect::Answer(ticket, Answer::Done)).into_iter().collect()
    }

    /// A person has another nick.
    pub(crate) fn rename(&mut self, person: PersonId, nick: &str) {
        self.roster.rename(person, nick);
    }

    /// A member's outbox was full: it reads pages from now on. Returns whether it was live.
    pub(crate) fn fell_behind(&mut self, connection: u64) -> bool {
        let member = self.roster.get_mut(connection);
        member.is_some_and(|member| std::mem::take(&mut member.is_live))
    }

    /// Who is here.
    pub(crate) fn members(&self, ticket: T) -> Effect<T> {
        let room = self.info();
        Effect::Answer(ticket, Answer::Members(MembersPage { room, members: self.roster.sample() }))
    }

    /// A member is writing.
    pub(crate) fn typing(&mut self, connection: u64) {
        if self.roster.people() > self.limits.typing_members_max {
            return;
        }
        let Some(member) = self.roster.get(connection) else { return };
        let user = &member.user;
        let is_known = self.typing.iter().any(|(person, _)| *person == user.id);
        if !is_known && self.typing.len() < TYPING_NAMES_MAX {
            self.typing.push((user.id, user.nick.clone()));
        }
    }

    /// When [`State::tick`] wants to be called, in milliseconds of the caller's clock.
    pub(crate) fn next_tick(&self) -> Option<u64> {
        let typing = (!self.typing.is_empty()).then_some(self.typing_due);
        let members = self.roster.has_changed().then_some(self.members_due);
        let doubt = self.doubt.map(|doubt| doubt.due);
        [typing, members, doubt].into_iter().flatten().min()
    }

    /// Does what has become due.
    pub(crate) fn tick(&mut self, now_ms: u64) -> Vec<Effect<T>> {
        let mut effects = Vec::new();
        if !self.typing.is_empty() && self.typing_due <= now_ms {
            self.typing_due = now_ms + WHISPER_MS;
            let who = std::mem::take(&mut self.typing).into_iter().map(|(_, nick)| nick).collect();
            effects.extend(whisper(&Typing { room: self.name.as_str().to_owned(), who }));
        }
        if self.roster.has_changed() && self.members_due <= now_ms {
            self.members_due = now_ms + WHISPER_MS.max(self.roster.people() as u64);
            effects.extend(whisper(&self.roster.take_changes(self.name.as_str())));
        }
        effects.extend(self.resolve_doubt(now_ms));
        effects
    }
}

fn whisper<T>(event: &impl serde::Serialize) -> Option<Effect<T>> {
    serde_json::to_string(event).ok().map(Effect::Whisper)
}
