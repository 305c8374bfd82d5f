//! The connection as the core sees it: when to dial, that it stands, that it is lost, that it ends.

use std::time::Duration;

use futures::channel::oneshot;
use throng_protocol::{Command, ErrorCode, Hello};

use super::backoff::Reconnect;
use super::requests::{QueuedRequest, Repeat};
use super::{Core, InFlight, Phase};
use crate::error::{DisconnectReason, RequestError, SendError};
use crate::event::{Event, State};

/// How long a `bye` may take.
const CLOSE_WAIT: Duration = Duration::from_secs(5);

/// How often to ask again for a nick that our own lost greeting may hold: with the waits in between, longer than a
/// server usually keeps it (a minute).
const NICK_TRIES_MAX: u32 = 10;

/// What the driver does while there is no connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Dial,
    Wait(Option<Duration>),
    Finished,
}

impl Core {
    /// What to do while there is no connection.
    pub(crate) fn step(&mut self, now: Duration) -> Step {
        self.tick(now);
        match self.phase {
            Phase::Finished => Step::Finished,
            // Who does not read would not see the greeting either.
            Phase::Disconnected { dial_at } if dial_at <= now && !self.queue.is_full() => {
                self.phase = Phase::Dialling;
                self.dials = self.dials.saturating_add(1);
                self.state = State::Connecting { attempt: self.dials };
                self.queue.push(Event::State(self.state.clone()));
                Step::Dial
            }
            _ => Step::Wait(self.deadline(now)),
        }
    }

    /// Whether the driver is to go on dialling.
    pub(crate) fn is_dialling(&self) -> bool {
        self.phase == Phase::Dialling
    }

    /// Whether the driver is to keep the connection.
    pub(crate) fn is_linked(&self) -> bool {
        matches!(self.phase, Phase::Greeting | Phase::Greeted)
    }

    /// Whether the driver is to read: not while the caller has enough to do, unless we are closing
    /// and nothing is shown any more.
    pub(crate) fn wants_frames(&self) -> bool {
        self.is_linked() && (!self.queue.is_full() || self.close_deadline.is_some())
    }

    /// The next text to write.
    pub(crate) fn take_write(&mut self) -> Option<String> {
        self.writes.pop_front()
    }

    /// The WebSocket stands.
    pub(crate) fn opened(&mut self, now: Duration) {
        if self.phase != Phase::Dialling {
            return;
        }
        self.phase = Phase::Greeting;
        self.last_received_at = now;
        // Once greeted we are the token; the nick was a wish of the beginning.
        let nick = self.nick.clone().filter(|_| self.user.is_none());
        let token = self.token.clone();
        let code = self.code.map(|code| code.to_string());
        let (password, second_factor, reset) = match self.login.clone() {
            Some(login) => (Some(login.password), login.second_factor, login.reset),
            None => (None, None, None),
        };
        let device = Some(self.device.clone());
        let jwt = self.jwt.fetched.take();
        let device_secret = self.device_secret.clone().filter(|_| password.is_some());
        let proof = Hello { password, second_factor, reset, jwt, ..Hello::default() };
        let hello = Hello { nick, token, code, device, device_secret, ..proof };
        let written = self.write(now, Command::Hello(hello), InFlight::Hello);
        if written.is_err() {
            let problem = "the greeting is longer than a server reads".to_owned();
            self.finish(DisconnectReason::Unreadable { problem });
        }
    }

    /// There is no connection, or none any more.
    pub(crate) fn lost(&mut self, now: Duration, reason: DisconnectReason) {
        self.lost_until(now, reason, None);
    }

    /// The same, when the server said for how long.
    pub(super) fn lost_until(
        &mut self,
        now: Duration,
        reason: DisconnectReason,
        after: Option<Duration>,
    ) {
        let again = Reconnect::from_reason(&reason, after);
        self.lost_again(now, reason, again);
    }

