//! One simulated client, and its seat in each of its rooms.

use std::net::TcpStream;
use std::time::{Duration, Instant};

/// A client, connected or not.
pub(super) struct Client {
    pub(super) socket: Option<TcpStream>,
    /// Counts the connections, so that events and timers of an older one are recognized.
    pub(super) generation: u32,
    pub(super) stage: Stage,
    /// Attempts to connect since the last greeting; each lengthens the wait before the next.
    pub(super) attempts: u8,
    /// How often its nick was taken; the next nick that it asks for is another one.
    pub(super) renamed: u8,
    /// Waits in the queue to connect.
    pub(super) queued: bool,
    /// How many of its rooms it has joined on this connection.
    pub(super) joined: u32,
    /// Joins on this connection so far, so that an answer to an older join is recognized.
    pub(super) asked: u32,
    /// Its token, after the first greeting.
    pub(super) token: Option<Box<str>>,
    /// The ping of a barrier on this connection.
    pub(super) last_ping: LastPing,
    /// Has stopped reading its socket.
    pub(super) deaf: bool,
    /// Left on purpose and has not come back yet.
    pub(super) parted: bool,
    /// Messages due before this time of the run's clock are late because of the client itself.
    pub(super) excused: Duration,
    /// When it began to connect.
    pub(super) came: Instant,
    /// When it last wrote, for the heartbeat.
    pub(super) spoke: Instant,
    /// The wait that `bye` asked for.
    pub(super) return_after: Option<Duration>,
    /// The numbers of sends without an answer.
    pub(super) unanswered: Vec<u64>,
    /// The first bytes of an incomplete frame.
    pub(super) carry: Vec<u8>,
    /// Whether epoll watches for writability. While connecting it does, since that reports the connection.
    pub(super) watched: bool,
    /// Bytes that the socket has not taken yet. Bounded by what a scenario sends through one client.
    pub(super) out: Vec<u8>,
}

/// The state of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// TCP is connecting, or there is no connection.
    Connecting,
    /// Waiting for 101.
    Upgrading,
    /// Waiting for the `ok` of hello.
    Greeting,
    /// Greeted: the seats have the state of the joins.
    Greeted,
}

/// The ping of a barrier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LastPing {
    Due,
    Unanswered,
    Answered,
}

/// A client's membership of one room.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seat {
    /// The number of the join, or of the page of history, that it waits for.
    pub(super) asked: u32,
    pub(super) state: SeatState,
    /// Whether it has been live on this connection.
    pub(super) joined: bool,
}

/// The state of a membership.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum SeatState {
    /// Not joined.
    #[default]
    Out,
    /// Waiting for the `ok` of a join. No live message is expected.
    Joining,
    /// Reading the gap with `history`, because the join was `limited`. Live messages are ignored: the join
    /// that follows brings them again.
    Filling,
    /// Live.
    Live,
}

impl Client {
    pub(super) fn new() -> Self {
        let now = Instant::now();
        Self {
            socket: None,
            generation: 0,
            stage: Stage::Connecting,
            attempts: 0,
            renamed: 0,
            queued: false,
            joined: 0,
            asked: 0,
            token: None,
            last_ping: LastPing::Due,
            deaf: false,
            parted: false,
            excused: Duration::ZERO,
            came: now,
            spoke: now,
            return_after: None,
            unanswered: Vec::new(),
            carry: Vec::new(),
            watched: true,
            out: Vec::new(),
        }
    }

    /// Whether this is still the same connection.
    pub(super) fn is(&self, generation: u32) -> bool {
        self.socket.is_some() && self.generation == generation
    }

    /// Whether it would read an answer.
    pub(super) fn hears(&self) -> bool {
        self.stage == Stage::Greeted && !self.deaf
    }

    /// Forgets everything about a connection; the token and the unanswered sends stay.
    pub(super) fn reset(&mut self) {
        self.socket = None;
        self.stage = Stage::Connecting;
        self.joined = 0;
        self.last_ping = LastPing::Due;
        self.deaf = false;
        self.return_after = None;
        self.carry = Vec::new();
        self.watched = true;
        self.out = Vec::new();
    }
}
