//! Clients that leave on purpose, and clients that stop reading.

use std::ops::Range;
use std::time::{Duration, Instant};

use super::Crowd;
use super::timers::TimerKind;

impl Crowd {
    /// Drops all connections at once, without a close frame. No client comes back until [`Crowd::come`].
    pub(crate) fn vanish(&mut self) {
        for index in 0..self.shape.clients {
            self.hang_up(index);
            self.clients[index as usize].queued = false;
        }
        self.arrivals.clear();
        self.timers.clear();
    }

    /// `count` random connected clients drop their connections without a close frame; each comes back after a
    /// random time from `away`.
    pub(crate) fn part(&mut self, count: u32, away: Range<Duration>) {
        for _ in 0..count.min(self.live) {
            let Some(index) = self.draw_hearing() else { return };
            self.hang_up(index);
            let span = away.end.saturating_sub(away.start).mul_f64(self.rng.f64());
            let after = away.start + span;
            let client = &mut self.clients[index as usize];
            client.parted = true;
            client.excused = self.began.elapsed() + after;
            self.timers.add(Instant::now() + after, index, 0, TimerKind::Return);
        }
    }

    /// A random share of all clients stops reading. They keep their connections and send nothing, until
    /// [`Crowd::hear`]. If the server closes one of these connections, the client comes back as usual, and
    /// reads. Returns how many clients stopped.
    pub(crate) fn deafen(&mut self, share: f64) -> u32 {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
        let count = (f64::from(self.shape.clients) * share.clamp(0.0, 1.0)).round() as u32;
        let mut deaf = 0;
        for _ in 0..count {
            let Some(index) = self.draw_hearing() else { break };
            self.clients[index as usize].deaf = true;
            self.watch(index);
            deaf += 1;
        }
        deaf
    }

    /// All clients that had stopped reading read again.
    pub(crate) fn hear(&mut self) {
        let now = self.began.elapsed();
        for index in 0..self.shape.clients {
            let client = &mut self.clients[index as usize];
            if std::mem::replace(&mut client.deaf, false) {
                client.excused = now;
                self.watch(index);
            }
        }
    }

    /// A random client that reads and has joined all its rooms: the first one from a random index on.
    fn draw_hearing(&mut self) -> Option<u32> {
        let clients = self.shape.clients;
        let first = self.rng.u32(..clients.max(1));
        let fit = |index: &u32| {
            let client = &self.clients[*index as usize];
            client.hears() && client.joined == self.seats.per_client()
        };
        (first..clients).chain(0..first).find(fit)
    }
}
