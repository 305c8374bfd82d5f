//! Rate limits: a burst at once, and a number per second in the long run.

use std::time::Duration;

/// A rate limit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rate {
    interval_ms: f64,
    burst: f64,
}

impl Rate {
    /// `burst` at once, and `count` in every `period` in the long run.
    pub(crate) fn new(count: u64, period: Duration, burst: u64) -> Self {
        Self {
            interval_ms: period.as_secs_f64() * 1_000.0 / count.max(1) as f64,
            burst: burst.max(1) as f64,
        }
    }
}

/// How much of a rate has been used: the generic cell rate algorithm (ITU-T I.371), which needs one number,
/// the time at which nothing would count as used any more.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Used {
    forgiven_at_ms: f64,
}

impl Used {
    /// Takes one, or returns in how many milliseconds one will be available.
    pub(crate) fn take(&mut self, rate: Rate, now_ms: u64) -> Result<(), u64> {
        self.take_many(1, rate, now_ms)
    }

    /// Takes several at once, or returns in how many milliseconds that will be possible. More than the burst
    /// are taken once the whole burst is available.
    pub(crate) fn take_many(&mut self, count: u32, rate: Rate, now_ms: u64) -> Result<(), u64> {
        let now = now_ms as f64;
        let next = self.forgiven_at_ms.max(now) + rate.interval_ms * f64::from(count);
        let burst = rate.burst.max(f64::from(count));
        let ahead = next - now - rate.interval_ms * burst;
        if ahead > 1e-6 {
            return Err(ahead.ceil() as u64);
        }
        self.forgiven_at_ms = next;
        Ok(())
    }

    /// Whether one is available, or in how many milliseconds one will be.
    pub(crate) fn look(&self, rate: Rate, now_ms: u64) -> Result<(), u64> {
        let mut copy = *self;
        copy.take(rate, now_ms)
    }

    /// Gives one back that was taken and not used.
    pub(crate) fn give_back(&mut self, rate: Rate) {
        self.forgiven_at_ms -= rate.interval_ms;
    }

    /// How many count as used.
    pub(crate) fn count(&self, rate: Rate, now_ms: u64) -> u32 {
        let ahead = self.forgiven_at_ms - now_ms as f64;
        // A hair's breadth less is the same number.
        (ahead / rate.interval_ms - 1e-6).ceil().max(0.0) as u32
    }

    /// Whether nothing of the rate counts as used any more.
    pub(crate) fn is_forgiven(&self, now_ms: u64) -> bool {
        self.forgiven_at_ms <= now_ms as f64
    }
}

/// [`Used`] to the second, in four bytes: for rates of minutes and hours, of which everybody has one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct UsedSeconds {
    forgiven_at_s: u32,
}

impl UsedSeconds {
    /// Whether one is available, or in how many milliseconds one will be.
    pub(crate) fn look(self, rate: Rate, now_ms: u64) -> Result<(), u64> {
        self.exact().look(rate, now_ms)
    }

    /// Takes one, or returns in how many milliseconds one will be available.
    pub(crate) fn take(&mut self, rate: Rate, now_ms: u64) -> Result<(), u64> {
        let mut used = self.exact();
        used.take(rate, now_ms)?;
        // Rounded down, so that a burst has no second too much.
        self.forgiven_at_s = (used.forgiven_at_ms / 1_000.0) as u32;
        Ok(())
    }

    fn exact(self) -> Used {
        Used { forgiven_at_ms: f64::from(self.forgiven_at_s) * 1_000.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::{Rate, Used, UsedSeconds};
    use std::time::Duration;

    #[test]
    fn a_burst_passes_and_then_the_rate_counts() {
        let rate = Rate::new(5, Duration::from_secs(1), 3);
        let mut used = Used::default();
        for _ in 0..3 {
            assert_eq!(used.take(rate, 1_000), Ok(()));
        }
        assert_eq!(used.take(rate, 1_000), Err(200));
        assert_eq!(used.take(rate, 1_199), Err(1));
        assert_eq!(used.take(rate, 1_200), Ok(()));
        assert_eq!(used.take(rate, 1_200), Err(200));
    }

    #[test]
    fn what_was_given_back_was_not_used() {
        let rate = Rate::new(1, Duration::from_secs(1), 2);
        let mut used = Used::default();
        assert_eq!(used.count(rate, 5_000), 0);
        for taken in 1..=2 {
            assert_eq!(used.take(rate, 5_000), Ok(()));
            assert_eq!(used.count(rate, 5_000), taken);
        }
        assert_eq!(used.take(rate, 5_000), Err(1_000));
        used.give_back(rate);
        assert_eq!(used.count(rate, 5_000), 1);
        assert_eq!(used.take(rate, 5_000), Ok(()));
        assert_eq!([5_001, 6_000, 6_001, 7_000].map(|now| used.count(rate, now)), [2, 1, 1, 0]);
    }

    #[test]
    fn several_are_taken_like_so_many_single_ones() {
        let rate = Rate::new(5, Duration::from_secs(1), 10);
        let mut used = Used::default();
        assert_eq!(used.take_many(8, rate, 0), Ok(()));
        assert_eq!(used.take_many(3, rate, 0), Err(200));
        assert_eq!(used.look(rate, 0), Ok(()), "there are two");
        assert_eq!(used.take_many(2, rate, 0), Ok(()));
        assert_eq!(used.look(rate, 0), Err(200));
        assert_eq!(used.take_many(1_000, rate, 1_999), Err(1), "more than there can ever be");
        assert_eq!(used.take_many(1_000, rate, 2_000), Ok(()));
        assert_eq!(used.take(rate, 2_000), Err(198_200));
    }

    #[test]
    fn in_the_long_run_exactly_the_rate_passes() {
        let rate = Rate::new(5, Duration::from_secs(1), 3);
        let mut used = Used::default();
        let passed = (0..10_000).filter(|now| used.take(rate, *now).is_ok()).count();
        assert_eq!(passed, 3 + 49);
    }

    #[test]
    fn to_the_second_a_burst_passes_and_then_the_rate_counts() {
        let rate = Rate::new(60, Duration::from_secs(3_600), 3);
        let mut used = UsedSeconds::default();
        let now = 7_000_700;
        assert_eq!([(); 3].map(|()| used.take(rate, now)), [Ok(()); 3]);
        let wait = used.look(rate, now).expect_err("used up");
        assert!((59_000..=60_000).contains(&wait), "{wait}");
        assert_eq!(used.take(rate, now), Err(wait));
        assert_eq!(used.take(rate, now + wait), Ok(()));
        assert!(used.take(rate, now + wait).is_err());
    }
}
