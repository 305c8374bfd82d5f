//! What the server says: answers by their id, pushes by their room.

use std::time::Duration;

use throng_protocol::{
    Command, ErrorCode, Event as Frame, Farewell, Fault, Fold, Greeting, ListMembers, MemberSample,
    MembersChanged, MembersPage, NickOk, Ok as Good, OkBody, RoomName, RoomsPage, Sent,
};

use super::backoff::{Again, after_refusal, passes};
use super::frames::{self, Item};
use super::{Answer, Core, Flying, Phase};
use crate::{AskError, Change, Event, Joined, SendError, Trouble};

/// So many attempts meet a defect of the server: it seldom passes.
const DEFECT_TRIES_MAX: u32 = 3;

impl Core {
    /// A text came.
    pub(crate) fn frame(&mut self, now: Duration, text: &str) {
        if !self.is_linked() {
            return;
        }
        self.heard_at = now;
        match Frame::parse(text) {
            Ok(Frame::Ok(ok)) => self.ok(now, &ok, text),
            Ok(Frame::Error(fault)) => self.refused(now, fault),
            Ok(Frame::Bye(bye)) => self.farewell(now, bye),
            // Nothing is shown any more: the cursors stay where the caller knows them.
            Ok(_) if self.closing.is_some() => {}
            Ok(Frame::Message(message)) => {
                let room = message.room.clone();
                self.message(&room, Item { seq: message.seq, message: Some(message) });
            }
            Ok(Frame::Typing(typing)) => {
                if let Some(room) = self.room(&typing.room).map(|room| room.name.clone()) {
                    self.queue.push(Event::Typing { room, who: typing.who });
                }
            }
            Ok(Frame::Behind(behind)) => {
                // A join under way reads from the same cursor, and is answered after this.
                if let Some(room) = self.room(&behind.room).filter(|room| room.joining.is_none()) {
                    room.live = false;
                    room.wants_join = true;
                }
            }
            Ok(Frame::Members(changed)) => self.members_changed(now, changed),
            // Of a later version. If it has a place in a log, the cursor moves over it.
            Ok(Frame::Unknown(_)) | Err(_) => {
                if let Some(it) = frames::numbered(text) {
                    self.message(&it.room, Item { seq: it.seq, message: None });
                }
            }
        }
    }

    /// Something came that is no text.
    pub(crate) fn sign_of_life(&mut self, now: Duration) {
        self.heard_at = now;
    }

    /// The connection ended with a close frame.
    pub(crate) fn closed(&mut self, now: Duration, code: u16, reason: String) {
        self.lost(now, Trouble::Bye { code, reason });
    }

    fn farewell(&mut self, now: Duration, bye: Farewell) {
        let trouble = Trouble::Bye { code: bye.code, reason: bye.reason };
        if !bye.reconnect && self.closing.is_none() {
            return self.finish(trouble);
        }
        self.lost_until(now, trouble, bye.after_ms.map(Duration::from_millis));
    }

    fn room(&mut self, spelled: &str) -> Option<&mut super::Room> {
        self.rooms.get_mut(self.spelled.get(spelled)?)
    }

    fn message(&mut self, spelled: &str, item: Item) {
        let Some(epoch) = self.epoch else { return };
        let shown = self.room(spelled).and_then(|room| room.hear(epoch, item));
        shown.into_iter().for_each(|event| self.queue.push(event));
    }

    fn members_changed(&mut self, now: Duration, changed: MembersChanged) {
        let me = self.user.as_ref().map(|user| user.id);
        let renamed = changed.joined.iter().flatten().find(|user| Some(user.id) == me).cloned();
        if renamed.is_some() {
            // Another session of ours may have changed the nick.
            self.user = renamed;
        }
        let Some(room) = self.room(&changed.room) else { return };
        if changed.version <= room.version {
            return;
        }
        let missed = changed.version != room.version + 1;
        let (name, count) = (room.name.clone(), changed.count);
        let misses = missed && changed.joined.is_some() && room.member;
        let ask = misses && !room.asking_members;
        room.asking_members |= ask;
        if !misses {
            room.version = changed.version;
        }
        let change = match (changed.joined, changed.left) {
            (None, None) => Change::Count,
            (joined, left) => {
                Change::Moved { joined: joined.unwrap_or_default(), left: left.unwrap_or_default() }
            }
        };
        if ask {
            let command = Command::Members(ListMembers { room: name.to_string() });
            let _ = self.write(now, command, Flying::Members(name.fold()));
        }
        self.queue.push(Event::Members { room: name, count, change });
    }

