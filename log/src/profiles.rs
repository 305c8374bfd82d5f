//! What the directory remembers of how people show themselves: their profiles, and the nicks that they had.

use throng_protocol::{Colour, Line, PersonId};

/// A change of somebody's nick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NickChange {
    /// Who.
    pub person: PersonId,
    /// When, in Unix milliseconds.
    pub at_ms: u64,
    /// What they were called until then.
    pub from: Box<str>,
    /// What they are called since.
    pub to: Box<str>,
}

/// What somebody with an account says about themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// A name beside the nick.
    pub display_name: Option<Line>,
    /// The colour in which they would like to be shown.
    pub colour: Option<Colour>,
    /// How others speak of them.
    pub pronouns: Option<Line>,
    /// What they are doing.
    pub status: Option<Status>,
}

/// What somebody is doing, perhaps for a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// In their words.
    pub text: Line,
    /// Until when, by the log's clock ([`crate::LogClock`]); `None` until they say something else.
    pub until_ms: Option<u64>,
}

/// What changes in a profile: what is `None` stays as it is, `Some(None)` takes it away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileChange {
    /// The name beside the nick.
    pub display_name: Option<Option<Line>>,
    /// The colour.
    pub colour: Option<Option<Colour>>,
    /// The pronouns.
    pub pronouns: Option<Option<Line>>,
    /// The status.
    pub status: Option<Option<Status>>,
}

impl ProfileChange {
    /// Everything is taken away.
    pub fn all_away() -> Self {
        let (display_name, colour) = (Some(None), Some(None));
        let (pronouns, status) = (Some(None), Some(None));
        Self { display_name, colour, pronouns, status }
    }

    /// Whether it says anything, besides taking something away.
    pub fn says_something(&self) -> bool {
        let is_said = |line: &Option<Option<Line>>| matches!(line, Some(Some(_)));
        is_said(&self.display_name)
            || is_said(&self.pronouns)
            || matches!(self.status, Some(Some(_)))
    }

    /// Changes a profile.
    pub fn apply(self, profile: &mut Profile) {
        let Self { display_name, colour, pronouns, status } = self;
        profile.display_name = display_name.unwrap_or(profile.display_name.take());
        profile.colour = colour.unwrap_or(profile.colour);
        profile.pronouns = pronouns.unwrap_or(profile.pronouns.take());
        profile.status = status.unwrap_or(profile.status.take());
    }
}
