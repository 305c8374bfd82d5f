//! Sends: one in flight per room, tried again until the server answers, the caller gives up, or the server may have
//! forgotten the `cid`.

use std::time::Duration;

use throng_protocol::{Cid, Command, Edit, ErrorCode, Fault, Send, Sent, Text};

use super::backoff::{DEFECT_TRIES_MAX, after_refusal, passes};
use super::room::Room;
use super::room_keys::RoomKey;
use super::send_queue::{Pending, SendQueue, Speech};
use super::{Core, InFlight, TooLong};
use crate::error::SendError;

/// The most sends in flight at the same time, each in another room: fewer than the burst that a
/// server usually allows (25), so that not every turn ends in refusals.
const SENDS_IN_FLIGHT_MAX: usize = 16;

impl Core {
    pub(super) fn safe(&self) -> Option<Duration> {
        // A little before the server may forget the cid: then a retry could say it twice.
        let limits = self.limits.as_ref()?;
        Some(Duration::from_millis(limits.retry_ms / 10 * 9))
    }

    /// Gives up what is over its time. The first of a queue is always the oldest.
    pub(super) fn expire_sends(&mut self, now: Duration) {
        let (give_up, safe) = (self.give_up_after, self.safe());
        let keys: Vec<RoomKey> = self.send_queues.keys().cloned().collect();
        for key in keys {
            while let Some(front) =
                self.send_queues.get(&key).and_then(|queue| queue.pending.front())
                && front.until(give_up, safe) <= now
                && let Some(pending) = self.take_send(&key, 0)
            {
                let outcome = pending.outcome();
                pending.answer(Err(SendError::GaveUp { outcome }));
            }
        }
    }

    /// Sends the first of each queue that may go, beginning after the one that went last.
    pub(super) fn send_texts(&mut self, now: Duration) {
        if now < self.next_send_at {
            return;
        }
        let mut keys: Vec<RoomKey> = self.send_queues.keys().cloned().collect();
        let after =
            self.last_send_room.as_ref().map_or(0, |last| keys.partition_point(|it| it <= last));
        keys.rotate_left(after);
        for key in keys {
            while self.sends_in_flight < SENDS_IN_FLIGHT_MAX && self.send_text(now, &key) {}
        }
    }

    /// Sends the first of a queue. `true`: it was refused here, and the next may be tried.
    fn send_text(&mut self, now: Duration, key: &RoomKey) -> bool {
        // A room that nobody joined is the server's to refuse: a retry is answered even there.
        let may = !self.rooms.contains_key(key) || self.is_member(key);
        let joined = self.rooms.get(key).map(Room::reference);
        let text_max = self.limits.as_ref().map_or(0, |limits| limits.text_bytes as usize);
        let Some(queue) =
            self.send_queues.get(key).filter(|queue| may && queue.in_flight.is_none())
        else {
            return false;
        };
        if queue.retry_at > now {
            return false;
        }
        let Some(first) = queue.pending.front() else { return false };
        let command = Text::parse(first.text.clone(), text_max).map(|text| {
            let room = joined.unwrap_or_else(|| queue.room.clone()).to_string();
            let (cid, text) = (first.cid.to_string(), text.into_string());
            match first.speech {
                Speech::Message(kind) => Command::Send(Send { room, cid, kind, text }),
                Speech::Edit(seq) => Command::Edit(Edit { room, seq, cid, text }),
            }
        });
        let written = command.map_err(SendError::BadText).and_then(|command| {
            self.write(now, command, InFlight::Send(key.clone())).map_err(too_long)
        });
        match written {
            Ok(id) => {
                self.sends_in_flight += 1;
                self.last_send_room = Some(key.clone());
                if let Some(queue) = self.send_queues.get_mut(key) {
                    queue.in_flight = Some(id);
                    if let Some(first) = queue.pending.front_mut() {
                        first.first_at.get_or_insert(now);
                        first.tries += 1;
                    }
                }
                false
            }
            Err(error) => {
                self.take_send(key, 0).into_iter().for_each(|it| it.answer(Err(error.clone())));
                true
            }
        }
    }

