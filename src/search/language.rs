//! The language of searches: words, `"phrases"`, `from:`, `in:`, `before:`, `after:` and `has:`.

use jiff::civil::Date;
use jiff::tz::Offset;
use throng_log::search::Term;
use throng_protocol::{ErrorCode, Refusal};

/// The most minutes that a clock is ahead of UTC or behind it.
const OFFSET_MAX: i64 = 24 * 60;

/// What somebody searches for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) terms: Vec<Term>,
    /// The names of people, of whom one must have said it.
    pub(super) from: Vec<String>,
    /// The name or id of a room.
    pub(super) room: Option<String>,
    /// In Unix milliseconds.
    pub(super) since: Option<u64>,
    /// In Unix milliseconds.
    pub(super) until: Option<u64>,
    pub(super) has_link: bool,
    pub(super) has_file: bool,
}

impl Words {
    /// Reads a search. `utc_offset` is by how many minutes the person's clock is ahead of UTC.
    ///
    /// # Errors
    /// `bad_command`: a day that is none, or something that no message has.
    pub(super) fn parse(query: &str, utc_offset: i64) -> Result<Self, Refusal> {
        let mut words = Self::default();
        let mut rest = query.trim_start();
        while !rest.is_empty() {
            let (piece, after) = Piece::cut(rest);
            rest = after.trim_start();
            words.add(piece, utc_offset)?;
        }
        Ok(words)
    }

    fn add(&mut self, piece: Piece<'_>, utc_offset: i64) -> Result<(), Refusal> {
        match (piece.key, piece.value) {
            (Some(Key::From), name) => self.from.push(name.to_owned()),
            (Some(Key::In), room) => self.room = Some(room.to_owned()),
            (Some(Key::Before), day) => {
                let begin = begin_of(date(day)?, utc_offset)?;
                self.until = Some(self.until.map_or(begin, |until| until.min(begin)));
            }
            (Some(Key::After), day) => {
                let next = date(day)?.tomorrow().map_err(|_| no_day(day))?;
                let begin = begin_of(next, utc_offset)?;
                self.since = Some(self.since.map_or(begin, |since| since.max(begin)));
            }
            (Some(Key::Has), "link") => self.has_link = true,
            (Some(Key::Has), "file") => self.has_file = true,
            (Some(Key::Has), other) => {
                let message = format!("has:{other} is not known: has:link and has:file are");
                return Err(Refusal::new(ErrorCode::BadCommand, message));
            }
            (None, text) => {
                let whole = text.strip_suffix('*').filter(|_| !piece.is_quoted);
                let text = whole.unwrap_or(text).to_owned();
                self.terms.push(Term { text, is_prefix: whole.is_some() });
            }
        }
        Ok(())
    }
}

/// What stands before a colon.
#[derive(Clone, Copy)]
enum Key {
    From,
    In,
    Before,
    After,
    Has,
}

impl Key {
    const ALL: [(&'static str, Self); 5] = [
        ("from:", Self::From),
        ("in:", Self::In),
        ("before:", Self::Before),
        ("after:", Self::After),
        ("has:", Self::Has),
    ];
}

/// One word or phrase of a search.
struct Piece<'a> {
    key: Option<Key>,
    value: &'a str,
    is_quoted: bool,
}

impl<'a> Piece<'a> {
    /// Cuts the first piece off a text that begins with no blank. A quote that does not end goes to the end.
    fn cut(text: &'a str) -> (Self, &'a str) {
        let begun = Key::ALL.iter().find(|(word, _)| {
            let start = text.get(..word.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(word))
                && text[word.len()..].starts_with(|c: char| !c.is_whitespace())
        });
        let (key, text) = match begun {
            Some((word, key)) => (Some(*key), &text[word.len()..]),
            None => (None, text),
        };
        let (value, is_quoted, rest) = match text.strip_prefix('"') {
            Some(quoted) => {
                let (value, rest) = quoted.split_once('"').unwrap_or((quoted, ""));
                (value, true, rest)
            }
            None => {
                let end = text.find(char::is_whitespace).unwrap_or(text.len());
                (&text[..end], false, &text[end..])
            }
        };
        (Self { key, value, is_quoted }, rest)
    }
}

