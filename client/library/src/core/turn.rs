//! One turn: what is due is done, and the next deadline is known.

use std::time::Duration;

use throng_protocol::{Command, ErrorCode, Fault, Fold, Join, Leave, Ping, RoomName, Send, Text};

use super::{Core, Flying, Phase, TooLong};
use crate::{AskError, Event, SendError, State, Trouble};

/// So many sends are under way at the same time, each in another room: fewer than the burst that a
/// server usually allows (25), so that not every turn ends in refusals.
const SENDS_FLYING_MAX: usize = 16;

impl Core {
    /// Does what is due.
    pub(crate) fn tick(&mut self, now: Duration) {
        if self.queue.stalled {
            // We did not read: the silence is ours.
            self.heard_at = now;
            self.queue.stalled = self.queue.is_full();
        }
        if self.closing.is_some_and(|until| until <= now) {
            self.finish(Trouble::Closed);
        }
        if self.is_linked() && now >= self.dead_at() {
            let silence = now - self.heard_at;
            self.lost(now, Trouble::Silent { silence });
        }
        if self.phase == Phase::Finished {
            return;
        }
        self.expire_sends(now);
        self.questions.retain(|question| !question.answer.is_gone());
        self.leave_rooms(now);
        if self.phase != Phase::Greeted || self.closing.is_some() {
            return;
        }
        self.join_rooms(now);
        self.ask_questions(now);
        self.send_texts(now);
        if now >= self.written_at.saturating_add(self.heartbeat) && self.writes.is_empty() {
            let _ = self.write(now, Command::Ping(Ping {}), Flying::Ping);
        }
        self.tell_state();
    }

    /// When a connection from which nothing comes is dead. We ping after one heartbeat of our own
    /// silence, so there is an answer to wait for.
    fn dead_at(&self) -> Duration {
        self.heard_at.saturating_add(self.heartbeat.saturating_mul(2))
    }

    fn tell_state(&mut self) {
        let behind = self.rooms.values().filter(|room| room.announced && !room.live).count();
        match (behind, &self.state) {
            (0, _) => self.set_state(State::Live),
            (_, State::CatchingUp { .. }) => {}
            (rooms, _) => self.set_state(State::CatchingUp { rooms }),
        }
    }

    fn safe(&self) -> Option<Duration> {
        // A little before the server may forget the cid: then a retry could say it twice.
        let limits = self.limits.as_ref()?;
        Some(Duration::from_millis(limits.retry_ms / 10 * 9))
    }

    /// Gives up what is over its time. The first of a lane is always the oldest.
    fn expire_sends(&mut self, now: Duration) {
        let (give_up, safe) = (self.give_up_after, self.safe());
        let folds: Vec<Fold> = self.lanes.keys().cloned().collect();
        for fold in folds {
            while let Some(front) = self.lanes.get(&fold).and_then(|lane| lane.queue.front())
                && front.until(give_up, safe) <= now
                && let Some(pending) = self.take_send(&fold, 0)
            {
                let outcome = pending.outcome();
                pending.answer(Err(SendError::GaveUp { outcome }));
            }
        }
    }

    /// Leaves what is to be left and has nothing more to send.
    fn leave_rooms(&mut self, now: Duration) {
        let due: Vec<Fold> = self
            .rooms
            .iter()
            .filter(|(_, room)| !room.leavers.is_empty() && room.leaving.is_none())
            .filter(|(fold, room)| room.retry_at <= now && self.has_nothing_to_send(fold))
            .map(|(fold, _)| fold.clone())
            .collect();
        for fold in due {
            let Some(room) = self.rooms.get(&fold) else { continue };
            let is_there = room.member || room.joining.is_some();
            if self.phase == Phase::Greeted && is_there && self.closing.is_none() {
                let command = Command::Leave(Leave { room: room.name.to_string() });
                let leaving = self.write(now, command, Flying::Leave(fold.clone())).ok();
                self.rooms.entry(fold).and_modify(|room| room.leaving = leaving);
            } else if self.closing.is_none() {
                self.left(&fold);
            }
        }
    }

    fn has_nothing_to_send(&self, fold: &Fold) -> bool {
        self.lanes.get(fold).is_none_or(|lane| lane.queue.is_empty())
    }

    /// A room is gone, as the caller wished.
    pub(super) fn left(&mut self, fold: &Fold) {
        let Some(mut room) = self.remove_room(fold, AskError::Superseded) else { return };
        room.leavers.drain(..).for_each(|to| drop(to.send(Ok(()))));
    }

    /// Takes a room out, with what hangs on it.
    pub(super) fn remove_room(&mut self, fold: &Fold, why: AskError) -> Option<super::Room> {
        let mut room = self.rooms.remove(fold)?;
        self.spelled.retain(|_, other| other != fold);
        room.waiters.drain(..).for_each(|to| drop(to.send(Err(why.clone()))));
        for question in self.questions.extract_if(.., |it| it.room.as_ref() == Some(fold)) {
            question.answer.fail(AskError::NotJoined);
        }
        if room.announced {
            self.queue.push(Event::Left { room: room.name.clone() });
        }
        Some(room)
    }

