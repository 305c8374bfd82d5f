//! The rooms: where each one is, its task, and its fan-out. What a room decides is in the crate
//! `throng_room`.

mod fanout;
pub(crate) mod handle;
mod list;
pub(crate) mod map;
mod room_state;
pub(crate) mod task;
