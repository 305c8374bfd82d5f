//! The state of the client: everything that the screen shows, and nothing else.
//!
//! `update` changes it, `view` draws it. It has no socket, no terminal and no clock: events bring the time.

mod completion;
mod help;
mod holes;
mod label;
mod outgoing;
pub(crate) mod own;
mod prompt;
mod room;
mod search;
mod settings;

pub(crate) use completion::Completion;
pub(crate) use help::{Help, HelpLine};
pub(crate) use label::RoomLabel;
pub(crate) use outgoing::{Failure, Outgoing, SendState};
pub(crate) use own::OwnRooms;
pub(crate) use prompt::{Prompt, Purpose, Question};
pub(crate) use room::{Entry, Key, Member, Place, Room, Said, Tone};
pub(crate) use search::{Search, places};
pub(crate) use settings::{Ignored, Settings};

use std::time::Duration;

use jiff::tz::TimeZone;
use throng_protocol::{PersonId, Presence, Role, RoomId, RoomName, SearchMessages};

use crate::composer::Composer;
use crate::input_history::InputHistory;

/// The whole state.
#[derive(Debug)]
pub(crate) struct Model {
    /// Where the server is, as the person wrote it.
    pub(crate) server: String,
    pub(crate) connection: ConnectionState,
    pub(crate) me: Option<Me>,
    /// What the person may do on the whole server.
    pub(crate) role: Role,
    /// How the person is shown, by what all their devices say.
    pub(crate) presence: Presence,
    /// Whether this device has said that nobody is at it.
    pub(crate) away: Away,
    /// Whether nobody is at it after a while without keys. A pipe has none.
    pub(crate) idles: bool,
    /// When something was typed or moved last.
    pub(crate) touched_at: u64,
    /// The first one is the server's page, for notes that belong to no room.
    pub(crate) rooms: Vec<Room>,
    pub(crate) shown: usize,
    /// The rooms that the server keeps for the person.
    pub(crate) own: OwnRooms,
    /// Whether a page is opened for each of them.
    pub(crate) opens_own: bool,
    pub(crate) history: InputHistory,
    pub(crate) settings: Settings,
    /// The suggested command, which Enter runs while the line is empty.
    pub(crate) offer: Option<String>,
    /// The search for what comes after the last hits.
    pub(crate) next_search: Option<SearchMessages>,
    /// The help, while it is open.
    pub(crate) help: Option<Help>,
    pub(crate) completion: Option<Completion>,
    /// The question for a password, while it stands in place of the line.
    pub(crate) prompt: Option<Prompt>,
    /// The longest text that the server takes, in bytes; `None` before its greeting.
    pub(crate) text_max: Option<usize>,
    /// How long the last answer took.
    pub(crate) lag: Option<Duration>,
    /// Columns and rows of the terminal.
    pub(crate) size: (u16, u16),
    /// Whether this terminal window has the focus, if the terminal reports that.
    pub(crate) focused: bool,
    /// Unix milliseconds.
    pub(crate) now: u64,
    pub(crate) zone: TimeZone,
    /// When the lag was last measured.
    pub(crate) asked_at: u64,
    /// When Ctrl-C was pressed on an empty line.
    pub(crate) leaving_at: Option<u64>,
    pub(crate) keys: u64,
    /// How many pages there have ever been besides the server's.
    pages: u64,
}

/// The state of the connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ConnectionState {
    Connecting {
        attempt: u32,
    },
    Live,
    CatchingUp {
        rooms: usize,
    },
    Offline {
        why: String,
        until: u64,
    },
    /// Ended for good; `next` says what the person can do about it.
    Closed {
        why: String,
        next: &'static str,
    },
}

/// Whether nobody is at this device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Away {
    No,
    /// The person said so, and says when it is over.
    ByHand,
    /// Nothing was typed for a while: the next key ends it.
    Idle,
}

/// The person that this client is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Me {
    pub(crate) id: PersonId,
    pub(crate) nick: String,
}

impl Model {
    pub(crate) fn new(server: &str, zone: TimeZone, now: u64) -> Self {
        Self {
            server: crate::sanitize::line(server),
            connection: ConnectionState::Connecting { attempt: 1 },
            me: None,
            role: Role::Guest,
            presence: Presence::Online,
            away: Away::No,
            idles: true,
            touched_at: now,
            rooms: vec![Room::new(0, &RoomLabel::named("throng"))],
            shown: 0,
            own: OwnRooms::default(),
            opens_own: true,
            history: InputHistory::default(),
            settings: Settings::default(),
            offer: None,
            next_search: None,
            help: None,
            completion: None,
            prompt: None,
            text_max: None,
            lag: None,
            size: (80, 24),
            focused: true,
            now,
            zone,
            asked_at: 0,
            leaving_at: None,
            keys: 0,
            pages: 0,
        }
    }

    pub(crate) fn room(&self) -> &Room {
        &self.rooms[self.shown]
    }

    pub(crate) fn room_mut(&mut self) -> &mut Room {
        &mut self.rooms[self.shown]
    }

