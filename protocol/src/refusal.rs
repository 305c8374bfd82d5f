//! Why a command was refused, before it becomes an `error` on the wire.

use crate::{BadName, ErrorCode, Fault};

/// Why a command failed: a stable code, words for a person, and when to try again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What programs look at.
    pub code: ErrorCode,
    /// What happened and what to do, for a person.
    pub message: String,
    /// When to try again, in milliseconds from now.
    pub retry_ms: Option<u64>,
    /// What else there is to say, in a field for programs.
    pub detail: Option<Detail>,
}

/// What a refusal has besides its message: at most one of these, so that a refusal stays small.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detail {
    /// A name that would be allowed.
    Suggestion(String),
    /// Why, in the words of a moderator.
    Reason(String),
}

impl Refusal {
    /// A refusal for which waiting does not help.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), retry_ms: None, detail: None }
    }

    /// A refusal that is worth another try after `retry_ms` milliseconds.
    pub fn later(code: ErrorCode, message: impl Into<String>, retry_ms: u64) -> Self {
        Self { retry_ms: Some(retry_ms), ..Self::new(code, message) }
    }

    /// The `cid` of a send was used before with another body.
    pub fn conflict() -> Self {
        Self::new(
            ErrorCode::Conflict,
            "this cid was used before with another room, kind or text; a new message needs a new \
             cid",
        )
    }

    /// The name in this field breaks the rules; with one that does not, if there is one close to it.
    pub fn bad_name(code: ErrorCode, field: &str, bad: &BadName) -> Self {
        let detail = bad.suggestion().map(|name| Detail::Suggestion(name.to_owned()));
        Self { detail, ..Self::new(code, format!("{field}: {bad}")) }
    }

    /// The same as the event `error`, about the command with this `id`.
    pub fn into_fault(self, id: Option<u64>) -> Fault {
        let Self { code, message, retry_ms, detail } = self;
        let (suggestion, reason) = match detail {
            Some(Detail::Suggestion(name)) => (Some(name), None),
            Some(Detail::Reason(reason)) => (None, Some(reason)),
            None => (None, None),
        };
        Fault { id, code, message, retry_ms, suggestion, reason }
    }
}
