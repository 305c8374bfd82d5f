//! What the caller asks for. Nothing is written here: the next turn does that, when it is time.

use std::time::Duration;

use futures::channel::oneshot;
use throng_protocol::{Cid, Command, Fold, Kind, RoomName, Sent, StartTyping};

use super::lane::{Lane, Pending};
use super::question::Question;
use super::room::Room;
use super::{Answer, Core, Flying, Phase};
use crate::{AskError, Cursor, Joined, Outcome, SendError};

/// So many questions may wait: more than a screen ever asks at once.
const QUESTIONS_MAX: usize = 256;

/// How often a room is told that somebody writes (the specification).
const TYPING_EVERY: Duration = Duration::from_secs(3);

/// Behind so many frames nobody needs to know who is typing.
const TYPING_WRITES_MAX: usize = 8;

impl Core {
    fn is_closed(&self) -> bool {
        self.closing.is_some() || self.phase == Phase::Finished
    }

    pub(crate) fn send(
        &mut self,
        now: Duration,
        room: RoomName,
        kind: Kind,
        text: String,
        cid: Cid,
        to: oneshot::Sender<Result<Sent, SendError>>,
    ) {
        if self.is_closed() {
            let _ = to.send(Err(SendError::Closed { outcome: Outcome::NotSent }));
            return;
        }
        if !self.sends.take(text.len()) {
            let _ = to.send(Err(SendError::QueueFull));
            return;
        }
        let lane = self.lanes.entry(room.fold()).or_insert_with(|| Lane::new(room));
        let pending = Pending { cid, kind, text, to, queued_at: now, first_at: None, tries: 0 };
        lane.queue.push_back(pending);
    }

    pub(crate) fn give_up(&mut self, now: Duration, cid: Cid) -> bool {
        let place = self.lanes.iter().find_map(|(fold, lane)| {
            let index = lane.queue.iter().position(|pending| pending.cid == cid)?;
            Some((fold.clone(), index))
        });
        let Some((fold, index)) = place else { return false };
        if let Some(pending) = self.take_send(&fold, index) {
            let outcome = pending.outcome();
            pending.answer(Err(SendError::GaveUp { outcome }));
        }
        self.tick(now);
        true
    }

    /// Takes a send out of its lane. If it is under way, its answer will mean nothing.
    pub(super) fn take_send(&mut self, fold: &Fold, index: usize) -> Option<Pending> {
        let lane = self.lanes.get_mut(fold)?;
        let pending = lane.queue.remove(index)?;
        self.sends.give(pending.text.len());
        if index == 0 && lane.flying.take().is_some() {
            self.sends_flying -= 1;
        }
        if lane.queue.is_empty() {
            self.lanes.remove(fold);
        }
        Some(pending)
    }

    pub(crate) fn join(
        &mut self,
        _now: Duration,
        room: RoomName,
        cursor: Option<Cursor>,
        to: oneshot::Sender<Result<Joined, AskError>>,
    ) {
        if self.is_closed() {
            let _ = to.send(Err(AskError::Closed));
            return;
        }
        let room = self.rooms.entry(room.fold()).or_insert_with(|| Room::new(room));
        room.cursor = cursor.or(room.cursor);
        room.waiters.push(to);
        room.wants_join = true;
        room.live = false;
        for leaver in room.leavers.drain(..) {
            let _ = leaver.send(Err(AskError::Superseded));
        }
        if room.leaving.take().is_some() {
            room.member = false;
        }
    }

    pub(crate) fn leave(
        &mut self,
        _now: Duration,
        room: RoomName,
        to: oneshot::Sender<Result<(), AskError>>,
    ) {
        match self.rooms.get_mut(&room.fold()) {
            _ if self.closing.is_some() || self.phase == Phase::Finished => {
                let _ = to.send(Err(AskError::Closed));
            }
            Some(room) => room.leavers.push(to),
            None => drop(to.send(Err(AskError::NotJoined))),
        }
    }

    pub(crate) fn ask(
        &mut self,
        _now: Duration,
        room: Option<RoomName>,
        command: Command,
        answer: Answer,
    ) {
        let room = room.map(|room| room.fold());
        self.questions.retain(|question| !question.answer.is_gone());
        if self.is_closed() {
            return answer.fail(AskError::Closed);
        }
        if room.as_ref().is_some_and(|room| !self.rooms.contains_key(room)) {
            return answer.fail(AskError::NotJoined);
        }
        if self.questions.len() >= QUESTIONS_MAX {
            return answer.fail(AskError::QueueFull);
        }
        let (key, retry_at) = (self.next_key, Duration::ZERO);
        self.next_key += 1;
        let question = Question { key, room, command, answer, flying: false, retry_at, tries: 0 };
        self.questions.push(question);
    }

    pub(crate) fn typing(&mut self, now: Duration, room: &RoomName) {
        let waits = self.writes.len() > TYPING_WRITES_MAX;
        if self.phase != Phase::Greeted || self.closing.is_some() || waits {
            return;
        }
        let Some(room) = self.rooms.get_mut(&room.fold()).filter(|room| room.live) else { return };
        if room.typed_at.is_some_and(|at| now < at.saturating_add(TYPING_EVERY)) {
            return;
        }
        room.typed_at = Some(now);
        let command = Command::Typing(StartTyping { room: room.name.to_string() });
        // A room's name is never too long for a frame.
        let _ = self.write(now, command, Flying::Typing);
    }
}

impl super::Bound {
    /// Takes a place; one text always has one, however long.
    fn take(&mut self, bytes: usize) -> bool {
        let fits = self.count < self.count_max
            && (self.count == 0 || self.bytes.saturating_add(bytes) <= self.bytes_max);
        if fits {
            self.count += 1;
            self.bytes += bytes;
        }
        fits
    }

    fn give(&mut self, bytes: usize) {
        self.count -= 1;
        self.bytes -= bytes;
    }
}
