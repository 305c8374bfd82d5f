//! A log in memory: the tests' rooms write to it and read from it, and it is the truth.

use std::collections::HashMap;

use throng_log::{Append, Appended, Body, Edited, Entry, LogPage, NotEdited, Range, Shadow};
use throng_protocol::{Cid, Epoch, PersonId};

use crate::recent::plain_entries::text_body;

pub(super) struct Log {
    pub(super) first: u64,
    /// Everything ever written; retention only raises `first`.
    entries: Vec<Entry>,
    sent: HashMap<(PersonId, Cid), (Body, u64)>,
    /// What entries were before, each with the seq of the entry that changed it.
    before: HashMap<u64, Vec<(u64, Entry)>>,
    page_bytes: usize,
}

impl Log {
    pub(super) fn new(page_bytes: usize) -> Self {
        Self {
            first: 1,
            entries: Vec::new(),
            sent: HashMap::new(),
            before: HashMap::new(),
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
        self.before(seq).first().map(|(_, entry)| entry).or_else(|| self.entry(seq))
    }

    /// What the entry was before, each with the seq of the entry that changed it.
    pub(super) fn before(&self, seq: u64) -> &[(u64, Entry)] {
        self.before.get(&seq).map_or(&[], Vec::as_slice)
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
            let is_deleted =
                self.entry(*seq).is_some_and(|entry| matches!(entry.body, Body::Deleted { .. }));
            return match *body == item.body {
                true => Appended::Duplicate { seq: *seq, at: 1_000 + *seq, is_deleted },
                false => Appended::Conflict,
            };
        }
        if !item.admit {
            return Appended::Refused;
        }
        let seq = self.head() + 1;
        let changed = match &item.body {
            Body::Delete { targets } => self.delete(item.sender, targets, seq),
            Body::Edit { target, text } => self.edit(item, *target, text, seq),
            Body::Message { .. } | Body::Deleted { .. } => Ok(item.shadow),
        };
        let is_hidden = match changed {
            Ok(is_hidden) => is_hidden,
            Err(answer) => return answer,
        };
        let Append { sender, nick, cid, body, .. } = item.clone();
        let shadow = if is_hidden { Shadow::Hidden } else { Shadow::None };
        self.entries.push(Entry { seq, at: 1_000 + seq, sender, nick, cid, body, shadow });
        self.sent.insert((item.sender, item.cid), (item.body.clone(), seq));
        Appended::Committed { seq, at: 1_000 + seq, is_hidden }
    }
}

impl Log {
    /// Deletes what has a text; if nothing has, says so. Returns whether it was hidden, and said by who deletes it.
    fn delete(&mut self, sender: PersonId, targets: &[u64], by: u64) -> Result<bool, Appended> {
        let mut before = None;
        let mut is_done = false;
        for seq in targets {
            match self.entry(*seq).map(|entry| entry.body.clone()) {
                Some(Body::Message { kind, edited, .. }) => {
                    self.forget_own(*seq, by);
                    self.replace(*seq, Body::Deleted { kind, by }, by);
                    self.forget_edit(edited, by);
                    is_done = true;
                }
                Some(Body::Deleted { by, .. }) => before = before.or(Some(by)),
                Some(Body::Delete { .. } | Body::Edit { .. }) | None => {}
            }
        }
        match before {
            _ if is_done => {
                let mut all = targets.iter().filter_map(|seq| self.entry(*seq));
                Ok(all.all(|it| it.is_hidden() && it.sender == sender))
            }
            Some(seq) => Err(Appended::Duplicate { seq, at: 1_000 + seq, is_deleted: false }),
            None => Err(Appended::Refused),
        }
    }

    /// Replaces a text, if it is the sender's and there. Returns whether others see nothing of that.
    fn edit(&mut self, item: &Append, target: u64, text: &str, by: u64) -> Result<bool, Appended> {
        let entry = self.entry(target).ok_or(Appended::NotEdited(NotEdited::NoMessage))?;
        let (kind, last) = match entry.body {
            Body::Edit { .. } | Body::Delete { .. } => {
                return Err(Appended::NotEdited(NotEdited::NoMessage));
            }
            _ if entry.sender != item.sender => {
                return Err(Appended::NotEdited(NotEdited::NotTheirs));
            }
            Body::Deleted { .. } => return Err(Appended::NotEdited(NotEdited::Deleted)),
            Body::Message { kind, edited, .. } => (kind, edited),
        };
        let is_hidden = entry.is_hidden();
        let edited = Some(Edited { by, at: 1_000 + by });
        let body = Body::Message { kind, text: text.into(), edited };
        self.forget_own(target, by);
        if item.shadow && !is_hidden {
            self.set_own(target, body, by);
            if let Some(Edited { by: seq, .. }) = last {
                let shown = Body::Edit { target, text: "".into() };
                self.set_own(seq, shown, by);
            }
            return Ok(true);
        }
        self.replace(target, body, by);
        self.forget_edit(last, by);
        Ok(is_hidden)
    }

    /// The last hidden edit of a message that everybody sees has no text any more.
    fn forget_own(&mut self, target: u64, by: u64) {
        let own = self.entry(target).map(|entry| entry.shadow.clone());
        if let Some(Shadow::Own(own)) = own
            && let Body::Message { edited: Some(last), .. } = *own
        {
            self.replace(last.by, Body::Edit { target, text: "".into() }, by);
        }
    }

    /// From now on, the sender has something else than others.
    fn set_own(&mut self, seq: u64, body: Body, by: u64) {
        self.change(seq, by, |entry| Entry { shadow: Shadow::Own(Box::new(body)), ..entry });
    }

    /// The last edit of a message has no text any more.
    fn forget_edit(&mut self, last: Option<Edited>, by: u64) {
        let Some(Edited { by: seq, .. }) = last else { return };
        let Some(Body::Edit { target, .. }) = self.entry(seq).map(|entry| entry.body.clone())
        else {
            panic!("{seq} is no edit")
        };
        self.replace(seq, Body::Edit { target, text: "".into() }, by);
    }

    fn replace(&mut self, seq: u64, body: Body, by: u64) {
        let shadow = |shadow| match shadow {
            Shadow::Hidden => Shadow::Hidden,
            Shadow::None | Shadow::Own(_) => Shadow::None,
        };
        self.change(seq, by, |entry| Entry { body, shadow: shadow(entry.shadow.clone()), ..entry });
    }

    fn change(&mut self, seq: u64, by: u64, changed: impl FnOnce(Entry) -> Entry) {
        let at = usize::try_from(seq - 1).expect("a small number");
        let entry = &mut self.entries[at];
        let before = std::mem::replace(entry, changed(entry.clone()));
        self.before.entry(seq).or_default().push((by, before));
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
        shadow: false,
    }
}
