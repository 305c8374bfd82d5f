//! A connection as rooms, people and the timer wheel hold it: its number, its outbox, its signs of life, and
//! what its task has to look at.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, AtomicU32, AtomicU64, Ordering};
use std::task::Context;

use throng_log::clock;

use crate::delivery::budget::Budget;
use crate::delivery::outbox::Outbox;
use crate::delivery::transport::Transport;

/// Why the connection's task is woken, besides readiness of the transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alarm {
    /// The client has been silent for too long.
    Silent,
    /// A write has made no progress for too long.
    Stalled,
    /// The server is draining.
    Drain,
    /// An administrator closes the connection.
    Close,
    /// The login of the connection has ended.
    LoggedOut,
    /// The person, or the address, was banned.
    Banned,
    /// The JWT by which the client came has expired, and no other one came.
    JwtExpired,
}

/// What the connection's task learns from driving the outbox.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Driven {
    /// Set until `clear`.
    pub(crate) alarm: Option<Alarm>,
    /// Whether everything was written.
    pub(crate) is_empty: bool,
    /// The person has changed their nick; reported once.
    pub(crate) renamed: bool,
    /// The person has another role; reported once.
    pub(crate) has_new_role: bool,
    /// The person is there otherwise than before; reported once.
    pub(crate) has_new_presence: bool,
}

impl Driven {
    /// Whether the session has something to tell its rooms or its client.
    pub(crate) fn has_news(&self) -> bool {
        self.renamed || self.has_new_role || self.has_new_presence
    }
}

/// One connection.
pub(crate) struct Peer {
    id: u64,
    pub(crate) outbox: Outbox,
    /// When the client said hello, in Unix milliseconds; 0 before that.
    greeted_at: AtomicU64,
    /// When the last whole frame of the client was read, in seconds of [`clock::now_seconds`].
    heard_at: AtomicU32,
    /// The number of the login with which the client said hello, 0 for a guest.
    login: AtomicU64,
    /// Bits, in two bytes, of which there are ten thousand.
    flags: AtomicU16,
}

/// The client has said hello.
const GREETED: u16 = 1;
/// The client was pinged since it was heard last.
const PINGED: u16 = 1 << 1;
/// The person has another nick.
const RENAMED: u16 = 1 << 2;
const SILENT: u16 = 1 << 3;
const STALLED: u16 = 1 << 4;
const DRAIN: u16 = 1 << 5;
const CLOSE: u16 = 1 << 6;
const LOGGED_OUT: u16 = 1 << 7;
const BANNED: u16 = 1 << 8;
/// The person has another role.
const NEW_ROLE: u16 = 1 << 9;
const JWT_EXPIRED: u16 = 1 << 10;
/// Nobody is at this device.
const AWAY: u16 = 1 << 11;
/// The person is there otherwise than before.
const NEW_PRESENCE: u16 = 1 << 12;

impl Peer {
    pub(crate) fn new(id: u64, transport: impl Into<Transport>, budget: Arc<Budget>) -> Arc<Self> {
        let now = clock::now_seconds();
        Arc::new(Self {
            id,
            outbox: Outbox::new(transport.into(), budget, now),
            greeted_at: AtomicU64::new(0),
            heard_at: AtomicU32::new(now),
            login: AtomicU64::new(0),
            flags: AtomicU16::new(0),
        })
    }

    /// The connection's number, as in the log lines.
    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    /// Records that a whole frame came from the client.
    pub(crate) fn heard(&self) {
        self.heard_in(clock::now_seconds());
    }

    /// The same, in this second of [`clock::now_seconds`].
    pub(crate) fn heard_in(&self, second: u32) {
        self.heard_at.store(second, Ordering::Relaxed);
        if self.has(PINGED) {
            self.unset(PINGED);
        }
    }

    /// From now on the heartbeat applies instead of the deadline of `hello`.
    pub(crate) fn greet(&self) {
        self.greeted_at.store(clock::unix_ms(), Ordering::Relaxed);
        self.set(GREETED);
        self.heard();
    }

    pub(crate) fn is_greeted(&self) -> bool {
        self.has(GREETED)
    }

    /// When the client said hello, in Unix milliseconds; 0 before that.
    pub(crate) fn greeted_at(&self) -> u64 {
        self.greeted_at.load(Ordering::Relaxed)
    }

