//! What a room does not know about its log: a batch with an unknown outcome, a gap that is being read. Times
//! are in milliseconds of the caller's clock.

/// How long to wait, in milliseconds, before asking the log what became of a batch with an unknown outcome.
/// Doubled each time.
const DOUBT_MS: u64 = 1_000;

/// The longest wait, in milliseconds: a repaired log may bring back what seemed lost, however late, and
/// nothing else informs the room.
const DOUBT_MS_MAX: u64 = 60_000;

/// The log may have entries that the room does not know.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Doubt {
    /// When to ask the log, in milliseconds of the caller's clock.
    pub(crate) due: u64,
    wait_ms: u64,
}

/// A read of the entries after the head, in progress.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GapRead {
    /// The highest seq that the log was known to have when the read began.
    pub(crate) log_head: u64,
}

impl Doubt {
    /// A doubt that begins now.
    pub(crate) fn begin(now_ms: u64) -> Self {
        Self { due: now_ms + DOUBT_MS, wait_ms: DOUBT_MS }
    }

    /// The log was asked and may not have answered: asks again, later each time.
    pub(crate) fn again(before: Option<Self>, now_ms: u64) -> Self {
        let wait_ms = before.map_or(DOUBT_MS, |doubt| (2 * doubt.wait_ms).min(DOUBT_MS_MAX));
        Self { due: now_ms + wait_ms, wait_ms }
    }
}
