//! The kinds of values that say who may be a person here.

use throng_protocol::Nick;

use super::kind::Kind;

/// Who may make an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    /// Everybody.
    Open,
    /// Who was invited.
    Invite,
    /// Nobody but an administrator.
    Closed,
}

/// A [`Registration`].
pub(super) struct Registering;

impl Kind for Registering {
    type Value = Registration;

    fn parse(&self, text: &str) -> Result<Registration, String> {
        match text {
            "open" => Ok(Registration::Open),
            "invite" => Ok(Registration::Invite),
            "closed" => Ok(Registration::Closed),
            other => Err(format!("{other:?} is not one of these")),
        }
    }

    fn allowed(&self) -> String {
        "open, invite or closed".into()
    }

    fn show(&self, value: &Registration) -> String {
        match value {
            Registration::Open => "open",
            Registration::Invite => "invite",
            Registration::Closed => "closed",
        }
        .into()
    }

    fn value_name(&self) -> &'static str {
        "WHO"
    }
}

/// A nick.
pub(super) struct Name;

impl Kind for Name {
    type Value = Nick;

    fn parse(&self, text: &str) -> Result<Nick, String> {
        Nick::parse(text).map_err(|bad| bad.to_string())
    }

    fn allowed(&self) -> String {
        "nicks".into()
    }

    fn show(&self, value: &Nick) -> String {
        value.as_str().into()
    }

    fn value_name(&self) -> &'static str {
        "NICK"
    }
}
