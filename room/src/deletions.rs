//! Deletions that came while pages were being read: such a page may still have the texts.

use std::collections::VecDeque;

use crate::recent::Encoded;

/// The most deleted messages that are remembered while pages are read: 64 KB, and eight entries of full length. A page
/// takes milliseconds to read.
const KEPT_MAX: usize = 4_096;

/// The deletions since the oldest read that is still on its way began.
#[derive(Default)]
pub(crate) struct Deletions {
    /// The seq of a message, and of the entry that deleted its text, in the order of the latter.
    kept: VecDeque<(u64, u64)>,
    /// The last deletion that was not kept.
    forgotten: u64,
    /// How many reads are on their way.
    reads: usize,
}

impl Deletions {
    /// A page of the log is asked for.
    pub(crate) fn read_begins(&mut self) {
        self.reads += 1;
    }

    /// The page is there. Call it after [`Deletions::applied`].
    pub(crate) fn read_ends(&mut self) {
        self.reads = self.reads.saturating_sub(1);
        if self.reads == 0 {
            *self = Self::default();
        }
    }

    /// Members are shown this entry.
    pub(crate) fn note<E: Encoded>(&mut self, entry: &E) {
        if self.reads == 0 {
            return;
        }
        for seq in entry.deletes() {
            if self.kept.len() >= KEPT_MAX {
                self.forgotten = self.kept.pop_front().map_or(0, |(_, by)| by);
            }
            self.kept.push_back((*seq, entry.seq()));
        }
    }

    /// Whether deletions since this head of the log are not remembered.
    pub(crate) fn is_forgotten(&self, head: u64) -> bool {
        self.forgotten > head
    }

    /// An entry of a page that was read when the log had this head, as it is now.
    pub(crate) fn applied<E: Encoded>(&self, entry: E, head: u64) -> E {
        let deletion = self.kept.iter().find(|(seq, by)| *seq == entry.seq() && *by > head);
        match deletion {
            Some((_, by)) => entry.without_text(*by),
            None => entry,
        }
    }
}
