//! A connection in use: one task reads and writes it, so that the two never race.

use std::io::{self, ErrorKind};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use async_tungstenite::tungstenite::error::{CapacityError, ProtocolError};
use async_tungstenite::tungstenite::{Error, Message};
use futures::future::{BoxFuture, FutureExt};
use futures::sink::SinkExt;
use futures::stream::StreamExt;

use super::SLEEP_MAX;
use super::dial::Socket;
use crate::error::DisconnectReason;
use crate::options::JwtProvider;
use crate::runtime::Runtime;
use crate::shared::Shared;

/// A write that makes no progress for this long will not finish: the server gives up after 20 seconds
/// too.
const WRITE_TIMEOUT: Duration = Duration::from_secs(20);

/// The most frames read in one go; then other tasks of the runtime run.
const FRAMES_PER_TURN: usize = 32;

/// A connection, and what is half done on it.
pub(super) struct Link<R: Runtime> {
    runtime: R,
    socket: Socket<R>,
    /// Something was given to the socket that is not flushed.
    unflushed: bool,
    stuck_since: Option<Duration>,
    timer: Option<(Duration, BoxFuture<'static, ()>)>,
    jwt: Option<JwtProvider>,
    /// Another JWT that is being fetched.
    fetching: Option<BoxFuture<'static, Result<String, String>>>,
}

impl<R: Runtime> Link<R> {
    pub(super) fn new(runtime: R, socket: Socket<R>, jwt: Option<JwtProvider>) -> Self {
        let (unflushed, stuck_since, timer, fetching) = (false, None, None, None);
        Self { runtime, socket, unflushed, stuck_since, timer, jwt, fetching }
    }

