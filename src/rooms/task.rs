//! A room: one task, so that the log and the fan-out have the same order, without locks.
//!
//! Sessions send it commands through [`Handle`]; it sends batches to the log and frames to the members'
//! outboxes. Its logic is in the crate `throng_room`; this file is the thin layer of I/O around it.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use async_channel::Receiver;
use async_io::Timer;
use futures::channel::oneshot;
use futures::future::{BoxFuture, poll_fn};
use futures::stream::{FuturesUnordered, StreamExt};
use throng_log::clock;
use throng_log::{Appended, Body, Log, LogError, LogPage, Range, RoomRecord};
use throng_protocol::{ErrorCode, PersonId, Refusal, Removed};
use throng_room::{Answer, Ephemeral, JoinId, Limits, Read, Waiting};

use super::fanout::Fanout;
use super::handle::{Command, Enforce, Handle, Note, Rule, Shown};
use super::room_state::{Effect, State};
use crate::base::metrics::Metrics;
use crate::base::tasks::yield_now;
use crate::delivery::peer::Peer;
use crate::delivery::ticket::Ticket;
use crate::filter::Judged;
use crate::rooms::fence::Fence;
use crate::rooms::flagged::{Flagged, FlaggedQueue};
use crate::wire::codec;
use crate::wire::entry::Entry;

/// How many commands a room takes before it looks at everything else and other tasks run. A page takes up to
/// a tenth of a millisecond to encode and write.
const COMMANDS_AT_ONCE: usize = 16;

/// How long an empty room stays in memory: people who lost their connection come back to it, without a read
/// of the log.
const LINGER_MS: u64 = 30_000;

/// What somebody reads who is taken out of a room that they may not see any more.
const UNSEEN: &str = "this room is not for you any more";

/// In slow mode: from this many people on, those who may speak again are forgotten.
const SPOKEN_MAX: usize = 1_000;

/// The parts of the server that a room's task uses.
#[derive(Clone)]
pub(crate) struct Surroundings {
    pub(crate) log: Arc<dyn Log>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) limits: Limits,
    pub(crate) fence: Arc<Fence>,
    pub(crate) flagged: Arc<FlaggedQueue>,
}

type PageRead = BoxFuture<'static, (Read<Ticket>, Result<Arc<LogPage>, LogError>)>;

/// A room's task.
pub(crate) struct Room {
    handle: Arc<Handle>,
    inbox: Pin<Box<Receiver<Box<Command>>>>,
    around: Surroundings,
    state: State,
    batch_in_flight: Option<BoxFuture<'static, Result<Vec<Appended>, LogError>>>,
    page_reads: FuturesUnordered<PageRead>,
    timer: Timer,
    timer_due: Option<u64>,
    idle_since: u64,
    /// What this room has added to the metric of all members.
    counted: i64,
    /// Who waits until what was taken before is shown, and for how many batches.
    fences: Vec<(usize, oneshot::Sender<()>)>,
    /// In slow mode: when somebody said something last.
    spoken: HashMap<PersonId, u64>,
}

enum Step {
    Command(Box<Command>),
    Notes(Vec<Note>),
    Committed(Result<Vec<Appended>, LogError>),
    PageRead(Read<Ticket>, Result<Arc<LogPage>, LogError>),
    Due,
}

impl Room {
    /// Loads the room from the log.
    ///
    /// # Errors
    /// When the log does not answer; then there is no room, and those who wait get the error.
    pub(crate) async fn load(
        handle: Arc<Handle>,
        inbox: Receiver<Box<Command>>,
        around: Surroundings,
    ) -> Result<Self, (LogError, Receiver<Box<Command>>)> {
        match load_state(&handle, &around).await {
            Ok(state) => Ok(Self {
                handle,
                inbox: Box::pin(inbox),
                around,
                state,
                batch_in_flight: None,
                page_reads: FuturesUnordered::new(),
                timer: Timer::never(),
                timer_due: None,
                idle_since: clock::now_ms(),
                counted: 0,
                fences: Vec::new(),
                spoken: HashMap::new(),
            }),
            Err(error) => Err((error, inbox)),
        }
    }

    /// Runs until the room is empty and `retire` returns that it has left the map.
    pub(crate) async fn run(mut self, retire: impl Fn(&Handle) -> bool) {
        loop {
            let step = poll_fn(|cx| self.poll_step(cx)).await;
            let is_commit = matches!(step, Step::Committed(_));
            let effects = self.decide(step);
            if self.state.has_large_batch() {
                // The next batch is written to disk while this one goes out.
                self.begin_commit();
            }
            self.carry_out(effects).await;
            if is_commit {
                self.pass_fences();
            }
            // What else is there joins the same batch. Each command's effects come before the next
            // command is looked at: a page must not tell what is still to be shown.
            for _ in 0..COMMANDS_AT_ONCE {
                let Ok(command) = self.inbox.try_recv() else { break };
                let effects = self.decide(Step::Command(command));
                self.carry_out(effects).await;
            }
            self.begin_commit();
            if self.may_end() && retire(&self.handle) {
                return;
            }
            yield_now().await;
        }
    }

