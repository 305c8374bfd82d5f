//! What happens to the state: an event in, the changed state and the effects out.
//!
//! The loop in `run` feeds it, and carries out the effects. It has no I/O and no clock.

mod heard;
mod keys;
#[cfg(test)]
pub(crate) mod tests;

use std::time::Duration;

use crossterm::event::KeyEvent;
use throng_protocol::{Cid, MemberSample, Message, Page, PersonId, RoomsPage, User};

use crate::model::{Link, Model, Outgoing, Standing, Tone};
use crate::{commands, view};

/// How often the lag is measured: often enough to be believed, seldom enough to be nothing.
const LAG_MS: u64 = 10_000;

/// Something that happened.
#[derive(Debug)]
pub(crate) enum Event {
    Key(KeyEvent),
    Paste(String),
    /// Rows up (negative: down), at a column and row of the screen.
    Wheel(isize),
    Click {
        column: u16,
        row: u16,
    },
    Resize(u16, u16),
    Focus(bool),
    /// Time passed.
    Tick,
    Link(Link),
    Greeted {
        user: User,
        notice: Option<String>,
    },
    Heard(Message),
    Gap {
        room: String,
        first: u64,
        head: u64,
        reset: bool,
    },
    Joined {
        room: String,
        first: u64,
        head: u64,
        members: MemberSample,
    },
    Left {
        room: String,
    },
    Typing {
        room: String,
        who: Vec<String>,
    },
    Members {
        room: String,
        count: u64,
        change: Change,
    },
    /// A send got its cid, before anything else is heard of it.
    Named {
        room: String,
        key: u64,
        cid: Cid,
    },
    Sent {
        room: String,
        key: u64,
    },
    Unsent {
        room: String,
        key: u64,
        why: String,
    },
    History {
        room: String,
        page: Page,
    },
    /// The answer to a question about who is there; `aloud` when the person asked.
    Who {
        room: String,
        members: MemberSample,
        aloud: bool,
    },
    Listed(RoomsPage),
    Renamed(User),
    /// An answer came after so long.
    Lag(Duration),
    /// A question was refused. `room` is the one that it was about.
    Refused {
        room: Option<String>,
        asked: Asked,
        why: String,
    },
}

/// What was asked for when it was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Join,
    History,
    Quietly,
    Else,
}

/// What is known of a change of members.
#[derive(Debug)]
pub(crate) enum Change {
    Sample(Vec<User>),
    Moved { joined: Vec<User>, left: Vec<PersonId> },
    Count,
}

/// Something to be done outside.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Effect {
    Send {
        room: String,
        key: u64,
        cid: Option<Cid>,
        text: String,
        is_action: bool,
    },
    Join(String),
    Leave(String),
    /// The page that ends before this seq.
    History {
        room: String,
        before: u64,
    },
    Members {
        room: String,
        aloud: bool,
    },
    Rooms {
        after: Option<String>,
    },
    Rename(String),
    Typing(String),
    Bell,
    Suspend,
    Redraw,
    Quit,
}

impl Effect {
    pub(crate) fn send(room: &str, outgoing: &Outgoing) -> Self {
        Self::Send {
            room: room.to_owned(),
            key: outgoing.key,
            cid: outgoing.cid,
            text: outgoing.text.clone(),
            is_action: outgoing.is_action,
        }
    }
}

/// Takes an event that happened at `now` (Unix milliseconds).
pub(crate) fn update(model: &mut Model, event: Event, now: u64) -> Vec<Effect> {
    let mut effects = Vec::new();
    model.now = now;
    match event {
        Event::Key(key) => keys::press(model, key, &mut effects),
        Event::Paste(text) => {
            model.completion = None;
            model.line.insert(&text.replace("\r\n", "\n").replace('\r', "\n"));
        }
        Event::Wheel(rows) => scroll(model, rows, &mut effects),
        Event::Click { column, row } => {
            if let Some(at) = view::room_at(model, column, row) {
                show(model, at);
            }
        }
        Event::Resize(columns, rows) => {
            model.size = (columns, rows);
            scroll(model, 0, &mut effects);
            effects.push(Effect::Redraw);
        }
        Event::Focus(focused) => focus(model, focused),
        Event::Tick => tick(model, &mut effects),
        heard => heard::take(model, heard, &mut effects),
    }
    effects
}

