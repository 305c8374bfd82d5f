//! The gate before the hashing of passwords: a few at once, some more that wait, and no others.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_lock::{Semaphore, SemaphoreGuardArc};

/// Bounds of the retry time in milliseconds: at the lower one a client does not hammer, at the upper one a person
/// still waits for it.
const RETRY_MS: (u64, u64) = (250, 10_000);

/// What is taken for the time of a first hash, in milliseconds, until one was measured.
const FIRST_GUESS_MS: u64 = 20;

/// Lets `at_once` hashes run, and `waiting_max` callers wait for their turn.
pub(super) struct Gate {
    /// Of those who run or wait.
    places: Arc<Semaphore>,
    running: Arc<Semaphore>,
    /// How many hashes one after the other are ahead of a caller that got the last place.
    ahead_max: u64,
    /// How long a hash takes, in microseconds; follows the last ones.
    hash_us: AtomicU64,
}

/// A place, and the right to hash. Both are free again when it is dropped.
pub(super) struct Permit {
    _running: SemaphoreGuardArc,
    _place: SemaphoreGuardArc,
}

impl Gate {
    pub(super) fn new(at_once: usize, waiting_max: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(at_once + waiting_max)),
            running: Arc::new(Semaphore::new(at_once)),
            ahead_max: waiting_max.div_ceil(at_once) as u64 + 1,
            hash_us: AtomicU64::new(FIRST_GUESS_MS * 1_000),
        }
    }

    /// Waits for the right to hash. `None` when no place is free. Dropping the future gives the place back.
    pub(super) async fn enter(&self) -> Option<Permit> {
        let place = self.places.try_acquire_arc()?;
        let running = self.running.acquire_arc().await;
        Some(Permit { _running: running, _place: place })
    }

    /// Notes how long a hash took.
    pub(super) fn note(&self, took: Duration) {
        let took = u64::try_from(took.as_micros()).unwrap_or(u64::MAX / 8);
        let before = self.hash_us.load(Ordering::Relaxed);
        // Two hashes that end at once may lose one of the two: the next corrects it.
        self.hash_us.store((7 * before + took) / 8, Ordering::Relaxed);
    }

    /// In how many milliseconds all who are here now will be through. Up to as much again is added at random, so
    /// that clients that were refused together do not come back together.
    pub(super) fn retry_ms(&self) -> u64 {
        let drained = self.hash_us.load(Ordering::Relaxed) * self.ahead_max / 1_000;
        let least = drained.clamp(RETRY_MS.0, RETRY_MS.1 / 2);
        fastrand::u64(least..=2 * least)
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::time::Duration;

    use futures::FutureExt;
    use futures::future::join_all;

    use super::Gate;

    #[test]
    fn a_few_run_and_a_few_wait() {
        let gate = Gate::new(2, 3);
        let enter = || gate.enter().now_or_never();
        let first = enter().flatten().expect("a place");
        let _second = enter().flatten().expect("a place");
        assert!(enter().is_none(), "a third waits");
        let mut waiting = pin!(join_all([gate.enter(), gate.enter(), gate.enter()]));
        assert!((&mut waiting).now_or_never().is_none(), "they wait");
        assert!(matches!(enter(), Some(None)), "there is no place");
        drop(first);
        assert!((&mut waiting).now_or_never().is_none(), "two of them still wait");
        assert!(enter().is_none(), "the place of the first is free, and its holder waits");
    }

    #[test]
    fn who_stops_waiting_frees_the_place() {
        let gate = Gate::new(1, 1);
        let running = gate.enter().now_or_never().flatten().expect("a place");
        {
            let mut waiting = pin!(gate.enter());
            assert!((&mut waiting).now_or_never().is_none(), "it waits");
            assert!(matches!(gate.enter().now_or_never(), Some(None)), "there is no place");
        }
        let mut next = pin!(gate.enter());
        assert!((&mut next).now_or_never().is_none(), "it waits");
        drop(running);
        assert!(next.now_or_never().flatten().is_some(), "it is let in");
    }

    #[test]
    fn the_retry_time_follows_what_a_hash_takes() {
        let gate = Gate::new(2, 62);
        assert!((640..=1_280).contains(&gate.retry_ms()), "32 times 20 ms, and as much again");
        for _ in 0..100 {
            gate.note(Duration::from_millis(100));
        }
        assert!((3_000..=6_400).contains(&gate.retry_ms()), "32 times 100 ms");
        gate.note(Duration::MAX);
        assert!((5_000..=10_000).contains(&gate.retry_ms()), "bounded");
        for _ in 0..1_000 {
            gate.note(Duration::ZERO);
        }
        assert!((250..=500).contains(&gate.retry_ms()), "bounded");
    }
}
