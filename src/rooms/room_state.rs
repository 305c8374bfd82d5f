//! What a room decides, with the server's ways to members, answers and clients.

use std::sync::Arc;

use crate::delivery::peer::Peer;
use crate::delivery::ticket::Ticket;
use crate::wire::entry::Entry;

/// A room.
pub(super) type State = throng_room::State<Arc<Peer>, Ticket, Entry>;

/// What its task has to do.
pub(super) type Effect = throng_room::Effect<Ticket, Entry>;
