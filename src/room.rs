//! A room: one task, so that the order of its log is the order of its fan-out, without locks.
//!
//! Sessions feed it through [`Handle`]; it feeds the log with batches and the members' outboxes
//! with frames. What it decides is in [`state`]; this file is the thin layer of I/O around that.
//! The inbox is bounded: when it is full, a session waits for a bounded time, and then its client
//! is told `busy`. Leaving needs no place in it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use async_channel::{Receiver, Sender, TrySendError};
use async_io::Timer;
use futures::future::{BoxFuture, Either, poll_fn, select};
use futures::stream::{FuturesUnordered, StreamExt};
use futures::task::AtomicWaker;
use parking_lot::Mutex;
use throng_protocol::{Fold, PersonId, RoomName};

use crate::chatlog::{Appended, Chatlog, LogError, LogPage, Range, RoomRecord};
use crate::clock;
use crate::metrics::Metrics;
use crate::outbox::{Outbox, Ticket};
use crate::people::Person;
use crate::tasks::yield_now;

mod fanout;
mod owed;
mod roster;
mod state;
mod tail;

use fanout::Fanout;
pub(crate) use owed::Cursor;
pub(crate) use roster::Visit;
use state::{Answer, Effect, Read, State};
pub(crate) use state::{Asked, Limits, Waiting, log_refusal};
pub(crate) use tail::PageSize;

/// How many commands wait for a room. While a batch is being committed (a few milliseconds) the
/// room goes on taking commands, so this is only reached when the room itself is busy: in a
/// fan-out to thousands, or with a full batch behind the one in the log.
const INBOX_MAX: usize = 128;

/// How many commands a room takes before it looks at everything else, and before others may go on.
/// A page takes up to a tenth of a millisecond to encode and write.
const COMMANDS_AT_ONCE: usize = 16;

/// How long an empty room stays in memory: people who lost their connection come back to it, and
/// not to the log.
const LINGER_MS: u64 = 30_000;

/// What a session asks of a room.
pub(crate) enum Command {
    Join { visit: Visit, outbox: Arc<Outbox>, person: Arc<Person>, cursor: Cursor, ticket: Ticket },
    Send(Waiting<Ticket>),
    History { asked: Asked, limit: Option<u64>, ticket: Ticket },
    Members { ticket: Ticket },
    Typing { connection: u64, ticket: Ticket },
}

impl Command {
    /// What is left of a command that can't be carried out: the duty to answer it.
    pub(crate) fn into_ticket(self) -> Ticket {
        match self {
            Self::Send(Waiting { ticket, .. })
            | Self::Join { ticket, .. }
            | Self::History { ticket, .. }
            | Self::Members { ticket }
            | Self::Typing { ticket, .. } => ticket,
        }
    }
}

/// What needs no place in the inbox: at most one of a kind for each member waits.
enum Note {
    Left { visit: Visit, ticket: Option<Ticket> },
    Renamed { person: PersonId, nick: String },
}

impl Note {
    /// Does what is left to do when the room has ended: whoever leaves has left.
    fn settle(self) {
        if let Self::Left { ticket: Some(ticket), .. } = self {
            ticket.ok(&());
        }
    }
}

/// The way to a room's task.
pub(crate) struct Handle {
    number: u64,
    name: RoomName,
    fold: Fold,
    inbox: Sender<Command>,
    /// The other end of the inbox, to empty it when the room has ended.
    rest: Receiver<Command>,
    notes: Mutex<Vec<Note>>,
    noted: AtomicWaker,
    /// How many people are there, for the list of rooms.
    people: Arc<AtomicUsize>,
    /// Nothing was ever said there, as far as is known.
    is_blank: AtomicBool,
    is_draining: AtomicBool,
}

/// The room has ended meanwhile: look it up again.
pub(crate) struct Ended(pub(crate) Command);

