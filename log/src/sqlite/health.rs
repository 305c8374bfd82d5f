//! Whether the log can be written, for everybody to ask, and the thread that has the log check itself when
//! there are no commits.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use async_channel::Sender;

use super::job::Job;
use super::open::OpenError;
use super::spawn;
use crate::clock;
use crate::throttle::Throttle;

/// After this time, in milliseconds, a commit counts as hanging: a slow disk takes a tenth of a second, and a
/// client waits for a few seconds.
const HANGS_MS: u64 = 5_000;

/// The state of the writer thread, shared with everybody who asks.
#[derive(Default)]
pub(super) struct Health {
    is_writable: AtomicBool,
    /// Since when the writer waits for the disk, in milliseconds of [`clock::now_ms`] plus one; 0 if it does
    /// not wait.
    waits_since: AtomicU64,
}

impl Health {
    /// Whether a commit is expected to succeed.
    pub(super) fn is_writable(&self) -> bool {
        self.is_writable.load(Ordering::Acquire) && self.hangs_for(clock::now_ms()).is_none()
    }

    /// Sets whether the last commit succeeded; returns whether that has changed.
    pub(super) fn set_writable(&self, is_writable: bool) -> bool {
        self.is_writable.swap(is_writable, Ordering::AcqRel) != is_writable
    }

    /// Marks that the writer waits for the disk, until the returned value is dropped.
    pub(super) fn waiting(self: &Arc<Self>) -> Waiting {
        self.waits_since.store(clock::now_ms() + 1, Ordering::Relaxed);
        Waiting(Arc::clone(self))
    }

    /// How long the writer has waited for the disk, in milliseconds, if that is too long.
    fn hangs_for(&self, now_ms: u64) -> Option<u64> {
        let since = self.waits_since.load(Ordering::Relaxed).checked_sub(1)?;
        let waited = now_ms.saturating_sub(since);
        (waited > HANGS_MS).then_some(waited)
    }
}

/// The writer waits for the disk while this exists.
pub(super) struct Waiting(Arc<Health>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.waits_since.store(0, Ordering::Relaxed);
    }
}

/// The watching thread. Dropping this ends it.
pub(super) struct Watch {
    end: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    pub(super) fn start(
        health: Arc<Health>,
        writer: Sender<Job>,
        every: Duration,
    ) -> Result<Self, OpenError> {
        let (end, ended) = sync_channel(0);
        let thread = spawn("log-watch", move || watch(&health, &writer, every, &ended))?;
        Ok(Self { end: Some(end), thread: Some(thread) })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn watch(health: &Health, writer: &Sender<Job>, every: Duration, ended: &Receiver<()>) {
    let throttle = Throttle::new();
    while ended.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
        if let Some(waited) = health.hangs_for(clock::now_ms()) {
            if throttle.pass().is_some() {
                let seconds = waited / 1_000;
                tracing::error!(seconds, "the disk does not answer: a commit hangs");
            }
            continue;
        }
        // After a batch the writer checks itself anyway, and one waiting check is enough.
        if writer.is_empty() && writer.try_send(Job::Look).is_err() && writer.is_closed() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{HANGS_MS, Health};
    use crate::clock;

    #[test]
    fn a_commit_that_hangs_makes_the_log_unwritable_until_it_returns() {
        let health = Arc::new(Health::default());
        assert!(!health.is_writable(), "before it is open");
        assert!(health.set_writable(true) && !health.set_writable(true), "only the first is new");
        let begun = clock::now_ms();
        let waiting = health.waiting();
        let begun_by = clock::now_ms();
        assert!(health.is_writable(), "it has just begun");
        assert_eq!(health.hangs_for(begun + HANGS_MS), None);
        assert!(health.hangs_for(begun_by + HANGS_MS + 1).is_some_and(|ms| ms > HANGS_MS));
        drop(waiting);
        assert_eq!(health.hangs_for(begun + 10 * HANGS_MS), None);
        assert!(health.is_writable());
    }
}
