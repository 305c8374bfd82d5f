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
    /// The sender's nick at that time.
    pub nick: Box<str>,
    /// The sender's own id of the entry.
    pub cid: Cid,
    /// Its content.
    pub body: Body,
}

/// The content of an entry. Later kinds (an edit, a deletion) become further variants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// A message.
    Message {
        /// A plain message or an action.
        kind: MessageKind,
        /// The text.
        text: Box<str>,
    },
}

/// The kind of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageKind {
    /// Plain.
    Text,
    /// `/me waves`.
    Action,
}

impl Body {
    /// The bytes of its texts, about what it takes in a page or a batch.
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
