//! Messages that filters have flagged, on their way from the rooms, which must not wait, to the reports.

use std::collections::HashMap;

use async_channel::{Receiver, Sender};
use parking_lot::Mutex;
use throng_log::{Entry, Throttle};
use throng_protocol::{PersonId, RoomId};
use tracing::warn;

/// How many wait to be stored. While the disk is slow for seconds, moderators have enough to look at with these.
const WAITING_MAX: usize = 256;

/// Of each person in each room one report a minute, in milliseconds: who is flagged writes more of the same.
const PAUSE_MS: u64 = 60_000;

/// From this many people on, those who may be reported again are forgotten.
const REPORTED_MAX: usize = 1_000;

/// A message that was committed, and why it is to be looked at.
pub(crate) struct Flagged {
    pub(crate) room: RoomId,
    pub(crate) entry: Box<Entry>,
    pub(crate) reason: Box<str>,
}

/// What waits to be reported. When it is full, further ones are logged and forgotten.
pub(crate) struct FlaggedQueue {
    sender: Sender<Flagged>,
    receiver: Receiver<Flagged>,
    /// When somebody was reported last, on the monotonic clock.
    reported: Mutex<HashMap<(RoomId, PersonId), u64>>,
    full: Throttle,
}

impl Default for FlaggedQueue {
    fn default() -> Self {
        let (sender, receiver) = async_channel::bounded(WAITING_MAX);
        Self { sender, receiver, reported: Mutex::default(), full: Throttle::new() }
    }
}

impl FlaggedQueue {
    pub(super) fn push(&self, flagged: Flagged, now_ms: u64) {
        if !self.is_due((flagged.room, flagged.entry.sender), now_ms) {
            return;
        }
        if self.sender.try_send(flagged).is_err()
            && let Some(held_back) = self.full.pass()
        {
            warn!(held_back, "what a filter has found is not reported: too much of it waits");
        }
    }

    /// Waits for the next one.
    pub(crate) async fn next(&self) -> Option<Flagged> {
        self.receiver.recv().await.ok()
    }

    /// The next one, if it is there.
    pub(crate) fn take(&self) -> Option<Flagged> {
        self.receiver.try_recv().ok()
    }

    fn is_due(&self, whom: (RoomId, PersonId), now_ms: u64) -> bool {
        let mut reported = self.reported.lock();
        if reported.len() >= REPORTED_MAX {
            reported.retain(|_, at| *at + PAUSE_MS > now_ms);
        }
        if reported.get(&whom).is_some_and(|at| *at + PAUSE_MS > now_ms) {
            return false;
        }
        // With a thousand within one minute, the rest are reported as often as they are flagged.
        if reported.len() < REPORTED_MAX {
            reported.insert(whom, now_ms);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use throng_log::{Body, Entry, MessageKind, Shadow};
    use throng_protocol::{Cid, PersonId, RoomId};

    use super::{Flagged, FlaggedQueue, PAUSE_MS, WAITING_MAX};

    fn flagged(room: u64, person: u64) -> Flagged {
        let entry = Entry {
            seq: 1,
            at: 0,
            sender: PersonId::from_parts(person, 0),
            nick: "eve".into(),
            cid: Cid::parse("018f3a6e-0000-7000-8000-000000000001").expect("a cid"),
            body: Body::message(MessageKind::Text, "spam"),
            shadow: Shadow::None,
        };
        let reason = "filter 1".into();
        Flagged { room: RoomId::from_parts(room, 0), entry: Box::new(entry), reason }
    }

    fn waiting(queue: &FlaggedQueue) -> usize {
        std::iter::from_fn(|| queue.take()).count()
    }

    #[test]
    fn each_person_is_reported_once_a_minute_in_each_room() {
        let queue = FlaggedQueue::default();
        for (room, person, now) in [(1, 1, 0), (1, 1, PAUSE_MS - 1), (1, 2, 5), (2, 1, 5)] {
            queue.push(flagged(room, person), now);
        }
        assert_eq!(waiting(&queue), 3);
        queue.push(flagged(1, 1), PAUSE_MS);
        assert_eq!(waiting(&queue), 1);
    }

    #[test]
    fn what_waits_is_bounded_and_so_is_what_is_remembered() {
        let queue = FlaggedQueue::default();
        for person in 0..5_000 {
            queue.push(flagged(1, person), 0);
        }
        assert_eq!(waiting(&queue), WAITING_MAX);
        assert!(queue.reported.lock().len() <= super::REPORTED_MAX);
    }
}
