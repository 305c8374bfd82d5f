//! A log in memory: the tests' rooms write to it and read from it, and it is the truth.

use std::collections::HashMap;

use throng_log::{Append, Appended, Body, Entry, LogPage, Range};
use throng_protocol::{Cid, Epoch, PersonId};

use crate::recent::plain_entries::text_body;

pub(super) struct Log {
    pub(super) first: u64,
    /// Everything ever written; retention only raises `first`.
    entries: Vec<Entry>,
    sent: HashMap<(PersonId, Cid), (Body, u64)>,
    /// What was said before it was deleted, by its seq.
    deleted: HashMap<u64, Entry>,
    page_bytes: usize,
}

impl Log {
    pub(super) fn new(page_bytes: usize) -> Self {
        Self {
            first: 1,
            entries: Vec::new(),
            sent: HashMap::new(),
            deleted: HashMap::new(),
            page_bytes,
        }
    }

    pub(super) fn head(&self) -> u64 {
        self.entries.len() as u64
    }

    pub(super) fn entry(&self, seq: u64) -> Option<&Entry> {
        self.entries.get(usize::try_from(seq.checked_sub(1)?).ok()?)
    }

    /// The entry as it was committed.
    pub(super) fn original(&self, seq: u64) -> Option<&Entry> {
        self.deleted.get(&seq).or_else(|| self.entry(seq))
    }

    /// The seq of this sender's cid, and whether its body is the same.
    pub(super) fn seq_of(&self, item: &Append) -> Option<(u64, bool)> {
        let (body, seq) = self.sent.get(&(item.sender, item.cid))?;
        Some((*seq, *body == item.body))
    }

    /// Commits a batch, as the trait specifies.
    pub(super) fn append(&mut self, batch: &[Append]) -> Vec<Appended> {
        batch.iter().map(|item| self.append_one(item)).collect()
    }

    pub(super) fn page(&self, range: Range) -> LogPage {
        let all = self.entries.iter().filter(|entry| entry.seq >= self.first);
        let mut bytes = 0;
        let mut fits = |body: &Body| {
            let is_first = bytes == 0;
            bytes += 100 + body.len();
            is_first || bytes <= self.page_bytes
        };
        let entries = match range {
            Range::After { seq, limit } => all
                .filter(|entry| entry.seq > seq)
                .take(limit as usize)
                .take_while(|entry| fits(&entry.body))
                .cloned()
                .collect(),
            Range::Before { seq, limit } => {
                let mut newest_first: Vec<_> = all
                    .rev()
                    .filter(|entry| entry.seq < seq)
                    .take(limit as usize)
                    .take_while(|entry| fits(&entry.body))
                    .cloned()
                    .collect();
                newest_first.reverse();
                newest_first
            }
        };
        LogPage { first: self.first, head: self.head(), entries }
    }

    fn append_one(&mut self, item: &Append) -> Appended {
        if let Some((body, seq)) = self.sent.get(&(item.sender, item.cid)) {
            let is_deleted = self.deleted.contains_key(seq);
            return match *body == item.body {
                true => Appended::Duplicate { seq: *seq, at: 1_000 + *seq, is_deleted },
                false => Appended::Conflict,
            };
        }
        if !item.admit {
            return Appended::Refused;
        }
        let seq = self.head() + 1;
        if let Body::Delete { targets } = &item.body
            && let Err(answer) = self.delete(targets, seq)
        {
            return answer;
        }
        let Append { sender, nick, cid, body, .. } = item.clone();
        self.entries.push(Entry { seq, at: 1_000 + seq, sender, nick, cid, body });
        self.sent.insert((item.sender, item.cid), (item.body.clone(), seq));
        Appended::Committed { seq, at: 1_000 + seq }
    }
}

impl Log {
    /// Deletes what has a text; if nothing has, says so.
    fn delete(&mut self, targets: &[u64], by: u64) -> Result<(), Appended> {
        let mut before = None;
        let mut is_done = false;
        for seq in targets {
            let at = usize::try_from(seq.wrapping_sub(1)).unwrap_or(usize::MAX);
            let Some(entry) = self.entries.get_mut(at) else { continue };
            match entry.body {
                Body::Message { kind, .. } => {
                    let body = Body::Deleted { kind, by };
                    let original = std::mem::replace(entry, Entry { body, ..entry.clone() });
                    self.deleted.insert(*seq, original);
                    is_done = true;
                }
                Body::Deleted { by, .. } => before = before.or(Some(by)),
                Body::Delete { .. } => {}
            }
        }
        match before {
            _ if is_done => Ok(()),
            Some(seq) => Err(Appended::Duplicate { seq, at: 1_000 + seq, is_deleted: false }),
            None => Err(Appended::Refused),
        }
    }
}

pub(super) fn epoch(number: u64) -> Epoch {
    Epoch::from_parts(number, 0)
}

pub(super) fn person(number: u64) -> PersonId {
    PersonId::from_parts(number, 0)
}

/// A message with its own cid for each number.
pub(super) fn said(sender: u64, number: u64, text: &str) -> Append {
    let mut bytes = [0; 17];
    bytes[8..16].copy_from_slice(&number.to_be_bytes());
    bytes[16] = 1;
    Append {
        sender: person(sender),
        nick: format!("nick-{sender}").into(),
        cid: Cid::from_bytes(bytes).expect("a ULID"),
        body: text_body(text),
        admit: true,
    }
}
