//! The tail: the newest messages of a room, encoded once, from which most joins are answered.

use std::collections::VecDeque;
use std::sync::Arc;

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use throng_protocol::Message;

/// A committed message in the form in which it goes out, shared by pages and frames.
#[derive(Clone, Debug)]
pub(crate) struct Entry(Arc<Encoded>);

#[derive(Debug)]
struct Encoded {
    seq: u64,
    json: Box<RawValue>,
}

impl Entry {
    pub(crate) fn new(message: &Message) -> Self {
        let json = serde_json::value::to_raw_value(message)
            .expect("a message has string keys only, so it is always JSON");
        Self(Arc::new(Encoded { seq: message.seq, json }))
    }

    pub(crate) fn seq(&self) -> u64 {
        self.0.seq
    }

    pub(crate) fn json(&self) -> &str {
        self.0.json.get()
    }
}

impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.json.serialize(serializer)
    }
}

/// How large a page may be: in events, and in bytes of JSON (but never empty because of bytes).
#[derive(Clone, Copy, Debug)]
pub(crate) struct PageSize {
    pub(crate) events: usize,
    pub(crate) bytes: usize,
}

impl PageSize {
    pub(crate) fn at_most(self, events: Option<u64>) -> Self {
        let asked = events.map_or(self.events, |it| usize::try_from(it).unwrap_or(usize::MAX));
        Self { events: self.events.min(asked), ..self }
    }
}

/// How many full pages the tail holds. One is needed to answer a join; the second answers those
/// who missed a little more than a page while they were away.
const PAGES: usize = 2;

/// Consecutive messages up to the head.
pub(crate) struct Tail {
    first: u64,
    head: u64,
    entries: VecDeque<Entry>,
    bytes: usize,
    page: PageSize,
}

impl Tail {
    /// The tail of a room's log that reaches from `first` to `head`; `newest` are its last
    /// messages.
    pub(crate) fn new(first: u64, head: u64, newest: &[Message], page: PageSize) -> Self {
        let mut tail = Self { first, head, entries: VecDeque::new(), bytes: 0, page };
        let skipped = newest.iter().position(|message| message.seq > head).unwrap_or(newest.len());
        for message in &newest[..skipped] {
            tail.keep(Entry::new(message));
        }
        tail
    }

    /// The first seq that the log still has.
    pub(crate) fn first(&self) -> u64 {
        self.first
    }

    /// The last seq that members were shown.
    pub(crate) fn head(&self) -> u64 {
        self.head
    }

    /// Adds the message after the head.
    pub(crate) fn push(&mut self, entry: Entry) {
        debug_assert_eq!(entry.seq(), self.head + 1, "a tail has no hole");
        self.head = entry.seq();
        self.keep(entry);
    }

    /// The log begins here now: retention has removed what was before. A room that the log is far
    /// ahead of ends at its head all the same.
    pub(crate) fn begin_at(&mut self, first: u64) {
        self.first = self.first.max(first.min(self.head + 1));
        while self.entries.front().is_some_and(|oldest| oldest.seq() < self.first) {
            self.drop_oldest();
        }
    }

    /// The latest page, or as much of it as the tail has.
    pub(crate) fn latest(&self, size: PageSize) -> Vec<Entry> {
        let mut page = fit(self.entries.iter().rev(), size);
        page.reverse();
        page
    }

    /// The page right after `seq`, or `None` when it begins before the tail.
    pub(crate) fn after(&self, seq: u64, size: PageSize) -> Option<Vec<Entry>> {
        if seq < self.start() - 1 {
            return None;
        }
        let skip = usize::try_from(seq - (self.start() - 1)).unwrap_or(usize::MAX);
        Some(fit(self.entries.iter().skip(skip), size))
    }

    /// The page right before `seq`, or `None` when it may begin before the tail.
    pub(crate) fn before(&self, seq: u64, size: PageSize) -> Option<Vec<Entry>> {
        let end = usize::try_from(seq.min(self.head + 1).saturating_sub(self.start())).unwrap_or(0);
        let mut page = fit(self.entries.iter().take(end).rev(), size);
        let reaches_back = page.last().map_or(self.start(), Entry::seq) <= self.start();
        if page.len() < size.events && reaches_back && self.start() > self.first {
            return None;
        }
        page.reverse();
        Some(page)
    }

    /// The first seq in the tail; 1 above the head when nothing is kept.
    fn start(&self) -> u64 {
        self.head + 1 - self.entries.len() as u64
    }

    fn keep(&mut self, entry: Entry) {
        self.bytes += entry.json().len();
        self.entries.push_back(entry);
        while self.entries.len() > self.page.events * PAGES
            || (self.bytes > self.page.bytes * PAGES && self.entries.len() > 1)
        {
            self.drop_oldest();
        }
    }