    pub(crate) fn give_up(&mut self, now: Duration, cid: Cid) -> bool {
        let place = self.send_queues.iter().find_map(|(key, queue)| {
            let index = queue.pending.iter().position(|pending| pending.cid == cid)?;
            Some((key.clone(), index))
        });
        let Some((key, index)) = place else { return false };
        if let Some(pending) = self.take_send(&key, index) {
            let outcome = pending.outcome();
            pending.answer(Err(SendError::GaveUp { outcome }));
        }
        self.tick(now);
        true
    }

    /// Takes a send out of its queue. If it is under way, its answer will mean nothing.
    pub(super) fn take_send(&mut self, key: &RoomKey, index: usize) -> Option<Pending> {
        let queue = self.send_queues.get_mut(key)?;
        let pending = queue.pending.remove(index)?;
        self.sends.give(pending.text.len());
        if index == 0 && queue.in_flight.take().is_some() {
            self.sends_in_flight -= 1;
        }
        if queue.pending.is_empty() {
            self.send_queues.remove(key);
        }
        Some(pending)
    }

    /// Takes over the sends to another name of a room, in the order in which the caller queued them.
    /// The one under way is sent again under its `cid`: its answer is not found any more.
    pub(super) fn append_sends(&mut self, key: &RoomKey, mut others: SendQueue) {
        if others.in_flight.take().is_some() {
            self.sends_in_flight -= 1;
        }
        let Some(queue) = self.send_queues.get_mut(key) else {
            self.send_queues.insert(key.clone(), others);
            return;
        };
        queue.pending.append(&mut others.pending);
        let under_way = usize::from(queue.in_flight.is_some());
        let waiting = &mut queue.pending.make_contiguous()[under_way..];
        waiting.sort_by_key(|pending| pending.queued_at);
    }

    pub(super) fn send_refused(&mut self, now: Duration, key: &RoomKey, id: u64, fault: Fault) {
        let Some(queue) = self.send_queues.get_mut(key).filter(|queue| queue.in_flight == Some(id))
        else {
            return;
        };
        let tries = queue.pending.front().map_or(0, |first| first.tries);
        let hopeless = fault.code == ErrorCode::Internal && tries >= DEFECT_TRIES_MAX;
        let rejoin = fault.code == ErrorCode::NotJoined;
        if let Some(room) = self.rooms.get_mut(key).filter(|_| rejoin) {
            // The server has forgotten us here; the send goes after the next join.
            queue.in_flight = None;
            self.sends_in_flight -= 1;
            room.member = false;
            room.live = false;
            room.wants_join |= room.join_id.is_none();
        } else if passes(fault.code) && !hopeless {
            queue.in_flight = None;
            self.sends_in_flight -= 1;
            let again = now + after_refusal(&fault, tries, &mut self.rng);
            match fault.code {
                // The rate counts for all rooms together.
                ErrorCode::RateLimited => self.next_send_at = self.next_send_at.max(again),
                _ => queue.retry_at = again,
            }
        } else {
            queue.retry_at = Duration::ZERO;
            let taken = self.take_send(key, 0);
            taken.into_iter().for_each(|it| it.answer(Err(SendError::Refused(fault.clone()))));
        }
    }

    pub(super) fn sent(&mut self, key: &RoomKey, id: u64, sent: Sent) {
        let Some(queue) = self.send_queues.get_mut(key).filter(|queue| queue.in_flight == Some(id))
        else {
            return; // given up
        };
        queue.retry_at = Duration::ZERO;
        self.take_send(key, 0).into_iter().for_each(|it| it.answer(Ok(sent.clone())));
    }
}

fn too_long(TooLong { bytes, max }: TooLong) -> SendError {
    let message = format!(
        "This makes a request of {bytes} bytes, and the server reads {max}. Send it in parts."
    );
    let code = ErrorCode::TextTooLong;
    SendError::Refused(Fault {
        id: None,
        code,
        message,
        retry_ms: None,
        suggestion: None,
        reason: None,
    })
}
