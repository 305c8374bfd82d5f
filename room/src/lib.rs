//! A room: the order of messages, the members, and what each client gets.
//!
//! Plain values in, plain values out: no I/O, no clock, no JSON and no runtime. [`State`] returns [`Effect`]s
//! in order, and the server's task of the room carries them out. So tests can drive thousands of random
//! histories through it by seed.

mod batch;
mod catch_up;
mod changes;
mod effect;
mod forms;
mod gap;
mod pages;
mod pending_batch;
mod recent;
mod roster;
mod state;
#[cfg(test)]
mod tests;
mod unknown_outcome;

pub use catch_up::Cursor;
pub use effect::{Answer, Asked, Effect, Ephemeral, Read, Waiting, log_refusal};
pub use forms::Forms;
pub use pages::PAGE_ENVELOPE;
pub use recent::{Encoded, PageSize};
pub use roster::{JoinId, Member, Roster};
pub use state::{Limits, State, TYPING_NAMES_MAX};
