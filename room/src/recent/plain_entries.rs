//! Entries in the form that the tests' clients get: unchanged.

use std::sync::Arc;

use throng_log::{Body, Edited, Entry, MessageKind};
use throng_protocol::{PersonId, RoomId, RoomName};

use crate::recent::Encoded;

/// An entry, and the room that it was encoded for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plain(Arc<(RoomId, Entry)>);

impl Plain {
    pub(crate) fn entry(&self) -> &Entry {
        &self.0.1
    }
}

impl Encoded for Plain {
    fn encode(room: RoomId, entry: &Entry) -> Self {
        Self(Arc::new((room, entry.clone())))
    }

    fn seq(&self) -> u64 {
        self.entry().seq
    }

    fn bytes_in_page(&self) -> usize {
        180 + self.entry().nick.len() + self.entry().body.len()
    }

    fn message(&self) -> u64 {
        match self.entry().body {
            Body::Edit { target, .. } => target,
            _ => self.seq(),
        }
    }

    fn changes(&self) -> &[u64] {
        match &self.entry().body {
            Body::Delete { targets } => targets,
            Body::Edit { target, .. } => std::slice::from_ref(target),
            _ => &[],
        }
    }

    fn after(&self, change: &Self) -> Self {
        let (room, entry) = &*self.0;
        let (by, at) = (change.seq(), change.entry().at);
        let body = match (entry.body.clone(), &change.entry().body) {
            (Body::Message { edited: Some(edited), .. }, Body::Edit { .. }) if edited.by >= by => {
                entry.body.clone()
            }
            (Body::Message { kind, .. }, Body::Edit { text, .. }) if !text.is_empty() => {
                Body::Message { kind, text: text.clone(), edited: Some(Edited { by, at }) }
            }
            (Body::Message { kind, .. }, Body::Delete { .. }) => Body::Deleted { kind, by },
            (Body::Edit { target, .. }, _) => Body::Edit { target, text: "".into() },
            (body, _) => body,
        };
        Self(Arc::new((*room, Entry { body, ..entry.clone() })))
    }
}

/// The room of all tests.
pub(crate) fn room_id() -> RoomId {
    RoomId::from_parts(1, 0)
}

pub(crate) fn name() -> RoomName {
    RoomName::parse("lobby").expect("a name")
}

pub(crate) fn text_body(text: &str) -> Body {
    Body::message(MessageKind::Text, text)
}

pub(crate) fn entry(seq: u64, text: &str) -> Entry {
    Entry {
        seq,
        at: 1,
        sender: PersonId::from_parts(1, 0),
        nick: "ana".into(),
        cid: "01JZZZZZZZZZZZZZZZZZZZZZZZ".parse().expect("a cid"),
        body: text_body(text),
    }
}
