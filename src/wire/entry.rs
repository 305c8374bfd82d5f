//! An entry of the log in its wire format, encoded once for all clients.

use std::sync::Arc;

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use throng_log::{Body, MessageKind};
use throng_protocol::{Kind, Message, RoomId, User};
use throng_room::Encoded;

/// The JSON of an entry, shared by pages and frames.
#[derive(Clone, Debug)]
pub(crate) struct Entry(Arc<Json>);

#[derive(Debug)]
struct Json {
    seq: u64,
    json: Box<RawValue>,
}

impl Entry {
    pub(crate) fn json(&self) -> &str {
        self.0.json.get()
    }
}

impl Encoded for Entry {
    fn encode(room: RoomId, entry: &throng_log::Entry) -> Self {
        let json = serde_json::value::to_raw_value(&message(room, entry))
            .expect("a message has string keys only, so it is always JSON");
        Self(Arc::new(Json { seq: entry.seq, json }))
    }

    fn seq(&self) -> u64 {
        self.0.seq
    }

    fn bytes_in_page(&self) -> usize {
        // And a comma.
        self.json().len() + 1
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

fn message(room: RoomId, entry: &throng_log::Entry) -> Message {
    let Body::Message { kind, text } = &entry.body;
    Message {
        room,
        seq: entry.seq,
        cid: entry.cid,
        from: User { id: entry.sender, nick: entry.nick.to_string(), bot: false },
        kind: kind_on_wire(*kind),
        text: text.to_string(),
        at: entry.at,
    }
}