    /// The address that the client connected from, while the socket is connected.
    pub(crate) fn address(&self) -> Option<IpAddr> {
        self.outbox.transport().peer_address()
    }

    /// The number of the login with which the client said hello, 0 for a guest.
    pub(crate) fn login(&self) -> u64 {
        self.login.load(Ordering::Relaxed)
    }

    /// Remembers with which login the client is here.
    pub(crate) fn set_login(&self, login: u64) {
        self.login.store(login, Ordering::Relaxed);
    }

    /// Whether the client was pinged since it was heard last.
    pub(crate) fn is_pinged(&self) -> bool {
        self.has(PINGED)
    }

    /// Pings a silent client, once in a silence: nearly every WebSocket library answers by itself.
    pub(crate) fn ping(&self) {
        if self.is_pinged() {
            return;
        }
        // Set before the ping: the pong may come at once.
        self.set(PINGED);
        if !self.outbox.offer_ping() {
            self.unset(PINGED);
        }
    }

    /// When the client was heard last, in seconds of [`clock::now_seconds`].
    pub(crate) fn heard_at(&self) -> u32 {
        self.heard_at.load(Ordering::Relaxed)
    }

    /// Wakes the connection's task with an alarm.
    pub(crate) fn alarm(&self, alarm: Alarm) {
        self.set(alarm.flag());
        self.outbox.wake();
    }

    /// Informs the connection's task that the person has changed their nick.
    pub(crate) fn rename(&self) {
        self.set(RENAMED);
        self.outbox.wake();
    }

    /// Informs the connection's task that the person has another role.
    pub(crate) fn note_new_role(&self) {
        self.set(NEW_ROLE);
        self.outbox.wake();
    }

    /// Informs the connection's task that the person is there otherwise than before.
    pub(crate) fn note_new_presence(&self) {
        self.set(NEW_PRESENCE);
        self.outbox.wake();
    }

    /// Remembers whether somebody is at this device.
    pub(crate) fn set_away(&self, is_away: bool) {
        if is_away { self.set(AWAY) } else { self.unset(AWAY) }
    }

    /// Whether the client has said that nobody is at this device.
    pub(crate) fn is_away(&self) -> bool {
        self.has(AWAY)
    }

    /// Clears an alarm that the connection's task found to be unfounded.
    pub(crate) fn clear(&self, alarm: Alarm) {
        self.unset(alarm.flag());
    }

    /// Called by the connection's task whenever it runs: writes the queue, registers its waker, and returns
    /// what else there is to look at.
    ///
    /// # Errors
    /// When the transport is broken.
    pub(crate) fn drive(&self, cx: &mut Context<'_>) -> io::Result<Driven> {
        // The waker is registered before the flags are read: a flag that is set later wakes it.
        let is_empty = self.outbox.drive(cx)?;
        let flags = self.flags.load(Ordering::Acquire);
        let news = flags & (RENAMED | NEW_ROLE | NEW_PRESENCE);
        if news != 0 {
            self.unset(news);
        }
        Ok(Driven {
            alarm: Alarm::most_urgent(flags),
            is_empty,
            renamed: news & RENAMED != 0,
            has_new_role: news & NEW_ROLE != 0,
            has_new_presence: news & NEW_PRESENCE != 0,
        })
    }

    fn has(&self, flag: u16) -> bool {
        self.flags.load(Ordering::Relaxed) & flag != 0
    }

    fn set(&self, flag: u16) {
        self.flags.fetch_or(flag, Ordering::Release);
    }

    fn unset(&self, flag: u16) {
        self.flags.fetch_and(!flag, Ordering::Relaxed);
    }
}

impl Alarm {
    fn flag(self) -> u16 {
        match self {
            Self::Silent => SILENT,
            Self::Stalled => STALLED,
            Self::Drain => DRAIN,
            Self::Close => CLOSE,
            Self::LoggedOut => LOGGED_OUT,
            Self::Banned => BANNED,
            Self::JwtExpired => JWT_EXPIRED,
        }
    }

    fn most_urgent(flags: u16) -> Option<Self> {
        const URGENT_FIRST: [Alarm; 7] = [
            Alarm::Banned,
            Alarm::LoggedOut,
            Alarm::JwtExpired,
            Alarm::Close,
            Alarm::Drain,
            Alarm::Stalled,
            Alarm::Silent,
        ];
        URGENT_FIRST.into_iter().find(|it| flags & it.flag() != 0)
    }
}
