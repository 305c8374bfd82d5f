//! A tick: does what is due, and computes the next deadline.

use std::time::Duration;

use throng_protocol::{Command, Leave, Ping, RoomRef};

use super::room_keys::RoomKey;
use super::{Core, InFlight, Phase, TooLong};
use crate::error::{DisconnectReason, RequestError};
use crate::event::{Event, State};

impl Core {
    /// Does what is due.
    pub(crate) fn tick(&mut self, now: Duration) {
        if self.queue.stalled {
            // We did not read: the silence is ours.
            self.last_received_at = now;
            self.queue.stalled = self.queue.is_full();
        }
        if self.close_deadline.is_some_and(|until| until <= now) {
            self.finish(DisconnectReason::Closed);
        }
        if self.is_linked() && now >= self.dead_at() {
            let silence = now - self.last_received_at;
            self.lost(now, DisconnectReason::Silent { silence });
        }
        if self.phase == Phase::Finished {
            return;
        }
        self.expire_sends(now);
        self.drop_unwanted();
        self.leave_rooms(now);
        if self.phase != Phase::Greeted || self.close_deadline.is_some() {
            return;
        }
        self.join_rooms(now);
        self.write_requests(now);
        self.send_texts(now);
        if now >= self.last_sent_at.saturating_add(self.heartbeat) && self.writes.is_empty() {
            let _ = self.write(now, Command::Ping(Ping {}), InFlight::Ping);
        }
        self.report_state();
    }

    /// When a connection from which nothing comes is dead. We ping after one heartbeat of our
    /// silence, so there is an answer to wait for.
    fn dead_at(&self) -> Duration {
        self.last_received_at.saturating_add(self.heartbeat.saturating_mul(2))
    }

    fn report_state(&mut self) {
        let behind = self.rooms.values().filter(|room| room.announced && !room.live).count();
        match (behind, &self.state) {
            (0, _) => self.set_state(State::Live),
            (_, State::CatchingUp { .. }) => {}
            (rooms, _) => self.set_state(State::CatchingUp { rooms }),
        }
    }

    /// Leaves what is to be left and has nothing more to send.
    fn leave_rooms(&mut self, now: Duration) {
        let due: Vec<RoomKey> = self
            .rooms
            .iter()
            .filter(|(_, room)| !room.leave_waiters.is_empty() && room.leave_id.is_none())
            // Under another name it may be a room that stays: its id comes with the answer.
            .filter(|(_, room)| room.id.is_some() || room.join_id.is_none())
            .filter(|(key, room)| room.retry_at <= now && self.has_nothing_to_send(key))
            .map(|(key, _)| key.clone())
            .collect();
        for key in due {
            let Some(room) = self.rooms.get(&key) else { continue };
            let is_there = room.member || room.join_id.is_some();
            if self.phase == Phase::Greeted && is_there && self.close_deadline.is_none() {
                let command =
                    Command::Leave(Leave { room: room.reference().to_string(), forget: false });
                let leave_id = self.write(now, command, InFlight::Leave(key.clone())).ok();
                self.rooms.entry(key).and_modify(|room| room.leave_id = leave_id);
            } else if self.close_deadline.is_none() {
                self.left(&key);
            }
        }
    }

    fn has_nothing_to_send(&self, key: &RoomKey) -> bool {
        self.send_queues.get(key).is_none_or(|queue| queue.pending.is_empty())
    }

    /// A room is gone, as the caller wished.
    pub(super) fn left(&mut self, key: &RoomKey) {
        let Some(mut room) = self.remove_room(key, RequestError::Superseded) else { return };
        room.leave_waiters.drain(..).for_each(|to| drop(to.send(Ok(()))));
    }

    /// Takes a room out, with what hangs on it.
    pub(super) fn remove_room(&mut self, key: &RoomKey, why: RequestError) -> Option<super::Room> {
        let mut room = self.rooms.remove(key)?;
        self.keys.remove(key);
        room.join_waiters.drain(..).for_each(|to| drop(to.send(Err(why.clone()))));
        for request in self.requests.extract_if(.., |it| it.room.as_ref() == Some(key)) {
            request.answer.fail(RequestError::NotJoined);
        }
        let left = room.to_show().filter(|_| room.announced);
        left.into_iter().for_each(|room| self.queue.push(Event::Left { room }));
        Some(room)
    }

    fn write_requests(&mut self, now: Duration) {
        let mut index = 0;
        while let Some(request) = self.requests.get(index) {
            let in_room = request.room.as_ref().is_none_or(|room| self.is_member(room));
            if request.in_flight || request.retry_at > now || !in_room {
                index += 1;
                continue;
            }
            let (mut command, key) = (request.command.clone(), request.key);
            if let Some(room) = request.room.as_ref().and_then(|room| self.rooms.get(room)) {
                name_room(&mut command, &room.reference());
            }
            match self.write(now, command, InFlight::Request(key)) {
                Ok(_) => {
                    self.requests[index].in_flight = true;
                    index += 1;
                }
                Err(TooLong { bytes, max }) => {
                    self.requests.remove(index).answer.fail(RequestError::TooLong { bytes, max });
                }
            }
        }
    }

    pub(super) fn is_member(&self, key: &RoomKey) -> bool {
        self.rooms.get(key).is_some_and(|room| room.member && room.leave_id.is_none())
    }

    /// Until when nothing happens by itself.
    pub(crate) fn deadline(&self, now: Duration) -> Option<Duration> {
        let (give_up, safe) = (self.give_up_after, self.safe());
        let fronts = self.send_queues.values().filter_map(|queue| queue.pending.front());
        let mut all: Vec<Duration> = fronts.map(|front| front.until(give_up, safe)).collect();
        all.extend(self.close_deadline);
        match self.phase {
            Phase::Disconnected { dial_at } => all.push(dial_at),
            Phase::Greeting => all.push(self.dead_at()),
            Phase::Greeted => {
                all.extend([self.dead_at(), self.last_sent_at.saturating_add(self.heartbeat)]);
                all.push(self.next_send_at);
                all.extend(self.jwt.due);
                all.extend(self.rooms.values().map(|room| room.retry_at));
                all.extend(self.send_queues.values().map(|queue| queue.retry_at));
                all.extend(self.requests.iter().map(|request| request.retry_at));
            }
            Phase::Dialling | Phase::Finished => {}
        }
        // What was due has been done, or waits for something else than time.
        all.into_iter().filter(|at| *at > now && *at < Duration::MAX).min()
    }
}

/// Names the room of a question as it is called now.
fn name_room(command: &mut Command, room: &RoomRef) {
    match command {
        Command::History(history) => history.room = room.to_string(),
        Command::Members(members) => members.room = room.to_string(),
        _ => {}
    }
}
