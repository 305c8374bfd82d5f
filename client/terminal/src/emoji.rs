//! Emoji by name: the browser client's list, parsed at first use.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::LazyLock;

use regex::Regex;

use crate::markdown::{self, after, before, is_wordy};
use crate::pattern::pattern;

/// Groups in backticks, each with a line per emoji: `😄 smile happy|more words`. A flag is written as the two
/// letters of its country.
const LIST: &str = include_str!("../../web/text/emoji/list.js");

struct Emoji {
    sign: String,
    names: Vec<&'static str>,
}

static EMOJI: LazyLock<Vec<Emoji>> = LazyLock::new(|| {
    let groups = LIST.split('`').skip(1).step_by(2);
    let lines = groups.flat_map(|group| group.trim().lines());
    let read = |line: &'static str| {
        let mut words = line.split('|').next()?.split_whitespace();
        let sign = words.next()?;
        let sign = flag(sign).unwrap_or_else(|| sign.to_owned());
        Some(Emoji { sign, names: words.collect() })
    };
    lines.filter_map(read).collect()
});

static BY_NAME: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
    let mut by_name = HashMap::new();
    for emoji in EMOJI.iter() {
        for name in &emoji.names {
            by_name.entry(*name).or_insert(emoji.sign.as_str());
        }
    }
    by_name
});

/// A name between colons, and the backslash that may escape it.
static NAMED: LazyLock<Regex> = pattern!(r"(\\?):([a-z0-9_+-]{1,48}):");

/// The flag of a country, from its two letters; `None` if these are not two capitals.
fn flag(letters: &str) -> Option<String> {
    let is_letters = letters.len() == 2 && letters.bytes().all(|b| b.is_ascii_uppercase());
    let sign = |b: u8| char::from_u32(0x1f1e6 + u32::from(b - b'A'));
    is_letters.then(|| letters.bytes().filter_map(sign).collect())
}

fn by_name(name: &str) -> Option<&'static str> {
    if let Some(country) = name.strip_prefix("flag_") {
        let flag = flag(&country.to_uppercase())?;
        return EMOJI.iter().find(|emoji| emoji.sign == flag).map(|emoji| emoji.sign.as_str());
    }
    BY_NAME.get(name).copied()
}

/// Private-use characters. One that is not in the text stands for each name while the parser finds out where
/// it is.
const PRIVATE: RangeInclusive<char> = '\u{e000}'..='\u{f8ff}';

/// A piece of a text, and its replacement.
#[derive(Clone)]
struct Piece {
    at: usize,
    end: usize,
    shown: String,
}

/// Replaces `:names:` by emoji, except in code and addresses. A backslash escapes a name.
pub(crate) fn replace_names(text: &str) -> String {
    let names = names_in(text);
    if names.is_empty() {
        return text.to_owned();
    }
    let Some(sign) = PRIVATE.into_iter().find(|sign| !text.contains(*sign)) else {
        return text.to_owned();
    };
    let marks = names.iter().map(|name| Piece { shown: sign.to_string(), ..name.clone() });
    let places = markdown::in_prose(&replaced(text, marks), sign);
    // If the parser has dropped a placeholder, the others cannot be assigned to names.
    if places.len() != names.len() {
        return text.to_owned();
    }
    let in_prose = names.into_iter().zip(places).filter(|(_, is_prose)| *is_prose);
    replaced(text, in_prose.map(|(name, _)| name))
}

/// The names in a text, except where the neighbouring characters make it something else, such as a time of
/// day, a path or a route. A name may follow another one directly.
fn names_in(text: &str) -> Vec<Piece> {
    let mut names = Vec::new();
    let mut last = 0;
    for found in NAMED.captures_iter(text) {
        let (Some(whole), Some(name)) = (found.get(0), found.get(2)) else { continue };
        let (before, after) = (before(text, whole.start()), after(text, whole.end()));
        let is_signed = before.is_some_and(|c| ":/\\=.".contains(c));
        let is_free = whole.start() == last || !is_wordy(before) && !is_signed;
        if !is_free || is_wordy(after) || after == Some('/') {
            continue;
        }
        last = whole.end();
        let is_kept = whole.as_str().starts_with('\\');
        let shown = |sign: &str| if is_kept { &whole.as_str()[1..] } else { sign }.to_owned();
        names.extend(by_name(name.as_str()).map(|sign| Piece {
            at: whole.start(),
            end: whole.end(),
            shown: shown(sign),
        }));
    }
    names
}

fn replaced(text: &str, pieces: impl Iterator<Item = Piece>) -> String {
    let (mut changed, mut at) = (String::with_capacity(text.len()), 0);
    for piece in pieces {
        changed.push_str(&text[at..piece.at]);
        changed.push_str(&piece.shown);
        at = piece.end;
    }
    changed.push_str(&text[at..]);
    changed
}

/// Emoji with names that begin with `name`, shorter names first: of those, more has been typed.
pub(crate) fn begin_with(name: &str) -> Vec<&'static str> {
    let mut found: Vec<(usize, &str)> = Vec::new();
    for emoji in EMOJI.iter() {
        let fits = emoji.names.iter().filter(|it| it.starts_with(name)).map(|it| it.len());
        found.extend(fits.min().map(|length| (length, emoji.sign.as_str())));
    }
    found.sort_by_key(|(length, _)| *length);
    found.into_iter().map(|(_, sign)| sign).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::{EMOJI, begin_with, by_name, replace_names};

    #[test]
    fn the_browsers_list_is_read() {
        assert!(EMOJI.len() > 1_500, "{}", EMOJI.len());
        for (name, sign) in [
            ("tada", Some("🎉")),
            ("+1", Some("👍")),
            ("flag_de", Some("🇩🇪")),
            ("andorra", Some("🇦🇩")),
            ("flag_xx", None),
            ("nothing_like_it", None),
        ] {
            assert_eq!(by_name(name), sign, "{name}");
        }
        assert_eq!(begin_with("tad").first(), Some(&"🎉"));
        assert!(begin_with("nothing_like_it").is_empty());
    }

    #[test]
    fn both_clients_say_the_same_emoji() {
        let examples = include_str!("../../web/tests/golden/emoji.json");
        let examples: Vec<Value> = serde_json::from_str(examples).expect("a list of examples");
        assert!(examples.len() > 25);
        for example in examples {
            let text = |field: &str| example[field].as_str().expect("a text");
            assert_eq!(replace_names(text("text")), text("said"), "{}", text("name"));
        }
    }
}
