//! What is to be erased in the background.

use throng_protocol::{PersonId, RoomId};

/// Whose texts are to be deleted, all that there are. It is remembered until that is done, also by a crash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Erasure {
    /// All that a person has said, in every room.
    Person(PersonId),
    /// All that was said in a room.
    Room(RoomId),
}
