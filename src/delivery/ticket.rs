//! The ticket of a command: the room that its answer has in the outbox, and the duty to answer.

use std::sync::Arc;
use std::task::Poll;

use futures::channel::oneshot;
use futures::future::poll_fn;
use throng_protocol::{ErrorCode, PersonId, Refusal, Sent};

use crate::delivery::peer::Peer;
use crate::wire::answer::Answer;
use crate::wire::codec;
use crate::wire::frame::Frame;

/// The right and the duty to answer one command exactly once. It travels with the command to the code that
/// can answer. If it is dropped unanswered (an inbox was full, or a room ended), it answers by itself that
/// the client should try again.
pub(crate) enum Ticket {
    /// A client waits.
    Client(Owed),
    /// The server itself waits, for what it has put into a room's order.
    Inside(oneshot::Sender<Result<Sent, Refusal>>),
}

/// The answer that a client is owed.
pub(crate) struct Owed {
    peer: Arc<Peer>,
    /// `None` for a frame without a usable `id`: it can only be refused.
    id: Option<u64>,
    /// In bytes; no answer has gigabytes.
    reserved: u32,
    /// Whether the same is reserved in the budget of all outboxes.
    is_in_budget: bool,
    is_answered: bool,
    /// Who reads the page with which it is answered. Boxed: a ticket lies in every command, and few ask for a page.
    reader: Option<Box<PersonId>>,
}

impl Peer {
    /// Waits until the reserve has room for an answer of `bytes`, and takes it. The connection's task must
    /// drive the outbox meanwhile, and reads no further command before this returns. If the budget of all
    /// outboxes is used up, a connection has one answer in progress.
    pub(crate) async fn ticket(self: &Arc<Self>, id: Option<u64>, bytes: usize) -> Ticket {
        poll_fn(|_| match self.outbox.try_owe(bytes) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        })
        .await;
        Ticket::Client(Owed {
            peer: Arc::clone(self),
            id,
            reserved: u32::try_from(bytes).unwrap_or(u32::MAX),
            is_in_budget: false,
            is_answered: false,
            reader: None,
        })
    }

    /// Waits until at most `but` commands have no answer. The connection's task must drive the outbox
    /// meanwhile.
    pub(crate) async fn all_answered(&self, but: u32) {
        poll_fn(|_| match self.outbox.has_answered_all(but) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        })
        .await;
    }
}

impl Ticket {
    /// A ticket for something that the server puts into a room's order. The receiver is cancelled if the room never
    /// gets to it.
    pub(crate) fn inside() -> (Self, oneshot::Receiver<Result<Sent, Refusal>>) {
        let (answer, answered) = oneshot::channel();
        (Self::Inside(answer), answered)
    }

    /// Reserves room for a page in the budget of all connections. `false`: there is none, and the command
    /// must be refused.
    pub(crate) fn reserve_page(&mut self) -> bool {
        match self {
            Self::Client(owed) => {
                owed.is_in_budget = owed.peer.outbox.budget().reserve(owed.reserved as usize);
                owed.is_in_budget
            }
            Self::Inside(_) => true,
        }
    }

    /// Says who reads the page that is asked for.
    pub(crate) fn read_by(&mut self, reader: PersonId) {
        if let Self::Client(owed) = self {
            owed.reader = Some(Box::new(reader));
        }
    }

    /// Who reads the page that is asked for.
    pub(crate) fn reader(&self) -> Option<PersonId> {
        match self {
            Self::Client(owed) => owed.reader.as_deref().copied(),
            Self::Inside(_) => None,
        }
    }

    /// Answers.
    pub(crate) fn answer(self, answer: &Answer) {
        match (self, answer) {
            (Self::Client(owed), answer) => owed.answer(answer),
            // Sending fails when nobody waits any more.
            (Self::Inside(waiting), Answer::Sent(sent)) => drop(waiting.send(Ok(sent.clone()))),
            (Self::Inside(waiting), Answer::Refused(refusal)) => {
                drop(waiting.send(Err(refusal.clone())));
            }
            (Self::Inside(_), _) => {}
        }
    }

    /// Answers a client with this frame.
    pub(crate) fn reply(self, frame: &Frame) {
        if let Self::Client(owed) = self {
            owed.reply(frame);
        }
    }
}

impl Owed {
    fn answer(self, answer: &Answer) {
        if let Answer::Refused(refusal) = answer {
            self.peer.outbox.budget().metrics.count_error(refusal.code);
        }
        let frame = codec::encode(self.id, answer);
        self.reply(&frame);
    }

    fn reply(mut self, frame: &Frame) {
        self.is_answered = true;
        self.settle(frame);
    }

    fn settle(&self, frame: &Frame) {
        self.peer.outbox.settle(self.reserved as usize, frame);
        if self.is_in_budget {
            self.peer.outbox.budget().release(self.reserved as usize);
        }
    }
}

impl Drop for Owed {
    fn drop(&mut self) {
        if !self.is_answered {
            let message = "the server did not get to this command; try again, a send with its cid";
            let refusal = Refusal::later(ErrorCode::Busy, message, 1_000);
            self.settle(&codec::encode(self.id, &refusal.into()));
        }
    }
}
