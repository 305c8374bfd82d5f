//! The second factor: codes of an authenticator app (TOTP, RFC 6238), and recovery codes for when it is lost.
//!
//! Plain values. The commands of accounts bring the time and keep what is stored: the secret, the step of the last
//! code, and the hashes of the recovery codes that are left.

use std::fmt::{self, Write};
use std::sync::LazyLock;

use data_encoding::{BASE32_NOPAD, Encoding, Specification};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// How long a code is the current one. Apps assume this, SHA-1 and six digits, whatever the address says.
const STEP_S: u64 = 30;
const DIGITS: usize = 6;

/// How many steps a clock may be ahead or behind: RFC 6238 recommends one for slow people and slow networks
/// (section 5.2).
const STEPS_OFF: u64 = 1;

/// What the server and the app share: 20 bytes, as RFC 4226 recommends (section 4).
#[derive(Clone)]
pub(crate) struct Secret(Zeroizing<[u8; Self::BYTES]>);

impl Secret {
    pub(crate) const BYTES: usize = 20;

    pub(crate) fn random() -> Self {
        let mut bytes = Zeroizing::new([0; Self::BYTES]);
        getrandom::fill(&mut *bytes).expect("the system gives random bytes after it has started");
        Self(bytes)
    }

    pub(crate) fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    pub(crate) fn as_bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }

    /// The secret as people type it into an app that can't read a picture.
    pub(crate) fn to_base32(&self) -> Zeroizing<String> {
        Zeroizing::new(BASE32_NOPAD.encode(&*self.0))
    }

    /// What a picture for the app holds: an address in the form that Google Authenticator introduced.
    pub(crate) fn uri(&self, issuer: &str, account: &str) -> Zeroizing<String> {
        let (issuer, account) = (encoded(issuer), encoded(account));
        Zeroizing::new(format!(
            "otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}\
             &period={STEP_S}",
            *self.to_base32()
        ))
    }

    /// Checks a code at a time in Unix seconds. Returns its step, which has to be stored as `last_step` before the
    /// code counts: no code of that step or an older one is good again.
    pub(crate) fn check(&self, code: &str, unix_s: u64, last_step: Option<u64>) -> Option<u64> {
        let code = parse(code)?;
        let now = unix_s / STEP_S;
        let steps = now.saturating_sub(STEPS_OFF)..=now.saturating_add(STEPS_OFF);
        // From the newest on: should two steps have the same code, both are used up.
        steps
            .rev()
            .filter(|step| last_step.is_none_or(|last| *step > last))
            .find(|step| self.number(*step) % 10_u32.pow(DIGITS as u32) == code)
    }

    /// The code that an app shows at a time in Unix seconds.
    #[cfg(test)]
    pub(crate) fn code(&self, unix_s: u64) -> String {
        format!("{:06}", self.number(unix_s / STEP_S) % 10_u32.pow(DIGITS as u32))
    }

    /// The number that the digits are taken from: HOTP (RFC 4226, section 5.3) of the step.
    fn number(&self, step: u64) -> u32 {
        let mut hmac =
            Hmac::<Sha1>::new_from_slice(&*self.0).expect("HMAC takes keys of any length");
        hmac.update(&step.to_be_bytes());
        let hash = hmac.finalize().into_bytes();
        let offset = usize::from(hash[hash.len() - 1] & 15);
        let bytes = hash[offset..].first_chunk().expect("20 bytes, and an offset of at most 15");
        u32::from_be_bytes(*bytes) & 0x7fff_ffff
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Reads a code. Apps show it in two groups, so spaces don't matter.
fn parse(code: &str) -> Option<u32> {
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).take(DIGITS + 1).collect();
    let is_code = digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| is_code)
}

/// Percent-encodes all but the unreserved characters (RFC 3986, section 2.3): apps split the name at a colon.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// A code that replaces one code of the app, once. Shown when it is made, and never again.
///
/// 80 bits in 16 characters of Crockford's base 32. That many can't be tried by somebody who stole the hashes, so a
/// fast hash without a salt is enough.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct RecoveryCode(Zeroizing<[u8; 10]>);

