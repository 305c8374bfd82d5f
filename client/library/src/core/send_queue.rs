//! The sends to one room, in the caller's order: one under way, the others behind it.

use std::collections::VecDeque;
use std::time::Duration;

use futures::channel::oneshot;
use throng_protocol::{Cid, Kind, RoomRef, Sent};

use crate::error::{Outcome, SendError};

/// The sends to one room.
pub(super) struct SendQueue {
    /// As the caller named it: for a room that was not joined.
    pub(super) room: RoomRef,
    pub(super) pending: VecDeque<Pending>,
    /// The command under which the first of the queue is under way.
    pub(super) in_flight: Option<u64>,
    /// Not before.
    pub(super) retry_at: Duration,
}

/// What a text is for.
#[derive(Clone, Copy)]
pub(crate) enum Speech {
    /// A message.
    Message(Kind),
    /// The new text of the message with this seq.
    Edit(u64),
}

/// A send without an answer.
pub(super) struct Pending {
    pub(super) cid: Cid,
    pub(super) speech: Speech,
    pub(super) text: String,
    pub(super) to: oneshot::Sender<Result<Sent, SendError>>,
    pub(super) queued_at: Duration,
    /// When it was written for the first time: from then on the outcome is unknown.
    pub(super) first_at: Option<Duration>,
    pub(super) tries: u32,
}

impl SendQueue {
    pub(super) fn new(room: RoomRef) -> Self {
        Self { room, pending: VecDeque::new(), in_flight: None, retry_at: Duration::ZERO }
    }
}

impl Pending {
    pub(super) fn outcome(&self) -> Outcome {
        if self.first_at.is_some() { Outcome::Unknown } else { Outcome::NotSent }
    }

    /// When to stop trying: as the caller wants it, and before the server may forget the `cid`.
    pub(super) fn until(&self, give_up: Option<Duration>, safe: Option<Duration>) -> Duration {
        let wish = give_up.map(|after| self.queued_at.saturating_add(after));
        let safe = self.first_at.zip(safe).map(|(first, after)| first.saturating_add(after));
        wish.into_iter().chain(safe).min().unwrap_or(Duration::MAX)
    }

    /// Answers it; nobody may want to know.
    pub(super) fn answer(self, answer: Result<Sent, SendError>) {
        let _ = self.to.send(answer);
    }
}
