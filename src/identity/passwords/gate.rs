//! The gate before the hashing of passwords: a few at once, some more that wait in lanes, and no others.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures::channel::oneshot;
use parking_lot::Mutex;

use super::line::{Entered, Lane, Line};

/// Bounds of the retry time in milliseconds: at the lower one a client does not hammer, at the upper one a person
/// still waits for it.
const RETRY_MS: (u64, u64) = (250, 10_000);

/// What is taken for the time of a first hash, in milliseconds, until one was measured.
const FIRST_GUESS_MS: u64 = 20;

/// Lets `at_once` hashes run, and `waiting_max` callers wait in each lane. A caller who does not get the right to hash
/// is refused: at once, or when its place in the line goes to another one.
pub(super) struct Gate {
    state: Mutex<State>,
    at_once: usize,
    /// How many hashes one after the other are ahead of the last one of a full lane.
    ahead_max: u64,
    /// How long a hash takes, in microseconds; follows the last ones.
    hash_us: AtomicU64,
}

struct State {
    running: usize,
    line: Line<oneshot::Sender<Permit>>,
}

/// The right to hash. It goes to the next caller when it is dropped.
pub(super) struct Permit {
    /// `None` in one that was given back already.
    gate: Option<Arc<Gate>>,
}

/// One who waits; gives the place up when it is dropped.
struct Waiting<'a> {
    gate: &'a Gate,
    number: u64,
}

