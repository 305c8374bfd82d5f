//! What a correct server may do and the generator must accept, to test the tester.

use serde_json::{Value, json};

use super::room::Room;

/// Something surprising that breaks no promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Quirk {
    /// After a message comes an entry of a type from a later version of the protocol.
    Later,
    /// After a message comes one from somebody else, whose `cid` has another form.
    Stranger,
    /// The server closes the sender's connection with 1000.
    Normal,
}

/// The payload of a close frame with 1000.
pub(super) const NORMAL: [u8; 2] = 1000_u16.to_be_bytes();

impl Quirk {
    /// The entry that this quirk puts into a room's log at this seq, if it puts one.
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
