//! Device secrets: what a client keeps from a login, to show at the next one that this person was in on this device
//! before. In a storm of logins it comes first then.
//!
//! A secret is a person, a number, a time, and their signature ([`signer`](super::signer)), in base64url. It replaces no
//! password, and opens nothing.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use throng_log::clock::millis;
use throng_protocol::PersonId;

use super::signer::Signer;

/// How long a secret is good. Every login brings a new one.
const TTL: Duration = Duration::from_secs(400 * 24 * 3_600);

/// The person, the number and the time.
const BODY_BYTES: usize = 16 + 8 + 8;

/// Signs and checks device secrets.
pub(crate) struct DeviceSecrets {
    signer: Signer,
}

/// A device on which somebody was in before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct KnownDevice {
    pub(crate) person: PersonId,
    /// The number of its secret.
    pub(crate) number: u64,
}

impl DeviceSecrets {
    pub(crate) fn new(secret: &[u8; 32]) -> Self {
        Self { signer: Signer::new(secret, "throng device") }
    }

    /// Makes a secret for a device on which this person is in now, by the log's clock.
    pub(crate) fn issue(&self, person: PersonId, now_ms: u64) -> String {
        let mut number = [0; 8];
        getrandom::fill(&mut number).expect("the system gives random bytes after it has started");
        let until = (now_ms + millis(TTL)).to_be_bytes();
        let body = [&person.to_bytes()[..], &number, &until].concat();
        BASE64.encode([&body[..], &self.signer.sign(&body)].concat())
    }

    /// The device that has this secret, if it is one of this server's, and still good.
    pub(crate) fn check(&self, secret: &str, now_ms: u64) -> Option<KnownDevice> {
        let bytes = BASE64.decode(secret).ok()?;
        let (body, signature) = bytes.split_at_checked(BODY_BYTES)?;
        if !self.signer.has_signed(body, signature) {
            return None;
        }
        let (person, rest) = body.split_first_chunk()?;
        let (number, rest) = rest.split_first_chunk()?;
        let (until, _) = rest.split_first_chunk()?;
        let device = KnownDevice {
            person: PersonId::from_bytes(*person),
            number: u64::from_be_bytes(*number),
        };
        (u64::from_be_bytes(*until) > now_ms).then_some(device)
    }
}

#[cfg(test)]
mod tests {
    use super::{DeviceSecrets, TTL};
    use throng_log::clock::millis;
    use throng_protocol::PersonId;

    fn person() -> PersonId {
        PersonId::from_parts(1, 2)
    }

    #[test]
    fn a_secret_is_good_until_it_expires_and_names_its_person() {
        let secrets = DeviceSecrets::new(&[1; 32]);
        let (one, other) = (secrets.issue(person(), 1_000), secrets.issue(person(), 1_000));
        let end = 1_000 + millis(TTL);
        let device = secrets.check(&one, end - 1).expect("good");
        assert_eq!(device.person, person());
        assert_ne!(secrets.check(&other, 1_000).expect("good").number, device.number);
        assert_eq!(secrets.check(&one, end), None, "expired");
        assert_eq!(DeviceSecrets::new(&[2; 32]).check(&one, 1_000), None, "another server's");
    }

    #[test]
    fn no_changed_secret_passes() {
        let secrets = DeviceSecrets::new(&[1; 32]);
        let secret = secrets.issue(person(), 1_000);
        for at in 0..secret.len() {
            let mut changed = secret.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).expect("ASCII");
            assert_eq!(secrets.check(&changed, 1_000), None, "byte {at}");
        }
        for foreign in ["", ".", "AAAA", "é", &"x".repeat(10_000), &secret[1..]] {
            assert_eq!(secrets.check(foreign, 1_000), None);
        }
    }
}
