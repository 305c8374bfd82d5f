//! What the client decides, as plain values: no I/O, no clock.
//!
//! Handles ask (`core/requests.rs`), the driver reports what came (`core/on_event.rs`) and what time it is;
//! the core says what to write, what the caller is shown, and until when nothing will happen. So
//! tests can play any history to it.

mod backoff;
mod connection;
mod event_queue;
mod forward_compat;
mod hole_detection;
mod on_event;
mod on_refusal;
mod refresh;
mod requests;
mod resume;
mod room;
mod room_keys;
mod send_queue;
mod send_retry;
mod tick;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use futures::channel::oneshot;
use throng_protocol::{
    BotGreeting, Command, Epoch, JWT_BYTES_MAX, Limits, LinkCode, Presence, Request, Role, RoomRef,
    SetPresence, User,
};

pub(crate) use self::connection::Step;
use self::event_queue::EventQueue;
use self::refresh::JwtState;
pub(crate) use self::requests::Answer;
use self::requests::QueuedRequest;
use self::room::Room;
use self::room_keys::{RoomKey, RoomKeys};
use self::send_queue::SendQueue;
pub(crate) use self::send_queue::Speech;
use crate::error::DisconnectReason;
use crate::event::{Cursor, Event, State};
use crate::options::{Login, Options};

/// The heartbeat of the specification, until the first greeting gives the server's.
const HEARTBEAT: Duration = Duration::from_secs(30);

/// How often the first hello is said again where a password meets a storm of logins. From then on it is said again
/// without end.
const BUSY_TRIES_MAX: u32 = 10;

/// The client's side of the protocol.
pub(crate) struct Core {
    // Who we are.
    nick: Option<String>,
    token: Option<String>,
    /// The code from another device of this person, until the greeting.
    code: Option<LinkCode>,
    /// The password of an account, until the greeting.
    login: Option<Login>,
    jwt: JwtState,
    device: String,
    /// Brought with the next password: it came with a greeting, or from the caller.
    device_secret: Option<String>,
    role: Role,
    /// There when we are a bot.
    bot: Option<BotGreeting>,
    user: Option<User>,
    /// What the caller has said of how we are there, to be said again after a reconnect.
    presence: SetPresence,
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
    /// How often a first hello that met a storm of logins is said again.
    busy_tries: u32,
    rng: fastrand::Rng,
    last_received_at: Duration,
    last_sent_at: Duration,
    next_id: u64,
    /// Commands on this connection that have no answer yet, by id.
    in_flight: BTreeMap<u64, InFlight>,
    /// To be written, in order. Bounded by what may be under way at the same time.
    writes: VecDeque<String>,

    // What the caller wants.
    page: u64,
    rooms: BTreeMap<RoomKey, Room>,
    keys: RoomKeys,
    send_queues: BTreeMap<RoomKey, SendQueue>,
    /// The room that sent last; the next send goes to the room after it.
    last_send_room: Option<RoomKey>,
    sends: Bound,
    sends_in_flight: usize,
    /// No send before this time: the server counts the rate over all rooms.
    next_send_at: Duration,
    give_up_after: Option<Duration>,
    requests: Vec<QueuedRequest>,
    next_key: u64,

    // The caller.
    queue: EventQueue,
    /// Gets the result of the first attempt.
    first: Option<oneshot::Sender<Result<(), DisconnectReason>>>,
    handles_gone: bool,
    /// Set while closing at the caller's wish: when to stop waiting for it.
    close_deadline: Option<Duration>,
    close_waiters: Vec<oneshot::Sender<()>>,
}

/// Where the connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Disconnected { dial_at: Duration },
    Dialling,
    Greeting,
    Greeted,
    Finished,
}

/// What was asked on this connection.
#[derive(Clone, Debug, PartialEq, Eq)]
enum InFlight {
    Hello,
    Join(RoomKey),
    Leave(RoomKey),
    Send(RoomKey),
    Request(u64),
    Members(RoomKey),
    Ping,
    Typing,
    Presence,
    Refresh,
    Bye,
}

