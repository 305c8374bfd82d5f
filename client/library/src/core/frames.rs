//! Frames of the server, read so that what a later version adds does no harm.

use serde::Deserialize;
use serde_json::value::RawValue;
use throng_protocol::{Message, Page};

/// An event of a room's log: its place, and what was said, if this version understands it.
pub(super) struct Item {
    pub(super) seq: u64,
    pub(super) message: Option<Message>,
}

/// What every event of a log has, of whatever kind.
#[derive(Deserialize)]
pub(super) struct Numbered {
    pub(super) room: String,
    pub(super) seq: u64,
}

#[derive(Deserialize)]
struct Place {
    seq: u64,
}

/// Reads the page in an `ok`. An event that is no message still has its seq, which moves the
/// cursor; otherwise one event of a later version would be a hole that nothing fills.
pub(super) fn page(text: &str) -> Result<Page<Item>, serde_json::Error> {
    let raw: Page<Box<RawValue>> = serde_json::from_str(text)?;
    let mut events = Vec::with_capacity(raw.events.len());
    for event in &raw.events {
        events.push(match serde_json::from_str::<Message>(event.get()) {
            Ok(message) => Item { seq: message.seq, message: Some(message) },
            Err(_) => Item { seq: serde_json::from_str::<Place>(event.get())?.seq, message: None },
        });
    }
    Ok(Page {
        room: raw.room,
        first: raw.first,
        head: raw.head,
        events,
        more: raw.more,
        limited: raw.limited,
        reset: raw.reset,
        members: raw.members,
    })
}

/// The page for a caller: what this version understands of it.
pub(super) fn known(page: Page<Item>) -> Page {
    Page {
        room: page.room,
        first: page.first,
        head: page.head,
        events: page.events.into_iter().filter_map(|item| item.message).collect(),
        more: page.more,
        limited: page.limited,
        reset: page.reset,
        members: page.members,
    }
}

/// The place of a push that could not be read as a message.
pub(super) fn numbered(text: &str) -> Option<Numbered> {
    serde_json::from_str(text).ok()
}
