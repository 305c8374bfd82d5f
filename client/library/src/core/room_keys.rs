//! How the core finds a room, which a caller may call by several names and the server by one id.

use std::collections::HashMap;

use throng_protocol::{RoomId, RoomRef};

/// What a room was called first: it stays the room's key until the room is gone. The `#` of names
/// keeps them apart from ids.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct RoomKey(Box<str>);

impl RoomKey {
    pub(super) fn of(room: &RoomRef) -> Self {
        match room {
            RoomRef::Id(id) => Self(id.to_string().into()),
            RoomRef::Name(name) => Self(format!("#{}", name.fold().as_str()).into()),
        }
    }
}

/// The rooms that the server has answered for: their ids, and what else they are called.
#[derive(Default)]
pub(super) struct RoomKeys {
    ids: HashMap<RoomId, RoomKey>,
    also: HashMap<RoomKey, RoomKey>,
}

impl RoomKeys {
    /// The key of a room, whether it is known or not.
    pub(super) fn find(&self, room: &RoomRef) -> RoomKey {
        let key = RoomKey::of(room);
        match room {
            RoomRef::Id(id) => self.of_id(*id).cloned().unwrap_or(key),
            RoomRef::Name(_) => self.also.get(&key).cloned().unwrap_or(key),
        }
    }

    /// The room with this id, which events carry.
    pub(super) fn of_id(&self, id: RoomId) -> Option<&RoomKey> {
        self.ids.get(&id)
    }

    pub(super) fn set_id(&mut self, key: &RoomKey, id: RoomId) {
        self.ids.insert(id, key.clone());
    }

    /// Another name of the room.
    pub(super) fn set_also(&mut self, other: RoomKey, key: &RoomKey) {
        if other != *key {
            self.also.insert(other, key.clone());
        }
    }

    /// The room has no id any more. It keeps its names.
    pub(super) fn remove_id(&mut self, key: &RoomKey) {
        self.ids.retain(|_, of| of != key);
    }

    pub(super) fn remove(&mut self, key: &RoomKey) {
        self.remove_id(key);
        self.also.retain(|_, of| of != key);
    }
}
