//! The client as a person meets it, without terminal and server: events go in; model, effects and screen come
//! out.

mod accounts;
mod commands;
mod deleting;
mod editing;
mod filters;
mod groups;
mod input;
mod log;
mod own_rooms;
mod peace;
mod profiles;
mod screen;
mod searching;
mod sending;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use jiff::tz::TimeZone;
use throng_protocol::{
    Cid, Kind, LogEntry, MemberSample, Message, Page, PersonId, Role, RoomId, RoomInfo, User,
};

use crate::effect::Effect;
use crate::event::Event;
use crate::model::{ConnectionState, Entry, Failure, Model, RoomLabel};
use crate::update::update;

const NOON: u64 = 1_780_000_000_000;
const CID: &str = "019b2f5e-7c1a-7d3e-8f00-0123456789ab";

/// A client whose methods read like a script.
pub(crate) struct Chat {
    pub(crate) model: Model,
    pub(crate) effects: Vec<Effect>,
    now: u64,
}

pub(crate) fn person(nick: &str) -> User {
    let random = nick.bytes().fold(7_u128, |id, byte| id * 31 + u128::from(byte));
    User::new(PersonId::from_parts(1, random), nick)
}

/// The id of the room with this name on the tests' server.
pub(crate) fn id_of(room: &str) -> RoomId {
    RoomId::from_parts(1, room.bytes().fold(7, |id, byte| id * 31 + u128::from(byte)))
}

/// A joined room.
pub(crate) fn label(room: &str) -> RoomLabel {
    RoomLabel { id: Some(id_of(room)), name: room.into() }
}

pub(crate) fn message(room: &str, seq: u64, nick: &str, text: &str) -> Message {
    let cid = Cid::parse("01JZZZZZZZZZZZZZZZZZZZZZZZ").expect("a cid");
    let (from, at) = (person(nick), NOON + seq * 1_000);
    Message {
        room: id_of(room),
        seq,
        cid,
        from,
        kind: Kind::Text,
        text: text.into(),
        at,
        deleted: None,
        edited: None,
        edited_at: None,
        shadow: false,
    }
}

pub(crate) fn failure(why: &str, is_final: bool) -> Failure {
    Failure { why: why.into(), is_final, is_unknown: false }
}

impl Chat {
    /// Ana, greeted, in the lobby with bo. Its log has `head` messages.
    pub(crate) fn in_lobby(head: u64) -> Self {
        let model = Model::new("ws://h:1", TimeZone::UTC, NOON);
        let mut chat = Self { model, effects: Vec::new(), now: NOON };
        chat.tell(Event::Greeted {
            user: person("ana"),
            role: Role::Guest,
            notice: None,
            text_max: None,
        });
        chat.tell(Event::Connection(ConnectionState::Live));
        chat.write("/join lobby");
        chat.joined("lobby", head);
        chat.effects.clear();
        chat
    }

    pub(crate) fn joined(&mut self, room: &str, head: u64) {
        let members = MemberSample {
            version: 1,
            count: 2,
            sample: vec![person("bo"), person("ana")],
            ..MemberSample::default()
        };
        let info = RoomInfo::public(id_of(room), room);
        self.tell(Event::Joined {
            room: label(room),
            info,
            description: String::new(),
            first: 1,
            head,
            members,
        });
    }

    pub(crate) fn tell(&mut self, event: Event) {
        self.effects.extend(update(&mut self.model, event, self.now));
    }

    /// Time passes without a key.
    pub(crate) fn pass(&mut self, ms: u64) {
        self.now += ms;
        self.tell(Event::Tick);
    }

    pub(crate) fn hear(&mut self, room: &str, seq: u64, nick: &str, text: &str) {
        self.tell(Event::Message(message(room, seq, nick, text)));
    }

    /// The page of history that ends before a seq.
    pub(super) fn page(&mut self, before: u64, page: impl Iterator<Item = Message>, more: bool) {
        self.entries(before, page.map(LogEntry::Message).collect(), more);
    }

    pub(super) fn entries(&mut self, before: u64, events: Vec<LogEntry>, more: bool) {
        let room = RoomInfo::public(id_of("lobby"), "lobby");
        let (first, head, limited, reset, members) = (1, 100, false, false, None);
        let description = String::new();
        let page = Page { room, first, head, events, more, limited, reset, members, description };
        self.tell(Event::History { room: label("lobby"), before, page });
    }

    pub(crate) fn press(&mut self, code: KeyCode, modifiers: KeyModifiers) {
        self.tell(Event::Key(KeyEvent::new(code, modifiers)));
    }

    pub(crate) fn keys(&mut self, text: &str) {
        text.chars().for_each(|c| self.press(KeyCode::Char(c), KeyModifiers::NONE));
    }

    pub(crate) fn write(&mut self, text: &str) {
        self.keys(text);
        self.press(KeyCode::Enter, KeyModifiers::NONE);
    }

    pub(super) fn tab(&mut self) -> String {
        self.press(KeyCode::Tab, KeyModifiers::NONE);
        self.model.line().text().to_owned()
    }

    /// The last note of the shown room.
    pub(super) fn note(&self) -> String {
        let notes = self.model.room().entries.iter().rev().find_map(|entry| match entry {
            Entry::Note { lines, .. } => Some(lines.join("\n")),
            Entry::Said(_) => None,
        });
        notes.unwrap_or_default()
    }

    pub(super) fn seqs(&self) -> Vec<u64> {
        self.model.room().entries.iter().filter_map(Entry::seq).collect()
    }

    /// The last send among the effects.
    pub(super) fn sent(&self) -> (u64, String, Option<Cid>) {
        let sends = self.effects.iter().rev().find_map(|effect| match effect {
            Effect::Send { key, text, cid, .. } => Some((*key, text.clone(), *cid)),
            _ => None,
        });
        sends.expect("something was sent")
    }
}
