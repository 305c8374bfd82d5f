//! How a room is named between the model and the connection.

use throng_protocol::RoomId;

/// A room's name, and its id once the server has said it. The id finds the room; the name is for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RoomLabel {
    pub(crate) id: Option<RoomId>,
    pub(crate) name: String,
}

impl RoomLabel {
    /// A room that is known by its name alone.
    pub(crate) fn named(name: &str) -> Self {
        Self { id: None, name: name.to_owned() }
    }

    /// Finds it by its name again. One that was asked for by its id has no other name before the server has
    /// answered, and keeps it.
    pub(crate) fn forget_id(&mut self) {
        self.id = self.id.filter(|id| id.to_string() == self.name);
    }

    /// How the library is asked for it. A name has its `#`: then it is never taken for an id.
    pub(crate) fn to_ask(&self) -> String {
        self.id.map_or_else(|| format!("#{}", self.name), |id| id.to_string())
    }
}