    /// The same, when it is known whether to come back.
    pub(super) fn lost_again(&mut self, now: Duration, reason: DisconnectReason, again: Reconnect) {
        if self.phase == Phase::Finished {
            return;
        }
        if self.in_flight.values().any(|what| *what == InFlight::Hello) {
            // The server may have taken us in, and keeps the nick for somebody who has no token.
            self.nick_tries = NICK_TRIES_MAX;
        }
        self.unlink();
        if self.close_deadline.is_some() {
            return self.finish(DisconnectReason::Closed);
        }
        let is_first = self.first.is_some();
        if is_first && self.is_in_a_storm(&reason) {
            self.busy_tries -= 1;
        } else if again == Reconnect::Never || is_first {
            return self.finish(reason);
        }
        let wait = again.wait(self.attempts, &mut self.rng);
        self.attempts = self.attempts.saturating_add(1);
        self.phase = Phase::Disconnected { dial_at: now.saturating_add(wait) };
        self.set_state(State::Offline { why: reason, again_in: wait });
    }

    /// Whether a password has met a storm of logins, and is worth saying again.
    fn is_in_a_storm(&self, reason: &DisconnectReason) -> bool {
        let is_busy =
            matches!(reason, DisconnectReason::Hello(fault) if fault.code == ErrorCode::Busy);
        is_busy && self.login.is_some() && self.busy_tries > 0
    }

    /// Forgets what belongs to the connection. What was under way will be asked again, unless asking twice could
    /// do something twice. When a send may be retried
    /// does not belong to it: the server counts the sends of a person over all connections.
    fn unlink(&mut self) {
        self.jwt.due = None;
        self.in_flight.clear();
        self.writes.clear();
        self.sends_in_flight = 0;
        for room in self.rooms.values_mut() {
            room.disconnect();
        }
        for queue in self.send_queues.values_mut() {
            queue.in_flight = None;
        }
        let lost = |it: &mut QueuedRequest| it.in_flight && it.repeat != Repeat::Always;
        for request in self.requests.extract_if(.., lost) {
            request.answer.fail(RequestError::Unanswered);
        }
        for request in &mut self.requests {
            request.in_flight = false;
            request.retry_at = Duration::ZERO;
        }
    }

    /// Ends by the caller's wish: `bye`, and no more than five seconds for it.
    pub(crate) fn close(&mut self, now: Duration, gone: Option<oneshot::Sender<()>>) {
        if self.phase == Phase::Finished {
            if let Some(gone) = gone {
                let _ = gone.send(());
            }
            return;
        }
        self.close_waiters.extend(gone);
        if self.close_deadline.is_some() {
            return;
        }
        self.close_deadline = Some(now.saturating_add(CLOSE_WAIT));
        self.close_waiting();
        // Earlier commands are answered before the bye is: sends under way get their seq.
        let said = self.phase == Phase::Greeted
            && self.write(now, Command::Bye(throng_protocol::Bye {}), InFlight::Bye).is_ok();
        if !said {
            self.finish(DisconnectReason::Closed);
        }
    }

    pub(crate) fn drop_handles(&mut self, now: Duration) {
        self.handles_gone = true;
        if self.queue.closed {
            self.close(now, None);
        }
    }

    pub(crate) fn drop_events(&mut self, now: Duration) {
        self.queue.close();
        if self.handles_gone {
            self.close(now, None);
        }
    }

    /// Ends the client, and answers everything that waits.
    pub(crate) fn finish(&mut self, why: DisconnectReason) {
        if self.phase == Phase::Finished {
            return;
        }
        self.unlink();
        self.phase = Phase::Finished;
        self.login = None;
        if matches!(why, DisconnectReason::LoggedOut { .. } | DisconnectReason::Token(_)) {
            // Nobody is to keep it: it is good for nothing any more.
            self.token = None;
        }
        self.close_waiting();
        if let Some(first) = self.first.take() {
            let _ = first.send(Err(why.clone()));
        }
        self.set_state(State::Closed { why });
        for gone in self.close_waiters.drain(..) {
            let _ = gone.send(());
        }
    }

    /// Answers everything that waits with `Closed`, except for sends in flight.
    fn close_waiting(&mut self) {
        for queue in self.send_queues.values_mut() {
            let kept = queue.in_flight.and_then(|_| queue.pending.pop_front());
            for pending in queue.pending.drain(..) {
                let outcome = pending.outcome();
                pending.answer(Err(SendError::Closed { outcome }));
            }
            queue.pending.extend(kept);
        }
        for request in self.requests.drain(..) {
            request.answer.fail(RequestError::Closed);
        }
        for room in self.rooms.values_mut() {
            room.join_waiters.drain(..).for_each(|to| drop(to.send(Err(RequestError::Closed))));
            room.leave_waiters.drain(..).for_each(|to| drop(to.send(Err(RequestError::Closed))));
        }
    }
}
