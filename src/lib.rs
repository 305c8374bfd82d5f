//! throng: a chat server for crowds.
//!
//! The modules stand in the order of a message's way: a connection is accepted, upgraded and
//! becomes a session; a command goes to a room and from there to the log; when it is committed, a
//! frame goes to the outbox of every member.

pub mod config;
mod logs;
pub mod serve;
mod server;

mod accept;
mod admission;
mod connection;
mod handshake;
mod http;
mod people;
mod secret;
mod session;
mod token;

pub mod chatlog;
mod room;
mod rooms;

mod frame;
mod outbox;

mod clock;
mod deadlines;
mod files;
mod metrics;
mod rate;
mod tasks;

pub use logs::start as start_logs;
pub use secret::SecretError;