impl Handle {
    /// Makes the two ends of a room, which `is_new` when the log does not have it. `people` is shared with the list of rooms.
    pub(crate) fn new(
        number: u64,
        name: RoomName,
        is_new: bool,
        people: Arc<AtomicUsize>,
    ) -> (Arc<Self>, Receiver<Command>) {
        let (inbox, receiver) = async_channel::bounded(INBOX_MAX);
        let handle = Self {
            number,
            fold: name.fold(),
            name,
            inbox,
            rest: receiver.clone(),
            notes: Mutex::new(Vec::new()),
            noted: AtomicWaker::new(),
            people,
            is_blank: AtomicBool::new(is_new),
            is_draining: AtomicBool::new(false),
        };
        (Arc::new(handle), receiver)
    }

    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    pub(crate) fn fold(&self) -> &Fold {
        &self.fold
    }

    /// Whether the room leaves nothing behind when it ends.
    pub(crate) fn is_blank(&self) -> bool {
        self.is_blank.load(Ordering::Relaxed)
    }

    /// Puts a command into the inbox, and returns whether there was a place for it within this
    /// time. If not, the command is dropped, and its ticket tells the client that the room is busy.
    pub(crate) async fn send(&self, command: Command, wait: Duration) -> Result<bool, Ended> {
        match self.inbox.try_send(command) {
            Ok(()) => Ok(true),
            Err(TrySendError::Closed(command)) => Err(Ended(command)),
            Err(TrySendError::Full(command)) => {
                let sending = std::pin::pin!(self.inbox.send(command));
                match select(sending, Timer::after(wait)).await {
                    Either::Left((Err(closed), _)) => Err(Ended(closed.into_inner())),
                    Either::Left((Ok(()), _)) => Ok(true),
                    Either::Right(_) => Ok(false),
                }
            }
        }
    }

    /// Takes a member out, and answers the command with which it left, if it was one.
    pub(crate) fn leave(&self, visit: Visit, ticket: Option<Ticket>) {
        let note = Note::Left { visit, ticket };
        let mut notes = self.notes.lock();
        if self.inbox.is_closed() {
            note.settle();
            return;
        }
        notes.push(note);
        drop(notes);
        self.noted.wake();
    }

    /// Tells the room that a person has another nick.
    pub(crate) fn rename(&self, person: PersonId, nick: &str) {
        let mut notes = self.notes.lock();
        notes.retain(|note| !matches!(note, Note::Renamed { person: who, .. } if *who == person));
        notes.push(Note::Renamed { person, nick: nick.to_owned() });
        drop(notes);
        self.noted.wake();
    }

    /// Lets the room end as soon as nobody is there.
    pub(crate) fn drain(&self) {
        self.is_draining.store(true, Ordering::Relaxed);
        self.noted.wake();
    }

    /// Closes the inbox if nothing is in it. To be called under the map's entry.
    pub(crate) fn close_if_empty(&self) -> bool {
        let is_empty = self.inbox.is_empty() && self.notes.lock().is_empty();
        if is_empty {
            self.close();
        }
        is_empty
    }

    /// Closes the inbox of a task that ends, however it ends. What still came is dropped, and so
    /// told to be busy: a channel would keep it for as long as anybody holds an end of it.
    pub(crate) fn close(&self) {
        self.inbox.close();
        while self.rest.try_recv().is_ok() {}
        for note in std::mem::take(&mut *self.notes.lock()) {
            note.settle();
        }
    }
}

/// What a room's task needs of the server.
#[derive(Clone)]
pub(crate) struct Surroundings {
    pub(crate) log: Arc<dyn Chatlog>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) limits: Limits,
}

type Reading = BoxFuture<'static, (Read<Ticket>, Result<Arc<LogPage>, LogError>)>;

/// A room's task.
pub(crate) struct Room {
    handle: Arc<Handle>,
    inbox: Pin<Box<Receiver<Command>>>,
    around: Surroundings,
    state: State<Arc<Outbox>, Ticket>,
    committing: Option<BoxFuture<'static, Result<Vec<Appended>, LogError>>>,
    reading: FuturesUnordered<Reading>,
    timer: Timer,
    timer_due: Option<u64>,
    idle_since: u64,
    /// What this room has added to the count of all members.
    counted: i64,
}

