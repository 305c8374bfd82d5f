//! A password as a person gave it, checked, normalised, and wiped from memory when it is dropped.
//!
//! The rules are those of NIST SP 800-63B-4, section 3.1.1.2: a length in code points, no demands for kinds of
//! characters, a list of common passwords, NFC. It asks for 15 characters where nothing but the password protects an
//! account; OWASP's ASVS 5.0 (6.2.1) demands 8 and recommends 15, and so does this server.

use std::fmt;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_public_assigned;
use zeroize::Zeroizing;

/// The shortest new password, in characters. Spaces at the ends don't count.
pub(crate) const CHARS_MIN: usize = 8;

/// The longest password in bytes, once normalised: room for long sentences in any script, and little to hash.
pub(crate) const BYTES_MAX: usize = 1_024;

/// The passwords of 8 characters and more among the 20,000 most common ones that Django refuses
/// (`django/contrib/auth/common-passwords.txt.gz` of Django 5.2, which has them from Royce Williams), in lower case
/// and sorted. Their licence is in `common.LICENSE`.
const COMMON: &str = include_str!("common.txt");

/// A password in NFC. Clones are wiped too.
#[derive(Clone)]
pub(crate) struct Password(Zeroizing<String>);

/// Why a password was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadPassword {
    #[error(
        "this password is too short: a password has at least {CHARS_MIN} characters, spaces at its ends not \
         counted; take several words"
    )]
    TooShort,
    #[error(
        "this password is too long: a password has at most {BYTES_MAX} bytes; take a shorter one"
    )]
    TooLong,
    #[error("this password is one of the most common ones, and would be guessed: choose another")]
    Common,
    #[error("a password must not be your name or the server's, which others know: choose another")]
    Name,
    #[error(
        "this password has a character that this server does not know, and that another device may send in \
         another way: choose another character"
    )]
    UnknownCharacter,
}

impl Password {
    /// Checks a password that is about to be set. `names` are what it must not be: the person's nick, the server's
    /// name.
    pub(crate) fn new(text: &str, names: &[&str]) -> Result<Self, BadPassword> {
        let password = Self::given(text)?;
        if password.0.trim().chars().count() < CHARS_MIN {
            return Err(BadPassword::TooShort);
        }
        // Only assigned characters have the same normal form in every version of Unicode.
        if !password.0.chars().all(is_public_assigned) {
            return Err(BadPassword::UnknownCharacter);
        }
        let Some(plain) = plain(&password.0) else { return Ok(password) };
        if COMMON.lines().any(|common| *common == **plain) {
            return Err(BadPassword::Common);
        }
        if names.iter().filter_map(|name| self::plain(name)).any(|name| name == plain) {
            return Err(BadPassword::Name);
        }
        Ok(password)
    }

    /// Takes a password that is to be compared with the one that was set.
    pub(crate) fn given(text: &str) -> Result<Self, BadPassword> {
        bounded(text.nfc()).map(Self).ok_or(BadPassword::TooLong)
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// What is left of a text when its spelling is looked past: full-width letters, capital letters, spaces at the ends.
/// `None` when that is too long to be common or a name.
fn plain(text: &str) -> Option<Zeroizing<String>> {
    bounded(text.trim().nfkc().flat_map(char::to_lowercase).nfkc())
}

/// Collects characters into a string that never grows, since growing would leave copies in freed memory.
fn bounded(mut chars: impl Iterator<Item = char>) -> Option<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::with_capacity(BYTES_MAX));
    chars
        .all(|c| {
            let fits = text.len() + c.len_utf8() <= BYTES_MAX;
            if fits {
                text.push(c);
            }
            fits
        })
        .then_some(text)
}

#[cfg(test)]
mod tests {
    use super::{BYTES_MAX, BadPassword, CHARS_MIN, COMMON, Password, plain};

    fn refused(text: &str) -> Option<BadPassword> {
        Password::new(text, &["Anastazja", "chat.example.org", ""]).err()
    }

