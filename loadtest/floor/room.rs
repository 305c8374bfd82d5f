//! The floor's rooms: a head and the members' slots.

use std::collections::HashMap;

use super::connection::Connection;

/// All rooms; they are made by joining and never go.
#[derive(Default)]
pub(super) struct Rooms {
    by_name: HashMap<String, usize>,
    rooms: Vec<Room>,
}

/// One room.
pub(super) struct Room {
    pub(super) name: String,
    /// The last seq.
    pub(super) head: u64,
    /// Who gets each message, by slot.
    pub(super) members: Vec<usize>,
    /// A frame that a fault holds back.
    pub(super) held: Option<Vec<u8>>,
}

impl Rooms {
    pub(super) fn get_mut(&mut self, number: usize) -> &mut Room {
        &mut self.rooms[number]
    }

    /// Makes `slot` a member of the room of this name, and of no other.
    pub(super) fn join(&mut self, slot: usize, connection: &mut Connection, name: &str) -> &Room {
        self.leave(slot, connection);
        let number = *self.by_name.entry(name.to_owned()).or_insert_with(|| {
            let name = name.to_owned();
            self.rooms.push(Room { name, head: 0, members: Vec::new(), held: None });
            self.rooms.len() - 1
        });
        connection.room = Some(number);
        let room = &mut self.rooms[number];
        room.members.push(slot);
        room
    }

    pub(super) fn leave(&mut self, slot: usize, connection: &Connection) {
        let Some(number) = connection.room else { return };
        let members = &mut self.rooms[number].members;
        if let Some(place) = members.iter().position(|member| *member == slot) {
            members.swap_remove(place);
        }
    }
}
