//! What follows from a refusal: a retry later, or an error for the caller.

use std::time::Duration;

use throng_protocol::{ErrorCode, Fault, Removed};

use super::backoff::{DEFECT_TRIES_MAX, Reconnect, after_refusal, passes, was_not_done};
use super::requests::{Answer, Repeat};
use super::room_keys::RoomKey;
use super::{Core, InFlight};
use crate::error::{DisconnectReason, Outcome, RequestError, SendError};
use crate::event::Event;
use crate::room::Room;

impl Core {
    pub(super) fn refused(&mut self, now: Duration, fault: Fault) {
        let what = fault.id.and_then(|id| Some((id, self.in_flight.remove(&id)?)));
        match what {
            Some((_, InFlight::Hello)) => self.hello_refused(now, fault),
            Some((id, InFlight::Join(key))) => self.join_refused(now, &key, id, fault),
            Some((id, InFlight::Leave(key))) => self.leave_refused(now, &key, id, &fault),
            Some((id, InFlight::Send(key))) => self.send_refused(now, &key, id, fault),
            Some((_, InFlight::Request(key))) => self.request_refused(now, key, fault),
            Some((_, InFlight::Members(key))) => {
                if let Some(room) = self.rooms.get_mut(&key) {
                    room.members_requested = false;
                }
            }
            Some((_, InFlight::Refresh)) => self.refresh_refused(now, fault),
            Some((_, InFlight::Ping | InFlight::Typing | InFlight::Presence)) => {}
            Some((_, InFlight::Bye)) => self.finish(DisconnectReason::Closed),
            None => self.queue.push(Event::Refused { room: None, fault }),
        }
    }

    fn hello_refused(&mut self, now: Duration, fault: Fault) {
        let after = fault.retry_ms.map(Duration::from_millis);
        if fault.code == ErrorCode::NickTaken && self.nick_tries > 0 {
            self.nick_tries -= 1;
            let again = after.map_or(Reconnect::Jitter, Reconnect::After);
            return self.lost_again(now, DisconnectReason::Hello(fault), again);
        }
        if fault.code == ErrorCode::JwtExpired && self.jwt.is_used {
            // The next one may be good: the application may have been slow.
            return self.lost_again(now, DisconnectReason::Hello(fault), Reconnect::Jitter);
        }
        let reason = match fault.code {
            ErrorCode::BadToken => DisconnectReason::Token(fault),
            ErrorCode::Banned => {
                DisconnectReason::Banned { reason: fault.message, retry_after: after }
            }
            _ => DisconnectReason::Hello(fault),
        };
        self.lost_until(now, reason, after);
    }

    fn join_refused(&mut self, now: Duration, key: &RoomKey, id: u64, fault: Fault) {
        let Some(room) = self.rooms.get_mut(key).filter(|room| room.join_id == Some(id)) else {
            return;
        };
        room.join_id = None;
        room.tries += 1;
        let hopeless = fault.code == ErrorCode::Internal && room.tries >= DEFECT_TRIES_MAX;
        if fault.code == ErrorCode::Superseded || passes(fault.code) && !hopeless {
            room.wants_join = true;
            room.retry_at = now + after_refusal(&fault, room.tries, &mut self.rng);
            return;
        }
        if fault.code == ErrorCode::NoSuchRoom && room.id.is_some() && room.by_name {
            let left = room.to_show().filter(|_| room.announced);
            room.forget_id();
            self.keys.remove_id(key);
            left.into_iter().for_each(|room| self.queue.push(Event::Left { room }));
            return;
        }
        let announced = room.announced;
        let gone = self.give_room_up(key, &fault);
        if let Some(room) = gone.filter(|_| announced) {
            self.queue.push(Event::Refused { room: Some(room), fault });
        }
    }

    /// The server took us out of a room.
    pub(super) fn removed(&mut self, removed: &Removed) {
        let Some(key) = self.keys.of_id(removed.room).cloned() else {
            let (id, reason) = (removed.room, removed.reason.clone());
            return self.queue.push(Event::SeatGone { id, reason });
        };
        let is_wish = self.forgets(&key);
        let fault = Fault {
            id: None,
            code: ErrorCode::NotJoined,
            message: removed.reason.clone(),
            retry_ms: None,
            suggestion: None,
            reason: None,
        };
        if let Some(room) = self.give_room_up(&key, &fault).filter(|_| !is_wish) {
            self.queue.push(Event::Removed { room, reason: removed.reason.clone() });
        }
    }

    /// Whether this client leaves a room for good just now.
    fn forgets(&self, key: &RoomKey) -> bool {
        self.requests.iter().any(|request| match &request.answer {
            Answer::Forgotten(room, _) => request.in_flight && self.keys.find(room) == *key,
            _ => false,
        })
    }

    /// Forgets a room that we can't be in, answers all who wait for something of it, and returns it.
    fn give_room_up(&mut self, key: &RoomKey, fault: &Fault) -> Option<Room> {
        let leave_waiters = match self.rooms.get_mut(key) {
            Some(room) => std::mem::take(&mut room.leave_waiters),
            None => return None,
        };
        let removed = self.remove_room(key, RequestError::Refused(fault.clone()));
        leave_waiters.into_iter().for_each(|to| drop(to.send(Ok(()))));
        // What waited for the membership is given up; what was under way before may have been said.
        while let Some(pending) = self.take_send(key, 0) {
            let error = match pending.outcome() {
                Outcome::NotSent => SendError::Refused(fault.clone()),
                outcome @ Outcome::Unknown => SendError::GaveUp { outcome },
            };
            pending.answer(Err(error));
        }
        removed.and_then(|room| room.to_show())
    }

    fn leave_refused(&mut self, now: Duration, key: &RoomKey, id: u64, fault: &Fault) {
        let Some(room) = self.rooms.get_mut(key).filter(|room| room.leave_id == Some(id)) else {
            return;
        };
        if passes(fault.code) {
            room.leave_id = None;
            room.retry_at = now + after_refusal(fault, 0, &mut self.rng);
        } else {
            self.left(key); // not joined: that is what was wanted
        }
    }

    fn request_refused(&mut self, now: Duration, key: u64, fault: Fault) {
        let Some(index) = self.requests.iter().position(|request| request.key == key) else {
            return;
        };
        let request = &mut self.requests[index];
        request.tries += 1;
        let hopeless = fault.code == ErrorCode::Internal && request.tries >= DEFECT_TRIES_MAX;
        let again = match request.repeat {
            Repeat::Always => passes(fault.code) && !hopeless,
            Repeat::WhenNotDone => was_not_done(fault.code),
            Repeat::Never => false,
        };
        if again {
            request.in_flight = false;
            request.retry_at = now + after_refusal(&fault, request.tries, &mut self.rng);
        } else {
            self.requests.remove(index).answer.fail(RequestError::Refused(fault));
        }
    }
}
