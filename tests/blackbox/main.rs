//! Black-box tests: the real program, on a free port, over real sockets.
//!
//! They know the protocol crate and nothing of the server's inside. Each test starts a separate server, and
//! prints the server's log if it fails.

mod hindered_start;
mod start;

mod connect;
mod echo;
mod frames;
mod heartbeat;
mod hostile_commands;
mod hostile_frames;
mod hostile_handshake;
mod keep_alive;
mod page;
mod places;

mod people;
mod private_rooms;
mod race;
mod room_ids;
mod rooms;

mod crash;
mod resume;
mod retry;
mod upgrade;

mod bots;
mod clock;
mod damage;
mod deleting;
mod disk;
mod displaced;
mod drain;
mod editing;
mod signals;
mod slow;

mod accounts;
mod admin;
mod admin_socket;
mod audit_export;
mod codes;
mod filters;
mod jwt;
mod limits;
mod login_cookie;
mod login_storm;
mod profiles;
mod raid;
mod seen;
