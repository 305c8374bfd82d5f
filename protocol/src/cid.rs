//! The client's own id of a send: what makes a retry recognisable.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use ulid::{ULID_LEN, Ulid};
use uuid::Uuid;

use crate::id::one_spelling;

/// A client's id of one send: a UUID of any version (RFC 9562, 36 characters, lower case) or a ULID
/// (26 characters, upper case).
///
/// A UUIDv7 or a ULID begins with a time, so the index that finds a retry grows at its end; random
/// ids are written all over it. Exactly one spelling of each id is accepted: two spellings would be
/// two sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cid {
    /// A UUID.
    Uuid(Uuid),
    /// A ULID.
    Ulid(Ulid),
}

impl Cid {
    /// The longest spelling, in bytes.
    pub const BYTES_MAX: usize = 36;

    /// Reads a cid in its one accepted spelling.
    ///
    /// # Errors
    /// [`BadCid`] when it is neither a lower-case UUID nor an upper-case ULID.
    pub fn parse(text: &str) -> Result<Self, BadCid> {
        match text.len() {
            ULID_LEN => one_spelling(text).map(Self::Ulid).ok_or(BadCid),
            36 => {
                Uuid::try_parse(text).ok().filter(|_| is_lower(text)).map(Self::Uuid).ok_or(BadCid)
            }
            _ => Err(BadCid),
        }
    }

    /// The 17 bytes to store: the form, then the 128 bits in their order of time.
    pub fn to_bytes(self) -> [u8; 17] {
        let (form, bits) = match self {
            Self::Uuid(uuid) => (0, *uuid.as_bytes()),
            Self::Ulid(ulid) => (1, ulid.to_bytes()),
        };
        let mut bytes = [0; 17];
        bytes[..16].copy_from_slice(&bits);
        bytes[16] = form;
        bytes
    }

    /// Reads what [`Cid::to_bytes`] wrote; `None` for anything else.
    pub fn from_bytes(bytes: [u8; 17]) -> Option<Self> {
        let mut bits = [0; 16];
        bits.copy_from_slice(&bytes[..16]);
        match bytes[16] {
            0 => Some(Self::Uuid(Uuid::from_bytes(bits))),
            1 => Some(Self::Ulid(Ulid::from_bytes(bits))),
            _ => None,
        }
    }
}

fn is_lower(text: &str) -> bool {
    !text.bytes().any(|byte| byte.is_ascii_uppercase())
}

impl FromStr for Cid {
    type Err = BadCid;

    fn from_str(text: &str) -> Result<Self, BadCid> {
        Self::parse(text)
    }
}

impl fmt::Display for Cid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Uuid(uuid) => write!(f, "{uuid}"),
            Self::Ulid(ulid) => write!(f, "{ulid}"),
        }
    }
}

impl Serialize for Cid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Cid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// A `cid` that is neither a UUID nor a ULID in its one spelling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a cid is a UUID in lower case with hyphens (36 characters) or a ULID in upper case (26 characters)"
)]
pub struct BadCid;

#[cfg(test)]
mod tests {
    use super::Cid;

    const UUID: &str = "019b2f5e-7c1a-7d3e-8f00-0123456789ab";
    const ULID: &str = "01JZZZZZZZZZZZZZZZZZZZZZZZ";

    #[test]
    fn both_forms_keep_their_spelling_through_bytes() {
        for text in [UUID, ULID] {
            let cid = Cid::parse(text).expect("a valid cid");
            assert_eq!(cid.to_string(), text);
            assert_eq!(Cid::from_bytes(cid.to_bytes()), Some(cid));
        }
    }

    #[test]
    fn a_second_spelling_is_refused() {
        let braced = format!("{{{}}}", &UUID[..34]);
        for text in
            [&UUID.to_uppercase(), &ULID.to_lowercase(), "", "01J", &UUID.replace('-', ""), &braced]
        {
            assert!(Cid::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_uuid_of_any_version_is_taken() {
        for version in "0123456789abcdef".chars() {
            let text = format!("019b2f5e-7c1a-{version}d3e-8f00-0123456789ab");
            assert_eq!(Cid::parse(&text).expect("a cid").to_string(), text);
        }
    }

    #[test]
    fn an_overflowing_ulid_is_refused() {
        assert!(Cid::parse("8ZZZZZZZZZZZZZZZZZZZZZZZZZ").is_err());
    }
}
