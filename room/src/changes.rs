//! Edits and deletions that came while pages were being read: such a page may still have the texts of before.

use std::collections::VecDeque;

use crate::recent::Encoded;

/// The most bytes of the entries that are remembered while pages are read, which takes milliseconds.
const BYTES_MAX: usize = 1024 * 1024;

/// The changes since the oldest read that is still on its way began.
pub(crate) struct Changes<E> {
    /// The entries that changed something, in their order.
    kept: VecDeque<E>,
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
        if self.reads == 0 || entry.changes().is_empty() {
            return;
        }
        self.bytes += entry.bytes_in_page();
        self.kept.push_back(entry.clone());
        while self.bytes > BYTES_MAX {
            let Some(oldest) = self.kept.pop_front() else { break };
            self.bytes -= oldest.bytes_in_page();
            self.forgotten = oldest.seq();
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
            .filter(|change| change.seq() > head && change.changes().contains(&message))
            .fold(entry, |entry, change| entry.after(change))
    }
}

#[cfg(test)]
mod tests {
    use throng_log::{Body, Entry};

    use super::{BYTES_MAX, Changes};
    use crate::recent::Encoded;
    use crate::recent::plain_entries::{Plain, entry, room_id};

    fn edit(seq: u64, bytes: usize) -> Plain {
        let body = Body::Edit { target: 1, text: "x".repeat(bytes).into() };
        Plain::encode(room_id(), &Entry { body, ..entry(seq, "") })
    }

    #[test]
    fn only_so_much_is_remembered_and_what_is_forgotten_is_known() {
        let mut changes = Changes::default();
        changes.note(&edit(2, 1));
        changes.read_begins();
        assert!(changes.kept.is_empty(), "no page was being read then");
        for seq in 3..=6 {
            changes.note(&edit(seq, BYTES_MAX / 3));
        }
        let kept: Vec<_> = changes.kept.iter().map(Encoded::seq).collect();
        assert_eq!(kept, [5, 6]);
        assert!(changes.is_forgotten(3) && !changes.is_forgotten(4));
        changes.read_ends();
        assert!(changes.kept.is_empty() && !changes.is_forgotten(0));
    }
}
