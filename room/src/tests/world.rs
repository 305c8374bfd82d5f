//! The world around one room: its clients, its log, and everything in flight between them.
//!
//! Every effect of the room passes through [`World::carry_out`], which checks each.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use throng_log::{Append, Appended, LogError, LogPage, Range, RoomRecord};
use throng_protocol::{ErrorCode, PersonId, Presence, Refusal, RoomChanged, User};

use super::log::{Log, epoch, person, said};
use crate::catch_up::Cursor;
use crate::effect::{Asked, Effect, Ephemeral, Read, Waiting};
use crate::recent::plain_entries::{Plain, name, room_id};
use crate::recent::{Encoded, PageSize};
use crate::roster::JoinId;
use crate::state::{Limits, State};

pub(super) struct World {
    pub(super) random: fastrand::Rng,
    pub(super) log: Log,
    pub(super) state: State<(), usize, Plain>,
    pub(super) limits: Limits,
    pub(super) now: u64,
    pub(super) tickets: Vec<Ticket>,
    pub(super) clients: BTreeMap<u64, Client>,
    /// The last seq that was shown.
    pub(super) head: u64,
    /// The first seq, according to the pages that the room has read.
    pub(super) first: u64,
    pub(super) commit: Option<Commit>,
    pub(super) reads: Vec<Reading>,
    /// A batch that failed, and that a repair of the log brings back.
    pub(super) lost: Vec<Append>,
    /// Everybody, as they are called and are there now.
    pub(super) users: HashMap<PersonId, User>,
    /// `first` of the page that is being delivered.
    pub(super) delivered_first: Option<u64>,
    /// The seqs whose `ok` said `dup: false`.
    pub(super) firsts: HashSet<u64>,
    version: u64,
    /// The members, according to the `members` events; `None` if those left it open.
    view: Option<HashMap<PersonId, User>>,
    typing_at: Option<u64>,
    pub(super) joins: u64,
}

pub(super) struct Ticket {
    pub(super) ask: Ask,
    pub(super) is_answered: bool,
}

pub(super) enum Ask {
    Join { connection: u64, cursor: Cursor, head: u64, first: u64 },
    Send { append: Append },
    History { asked: Asked, limit: Option<u64>, head: u64 },
    Members,
    Leave,
}

pub(super) struct Client {
    pub(super) person: u64,
    pub(super) stands: Stands,
    /// The last seq that it has.
    pub(super) last: Option<u64>,
    /// The number of its last join.
    pub(super) join: u64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Stands {
    Out,
    /// Waits for the answer to this join.
    Joining(usize),
    Live,
    Reading,
}

pub(super) struct Commit {
    batch: Vec<Append>,
    outcome: Option<Result<Vec<Appended>, LogError>>,
    tickets: Vec<usize>,
    /// The log's end before it took the batch.
    before: u64,
}

pub(super) struct Reading {
    read: Read<usize>,
    range: Range,
    outcome: Option<Result<Arc<LogPage>, LogError>>,
}

impl World {
    pub(super) fn new(seed: u64) -> Self {
        let mut random = fastrand::Rng::with_seed(seed);
        let limits = Limits {
            page: PageSize { events: random.usize(1..7), bytes: random.usize(200..2_500) },
            catch_up_max: random.u64(1..30),
            members_listed_max: random.usize(0..6),
            typing_members_max: random.usize(0..6),
        };
        let mut log = Log::new(random.usize(100..2_500));
        for number in 0..random.u64(0..30) {
            log.append(&[said(9, 1_000_000 + number, &text(&mut random))]);
        }
        log.first = if random.bool() { 1 } else { random.u64(1..=log.head() + 1) };
        let (first, head) = (log.first, log.head());
        let record = RoomRecord { id: room_id(), name: name(), first, head };
        let limit = limits.page.events as u32;
        let newest = log.page(Range::Before { seq: head + 1, limit }).entries;
        Self {
            state: State::new(
                &record,
                RoomChanged::public(record.id, record.name.as_str()),
                &newest,
                epoch(1),
                limits,
            ),
            limits,
            now: 0,
            tickets: Vec::new(),
            clients: BTreeMap::new(),
            head,
            first,
            commit: None,
            reads: Vec::new(),
            lost: Vec::new(),
            users: (1..=5)
                .map(|it| (person(it), User::new(person(it), format!("nick-{it}"))))
                .collect(),
            delivered_first: None,
            firsts: HashSet::new(),
            version: 0,
            joins: 0,
            view: Some(HashMap::new()),
            typing_at: None,
            log,
            random,
        }
    }

    pub(super) fn ticket(&mut self, ask: Ask) -> usize {
        self.tickets.push(Ticket { ask, is_answered: false });
        self.tickets.len() - 1
    }

