//! Who has which nick, as a trait.

use futures::future::BoxFuture;
use throng_protocol::{Fold, Nick, PersonId};

use crate::log::LogError;

/// Who has which nick, as far as the log remembers.
pub trait Directory: Send + Sync + 'static {
    /// Who has this nick, or had it last; `None` if nobody is remembered.
    ///
    /// # Errors
    /// [`LogError`] when it could not be read.
    fn nick(&self, fold: Fold) -> BoxFuture<'static, Result<Option<NickRecord>, LogError>>;

    /// Remembers something about a nick. It is on disk within about a second, or when the log is closed; a
    /// crash before that forgets it. Messages under a nick need no note: the log sees them.
    fn note(&self, note: NickNote);
}

/// Who has a nick, or had it last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NickRecord {
    /// The owner.
    pub person: PersonId,
    /// Whether the owner has sent a message under it.
    pub has_spoken: bool,
    /// When the owner was last present, by the log's clock ([`crate::LogClock`]), to within an hour. For a
    /// nick without messages, not before the log was opened.
    pub seen_ms: u64,
}

/// What is remembered about a nick.
#[derive(Clone, Debug)]
pub enum NickNote {
    /// A person has this nick now.
    Worn {
        /// Who.
        person: PersonId,
        /// The nick.
        nick: Nick,
    },
    /// A person is present.
    Seen {
        /// Who.
        person: PersonId,
    },
    /// A person no longer has this nick, and its hold is over. It stays reserved for them if they sent a
    /// message under it.
    Left {
        /// Who.
        person: PersonId,
        /// The nick.
        nick: Nick,
    },
}
