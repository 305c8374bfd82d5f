//! What clients do later: reconnect, retry, ping.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::{Duration, Instant};

use throng_protocol::{Command, Ping};

use super::Crowd;
use super::send::RequestId;

/// An action of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum TimerKind {
    /// Connect again.
    Return,
    /// Say hello again, on the same connection.
    Hello,
    /// Join again after a `busy`, if this seat has not asked again since.
    Rejoin { seat: u32, asked: u32 },
    /// Write this send again.
    Resend(u64),
    /// Ping, unless the client has written something within a heartbeat.
    Heartbeat,
}

/// Actions by time. A client has at most a handful.
#[derive(Default)]
pub(super) struct Timers(BinaryHeap<Reverse<(Instant, u32, u32, TimerKind)>>);

impl Timers {
    pub(super) fn add(&mut self, at: Instant, client: u32, generation: u32, what: TimerKind) {
        self.0.push(Reverse((at, client, generation, what)));
    }

    pub(super) fn next(&self) -> Option<Instant> {
        self.0.peek().map(|Reverse((at, ..))| *at)
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    fn pop(&mut self, now: Instant) -> Option<(u32, u32, TimerKind)> {
        if self.next()? > now {
            return None;
        }
        self.0.pop().map(|Reverse((_, client, generation, what))| (client, generation, what))
    }
}

impl Crowd {
    pub(super) fn fire_timers(&mut self, now: Instant) {
        while let Some((index, generation, what)) = self.timers.pop(now) {
            if what == TimerKind::Return {
                self.arrive(index);
                continue;
            }
            if !self.clients[index as usize].is(generation) {
                continue;
            }
            match what {
                TimerKind::Return => {}
                TimerKind::Hello => self.hello(index),
                TimerKind::Rejoin { seat, asked } => self.rejoin(seat, asked),
                TimerKind::Resend(number) => self.resend(index, number),
                TimerKind::Heartbeat => self.heartbeat(index, now),
            }
        }
    }

    /// Sends a ping if the client has been silent for a heartbeat.
    pub(super) fn heartbeat(&mut self, index: u32, now: Instant) {
        if self.shape.silent {
            return;
        }
        let client = &self.clients[index as usize];
        let rhythm = self.heartbeat;
        let mut due = client.spoke + rhythm;
        if due <= now {
            // A client that has stopped reading stands for a program that hangs: it sends nothing either.
            if client.hears() {
                self.request(index, RequestId::Ping, Command::Ping(Ping {}));
            }
            due = now + rhythm;
        }
        let generation = self.clients[index as usize].generation;
        self.timers.add(
            due.max(now + Duration::from_millis(1)),
            index,
            generation,
            TimerKind::Heartbeat,
        );
    }
}
