//! What a row of the table of commands consists of.

use futures::future::BoxFuture;
use serde_json::Value;

use super::arguments::{Argument, Arguments};
use super::refused::Refused;
use crate::server::Server;

/// A command of administrators.
pub(crate) struct Row {
    /// One word, or a group and a word: `room list`.
    pub(crate) name: &'static str,
    /// One sentence for the help, without a full stop.
    pub(crate) about: &'static str,
    /// In the order in which a person writes them.
    pub(crate) arguments: &'static [Argument],
    /// How the answer is printed for people.
    pub(crate) shown: Shown,
    /// Does the work. It may be dropped midway, when it takes longer than a command may.
    pub(crate) run: Run,
}

pub(crate) type Run = for<'a> fn(&'a Server, Arguments) -> BoxFuture<'a, Result<Value, Refused>>;

/// How an answer is printed.
pub(crate) enum Shown {
    /// A line for each of these fields.
    Fields(&'static [Column]),
    /// A table of the objects in the field that is named first. Where the answer has `more: true`, a line below
    /// says that the list was cut.
    Table(&'static str, &'static [Column]),
    /// The objects in this field, each as a line of JSON. As long as the answer has `next`, more is asked for with
    /// that as `after`: so neither side ever holds more than a page.
    Lines(&'static str),
}

/// A field of the answer, and how people read it.
pub(crate) struct Column {
    pub(crate) key: &'static str,
    pub(crate) title: &'static str,
    pub(crate) format: Format,
}

/// How a value is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// As it is.
    Plain,
    /// A moment in Unix milliseconds, as the time since then.
    Age,
    /// A number of seconds.
    Seconds,
}

/// A field that is printed as it is.
pub(crate) const fn column(key: &'static str, title: &'static str) -> Column {
    Column { key, title, format: Format::Plain }
}

/// A moment in Unix milliseconds.
pub(crate) const fn age(key: &'static str, title: &'static str) -> Column {
    Column { key, title, format: Format::Age }
}

/// A number of seconds.
pub(crate) const fn seconds(key: &'static str, title: &'static str) -> Column {
    Column { key, title, format: Format::Seconds }
}