    fn begin_commit(&mut self) {
        if let Some(batch) = self.state.begin_commit() {
            self.batch_in_flight = Some(self.around.log.append(self.handle.in_log(), batch));
        }
    }

    fn poll_step(&mut self, cx: &mut Context<'_>) -> Poll<Step> {
        self.handle.wake_at_notes(cx.waker());
        let notes = self.handle.take_notes();
        if !notes.is_empty() {
            return Poll::Ready(Step::Notes(notes));
        }
        for (connection, presence) in self.handle.take_presences() {
            self.state.set_presence(connection, presence);
        }
        if let Some(commit) = &mut self.batch_in_flight
            && let Poll::Ready(outcome) = commit.as_mut().poll(cx)
        {
            self.batch_in_flight = None;
            return Poll::Ready(Step::Committed(outcome));
        }
        if let Poll::Ready(Some((read, outcome))) = self.page_reads.poll_next_unpin(cx) {
            return Poll::Ready(Step::PageRead(read, outcome));
        }
        if let Poll::Ready(Some(command)) = self.inbox.poll_next_unpin(cx) {
            return Poll::Ready(Step::Command(command));
        }
        self.poll_timer(cx)
    }

    fn poll_timer(&mut self, cx: &mut Context<'_>) -> Poll<Step> {
        let now = clock::now_ms();
        let end = self.is_idle().then(|| match self.handle.is_draining() {
            true => now,
            false => self.idle_since + LINGER_MS,
        });
        let due = self.state.next_tick().into_iter().chain(end).min();
        if due.is_some_and(|due| due <= now) {
            return Poll::Ready(Step::Due);
        }
        if due != self.timer_due {
            self.timer_due = due;
            match due {
                Some(due) => self.timer.set_at(Instant::now() + Duration::from_millis(due - now)),
                None => self.timer = Timer::never(),
            }
        }
        Pin::new(&mut self.timer).poll(cx).map(|_| {
            self.timer_due = None;
            Step::Due
        })
    }

    fn decide(&mut self, step: Step) -> Vec<Effect> {
        match step {
            Step::Command(command) => {
                // A leave comes before everything that the same client sent after it.
                let notes = self.handle.take_notes();
                let mut effects = self.note(notes);
                effects.extend(self.obey(*command));
                effects
            }
            Step::Notes(notes) => self.note(notes),
            Step::Committed(outcome) => self.state.committed(outcome, clock::now_ms()),
            Step::PageRead(read, outcome) => self.state.page_read(read, outcome, clock::now_ms()),
            Step::Due => self.state.tick(clock::now_ms()),
        }
    }

    fn note(&mut self, notes: Vec<Note>) -> Vec<Effect> {
        let mut effects = Vec::new();
        if notes.is_empty() {
            return effects;
        }
        for note in notes {
            match note {
                Note::Left { join_id, ticket } => {
                    match self.handle.forget_ended(join_id) {
                        true => effects.extend(ticket.map(|it| Effect::Answer(it, Answer::Done))),
                        false => effects.extend(self.state.leave(join_id, ticket)),
                    }
                    self.idle_since = clock::now_ms();
                }
                Note::Renamed { person, nick } => self.state.rename(person, &nick),
                Note::Enforce(enforce) => effects.extend(self.enforce(enforce)),
            }
        }
        self.count();
        effects
    }

    fn enforce(&mut self, Enforce { rule, done }: Enforce) -> Option<Effect> {
        let changed = match rule {
            Rule::Restriction => None,
            Rule::Out(person, reason) => {
                let out = self.state.remove_where(|it| it == person);
                self.take_out(out, reason);
                None
            }
            Rule::AllOut(reason) => {
                let out = self.state.remove_where(|_| true);
                self.take_out(out, Some(reason));
                None
            }
            Rule::Sight => {
                self.take_out_unseeing();
                None
            }
            Rule::Attributes => {
                self.take_out_unseeing();
                let changed = self.handle.shown().whole(&self.around.fence.groups);
                self.state.set_shown(changed.clone());
                Some(Effect::Tell(changed))
            }
        };
        match self.state.batches() {
            0 => drop(done.send(())),
            batches => self.fences.push((batches, done)),
        }
        changed
    }

