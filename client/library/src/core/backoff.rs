//! The back-off: whether and when to reconnect, and when to retry a refused command.

use std::time::Duration;

use throng_protocol::{CloseCode, ErrorCode, Fault};

use crate::error::DisconnectReason;

/// The first wait is up to half a second: a lost packet should not cost more.
const BASE: Duration = Duration::from_millis(500);
/// Nobody waits longer than half a minute for a server that is back.
const WAIT_MAX: Duration = Duration::from_secs(30);

/// The most attempts at a command that the server answers with `internal`: a defect seldom passes.
pub(super) const DEFECT_TRIES_MAX: u32 = 3;

/// Whether and when to connect again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reconnect {
    Never,
    /// After a random time.
    Jitter,
    /// After exactly this: the server has spread its clients.
    After(Duration),
    /// After this and a random time: a `Retry-After` is the same for everybody.
    Beyond(Duration),
}

impl Reconnect {
    pub(super) fn wait(self, attempts: u32, rng: &mut fastrand::Rng) -> Duration {
        match self {
            Self::After(wait) => wait,
            Self::Beyond(wait) => wait.saturating_add(jitter(attempts, rng)),
            Self::Jitter | Self::Never => jitter(attempts, rng),
        }
    }

    /// What follows from the end of a connection. `after` is what the server said about it.
    pub(super) fn from_reason(reason: &DisconnectReason, after: Option<Duration>) -> Self {
        match reason {
            DisconnectReason::Http { status, retry_after, .. } => match (status, retry_after) {
                (429 | 500..=599, Some(wait)) => Self::Beyond(*wait),
                (429 | 500..=599, None) => Self::Jitter,
                _ => Self::Never,
            },
            DisconnectReason::Bye { code, .. } if stays_away(*code) => Self::Never,
            DisconnectReason::Hello(fault) if !passes(fault.code) => Self::Never,
            DisconnectReason::Token(_)
            | DisconnectReason::LoggedOut { .. }
            | DisconnectReason::Banned { .. }
            | DisconnectReason::Closed => Self::Never,
            _ => after.map_or(Self::Jitter, Self::After),
        }
    }
}

/// Whether a close frame ends it for good. "Normal" does so only after our `bye`, which has ended it
/// already: libraries and proxies report 1000 after a reset as well.
fn stays_away(code: u16) -> bool {
    code != CloseCode::Normal.number() && !CloseCode::comes_back(code)
}

/// Full jitter (Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
pub(super) fn jitter(attempts: u32, rng: &mut fastrand::Rng) -> Duration {
    let most = BASE.saturating_mul(1 << attempts.min(10)).min(WAIT_MAX);
    Duration::from_millis(rng.u64(..=most.as_millis() as u64))
}

/// How long to wait after a refusal that passes: what it says, or a random time, but never none.
pub(super) fn after_refusal(fault: &Fault, tries: u32, rng: &mut fastrand::Rng) -> Duration {
    fault.retry_ms.map_or_else(|| BASE + jitter(tries, rng), Duration::from_millis)
}

/// Whether the same command may succeed later.
pub(super) fn passes(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::RateLimited
            | ErrorCode::Busy
            | ErrorCode::StorageUnavailable
            | ErrorCode::Draining
            | ErrorCode::Internal
    )
}

/// Whether a refusal says for certain that nothing was done, and that the same command may succeed later.
pub(super) fn was_not_done(code: ErrorCode) -> bool {
    matches!(code, ErrorCode::RateLimited | ErrorCode::Busy | ErrorCode::Draining)
}
