//! The accept loop: every connection gets a slot, or a response that there is none.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use async_std::net::{TcpListener, TcpStream};
use async_std::task::sleep;
use socket2::{Domain, Protocol, Socket, Type};
use tracing::warn;

use crate::base::tasks::{Kind, Name, yield_now};
use crate::edge::handshake;
use crate::http::Service;
use crate::server::Server;

/// The kernel cuts this to `net.core.somaxconn` (4,096 by default since Linux 5.4). std asks for 128, which
/// costs seconds when thousands connect at once.
const BACKLOG: i32 = 65_535;

/// The kernel's receive buffer of a connection, in bytes: enough for some commands. By itself the kernel
/// would let it grow to megabytes for a client that sends faster than it is served.
const RECEIVE_BUFFER: usize = 32 * 1024;

/// How many connections are accepted before other tasks run.
const ACCEPTS_AT_ONCE: u32 = 32;

/// How long to pause when accepting fails, as it does when file descriptors run out; the pause doubles up to
/// the second value.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// Opens a listening socket. Accepted sockets inherit its options.
///
/// # Errors
/// When the address is in use or is not one of this machine.
pub(crate) fn listen(address: SocketAddr, send_buffer: usize) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.set_tcp_nodelay(true)?;
    // The kernel doubles it for its own bookkeeping (socket(7), SO_SNDBUF).
    socket.set_send_buffer_size(send_buffer)?;
    socket.set_recv_buffer_size(RECEIVE_BUFFER)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    Ok(std::net::TcpListener::from(socket).into())
}

/// Accepts until the drain is over: a client that connects during the drain gets an HTTP response.
pub(crate) async fn run(server: Arc<Server>, service: Service, listener: TcpListener) {
    let drained = std::pin::pin!(server.drain.over());
    let accepting = std::pin::pin!(accept_all(&server, service, &listener));
    futures::future::select(drained, accepting).await;
}

async fn accept_all(server: &Arc<Server>, service: Service, listener: &TcpListener) {
    let mut pause = PAUSES.0;
    let mut accepted = 0_u32;
    loop {
        match listener.accept().await {
            Ok((socket, peer)) => {
                pause = PAUSES.0;
                admit(server, service, socket, peer);
                accepted = accepted.wrapping_add(1);
                if accepted.is_multiple_of(ACCEPTS_AT_ONCE) {
                    yield_now().await;
                }
            }
            // The client went away before it was accepted (accept(2), ECONNABORTED).
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            Err(error) => {
                warn!(%error, "no connection can be accepted for {} ms", pause.as_millis());
                sleep(pause).await;
                pause = (pause * 2).min(PAUSES.1);
            }
        }
    }
}

fn admit(server: &Arc<Server>, service: Service, socket: TcpStream, peer: SocketAddr) {
    let number = server.number_connection();
    let name = Name::numbered(Kind::Http, number);
    let places = match service {
        Service::Metrics => &server.metrics_slots,
        Service::Chat | Service::Refused(_) => &server.slots,
    };
    match places.take(peer.ip()) {
        Ok(slot) => {
            let run = handshake::run(Arc::clone(server), service, number, socket, slot);
            server.tasks.spawn(name, Box::pin(run));
        }
        Err(no_slot) => {
            // A refusal needs a file descriptor too: if many are in progress, the rest is just closed.
            if let Some(refusal) = server.refusals.try_acquire_arc() {
                let refuse = handshake::refuse(Arc::clone(server), no_slot, number, socket);
                server.tasks.spawn(name, async move {
                    refuse.await;
                    drop(refusal);
                });
            }
        }
    }
}
