//! How much may wait in outboxes: in one, and in all together.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::base::metrics::Metrics;

/// The limits that all outboxes share, and the sum of the bytes in them.
pub(crate) struct Budget {
    /// The most bytes of events that wait for one connection.
    pub(crate) event_bytes_max: usize,
    /// The most bytes of answers for one connection, waiting or reserved. One answer always fits, whatever
    /// its size.
    pub(crate) answer_bytes_max: usize,
    /// The most bytes that wait for all connections together. Events are refused at three quarters of it and
    /// pages at the whole, so that new clients get in while others do not read. Beyond it, each connection
    /// may have one answer without a page.
    total_bytes_max: usize,
    /// Bytes that wait now.
    waiting: AtomicUsize,
    /// Bytes reserved for pages that are not queued yet.
    reserved: AtomicUsize,
    /// Where refusals are counted.
    pub(crate) metrics: Arc<Metrics>,
}

impl Budget {
    pub(crate) fn new(
        event_bytes_max: usize,
        answer_bytes_max: usize,
        total_bytes_max: usize,
        metrics: Arc<Metrics>,
    ) -> Self {
        Self {
            event_bytes_max,
            answer_bytes_max,
            total_bytes_max,
            waiting: AtomicUsize::new(0),
            reserved: AtomicUsize::new(0),
            metrics,
        }
    }

    /// How many bytes wait in all outboxes together.
    pub(crate) fn waiting_bytes(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Whether an event of this length may wait.
    pub(super) fn has_room_for_event(&self, bytes: usize) -> bool {
        self.taken() + bytes <= self.total_bytes_max / 4 * 3
    }

    /// Whether the limit of waiting and reserved bytes is reached.
    pub(super) fn is_full(&self) -> bool {
        self.taken() >= self.total_bytes_max
    }

    /// Reserves room for a page, until [`Budget::release`]. Many clients ask at once when all return, and
    /// none of their pages is queued yet: so checking the sum alone would not be enough.
    pub(super) fn reserve(&self, bytes: usize) -> bool {
        let fits = |reserved: usize| {
            let taken = self.waiting_bytes() + reserved + bytes;
            (taken <= self.total_bytes_max).then_some(reserved + bytes)
        };
        self.reserved.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).is_ok()
    }

    /// Ends a reservation: the page is queued, or will not come.
    pub(super) fn release(&self, bytes: usize) {
        self.reserved.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Adds waiting bytes.
    pub(super) fn add(&self, bytes: usize) {
        self.waiting.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Removes waiting bytes.
    pub(super) fn remove(&self, bytes: usize) {
        self.waiting.fetch_sub(bytes, Ordering::Relaxed);
    }

    fn taken(&self) -> usize {
        self.waiting_bytes() + self.reserved.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::Budget;
    use crate::base::metrics::Metrics;

    #[test]
    fn of_many_who_reserve_at_once_no_more_get_room_than_there_is() {
        let budget = Budget::new(1, 1, 1_000, Metrics::new());
        let got = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..100 {
                        got.fetch_add(usize::from(budget.reserve(7)), Ordering::Relaxed);
                    }
                });
            }
        });
        assert_eq!(got.into_inner(), 142);
        assert!(!budget.has_room_for_event(1), "what is promised is taken");
        budget.release(7);
        budget.add(7);
        assert!(!budget.reserve(7), "what waits is taken as well");
        budget.remove(7);
        assert!(budget.reserve(7));
    }
}