enum Turn {
    Command(Command),
    Notes(Vec<Note>),
    Committed(Result<Vec<Appended>, LogError>),
    PageRead(Read<Ticket>, Result<Arc<LogPage>, LogError>),
    Due,
}

impl Room {
    /// Loads the room from the log.
    ///
    /// # Errors
    /// When the log gives no answer; then there is no room, and whoever waits is told so.
    pub(crate) async fn load(
        handle: Arc<Handle>,
        inbox: Receiver<Command>,
        around: Surroundings,
    ) -> Result<Self, (LogError, Receiver<Command>)> {
        match load_state(&handle, &around).await {
            Ok(state) => Ok(Self {
                handle,
                inbox: Box::pin(inbox),
                around,
                state,
                committing: None,
                reading: FuturesUnordered::new(),
                timer: Timer::never(),
                timer_due: None,
                idle_since: clock::now_ms(),
                counted: 0,
            }),
            Err(error) => Err((error, inbox)),
        }
    }

    /// Runs until nobody is there and `retire` says that the room has left the map.
    pub(crate) async fn run(mut self, retire: impl Fn(&Handle) -> bool) {
        loop {
            let turn = poll_fn(|cx| self.poll_turn(cx)).await;
            let is_committed = matches!(turn, Turn::Committed(_));
            let effects = self.decide(turn);
            if is_committed {
                // The next batch is on its way to the disk while this one goes out.
                self.begin_commit();
            }
            self.carry_out(effects).await;
            // What else is there joins the same batch. Each command's effects come before the next
            // command is looked at: a page must not tell what is still to be shown.
            for _ in 0..COMMANDS_AT_ONCE {
                let Ok(command) = self.inbox.try_recv() else { break };
                let effects = self.decide(Turn::Command(command));
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
            self.committing = Some(self.around.log.append(self.state.name().clone(), batch));
        }
    }

    fn poll_turn(&mut self, cx: &mut Context<'_>) -> Poll<Turn> {
        self.handle.noted.register(cx.waker());
        let notes = std::mem::take(&mut *self.handle.notes.lock());
        if !notes.is_empty() {
            return Poll::Ready(Turn::Notes(notes));
        }
        if let Some(committing) = &mut self.committing
            && let Poll::Ready(outcome) = committing.as_mut().poll(cx)
        {
            self.committing = None;
            return Poll::Ready(Turn::Committed(outcome));
        }
        if let Poll::Ready(Some((read, outcome))) = self.reading.poll_next_unpin(cx) {
            return Poll::Ready(Turn::PageRead(read, outcome));
        }
        if let Poll::Ready(Some(command)) = self.inbox.poll_next_unpin(cx) {
            return Poll::Ready(Turn::Command(command));
        }
        self.poll_timer(cx)
    }

    fn poll_timer(&mut self, cx: &mut Context<'_>) -> Poll<Turn> {
        let now = clock::now_ms();
        let end = self.is_idle().then(|| match self.handle.is_draining.load(Ordering::Relaxed) {
            true => now,
            false => self.idle_since + LINGER_MS,
        });
        let due = self.state.next_tick().into_iter().chain(end).min();
        if due.is_some_and(|due| due <= now) {
            return Poll::Ready(Turn::Due);
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
            Turn::Due
        })
    }

    fn decide(&mut self, turn: Turn) -> Vec<Effect<Ticket>> {
        match turn {
            Turn::Command(command) => {
                // A leave comes before whatever the same client sent after it.
                let notes = std::mem::take(&mut *self.handle.notes.lock());
                let mut effects = self.note(notes);
                effects.extend(self.obey(command));
                effects
            }
            Turn::Notes(notes) => self.note(notes),
            Turn::Committed(outcome) => self.state.committed(outcome, clock::now_ms()),
            Turn::PageRead(read, outcome) => self.state.page_read(read, outcome, clock::now_ms()),
            Turn::Due => self.state.tick(clock::now_ms()),
        }
    }

