//! Tokens: how a guest stays the same person, even after a crash.
//!
//! A token is a small JSON object and its signature, both in base64url (RFC 4648, section 5),
//! joined by a dot ([`signer`](super::signer)). Nothing is stored per guest.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use serde::{Deserialize, Serialize};
use throng_protocol::{Nick, PersonId};

use super::signer::Signer;

/// Signs and checks tokens.
pub(crate) struct Tokens {
    signer: Signer,
    ttl: Duration,
}

/// The content of a valid token.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Claim {
    pub(crate) person: PersonId,
    /// The person's last nick.
    pub(crate) nick: Option<Nick>,
}

/// Why a token was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadToken {
    #[error("this token was not made by this server")]
    Foreign,
    #[error("this token has expired")]
    Expired,
    #[error("this token was revoked")]
    Revoked,
}

#[derive(Serialize, Deserialize)]
struct Body {
    person: PersonId,
    nick: String,
    /// The version, which must not be below the person's own: raising that revokes older tokens.
    version: u32,
    /// Unix milliseconds.
    expires: u64,
}

/// The version of all tokens: guests have no account with a version to raise.
const GUEST_VERSION: u32 = 1;

impl Tokens {
    pub(crate) fn new(secret: &[u8; 32], ttl: Duration) -> Self {
        Self { signer: Signer::new(secret, "throng token"), ttl }
    }

    /// Makes a token that is valid from `now`, in Unix milliseconds.
    pub(crate) fn issue(&self, person: PersonId, nick: &str, now: u64) -> String {
        let expires = now + u64::try_from(self.ttl.as_millis()).unwrap_or(u64::MAX / 2);
        let body = Body { person, nick: nick.to_owned(), version: GUEST_VERSION, expires };
        let body = BASE64.encode(serde_json::to_vec(&body).unwrap_or_default());
        let signature = BASE64.encode(self.signer.sign(body.as_bytes()));
        format!("{body}.{signature}")
    }

    /// Checks a token.
    pub(crate) fn check(&self, token: &str, now: u64) -> Result<Claim, BadToken> {
        let (body, signature) = token.split_once('.').ok_or(BadToken::Foreign)?;
        let signature = BASE64.decode(signature).map_err(|_| BadToken::Foreign)?;
        if !self.signer.has_signed(body.as_bytes(), &signature) {
            return Err(BadToken::Foreign);
        }
        let body = BASE64.decode(body).map_err(|_| BadToken::Foreign)?;
        let body: Body = serde_json::from_slice(&body).map_err(|_| BadToken::Foreign)?;
        if body.version < GUEST_VERSION {
            return Err(BadToken::Revoked);
        }
        if body.expires <= now {
            return Err(BadToken::Expired);
        }
        Ok(Claim { person: body.person, nick: Nick::parse(&body.nick).ok() })
    }
}

#[cfg(test)]
mod tests {
    use super::{BadToken, Claim, Tokens};
    use std::time::Duration;
    use throng_protocol::{Nick, PersonId};

    fn tokens(secret: u8) -> Tokens {
        Tokens::new(&[secret; 32], Duration::from_secs(60))
    }

    #[test]
    fn a_token_is_good_until_it_expires() {
        let person = PersonId::from_parts(1, 2);
        let token = tokens(1).issue(person, "ana", 1_000);
        let claim = Claim { person, nick: Nick::parse("ana").ok() };
        assert_eq!(tokens(1).check(&token, 60_999), Ok(claim));
        assert_eq!(tokens(1).check(&token, 61_000), Err(BadToken::Expired));
    }

    #[test]
    fn no_changed_token_passes() {
        let token = tokens(1).issue(PersonId::from_parts(1, 2), "ana", 1_000);
        assert_eq!(tokens(2).check(&token, 1_000), Err(BadToken::Foreign));
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).expect("ASCII");
            assert_eq!(tokens(1).check(&changed, 1_000), Err(BadToken::Foreign), "byte {at}");
        }
        for foreign in ["", ".", "a.b", "é.é", &"x".repeat(10_000)] {
            assert_eq!(tokens(1).check(foreign, 1_000), Err(BadToken::Foreign));
        }
    }
}
