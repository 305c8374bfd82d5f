//! Pages: from the recent entries where they suffice, otherwise from the log.

use std::sync::Arc;

use throng_log::{Entry, LogError, LogPage, Range};
use throng_protocol::Page;

use crate::catch_up::{CatchUp, Cursor, catch_up};
use crate::effect::{Answer, Asked, Effect, Read, log_refusal};
use crate::recent::{Encoded, PageSize};
use crate::roster::JoinId;
use crate::state::State;

/// The most bytes around the events and members of a page: the field names, the numbers, and the name of the
/// room. What else is said of a room comes on top.
pub const PAGE_ENVELOPE: usize = 512;

impl<M, T, E: Encoded> State<M, T, E> {
    /// Answers a join at once, or reads the page for it.
    pub(crate) fn answer_join(
        &mut self,
        join_id: JoinId,
        cursor: Cursor,
        ticket: T,
    ) -> Effect<T, E> {
        let (size, catch_up_max) = (self.join_size(), self.limits.catch_up_max);
        match catch_up(cursor, self.epoch, &self.recent, size, catch_up_max) {
            CatchUp::Page { entries, is_live, limited, reset } => {
                if let Some(member) = self.roster.get_mut(join_id.connection) {
                    member.is_live = is_live;
                }
                let page = Page { limited, reset, ..self.page(entries, !is_live, true) };
                Effect::Answer(ticket, Answer::Page(page))
            }
            CatchUp::Read { after, size } => {
                self.changes.read_begins();
                let range = Range::After { seq: after, limit: size.limit() };
                Effect::Read(Read::Join { ticket, join_id, after, size }, range)
            }
        }
    }

    /// A page of history, from the recent entries where they suffice.
    pub fn history(
        &mut self,
        asked: Asked,
        limit_asked: Option<u64>,
        ticket: T,
    ) -> Vec<Effect<T, E>> {
        let size = self.limits.page.at_most(Some(limit_asked.unwrap_or(u64::MAX).max(1)));
        vec![self.history_page(asked, size, ticket)]
    }

    /// A page that [`Effect::Read`] asked for.
    pub fn page_read(
        &mut self,
        read: Read<T>,
        outcome: Result<Arc<LogPage>, LogError>,
        now_ms: u64,
    ) -> Vec<Effect<T, E>> {
        let is_gap = matches!(read, Read::Gap);
        let outcome = match outcome {
            Ok(page) if !is_gap && self.changes.is_forgotten(page.head) => Err(LogError::Busy),
            outcome => outcome,
        };
        let effects = match (read, outcome) {
            (Read::Gap, outcome) => self.filled(outcome.as_deref(), now_ms),
            (Read::Join { ticket, join_id, after, size }, Ok(page)) => {
                self.learn(&page);
                let answer = self.join_page(join_id, after, size, &page);
                [Effect::Answer(ticket, answer)].into_iter().chain(self.fill_gap()).collect()
            }
            (Read::History { ticket, asked, size }, Ok(page)) => {
                self.learn(&page);
                let entries = self.shown(&page, asked.is_forward(), size);
                let answered = self.answer_history(asked, entries, size, ticket);
                [answered].into_iter().chain(self.fill_gap()).collect()
            }
            (Read::Join { ticket, join_id, size, .. }, Err(LogError::Damaged(_))) => {
                // No client gets past the damage: it goes on from the newest messages.
                vec![Effect::Answer(ticket, self.latest_page(join_id, size))]
            }
            (Read::Join { ticket, .. } | Read::History { ticket, .. }, Err(error)) => {
                vec![Effect::Answer(
                    ticket,
                    Answer::Refused(log_refusal(&error, Some(&self.info.name))),
                )]
            }
        };
        if !is_gap {
            self.changes.read_ends();
        }
        effects
    }

    /// The size of a page for a join: the members are in the same message.
    fn join_size(&self) -> PageSize {
        let PageSize { events, bytes } = self.limits.page;
        PageSize { events, bytes: bytes.saturating_sub(self.roster.sample_bytes_max()) }
    }

    /// The current limit for a page that was requested a while ago: the members may have changed.
    fn as_of_now(&self, size: PageSize) -> PageSize {
        PageSize { bytes: self.join_size().bytes, ..size }
    }

