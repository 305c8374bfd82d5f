//! How long to wait for a client that sends or reads a body.
//!
//! The rule is a minimum rate with some slack: waiting for the client uses up the slack, and bytes earn it
//! back. So a stall may last as long as the slack, and a client that stays just below the rate is eventually
//! given up too.

use std::time::{Duration, Instant};

/// The minimum rate. A slow phone has ten times that.
const BYTES_PER_SECOND: u64 = 1024;

/// The pace of one body.
#[derive(Debug)]
pub(super) struct Pace {
    slack: Duration,
    left: Duration,
    waiting_since: Option<Instant>,
}

impl Pace {
    pub(super) fn new(slack: Duration) -> Self {
        Self { slack, left: slack, waiting_since: None }
    }

    /// Starts waiting for the client; returns the deadline.
    pub(super) fn wait(&mut self, now: Instant) -> Instant {
        self.waiting_since = Some(now);
        now + self.left
    }

    /// The client sent or read these bytes; ends the wait.
    pub(super) fn moved(&mut self, now: Instant, bytes: usize) {
        let since = self.waiting_since.take().unwrap_or(now);
        let waited = now.saturating_duration_since(since);
        let earned = Duration::from_micros(bytes as u64 * 1_000_000 / BYTES_PER_SECOND);
        self.left = (self.left.saturating_sub(waited) + earned).min(self.slack);
    }
}

#[cfg(test)]
mod tests {
    use super::{BYTES_PER_SECOND, Pace};
    use std::time::{Duration, Instant};

    const SECOND: Duration = Duration::from_secs(1);

    /// After how many seconds a client is given up that moves this many bytes in each.
    fn lasts(bytes: usize) -> Option<u32> {
        let mut pace = Pace::new(10 * SECOND);
        let mut now = Instant::now();
        (0..1_000).find(|_| {
            let until = pace.wait(now);
            now += SECOND;
            pace.moved(now, bytes);
            until < now
        })
    }

    #[test]
    fn a_client_that_keeps_the_rate_has_no_deadline() {
        assert_eq!(lasts(BYTES_PER_SECOND as usize), None);
        assert_eq!(lasts(100 * BYTES_PER_SECOND as usize), None);
    }

    #[test]
    fn a_client_below_the_rate_uses_its_slack_up() {
        assert_eq!(lasts(0), Some(10));
        assert_eq!(lasts(BYTES_PER_SECOND as usize / 2), Some(19));
    }

    #[test]
    fn a_fast_client_saves_nothing_up_for_a_longer_stall() {
        let mut pace = Pace::new(10 * SECOND);
        let now = Instant::now();
        pace.wait(now);
        pace.moved(now + SECOND, 50 << 20);
        assert_eq!(pace.wait(now + SECOND), now + 11 * SECOND);
    }

    #[test]
    fn time_that_the_server_takes_is_not_the_clients() {
        let mut pace = Pace::new(10 * SECOND);
        let now = Instant::now();
        pace.wait(now);
        pace.moved(now + SECOND, 0);
        assert_eq!(pace.wait(now + 100 * SECOND), now + 109 * SECOND);
    }
}
