//! The reading half: bytes from the socket become messages of the client.
//!
//! The WebSocket state (async-tungstenite) exists only while a message is arriving; an idle connection is a
//! socket and a few counters. The reader reads the socket itself and feeds tungstenite through [`Feed`]. So
//! tungstenite never registers for readiness, and everything it wants to send (pongs, the response to a
//! close) goes through the peer like all other frames.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use async_tungstenite::WebSocketStream;
use async_tungstenite::tungstenite::error::CapacityError;
use async_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use async_tungstenite::tungstenite::{self, Bytes, Message, Utf8Bytes};
use futures::io::{AsyncRead, AsyncWrite};
use futures::{FutureExt, StreamExt};
use throng_log::clock;

use super::frame_counter::{FrameCounter, Lost};
use crate::base::rate_limit::Rate;
use crate::delivery::peer::Peer;
use crate::wire::frame::Frame;

/// How many bytes are read at once: most commands fit, and the buffer is on the stack.
const READ_BYTES: usize = 2 * 1024;

/// What the client sent.
#[derive(Debug)]
pub(crate) enum Incoming {
    Text(Utf8Bytes),
    Binary(Bytes),
}

/// Why there is nothing more to read.
#[derive(Debug)]
pub(crate) enum ReadEnd {
    /// The client closed, with or without a close frame.
    Closed,
    /// The client broke the WebSocket protocol.
    Protocol(String),
    /// A text frame that is not UTF-8.
    NotUtf8,
    /// A frame or message over the limit of this many bytes.
    TooBig(usize),
    /// Too many pings or small fragments.
    Flood,
    /// The socket is broken.
    Broken(io::Error),
}

/// The reading half of one connection.
pub(crate) struct Reader {
    frame_counter: FrameCounter,
    /// The rate of control frames and fragments.
    small: Rate,
    message: Option<Box<WebSocketStream<Feed>>>,
}

impl Reader {
    pub(crate) fn new(small: Rate) -> Self {
        Self { frame_counter: FrameCounter::default(), small, message: None }
    }

    /// Takes bytes that were read with the handshake.
    ///
    /// # Errors
    /// When they are not frames.
    pub(crate) fn begin(
        &mut self,
        bytes: &[u8],
        peer: &Arc<Peer>,
        bytes_max: usize,
    ) -> Result<(), ReadEnd> {
        if bytes.is_empty() { Ok(()) } else { self.feed(bytes, peer, bytes_max) }
    }

    /// The client's next message. Dropping it midway loses nothing.
    pub(crate) fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
        peer: &Arc<Peer>,
        bytes_max: usize,
    ) -> Poll<Result<Incoming, ReadEnd>> {
        loop {
            if let Some(message) = &mut self.message {
                match message.poll_next_unpin(cx) {
                    Poll::Ready(Some(Ok(Message::Text(text)))) => {
                        return Poll::Ready(Ok(Incoming::Text(text)));
                    }
                    Poll::Ready(Some(Ok(Message::Binary(bytes)))) => {
                        return Poll::Ready(Ok(Incoming::Binary(bytes)));
                    }
                    Poll::Ready(Some(Ok(_))) => continue,
                    Poll::Ready(None) => return Poll::Ready(Err(ReadEnd::Closed)),
                    Poll::Ready(Some(Err(error))) => return Poll::Ready(Err(error.into())),
                    Poll::Pending if self.frame_counter.is_between_messages() => {
                        self.message = None
                    }
                    Poll::Pending => {}
                }
            }
            let mut bytes = [0; READ_BYTES];
            let read = ready!(peer.outbox.transport().poll_read(cx, &mut bytes));
            match read {
                Ok(0) => return Poll::Ready(Err(ReadEnd::Closed)),
                Ok(read) => self.feed(&bytes[..read], peer, bytes_max)?,
                Err(error) => return Poll::Ready(Err(ReadEnd::Broken(error))),
            }
        }
    }

    fn feed(&mut self, bytes: &[u8], peer: &Arc<Peer>, bytes_max: usize) -> Result<(), ReadEnd> {
        match self.frame_counter.advance(bytes, self.small, clock::now_ms()) {
            Ok(advanced) if advanced.frames > 0 && peer.is_greeted() => peer.heard(),
            // Bytes that are not a frame are fed too: tungstenite says what is wrong with them.
            Ok(_) | Err(Lost::NotAFrame) => {}
            Err(Lost::Closed) => return Err(ReadEnd::Closed),
            Err(Lost::Flood) => return Err(ReadEnd::Flood),
        }
        match &mut self.message {
            Some(message) => message.get_mut().input.extend_from_slice(bytes),
            none => *none = Some(Box::new(open(bytes.to_vec(), peer, bytes_max))),
        }
        Ok(())
    }
}

/// Small buffers for tungstenite, since there are ten thousand connections: it zero-fills the read buffer at
/// each read, and nothing ever stays in the write buffer, since [`Feed`] takes everything.
fn open(bytes: Vec<u8>, peer: &Arc<Peer>, bytes_max: usize) -> WebSocketStream<Feed> {
    let config = WebSocketConfig::default()
        .read_buffer_size(256)
        .write_buffer_size(0)
        .max_write_buffer_size(1_024)
        .max_message_size(Some(bytes_max))
        .max_frame_size(Some(bytes_max));
    let feed = Feed { input: Vec::new(), taken: 0, peer: Arc::clone(peer) };
    WebSocketStream::from_partially_read(feed, bytes, Role::Server, Some(config))
        .now_or_never()
        .expect("without a handshake there is nothing to wait for")
}

/// The socket as tungstenite sees it: input is what the reader has read, and output goes to the peer.
struct Feed {
    input: Vec<u8>,
    taken: usize,
    peer: Arc<Peer>,
}

impl AsyncRead for Feed {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let rest = &self.input[self.taken..];
        if rest.is_empty() {
            // The reader polls the socket with the task's own waker.
            return Poll::Pending;
        }
        let taken = rest.len().min(buf.len());
        buf[..taken].copy_from_slice(&rest[..taken]);
        self.taken += taken;
        if self.taken == self.input.len() {
            self.input.clear();
            self.taken = 0;
        }
        Poll::Ready(Ok(taken))
    }
}

impl AsyncWrite for Feed {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.peer.outbox.control(Frame::raw(buf));
        Poll::Ready(Ok(buf.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl From<tungstenite::Error> for ReadEnd {
    fn from(error: tungstenite::Error) -> Self {
        match error {
            tungstenite::Error::Utf8(_) => Self::NotUtf8,
            tungstenite::Error::Capacity(CapacityError::MessageTooLong { max_size, .. }) => {
                Self::TooBig(max_size)
            }
            tungstenite::Error::Io(error) => Self::Broken(error),
            other => Self::Protocol(other.to_string()),
        }
    }
}
