//! Entries of a room's log as a client reads them: messages, and what a later version adds.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::{Deleted, Edited, Message, RoomId};

/// One entry of a room's log, pushed or in a page.
///
/// A later server may add further kinds (a pin). Each
/// has a `room` and a `seq`, so a client moves its cursor over an entry that it does not know;
/// otherwise the entry would be a hole that no join can fill.
#[derive(Clone, Debug, PartialEq)]
pub enum LogEntry {
    /// Something that was said.
    Message(Message),
    /// Texts of earlier messages were deleted.
    Deleted(Deleted),
    /// The text of an earlier message was replaced.
    Edited(Edited),
    /// An entry of a type that this version does not know, or a message that it cannot read.
    Unknown(UnknownEntry),
}

/// An entry of a later version: its place in the log, and its JSON as it came.
#[derive(Clone, Debug)]
pub struct UnknownEntry {
    /// Its `type`.
    pub kind: String,
    /// The room.
    pub room: RoomId,
    /// Its place in the room.
    pub seq: u64,
    json: Box<RawValue>,
}

#[derive(Deserialize)]
struct Envelope {
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
struct Place {
    room: RoomId,
    seq: u64,
}

impl LogEntry {
    /// Its place in the room.
    pub fn seq(&self) -> u64 {
        match self {
            Self::Message(message) => message.seq,
            Self::Deleted(deleted) => deleted.seq,
            Self::Edited(edited) => edited.seq,
            Self::Unknown(entry) => entry.seq,
        }
    }

    /// The room.
    pub fn room(&self) -> RoomId {
        match self {
            Self::Message(message) => message.room,
            Self::Deleted(deleted) => deleted.room,
            Self::Edited(edited) => edited.room,
            Self::Unknown(entry) => entry.room,
        }
    }

    /// The message, if it is one.
    pub fn into_message(self) -> Option<Message> {
        match self {
            Self::Message(message) => Some(message),
            Self::Deleted(_) | Self::Edited(_) | Self::Unknown(_) => None,
        }
    }

    fn parse(json: Box<RawValue>) -> Result<Self, serde_json::Error> {
        let Envelope { kind } = serde_json::from_str(json.get())?;
        if kind == "message"
            && let Ok(message) = serde_json::from_str(json.get())
        {
            return Ok(Self::Message(message));
        }
        if kind == "deleted"
            && let Ok(deleted) = serde_json::from_str(json.get())
        {
            return Ok(Self::Deleted(deleted));
        }
        if kind == "edited"
            && let Ok(edited) = serde_json::from_str(json.get())
        {
            return Ok(Self::Edited(edited));
        }
        UnknownEntry::parse(kind, json).map(Self::Unknown)
    }
}

impl UnknownEntry {
    /// Reads the place of an entry of this unknown type.
    ///
    /// # Errors
    /// When `room` is not the id of a room, or `seq` not a number: then it is not an entry of a log.
    pub(crate) fn parse(kind: String, json: Box<RawValue>) -> Result<Self, serde_json::Error> {
        let Place { room, seq } = serde_json::from_str(json.get())?;
        Ok(Self { kind, room, seq, json })
    }
}

impl PartialEq for UnknownEntry {
    fn eq(&self, other: &Self) -> bool {
        self.json.get() == other.json.get()
    }
}

impl<'de> Deserialize<'de> for LogEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Box::<RawValue>::deserialize(deserializer)?;
        Self::parse(json).map_err(D::Error::custom)
    }
}

impl Serialize for LogEntry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Message(message) => message.serialize(serializer),
            Self::Deleted(deleted) => deleted.serialize(serializer),
            Self::Edited(edited) => edited.serialize(serializer),
            Self::Unknown(entry) => entry.json.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::LogEntry;

    fn read(json: &str) -> Result<LogEntry, serde_json::Error> {
        serde_json::from_str(json)
    }

    #[test]
    fn what_has_no_place_is_not_an_entry() {
        for json in [
            r#"{"type":"edit","seq":9}"#,
            r#"{"type":"edit","room":"01K9ZS0000R00M000000000001"}"#,
            r#"{"type":"edit","room":"01K9ZS0000R00M000000000001","seq":"9"}"#,
            r#"{"type":"edit","room":"01K9ZS0000R00M000000000001","seq":1.5}"#,
            r#"{"type":"edit","room":"lobby","seq":9}"#,
            r#"{"type":"edit","room":"01k9zs0000r00m000000000001","seq":9}"#,
            r#"{"type":7,"room":"01K9ZS0000R00M000000000001","seq":9}"#,
            r#"{"room":"01K9ZS0000R00M000000000001","seq":9}"#,
            "[]",
            "null",
        ] {
            assert!(read(json).is_err(), "{json}");
        }
    }

    #[test]
    fn a_message_that_cannot_be_read_keeps_its_place() {
        let room = "01K9ZS0000R00M000000000001";
        let json =
            format!(r#"{{"type":"message","room":"{room}","seq":9,"cid":"of a later form"}}"#);
        let entry = read(&json).expect("an entry");
        assert_eq!((entry.room().to_string().as_str(), entry.seq()), (room, 9));
        assert_eq!(entry.into_message(), None);
    }
}
