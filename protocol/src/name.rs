//! Names of people and rooms: what is allowed, and when two names count as the same.

use std::fmt;

use serde::{Serialize, Serializer};
use unicase::UniCase;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_security::GeneralSecurityProfile;
use unicode_security::confusable_detection::skeleton;

/// What a name is compared by: two names with the same fold are the same name.
///
/// NFKC, then full case folding, then the skeleton of Unicode Technical Standard #39, which maps
/// letters that look alike to one ("раypal" with Cyrillic letters to "paypal").
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fold(Box<str>);

impl Fold {
    fn of(name: &str) -> Self {
        let cased = UniCase::unicode(name.nfkc().collect::<String>()).to_folded_case();
        Self(skeleton(&cased).collect::<String>().into_boxed_str())
    }

    /// Whether this name has that part in it; see [`RoomName::part`].
    pub fn contains(&self, part: &Fold) -> bool {
        self.0.contains(&*part.0)
    }

    /// The folded characters: for keys, never for showing.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a person is called. Unique among those who are present, by its [`Fold`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Nick(Box<str>);

impl Nick {
    /// The most characters (Unicode scalar values after NFC) in a nick.
    pub const CHARS_MAX: usize = 24;

    /// Reads a nick: letters, digits, `-`, `_` and `.`, with at least one letter or digit.
    ///
    /// # Errors
    /// [`BadName`] says which rule is broken.
    pub fn parse(text: &str) -> Result<Self, BadName> {
        parse(text, Self::CHARS_MAX).map(Self)
    }

    /// What this nick is compared by.
    pub fn fold(&self) -> Fold {
        Fold::of(&self.0)
    }

    /// The nick as it is shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The name of a room, compared by its [`Fold`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RoomName(Box<str>);

impl RoomName {
    /// The most characters (Unicode scalar values after NFC) in a room's name.
    pub const CHARS_MAX: usize = 48;

    /// Reads a room's name: letters, digits, `-`, `_` and `.`, with at least one letter or digit.
    ///
    /// # Errors
    /// [`BadName`] says which rule is broken.
    pub fn parse(text: &str) -> Result<Self, BadName> {
        parse(text, Self::CHARS_MAX).map(Self)
    }

    /// Reads what somebody looks for in names: the beginning of one, the middle, a whole one. A
    /// leading `#` is left out. `None`: no name has this in it.
    pub fn part(text: &str) -> Option<Fold> {
        let text = text.strip_prefix('#').unwrap_or(text);
        let part: String = text.nfc().take(Self::CHARS_MAX + 1).collect();
        let is_short = part.chars().count() <= Self::CHARS_MAX;
        (is_short && part.chars().all(is_allowed)).then(|| Fold::of(&part))
    }

    /// What this name is compared by.
    pub fn fold(&self) -> Fold {
        Fold::of(&self.0)
    }

    /// The name as it is shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Nick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for RoomName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Nick {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl Serialize for RoomName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// Why a name was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadName {
    /// Nothing was given.
    #[error("a name needs at least one letter or digit")]
    Empty,
    /// Too many characters.
    #[error("a name has at most {max} characters, this one has {chars}")]
    TooLong {
        /// How many were given, counted after NFC; counting stops a little past the limit.
        chars: usize,
        /// How many are allowed.
        max: usize,
    },
    /// A character that does not belong in a name.
    #[error("U+{:04X} is not allowed in a name; letters, digits, '-', '_' and '.' are", u32::from(*.0))]
    Character(char),
    /// A pile of combining marks.
    #[error("a name has at most {MARKS_MAX} combining marks in a row")]
    Marks,
}

/// Scripts need two marks on one letter (Vietnamese before NFC, Hebrew, Indic); piles of them are
/// only used to write over other people's lines.
const MARKS_MAX: usize = 2;

fn parse(text: &str, chars_max: usize) -> Result<Box<str>, BadName> {
    // Normalising is linear, but a name of a megabyte needs no answer in full.
    let name: String = text.nfc().take(chars_max + 16).collect();
    let chars = name.chars().count();
    if chars > chars_max {
        return Err(BadName::TooLong { chars, max: chars_max });
    }
    if let Some(bad) = name.chars().find(|c| !is_allowed(*c)) {
        return Err(BadName::Character(bad));
    }
    let mut marks = 0;
    for c in name.chars() {
        marks = if is_combining_mark(c) { marks + 1 } else { 0 };
        if marks > MARKS_MAX {
            return Err(BadName::Marks);
        }
    }
    if !name.chars().any(char::is_alphanumeric) {
        return Err(BadName::Empty);
    }
    Ok(name.into_boxed_str())
}

/// The identifier characters of UTS #39 without those that mean something in a chat line.
fn is_allowed(c: char) -> bool {
    c.identifier_allowed() && !matches!(c, '\'' | ':' | '\u{2019}')
}

#[cfg(test)]
mod tests {
    use super::{BadName, Nick, RoomName};

