//! The closed loop: each room has a fixed number of outstanding sends. Each answer allows the next send;
//! latencies count from the write.

use std::time::{Duration, Instant};

use super::Crowd;

/// How long to wait before trying again to send in a room in which no client could.
const AGAIN: Duration = Duration::from_millis(20);

/// How often a random sender is tried before the room has to wait.
const DRAWS: u32 = 8;

/// A closed loop in progress.
pub(super) struct ClosedLoop {
    outstanding: u32,
    /// The outstanding sends of each room.
    open: Vec<u32>,
    /// Rooms with too few outstanding sends because no client could send, and when to try again.
    lacking: Vec<u32>,
    again: Instant,
}

impl ClosedLoop {
    pub(super) fn next_look(&self, now: Instant) -> Instant {
        if self.lacking.is_empty() { now + Duration::from_secs(60) } else { self.again.max(now) }
    }
}

impl Crowd {
    /// Keeps this number of sends per room outstanding from now on. `None` ends the loop; outstanding sends
    /// are still answered.
    pub(crate) fn outstanding(&mut self, outstanding: Option<u32>) {
        let rooms = self.seats.rooms();
        self.closed_loop = outstanding.map(|outstanding| ClosedLoop {
            outstanding,
            open: vec![0; rooms as usize],
            lacking: (0..rooms).collect(),
            again: Instant::now(),
        });
    }

    /// Sends in the rooms that have too few outstanding sends.
    pub(super) fn speak_again(&mut self, now: Instant) {
        let Some(closed) = &mut self.closed_loop else { return };
        if closed.lacking.is_empty() || closed.again > now {
            return;
        }
        closed.again = now + AGAIN;
        let lacking = std::mem::take(&mut closed.lacking);
        lacking.into_iter().for_each(|room| self.fill_up(room));
    }

    /// A send to this room was answered.
    pub(super) fn answered_in(&mut self, room: u32) {
        let Some(closed) = &mut self.closed_loop else { return };
        let open = &mut closed.open[room as usize];
        // Sends from before the loop were not counted.
        *open = open.saturating_sub(1);
        self.fill_up(room);
    }

    fn fill_up(&mut self, room: u32) {
        loop {
            let Some(closed) = &mut self.closed_loop else { return };
            if closed.open[room as usize] >= closed.outstanding {
                return;
            }
            let Some(seat) = self.draw_speaker(room) else {
                if let Some(closed) = &mut self.closed_loop
                    && !closed.lacking.contains(&room)
                {
                    closed.lacking.push(room);
                }
                return;
            };
            if let Some(closed) = &mut self.closed_loop {
                closed.open[room as usize] += 1;
            }
            let index = self.seats.client(seat);
            let slot = seat - self.seats.seat(index, 0);
            self.send(index, slot, self.began.elapsed());
        }
    }

    /// A random seat of this room whose client is joined and reading.
    pub(super) fn draw_speaker(&mut self, room: u32) -> Option<u32> {
        (0..DRAWS).find_map(|_| {
            let seat = self.seats.draw(room, &mut self.rng)?;
            let hears = self.clients[self.seats.client(seat) as usize].hears();
            (hears && self.memberships[seat as usize].joined).then_some(seat)
        })
    }
}
