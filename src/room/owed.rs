//! What a cursor is owed: the decision behind every join.

use throng_protocol::Epoch;

use super::tail::{Entry, PageSize, Tail};

/// Where a client stands, as its `join` says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor {
    pub(crate) epoch: Option<Epoch>,
    /// The last seq that it has; `None` for a first visit.
    pub(crate) after: Option<u64>,
    /// As asked for; a page is never larger than the server's own limit.
    pub(crate) limit: Option<u64>,
}

/// The answer to a cursor.
#[derive(Debug)]
pub(crate) enum Owed {
    /// These events, at once.
    Page {
        entries: Vec<Entry>,
        /// They reach the head: the member is live from here. Otherwise it joins again.
        is_live: bool,
        limited: bool,
        reset: bool,
    },
    /// A page of the log right after this seq: it begins before the tail.
    Read { after: u64, size: PageSize },
}

/// Decides. `catch_up_max` is how many events behind a client may be and still read them one after
/// another; beyond it, it gets the latest page and fetches the rest when somebody scrolls there.
pub(crate) fn owed(
    cursor: Cursor,
    epoch: Epoch,
    tail: &Tail,
    page: PageSize,
    catch_up_max: u64,
) -> Owed {
    let size = page.at_most(cursor.limit);
    let latest =
        |limited, reset| Owed::Page { entries: tail.latest(size), is_live: true, limited, reset };
    if size.events == 0 {
        return Owed::Page { entries: Vec::new(), is_live: true, limited: false, reset: false };
    }
    let Some(after) = cursor.after else { return latest(false, false) };
    if cursor.epoch != Some(epoch) || after > tail.head() {
        return latest(false, true);
    }
    if tail.head() - after > catch_up_max || after + 1 < tail.first() {
        return latest(true, false);
    }
    match tail.after(after, size) {
        Some(entries) => {
            let reached = entries.last().map_or(after, Entry::seq);
            let is_live = reached == tail.head();
            Owed::Page { entries, is_live, limited: false, reset: false }
        }
        None => Owed::Read { after, size },
    }
}

#[cfg(test)]
mod tests {
    use throng_protocol::{Epoch, Kind, Message, PersonId, User};

    use super::{Cursor, Owed, owed};
    use crate::room::tail::{Entry, PageSize, Tail};

    const PAGE: PageSize = PageSize { events: 3, bytes: 10_000 };
    const CATCH_UP_MAX: u64 = 15;

    fn epoch(number: u64) -> Epoch {
        Epoch::from_parts(number, 0)
    }

    fn message(seq: u64) -> Message {
        let from = User { id: PersonId::from_parts(1, 0), nick: "ana".to_owned() };
        let cid = "01JZZZZZZZZZZZZZZZZZZZZZZZ".parse().expect("a cid");
        let (room, text) = ("lobby".to_owned(), "x".to_owned());
        Message { room, seq, cid, from, kind: Kind::Text, text, at: 1 }
    }

    /// What is owed in a room whose log reaches from 3 to 20, and whose tail begins with 15: the
    /// seqs, and which of live, limited and reset is said.
    fn told(number: u64, after: Option<u64>, limit: Option<u64>) -> (Vec<u64>, &'static str) {
        let newest: Vec<_> = (15..=20).map(message).collect();
        let tail = Tail::new(3, 20, &newest, PAGE);
        let cursor = Cursor { epoch: Some(epoch(number)), after, limit };
        match owed(cursor, epoch(1), &tail, PAGE, CATCH_UP_MAX) {
            Owed::Page { entries, is_live, limited, reset } => {
                let seqs = entries.iter().map(Entry::seq).collect();
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
            Owed::Read { after, size } => (vec![after, size.events as u64], "read"),
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
