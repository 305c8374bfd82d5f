//! From a send to everybody: what gathers, what the log made of it, and in which order it is shown.
//!
//! Members are shown `head + 1` and nothing else, whoever wrote it. What the log has beyond that
//! comes early, or is not known here at all (another node wrote it, or a batch whose outcome is
//! unknown was committed): it is read from the log.

use throng_protocol::{ErrorCode, Message, Sent, User};

use super::State;
use super::effect::{Answer, Effect, Read, Waiting, log_refusal};
use super::pages::limit;
use crate::chatlog::{Append, Appended, LogError, LogPage, Range};
use crate::outbox::Refusal;
use crate::room::tail::Entry;

/// The most sends that gather while a batch is being committed.
const GATHERED_MAX: usize = 1_024;

/// The most bytes of text that gather; a batch of large texts ends earlier.
const GATHERED_BYTES_MAX: usize = 1024 * 1024;

/// So many sends are worth a commit while the batch before them is still being shown. Fewer go on
/// gathering: each member then gets them in one write, and a write costs the same for one message as
/// for several.
const EARLY_COMMIT_MIN: usize = 32;

/// When to try again, in milliseconds, if the room has too much to commit: a few commits later.
const BUSY_MS: u64 = 500;

/// How many messages beyond a hole are kept while it is filled: as many as a batch brings. Those
/// above it are read from the log again, so that a log that takes messages and gives none does not
/// fill the memory.
const EARLY_MAX: usize = GATHERED_MAX;

/// How long to wait, in milliseconds, before the log is asked again what became of a batch whose
/// outcome is unknown. Doubled each time.
const DOUBT_MS: u64 = 1_000;

/// The longest wait, in milliseconds: a log that is repaired may bring back what it seemed to have
/// lost, however late, and nobody else tells the room.
const DOUBT_MS_MAX: u64 = 60_000;

/// The log may have messages that the room does not know of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Doubt {
    /// When to ask the log, in milliseconds of the caller's clock.
    pub(super) due: u64,
    wait_ms: u64,
}

/// A read of what follows the head, under way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Filling {
    /// The highest seq that the log was known to have when the read began.
    log_head: u64,
}

impl<M, T> State<M, T> {
    /// Something is to be said. It gathers until [`State::begin_commit`]; when as much has gathered
    /// as may, the sender is told that the room is busy, and everything else goes on.
    pub(crate) fn send(&mut self, waiting: Waiting<T>) -> Option<Effect<T>> {
        if self.gathering.len() >= GATHERED_MAX || self.gathering_bytes >= GATHERED_BYTES_MAX {
            let message = "the room has as much to commit as it may; try again with the same cid";
            let refusal = Refusal::later(ErrorCode::Busy, message, BUSY_MS);
            return Some(Effect::Answer(waiting.ticket, Answer::Refused(refusal)));
        }
        self.typing.retain(|(person, _)| *person != waiting.append.sender);
        self.gathering_bytes += waiting.append.text.len();
        self.gathering.push(waiting);
        None
    }

    /// Whether the next commit should begin before the last batch is shown.
    pub(crate) fn has_gathered_much(&self) -> bool {
        self.gathering.len() >= EARLY_COMMIT_MIN
    }

    /// Begins a commit of what has gathered, if none is under way.
    pub(crate) fn begin_commit(&mut self) -> Option<Vec<Append>> {
        if self.gathering.is_empty() || !self.committing.is_empty() {
            return None;
        }
        self.gathering_bytes = 0;
        self.committing = std::mem::take(&mut self.gathering);
        Some(self.committing.iter().map(|it| it.append.clone()).collect())
    }

    /// The outcome of the batch. Senders are answered first, then everybody is shown.
    pub(crate) fn committed(
        &mut self,
        outcome: Result<Vec<Appended>, LogError>,
        now_ms: u64,
    ) -> Vec<Effect<T>> {
        let batch = std::mem::take(&mut self.committing);
        let mut effects = Vec::with_capacity(batch.len() + 2);
        let mut arrived = Vec::with_capacity(batch.len());
        match outcome {
            Ok(answers) => {
                for (waiting, appended) in batch.into_iter().zip(answers) {
                    let answer = self.settle(&waiting, &appended, &mut arrived);
                    effects.push(Effect::Answer(waiting.ticket, answer));
                }
                if !arrived.is_empty() {
                    // From here on a hole shows what was in doubt.
                    self.doubt = None;
                }
            }
            Err(error) => {
                // The log may have committed the batch all the same.
                self.doubt = Some(Doubt { due: now_ms + DOUBT_MS, wait_ms: DOUBT_MS });
                for waiting in batch {
                    let answer = Answer::Refused(log_refusal(&error));
                    effects.push(Effect::Answer(waiting.ticket, answer));
                }
            }
        }
        effects.extend(self.arrive(arrived));
        effects.extend(self.fill_hole());
        effects
    }

