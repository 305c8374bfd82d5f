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
