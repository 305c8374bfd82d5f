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
        Event::Edited { edited, .. } => edited.text.len() + edited.from.nick.len(),
        Event::Deleted { deleted, .. } => deleted.messages.len() * size_of::<u64>(),
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

#[cfg(test)]
mod tests {
    use throng_protocol::{Cid, Deleted, Edited, PersonId, RoomId, RoomName, User};

    use super::EventQueue;
    use crate::event::Event;
    use crate::room::Room;

    /// A queue whose bound of bytes these events alone could reach, not their number.
    fn is_full_after(event: Event) -> bool {
        let mut queue = EventQueue::new(100, 3_000);
        queue.push(event);
        queue.is_full()
    }

    #[test]
    fn what_changes_messages_weighs_what_it_holds() {
        let id = RoomId::from_parts(1, 0);
        let room = || Room { id, name: RoomName::kept("lobby".into()) };
        let from = User::new(PersonId::from_parts(1, 0), "ana");
        let edited = |text: String| Event::Edited {
            room: room(),
            edited: Edited {
                room: id,
                seq: 2,
                cid: Cid::parse("01JZZZZZZZZZZZZZZZZZZZZZZZ").expect("a cid"),
                from: from.clone(),
                message: 1,
                text,
                at: 1,
                shadow: false,
            },
            caught_up: false,
        };
        let deleted = |messages| Event::Deleted {
            room: room(),
            deleted: Deleted { room: id, seq: 2, from: None, messages, at: 1, shadow: false },
            caught_up: false,
        };
        assert!(!is_full_after(edited("x".into())) && is_full_after(edited("x".repeat(3_000))));
        assert!(!is_full_after(deleted(vec![1])) && is_full_after(deleted(vec![1; 500])));
    }
}