    fn note(&mut self, notes: Vec<Note>) -> Vec<Effect<Ticket>> {
        let mut effects = Vec::new();
        for note in notes {
            match note {
                Note::Left { visit, ticket } => {
                    effects.extend(self.state.leave(visit, ticket));
                    self.idle_since = clock::now_ms();
                }
                Note::Renamed { person, nick } => self.state.rename(person, &nick),
            }
        }
        self.count();
        effects
    }

    fn obey(&mut self, command: Command) -> Vec<Effect<Ticket>> {
        match command {
            Command::Join { visit, outbox, person, cursor, ticket } => {
                // As they are called now: a change of nick may have overtaken the join.
                let user = person.user();
                let effects = self.state.join(visit, outbox, user, cursor, ticket);
                self.count();
                effects
            }
            Command::Send(waiting) => self.state.send(waiting).into_iter().collect(),
            Command::History { asked, limit, ticket } => self.state.history(asked, limit, ticket),
            Command::Members { ticket } => vec![self.state.members(ticket)],
            Command::Typing { connection, ticket } => {
                self.state.typing(connection);
                vec![Effect::Answer(ticket, Answer::Done)]
            }
        }
    }

    async fn carry_out(&mut self, effects: Vec<Effect<Ticket>>) {
        for effect in effects {
            match effect {
                Effect::Answer(ticket, answer) => give(ticket, answer),
                Effect::Show(entries) => {
                    Fanout::new(&mut self.state, &self.around.metrics).show(&entries).await;
                }
                Effect::Whisper(json) => {
                    Fanout::new(&mut self.state, &self.around.metrics).whisper(&json).await;
                }
                Effect::Read(read, range) => {
                    let page = self.around.log.page(self.handle.fold.clone(), range);
                    self.reading.push(Box::pin(async move { (read, page.await) }));
                }
            }
        }
    }

    fn is_idle(&self) -> bool {
        self.state.is_idle() && self.reading.is_empty()
    }

    fn may_end(&self) -> bool {
        let lingered = self.idle_since + LINGER_MS <= clock::now_ms();
        self.is_idle() && (lingered || self.handle.is_draining.load(Ordering::Relaxed))
    }

    /// Brings the list of rooms and the metrics up to date.
    fn count(&mut self) {
        self.handle.people.store(self.state.roster().people(), Ordering::Relaxed);
        self.handle.is_blank.store(self.state.head() == 0, Ordering::Relaxed);
        let sessions = i64::try_from(self.state.roster().sessions()).unwrap_or(i64::MAX);
        self.around.metrics.members.inc_by(sessions - self.counted);
        self.counted = sessions;
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        // Only after a panic is anybody still here: they are told to join again.
        Fanout::new(&mut self.state, &self.around.metrics).put_all_behind();
        self.handle.people.store(0, Ordering::Relaxed);
        self.handle.is_blank.store(self.state.head() == 0, Ordering::Relaxed);
        self.around.metrics.members.dec_by(self.counted);
    }
}

async fn load_state(
    handle: &Handle,
    around: &Surroundings,
) -> Result<State<Arc<Outbox>, Ticket>, LogError> {
    let record = around.log.room(handle.fold.clone()).await?;
    let record =
        record.unwrap_or_else(|| RoomRecord { name: handle.name.clone(), first: 1, head: 0 });
    let limit = u32::try_from(around.limits.page.events).unwrap_or(u32::MAX);
    let latest = Range::Before { seq: record.head + 1, limit };
    let page = around.log.page(handle.fold.clone(), latest).await?;
    Ok(State::new(&record, &page.messages, around.log.epoch(), around.limits))
}

fn give(ticket: Ticket, answer: Answer) {
    match answer {
        Answer::Page(page) => ticket.ok(&page),
        Answer::Sent(sent) => ticket.ok(&sent),
        Answer::Members(members) => ticket.ok(&members),
        Answer::Done => ticket.ok(&()),
        Answer::Refused(refusal) => ticket.refuse(&refusal),
    }
}
