//! The rooms: the map of rooms, each room's task, and its fan-out. Their logic is in the crate `throng_room`.

mod fanout;
pub(crate) mod fence;
pub(crate) mod flagged;
pub(crate) mod handle;
mod list;
pub(crate) mod map;
pub(crate) mod message;
mod room_state;
mod shadowed;
pub(crate) mod task;
