//! The room's logic, with the server's types for members, answers and entries.

use std::sync::Arc;

use crate::delivery::peer::Peer;
use crate::delivery::ticket::Ticket;
use crate::wire::entry::Entry;

/// A room.
pub(super) type State = throng_room::State<Arc<Peer>, Ticket, Entry>;

/// The effects for its task.
pub(super) type Effect = throng_room::Effect<Ticket, Entry>;
