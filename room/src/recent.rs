//! The newest entries of a room, encoded once. Most joins are answered from them.

use std::collections::VecDeque;

use throng_log::Entry;
use throng_protocol::RoomId;

#[cfg(test)]
pub(crate) mod plain_entries;

/// An entry in the form that clients get, shared by pages and frames. Cheap to clone.
///
/// A room counts its bytes and orders it by `seq`. Its content is the server's business.
pub trait Encoded: Clone {
    /// Encodes an entry of this room.
    fn encode(room: RoomId, entry: &Entry) -> Self;

    /// Its place in the room.
    fn seq(&self) -> u64;

    /// The most bytes that it takes in a page, whoever reads it, with the separator.
    fn bytes_in_page(&self) -> usize;

    /// The seq of the message whose text it has: its own, or that of the message which it edits.
    fn message(&self) -> u64;

    /// The seqs of the messages whose texts it replaces or deletes.
    fn changes(&self) -> &[u64];

    /// The same entry after a later one that changes the text of its message: with the new text or none. An earlier edit
    /// of the message has none then.
    #[must_use]
    fn after(&self, change: &Self) -> Self;
}

/// The limits of a page: entries, and their encoded bytes (but a page is never empty because of bytes).
#[derive(Clone, Copy, Debug)]
pub struct PageSize {
    /// The most entries.
    pub events: usize,
    /// The most bytes.
    pub bytes: usize,
}

impl PageSize {
    /// How many entries to ask the log for.
    pub(crate) fn limit(self) -> u32 {
        u32::try_from(self.events).unwrap_or(u32::MAX)
    }

    /// The same limits, with at most this many entries.
    pub fn at_most(self, events: Option<u64>) -> Self {
        let asked = events.map_or(self.events, |it| usize::try_from(it).unwrap_or(usize::MAX));
        Self { events: self.events.min(asked), ..self }
    }
}

/// How many full pages are kept. One answers a join; the second answers clients that missed a little more
/// than a page while they were away.
const PAGES: usize = 2;

/// Consecutive entries up to the head.
pub(crate) struct Recent<E> {
    first: u64,
    head: u64,
    entries: VecDeque<E>,
    bytes: usize,
    page: PageSize,
}

impl<E: Encoded> Recent<E> {
    /// For a room whose log reaches from `first` to `head`; `newest` are its last entries.
    pub(crate) fn new(
        room: RoomId,
        first: u64,
        head: u64,
        newest: &[Entry],
        page: PageSize,
    ) -> Self {
        let mut recent = Self { first, head, entries: VecDeque::new(), bytes: 0, page };
        for entry in newest.iter().take_while(|entry| entry.seq <= head) {
            recent.keep(E::encode(room, entry));
        }
        recent
    }

    /// The first seq that the log still has.
    pub(crate) fn first(&self) -> u64 {
        self.first
    }

    /// The last seq that members have been shown.
    pub(crate) fn head(&self) -> u64 {
        self.head
    }

    /// Adds the entry after the head.
    pub(crate) fn push(&mut self, entry: E) {
        debug_assert_eq!(entry.seq(), self.head + 1, "there is no gap");
        self.head = entry.seq();
        if !entry.changes().is_empty() {
            self.change(&entry);
        }
        self.keep(entry);
    }

    /// Changes the entries here that have the text of a message which this one changes.
    fn change(&mut self, change: &E) {
        for entry in &mut self.entries {
            if change.changes().contains(&entry.message()) {
                self.bytes -= entry.bytes_in_page();
                *entry = entry.after(change);
                self.bytes += entry.bytes_in_page();
            }
        }
    }

    /// The log now begins here: retention has removed everything before. If the log is far ahead of the
    /// room, the room begins at most right after its own head.
    pub(crate) fn begin_at(&mut self, first: u64) {
        self.first = self.first.max(first.min(self.head + 1));
        while self.entries.front().is_some_and(|oldest| oldest.seq() < self.first) {
            self.drop_oldest();
        }
    }

    /// The latest page, or the part of it that is here.
    pub(crate) fn latest(&self, size: PageSize) -> Vec<E> {
        let mut page = fit(self.entries.iter().rev(), size);
        page.reverse();
        page
    }

    /// The page right after `seq`, or `None` when it begins before what is here.
    pub(crate) fn after(&self, seq: u64, size: PageSize) -> Option<Vec<E>> {
        if seq < self.start() - 1 {
            return None;
        }
        let skip = usize::try_from(seq - (self.start() - 1)).unwrap_or(usize::MAX);
        Some(fit(self.entries.iter().skip(skip), size))
    }

    /// The page right before `seq`, or `None` when it may begin before what is here.
    pub(crate) fn before(&self, seq: u64, size: PageSize) -> Option<Vec<E>> {
        let end = usize::try_from(seq.min(self.head + 1).saturating_sub(self.start())).unwrap_or(0);
        let mut page = fit(self.entries.iter().take(end).rev(), size);
        let reaches_back = page.last().map_or(self.start(), Encoded::seq) <= self.start();
        if page.len() < size.events && reaches_back && self.start() > self.first {
            return None;
        }
        page.reverse();
        Some(page)
    }

