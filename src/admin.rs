//! What an administrator on the server's machine asks for: a Unix socket in the data directory, one table of
//! commands, and the client that stands behind `throng admin`.
//!
//! Everybody who may open the socket may do everything: its mode and the directory's are the guard. A request is one
//! line of JSON, `{"command": "room show", "room": "lobby"}`, and so is its answer, `{"ok": …}` or
//! `{"error": {"code": …, "message": …}}`.
//!
//! A command is a row in `table.rs` and a function in a file of this folder. The program's arguments, the help,
//! the check of what arrives and the table that people read follow from the row.

pub mod client;
pub(crate) mod listener;

mod connection;
mod line_buffer;
mod socket;

mod table;

mod audit;
mod filter;
mod group;
mod message;
mod peace;
mod room;
mod session;
mod status;
mod token;
mod user;

mod arguments;
mod refused;
mod row;
