//! Names in a text: rooms and nicks behind their `#` or `@`; the reader's nick also as a bare word, if the
//! reader has turned that on.
//!
//! `inline` calls this for text that is neither code nor an address. The browser client follows the same
//! rule: client/web/tests/golden/mention.json.

use std::sync::LazyLock;

use regex::Regex;
use throng_protocol::{Nick, RoomName};

use super::characters::{after, before, is_letter, is_one_word, is_wordy};
use crate::pattern::pattern;

/// Roughly a name by the server's rules, which are stricter. The server decides when somebody joins.
static NAME: LazyLock<Regex> = pattern!(r"^[#@][\p{L}\p{N}_][\p{L}\p{M}\p{N}._-]*");

/// What CSS would take for a colour. Rooms with such names can still be joined by command.
static COLOUR: LazyLock<Regex> = pattern!(r"^(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})$");

/// A dot, a hyphen or an underscore within a name. At the end of a name they belong to the sentence.
static JOINED: LazyLock<Regex> = pattern!(r"^[._-]+[\p{L}\p{M}\p{N}]");

static HAS_LETTER: LazyLock<Regex> = pattern!(r"\p{L}");
static MARKS: LazyLock<Regex> = pattern!(r"\p{M}{3}");

/// Lower case, with a final sigma like any other.
fn fold(text: &str) -> String {
    text.to_lowercase().replace('ς', "σ")
}

/// A room or a nick behind its `#` or `@`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// Where it ends; `None` if there is no name.
    pub(super) end: Option<usize>,
    /// Whether it is the reader's nick.
    pub(super) own: bool,
    /// How many bytes were read.
    pub(super) read: usize,
}

/// The room or nick whose `#` or `@` is at `at`. `from` is `at`, or the position of a backslash before it.
pub(super) fn name_at(text: &str, at: usize, me: Option<&str>, from: usize) -> Named {
    if !may_begin(text, from) {
        return Named { end: None, own: false, read: 1 };
    }
    let is_room = text[at..].starts_with('#');
    if let Some(end) = me.filter(|_| !is_room).and_then(|me| nick_end(text, at + 1, me)) {
        return Named { end: Some(end), own: true, read: end - at };
    }
    let written = NAME.find(&text[at..]).map_or("", |name| name.as_str());
    // A dot ends the sentence, an underscore ends italics.
    let written = written.trim_end_matches(['.', '_', '-']);
    let name = written.get(1..).unwrap_or_default();
    let max = if is_room { RoomName::CHARS_MAX } else { Nick::CHARS_MAX };
    let fits = name.chars().count() <= max && HAS_LETTER.is_match(name) && !MARKS.is_match(name);
    let is_name = fits && !(is_room && COLOUR.is_match(name));
    let read = written.len().max(1);
    Named { end: is_name.then_some(at + written.len()), own: false, read }
}

/// Whether a room or nick may begin here: not within a word, an address or a path.
fn may_begin(text: &str, at: usize) -> bool {
    match before(text, at) {
        Some('.') => !is_letter(before(text, at - 1)),
        left => !is_wordy(left) && !left.is_some_and(|left| "#@&/=%+\\".contains(left)),
    }
}

/// Where this nick ends if it begins at `at`; `None` if another name or no name stands there.
fn nick_end(text: &str, at: usize, nick: &str) -> Option<usize> {
    let wanted = fold(nick);
    let (mut left, mut end) = (wanted.as_str(), at);
    // Character by character: some letters change their length in lower case (İ).
    while !left.is_empty() {
        let character = after(text, end)?;
        left = left.strip_prefix(fold(character.encode_utf8(&mut [0; 4])).as_str())?;
        end += character.len_utf8();
    }
    (end > at && !goes_on(text, end)).then_some(end)
}

/// Whether the name continues after `end`.
fn goes_on(text: &str, end: usize) -> bool {
    is_one_word(before(text, end), after(text, end)) || JOINED.is_match(&text[end..])
}

/// Where a text has the nick as a word: start and end of each, in order.
pub(super) fn bare_nicks(text: &str, nick: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let wanted = fold(nick);
    let Some(first) = wanted.chars().next() else { return found };
    let mut at = 0;
    while let Some(character) = after(text, at) {
        let begins = fold(character.encode_utf8(&mut [0; 4])).starts_with(first);
        let end = Some(at).filter(|at| begins && is_free(text, *at));
        let end = end.and_then(|at| nick_end(text, at, nick));
        // Before an `@` it is the beginning of a mail address.
        let is_mail = |end: usize| text[end..].starts_with('@') && is_letter(after(text, end + 1));
        if let Some(end) = end.filter(|end| !is_mail(*end)) {
            found.push((at, end));
        }
        at = end.unwrap_or(at + character.len_utf8());
    }
    found
}

/// Whether a word may begin at `at`.
fn is_free(text: &str, at: usize) -> bool {
    match before(text, at) {
        Some('.') => !is_letter(before(text, at - 1)),
        Some('_' | '-' | '@') => false,
        last => !is_one_word(last, after(text, at)),
    }
}
