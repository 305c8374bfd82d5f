//! A chat client for tests: a greeted connection whose methods read like a script.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use throng_protocol::{
    Behind, Bye, CloseCode, Command, ErrorCode, Event, Farewell, Fault, Greeting, Hello, History,
    Join, Kind, Leave, ListMembers, ListRooms, MembersChanged, MembersPage, Message, NickChange,
    NickOk, Ok as Answer, OkBody, Page, Ping, Register, RegisterOk, RoomId, RoomInfo, RoomsPage,
    Send, Sent, StartTyping, Typing,
};

use crate::cursor::Cursor;
use crate::fresh_cid;
use crate::wire::{How, Received, Wire};

/// The password of everybody with an account, unless a test is about passwords.
pub const PASSWORD: &str = "turtle in the sun";

/// A greeted connection.
pub struct Client {
    /// The connection, for everything that has no method here.
    pub wire: Wire,
    /// The answer to `hello`.
    pub greeting: Greeting,
    /// Events that came before an answer that was waited for, in order.
    pushes: VecDeque<Event>,
    /// The ids of rooms by name, from answers.
    rooms: HashMap<String, RoomId>,
}

/// The common beginning of answers about a room.
#[derive(Serialize, Deserialize)]
struct AboutRoom {
    room: RoomInfo,
}

impl OkBody for AboutRoom {}

impl Client {
    pub fn guest(wire: Wire, nick: &str) -> Self {
        Self::greet(wire, hello(Some(nick), None))
    }

    pub fn known(wire: Wire, token: &str) -> Self {
        Self::greet(wire, hello(None, Some(token)))
    }

    pub fn anybody(wire: Wire) -> Self {
        Self::greet(wire, hello(None, None))
    }

    pub fn guest_as(address: SocketAddr, nick: &str, how: &How) -> Self {
        Self::guest(Wire::connect_as(address, how), nick)
    }

    /// Makes an account of a guest, with the [`PASSWORD`].
    pub fn register(&mut self) -> RegisterOk {
        let (password, invitation) = (PASSWORD.to_owned(), None);
        self.get(Command::Register(Register { password, invitation }))
    }

    /// Somebody with an account.
    pub fn account(wire: Wire, nick: &str, password: &str) -> Self {
        Self::greet(wire, log_in(nick, password))
    }

    /// Somebody who says this hello.
    pub fn greet(mut wire: Wire, hello: Command) -> Self {
        let id = wire.post(hello);
        match wire.event() {
            Event::Ok(ok) if ok.id == id => {
                let greeting = ok.body().expect("the answer to hello");
                Self { wire, greeting, pushes: VecDeque::new(), rooms: HashMap::new() }
            }
            other => panic!("the first frame must be the ok of hello, not {other:?}"),
        }
    }

    pub fn nick(&self) -> &str {
        &self.greeting.user.nick
    }

    pub fn token(&self) -> &str {
        &self.greeting.token
    }

    /// Sends a command and reads up to its answer. Events before it are kept for the `expect`s.
    pub fn ask(&mut self, command: Command) -> Result<Answer, Fault> {
        let id = self.wire.post(command);
        self.answer(id)
    }

    /// Reads up to the answer of a posted command.
    pub fn answer(&mut self, id: u64) -> Result<Answer, Fault> {
        loop {
            match self.wire.event() {
                Event::Ok(ok) if ok.id == id => {
                    self.learn(&ok);
                    return Ok(ok);
                }
                Event::Error(fault) if fault.id == Some(id) => return Err(fault),
                event @ (Event::Ok(_) | Event::Error(_) | Event::Bye(_)) => {
                    panic!("the answer to {id} should have come, not {event:?}")
                }
                push => self.pushes.push_back(push),
            }
        }
    }

    /// Reads up to the answers of two commands, in whichever order they come.
    pub fn answers(&mut self, ids: [u64; 2]) -> [Result<Answer, Fault>; 2] {
        let mut answers = [None, None];
        while answers.iter().any(Option::is_none) {
            let (id, answer) = match self.wire.event() {
                Event::Ok(ok) => {
                    self.learn(&ok);
                    (Some(ok.id), Ok(ok))
                }
                Event::Error(fault) => (fault.id, Err(fault)),
                push => {
                    self.pushes.push_back(push);
                    continue;
                }
            };
            let at = ids.iter().position(|asked| Some(*asked) == id).expect("it was asked");
            assert!(answers[at].replace(answer).is_none(), "a second answer to {id:?}");
        }
        answers.map(|answer| answer.expect("the loop ends with both"))
    }