/// What is stored of a recovery code: its SHA-256.
pub(crate) type RecoveryHash = [u8; 32];

/// Read as `LinkCode` is: case, hyphens and white space don't matter, and a letter that looks like a digit is it.
static CROCKFORD: LazyLock<Encoding> = LazyLock::new(|| {
    let mut crockford = Specification::new();
    crockford.symbols.push_str("0123456789ABCDEFGHJKMNPQRSTVWXYZ");
    crockford.translate.from.push_str("abcdefghjkmnpqrstvwxyzIiLlOo");
    crockford.translate.to.push_str("ABCDEFGHJKMNPQRSTVWXYZ111100");
    crockford.encoding().expect("32 symbols, and each is translated once")
});

impl RecoveryCode {
    /// How many a person gets.
    pub(crate) const COUNT: usize = 10;

    pub(crate) fn random() -> Self {
        let mut bytes = Zeroizing::new([0; 10]);
        getrandom::fill(&mut *bytes).expect("the system gives random bytes after it has started");
        Self(bytes)
    }

    /// Reads a code as a person types it; `None` when it cannot be one.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let kept = |c: &char| *c != '-' && !c.is_whitespace();
        let text: Zeroizing<String> =
            Zeroizing::new(text.chars().filter(kept).take(Self::CHARS + 1).collect());
        let bytes = Zeroizing::new(CROCKFORD.decode(text.as_bytes()).ok()?);
        Some(Self(Zeroizing::new(bytes.as_slice().try_into().ok()?)))
    }

    pub(crate) fn hash(&self) -> RecoveryHash {
        Sha256::digest(*self.0).into()
    }

    const CHARS: usize = 16;
}

/// In four groups: `0123-4567-89AB-CDEF`.
impl fmt::Display for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = Zeroizing::new(CROCKFORD.encode(&*self.0));
        for (at, c) in code.chars().enumerate() {
            if at > 0 && at % 4 == 0 {
                f.write_char('-')?;
            }
            f.write_char(c)?;
        }
        Ok(())
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

