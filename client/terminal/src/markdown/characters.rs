//! Character classes as marks, words and names need them.
//!
//! White space is what JavaScript calls white space, since the browser client must parse a text in the same
//! way. Positions in a text are in bytes.

use std::sync::LazyLock;

use regex::Regex;

use crate::pattern::pattern;

/// Scripts written without spaces between words, or with suffixes right behind a name.
static SPACELESS: LazyLock<Regex> =
    pattern!(r"^[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]$",);

static LETTER: LazyLock<Regex> = pattern!(r"^[\p{L}\p{M}\p{N}]$");
static MARK_OR_NUMBER: LazyLock<Regex> = pattern!(r"^[\p{M}\p{N}]$");

/// The character before a place.
pub(crate) fn before(text: &str, at: usize) -> Option<char> {
    text[..at].chars().next_back()
}

/// The character at a place.
pub(crate) fn after(text: &str, at: usize) -> Option<char> {
    text.get(at..)?.chars().next()
}

/// A letter, a mark on one, or a digit.
pub(super) fn is_letter(c: Option<char>) -> bool {
    is(&LETTER, c)
}

/// Whether a character makes a word of its neighbour.
pub(crate) fn is_wordy(c: Option<char>) -> bool {
    is_letter(c) && !is_spaceless(c)
}

/// Whether a character is a letter of a script without spaces.
pub(super) fn is_spaceless(c: Option<char>) -> bool {
    is(&SPACELESS, c)
}

/// Whether two adjacent characters belong to one word: those of `ana` and `さん` do not.
pub(super) fn is_one_word(one: Option<char>, other: Option<char>) -> bool {
    let same = || is_spaceless(one) == is_spaceless(other) || is(&MARK_OR_NUMBER, other);
    is_letter(one) && is_letter(other) && same()
}

fn is(pattern: &Regex, c: Option<char>) -> bool {
    c.is_some_and(|c| pattern.is_match(c.encode_utf8(&mut [0; 4])))
}

pub(super) fn is_space(c: char) -> bool {
    (c.is_whitespace() && c != '\u{85}') || c == '\u{feff}'
}

/// A text without white space at its ends.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(is_space)
}

pub(super) fn trim_end(text: &str) -> &str {
    text.trim_end_matches(is_space)
}
