//! Scopes: what the token of a bot is good for.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Role;

/// Something that a bot may do, if its owner may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Join rooms, read them, and see who is there.
    Read,
    /// Say something, and show that something is being written.
    Send,
    /// Mute, ban, kick, and take that back.
    Moderate,
    /// Give roles, and read the audit log.
    Admin,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 4] = [Self::Read, Self::Send, Self::Moderate, Self::Admin];

    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Send => "send",
            Self::Moderate => "moderate",
            Self::Admin => "admin",
        }
    }

    /// The scope with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }

    /// The least role of an owner whose bot may have it. A bot with it does what this role may, and no more.
    pub fn role(self) -> Role {
        match self {
            Self::Read | Self::Send => Role::Member,
            Self::Moderate => Role::Moderator,
            Self::Admin => Role::Administrator,
        }
    }

    fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A set of scopes; on the wire a list of names.
///
/// A client leaves out the scopes of a later version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Scopes(u8);

impl Scopes {
    /// Whether a scope is among them.
    pub fn contains(self, scope: Scope) -> bool {
        self.0 & scope.bit() != 0
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// They, in their order.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.into_iter().filter(move |scope| self.contains(*scope))
    }

    /// The highest of their roles: the most that a bot with them does.
    pub fn role(self) -> Role {
        self.iter().map(Scope::role).max().unwrap_or_default()
    }

    /// As one byte, to be stored.
    pub fn bits(self) -> u8 {
        self.0
    }

    /// Reads what was stored. Bits of a later version are left out.
    pub fn from_bits(bits: u8) -> Self {
        Scope::ALL.into_iter().filter(|scope| bits & scope.bit() != 0).collect()
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |bits, scope| bits | scope.bit()))
    }
}

impl std::fmt::Display for Scopes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (at, scope) in self.iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            write!(f, "{comma}{}", scope.name())?;
        }
        Ok(())
    }
}

impl Serialize for Scopes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Scopes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = Vec::<String>::deserialize(deserializer)?;
        Ok(names.iter().filter_map(|name| Scope::parse(name)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::{Scope, Scopes};
    use crate::Role;

    #[test]
    fn a_scope_has_one_name() {
        for scope in Scope::ALL {
            let json = serde_json::to_string(&scope).expect("JSON");
            assert_eq!(json, format!("{:?}", scope.name()));
            assert_eq!(Scope::parse(scope.name()), Some(scope));
        }
        assert_eq!(Scope::parse("Read"), None);
    }

    #[test]
    fn a_set_has_what_was_put_into_it() {
        for bits in 0..16 {
            let scopes = Scopes::from_bits(bits);
            assert_eq!(scopes.bits(), bits);
            assert_eq!(scopes.iter().collect::<Scopes>(), scopes);
            let json = serde_json::to_string(&scopes).expect("JSON");
            assert_eq!(serde_json::from_str::<Scopes>(&json).expect("scopes"), scopes);
        }
        assert_eq!(Scopes::from_bits(0xf0), Scopes::default());
        let later = serde_json::from_str::<Scopes>(r#"["send","fly","read","send"]"#);
        assert_eq!(later.expect("scopes").to_string(), "read,send");
        assert!(serde_json::from_str::<Scopes>("\"read\"").is_err());
    }

    #[test]
    fn the_highest_scope_says_what_a_bot_may_do_at_most() {
        let of = |scopes: &[Scope]| scopes.iter().copied().collect::<Scopes>().role();
        assert_eq!(of(&[Scope::Send, Scope::Read]), Role::Member);
        assert_eq!(of(&[Scope::Moderate, Scope::Read]), Role::Moderator);
        assert_eq!(of(&[Scope::Admin]), Role::Administrator);
        assert_eq!(of(&[]), Role::Guest);
    }
}
