//! A connection after its upgrade: messages in, frames out, and the deadlines of both.
//!
//! It does not know what happens to the messages: a session or a [`Handler`](crate::handler::Handler)
//! processes them.

use std::future::Future;
use std::sync::Arc;
use std::task::Poll;

use futures::future::poll_fn;

use crate::connection_slots::ConnectionSlot;
use crate::delivery::peer::{Alarm, Driven, Peer};
use crate::delivery::ticket::Ticket;
use crate::delivery::transport::Transport;
use crate::server::Server;

mod end;
pub(crate) mod handler_loop;
pub(crate) mod ws;

pub(crate) use crate::connection::ws::reader::Incoming;
pub(crate) use end::ConnectionEnd;

use crate::connection::ws::reader::Reader;
use end::FLUSH;

/// One connection.
pub(crate) struct Connection {
    pub(crate) server: Arc<Server>,
    pub(crate) peer: Arc<Peer>,
    pub(crate) slot: ConnectionSlot,
    reader: Reader,
}

impl Connection {
    /// An upgraded connection. It keeps no state of the handshake.
    pub(crate) fn new(
        server: &Arc<Server>,
        number: u64,
        transport: impl Into<Transport>,
        slot: ConnectionSlot,
    ) -> Self {
        let peer = Peer::new(number, transport, Arc::clone(&server.budget));
        let reader = Reader::new(server.rates.small_frames);
        Self { server: Arc::clone(server), peer, slot, reader }
    }

    /// Takes the bytes that came with the handshake.
    ///
    /// # Errors
    /// When they are not frames.
    pub(crate) fn begin(&mut self, early: Vec<u8>) -> Result<(), ConnectionEnd> {
        self.server.heartbeat.watch(&self.peer);
        if self.server.drain.has_begun() {
            self.peer.alarm(Alarm::Drain);
        }
        let bytes_max = self.server.config.frame_bytes_max;
        Ok(self.reader.begin(&early, &self.peer, bytes_max)?)
    }

    /// Waits for the client's next message, and drives the peer meanwhile. Calls `news` when the person
    /// has another nick or another role.
    ///
    /// # Errors
    /// Why there is no further message.
    pub(crate) async fn next(
        &mut self,
        news: impl Fn(&Server, &Peer, Driven),
    ) -> Result<Incoming, ConnectionEnd> {
        poll_fn(|cx| {
            let driven = self.peer.drive(cx).map_err(ConnectionEnd::Broken)?;
            if driven.has_news() {
                news(&self.server, &self.peer, driven);
            }
            match driven.alarm {
                // Before the reader, so that a client that sends without end is closed too.
                Some(alarm) if let Some(end) = ordered(alarm) => return Poll::Ready(Err(end)),
                Some(Alarm::Drain) if self.server.drain.has_lasted(FLUSH) => {
                    return Poll::Ready(Err(ConnectionEnd::Drained));
                }
                _ => {}
            }
            match self.reader.poll_next(cx, &self.peer, self.server.config.frame_bytes_max) {
                Poll::Ready(Ok(incoming)) => Poll::Ready(Ok(incoming)),
                Poll::Ready(Err(end)) => Poll::Ready(Err(end.into())),
                Poll::Pending => {
                    self.judge(driven).map_or(Poll::Pending, |end| Poll::Ready(Err(end)))
                }
            }
        })
        .await
    }

    /// Waits until there is room for an answer, so that a client that reads no answers can't make the server
    /// keep them: its messages wait in its own socket.
    ///
    /// # Errors
    /// When the connection ends meanwhile.
    pub(crate) async fn ticket(
        &self,
        id: Option<u64>,
        bytes: usize,
        news: impl Fn(&Server, &Peer, Driven),
    ) -> Result<Ticket, ConnectionEnd> {
        self.driving(self.peer.ticket(id, bytes), news).await
    }

    /// Drives the peer while waiting for something else. If the client reads nothing, the wait is no longer
    /// than a write may stall.
    ///
    /// # Errors
    /// When the connection ends meanwhile.
    pub(crate) async fn driving<T>(
        &self,
        work: impl Future<Output = T>,
        news: impl Fn(&Server, &Peer, Driven),
    ) -> Result<T, ConnectionEnd> {
        let mut work = std::pin::pin!(work);
        poll_fn(|cx| {
            let driven = self.peer.drive(cx).map_err(ConnectionEnd::Broken)?;
            if driven.has_news() {
                news(&self.server, &self.peer, driven);
            }
            if let Poll::Ready(done) = work.as_mut().poll(cx) {
                return Poll::Ready(Ok(done));
            }
            match driven.alarm {
                Some(alarm) if let Some(end) = ordered(alarm) => Poll::Ready(Err(end)),
                Some(Alarm::Drain) if self.server.drain.has_lasted(FLUSH) => {
                    Poll::Ready(Err(ConnectionEnd::Drained))
                }
                Some(_) if self.server.heartbeat.alarm_for(&self.peer) == Some(Alarm::Stalled) => {
                    Poll::Ready(Err(ConnectionEnd::TooSlow))
                }
                _ => Poll::Pending,
            }
        })
        .await
    }

    /// What an alarm means, once everything from the client has been read.
    fn judge(&self, driven: Driven) -> Option<ConnectionEnd> {
        let alarm = driven.alarm?;
        if alarm == Alarm::Drain {
            return Some(ConnectionEnd::Drained);
        }
        match self.server.heartbeat.alarm_for(&self.peer) {
            Some(Alarm::Silent) if !self.peer.is_greeted() => Some(ConnectionEnd::HelloLate),
            Some(Alarm::Silent) => Some(ConnectionEnd::Silent),
            Some(Alarm::Stalled) => Some(ConnectionEnd::TooSlow),
            Some(_) | None => {
                self.peer.clear(alarm);
                None
            }
        }
    }
}

/// The end that somebody has ordered, whatever the client does.
fn ordered(alarm: Alarm) -> Option<ConnectionEnd> {
    match alarm {
        Alarm::Close => Some(ConnectionEnd::ClosedByAdmin),
        Alarm::LoggedOut => Some(ConnectionEnd::LoggedOut),
        Alarm::Banned => Some(ConnectionEnd::Banned),
        Alarm::JwtExpired => Some(ConnectionEnd::JwtExpired),
        Alarm::Silent | Alarm::Stalled | Alarm::Drain => None,
    }
}
