//! The part of a room's sequence that still matters, as a digest per seq. It begins at the first seq that a
//! member may still receive or that the log has not confirmed.

use std::collections::VecDeque;

/// How far a seq may be ahead of all others and still be compared. A server that jumps further is already
/// accused of the hole, and must not use up the tester's memory.
const LEAP_MAX: usize = 1 << 20;

/// The digest of what is hidden from a member: nothing is known of its content.
pub(super) const HIDDEN: u64 = 0;

/// Digests by seq.
#[derive(Default)]
pub(super) struct Window {
    /// The seq before the first digest; `None` before the first join.
    base: Option<u64>,
    /// The digests of `base + 1`, `base + 2` and so on; 0 if a seq is only known to exist.
    digests: VecDeque<u64>,
    /// The highest seq that was acknowledged or shown: all members must reach it.
    pub(super) head: u64,
    /// The log has been read back up to this seq.
    pub(super) logged: u64,
    /// Whether any digest was dropped.
    freed: bool,
}

/// How a digest compares with what was known at its seq.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Placed {
    /// Nothing was known there.
    First,
    /// The same content, or too far away to be compared.
    Same,
    /// Another content was known there.
    Other(u64),
}

impl Window {
    /// Starts the window after `seq`, or earlier if it has started earlier. Answers to joins may be read in
    /// another order than the server gave them, so a later call may go further back, as long as no digest was
    /// dropped.
    pub(super) fn begin(&mut self, seq: u64) {
        self.head = self.head.max(seq);
        let base = *self.base.get_or_insert(seq);
        let back = usize::try_from(base.saturating_sub(seq)).unwrap_or(usize::MAX);
        if back > 0 && !self.freed && back <= LEAP_MAX {
            (0..back).for_each(|_| self.digests.push_front(0));
            self.base = Some(seq);
            self.logged = self.logged.min(seq);
        } else if base == seq {
            self.logged = self.logged.max(seq);
        }
    }

    pub(super) fn base(&self) -> u64 {
        self.base.unwrap_or(0)
    }

    /// How many digests are kept.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.digests.len()
    }

    pub(super) fn place(&mut self, seq: u64, digest: u64) -> Placed {
        if self.base.is_none() {
            self.begin(seq.saturating_sub(1));
        }
        let Some(index) = self.index(seq) else { return Placed::Same };
        self.head = self.head.max(seq);
        if index > self.digests.len() + LEAP_MAX {
            return Placed::Same;
        }
        if index >= self.digests.len() {
            self.digests.resize(index + 1, 0);
        }
        match &mut self.digests[index] {
            known if *known == digest || digest == HIDDEN => Placed::Same,
            unknown @ 0 => {
                *unknown = digest;
                Placed::First
            }
            known => Placed::Other(*known),
        }
    }

    /// The digest at a seq.
    pub(super) fn known(&self, seq: u64) -> Option<u64> {
        self.digests.get(self.index(seq)?).copied().filter(|digest| *digest != 0)
    }

    /// Drops everything up to and including `seq`.
    pub(super) fn free(&mut self, seq: u64) {
        let Some(base) = self.base.filter(|base| *base < seq) else { return };
        let count = usize::try_from(seq - base).unwrap_or(usize::MAX).min(self.digests.len());
        self.digests.drain(..count);
        self.freed = true;
        self.base = Some(base + count as u64);
        if self.digests.capacity() > 4 * self.digests.len().max(64) {
            self.digests.shrink_to(2 * self.digests.len());
        }
    }

    fn index(&self, seq: u64) -> Option<usize> {
        let after = seq.checked_sub(self.base() + 1)?;
        Some(usize::try_from(after).unwrap_or(usize::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::{HIDDEN, LEAP_MAX, Placed, Window};

    #[test]
    fn a_window_moves_on_and_stays_small() {
        let mut window = Window::default();
        window.begin(40);
        for seq in 41..10_000 {
            assert_eq!(window.place(seq, seq), Placed::First);
            assert_eq!(window.place(seq, seq), Placed::Same);
            assert_eq!(window.place(seq, 7), Placed::Other(seq));
            window.free(seq - seq.min(10));
        }
        assert_eq!(window.head, 9_999);
        assert!(window.len() <= 10 && window.digests.capacity() <= 256);
    }

    #[test]
    fn what_is_hidden_from_one_is_what_another_gets() {
        let mut window = Window::default();
        window.begin(0);
        assert_eq!((window.place(1, HIDDEN), window.place(1, 7)), (Placed::Same, Placed::First));
        assert_eq!((window.place(1, HIDDEN), window.head), (Placed::Same, 1));
        assert_eq!(window.place(1, 8), Placed::Other(7));
    }

    #[test]
    fn a_leap_takes_no_memory() {
        let mut window = Window::default();
        window.begin(0);
        assert_eq!(window.place(u64::MAX, 1), Placed::Same);
        assert_eq!(window.place(LEAP_MAX as u64 * 2, 1), Placed::Same);
        assert_eq!(window.len(), 0);
    }
}
