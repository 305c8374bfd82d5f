//! What a room is asked, what it has to do, and what it answers: plain values.

use throng_protocol::{ErrorCode, MembersPage, Page, Sent};

use crate::chatlog::{Append, LogError, Range};
use crate::outbox::Refusal;
use crate::room::roster::Visit;
use crate::room::tail::{Entry, PageSize};

/// What the room's task has to do, in this order.
#[derive(Debug)]
pub(crate) enum Effect<T> {
    /// Answer a command.
    Answer(T, Answer),
    /// Offer these messages to every live member.
    Show(Vec<Entry>),
    /// Offer this ephemeral event to every live member.
    Whisper(String),
    /// Read from the log; the page comes back to [`State::page_read`](super::State::page_read).
    Read(Read<T>, Range),
}

/// The answer to a command.
#[derive(Debug)]
pub(crate) enum Answer {
    Page(Page<Entry>),
    Sent(Sent),
    Members(MembersPage),
    Done,
    Refused(Refusal),
}

impl Answer {
    /// A join that a later join or leave has made void.
    pub(super) fn superseded() -> Self {
        Self::Refused(Refusal::new(
            ErrorCode::Superseded,
            "a later join or leave of this room came before the answer",
        ))
    }
}

/// Why a page is read.
#[derive(Debug)]
pub(crate) enum Read<T> {
    /// A join from before the tail.
    Join { ticket: T, visit: Visit, after: u64, size: PageSize },
    /// A page of history.
    History { ticket: T, asked: Asked, size: PageSize },
    /// A hole between the head and what came early, or doubt about a batch.
    Fill,
}

/// One thing to be committed, and who waits for it.
#[derive(Debug)]
pub(crate) struct Waiting<T> {
    pub(crate) append: Append,
    /// Why it is not admitted, where `append.admit` is false.
    pub(crate) refusal: Option<Refusal>,
    pub(crate) ticket: T,
}

/// Which page of history is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Asked {
    Latest,
    Before(u64),
    After(u64),
    Around(u64),
}

/// What a person is told when the log gives no answer.
pub(crate) fn log_refusal(error: &LogError) -> Refusal {
    match error {
        LogError::Unavailable(_) => Refusal::later(
            ErrorCode::StorageUnavailable,
            "the server cannot reach its log at the moment; whether the message was kept is not \
             known: try again with the same cid",
            2_000,
        ),
        LogError::Busy => {
            Refusal::later(ErrorCode::Busy, "the server has too much to read; try again", 500)
        }
    }
}
