//! What a log consists of.

use throng_protocol::{Cid, PersonId};

/// One entry of a room's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the room: 1, 2, 3 and so on.
    pub seq: u64,
    /// When it was committed, in Unix milliseconds.
    pub at: u64,
    /// Who committed it.
    pub sender: PersonId,
    /// What the sender was called then.
    pub nick: Box<str>,
    /// The sender's own id of it.
    pub cid: Cid,
    /// What it says.
    pub body: Body,
}

/// What an entry says. Later kinds (an edit, a deletion) become further variants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Something that was said.
    Message {
        /// A plain message or an action.
        kind: MessageKind,
        /// The text.
        text: Box<str>,
    },
}

/// How a message is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageKind {
    /// Plain.
    Text,
    /// `/me waves`.
    Action,
}

impl Body {
    /// The bytes of its texts: about what it takes of a page or of a batch.
    pub fn len(&self) -> usize {
        match self {
            Self::Message { text, .. } => text.len(),
        }
    }

    /// Whether it has no text.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
