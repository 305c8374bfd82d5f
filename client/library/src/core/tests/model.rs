//! A server as small as it can be: logs with cids, one connection, and all that may go wrong on it.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use fastrand::Rng;
use throng_protocol::{
    Behind, Cid, Command, Epoch, ErrorCode, Fault, Greeting, Join, Kind, Limits, MemberSample,
    Message, Ok as Good, Page, PersonId, Request, Role, RoomId, RoomInfo, RoomRef, Send, Sent,
    User,
};

/// The rooms, as this server spells them.
pub(super) const ROOMS: [&str; 2] = ["east", "west"];
/// Other names of the same rooms, which a client cannot know for the same.
pub(super) const OTHER_NAMES: [&str; 2] = ["ost", "ouest"];

/// A page of this server.
const PAGE: usize = 4;
/// Further behind a join is `limited`.
const CATCH_UP_MAX: u64 = 14;

#[derive(Default)]
pub(super) struct Log {
    pub(super) messages: Vec<Message>,
    /// The first that retention has left.
    first: u64,
    /// Which room of this name it is: a room in which nothing was said is forgotten.
    generation: u64,
}

impl Log {
    pub(super) fn head(&self) -> u64 {
        self.messages.len() as u64
    }
}

/// One connection: what is on its way in both directions, and what the session is in.
#[derive(Default)]
pub(super) struct Connection {
    pub(super) up: VecDeque<String>,
    pub(super) down: VecDeque<String>,
    /// Room to whether it is live.
    members: BTreeMap<String, bool>,
    /// Nothing passes any more, without an error on either side.
    pub(super) stalled: bool,
}

pub(super) struct Server {
    pub(super) epoch: u64,
    pub(super) logs: BTreeMap<String, Log>,
    pub(super) connection: Option<Connection>,
    /// How many pages said `limited` or `reset`.
    pub(super) gaps: usize,
    pub(super) calm: bool,
    /// How many rooms were forgotten.
    pub(super) forgotten: usize,
    others: u64,
}

impl Server {
    pub(super) fn new() -> Self {
        let (logs, connection) = (BTreeMap::new(), None);
        Self { epoch: 1, logs, connection, gaps: 0, calm: false, forgotten: 0, others: 0 }
    }

    /// The id of the room that has this name.
    pub(super) fn id(&self, name: &str) -> RoomId {
        let generation = self.logs.get(name).map_or(0, |log| log.generation);
        let number = ROOMS.iter().position(|room| *room == name).expect("one of the rooms");
        RoomId::from_parts(generation, number as u128)
    }

