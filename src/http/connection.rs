//! One HTTP connection with hyper, from the first request to the last response or to the upgrade.
//!
//! A connection ends when no more requests come, and after a minute even if they do: the next response then
//! says `Connection: close`. That never cuts a response in progress.

use std::convert::Infallible;
use std::future::pending;
use std::net::{Shutdown, SocketAddr};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_io::Timer;
use async_lock::SemaphoreGuardArc;
use async_std::io::{ReadExt, WriteExt};
use async_std::net::TcpStream;
use futures::future::{Either, FutureExt, select};
use futures::select_biased;
use hyper::StatusCode;
use hyper::body::Incoming;
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::service::service_fn;
use smol_hyper::rt::FuturesIo;
use tracing::debug;

use super::activity::{Doing, Now};
use super::answer::Answer;
use super::context::{Context, Service, Upgrade};
use super::files::is_asset;
use super::headers::has_token;
use super::router::Routes;
use super::routes;
use crate::base::tasks::Running;
use crate::connection_slots::ConnectionSlot;
use crate::server::Server;

/// After this time, a response asks to close the connection. That frees slots, and lets a proxy distribute
/// its requests again.
const LIFETIME: Duration = Duration::from_secs(60);

/// The longest last response after the last request: a page over a slow line.
const LAST_ANSWER: Duration = Duration::from_secs(60);

/// The longest write of the 101. It is small, so only a client that has not read earlier responses needs
/// longer; and a drain waits for every upgrade.
const UPGRADE: Duration = Duration::from_secs(3);

/// How much longer than announced a connection stays open, for a request that is on its way.
const ON_ITS_WAY: Duration = Duration::from_millis(500);

/// The longest request head. Browsers send one or two kilobytes; hyper would take 400.
pub(super) const HEAD_BYTES_MAX: usize = 16 * 1024;

/// How long a client may keep sending after nothing is read any more. Closing a socket with unread bytes
/// resets it, and the reset can overtake the response.
const LINGER: Duration = Duration::from_secs(2);

/// How many of those bytes are read at once.
const LINGER_BUFFER: usize = 8 * 1024;

const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");

/// An HTTP connection.
pub(crate) struct Connection {
    context: Context,
    pub(super) routes: &'static Routes,
    began: Instant,
}

/// An upgraded connection.
pub(crate) struct Upgraded {
    pub(crate) socket: TcpStream,
    /// Bytes that were read beyond the request.
    pub(crate) early: Vec<u8>,
    pub(crate) slot: ConnectionSlot,
    /// The token in the page's cookie.
    pub(crate) cookie: Option<Box<str>>,
    /// Hold this until the session has started.
    pub(crate) running: Running,
}

/// Why to stop waiting for hyper.
#[derive(Debug)]
enum Over {
    /// No whole request came.
    Unasked,
    /// No further request came, or the drain is over.
    Idle,
    /// An upgrade was accepted.
    Upgrade,
    /// The client does not read the response, or its source does not deliver.
    Stalled,
    /// The client reset the connection.
    Gone,
}

impl Connection {
    pub(crate) fn new(
        server: Arc<Server>,
        service: Service,
        number: u64,
        local: SocketAddr,
        admitted: Option<(ConnectionSlot, SemaphoreGuardArc)>,
    ) -> Self {
        let context = Context::new(server, service, number, local, admitted);
        Self { context, routes: routes::of(service), began: Instant::now() }
    }

    /// Lets another handshake start.
    pub(crate) fn end_lease(&self) {
        self.context.end_lease();
    }

    /// Serves requests until the connection is upgraded or ends.
    pub(crate) async fn serve(&self, socket: TcpStream) -> Option<Upgraded> {
        let mut hyper = hyper::server::conn::http1::Builder::new()
            .max_buf_size(HEAD_BYTES_MAX)
            .half_close(true)
            .serve_connection(
                FuturesIo::new(socket.clone()),
                service_fn(|request| self.answer(request)),
            );
        let over = match select(&mut hyper, pin!(self.over(&socket))).await {
            Either::Left((served, _)) => Err(served),
            Either::Right((over, _)) => Ok(over),
        };
        let served = match over {
            Err(served) => served,
            Ok(Over::Upgrade) => {
                // Earlier responses are sent: hyper reads no new request before that.
                let parts = hyper.into_parts();
                return self.upgrade(parts.io.into_inner(), &parts.read_buf).await;
            }
            Ok(Over::Idle) => {
                Pin::new(&mut hyper).graceful_shutdown();
                match select(&mut hyper, Timer::after(LAST_ANSWER)).await {
                    Either::Left((served, _)) => served,
                    Either::Right(_) => return None,
                }
            }
            Ok(over @ (Over::Unasked | Over::Stalled | Over::Gone)) => {
                debug!(session = self.context.number, ?over, "HTTP ended");
                return None;
            }
        };
        drop(hyper);
        if served.is_err() || self.context.activity.has_unread_body() {
            self.linger(socket).await;
        }
        if let Err(error) = served {
            debug!(session = self.context.number, %error, "HTTP ended");
        }
        None
    }

