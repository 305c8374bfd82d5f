//! The body of a response: complete bytes, or a stream.
//!
//! hyper asks for the next chunk of a stream only when the client has taken most of the last ones, so a slow
//! client slows the stream down, and memory does not fill up. Each wait has a deadline: the client's
//! [`Pace`], or the time in the table of routes for the source.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Poller, Poll};
use std::time::{Duration, Instant};

use futures::stream::{BoxStream, Stream};
use http_body_util::Full;
use hyper::body::{Body, Bytes, Frame, SizeHint};

use super::activity::{Activity, Doing};
use super::context::Context;
use super::pace::Pace;
use crate::base::tasks::{Kind, Name, Running};

/// The body of a response.
pub(crate) enum AnswerBody {
    Whole(Full<Bytes>),
    Streamed(Box<Streamed>),
}

/// A stream. The drain waits for it as it does for the handler that made it.
pub(crate) struct Streamed {
    source: BoxStream<'static, io::Result<Bytes>>,
    /// How many bytes are still to come, if the length was given.
    left: Option<u64>,
    activity: Arc<Activity>,
    pace: Pace,
    /// What the client has not taken yet.
    handed: usize,
    source_time: Duration,
    source_deadline: Option<Instant>,
    _running: Running,
}

impl AnswerBody {
    pub(super) fn whole(bytes: Bytes) -> Self {
        Self::Whole(Full::new(bytes))
    }

    /// A body that is made while it is sent. Chunks should be some ten kilobytes: one is in memory besides
    /// hyper's buffer. With a length, the response has a `Content-Length`, and the connection ends if the
    /// stream is shorter or longer.
    #[cfg_attr(not(test), expect(dead_code, reason = "all that is served so far is in memory"))]
    pub(super) fn streamed(
        context: &Context,
        length: Option<u64>,
        source: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
    ) -> Self {
        let server = &context.server;
        Self::Streamed(Box::new(Streamed {
            source: Box::pin(source),
            left: length,
            activity: Arc::clone(&context.activity),
            pace: Pace::new(server.config.write_timeout),
            handed: 0,
            source_time: Duration::ZERO,
            source_deadline: None,
            _running: server.tasks.enter(Name::numbered(Kind::Answer, context.number)),
        }))
    }

    /// Sets how long a stream may take for its next chunk.
    pub(super) fn set_source_time(&mut self, time: Duration) {
        if let Self::Streamed(streamed) = self {
            streamed.source_time = time;
        }
    }

    /// Starts: the response goes to hyper now.
    pub(super) fn begin(&mut self, activity: &Activity) {
        activity.turn_to(match self {
            Self::Whole(_) => Doing::Waiting,
            Self::Streamed(streamed) => Doing::Streaming(streamed.pace.wait(Instant::now())),
        });
    }
}

impl Streamed {
    fn poll_chunk(&mut self, cx: &mut Poller<'_>) -> Poll<Option<io::Result<Bytes>>> {
        let now = Instant::now();
        self.pace.moved(now, std::mem::take(&mut self.handed));
        let Poll::Ready(chunk) = self.source.as_mut().poll_next(cx) else {
            let until = *self.source_deadline.get_or_insert(now + self.source_time);
            self.activity.stream_until(until);
            return Poll::Pending;
        };
        self.source_deadline = None;
        let checked = match chunk {
            Some(Ok(bytes)) => self.count(bytes).map(Some),
            Some(Err(error)) => Err(error),
            // hyper notices when the stream is too short, and ends the connection.
            None => Ok(None),
        };
        self.activity.stream_until(self.pace.wait(now));
        Poll::Ready(checked.transpose())
    }

    fn count(&mut self, bytes: Bytes) -> io::Result<Bytes> {
        self.handed = bytes.len();
        if let Some(left) = &mut self.left {
            *left = left
                .checked_sub(bytes.len() as u64)
                .ok_or_else(|| io::Error::other("the stream is too long"))?;
        }
        Ok(bytes)
    }
}

impl Drop for Streamed {
    fn drop(&mut self) {
        if matches!(self.activity.now().doing, Doing::Streaming(_)) {
            self.activity.turn_to(Doing::Waiting);
        }
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Poller<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match self.get_mut() {
            Self::Whole(whole) => Pin::new(whole)
                .poll_frame(cx)
                .map(|frame| frame.map(|frame| frame.map_err(|never| match never {}))),
            Self::Streamed(streamed) => {
                streamed.poll_chunk(cx).map(|chunk| chunk.map(|bytes| bytes.map(Frame::data)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(whole) => whole.is_end_stream(),
            Self::Streamed(streamed) => streamed.left == Some(0),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(whole) => whole.size_hint(),
            Self::Streamed(streamed) => streamed.left.map(SizeHint::with_exact).unwrap_or_default(),
        }
    }
}
