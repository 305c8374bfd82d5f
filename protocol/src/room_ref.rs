//! How a command says which room it means.

use std::fmt;

use crate::{BadName, RoomId, RoomName};

/// A room as a command names it. Written, a name has its `#`: then it is never read as an id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoomRef {
    /// By its id, which never changes.
    Id(RoomId),
    /// By its name, as people write it.
    Name(RoomName),
}

impl RoomRef {
    /// Reads an id, or a name with or without a `#` before it. A text in the one spelling of an id is
    /// an id: a room that is called like one needs the `#`.
    ///
    /// # Errors
    /// [`BadName`] when it is neither.
    pub fn parse(text: &str) -> Result<Self, BadName> {
        if let Some(name) = text.strip_prefix('#') {
            return RoomName::parse(name).map(Self::Name);
        }
        match text.parse::<RoomId>() {
            Ok(id) => Ok(Self::Id(id)),
            Err(_) => RoomName::parse(text).map(Self::Name),
        }
    }
}

impl fmt::Display for RoomRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Name(name) => write!(f, "#{name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RoomRef;
    use crate::{RoomId, RoomName};

    fn name(name: &str) -> RoomRef {
        RoomRef::Name(RoomName::parse(name).expect("a name"))
    }

    #[test]
    fn an_id_is_one_only_in_its_one_spelling() {
        let id = RoomId::from_parts(1_700_000_000_000, 7);
        let text = id.to_string();
        assert_eq!(RoomRef::parse(&text), Ok(RoomRef::Id(id)));
        assert_eq!(RoomRef::parse(&text.to_lowercase()), Ok(name(&text.to_lowercase())));
        assert_eq!(RoomRef::parse(&format!("#{text}")), Ok(name(&text)));
    }

    #[test]
    fn what_was_read_is_written_so_that_it_is_read_again() {
        let id = RoomId::from_parts(1_700_000_000_000, 7).to_string();
        for text in [&*id, &*format!("#{id}"), "#lobby", "#01k9zs0000r00m000000000001"] {
            assert_eq!(RoomRef::parse(text).expect(text).to_string(), text);
        }
        assert_eq!(RoomRef::parse("lobby").expect("a name").to_string(), "#lobby");
    }

    #[test]
    fn a_name_is_one_with_and_without_its_sign() {
        assert_eq!(RoomRef::parse("lobby"), Ok(name("lobby")));
        assert_eq!(RoomRef::parse("#lobby"), Ok(name("lobby")));
        for bad in ["", "#", "##lobby", "two words"] {
            assert!(RoomRef::parse(bad).is_err(), "{bad}");
        }
    }
}
