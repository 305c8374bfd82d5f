//! A connection after its upgrade: the raw socket, and the task that serves it.

use std::sync::Arc;

use async_std::net::TcpStream;

use crate::admission::Place;
use crate::outbox::Outbox;
use crate::server::Server;
use crate::session::Session;
use crate::tasks::{Kind, Name};

mod boundary;
pub(crate) mod reader;

/// Starts the session of an upgraded connection. No state of the handshake is left in it.
pub(crate) fn start(
    server: &Arc<Server>,
    number: u64,
    socket: TcpStream,
    early: Vec<u8>,
    place: Place,
) {
    let outbox = Outbox::new(number, socket, Arc::clone(&server.budget));
    let session = Session::new(Arc::clone(server), outbox, place);
    server.tasks.spawn(Name::numbered(Kind::Session, number), session.run(early));
}
