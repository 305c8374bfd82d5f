//! Editing what one has said: the command, and the entry that it leaves in a room's log.

use serde::{Deserialize, Serialize};

use crate::{Cid, RoomId, User};

/// Replaces the text of a message of one's own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Edit {
    /// The room: its id, or its name ([`crate::RoomRef`]).
    pub room: String,
    /// The message.
    pub seq: u64,
    /// The sender's own id of this edit ([`Cid`]): a retry with the same one edits once.
    pub cid: String,
    /// What it says from now on ([`crate::Text`]).
    pub text: String,
}

/// An entry of a room's log: somebody has replaced the text of a message. It counts unless the message was changed by a
/// later entry ([`crate::Message::edited`], [`crate::Message::deleted`]).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "edited")]
pub struct Edited {
    /// The room.
    pub room: RoomId,
    /// The place of this entry in the room.
    pub seq: u64,
    /// The sender's own id of it.
    pub cid: Cid,
    /// Who edited it, who is also its sender, under the nick of that time.
    pub from: User,
    /// The seq of the message.
    pub message: u64,
    /// What it says now. Empty if a later entry has edited it again or deleted it.
    pub text: String,
    /// When, in Unix milliseconds.
    pub at: u64,
    /// Whether only its sender sees it, who does not know, and those who keep the room, who read this. For these it counts
    /// only where the message has the same mark.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shadow: bool,
}