impl InFlight {
    /// The key of the room that it is about.
    fn room_mut(&mut self) -> Option<&mut RoomKey> {
        match self {
            Self::Join(key) | Self::Leave(key) | Self::Send(key) | Self::Members(key) => Some(key),
            Self::Hello
            | Self::Request(_)
            | Self::Ping
            | Self::Typing
            | Self::Presence
            | Self::Refresh
            | Self::Bye => None,
        }
    }
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
        first: Option<oneshot::Sender<Result<(), DisconnectReason>>>,
    ) -> Self {
        Self {
            nick: options.nick.clone(),
            token: options.token.clone(),
            code: options.code,
            login: options.login.clone(),
            jwt: JwtState { is_used: options.jwt.is_some(), ..JwtState::default() },
            device: options.device.clone(),
            device_secret: options.device_secret.clone(),
            role: Role::Guest,
            bot: None,
            user: None,
            presence: SetPresence::default(),
            epoch: None,
            limits: None,
            heartbeat: HEARTBEAT,
            phase: Phase::Disconnected { dial_at: Duration::ZERO },
            state: State::Connecting { attempt: 1 },
            attempts: 0,
            dials: 0,
            nick_tries: 0,
            busy_tries: BUSY_TRIES_MAX,
            rng: fastrand::Rng::with_seed(seed),
            last_received_at: Duration::ZERO,
            last_sent_at: Duration::ZERO,
            next_id: 1,
            in_flight: BTreeMap::new(),
            writes: VecDeque::new(),
            page: options.page,
            rooms: BTreeMap::new(),
            keys: RoomKeys::default(),
            send_queues: BTreeMap::new(),
            last_send_room: None,
            sends: Bound {
                count: 0,
                bytes: 0,
                count_max: options.sends_max,
                bytes_max: options.queue_bytes,
            },
            sends_in_flight: 0,
            next_send_at: Duration::ZERO,
            give_up_after: options.give_up_after,
            requests: Vec::new(),
            next_key: 0,
            queue: EventQueue::new(options.events_max, options.queue_bytes),
            first,
            handles_gone: false,
            close_deadline: None,
            close_waiters: Vec::new(),
        }
    }

    pub(crate) fn me(&self) -> Option<&User> {
        self.user.as_ref()
    }

    pub(crate) fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    pub(crate) fn bot(&self) -> Option<&BotGreeting> {
        self.bot.as_ref()
    }

    pub(crate) fn device_secret(&self) -> Option<&str> {
        self.device_secret.as_deref()
    }

    pub(crate) fn role(&self) -> Role {
        self.role
    }

    pub(crate) fn presence(&self) -> Presence {
        self.user.as_ref().map_or(Presence::Offline, |user| user.presence)
    }

    pub(crate) fn state(&self) -> &State {
        &self.state
    }

    pub(crate) fn limits(&self) -> Option<&Limits> {
        self.limits.as_ref()
    }

    pub(crate) fn cursor(&self, room: &RoomRef) -> Option<Cursor> {
        self.rooms.get(&self.keys.find(room))?.cursor
    }

    pub(crate) fn next_event(&mut self) -> Option<Event> {
        self.queue.pop()
    }

    pub(crate) fn has_event(&self) -> bool {
        !self.queue.is_empty()
    }

    /// Whether the queue of events is full, so that nothing more is read.
    pub(crate) fn is_full(&self) -> bool {
        self.queue.is_full()
    }

    pub(crate) fn is_finished(&self) -> bool {
        self.phase == Phase::Finished
    }

    /// Writes a command, unless it is longer than the server reads: that would end the connection
    /// for good.
    fn write(&mut self, now: Duration, command: Command, as_: InFlight) -> Result<u64, TooLong> {
        let id = self.next_id;
        let json = Request { id, command }.to_json();
        let hello_max =
            if self.jwt.is_used { HELLO_BYTES_MAX + JWT_BYTES_MAX } else { HELLO_BYTES_MAX };
        let max = self.limits.as_ref().map_or(hello_max, |limits| limits.frame_bytes as usize);
        if json.len() > max {
            return Err(TooLong { bytes: json.len(), max });
        }
        self.next_id += 1;
        self.in_flight.insert(id, as_);
        self.writes.push_back(json);
        self.last_sent_at = now;
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
