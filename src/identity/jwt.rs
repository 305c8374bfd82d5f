//! JSON Web Tokens (RFC 7519) of applications that this server trusts: who they vouch for, and until when.
//!
//! A token is judged by what the operator configured, never by what it says about itself: the issuer decides which
//! keys there are, a key decides the algorithm (RFC 8725, sections 3.1 and 3.2). Sessions hand tokens in at `hello`
//! and `refresh`; what comes out ([`Vouched`]) goes to [`guests`](super::guests).

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::{Header, dangerous, decode, decode_header};
use serde::Deserialize;
use serde_json::{Map, Value};
use throng_log::clock::{now_ms, unix_ms};
use throng_log::{ExternalId, Grant};
use throng_protocol::{ErrorCode, JWT_BYTES_MAX, Refusal, Role, RoomRef};

use crate::base::tasks::Tasks;
use crate::identity::jwt::deadlines::Deadlines;
use crate::identity::jwt::issuers::{Issuer, Trusted};
use crate::identity::jwt::keys::Key;

pub(crate) mod deadlines;
pub(in crate::identity) mod issuers;
pub(in crate::identity) mod keys;
pub(in crate::identity) mod ring_provider;
#[cfg(test)]
pub(crate) mod tests;

pub use issuers::IssuersError;

/// The longest name of a person at an issuer, in bytes: OpenID Connect allows 255.
const SUBJECT_BYTES_MAX: usize = 255;

/// All issuers, and when the sessions that they vouch for end.
pub(crate) struct Jwts {
    issuers: HashMap<Box<str>, Trusted>,
    pub(crate) deadlines: Deadlines,
    tasks: Arc<Tasks>,
}

/// What a good token says.
#[derive(Debug)]
pub(crate) struct Vouched {
    pub(crate) id: ExternalId,
    pub(crate) grant: Grant,
    /// The role, where the issuer decides it. Never the owner's.
    pub(crate) role: Option<Role>,
    /// In how many milliseconds it expires.
    pub(crate) expires_in_ms: u64,
}

/// Why a token was refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BadJwt {
    #[error("this JWT has more than {JWT_BYTES_MAX} bytes")]
    TooLong,
    #[error("this is not a signed JWT that this server can read")]
    Malformed,
    #[error(
        "this JWT names a key that is not the server's to look at: `{0}` may not be in its header"
    )]
    OwnKey(&'static str),
    #[error("this JWT is of the type {0:?}: only one of the type JWT says who somebody is")]
    OtherType(String),
    #[error("this server does not know who issued this JWT")]
    UnknownIssuer,
    #[error("this server does not know the key with which this JWT was signed")]
    UnknownKey,
    #[error("this JWT was not signed by who it says, or not with the algorithm of its key")]
    Forged,
    #[error("this JWT is for somebody else: its audience is not this server")]
    OtherAudience,
    #[error("this JWT is not good yet: the clock of its issuer may be wrong")]
    Early,
    #[error("this JWT is good for longer than this server allows, which is {0} s")]
    TooLasting(u64),
    #[error("the claim `{0}` of this JWT is missing, or is not what it should be")]
    Claim(String),
    #[error("this JWT has expired: bring a new one")]
    Expired,
}

impl From<BadJwt> for Refusal {
    fn from(bad: BadJwt) -> Self {
        let code = match bad {
            BadJwt::Expired => ErrorCode::JwtExpired,
            _ => ErrorCode::BadJwt,
        };
        Self::new(code, bad.to_string())
    }
}