    pub(super) fn join(&mut self, connection: u64, cursor: Cursor) {
        self.joins += 1;
        self.join_of(JoinId { connection, join: self.joins }, cursor, true);
    }

    /// A join arrives; one that has already been left changes nothing for its client.
    pub(super) fn join_of(&mut self, join_id: JoinId, cursor: Cursor, counts: bool) {
        let connection = join_id.connection;
        let ask = Ask::Join { connection, cursor, head: self.head, first: self.first };
        let ticket = self.ticket(ask);
        let who = self.clients.get_mut(&connection).expect("a client");
        who.join = join_id.join;
        if counts {
            who.stands = Stands::Joining(ticket);
        }
        let user = self.users[&person(who.person)].clone();
        let effects = self.state.join(join_id, (), user, cursor, ticket);
        self.carry_out(effects);
    }

    pub(super) fn send(&mut self, append: Append) {
        let code = if append.admit { ErrorCode::BadCommand } else { ErrorCode::RateLimited };
        let refusal = Some(Refusal::new(code, "too much, or no such message"));
        let ticket = self.ticket(Ask::Send { append: append.clone() });
        let refused = self.state.send(Waiting { append, refusal, flag: None, ticket });
        assert!(refused.is_none(), "a few sends are not too many");
    }

    pub(super) fn begin_commit(&mut self) {
        let waiting: Vec<_> = self.state.pending_batch.sends().iter().map(|it| it.ticket).collect();
        if let Some(batch) = self.state.begin_commit() {
            assert!(self.commit.is_none(), "two batches in flight");
            assert_eq!(batch.len(), waiting.len());
            self.commit = Some(Commit { batch, outcome: None, tickets: waiting, before: u64::MAX });
        }
    }

    /// The log takes the batch, or fails. Returns whether there was one to take.
    pub(super) fn log_takes_batch(&mut self, may_fail: bool) -> bool {
        let Some(commit) = &mut self.commit else { return false };
        if commit.outcome.is_some() {
            return false;
        }
        let lost = std::mem::take(&mut self.lost);
        self.log.append(&lost);
        commit.before = self.log.head();
        let luck = if may_fail { self.random.u8(..12) } else { 12 };
        if luck == 0 {
            self.lost.clone_from(&commit.batch);
        }
        let answers = if luck > 1 { Some(self.log.append(&commit.batch)) } else { None };
        let failure = || LogError::Unavailable("the disk is full".into());
        commit.outcome = Some(answers.filter(|_| luck > 2).ok_or_else(failure));
        true
    }

    pub(super) fn deliver_commit(&mut self) -> bool {
        let Some(Commit { outcome: Some(outcome), .. }) = &self.commit else { return false };
        let effects = self.state.committed(outcome.clone(), self.now);
        self.carry_out(effects);
        self.commit = None;
        true
    }

    /// One of the reads gets its snapshot of the log.
    pub(super) fn log_reads(&mut self, may_fail: bool) -> bool {
        let open: Vec<_> = self.reads.iter_mut().filter(|it| it.outcome.is_none()).collect();
        let Some(reading) = self.random.choice(open) else { return false };
        let fails = may_fail && self.random.u8(..10) == 0;
        let page = || Arc::new(self.log.page(reading.range));
        reading.outcome = Some(if fails { Err(LogError::Busy) } else { Ok(page()) });
        true
    }

    /// One of the pages that were read comes back, in any order.
    pub(super) fn deliver_page(&mut self) -> bool {
        let ready: Vec<_> =
            (0..self.reads.len()).filter(|at| self.reads[*at].outcome.is_some()).collect();
        let Some(at) = self.random.choice(ready) else { return false };
        let Reading { read, outcome, .. } = self.reads.swap_remove(at);
        let outcome = outcome.expect("a page");
        if let Ok(page) = &outcome {
            self.first = self.first.max(page.first.min(self.head + 1));
            self.delivered_first = Some(page.first);
        }
        let effects = self.state.page_read(read, outcome, self.now);
        self.carry_out(effects);
        self.delivered_first = None;
        true
    }

    pub(super) fn tick(&mut self, ms: u64) {
        self.now += ms;
        let effects = self.state.tick(self.now);
        self.carry_out(effects);
        let next = self.state.next_tick();
        assert!(next.is_none_or(|due| due > self.now), "a tick that is due for ever");
    }