    fn ok(&mut self, now: Duration, ok: &Good, text: &str) {
        let Some(what) = self.flying.remove(&ok.id) else { return };
        let read = match what {
            Flying::Hello => body(ok).map(|greeting| self.greeted(now, greeting)),
            Flying::Join(fold) => {
                frames::page(text).map(|page| self.joined(now, &fold, ok.id, page))
            }
            Flying::Leave(fold) => {
                if self.rooms.get(&fold).is_some_and(|room| room.leaving == Some(ok.id)) {
                    self.left(&fold);
                }
                Ok(())
            }
            Flying::Send(fold) => body(ok).map(|sent| self.sent(&fold, ok.id, sent)),
            Flying::Question(key) => self.answered(key, ok, text),
            Flying::Members(fold) => body(ok).map(|page: MembersPage| {
                if let Some(room) = self.rooms.get_mut(&fold) {
                    room.asking_members = false;
                }
                self.sample(&fold, page.members);
            }),
            Flying::Bye => {
                self.finish(Trouble::Closed);
                Ok(())
            }
            Flying::Ping | Flying::Typing => Ok(()),
        };
        if let Err(error) = read {
            self.lost(now, Trouble::Unreadable { problem: error.to_string() });
        }
    }

    fn greeted(&mut self, now: Duration, greeting: Greeting) {
        if self.closing.is_some() {
            return;
        }
        self.phase = Phase::Greeted;
        self.attempts = 0;
        self.dials = 0;
        self.nick_tries = 0;
        self.token = Some(greeting.token);
        self.user = Some(greeting.user.clone());
        self.epoch = Some(greeting.epoch);
        // A server that says 0 would be pinged without end.
        self.heartbeat = Duration::from_millis(greeting.heartbeat_ms.max(100));
        self.limits = Some(greeting.limits);
        self.queue.push(Event::Greeted { user: greeting.user, notice: greeting.notice });
        if let Some(first) = self.first.take() {
            let _ = first.send(Ok(()));
        }
        self.tick(now);
    }

    fn joined(&mut self, now: Duration, fold: &Fold, id: u64, page: throng_protocol::Page<Item>) {
        let Some(epoch) = self.epoch.filter(|_| self.closing.is_none()) else { return };
        let Some(room) = self.rooms.get_mut(fold).filter(|room| room.joining == Some(id)) else {
            return; // left, or joined again since: void
        };
        room.joining = None;
        room.member = true;
        if let Ok(name) = RoomName::parse(&page.room.name) {
            room.name = name;
        }
        self.spelled.insert(page.room.name.clone(), fold.clone());
        let members = page.members.clone().unwrap_or(MemberSample {
            version: 0,
            count: 0,
            sample: Vec::new(),
        });
        let joined = Joined {
            room: room.name.clone(),
            first: page.first,
            head: page.head,
            members: members.clone(),
        };
        let is_first = !room.announced;
        room.announced = true;
        for waiter in room.waiters.drain(..) {
            let _ = waiter.send(Ok(joined.clone()));
        }
        let shown = room.read(epoch, page);
        if room.tries > 0 {
            // A page that brought nothing and is not the end: not again at once.
            room.retry_at = now + super::backoff::jitter(room.tries, &mut self.rng);
        }
        if is_first {
            room.version = members.version;
            self.queue.push(Event::Joined(joined));
        } else {
            self.sample(fold, members);
        }
        shown.into_iter().for_each(|event| self.queue.push(event));
    }

    /// Tells who is in a room, if that is news.
    fn sample(&mut self, fold: &Fold, members: MemberSample) {
        let Some(room) = self.rooms.get_mut(fold) else { return };
        // After a restart of the server versions may begin anew.
        if room.version != members.version {
            room.version = members.version;
            let (room, change) = (room.name.clone(), Change::Sample(members.sample));
            self.queue.push(Event::Members { room, count: members.count, change });
        }
    }

    fn sent(&mut self, fold: &Fold, id: u64, sent: Sent) {
        let Some(lane) = self.lanes.get_mut(fold).filter(|lane| lane.flying == Some(id)) else {
            return; // given up
        };
        lane.retry_at = Duration::ZERO;
        self.take_send(fold, 0).into_iter().for_each(|it| it.answer(Ok(sent.clone())));
    }

    fn answered(&mut self, key: u64, ok: &Good, text: &str) -> Result<(), serde_json::Error> {
        let Some(index) = self.questions.iter().position(|question| question.key == key) else {
            return Ok(());
        };
        match self.questions.remove(index).answer {
            Answer::Page(to) => drop(to.send(Ok(frames::known(frames::page(text)?)))),
            Answer::Members(to) => drop(to.send(Ok(body(ok)?))),
            Answer::Rooms(to) => drop(to.send(Ok(body::<RoomsPage>(ok)?))),
            Answer::Nick(to) => {
                let ok: NickOk = body(ok)?;
                self.user = Some(ok.user.clone());
                self.token = Some(ok.token);
                let _ = to.send(Ok(ok.user));
            }
        }
        Ok(())
    }

