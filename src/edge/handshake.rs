//! The handshake: from an accepted socket to an upgraded one, or to a page.
//!
//! A separate task speaks HTTP and ends with the upgrade. The session's task gets the raw socket and a copy
//! of the bytes that were read too far, so that none of hyper's ten kilobytes stay with a connection.

use std::sync::Arc;
use std::time::Duration;

use async_io::Timer;
use async_std::net::TcpStream;
use futures::future::{Either, select};
use tracing::debug;

use crate::base::tasks::{Kind, Name};
use crate::connection::Connection;
use crate::connection::handler_loop;
use crate::connection_slots::{ConnectionSlot, NoSlot};
use crate::http::{self, Service, Upgraded};
use crate::server::Server;
use crate::session::Session;

/// How long a handshake counts against `admissions_max`. A quick client needs a millisecond; a client that
/// drips its request gives its slot to the next one, and continues without.
const LEASE: Duration = Duration::from_millis(500);

/// The longest refusal: the client should get the reason, but holds an open file meanwhile.
const REFUSAL: Duration = Duration::from_secs(1);

/// Serves HTTP on one connection until it is upgraded or ends.
pub(crate) async fn run(
    server: Arc<Server>,
    service: Service,
    number: u64,
    socket: TcpStream,
    slot: ConnectionSlot,
) {
    let Some(socket) = spoken(&server, socket).await else { return };
    // While it waits here, no deadline of the client runs.
    let lease = {
        let drained = std::pin::pin!(server.drain.over());
        let admitted = std::pin::pin!(server.admissions.acquire_arc());
        match select(admitted, drained).await {
            Either::Left((lease, _)) => lease,
            Either::Right(_) => return,
        }
    };
    let Ok(local) = socket.local_addr() else { return };
    let http =
        http::Connection::new(Arc::clone(&server), service, number, local, Some((slot, lease)));
    let upgraded = {
        let serving = std::pin::pin!(http.serve(socket));
        match select(serving, Timer::after(LEASE)).await {
            Either::Left((upgraded, _)) => upgraded,
            Either::Right((_, serving)) => {
                http.end_lease();
                serving.await
            }
        }
    };
    if let Some(Upgraded { socket, early, slot, cookie, running }) = upgraded {
        let connection = Connection::new(&server, number, socket, slot);
        let name = Name::numbered(Kind::Session, number);
        match &server.handler {
            None => server.tasks.spawn(name, Session::new(connection, cookie).run(early)),
            Some(make) => {
                server.tasks.spawn(name, handler_loop::run(connection, make(), early));
            }
        }
        drop(running);
    }
}

/// Waits until the client has sent something, at most for `head_timeout`.
async fn spoken(server: &Server, socket: TcpStream) -> Option<TcpStream> {
    let has_spoken = {
        let mut byte = [0];
        let silence = Timer::after(server.config.head_timeout);
        let drained = std::pin::pin!(server.drain.over());
        let heard = std::pin::pin!(socket.peek(&mut byte));
        matches!(select(heard, select(silence, drained)).await, Either::Left((Ok(1), _)))
    };
    has_spoken.then_some(socket)
}

/// Serves a connection without a slot for a moment: only health checks get more than a refusal.
pub(crate) async fn refuse(server: Arc<Server>, no_slot: NoSlot, number: u64, socket: TcpStream) {
    let Ok(local) = socket.local_addr() else { return };
    let http = http::Connection::new(server, Service::Refused(no_slot), number, local, None);
    let serving = std::pin::pin!(http.serve(socket));
    let in_time = matches!(select(serving, Timer::after(REFUSAL)).await, Either::Left(_));
    debug!(session = number, ?no_slot, in_time, "a connection was refused");
}
