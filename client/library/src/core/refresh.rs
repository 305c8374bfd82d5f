//! JWTs of an application: when another one is needed, and what comes of it.
//!
//! The driver fetches them, since that takes time; the core says when ([`Core::wants_jwt`]).

use std::time::Duration;

use throng_protocol::{Command, Fault, Refresh, RefreshOk};

use super::backoff::{after_refusal, jitter, passes};
use super::{Core, InFlight, Phase};
use crate::event::Event;

/// After a JWT could not be had, or was refused for now, at least this long passes before the next one.
const AGAIN: Duration = Duration::from_secs(1);

/// What is known of the JWT of this connection.
#[derive(Default)]
pub(super) struct JwtState {
    /// Whether we come by JWTs.
    pub(super) is_used: bool,
    /// For the next greeting.
    pub(super) fetched: Option<String>,
    /// When another one is due.
    pub(super) due: Option<Duration>,
    pub(super) tries: u32,
}

impl Core {
    /// Takes the JWT for the next greeting.
    pub(crate) fn bring_jwt(&mut self, jwt: String) {
        self.jwt.fetched = Some(jwt);
    }

    /// Whether the driver is to fetch another JWT for this connection.
    pub(crate) fn wants_jwt(&self, now: Duration) -> bool {
        self.jwt.is_used
            && self.phase == Phase::Greeted
            && self.close_deadline.is_none()
            && self.jwt.due.is_some_and(|due| due <= now)
            && !self.in_flight.values().any(|what| *what == InFlight::Refresh)
    }

    /// Another JWT came, or could not be had.
    pub(crate) fn fetched_jwt(&mut self, now: Duration, jwt: Result<String, String>) {
        if self.phase != Phase::Greeted {
            return;
        }
        let written = jwt.ok().map(|jwt| {
            let command = Command::Refresh(Refresh { jwt });
            self.write(now, command, InFlight::Refresh).is_ok()
        });
        if written != Some(true) {
            self.refresh_later(now);
        }
    }

    /// The JWT of this connection expires after this time. The next one is due well before, also if the server's word
    /// for it is lost.
    pub(super) fn jwt_lasts(&mut self, now: Duration, expires_ms: Option<u64>) {
        let lasts = expires_ms.map(Duration::from_millis);
        self.jwt.due = lasts.map(|lasts| now.saturating_add(lasts.mul_f64(0.85)));
        self.jwt.tries = 0;
    }

    /// The server asks for another JWT.
    pub(super) fn refresh_due(&mut self, now: Duration) {
        self.jwt.due = self.jwt.due.map(|due| due.min(now));
    }

    pub(super) fn refreshed(&mut self, now: Duration, ok: &RefreshOk) {
        self.role = ok.role;
        self.jwt_lasts(now, Some(ok.expires_ms));
    }

    pub(super) fn refresh_refused(&mut self, now: Duration, fault: Fault) {
        if passes(fault.code) {
            self.jwt.due = Some(now + after_refusal(&fault, self.jwt.tries, &mut self.rng));
            self.jwt.tries += 1;
        } else {
            self.refresh_later(now);
            self.queue.push(Event::Refused { room: None, fault });
        }
    }

    fn refresh_later(&mut self, now: Duration) {
        let wait = AGAIN + jitter(self.jwt.tries, &mut self.rng);
        self.jwt.due = Some(now.saturating_add(wait));
        self.jwt.tries = self.jwt.tries.saturating_add(1);
    }
}
