//! The text of a message: what may be in it.

/// A message's text that may be stored and shown: not blank, and without control characters
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
        if text.trim().is_empty() {
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
    #[error("a text needs at least one character that is not white space")]
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
        assert_eq!(Text::parse("ééé".into(), 5), Err(BadText::TooLong { bytes: 6, max: 5 }));
    }
}
