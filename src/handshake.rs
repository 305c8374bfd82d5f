//! The handshake: from an accepted socket to an upgraded one, or to a page.
//!
//! hyper speaks HTTP here, in a task of its own that ends with the upgrade; the session's task
//! gets the raw socket and a copy of what was read too far, so that none of hyper's ten kilobytes
//! stay with a connection.

use std::future::poll_fn;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::Poll;
use std::time::Duration;

use async_io::Timer;
use async_lock::SemaphoreGuardArc;
use async_std::net::TcpStream;
use futures::future::{Either, select};
use hyper::service::service_fn;
use hyper::upgrade::OnUpgrade;
use parking_lot::Mutex;
use smol_hyper::rt::{FuturesIo, SmolTimer};
use tracing::debug;

use crate::admission::Place;
use crate::connection;
use crate::http;
use crate::server::Server;
use crate::tasks::yield_now;

/// How long a handshake keeps its place among those that are worked on. A client that is quick
/// needs a millisecond; one that drips gives its place to the next, and drips on alone.
const LEASE: Duration = Duration::from_millis(500);

/// How long a connection that is not upgraded may last: enough for a page over a slow line.
const PAGE: Duration = Duration::from_secs(60);

/// How long a browser's connection may wait for the next file. A page is there after less, and each
/// visitor's half a dozen connections are places that others want.
const IDLE: Duration = Duration::from_secs(2);

/// The longest request head. Browsers send one or two kilobytes; hyper would take 400.
const HEAD_BYTES_MAX: usize = 16 * 1024;

/// Which pages an address serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    /// The chat.
    Chat,
    /// The metrics.
    Metrics,
}

/// Serves HTTP on one connection until it is upgraded or ends.
pub(crate) async fn run(
    server: Arc<Server>,
    service: Service,
    number: u64,
    socket: TcpStream,
    place: Place,
) {
    let Some(socket) = spoken(&server, socket).await else { return };
    // Nothing counts against the client while it waits here.
    let permit = {
        let drained = std::pin::pin!(server.drain.begun());
        let admitted = std::pin::pin!(server.admissions.acquire_arc());
        match select(admitted, drained).await {
            Either::Left((permit, _)) => Mutex::new(Some(permit)),
            Either::Right(_) => return,
        }
    };
    let serving = std::pin::pin!(serve(&server, service, number, socket, &permit));
    let upgraded = match select(serving, Timer::after(LEASE)).await {
        Either::Left((upgraded, _)) => upgraded,
        Either::Right((_, serving)) => {
            permit.lock().take();
            let given_up = std::pin::pin!(given_up(&server));
            let ended = select(serving, given_up).await;
            let Either::Left((upgraded, _)) = ended else { return };
            upgraded
        }
    };
    if let Some((socket, early)) = upgraded {
        connection::start(&server, number, socket, early, place);
    }
}

/// Waits until the client has said something, but not for ever, and not for those who never do.
async fn spoken(server: &Server, socket: TcpStream) -> Option<TcpStream> {
    let has_spoken = {
        let mut byte = [0];
        let silence = Timer::after(server.config.head_timeout);
        let drained = std::pin::pin!(server.drain.begun());
        let heard = std::pin::pin!(socket.peek(&mut byte));
        matches!(select(heard, select(silence, drained)).await, Either::Left((Ok(1), _)))
    };
    has_spoken.then_some(socket)
}

/// Returns when this connection has had its time, or the server is draining.
async fn given_up(server: &Server) {
    let drained = std::pin::pin!(server.drain.begun());
    select(Timer::after(PAGE), drained).await;
}

/// Returns when a page was asked for, and then nothing more for a while. It is polled whenever the
/// connection is, so until there was a page it needs neither a waker nor a timer.
async fn idle(pages: &AtomicU32) {
    let asked = || pages.load(Ordering::Relaxed);
    poll_fn(|_| if asked() > 0 { Poll::Ready(()) } else { Poll::Pending }).await;
    let mut before = 0;
    while asked() != before {
        before = asked();
        Timer::after(IDLE).await;
    }
}

async fn serve(
    server: &Arc<Server>,
    service: Service,
    number: u64,
    socket: TcpStream,
    permit: &Mutex<Option<SemaphoreGuardArc>>,
) -> Option<(TcpStream, Vec<u8>)> {
    let local = socket.local_addr().ok()?;
    let upgrade = Mutex::new(None);
    let pages = AtomicU32::new(0);
    let answer = service_fn(|mut request| {
        let response = match service {
            Service::Chat => http::answer(server, local, &request),
            Service::Metrics => http::answer_metrics(server, local, &request),
        };
        if http::is_upgrade(&response) {
            *upgrade.lock() = Some(hyper::upgrade::on(&mut request));
        } else {
            // A browser keeps its connection for the next file; that is no handshake any more.
            permit.lock().take();
            pages.fetch_add(1, Ordering::Relaxed);
        }
        async move { Ok::<_, std::convert::Infallible>(response) }
    });
    let mut serving = std::pin::pin!(
        hyper::server::conn::http1::Builder::new()
            .timer(SmolTimer::new())
            .max_buf_size(HEAD_BYTES_MAX)
            .header_read_timeout(server.config.head_timeout)
            .serve_connection(FuturesIo::new(socket), answer)
            .with_upgrades()
    );
    let idle = std::pin::pin!(idle(&pages));
    let served = match select(serving.as_mut(), idle).await {
        Either::Left((served, _)) => served,
        Either::Right(_) => {
            // What is being answered is answered to the end.
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = served {
        debug!(session = number, %error, "the handshake ended");
    }
    let upgrade: Option<OnUpgrade> = upgrade.lock().take();
    let upgraded = upgrade?.await.ok()?;
    let parts = upgraded.downcast::<FuturesIo<TcpStream>>().ok()?;
    // `read_buf` is a slice of hyper's whole buffer, so it is copied and let go.
    Some((parts.io.into_inner(), parts.read_buf.to_vec()))
}

/// Tells a client that there is no place for it. There is no time to listen to it.
pub(crate) async fn refuse(socket: TcpStream, peer: SocketAddr, answer: &'static [u8]) {
    use async_std::io::prelude::WriteExt;
    use futures::AsyncReadExt;
    let told = std::pin::pin!(async {
        (&socket).write_all(answer).await?;
        socket.shutdown(std::net::Shutdown::Write)?;
        // Reading to the end keeps the answer from being reset before it is read.
        let mut rest = [0; 512];
        while (&socket).read(&mut rest).await? > 0 {
            yield_now().await;
        }
        std::io::Result::Ok(())
    });
    let told = select(told, Timer::after(Duration::from_secs(1))).await;
    debug!(%peer, told = matches!(told, Either::Left((Ok(()), _))), "a connection was refused");
}
