//! What a log consists of.

use std::sync::Arc;

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
    /// What of it is not for everybody.
    pub shadow: Shadow,
}

/// What of an entry is not for everybody, since its sender was shadow-banned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Shadow {
    /// Nothing.
    #[default]
    None,
    /// All of it. It keeps its place in the room, and stays hidden for good.
    Hidden,
    /// A later entry that is hidden has changed it. For its sender, this is its content.
    Own(Box<Body>),
}

impl Entry {
    /// Whether others get nothing but its place.
    pub fn is_hidden(&self) -> bool {
        self.shadow == Shadow::Hidden
    }

    /// Its content as its sender has it.
    pub fn own(&self) -> &Body {
        match &self.shadow {
            Shadow::Own(body) => body,
            Shadow::None | Shadow::Hidden => &self.body,
        }
    }
}

/// The content of an entry. Later kinds (a pin) become further variants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// A message.
    Message {
        /// A plain message or an action.
        kind: MessageKind,
        /// The text as it is now.
        text: Box<str>,
        /// The last change of the text. It is only read, never appended.
        edited: Option<Edited>,
    },
    /// A message whose text was deleted. It is only read, never appended.
    Deleted {
        /// A plain message or an action.
        kind: MessageKind,
        /// The seq of the entry that deleted it.
        by: u64,
    },
    /// Replaces the text of an earlier message of the same sender.
    Edit {
        /// The seq of the message.
        target: u64,
        /// Its text from now on. Empty when a later entry has edited it again or deleted it.
        text: Box<str>,
    },
    /// Deletes the texts of earlier messages of the room.
    Delete {
        /// Their seqs, at most [`DELETE_TARGETS_MAX`].
        targets: Arc<[u64]>,
    },
}

/// The last change of a message's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edited {
    /// The seq of the entry that did it.
    pub by: u64,
    /// When it was committed, in Unix milliseconds.
    pub at: u64,
}

/// The most messages that one entry deletes: their seqs take 8 KB of a frame.
pub const DELETE_TARGETS_MAX: usize = 500;

/// The digits of a large seq on the wire, and a comma.
const SEQ_BYTES: usize = 14;

/// The kind of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageKind {
    /// Plain.
    Text,
    /// `/me waves`.
    Action,
}

impl Body {
    /// A message as it is sent.
    pub fn message(kind: MessageKind, text: impl Into<Box<str>>) -> Self {
        Self::Message { kind, text: text.into(), edited: None }
    }

    /// The bytes of its texts, about what it takes in a page or a batch.
    pub fn len(&self) -> usize {
        match self {
            Self::Message { text, .. } | Self::Edit { text, .. } => text.len(),
            Self::Deleted { .. } => 0,
            Self::Delete { targets } => targets.len() * SEQ_BYTES,
        }
    }

    /// Whether it has no text.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
