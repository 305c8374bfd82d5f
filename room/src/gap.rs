//! The gap between the head and entries that the log has beyond it.
//!
//! After the head, members are shown `head + 1` and nothing else, no matter who wrote it. An entry may come
//! early, or the log may have entries that this room does not know: another node wrote them, or a batch with
//! an unknown outcome was committed. The room reads these from the log.

use throng_log::{Entry, LogError, LogPage, Range};

use crate::effect::{Effect, Read};
use crate::pending_batch::BATCH_MAX;
use crate::recent::Encoded;
use crate::state::State;
use crate::unknown_outcome::{Doubt, GapRead};

/// How many entries beyond a gap are kept while it is filled: as many as a batch has. Later ones are read
/// from the log again, so that a log that accepts messages but returns none does not fill the memory.
const BEYOND_GAP_MAX: usize = BATCH_MAX;

impl<M, T, E: Encoded> State<M, T, E> {
    /// The outcome of a batch is unknown: the log is asked about it after a moment.
    pub(crate) fn begin_doubt(&mut self, now_ms: u64) {
        self.doubt = Some(Doubt::begin(now_ms));
    }

    /// The entries read after the head. One that is in the batch in flight waits for the batch's outcome, so
    /// that its sender is answered before members are shown it.
    pub(crate) fn filled(
        &mut self,
        outcome: Result<&LogPage, &LogError>,
        now_ms: u64,
    ) -> Vec<Effect<T, E>> {
        let known = self.gap_read.take().map_or(0, |gap_read| gap_read.log_head);
        let Ok(page) = outcome else {
            self.ask_again(now_ms);
            return Vec::new();
        };
        self.learn(page);
        let head = self.recent.head();
        let settled = page.entries.iter().take_while(|entry| !self.is_in_flight(entry));
        let arrived = settled.map(|entry| E::encode(self.info.id, entry)).collect();
        let mut effects: Vec<_> = self.arrive(arrived).into_iter().collect();
        let has_moved = self.recent.head() > head;
        if has_moved || self.log_head > known {
            effects.extend(self.fill_gap());
        } else if self.log_head > head {
            // The log lacked entries that it should have. Asking again at once might never end.
            self.ask_again(now_ms);
        }
        effects
    }

    /// Asks the log about a batch with an unknown outcome.
    pub(crate) fn resolve_doubt(&mut self, now_ms: u64) -> Option<Effect<T, E>> {
        if self.doubt.is_none_or(|doubt| doubt.due > now_ms) {
            return None;
        }
        self.ask_again(now_ms);
        self.fill()
    }

    /// Reads what follows the head, if the log is known to have it, unless a batch is in flight that may
    /// bring it.
    pub(crate) fn fill_gap(&mut self) -> Option<Effect<T, E>> {
        if self.log_head <= self.recent.head() || !self.batch_in_flight.is_empty() {
            return None;
        }
        self.fill()
    }

    /// Records what a page says about the log.
    pub(crate) fn learn(&mut self, page: &LogPage) {
        self.recent.begin_at(page.first);
        self.log_head = self.log_head.max(page.head);
    }

    /// Takes committed entries, shows those that follow the head, and keeps those that came early until the
    /// gap before them is filled from the log.
    pub(crate) fn arrive(&mut self, entries: Vec<E>) -> Option<Effect<T, E>> {
        let mut shown = Vec::with_capacity(entries.len());
        for entry in entries {
            self.log_head = self.log_head.max(entry.seq());
            if entry.seq() == self.recent.head() + 1 {
                self.changes.note(&entry);
                self.recent.push(entry.clone());
                shown.push(entry);
            } else if entry.seq() > self.recent.head() && self.beyond_gap.len() < BEYOND_GAP_MAX {
                self.beyond_gap.insert(entry.seq(), entry);
            }
        }
        while let Some(entry) = self.beyond_gap.remove(&(self.recent.head() + 1)) {
            self.changes.note(&entry);
            self.recent.push(entry.clone());
            shown.push(entry);
        }
        let head = self.recent.head();
        self.beyond_gap.retain(|seq, _| *seq > head);
        (!shown.is_empty()).then_some(Effect::Show(shown))
    }

    fn fill(&mut self) -> Option<Effect<T, E>> {
        if self.gap_read.is_some() {
            return None;
        }
        self.gap_read = Some(GapRead { log_head: self.log_head });
        let range = Range::After { seq: self.recent.head(), limit: self.limits.page.limit() };
        Some(Effect::Read(Read::Gap, range))
    }

    fn ask_again(&mut self, now_ms: u64) {
        self.doubt = Some(Doubt::again(self.doubt, now_ms));
    }

    fn is_in_flight(&self, entry: &Entry) -> bool {
        self.batch_in_flight
            .iter()
            .any(|it| it.append.cid == entry.cid && it.append.sender == entry.sender)
    }
}
