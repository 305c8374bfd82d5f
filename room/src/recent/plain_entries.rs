//! Entries in the form that the tests' clients get: unchanged.

use std::sync::Arc;

use throng_log::{Body, Edited, Entry, MessageKind, Shadow};
use throng_protocol::{PersonId, RoomId, RoomName};

use crate::forms::Forms;
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
        let (all, own) = (self.entry().body.len(), self.entry().own().len());
        180 + self.entry().nick.len() + all.max(own)
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
        let changed = |body: &Body, change: &Body| match (body.clone(), change) {
            (Body::Message { edited: Some(edited), .. }, Body::Edit { .. }) if edited.by >= by => {
                None
            }
            (Body::Message { kind, .. }, Body::Edit { text, .. }) if !text.is_empty() => {
                Some(Body::Message { kind, text: text.clone(), edited: Some(Edited { by, at }) })
            }
            (Body::Message { kind, .. }, Body::Delete { .. }) => Some(Body::Deleted { kind, by }),
            (Body::Edit { target, text }, _) if !text.is_empty() => {
                Some(Body::Edit { target, text: "".into() })
            }
            _ => None,
        };
        let forms = self.forms().after(&change.forms(), changed);
        Self(Arc::new((*room, with_forms(entry, forms))))
    }
}

impl Plain {
    /// What is hidden is the same form for everybody here: who may see it is the server's business.
    fn forms(&self) -> Forms<Body> {
        let Entry { body, shadow, .. } = self.entry();
        let own = match shadow {
            Shadow::Own(own) => Some((**own).clone()),
            Shadow::None | Shadow::Hidden => None,
        };
        Forms { all: body.clone(), own, is_hidden: self.entry().is_hidden() }
    }
}

fn with_forms(entry: &Entry, forms: Forms<Body>) -> Entry {
    let Forms { all, own, is_hidden } = forms;
    let (body, shadow) = match (own, is_hidden) {
        (own, true) => (own.unwrap_or(all), Shadow::Hidden),
        (Some(own), false) => (all, Shadow::Own(Box::new(own))),
        (None, false) => (all, Shadow::None),
    };
    Entry { body, shadow, ..entry.clone() }
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
        shadow: Shadow::None,
    }
}
