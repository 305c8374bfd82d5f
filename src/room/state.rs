//! What a room does with each thing that happens to it: plain values in, plain values out.
//!
//! No I/O, no clock, no tasks: [`State`] says what is to be done as [`Effect`]s, in order, and the
//! room's task does it. So tests can drive thousands of random histories through it by seed.
//!
//! `M` is the way to a member's outbox, `T` the duty to answer a command.

use std::collections::BTreeMap;
use std::sync::Arc;

use throng_protocol::{
    Epoch, ErrorCode, MembersPage, Message, Page, PersonId, RoomInfo, RoomName, Sent, Typing, User,
};

use super::owed::{Cursor, Owed, owed};
use super::roster::Roster;
use super::tail::{Entry, PageSize, Tail};
use crate::chatlog::{Append, Appended, LogError, LogPage, Range, RoomRecord};
use crate::outbox::Refusal;

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

/// The most sends that gather while a batch is being committed. The inbox fills up behind them,
/// and then senders are told that the room is busy.
const GATHERED_MAX: usize = 1_024;

/// The most bytes of text that gather; a batch of large texts ends earlier.
const GATHERED_BYTES_MAX: usize = 1024 * 1024;

/// How many names a `typing` event tells.
const TYPING_NAMES_MAX: usize = 5;

/// `typing` and `members` are told at most so often, in milliseconds; `members` less often in large
/// rooms: one millisecond more per person, so that ten thousand cost a thousand sends a second.
const WHISPER_MS: u64 = 1_000;

/// How long to wait, in milliseconds, before the log is asked again what became of a batch whose
/// outcome is unknown.
const DOUBT_MS: u64 = 1_000;

/// What the room's task has to do, in this order.
#[derive(Debug)]
pub(crate) enum Effect<T> {
    /// Answer a command.
    Answer(T, Answer),
    /// Offer these messages to every live member.
    Show(Vec<Entry>),
    /// Offer this ephemeral event to every live member.
    Whisper(String),
    /// Commit this batch; the outcome comes back to [`State::committed`].
    Append(Vec<Append>),
    /// Read from the log; the page comes back to [`State::page_read`].
    Read(Read<T>, Range),
}

/// The answer to a command.
#[derive(Debug)]
pub(crate) enum Answer {
    Page(Page<Entry>),
    Sent(Sent),
    Members(MembersPage),
    Done,
    Refused(Refusal),
}

/// Why a page is read.
#[derive(Debug)]
pub(crate) enum Read<T> {
    /// A join from before the tail.
    Join { ticket: T, connection: u64, join: u32, after: u64, size: PageSize },
    /// A page of history.
    History { ticket: T, is_forward: bool, size: PageSize },
    /// A hole between the head and what came early, or doubt about a batch.
    Fill,
}

/// One thing to be committed, and who waits for it.
#[derive(Debug)]
pub(crate) struct Waiting<T> {
    pub(crate) append: Append,
    /// Why it is not admitted, where `append.admit` is false.
    pub(crate) refusal: Option<Refusal>,
    pub(crate) ticket: T,
}

