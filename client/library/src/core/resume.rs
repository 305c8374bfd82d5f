//! Resuming a room: joins from the cursor, and the pages that they bring.

use std::time::Duration;

use throng_protocol::{Command, Epoch, Join, LogEntry, Page, RoomId, RoomInfo, RoomName, RoomRef};

use super::room::Room;
use super::room_keys::RoomKey;
use super::{Core, InFlight};
use crate::error::RequestError;
use crate::event::{Cursor, Event, Joined};
use crate::room::Room as Shown;

impl Core {
    pub(super) fn join_rooms(&mut self, now: Duration) {
        for (key, room) in self.due_joins(now) {
            let cursor = self.rooms.get(&key).and_then(|room| room.cursor);
            let join = Join {
                room: room.to_string(),
                epoch: cursor.map(|cursor| cursor.epoch),
                after: cursor.map(|cursor| cursor.seq),
                limit: Some(self.page),
            };
            let id = self.write(now, Command::Join(join), InFlight::Join(key.clone())).ok();
            self.rooms.entry(key).and_modify(|room| {
                room.join_id = id;
                room.wants_join = false;
            });
        }
    }

    fn due_joins(&self, now: Duration) -> Vec<(RoomKey, RoomRef)> {
        // A page that nobody has room for is not asked for.
        if self.queue.is_full() {
            return Vec::new();
        }
        let due = self
            .rooms
            .iter()
            .filter(|(_, room)| room.wants_join && room.leave_id.is_none() && room.retry_at <= now);
        due.map(|(key, room)| (key.clone(), room.reference())).collect()
    }

    pub(super) fn joined(&mut self, now: Duration, key: &RoomKey, id: u64, page: Page<LogEntry>) {
        let Some(epoch) = self.epoch.filter(|_| self.close_deadline.is_none()) else { return };
        if self.rooms.get(key).is_none_or(|room| room.join_id != Some(id)) {
            return; // left, or joined again since: void
        }
        if let Some(known) = self.keys.of_id(page.room.id).filter(|known| *known != key).cloned() {
            return self.merge(key, &known, page);
        }
        let key = &self.learn(key, &page.room, &page.description);
        let Some(room) = self.rooms.get_mut(key) else { return };
        room.join_id = None;
        room.member = true;
        let joined = room.answer(&page);
        let is_first = !room.announced;
        room.announced = true;
        for waiter in room.join_waiters.drain(..) {
            let _ = waiter.send(Ok(joined.clone()));
        }
        let shown = room.read(epoch, page);
        if room.tries > 0 {
            // A page that brought nothing and is not the end: not again at once.
            room.retry_at = now + super::backoff::jitter(room.tries, &mut self.rng);
        }
        if is_first {
            room.version = joined.members.version;
            self.queue.push(Event::Joined(joined));
        } else {
            self.sample(key, joined.members);
        }
        shown.into_iter().for_each(|event| self.queue.push(event));
    }

    /// Remembers which room it is, what is said of it, and what else it is called. Returns its key from now on.
    pub(super) fn learn(&mut self, key: &RoomKey, info: &RoomInfo, description: &str) -> RoomKey {
        let Some(room) = self.rooms.get_mut(key) else { return key.clone() };
        let before = room.info.replace(info.clone());
        room.id = Some(info.id);
        let is_other = description != room.description;
        description.clone_into(&mut room.description);
        let is_changed = before.as_ref().is_some_and(|before| before != info || is_other);
        let is_renamed = before.is_some_and(|before| before.name != info.name);
        // Who else would get such a name could make a public room of it. What was renamed is never forgotten.
        room.by_name &= info.is_known_to_all() && !is_renamed;
        self.keys.remove_id(key);
        self.keys.set_id(key, info.id);
        let key = if is_renamed { self.free_name(key, info.id) } else { key.clone() };
        self.learn_name(&key, info);
        let changed = self.rooms.get(&key).filter(|room| is_changed && room.announced);
        if let Some(room) = changed.and_then(Room::to_show) {
            let (info, description) = (info.clone(), description.to_owned());
            self.queue.push(Event::Changed { room, info, description });
        }
        key
    }