fn date(day: &str) -> Result<Date, Refusal> {
    day.parse().map_err(|_| no_day(day))
}

/// When a day begins where the person is, in Unix milliseconds.
fn begin_of(day: Date, utc_offset: i64) -> Result<u64, Refusal> {
    let minutes = i32::try_from(utc_offset.clamp(-OFFSET_MAX, OFFSET_MAX)).unwrap_or(0);
    let offset = Offset::from_seconds(minutes * 60).map_err(|_| no_day(&day.to_string()))?;
    let begin = offset.to_timestamp(day.at(0, 0, 0, 0)).map_err(|_| no_day(&day.to_string()))?;
    Ok(u64::try_from(begin.as_millisecond()).unwrap_or(0))
}

fn no_day(day: &str) -> Refusal {
    let message = format!("{day} is not a day: write it like 2026-11-30");
    Refusal::new(ErrorCode::BadCommand, message)
}

#[cfg(test)]
mod tests {
    use throng_log::search::Term;
    use throng_protocol::ErrorCode;

    use super::Words;

    fn parse(query: &str) -> Words {
        Words::parse(query, 0).expect("a search")
    }

    fn term(text: &str, is_prefix: bool) -> Term {
        Term { text: text.to_owned(), is_prefix }
    }

    #[test]
    fn words_and_phrases_are_told_apart() {
        for (query, terms) in [
            ("red  fox", vec![term("red", false), term("fox", false)]),
            (" \"red fox\" ", vec![term("red fox", false)]),
            ("\"red fox", vec![term("red fox", false)]),
            ("fox* \"den*\"", vec![term("fox", true), term("den*", false)]),
            ("http://example.org a:b", vec![term("http://example.org", false), term("a:b", false)]),
            ("from: x", vec![term("from:", false), term("x", false)]),
            ("\"a\"b", vec![term("a", false), term("b", false)]),
            ("", vec![]),
            ("\u{3000} ", vec![]),
        ] {
            assert_eq!(parse(query), Words { terms, ..Words::default() }, "{query}");
        }
    }

    #[test]
    fn what_narrows_is_read_in_any_case() {
        let words =
            parse("tea From:ana from:\"b o\" IN:#lobby has:LINK".replace("LINK", "link").as_str());
        assert_eq!(words.terms, [term("tea", false)]);
        assert_eq!(words.from, ["ana", "b o"]);
        assert_eq!(words.room.as_deref(), Some("#lobby"));
        assert!(words.has_link && !words.has_file);
    }

    #[test]
    fn days_are_those_of_the_person() {
        let day = 24 * 3_600_000;
        let begin = 1_795_996_800_000; // 2026-11-30T00:00:00Z
        let at = |query, offset| {
            let words = Words::parse(query, offset).expect("a search");
            (words.since, words.until)
        };
        assert_eq!(at("before:2026-11-30", 0), (None, Some(begin)));
        assert_eq!(at("after:2026-11-30", 0), (Some(begin + day), None));
        assert_eq!(at("before:2026-11-30", 60), (None, Some(begin - 3_600_000)));
        assert_eq!(at("before:2026-11-30", -90), (None, Some(begin + 5_400_000)));
        assert_eq!(
            at("after:2026-11-28 before:2026-11-30 after:2026-11-27", 0),
            (Some(begin - day), Some(begin))
        );
        assert_eq!(at("before:1900-01-01", 0), (None, Some(0)), "before all messages");
    }

    #[test]
    fn what_cannot_be_meant_is_refused_with_a_sentence() {
        for query in ["before:yesterday", "after:2026-13-01", "after:9999-12-31", "has:fun"] {
            let refusal = Words::parse(query, 0).expect_err(query);
            assert_eq!(refusal.code, ErrorCode::BadCommand, "{query}");
        }
        assert!(Words::parse("before:2026-11-30", i64::MAX).is_ok());
    }
}
