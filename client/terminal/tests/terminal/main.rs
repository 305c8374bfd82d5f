//! The real program in a terminal of its own and through pipes, against a real server.

mod harness;
mod pipes;
mod screen;
mod screenshot;
#[path = "../../../library/tests/proxy/server.rs"]
mod server;
