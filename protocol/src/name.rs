//! Names of people, rooms and groups: what is allowed, and when two names count as the same.

use std::fmt;

use serde::{Serialize, Serializer};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

mod fold;
mod rules;
#[cfg(test)]
mod tests;

pub use fold::Fold;
pub(crate) use rules::{has_piled_marks, is_ignorable};
use rules::{is_allowed, is_joiner};

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

    /// A room's name that was stored: it was judged when it was given, perhaps by the tables of
    /// another version of Unicode.
    pub fn kept(text: String) -> Self {
        Self(text.into_boxed_str())
    }

    /// Reads what somebody looks for in names: the beginning of one, the middle, a whole one. A
    /// leading `#` is left out. `None`: no name has this in it.
    pub fn part(text: &str) -> Option<Fold> {
        let text = text.strip_prefix('#').unwrap_or(text);
        let part: String = text.nfc().take(Self::CHARS_MAX + 1).collect();
        let is_short = part.chars().count() <= Self::CHARS_MAX;
        let is_part = is_short && part.chars().all(|c| is_allowed(c) || is_joiner(c));
        let fold = is_part.then(|| Fold::of(&part))?;
        // Joiners alone would be found everywhere.
        (part.is_empty() || !fold.is_empty()).then_some(fold)
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

/// The name of a group of people, compared by its [`Fold`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct GroupName(Box<str>);

impl GroupName {
    /// The most characters (Unicode scalar values after NFC) in a group's name. A room says which groups it names,
    /// so they are as short as nicks.
    pub const CHARS_MAX: usize = 24;

    /// Reads a group's name: letters, digits, `-`, `_` and `.`, with at least one letter or digit.
    ///
    /// # Errors
    /// [`BadName`] says which rule is broken.
    pub fn parse(text: &str) -> Result<Self, BadName> {
        parse(text, Self::CHARS_MAX).map(Self)
    }

    /// A group's name that was stored: it was judged when it was given, perhaps by the tables of another version of
    /// Unicode.
    pub fn kept(text: String) -> Self {
        Self(text.into_boxed_str())
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

impl fmt::Display for GroupName {
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
    /// Nothing was given, or nothing but signs.
    #[error("a name needs at least one letter or digit, and this one has none")]
    Empty,
    /// Too many characters.
    #[error("a name has at most {max} characters, this one has {}", counted(*.chars, *.max))]
    TooLong {
        /// How many were given, counted after NFC; counting stops a little past the limit.
        chars: usize,
        /// How many are allowed.
        max: usize,
    },
    /// White space.
    #[error("a name has no spaces{}", offered(.suggestion.as_deref()))]
    Space {
        /// The same name with hyphens instead, if that is one.
        suggestion: Option<String>,
    },
    /// A character that does not belong in a name.
    #[error("{} cannot be in a name; letters, digits, '-', '_' and '.' can", shown(*.0))]
    Character(char),
    /// A letter of a historic script, or of none that is in everyday use.
    #[error("the letter {} cannot be in a name: {}", shown(*.0), rules::why_not(*.0))]
    Letter(char),
    /// A joiner where it would be an invisible character.
    #[error("{} cannot stand there in a name: it would be invisible", shown(*.0))]
    Joiner(char),
    /// A pile of combining marks.
    #[error(
        "a letter in a name carries at most {} combining marks, {} of those that fit any letter",
        rules::MARKS_MAX,
        rules::FREE_MARKS_MAX
    )]
    Marks,
}

impl BadName {
    /// A name like the one that was refused, which would not be.
    pub fn suggestion(&self) -> Option<&str> {
        match self {
            Self::Space { suggestion } => suggestion.as_deref(),
            _ => None,
        }
    }
}

fn parse(text: &str, chars_max: usize) -> Result<Box<str>, BadName> {
    // Normalising is linear, but a name of a megabyte needs no answer in full.
    let name: Vec<char> = text.trim().nfc().take(chars_max + COUNTED_BEYOND).collect();
    if name.len() > chars_max {
        return Err(BadName::TooLong { chars: name.len(), max: chars_max });
    }
    if text.chars().any(char::is_whitespace) {
        return Err(BadName::Space { suggestion: hyphenated(text, chars_max) });
    }
    rules::check(&name)?;
    if !name.iter().any(|c| c.is_alphanumeric()) {
        return Err(BadName::Empty);
    }
    Ok(name.into_iter().collect::<String>().into_boxed_str())
}

/// How far beyond the limit the characters of a name are counted.
const COUNTED_BEYOND: usize = 16;

/// The name with hyphens for its spaces, if that is a name.
fn hyphenated(text: &str, chars_max: usize) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().filter(|word| *word != "-").collect();
    parse(&words.join("-"), chars_max).ok().map(String::from)
}

/// What a name was counted to have.
fn counted(chars: usize, max: usize) -> String {
    match chars < max + COUNTED_BEYOND {
        true => chars.to_string(),
        false => "many more".into(),
    }
}

fn offered(suggestion: Option<&str>) -> String {
    match suggestion {
        Some(name) => format!(": try {name}"),
        None => "; use '-' between words".into(),
    }
}

/// A character for a person: as it looks, if it can be seen by itself, and its number.
fn shown(c: char) -> String {
    let is_seen = !c.is_control() && !is_ignorable(c) && !is_combining_mark(c);
    match is_seen {
        true => format!("'{c}' (U+{:04X})", u32::from(c)),
        false => format!("U+{:04X}", u32::from(c)),
    }
}
