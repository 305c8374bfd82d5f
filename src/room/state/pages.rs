//! Pages: from the tail where it has them, from the log where it has not.

use std::sync::Arc;

use throng_protocol::{Page, RoomInfo};

use super::State;
use super::effect::{Answer, Asked, Effect, Read, log_refusal};
use crate::chatlog::{LogError, LogPage, Range};
use crate::room::owed::{Cursor, Owed, owed};
use crate::room::roster::Visit;
use crate::room::tail::{Entry, PageSize};

impl<M, T> State<M, T> {
    /// Answers a join at once, or reads the page that it is owed.
    pub(super) fn answer_join(&mut self, visit: Visit, cursor: Cursor, ticket: T) -> Effect<T> {
        let limits = self.limits;
        match owed(cursor, self.epoch, &self.tail, limits.page, limits.catch_up_max) {
            Owed::Page { entries, is_live, limited, reset } => {
                if let Some(member) = self.roster.get_mut(visit.connection) {
                    member.is_live = is_live;
                }
                let page = Page { limited, reset, ..self.page(entries, !is_live, true) };
                Effect::Answer(ticket, Answer::Page(page))
            }
            Owed::Read { after, size } => {
                let range = Range::After { seq: after, limit: limit(size) };
                Effect::Read(Read::Join { ticket, visit, after, size }, range)
            }
        }
    }

    /// A page of history, from the tail where it has it.
    pub(crate) fn history(
        &mut self,
        asked: Asked,
        limit_asked: Option<u64>,
        ticket: T,
    ) -> Vec<Effect<T>> {
        let size = self.limits.page.at_most(Some(limit_asked.unwrap_or(u64::MAX).max(1)));
        vec![self.history_page(asked, size, ticket)]
    }

    /// A page that was asked for by [`Effect::Read`].
    pub(crate) fn page_read(
        &mut self,
        read: Read<T>,
        outcome: Result<Arc<LogPage>, LogError>,
        now_ms: u64,
    ) -> Vec<Effect<T>> {
        match (read, outcome) {
            (Read::Fill, outcome) => self.filled(outcome.as_deref(), now_ms),
            (Read::Join { ticket, visit, after, size }, Ok(page)) => {
                self.learn(&page);
                let answer = self.join_page(visit, after, size, &page);
                [Effect::Answer(ticket, answer)].into_iter().chain(self.fill_hole()).collect()
            }
            (Read::History { ticket, asked, size }, Ok(page)) => {
                self.learn(&page);
                let entries = self.shown(&page, asked.is_forward(), size);
                let answered = self.answer_history(asked, entries, size, ticket);
                [answered].into_iter().chain(self.fill_hole()).collect()
            }
            (Read::Join { ticket, .. } | Read::History { ticket, .. }, Err(error)) => {
                vec![Effect::Answer(ticket, Answer::Refused(log_refusal(&error)))]
            }
        }
    }

    pub(super) fn info(&self) -> RoomInfo {
        RoomInfo { name: self.name.as_str().to_owned() }
    }

    fn history_page(&mut self, asked: Asked, size: PageSize, ticket: T) -> Effect<T> {
        let end = self.tail.head() + 1;
        let half = size.events as u64 / 2;
        let seq = match asked {
            Asked::Latest => end,
            Asked::Before(seq) => seq.min(end),
            Asked::After(seq) => seq,
            Asked::Around(middle) => middle.saturating_sub(half + 1),
        };
        let limit = limit(size);
        let (found, range) = match asked.is_forward() {
            true => (self.tail.after(seq, size), Range::After { seq, limit }),
            false => (self.tail.before(seq, size), Range::Before { seq, limit }),
        };
        match found {
            Some(entries) => self.answer_history(asked, entries, size, ticket),
            None => Effect::Read(Read::History { ticket, asked, size }, range),
        }
    }

    /// Answers with a page, if what was asked for is in it.
    fn answer_history(
        &mut self,
        asked: Asked,
        entries: Vec<Entry>,
        size: PageSize,
        ticket: T,
    ) -> Effect<T> {
        let (first, head) = (self.tail.first(), self.tail.head());
        let again = match asked {
            // While the page was read, retention removed all of it.
            Asked::After(seq) if entries.is_empty() && seq < first - 1 => Some(first),
            // Before the message there are more bytes than fit: its page begins with it.
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
            true => entries.last().is_some_and(|last| last.seq() < self.tail.head()),
            false => entries.first().is_some_and(|first| first.seq() > self.tail.first()),
        };
        Effect::Answer(ticket, Answer::Page(self.page(entries, more, false)))
    }

    fn join_page(&mut self, visit: Visit, after: u64, size: PageSize, page: &LogPage) -> Answer {
        let Visit { connection, join } = visit;
        if self.roster.get(connection).is_none_or(|member| member.join != join) {
            return Answer::superseded();
        }
        // Retention may have removed what the page was to begin with.
        let is_limited = self.tail.first() > after + 1;
        let entries =
            if is_limited { self.tail.latest(size) } else { self.shown(page, true, size) };
        let reached = entries.last().map_or(after, Entry::seq);
        let is_live = is_limited || reached >= self.tail.head();
        if let Some(member) = self.roster.get_mut(connection) {
            member.is_live = is_live;
        }
        Answer::Page(Page { limited: is_limited, ..self.page(entries, !is_live, true) })
    }

    /// The messages of a page that members have been shown, as far as they fit. The log may be
    /// ahead of the room for a moment, and the page may be older than a retention.
    fn shown(&self, page: &LogPage, is_forward: bool, size: PageSize) -> Vec<Entry> {
        let log = self.tail.first()..=self.tail.head();
        let known = page.messages.iter().filter(|message| log.contains(&message.seq));
        let mut bytes = 0;
        let mut fits = |entry: &Entry| {
            let is_first = bytes == 0;
            bytes += entry.json().len();
            is_first || bytes <= size.bytes
        };
        if is_forward {
            known.map(Entry::new).take_while(|entry| fits(entry)).collect()
        } else {
            let mut entries: Vec<Entry> =
                known.rev().map(Entry::new).take_while(|entry| fits(entry)).collect();
            entries.reverse();
            entries
        }
    }

    fn page(&self, events: Vec<Entry>, more: bool, with_members: bool) -> Page<Entry> {
        Page {
            room: self.info(),
            first: self.tail.first(),
            head: self.tail.head(),
            events,
            more,
            limited: false,
            reset: false,
            members: with_members.then(|| self.roster.sample()),
        }
    }
}

impl Asked {
    fn is_forward(self) -> bool {
        matches!(self, Self::After(_) | Self::Around(_))
    }
}

/// How many messages to ask the log for.
pub(super) fn limit(size: PageSize) -> u32 {
    u32::try_from(size.events).unwrap_or(u32::MAX)
}