    fn fold(nick: &str) -> String {
        Nick::parse(nick).expect("a valid nick").fold().as_str().to_owned()
    }

    #[test]
    fn names_that_differ_in_case_or_look_alike_are_one() {
        assert_eq!(fold("Ana"), fold("aNA"));
        assert_eq!(fold("paypal"), fold("р\u{430}ypal"), "Cyrillic er and a");
        assert_eq!(fold("straße"), fold("STRASSE"));
        assert_ne!(fold("ana"), fold("anna"));
    }

    #[test]
    fn folds_stay_as_they_are_in_every_log() {
        // A log keeps the folds of its rooms. When new Unicode tables change one of these, the
        // rooms of old logs have to be moved before such a version is released.
        for (name, kept) in [
            ("Lobby", "lobby"),
            ("straße", "strasse"),
            ("М1ке", "ʍlĸe"),
            ("İstanbul", "i\u{307}stanbul"),
            ("日本語", "日本語"),
        ] {
            assert_eq!(fold(name), kept, "{name}");
        }
    }

    #[test]
    fn a_part_is_found_however_it_is_written() {
        let has = |name: &str, part: &str| {
            let part = RoomName::part(part).unwrap_or_else(|| panic!("{part:?} may be a part"));
            RoomName::parse(name).expect("a valid name").fold().contains(&part)
        };
        for (name, part) in [
            ("Straße", "STRASS"),
            ("straße", "#Stra"),
            ("Straße", "ße"),
            ("café-bar", "cafe"),
            ("café-bar", "CAFÉ"),
            ("한국어", "하"),
            ("kitchen.2", "n.2"),
            ("lobby", "-"),
            ("lobby", ""),
            ("lobby", "#"),
        ] {
            assert_eq!(has(name, part), part != "-", "{part:?} in {name:?}");
        }
        assert!(!has("lobby", "lobbyy"));
        assert!(!has("cafe", "é"), "a mark that is written is looked for");
    }

    #[test]
    fn what_no_name_has_in_it_is_no_part() {
        for text in ["a b", "##a", "a#", "a/b", " ", "\u{0}", "\u{200b}", &"a".repeat(49)] {
            assert_eq!(RoomName::part(text), None, "{text:?}");
        }
        assert!(RoomName::part(&"a".repeat(48)).is_some());
        assert!(RoomName::part(&format!("#{}", "a".repeat(48))).is_some());
        assert_eq!(RoomName::part(&"e\u{301}".repeat(1_000_000)), None);
    }

    #[test]
    fn names_of_many_scripts_are_allowed() {
        for nick in ["zoë", "Łukasz", "日本語", "हिन्दी", "עברית", "x_1-b.c", "1st"]
        {
            assert_eq!(Nick::parse(nick).expect(nick).as_str(), nick);
        }
    }

    #[test]
    fn a_name_is_stored_composed() {
        assert_eq!(Nick::parse("zoe\u{308}").expect("valid").as_str(), "zo\u{eb}");
    }

    #[test]
    fn spaces_controls_invisibles_and_punctuation_are_refused() {
        for nick in
            ["a b", "a\u{0}b", "a\u{200b}b", "a\u{202e}b", "<b>", "a:b", "@a", "a/b", "\u{1b}[1m"]
        {
            assert!(matches!(Nick::parse(nick), Err(BadName::Character(_))), "{nick:?}");
        }
    }

    #[test]
    fn empty_and_too_long_names_are_refused() {
        assert_eq!(Nick::parse(""), Err(BadName::Empty));
        assert_eq!(Nick::parse("-_-"), Err(BadName::Empty));
        assert!(Nick::parse(&"a".repeat(24)).is_ok());
        assert_eq!(Nick::parse(&"a".repeat(25)), Err(BadName::TooLong { chars: 25, max: 24 }));
        assert!(matches!(RoomName::parse(&"a".repeat(1_000_000)), Err(BadName::TooLong { .. })));
        assert_eq!(Nick::parse("a\u{301}\u{302}\u{303}\u{304}"), Err(BadName::Marks));
    }
}