impl Gate {
    pub(super) fn new(at_once: usize, waiting_max: usize) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::new(State { running: 0, line: Line::new(waiting_max) }),
            at_once,
            ahead_max: waiting_max.div_ceil(at_once) as u64 + 1,
            hash_us: AtomicU64::new(FIRST_GUESS_MS * 1_000),
        })
    }

    /// Waits for the right to hash. `None` when there is no place, or no longer one. Dropping the future gives the
    /// place up.
    pub(super) async fn enter(self: &Arc<Self>, lane: Lane) -> Option<Permit> {
        let (call, called) = oneshot::channel();
        let (waiting, displaced) = {
            let mut state = self.state.lock();
            if state.running < self.at_once {
                // Nobody waits then: who gives a permit back hands it on.
                state.running += 1;
                return Some(Permit { gate: Some(Arc::clone(self)) });
            }
            let (number, displaced) = match state.line.enter(lane, call) {
                Entered::Waits(number) => (number, None),
                Entered::InPlaceOf(number, oldest) => (number, Some(oldest)),
                Entered::Full => return None,
            };
            (Waiting { gate: self, number }, displaced)
        };
        // Its caller is woken here, outside the lock.
        drop(displaced);
        let permit = called.await.ok();
        drop(waiting);
        permit
    }

    /// Notes how long a hash took.
    pub(super) fn note(&self, took: Duration) {
        let took = u64::try_from(took.as_micros()).unwrap_or(u64::MAX / 8);
        let before = self.hash_us.load(Ordering::Relaxed);
        // Two hashes that end at once may lose one of the two: the next corrects it.
        self.hash_us.store((7 * before + took) / 8, Ordering::Relaxed);
    }

    /// When it is worth trying again, in milliseconds. Up to as much again is added at random, so that clients that
    /// were refused together do not come back together.
    ///
    /// Where the first come first, and for those who have tried much, this is when all of a full lane are through. A
    /// stranger who has tried little has the same chance at every moment, and loses it by coming often: soon.
    pub(super) fn retry_ms(&self, lane: Lane) -> u64 {
        let drained = self.hash_us.load(Ordering::Relaxed) * self.ahead_max / 1_000;
        let least = match lane {
            Lane::Few => RETRY_MS.0,
            Lane::Proven | Lane::Credited | Lane::Many => drained.clamp(RETRY_MS.0, RETRY_MS.1 / 2),
        };
        fastrand::u64(least..=2 * least)
    }

    /// The next caller who still waits.
    fn call(&self) -> Option<oneshot::Sender<Permit>> {
        let mut state = self.state.lock();
        let next = state.line.call();
        if next.is_none() {
            state.running -= 1;
        }
        next
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let Some(gate) = self.gate.take() else { return };
        while let Some(next) = gate.call() {
            let Err(mut back) = next.send(Self { gate: Some(Arc::clone(&gate)) }) else { return };
            back.gate = None;
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.gate.state.lock().line.leave(self.number);
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::time::Duration;

    use futures::FutureExt;
    use futures::future::join_all;

    use super::{Gate, Lane};

    #[test]
    fn a_few_run_and_a_few_wait() {
        let gate = Gate::new(2, 3);
        let enter = || gate.enter(Lane::Proven).now_or_never();
        let first = enter().flatten().expect("a place");
        let _second = enter().flatten().expect("a place");
        assert!(enter().is_none(), "a third waits");
        let mut waiting = pin!(join_all([(); 3].map(|()| gate.enter(Lane::Proven))));
        assert!((&mut waiting).now_or_never().is_none(), "they wait");
        assert!(matches!(enter(), Some(None)), "there is no place");
        drop(first);
        assert!((&mut waiting).now_or_never().is_none(), "two of them still wait");
        assert!(enter().is_none(), "the place of the first is free, and its holder waits");
    }

    #[test]
    fn a_stranger_who_has_waited_longest_is_refused_when_a_newer_one_comes() {
        let gate = Gate::new(1, 1);
        let running = gate.enter(Lane::Few).now_or_never().flatten().expect("a place");
        let mut old = Box::pin(gate.enter(Lane::Few));
        assert!((&mut old).now_or_never().is_none(), "it waits");
        let mut new = Box::pin(gate.enter(Lane::Few));
        assert!((&mut new).now_or_never().is_none(), "it waits");
        assert!(matches!((&mut old).now_or_never(), Some(None)), "it is answered at once");
        let mut proven = Box::pin(gate.enter(Lane::Proven));
        assert!((&mut proven).now_or_never().is_none(), "it waits");
        drop(running);
        assert!((&mut new).now_or_never().is_none(), "the other one comes first");
        let permit = proven.now_or_never().flatten().expect("it is let in");
        drop(permit);
        assert!(new.now_or_never().flatten().is_some(), "it is let in");
    }

    #[test]
    fn who_stops_waiting_frees_the_place() {
        let gate = Gate::new(1, 1);
        let enter = || gate.enter(Lane::Proven);
        let running = enter().now_or_never().flatten().expect("a place");
        {
            let mut waiting = pin!(enter());
            assert!((&mut waiting).now_or_never().is_none(), "it waits");
            assert!(matches!(enter().now_or_never(), Some(None)), "there is no place");
        }
        let mut next = pin!(enter());
        assert!((&mut next).now_or_never().is_none(), "it waits");
        drop(running);
        assert!(next.now_or_never().flatten().is_some(), "it is let in");
    }

    #[test]
    fn one_who_was_called_and_is_gone_hands_the_permit_on() {
        let gate = Gate::new(1, 5);
        let enter = || Box::pin(gate.enter(Lane::Proven));
        let running = enter().now_or_never().flatten().expect("a place");
        let (mut gone, mut next) = (enter(), enter());
        assert!((&mut gone).now_or_never().is_none() && (&mut next).now_or_never().is_none());
        drop(running);
        drop(gone);
        drop(next.now_or_never().flatten().expect("it is let in"));
        assert!(enter().now_or_never().flatten().is_some(), "and the gate is free again");
    }

    #[test]
    fn the_retry_time_follows_what_a_hash_takes() {
        let gate = Gate::new(2, 62);
        let retry_ms = || gate.retry_ms(Lane::Many);
        assert!((640..=1_280).contains(&retry_ms()), "32 times 20 ms, and as much again");
        for _ in 0..100 {
            gate.note(Duration::from_millis(100));
        }
        assert!((3_000..=6_400).contains(&retry_ms()), "32 times 100 ms");
        gate.note(Duration::MAX);
        assert!((5_000..=10_000).contains(&retry_ms()), "bounded");
        assert!((250..=500).contains(&gate.retry_ms(Lane::Few)), "whatever a hash takes");
        for _ in 0..1_000 {
            gate.note(Duration::ZERO);
        }
        assert!((250..=500).contains(&retry_ms()), "bounded");
    }
}
