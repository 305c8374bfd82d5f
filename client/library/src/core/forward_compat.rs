//! Frames of the server, read so that what a later version adds does no harm.

use serde::Deserialize;
use throng_protocol::{LogEntry, Page, RoomId};

/// What every entry of a log has, of whatever kind.
#[derive(Deserialize)]
pub(super) struct Place {
    pub(super) room: RoomId,
    pub(super) seq: u64,
}

/// The place of a message that could not be read as one: its cursor moves over it, since no join
/// could bring it in another form.
pub(super) fn place(text: &str) -> Option<Place> {
    serde_json::from_str(text).ok()
}

/// The page for a caller: what this version understands of it.
pub(super) fn known(page: Page<LogEntry>) -> Page {
    Page {
        room: page.room,
        first: page.first,
        head: page.head,
        events: page.events.into_iter().filter_map(LogEntry::into_message).collect(),
        more: page.more,
        limited: page.limited,
        reset: page.reset,
        members: page.members,
        description: page.description,
    }
}
