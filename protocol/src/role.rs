//! Roles: what a person may do on the whole server.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize};

/// A person's role on the server, from the least to the most. Each may do what the ones before it may.
///
/// A client reads a role of a later version as the least.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Somebody without an account.
    #[default]
    Guest,
    /// Somebody with an account.
    Member,
    /// Keeps the peace: mutes, kicks and bans.
    Moderator,
    /// Gives roles below their own, and sees everything that was done.
    Administrator,
    /// Whose server it is. No change of a role takes this one away.
    Owner,
}

impl Role {
    /// Every role, from the least to the most.
    pub const ALL: [Self; 5] =
        [Self::Guest, Self::Member, Self::Moderator, Self::Administrator, Self::Owner];

    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Guest => "guest",
            Self::Member => "member",
            Self::Moderator => "moderator",
            Self::Administrator => "administrator",
            Self::Owner => "owner",
        }
    }

    /// The role with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

impl Role {
    /// Reads the role that a command gives to somebody or something: a word that is no role is a mistake there, and not
    /// the least role, which may open what was to be narrowed.
    ///
    /// # Errors
    /// When the word is no role of this version.
    pub fn known<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        let Some(name) = Option::<Cow<'de, str>>::deserialize(deserializer)? else {
            return Ok(None);
        };
        let unknown = || {
            let shown: String = name.chars().take(32).collect();
            serde::de::Error::custom(format!("{shown:?} is not a role"))
        };
        Self::parse(&name).map(Some).ok_or_else(unknown)
    }
}

impl<'de> Deserialize<'de> for Role {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = Cow::<str>::deserialize(deserializer)?;
        Ok(Self::parse(&name).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::Role;

    #[test]
    fn a_role_has_one_name() {
        for role in Role::ALL {
            let json = serde_json::to_string(&role).expect("JSON");
            assert_eq!(json, format!("{:?}", role.name()));
            assert_eq!(serde_json::from_str::<Role>(&json).expect("a role"), role);
            assert_eq!(Role::parse(role.name()), Some(role));
        }
        assert_eq!(Role::parse("king"), None);
        assert_eq!(serde_json::from_str::<Role>("\"king\"").expect("a role"), Role::Guest);
        assert!(Role::ALL.is_sorted());
    }
}
