//! What is stored of a password: a PHC string of argon2id with its parameters, a salt and the hash.

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::password_hash::{self, Error};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Params, Version};

use crate::identity::passwords::password::Password;

/// Memory in KiB, passes and lanes: what OWASP's Password Storage Cheat Sheet names first (19 MiB, 2 passes, 1 lane).
const MEMORY: u32 = 19 * 1_024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// More than this is not computed. A later version may have stored it (RFC 9106, section 4, has 64 MiB, 3 passes and
/// 4 lanes); a damaged string must not take all memory.
const MEMORY_MAX: u32 = 64 * 1_024;
const PASSES_MAX: u32 = 4;
const LANES_MAX: u32 = 4;

/// Lengths that RFC 9106 recommends (section 3.1).
const SALT_BYTES: usize = 16;
const HASH_BYTES: usize = 32;

const VERSION: Version = Version::V0x13;

/// The slow function: parameters, password, salt, and where the hash goes. It is an argument, so that tests can count
/// and hold its calls.
pub(super) type Slow =
    dyn Fn(&Argon2<'_>, &[u8], &[u8], &mut [u8]) -> argon2::Result<()> + Send + Sync;

/// A hash that can be compared with a password.
pub(super) struct Stored {
    params: Params,
    salt: Salt,
    hash: Output,
}

/// Why a stored string cannot be compared with anything.
#[derive(Debug, thiserror::Error)]
pub(super) enum BadHash {
    #[error("it is no PHC string: {0}")]
    Unreadable(#[from] Error),
    #[error("it is not of argon2id, version 19, with salt and hash")]
    Other,
    #[error("it takes {memory} KiB of memory, {passes} passes and {lanes} lanes: too much")]
    TooCostly { memory: u32, passes: u32, lanes: u32 },
}

impl Stored {
    pub(super) fn parse(phc: &str) -> Result<Self, BadHash> {
        let parsed = PasswordHash::new(phc).map_err(Error::from)?;
        let params = Params::try_from(&parsed)?;
        let (memory, passes, lanes) = (params.m_cost(), params.t_cost(), params.p_cost());
        if memory > MEMORY_MAX || passes > PASSES_MAX || lanes > LANES_MAX {
            return Err(BadHash::TooCostly { memory, passes, lanes });
        }
        match (parsed.salt, parsed.hash) {
            (Some(salt), Some(hash))
                if parsed.algorithm == ARGON2ID_IDENT && parsed.version == Some(VERSION.into()) =>
            {
                Ok(Self { params, salt, hash })
            }
            _ => Err(BadHash::Other),
        }
    }

    /// What a password is compared with when nothing is stored, so that it takes the same time.
    pub(super) fn nothing() -> Self {
        Self {
            params: todays_params(),
            salt: Salt::new(&[0; SALT_BYTES]).expect("a salt has 8 to 48 bytes"),
            hash: Output::new(&[0; HASH_BYTES]).expect("a hash has 10 to 64 bytes"),
        }
    }

    /// Compares, in a time that does not depend on how far the hashes agree.
    pub(super) fn fits(&self, password: &Password, slow: &Slow) -> password_hash::Result<bool> {
        let hash = compute(&self.params, password, &self.salt, self.hash.len(), slow)?;
        Ok(hash == self.hash)
    }

    /// Whether less work went into it than would today.
    pub(super) fn is_weak(&self) -> bool {
        self.params.m_cost() < MEMORY
            || self.params.t_cost() < PASSES
            || self.salt.len() < SALT_BYTES
            || self.hash.len() < HASH_BYTES
    }
}

/// Hashes a password with today's parameters and a new salt.
pub(super) fn hash(password: &Password, slow: &Slow) -> password_hash::Result<String> {
    let params = todays_params();
    let mut salt = [0; SALT_BYTES];
    getrandom::fill(&mut salt).expect("the system gives random bytes after it has started");
    let hash = compute(&params, password, &salt, HASH_BYTES, slow)?;
    let stored = PasswordHash {
        algorithm: ARGON2ID_IDENT,
        version: Some(VERSION.into()),
        params: ParamsString::try_from(&params)?,
        salt: Some(Salt::new(&salt)?),
        hash: Some(hash),
    };
    Ok(stored.to_string())
}

fn compute(
    params: &Params,
    password: &Password,
    salt: &[u8],
    bytes: usize,
    slow: &Slow,
) -> password_hash::Result<Output> {
    let argon2 = Argon2::new(Algorithm::Argon2id, VERSION, params.clone());
    let mut hash = [0; Output::MAX_LENGTH];
    let hash = hash.get_mut(..bytes).ok_or(Error::OutputSize)?;
    slow(&argon2, password.as_bytes(), salt, hash)?;
    Ok(Output::new(hash)?)
}

fn todays_params() -> Params {
    Params::new(MEMORY, PASSES, LANES, Some(HASH_BYTES)).expect("they are within argon2's bounds")
}

#[cfg(test)]
mod tests {
    use super::{BadHash, Stored, hash};
    use crate::identity::passwords::password::Password;
    use argon2::Argon2;

    fn given(text: &str) -> Password {
        Password::given(text).expect("a password")
    }

    fn slow(argon2: &Argon2<'_>, word: &[u8], salt: &[u8], hash: &mut [u8]) -> argon2::Result<()> {
        argon2.hash_password_into(word, salt, hash)
    }

    #[test]
    fn a_hash_fits_its_password_alone() {
        let phc = hash(&given("turtle in the sun"), &slow).expect("a hash");
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
        let again = hash(&given("turtle in the sun"), &slow).expect("a hash");
        assert_ne!(phc, again, "another salt");
        let stored = Stored::parse(&phc).expect("a hash");
        assert!(stored.fits(&given("turtle in the sun"), &slow).expect("compared"));
        assert!(!stored.fits(&given("turtle in the sea"), &slow).expect("compared"));
        assert!(!stored.is_weak());
    }

    #[test]
    fn hashes_of_the_reference_implementation_are_read() {
        // `echo -n password | argon2 somesalt -id -t 2 -k 256 -p 1 -e`
        let phc = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$\
                   nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
        let stored = Stored::parse(phc).expect("a hash");
        assert!(stored.fits(&given("password"), &slow).expect("compared"));
        assert!(stored.is_weak());
    }

    #[test]
    fn less_of_anything_is_weak() {
        let weak = |cost: &str, salt: &str, hash: &str| {
            Stored::parse(&format!("$argon2id$v=19${cost}${salt}${hash}")).expect("read").is_weak()
        };
        let (salt, hash) = ("A".repeat(22), "A".repeat(43));
        assert!(!weak("m=19456,t=2,p=1", &salt, &hash));
        assert!(!weak("m=65536,t=3,p=4", &salt, &hash));
        assert!(weak("m=19455,t=2,p=1", &salt, &hash));
        assert!(weak("m=19456,t=1,p=1", &salt, &hash));
        assert!(weak("m=19456,t=2,p=1", "AAAAAAAAAAA", &hash));
        assert!(weak("m=19456,t=2,p=1", &salt, &"A".repeat(22)));
    }

    #[test]
    fn what_cannot_be_compared_is_refused() {
        let end = format!("${}${}", "A".repeat(22), "A".repeat(43));
        for other in ["$argon2i$v=19", "$argon2id$v=16", "$argon2id", "$scrypt$v=19"] {
            let stored = Stored::parse(&format!("{other}$m=19456,t=2,p=1{end}"));
            assert!(matches!(stored, Err(BadHash::Other)), "{other}");
        }
        for cost in
            ["m=65537,t=2,p=1", "m=4294967295,t=2,p=1", "m=19456,t=5,p=1", "m=19456,t=2,p=5"]
        {
            let stored = Stored::parse(&format!("$argon2id$v=19${cost}{end}"));
            assert!(matches!(stored, Err(BadHash::TooCostly { .. })), "{cost}");
        }
        let cut = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA";
        assert!(matches!(Stored::parse(cut), Err(BadHash::Other)));
        for nothing in ["", "turtle", "$", "$argon2id$v=19$m=0,t=2,p=1$AAAAAAAAAAA$AAAA"] {
            assert!(matches!(Stored::parse(nothing), Err(BadHash::Unreadable(_))), "{nothing}");
        }
    }
}
