//! The end of a phase: everybody has everything, and nothing more is on its way.

use std::time::{Duration, Instant};

use anyhow::Result;
use throng_protocol::{Command, Ping};

use super::Crowd;
use super::client::Stage;
use super::send::Asked;
use crate::ledger::SendRecord;

/// How often everybody's cursor is compared with the heads; it costs a walk over all clients.
const LOOK: Duration = Duration::from_millis(20);

impl Crowd {
    /// Turns until every send is answered, every client is joined, and has seen its room's head;
    /// or until `deadline`. Who was deaf reads again. Returns whether it came so far: if not, the verdict will say who lacks
    /// what.
    ///
    /// # Errors
    /// As [`Crowd::turn`].
    pub(crate) fn settle(&mut self, deadline: Instant) -> Result<bool> {
        self.hear();
        loop {
            let quiet = self.live == self.shape.clients && self.unanswered == 0;
            if quiet && self.oracle.waiting() == 0 {
                return Ok(true);
            }
            if Instant::now() > deadline {
                return Ok(false);
            }
            let look = Instant::now() + LOOK;
            self.turn_until(look, |_| false)?;
        }
    }

    /// Pings every client and waits for all answers: whatever the server had queued for anybody
    /// before, a repeated message for example, has been read then.
    ///
    /// # Errors
    /// As [`Crowd::turn`].
    pub(crate) fn barrier(&mut self, deadline: Instant) -> Result<bool> {
        for index in 0..self.shape.clients {
            let client = &mut self.clients[index as usize];
            if client.stage == Stage::Greeted && !client.pinged {
                client.pinged = true;
                self.pings_unanswered += 1;
                self.request(index, Asked::Barrier, Command::Ping(Ping {}));
            }
        }
        self.turn_until(deadline, |crowd| crowd.pings_unanswered == 0)
    }

    pub(super) fn barrier_passed(&mut self, index: u32) {
        let client = &mut self.clients[index as usize];
        if client.pinged {
            client.pinged = false;
            self.pings_unanswered -= 1;
        }
    }

    /// A send has its answer. `None` if it had one before: a retry may be answered twice.
    pub(super) fn forget_unanswered(&mut self, index: u32, number: u64) -> Option<SendRecord> {
        let unanswered = &mut self.clients[index as usize].unanswered;
        let place = unanswered.iter().position(|waiting| *waiting == number)?;
        unanswered.swap_remove(place);
        self.unanswered -= 1;
        self.oracle.send(number)
    }
}
