//! Filters: rules about what may be said, on the server or in a room. The bodies of the commands and answers.

use serde::{Deserialize, Serialize};

use crate::{PersonId, Role, RoomId};

/// What a filter looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FilterKind {
    /// Words and phrases, whole, in any case, with or without accents, in letters that look the same.
    Words,
    /// A regular expression, in any case.
    Pattern,
    /// Links, but those to the domains that are named, and below them.
    Links,
    /// The domains that are named, and what is below them, in links and by themselves.
    Domains,
    /// A kind of a later version.
    #[serde(other)]
    Unknown,
}

impl FilterKind {
    /// Every kind of this version.
    pub const ALL: [Self; 4] = [Self::Words, Self::Pattern, Self::Links, Self::Domains];

    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Words => "words",
            Self::Pattern => "pattern",
            Self::Links => "links",
            Self::Domains => "domains",
            Self::Unknown => "unknown",
        }
    }

    /// The kind with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// What becomes of what a filter finds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FilterAction {
    /// It is refused, with `filtered`.
    #[default]
    Refuse,
    /// A message is shown, and reported to those who keep the room.
    Report,
    /// Something of a later version.
    #[serde(other)]
    Unknown,
}

impl FilterAction {
    /// Every action of this version.
    pub const ALL: [Self; 2] = [Self::Refuse, Self::Report];

    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Refuse => "refuse",
            Self::Report => "report",
            Self::Unknown => "unknown",
        }
    }

    /// The action with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.name() == name)
    }

    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// A rule about what may be said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// Its number, which no other one ever has.
    pub number: u64,
    /// When it was made, in Unix milliseconds.
    pub made: u64,
    /// Who made it. Absent for somebody at the server's machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
    /// What they were called then.
    pub by_name: String,
    /// The one room in which it holds; absent for the whole server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomId>,
    /// What it looks for.
    pub kind: FilterKind,
    /// The words with commas, the regular expression, or the domains with commas.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// What becomes of what it finds.
    #[serde(default, skip_serializing_if = "FilterAction::is_default")]
    pub action: FilterAction,
    /// From this role on nobody is concerned. Those who keep a room are moderators there.
    pub exempt: Role,
    /// What people read to whom it happens.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// Asks for the filters of the whole server, or those of a room.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ListFilters {
    /// Those of this room: its id, or its name ([`crate::RoomRef`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<String>,
    /// Only filters after this number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
}

/// The answer to `filters`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FiltersOk {
    /// In the order of their numbers.
    pub filters: Vec<Filter>,
    /// Whether there are more: ask again with the last one's number as `after`.
    pub more: bool,
}

/// Makes a filter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AddFilter {
    /// The one room in which it holds: its id, or its name ([`crate::RoomRef`]). Without it, the whole server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<String>,
    /// What it looks for.
    pub kind: FilterKind,
    /// The words with commas, the regular expression, or the domains with commas. With `links` it may be empty: then
    /// there is no link at all.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// What becomes of what it finds.
    #[serde(default, skip_serializing_if = "FilterAction::is_default")]
    pub action: FilterAction,
    /// From which role on nobody is concerned; `moderator` without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exempt: Option<Role>,
    /// What people read to whom it happens.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

impl AddFilter {
    /// A filter of the whole server that refuses what it finds.
    pub fn new(kind: FilterKind, text: impl Into<String>) -> Self {
        let (room, exempt, reason) = (None, None, String::new());
        Self { room, kind, text: text.into(), action: FilterAction::Refuse, exempt, reason }
    }

    /// The same in one room: its id, or its name.
    #[must_use]
    pub fn in_room(self, room: impl Into<String>) -> Self {
        Self { room: Some(room.into()), ..self }
    }

    /// The same with what becomes of what it finds.
    #[must_use]
    pub fn action(self, action: FilterAction) -> Self {
        Self { action, ..self }
    }

    /// The same for those below this role.
    #[must_use]
    pub fn exempt(self, role: Role) -> Self {
        Self { exempt: Some(role), ..self }
    }

    /// The same with what people read to whom it happens.
    #[must_use]
    pub fn reason(self, reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), ..self }
    }
}

/// The answer to `filter_add`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddFilterOk {
    /// The filter's number.
    pub number: u64,
}

/// Ends a filter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RemoveFilter {
    /// The filter's number.
    pub number: u64,
    /// Why, for the audit log.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}