/// Which page of history is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Asked {
    Latest,
    Before(u64),
    After(u64),
    Around(u64),
}

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
    is_filling: bool,
    /// When to ask the log about a batch whose outcome is unknown.
    doubt_due: Option<u64>,
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
            is_filling: false,
            doubt_due: None,
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

    /// Whether another command may be taken from the inbox.
    pub(crate) fn may_gather(&self) -> bool {
        self.gathering.len() < GATHERED_MAX && self.gathering_bytes < GATHERED_BYTES_MAX
    }

    /// Whether nobody is here and nothing is under way.
    pub(crate) fn is_idle(&self) -> bool {
        self.roster.sessions() == 0
            && self.gathering.is_empty()
            && self.committing.is_empty()
            && !self.is_filling
    }

    /// A session joins, or joins again to read on.
    pub(crate) fn join(
        &mut self,
        connection: u64,
        outbox: M,
        user: User,
        cursor: Cursor,
        ticket: T,
    ) -> Vec<Effect<T>> {
        let join = self.roster.join(connection, outbox, user);
        let limits = self.limits;
        match owed(cursor, self.epoch, &self.tail, limits.page, limits.catch_up_max) {
            Owed::Page { entries, is_live, limited, reset } => {
                if let Some(member) = self.roster.get_mut(connection) {
                    member.is_live = is_live;
                }
                let page = Page { limited, reset, ..self.page(entries, !is_live, true) };
                vec![Effect::Answer(ticket, Answer::Page(page))]
            }
            Owed::Read { after, size } => {
                let range = Range::After { seq: after, limit: limit(size) };
                vec![Effect::Read(Read::Join { ticket, connection, join, after, size }, range)]
            }
        }
    }

    /// A session leaves; whatever was read for it is void.
    pub(crate) fn leave(&mut self, connection: u64, ticket: Option<T>) -> Vec<Effect<T>> {
        self.roster.leave(connection);
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

    /// Something is to be said. It gathers until [`State::begin_commit`].
    pub(crate) fn send(&mut self, waiting: Waiting<T>) {
        self.typing.retain(|(person, _)| *person != waiting.append.sender);
        self.gathering_bytes += waiting.append.text.len();
        self.gathering.push(waiting);
    }

    /// Begins a commit of what has gathered, if none is under way.
    pub(crate) fn begin_commit(&mut self) -> Option<Effect<T>> {
        if self.gathering.is_empty() || !self.committing.is_empty() {
            return None;
        }
        self.gathering_bytes = 0;
        self.committing = std::mem::take(&mut self.gathering);
        Some(Effect::Append(self.committing.iter().map(|it| it.append.clone()).collect()))
    }

    /// The outcome of the batch. Senders are answered first, then everybody is shown.
    pub(crate) fn committed(
        &mut self,
        outcome: Result<Vec<Appended>, LogError>,
        now_ms: u64,
    ) -> Vec<Effect<T>> {
        let batch = std::mem::take(&mut self.committing);
        let mut effects = Vec::with_capacity(batch.len() + 2);
        let mut arrived = Vec::with_capacity(batch.len());
        match outcome {
            Ok(answers) => {
                for (waiting, appended) in batch.into_iter().zip(answers) {
                    let answer = self.settle(&waiting, &appended, &mut arrived);
                    effects.push(Effect::Answer(waiting.ticket, answer));
                }
            }
            Err(error) => {
                // The log may have committed the batch all the same.
                self.doubt_due = Some(now_ms + DOUBT_MS);
                for waiting in batch {
                    let answer = Answer::Refused(log_refusal(&error));
                    effects.push(Effect::Answer(waiting.ticket, answer));
                }
            }
        }
        effects.extend(self.arrive(arrived));
        effects
    }

    /// A page that was asked for by [`Effect::Read`].
    pub(crate) fn page_read(
        &mut self,
        read: Read<T>,
        outcome: Result<Arc<LogPage>, LogError>,
        now_ms: u64,
    ) -> Vec<Effect<T>> {
        match (read, outcome) {
            (Read::Fill, Ok(page)) => {
                self.is_filling = false;
                self.doubt_due = None;
                if page.messages.is_empty() {
                    // The log has nothing more: asking again would never end.
                    self.log_head = self.tail.head();
                }
                self.arrive(page.messages.iter().map(Entry::new).collect())
            }
            (Read::Fill, Err(_)) => {
                self.is_filling = false;
                self.doubt_due = Some(now_ms + DOUBT_MS);
                Vec::new()
            }
            (Read::Join { ticket, connection, join, after, size }, Ok(page)) => {
                self.joined_from_log(ticket, connection, join, after, size, &page)
            }
            (Read::History { ticket, is_forward, size }, Ok(page)) => {
                let entries = self.shown(&page, is_forward, size);
                vec![Effect::Answer(ticket, self.history_answer(entries, is_forward))]
            }
            (Read::Join { ticket, .. } | Read::History { ticket, .. }, Err(error)) => {
                vec![Effect::Answer(ticket, Answer::Refused(log_refusal(&error)))]
            }
        }
    }

    /// A page of history, from the tail where it has it.
    pub(crate) fn history(
        &mut self,
        asked: Asked,
        limit_asked: Option<u64>,
        ticket: T,
    ) -> Vec<Effect<T>> {
        let size = self.limits.page.at_most(Some(limit_asked.unwrap_or(u64::MAX).max(1)));
        let half = size.events as u64 / 2;
        let (is_forward, seq) = match asked {
            Asked::Latest => (false, self.tail.head() + 1),
            Asked::Before(seq) => (false, seq.min(self.tail.head() + 1)),
            Asked::After(seq) => (true, seq),
            Asked::Around(seq) => (true, seq.saturating_sub(half + 1)),
        };
        let found =
            if is_forward { self.tail.after(seq, size) } else { self.tail.before(seq, size) };
        match found {
            Some(entries) => {
                vec![Effect::Answer(ticket, self.history_answer(entries, is_forward))]
            }
            None => {
                let range = match is_forward {
                    true => Range::After { seq, limit: limit(size) },
                    false => Range::Before { seq, limit: limit(size) },
                };
                vec![Effect::Read(Read::History { ticket, is_forward, size }, range)]
            }
        }
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
        [typing, members, self.doubt_due].into_iter().flatten().min()
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
        if self.doubt_due.is_some_and(|due| due <= now_ms) {
            self.doubt_due = None;
            effects.extend(self.fill());
        }
        effects
    }

    /// What a sender is told, and what there is to be shown.
    fn settle(
        &mut self,
        waiting: &Waiting<T>,
        appended: &Appended,
        arrived: &mut Vec<Entry>,
    ) -> Answer {
        match *appended {
            Appended::Committed { seq, at } => {
                arrived.push(Entry::new(&self.message(&waiting.append, seq, at)));
                Answer::Sent(Sent { seq, at, dup: false })
            }
            Appended::Duplicate { seq, at } => {
                // It may be a message that was committed although its batch seemed to fail.
                self.log_head = self.log_head.max(seq);
                Answer::Sent(Sent { seq, at, dup: true })
            }
            Appended::Conflict => Answer::Refused(Refusal::conflict()),
            Appended::Refused => Answer::Refused(waiting.refusal.clone().unwrap_or_else(|| {
                Refusal::new(ErrorCode::Internal, "the message was not admitted")
            })),
        }
    }

    /// Takes committed messages, shows what follows the head, and keeps what came early until the
    /// hole before it is filled from the log.
    fn arrive(&mut self, entries: Vec<Entry>) -> Vec<Effect<T>> {
        let mut shown = Vec::with_capacity(entries.len());
        for entry in entries {
            self.log_head = self.log_head.max(entry.seq());
            if entry.seq() > self.tail.head() + 1 {
                self.early.insert(entry.seq(), entry);
            } else if entry.seq() == self.tail.head() + 1 {
                self.tail.push(entry.clone());
                shown.push(entry);
            }
        }
        while let Some(entry) = self.early.remove(&(self.tail.head() + 1)) {
            self.tail.push(entry.clone());
            shown.push(entry);
        }
        let head = self.tail.head();
        self.early.retain(|seq, _| *seq > head);
        let mut effects = Vec::with_capacity(2);
        if !shown.is_empty() {
            effects.push(Effect::Show(shown));
        }
        if self.log_head > head {
            effects.extend(self.fill());
        }
        effects
    }

    fn fill(&mut self) -> Option<Effect<T>> {
        if std::mem::replace(&mut self.is_filling, true) {
            return None;
        }
        let range = Range::After { seq: self.tail.head(), limit: limit(self.limits.page) };
        Some(Effect::Read(Read::Fill, range))
    }

    fn joined_from_log(
        &mut self,
        ticket: T,
        connection: u64,
        join: u32,
        after: u64,
        size: PageSize,
        page: &LogPage,
    ) -> Vec<Effect<T>> {
        let is_void = self.roster.get(connection).is_none_or(|member| member.joins != join);
        if is_void {
            let refusal = Refusal::new(
                ErrorCode::Superseded,
                "a later join or leave of this room came before the answer",
            );
            return vec![Effect::Answer(ticket, Answer::Refused(refusal))];
        }
        // Retention may have removed what the page was to begin with.
        let is_limited = page.first > after + 1;
        let entries =
            if is_limited { self.tail.latest(size) } else { self.shown(page, true, size) };
        let reached = entries.last().map_or(after, Entry::seq);
        let is_live = is_limited || reached >= self.tail.head();
        if let Some(member) = self.roster.get_mut(connection) {
            member.is_live = is_live;
        }
        let page = Page { limited: is_limited, ..self.page(entries, !is_live, true) };
        vec![Effect::Answer(ticket, Answer::Page(page))]
    }

    /// The messages of a page that members have been shown, as far as they fit. The log may be
    /// ahead of the room for a moment.
    fn shown(&self, page: &LogPage, is_forward: bool, size: PageSize) -> Vec<Entry> {
        let head = self.tail.head();
        let known = page.messages.iter().filter(|message| message.seq <= head);
        let mut bytes = 0;
        let mut fits = |entry: &Entry| {
            let is_first = bytes == 0;
            bytes += entry.json().len();
            is_first || bytes <= size.bytes
        };
        if is_forward {
            known.map(Entry::new).take_while(|entry| fits(entry)).collect()
        } else {
            let mut entries: Vec<Entry> =
                known.rev().map(Entry::new).take_while(|entry| fits(entry)).collect();
            entries.reverse();
            entries
        }
    }

    fn history_answer(&self, entries: Vec<Entry>, is_forward: bool) -> Answer {
        let more = match is_forward {
            true => entries.last().is_some_and(|last| last.seq() < self.tail.head()),
            false => entries.first().is_some_and(|first| first.seq() > self.tail.first()),
        };
        Answer::Page(self.page(entries, more, false))
    }

    fn page(&self, events: Vec<Entry>, more: bool, with_members: bool) -> Page<Entry> {
        Page {
            room: self.info(),
            first: self.tail.first(),
            head: self.tail.head(),
            events,
            more,
            limited: false,
            reset: false,
            members: with_members.then(|| self.roster.sample()),
        }
    }

    fn info(&self) -> RoomInfo {
        RoomInfo { name: self.name.as_str().to_owned() }
    }

    fn message(&self, append: &Append, seq: u64, at: u64) -> Message {
        Message {
            room: self.name.as_str().to_owned(),
            seq,
            cid: append.cid,
            from: User { id: append.sender, nick: append.nick.to_string() },
            kind: append.kind,
            text: append.text.to_string(),
            at,
        }
    }
}

fn limit(size: PageSize) -> u32 {
    u32::try_from(size.events).unwrap_or(u32::MAX)
}

fn whisper<T>(event: &impl serde::Serialize) -> Option<Effect<T>> {
    serde_json::to_string(event).ok().map(Effect::Whisper)
}

/// What a person is told when the log gives no answer.
pub(crate) fn log_refusal(error: &LogError) -> Refusal {
    match error {
        LogError::Unavailable(_) => Refusal::later(
            ErrorCode::StorageUnavailable,
            "the server cannot reach its log at the moment; whether the message was kept is not \
             known: try again with the same cid",
            2_000,
        ),
        LogError::Busy => {
            Refusal::later(ErrorCode::Busy, "the server has too much to read; try again", 500)
        }
    }
}