    fn learn_name(&mut self, key: &RoomKey, info: &RoomInfo) {
        let Ok(name) = RoomName::parse(&info.name) else { return };
        let also = RoomKey::of(&RoomRef::Name(name.clone()));
        self.rooms.entry(key.clone()).and_modify(|room| room.name = name);
        // What is asked for under that name already is joined to this room by its own answer.
        if !self.rooms.contains_key(&also) && !self.send_queues.contains_key(&also) {
            self.keys.set_also(also, key);
        }
    }

    /// The names under which a room was asked for may mean others now: its id becomes its key.
    fn free_name(&mut self, old: &RoomKey, id: RoomId) -> RoomKey {
        self.keys.remove(old);
        let new = RoomKey::of(&RoomRef::Id(id));
        self.keys.set_id(&new, id);
        let keys = self.in_flight.values_mut().filter_map(InFlight::room_mut);
        let asked = self.requests.iter_mut().filter_map(|request| request.room.as_mut());
        let all = keys.chain(asked).chain(self.last_send_room.as_mut());
        all.filter(|key| *key == old).for_each(|key| *key = new.clone());
        if let Some(room) = self.rooms.remove(old) {
            self.rooms.insert(new.clone(), room);
        }
        if let Some(queue) = self.send_queues.remove(old) {
            self.send_queues.insert(new.clone(), queue);
        }
        new
    }

    /// Two names turned out to be one room: what hangs on the second one goes over to the first, which
    /// reads on from its cursor. The server has one membership for both, and this join took the
    /// place of any other.
    fn merge(&mut self, second: &RoomKey, first: &RoomKey, page: Page<LogEntry>) {
        let Some(mut from) = self.rooms.remove(second) else { return };
        let Some(into) = self.rooms.get_mut(first) else { return };
        for waiter in from.join_waiters.drain(..) {
            let _ = waiter.send(Ok(into.answer(&page)));
        }
        if into.leave_id.take().is_some() {
            let leavers = into.leave_waiters.drain(..);
            leavers.for_each(|to| drop(to.send(Err(RequestError::Superseded))));
        }
        into.leave_waiters.append(&mut from.leave_waiters);
        into.by_name |= from.by_name;
        into.member = true;
        into.live = false;
        into.join_id = None;
        into.wants_join = true;
        for request in &mut self.requests {
            if request.room.as_ref() == Some(second) {
                request.room = Some(first.clone());
            }
        }
        if let Some(queue) = self.send_queues.remove(second) {
            self.append_sends(first, queue);
        }
        self.keys.set_also(second.clone(), first);
    }
}

impl Room {
    /// What the answer to a join says to those who wait for it.
    fn answer(&self, page: &Page<LogEntry>) -> Joined {
        Joined {
            room: Shown { id: page.room.id, name: self.name.clone() },
            info: page.room.clone(),
            description: page.description.clone(),
            first: page.first,
            head: page.head,
            members: page.members.clone().unwrap_or_default(),
        }
    }

    /// The answer to a join from the cursor. Returns what is to be shown.
    fn read(&mut self, epoch: Epoch, page: Page<LogEntry>) -> Vec<Event> {
        let mut shown = Vec::with_capacity(page.events.len() + 1);
        // Where the page begins. An empty one that is the end stands for all up to the head.
        let next = match page.events.first() {
            Some(entry) => entry.seq(),
            None if page.more => self.cursor.map_or(1, |cursor| cursor.seq + 1),
            None => page.head + 1,
        };
        let last = self.cursor.map(|cursor| cursor.seq);
        let gap = last.filter(|last| page.reset || next > last + 1);
        if let (Some(last), Some(room)) = (gap, self.to_show()) {
            let (first, head) = (page.first, page.head);
            shown.push(Event::Gap { room, first, head, last, next, reset: page.reset });
        }
        let begin = next.saturating_sub(1);
        let mut seq = match last {
            Some(last) if !page.reset => last.max(begin),
            _ => begin,
        };
        let mut whole = true;
        for entry in page.events {
            if entry.seq() == seq + 1 {
                seq = entry.seq();
                shown.extend(self.shown(Some(entry), true));
            } else if entry.seq() > seq {
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
}
