//! How people show themselves: profiles, the nicks that they had, and presence. The bodies of their commands, answers
//! and events.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::User;

/// The most characters in a display name: a little more than in a nick.
pub const DISPLAY_NAME_CHARS_MAX: usize = 32;

/// The most characters in pronouns.
pub const PRONOUNS_CHARS_MAX: usize = 24;

/// The most characters in a status: one line on a phone.
pub const STATUS_CHARS_MAX: usize = 80;

/// The most people in one `profiles`: as many as a large room's sample has, and their profiles fit into a frame.
pub const PROFILES_MAX: usize = 20;

/// Whether somebody is there and may be disturbed.
///
/// A client reads a presence of a later version as `online`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// At one of their devices, as far as these know.
    #[default]
    Online,
    /// Connected, and at none of their devices.
    Away,
    /// Connected, and does not want to be disturbed: their clients notify of nothing.
    Dnd,
    /// Not connected. No member of a room is.
    Offline,
}

impl Presence {
    /// Whether this is the one that is left out on the wire.
    pub fn is_online(&self) -> bool {
        *self == Self::Online
    }

    /// The word on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Away => "away",
            Self::Dnd => "dnd",
            Self::Offline => "offline",
        }
    }
}

impl<'de> Deserialize<'de> for Presence {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match &*Cow::<str>::deserialize(deserializer)? {
            "away" => Self::Away,
            "dnd" => Self::Dnd,
            "offline" => Self::Offline,
            _ => Self::Online,
        })
    }
}

/// A colour: `#rrggbb`. What contrasts with the background is the client's business.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Colour(u32);

impl Colour {
    /// Reads `#rrggbb`, in lower or upper case.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|it| it.len() == 6)?;
        let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        u32::from_str_radix(digits, 16).ok().filter(|_| is_hex).map(Self)
    }

    /// The colour with this number, from 0 to 0xffffff.
    pub fn from_number(number: u32) -> Option<Self> {
        (number <= 0xff_ffff).then_some(Self(number))
    }

    /// Its number: red, green and blue in one byte each.
    pub fn number(self) -> u32 {
        self.0
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:06x}", self.0)
    }
}

impl Serialize for Colour {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Changes what the person says about themselves. What is absent stays; what is empty is taken away.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetProfile {
    /// A name that is shown beside the nick, never in its place: at most [`DISPLAY_NAME_CHARS_MAX`] characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// The colour in which the person would like to be shown ([`Colour`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<String>,
    /// How others speak of the person: at most [`PRONOUNS_CHARS_MAX`] characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pronouns: Option<String>,
    /// What the person is doing: at most [`STATUS_CHARS_MAX`] characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// With `status`: for how many milliseconds. Without it: until it is changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_for_ms: Option<u64>,
}

/// Asks what people say about themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskProfiles {
    /// Whose, at most [`PROFILES_MAX`]: ids, or nicks ([`crate::PersonRef`]).
    pub people: Vec<String>,
}

/// The answer to `profiles`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfilesOk {
    /// In the order in which they were asked for.
    pub profiles: Vec<Profile>,
}

/// What somebody says about themselves, and the answer to `set_profile`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Who it is, and whether they are there.
    pub user: User,
    /// A name to be shown beside the nick, never in its place: it is nobody's alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// `#rrggbb`, in lower case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<String>,
    /// How others speak of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pronouns: Option<String>,
    /// What they are doing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
}

/// What somebody is doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// In their words.
    pub text: String,
    /// For how many milliseconds from now. Nobody is told when they are over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_ms: Option<u64>,
}

/// Takes away what somebody says about themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClearProfile {
    /// Whose profile: an id, or a nick ([`crate::PersonRef`]).
    pub person: String,
    /// Why, for the audit log.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// Asks which nicks somebody had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskNickHistory {
    /// Whose: an id, or a nick ([`crate::PersonRef`]).
    pub person: String,
}

/// The answer to `nick_history`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NickHistoryOk {
    /// Who it is, and what they are called now.
    pub user: User,
    /// The newest first, all that are kept.
    pub changes: Vec<PastNick>,
}

/// A change of somebody's nick.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastNick {
    /// When, in Unix milliseconds.
    pub at: u64,
    /// What they were called until then.
    pub from: String,
    /// What they were called from then on.
    pub to: String,
}

/// Says how the person is there. What is absent stays; with neither, the answer says how it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetPresence {
    /// Whether nobody is at this device. The person is away when they are at none of their devices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub away: Option<bool>,
    /// Whether the person does not want to be disturbed, on all of their devices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dnd: Option<bool>,
}

/// The answer to `presence`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresenceOk {
    /// How the person is shown now.
    pub presence: Presence,
}

/// The person is shown otherwise. Only their own connections get it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "presence")]
pub struct PresenceChanged {
    /// How the person is shown now.
    pub presence: Presence,
}

#[cfg(test)]
mod tests {
    use super::{Colour, Presence};

    #[test]
    fn a_colour_has_one_spelling() {
        for (given, kept) in [("#Ff8800", "#ff8800"), ("#000000", "#000000")] {
            assert_eq!(Colour::parse(given).expect(given).to_string(), kept);
        }
        for bad in ["", "#", "ff8800", "#ff880", "#ff88000", "#ff880g", "#+f8800", "red", "#fffü"]
        {
            assert_eq!(Colour::parse(bad), None, "{bad}");
        }
        assert_eq!(Colour::from_number(0x100_0000), None);
    }

    #[test]
    fn a_presence_of_a_later_version_is_online() {
        for presence in [Presence::Online, Presence::Away, Presence::Dnd, Presence::Offline] {
            let json = format!("\"{}\"", presence.name());
            assert_eq!(serde_json::to_string(&presence).expect("JSON"), json);
            assert_eq!(serde_json::from_str::<Presence>(&json).expect("read"), presence);
        }
        assert_eq!(
            serde_json::from_str::<Presence>("\"dancing\"").expect("read"),
            Presence::Online
        );
    }
}
