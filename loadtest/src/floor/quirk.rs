//! What a right server may do, and the generator must take: so that the tester itself can be tested.

use serde_json::{Value, json};

use super::room::Room;

/// Something that surprises, and breaks no promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Quirk {
    /// Behind a message stands an entry of a type that a later version of the protocol has.
    Later,
    /// Behind a message stands one of somebody else, under a `cid` of another form.
    Stranger,
    /// The sender's connection is closed with 1000.
    Normal,
}

/// The close frame of a connection that ends for no reason.
pub(super) const NORMAL: [u8; 2] = 1000_u16.to_be_bytes();

impl Quirk {
    /// What it puts into a room's log at this seq, if it is one that does.
    pub(super) fn entry(self, room: &Room, seq: u64, at: u64) -> Option<Value> {
        match self {
            Self::Later => Some(json!({
                "type": "edit", "room": room.id, "seq": seq, "of": seq - 1, "at": at,
                "text": { "in": ["another", "form"] },
            })),
            Self::Stranger => Some(json!({
                "type": "message", "room": room.id, "seq": seq,
                "cid": uuid::Builder::from_random_bytes(fastrand::u128(..).to_ne_bytes())
                    .into_uuid().to_string(),
                "from": { "id": "01K9ZS00000000000000000002", "nick": "bo" },
                "text": "hello", "at": at,
            })),
            Self::Normal => None,
        }
    }
}
