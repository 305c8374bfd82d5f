//! A room's logic: plain values in, plain values out.
//!
//! No I/O, no clock, no tasks: [`State`] returns [`Effect`]s in order, and the room's task carries them out.
//! So tests can drive thousands of random histories through it by seed.
//!
//! `M` is the way to a member's outbox, `T` the duty to answer a command, `E` an entry as clients
//! get it.

use std::collections::BTreeMap;

use throng_log::{Entry, RoomRecord};
use throng_protocol::{
    Epoch, MembersPage, PersonId, Presence, Rank, Right, Role, RoomChanged, RoomId, RoomInfo,
    RoomKind, Typing, User,
};

use crate::catch_up::Cursor;
use crate::changes::Changes;
use crate::effect::{Answer, Effect, Ephemeral, Waiting};
use crate::pending_batch::PendingBatch;
use crate::recent::{Encoded, PageSize, Recent};
use crate::roster::{JoinId, Roster};
use crate::unknown_outcome::{Doubt, GapRead};

/// The limits of a room.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How large a page may be.
    pub page: PageSize,
    /// Further behind than this, a join is `limited`.
    pub catch_up_max: u64,
    /// Up to this many people, `members` lists who came and left.
    pub members_listed_max: usize,
    /// Up to this many people, typing is shown.
    pub typing_members_max: usize,
}

/// The most names in a `typing` event.
pub const TYPING_NAMES_MAX: usize = 5;

/// `typing` and `members` go out at most once in this many milliseconds; `members` less often in large
/// rooms: one millisecond more per person, so that ten thousand cost a thousand sends a second.
const EPHEMERAL_MS: u64 = 1_000;

/// Somebody who is typing.
pub(crate) struct Typist {
    pub(crate) person: PersonId,
    nick: String,
    /// Whether nobody else is shown it.
    is_hidden: bool,
}

/// A room.
pub struct State<M, T, E> {
    pub(crate) info: RoomInfo,
    pub(crate) description: String,
    pub(crate) epoch: Epoch,
    pub(crate) limits: Limits,
    /// The bytes of a page of a room of which nothing else is said.
    page_bytes: usize,
    pub(crate) recent: Recent<E>,
    pub(crate) changes: Changes<E>,
    pub(crate) roster: Roster<M>,
    pub(crate) pending_batch: PendingBatch<T>,
    pub(crate) batch_in_flight: Vec<Waiting<T>>,
    /// Committed entries beyond `head + 1`.
    pub(crate) beyond_gap: BTreeMap<u64, E>,
    /// The highest seq that the log is known to have.
    pub(crate) log_head: u64,
    pub(crate) gap_read: Option<GapRead>,
    pub(crate) doubt: Option<Doubt>,
    pub(crate) typing: Vec<Typist>,
    typing_due: u64,
    members_due: u64,
}

impl<M, T, E: Encoded> State<M, T, E> {
    /// A room as the log has it, with its newest entries.
    ///
    /// `shown` is what its members are shown of it.
    pub fn new(
        record: &RoomRecord,
        shown: RoomChanged,
        newest: &[Entry],
        epoch: Epoch,
        limits: Limits,
    ) -> Self {
        let mut state = Self {
            info: shown.room,
            description: shown.description,
            epoch,
            limits,
            page_bytes: limits.page.bytes,
            recent: Recent::new(record.id, record.first, record.head, newest, limits.page),
            changes: Changes::default(),
            roster: Roster::new(limits.members_listed_max),
            pending_batch: PendingBatch::new(),
            batch_in_flight: Vec::new(),
            beyond_gap: BTreeMap::new(),
            log_head: record.head,
            gap_read: None,
            doubt: None,
            typing: Vec::new(),
            typing_due: 0,
            members_due: 0,
        };
        state.fit_pages();
        state
    }

    /// The room's id.
    pub fn id(&self) -> RoomId {
        self.info.id
    }

    /// The room is called otherwise, or something else is said of it.
    pub fn set_shown(&mut self, shown: RoomChanged) {
        (self.info, self.description) = (shown.room, shown.description);
        self.fit_pages();
    }

    fn fit_pages(&mut self) {
        let said = said_bytes(&self.info) + text_bytes("description", &self.description);
        self.limits.page.bytes = self.page_bytes.saturating_sub(said);
    }

    /// The last seq that members have been shown.
    pub fn head(&self) -> u64 {
        self.recent.head()
    }

    /// The members.
    pub fn roster(&self) -> &Roster<M> {
        &self.roster
    }

    /// Whether nobody is here and nothing is in progress.
    pub fn is_idle(&self) -> bool {
        self.roster.sessions() == 0
            && self.pending_batch.is_empty()
            && self.batch_in_flight.is_empty()
            && self.gap_read.is_none()
    }

    /// A session joins, or joins again to read on.
    pub fn join(
        &mut self,
        join_id: JoinId,
        outbox: M,
        user: User,
        cursor: Cursor,
        ticket: T,
    ) -> Vec<Effect<T, E>> {
        if !self.roster.join(join_id, outbox, user) {
            return vec![Effect::Answer(ticket, Answer::superseded())];
        }
        vec![self.answer_join(join_id, cursor, ticket)]
    }

    /// A session leaves; pages that are being read for it become void.
    pub fn leave(&mut self, join_id: JoinId, ticket: Option<T>) -> Vec<Effect<T, E>> {
        self.roster.leave(join_id);
        ticket.map(|ticket| Effect::Answer(ticket, Answer::Done)).into_iter().collect()
    }

