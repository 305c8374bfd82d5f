//! How a room is named between the model and the connection.

use throng_protocol::RoomId;

/// A room's name, and its id once the server has sent it. The id identifies the room; the name is for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RoomLabel {
    pub(crate) id: Option<RoomId>,
    pub(crate) name: String,
}

impl RoomLabel {
    /// A room of which only the name is known.
    pub(crate) fn named(name: &str) -> Self {
        Self { id: None, name: name.to_owned() }
    }

    /// Forgets the id, so that the room is joined by its name. If the person asked for it by its id and the
    /// server has not answered yet, the id is also the name, and stays.
    pub(crate) fn forget_id(&mut self) {
        self.id = self.id.filter(|id| id.to_string() == self.name);
    }

    /// What to ask the library for: the id, or the name with its `#`, which is never taken for an id.
    pub(crate) fn to_ask(&self) -> String {
        self.id.map_or_else(|| format!("#{}", self.name), |id| id.to_string())
    }
}
