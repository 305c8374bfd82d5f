//! From a send to a batch, and from the batch's outcome to its answers.
//!
//! One batch is committed at a time, and sends gather meanwhile for the next one. So the size of a batch
//! follows the load.

use throng_log::{Append, Appended, Entry, LogError, NotEdited, Shadow};
use throng_protocol::{ErrorCode, Refusal, Sent};

use crate::effect::{Answer, Effect, Waiting, log_refusal};
use crate::recent::Encoded;
use crate::state::State;

/// This many sends are worth a commit while the previous batch is still being shown. Fewer keep gathering:
/// then each member gets them in one write, and a write costs the same for one message as for several.
const EARLY_COMMIT_MIN: usize = 32;

/// When to try again, in milliseconds, if the room has too much to commit: a few commits later.
const BUSY_MS: u64 = 500;

impl<M, T, E: Encoded> State<M, T, E> {
    /// Adds a send to the next batch, or answers `busy` if that is full. The rest of the room goes on.
    pub fn send(&mut self, waiting: Waiting<T>) -> Option<Effect<T, E>> {
        if self.pending_batch.is_full() {
            let message = "the room has too much to commit; try again with the same cid";
            let refusal = Refusal::later(ErrorCode::Busy, message, BUSY_MS);
            return Some(Effect::Answer(waiting.ticket, Answer::Refused(refusal)));
        }
        self.typing.retain(|it| it.person != waiting.append.sender);
        self.pending_batch.push(waiting);
        None
    }

    /// Whether the next commit should begin before the last batch is shown.
    pub fn has_large_batch(&self) -> bool {
        self.pending_batch.len() >= EARLY_COMMIT_MIN
    }

    /// Begins a commit of the gathered sends, unless one is in flight.
    pub fn begin_commit(&mut self) -> Option<Vec<Append>> {
        if self.pending_batch.is_empty() || !self.batch_in_flight.is_empty() {
            return None;
        }
        self.batch_in_flight = self.pending_batch.take();
        Some(self.batch_in_flight.iter().map(|it| it.append.clone()).collect())
    }

    /// The outcome of the batch in flight. First the senders are answered, then the members are shown the
    /// entries.
    pub fn committed(
        &mut self,
        outcome: Result<Vec<Appended>, LogError>,
        now_ms: u64,
    ) -> Vec<Effect<T, E>> {
        let batch = std::mem::take(&mut self.batch_in_flight);
        let mut effects = Vec::with_capacity(batch.len() + 2);
        let mut arrived = Vec::with_capacity(batch.len());
        match outcome {
            Ok(answers) => {
                for (waiting, appended) in batch.into_iter().zip(answers) {
                    let answer = self.settle(&waiting, &appended, &mut arrived);
                    let flagged = flagged(&waiting, &appended);
                    effects.push(Effect::Answer(waiting.ticket, answer));
                    effects.extend(flagged);
                }
                if !arrived.is_empty() {
                    // From here on, the entries in doubt would show as a gap.
                    self.doubt = None;
                }
            }
            Err(error) => {
                // The log may have committed the batch all the same.
                self.begin_doubt(now_ms);
                for waiting in batch {
                    let answer = Answer::Refused(log_refusal(&error, Some(&self.info.name)));
                    effects.push(Effect::Answer(waiting.ticket, answer));
                }
            }
        }
        effects.extend(self.arrive(arrived));
        effects.extend(self.fill_gap());
        effects
    }

    /// The answer for a sender; adds a new entry to `arrived`.
    fn settle(
        &mut self,
        waiting: &Waiting<T>,
        appended: &Appended,
        arrived: &mut Vec<E>,
    ) -> Answer<E> {
        match *appended {
            Appended::Committed { seq, at, is_hidden } => {
                let entry = entry_of(&waiting.append, (seq, at), is_hidden);
                arrived.push(E::encode(self.info.id, &entry));
                Answer::Sent(Sent { seq, at, dup: false, deleted: false })
            }
            Appended::Duplicate { seq, at, is_deleted } => {
                // It may be a message that was committed although its batch seemed to fail.
                self.log_head = self.log_head.max(seq);
                Answer::Sent(Sent { seq, at, dup: true, deleted: is_deleted })
            }
            Appended::Conflict => Answer::Refused(Refusal::conflict()),
            Appended::NotEdited(why) => Answer::Refused(not_edited(why)),
            Appended::Refused => Answer::Refused(waiting.refusal.clone().unwrap_or_else(|| {
                Refusal::new(ErrorCode::Internal, "the message was not admitted")
            })),
        }
    }
}

fn not_edited(why: NotEdited) -> Refusal {
    let (code, message) = match why {
        NotEdited::NoMessage => (ErrorCode::BadCommand, "there is no such message in this room"),
        NotEdited::NotTheirs => (ErrorCode::Forbidden, "only who has said it may edit a message"),
        NotEdited::Deleted => (ErrorCode::BadCommand, "the message was deleted; send a new one"),
    };
    Refusal::new(code, message)
}

/// What is to be looked at of a message that was committed.
fn flagged<T, E>(waiting: &Waiting<T>, appended: &Appended) -> Option<Effect<T, E>> {
    match (&waiting.flag, appended) {
        (Some(reason), Appended::Committed { seq, at, is_hidden }) => {
            let entry = entry_of(&waiting.append, (*seq, *at), *is_hidden);
            Some(Effect::Flag(Box::new(entry), reason.clone()))
        }
        _ => None,
    }
}

fn entry_of(append: &Append, (seq, at): (u64, u64), is_hidden: bool) -> Entry {
    let Append { sender, nick, cid, body, .. } = append.clone();
    let shadow = if is_hidden { Shadow::Hidden } else { Shadow::None };
    Entry { seq, at, sender, nick, cid, body, shadow }
}
