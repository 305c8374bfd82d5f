//! The ids of rooms, from the answers to joins: frames refer to rooms by id.

use std::collections::HashMap;

use throng_protocol::RoomId;

/// The length of an id as text, as it is in frames.
const ID_BYTES: usize = 26;

/// The ids of a crowd's rooms.
#[derive(Debug)]
pub(crate) struct RoomIds {
    ids: Vec<Option<RoomId>>,
    /// By the text of the id, so that a frame's room is known without parsing it.
    rooms: HashMap<[u8; ID_BYTES], u32>,
}

impl RoomIds {
    pub(crate) fn new(rooms: u32) -> Self {
        Self { ids: vec![None; rooms as usize], rooms: HashMap::new() }
    }

    /// Records the id in the answer to a join. A room keeps its id once it has messages, and no two rooms
    /// have the same one. Otherwise returns the id that the room had, or the number of the other room.
    pub(crate) fn learn(&mut self, room: u32, id: RoomId, is_blank: bool) -> Result<(), Clash> {
        match self.room(id) {
            Some(known) if known == room => return Ok(()),
            Some(other) => return Err(Clash::SharedWith(other)),
            None => {}
        }
        match self.ids[room as usize] {
            Some(before) if !is_blank => return Err(Clash::Before(before)),
            // When a server restarts, it forgets rooms without messages.
            Some(before) => drop(self.rooms.remove(&text(before))),
            None => {}
        }
        self.ids[room as usize] = Some(id);
        self.rooms.insert(text(id), room);
        Ok(())
    }

    pub(crate) fn id(&self, room: u32) -> Option<RoomId> {
        self.ids[room as usize]
    }

    pub(crate) fn room(&self, id: RoomId) -> Option<u32> {
        self.rooms.get(&text(id)).copied()
    }

    /// The room whose id is at the start of a text.
    pub(crate) fn room_at(&self, text: &[u8]) -> Option<u32> {
        self.rooms.get(text.first_chunk()?).copied()
    }
}

/// Why a room cannot have this id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clash {
    /// The room had this id before, and has messages.
    Before(RoomId),
    /// This other room has the id.
    SharedWith(u32),
}

fn text(id: RoomId) -> [u8; ID_BYTES] {
    let text = id.to_string();
    *text.as_bytes().first_chunk().expect("an id has 26 characters")
}

#[cfg(test)]
mod tests {
    use throng_protocol::RoomId;

    use super::{Clash, RoomIds};

    #[test]
    fn a_room_keeps_its_id_and_shares_it_with_none() {
        let id = |number| RoomId::from_parts(1, number);
        let mut ids = RoomIds::new(2);
        assert_eq!((ids.id(0), ids.room(id(7))), (None, None));
        assert_eq!(ids.learn(0, id(7), true), Ok(()));
        assert_eq!(ids.learn(0, id(7), false), Ok(()), "again");
        assert_eq!(ids.learn(1, id(7), true), Err(Clash::SharedWith(0)));
        assert_eq!(ids.learn(0, id(8), false), Err(Clash::Before(id(7))));
        assert_eq!(ids.learn(0, id(8), true), Ok(()), "nothing was said in it");
        assert_eq!((ids.room(id(7)), ids.room(id(8)), ids.id(0)), (None, Some(0), Some(id(8))));
        let frame = format!("{}\",\"seq\":1", id(8));
        assert_eq!(ids.room_at(frame.as_bytes()), Some(0));
        assert_eq!(ids.room_at(b"short"), None);
    }
}
