//! Time as one log has seen it pass.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// A clock that only goes on while a server has the log open, and never by the wall clock: a wall
/// clock that is wrong for a while does not age what is judged by this one (tokens).
///
/// It begins with the Unix time of the log's making, and is stored with the log about once an hour
/// and at its closing. So it is a little late after a crash, and later with each hour in which no
/// server ran; what is judged by it only lives longer.
#[derive(Debug)]
pub struct LogClock {
    /// What the clock said when the log was opened, in Unix milliseconds.
    at_opening: u64,
    opened: Instant,
    /// When the newest message was committed, by the wall clock.
    newest: AtomicU64,
}

impl LogClock {
    /// Goes on from what was stored: this clock, and the time of the newest message.
    pub(crate) fn from(at_opening: u64, newest: u64) -> Self {
        Self { at_opening, opened: Instant::now(), newest: AtomicU64::new(newest) }
    }

    /// The log's time, in a number like Unix milliseconds. It never goes back.
    pub fn now_ms(&self) -> u64 {
        let open = u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.at_opening.saturating_add(open)
    }

    /// The `at` of the message that was committed last, as far as it is known (it is stored with
    /// this clock); 0 when there is none.
    pub fn newest_ms(&self) -> u64 {
        self.newest.load(Ordering::Relaxed)
    }

    pub(crate) fn saw_message(&self, at: u64) {
        self.newest.store(at, Ordering::Relaxed);
    }
}
