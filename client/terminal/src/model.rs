//! The state of the client: all that the screen is drawn from, and nothing else.
//!
//! `update` changes it, `view` draws it. It knows no socket, no terminal and no clock: the time
//! comes in with the events.

mod room;

pub(crate) use room::{Entry, Outgoing, Room, Said, Standing, Tone};

use std::time::Duration;

use jiff::tz::TimeZone;
use throng_protocol::{PersonId, RoomName};

use crate::complete::Completion;
use crate::line::Line;

/// All that the client knows.
#[derive(Debug)]
pub(crate) struct Model {
    /// Where the server is, as the person wrote it.
    pub(crate) server: String,
    pub(crate) link: Link,
    pub(crate) me: Option<Me>,
    /// The first one is the server's own page, where notes go that belong to no room.
    pub(crate) rooms: Vec<Room>,
    pub(crate) shown: usize,
    pub(crate) line: Line,
    pub(crate) completion: Option<Completion>,
    /// How long the last answer took.
    pub(crate) lag: Option<Duration>,
    /// Columns and rows of the terminal.
    pub(crate) size: (u16, u16),
    /// Whether the person looks at this terminal, as far as it tells.
    pub(crate) focused: bool,
    /// Unix milliseconds.
    pub(crate) now: u64,
    pub(crate) zone: TimeZone,
    /// When the lag was last asked for.
    pub(crate) asked_at: u64,
    /// When Ctrl-C was pressed on an empty line.
    pub(crate) leaving_at: Option<u64>,
    pub(crate) keys: u64,
}

/// How the connection is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Link {
    Connecting { attempt: u32 },
    Live,
    CatchingUp { rooms: usize },
    Offline { why: String, until: u64 },
    Closed { why: String },
}

/// Who we are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Me {
    pub(crate) id: PersonId,
    pub(crate) nick: String,
}

impl Model {
    pub(crate) fn new(server: &str, zone: TimeZone, now: u64) -> Self {
        Self {
            server: crate::neutral::line(server),
            link: Link::Connecting { attempt: 1 },
            me: None,
            rooms: vec![Room::new("throng")],
            shown: 0,
            line: Line::default(),
            completion: None,
            lag: None,
            size: (80, 24),
            focused: true,
            now,
            zone,
            asked_at: 0,
            leaving_at: None,
            keys: 0,
        }
    }

    pub(crate) fn room(&self) -> &Room {
        &self.rooms[self.shown]
    }

    pub(crate) fn room_mut(&mut self) -> &mut Room {
        &mut self.rooms[self.shown]
    }

    /// The name of the room that is shown; `None` on the server's page.
    pub(crate) fn room_name(&self) -> Option<String> {
        (self.shown > 0).then(|| self.room().name.clone())
    }

    /// A room by its name, which is the same in any case and in letters that look alike.
    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        let fold = RoomName::parse(name).ok()?.fold();
        let same = |room: &Room| RoomName::parse(&room.name).is_ok_and(|name| name.fold() == fold);
        self.rooms.iter().skip(1).position(same).map(|at| at + 1)
    }

    /// A room by its name, made if it is not there.
    pub(crate) fn find_or_add(&mut self, name: &str) -> usize {
        self.find(name).unwrap_or_else(|| {
            self.rooms.push(Room::new(name));
            self.rooms.len() - 1
        })
    }

    /// Puts a note on the page that is shown.
    pub(crate) fn note(&mut self, tone: Tone, text: &str) {
        self.note_in(self.shown, tone, text);
    }

    pub(crate) fn note_in(&mut self, at: usize, tone: Tone, text: &str) {
        let (now, columns) = (self.now, crate::view::log_columns(self));
        if let Some(room) = self.rooms.get_mut(at) {
            room.push(Entry::note(now, tone, text), columns);
        }
    }

    pub(crate) fn fresh_key(&mut self) -> u64 {
        self.keys += 1;
        self.keys
    }

    /// Whether what stands at the end of the shown room is before somebody's eyes.
    pub(crate) fn is_seen(&self, at: usize) -> bool {
        at == self.shown && self.focused && self.rooms[at].scroll == 0
    }

    /// The mentions in all rooms that nobody has seen.
    pub(crate) fn mentions(&self) -> usize {
        self.rooms.iter().map(|room| room.mentions).sum()
    }

    /// The title of the terminal.
    pub(crate) fn title(&self) -> String {
        let place = match self.room_name() {
            Some(name) => format!("#{name} · throng"),
            None => "throng".to_owned(),
        };
        match self.mentions() {
            0 => place,
            mentions => format!("({mentions}) {place}"),
        }
    }
}
