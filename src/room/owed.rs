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
