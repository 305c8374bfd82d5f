//! The end of a connection: the reason, the client's last frames, and how it is closed.

use std::io;
use std::task::Poll;
use std::time::Duration;

use async_io::Timer;
use futures::future::{Either, poll_fn, select};
use throng_log::clock::millis;
use throng_protocol::{CloseCode, Farewell};
use tracing::{debug, error};

use super::Connection;
use crate::base::metrics::Reason;
use crate::base::tasks::yield_now;
use crate::connection::ws::reader::ReadEnd;
use crate::delivery::peer::Peer;
use crate::server::Server;
use crate::wire::frame::Frame;

/// The longest write of the last words. A client that does not take them in this time is not reading.
pub(super) const FLUSH: Duration = Duration::from_secs(3);

/// How long a closed connection waits for the client's own close, so that bytes that the client sends
/// meanwhile do not reset the connection before the last words arrive (RFC 6455, section 7.1.1).
const LINGER: Duration = Duration::from_secs(1);

/// How long a client must stay away after it was closed for flooding, in milliseconds.
const FLOODING_AFTER_MS: u64 = 30_000;

/// The shortest time after which clients of a drained server return, in milliseconds: a restart takes that
/// long.
const RESTART_MS: u64 = 500;

/// How long a client is to stay away that an administrator closed, in milliseconds. It may come back: to
/// keep it out is the work of a ban.
const CLOSED_BY_ADMIN_AFTER_MS: u64 = 5_000;

/// How a connection ended.
#[derive(Debug)]
pub(crate) enum ConnectionEnd {
    /// The client closed, or went away.
    PeerLeft,
    /// The client said `bye`.
    SaidBye,
    /// The server is draining.
    Drained,
    /// An administrator closed it.
    ClosedByAdmin,
    /// Its login has ended.
    LoggedOut,
    /// The person, or the address, was banned.
    Banned,
    /// Nothing came for twice the heartbeat.
    Silent,
    /// No hello came in time.
    HelloLate,
    /// The hello was refused for good.
    HelloRefused,
    /// The client did not read what was written to it.
    TooSlow,
    /// The client's commands were all refused, one after another.
    Flooding,
    /// The client broke the WebSocket protocol.
    Protocol(String),
    /// A text frame was not UTF-8.
    NotUtf8,
    /// A message was longer than this many bytes.
    TooBig(usize),
    /// The socket broke.
    Broken(io::Error),
    /// The connection's task panicked.
    Failed,
}

impl From<ReadEnd> for ConnectionEnd {
    fn from(end: ReadEnd) -> Self {
        match end {
            ReadEnd::Closed => Self::PeerLeft,
            ReadEnd::Protocol(what) => Self::Protocol(what),
            ReadEnd::NotUtf8 => Self::NotUtf8,
            ReadEnd::TooBig(max) => Self::TooBig(max),
            ReadEnd::Flood => Self::Flooding,
            ReadEnd::Broken(error) => Self::Broken(error),
        }
    }
}

