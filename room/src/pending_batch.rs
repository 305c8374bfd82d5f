//! The sends that wait for the next commit, up to a limit.

use crate::effect::Waiting;

/// The most sends that gather while a batch is being committed.
pub(crate) const BATCH_MAX: usize = 1_024;

/// The most bytes of text that gather; a batch of long texts ends earlier.
const BATCH_BYTES_MAX: usize = 1024 * 1024;

/// The sends that go into the next commit.
pub(crate) struct PendingBatch<T> {
    sends: Vec<Waiting<T>>,
    bytes: usize,
}

impl<T> PendingBatch<T> {
    pub(crate) fn new() -> Self {
        Self { sends: Vec::new(), bytes: 0 }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.sends.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.sends.len()
    }

    #[cfg(test)]
    pub(crate) fn sends(&self) -> &[Waiting<T>] {
        &self.sends
    }

    pub(crate) fn is_full(&self) -> bool {
        self.sends.len() >= BATCH_MAX || self.bytes >= BATCH_BYTES_MAX
    }

    pub(crate) fn push(&mut self, waiting: Waiting<T>) {
        self.bytes += waiting.append.body.len();
        self.sends.push(waiting);
    }

    pub(crate) fn take(&mut self) -> Vec<Waiting<T>> {
        self.bytes = 0;
        std::mem::take(&mut self.sends)
    }
}