/// The claims that this server reads whatever the issuer. `iss` and `sub` are single strings.
#[derive(Deserialize)]
pub(in crate::identity) struct Claims {
    iss: Box<str>,
    sub: Box<str>,
    iat: f64,
    exp: f64,
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// Read before the signature is checked, to find the keys.
#[derive(Deserialize)]
struct Claimed {
    iss: String,
}

impl Jwts {
    /// The issuers in a file; none without a file. Their keys are read too.
    ///
    /// # Errors
    /// When something in it is wrong, or a key can't be read.
    pub(crate) fn load(file: Option<&Path>, tasks: Arc<Tasks>) -> Result<Self, IssuersError> {
        ring_provider::install();
        let issuers = file.map(issuers::load).transpose()?.unwrap_or_default();
        Ok(Self { issuers, deadlines: Deadlines::default(), tasks })
    }

    /// Whether nobody is trusted.
    pub(crate) fn is_empty(&self) -> bool {
        self.issuers.is_empty()
    }

    /// Whether an issuer decides the roles of its people.
    pub(crate) fn decides_roles(&self, issuer: &str) -> bool {
        self.issuers.get(issuer).is_some_and(|it| it.issuer.decides_roles())
    }

    /// Judges a token.
    ///
    /// # Errors
    /// Why it is refused.
    pub(crate) async fn judge(&self, jwt: &str) -> Result<Vouched, BadJwt> {
        let header = header_of(jwt)?;
        let claimed: Claimed =
            dangerous::insecure_decode_claims(jwt).map_err(|_| BadJwt::Malformed)?;
        let trusted = self.issuers.get(&*claimed.iss).ok_or(BadJwt::UnknownIssuer)?;
        let kid = header.kid.as_deref();
        let key = trusted.keys.find(kid, now_ms(), &self.tasks).await.ok_or(BadJwt::UnknownKey)?;
        trusted.issuer.vouched(open(&trusted.issuer, &key, jwt)?)
    }
}

/// The header of a token that may be looked at further.
///
/// # Errors
/// Why not.
pub(in crate::identity) fn header_of(jwt: &str) -> Result<Header, BadJwt> {
    if jwt.len() > JWT_BYTES_MAX {
        return Err(BadJwt::TooLong);
    }
    let header = decode_header(jwt).map_err(|_| BadJwt::Malformed)?;
    check(&header)?;
    Ok(header)
}

/// The claims of a token that was signed with this key, by this issuer, for this server, and has not expired.
///
/// # Errors
/// Why it is not that.
pub(in crate::identity) fn open(issuer: &Issuer, key: &Key, jwt: &str) -> Result<Claims, BadJwt> {
    let validation = issuer.validation(key.algorithm);
    decode::<Claims>(jwt, &key.decoding, &validation)
        .map(|data| data.claims)
        .map_err(|error| bad(&error))
}

impl Claims {
    /// A claim that is not read of every token.
    pub(in crate::identity) fn other(&self, name: &str) -> Option<&Value> {
        self.others.get(name)
    }
}

impl Issuer {
    /// What the claims mean. Signature, issuer, audience and times of expiry and beginning have been checked.
    pub(in crate::identity) fn vouched(&self, claims: Claims) -> Result<Vouched, BadJwt> {
        let Claims { iss, sub, iat, exp, others } = claims;
        let is_name = |name: &str| !name.is_empty() && name.len() <= SUBJECT_BYTES_MAX;
        if !is_name(&sub) || sub.chars().any(char::is_control) {
            return Err(BadJwt::Claim("sub".into()));
        }
        let (issued_s, expires_s) = (seconds(iat, "iat")?, seconds(exp, "exp")?);
        let now_ms = unix_ms();
        if issued_s > now_ms / 1_000 + self.leeway_s {
            return Err(BadJwt::Early);
        }
        if expires_s.saturating_sub(issued_s) > self.lifetime_max_s {
            return Err(BadJwt::TooLasting(self.lifetime_max_s));
        }
        Ok(Vouched {
            grant: Grant { issued_s, nick: self.nick(&others)?, rooms: self.rooms(&others)? },
            role: self.role(&others)?,
            id: ExternalId { issuer: iss, subject: sub },
            expires_in_ms: (expires_s * 1_000).saturating_sub(now_ms),
        })
    }