    /// What was read after the head. What is being committed at the moment waits for its outcome,
    /// so that its sender is answered before anybody is shown it.
    pub(super) fn filled(
        &mut self,
        outcome: Result<&LogPage, &LogError>,
        now_ms: u64,
    ) -> Vec<Effect<T>> {
        let known = self.filling.take().map_or(0, |filling| filling.log_head);
        let Ok(page) = outcome else {
            self.ask_again(now_ms);
            return Vec::new();
        };
        self.learn(page);
        let head = self.tail.head();
        let done = page.messages.iter().take_while(|message| !self.is_committing(message));
        let arrived = done.map(Entry::new).collect();
        let mut effects: Vec<_> = self.arrive(arrived).into_iter().collect();
        let has_moved = self.tail.head() > head;
        if has_moved || self.log_head > known {
            effects.extend(self.fill_hole());
        } else if self.log_head > head {
            // The log did not have what it should have. Asking at once might never end.
            self.ask_again(now_ms);
        }
        effects
    }

    /// Asks the log about a batch whose outcome is unknown.
    pub(super) fn resolve_doubt(&mut self, now_ms: u64) -> Option<Effect<T>> {
        if self.doubt.is_none_or(|doubt| doubt.due > now_ms) {
            return None;
        }
        self.ask_again(now_ms);
        self.fill()
    }

    /// Reads what follows the head, if the log is known to have it, and no outcome that is
    /// expected may bring it.
    pub(super) fn fill_hole(&mut self) -> Option<Effect<T>> {
        if self.log_head <= self.tail.head() || !self.committing.is_empty() {
            return None;
        }
        self.fill()
    }

    /// Remembers what a page tells of the log.
    pub(super) fn learn(&mut self, page: &LogPage) {
        self.tail.begin_at(page.first);
        self.log_head = self.log_head.max(page.head);
    }

    /// What a sender is told, and what there is to be shown.
    fn settle(
        &mut self,
        waiting: &Waiting<T>,
        appended: &Appended,
        arrived: &mut Vec<Entry>,
    ) -> Answer {
        match *appended {
            Appended::Committed { seq, at } => {
                arrived.push(Entry::new(&self.message(&waiting.append, seq, at)));
                Answer::Sent(Sent { seq, at, dup: false })
            }
            Appended::Duplicate { seq, at } => {
                // It may be a message that was committed although its batch seemed to fail.
                self.log_head = self.log_head.max(seq);
                Answer::Sent(Sent { seq, at, dup: true })
            }
            Appended::Conflict => Answer::Refused(Refusal::conflict()),
            Appended::Refused => Answer::Refused(waiting.refusal.clone().unwrap_or_else(|| {
                Refusal::new(ErrorCode::Internal, "the message was not admitted")
            })),
        }
    }

    /// Takes committed messages, shows what follows the head, and keeps what came early until the
    /// hole before it is filled from the log.
    fn arrive(&mut self, entries: Vec<Entry>) -> Option<Effect<T>> {
        let mut shown = Vec::with_capacity(entries.len());
        for entry in entries {
            self.log_head = self.log_head.max(entry.seq());
            if entry.seq() == self.tail.head() + 1 {
                self.tail.push(entry.clone());
                shown.push(entry);
            } else if entry.seq() > self.tail.head() && self.early.len() < EARLY_MAX {
                self.early.insert(entry.seq(), entry);
            }
        }
        while let Some(entry) = self.early.remove(&(self.tail.head() + 1)) {
            self.tail.push(entry.clone());
            shown.push(entry);
        }
        let head = self.tail.head();
        self.early.retain(|seq, _| *seq > head);
        (!shown.is_empty()).then_some(Effect::Show(shown))
    }

    fn fill(&mut self) -> Option<Effect<T>> {
        if self.filling.is_some() {
            return None;
        }
        self.filling = Some(Filling { log_head: self.log_head });
        let range = Range::After { seq: self.tail.head(), limit: limit(self.limits.page) };
        Some(Effect::Read(Read::Fill, range))
    }

    fn ask_again(&mut self, now_ms: u64) {
        let wait_ms = self.doubt.map_or(DOUBT_MS, |doubt| (2 * doubt.wait_ms).min(DOUBT_MS_MAX));
        self.doubt = Some(Doubt { due: now_ms + wait_ms, wait_ms });
    }

    fn is_committing(&self, message: &Message) -> bool {
        let sender = message.from.id;
        self.committing.iter().any(|it| it.append.cid == message.cid && it.append.sender == sender)
    }

    fn message(&self, append: &Append, seq: u64, at: u64) -> Message {
        Message {
            room: self.name.as_str().to_owned(),
            seq,
            cid: append.cid,
            from: User { id: append.sender, nick: append.nick.to_string() },
            kind: append.kind,
            text: append.text.to_string(),
            at,
        }
    }
}
