//! One filter: what is stored of it, and what of that is ready to match.

use std::sync::Arc;

use regex::{Regex, RegexBuilder};
use throng_log::Filter;
use throng_protocol::FilterKind;

use super::hosts::Domains;
use super::words::{PHRASE_WORDS_MAX, Words};

/// The longest text of a filter, in bytes: some two hundred words. More filters hold more.
const TEXT_BYTES_MAX: usize = 2_048;

/// The largest compiled patterns, all together, in bytes: each character of a text costs as many steps at worst, so that
/// this bounds what a message costs.
pub(crate) const PATTERNS_BYTES_MAX: usize = 256 * 1024;

/// The smallest compiled size that is counted. Larger ones are this times two, times four, and so on.
const PATTERN_BYTES_MIN: usize = 1_024;

/// The largest compiled pattern. The largest classes of Unicode have some ten thousand bytes each time they stand in
/// one: `\w+@\w+` has 100,000.
const PATTERN_BYTES_MAX: usize = 128 * 1024;

/// The most memory in which a thread remembers what it has found out about a pattern.
const PATTERN_CACHE_BYTES_MAX: usize = 64 * 1024;

/// What a pattern that is of any use does not match all of.
const ORDINARY: [&str; 6] =
    ["a", "7", "?", "\u{65e5}\u{672c}", "Hello, how are you?", "ok\nthen 12:30"];

/// A filter that is ready to match.
pub(crate) struct Rule {
    pub(crate) stored: Filter,
    pub(super) matcher: Matcher,
}

/// What a filter looks for.
pub(super) enum Matcher {
    Words(Vec<Box<str>>),
    Pattern(Pattern),
    Links(Domains),
    Domains(Domains),
    /// It is of a version that this one does not know.
    Nothing,
}

/// A regular expression, and up to what size it was compiled.
pub(super) struct Pattern {
    pub(super) regex: Regex,
    pub(super) bytes: usize,
}

/// Why a filter can't be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Bad {
    #[error("text: at most {TEXT_BYTES_MAX} bytes, without control characters but line breaks")]
    Text,
    #[error("text: it is empty, so it would find nothing")]
    Empty,
    #[error("text: {0:?} has no letter and no digit, so it is no word")]
    NoWord(String),
    #[error("text: {0:?} is too long for a phrase: at most {PHRASE_WORDS_MAX} words")]
    LongPhrase(String),
    #[error("text: {0:?} is not a domain, such as example.com")]
    NoDomain(String),
    #[error("text: this is not a regular expression: {0}")]
    NoPattern(String),
    #[error(
        "text: this pattern is too large: repeat less, or write [a-z] and [0-9] where \\w and \\d are all of Unicode"
    )]
    LargePattern,
    #[error("text: this pattern matches the empty text, and so everything")]
    MatchesNothing,
    #[error("text: this pattern matches everything")]
    MatchesAll,
    #[error("kind: this server knows words, pattern, links and domains")]
    UnknownKind,
}

impl Rule {
    /// Makes a filter ready. A pattern takes some milliseconds: call it on a thread that may block.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn new(stored: Filter) -> Result<Self, Bad> {
        let text = &*stored.text;
        let is_bad = |c: char| c.is_control() && c != '\n';
        if text.len() > TEXT_BYTES_MAX || text.chars().any(is_bad) {
            return Err(Bad::Text);
        }
        if text.trim().is_empty() && stored.kind != FilterKind::Links {
            return Err(Bad::Empty);
        }
        let domains = || Domains::parse(text).map_err(|bad| Bad::NoDomain(shown(bad)));
        let matcher = match stored.kind {
            FilterKind::Words => Matcher::Words(phrases(text)?),
            FilterKind::Pattern => Matcher::Pattern(pattern(text)?),
            FilterKind::Links => Matcher::Links(domains()?),
            FilterKind::Domains => Matcher::Domains(domains()?),
            FilterKind::Unknown => return Err(Bad::UnknownKind),
        };
        Ok(Self { stored, matcher })
    }

    /// A filter that was stored. One that this version can't make ready finds nothing, and stays to be seen and removed.
    pub(super) fn kept(stored: Filter) -> Self {
        Self::new(stored.clone()).unwrap_or(Self { stored, matcher: Matcher::Nothing })
    }

    /// The compiled size that it counts for.
    pub(crate) fn pattern_bytes(&self) -> usize {
        match &self.matcher {
            Matcher::Pattern(pattern) => pattern.bytes,
            _ => 0,
        }
    }

    /// The same filter as it was stored, with its number.
    pub(crate) fn numbered(self, number: u64) -> Arc<Self> {
        Arc::new(Self { stored: Filter { number, ..self.stored }, ..self })
    }
}

fn phrases(text: &str) -> Result<Vec<Box<str>>, Bad> {
    let phrase = |text: &str| {
        let words = Words::of(text);
        match words.len() {
            0 => Err(Bad::NoWord(shown(text.trim()))),
            1..=PHRASE_WORDS_MAX => Ok(words.joined().into()),
            _ => Err(Bad::LongPhrase(shown(text.trim()))),
        }
    };
    text.split([',', '\n']).filter(|it| !it.trim().is_empty()).map(phrase).collect()
}

/// Compiles a pattern up to the smallest of the sizes that is enough.
fn pattern(text: &str) -> Result<Pattern, Bad> {
    let mut bytes = PATTERN_BYTES_MIN;
    let regex = loop {
        let built = RegexBuilder::new(text)
            .case_insensitive(true)
            .size_limit(bytes)
            .dfa_size_limit(PATTERN_CACHE_BYTES_MAX)
            .build();
        match built {
            Ok(regex) => break regex,
            Err(regex::Error::CompiledTooBig(_)) if bytes < PATTERN_BYTES_MAX => bytes *= 2,
            Err(regex::Error::CompiledTooBig(_)) => return Err(Bad::LargePattern),
            Err(error) => return Err(Bad::NoPattern(explained(&error))),
        }
    };
    if regex.is_match("") {
        return Err(Bad::MatchesNothing);
    }
    if ORDINARY.iter().all(|text| regex.is_match(text)) {
        return Err(Bad::MatchesAll);
    }
    Ok(Pattern { regex, bytes })
}

/// The last line of what the library says: the ones before it draw the pattern.
fn explained(error: &regex::Error) -> String {
    let text = error.to_string();
    let line = text.lines().last().unwrap_or_default();
    line.trim_start_matches("error: ").chars().take(120).collect()
}

fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}
