//! Rooms that people make, and who is in them: the bodies of their commands, answers and events.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize};

use crate::{PersonId, Role, RoomGroups, RoomId, RoomInfo, User};

/// Who may see a room.
///
/// A client reads a kind of a later version as private.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RoomKind {
    /// Everybody: it is in the list of rooms, and whoever knows its name joins it.
    #[default]
    Public,
    /// Its members alone. For everybody else it does not exist.
    Private,
    /// Two people, or up to twenty. It has no name.
    Direct,
}

impl RoomKind {
    /// Whether this is the kind that is left out on the wire.
    pub fn is_public(&self) -> bool {
        *self == Self::Public
    }
}

impl<'de> Deserialize<'de> for RoomKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match &*Cow::<str>::deserialize(deserializer)? {
            "public" => Self::Public,
            "direct" => Self::Direct,
            _ => Self::Private,
        })
    }
}

/// What somebody is in a room, from the least to the most.
///
/// A client reads a rank of a later version as a member's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rank {
    /// Asked to come, and not there yet.
    Invited,
    /// There.
    #[default]
    Member,
    /// There, and keeps the room: names it, invites, mutes, kicks and bans there.
    Moderator,
}

impl Rank {
    /// Whether this is the rank that is left out on the wire.
    pub fn is_member(&self) -> bool {
        *self == Self::Member
    }
}

impl<'de> Deserialize<'de> for Rank {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match &*Cow::<str>::deserialize(deserializer)? {
            "invited" => Self::Invited,
            "moderator" => Self::Moderator,
            _ => Self::Member,
        })
    }
}

/// Makes a room, of which the person becomes the moderator.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MakeRoom {
    /// Its name ([`crate::RoomName`]).
    pub name: String,
    /// Public or private.
    #[serde(default, skip_serializing_if = "RoomKind::is_public")]
    pub kind: RoomKind,
    /// What it is about.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub topic: String,
    /// What it is for, at length.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Its place among the others ([`RoomInfo::order`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<u32>,
    /// The least role that may say something there.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "Role::known")]
    pub speak: Option<Role>,
    /// Who may invite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invite: Option<Rank>,
    /// The least role that sees it.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "Role::known")]
    pub see: Option<Role>,
    /// The least role on the server that keeps it.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "Role::known")]
    pub moderate: Option<Role>,
    /// The groups whose people may do so without the role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<Box<RoomGroups>>,
}

/// Opens the direct room with these people: the one that there is, or a new one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpenDirect {
    /// The others, at most 19: ids, or nicks ([`crate::PersonRef`]).
    pub people: Vec<String>,
}

/// Asks somebody into a private room. They are in it once they join it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Invite {
    /// The room: its id, or its name ([`crate::RoomRef`]).
    pub room: String,
    /// Whom: an id, or a nick ([`crate::PersonRef`]).
    pub person: String,
}

/// Makes a link that lets people into a room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MakeInviteLink {
    /// The room: its id, or its name ([`crate::RoomRef`]).
    pub room: String,
    /// For how many milliseconds it is good; without it for a week.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_ms: Option<u64>,
    /// How many people may use it; without it 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uses: Option<u32>,
}

/// The answer to `invite_link`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InviteLinkOk {
    /// For `accept`, and for the page's address: `#room=` and this.
    pub code: String,
    /// For how many milliseconds from now it is good.
    pub expires_ms: u64,
    /// How many people may use it.
    pub uses: u32,
}

/// Uses a link into a room: the person is a member of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Accept {
    /// What the link has behind `#room=`.
    pub code: String,
}

/// Asks for the person's rooms, which are the same on every device, in the order of their ids.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ListMine {
    /// Only rooms after this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<RoomId>,
}

/// The answer to `mine`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MineOk {
    /// Some of the rooms.
    pub rooms: Vec<OwnRoom>,
    /// Whether there are more: ask again with the last one's id as `after`.
    pub more: bool,
}

