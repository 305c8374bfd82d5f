//! Deleting what was said: the commands, and the entry that they leave in a room's log.

use serde::{Deserialize, Serialize};

use crate::{RoomId, User};

/// Deletes the text of a message, everywhere and for good: one's own, or as a moderator that of somebody below.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Delete {
    /// The room: its id, or its name ([`crate::RoomRef`]).
    pub room: String,
    /// The message.
    pub seq: u64,
    /// Why, for the audit log. Nothing is noted there of one's own messages.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// Deletes the texts of all that somebody has said lately: one's own, or as a moderator those of somebody below.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Purge {
    /// Who said it: an id, or a nick ([`crate::PersonRef`]).
    pub person: String,
    /// In this room: its id, or its name ([`crate::RoomRef`]). Without it: in every room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<String>,
    /// In the last so many milliseconds, at most a week.
    pub last_ms: u64,
    /// Why, for the audit log.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// The answer to `purge`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PurgeOk {
    /// How many messages lost their texts.
    pub deleted: u64,
}

/// An entry of a room's log: texts of earlier messages were deleted. A client forgets them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "deleted")]
pub struct Deleted {
    /// The room.
    pub room: RoomId,
    /// The place of this entry in the room.
    pub seq: u64,
    /// Who deleted them, under the nick of that time. Absent for somebody at the server's machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<User>,
    /// The seqs of the messages, at most 500.
    pub messages: Vec<u64>,
    /// When, in Unix milliseconds.
    pub at: u64,
    /// Whether it only deletes what its sender alone sees, and those who keep the room, who read this.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shadow: bool,
}
