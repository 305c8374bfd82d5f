//! Short texts of one line that stand beside a nick: what may be in them.

use serde::{Serialize, Serializer};
use unicode_normalization::UnicodeNormalization;

use crate::name::{has_piled_marks, is_ignorable};
use crate::text::is_blank;

/// A text of one line that can be shown beside a nick without touching what stands around it: something can be seen of
/// it, it has no control characters, and nothing that turns the direction of writing or is invisible.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Line(Box<str>);

impl Line {
    /// Reads a line: in NFC, without white space around it, at most so many characters (Unicode scalar values).
    ///
    /// # Errors
    /// [`BadLine`] says which rule is broken.
    pub fn parse(text: &str, chars_max: usize) -> Result<Self, BadLine> {
        // A line of a megabyte is not normalised to its end to be refused.
        let line: Vec<char> = text.trim().nfc().take(chars_max + 1).collect();
        if line.len() > chars_max {
            return Err(BadLine::TooLong { max: chars_max });
        }
        if let Some(bad) = line.iter().copied().find(|c| is_forbidden(*c)) {
            return Err(BadLine::Character(bad));
        }
        if line.iter().copied().all(is_blank) {
            return Err(BadLine::Blank);
        }
        if has_piled_marks(&line) {
            return Err(BadLine::Marks);
        }
        Ok(Self(line.into_iter().collect::<String>().into_boxed_str()))
    }

    /// A line that was stored: it was judged when it was written, perhaps by the tables of another version of Unicode.
    pub fn kept(text: String) -> Self {
        Self(text.into_boxed_str())
    }

    /// The line as it is shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Serialize for Line {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// Controls, breaks of lines, and what Unicode lets be invisible, which includes all that turns the direction of
/// writing. Joiners and variation selectors may stay: emoji are made of them.
fn is_forbidden(c: char) -> bool {
    let is_part_of_emoji = matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe0e}' | '\u{fe0f}');
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{fff9}'..='\u{fffb}')
        || is_ignorable(c) && !is_part_of_emoji
}

/// Why a line was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadLine {
    /// Too many characters.
    #[error("it has more than {max} characters")]
    TooLong {
        /// How many are allowed.
        max: usize,
    },
    /// Nothing to read.
    #[error("it needs at least one character that can be seen")]
    Blank,
    /// A character that does more than be shown.
    #[error("the character U+{:04X} cannot be in it: it is invisible, or moves what stands around it", u32::from(*.0))]
    Character(char),
    /// A pile of combining marks.
    #[error("a letter in it carries too many combining marks")]
    Marks,
}

#[cfg(test)]
mod tests {
    use super::{BadLine, Line};

    #[test]
    fn a_line_keeps_its_words_and_emoji() {
        for (given, kept) in [
            ("  Ana María  ", "Ana María"),
            ("Jose\u{301}", "José"),
            ("they/them", "they/them"),
            ("👩\u{200d}💻 at work ❤\u{fe0f}", "👩\u{200d}💻 at work ❤\u{fe0f}"),
            ("دوست\u{200c}م", "دوست\u{200c}م"),
            ("\"quoted\" \\ <b>", "\"quoted\" \\ <b>"),
        ] {
            assert_eq!(Line::parse(given, 40).expect(given).as_str(), kept);
        }
    }

    #[test]
    fn what_hides_breaks_or_turns_a_line_is_refused() {
        for bad in [
            '\n',
            '\t',
            '\r',
            '\0',
            '\u{1b}',
            '\u{7f}',
            '\u{85}',
            '\u{2028}',
            '\u{2029}',
            '\u{200b}',
            '\u{200e}',
            '\u{200f}',
            '\u{202a}',
            '\u{202e}',
            '\u{2066}',
            '\u{2069}',
            '\u{61c}',
            '\u{ad}',
            '\u{2060}',
            '\u{feff}',
            '\u{3164}',
            '\u{e0041}',
            '\u{fffa}',
        ] {
            let text = format!("a{bad}b");
            assert_eq!(Line::parse(&text, 40), Err(BadLine::Character(bad)), "{text:?}");
        }
    }

    #[test]
    fn blank_long_and_piled_up_lines_are_refused() {
        for blank in ["", "  ", "\u{3000}", "\u{200d}\u{fe0f}", "\u{2800}"] {
            assert_eq!(Line::parse(blank, 40), Err(BadLine::Blank), "{blank:?}");
        }
        let most = "ü".repeat(40);
        assert!(Line::parse(&most, 40).is_ok() && Line::parse(&format!("  {most} "), 40).is_ok());
        let longer = Line::parse(&format!("{most}x"), 40);
        assert_eq!(longer, Err(BadLine::TooLong { max: 40 }));
        let pile = format!("z{}", "\u{322}".repeat(9));
        assert_eq!(Line::parse(&pile, 40), Err(BadLine::Marks));
    }
}
