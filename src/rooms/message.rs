//! One message of a room, read from the log.

use throng_log::{Body, Entry, Log, Range};
use throng_protocol::{ErrorCode, Refusal, RoomId};

use crate::identity::accounts::unread;

/// The message at a place in a room, with its text or without.
///
/// # Errors
/// When there is none, or the log can't be read.
pub(crate) async fn read(log: &dyn Log, room: RoomId, seq: u64) -> Result<Entry, Refusal> {
    let range = Range::After { seq: seq.saturating_sub(1), limit: 1 };
    let page = log.page(room, range).await.map_err(|error| unread(&error))?;
    let entry = page.entries.first().filter(|entry| {
        entry.seq == seq && matches!(entry.body, Body::Message { .. } | Body::Deleted { .. })
    });
    entry.cloned().ok_or_else(|| no_such_message(seq))
}

/// The refusal where there is no message at a place.
pub(crate) fn no_such_message(seq: u64) -> Refusal {
    let message = format!("there is no message {seq} in this room");
    Refusal::new(ErrorCode::BadCommand, message)
}
