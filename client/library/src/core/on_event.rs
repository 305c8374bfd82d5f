//! What the server says: answers by their id, pushes by their room.

use std::time::Duration;

use throng_protocol::{
    Added, AskWhy, CloseCode, Command, Event as Frame, Farewell, Greeting, ListMembers, LogEntry,
    MemberSample, MembersChanged, MembersPage, NickOk, Ok as Good, OkBody, Presence, PresenceOk,
    RefreshOk, RegisterOk, Role, RoomId, RoomsPage, SetPresence, User, WhyOk,
};

use super::backoff::Reconnect;
use super::forward_compat;
use super::room_keys::RoomKey;
use super::{Answer, Core, InFlight, Phase};
use crate::error::DisconnectReason;
use crate::event::{Change, Event};

impl Core {
    /// A text came.
    pub(crate) fn frame(&mut self, now: Duration, text: &str) {
        if !self.is_linked() {
            return;
        }
        self.last_received_at = now;
        match Frame::parse(text) {
            Ok(Frame::Ok(ok)) => self.ok(now, &ok),
            Ok(Frame::Error(fault)) => self.refused(now, fault),
            Ok(Frame::Bye(bye)) => self.farewell(now, bye),
            // Nothing is shown any more: the cursors stay where the caller knows them.
            Ok(_) if self.close_deadline.is_some() => {}
            Ok(Frame::Message(message)) => {
                self.entry(message.room, message.seq, Some(LogEntry::Message(message)));
            }
            Ok(Frame::Deleted(deleted)) => {
                self.entry(deleted.room, deleted.seq, Some(LogEntry::Deleted(deleted)));
            }
            Ok(Frame::Edited(edited)) => {
                self.entry(edited.room, edited.seq, Some(LogEntry::Edited(edited)));
            }
            Ok(Frame::Entry(later)) => self.entry(later.room, later.seq, None),
            Ok(Frame::Typing(typing)) => {
                if let Some(room) = self.room(typing.room).and_then(|room| room.to_show()) {
                    self.queue.push(Event::Typing { room, who: typing.who });
                }
            }
            Ok(Frame::Behind(behind)) => {
                // A join under way reads from the same cursor, and is answered after this.
                if let Some(room) = self.room(behind.room).filter(|room| room.join_id.is_none()) {
                    room.live = false;
                    room.wants_join = true;
                }
            }
            Ok(Frame::Members(changed)) => self.members_changed(now, changed),
            Ok(Frame::Removed(removed)) => self.removed(&removed),
            Ok(Frame::Added(Added { own, by })) => self.queue.push(Event::Added { own, by }),
            Ok(Frame::Room(changed)) => {
                if let Some(key) = self.keys.of_id(changed.room.id).cloned() {
                    self.learn(&key, &changed.room, &changed.description);
                }
            }
            Ok(Frame::KeptAway(kept)) => self.queue.push(Event::KeptAway(kept)),
            Ok(Frame::Reported(made)) => self.queue.push(Event::Reported(made)),
            Ok(Frame::Role(changed)) => {
                let before = std::mem::replace(&mut self.role, changed.role);
                if before != changed.role {
                    self.queue.push(Event::Role(changed.role));
                }
            }
            Ok(Frame::Presence(changed)) => self.presence_changed(changed.presence),
            Ok(Frame::Refresh(_)) => self.refresh_due(now),
            Ok(Frame::Unknown(_)) => {}
            Err(_) => {
                if let Some(place) = forward_compat::place(text) {
                    self.entry(place.room, place.seq, None);
                }
            }
        }
    }

    /// Something came that is no text.
    pub(crate) fn on_activity(&mut self, now: Duration) {
        self.last_received_at = now;
    }

    /// The connection ended with a close frame.
    pub(crate) fn closed(&mut self, now: Duration, code: u16, reason: String) {
        self.lost(now, DisconnectReason::of_close(code, reason));
    }

    fn farewell(&mut self, now: Duration, bye: Farewell) {
        let reason = DisconnectReason::of_close(bye.code, bye.reason);
        // With another JWT the server lets us in again.
        let may_return =
            bye.reconnect || self.jwt.is_used && bye.code == CloseCode::JwtExpired.number();
        if !may_return && self.close_deadline.is_none() {
            return self.finish(reason);
        }
        // It has said so itself: the code decides nothing.
        let again = bye
            .after_ms
            .map_or(Reconnect::Jitter, |ms| Reconnect::After(Duration::from_millis(ms)));
        self.lost_again(now, reason, again);
    }

    /// The room of an event. One that was left is unknown, and what still comes of it is ignored.
    fn room(&mut self, id: RoomId) -> Option<&mut super::Room> {
        self.rooms.get_mut(self.keys.of_id(id)?)
    }

