//! Paces connects: the queue of clients, and when the next one may connect.

use std::time::Instant;

use super::Crowd;

/// The most connects between two polls of the sockets: a crowd that arrives at once must not keep the
/// generator from reading.
const ARRIVALS_PER_TURN: usize = 256;

impl Crowd {
    /// Lets all clients connect that have no connection, at most `underway_max` at a time.
    pub(crate) fn come(&mut self, underway_max: u32) {
        self.underway_max = underway_max;
        for index in 0..self.shape.clients {
            self.arrive(index);
        }
    }

    /// Queues a client that has no connection.
    pub(super) fn arrive(&mut self, index: u32) {
        let client = &mut self.clients[index as usize];
        if client.socket.is_none() && !client.queued {
            client.queued = true;
            self.arrivals.push_back(index);
        }
    }

    /// When the next waiting client may connect; `None` if none waits.
    pub(super) fn next_arrival(&self, now: Instant) -> Option<Instant> {
        let may = self.underway < self.refusals.underway_max(self.underway_max);
        (may && !self.arrivals.is_empty()).then(|| self.refusals.closed_until.unwrap_or(now))
    }

    /// Connects the waiting clients that may connect now.
    pub(super) fn admit_arrivals(&mut self, now: Instant) {
        for _ in 0..ARRIVALS_PER_TURN {
            if self.next_arrival(now).is_none_or(|at| at > now) {
                return;
            }
            let Some(index) = self.arrivals.pop_front() else { return };
            self.clients[index as usize].queued = false;
            if let Err(error) = self.connect(index) {
                self.could_not_connect(index, &error);
            }
        }
    }
}
