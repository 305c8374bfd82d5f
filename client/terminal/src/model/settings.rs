//! The person's settings for this server, saved beside the token.

use serde::{Deserialize, Serialize};
use throng_protocol::PersonId;

/// The settings. What a file lacks has its default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Settings {
    /// Whether the person's nick is a mention without an `@` too.
    pub(crate) words: bool,
    /// Whether the program uses the mouse.
    pub(crate) mouse: bool,
    pub(crate) ignored: Vec<Ignored>,
}

/// An ignored person: by id where it was known, since nicks change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ignored {
    pub(crate) id: Option<PersonId>,
    pub(crate) nick: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self { words: false, mouse: true, ignored: Vec::new() }
    }
}

impl Settings {
    pub(crate) fn ignores(&self, id: PersonId, nick: &str) -> bool {
        self.ignored.iter().any(|ignored| ignored.is(id, nick))
    }
}

impl Ignored {
    pub(crate) fn is(&self, id: PersonId, nick: &str) -> bool {
        self.id.map_or_else(|| self.has_nick(nick), |ignored| ignored == id)
    }

    pub(crate) fn has_nick(&self, nick: &str) -> bool {
        self.nick.to_lowercase() == nick.to_lowercase()
    }
}
