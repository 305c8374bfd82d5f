//! The floor's rooms: the head, the members' slots, and, if the floor keeps one, a log in memory.

use std::collections::HashMap;

use serde_json::Value;
use throng_protocol::RoomId;

use super::connection::Connection;

/// All rooms. A join creates them, and they are never removed.
#[derive(Default)]
pub(super) struct Rooms {
    /// The index of a room, by its name and by its id.
    numbers: HashMap<String, usize>,
    rooms: Vec<Room>,
}

/// One room.
pub(super) struct Room {
    pub(super) id: RoomId,
    pub(super) name: String,
    /// The last seq.
    pub(super) head: u64,
    /// The members' slots.
    pub(super) members: Vec<usize>,
    /// All entries from seq 1 on; empty if the floor keeps no log.
    pub(super) log: Vec<Value>,
    /// The frame that a fault holds back, and for which member.
    pub(super) held: Option<(usize, Vec<u8>)>,
}

impl Rooms {
    pub(super) fn get_mut(&mut self, number: usize) -> &mut Room {
        &mut self.rooms[number]
    }

    pub(super) fn number(&self, room: &str) -> Option<usize> {
        self.numbers.get(room).copied()
    }

    /// Another room than this one, unless there is only one.
    pub(super) fn other(&self, number: usize) -> usize {
        (number + 1) % self.rooms.len()
    }

    /// Makes `slot` a member of the room with this name. With `one_id`, all rooms get the same id.
    pub(super) fn join(
        &mut self,
        slot: usize,
        connection: &mut Connection,
        name: &str,
        one_id: bool,
    ) -> &Room {
        let number = self.number(name).unwrap_or_else(|| {
            let (name, number) = (name.to_owned(), self.rooms.len());
            let id = RoomId::from_parts(1, if one_id { 0 } else { number as u128 });
            self.numbers.insert(name.clone(), number);
            self.numbers.insert(id.to_string(), number);
            let (members, log) = (Vec::new(), Vec::new());
            self.rooms.push(Room { id, name, head: 0, members, log, held: None });
            number
        });
        let room = &mut self.rooms[number];
        if !connection.rooms.contains(&number) {
            connection.rooms.push(number);
            room.members.push(slot);
        }
        room
    }

    /// Removes a connection from all its rooms.
    pub(super) fn leave(&mut self, slot: usize, connection: &Connection) {
        for number in &connection.rooms {
            let members = &mut self.rooms[*number].members;
            if let Some(place) = members.iter().position(|member| *member == slot) {
                members.swap_remove(place);
            }
        }
    }

    /// Removes a connection from one room: it has to read further pages first.
    pub(super) fn pause(&mut self, slot: usize, connection: &mut Connection, name: &str) {
        let Some(number) = self.number(name) else { return };
        connection.rooms.retain(|room| *room != number);
        self.rooms[number].members.retain(|member| *member != slot);
    }
}

impl Room {
    /// The entries after `after`, at most `limit`, and whether there are more.
    pub(super) fn page(&self, after: u64, limit: usize) -> (Vec<Value>, bool) {
        let start = usize::try_from(after).unwrap_or(usize::MAX).min(self.log.len());
        let end = start.saturating_add(limit).min(self.log.len());
        (self.log[start..end].to_vec(), end < self.log.len())
    }
}
