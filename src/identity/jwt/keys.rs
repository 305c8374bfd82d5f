//! The keys of an issuer: one in a file, or a set (RFC 7517), read again when the file changes.
//!
//! Each key has one algorithm, which comes from the key and the operator's list, never from a token. A `kid` is a
//! name in this set and nothing else: no path, no address, no query.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use async_lock::Mutex;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind};
use parking_lot::RwLock;
use tracing::{info, warn};

use super::ring_provider::family;
use crate::base::tasks::Tasks;

/// A set of keys has a few, each of a few hundred bytes.
const FILE_BYTES_MAX: u64 = 64 * 1024;

/// The most keys of one issuer.
const KEYS_MAX: usize = 32;

/// The shortest secret (RFC 7518, section 3.2: as long as the hash), in bytes.
const SECRET_BYTES_MIN: usize = 32;

/// The smallest RSA modulus (RFC 7518, section 3.3), in bytes: 2,048 bits.
const MODULUS_BYTES_MIN: usize = 256;

/// How long a look at the file is good, in milliseconds: a key that was taken out is refused after this time.
const LOOK_MS: u64 = 2_000;

/// The file is not read more often for the sake of unknown keys, in milliseconds: strangers choose those.
const READ_MS: u64 = 5_000;

/// Where keys come from.
#[derive(Clone)]
pub(in crate::identity) enum KeySource {
    /// A public key as PEM or JWK, or a secret.
    One(PathBuf),
    /// A JWK set.
    Set(PathBuf),
}

/// A key, with the algorithm that it is for.
pub(in crate::identity) struct Key {
    kid: Option<String>,
    pub(in crate::identity) algorithm: Algorithm,
    pub(in crate::identity) decoding: DecodingKey,
}

/// The keys of one issuer.
pub(in crate::identity) struct Keys {
    source: KeySource,
    algorithms: Vec<Algorithm>,
    keys: RwLock<Arc<Vec<Arc<Key>>>>,
    /// When the file was looked at last, by the monotonic clock.
    looked_ms: AtomicU64,
    /// Held while the file is looked at.
    file: Mutex<Seen>,
}

/// What was seen of the file.
#[derive(Clone, Copy, Default)]
struct Seen {
    stamp: Option<Stamp>,
    read_ms: u64,
}

/// What changes when a file does.
type Stamp = (SystemTime, u64, u64);

impl KeySource {
    fn path(&self) -> &Path {
        match self {
            Self::One(path) | Self::Set(path) => path,
        }
    }
}

impl Keys {
    /// Reads the keys.
    ///
    /// # Errors
    /// What is wrong with them.
    pub(in crate::identity) fn load(
        source: KeySource,
        algorithms: Vec<Algorithm>,
    ) -> Result<Self, String> {
        if algorithms.is_empty() {
            return Err("`algorithms` may not be empty".into());
        }
        let (keys, stamp) = read(&source, &algorithms)?;
        if keys.is_empty() && matches!(source, KeySource::One(_)) {
            return Err("there is no key in it".into());
        }
        Ok(Self {
            source,
            algorithms,
            keys: RwLock::new(Arc::new(keys)),
            looked_ms: AtomicU64::new(0),
            file: Mutex::new(Seen { stamp: Some(stamp), read_ms: 0 }),
        })
    }

    /// The key that a token means. Without a name it is the only one that there is.
    pub(in crate::identity) async fn find(
        &self,
        kid: Option<&str>,
        now_ms: u64,
        tasks: &Tasks,
    ) -> Option<Arc<Key>> {
        if now_ms.saturating_sub(self.looked_ms.load(Ordering::Relaxed)) >= LOOK_MS {
            self.look(now_ms, false, tasks).await;
        }
        if let Some(key) = self.known(kid) {
            return Some(key);
        }
        self.look(now_ms, true, tasks).await;
        self.known(kid)
    }

    fn known(&self, kid: Option<&str>) -> Option<Arc<Key>> {
        pick(&self.keys.read(), kid)
    }

    /// Reads the file if it has changed. For an unknown key it is read in any case, but not all the time. A file
    /// that can't be read changes nothing.
    async fn look(&self, now_ms: u64, is_unknown: bool, tasks: &Tasks) {
        let mut seen = self.file.lock().await;
        let is_due = match is_unknown {
            true => now_ms.saturating_sub(seen.read_ms) >= READ_MS,
            false => now_ms.saturating_sub(self.looked_ms.load(Ordering::Relaxed)) >= LOOK_MS,
        };
        if !is_due {
            return;
        }
        self.looked_ms.store(now_ms, Ordering::Relaxed);
        let (source, algorithms) = (self.source.clone(), self.algorithms.clone());
        let before = if is_unknown { None } else { seen.stamp };
        let looking = move || match stamp(source.path()) {
            Ok(now) if Some(now) == before => None,
            _ => Some(read(&source, &algorithms)),
        };
        let path = self.source.path().display();
        match tasks.blocking(looking).await {
            None => {}
            Some(Ok((keys, stamp))) => {
                if seen.stamp != Some(stamp) {
                    info!(file = %path, keys = keys.len(), "the keys of an issuer were read again");
                }
                *seen = Seen { stamp: Some(stamp), read_ms: now_ms };
                *self.keys.write() = Arc::new(keys);
            }
            Some(Err(problem)) => {
                seen.read_ms = now_ms;
                warn!(file = %path, problem, "the keys of an issuer can't be read: the old ones stay");
            }
        }
    }
}