    /// Takes those out for whom the room is not there any more.
    fn take_out_unseeing(&mut self) {
        let shown = self.handle.shown();
        if !shown.attributes.is_narrowed() {
            return;
        }
        let fence = &self.around.fence;
        let out = self.state.remove_where(|person| fence.is_shut_to(person, &shown.attributes));
        self.take_out(out, Some(UNSEEN.to_owned()));
    }

    /// Ends the joins of members who were taken out of the room.
    fn take_out(&mut self, members: Vec<(JoinId, Arc<Peer>)>, reason: Option<String>) {
        let frame = reason.map(|reason| codec::event(&Removed { room: self.handle.id(), reason }));
        for (join_id, peer) in members {
            self.handle.end_join(join_id);
            if let Some(frame) = &frame {
                peer.outbox.offer_event(frame);
            }
        }
        self.idle_since = clock::now_ms();
    }

    /// A batch is shown.
    fn pass_fences(&mut self) {
        for (batches, _) in &mut self.fences {
            *batches -= 1;
        }
        for (_, done) in self.fences.extract_if(.., |(batches, _)| *batches == 0) {
            let _ = done.send(());
        }
    }

    /// Why somebody may not say anything here.
    fn may_speak(&self, person: PersonId, shown: &Shown) -> Result<(), Refusal> {
        let now = self.around.log.clock().now_ms();
        self.around.fence.may_speak(person, &shown.attributes, now)
    }

    /// Whether nobody else is to see what somebody says here.
    fn hides(&self, person: PersonId) -> bool {
        let now = self.around.log.clock().now_ms();
        self.around.fence.hides(person, &self.handle.shown().attributes, now)
    }

    /// In slow mode: why somebody may not say anything yet. What they say now counts.
    fn may_speak_again(&mut self, person: PersonId, shown: &Shown) -> Result<(), Refusal> {
        let slow_ms = shown.attributes.slow_ms;
        if slow_ms == 0 {
            self.spoken.clear();
            return Ok(());
        }
        if self.around.fence.keeps(person, &shown.attributes) {
            return Ok(());
        }
        let now = clock::now_ms();
        if self.spoken.len() >= SPOKEN_MAX {
            self.spoken.retain(|_, at| *at + slow_ms > now);
        }
        let last = self.spoken.get(&person).map(|at| at + slow_ms);
        if let Some(next) = last.filter(|next| *next > now) {
            let message = "this room is slow: a while passes from one of your messages to the next";
            return Err(Refusal::later(ErrorCode::RateLimited, message, next - now));
        }
        self.spoken.insert(person, now);
        Ok(())
    }

    fn obey(&mut self, command: Command) -> Vec<Effect> {
        match command {
            Command::Join { join_id, peer, person, cursor, mut ticket } => {
                let id = person.id();
                ticket.read_by(id);
                let (shown, now) = (self.handle.shown(), self.around.log.clock().now_ms());
                if let Err(refusal) = self.around.fence.may_enter(id, &shown.attributes, now) {
                    self.handle.end_join(join_id);
                    return vec![Effect::Answer(ticket, Answer::Refused(refusal))];
                }
                if let Some(rooms) = person.confined_to()
                    && !rooms.has(self.handle.id(), &shown.fold)
                {
                    self.handle.end_join(join_id);
                    return vec![Effect::Answer(ticket, Answer::Refused(outside()))];
                }
                // As they are called now: a change of nick may have overtaken the join.
                let user = person.user();
                let effects = self.state.join(join_id, peer, user, cursor, ticket);
                self.count();
                effects
            }
            Command::Send(mut waiting, judged) => {
                match self.may_say(&waiting, &judged) {
                    Ok(flag) => {
                        waiting.flag = flag;
                        waiting.append.shadow = self.hides(waiting.append.sender);
                    }
                    Err(refusal) => {
                        // The log is asked all the same: a retry gets its first answer.
                        waiting.append.admit = false;
                        waiting.refusal = Some(refusal);
                    }
                }
                self.state.send(waiting).into_iter().collect()
            }
            Command::History { asked, limit, ticket } => self.state.history(asked, limit, ticket),
            Command::Members { ticket } => vec![self.state.members(ticket)],
            Command::Typing { connection, ticket } => {
                let person = self.state.roster().get(connection).map(|member| member.user.id);
                let shown = self.handle.shown();
                if let Some(person) = person
                    && self.may_speak(person, &shown).is_ok()
                {
                    let is_hidden = self.hides(person);
                    self.state.typing(connection, is_hidden);
                }
                vec![Effect::Answer(ticket, Answer::Done)]
            }
        }
    }

