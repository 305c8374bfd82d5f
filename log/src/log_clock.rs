//! Time as the log measures it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// A clock that runs only while a server has the log open, and independently of the wall clock: a wall clock
/// that is wrong for a while does not age tokens, which are checked by this clock.
///
/// It starts at the Unix time at which the log was made, and is stored with the log about once an hour and
/// when the log is closed. So it is a little late after a crash, and later for each hour without a server;
/// tokens then only live longer.
#[derive(Debug)]
pub struct LogClock {
    /// The clock at the opening of the log, in Unix milliseconds.
    at_opening: u64,
    opened: Instant,
    /// When the newest message was committed, by the wall clock.
    newest: AtomicU64,
}

impl LogClock {
    /// Continues from the stored values: this clock, and the time of the newest message.
    pub(crate) fn from(at_opening: u64, newest: u64) -> Self {
        Self { at_opening, opened: Instant::now(), newest: AtomicU64::new(newest) }
    }

    /// The log's time, on the scale of Unix milliseconds. It never goes back.
    pub fn now_ms(&self) -> u64 {
        let open = u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.at_opening.saturating_add(open)
    }

    /// The `at` of the last committed message, as far as it is known (it is stored with this clock); 0 if
    /// there is none.
    pub fn newest_ms(&self) -> u64 {
        self.newest.load(Ordering::Relaxed)
    }

    pub(crate) fn saw_message(&self, at: u64) {
        self.newest.store(at, Ordering::Relaxed);
    }
}
