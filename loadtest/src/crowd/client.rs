//! One simulated client, and its seat in each of its rooms.

use std::net::TcpStream;
use std::time::{Duration, Instant};

/// A client, connected or not.
pub(super) struct Client {
    pub(super) socket: Option<TcpStream>,
    /// Counts the connections, so that events and timers of an older one are known as such.
    pub(super) generation: u32,
    pub(super) stage: Stage,
    /// Attempts to connect since the last greeting; they lengthen the wait before the next.
    pub(super) attempts: u8,
    /// How often its nick was taken; the next one it asks for is another.
    pub(super) renamed: u8,
    /// Stands in the line of arrivals.
    pub(super) queued: bool,
    /// How many of its rooms it has joined on this connection.
    pub(super) joined: u32,
    /// Joins on this connection so far, so that a page of an older one is known as such.
    pub(super) asked: u32,
    /// Who it is, after the first greeting.
    pub(super) token: Option<Box<str>>,
    /// The ping of a barrier on this connection.
    pub(super) last_ping: LastPing,
    /// Does not read its socket.
    pub(super) deaf: bool,
    /// Went by itself and has not come back yet.
    pub(super) parted: bool,
    /// Messages that were due before this, on the run's clock, are late by its own fault.
    pub(super) excused: Duration,
    /// When it began to connect.
    pub(super) came: Instant,
    /// When it last wrote, for the heartbeat.
    pub(super) spoke: Instant,
    /// What `bye` said about coming back.
    pub(super) return_after: Option<Duration>,
    /// Sends without an answer, by number.
    pub(super) unanswered: Vec<u64>,
    /// The beginning of a frame whose end has not come.
    pub(super) carry: Vec<u8>,
    /// Whether epoll watches for room to write; so at the beginning, to learn of the connection.
    pub(super) watched: bool,
    /// What the socket would not take yet. Bounded by what a scenario sends through one client.
    pub(super) out: Vec<u8>,
}

/// How far a connection has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// TCP is connecting, or there is no connection.
    Connecting,
    /// Waiting for 101.
    Upgrading,
    /// Waiting for the `ok` of hello.
    Greeting,
    /// Greeted: the seats tell the rest.
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
    /// Which join, or page of history, it waits for.
    pub(super) asked: u32,
    pub(super) state: SeatState,
    /// Whether it has been live on this connection.
    pub(super) joined: bool,
}

/// How far a membership has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum SeatState {
    /// Not asked for.
    #[default]
    Out,
    /// Waiting for the `ok` of a join. Nothing live is expected.
    Joining,
    /// Reading what lies between by `history`, because the join was `limited`. Live messages are
    /// passed over: the join that follows brings them again.
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

    /// Whether it is still on this connection.
    pub(super) fn is(&self, generation: u32) -> bool {
        self.socket.is_some() && self.generation == generation
    }

    /// Whether it would hear an answer.
    pub(super) fn hears(&self) -> bool {
        self.stage == Stage::Greeted && !self.deaf
    }

    /// Forgets all that belonged to a connection; token and unanswered sends stay.
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