/// The key that a token means, out of a set. Without a name it is the only one that there is.
pub(in crate::identity) fn pick(keys: &[Arc<Key>], kid: Option<&str>) -> Option<Arc<Key>> {
    match (kid, keys) {
        (Some(kid), [only]) if only.kid.is_none() && !kid.is_empty() => Some(Arc::clone(only)),
        (Some(kid), keys) => keys.iter().find(|it| it.kid.as_deref() == Some(kid)).cloned(),
        (None, [only]) => Some(Arc::clone(only)),
        (None, _) => None,
    }
}

fn stamp(path: &Path) -> Result<Stamp, String> {
    let wrong = |error: std::io::Error| format!("{}: {error}", path.display());
    let seen = fs::metadata(path).map_err(wrong)?;
    Ok((seen.modified().map_err(wrong)?, seen.len(), seen.ino()))
}

/// The keys in a file that are for one of these algorithms, and what the file looked like before it was read.
fn read(source: &KeySource, algorithms: &[Algorithm]) -> Result<(Vec<Arc<Key>>, Stamp), String> {
    let path = source.path();
    let wrong = |problem: &dyn std::fmt::Display| format!("{}: {problem}", path.display());
    let stamp = stamp(path)?;
    if stamp.1 > FILE_BYTES_MAX {
        return Err(wrong(&format!("it has more than {FILE_BYTES_MAX} bytes")));
    }
    let bytes = fs::read(path).map_err(|error| wrong(&error))?;
    let keys = match source {
        KeySource::One(_) => one(&bytes, algorithms).map(|key| vec![Arc::new(key)]),
        KeySource::Set(_) => set(&bytes, algorithms),
    };
    keys.map(|keys| (keys, stamp)).map_err(|problem| wrong(&problem))
}

/// The keys of a set. Those for another use or another algorithm are left out.
pub(in crate::identity) fn set(
    bytes: &[u8],
    algorithms: &[Algorithm],
) -> Result<Vec<Arc<Key>>, String> {
    let set: JwkSet = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    if set.keys.len() > KEYS_MAX {
        return Err(format!("it has more than {KEYS_MAX} keys"));
    }
    let mut keys: Vec<Arc<Key>> = Vec::new();
    for jwk in &set.keys {
        let Some(key) = of_jwk(jwk, algorithms)? else { continue };
        if keys.iter().any(|other| other.kid == key.kid) {
            return Err("two of its keys have the same `kid`, or none".into());
        }
        keys.push(Arc::new(key));
    }
    Ok(keys)
}

/// The one key of a file, whatever its form.
fn one(bytes: &[u8], algorithms: &[Algorithm]) -> Result<Key, String> {
    let [algorithm] = *algorithms else {
        return Err("a `key_file` has one key, so `algorithms` has one entry".into());
    };
    let text = bytes.trim_ascii();
    if text.starts_with(b"{") {
        let jwk: Jwk = serde_json::from_slice(text).map_err(|error| error.to_string())?;
        return of_jwk(&jwk, algorithms)?.ok_or_else(|| "this key is for another use".into());
    }
    let decoding = match (text.starts_with(b"-----BEGIN"), algorithm) {
        // Anybody may know a public key, and could sign with it.
        (true, Algorithm::HS256) => return Err("a PEM key is no secret for HS256".into()),
        (true, _) if String::from_utf8_lossy(text).contains("PRIVATE") => {
            return Err("this is a private key: the server needs the public one".into());
        }
        (true, Algorithm::RS256) => DecodingKey::from_rsa_pem(text),
        (true, Algorithm::ES256) => DecodingKey::from_ec_pem(text),
        (true, _) => DecodingKey::from_ed_pem(text),
        (false, Algorithm::HS256) => DecodingKey::from_secret(text),
        (false, _) => return Err("it is neither PEM nor a JWK".into()),
    };
    let decoding = decoding.map_err(|error| error.to_string())?;
    strong(Key { kid: None, algorithm, decoding })
}

/// A key of a set, with the algorithm that it is for; `None` if this issuer is not to use it.
fn of_jwk(jwk: &Jwk, algorithms: &[Algorithm]) -> Result<Option<Key>, String> {
    let common = &jwk.common;
    if !matches!(common.public_key_use, None | Some(PublicKeyUse::Signature)) {
        return Ok(None);
    }
    let by_kind = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => Algorithm::RS256,
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => {
            Algorithm::ES256
        }
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => {
            Algorithm::EdDSA
        }
        AlgorithmParameters::OctetKey(_) => Algorithm::HS256,
        _ => return Ok(None),
    };
    let is_other =
        common.key_algorithm.is_some_and(|it| Algorithm::try_from(it).ok() != Some(by_kind));
    if is_other || !algorithms.contains(&by_kind) {
        return Ok(None);
    }
    let decoding = DecodingKey::from_jwk(jwk).map_err(|error| error.to_string())?;
    strong(Key { kid: common.key_id.clone(), algorithm: by_kind, decoding }).map(Some)
}

