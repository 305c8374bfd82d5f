//! Black-box tests: the real program, on a free port, over real sockets.
//!
//! They know the protocol crate and nothing of the server's inside. Each test starts a server of
//! its own; what it logged is printed when the test fails.

mod harness;

mod start;

mod connect;
mod heartbeat;
mod hostile_commands;
mod hostile_frames;
mod hostile_handshake;
mod page;

mod history;
mod people;
mod rooms;
mod talk;

mod crash;
mod race;
mod resume;
mod retry;

mod disk;
mod drain;
mod slow;

mod codes;
mod errors;
mod limits;
mod seen;
