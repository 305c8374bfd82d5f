//! The body of a request, read in chunks or whole, always with a limit and a deadline.
//!
//! Nothing is read ahead: while the handler works on a chunk, the client waits. If a body is not read to its
//! end, the response closes the connection (`connection.rs`), since the next request could not be
//! distinguished from the rest of the body.

use std::sync::Arc;
use std::time::Instant;

use async_io::Timer;
use futures::future::{Either, select};
use http_body_util::BodyExt;
use hyper::StatusCode;
use hyper::body::{Body, Bytes, Incoming};

use super::activity::Activity;
use super::answer::{Answer, refuse};
use super::pace::Pace;

/// The body of a request.
pub(super) struct RequestBody {
    incoming: Incoming,
    bytes_max: u64,
    bytes_read: u64,
    pace: Pace,
    activity: Arc<Activity>,
}

/// Why a body cannot be read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyError {
    /// It has more bytes than the route allows.
    TooLarge { bytes_max: u64 },
    /// The client sent too slowly, or nothing more.
    TooSlow,
    /// It ended early, or is malformed.
    Broken,
}

impl BodyError {
    pub(super) fn answer(self) -> Answer {
        match self {
            Self::TooLarge { bytes_max } => {
                let words = format!("the body is too large: at most {bytes_max} bytes\n");
                refuse(StatusCode::PAYLOAD_TOO_LARGE, "Body is too large", &words)
            }
            Self::TooSlow => {
                let words = "the body came too slowly: try again over a faster line\n";
                refuse(StatusCode::REQUEST_TIMEOUT, "Body came too slowly", words)
            }
            Self::Broken => {
                let words = "the body ended early or is not well-formed\n";
                refuse(StatusCode::BAD_REQUEST, "Body is broken", words)
            }
        }
    }
}

impl RequestBody {
    pub(super) fn new(
        incoming: Incoming,
        bytes_max: u64,
        pace: Pace,
        activity: Arc<Activity>,
    ) -> Self {
        activity.set_unread_body(!incoming.is_end_stream());
        Self { incoming, bytes_max, bytes_read: 0, pace, activity }
    }

    /// Checks the length that the client gave, before anything is read. A client that sent `Expect:
    /// 100-continue` then need not send the body.
    pub(super) fn check_length(&self) -> Result<(), BodyError> {
        match self.incoming.size_hint().lower() > self.bytes_max {
            true => Err(BodyError::TooLarge { bytes_max: self.bytes_max }),
            false => Ok(()),
        }
    }
}

impl RequestBody {
    /// The next chunk, or `None` after the last one. After an error there is nothing more.
    pub(super) async fn chunk(&mut self) -> Result<Option<Bytes>, BodyError> {
        while let Some(frame) = self.frame().await? {
            let Ok(bytes) = frame.into_data() else { continue };
            self.bytes_read += bytes.len() as u64;
            if self.bytes_read > self.bytes_max {
                return Err(BodyError::TooLarge { bytes_max: self.bytes_max });
            }
            self.activity.set_unread_body(!self.incoming.is_end_stream());
            return Ok(Some(bytes));
        }
        self.activity.set_unread_body(false);
        Ok(None)
    }

    /// The whole body, in memory.
    pub(super) async fn whole(&mut self) -> Result<Vec<u8>, BodyError> {
        let mut whole = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            whole.extend_from_slice(&chunk);
        }
        Ok(whole)
    }

    async fn frame(&mut self) -> Result<Option<hyper::body::Frame<Bytes>>, BodyError> {
        let until = self.pace.wait(Instant::now());
        let frame = match select(self.incoming.frame(), Timer::at(until)).await {
            Either::Left((frame, _)) => frame.transpose().map_err(|_| BodyError::Broken)?,
            Either::Right(_) => return Err(BodyError::TooSlow),
        };
        let bytes = frame.as_ref().and_then(|frame| frame.data_ref()).map_or(0, Bytes::len);
        self.pace.moved(Instant::now(), bytes);
        Ok(frame)
    }
}