/// Refuses keys that are too short, or not of their algorithm's kind.
fn strong(key: Key) -> Result<Key, String> {
    if family(key.algorithm) != Some(key.decoding.family()) {
        return Err("this key is for another algorithm".into());
    }
    let (bytes, min) = match (key.algorithm, key.decoding.kind()) {
        (Algorithm::HS256, DecodingKeyKind::SecretOrDer(secret)) => {
            (secret.len(), SECRET_BYTES_MIN)
        }
        (Algorithm::RS256, DecodingKeyKind::RsaModulusExponent { n, .. }) => {
            (n.len(), MODULUS_BYTES_MIN)
        }
        (Algorithm::RS256, DecodingKeyKind::SecretOrDer(der)) => (der.len(), MODULUS_BYTES_MIN),
        _ => return Ok(key),
    };
    match bytes < min {
        true => Err(format!("this key is too short: at least {min} bytes are needed")),
        false => Ok(key),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::Arc;
    use std::time::Duration;

    use async_std::task::block_on;
    use jsonwebtoken::Algorithm;
    use support::jwt::{Signer, jwks};
    use tempfile::TempDir;

    use super::{KeySource, Keys, LOOK_MS, READ_MS};
    use crate::base::metrics::Metrics;
    use crate::base::tasks::Tasks;

    struct Set {
        folder: TempDir,
        tasks: Arc<Tasks>,
        keys: Keys,
    }

    impl Set {
        fn with(names: &[&str]) -> Self {
            let folder = TempDir::new().expect("a temporary directory");
            write(&folder, names);
            let source = KeySource::Set(folder.path().join("jwks.json"));
            let keys = Keys::load(source, vec![Algorithm::ES256]).expect("readable");
            Self { folder, tasks: Tasks::new(Duration::from_secs(9), Metrics::new()), keys }
        }

        fn has(&self, kid: &str, now_ms: u64) -> bool {
            block_on(self.keys.find(Some(kid), now_ms, &self.tasks)).is_some()
        }
    }

    fn write(folder: &TempDir, names: &[&str]) {
        let signers: Vec<_> = names.iter().map(|name| Signer::es256().named(name)).collect();
        let set = jwks(&signers.iter().collect::<Vec<_>>());
        fs::write(folder.path().join("jwks.json"), set).expect("written");
    }

    #[test]
    fn a_key_that_was_taken_out_is_refused_and_one_that_was_put_in_is_known() {
        let set = Set::with(&["a"]);
        assert!(set.has("a", 10_000) && !set.has("b", 10_000));
        write(&set.folder, &["a", "b"]);
        assert!(set.has("b", 10_000 + READ_MS), "both are good while keys are changed");
        assert!(set.has("a", 10_000 + READ_MS));
        write(&set.folder, &["b"]);
        assert!(!set.has("a", 10_000 + READ_MS + LOOK_MS));
        assert!(set.has("b", 10_000 + READ_MS + LOOK_MS));
        write(&set.folder, &[]);
        assert!(!set.has("b", 10_000 + READ_MS + 2 * LOOK_MS), "an empty set is nobody's");
    }

    #[test]
    fn unknown_keys_have_the_file_read_once_in_a_while_however_many_there_are() {
        let set = Set::with(&["a"]);
        assert!(!set.has("b", 10_000));
        // In the same moment, so that a look at the file alone would not notice it.
        let file = set.folder.path().join("jwks.json");
        let before = fs::metadata(&file).and_then(|seen| seen.modified()).expect("a time");
        write(&set.folder, &["b"]);
        let written = fs::File::options().write(true).open(&file).expect("writable");
        written.set_modified(before).expect("set");
        for ms in (0..READ_MS).step_by(100) {
            assert!(!set.has("b", 10_000 + ms), "after {ms} ms");
        }
        assert!(set.has("b", 10_000 + READ_MS));
    }

    #[test]
    fn a_file_that_cannot_be_read_takes_no_key_away() {
        let set = Set::with(&["a"]);
        for (round, broken) in
            ["", "{", "[]", "{\"keys\": [{\"kty\": \"EC\"}, 1]}"].iter().enumerate()
        {
            fs::write(set.folder.path().join("jwks.json"), broken).expect("written");
            assert!(set.has("a", 10_000 * (round as u64 + 1)), "{broken}");
        }
        fs::remove_file(set.folder.path().join("jwks.json")).expect("removed");
        assert!(set.has("a", 100_000));
        write(&set.folder, &["b"]);
        assert!(set.has("b", 200_000) && !set.has("a", 200_000));
    }
}