    /// Takes every session of these people out, and returns their joins and outboxes.
    pub fn remove_where(&mut self, is_meant: impl Fn(PersonId) -> bool) -> Vec<(JoinId, M)>
    where
        M: Clone,
    {
        self.typing.retain(|it| !is_meant(it.person));
        self.roster.remove_where(is_meant)
    }

    /// How many batches are still to be shown: the one in the log, and the one behind it.
    pub fn batches(&self) -> usize {
        usize::from(!self.batch_in_flight.is_empty()) + usize::from(!self.pending_batch.is_empty())
    }

    /// A person has another nick.
    pub fn rename(&mut self, person: PersonId, nick: &str) {
        self.roster.rename(person, nick);
    }

    /// The person of a connection is there otherwise than before.
    pub fn set_presence(&mut self, connection: u64, presence: Presence) {
        self.roster.set_presence(connection, presence);
    }

    /// A member's outbox was full: it reads pages from now on. Returns whether it was live.
    pub fn fell_behind(&mut self, connection: u64) -> bool {
        let member = self.roster.get_mut(connection);
        member.is_some_and(|member| std::mem::take(&mut member.is_live))
    }

    /// The answer to `members`.
    pub fn members(&self, ticket: T) -> Effect<T, E> {
        let room = self.info.clone();
        Effect::Answer(ticket, Answer::Members(MembersPage { room, members: self.roster.sample() }))
    }

    /// A member is typing; with `is_hidden`, nobody else is shown it.
    pub fn typing(&mut self, connection: u64, is_hidden: bool) {
        if self.roster.people() > self.limits.typing_members_max {
            return;
        }
        let Some(member) = self.roster.get(connection) else { return };
        let user = &member.user;
        let is_known = self.typing.iter().any(|it| it.person == user.id);
        // Those who are hidden take no place from others.
        let places = self.typing.iter().filter(|it| it.is_hidden == is_hidden).count();
        if !is_known && places < TYPING_NAMES_MAX {
            self.typing.push(Typist { person: user.id, nick: user.nick.clone(), is_hidden });
        }
    }

    /// When to call [`State::tick`], in milliseconds of the caller's clock.
    pub fn next_tick(&self) -> Option<u64> {
        let typing = (!self.typing.is_empty()).then_some(self.typing_due);
        let members = self.roster.has_changed().then_some(self.members_due);
        let doubt = self.doubt.map(|doubt| doubt.due);
        [typing, members, doubt].into_iter().flatten().min()
    }

    /// Does what has become due.
    pub fn tick(&mut self, now_ms: u64) -> Vec<Effect<T, E>> {
        let mut effects = Vec::new();
        if !self.typing.is_empty() && self.typing_due <= now_ms {
            self.typing_due = now_ms + EPHEMERAL_MS;
            let all = std::mem::take(&mut self.typing);
            let (hidden, shown): (Vec<_>, Vec<_>) = all.into_iter().partition(|it| it.is_hidden);
            let who = shown.into_iter().map(|it| it.nick).collect();
            let typing = Typing { room: self.info.id, who };
            let hidden = hidden.into_iter().map(|it| (it.person, it.nick)).collect();
            effects.push(Effect::Ephemeral(Ephemeral::Typing(typing, hidden)));
        }
        if self.roster.has_changed() && self.members_due <= now_ms {
            self.members_due = now_ms + EPHEMERAL_MS.max(self.roster.people() as u64);
            let members = self.roster.take_changes(self.info.id);
            effects.push(Effect::Ephemeral(Ephemeral::Members(members)));
        }
        effects.extend(self.resolve_doubt(now_ms));
        effects
    }
}

/// The most bytes on the wire of what is said of a room besides its name and its description, where something is.
fn said_bytes(info: &RoomInfo) -> usize {
    let rest = [
        (info.see > Role::Guest, r#","see":"administrator""#),
        (info.moderate != Role::Moderator, r#","moderate":"administrator""#),
        (info.order > 0, r#","order":4294967295"#),
        (info.kind != RoomKind::Public, r#","kind":"private""#),
        (info.speak > Role::Guest, r#","speak":"administrator""#),
        (info.slow_ms > 0, r#","slow_ms":99999999"#),
        (info.invite != Rank::Member, r#","invite":"moderator""#),
        (info.archived, r#","archived":true"#),
    ];
    let rest = rest.iter().filter(|(is_said, _)| *is_said).map(|(_, text)| text.len());
    text_bytes("topic", &info.topic) + groups_bytes(info) + rest.sum::<usize>()
}

/// A text has no control characters but line breaks, so an escape takes one byte more.
fn text_bytes(field: &str, text: &str) -> usize {
    if text.is_empty() { 0 } else { r#","":"""#.len() + field.len() + 2 * text.len() }
}

/// The names of groups have nothing to escape.
fn groups_bytes(info: &RoomInfo) -> usize {
    if info.groups.is_none() {
        return 0;
    }
    let of = |right: Right| {
        let names = info.groups_for(right).iter().map(|name| r#","""#.len() + name.len());
        r#","":[]"#.len() + right.name().len() + names.sum::<usize>()
    };
    r#","groups":{}"#.len() + Right::ALL.into_iter().map(of).sum::<usize>()
}
