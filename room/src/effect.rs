//! A room's inputs, effects and answers as plain values.

use throng_log::{Append, Entry, LogError, Range};
use throng_protocol::{
    ErrorCode, MembersChanged, MembersPage, Page, PersonId, Refusal, RoomChanged, Sent, Typing,
};

use crate::recent::PageSize;
use crate::roster::JoinId;

/// What the room's task must do, in this order.
#[derive(Debug)]
pub enum Effect<T, E> {
    /// Answer a command.
    Answer(T, Answer<E>),
    /// Offer these entries to every live member.
    Show(Vec<E>),
    /// Report this entry, which was committed, to those who keep the room, for this reason.
    Flag(Box<Entry>, Box<str>),
    /// Offer this event to every live member. It is in no log, so who misses it must join again.
    Tell(RoomChanged),
    /// Offer this event to every live member; it may be lost.
    Ephemeral(Ephemeral),
    /// Read from the log; the page comes back to [`State::page_read`](super::State::page_read).
    Read(Read<T>, Range),
}

/// The answer to a command.
#[derive(Debug)]
pub enum Answer<E> {
    /// To a join or a history command.
    Page(Page<E>),
    /// To a send.
    Sent(Sent),
    /// The members.
    Members(MembersPage),
    /// The command was done, and there is nothing more to say.
    Done,
    /// The command was refused.
    Refused(Refusal),
}

/// Events that are shown as they happen, and not stored.
#[derive(Debug)]
pub enum Ephemeral {
    /// Who is typing; and who is shown that of themselves, and nobody else.
    Typing(Typing, Vec<(PersonId, String)>),
    /// Who joined, left or changed their nick.
    Members(MembersChanged),
}

impl<E> Answer<E> {
    /// The answer to a join that a later join or leave has made void.
    pub(crate) fn superseded() -> Self {
        Self::Refused(Refusal::new(
            ErrorCode::Superseded,
            "a later join or leave of this room came before the answer",
        ))
    }
}

/// Why a page is read.
#[derive(Debug)]
pub enum Read<T> {
    /// For a join from before the recent entries.
    Join {
        /// The duty to answer it.
        ticket: T,
        /// Which join it is.
        join_id: JoinId,
        /// The last seq that the client has.
        after: u64,
        /// How large its page may be.
        size: PageSize,
    },
    /// For a page of history.
    History {
        /// The duty to answer.
        ticket: T,
        /// Which page.
        asked: Asked,
        /// How large it may be.
        size: PageSize,
    },
    /// For the gap between the head and entries that came early, or for a batch with an unknown outcome.
    Gap,
}

/// An entry to be committed, and who waits for it.
#[derive(Debug)]
pub struct Waiting<T> {
    /// What is to be committed.
    pub append: Append,
    /// Why it is not admitted, if `append.admit` is false.
    pub refusal: Option<Refusal>,
    /// Why those who keep the room are to look at it, once it is committed.
    pub flag: Option<Box<str>>,
    /// The duty to answer.
    pub ticket: T,
}

/// Which page of history is wanted.
#[derive(Clone, Copy, Debug)]
pub enum Asked {
    /// The newest.
    Latest,
    /// The one that ends before this seq.
    Before(u64),
    /// The one that begins after this seq.
    After(u64),
    /// The one with this seq in its middle.
    Around(u64),
}

/// The refusal for a person if the log could not answer about a room.
///
/// `room` is the room's name, where the person may know it.
pub fn log_refusal(error: &LogError, room: Option<&str>) -> Refusal {
    match error {
        LogError::Unavailable(_) => Refusal::later(
            ErrorCode::StorageUnavailable,
            "the server cannot reach its log at the moment; whether the message was kept is not \
             known: try again with the same cid",
            2_000,
        ),
        // A retry does not help: an operator has to restore it.
        LogError::Damaged(_) => {
            let room = room.filter(|room| !room.is_empty()).unwrap_or("this room");
            let message =
                format!("a part of the log of {room} is damaged, which the server logged");
            Refusal::new(ErrorCode::Internal, message)
        }
        LogError::Busy => {
            Refusal::later(ErrorCode::Busy, "the server has too much to read; try again", 500)
        }
    }
}