/// New recovery codes, and what is stored of them, in place of all older ones.
pub(crate) fn recovery_codes() -> (Vec<RecoveryCode>, Vec<RecoveryHash>) {
    let codes = Vec::from_iter((0..RecoveryCode::COUNT).map(|_| RecoveryCode::random()));
    let hashes = codes.iter().map(RecoveryCode::hash).collect();
    (codes, hashes)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{RecoveryCode, Secret, recovery_codes};

    /// Of RFC 6238, appendix B.
    fn secret() -> Secret {
        Secret::from_bytes(*b"12345678901234567890")
    }

    /// When 30-second step 41152263 begins, whose code in eight digits is 89005924 by the RFC.
    const AT: u64 = 1_234_567_890;

    fn code(step: u64) -> String {
        format!("{:06}", secret().number(step) % 1_000_000)
    }

    #[test]
    fn the_vectors_of_rfc_6238_hold() {
        for (unix_s, expected) in [
            (59, 94_287_082),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (AT, 89_005_924),
            (2_000_000_000, 69_279_037),
            (20_000_000_000, 65_353_130),
        ] {
            assert_eq!(secret().number(unix_s / 30) % 100_000_000, expected, "{unix_s}");
            let six = format!("{:06}", expected % 1_000_000);
            assert_eq!(secret().check(&six, unix_s, None), Some(unix_s / 30));
        }
    }

    #[test]
    fn one_step_off_is_good_and_two_are_not() {
        let now = AT / 30;
        for (step, is_good) in
            [(now - 2, false), (now - 1, true), (now, true), (now + 1, true), (now + 2, false)]
        {
            let checked = secret().check(&code(step), AT, None);
            assert_eq!(checked, is_good.then_some(step), "{}", step as i64 - now as i64);
        }
        assert_eq!(secret().check(&code(0), 0, None), Some(0), "there is no step before the first");
        assert_eq!(secret().check(&code(1), u64::MAX, None), None);
    }

    #[test]
    fn no_code_is_good_twice_and_none_before_the_last() {
        let now = AT / 30;
        let last = secret().check(&code(now), AT, None);
        assert_eq!(last, Some(now));
        assert_eq!(secret().check(&code(now), AT, last), None, "again");
        assert_eq!(secret().check(&code(now - 1), AT, last), None, "an older one");
        assert_eq!(secret().check(&code(now + 1), AT, last), Some(now + 1));
        assert_eq!(secret().check(&code(now), AT, Some(now - 1)), Some(now));
    }

    #[test]
    fn two_steps_with_one_code_are_used_up_together() {
        // The first two neighbours of this secret that have the same code.
        let same = 910_737;
        assert_eq!(code(same), code(same + 1));
        let last = secret().check(&code(same), same * 30, None);
        assert_eq!(last, Some(same + 1));
        assert_eq!(secret().check(&code(same), same * 30, last), None);
    }

    #[test]
    fn spaces_in_a_code_do_not_matter_and_all_else_does() {
        let good = code(AT / 30);
        let (left, right) = good.split_at(3);
        assert!(secret().check(&format!(" {left} {right} "), AT, None).is_some());
        let arabic: String = good
            .bytes()
            .filter_map(|digit| char::from_u32(0x660 + u32::from(digit - b'0')))
            .collect();
        let long = format!("{good}{}", "0".repeat(10_000));
        for bad in
            ["", &good[1..], &format!("0{good}"), &format!("+{}", &good[1..]), &arabic, &long]
        {
            assert_eq!(secret().check(bad, AT, None), None, "{bad:.20}");
        }
    }

    #[test]
    fn the_uri_is_what_apps_read() {
        assert_eq!(
            *secret().uri("Chat: ünn", "ana&b"),
            "otpauth://totp/Chat%3A%20%C3%BCnn:ana%26b?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=Chat%3A%20%C3%BCnn&algorithm=SHA1&digits=6&period=30"
        );
    }

    #[test]
    fn secrets_are_random_and_not_printed() {
        let (one, other) = (Secret::random(), Secret::random());
        assert_ne!(one.as_bytes(), other.as_bytes());
        assert_ne!(*one.as_bytes(), [0; Secret::BYTES]);
        assert_eq!(*Secret::from_bytes(*one.as_bytes()).to_base32(), *one.to_base32());
        assert_eq!(one.to_base32().len(), 32);
        assert_eq!(format!("{one:?} {:?}", RecoveryCode::random()), "Secret(…) RecoveryCode(…)");
    }

    #[test]
    fn a_recovery_code_is_known_by_its_hash() {
        let (codes, hashes) = recovery_codes();
        assert_eq!((codes.len(), hashes.iter().collect::<HashSet<_>>().len()), (10, 10));
        let (_, others) = recovery_codes();
        for (code, hash) in codes.iter().zip(&hashes) {
            let typed = RecoveryCode::parse(&code.to_string()).expect("a code").hash();
            assert_eq!(typed, *hash);
            assert!(!others.contains(&typed));
        }
    }

    #[test]
    fn recovery_codes_are_read_as_people_type_them() {
        let code = RecoveryCode::parse("0123-4567-89AB-CDEF").expect("a code");
        assert_eq!(code.to_string(), "0123-4567-89AB-CDEF");
        for typed in [
            "0123456789abcdef",
            " o1 23 4567\t89ab-cdEF\n",
            "OI23-4567-89AB-CDEF",
            "0l23456789abcdef",
        ] {
            assert_eq!(RecoveryCode::parse(typed).as_ref(), Some(&code), "{typed}");
        }
        let long = "0".repeat(10_000);
        for bad in [
            "",
            "0123456789ABCDE",
            "0123456789ABCDEFG",
            "0123456789ABCDEU",
            "0123456789ABCDEé",
            &long,
        ] {
            assert_eq!(RecoveryCode::parse(bad), None, "{bad:.20}");
        }
        // `printf '\x00\x44\x32\x14\xc7\x42\x54\xb6\x35\xcf' | sha256sum`
        let hash = code.hash().map(|byte| format!("{byte:02x}")).concat();
        assert_eq!(hash, "753acb23ddc73c0765ec6569178758dec47432007e6858a1f0a43443242c3037");
    }
}