    /// Judges a send, and returns why it is to be looked at, if it is. One that is refused already, by a rate, was not
    /// matched and costs no time of slow mode.
    fn may_say(
        &mut self,
        waiting: &Waiting<Ticket>,
        judged: &Judged,
    ) -> Result<Option<Box<str>>, Refusal> {
        let is_message = match waiting.append.body {
            Body::Message { .. } => true,
            Body::Edit { .. } => false,
            // Whether somebody may delete something was judged before the deletion came here.
            Body::Delete { .. } | Body::Deleted { .. } => return Ok(None),
        };
        let (sender, shown) = (waiting.append.sender, self.handle.shown());
        self.may_speak(sender, &shown)?;
        if !waiting.append.admit {
            return Ok(None);
        }
        let flag = self.around.fence.filter(sender, &shown.attributes, judged)?;
        if is_message {
            self.may_speak_again(sender, &shown)?;
        }
        Ok(flag)
    }

    async fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Answer(ticket, answer) => {
                    let answer = self.as_seen(answer, ticket.reader());
                    ticket.answer(&answer.into());
                }
                Effect::Show(entries) => {
                    let (shown, fence) = (self.handle.shown(), &self.around.fence);
                    let sight = |who, sender| fence.sight(who, sender, &shown.attributes);
                    Fanout::new(&mut self.state, &self.around.metrics).show(&entries, sight).await;
                }
                Effect::Flag(entry, reason) => {
                    let flagged = Flagged { room: self.handle.id(), entry, reason };
                    self.around.flagged.push(flagged, clock::now_ms());
                }
                Effect::Tell(changed) => {
                    let frame = codec::event(&changed);
                    Fanout::new(&mut self.state, &self.around.metrics).tell(&frame).await;
                }
                Effect::Ephemeral(Ephemeral::Members(members)) => {
                    let frame = codec::event(&members);
                    Fanout::new(&mut self.state, &self.around.metrics).ephemeral(&frame).await;
                }
                Effect::Ephemeral(Ephemeral::Typing(typing, hidden)) => {
                    let (shown, fence) = (self.handle.shown(), &self.around.fence);
                    let sight = |who, sender| fence.sight(who, sender, &shown.attributes);
                    let fanout = Fanout::new(&mut self.state, &self.around.metrics);
                    fanout.typing(typing, &hidden, sight).await;
                }
                Effect::Read(read, range) => {
                    let page = self.around.log.page(self.handle.id(), range);
                    self.page_reads.push(Box::pin(async move { (read, page.await) }));
                }
            }
        }
    }

    /// An answer as it is for somebody: a page has what is hidden from others for those who see it.
    fn as_seen(&self, answer: Answer<Entry>, reader: Option<PersonId>) -> Answer<Entry> {
        let Answer::Page(mut page) = answer else { return answer };
        let shown = self.handle.shown();
        for entry in &mut page.events {
            if let (Some(sender), Some(reader)) = (entry.shadowed(), reader) {
                let sight = self.around.fence.sight(reader, sender, &shown.attributes);
                *entry = entry.seen(sight);
            }
        }
        Answer::Page(page)
    }

    fn is_idle(&self) -> bool {
        self.state.is_idle() && self.page_reads.is_empty()
    }

    fn may_end(&self) -> bool {
        let lingered = self.idle_since + LINGER_MS <= clock::now_ms();
        self.is_idle() && (lingered || self.handle.is_draining())
    }

    /// Updates the list of rooms and the metrics.
    fn count(&mut self) {
        self.handle.show(self.state.roster().people(), self.state.head() == 0);
        let sessions = i64::try_from(self.state.roster().sessions()).unwrap_or(i64::MAX);
        self.around.metrics.members.inc_by(sessions - self.counted);
        self.counted = sessions;
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        // Members are left here only after a panic: they get `behind`, and join again.
        Fanout::new(&mut self.state, &self.around.metrics).put_all_behind();
        self.handle.show(0, self.state.head() == 0);
        self.around.metrics.members.dec_by(self.counted);
    }
}

/// The refusal of a room that is none of those which an issuer allows. Whether there is such a room plays no part.
pub(crate) fn outside() -> Refusal {
    let message = "the application by which you came lets you into other rooms only";
    Refusal::new(ErrorCode::Forbidden, message)
}

async fn load_state(handle: &Handle, around: &Surroundings) -> Result<State, LogError> {
    let record = around.log.room(handle.id()).await?;
    let shown = handle.shown();
    let record = record.unwrap_or_else(|| {
        let (id, name) = (handle.id(), shown.attributes.name.clone());
        RoomRecord { id, name, first: 1, head: 0 }
    });
    let limit = u32::try_from(around.limits.page.events).unwrap_or(u32::MAX);
    let latest = Range::Before { seq: record.head + 1, limit };
    let page = around.log.page(handle.id(), latest).await?;
    let changed = shown.whole(&around.fence.groups);
    Ok(State::new(&record, changed, &page.entries, around.log.epoch(), around.limits))
}
