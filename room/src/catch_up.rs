//! What a client gets when it joins: the decision about its cursor.

use throng_protocol::Epoch;

use crate::recent::{Encoded, PageSize, Recent};

/// A client's cursor, from its `join`.
#[derive(Clone, Copy, Debug)]
pub struct Cursor {
    /// The log in which `after` was counted.
    pub epoch: Option<Epoch>,
    /// The last seq that it has; `None` for a first join.
    pub after: Option<u64>,
    /// The most entries that it wants; a page is never larger than the server's own limit.
    pub limit: Option<u64>,
}

/// What a client with a given cursor gets.
#[derive(Debug)]
pub(crate) enum CatchUp<E> {
    /// These entries, at once.
    Page {
        entries: Vec<E>,
        /// Whether they reach the head: then the member is live from here. Otherwise it joins again.
        is_live: bool,
        limited: bool,
        reset: bool,
    },
    /// A page of the log right after this seq, which is older than the recent entries.
    Read { after: u64, size: PageSize },
}

/// Decides. A client that is at most `catch_up_max` events behind reads them one after another; one that is
/// further behind gets the latest page, and loads the rest when somebody scrolls there.
pub(crate) fn catch_up<E: Encoded>(
    cursor: Cursor,
    epoch: Epoch,
    recent: &Recent<E>,
    page: PageSize,
    catch_up_max: u64,
) -> CatchUp<E> {
    let size = page.at_most(cursor.limit);
    let latest = |limited, reset| CatchUp::Page {
        entries: recent.latest(size),
        is_live: true,
        limited,
        reset,
    };
    if size.events == 0 {
        return CatchUp::Page { entries: Vec::new(), is_live: true, limited: false, reset: false };
    }
    let Some(after) = cursor.after else { return latest(false, false) };
    if cursor.epoch != Some(epoch) || after > recent.head() {
        return latest(false, true);
    }
    if recent.head() - after > catch_up_max || after + 1 < recent.first() {
        return latest(true, false);
    }
    match recent.after(after, size) {
        Some(entries) => {
            let reached = entries.last().map_or(after, Encoded::seq);
            let is_live = reached == recent.head();
            CatchUp::Page { entries, is_live, limited: false, reset: false }
        }
        None => CatchUp::Read { after, size },
    }
}

#[cfg(test)]
mod tests {
    use throng_protocol::Epoch;

    use super::{CatchUp, Cursor, catch_up};
    use crate::recent::plain_entries::{Plain, entry, room_id};
    use crate::recent::{Encoded, PageSize, Recent};

    const PAGE: PageSize = PageSize { events: 3, bytes: 10_000 };
    const CATCH_UP_MAX: u64 = 15;

    fn epoch(number: u64) -> Epoch {
        Epoch::from_parts(number, 0)
    }

    /// What a client gets in a room whose log has 3 to 20, and whose recent entries start at 15: the seqs,
    /// and which of live, limited and reset is set.
    fn told(number: u64, after: Option<u64>, limit: Option<u64>) -> (Vec<u64>, &'static str) {
        let newest: Vec<_> = (15..=20).map(|seq| entry(seq, "x")).collect();
        let recent: Recent<Plain> = Recent::new(room_id(), 3, 20, &newest, PAGE);
        let cursor = Cursor { epoch: Some(epoch(number)), after, limit };
        match catch_up(cursor, epoch(1), &recent, PAGE, CATCH_UP_MAX) {
            CatchUp::Page { entries, is_live, limited, reset } => {
                let seqs = entries.iter().map(Encoded::seq).collect();
                (
                    seqs,
                    match (is_live, limited, reset) {
                        (true, false, false) => "live",
                        (false, false, false) => "more",
                        (true, true, false) => "live, limited",
                        (true, false, true) => "live, reset",
                        _ => "a contradiction",
                    },
                )
            }
            CatchUp::Read { after, size } => (vec![after, size.events as u64], "read"),
        }
    }

    #[test]
    fn a_first_visit_gets_the_latest_page() {
        assert_eq!(told(1, None, None), (vec![18, 19, 20], "live"));
        assert_eq!(told(1, None, Some(1)), (vec![20], "live"));
    }

    #[test]
    fn a_limit_of_nothing_is_live_from_the_head() {
        for after in [None, Some(0), Some(20), Some(u64::MAX)] {
            assert_eq!(told(2, after, Some(0)), (vec![], "live"));
        }
    }

    #[test]
    fn a_cursor_in_the_tail_is_answered_at_once() {
        assert_eq!(told(1, Some(20), None), (vec![], "live"));
        assert_eq!(told(1, Some(17), None), (vec![18, 19, 20], "live"));
        assert_eq!(told(1, Some(16), None), (vec![17, 18, 19], "more"));
        assert_eq!(told(1, Some(14), Some(u64::MAX)), (vec![15, 16, 17], "more"));
    }

    #[test]
    fn a_cursor_before_the_tail_is_read_from_the_log() {
        assert_eq!(told(1, Some(13), None), (vec![13, 3], "read"));
        assert_eq!(told(1, Some(5), Some(2)), (vec![5, 2], "read"), "15 behind");
    }

    #[test]
    fn a_cursor_too_far_back_is_limited() {
        assert_eq!(told(1, Some(4), None), (vec![18, 19, 20], "live, limited"), "16 behind");
        assert_eq!(told(1, Some(0), None), (vec![18, 19, 20], "live, limited"));
    }

    #[test]
    fn a_cursor_of_another_log_is_reset() {
        assert_eq!(told(2, Some(18), None), (vec![18, 19, 20], "live, reset"));
        assert_eq!(told(1, Some(21), None), (vec![18, 19, 20], "live, reset"));
        assert_eq!(told(1, Some(u64::MAX), None), (vec![18, 19, 20], "live, reset"));
    }
}