    /// The first seq that is here; the head plus 1 if nothing is kept.
    fn start(&self) -> u64 {
        self.head + 1 - self.entries.len() as u64
    }

    fn keep(&mut self, entry: E) {
        self.bytes += entry.bytes_in_page();
        self.entries.push_back(entry);
        while self.entries.len() > self.page.events * PAGES
            || (self.bytes > self.page.bytes * PAGES && self.entries.len() > 1)
        {
            self.drop_oldest();
        }
    }

    fn drop_oldest(&mut self) {
        self.bytes -= self.entries.pop_front().map_or(0, |oldest| oldest.bytes_in_page());
    }
}

fn fit<'a, E: Encoded + 'a>(entries: impl Iterator<Item = &'a E>, size: PageSize) -> Vec<E> {
    entries.take(size.events).take_while(size.fits()).cloned().collect()
}

impl PageSize {
    /// A filter that accepts entries as long as the page has room for their bytes.
    pub(crate) fn fits<E: Encoded>(self) -> impl FnMut(&&E) -> bool {
        let mut bytes = 0;
        move |entry: &&E| {
            let is_first = bytes == 0;
            bytes += entry.bytes_in_page();
            is_first || bytes <= self.bytes
        }
    }
}

#[cfg(test)]
mod tests {
    use throng_log::Entry;

    use super::{Encoded, PageSize, Recent};
    use crate::recent::plain_entries::{Plain, entry, room_id};

    const PAGE: PageSize = PageSize { events: 3, bytes: 1_000 };

    fn encoded(seq: u64, text: &str) -> Plain {
        Plain::encode(room_id(), &entry(seq, text))
    }

    /// The recent entries of a log that reaches from `first` to 10.
    fn recent(first: u64) -> Recent<Plain> {
        let newest: Vec<Entry> = (first.max(8)..=10).map(|seq| entry(seq, "x")).collect();
        Recent::new(room_id(), first, 10, &newest, PAGE)
    }

    fn seqs(page: Option<Vec<Plain>>) -> Option<Vec<u64>> {
        page.map(|page| page.iter().map(Encoded::seq).collect())
    }

    #[test]
    fn two_pages_are_kept() {
        let mut recent = recent(1);
        for seq in 11..=20 {
            recent.push(encoded(seq, "x"));
        }
        assert_eq!(seqs(recent.after(14, PAGE)), Some(vec![15, 16, 17]));
        assert_eq!(seqs(recent.after(13, PAGE)), None);
        assert_eq!(recent.bytes, recent.entries.iter().map(Encoded::bytes_in_page).sum::<usize>());
    }

    #[test]
    fn large_messages_leave_fewer_but_always_one() {
        let mut recent = recent(1);
        for seq in 11..=14 {
            recent.push(encoded(seq, &"x".repeat(5_000)));
        }
        assert_eq!(recent.entries.len(), 1);
        assert_eq!(seqs(Some(recent.latest(PAGE))), Some(vec![14]));
    }

    #[test]
    fn the_page_after_a_seq_is_bounded_and_begins_right_after_it() {
        let recent = recent(1);
        let one = PAGE.at_most(Some(1));
        assert_eq!(seqs(recent.after(7, PAGE)), Some(vec![8, 9, 10]));
        assert_eq!(seqs(recent.after(8, one)), Some(vec![9]));
        assert_eq!(seqs(recent.after(6, PAGE)), None, "7 is in the log only");
        for beyond in [10, 11, u64::MAX] {
            assert_eq!(seqs(recent.after(beyond, PAGE)), Some(vec![]));
        }
        let few_bytes = PageSize { events: 3, bytes: 1 };
        assert_eq!(seqs(recent.after(7, few_bytes)), Some(vec![8]), "never empty because of bytes");
    }

    #[test]
    fn the_page_before_a_seq_is_full_or_comes_from_the_log() {
        let tail_of_more = recent(1);
        assert_eq!(seqs(tail_of_more.before(11, PAGE)), Some(vec![8, 9, 10]));
        assert_eq!(seqs(tail_of_more.before(u64::MAX, PAGE.at_most(Some(2)))), Some(vec![9, 10]));
        assert_eq!(seqs(tail_of_more.before(10, PAGE)), None, "7 belongs to it");
        assert_eq!(seqs(tail_of_more.before(3, PAGE)), None);
        let tail_of_all = recent(8);
        assert_eq!(seqs(tail_of_all.before(10, PAGE)), Some(vec![8, 9]));
        assert_eq!(seqs(tail_of_all.before(0, PAGE)), Some(vec![]));
    }

    #[test]
    fn retention_takes_from_the_tail_what_it_took_from_the_log() {
        let mut recent = recent(1);
        recent.begin_at(9);
        assert_eq!((recent.first(), seqs(Some(recent.latest(PAGE)))), (9, Some(vec![9, 10])));
        recent.begin_at(3);
        assert_eq!(recent.first(), 9, "an older page says what was");
        recent.begin_at(50);
        assert_eq!((recent.first(), recent.head()), (11, 10));
        assert_eq!(seqs(recent.after(10, PAGE)), Some(vec![]));
        recent.push(encoded(11, "x"));
        assert_eq!(seqs(Some(recent.latest(PAGE))), Some(vec![11]));
    }
}
