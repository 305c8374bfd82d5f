//! Finding what was said: the command, and its answer.

use serde::{Deserialize, Serialize};

use crate::{Message, RoomId};

/// The most hits in one answer.
pub const HITS_MAX: u64 = 20;

/// The most characters of a query: more words than anybody looks for.
pub const QUERY_CHARS_MAX: usize = 256;

/// Searches messages for words, the newest first, in all rooms that the asker may read.
///
/// A query is words and `"phrases"`, all of which a message must have; a word with a `*` at its end may go on. It is
/// narrowed by `from:nick`, `in:#room`, `before:2026-11-30`, `after:2026-11-30` and `has:link`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SearchMessages {
    /// What is searched for, at most [`QUERY_CHARS_MAX`] characters.
    pub query: String,
    /// Only in this room: its id, or its name ([`crate::RoomRef`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<String>,
    /// Only older messages than this one: the last hit of the answer before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<Below>,
    /// Only messages from before this time, in Unix milliseconds: `searched_to` of the answer before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<u64>,
    /// By how many minutes the asker's clock is ahead of UTC, for the days in the query.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub utc_offset: i64,
    /// The most hits, from 1 to [`HITS_MAX`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
}

impl SearchMessages {
    /// The search for what comes after this answer; `None` if there is nothing more.
    #[must_use]
    pub fn next(mut self, found: &SearchOk) -> Option<Self> {
        if !found.more {
            return None;
        }
        if found.searched_to.is_some() {
            self.until = found.searched_to;
        } else {
            let last = &found.hits.last()?.message;
            self.below = Some(Below { room: last.room, seq: last.seq });
        }
        Some(self)
    }
}

/// The place of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Below {
    /// Its room.
    pub room: RoomId,
    /// Its seq there.
    pub seq: u64,
}

/// The answer to `search`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SearchOk {
    /// The messages, the newest first.
    pub hits: Vec<Hit>,
    /// Whether there may be more: `below` the last hit, or with `searched_to` before that.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
    /// If the search ended before it had enough hits: everything since this time was looked through, in Unix
    /// milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub searched_to: Option<u64>,
    /// Whether the server is still making its index, so that messages may be missing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub indexing: bool,
}

/// A message that was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hit {
    /// The name of its room. Direct rooms have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room_name: Option<String>,
    /// The message as it is now.
    pub message: Message,
    /// Where its text has what was searched for: the first character and the one after the last, counted in Unicode
    /// scalar values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<(u64, u64)>,
}

fn is_zero(number: &i64) -> bool {
    *number == 0
}
