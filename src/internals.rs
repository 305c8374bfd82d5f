//! The parts of the server's inside that `benches/` and `fuzz/` use. They are not part of the interface, and
//! may change with every commit.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use async_std::net::TcpStream;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};

use crate::base::metrics::Metrics;
use crate::base::rate_limit::Rate;
use crate::config::{Config, WebOrigin};
use crate::connection::ws::frame_counter::{FrameCounter, Lost};
use crate::delivery::budget::Budget;
use crate::delivery::outbox::Offered;
use crate::delivery::peer::Peer;
use crate::identity::tokens::Tokens;
use crate::wire::frame::Frame;

/// Whether a request with these headers passes the host guard of a server that listens at `local` and has
/// these origins; `None` if they are not HTTP headers.
pub fn passes_guard(
    local: SocketAddr,
    origins: &[&str],
    headers: &[(&str, &[u8])],
) -> Option<bool> {
    let origins = origins.iter().filter_map(|origin| WebOrigin::parse(origin)).collect();
    let config = Config { origins, ..Config::default() };
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let (name, value) =
            (HeaderName::try_from(*name).ok()?, HeaderValue::from_bytes(value).ok()?);
        map.append(name, value);
    }
    Some(crate::http::guard_refusal(&config, local, &map).is_none())
}

/// A server's key for tokens.
pub struct TokenKey(Tokens);

impl TokenKey {
    /// The key derived from a secret; its tokens are valid for a minute.
    pub fn new(secret: &[u8; 32]) -> Self {
        Self(Tokens::new(secret, Duration::from_secs(60)))
    }

    /// A token for somebody.
    pub fn issue(&self, nick: &str, now: u64) -> String {
        self.0.issue(throng_protocol::PersonId::from_parts(1, 2), nick, now)
    }

    /// Whether a token is valid.
    pub fn is_valid(&self, token: &str, now: u64) -> bool {
        self.0.check(token, now).is_ok()
    }
}

/// The result of counting the frames of a client's stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// This many frames; and whether the position is between two messages.
    Frames(u32, bool),
    /// Not a stream of frames.
    NotFrames,
    /// A close frame without a mask.
    Closed,
}

/// Counts the frames of a client's stream that comes in these pieces.
pub fn count_frames<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Counted {
    let every = Rate::new(u64::from(u32::MAX), Duration::from_secs(1), u64::from(u32::MAX));
    let mut counter = FrameCounter::default();
    let mut frames = 0;
    for piece in pieces {
        match counter.advance(piece, every, 0) {
            Ok(advanced) => frames += advanced.frames,
            Err(Lost::NotAFrame | Lost::Flood) => return Counted::NotFrames,
            Err(Lost::Closed) => return Counted::Closed,
        }
    }
    Counted::Frames(frames, counter.is_between_messages())
}

/// The outboxes of a room's members.
pub struct Members(Vec<Arc<Peer>>);

impl Members {
    /// One for each socket.
    pub fn new(sockets: impl Iterator<Item = std::net::TcpStream>) -> Self {
        const MANY: usize = 1 << 40;
        let budget = Arc::new(Budget::new(MANY, MANY, MANY, Metrics::new()));
        let peer = |(socket, id)| Peer::new(id, TcpStream::from(socket), Arc::clone(&budget));
        Self(sockets.zip(1..).map(peer).collect())
    }

    /// Joins the events of a batch and offers them to every member, as a room does. Returns how many took
    /// them, and how many bytes each got.
    pub fn offer(&self, events: &[&str]) -> (usize, usize) {
        let frames = Frame::joined(events.iter().copied());
        let takes = |peer: &&Arc<Peer>| {
            frames.iter().all(|frame| peer.outbox.offer_event(frame) == Offered::Taken)
        };
        (self.0.iter().filter(takes).count(), frames.iter().map(Frame::len).sum())
    }
}
