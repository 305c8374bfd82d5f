//! The file of issuers: whom the server trusts to say who somebody is, with which keys, and how far.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use jsonwebtoken::{Algorithm, Validation};
use serde::Deserialize;
use serde::de::IgnoredAny;
use throng_protocol::Role;

use super::keys::{KeySource, Keys};

/// A file of issuers is a page; more than this is another file.
const FILE_BYTES_MAX: u64 = 256 * 1024;

/// The longest that the clocks may differ, in seconds.
const LEEWAY_MAX_S: u64 = 300;

/// The longest life of a token, in seconds: 31 days.
const LIFETIME_MAX_S: u64 = 31 * 86_400;

/// Why the issuers can't be used.
#[derive(Debug, thiserror::Error)]
#[error("{}: {problem}", path.display())]
pub struct IssuersError {
    path: PathBuf,
    problem: String,
}

/// An application that the server trusts, with its keys.
pub(in crate::identity) struct Trusted {
    pub(in crate::identity) issuer: Issuer,
    pub(in crate::identity) keys: Keys,
}

/// Somebody who says who people are: what is checked of their tokens, and which claims are read.
pub(in crate::identity) struct Issuer {
    name: String,
    audience: String,
    pub(in crate::identity) leeway_s: u64,
    pub(in crate::identity) lifetime_max_s: u64,
    pub(in crate::identity) nick_claim: Option<String>,
    pub(in crate::identity) rooms_claim: Option<String>,
    pub(in crate::identity) roles_claim: Option<String>,
    pub(in crate::identity) roles: HashMap<String, Role>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    jwt: Vec<Entry>,
    /// For [`oidc`](crate::identity::oidc).
    #[serde(default, rename = "oidc")]
    _oidc: Vec<IgnoredAny>,
    #[serde(rename = "public_url")]
    _public_url: Option<IgnoredAny>,
}

/// One issuer, as the operator writes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    issuer: String,
    audience: String,
    algorithms: Vec<String>,
    key_file: Option<PathBuf>,
    jwks_file: Option<PathBuf>,
    #[serde(default = "ten")]
    leeway_seconds: u64,
    #[serde(default = "a_day")]
    lifetime_max_seconds: u64,
    nick_claim: Option<String>,
    rooms_claim: Option<String>,
    roles_claim: Option<String>,
    #[serde(default)]
    roles: BTreeMap<String, String>,
}

fn ten() -> u64 {
    10
}

fn a_day() -> u64 {
    86_400
}

/// Reads the file, and the keys that it names. Relative paths count from the file's folder.
pub(in crate::identity) fn load(path: &Path) -> Result<HashMap<Box<str>, Trusted>, IssuersError> {
    let wrong = |problem: String| IssuersError::new(path, problem);
    let text = read(path)?;
    let file: File = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut issuers = HashMap::new();
    for entry in file.jwt {
        let name = entry.issuer.clone();
        let issuer = entry.check(folder).map_err(|it| wrong(format!("issuer {name:?}: {it}")))?;
        if issuers.insert(name.as_str().into(), issuer).is_some() {
            return Err(wrong(format!("issuer {name:?} is there twice")));
        }
    }
    Ok(issuers)
}

/// The text of the file.
pub(in crate::identity) fn read(path: &Path) -> Result<String, IssuersError> {
    let wrong = |problem: String| IssuersError::new(path, problem);
    let size = fs::metadata(path).map_err(|error| wrong(error.to_string()))?.len();
    if size > FILE_BYTES_MAX {
        return Err(wrong(format!("it has more than {FILE_BYTES_MAX} bytes")));
    }
    fs::read_to_string(path).map_err(|error| wrong(error.to_string()))
}

/// The algorithms with these names.
pub(in crate::identity) fn algorithms(names: &[String]) -> Result<Vec<Algorithm>, String> {
    names.iter().map(|name| algorithm(name)).collect()
}

impl IssuersError {
    pub(in crate::identity) fn new(path: &Path, problem: String) -> Self {
        Self { path: path.to_owned(), problem }
    }
}

