//! Rooms as the caller sees them: an id for programs, a name for people.

use std::fmt;

use throng_protocol::{BadName, RoomId, RoomInfo, RoomName, RoomRef};

/// A room. Keep what belongs to it under its `id`; show its `name`, which [`Display`](fmt::Display)
/// writes.
///
/// ```no_run
/// # use std::collections::HashMap;
/// # use throng_client::{Client, Event, RoomId};
/// # async fn example(client: Client, event: Event) -> Result<(), throng_client::SendError> {
/// # let mut counts: HashMap<RoomId, u64> = HashMap::new();
/// if let Event::Message { room, message, .. } = event {
///     *counts.entry(room.id).or_default() += 1;
///     println!("{room} <{}> {}", message.from.nick, message.text);
///     client.send(&room, "noted").await?;
/// }
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Room {
    /// Which room it is. It stays the same when the room gets another name.
    pub id: RoomId,
    /// What people call it, as the server spells it. A direct room has no name: its id stands here, and
    /// [`OwnRoom::people`](crate::OwnRoom::people) says by whose nicks to show it.
    pub name: RoomName,
}

impl fmt::Display for Room {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.name.fmt(f)
    }
}

/// What a room can be named by: a [`Room`] or its id, a [`RoomName`], or a text. A text is an id (26
/// characters in upper case), or a name with or without a `#` before it, in any spelling that the
/// server takes for the same. A room that is called like an id needs the `#`.
///
/// ```no_run
/// # async fn example(client: throng_client::Client) -> Result<(), Box<dyn std::error::Error>> {
/// let room = client.join("#lobby").await?.room;
/// client.send(&room, "by the room").await?;
/// client.send(room.id, "by its id").await?;
/// client.send("LOBBY", "by its name").await?;
/// # Ok(()) }
/// ```
pub trait AsRoom {
    /// The id or the name.
    ///
    /// # Errors
    /// [`BadName`], when a text is neither.
    fn as_room(&self) -> Result<RoomRef, BadName>;
}

impl AsRoom for str {
    fn as_room(&self) -> Result<RoomRef, BadName> {
        RoomRef::parse(self)
    }
}

impl AsRoom for String {
    fn as_room(&self) -> Result<RoomRef, BadName> {
        RoomRef::parse(self)
    }
}

impl AsRoom for RoomName {
    fn as_room(&self) -> Result<RoomRef, BadName> {
        Ok(RoomRef::Name(self.clone()))
    }
}

impl AsRoom for RoomRef {
    fn as_room(&self) -> Result<RoomRef, BadName> {
        Ok(self.clone())
    }
}

impl AsRoom for RoomId {
    fn as_room(&self) -> Result<RoomRef, BadName> {
        Ok(RoomRef::Id(*self))
    }
}

impl AsRoom for Room {
    fn as_room(&self) -> Result<RoomRef, BadName> {
        self.id.as_room()
    }
}

impl AsRoom for RoomInfo {
    fn as_room(&self) -> Result<RoomRef, BadName> {
        self.id.as_room()
    }
}

impl<T: AsRoom + ?Sized> AsRoom for &T {
    fn as_room(&self) -> Result<RoomRef, BadName> {
        (**self).as_room()
    }
}