fn tick(model: &mut Model, effects: &mut Vec<Effect>) {
    let now = model.now;
    model.rooms.iter_mut().for_each(|room| room.forget_typing(now));
    let due = model.link == Link::Live && now >= model.asked_at + LAG_MS;
    if let Some(room) = model.room_name().filter(|_| due && model.room().joined) {
        model.asked_at = now;
        // Its answer tells the lag, and brings a large room's sample up to date.
        effects.push(Effect::Members { room, aloud: false });
    }
}

fn focus(model: &mut Model, focused: bool) {
    if model.focused && !focused {
        let room = model.room_mut();
        room.seen = room.last_seq();
    }
    model.focused = focused;
    if model.is_seen(model.shown) {
        model.room_mut().mark_read();
    }
}

/// Shows another page.
pub(crate) fn show(model: &mut Model, at: usize) {
    if at >= model.rooms.len() {
        return;
    }
    if at != model.shown {
        let room = model.room_mut();
        room.seen = room.last_seq();
        model.shown = at;
    }
    if model.is_seen(at) {
        model.room_mut().mark_read();
    }
}

/// Takes a page away, and shows the one before it.
pub(crate) fn remove(model: &mut Model, at: usize) {
    model.rooms.remove(at);
    if model.shown >= at {
        model.shown -= 1;
    }
    model.room_mut().mark_read();
}

/// Scrolls by rows, up if positive, and loads what is missing where the screen now begins.
pub(crate) fn scroll(model: &mut Model, rows: isize, effects: &mut Vec<Effect>) {
    let most = view::scroll_max(model);
    let room = model.room_mut();
    room.scroll = room.scroll.saturating_add_signed(rows).min(most);
    if room.scroll == 0 && model.is_seen(model.shown) {
        model.room_mut().mark_read();
    }
    if rows > 0
        && let Some(before) = view::missing_on_screen(model)
    {
        load(model, before, effects);
    }
}

/// Asks for the page that ends before `before`, unless one is on its way.
pub(crate) fn load(model: &mut Model, before: u64, effects: &mut Vec<Effect>) {
    if let Some(name) = model.room_name()
        && !std::mem::replace(&mut model.room_mut().loading, true)
    {
        effects.push(Effect::History { room: name, before });
    }
}

/// Says something in the room that is shown, once there is a connection.
pub(crate) fn say(
    model: &mut Model,
    text: &str,
    is_action: bool,
    effects: &mut Vec<Effect>,
) -> Result<(), String> {
    let room = model
        .room_name()
        .ok_or("This is the server's page: nobody reads here. Join a room: /join lobby")?;
    let (key, at) = (model.fresh_key(), model.now);
    let text = text.to_owned();
    let outgoing = Outgoing { key, cid: None, text, is_action, at, standing: Standing::Pending };
    effects.push(Effect::send(&room, &outgoing));
    let shown = model.room_mut();
    shown.outgoing.push(outgoing);
    shown.scroll = 0;
    shown.seen = shown.last_seq();
    shown.mark_read();
    Ok(())
}

/// The line was finished: a command, or something to say.
fn enter(model: &mut Model, effects: &mut Vec<Effect>) {
    let line = model.line.take();
    let line = line.trim_end();
    if line.trim().is_empty() {
        return;
    }
    if line.starts_with('/') && !line.starts_with("//") {
        return commands::run(model, line, effects);
    }
    let text = if line.starts_with("//") { &line[1..] } else { line };
    if let Err(sentence) = say(model, text, false, effects) {
        model.note(Tone::Trouble, &sentence);
    }
}
