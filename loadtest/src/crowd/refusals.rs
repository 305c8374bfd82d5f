//! Servers that refuse these clients: which refusals pass, which never do, and what to do about them.

use std::io;
use std::time::{Duration, Instant};

use throng_protocol::{CloseCode, ErrorCode};

use super::Crowd;
use super::client::Stage;
use super::timers::TimerKind;
use crate::handshake::BadUpgrade;
use crate::units;

/// How long all clients may be refused before the run is given up. Longer than throng takes to start over a
/// large log, and longer than it asks clients to wait.
const REFUSED_MAX: Duration = Duration::from_secs(30);

/// How many clients try at a time while the server refuses connections: a crowd that tries at full speed only
/// takes processor time from the server that is starting.
const KNOCKS_MAX: u32 = 16;

/// How long after a refused connection the next one is tried.
const KNOCK: Duration = Duration::from_millis(50);

/// The longest wait before a client reconnects. A person's client waits up to 30 s; in a run that kills the
/// server again and again, all clients should be back in between.
const WAIT_MAX: Duration = Duration::from_secs(4);

/// The first wait is random up to this; the bound doubles with each attempt.
const WAIT_FIRST: Duration = Duration::from_millis(500);

/// The last refusal, and since when no client was let in.
#[derive(Default)]
pub(super) struct Refusals {
    since: Option<Instant>,
    last: Option<String>,
    /// Set while connections are refused: when the next one may be tried.
    pub(super) closed_until: Option<Instant>,
    too_many: bool,
}

impl Refusals {
    /// Advice about the last refusal, to be added to a sentence.
    pub(super) fn advice(&self) -> String {
        let Some(last) = &self.last else { return String::new() };
        let more = if self.too_many { TRUST } else { "" };
        format!("; the last refusal: {last}{more}")
    }

    /// The most clients that may be connecting now.
    pub(super) fn underway_max(&self, usual: u32) -> u32 {
        if self.closed_until.is_some() { usual.min(KNOCKS_MAX) } else { usual }
    }

    /// The server took a connection.
    pub(super) fn opened(&mut self) {
        self.closed_until = None;
    }

    /// The server has let a client in.
    pub(super) fn admitted(&mut self) {
        (self.since, self.last, self.too_many) = (None, None, false);
    }
}

/// What to do about a limit per address.
const TRUST: &str = ": too many connections or commands from one address; add this machine's \
                     address to the server's `trust` setting, or test from several machines";

impl Crowd {
    /// The TCP connection was refused, or failed.
    pub(super) fn could_not_connect(&mut self, index: u32, error: &io::Error) {
        self.tally.refused_connections += 1;
        let passing = [
            io::ErrorKind::ConnectionRefused,
            io::ErrorKind::ConnectionReset,
            io::ErrorKind::TimedOut,
        ];
        if !passing.contains(&error.kind()) {
            self.fatal.get_or_insert(format!(
                "client {index} cannot connect to {}: {error}; look at `ulimit -n` and the free \
                 ports",
                self.shape.address
            ));
        }
        self.refusals.closed_until = Some(Instant::now() + KNOCK);
        let address = self.shape.address;
        self.refused(format!("nothing takes connections at {address} ({error})"));
        self.back_off(index);
    }

    /// The upgrade got another response than 101.
    pub(super) fn bad_upgrade(&mut self, index: u32, bad: &BadUpgrade) {
        let BadUpgrade::Status { code: code @ (429 | 503), retry_after, .. } = bad else {
            let why = match bad {
                BadUpgrade::Status { code: 403, .. } => {
                    "; it does not serve this Host: use the address that the server printed, or \
                     add the host to its `origins` setting"
                }
                _ => "; is this the address of a throng server, and its path /ws?",
            };
            let (host, path) = (&self.shape.host, &self.shape.path);
            self.fatal.get_or_insert(format!("client {index} asked {host} for {path}: {bad}{why}"));
            return;
        };
        *self.tally.statuses.entry(*code).or_default() += 1;
        self.refusals.too_many |= *code == 429;
        self.refused(bad.to_string());
        self.hang_up(index);
        // All clients got the same response, and must not return at the same moment.
        let after = Duration::from_secs(retry_after.unwrap_or(1))
            + Duration::from_millis(self.rng.u64(..1000));
        self.timers.add(Instant::now() + after, index, 0, TimerKind::Return);
    }

