//! How a command says which person it means.

use std::fmt;

use crate::{BadName, Nick, PersonId};

/// A person as a command names them. An id is longer than any nick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PersonRef {
    /// By their id, which never changes.
    Id(PersonId),
    /// By their nick, as people write it.
    Nick(Nick),
}

impl PersonRef {
    /// Reads an id, or a nick with or without an `@` before it.
    ///
    /// # Errors
    /// [`BadName`] when it is neither.
    pub fn parse(text: &str) -> Result<Self, BadName> {
        if let Some(nick) = text.strip_prefix('@') {
            return Nick::parse(nick).map(Self::Nick);
        }
        match text.parse::<PersonId>() {
            Ok(id) => Ok(Self::Id(id)),
            Err(_) => Nick::parse(text).map(Self::Nick),
        }
    }
}

impl fmt::Display for PersonRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Nick(nick) => write!(f, "@{nick}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::PersonRef;
    use crate::PersonId;

    #[test]
    fn what_was_read_is_written_so_that_it_is_read_again() {
        let id = PersonId::from_parts(1_700_000_000_000, 7).to_string();
        for text in [&*id, "@ana"] {
            assert_eq!(PersonRef::parse(text).expect(text).to_string(), text);
        }
        assert_eq!(PersonRef::parse("ana").expect("a nick").to_string(), "@ana");
        for bad in ["", "@", "@@ana", "two words", &*format!("@{id}"), &*id.to_lowercase()] {
            assert!(PersonRef::parse(bad).is_err(), "{bad}");
        }
    }
}
