//! Named groups of people: the bodies of their commands and answers, and what a room narrows to them.

use serde::{Deserialize, Serialize};

use crate::{PersonId, User};

/// Asks for groups, in the order of their folded names: those that the person is in, or all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ListGroups {
    /// All groups of the server, which is for moderators.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub all: bool,
    /// Only groups after this name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// The answer to `groups`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupsOk {
    /// Some of the groups.
    pub groups: Vec<GroupInfo>,
    /// Whether there are more: ask again with the last one's name as `after`.
    pub more: bool,
}

/// A group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupInfo {
    /// What it is called ([`crate::GroupName`]).
    pub name: String,
    /// How many people are in it; only in the list of all groups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members: Option<u64>,
}

/// Asks who is in a group, in the order of their ids.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ListGroupPeople {
    /// Its name.
    pub group: String,
    /// Only people after this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<PersonId>,
}

/// The answer to `group_people`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupPeopleOk {
    /// Some of them.
    pub people: Vec<User>,
    /// Whether there are more: ask again with the last one's id as `after`.
    pub more: bool,
}

/// Makes a group, in which nobody is yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MakeGroup {
    /// What it is called ([`crate::GroupName`]).
    pub name: String,
    /// Why, for the audit log.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// Gives a group another name. It stays the same, with its people, and in the rooms that name it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RenameGroup {
    /// Its name until now.
    pub group: String,
    /// Its name from now on ([`crate::GroupName`]).
    pub name: String,
    /// Why, for the audit log.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// Deletes a group. The rooms that name it stay as narrow as they are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeleteGroup {
    /// Its name.
    pub group: String,
    /// Why, for the audit log.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// Puts somebody into a group, or takes them out of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Assign {
    /// Its name.
    pub group: String,
    /// Whom: an id, or a nick ([`crate::PersonRef`]). They have an account.
    pub person: String,
    /// Whether they are in it from now on.
    pub member: bool,
    /// Why, for the audit log.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// What a room is narrowed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right {
    /// To see a public room: for everybody else it does not exist.
    See,
    /// To say something there.
    Speak,
    /// To invite.
    Invite,
    /// To keep it, beside the moderators that the room has itself.
    Moderate,
}

impl Right {
    /// Every right.
    pub const ALL: [Self; 4] = [Self::See, Self::Speak, Self::Invite, Self::Moderate];

    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::See => "see",
            Self::Speak => "speak",
            Self::Invite => "invite",
            Self::Moderate => "moderate",
        }
    }
}

/// The groups that a room names for each right, by their names. Where it names some, their people have the right as
/// well as those with the role.
///
/// In what is said of a room, an absent list is an empty one; in a change, it stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomGroups {
    /// Who may see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub see: Option<Vec<String>>,
    /// Who may say something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speak: Option<Vec<String>>,
    /// Who may invite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invite: Option<Vec<String>>,
    /// Which of the server's moderators keep it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moderate: Option<Vec<String>>,
}

impl RoomGroups {
    /// Those for this right.
    pub fn of(&self, right: Right) -> Option<&[String]> {
        match right {
            Right::See => self.see.as_deref(),
            Right::Speak => self.speak.as_deref(),
            Right::Invite => self.invite.as_deref(),
            Right::Moderate => self.moderate.as_deref(),
        }
    }

    /// The same with these for this right.
    #[must_use]
    pub fn with(mut self, right: Right, groups: Vec<String>) -> Self {
        let place = match right {
            Right::See => &mut self.see,
            Right::Speak => &mut self.speak,
            Right::Invite => &mut self.invite,
            Right::Moderate => &mut self.moderate,
        };
        *place = Some(groups);
        self
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        Right::ALL.into_iter().all(|right| self.of(right).is_none())
    }
}
