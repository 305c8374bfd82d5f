//! A timer wheel: buckets of one second, each with the connections that are due then.
//!
//! A timer per connection costs about 200 bytes each; a weak handle in a bucket costs eight.

use std::sync::{Arc, Weak};

use crate::delivery::peer::Peer;

/// The longest time that a connection stays in the wheel, in seconds. A deadline is noticed at the end of its
/// second, so the wheel need not be finer.
pub(super) const LOOK_SECONDS_MAX: u32 = 16;

/// The wheel. Each connection is in exactly one bucket.
pub(super) struct TimerWheel {
    /// The second up to which all buckets were taken.
    second: u32,
    buckets: Vec<Vec<Weak<Peer>>>,
}

impl TimerWheel {
    pub(super) fn new(second: u32) -> Self {
        Self { second, buckets: (0..LOOK_SECONDS_MAX).map(|_| Vec::new()).collect() }
    }

    /// Puts a connection into the bucket of the second `due`, or into the last bucket.
    pub(super) fn insert(&mut self, handle: Weak<Peer>, due: u32) {
        let ahead = due.saturating_sub(self.second).clamp(1, LOOK_SECONDS_MAX - 1);
        let at = (self.second + ahead) % LOOK_SECONDS_MAX;
        self.buckets[at as usize].push(handle);
    }

    /// Takes out all connections that are due by now.
    pub(super) fn take_until(&mut self, now: u32) -> Vec<Weak<Peer>> {
        let mut taken = Vec::new();
        while self.second < now {
            self.second += 1;
            let at = (self.second % LOOK_SECONDS_MAX) as usize;
            taken.append(&mut self.buckets[at]);
        }
        taken
    }

    /// All connections that still exist.
    pub(super) fn peers(&self) -> impl Iterator<Item = Arc<Peer>> + '_ {
        self.buckets.iter().flatten().filter_map(Weak::upgrade)
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.buckets.iter().map(Vec::len).sum()
    }
}
