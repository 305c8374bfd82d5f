//! The drain: whether the server is ending, and ways to wait for it.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use event_listener::{Event, listener};

/// Whether the server is draining, and ways to wait for it.
#[derive(Default)]
pub(crate) struct Drain {
    /// When it began.
    since: OnceLock<Instant>,
    begun: Event,
    is_over: OnceLock<()>,
    over: Event,
}

impl Drain {
    pub(crate) fn begin(&self) {
        self.since.get_or_init(Instant::now);
        self.begun.notify(usize::MAX);
    }

    pub(crate) fn has_begun(&self) -> bool {
        self.since.get().is_some()
    }

    /// Whether it has lasted for this time.
    pub(crate) fn has_lasted(&self, time: Duration) -> bool {
        self.since.get().is_some_and(|since| since.elapsed() >= time)
    }

    /// Returns when the drain has begun. Dropping it midway is safe.
    pub(crate) async fn begun(&self) {
        listener!(self.begun => begun);
        if !self.has_begun() {
            begun.await;
        }
    }

    /// Marks that sessions, rooms and the log have ended, and nobody is left to be served.
    pub(crate) fn finish(&self) {
        self.is_over.get_or_init(|| ());
        self.over.notify(usize::MAX);
    }

    /// Returns when nobody is left to be served. Dropping it midway is safe.
    pub(crate) async fn over(&self) {
        listener!(self.over => over);
        if self.is_over.get().is_none() {
            over.await;
        }
    }
}
