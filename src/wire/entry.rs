//! An entry of the log in its wire format, encoded once for all clients.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use throng_log::{Body, MessageKind};
use throng_protocol::{Deleted, Edited, Kind, Message, PersonId, RoomId, User};
use throng_room::Encoded;

/// The JSON of an entry, shared by pages and frames.
#[derive(Clone, Debug)]
pub(crate) struct Entry(Arc<Json>);

#[derive(Debug)]
struct Json {
    seq: u64,
    json: Box<RawValue>,
    change: Change,
}

/// What an entry does to the texts of earlier messages.
#[derive(Clone, Debug)]
enum Change {
    /// Nothing: it is a message.
    None,
    /// It replaces one.
    Edit { message: u64 },
    /// It deletes them.
    Delete(Arc<[u64]>),
}

impl Entry {
    pub(crate) fn json(&self) -> &str {
        self.0.json.get()
    }

    fn new(seq: u64, body: &impl Serialize, change: Change) -> Self {
        let json = serde_json::value::to_raw_value(body)
            .expect("an entry has string keys only, so it is always JSON");
        Self(Arc::new(Json { seq, json, change }))
    }

    /// An entry that was encoded here, as a client reads it.
    fn decode<T: DeserializeOwned>(&self) -> T {
        serde_json::from_str(self.json()).expect("it was encoded from one")
    }
}

impl Encoded for Entry {
    fn encode(room: RoomId, entry: &throng_log::Entry) -> Self {
        match &entry.body {
            Body::Message { kind, text, edited } => {
                Self::new(entry.seq, &message(room, entry, *kind, text, *edited), Change::None)
            }
            Body::Deleted { kind, by } => {
                let message = message(room, entry, *kind, "", None);
                let message = Message { deleted: Some(*by), ..message };
                Self::new(entry.seq, &message, Change::None)
            }
            Body::Edit { target, text } => {
                let change = Change::Edit { message: *target };
                Self::new(entry.seq, &edited(room, entry, *target, text), change)
            }
            Body::Delete { targets } => {
                let change = Change::Delete(Arc::clone(targets));
                Self::new(entry.seq, &deleted(room, entry, targets), change)
            }
        }
    }

    fn seq(&self) -> u64 {
        self.0.seq
    }

    fn bytes_in_page(&self) -> usize {
        // And a comma.
        self.json().len() + 1
    }

    fn message(&self) -> u64 {
        match self.0.change {
            Change::Edit { message } => message,
            Change::None | Change::Delete(_) => self.0.seq,
        }
    }

    fn changes(&self) -> &[u64] {
        match &self.0.change {
            Change::None => &[],
            Change::Edit { message } => std::slice::from_ref(message),
            Change::Delete(targets) => targets,
        }
    }

    // Changes are rare, so that an entry keeps no second form of itself.
    fn after(&self, change: &Self) -> Self {
        match (&self.0.change, &change.0.change) {
            (Change::None, Change::Edit { .. }) => {
                let (message, Edited { seq, text, at, .. }): (Message, _) =
                    (self.decode(), change.decode());
                // What was read from the log may have later changes already.
                if text.is_empty() || message.deleted.is_some() || message.edited >= Some(seq) {
                    return self.clone();
                }
                let (edited, edited_at) = (Some(seq), Some(at));
                Self::new(self.0.seq, &Message { text, edited, edited_at, ..message }, Change::None)
            }
            (Change::None, Change::Delete(_)) => {
                let message: Message = self.decode();
                if message.deleted.is_some() {
                    return self.clone();
                }
                let (edited, edited_at, deleted) = (None, None, Some(change.0.seq));
                let message =
                    Message { text: String::new(), edited, edited_at, deleted, ..message };
                Self::new(self.0.seq, &message, Change::None)
            }
            (Change::Edit { .. }, Change::Edit { .. } | Change::Delete(_)) => {
                let without = Edited { text: String::new(), ..self.decode() };
                Self::new(self.0.seq, &without, self.0.change.clone())
            }
            (_, Change::None) | (Change::Delete(_), _) => self.clone(),
        }
    }
}

impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.json.serialize(serializer)
    }
}

/// The log's form of a message's kind.
pub(crate) fn kind_in_log(kind: Kind) -> MessageKind {
    match kind {
        Kind::Text => MessageKind::Text,
        Kind::Action => MessageKind::Action,
    }
}

