//! Edits and deletions that came while pages were being read: such a page may still have the texts of before.

use std::collections::VecDeque;

use crate::recent::Encoded;

/// The most changed messages that are remembered while pages are read: 64 KB, and eight deletions of full length. A page
/// takes milliseconds to read.
const KEPT_MAX: usize = 4_096;

/// The most bytes of the entries that are remembered.
const BYTES_MAX: usize = 1024 * 1024;

/// The changes since the oldest read that is still on its way began.
pub(crate) struct Changes<E> {
    /// The seq of a message and the entry that changed its text, in the order of the latter.
    kept: VecDeque<(u64, E)>,
    bytes: usize,
    /// The last change that was not kept.
    forgotten: u64,
    /// How many reads are on their way.
    reads: usize,
}

impl<E> Default for Changes<E> {
    fn default() -> Self {
        Self { kept: VecDeque::new(), bytes: 0, forgotten: 0, reads: 0 }
    }
}

impl<E: Encoded> Changes<E> {
    /// A page of the log is asked for.
    pub(crate) fn read_begins(&mut self) {
        self.reads += 1;
    }

    /// The page is there. Call it after [`Changes::applied`].
    pub(crate) fn read_ends(&mut self) {
        self.reads = self.reads.saturating_sub(1);
        if self.reads == 0 {
            *self = Self::default();
        }
    }

    /// Members are shown this entry.
    pub(crate) fn note(&mut self, entry: &E) {
        if self.reads == 0 {
            return;
        }
        for seq in entry.changes() {
            self.kept.push_back((*seq, entry.clone()));
            self.bytes += entry.new_text_bytes();
            while self.kept.len() > KEPT_MAX || self.bytes > BYTES_MAX {
                let Some((_, oldest)) = self.kept.pop_front() else { break };
                self.bytes -= oldest.new_text_bytes();
                self.forgotten = oldest.seq();
            }
        }
    }

    /// Whether changes since this head of the log are not remembered.
    pub(crate) fn is_forgotten(&self, head: u64) -> bool {
        self.forgotten > head
    }

    /// An entry of a page that was read when the log had this head, as it is now.
    pub(crate) fn applied(&self, entry: E, head: u64) -> E {
        let message = entry.message();
        self.kept
            .iter()
            .filter(|(seq, change)| *seq == message && change.seq() > head)
            .fold(entry, |entry, (_, change)| entry.after(change))
    }
}
