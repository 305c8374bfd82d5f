//! Work beside the crowd, on a thread of its own, until somebody wants its result.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use anyhow::{Context, Result, anyhow};

/// Work in progress. Dropping it ends the work.
pub(crate) struct Background<T> {
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<Result<T>>>,
}

impl<T: Send + 'static> Background<T> {
    /// Starts the work, which ends soon after the flag is set.
    pub(crate) fn start(work: impl FnOnce(&AtomicBool) -> Result<T> + Send + 'static) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&over);
        let thread = std::thread::spawn(move || work(&flag));
        Self { over, thread: Some(thread) }
    }

    /// Ends the work, and returns its result.
    pub(crate) fn end(mut self) -> Result<T> {
        self.stop().context("the work was over already")?
    }
}

impl<T> Background<T> {
    fn stop(&mut self) -> Option<Result<T>> {
        self.over.store(true, Ordering::Relaxed);
        let ended = self.thread.take()?.join();
        Some(ended.unwrap_or_else(|_| Err(anyhow!("a thread beside the crowd has panicked"))))
    }
}

impl<T> Drop for Background<T> {
    fn drop(&mut self) {
        // Nobody wants the result any more.
        let _ = self.stop();
    }
}
