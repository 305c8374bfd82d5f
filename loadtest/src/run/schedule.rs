//! When messages are due: an open loop, even or growing, without randomness.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::crowd::Crowd;

/// The most sends between two polls of the sockets: a generator that is late must not stop reading.
const SENDS_PER_TURN: usize = 32;

/// Practically never.
const NEVER: Duration = Duration::from_secs(365 * 86_400);

/// Messages fall due at an even rate, whether or not the server keeps up.
pub(super) struct Schedule {
    /// When this rate began.
    began: Instant,
    rate: f64,
    /// Sends since this rate began.
    sent: u64,
    /// All sends.
    pub(super) total: u64,
    /// The end; what is due later is never sent.
    end: Instant,
}

impl Schedule {
    pub(super) fn new(rate: f64, began: Instant, end: Instant) -> Self {
        Self { began, rate, sent: 0, total: 0, end }
    }

    pub(super) fn rate(&self) -> f64 {
        self.rate
    }

    /// Sets the rate from `now` on.
    pub(super) fn set_rate(&mut self, rate: f64, now: Instant) {
        (self.began, self.rate, self.sent) = (now, rate, 0);
    }

    /// Moves the end, for a disturbance that outlasts its phase.
    pub(super) fn extend(&mut self, end: Instant) {
        self.end = self.end.max(end);
    }

    /// Sends what is due, and waits for events at most until `until`.
    pub(super) fn turn(&mut self, crowd: &mut Crowd, until: Instant) -> Result<()> {
        for _ in 0..SENDS_PER_TURN {
            let next = self.next();
            if next > Instant::now() || next >= self.end {
                break;
            }
            crowd.speak(next.saturating_duration_since(crowd.began()));
            self.sent += 1;
            self.total += 1;
        }
        let next = self.next();
        crowd.turn(if next < self.end { next.min(until) } else { until })
    }

    /// Whether everything that was due has been sent.
    pub(super) fn is_done(&self) -> bool {
        self.next() >= self.end
    }

    #[expect(clippy::cast_precision_loss, reason = "exact up to 2^53 messages")]
    fn next(&self) -> Instant {
        let after = self.sent as f64 / self.rate;
        // A rate of 0 never sends.
        self.began + Duration::try_from_secs_f64(after).map_or(NEVER, |after| after.min(NEVER))
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::Schedule;

    #[test]
    fn messages_are_due_evenly_and_none_after_the_end() {
        let now = Instant::now();
        let second = Duration::from_secs(1);
        let mut schedule = Schedule::new(10.0, now, now + second);
        assert_eq!(schedule.next(), now);
        schedule.sent = 5;
        assert_eq!(schedule.next(), now + second / 2);
        schedule.sent = 10;
        assert!(schedule.is_done(), "ten messages in a second at ten a second");
        schedule.extend(now + second * 3);
        assert!(!schedule.is_done());
        schedule.set_rate(0.0, now);
        assert!(schedule.is_done(), "silence never sends");
    }
}
