//! Time: a monotonic clock for deadlines and rates, and the wall clock for `at`.

use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Milliseconds since the first call in this process; never goes back.
pub fn now_ms() -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    u64::try_from(START.get_or_init(Instant::now).elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// The same clock in whole seconds: ten thousand connections each keep one in four bytes.
pub fn now_seconds() -> u32 {
    u32::try_from(now_ms() / 1_000).unwrap_or(u32::MAX)
}

/// Unix time in milliseconds; 0 if the machine's clock is before 1970.
pub fn unix_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// A clock that is further behind than this, in milliseconds, is wrong: two clocks kept by NTP differ by far
/// less.
pub const BEHIND_MAX_MS: u64 = 5 * 60_000;

/// A duration in whole milliseconds.
pub fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
