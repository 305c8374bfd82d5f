//! The end of a session: leave, flush, close.

use std::io;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use async_io::Timer;
use async_std::io::ReadExt;
use futures::future::{Either, poll_fn, select};
use throng_protocol::{CloseCode, Farewell};
use tracing::{debug, error, info};

use super::Session;
use crate::connection::reader::ReadEnd;
use crate::frame::Frame;
use crate::metrics::Reason;
use crate::outbox::Outbox;
use crate::server::{Server, millis};
use crate::tasks::yield_now;

/// How long the last words may take to be written. Whoever does not take them in this time is not
/// reading.
pub(super) const FLUSH: Duration = Duration::from_secs(3);

/// How long a closed connection waits for the client's own close, so that what it sends meanwhile
/// does not reset the connection under the last words (RFC 6455, section 7.1.1).
const LINGER: Duration = Duration::from_secs(1);

/// How long a client is to stay away that was closed for flooding, in milliseconds.
const FLOODING_AFTER_MS: u64 = 30_000;

/// The least time after which clients of a drained server return, in milliseconds: a restart.
const RESTART_MS: u64 = 500;

/// How a session ended.
#[derive(Debug)]
pub(crate) enum SessionEnd {
    /// The client closed, or went away.
    PeerLeft,
    /// The client said `bye`.
    SaidBye,
    /// The server is draining.
    Drained,
    /// Nothing came for twice the heartbeat.
    Silent,
    /// No hello came in time.
    HelloLate,
    /// The hello was refused for good.
    HelloRefused,
    /// What was written to the client was not taken.
    TooSlow,
    /// Nothing but refusals, one after another.
    Flooding,
    /// The client broke the WebSocket protocol.
    Protocol(String),
    /// A text frame was not UTF-8.
    NotUtf8,
    /// A message was over so many bytes.
    TooBig(usize),
    /// The socket broke.
    Broken(io::Error),
    /// The session's task panicked.
    Failed,
}

impl From<ReadEnd> for SessionEnd {
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

impl SessionEnd {
    /// A word for the metrics and the log.
    fn word(&self) -> &'static str {
        match self {
            Self::PeerLeft => "peer_left",
            Self::SaidBye => "said_bye",
            Self::Drained => "drained",
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

    /// What the client is told: the code, the reason, and when to come back.
    fn farewell(&self, server: &Server) -> Option<Farewell> {
        let heartbeat = server.config.heartbeat;
        let (code, reason, after_ms) = match self {
            Self::PeerLeft | Self::SaidBye | Self::Broken(_) => return None,
            Self::Drained => {
                let spread = millis(server.config.return_spread);
                let after = RESTART_MS + fastrand::u64(0..=spread);
                (CloseCode::GoingAway, "the server is restarting".to_owned(), Some(after))
            }
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

impl Session {
    pub(super) async fn end(mut self: Box<Self>, end: SessionEnd) {
        self.note(&end);
        if matches!(end, SessionEnd::Drained) {
            // What was received is answered first. A client that takes no answers is not waited
            // for longer than its last words would be.
            let outbox = Arc::clone(&self.outbox);
            within(FLUSH, self.driving(outbox.all_answered(0))).await;
        }
        self.leave_all();
        match end.farewell(&self.server) {
            Some(bye) => self.outbox.finish(&Frame::farewell(&bye)),
            None if matches!(end, SessionEnd::SaidBye) => {
                self.outbox.finish(&Frame::normal_close());
            }
            None => {}
        }
        if !matches!(end, SessionEnd::Broken(_)) {
            within(FLUSH, flushed(&self.outbox)).await;
            let _ = self.outbox.socket().shutdown(std::net::Shutdown::Write);
            within(LINGER, closed(&self.outbox)).await;
        }
    }

    fn note(&self, end: &SessionEnd) {
        let (session, reason) = (self.outbox.id(), end.word());
        self.server.metrics.ended.get_or_create(&Reason { reason }).inc();
        match end {
            SessionEnd::PeerLeft | SessionEnd::SaidBye | SessionEnd::Drained => {
                debug!(session, reason, "the session ends");
            }
            SessionEnd::Protocol(what) => info!(session, reason, what, "the session ends"),
            SessionEnd::Broken(error) => debug!(session, reason, %error, "the session ends"),
            SessionEnd::Failed => error!(session, reason, "the session ends"),
            _ => info!(session, reason, "the session ends"),
        }
    }

    fn leave_all(&mut self) {
        self.rooms.clear();
        if let Some(person) = self.person.take() {
            self.server.people.leave(&person, self.outbox.id(), crate::clock::now_ms());
            self.server.metrics.sessions.dec();
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // After a panic, the person and the rooms are left as well, and the client is told.
        self.leave_all();
        if std::thread::panicking()
            && let Some(bye) = SessionEnd::Failed.farewell(&self.server)
        {
            self.note(&SessionEnd::Failed);
            self.outbox.finish(&Frame::farewell(&bye));
        }
    }
}

/// Waits until everything is written, or the socket breaks.
async fn flushed(outbox: &Outbox) {
    poll_fn(|cx| match outbox.drive(cx) {
        Ok(driven) if !driven.is_empty => Poll::Pending,
        Ok(_) | Err(_) => Poll::Ready(()),
    })
    .await;
}

/// Waits until the client has closed, and throws away what it sends until then.
async fn closed(outbox: &Outbox) {
    let mut socket = outbox.socket();
    let mut bytes = [0; 512];
    while let Ok(1..) = socket.read(&mut bytes).await {
        // Whoever sends without end must not keep the deadline from being looked at.
        yield_now().await;
    }
}

/// Waits for something, but not longer than this. Dropping the waits of this file midway is safe.
async fn within<T>(time: Duration, work: impl Future<Output = T>) {
    let work = std::pin::pin!(work);
    match select(work, Timer::after(time)).await {
        Either::Left(_) | Either::Right(_) => {}
    }
}
