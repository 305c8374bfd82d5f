//! The file of issuers: whom the server trusts to say who somebody is, with which keys, and how far.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use jsonwebtoken::{Algorithm, Validation};
use serde::Deserialize;
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

/// An application that the server trusts.
pub(super) struct Issuer {
    name: String,
    audience: String,
    pub(super) keys: Keys,
    pub(super) leeway_s: u64,
    pub(super) lifetime_max_s: u64,
    pub(super) nick_claim: Option<String>,
    pub(super) rooms_claim: Option<String>,
    pub(super) roles_claim: Option<String>,
    pub(super) roles: HashMap<String, Role>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    jwt: Vec<Entry>,
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
pub(super) fn load(path: &Path) -> Result<HashMap<Box<str>, Issuer>, IssuersError> {
    let wrong = |problem: String| IssuersError { path: path.to_owned(), problem };
    let size = fs::metadata(path).map_err(|error| wrong(error.to_string()))?.len();
    if size > FILE_BYTES_MAX {
        return Err(wrong(format!("it has more than {FILE_BYTES_MAX} bytes")));
    }
    let text = fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
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

impl Entry {
    fn check(self, folder: &Path) -> Result<Issuer, String> {
        if self.issuer.is_empty() || self.audience.is_empty() {
            return Err("`issuer` and `audience` may not be empty".into());
        }
        if self.leeway_seconds > LEEWAY_MAX_S {
            return Err(format!("`leeway_seconds` is at most {LEEWAY_MAX_S}"));
        }
        if !(1..=LIFETIME_MAX_S).contains(&self.lifetime_max_seconds) {
            return Err(format!("`lifetime_max_seconds` is from 1 to {LIFETIME_MAX_S}"));
        }
        if self.roles_claim.is_none() && !self.roles.is_empty() {
            return Err("`roles` needs a `roles_claim`".into());
        }
        let algorithms = self.algorithms.iter().map(|name| algorithm(name));
        let algorithms: Vec<Algorithm> = algorithms.collect::<Result<_, _>>()?;
        let source = match (self.key_file, self.jwks_file) {
            (Some(path), None) => KeySource::One(folder.join(path)),
            (None, Some(path)) => KeySource::Set(folder.join(path)),
            _ => return Err("exactly one of `key_file` and `jwks_file` is needed".into()),
        };
        Ok(Issuer {
            keys: Keys::load(source, algorithms)?,
            name: self.issuer,
            audience: self.audience,
            leeway_s: self.leeway_seconds,
            lifetime_max_s: self.lifetime_max_seconds,
            nick_claim: self.nick_claim,
            rooms_claim: self.rooms_claim,
            roles_claim: self.roles_claim,
            roles: roles(self.roles)?,
        })
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

fn roles(roles: BTreeMap<String, String>) -> Result<HashMap<String, Role>, String> {
    let parse = |(value, role): (String, String)| match Role::parse(&role) {
        Some(role @ (Role::Member | Role::Moderator | Role::Administrator)) => Ok((value, role)),
        Some(Role::Owner) => Err("nobody becomes the owner by a JWT".to_owned()),
        _ => Err(format!("a role is member, moderator or administrator, not {role:?}")),
    };
    roles.into_iter().map(parse).collect()
}

impl Issuer {
    /// Whether this issuer decides the roles of its people.
    pub(super) fn decides_roles(&self) -> bool {
        self.roles_claim.is_some()
    }

    /// What is checked of a token that was signed with a key of this algorithm.
    pub(super) fn validation(&self, algorithm: Algorithm) -> Validation {
        let mut validation = Validation::new(algorithm);
        validation.set_required_spec_claims(&["exp", "iss", "sub", "aud"]);
        validation.set_issuer(&[&self.name]);
        validation.set_audience(&[&self.audience]);
        validation.validate_nbf = true;
        validation.leeway = self.leeway_s;
        validation
    }
}