    pub(super) fn carry_out(&mut self, effects: Vec<Effect<usize, Plain>>) {
        for effect in effects {
            match effect {
                Effect::Answer(ticket, answer) => self.check_answer(ticket, answer),
                Effect::Show(entries) => self.show(&entries),
                Effect::Ephemeral(event) => self.ephemeral(event),
                Effect::Flag(entry, _) => panic!("nothing is flagged: {entry:?}"),
                Effect::Tell(changed) => panic!("nobody has changed the room: {changed:?}"),
                Effect::Read(read, range) => {
                    let is_fill = |read: &Read<_>| matches!(read, Read::Gap);
                    let is_second = is_fill(&read) && self.reads.iter().any(|it| is_fill(&it.read));
                    assert!(!is_second, "two reads fill one hole");
                    self.reads.push(Reading { read, range, outcome: None });
                }
            }
        }
        assert_eq!(self.state.head(), self.head);
        for (connection, client) in &self.clients {
            let member = self.state.roster().get(*connection);
            assert_eq!(member.is_none(), client.stands == Stands::Out, "{connection}");
            let is_live = member.is_some_and(|member| member.is_live);
            assert_eq!(is_live, client.stands == Stands::Live, "{connection}: {:?}", client.stands);
        }
    }

    /// Fan-out: every live member gets the messages, as far as it has room for them.
    fn show(&mut self, entries: &[Plain]) {
        for entry in entries {
            assert_eq!(entry.seq(), self.head + 1, "a hole or a repetition");
            self.head += 1;
            self.check_entry(entry);
            let logged = self.log.entry(self.head).expect("shown, and not in the log");
            // An entry from before is answered as a duplicate, whenever that may be.
            let commit = self.commit.iter().filter(|commit| commit.before < self.head);
            for ticket in commit.flat_map(|commit| &commit.tickets) {
                let Ticket { ask: Ask::Send { append }, is_answered } = &self.tickets[*ticket]
                else {
                    panic!("only sends are committed")
                };
                let is_it = append.cid == logged.cid && append.sender == logged.sender;
                assert!(!is_it || *is_answered, "seq {} is shown before its answer", self.head);
            }
        }
        for (connection, client) in &mut self.clients {
            if client.stands != Stands::Live {
                assert!(!self.state.fell_behind(*connection), "it was not live");
                continue;
            }
            let is_full = self.random.u8(..20) == 0;
            let taken = if is_full { self.random.usize(..entries.len()) } else { entries.len() };
            for entry in &entries[..taken] {
                assert_eq!(Some(entry.seq()), client.last.map(|last| last + 1), "{connection}");
                client.last = Some(entry.seq());
            }
            if is_full {
                assert!(self.state.fell_behind(*connection));
                client.stands = Stands::Reading;
            }
        }
    }

    fn ephemeral(&mut self, event: Ephemeral) {
        let event = match event {
            Ephemeral::Typing(typing, hidden) => {
                assert!(!typing.who.is_empty() || !hidden.is_empty());
                assert!(typing.who.len() <= 5 && hidden.len() <= 5);
                assert!(hidden.iter().all(|(_, nick)| !typing.who.contains(nick)));
                assert!(self.typing_at.is_none_or(|at| self.now >= at + 1_000), "typing too often");
                self.typing_at = Some(self.now);
                return;
            }
            Ephemeral::Members(event) => {
                assert_eq!(event.room, room_id());
                event
            }
        };
        assert_eq!(event.version, self.version + 1);
        assert_eq!(event.count, self.people().len() as u64);
        assert_eq!((event.away, event.dnd), self.not_online());
        self.version = event.version;
        let is_listed = event.count <= self.limits.members_listed_max as u64;
        assert!(is_listed || event.joined.is_none());
        self.view = match (self.view.take(), event.joined, event.left) {
            (Some(mut view), Some(joined), Some(left)) => {
                view.extend(joined.into_iter().map(|user| (user.id, user)));
                view.retain(|person, _| !left.contains(person));
                Some(view)
            }
            _ => None,
        };
    }

    /// How many of the people who are here are away, and how many do not want to be disturbed.
    pub(super) fn not_online(&self) -> (u64, u64) {
        let people = self.people();
        let count = |it| people.values().filter(|user| user.presence == it).count() as u64;
        (count(Presence::Away), count(Presence::Dnd))
    }

    /// The people who are here.
    pub(super) fn people(&self) -> HashMap<PersonId, User> {
        let there = self.clients.values().filter(|client| client.stands != Stands::Out);
        there.map(|client| person(client.person)).map(|id| (id, self.users[&id].clone())).collect()
    }

    pub(super) fn check_view(&self) {
        if let Some(view) = &self.view {
            assert_eq!(*view, self.people(), "according to the members events");
        }
    }
}

pub(super) fn text(random: &mut fastrand::Rng) -> String {
    let longest = if random.u8(..4) == 0 { 900 } else { 40 };
    "x".repeat(random.usize(1..longest))
}
