//! The end of a phase: all clients have all messages, and nothing more is on its way.

use std::time::{Duration, Instant};

use anyhow::Result;
use throng_protocol::{Command, Ping};

use super::Crowd;
use super::client::{Client, LastPing, SeatState, Stage};
use super::send::RequestId;
use crate::latency_histogram::Latency;
use crate::oracle::Verdict;
use crate::sends::SendRecord;
use crate::units;

/// How often all cursors are compared with the heads; each time takes a walk over all clients.
const LOOK: Duration = Duration::from_millis(20);

impl Crowd {
    /// Calls [`Crowd::turn`] until every send is answered and every client is joined and has seen the head of
    /// its rooms, or until `deadline`. Clients that had stopped reading read again. Returns whether it got
    /// that far. If not, the verdict says who lacks what.
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

    /// Pings every client and waits until all have answered on their current connections. By then they have
    /// read all that the server had queued for them before, such as a repeated message. Returns whether all
    /// have answered.
    ///
    /// # Errors
    /// As [`Crowd::turn`].
    pub(crate) fn barrier(&mut self, deadline: Instant) -> Result<bool> {
        self.passed = 0;
        for client in &mut self.clients {
            if client.last_ping == LastPing::Answered {
                client.last_ping = LastPing::Due;
            }
        }
        loop {
            for index in 0..self.shape.clients {
                let client = &mut self.clients[index as usize];
                if client.stage == Stage::Greeted && client.last_ping == LastPing::Due {
                    client.last_ping = LastPing::Unanswered;
                    self.request(index, RequestId::Barrier, Command::Ping(Ping {}));
                }
            }
            // The next look pings clients that come back meanwhile.
            let look = (Instant::now() + LOOK).min(deadline);
            if self.turn_until(look, |crowd| crowd.passed == crowd.shape.clients)? {
                return Ok(true);
            }
            if Instant::now() >= deadline {
                return Ok(false);
            }
        }
    }

    pub(super) fn barrier_passed(&mut self, index: u32) {
        let client = &mut self.clients[index as usize];
        if client.last_ping == LastPing::Unanswered {
            client.last_ping = LastPing::Answered;
            self.passed += 1;
        }
    }

    /// Whether a seat has all that the server sends by itself: it is live, and its client has passed a
    /// barrier on this connection.
    fn was_asked_last(&self, seat: u32) -> bool {
        let client = &self.clients[self.seats.client(seat) as usize];
        client.last_ping == LastPing::Answered
            && self.memberships[seat as usize].state == SeatState::Live
    }

    /// The verdict, at the end of the run. What was not seen to be right is reported as not checked.
    pub(crate) fn verdict(&self) -> Verdict {
        let mut verdict = self.oracle.verdict(|seat| self.was_asked_last(seat));
        verdict.unanswered = self.unanswered.into();
        let mut unchecked = Vec::new();
        if let Some(longest) = self.unanswered_waits(|_, _| true).max() {
            let sends = units::counted(verdict.unanswered, "send");
            let which = if verdict.unanswered == 1 { "it" } else { "the longest" };
            let waited = units::seconds(longest.as_secs_f64());
            unchecked.push(format!("{sends} had no answer; {which} waited {waited}"));
        }
        let all = u64::from(self.shape.clients);
        let away = all - u64::from(self.live);
        if away > 0 {
            let of = units::counted(all, "client");
            unchecked.push(format!("not joined at the end: {} of {of}", units::count(away)));
        } else if self.passed < self.shape.clients {
            let silent = units::count(u64::from(self.shape.clients - self.passed));
            let of = units::counted(all, "client");
            unchecked.push(format!("no answer to a last ping: {silent} of {of}"));
        }
        let behind = (0..self.seats.count())
            .filter(|seat| self.memberships[*seat as usize].joined && !self.was_asked_last(*seat));
        let behind = behind.filter(|seat| self.oracle.lacks(*seat).is_some()).count() as u64;
        if behind > 0 {
            let seats = units::counted(behind, "client");
            unchecked.push(format!("{seats} still lacked messages, and may have got them later"));
        }
        let unread = verdict.acknowledged.saturating_sub(verdict.verified);
        if self.shape.log && unread > 0 {
            let messages = units::counted(unread, "acknowledged message");
            unchecked.push(format!("{messages} could not be read back from the log"));
        }
        Verdict { unchecked, ..verdict }.concluded()
    }

    /// How long unanswered sends have waited for their answers: those for which `count` holds, given the
    /// client and the due time.
    fn unanswered_waits(
        &self,
        count: impl Fn(&Client, Duration) -> bool,
    ) -> impl Iterator<Item = Duration> {
        let now = self.began.elapsed();
        let open = self
            .clients
            .iter()
            .flat_map(|client| client.unanswered.iter().map(move |number| (client, *number)));
        open.filter_map(move |(client, number)| {
            let due = self.oracle.send(number)?.due();
            count(client, due).then(|| now.saturating_sub(due))
        })
    }

    /// The latencies of this phase, from due to delivered and from due to acknowledged, including what has
    /// not come yet.
    pub(crate) fn latencies(&self) -> (Latency, Latency) {
        let (mut latency, mut commit) = (self.latency.clone(), self.commit.clone());
        self.add_waits(&mut latency, &mut commit);
        (latency, commit)
    }

    /// Adds what has not come yet, with the time that it has waited so far. Otherwise a server that stops in
    /// the middle would look as fast as before.
    pub(crate) fn add_waits(&self, latency: &mut Latency, commit: &mut Latency) {
        let counts = |client: &Client, due| due >= client.excused && !client.parted;
        self.unanswered_waits(counts).for_each(|wait| commit.record(wait));
        let now = self.began.elapsed();
        self.oracle.owed(|due, seat| {
            if counts(&self.clients[self.seats.client(seat) as usize], due) {
                latency.record(now.saturating_sub(due));
            }
        });
    }

    /// How many sends have no answer.
    pub(crate) fn unanswered(&self) -> u64 {
        self.unanswered.into()
    }

    /// A send has its answer. Returns `None` if it had one before: a retry may be answered twice.
    pub(super) fn forget_unanswered(&mut self, index: u32, number: u64) -> Option<SendRecord> {
        let unanswered = &mut self.clients[index as usize].unanswered;
        let place = unanswered.iter().position(|waiting| *waiting == number)?;
        unanswered.swap_remove(place);
        self.unanswered -= 1;
        self.oracle.send(number)
    }
}
