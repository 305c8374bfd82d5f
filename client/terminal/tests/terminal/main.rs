//! The real program in a terminal and through pipes, against a real server.

mod accounts;
mod harness;
mod own_rooms;
mod pipes;
mod screen;
mod screenshot;
