//! The events that wait for the caller: bounded in number and in bytes.

use std::collections::VecDeque;

use crate::event::{Change, Event};

/// What an event weighs beside its texts: its fields, and its place in the queue.
const EVENT_BYTES: usize = 256;

/// A queue that says when it is full instead of refusing: what was read from the socket must go
/// somewhere, so it may be over its bounds by what one frame brings.
pub(super) struct EventQueue {
    events: VecDeque<Event>,
    bytes: usize,
    events_max: usize,
    bytes_max: usize,
    /// Whether it was full since this was asked last: then silence of the server means nothing.
    pub(super) stalled: bool,
    /// Nobody reads: nothing is kept.
    pub(super) closed: bool,
}

impl EventQueue {
    pub(super) fn new(events_max: usize, bytes_max: usize) -> Self {
        let events = VecDeque::new();
        Self { events, bytes: 0, events_max, bytes_max, stalled: false, closed: false }
    }

    pub(super) fn push(&mut self, event: Event) {
        if self.closed {
            return;
        }
        // Only these come without being read from the socket; of those that nobody has seen, the
        // latest counts.
        if self.is_full()
            && matches!(event, Event::State(_))
            && let Some(last @ Event::State(_)) = self.events.back_mut()
        {
            *last = event;
            return;
        }
        self.bytes += weight(&event);
        self.events.push_back(event);
        self.stalled |= self.is_full();
    }

    pub(super) fn pop(&mut self) -> Option<Event> {
        let event = self.events.pop_front()?;
        self.bytes -= weight(&event);
        Some(event)
    }

    pub(super) fn close(&mut self) {
        self.closed = true;
        self.events.clear();
        self.bytes = 0;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    pub(super) fn is_full(&self) -> bool {
        self.events.len() >= self.events_max || self.bytes >= self.bytes_max
    }
}

/// Never depends on what may change in the queue: a state weighs what a state weighs.
fn weight(event: &Event) -> usize {
    let texts = match event {
        Event::Message { message, .. } => message.text.len() + message.from.nick.len(),
        Event::Members { change: Change::Sample(users), .. } => users.len() * 64,
        Event::Members { change: Change::Moved { joined, left }, .. } => {
            joined.len() * 64 + left.len() * 16
        }
        Event::Joined(joined) => joined.members.sample.len() * 64 + joined.description.len(),
        Event::Typing { who, .. } => who.len() * 64,
        Event::Added { own, .. } => own.people.len() * 64 + own.room.topic.len(),
        Event::Changed { info, description, .. } => info.topic.len() + description.len(),
        _ => 0,
    };
    EVENT_BYTES + texts
}