    /// Sends the 101. `early` is a slice of hyper's whole buffer, so it is copied to free that.
    async fn upgrade(&self, socket: TcpStream, early: &[u8]) -> Option<Upgraded> {
        let Upgrade { head, cookie, running } = self.context.take_upgrade()?;
        let sent = {
            let mut to = &socket;
            let sending = pin!(to.write_all(&head));
            matches!(select(sending, Timer::after(UPGRADE)).await, Either::Left((Ok(()), _)))
        };
        let slot = self.context.take_slot().filter(|_| sent)?;
        Some(Upgraded { socket, early: early.to_vec(), slot, cookie, running })
    }

    async fn answer(&self, request: hyper::Request<Incoming>) -> Result<Answer, Infallible> {
        let context = &self.context;
        let announces = !is_asset(request.uri().path())
            && !has_token(request.headers(), &header::CONNECTION, "close");
        let mut answer = self.routes.answer(context, request).await;
        if answer.status() == StatusCode::SWITCHING_PROTOCOLS {
            return pending().await;
        }
        // A browser keeps its connection for the next file; that is no longer a handshake.
        context.end_lease();
        self.say_how_long(announces, &mut answer);
        answer.body_mut().begin(&context.activity);
        Ok(answer)
    }

    /// Announces that this was the last response, or how long the connection waits for another request.
    fn say_how_long(&self, announces: bool, answer: &mut Answer) {
        let server = &self.context.server;
        let keep_alive = server.config.keep_alive;
        let is_last = keep_alive.is_zero()
            || self.began.elapsed() >= LIFETIME
            || server.drain.has_begun()
            || self.context.activity.has_unread_body()
            || matches!(self.context.service, Service::Refused(_));
        let seconds = keep_alive.as_secs();
        if is_last {
            answer.headers_mut().append(header::CONNECTION, HeaderValue::from_static("close"));
        } else if seconds > 0
            && announces
            && let Ok(value) = HeaderValue::from_str(&format!("timeout={seconds}"))
        {
            // Listed in `Connection`, so that no proxy forwards it (RFC 9110, section 7.6.1).
            let named = HeaderValue::from_static("keep-alive");
            answer.headers_mut().append(header::CONNECTION, named);
            answer.headers_mut().insert(KEEP_ALIVE, value);
        }
    }

    /// Returns when to end hyper. It is polled whenever hyper is, so it needs no waker to notice what the
    /// connection does.
    async fn over(&self, socket: &TcpStream) -> Over {
        let Context { server, activity, .. } = &self.context;
        let mut patience = server.config.head_timeout;
        loop {
            let Now { step, doing } = activity.now();
            if step > 0 {
                patience = server.config.keep_alive + ON_ITS_WAY;
            }
            let mut deadline = match doing {
                Doing::Waiting => Timer::after(patience),
                // The router limits the time of a handler.
                Doing::Answering => Timer::never(),
                Doing::Streaming(until) => Timer::at(until),
                Doing::Upgrading => return Over::Upgrade,
            }
            .fuse();
            let mut changed = pin!(activity.changed(step).fuse());
            let mut drained = pin!(server.drain.over().fuse());
            let mut reset = pin!(reset(socket, doing).fuse());
            select_biased! {
                () = changed => {}
                () = drained => return idle(step),
                _ = deadline => match activity.now().doing {
                    Doing::Streaming(until) if until > Instant::now() => {}
                    Doing::Streaming(_) => return Over::Stalled,
                    _ => return idle(step),
                },
                () = reset => return Over::Gone,
            }
        }
    }

    /// Reads what the client still sends, so that it gets the response before the connection ends.
    async fn linger(&self, mut socket: TcpStream) {
        self.context.end_lease();
        if socket.shutdown(Shutdown::Write).is_err() {
            return;
        }
        let mut buffer = vec![0; LINGER_BUFFER];
        let reading =
            pin!(async { while socket.read(&mut buffer).await.is_ok_and(|read| read > 0) {} });
        let drained = pin!(self.context.server.drain.over());
        select(reading, select(Timer::after(LINGER), drained)).await;
    }
}

fn idle(step: u64) -> Over {
    if step == 0 { Over::Unasked } else { Over::Idle }
}

/// Returns when the client resets the connection while it waits for a response. A client that has only closed
/// its sending side may still read, and so may one with unread bytes.
async fn reset(socket: &TcpStream, doing: Doing) {
    if doing == Doing::Waiting || socket.peek(&mut [0]).await.is_ok() {
        pending::<()>().await;
    }
}