    /// The name of the room that a command names by its id or by any of its names.
    fn resolve(&self, room: &str) -> Option<&'static str> {
        match RoomRef::parse(room).expect("an id or a name") {
            RoomRef::Id(id) => ROOMS.into_iter().find(|name| self.id(name) == id),
            RoomRef::Name(name) => {
                let names = ROOMS.into_iter().zip(OTHER_NAMES);
                names.into_iter().find_map(|(room, other)| {
                    [room, other].contains(&name.as_str()).then_some(room)
                })
            }
        }
    }

    /// The server restarts, and rooms in which nothing was said are gone.
    pub(super) fn forget_blank(&mut self) {
        for log in self.logs.values_mut().filter(|log| log.messages.is_empty()) {
            log.generation += 1;
            self.forgotten += 1;
        }
    }

    pub(super) fn epoch(&self) -> Epoch {
        Epoch::from_parts(self.epoch, 1)
    }

    /// Somebody else says something.
    pub(super) fn chatter(&mut self, rng: &mut Rng, room: &str) {
        self.others += 1;
        let cid = Cid::from_bytes({
            let mut bytes = [1; 17];
            bytes[..8].copy_from_slice(&self.others.to_be_bytes());
            bytes
        });
        let text = format!("other {}", self.others);
        self.append(rng, room, cid.expect("a ULID"), user(2), Kind::Text, text);
    }

    fn append(
        &mut self,
        rng: &mut Rng,
        room: &str,
        cid: Cid,
        from: User,
        kind: Kind,
        text: String,
    ) -> u64 {
        let id = self.id(room);
        let log = self.logs.entry(room.to_owned()).or_default();
        log.first = log.first.max(1);
        let seq = log.head() + 1;
        let message = Message {
            room: id,
            seq,
            cid,
            from,
            kind,
            text,
            at: seq,
            deleted: None,
            edited: None,
            edited_at: None,
            shadow: false,
        };
        log.messages.push(message.clone());
        let calm = self.calm;
        let Some(connection) = &mut self.connection else { return seq };
        if connection.members.get(room) == Some(&true) {
            let json = serde_json::to_string(&message).expect("it is written");
            match rng.u32(..100) {
                // A hole, which the next message shows.
                0..5 if !calm => {}
                5..10 if !calm => connection.down.extend([json.clone(), json]),
                10..15 if !calm => self.fall_behind(room),
                _ => connection.down.push_back(json),
            }
        }
        seq
    }

    /// The connection takes no more of this room.
    fn fall_behind(&mut self, room: &str) {
        let (id, head) = (self.id(room), self.logs.get(room).map_or(0, Log::head));
        let Some(connection) = &mut self.connection else { return };
        connection.members.insert(room.to_owned(), false);
        let behind = Behind { room: id, head };
        connection.down.push_back(serde_json::to_string(&behind).expect("it is written"));
    }

    /// Retention removes what is old.
    pub(super) fn forget(&mut self, rng: &mut Rng, room: &str) {
        if let Some(log) = self.logs.get_mut(room) {
            log.first = rng.u64(log.first..=log.head() + 1);
        }
    }

    /// A backup is restored: the end of every log is lost, and the log is another one.
    pub(super) fn restore(&mut self, rng: &mut Rng) {
        self.epoch += 1;
        for log in self.logs.values_mut() {
            log.messages.truncate(rng.usize(..=log.messages.len()));
            log.first = log.first.min(log.head() + 1);
        }
    }

    /// Reads one command.
    pub(super) fn read(&mut self, rng: &mut Rng) {
        let Some(text) = self.connection.as_mut().and_then(|it| it.up.pop_front()) else { return };
        let Request { id, command } = Request::parse(&text).expect("a good command");
        let rate = !self.calm && rng.u32(..100) < 8;
        let answer = match command {
            Command::Hello(_) => self.hello(id),
            _ if rate => fault(rng, id, ErrorCode::RateLimited),
            Command::Join(join) => match self.resolve(&join.room) {
                Some(room) => self.join(id, room, &join),
                None => fault(rng, id, ErrorCode::NoSuchRoom),
            },
            Command::Send(mut send) => {
                // An id that no room has any more: nobody is in it.
                send.room = self.resolve(&send.room).unwrap_or("nowhere").to_owned();
                let before = self.session().down.len();
                let answer = self.send(rng, id, send);
                // The ok comes before the message.
                let at = before.min(self.session().down.len());
                self.session().down.insert(at, answer);
                return;
            }
            Command::History(_) => fault(rng, id, ErrorCode::Busy),
            _ => Good::to_json(id, &()),
        };
        self.session().down.push_back(answer);
    }

    fn session(&mut self) -> &mut Connection {
        self.connection.as_mut().expect("a command came over it")
    }

    fn hello(&self, id: u64) -> String {
        let limits = Limits {
            text_bytes: 100,
            frame_bytes: 1_000,
            message_bytes: 32_768,
            page_events: PAGE as u64,
            rooms: 10,
            sends_burst: 10,
            sends_per_second: 10,
            retry_ms: 1 << 40,
        };
        let (user, token, epoch) = (user(1), "token".to_owned(), self.epoch());
        let greeting = Greeting {
            user,
            token,
            epoch,
            heartbeat_ms: 30_000,
            limits,
            role: Role::Guest,
            login: None,
            device_secret: None,
            features: Vec::new(),
            bot: None,
            expires_ms: None,
            notice: None,
        };
        Good::to_json(id, &greeting)
    }

    fn join(&mut self, id: u64, name: &str, join: &Join) -> String {
        let (epoch, room) = (self.epoch(), self.id(name));
        let log = self.logs.entry(name.to_owned()).or_default();
        log.first = log.first.max(1);
        let head = log.head();
        let reset = join.after.is_some_and(|after| join.epoch != Some(epoch) || after > head);
        let after = join.after.filter(|_| !reset);
        let limited =
            after.is_some_and(|after| head - after > CATCH_UP_MAX || after + 1 < log.first);
        let latest = (head.saturating_sub(PAGE as u64) + 1).max(log.first);
        let from = after.filter(|_| !limited).map_or(latest, |after| after + 1) as usize - 1;
        let events: Vec<Message> = log.messages.iter().skip(from).take(PAGE).cloned().collect();
        let more = events.last().map_or(from < log.messages.len(), |last| last.seq < head);
        self.gaps += usize::from(reset || limited);
        let members = Some(MemberSample {
            version: 1,
            count: 1,
            sample: vec![user(1)],
            ..MemberSample::default()
        });
        let room = RoomInfo::public(room, name);
        let (first, description) = (log.first, String::new());
        let page = Page { room, first, head, events, more, limited, reset, members, description };
        self.session().members.insert(name.to_owned(), !more);
        Good::to_json(id, &page)
    }

    fn send(&mut self, rng: &mut Rng, id: u64, send: Send) -> String {
        let cid = Cid::parse(&send.cid).expect("a good cid");
        let known = self.logs.get(&send.room).and_then(|log| {
            log.messages.iter().find(|message| message.cid == cid && message.from == user(1))
        });
        if let Some(first) = known {
            assert_eq!(first.text, send.text, "a cid is used for one text");
            return Good::to_json(
                id,
                &Sent { seq: first.seq, at: first.at, dup: true, deleted: false },
            );
        }
        if !self.session().members.contains_key(&send.room) {
            return fault(rng, id, ErrorCode::NotJoined);
        }
        match rng.u32(..100) {
            0..5 if !self.calm => return fault(rng, id, ErrorCode::Busy),
            5..10 if !self.calm => return fault(rng, id, ErrorCode::StorageUnavailable),
            _ => {}
        }
        let seq = self.append(rng, &send.room, cid, user(1), send.kind, send.text);
        if !self.calm && rng.u32(..100) < 5 {
            // It was said, but the log failed to tell.
            return fault(rng, id, ErrorCode::StorageUnavailable);
        }
        Good::to_json(id, &Sent { seq, at: seq, dup: false, deleted: false })
    }
}

fn fault(rng: &mut Rng, id: u64, code: ErrorCode) -> String {
    let retry_ms = rng.bool().then(|| rng.u64(1..500));
    let message = "no".to_owned();
    let fault = Fault { id: Some(id), code, message, retry_ms, suggestion: None, reason: None };
    serde_json::to_string(&fault).expect("it is written")
}

pub(super) fn user(number: u128) -> User {
    User::new(PersonId::from_parts(1, number), format!("n{number}"))
}

/// So long may pass at once.
pub(super) fn pause(rng: &mut Rng) -> Duration {
    let most = if rng.u32(..20) == 0 { 70_000 } else { 300 };
    Duration::from_millis(rng.u64(..most))
}