    fn refused(&mut self, now: Duration, fault: Fault) {
        let what = fault.id.and_then(|id| Some((id, self.flying.remove(&id)?)));
        match what {
            Some((_, Flying::Hello)) => self.hello_refused(now, fault),
            Some((id, Flying::Join(fold))) => self.join_refused(now, &fold, id, fault),
            Some((id, Flying::Leave(fold))) => self.leave_refused(now, &fold, id, &fault),
            Some((id, Flying::Send(fold))) => self.send_refused(now, &fold, id, fault),
            Some((_, Flying::Question(key))) => self.question_refused(now, key, fault),
            Some((_, Flying::Members(fold))) => {
                if let Some(room) = self.rooms.get_mut(&fold) {
                    room.asking_members = false;
                }
            }
            Some((_, Flying::Ping | Flying::Typing)) => {}
            Some((_, Flying::Bye)) => self.finish(Trouble::Closed),
            None => self.queue.push(Event::Refused { room: None, fault }),
        }
    }

    fn hello_refused(&mut self, now: Duration, fault: Fault) {
        let after = fault.retry_ms.map(Duration::from_millis);
        if fault.code == ErrorCode::NickTaken && self.nick_tries > 0 {
            self.nick_tries -= 1;
            let again = after.map_or(Again::Jitter, Again::After);
            return self.lost_again(now, Trouble::Hello(fault), again);
        }
        let trouble = match fault.code {
            ErrorCode::BadToken => Trouble::Token(fault),
            _ => Trouble::Hello(fault),
        };
        self.lost_until(now, trouble, after);
    }

    fn join_refused(&mut self, now: Duration, fold: &Fold, id: u64, fault: Fault) {
        let Some(room) = self.rooms.get_mut(fold).filter(|room| room.joining == Some(id)) else {
            return;
        };
        room.joining = None;
        room.tries += 1;
        let hopeless = fault.code == ErrorCode::Internal && room.tries >= DEFECT_TRIES_MAX;
        if fault.code == ErrorCode::Superseded || passes(fault.code) && !hopeless {
            room.wants_join = true;
            room.retry_at = now + after_refusal(&fault, room.tries, &mut self.rng);
            return;
        }
        let announced = room.announced;
        let leavers = std::mem::take(&mut room.leavers);
        let removed = self.remove_room(fold, AskError::Refused(fault.clone()));
        leavers.into_iter().for_each(|to| drop(to.send(Ok(()))));
        if let Some(room) = removed.filter(|_| announced) {
            let room = Some(room.name);
            self.queue.push(Event::Refused { room, fault: fault.clone() });
        }
        // What waited for the membership will not be said.
        while let Some(pending) = self.take_send(fold, 0) {
            pending.answer(Err(SendError::Refused(fault.clone())));
        }
    }

    fn leave_refused(&mut self, now: Duration, fold: &Fold, id: u64, fault: &Fault) {
        let Some(room) = self.rooms.get_mut(fold).filter(|room| room.leaving == Some(id)) else {
            return;
        };
        if passes(fault.code) {
            room.leaving = None;
            room.retry_at = now + after_refusal(fault, 0, &mut self.rng);
        } else {
            self.left(fold); // not joined: that is what was wanted
        }
    }

    fn send_refused(&mut self, now: Duration, fold: &Fold, id: u64, fault: Fault) {
        let Some(lane) = self.lanes.get_mut(fold).filter(|lane| lane.flying == Some(id)) else {
            return;
        };
        let tries = lane.queue.front().map_or(0, |first| first.tries);
        let hopeless = fault.code == ErrorCode::Internal && tries >= DEFECT_TRIES_MAX;
        let rejoin = fault.code == ErrorCode::NotJoined;
        if let Some(room) = self.rooms.get_mut(fold).filter(|_| rejoin) {
            // The server has forgotten us here; the send goes after the next join.
            lane.flying = None;
            self.sends_flying -= 1;
            room.member = false;
            room.live = false;
            room.wants_join |= room.joining.is_none();
        } else if passes(fault.code) && !hopeless {
            lane.flying = None;
            self.sends_flying -= 1;
            let again = now + after_refusal(&fault, tries, &mut self.rng);
            match fault.code {
                // The rate counts for all rooms together.
                ErrorCode::RateLimited => self.sends_at = self.sends_at.max(again),
                _ => lane.retry_at = again,
            }
        } else {
            lane.retry_at = Duration::ZERO;
            let taken = self.take_send(fold, 0);
            taken.into_iter().for_each(|it| it.answer(Err(SendError::Refused(fault.clone()))));
        }
    }

    fn question_refused(&mut self, now: Duration, key: u64, fault: Fault) {
        let Some(index) = self.questions.iter().position(|question| question.key == key) else {
            return;
        };
        let question = &mut self.questions[index];
        question.tries += 1;
        let hopeless = fault.code == ErrorCode::Internal && question.tries >= DEFECT_TRIES_MAX;
        if passes(fault.code) && !hopeless {
            question.flying = false;
            question.retry_at = now + after_refusal(&fault, question.tries, &mut self.rng);
        } else {
            self.questions.remove(index).answer.fail(AskError::Refused(fault));
        }
    }
}

fn body<T: OkBody>(ok: &Good) -> Result<T, serde_json::Error> {
    ok.body()
}
