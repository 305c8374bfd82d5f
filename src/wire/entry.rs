//! An entry of the log in its wire format, encoded once for all clients.

use std::sync::{Arc, LazyLock};

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use throng_log::{Body, MessageKind};
use throng_protocol::{Deleted, Kind, Message, PersonId, RoomId, User};
use throng_room::Encoded;

/// The JSON of an entry, shared by pages and frames.
#[derive(Clone, Debug)]
pub(crate) struct Entry(Arc<Json>);

#[derive(Debug)]
struct Json {
    seq: u64,
    json: Box<RawValue>,
    /// The seqs of the messages that it deletes.
    deletes: Arc<[u64]>,
}

impl Entry {
    pub(crate) fn json(&self) -> &str {
        self.0.json.get()
    }
}

impl Entry {
    fn new(seq: u64, body: &impl Serialize, deletes: Arc<[u64]>) -> Self {
        let json = serde_json::value::to_raw_value(body)
            .expect("an entry has string keys only, so it is always JSON");
        Self(Arc::new(Json { seq, json, deletes }))
    }
}

impl Encoded for Entry {
    fn encode(room: RoomId, entry: &throng_log::Entry) -> Self {
        match &entry.body {
            Body::Message { kind, text } => {
                Self::new(entry.seq, &message(room, entry, *kind, text, None), nothing())
            }
            Body::Deleted { kind, by } => {
                Self::new(entry.seq, &message(room, entry, *kind, "", Some(*by)), nothing())
            }
            Body::Delete { targets } => {
                Self::new(entry.seq, &deleted(room, entry, targets), Arc::clone(targets))
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

    fn deletes(&self) -> &[u64] {
        &self.0.deletes
    }

    fn without_text(&self, by: u64) -> Self {
        // Deletions are rare, so that an entry keeps no second form of itself.
        match serde_json::from_str::<Message>(self.json()) {
            Ok(message) if message.deleted.is_none() => {
                let message = Message { text: String::new(), deleted: Some(by), ..message };
                Self::new(self.0.seq, &message, nothing())
            }
            _ => self.clone(),
        }
    }
}

/// What an entry deletes that deletes nothing.
fn nothing() -> Arc<[u64]> {
    static NOTHING: LazyLock<Arc<[u64]>> = LazyLock::new(|| Arc::new([]));
    Arc::clone(&NOTHING)
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

fn message(
    room: RoomId,
    entry: &throng_log::Entry,
    kind: MessageKind,
    text: &str,
    deleted: Option<u64>,
) -> Message {
    Message {
        room,
        seq: entry.seq,
        cid: entry.cid,
        from: sender(entry),
        kind: kind_on_wire(kind),
        text: text.to_owned(),
        at: entry.at,
        deleted,
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