    fn nick(&self, claims: &Map<String, Value>) -> Result<Option<Box<str>>, BadJwt> {
        let Some(name) = &self.nick_claim else { return Ok(None) };
        match claims.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(nick)) => Ok(Some(nick.as_str().into())),
            Some(_) => Err(BadJwt::Claim(name.clone())),
        }
    }

    /// The rooms that the person may be in. Where the issuer is to say it and does not, there is none.
    fn rooms(&self, claims: &Map<String, Value>) -> Result<Option<Vec<Box<str>>>, BadJwt> {
        let Some(name) = &self.rooms_claim else { return Ok(None) };
        let bad = || BadJwt::Claim(name.clone());
        match claims.get(name) {
            None | Some(Value::Null) => Ok(Some(Vec::new())),
            Some(Value::String(all)) if all == "*" => Ok(None),
            Some(Value::Array(rooms)) => {
                let room = |room: &Value| RoomRef::parse(room.as_str()?).ok();
                let written = |it: &Value| room(it).map(|it| it.to_string().into_boxed_str());
                rooms.iter().map(written).collect::<Option<_>>().map(Some).ok_or_else(bad)
            }
            Some(_) => Err(bad()),
        }
    }

    /// The highest of the roles that the claim's values stand for, where there is such a claim.
    fn role(&self, claims: &Map<String, Value>) -> Result<Option<Role>, BadJwt> {
        let Some(name) = &self.roles_claim else { return Ok(None) };
        let role = |value: &str| self.roles.get(value).copied().unwrap_or(Role::Member);
        match claims.get(name) {
            None | Some(Value::Null) => Ok(Some(Role::Member)),
            Some(Value::String(value)) => Ok(Some(role(value))),
            Some(Value::Array(values)) => {
                let roles = values.iter().map(|value| value.as_str().map(role));
                let roles: Option<Vec<Role>> = roles.collect();
                let roles = roles.ok_or_else(|| BadJwt::Claim(name.clone()))?;
                Ok(Some(roles.into_iter().max().unwrap_or(Role::Member)))
            }
            Some(_) => Err(BadJwt::Claim(name.clone())),
        }
    }
}

/// Refuses a header that brings its own key, or whose token is of another kind.
fn check(header: &Header) -> Result<(), BadJwt> {
    let own = [
        ("jku", header.jku.is_some()),
        ("jwk", header.jwk.is_some()),
        ("x5u", header.x5u.is_some()),
        ("x5c", header.x5c.is_some()),
    ];
    if let Some((name, _)) = own.into_iter().find(|(_, is_there)| *is_there) {
        return Err(BadJwt::OwnKey(name));
    }
    match &header.typ {
        Some(other) if !other.eq_ignore_ascii_case("jwt") => {
            Err(BadJwt::OtherType(other.chars().take(32).collect()))
        }
        _ => Ok(()),
    }
}

fn seconds(time: f64, claim: &str) -> Result<u64, BadJwt> {
    // Up to the year 9999.
    if (0.0..=253_402_300_799.0).contains(&time) {
        Ok(time as u64)
    } else {
        Err(BadJwt::Claim(claim.into()))
    }
}

fn bad(error: &Error) -> BadJwt {
    match error.kind() {
        ErrorKind::ExpiredSignature => BadJwt::Expired,
        ErrorKind::ImmatureSignature => BadJwt::Early,
        ErrorKind::InvalidAudience => BadJwt::OtherAudience,
        ErrorKind::MissingRequiredClaim(claim) | ErrorKind::InvalidClaimFormat(claim) => {
            BadJwt::Claim(claim.clone())
        }
        ErrorKind::Json(error) => {
            // serde names the field between backticks.
            let words = error.to_string();
            BadJwt::Claim(words.split('`').nth(1).unwrap_or("?").chars().take(32).collect())
        }
        _ => BadJwt::Forged,
    }
}