fn kind_on_wire(kind: MessageKind) -> Kind {
    match kind {
        MessageKind::Text => Kind::Text,
        MessageKind::Action => Kind::Action,
    }
}

/// A message as clients read it; `None` for an entry of another kind, and for a deleted one.
pub(crate) fn message_of(room: RoomId, entry: &throng_log::Entry) -> Option<Message> {
    match &entry.body {
        Body::Message { kind, text, edited } => Some(message(room, entry, *kind, text, *edited)),
        _ => None,
    }
}

fn message(
    room: RoomId,
    entry: &throng_log::Entry,
    kind: MessageKind,
    text: &str,
    edited: Option<throng_log::Edited>,
) -> Message {
    Message {
        room,
        seq: entry.seq,
        cid: entry.cid,
        from: sender(entry),
        kind: kind_on_wire(kind),
        text: text.to_owned(),
        at: entry.at,
        deleted: None,
        edited: edited.map(|it| it.by),
        edited_at: edited.map(|it| it.at),
    }
}

fn edited(room: RoomId, entry: &throng_log::Entry, message: u64, text: &str) -> Edited {
    Edited {
        room,
        seq: entry.seq,
        cid: entry.cid,
        from: sender(entry),
        message,
        text: text.to_owned(),
        at: entry.at,
    }
}

fn deleted(room: RoomId, entry: &throng_log::Entry, targets: &[u64]) -> Deleted {
    Deleted {
        room,
        seq: entry.seq,
        from: (entry.sender != AT_THE_SERVER).then(|| sender(entry)),
        messages: targets.to_vec(),
        at: entry.at,
    }
}

fn sender(entry: &throng_log::Entry) -> User {
    User::new(entry.sender, &*entry.nick)
}

/// The sender of what somebody at the server's machine puts into a room's order.
pub(crate) const AT_THE_SERVER: PersonId = PersonId::from_bytes([0; 16]);

#[cfg(test)]
mod tests {
    use throng_log::{Body, MessageKind};
    use throng_protocol::{Cid, LogEntry, PersonId, RoomId};
    use throng_room::Encoded;

    use super::Entry;

    fn entry(seq: u64, body: Body) -> Entry {
        let cid = Cid::parse("01JZZZZZZZZZZZZZZZZZZZZZZZ").expect("a cid");
        let (sender, nick) = (PersonId::from_parts(1, 0), "ana".into());
        let entry = throng_log::Entry { seq, at: 1_000 + seq, sender, nick, cid, body };
        Entry::encode(RoomId::from_parts(1, 0), &entry)
    }

    fn edit(seq: u64, text: &str) -> Entry {
        entry(seq, Body::Edit { target: 1, text: text.into() })
    }

    /// The text of a message or an edit, and which entry of the log it is from.
    fn text(entry: &Entry) -> (String, Option<u64>) {
        match serde_json::from_str(entry.json()).expect("an entry") {
            LogEntry::Message(message) => (message.text, message.edited.or(message.deleted)),
            LogEntry::Edited(edited) => (edited.text, None),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_newest_change_counts_whatever_comes_first() {
        let said = entry(1, Body::message(MessageKind::Text, "tea"));
        let gone = entry(4, Body::Delete { targets: [1].into() });
        let (first, second) = (edit(2, "coffee"), edit(3, "water"));
        assert_eq!(text(&said.after(&first)), ("coffee".into(), Some(2)));
        assert_eq!(text(&said.after(&first).after(&second)), ("water".into(), Some(3)));
        assert_eq!(text(&said.after(&second).after(&first)), ("water".into(), Some(3)));
        assert_eq!(text(&said.after(&edit(2, "")).after(&second)), ("water".into(), Some(3)));
        for deleted in [said.after(&gone), said.after(&gone).after(&second)] {
            assert_eq!(text(&deleted), (String::new(), Some(4)));
        }
        assert_eq!(text(&said.after(&second).after(&gone)), (String::new(), Some(4)));
        // An edit has its text until the next change.
        assert_eq!(text(&first.after(&second)).0, "");
        assert_eq!(text(&second.after(&gone)).0, "");
        assert_eq!((first.message(), second.changes(), gone.message()), (1, &[1][..], 4));
    }
}
