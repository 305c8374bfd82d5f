//! The ids that the server gives: of a person, of a room, and of a log.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use ulid::{ULID_LEN, Ulid};

/// Why a text is not an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an id has 26 characters, digits and upper case letters without I, L, O and U")]
pub struct BadId;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Ulid);

        impl $name {
            /// Makes an id from a Unix time in milliseconds and 80 random bits.
            pub fn from_parts(at: u64, random: u128) -> Self {
                Self(Ulid::from_parts(at, random))
            }

            /// When it was made, in Unix milliseconds.
            pub fn at(self) -> u64 {
                self.0.timestamp_ms()
            }

            /// The 16 bytes to store.
            pub fn to_bytes(self) -> [u8; 16] {
                self.0.to_bytes()
            }

            /// Reads what `to_bytes` wrote.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Ulid::from_bytes(bytes))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            fn from_str(text: &str) -> Result<Self, BadId> {
                one_spelling(text).map(Self).ok_or(BadId)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(IdVisitor(PhantomData))
            }
        }
    };
}

/// Reads a ULID in its one spelling. It can also be written in lower case and with letters that look
/// like digits; such a text would be another id for every client that compares texts.
pub(crate) fn one_spelling(text: &str) -> Option<Ulid> {
    let ulid = Ulid::from_string(text).ok()?;
    let mut spelled = [0; ULID_LEN];
    (ulid.array_to_str(&mut spelled) == text).then_some(ulid)
}

/// Reads an id out of a text without a copy of it.
struct IdVisitor<T>(PhantomData<T>);

impl<T: FromStr<Err = BadId>> Visitor<'_> for IdVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id of 26 characters")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}

id! {
    /// A person, whatever they are called at the moment. A ULID, 26 characters.
    PersonId
}

id! {
    /// A room, whatever it is called at the moment. A ULID, 26 characters.
    RoomId
}

id! {
    /// A log: it changes when a backup is restored, so that no cursor of the old one is believed.
    /// A ULID, 26 characters.
    Epoch
}

#[cfg(test)]
mod tests {
    use super::{BadId, RoomId};

    #[test]
    fn an_id_has_one_spelling() {
        let id = RoomId::from_parts(1_700_000_000_000, 0x00AB_CDEF_0123_4567_89AB);
        let text = id.to_string();
        assert_eq!((text.len(), text.parse()), (26, Ok(id)));
        let like_digits = text.replacen('0', "O", 1);
        assert_ne!(like_digits, text);
        let others = [
            text.to_lowercase(),
            like_digits,
            format!("8{}", &text[1..]),
            text[1..].to_owned(),
            format!("{text}0"),
            format!(" {}", &text[1..]),
            String::new(),
            "lobby".to_owned(),
        ];
        for other in others {
            assert_eq!(other.parse::<RoomId>(), Err(BadId), "{other:?}");
            let json = serde_json::to_string(&other).expect("JSON");
            assert!(serde_json::from_str::<RoomId>(&json).is_err(), "{other:?} in an event");
        }
        let json = serde_json::to_string(&id).expect("JSON");
        assert_eq!(serde_json::from_str::<RoomId>(&json).expect("an id"), id);
    }
}