    fn join_rooms(&mut self, now: Duration) {
        for (fold, name) in self.due_joins(now) {
            let cursor = self.rooms.get(&fold).and_then(|room| room.cursor);
            let join = Join {
                room: name.to_string(),
                epoch: cursor.map(|cursor| cursor.epoch),
                after: cursor.map(|cursor| cursor.seq),
                limit: Some(self.page),
            };
            let id = self.write(now, Command::Join(join), Flying::Join(fold.clone())).ok();
            self.rooms.entry(fold).and_modify(|room| {
                room.joining = id;
                room.wants_join = false;
            });
        }
    }

    fn due_joins(&self, now: Duration) -> Vec<(Fold, RoomName)> {
        // A page that nobody has room for is not asked for.
        if self.queue.is_full() {
            return Vec::new();
        }
        let due = self
            .rooms
            .iter()
            .filter(|(_, room)| room.wants_join && room.leaving.is_none() && room.retry_at <= now);
        due.map(|(fold, room)| (fold.clone(), room.name.clone())).collect()
    }

    fn ask_questions(&mut self, now: Duration) {
        let mut index = 0;
        while let Some(question) = self.questions.get(index) {
            let in_room = question.room.as_ref().is_none_or(|room| self.is_member(room));
            if question.flying || question.retry_at > now || !in_room {
                index += 1;
                continue;
            }
            let (command, key) = (question.command.clone(), question.key);
            match self.write(now, command, Flying::Question(key)) {
                Ok(_) => {
                    self.questions[index].flying = true;
                    index += 1;
                }
                Err(TooLong { bytes, max }) => {
                    self.questions.remove(index).answer.fail(AskError::TooLong { bytes, max });
                }
            }
        }
    }

    fn is_member(&self, fold: &Fold) -> bool {
        self.rooms.get(fold).is_some_and(|room| room.member && room.leaving.is_none())
    }

    /// Sends the first of each lane that may go, beginning after the one that went last.
    fn send_texts(&mut self, now: Duration) {
        if now < self.sends_at {
            return;
        }
        let mut folds: Vec<Fold> = self.lanes.keys().cloned().collect();
        let after =
            self.last_lane.as_ref().map_or(0, |last| folds.partition_point(|it| it <= last));
        folds.rotate_left(after);
        for fold in folds {
            while self.sends_flying < SENDS_FLYING_MAX && self.send_text(now, &fold) {}
        }
    }

    /// Sends the first of a lane. `true`: it was refused here, and the next may be tried.
    fn send_text(&mut self, now: Duration, fold: &Fold) -> bool {
        // A room that nobody joined is the server's to refuse: a retry is answered even there.
        let may = !self.rooms.contains_key(fold) || self.is_member(fold);
        let text_max = self.limits.as_ref().map_or(0, |limits| limits.text_bytes as usize);
        let Some(lane) = self.lanes.get(fold).filter(|lane| may && lane.flying.is_none()) else {
            return false;
        };
        if lane.retry_at > now {
            return false;
        }
        let Some(first) = lane.queue.front() else { return false };
        let send = Text::parse(first.text.clone(), text_max).map(|text| Send {
            room: lane.room.to_string(),
            cid: first.cid.to_string(),
            kind: first.kind,
            text: text.into_string(),
        });
        let written = send.map_err(SendError::BadText).and_then(|send| {
            self.write(now, Command::Send(send), Flying::Send(fold.clone())).map_err(too_long)
        });
        match written {
            Ok(id) => {
                self.sends_flying += 1;
                self.last_lane = Some(fold.clone());
                if let Some(lane) = self.lanes.get_mut(fold) {
                    lane.flying = Some(id);
                    if let Some(first) = lane.queue.front_mut() {
                        first.first_at.get_or_insert(now);
                        first.tries += 1;
                    }
                }
                false
            }
            Err(error) => {
                self.take_send(fold, 0).into_iter().for_each(|it| it.answer(Err(error.clone())));
                true
            }
        }
    }

    /// Until when nothing happens by itself.
    pub(crate) fn deadline(&self, now: Duration) -> Option<Duration> {
        let (give_up, safe) = (self.give_up_after, self.safe());
        let fronts = self.lanes.values().filter_map(|lane| lane.queue.front());
        let mut all: Vec<Duration> = fronts.map(|front| front.until(give_up, safe)).collect();
        all.extend(self.closing);
        match self.phase {
            Phase::Away { dial_at } => all.push(dial_at),
            Phase::Greeting => all.push(self.dead_at()),
            Phase::Greeted => {
                all.extend([self.dead_at(), self.written_at.saturating_add(self.heartbeat)]);
                all.push(self.sends_at);
                all.extend(self.rooms.values().map(|room| room.retry_at));
                all.extend(self.lanes.values().map(|lane| lane.retry_at));
                all.extend(self.questions.iter().map(|question| question.retry_at));
            }
            Phase::Dialling | Phase::Finished => {}
        }
        // What was due has been done, or waits for something else than time.
        all.into_iter().filter(|at| *at > now && *at < Duration::MAX).min()
    }
}

fn too_long(TooLong { bytes, max }: TooLong) -> SendError {
    let message = format!(
        "This makes a request of {bytes} bytes, and the server reads {max}. Send it in parts."
    );
    SendError::Refused(Fault { id: None, code: ErrorCode::TextTooLong, message, retry_ms: None })
}
