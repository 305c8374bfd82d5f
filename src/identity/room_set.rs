//! The rooms that a person may be in, where an issuer outside says which.

use std::collections::HashSet;

use throng_protocol::{Fold, RoomId, RoomRef};

/// Rooms by id or by name.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct RoomSet {
    ids: HashSet<RoomId>,
    names: HashSet<Fold>,
}

impl RoomSet {
    /// The rooms of a grant. What is no room's name any more is left out.
    pub(crate) fn of(rooms: &[Box<str>]) -> Self {
        let mut set = Self::default();
        for room in rooms.iter().filter_map(|room| RoomRef::parse(room).ok()) {
            match room {
                RoomRef::Id(id) => drop(set.ids.insert(id)),
                RoomRef::Name(name) => drop(set.names.insert(name.fold())),
            }
        }
        set
    }

    /// Whether a room is one of them.
    pub(crate) fn has(&self, id: RoomId, name: &Fold) -> bool {
        self.ids.contains(&id) || self.names.contains(name)
    }

    /// Whether the room with this name is one of them, if its id is not known.
    pub(crate) fn has_name(&self, name: &Fold) -> bool {
        self.names.contains(name)
    }
}