    fn drop_oldest(&mut self) {
        self.bytes -= self.entries.pop_front().map_or(0, |oldest| oldest.json().len());
    }
}

fn fit<'a>(entries: impl Iterator<Item = &'a Entry>, size: PageSize) -> Vec<Entry> {
    let mut bytes = 0;
    entries
        .take(size.events)
        .take_while(|entry| {
            let is_first = bytes == 0;
            bytes += entry.json().len();
            is_first || bytes <= size.bytes
        })
        .cloned()
        .collect()
}

#[cfg(test)]
mod tests {
    use throng_protocol::{Kind, Message, PersonId, User};

    use super::{Entry, PageSize, Tail};

    const PAGE: PageSize = PageSize { events: 3, bytes: 1_000 };

    fn message(seq: u64, text: &str) -> Message {
        let from = User { id: PersonId::from_parts(1, 0), nick: "ana".to_owned() };
        let cid = "01JZZZZZZZZZZZZZZZZZZZZZZZ".parse().expect("a cid");
        let (room, text) = ("lobby".to_owned(), text.to_owned());
        Message { room, seq, cid, from, kind: Kind::Text, text, at: 1 }
    }

    /// A tail whose log reaches from `first` to 10.
    fn tail(first: u64) -> Tail {
        let newest: Vec<_> = (first.max(8)..=10).map(|seq| message(seq, "x")).collect();
        Tail::new(first, 10, &newest, PAGE)
    }

    fn seqs(page: Option<Vec<Entry>>) -> Option<Vec<u64>> {
        page.map(|page| page.iter().map(Entry::seq).collect())
    }

    #[test]
    fn two_pages_are_kept() {
        let mut tail = tail(1);
        for seq in 11..=20 {
            tail.push(Entry::new(&message(seq, "x")));
        }
        assert_eq!(seqs(tail.after(14, PAGE)), Some(vec![15, 16, 17]));
        assert_eq!(seqs(tail.after(13, PAGE)), None);
        assert_eq!(tail.bytes, tail.entries.iter().map(|it| it.json().len()).sum::<usize>());
    }

    #[test]
    fn large_messages_leave_fewer_but_always_one() {
        let mut tail = tail(1);
        for seq in 11..=14 {
            tail.push(Entry::new(&message(seq, &"x".repeat(5_000))));
        }
        assert_eq!(tail.entries.len(), 1);
        assert_eq!(seqs(Some(tail.latest(PAGE))), Some(vec![14]));
    }

    #[test]
    fn the_page_after_a_seq_is_bounded_and_begins_right_after_it() {
        let tail = tail(1);
        let one = PAGE.at_most(Some(1));
        assert_eq!(seqs(tail.after(7, PAGE)), Some(vec![8, 9, 10]));
        assert_eq!(seqs(tail.after(8, one)), Some(vec![9]));
        assert_eq!(seqs(tail.after(6, PAGE)), None, "7 is in the log only");
        for beyond in [10, 11, u64::MAX] {
            assert_eq!(seqs(tail.after(beyond, PAGE)), Some(vec![]));
        }
        let few_bytes = PageSize { events: 3, bytes: 1 };
        assert_eq!(seqs(tail.after(7, few_bytes)), Some(vec![8]), "never empty because of bytes");
    }

    #[test]
    fn the_page_before_a_seq_is_full_or_comes_from_the_log() {
        let tail_of_more = tail(1);
        assert_eq!(seqs(tail_of_more.before(11, PAGE)), Some(vec![8, 9, 10]));
        assert_eq!(seqs(tail_of_more.before(u64::MAX, PAGE.at_most(Some(2)))), Some(vec![9, 10]));
        assert_eq!(seqs(tail_of_more.before(10, PAGE)), None, "7 belongs to it");
        assert_eq!(seqs(tail_of_more.before(3, PAGE)), None);
        let tail_of_all = tail(8);
        assert_eq!(seqs(tail_of_all.before(10, PAGE)), Some(vec![8, 9]));
        assert_eq!(seqs(tail_of_all.before(0, PAGE)), Some(vec![]));
    }

    #[test]
    fn retention_takes_from_the_tail_what_it_took_from_the_log() {
        let mut tail = tail(1);
        tail.begin_at(9);
        assert_eq!((tail.first(), seqs(Some(tail.latest(PAGE)))), (9, Some(vec![9, 10])));
        tail.begin_at(3);
        assert_eq!(tail.first(), 9, "an older page says what was");
        tail.begin_at(50);
        assert_eq!((tail.first(), tail.head()), (11, 10));
        assert_eq!(seqs(tail.after(10, PAGE)), Some(vec![]));
        tail.push(Entry::new(&message(11, "x")));
        assert_eq!(seqs(Some(tail.latest(PAGE))), Some(vec![11]));
    }
}
