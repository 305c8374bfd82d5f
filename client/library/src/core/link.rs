//! The connection as the core sees it: when to dial, that it stands, that it is lost, that it ends.

use std::time::Duration;

use futures::channel::oneshot;
use throng_protocol::{Command, Hello};

use super::backoff::Again;
use super::{Core, Flying, Phase};
use crate::{AskError, Event, SendError, State, Trouble};

/// How long a `bye` may take.
const CLOSE_WAIT: Duration = Duration::from_secs(5);

/// So often a nick is asked for again that our own lost greeting may hold: with the waits between,
/// longer than a server usually keeps it (a minute).
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
            Phase::Away { dial_at } if dial_at <= now && !self.queue.is_full() => {
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
        self.is_linked() && (!self.queue.is_full() || self.closing.is_some())
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
        self.heard_at = now;
        // Once greeted we are the token; the nick was a wish of the beginning.
        let nick = self.nick.clone().filter(|_| self.user.is_none());
        let hello = Hello { version: throng_protocol::VERSION, nick, token: self.token.clone() };
        let written = self.write(now, Command::Hello(hello), Flying::Hello);
        if written.is_err() {
            let problem = "the token is too long to be one".to_owned();
            self.finish(Trouble::Unreadable { problem });
        }
    }

    /// There is no connection, or none any more.
    pub(crate) fn lost(&mut self, now: Duration, trouble: Trouble) {
        self.lost_until(now, trouble, None);
    }

    /// The same, when the server said for how long.
    pub(super) fn lost_until(&mut self, now: Duration, trouble: Trouble, after: Option<Duration>) {
        let again = Again::from_trouble(&trouble, after);
        self.lost_again(now, trouble, again);
    }

    /// The same, when it is known whether to come back.
    pub(super) fn lost_again(&mut self, now: Duration, trouble: Trouble, again: Again) {
        if self.phase == Phase::Finished {
            return;
        }
        if self.flying.values().any(|what| *what == Flying::Hello) {
            // The server may have taken us in, and keeps the nick for somebody who has no token.
            self.nick_tries = NICK_TRIES_MAX;
        }
        self.unlink();
        if self.closing.is_some() {
            return self.finish(Trouble::Closed);
        }
        if again == Again::Never || self.first.is_some() {
            return self.finish(trouble);
        }
        let wait = again.wait(self.attempts, &mut self.rng);
        self.attempts = self.attempts.saturating_add(1);
        self.phase = Phase::Away { dial_at: now.saturating_add(wait) };
        self.set_state(State::Offline { why: trouble, again_in: wait });
    }

    /// Forgets what belongs to the connection. What was under way will be asked again.
    fn unlink(&mut self) {
        self.flying.clear();
        self.writes.clear();
        self.sends_flying = 0;
        self.sends_at = Duration::ZERO;
        for room in self.rooms.values_mut() {
            room.disconnect();
        }
        for lane in self.lanes.values_mut() {
            lane.flying = None;
            lane.retry_at = Duration::ZERO;
        }
        for question in &mut self.questions {
            question.flying = false;
            question.retry_at = Duration::ZERO;
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
        self.closers.extend(gone);
        if self.closing.is_some() {
            return;
        }
        self.closing = Some(now.saturating_add(CLOSE_WAIT));
        self.close_waiting();
        // Earlier commands are answered before the bye is: sends under way get their seq.
        let said = self.phase == Phase::Greeted
            && self.write(now, Command::Bye(throng_protocol::Bye {}), Flying::Bye).is_ok();
        if !said {
            self.finish(Trouble::Closed);
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

    /// The end: everything that waits is told.
    pub(crate) fn finish(&mut self, why: Trouble) {
        if self.phase == Phase::Finished {
            return;
        }
        self.unlink();
        self.phase = Phase::Finished;
        self.close_waiting();
        if let Some(first) = self.first.take() {
            let _ = first.send(Err(why.clone()));
        }
        self.set_state(State::Closed { why });
        for gone in self.closers.drain(..) {
            let _ = gone.send(());
        }
    }

    /// Tells everybody who waits, except for sends that are under way, that there will be no
    /// answer.
    fn close_waiting(&mut self) {
        for lane in self.lanes.values_mut() {
            let kept = lane.flying.and_then(|_| lane.queue.pop_front());
            for pending in lane.queue.drain(..) {
                let outcome = pending.outcome();
                pending.answer(Err(SendError::Closed { outcome }));
            }
            lane.queue.extend(kept);
        }
        for question in self.questions.drain(..) {
            question.answer.fail(AskError::Closed);
        }
        for room in self.rooms.values_mut() {
            room.waiters.drain(..).for_each(|to| drop(to.send(Err(AskError::Closed))));
            room.leavers.drain(..).for_each(|to| drop(to.send(Err(AskError::Closed))));
        }
    }
}