    fn history_page(&mut self, asked: Asked, size: PageSize, ticket: T) -> Effect<T, E> {
        let end = self.recent.head() + 1;
        let half = size.events as u64 / 2;
        let seq = match asked {
            Asked::Latest => end,
            Asked::Before(seq) => seq.min(end),
            Asked::After(seq) => seq,
            Asked::Around(middle) => middle.saturating_sub(half + 1),
        };
        let limit = size.limit();
        let (found, range) = match asked.is_forward() {
            true => (self.recent.after(seq, size), Range::After { seq, limit }),
            false => (self.recent.before(seq, size), Range::Before { seq, limit }),
        };
        match found {
            Some(entries) => self.answer_history(asked, entries, size, ticket),
            None => {
                self.changes.read_begins();
                Effect::Read(Read::History { ticket, asked, size }, range)
            }
        }
    }

    /// Answers with a page, if it contains what was requested.
    fn answer_history(
        &mut self,
        asked: Asked,
        entries: Vec<E>,
        size: PageSize,
        ticket: T,
    ) -> Effect<T, E> {
        let (first, head) = (self.recent.first(), self.recent.head());
        let again = match asked {
            // While the page was being read, retention removed all of it.
            Asked::After(seq) if entries.is_empty() && seq < first - 1 => Some(first),
            // The messages before it take more bytes than fit, so its page starts with it.
            Asked::Around(seq)
                if seq <= head && entries.last().is_none_or(|last| last.seq() < seq) =>
            {
                Some(seq.max(first))
            }
            _ => None,
        };
        if let Some(begin) = again {
            return self.history_page(Asked::After(begin - 1), size, ticket);
        }
        let more = match asked.is_forward() {
            true => entries.last().is_some_and(|last| last.seq() < self.recent.head()),
            false => entries.first().is_some_and(|first| first.seq() > self.recent.first()),
        };
        Effect::Answer(ticket, Answer::Page(self.page(entries, more, false)))
    }

    fn join_page(
        &mut self,
        join_id: JoinId,
        after: u64,
        size: PageSize,
        page: &LogPage,
    ) -> Answer<E> {
        // Retention may have removed the first entries of the page.
        if self.recent.first() > after + 1 {
            return self.latest_page(join_id, size);
        }
        let entries = self.shown(page, true, self.as_of_now(size));
        let reached = entries.last().map_or(after, Encoded::seq);
        self.answer_member(join_id, entries, reached >= self.recent.head(), false)
    }

    /// The newest messages, for a join that cannot start at its cursor.
    fn latest_page(&mut self, join_id: JoinId, size: PageSize) -> Answer<E> {
        self.answer_member(join_id, self.recent.latest(self.as_of_now(size)), true, true)
    }

    /// Answers a join with the page for it, unless the join has become void.
    fn answer_member(
        &mut self,
        join_id: JoinId,
        entries: Vec<E>,
        is_live: bool,
        limited: bool,
    ) -> Answer<E> {
        match self.roster.get_mut(join_id.connection).filter(|member| member.join == join_id.join) {
            Some(member) => member.is_live = is_live,
            None => return Answer::superseded(),
        }
        Answer::Page(Page { limited, ..self.page(entries, !is_live, true) })
    }

    /// The part of a page that members have been shown, as far as it fits. The log may be ahead of the room
    /// for a moment, and retention may have removed entries since the page was read.
    fn shown(&self, page: &LogPage, is_forward: bool, size: PageSize) -> Vec<E> {
        let log = self.recent.first()..=self.recent.head();
        let known = page.entries.iter().filter(|entry| log.contains(&entry.seq));
        let encode =
            |entry: &Entry| self.changes.applied(E::encode(self.info.id, entry), page.head);
        let mut fits = size.fits();
        if is_forward {
            known.map(encode).take_while(|entry| fits(&entry)).collect()
        } else {
            let mut entries: Vec<E> =
                known.rev().map(encode).take_while(|entry| fits(&entry)).collect();
            entries.reverse();
            entries
        }
    }

    /// A page; the one for a join has the members, and what the room is for.
    fn page(&self, events: Vec<E>, more: bool, with_members: bool) -> Page<E> {
        let taken: usize = events.iter().map(Encoded::bytes_in_page).sum();
        let left = self.limits.page.bytes.saturating_sub(taken);
        Page {
            room: self.info.clone(),
            first: self.recent.first(),
            head: self.recent.head(),
            events,
            more,
            limited: false,
            reset: false,
            members: with_members.then(|| self.roster.sample_within(left)),
            description: if with_members { self.description.clone() } else { String::new() },
        }
    }
}

impl Asked {
    fn is_forward(self) -> bool {
        matches!(self, Self::After(_) | Self::Around(_))
    }
}