/// A room of a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OwnRoom {
    /// The room.
    pub room: RoomInfo,
    /// What the person is there.
    pub rank: Rank,
    /// Who else is in a direct room, which has no name to be called by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<User>,
}

/// The answer to `make_room`, `direct` and `accept`: the room, which the client may join now.
pub type RoomOk = OwnRoom;

/// Asks for the members of a private or direct room, here or not, in the order of their ids.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ListPeople {
    /// The room: its id, or its name ([`crate::RoomRef`]).
    pub room: String,
    /// Only people after this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<PersonId>,
}

/// The answer to `people`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PeopleOk {
    /// Some of them.
    pub people: Vec<Seat>,
    /// Whether there are more: ask again with the last one's id as `after`.
    pub more: bool,
}

/// Somebody in a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// Who.
    pub user: User,
    /// What they are there.
    pub rank: Rank,
}

/// Changes a room. What is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SetRoom {
    /// The room: its id, or its name ([`crate::RoomRef`]).
    pub room: String,
    /// Another name ([`crate::RoomName`]). The room stays the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// What it is for, at length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its place among the others ([`RoomInfo::order`]); 0 for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<u32>,
    /// The least role that may say something there. The room's moderators always may.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "Role::known")]
    pub speak: Option<Role>,
    /// How long a person waits from one message to the next, in milliseconds; 0 for not at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slow_ms: Option<u64>,
    /// Who may invite: members, or the room's moderators alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invite: Option<Rank>,
    /// Whether it is kept to be read: nobody says anything, and it is in no list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archived: Option<bool>,
    /// The least role that sees it, of a public room. For everybody else it does not exist.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "Role::known")]
    pub see: Option<Role>,
    /// The least role on the server that keeps it, beside its own moderators: `moderator` or `administrator`.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "Role::known")]
    pub moderate: Option<Role>,
    /// The groups whose people may do so without the role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<Box<RoomGroups>>,
    /// Why, for the audit log.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// Deletes a room for everybody.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeleteRoom {
    /// The room: its id, or its name ([`crate::RoomRef`]).
    pub room: String,
    /// Why. The people in it read it too.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// Makes somebody a moderator of a room, or a member again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SetRank {
    /// The room: its id, or its name ([`crate::RoomRef`]).
    pub room: String,
    /// Whom: an id, or a nick ([`crate::PersonRef`]).
    pub person: String,
    /// `member` or `moderator`.
    pub rank: Rank,
}

/// The person has another room now, or another rank in one: somebody invited them or opened a direct room with
/// them, or they joined on another device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "added")]
pub struct Added {
    /// The room, and what the person is there.
    #[serde(flatten)]
    pub own: OwnRoom,
    /// Who did it, if it was somebody else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<User>,
}

/// A room was changed: its name, its topic, or who may do what there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "room")]
pub struct RoomChanged {
    /// The room as it is now.
    pub room: RoomInfo,
    /// What it is for, at length.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
}

impl RoomChanged {
    /// A public room about which nothing else is said.
    pub fn public(id: RoomId, name: impl Into<String>) -> Self {
        Self { room: RoomInfo::public(id, name), description: String::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::{Rank, RoomKind};

    #[test]
    fn what_a_later_version_says_is_read_as_the_careful_choice() {
        let kind = |json| serde_json::from_str::<RoomKind>(json).expect("a kind");
        assert_eq!(kind("\"public\""), RoomKind::Public);
        assert_eq!(kind("\"direct\""), RoomKind::Direct);
        assert_eq!(kind("\"secret\""), RoomKind::Private);
        let rank = |json| serde_json::from_str::<Rank>(json).expect("a rank");
        assert_eq!(rank("\"invited\""), Rank::Invited);
        assert_eq!(rank("\"moderator\""), Rank::Moderator);
        assert_eq!(rank("\"king\""), Rank::Member);
    }
}
