//! Keeping out of each other's way, and telling moderators: the bodies of the commands, answers and events.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize};

use crate::{PersonId, RoomId, User};

/// How far somebody keeps away from somebody else.
///
/// A client reads a level of a later version as the one that hides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Distance {
    /// Not at all.
    #[default]
    None,
    /// Their clients hide what the other one says.
    Ignore,
    /// And the other one can neither write to them directly nor invite them.
    Block,
}

impl<'de> Deserialize<'de> for Distance {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match &*Cow::<str>::deserialize(deserializer)? {
            "none" => Self::None,
            "block" => Self::Block,
            _ => Self::Ignore,
        })
    }
}

/// Keeps somebody away, on every device. The other one hears nothing of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeepAway {
    /// Whom: an id, or a nick ([`crate::PersonRef`]).
    pub person: String,
    /// How far.
    pub distance: Distance,
}

/// Asks whom the person keeps away.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ListKeptAway {}

/// The answer to `kept_away`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptAwayOk {
    /// In the order of their ids.
    pub people: Vec<KeptAway>,
}

/// Somebody is kept away: in the answer to `kept_away`, and as an event on the person's other devices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "kept_away")]
pub struct KeptAway {
    /// Who.
    pub user: User,
    /// How far.
    pub distance: Distance,
}

/// Tells the moderators of a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The room, in which the person must be: its id, or its name ([`crate::RoomRef`]).
    pub room: String,
    /// The message.
    pub seq: u64,
    /// What is wrong with it.
    pub reason: String,
}

/// Asks for a page of what was reported, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ListReports {
    /// Only what was reported in this room: its id, or its name ([`crate::RoomRef`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<String>,
    /// Only reports before this number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<u64>,
    /// Those that are settled too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub settled: bool,
}

/// The answer to `reports`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportsOk {
    /// The newest first.
    pub reports: Vec<Reported>,
    /// Whether there are more: ask again with the last one's number as `before`.
    pub more: bool,
}

/// A message that somebody has reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reported {
    /// The report's number.
    pub number: u64,
    /// When, in Unix milliseconds.
    pub at: u64,
    /// Who told of it. Absent for the server, whose filters report what they find.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<User>,
    /// Why.
    pub reason: String,
    /// In which room.
    pub room: RoomId,
    /// Which message.
    pub seq: u64,
    /// Who said it, under the nick of that time.
    pub from: User,
    /// What was said, or the beginning of it.
    pub text: String,
    /// What became of it, once it is settled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Settled>,
}

/// What became of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// Who settled it. Absent for somebody at the server's machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
    /// What they were called then.
    pub by_name: String,
    /// What they did about it, in words.
    pub words: String,
}

/// Settles a report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settle {
    /// The report's number.
    pub number: u64,
    /// What was done about it, in words.
    pub words: String,
}

/// A message was reported: to those who keep the room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "reported")]
pub struct ReportMade {
    /// The report's number.
    pub number: u64,
    /// In which room.
    pub room: RoomId,
}
