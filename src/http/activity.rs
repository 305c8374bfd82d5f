//! What a connection is doing. Requests and bodies record it; the connection's one timer reads it.

use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Instant;

use parking_lot::Mutex;

/// What a connection is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doing {
    /// It waits for a request, or sends a response that is complete in memory.
    Waiting,
    /// A handler works on a response that was not ready at once.
    Answering,
    /// A response is streamed, and must make progress by this time.
    Streaming(Instant),
    /// An upgrade was accepted.
    Upgrading,
}

/// The activity of a connection.
#[derive(Debug)]
pub(super) struct Activity {
    now: Mutex<Now>,
    /// Whether the latest request has a body that was not read to its end.
    has_unread_body: AtomicBool,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Now {
    /// How often the activity has changed.
    pub(super) step: u64,
    pub(super) doing: Doing,
}

impl Activity {
    pub(super) fn new() -> Self {
        let now = Now { step: 0, doing: Doing::Waiting };
        Self { now: Mutex::new(now), has_unread_body: AtomicBool::new(false) }
    }

    pub(super) fn now(&self) -> Now {
        *self.now.lock()
    }

    pub(super) fn turn_to(&self, doing: Doing) {
        let mut now = self.now.lock();
        now.step += 1;
        now.doing = doing;
    }

    /// The stream waits for its client or its source, until this time. A running timer notices when it ends;
    /// only an earlier deadline counts as a change.
    pub(super) fn stream_until(&self, until: Instant) {
        let mut now = self.now.lock();
        if matches!(now.doing, Doing::Streaming(before) if until < before) {
            now.step += 1;
        }
        now.doing = Doing::Streaming(until);
    }

    /// Returns when the activity has changed since that step. It registers no waker: poll it whenever the
    /// connection is polled.
    pub(super) async fn changed(&self, step: u64) {
        let is_same = || self.now.lock().step == step;
        poll_fn(|_| if is_same() { Poll::Pending } else { Poll::Ready(()) }).await;
    }

    pub(super) fn set_unread_body(&self, is_there: bool) {
        self.has_unread_body.store(is_there, Ordering::Relaxed);
    }

    pub(super) fn has_unread_body(&self) -> bool {
        self.has_unread_body.load(Ordering::Relaxed)
    }
}
