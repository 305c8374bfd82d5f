//! A log in memory: what the rooms of the tests write to and read from, and what is true.

use std::collections::HashMap;

use throng_protocol::{Cid, Epoch, Kind, Message, PersonId, RoomName, User};

use crate::chatlog::{Append, Appended, LogPage, Range};

pub(super) struct Log {
    pub(super) first: u64,
    room: RoomName,
    /// Everything ever written, with its JSON; retention only raises `first`.
    messages: Vec<(Message, String)>,
    sent: HashMap<(PersonId, Cid), (Kind, Box<str>, u64)>,
    page_bytes: usize,
}

impl Log {
    pub(super) fn new(page_bytes: usize) -> Self {
        let room = RoomName::parse("lobby").expect("a name");
        Self { first: 1, room, messages: Vec::new(), sent: HashMap::new(), page_bytes }
    }

    pub(super) fn room(&self) -> &RoomName {
        &self.room
    }

    pub(super) fn head(&self) -> u64 {
        self.messages.len() as u64
    }

    pub(super) fn message(&self, seq: u64) -> Option<&(Message, String)> {
        self.messages.get(usize::try_from(seq.checked_sub(1)?).ok()?)
    }

    /// Where this cid of this sender is, and whether its body is the same.
    pub(super) fn seq_of(&self, item: &Append) -> Option<(u64, bool)> {
        let (kind, text, seq) = self.sent.get(&(item.sender, item.cid))?;
        Some((*seq, *kind == item.kind && *text == item.text))
    }

    /// Commits a batch, as the trait says.
    pub(super) fn append(&mut self, batch: &[Append]) -> Vec<Appended> {
        batch.iter().map(|item| self.append_one(item)).collect()
    }

    pub(super) fn page(&self, range: Range) -> LogPage {
        let all = self.messages.iter().filter(|(message, _)| message.seq >= self.first);
        let mut bytes = 0;
        let mut fits = |text: &str| {
            let is_first = bytes == 0;
            bytes += 100 + text.len();
            is_first || bytes <= self.page_bytes
        };
        let messages = match range {
            Range::After { seq, limit } => all
                .filter(|(message, _)| message.seq > seq)
                .take(limit as usize)
                .take_while(|(message, _)| fits(&message.text))
                .map(|(message, _)| message.clone())
                .collect(),
            Range::Before { seq, limit } => {
                let mut newest_first: Vec<_> = all
                    .rev()
                    .filter(|(message, _)| message.seq < seq)
                    .take(limit as usize)
                    .take_while(|(message, _)| fits(&message.text))
                    .map(|(message, _)| message.clone())
                    .collect();
                newest_first.reverse();
                newest_first
            }
        };
        LogPage { first: self.first, head: self.head(), messages }
    }

    fn append_one(&mut self, item: &Append) -> Appended {
        if let Some((kind, text, seq)) = self.sent.get(&(item.sender, item.cid)) {
            return match *kind == item.kind && *text == item.text {
                true => Appended::Duplicate { seq: *seq, at: 1_000 + *seq },
                false => Appended::Conflict,
            };
        }
        if !item.admit {
            return Appended::Refused;
        }
        let seq = self.head() + 1;
        let message = Message {
            room: self.room.as_str().to_owned(),
            seq,
            cid: item.cid,
            from: User { id: item.sender, nick: item.nick.to_string() },
            kind: item.kind,
            text: item.text.to_string(),
            at: 1_000 + seq,
        };
        let json = serde_json::to_string(&message).expect("JSON");
        self.messages.push((message, json));
        self.sent.insert((item.sender, item.cid), (item.kind, item.text.clone(), seq));
        Appended::Committed { seq, at: 1_000 + seq }
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
        kind: Kind::Text,
        text: text.into(),
        admit: true,
    }
}
