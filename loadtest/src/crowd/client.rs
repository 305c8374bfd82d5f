//! One simulated client.

use std::net::TcpStream;
use std::time::{Duration, Instant};

/// A client, connected or not.
pub(super) struct Client {
    pub(super) socket: Option<TcpStream>,
    /// Counts the connections, so that events and timers of an older one are known as such.
    pub(super) generation: u32,
    pub(super) stage: Stage,
    /// The room, by number.
    pub(super) room: u32,
    /// Who it is, after the first greeting.
    pub(super) token: Option<String>,
    /// Whether this connection has been joined once.
    pub(super) admitted: bool,
    /// A ping of the final barrier is under way.
    pub(super) pinged: bool,
    /// When it began to connect.
    pub(super) came: Instant,
    /// When it last wrote, for the heartbeat.
    pub(super) spoke: Instant,
    /// What `bye` said about coming back.
    pub(super) told_after: Option<Duration>,
    /// Sends without an answer, by number.
    pub(super) unanswered: Vec<u32>,
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
    /// Waiting for the `ok` of a join. Nothing live is expected.
    Joining,
    /// Reading what lies between by `history`, because the join was `limited`. Live messages are
    /// passed over: the join that follows brings them again.
    Filling,
    /// Live.
    Live,
}

impl Client {
    pub(super) fn new(room: u32) -> Self {
        let now = Instant::now();
        Self {
            socket: None,
            generation: 0,
            stage: Stage::Connecting,
            room,
            token: None,
            admitted: false,
            pinged: false,
            came: now,
            spoke: now,
            told_after: None,
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

    /// Forgets all that belonged to a connection; token, room and unanswered sends stay.
    pub(super) fn reset(&mut self) {
        self.socket = None;
        self.stage = Stage::Connecting;
        self.admitted = false;
        self.pinged = false;
        self.told_after = None;
        self.carry = Vec::new();
        self.watched = true;
        self.out = Vec::new();
    }
}
