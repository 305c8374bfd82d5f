//! One room as the client has it: its cursor, and what it owes to the caller.

use std::time::Duration;

use futures::channel::oneshot;
use throng_protocol::{Epoch, Page, RoomName};

use super::frames::Item;
use crate::{AskError, Cursor, Event, Joined};

/// A room that was asked for and not left.
pub(super) struct Room {
    /// As the caller spelled it, then as the server does.
    pub(super) name: RoomName,
    /// Everything up to here has been shown.
    pub(super) cursor: Option<Cursor>,
    /// Whether the caller was told that it is in.
    pub(super) announced: bool,
    /// Whether this connection is in the room, live or reading.
    pub(super) member: bool,
    /// Whether messages come as they are said.
    pub(super) live: bool,
    /// The join whose answer counts.
    pub(super) joining: Option<u64>,
    pub(super) wants_join: bool,
    /// Neither join nor leave before.
    pub(super) retry_at: Duration,
    pub(super) tries: u32,
    /// Who waits to be in.
    pub(super) waiters: Vec<oneshot::Sender<Result<Joined, AskError>>>,
    /// Who waits to be out. Not empty: it is to be left when all was sent.
    pub(super) leavers: Vec<oneshot::Sender<Result<(), AskError>>>,
    pub(super) leaving: Option<u64>,
    /// Of the members that were told last.
    pub(super) version: u64,
    pub(super) asking_members: bool,
    pub(super) typed_at: Option<Duration>,
}

impl Room {
    pub(super) fn new(name: RoomName) -> Self {
        Self {
            name,
            cursor: None,
            announced: false,
            member: false,
            live: false,
            joining: None,
            wants_join: true,
            retry_at: Duration::ZERO,
            tries: 0,
            waiters: Vec::new(),
            leavers: Vec::new(),
            leaving: None,
            version: 0,
            asking_members: false,
            typed_at: None,
        }
    }

    /// The connection is gone, and every membership with it.
    pub(super) fn disconnect(&mut self) {
        self.member = false;
        self.live = false;
        self.joining = None;
        self.leaving = None;
        self.wants_join = true;
        self.retry_at = Duration::ZERO;
        self.asking_members = false;
    }

    /// Something said just now. Above a hole it is not held: the join that fills the hole brings it
    /// again, so nothing has to be bounded here.
    pub(super) fn hear(&mut self, epoch: Epoch, item: Item) -> Option<Event> {
        let cursor = self.cursor.as_mut().filter(|cursor| self.member && cursor.epoch == epoch)?;
        if item.seq == cursor.seq + 1 {
            cursor.seq = item.seq;
            return self.shown(item, false);
        }
        if item.seq > cursor.seq && self.live {
            self.live = false;
            self.wants_join = true;
        }
        None
    }

    /// The answer to a join from the cursor. Returns what is to be shown.
    pub(super) fn read(&mut self, epoch: Epoch, page: Page<Item>) -> Vec<Event> {
        let mut shown = Vec::with_capacity(page.events.len() + 1);
        // Where the page begins. An empty one that is the end stands for all up to the head.
        let next = match page.events.first() {
            Some(item) => item.seq,
            None if page.more => self.cursor.map_or(1, |cursor| cursor.seq + 1),
            None => page.head + 1,
        };
        let last = self.cursor.map(|cursor| cursor.seq);
        let gap = last.filter(|last| page.reset || next > last + 1);
        if let Some(last) = gap {
            let (room, first, head) = (self.name.clone(), page.first, page.head);
            shown.push(Event::Gap { room, first, head, last, next, reset: page.reset });
        }
        let begin = next.saturating_sub(1);
        let mut seq = match last {
            Some(last) if !page.reset => last.max(begin),
            _ => begin,
        };
        let mut whole = true;
        for item in page.events {
            if item.seq == seq + 1 {
                seq = item.seq;
                shown.extend(self.shown(item, true));
            } else if item.seq > seq {
                // The server never sends such a page; if it does, the rest is asked for again.
                whole = false;
                break;
            }
        }
        let progress = self.cursor.is_none_or(|cursor| cursor.seq != seq || cursor.epoch != epoch);
        self.cursor = Some(Cursor { epoch, seq });
        self.live = whole && !page.more;
        self.wants_join = !self.live;
        self.tries = if self.live || progress { 0 } else { self.tries + 1 };
        shown
    }

    fn shown(&self, item: Item, caught_up: bool) -> Option<Event> {
        let message = item.message?;
        Some(Event::Message { room: self.name.clone(), message, caught_up })
    }
}
