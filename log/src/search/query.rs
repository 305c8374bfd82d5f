//! What is searched for, and how the index is asked for it.

use std::fmt::Write;

use throng_protocol::{PersonId, RoomId};

use super::tokens::{Kind, tokens};

/// What is searched for. All of it must be true of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// The words and phrases.
    pub terms: Vec<Term>,
    /// Only in this room.
    pub room: Option<RoomId>,
    /// Only by one of these people; `None` for everybody.
    pub senders: Option<Vec<PersonId>>,
    /// Only since this time, in Unix milliseconds.
    pub since: Option<u64>,
    /// Only before this time, in Unix milliseconds.
    pub until: Option<u64>,
    /// Only messages with a link.
    pub has_link: bool,
    /// Only older ones than this hit of the page before: a room and a seq.
    pub below: Option<(RoomId, u64)>,
}

/// A word or a phrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The text, as somebody wrote it. What is no letter, digit or symbol in it only separates words.
    pub text: String,
    /// Whether the last word may go on.
    pub is_prefix: bool,
}

impl Query {
    /// Where a text has what is searched for: pieces from one character (Unicode scalar value) to before another, in
    /// their order.
    pub fn marks(&self, text: &str) -> Vec<(usize, usize)> {
        let found = tokens(text);
        let mut marks: Vec<(usize, usize)> = self
            .terms
            .iter()
            .filter_map(Phrase::of)
            .flat_map(|phrase| phrase.marks(&found))
            .collect();
        marks.sort_unstable();
        marks.dedup_by(|next, before| {
            let overlap = next.0 <= before.1;
            if overlap {
                before.1 = before.1.max(next.1);
            }
            overlap
        });
        marks
    }

    /// The expression for FTS5 (sqlite.org/fts5.html, section 3): quoted tokens of ours, and nothing that somebody
    /// wrote. `None` if it would find nothing. The numbers are those by which the index knows the room and the senders.
    pub(super) fn expression(&self, room: Option<i64>, senders: Option<&[i64]>) -> Option<String> {
        let mut parts: Vec<String> =
            self.terms.iter().filter_map(Phrase::of).map(|phrase| phrase.expression()).collect();
        if parts.is_empty() && !self.terms.is_empty() {
            return None;
        }
        parts.extend(room.map(|number| quoted(&room_token(number))));
        if let Some(senders) = senders {
            let senders: Vec<_> = senders.iter().map(|it| quoted(&person_token(*it))).collect();
            parts.push(format!("({})", senders.join(" OR ")));
        }
        if self.has_link {
            parts.push(quoted(LINK_TOKEN));
        }
        (!parts.is_empty()).then(|| parts.join(" AND "))
    }
}

/// The token of each message with a link. No text gives a token with characters for private use.
pub(super) const LINK_TOKEN: &str = "\u{e002}";

/// The token of each message of a room.
pub(super) fn room_token(number: i64) -> String {
    format!("\u{e000}{number:x}")
}

/// The token of each message of a person.
pub(super) fn person_token(number: i64) -> String {
    format!("\u{e001}{number:x}")
}

fn quoted(token: &str) -> String {
    format!("\"{token}\"")
}

/// The tokens of a term, one after the other.
struct Phrase {
    words: Vec<String>,
    /// Whether a longer token than the last one fits as well.
    is_prefix: bool,
}

impl Phrase {
    /// `None` for a term without tokens.
    fn of(term: &Term) -> Option<Self> {
        let mut found = tokens(&term.text);
        let [.., before, last] = &found[..] else {
            let [only] = &found[..] else { return None };
            let is_prefix = term.is_prefix || only.kind == Kind::Last;
            return Some(Self { words: vec![only.text.clone()], is_prefix });
        };
        // A run of such letters ends where the term ends, and may go on in a message.
        let mut is_prefix = term.is_prefix || last.kind == Kind::Last;
        if last.kind == Kind::Last && before.kind == Kind::Pair {
            found.pop();
            is_prefix = false;
        }
        Some(Self { words: found.into_iter().map(|token| token.text).collect(), is_prefix })
    }

    fn expression(&self) -> String {
        let mut expression = String::new();
        for word in &self.words {
            let plus = if expression.is_empty() { "" } else { " + " };
            let _ = write!(expression, "{plus}\"{word}\"");
        }
        if self.is_prefix {
            expression.push_str(" *");
        }
        expression
    }

    /// Where the tokens of a text have the phrase.
    fn marks(&self, found: &[super::tokens::Token]) -> Vec<(usize, usize)> {
        let places = found.windows(self.words.len()).filter(|window| self.fits(window));
        places.map(|window| (window[0].begin, self.end(window))).collect()
    }

    fn fits(&self, window: &[super::tokens::Token]) -> bool {
        let last = self.words.len() - 1;
        self.words.iter().zip(window).enumerate().all(|(at, (word, token))| {
            token.text == *word || at == last && self.is_prefix && token.text.starts_with(word)
        })
    }

    /// A letter alone is found as the beginning of a pair, of which it is the half.
    fn end(&self, window: &[super::tokens::Token]) -> usize {
        let (token, word) = (&window[window.len() - 1], &self.words[self.words.len() - 1]);
        match token.kind {
            Kind::Pair if self.is_prefix && token.text != *word => {
                token.begin + word.chars().count()
            }
            _ => token.end,
        }
    }
}