impl ConnectionEnd {
    /// A word for the metrics and the log.
    fn word(&self) -> &'static str {
        match self {
            Self::PeerLeft => "peer_left",
            Self::SaidBye => "said_bye",
            Self::Drained => "drained",
            Self::ClosedByAdmin => "closed_by_admin",
            Self::LoggedOut => "logged_out",
            Self::Banned => "banned",
            Self::Silent => "silent",
            Self::HelloLate => "hello_late",
            Self::HelloRefused => "hello_refused",
            Self::TooSlow => "too_slow",
            Self::Flooding => "flooding",
            Self::Protocol(_) => "protocol",
            Self::NotUtf8 => "not_utf8",
            Self::TooBig(_) => "too_big",
            Self::Broken(_) => "broken",
            Self::Failed => "failed",
        }
    }

    /// The last words: the code, the reason, and when to come back.
    fn farewell(&self, server: &Server) -> Option<Farewell> {
        let heartbeat = server.config.heartbeat;
        let (code, reason, after_ms) = match self {
            Self::PeerLeft | Self::SaidBye | Self::Broken(_) => return None,
            Self::Drained => {
                let spread = millis(server.config.return_spread);
                let after = RESTART_MS + fastrand::u64(0..=spread);
                (CloseCode::GoingAway, "the server is restarting".to_owned(), Some(after))
            }
            Self::ClosedByAdmin => {
                let reason = "an administrator closed this session".to_owned();
                (CloseCode::ClosedByAdministrator, reason, Some(CLOSED_BY_ADMIN_AFTER_MS))
            }
            Self::LoggedOut => {
                (CloseCode::LoggedOut, "this device was logged out".to_owned(), None)
            }
            Self::Banned => (CloseCode::Banned, "you are banned from this server".to_owned(), None),
            Self::Silent => {
                let reason = format!("nothing came for {} s: send a ping", 2 * heartbeat.as_secs());
                (CloseCode::HeartbeatMissed, reason, None)
            }
            Self::HelloLate => (CloseCode::HelloLate, "no hello came in time".to_owned(), None),
            Self::HelloRefused => {
                (CloseCode::HelloRefused, "this version is not spoken here".to_owned(), None)
            }
            Self::TooSlow => {
                (CloseCode::SlowConsumer, "you did not read what you were sent".to_owned(), None)
            }
            Self::Flooding => {
                let reason = "too much, without heeding the errors".to_owned();
                (CloseCode::Flooding, reason, Some(FLOODING_AFTER_MS))
            }
            Self::Protocol(what) => (CloseCode::ProtocolError, what.clone(), None),
            Self::Failed => {
                let reason = "the server failed at what you sent".to_owned();
                (CloseCode::ServerFault, reason, None)
            }
            Self::NotUtf8 => (CloseCode::NotUtf8, "a text frame must be UTF-8".to_owned(), None),
            Self::TooBig(max) => {
                (CloseCode::TooBig, format!("a message has at most {max} bytes"), None)
            }
        };
        let code = code.number();
        let reconnect = CloseCode::comes_back(code);
        Some(Farewell { code, reason, reconnect, after_ms })
    }
}

impl Connection {
    /// Counts the end, and logs it.
    pub(crate) fn note(&self, end: &ConnectionEnd) {
        let (session, reason) = (self.peer.id(), end.word());
        self.server.metrics.ended.get_or_create(&Reason { reason }).inc();
        // What people do is logged at `debug`: strangers would fill the disk. The metrics count it.
        match end {
            ConnectionEnd::Protocol(what) => debug!(session, reason, what, "the session ends"),
            ConnectionEnd::Broken(error) => debug!(session, reason, %error, "the session ends"),
            ConnectionEnd::Failed => error!(session, reason, "the session ends"),
            _ => debug!(session, reason, "the session ends"),
        }
    }

    /// Answers everything that was received, as far as the client reads the answers. In a drain this waits
    /// for the client no longer than the last words may take.
    pub(crate) async fn answer_all(&self) {
        within(FLUSH, self.driving(self.peer.all_answered(0), |_, _, _| {})).await;
    }

    /// Queues the last words, made from the close code, the reason, and when to come back. Nothing can be
    /// queued after them.
    pub(crate) fn say_last(&self, end: &ConnectionEnd, words: fn(&Farewell) -> Frame) {
        match end.farewell(&self.server) {
            Some(bye) => self.peer.outbox.finish(&words(&bye)),
            None if matches!(end, ConnectionEnd::SaidBye) => {
                self.peer.outbox.finish(&Frame::normal_close());
            }
            None => {}
        }
    }

    /// Writes the last words, and closes.
    pub(crate) async fn close(&self, end: &ConnectionEnd) {
        if !matches!(end, ConnectionEnd::Broken(_)) {
            within(FLUSH, flushed(&self.peer)).await;
            self.peer.outbox.transport().shutdown_write();
            within(LINGER, closed(&self.peer)).await;
        }
    }
}

/// Waits until everything is written, or the socket breaks.
async fn flushed(peer: &Peer) {
    poll_fn(|cx| match peer.drive(cx) {
        Ok(driven) if !driven.is_empty => Poll::Pending,
        Ok(_) | Err(_) => Poll::Ready(()),
    })
    .await;
}

/// Waits until the client has closed, and discards what it sends until then.
async fn closed(peer: &Peer) {
    let mut bytes = [0; 512];
    while let Ok(1..) = poll_fn(|cx| peer.outbox.transport().poll_read(cx, &mut bytes)).await {
        // A client that sends without end must not prevent the deadline from being checked.
        yield_now().await;
    }
}

/// Waits for a future, but at most this long. Dropping the waits of this file midway is safe.
async fn within<T>(time: Duration, work: impl Future<Output = T>) {
    let work = std::pin::pin!(work);
    match select(work, Timer::after(time)).await {
        Either::Left(_) | Either::Right(_) => {}
    }
}