    #[test]
    fn lengths_are_bounded() {
        assert_eq!(refused("wx7 rq2"), Some(BadPassword::TooShort));
        assert_eq!(refused("wx7 rq2k"), None);
        assert_eq!(refused("żółwiąćę"), None, "characters count, not bytes");
        assert_eq!(refused("żółwiąć"), Some(BadPassword::TooShort));
        assert_eq!(refused("z\u{307}ółwiąć"), Some(BadPassword::TooShort), "normalised first");
        assert_eq!(refused("  wx7 rq2  "), Some(BadPassword::TooShort));
        let long = "x7 é".repeat(BYTES_MAX / 5);
        let longest = format!("{long}{}", "q".repeat(BYTES_MAX - long.len()));
        assert_eq!(longest.len(), BYTES_MAX);
        assert_eq!(refused(&longest), None);
        assert_eq!(refused(&format!("{longest}q")), Some(BadPassword::TooLong));
        assert_eq!(Password::given(&longest).expect("it fits").as_bytes(), longest.as_bytes());
        assert_eq!(Password::given(&format!("{longest}q")).err(), Some(BadPassword::TooLong));
        assert!(Password::given("").is_ok(), "it is just wrong");
    }

    #[test]
    fn common_ones_are_refused_however_they_are_written() {
        for common in [
            "password",
            "PassWord",
            "IloveYou",
            "12345678",
            "Football  ",
            "ｐａｓｓｗｏｒｄ",
            "ℙassword",
        ] {
            assert_eq!(refused(common), Some(BadPassword::Common), "{common}");
        }
        let last = COMMON.lines().next_back().expect("a line");
        assert_eq!(refused(last), Some(BadPassword::Common), "{last}");
        assert_eq!(refused("password of a turtle"), None);
    }

    #[test]
    fn the_list_holds_what_can_be_met() {
        assert!(COMMON.lines().count() > 8_000);
        assert!(COMMON.lines().is_sorted());
        for line in COMMON.lines() {
            assert_eq!(**plain(line).expect("short"), *line, "it is compared in this form");
            assert!(line.chars().count() >= CHARS_MIN, "{line} is refused anyway");
        }
    }

    #[test]
    fn names_are_refused() {
        for name in ["anastazja", "ANASTAZJA", " Anastazja ", "Chat.Example.Org"] {
            assert_eq!(refused(name), Some(BadPassword::Name), "{name}");
        }
        assert_eq!(refused("anastazja and a turtle"), None);
    }

    #[test]
    fn two_spellings_of_a_character_are_one_password() {
        let composed = Password::new("caf\u{e9} au lait", &[]).expect("a password");
        let decomposed = Password::given("cafe\u{301} au lait").expect("a password");
        assert_eq!(composed.as_bytes(), decomposed.as_bytes());
        let other = Password::given("CAF\u{c9} au lait").expect("a password");
        assert_ne!(composed.as_bytes(), other.as_bytes(), "capital letters count");
    }

    #[test]
    fn only_characters_with_a_settled_form_are_taken() {
        assert_eq!(refused("turtle turtle \u{378}"), Some(BadPassword::UnknownCharacter));
        assert_eq!(refused("turtle 🐢 turtle"), None);
        assert!(Password::given("turtle turtle \u{378}").is_ok());
    }

    #[test]
    fn it_is_not_printed() {
        let password = Password::new("wx7 rq2k turtle", &[]).expect("a password");
        assert_eq!(format!("{password:?} {:?}", Some(&password)), "Password(…) Some(Password(…))");
    }

    #[test]
    fn every_refusal_says_what_to_do() {
        for bad in [
            BadPassword::TooShort,
            BadPassword::TooLong,
            BadPassword::Common,
            BadPassword::Name,
            BadPassword::UnknownCharacter,
        ] {
            let words = bad.to_string();
            assert!(words.contains("choose another") || words.contains("take "), "{words}");
        }
    }
}
