//! throng: a chat server for crowds.
//!
//! The folders are listed in the order in which they may import: each only what is below it.
//! `tests/imports.rs` checks that. A message goes down this list to the log, and comes back through
//! `delivery` to every member.

#[doc(hidden)]
pub mod internals;

pub mod run;

mod edge;

mod http;

mod session;

mod connection;

pub mod admin;

mod erasing;

mod moderation;

mod peace;
mod profiles;

mod membership;

mod actor;

mod server;

mod rights;

mod rooms;

mod identity;

mod raid;
mod restrictions;

mod search;
mod seats;

mod distances;
mod filter;
mod groups;

mod connection_slots;

mod delivery;

mod wire;

pub mod handler;

pub mod config;

mod base;

pub use identity::secret::SecretError;