    /// Ready when the connection is not needed any more.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>, shared: &Shared) -> Poll<()> {
        // Registers the waker before the core is looked at: what is asked later wakes us.
        shared.was_asked(cx);
        for _ in 0..FRAMES_PER_TURN {
            shared.drive(|core, now| core.tick(now));
            self.fetch(cx, shared);
            if let Err(reason) = self.write(cx, shared) {
                shared.drive(|core, now| core.lost(now, reason));
            }
            let came = self.read(cx, shared);
            if !shared.look(|core| core.is_linked()) {
                return Poll::Ready(());
            }
            if !came && self.poll_timer(cx, shared).is_pending() {
                return Poll::Pending;
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// Fetches another JWT when it is time to.
    fn fetch(&mut self, cx: &mut Context<'_>, shared: &Shared) {
        let Some(fetch) = &self.jwt else { return };
        if self.fetching.is_none() && shared.look(|core| core.wants_jwt(shared.now())) {
            self.fetching = Some(fetch());
        }
        let Some(fetching) = &mut self.fetching else { return };
        if let Poll::Ready(jwt) = fetching.poll_unpin(cx) {
            self.fetching = None;
            shared.drive(|core, now| core.fetched_jwt(now, jwt));
        }
    }

    /// Writes what is there, as far as the socket takes it.
    fn write(&mut self, cx: &mut Context<'_>, shared: &Shared) -> Result<(), DisconnectReason> {
        match self.poll_write(cx, shared) {
            Poll::Ready(Ok(())) => self.stuck_since = None,
            Poll::Ready(Err(error)) => return Err(reason(error)),
            // Who does not read cannot expect to be read.
            Poll::Pending if shared.look(|core| core.is_full()) => self.stuck_since = None,
            Poll::Pending => {
                let now = shared.now();
                if now >= self.stuck_since.get_or_insert(now).saturating_add(WRITE_TIMEOUT) {
                    let problem = "nothing could be written for 20 seconds".to_owned();
                    return Err(DisconnectReason::Lost { problem });
                }
            }
        }
        Ok(())
    }

    fn poll_write(&mut self, cx: &mut Context<'_>, shared: &Shared) -> Poll<Result<(), Error>> {
        loop {
            ready!(self.socket.poll_ready_unpin(cx))?;
            let Some(text) = shared.drive(|core, _| core.take_write()) else { break };
            self.socket.start_send_unpin(Message::text(text))?;
            self.unflushed = true;
        }
        if self.unflushed {
            ready!(self.socket.poll_flush_unpin(cx))?;
            self.unflushed = false;
        }
        Poll::Ready(Ok(()))
    }

    /// Reads one message, if the caller has room for what it brings. `true`: something came.
    fn read(&mut self, cx: &mut Context<'_>, shared: &Shared) -> bool {
        if !shared.look(|core| core.wants_frames()) {
            return false;
        }
        let Poll::Ready(read) = self.socket.poll_next_unpin(cx) else { return false };
        shared.drive(|core, now| match read {
            Some(Ok(Message::Text(text))) => core.frame(now, &text),
            Some(Ok(Message::Close(Some(close)))) => {
                core.closed(now, close.code.into(), close.reason.to_string());
            }
            Some(Ok(Message::Close(None))) => {
                let problem = "it was closed without a reason".to_owned();
                core.lost(now, DisconnectReason::Lost { problem });
            }
            // The protocol has text only; tungstenite answers pings.
            Some(Ok(_)) => core.on_activity(now),
            Some(Err(error)) => core.lost(now, reason(error)),
            None => core.lost(now, reason(Error::ConnectionClosed)),
        });
        true
    }

    /// Ready when it is time to look again.
    fn poll_timer(&mut self, cx: &mut Context<'_>, shared: &Shared) -> Poll<()> {
        let now = shared.now();
        let stuck = self.stuck_since.map(|since| since.saturating_add(WRITE_TIMEOUT));
        let Some(until) = shared.look(|core| core.deadline(now)).into_iter().chain(stuck).min()
        else {
            self.timer = None;
            return Poll::Pending;
        };
        if self.timer.as_ref().is_none_or(|(at, _)| *at != until) {
            let wait = until.saturating_sub(now).min(SLEEP_MAX);
            self.timer = Some((until, self.runtime.sleep(wait)));
        }
        let Some((_, timer)) = &mut self.timer else { return Poll::Pending };
        ready!(timer.poll_unpin(cx));
        self.timer = None;
        Poll::Ready(())
    }
}

fn reason(error: Error) -> DisconnectReason {
    match error {
        Error::Capacity(CapacityError::MessageTooLong { size, max_size }) => {
            DisconnectReason::Unreadable {
                problem: format!("a message of {size} bytes came, and {max_size} are read"),
            }
        }
        // What a server that was killed, and a network that went, look like.
        Error::ConnectionClosed
        | Error::AlreadyClosed
        | Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => {
            DisconnectReason::Lost { problem: "it ended without a word".to_owned() }
        }
        Error::Io(error) => DisconnectReason::Lost { problem: words(&error) },
        error => DisconnectReason::Lost { problem: error.to_string() },
    }
}

/// What the system says of a connection, in words for a person.
fn words(error: &io::Error) -> String {
    match error.kind() {
        // The same again: it depends on who writes or reads first which of them is seen.
        ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe
        | ErrorKind::UnexpectedEof => "it ended without a word".to_owned(),
        ErrorKind::TimedOut => "the other side does not answer any more".to_owned(),
        ErrorKind::NetworkDown | ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable => {
            "the network is gone".to_owned()
        }
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, ErrorKind};

    use async_tungstenite::tungstenite::Error;
    use async_tungstenite::tungstenite::error::{CapacityError, ProtocolError};

    use super::reason;

    #[test]
    fn every_end_of_a_connection_has_words_for_a_person() {
        let io = |kind: ErrorKind| Error::Io(kind.into());
        let too_long = CapacityError::MessageTooLong { size: 9, max_size: 8 };
        let unmasked = ProtocolError::UnmaskedFrameFromClient;
        for (error, words) in [
            (Error::ConnectionClosed, "it ended without a word"),
            (Error::AlreadyClosed, "it ended without a word"),
            (ProtocolError::ResetWithoutClosingHandshake.into(), "it ended without a word"),
            (io(ErrorKind::ConnectionReset), "it ended without a word"),
            (io(ErrorKind::ConnectionAborted), "it ended without a word"),
            (io(ErrorKind::BrokenPipe), "it ended without a word"),
            (io(ErrorKind::UnexpectedEof), "it ended without a word"),
            (io(ErrorKind::TimedOut), "the other side does not answer any more"),
            (io(ErrorKind::NetworkDown), "the network is gone"),
            (io(ErrorKind::NetworkUnreachable), "the network is gone"),
            (io(ErrorKind::HostUnreachable), "the network is gone"),
            (Error::Io(io::Error::other("a bad certificate")), "a bad certificate"),
        ] {
            let told = reason(error).to_string();
            assert_eq!(told, format!("the connection was lost: {words}"));
        }
        let told = reason(unmasked.into()).to_string();
        assert!(told.starts_with("the connection was lost: WebSocket protocol error"), "{told}");
        let told = reason(too_long.into()).to_string();
        assert!(told.ends_with("read: a message of 9 bytes came, and 8 are read"), "{told}");
    }
}