impl Entry {
    fn check(self, folder: &Path) -> Result<Trusted, String> {
        if self.issuer.is_empty() || self.audience.is_empty() {
            return Err("`issuer` and `audience` may not be empty".into());
        }
        if self.leeway_seconds > LEEWAY_MAX_S {
            return Err(format!("`leeway_seconds` is at most {LEEWAY_MAX_S}"));
        }
        if !(1..=LIFETIME_MAX_S).contains(&self.lifetime_max_seconds) {
            return Err(format!("`lifetime_max_seconds` is from 1 to {LIFETIME_MAX_S}"));
        }
        let algorithms = algorithms(&self.algorithms)?;
        let source = match (self.key_file, self.jwks_file) {
            (Some(path), None) => KeySource::One(folder.join(path)),
            (None, Some(path)) => KeySource::Set(folder.join(path)),
            _ => return Err("exactly one of `key_file` and `jwks_file` is needed".into()),
        };
        let keys = Keys::load(source, algorithms)?;
        let issuer = Issuer {
            name: self.issuer,
            audience: self.audience,
            leeway_s: self.leeway_seconds,
            lifetime_max_s: self.lifetime_max_seconds,
            nick_claim: self.nick_claim,
            rooms_claim: self.rooms_claim,
            roles: roles(self.roles_claim.as_deref(), self.roles)?,
            roles_claim: self.roles_claim,
        };
        Ok(Trusted { issuer, keys })
    }
}

/// The algorithms that this server knows. There is no "none".
fn algorithm(name: &str) -> Result<Algorithm, String> {
    match name {
        "HS256" => Ok(Algorithm::HS256),
        "RS256" => Ok(Algorithm::RS256),
        "ES256" => Ok(Algorithm::ES256),
        "EdDSA" => Ok(Algorithm::EdDSA),
        other => Err(format!("`algorithms` are of HS256, RS256, ES256 and EdDSA, not {other:?}")),
    }
}

/// The roles for the values of a claim.
fn roles(
    claim: Option<&str>,
    roles: BTreeMap<String, String>,
) -> Result<HashMap<String, Role>, String> {
    if claim.is_none() && !roles.is_empty() {
        return Err("`roles` needs a `roles_claim`".into());
    }
    let parse = |(value, role): (String, String)| match Role::parse(&role) {
        Some(role @ (Role::Member | Role::Moderator | Role::Administrator)) => Ok((value, role)),
        Some(Role::Owner) => Err("nobody becomes the owner by a JWT".to_owned()),
        _ => Err(format!("a role is member, moderator or administrator, not {role:?}")),
    };
    roles.into_iter().map(parse).collect()
}

impl Issuer {
    /// A provider of ID tokens for this client, with the claims for nick and roles.
    ///
    /// # Errors
    /// What is wrong with the roles.
    pub(in crate::identity) fn of_provider(
        name: String,
        client_id: String,
        (nick_claim, roles_claim): (Option<String>, Option<String>),
        by_value: BTreeMap<String, String>,
    ) -> Result<Self, String> {
        Ok(Self {
            name,
            audience: client_id,
            leeway_s: ten(),
            // It is used once, at once: its life does not matter.
            lifetime_max_s: LIFETIME_MAX_S,
            nick_claim,
            rooms_claim: None,
            roles: roles(roles_claim.as_deref(), by_value)?,
            roles_claim,
        })
    }

    pub(in crate::identity) fn name(&self) -> &str {
        &self.name
    }

    /// Whether this issuer decides the roles of its people.
    pub(in crate::identity) fn decides_roles(&self) -> bool {
        self.roles_claim.is_some()
    }

    /// What is checked of a token that was signed with a key of this algorithm.
    pub(in crate::identity) fn validation(&self, algorithm: Algorithm) -> Validation {
        let mut validation = Validation::new(algorithm);
        validation.set_required_spec_claims(&["exp", "iss", "sub", "aud"]);
        validation.set_issuer(&[&self.name]);
        validation.set_audience(&[&self.audience]);
        validation.validate_nbf = true;
        validation.leeway = self.leeway_s;
        validation
    }
}