    /// The server or the network has ended the connection. The client comes back after the wait that `bye`
    /// asked for, or else after a random one.
    pub(super) fn lost(&mut self, index: u32, code: u16) {
        *self.tally.closes.entry(code).or_default() += 1;
        let client = &mut self.clients[index as usize];
        let (after, stage) = (client.return_after.take(), client.stage);
        // These clients never close with 1000 themselves; some servers and proxies send it for anything.
        if !CloseCode::comes_back(code) && code != CloseCode::Normal.number() {
            self.fatal.get_or_insert(format!(
                "the server closed client {index} with {code}, which means: do not come back"
            ));
        }
        if matches!(stage, Stage::Upgrading | Stage::Greeting) {
            self.refused(format!(
                "the server ended a connection with {code} before it was greeted"
            ));
        }
        self.hang_up(index);
        match after {
            Some(after) => self.timers.add(Instant::now() + after, index, 0, TimerKind::Return),
            None => self.back_off(index),
        }
    }

    /// Reconnects after a random wait up to a bound that doubles (full jitter).
    pub(super) fn back_off(&mut self, index: u32) {
        let client = &mut self.clients[index as usize];
        let bound = WAIT_FIRST.saturating_mul(1 << client.attempts.min(10)).min(WAIT_MAX);
        client.attempts = client.attempts.saturating_add(1);
        let after = bound.mul_f64(self.rng.f64());
        self.timers.add(Instant::now() + after, index, 0, TimerKind::Return);
    }

    /// `hello` was answered with an error. Returns whether the connection goes on.
    pub(super) fn hello_refused(&mut self, index: u32, code: ErrorCode, message: &str) -> bool {
        let client = &mut self.clients[index as usize];
        match code {
            ErrorCode::NickTaken => client.renamed = client.renamed.wrapping_add(1),
            ErrorCode::BadToken => {
                client.token = None;
                self.oracle.accuse(crate::oracle::Kind::Forgotten, None, None, Some(index), |_| {
                    ("its token to be known".into(), format!("bad_token: {message}"))
                });
            }
            ErrorCode::RateLimited | ErrorCode::Busy | ErrorCode::Draining => {
                self.refusals.too_many |= code == ErrorCode::RateLimited;
                self.refused(format!("hello was answered: {message}"));
                return false;
            }
            ErrorCode::StorageUnavailable | ErrorCode::Internal => {
                self.refused(format!("hello was answered: {message}"));
                return false;
            }
            ErrorCode::UnsupportedVersion => {
                self.fatal.get_or_insert(format!(
                    "the server does not speak version {} of the protocol: {message}; use the load \
                     tester of its release",
                    throng_protocol::VERSION
                ));
                return false;
            }
            _ => {
                self.fatal.get_or_insert(format!("the server refused client {index}: {message}"));
                return false;
            }
        }
        true
    }

    /// Records a refusal. If no client is let in for too long, the run ends.
    fn refused(&mut self, what: String) {
        let since = *self.refusals.since.get_or_insert_with(Instant::now);
        self.refusals.last = Some(what);
        if since.elapsed() > REFUSED_MAX {
            self.fatal.get_or_insert(format!(
                "no client was let in for {} s, {} of {} connected{}",
                REFUSED_MAX.as_secs(),
                self.connected,
                units::counted(self.shape.clients.into(), "client"),
                self.refusals.advice()
            ));
        }
    }
}
