//! The text of a message: what may be in it.

use crate::name::is_ignorable;

/// A message's text that may be stored and shown: with something to see, and without control characters
/// other than line feed and tab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text(String);

impl Text {
    /// Checks a text against the rules and a limit in bytes of UTF-8.
    ///
    /// # Errors
    /// [`BadText`] says which rule is broken and where.
    pub fn parse(text: String, bytes_max: usize) -> Result<Self, BadText> {
        if text.len() > bytes_max {
            return Err(BadText::TooLong { bytes: text.len(), max: bytes_max });
        }
        if let Some((at, control)) = text.char_indices().find(|(_, c)| is_forbidden(*c)) {
            return Err(BadText::Control { control, at });
        }
        if text.chars().all(is_blank) {
            return Err(BadText::Blank);
        }
        Ok(Self(text))
    }

    /// The text, to be stored.
    pub fn into_string(self) -> String {
        self.0
    }

    /// The text, to be looked at.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Controls drive terminals (ESC, C1) and end strings (NUL); line feed and tab are how people
/// write code and lists.
fn is_forbidden(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\t')
}

/// White space, what Unicode lets be invisible (zero-width and bidirectional signs, fillers,
/// variation selectors), and the few others that have no shape: the empty Braille pattern, the
/// signs of interlinear annotation, the null notehead.
pub(crate) fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || is_ignorable(c)
        || matches!(c, '\u{2800}' | '\u{fff9}'..='\u{fffb}' | '\u{1d159}')
}

/// Why a text was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadText {
    /// More bytes than the server takes.
    #[error("a text has at most {max} bytes of UTF-8, this one has {bytes}")]
    TooLong {
        /// How many bytes were given.
        bytes: usize,
        /// How many are allowed.
        max: usize,
    },
    /// Nothing to read.
    #[error("a text needs at least one character that can be seen")]
    Blank,
    /// A control character.
    #[error("the control character U+{:04X} at byte {at} is not allowed in a text; line feed and tab are", u32::from(*.control))]
    Control {
        /// Which one.
        control: char,
        /// Where, in bytes from the beginning.
        at: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::{BadText, Text};

    #[test]
    fn lines_and_tabs_pass_and_other_controls_do_not() {
        assert!(Text::parse("a\n\tb".into(), 10).is_ok());
        for control in ['\0', '\u{1b}', '\r', '\u{7f}', '\u{9b}'] {
            assert_eq!(
                Text::parse(format!("ab{control}"), 10),
                Err(BadText::Control { control, at: 2 })
            );
        }
    }

    #[test]
    fn blank_and_too_long_texts_are_refused() {
        assert_eq!(Text::parse(" \n\t\u{3000}".into(), 10), Err(BadText::Blank));
        for invisible in [
            "\u{200b}",
            "\u{200d}\u{200c}",
            "\u{3164}",
            "\u{115f}\u{1160}",
            "\u{ffa0}",
            "\u{2800}",
            "\u{feff}",
            "\u{ad}",
            "\u{fe0f}",
            "\u{2062}",
            "\u{e0020}",
            " \u{200e}\n\u{2060}\t",
            "\u{202e}",
            "\u{34f}",
            "\u{180e}",
            "\u{fffa}",
        ] {
            assert_eq!(Text::parse(invisible.into(), 99), Err(BadText::Blank), "{invisible:?}");
            assert!(Text::parse(format!("{invisible}."), 99).is_ok(), "a dot beside it is seen");
        }
        assert_eq!(Text::parse("ééé".into(), 5), Err(BadText::TooLong { bytes: 6, max: 5 }));
    }
}
