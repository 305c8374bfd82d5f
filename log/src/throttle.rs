//! A throttle for log lines that clients, or a broken disk, can cause without end: one line passes now and
//! then, with the number of lines held back.

use parking_lot::Mutex;

use crate::clock;

/// At most one line passes in this time, in milliseconds: often enough to see that something goes on, and
/// negligible even on a full disk.
const EVERY_MS: u64 = 10_000;

/// Throttles lines of one kind. Make it a `static` beside the line, or a field.
pub struct Throttle(Mutex<State>);

struct State {
    /// When the next line passes, in milliseconds of [`clock::now_ms`].
    next: u64,
    held_back: u64,
}

impl Default for Throttle {
    fn default() -> Self {
        Self::new()
    }
}

impl Throttle {
    /// The first line passes.
    pub const fn new() -> Self {
        Self(Mutex::new(State { next: 0, held_back: 0 }))
    }

    /// Whether a line may be logged now; if so, how many were held back since the last one.
    pub fn pass(&self) -> Option<u64> {
        self.pass_at(clock::now_ms())
    }

    fn pass_at(&self, now_ms: u64) -> Option<u64> {
        let mut state = self.0.lock();
        if now_ms < state.next {
            state.held_back += 1;
            return None;
        }
        state.next = now_ms + EVERY_MS;
        Some(std::mem::take(&mut state.held_back))
    }
}

#[cfg(test)]
mod tests {
    use super::{EVERY_MS, Throttle};

    #[test]
    fn one_line_passes_in_its_time_and_counts_the_others() {
        let throttle = Throttle::new();
        assert_eq!(throttle.pass_at(0), Some(0), "the first one");
        for at in 1..1_000 {
            assert_eq!(throttle.pass_at(at), None);
        }
        assert_eq!(throttle.pass_at(EVERY_MS), Some(999));
        assert_eq!(throttle.pass_at(2 * EVERY_MS - 1), None);
        assert_eq!(throttle.pass_at(5 * EVERY_MS), Some(1));
    }
}
