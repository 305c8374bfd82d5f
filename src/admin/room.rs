//! `room`: which rooms there are.

use serde_json::{Value, json};
use throng_protocol::{RoomListing, RoomName, RoomRef};

use super::arguments::Arguments;
use super::refused::Refused;
use crate::base::tasks::yield_now;
use crate::server::Server;

/// The most rooms in one answer, which is made in memory: about a megabyte.
const LIST_MAX: usize = 10_000;

/// How many rooms are asked for before others may go on.
const ROOMS_AT_ONCE: usize = 1_000;

pub(super) async fn list(server: &Server, arguments: Arguments) -> Result<Value, Refused> {
    let part = match arguments.text_if_given("query").map(RoomName::part) {
        // No name has this in it.
        Some(None) => return Ok(json!({"rooms": [], "more": false})),
        Some(part) => part,
        None => None,
    };
    let is_occupied_wanted = arguments.switch("occupied");
    let (mut rooms, mut after) = (Vec::new(), None);
    loop {
        let limit = ROOMS_AT_ONCE.min(LIST_MAX - rooms.len());
        let page = server.rooms.page(after.as_ref(), part.as_ref(), limit);
        let is_wanted = |room: &RoomListing| !is_occupied_wanted || room.members > 0;
        rooms.extend(page.rooms.into_iter().filter(is_wanted));
        after = page.after.map(|name| RoomName::kept(name).fold());
        if !page.more || rooms.len() >= LIST_MAX {
            return Ok(json!({"rooms": rooms, "more": page.more}));
        }
        yield_now().await;
    }
}

pub(super) async fn show(server: &Server, arguments: Arguments) -> Result<Value, Refused> {
    let asked = arguments.text("room")?;
    let room = RoomRef::parse(asked).map_err(|bad| Refused::bad_argument(bad.to_string()))?;
    let found = server.rooms.find(None, &room);
    let listing = found.and_then(|shown| server.rooms.listing(shown.attributes.id));
    let listing = listing.ok_or_else(|| {
        Refused::not_found(format!("there is no room {asked:?}: `room list` shows those there are"))
    })?;
    // A room in which nothing was ever said is in no log.
    let record = server.log.room(listing.id).await?;
    let (first, head) = record.map_or((1, 0), |record| (record.first, record.head));
    Ok(json!({
        "id": listing.id,
        "name": listing.name,
        "members": listing.members,
        "first": first,
        "head": head,
    }))
}