    /// Remembers the room's id from an answer about a room.
    fn learn(&mut self, ok: &Answer) {
        if let Ok(AboutRoom { room }) = ok.body() {
            self.rooms.insert(room.name, room.id);
        }
    }

    /// The id of a joined room, which its events carry. `room` may be the id itself.
    pub fn id_of(&self, room: &str) -> RoomId {
        let known = self.rooms.get(room).copied().or_else(|| room.parse().ok());
        known.unwrap_or_else(|| panic!("{room} was not joined: {:?}", self.rooms))
    }

    /// Like [`Client::ask`], for a command that must succeed.
    pub fn get<T: OkBody>(&mut self, command: Command) -> T {
        let ok = self.ask(command.clone()).unwrap_or_else(|fault| panic!("{command:?}: {fault:?}"));
        ok.body().unwrap_or_else(|error| panic!("{error} in {ok:?}"))
    }

    /// Like [`Client::ask`], for a command that must fail with this code.
    pub fn fail(&mut self, command: Command, code: ErrorCode) -> Fault {
        match self.ask(command.clone()) {
            Err(fault) if fault.code == code => {
                assert!(!fault.message.is_empty(), "the message has a reason");
                fault
            }
            other => panic!("{command:?} should have failed with {code:?}, not {other:?}"),
        }
    }

    /// Joins a room and returns its latest page.
    pub fn join(&mut self, room: &str) -> Page {
        self.get(join(room))
    }

    /// Joins a room right after `cursor`. If the server is busy, tries again after the time that it asks for.
    pub fn join_after(&mut self, cursor: &Cursor) -> Page {
        loop {
            match self.ask(cursor.join()) {
                Ok(ok) => return ok.body().expect("the answer to a join"),
                Err(Fault { code: ErrorCode::Busy, retry_ms: Some(wait), .. }) => {
                    thread::sleep(Duration::from_millis(wait));
                }
                Err(fault) => panic!("joining {}: {fault:?}", cursor.room()),
            }
        }
    }

    pub fn leave(&mut self, room: &str) {
        self.ask(leave(room)).expect("a member may leave");
    }

    /// Sends a new message and returns the answer.
    pub fn send(&mut self, room: &str, text: &str) -> Sent {
        self.get(send(room, &fresh_cid(), text))
    }

    /// Sends a message with this cid, which may be a retry.
    pub fn send_as(&mut self, room: &str, cid: &str, text: &str) -> Sent {
        self.get(send(room, cid, text))
    }

    pub fn history(&mut self, history: History) -> Page {
        self.get(Command::History(history))
    }

    pub fn members(&mut self, room: &str) -> MembersPage {
        self.get(Command::Members(ListMembers { room: room.into() }))
    }

    pub fn rooms(&mut self, after: Option<&str>, limit: Option<u64>) -> RoomsPage {
        self.get(Command::Rooms(ListRooms { query: None, after: after.map(Into::into), limit }))
    }

    /// Asks for the rooms with `query` in their names.
    pub fn find_rooms(&mut self, query: &str, after: Option<&str>) -> RoomsPage {
        let (query, after) = (Some(query.to_owned()), after.map(Into::into));
        self.get(Command::Rooms(ListRooms { query, after, limit: Some(2) }))
    }

    pub fn rename(&mut self, nick: &str) -> NickOk {
        self.get(rename(nick))
    }

    pub fn typing(&mut self, room: &str) {
        self.ask(typing(room)).expect("a member may type");
    }

    /// Waits until the server has read everything that was sent before.
    pub fn barrier(&mut self) {
        self.ask(Command::Ping(Ping {})).expect("a ping is answered");
    }

    /// Says goodbye, and waits for the end of the connection.
    pub fn bye(mut self) {
        self.ask(Command::Bye(Bye {})).expect("a bye is answered");
        self.expect_closed(CloseCode::Normal);
    }

    /// The next event that is not an answer, kept or new.
    pub fn push(&mut self) -> Event {
        self.pushes.pop_front().unwrap_or_else(|| self.wire.event())
    }

    /// The events that came before answers.
    pub fn take_pushes(&mut self) -> VecDeque<Event> {
        std::mem::take(&mut self.pushes)
    }

    /// The next message of a room. Skips ephemeral events before it; any other event before it fails the
    /// test.
    pub fn expect_message(&mut self, room: &str) -> Message {
        let id = self.id_of(room);
        loop {
            match self.push() {
                Event::Message(message) if message.room == id => return message,
                Event::Typing(_) | Event::Members(_) => {}
                other => panic!("a message of {room} should have come, not {other:?}"),
            }
        }
    }

