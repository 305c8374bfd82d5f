//! The ticket of a command: the room that its answer has in the outbox, and the duty to answer.

use std::sync::Arc;
use std::task::Poll;

use futures::future::poll_fn;
use serde::Serialize;
use throng_protocol::{ErrorCode, Fault, Ok};

use super::{Class, Outbox, Stage};
use crate::frame::Frame;

/// The right and the duty to answer one command, exactly once. It travels with the command to
/// whoever can answer it. Dropped unanswered (there was no place in an inbox, or a room ended), it
/// tells the client by itself to try again.
pub(crate) struct Ticket {
    outbox: Arc<Outbox>,
    /// `None` for a frame that had no usable `id`: it can only be refused.
    id: Option<u64>,
    reserved: usize,
    is_answered: bool,
}

/// Why a command failed: a stable code, words for a person, and when to try again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: ErrorCode,
    pub(crate) message: String,
    pub(crate) retry_ms: Option<u64>,
}

impl Refusal {
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), retry_ms: None }
    }

    pub(crate) fn later(code: ErrorCode, message: impl Into<String>, retry_ms: u64) -> Self {
        Self { code, message: message.into(), retry_ms: Some(retry_ms) }
    }

    pub(crate) fn conflict() -> Self {
        Self::new(
            ErrorCode::Conflict,
            "this cid was used before with another room, kind or text; a new message needs a new \
             cid",
        )
    }
}

impl Outbox {
    /// Waits until the reserve has room for an answer of `bytes`, and takes it. The session's task
    /// must drive the outbox meanwhile; it reads no further command before this returns.
    pub(crate) async fn ticket(self: &Arc<Self>, id: Option<u64>, bytes: usize) -> Ticket {
        poll_fn(|_| {
            let mut queue = self.queue.lock();
            let taken = queue.answer_bytes + queue.owed_bytes;
            if taken > 0 && taken + bytes > self.budget.answer_bytes_max {
                queue.is_awaited = true;
                return Poll::Pending;
            }
            queue.is_awaited = false;
            queue.owed_bytes += bytes;
            queue.open += 1;
            Poll::Ready(())
        })
        .await;
        Ticket { outbox: Arc::clone(self), id, reserved: bytes, is_answered: false }
    }

    /// Waits until no more than so many commands have no answer. The session's task must drive the
    /// outbox meanwhile.
    pub(crate) async fn all_answered(&self, but: u32) {
        poll_fn(|_| {
            let mut queue = self.queue.lock();
            queue.is_awaited = queue.open > but;
            if queue.is_awaited { Poll::Pending } else { Poll::Ready(()) }
        })
        .await;
    }
}

impl Ticket {
    /// Answers `ok` with these fields; `&()` has none.
    pub(crate) fn ok<T: Serialize>(self, body: &T) {
        let frame = Frame::text(&Ok::to_json(self.id.unwrap_or_default(), body));
        self.answer(&frame);
    }

    /// Answers `error`.
    pub(crate) fn refuse(self, refusal: &Refusal) {
        self.outbox.budget.metrics.count_error(refusal.code);
        let frame = fault(self.id, refusal);
        self.answer(&frame);
    }

    fn answer(mut self, frame: &Frame) {
        self.is_answered = true;
        self.settle(frame);
    }

    fn settle(&self, frame: &Frame) {
        let mut queue = self.outbox.queue.lock();
        queue.owed_bytes -= self.reserved;
        queue.open -= 1;
        if queue.stage == Stage::Open {
            self.outbox.push(&mut queue, frame, Class::Answer);
        }
        if queue.is_awaited {
            queue.wake();
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if !self.is_answered {
            let message = "the server did not get to this command; try again, a send with its cid";
            let refusal = Refusal::later(ErrorCode::Busy, message, 1_000);
            self.settle(&fault(self.id, &refusal));
        }
    }
}

fn fault(id: Option<u64>, refusal: &Refusal) -> Frame {
    let Refusal { code, message, retry_ms } = refusal.clone();
    Frame::text(&serde_json::to_string(&Fault { id, code, message, retry_ms }).unwrap_or_default())
}
