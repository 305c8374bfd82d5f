//! Codes that make another device the same person: `link` makes one, and a `hello` on the other device uses
//! it up.
//!
//! They are only kept in memory. A restart invalidates them, and the person requests another one.

use std::collections::HashMap;

use parking_lot::Mutex;
use throng_protocol::{LinkCode, Nick, PersonId};

/// How long a code is valid, in milliseconds: enough to walk to the other device and type it.
pub(crate) const LINK_TTL_MS: u64 = 10 * 60 * 1_000;

/// The most codes that are valid at a time. Each person has one, so only a crowd that links devices all at
/// once comes near. Beyond it, nobody gets a code until some have expired.
const LINKS_MAX: usize = 100_000;

/// All valid codes.
#[derive(Default)]
pub(crate) struct DeviceCodes {
    links: Mutex<HashMap<PersonId, Link>>,
}

struct Link {
    code: LinkCode,
    nick: Nick,
    /// In milliseconds of the monotonic clock.
    expires_at: u64,
}

impl DeviceCodes {
    /// Makes a code for a person, replacing an older one. `None` if there are too many codes.
    pub(crate) fn make(&self, person: PersonId, nick: Nick, now_ms: u64) -> Option<LinkCode> {
        let mut links = self.links.lock();
        if links.len() >= LINKS_MAX && !links.contains_key(&person) {
            return None;
        }
        let code = random_code();
        links.insert(person, Link { code, nick, expires_at: now_ms + LINK_TTL_MS });
        Some(code)
    }

    /// Uses up a code. Returns who requested it, with their nick at that time.
    pub(crate) fn take(&self, code: LinkCode, now_ms: u64) -> Option<(PersonId, Nick)> {
        let mut links = self.links.lock();
        let is_valid = |link: &Link| link.code == code && link.expires_at > now_ms;
        let person = links.iter().find(|(_, link)| is_valid(link)).map(|(person, _)| *person)?;
        links.remove(&person).map(|link| (person, link.nick))
    }

    /// Voids the code of a person, if there is one.
    pub(crate) fn void(&self, person: PersonId) {
        self.links.lock().remove(&person);
    }

    /// Removes expired codes. Called about once a second.
    pub(crate) fn sweep(&self, now_ms: u64) {
        self.links.lock().retain(|_, link| link.expires_at > now_ms);
    }
}

fn random_code() -> LinkCode {
    let mut random = [0; 8];
    getrandom::fill(&mut random).expect("the system gives random bytes after it has started");
    LinkCode::from_bits(u64::from_le_bytes(random))
}

#[cfg(test)]
mod tests {
    use super::{DeviceCodes, LINK_TTL_MS, LINKS_MAX};
    use throng_protocol::{Nick, PersonId};

    fn person(number: usize) -> PersonId {
        PersonId::from_parts(number as u64, 0)
    }

    fn nick() -> Nick {
        Nick::parse("ana").expect("a nick")
    }

    #[test]
    fn a_code_is_valid_once_and_until_it_expires() {
        let links = DeviceCodes::default();
        let code = links.make(person(1), nick(), 0).expect("a code");
        assert_eq!(links.take(code, LINK_TTL_MS - 1), Some((person(1), nick())));
        assert_eq!(links.take(code, 1), None, "used");
        let code = links.make(person(1), nick(), 0).expect("a code");
        assert_eq!(links.take(code, LINK_TTL_MS), None, "expired");
    }

    #[test]
    fn a_new_code_voids_the_older_one_of_the_same_person() {
        let links = DeviceCodes::default();
        let other = links.make(person(2), nick(), 0).expect("a code");
        let old = links.make(person(1), nick(), 0).expect("a code");
        let new = links.make(person(1), nick(), 0).expect("a code");
        assert_eq!(links.take(old, 1), None);
        assert_eq!(links.take(new, 1), Some((person(1), nick())));
        assert_eq!(links.take(other, 1), Some((person(2), nick())));
    }

    #[test]
    fn codes_are_bounded_and_swept() {
        let links = DeviceCodes::default();
        for number in 0..LINKS_MAX {
            assert!(links.make(person(number), nick(), 0).is_some());
        }
        assert_eq!(links.make(person(LINKS_MAX), nick(), 0), None);
        assert!(links.make(person(0), nick(), 0).is_some(), "one that has a code gets another");
        links.sweep(LINK_TTL_MS);
        assert!(links.links.lock().is_empty());
    }
}
