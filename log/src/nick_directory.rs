//! Who is called what, as a trait.

use futures::future::BoxFuture;
use throng_protocol::{Fold, Nick, PersonId};

use crate::log::LogError;

/// Who is called what, as far as the log remembers it.
pub trait Directory: Send + Sync + 'static {
    /// Who has this nick, or had it last; `None` when nobody is remembered.
    ///
    /// # Errors
    /// [`LogError`] when it could not be read.
    fn nick(&self, fold: Fold) -> BoxFuture<'static, Result<Option<NickRecord>, LogError>>;

    /// Remembers something about a nick. It is on disk within about a second, and when the log is
    /// closed; a crash before that forgets it. That something was said under a nick need not be noted: the log sees it.
    fn note(&self, note: NickNote);
}

/// Who has a nick, or had it last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NickRecord {
    /// Whose it is.
    pub person: PersonId,
    /// Whether they said something under it.
    pub has_spoken: bool,
    /// When they were here last, by the log's clock ([`crate::LogClock`]), give or take an hour; for a nick
    /// under which nothing was said not before the log was opened.
    pub seen_ms: u64,
}

/// What is remembered about a nick.
#[derive(Clone, Debug)]
pub enum NickNote {
    /// A person goes by this nick now.
    Worn {
        /// Who.
        person: PersonId,
        /// The nick.
        nick: Nick,
    },
    /// A person is here.
    Seen {
        /// Who.
        person: PersonId,
    },
    /// A person does not go by this nick any more, and its hold is over. It stays theirs if they
    /// said something under it.
    Left {
        /// Who.
        person: PersonId,
        /// The nick.
        nick: Nick,
    },
}
