//! What a connection is doing. Requests and bodies note it; the connection's one timer reads it.

use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Instant;

use parking_lot::Mutex;

/// What a connection is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doing {
    /// It waits for a request, or sends an answer whose bytes are all there.
    Waiting,
    /// A handler works on an answer that was not ready at once.
    Answering,
    /// An answer is streamed, and something must move until then.
    Streaming(Instant),
    /// An upgrade was agreed to.
    Upgrading,
}

/// The activity of a connection.
#[derive(Debug)]
pub(super) struct Activity {
    now: Mutex<Now>,
    /// The latest request has a body that was not read to its end.
    has_unread_body: AtomicBool,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Now {
    /// How often the connection has turned to something else.
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

    /// The stream waits for its client or its source, until then. A timer that runs finds out when it
    /// ends; only a deadline before that is a step.
    pub(super) fn stream_until(&self, until: Instant) {
        let mut now = self.now.lock();
        if matches!(now.doing, Doing::Streaming(before) if until < before) {
            now.step += 1;
        }
        now.doing = Doing::Streaming(until);
    }

    /// Returns when the connection turns to something else than it did at that step. It registers no
    /// waker: it must be polled whenever the connection is.
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