    /// The text that is being written in the shown room.
    pub(crate) fn line(&self) -> &Composer {
        &self.room().line
    }

    pub(crate) fn line_mut(&mut self) -> &mut Composer {
        &mut self.room_mut().line
    }

    /// The text, and the history that all rooms share.
    pub(crate) fn line_and_history(&mut self) -> (&mut Composer, &mut InputHistory) {
        (&mut self.rooms[self.shown].line, &mut self.history)
    }

    /// What the room is called that is shown, with its sign; `None` on the server's page.
    pub(crate) fn room_title(&self) -> Option<String> {
        (self.shown > 0).then(|| self.room().title())
    }

    /// What a room is called, with its sign.
    pub(crate) fn titled(&self, room: &RoomLabel) -> String {
        let known = || room.id.and_then(|id| self.own.find(id)).map(own::title);
        let page = room.id.and_then(|id| self.find_id(id)).map(|at| self.rooms[at].title());
        page.or_else(known).unwrap_or_else(|| format!("#{}", crate::sanitize::line(&room.name)))
    }

    /// The room that is shown; `None` on the server's page.
    pub(crate) fn room_label(&self) -> Option<RoomLabel> {
        (self.shown > 0).then(|| self.room().label())
    }

    /// The room that events of this id are about.
    pub(crate) fn find_id(&self, id: RoomId) -> Option<usize> {
        self.rooms.iter().position(|room| room.id == Some(id))
    }

    /// The page of a room that was asked about. It may have got an id since then, or another id.
    pub(crate) fn find(&self, room: &RoomLabel) -> Option<usize> {
        room.id.and_then(|id| self.find_id(id)).or_else(|| self.find_name(&room.name))
    }

    /// A room by its name. Names that differ only in case or in look-alike letters are the same.
    pub(crate) fn find_name(&self, name: &str) -> Option<usize> {
        let fold = RoomName::parse(name).ok()?.fold();
        let same = |room: &Room| RoomName::parse(&room.name).is_ok_and(|name| name.fold() == fold);
        self.rooms.iter().skip(1).position(same).map(|at| at + 1)
    }

    /// The page of a room; added if there is none.
    pub(crate) fn find_or_add(&mut self, room: &RoomLabel) -> usize {
        self.find(room).unwrap_or_else(|| self.add(room))
    }

    /// A page for a room that has none.
    pub(crate) fn add(&mut self, room: &RoomLabel) -> usize {
        self.pages += 1;
        let number = self.pages;
        self.rooms.push(Room::new(number, room));
        self.rooms.len() - 1
    }

    /// A send that is not in the log yet, in any room.
    pub(crate) fn outgoing_mut(&mut self, key: u64) -> Option<&mut Outgoing> {
        self.rooms.iter_mut().find_map(|room| room.outgoing_mut(key))
    }

    /// Whether this message is hidden, since the person ignores its sender.
    pub(crate) fn hides(&self, said: &Said) -> bool {
        self.settings.ignores(said.from, &said.nick)
    }

    /// The person who last had this nick, as far as this client knows.
    pub(crate) fn person(&self, nick: &str) -> Option<PersonId> {
        let is = |other: &str| other.to_lowercase() == nick.to_lowercase();
        let shown = std::iter::once(self.room());
        shown.chain(&self.rooms).find_map(|room| {
            let spoke = room.entries.iter().rev().find_map(|entry| match entry {
                Entry::Said(said) if is(&said.nick) => Some(said.from),
                _ => None,
            });
            let there = room.people.sample.iter().find(|member| is(&member.nick));
            there.map(|member| member.id).or(spoke)
        })
    }

    /// How many rows of the help are above the screen, while it is open.
    pub(crate) fn help_top(&self) -> Option<usize> {
        self.help.as_ref().map(|help| help.top)
    }

    /// Puts a note on the page that is shown.
    pub(crate) fn note(&mut self, tone: Tone, text: &str) {
        self.note_in(self.shown, tone, text);
    }

    pub(crate) fn note_in(&mut self, at: usize, tone: Tone, text: &str) {
        let now = self.now;
        if let Some(room) = self.rooms.get_mut(at) {
            room.push(Entry::note(now, tone, text));
        }
    }

    pub(crate) fn fresh_key(&mut self) -> u64 {
        self.keys += 1;
        self.keys
    }

    /// Whether the person sees the end of this room's log.
    pub(crate) fn is_seen(&self, at: usize) -> bool {
        at == self.shown && self.focused && self.help.is_none() && self.rooms[at].place.is_none()
    }

    /// The unread mentions in all rooms.
    pub(crate) fn mentions(&self) -> usize {
        self.rooms.iter().map(|room| room.mentions).sum()
    }

    /// The title of the terminal.
    pub(crate) fn title(&self) -> String {
        let place = match self.room_title() {
            Some(title) => format!("{title} · throng"),
            None => "throng".to_owned(),
        };
        match self.mentions() {
            0 => place,
            mentions => format!("({mentions}) {place}"),
        }
    }
}