    pub fn expect_typing(&mut self, room: &str) -> Typing {
        let id = self.id_of(room);
        loop {
            match self.push() {
                Event::Typing(typing) if typing.room == id => return typing,
                Event::Members(_) => {}
                other => panic!("typing in {room} should have come, not {other:?}"),
            }
        }
    }

    pub fn expect_members(&mut self, room: &str) -> MembersChanged {
        let id = self.id_of(room);
        loop {
            match self.push() {
                Event::Members(members) if members.room == id => return members,
                Event::Typing(_) => {}
                other => panic!("members of {room} should have come, not {other:?}"),
            }
        }
    }

    /// Reads messages of a room into `cursor` until the server says `behind`.
    pub fn expect_behind(&mut self, cursor: &mut Cursor) -> Behind {
        loop {
            match self.push() {
                Event::Message(message) => cursor.take(message),
                Event::Behind(behind) if Some(behind.room) == cursor.id() => return behind,
                Event::Typing(_) | Event::Members(_) => {}
                other => panic!("behind should have come, not {other:?}"),
            }
        }
    }

    /// Reads until `cursor` has everything up to `head`, as a good client does: after `behind` it joins again
    /// and reads the rest.
    pub fn read_until(&mut self, cursor: &mut Cursor, head: u64) {
        while cursor.last() < head {
            match self.push() {
                Event::Message(message) => cursor.take(message),
                Event::Behind(_) => self.catch_up(cursor),
                Event::Typing(_) | Event::Members(_) => {}
                other => panic!("{other:?} came instead of a message"),
            }
        }
    }

    /// Joins after `cursor`, page by page, until it is live. Until then, the pages are all that may come of
    /// the room.
    pub fn catch_up(&mut self, cursor: &mut Cursor) {
        loop {
            let page = self.join_after(cursor);
            let live = self.pushes.iter().find(
                |push| matches!(push, Event::Message(message) if Some(message.room) == cursor.id()),
            );
            assert!(live.is_none(), "a reader's room was live before its last page: {live:?}");
            if !cursor.take_page(page) {
                return;
            }
        }
    }

    /// Reads up to the `bye` with this code and the end of the connection.
    pub fn expect_closed(&mut self, code: CloseCode) -> Option<Farewell> {
        if code == CloseCode::Normal {
            // The client asked to close, so the server sends no `bye`.
            loop {
                match self.wire.read() {
                    Received::Event(Event::Ok(_) | Event::Error(_)) => {
                        panic!("an answer to nothing")
                    }
                    Received::Event(_) => {}
                    Received::Closed(given) => {
                        assert_eq!(given, code.number());
                        return None;
                    }
                    Received::Lost(error) => panic!("no close frame: {error}"),
                }
            }
        }
        Some(self.wire.expect_bye(code))
    }
}

pub fn hello(nick: Option<&str>, token: Option<&str>) -> Command {
    let (nick, token) = (nick.map(Into::into), token.map(Into::into));
    Command::Hello(Hello { nick, token, ..Hello::default() })
}

/// The hello of somebody with an account.
pub fn log_in(nick: &str, password: &str) -> Command {
    let (nick, password) = (Some(nick.to_owned()), Some(password.to_owned()));
    Command::Hello(Hello { nick, password, device: Some("a test".into()), ..Hello::default() })
}

pub fn join(room: &str) -> Command {
    Command::Join(Join { room: room.into(), epoch: None, after: None, limit: None })
}

pub fn leave(room: &str) -> Command {
    Command::Leave(Leave { room: room.into(), forget: false })
}

pub fn send(room: &str, cid: &str, text: &str) -> Command {
    let (room, cid, text) = (room.into(), cid.into(), text.into());
    Command::Send(Send { room, cid, kind: Kind::Text, text })
}

pub fn rename(nick: &str) -> Command {
    Command::Nick(NickChange { nick: nick.into() })
}

pub fn typing(room: &str) -> Command {
    Command::Typing(StartTyping { room: room.into() })
}

/// A request for a page of a room's log; the caller sets `before`, `after` or `around`.
pub fn page_of(room: &str) -> History {
    History { room: room.into(), before: None, after: None, around: None, limit: None }
}

/// Asks for a nick as a new person.
pub fn stranger_wants(mut wire: Wire, nick: &str) -> Result<(), Fault> {
    wire.post(hello(Some(nick), None));
    match wire.event() {
        Event::Ok(_) => Ok(()),
        Event::Error(fault) => Err(fault),
        other => panic!("{other:?}"),
    }
}

/// Checks that a nick was refused because it is somebody else's.
#[track_caller]
pub fn assert_taken(asked: Result<(), Fault>) {
    let fault = asked.expect_err("it is somebody else's");
    assert_eq!(fault.code, ErrorCode::NickTaken, "{}", fault.message);
}