    /// An entry at this place of a room's log, if it is one that this version understands.
    fn entry(&mut self, id: RoomId, seq: u64, entry: Option<LogEntry>) {
        let Some(epoch) = self.epoch else { return };
        let shown = self.room(id).and_then(|room| room.hear(epoch, seq, entry));
        shown.into_iter().for_each(|event| self.queue.push(event));
    }

    fn members_changed(&mut self, now: Duration, changed: MembersChanged) {
        let me = self.user.as_ref().map(|user| user.id);
        let renamed = changed.joined.iter().flatten().find(|user| Some(user.id) == me).cloned();
        if let Some(renamed) = renamed {
            // Another of our sessions may have changed the nick. The event `presence` tells how we are there.
            self.user = Some(User { presence: self.presence(), ..renamed });
        }
        let Some(key) = self.keys.of_id(changed.room).cloned() else { return };
        let Some(room) = self.rooms.get_mut(&key) else { return };
        let Some(shown) = room.to_show() else { return };
        if changed.version <= room.version {
            return;
        }
        let missed = changed.version != room.version + 1;
        let (count, away, dnd) = (changed.count, changed.away, changed.dnd);
        let misses = missed && changed.joined.is_some() && room.member;
        let ask = misses && !room.members_requested;
        room.members_requested |= ask;
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
            let command = Command::Members(ListMembers { room: changed.room.to_string() });
            let _ = self.write(now, command, InFlight::Members(key));
        }
        self.queue.push(Event::Members { room: shown, count, away, dnd, change });
    }

    fn ok(&mut self, now: Duration, ok: &Good) {
        let Some(what) = self.in_flight.remove(&ok.id) else { return };
        let read = match what {
            InFlight::Hello => body(ok).map(|greeting| self.greeted(now, greeting)),
            InFlight::Join(key) => body(ok).map(|page| self.joined(now, &key, ok.id, page)),
            InFlight::Leave(key) => {
                if self.rooms.get(&key).is_some_and(|room| room.leave_id == Some(ok.id)) {
                    self.left(&key);
                }
                Ok(())
            }
            InFlight::Send(key) => body(ok).map(|sent| self.sent(&key, ok.id, sent)),
            InFlight::Request(key) => self.answered(key, ok),
            InFlight::Members(key) => body(ok).map(|page: MembersPage| {
                if let Some(room) = self.rooms.get_mut(&key) {
                    room.members_requested = false;
                }
                self.sample(&key, page.members);
            }),
            InFlight::Bye => {
                self.finish(DisconnectReason::Closed);
                Ok(())
            }
            InFlight::Refresh => body(ok).map(|ok: RefreshOk| self.refreshed(now, &ok)),
            // The event has said what came of it.
            InFlight::Ping | InFlight::Typing | InFlight::Presence => Ok(()),
        };
        if let Err(error) = read {
            self.lost(now, DisconnectReason::Unreadable { problem: error.to_string() });
        }
    }

    fn greeted(&mut self, now: Duration, greeting: Greeting) {
        if self.close_deadline.is_some() {
            return;
        }
        self.phase = Phase::Greeted;
        self.attempts = 0;
        self.dials = 0;
        self.nick_tries = 0;
        self.token = Some(greeting.token).filter(|token| !token.is_empty());
        self.jwt_lasts(now, greeting.expires_ms);
        self.device_secret = greeting.device_secret.or(self.device_secret.take());
        // They are used up, and the token says the same from now on.
        (self.code, self.login) = (None, None);
        self.role = greeting.role;
        self.bot = greeting.bot;
        self.user = Some(greeting.user.clone());
        self.epoch = Some(greeting.epoch);
        // A server that says 0 would be pinged without end.
        self.heartbeat = Duration::from_millis(greeting.heartbeat_ms.max(100));
        self.limits = Some(greeting.limits);
        let (user, role, notice) = (greeting.user, greeting.role, greeting.notice);
        self.queue.push(Event::Greeted { user, role, notice });
        self.say_presence_again(now);
        if let Some(first) = self.first.take() {
            let _ = first.send(Ok(()));
        }
        self.tick(now);
    }

    /// Says what the caller has said before: the server remembers it for a minute only. That we are online needs no
    /// words.
    fn say_presence_again(&mut self, now: Duration) {
        let SetPresence { away, dnd } = self.presence;
        let set = SetPresence { away: away.filter(|it| *it), dnd: dnd.filter(|it| *it) };
        if set != SetPresence::default() {
            let _ = self.write(now, Command::Presence(set), InFlight::Presence);
        }
    }

    /// One of our devices has said that we are there otherwise, or came, or went.
    fn presence_changed(&mut self, presence: Presence) {
        if presence != Presence::Dnd {
            // Whichever device took it back.
            self.presence.dnd = None;
        }
        let Some(user) = &mut self.user else { return };
        if presence != std::mem::replace(&mut user.presence, presence) {
            self.queue.push(Event::Presence(presence));
        }
    }

    /// Remembers what the caller has said, once it is so.
    fn remember_presence(&mut self, said: &Command) {
        let Command::Presence(SetPresence { away, dnd }) = said else { return };
        self.presence.away = away.or(self.presence.away);
        self.presence.dnd = dnd.or(self.presence.dnd);
    }

    /// Reports the members of a room, if they changed.
    pub(super) fn sample(&mut self, key: &RoomKey, members: MemberSample) {
        let Some(room) = self.rooms.get_mut(key) else { return };
        // After a restart of the server, versions may begin again at 1.
        if room.version != members.version {
            room.version = members.version;
            let (shown, change) = (room.to_show(), Change::Sample(members.sample));
            let (count, away, dnd) = (members.count, members.away, members.dnd);
            let event = shown.map(|room| Event::Members { room, count, away, dnd, change });
            event.into_iter().for_each(|event| self.queue.push(event));
        }
    }

    fn answered(&mut self, key: u64, ok: &Good) -> Result<(), serde_json::Error> {
        let Some(index) = self.requests.iter().position(|request| request.key == key) else {
            return Ok(());
        };
        let request = self.requests.remove(index);
        match request.answer {
            Answer::Page(to) => drop(to.send(Ok(forward_compat::known(body(ok)?)))),
            Answer::Entries(to) => drop(to.send(Ok(body(ok)?))),
            Answer::Link(to) => drop(to.send(Ok(body(ok)?))),
            Answer::WhoAmI(to) => drop(to.send(Ok(body(ok)?))),
            Answer::Members(to) => drop(to.send(Ok(body(ok)?))),
            Answer::Rooms(to) => drop(to.send(Ok(body::<RoomsPage>(ok)?))),
            Answer::SecondFactor(to) => drop(to.send(Ok(body(ok)?))),
            Answer::Logins(to) => drop(to.send(Ok(body(ok)?))),
            Answer::Audit(to) => drop(to.send(Ok(body(ok)?))),
            Answer::MadeBot(to) => drop(to.send(Ok(body(ok)?))),
            Answer::Bots(to) => drop(to.send(Ok(body(ok)?))),
            Answer::Raid(to) => drop(to.send(Ok(body(ok)?))),
            Answer::Filters(to) => drop(to.send(Ok(body(ok)?))),
            Answer::FilterAdded(to) => drop(to.send(Ok(body(ok)?))),
            Answer::Done(to) => drop(to.send(Ok(()))),
            Answer::Room(to) => drop(to.send(Ok(body(ok)?))),
            Answer::InviteLink(to) => drop(to.send(Ok(body(ok)?))),
            Answer::Mine(to) => drop(to.send(Ok(body(ok)?))),
            Answer::KeptAway(to) => drop(to.send(Ok(body(ok)?))),
            Answer::Reports(to) => drop(to.send(Ok(body(ok)?))),
            Answer::Deleted(to) => drop(to.send(Ok(body(ok)?))),
            Answer::Purged(to) => drop(to.send(Ok(body(ok)?))),
            Answer::Groups(to) => drop(to.send(Ok(body(ok)?))),
            Answer::GroupPeople(to) => drop(to.send(Ok(body(ok)?))),
            Answer::People(to) => drop(to.send(Ok(body(ok)?))),
            Answer::Profile(to) => drop(to.send(Ok(body(ok)?))),
            Answer::Profiles(to) => drop(to.send(Ok(body(ok)?))),
            Answer::NickHistory(to) => drop(to.send(Ok(body(ok)?))),
            Answer::Found(to) => drop(to.send(Ok(body(ok)?))),
            Answer::Presence(to) => {
                let ok: PresenceOk = body(ok)?;
                self.remember_presence(&request.command);
                self.presence_changed(ok.presence);
                let _ = to.send(Ok(ok));
            }
            Answer::Forgotten(room, to) => {
                // A public room, of which there was no seat, is left without a `removed`.
                self.left(&self.keys.find(&room));
                let _ = to.send(Ok(()));
            }
            Answer::Claimed(to) => {
                self.role = Role::Owner;
                let _ = to.send(Ok(()));
            }
            Answer::Registered(to) => {
                let ok: RegisterOk = body(ok)?;
                self.user = Some(ok.user.clone());
                self.token = Some(ok.token.clone());
                self.device_secret = ok.device_secret.clone().or(self.device_secret.take());
                self.role = ok.role;
                let _ = to.send(Ok(ok));
            }
            Answer::Why(to) => {
                let ok: WhyOk = body(ok)?;
                if matches!(request.command, Command::Why(AskWhy { person: None, .. })) {
                    self.role = ok.role;
                }
                let _ = to.send(Ok(ok));
            }
            Answer::Nick(to) => {
                let ok: NickOk = body(ok)?;
                self.user = Some(ok.user.clone());
                // With an account, the token stays.
                self.token = ok.token.or(self.token.take());
                let _ = to.send(Ok(ok.user));
            }
        }
        Ok(())
    }
}

fn body<T: OkBody>(ok: &Good) -> Result<T, serde_json::Error> {
    ok.body()
}
