//! The kinds of values: how each is parsed, what it allows, and how it is shown.
//!
//! The table of settings gives every setting one of these. A kind never knows the source of its text, so
//! flags, variables and the file accept the same values.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use super::units::{BYTES, MILLISECONDS, Units, integer};

/// How the values of one setting are parsed and shown.
pub(super) trait Kind {
    /// The type of the value.
    type Value;

    /// Parses a value; the error says what is wrong, not what is allowed.
    fn parse(&self, text: &str) -> Result<Self::Value, String>;

    /// What is allowed, in words that follow "allowed:".
    fn allowed(&self) -> String;

    /// The text that [`Kind::parse`] parses as this value.
    fn show(&self, value: &Self::Value) -> String;

    /// The placeholder in the help.
    fn value_name(&self) -> &'static str;

    /// Whether a flag of this kind may be repeated, and each adds to the others.
    fn is_list(&self) -> bool {
        false
    }
}

/// A kind, or a word that means "none".
pub(super) struct Or<K>(pub(super) K, pub(super) &'static str);

impl<K: Kind> Kind for Or<K> {
    type Value = Option<K::Value>;

    fn parse(&self, text: &str) -> Result<Self::Value, String> {
        if text == self.1 { Ok(None) } else { self.0.parse(text).map(Some) }
    }

    fn allowed(&self) -> String {
        format!("`{}`, or {}", self.1, self.0.allowed())
    }

    fn show(&self, value: &Self::Value) -> String {
        value.as_ref().map_or_else(|| self.1.into(), |value| self.0.show(value))
    }

    fn value_name(&self) -> &'static str {
        self.0.value_name()
    }
}

/// A folder; it need not exist yet.
pub(super) struct Folder;

impl Kind for Folder {
    type Value = PathBuf;

    fn parse(&self, text: &str) -> Result<PathBuf, String> {
        if text.is_empty() { Err("empty".into()) } else { Ok(text.into()) }
    }

    fn allowed(&self) -> String {
        "a path; a relative one counts from the folder that the server is started in".into()
    }

    fn show(&self, value: &PathBuf) -> String {
        value.display().to_string()
    }

    fn value_name(&self) -> &'static str {
        "DIR"
    }
}

/// A file, which must exist when it is read.
pub(super) struct Document;

impl Kind for Document {
    type Value = PathBuf;

    fn parse(&self, text: &str) -> Result<PathBuf, String> {
        if text.is_empty() { Err("empty".into()) } else { Ok(text.into()) }
    }

    fn allowed(&self) -> String {
        Folder.allowed()
    }

    fn show(&self, value: &PathBuf) -> String {
        value.display().to_string()
    }

    fn value_name(&self) -> &'static str {
        "FILE"
    }
}

/// Values of another kind, between commas; empty for none.
pub(super) struct List<K>(pub(super) K);

impl<K: Kind> Kind for List<K> {
    type Value = Vec<K::Value>;

    fn parse(&self, text: &str) -> Result<Self::Value, String> {
        let parse =
            |item: &str| self.0.parse(item).map_err(|problem| format!("{item:?} is {problem}"));
        text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(parse).collect()
    }

    fn allowed(&self) -> String {
        format!("nothing, or a list with commas of {}", self.0.allowed())
    }

    fn show(&self, value: &Self::Value) -> String {
        value.iter().map(|item| self.0.show(item)).collect::<Vec<_>>().join(",")
    }

    fn is_list(&self) -> bool {
        true
    }

    fn value_name(&self) -> &'static str {
        self.0.value_name()
    }
}

/// Yes or no.
pub(super) struct Switch;

impl Kind for Switch {
    type Value = bool;

    fn parse(&self, text: &str) -> Result<bool, String> {
        text.parse().map_err(|_| "neither true nor false".into())
    }

    fn allowed(&self) -> String {
        "true or false".into()
    }

    fn show(&self, value: &bool) -> String {
        value.to_string()
    }

    fn value_name(&self) -> &'static str {
        "BOOL"
    }
}

/// A whole number within bounds, both included.
pub(super) struct Count<T>(pub(super) T, pub(super) T);

impl<T> Kind for Count<T>
where
    T: TryFrom<u64> + PartialOrd + fmt::Display,
{
    type Value = T;

    fn parse(&self, text: &str) -> Result<T, String> {
        let number = integer(text).ok_or("not a whole number")?;
        let value = T::try_from(number).map_err(|_| "too large")?;
        within(&value, &self.0, &self.1).map(|()| value)
    }

    fn allowed(&self) -> String {
        format!("a whole number from {} to {}", self.0, self.1)
    }

    fn show(&self, value: &T) -> String {
        value.to_string()
    }

    fn value_name(&self) -> &'static str {
        "COUNT"
    }
}

/// A number of bytes within bounds, both included.
pub(super) struct Size(pub(super) &'static str, pub(super) &'static str);

impl Kind for Size {
    type Value = usize;

    fn parse(&self, text: &str) -> Result<usize, String> {
        let bytes = amount(&BYTES, text, self.0, self.1).ok_or("not a number of bytes")??;
        usize::try_from(bytes).map_err(|_| "too large".into())
    }

    fn allowed(&self) -> String {
        format!("bytes from {} to {}, written like 4096, 64KiB, 1MiB or 1GiB", self.0, self.1)
    }

    fn show(&self, value: &usize) -> String {
        BYTES.show(*value as u64)
    }

    fn value_name(&self) -> &'static str {
        "BYTES"
    }
}

/// A length of time within bounds, both included.
pub(super) struct Span(pub(super) &'static str, pub(super) &'static str);

impl Kind for Span {
    type Value = Duration;

    fn parse(&self, text: &str) -> Result<Duration, String> {
        let problem = || match integer(text) {
            Some(_) => "a unit is missing",
            None => "not a length of time",
        };
        let ms = amount(&MILLISECONDS, text, self.0, self.1).ok_or_else(problem)??;
        Ok(Duration::from_millis(ms))
    }

    fn allowed(&self) -> String {
        format!("a time from {} to {}, written like 250ms, 30s, 5m, 2h or 7d", self.0, self.1)
    }

    fn show(&self, value: &Duration) -> String {
        MILLISECONDS.show(u64::try_from(value.as_millis()).unwrap_or(u64::MAX))
    }

    fn value_name(&self) -> &'static str {
        "TIME"
    }
}

/// An amount within bounds; `None` if it is not an amount.
fn amount(units: &Units, text: &str, min: &str, max: &str) -> Option<Result<u64, String>> {
    let value = units.parse(text)?;
    Some(within(&value, &units.parse(min)?, &units.parse(max)?).map(|()| value))
}

fn within<T: PartialOrd>(value: &T, min: &T, max: &T) -> Result<(), String> {
    if value < min {
        Err("too small".into())
    } else if value > max {
        Err("too large".into())
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_included() {
        assert_eq!(Count(1, 3_u32).parse("1"), Ok(1));
        assert_eq!(Count(1, 3_u32).parse("3"), Ok(3));
        assert_eq!(Count(1, 3_u32).parse("0"), Err("too small".into()));
        assert_eq!(Count(1, 3_u32).parse("4"), Err("too large".into()));
        assert_eq!(Size("1KiB", "2KiB").parse("2048"), Ok(2048));
        assert_eq!(Size("1KiB", "2KiB").parse("2049"), Err("too large".into()));
        assert_eq!(Span("1s", "2s").parse("999ms"), Err("too small".into()));
        assert_eq!(Span("1s", "2s").parse("2"), Err("a unit is missing".into()));
    }
}
