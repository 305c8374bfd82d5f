//! The gaps in a page's log, as ranges of seqs.
//!
//! Only what the library reports counts as missing. Between two messages there may also be entries of a later
//! version of the protocol, which have a seq and are not shown.

/// Disjoint ranges in order: the first and the last seq of each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Holes(Vec<(u64, u64)>);

impl Holes {
    /// Adds a range of missing seqs; does nothing if `first` is above `last`.
    pub(crate) fn add(&mut self, first: u64, last: u64) {
        if first > last {
            return;
        }
        self.fill(first, last);
        let at = self.0.partition_point(|hole| hole.1 < first);
        self.0.insert(at, (first, last));
    }

    /// Removes a range: it has arrived, or the server no longer has it.
    pub(crate) fn fill(&mut self, first: u64, last: u64) {
        let holes = std::mem::take(&mut self.0);
        let parts = holes.into_iter().flat_map(|(start, end)| {
            [(start, end.min(first.saturating_sub(1))), (start.max(last.saturating_add(1)), end)]
        });
        self.0 = parts.filter(|(start, end)| *start > 0 && start <= end).collect();
        self.0.dedup();
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// The last hole between two seqs that have arrived.
    pub(crate) fn between(&self, after: u64, before: u64) -> Option<(u64, u64)> {
        let below = self.0.iter().rev().find(|(_, last)| *last < before);
        below.copied().filter(|(first, _)| *first > after)
    }
}

#[cfg(test)]
mod tests {
    use super::Holes;

    #[test]
    fn holes_are_filled_from_either_side_and_from_the_middle() {
        let mut holes = Holes::default();
        holes.add(1, 100);
        holes.fill(91, 100);
        assert_eq!(holes.0, [(1, 90)]);
        holes.fill(40, 50);
        assert_eq!(holes.0, [(1, 39), (51, 90)]);
        holes.fill(1, 9);
        assert_eq!(holes.0, [(10, 39), (51, 90)]);
        holes.fill(30, 60);
        assert_eq!(holes.0, [(10, 29), (61, 90)]);
        holes.add(5, 9);
        holes.add(7, 6);
        assert_eq!(holes.0, [(5, 9), (10, 29), (61, 90)]);
        assert_eq!(holes.between(29, 100), Some((61, 90)));
        assert_eq!(holes.between(62, 100), None);
        holes.fill(0, u64::MAX);
        assert_eq!(holes, Holes::default());
    }
}
