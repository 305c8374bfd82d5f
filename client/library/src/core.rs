//! What the client decides, as plain values: no I/O, no clock.
//!
//! Handles ask (`core/asked.rs`), the driver tells what came (`core/heard.rs`) and what time it is;
//! the core says what to write, what the caller is shown, and until when nothing will happen. So
//! tests can play any history to it.

mod asked;
mod backoff;
mod frames;
mod heard;
mod lane;
mod link;
mod question;
mod queue;
mod room;
mod turn;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::Duration;

use futures::channel::oneshot;
use throng_protocol::{Command, Epoch, Fold, Limits, Request, RoomName, User};

use self::lane::Lane;
pub(crate) use self::link::Step;
pub(crate) use self::question::Answer;
use self::question::Question;
use self::queue::EventQueue;
use self::room::Room;
use crate::{Cursor, Event, Options, State, Trouble};

/// Before the first greeting tells, what the specification gives.
const HEARTBEAT: Duration = Duration::from_secs(30);

/// The client's side of the protocol.
pub(crate) struct Core {
    // Who we are.
    nick: Option<String>,
    token: Option<String>,
    user: Option<User>,
    epoch: Option<Epoch>,
    limits: Option<Limits>,
    heartbeat: Duration,

    // The connection.
    phase: Phase,
    state: State,
    /// Failures since the last greeting: what the wait grows with.
    attempts: u32,
    /// Attempts since the last greeting.
    dials: u32,
    /// How often a taken nick is still believed to be our own.
    nick_tries: u32,
    rng: fastrand::Rng,
    heard_at: Duration,
    written_at: Duration,
    next_id: u64,
    /// Commands without an answer on this connection.
    flying: BTreeMap<u64, Flying>,
    /// To be written, in order. Bounded by what may be under way at the same time.
    writes: VecDeque<String>,

    // What the caller wants.
    page: u64,
    rooms: BTreeMap<Fold, Room>,
    /// How the server spells the rooms.
    spelled: HashMap<String, Fold>,
    lanes: BTreeMap<Fold, Lane>,
    /// The room that sent last: the next one is served first.
    last_lane: Option<Fold>,
    sends: Bound,
    sends_flying: usize,
    /// No send before: the rate counts for all rooms together.
    sends_at: Duration,
    give_up_after: Option<Duration>,
    questions: Vec<Question>,
    next_key: u64,

    // The caller.
    queue: EventQueue,
    /// Told how the first attempt went.
    first: Option<oneshot::Sender<Result<(), Trouble>>>,
    handles_gone: bool,
    /// Closing by our own wish, until then at most.
    closing: Option<Duration>,
    closers: Vec<oneshot::Sender<()>>,
}

/// Where the connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Away { dial_at: Duration },
    Dialling,
    Greeting,
    Greeted,
    Finished,
}

/// What was asked on this connection.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Flying {
    Hello,
    Join(Fold),
    Leave(Fold),
    Send(Fold),
    Question(u64),
    Members(Fold),
    Ping,
    Typing,
    Bye,
}

/// What waits to be sent, in number and in bytes of texts.
struct Bound {
    count: usize,
    bytes: usize,
    count_max: usize,
    bytes_max: usize,
}

impl Core {
    pub(crate) fn new(
        options: &Options,
        seed: u64,
        first: Option<oneshot::Sender<Result<(), Trouble>>>,
    ) -> Self {
        Self {
            nick: options.nick.clone(),
            token: options.token.clone(),
            user: None,
            epoch: None,
            limits: None,
            heartbeat: HEARTBEAT,
            phase: Phase::Away { dial_at: Duration::ZERO },
            state: State::Connecting { attempt: 1 },
            attempts: 0,
            dials: 0,
            nick_tries: 0,
            rng: fastrand::Rng::with_seed(seed),
            heard_at: Duration::ZERO,
            written_at: Duration::ZERO,
            next_id: 1,
            flying: BTreeMap::new(),
            writes: VecDeque::new(),
            page: options.page,
            rooms: BTreeMap::new(),
            spelled: HashMap::new(),
            lanes: BTreeMap::new(),
            last_lane: None,
            sends: Bound {
                count: 0,
                bytes: 0,
                count_max: options.sends_max,
                bytes_max: options.queue_bytes,
            },
            sends_flying: 0,
            sends_at: Duration::ZERO,
            give_up_after: options.give_up_after,
            questions: Vec::new(),
            next_key: 0,
            queue: EventQueue::new(options.events_max, options.queue_bytes),
            first,
            handles_gone: false,
            closing: None,
            closers: Vec::new(),
        }
    }

    pub(crate) fn me(&self) -> Option<&User> {
        self.user.as_ref()
    }

    pub(crate) fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    pub(crate) fn state(&self) -> &State {
        &self.state
    }

    pub(crate) fn limits(&self) -> Option<&Limits> {
        self.limits.as_ref()
    }

    pub(crate) fn cursor(&self, room: &RoomName) -> Option<Cursor> {
        self.rooms.get(&room.fold())?.cursor
    }

    pub(crate) fn next_event(&mut self) -> Option<Event> {
        self.queue.pop()
    }

    pub(crate) fn has_event(&self) -> bool {
        !self.queue.is_empty()
    }

    /// Whether so many events wait for the caller that nothing more is read.
    pub(crate) fn is_full(&self) -> bool {
        self.queue.is_full()
    }

    pub(crate) fn is_finished(&self) -> bool {
        self.phase == Phase::Finished
    }

    /// Writes a command, unless it is longer than the server reads: that would end the connection
    /// for good.
    fn write(&mut self, now: Duration, command: Command, as_: Flying) -> Result<u64, TooLong> {
        let id = self.next_id;
        let json = Request { id, command }.to_json();
        let max =
            self.limits.as_ref().map_or(HELLO_BYTES_MAX, |limits| limits.frame_bytes as usize);
        if json.len() > max {
            return Err(TooLong { bytes: json.len(), max });
        }
        self.next_id += 1;
        self.flying.insert(id, as_);
        self.writes.push_back(json);
        self.written_at = now;
        Ok(id)
    }

    fn set_state(&mut self, state: State) {
        if self.state != state {
            self.state = state.clone();
            self.queue.push(Event::State(state));
        }
    }
}

/// What the server reads before it has greeted us.
const HELLO_BYTES_MAX: usize = 4_096;

/// A command that the server would not read.
struct TooLong {
    bytes: usize,
    max: usize,
}
