//! Changes the state: takes an event, and returns effects.
//!
//! The loop in `run` calls it, and carries out the effects. It has no I/O and no clock.

mod keys;
mod on_account;
mod on_event;
mod on_filters;
mod on_own_rooms;
mod on_profiles;
mod on_search;
mod prompt;

use crate::actions::{say, scroll, show};
use crate::commands::{self, Input};
use crate::composer::BYTES_MAX;
use crate::effect::{Attendance, Effect};
use crate::event::Event;
use crate::model::{Away, ConnectionState, Model, Tone};
use crate::{sanitize, view};

/// How often the lag is measured: often enough to be current, rarely enough to cost nothing.
const LAG_MS: u64 = 10_000;

/// After this time without a key nobody is at the device: long enough to read a page.
const IDLE_MS: u64 = 10 * 60_000;

/// Handles an event that happened at `now` (Unix milliseconds).
pub(crate) fn update(model: &mut Model, event: Event, now: u64) -> Vec<Effect> {
    let mut effects = Vec::new();
    model.now = now;
    if is_touch(&event) {
        touched(model, &mut effects);
    }
    match event {
        Event::Key(key) => keys::press(model, key, &mut effects),
        Event::Paste(text) if prompt::paste(model, &text) => {}
        Event::Paste(text) => {
            model.completion = None;
            paste(model, &text);
        }
        Event::Wheel(rows) => match &mut model.help {
            Some(help) => help.top = help.top.saturating_add_signed(-rows),
            None => scroll(model, rows, &mut effects),
        },
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
        Event::Stop => effects.push(Effect::Suspend),
        Event::Tick => tick(model, &mut effects),
        other => on_event::on_event(model, other, &mut effects),
    }
    model.room_mut().keep_place();
    if model.is_seen(model.shown) {
        model.room_mut().mark_read();
    }
    effects
}

/// Whether somebody is at the device.
fn is_touch(event: &Event) -> bool {
    matches!(
        event,
        Event::Key(_)
            | Event::Paste(_)
            | Event::Wheel(_)
            | Event::Click { .. }
            | Event::Focus(true)
    )
}

fn touched(model: &mut Model, effects: &mut Vec<Effect>) {
    model.touched_at = model.now;
    if model.away == Away::Idle {
        model.away = Away::No;
        effects.push(Effect::Attend { attendance: Attendance::Here, aloud: false });
    }
}

fn tick(model: &mut Model, effects: &mut Vec<Effect>) {
    let now = model.now;
    let is_idle = model.idles && model.me.is_some() && now >= model.touched_at + IDLE_MS;
    if is_idle && model.away == Away::No {
        model.away = Away::Idle;
        effects.push(Effect::Attend { attendance: Attendance::Away, aloud: false });
    }
    model.rooms.iter_mut().for_each(|room| room.forget_typing(now));
    let due = model.connection == ConnectionState::Live && now >= model.asked_at + LAG_MS;
    if let Some(room) = model.room_label().filter(|_| due && model.room().joined) {
        model.asked_at = now;
        // The answer measures the lag, and refreshes the member sample of a large room.
        effects.push(Effect::Members { room, aloud: false });
    }
}

fn focus(model: &mut Model, focused: bool) {
    if model.focused && !focused {
        let room = model.room_mut();
        room.seen = room.last_seq();
    }
    model.focused = focused;
}

/// A paste is one text, however many lines it has. Only Enter sends it.
fn paste(model: &mut Model, text: &str) {
    let text = sanitize::without_sequences(&text.replace("\r\n", "\n").replace('\r', "\n"));
    insert(model, &text);
    if text.contains(char::REPLACEMENT_CHARACTER) {
        let sentence =
            "The paste contained bytes that are not UTF-8: each is shown as \u{fffd} here.";
        model.note(Tone::Error, sentence);
    }
}

/// Inserts a text at the cursor, and reports how much of a paste did not fit.
fn insert(model: &mut Model, text: &str) {
    let left = model.line_mut().insert(text);
    // For single keys, the status bar reports it. A paste would be cut silently.
    if left > 0 && text.len() > char::MAX.len_utf8() {
        let sentence = format!(
            "{left} bytes did not fit: a message that is being written has at most {BYTES_MAX}."
        );
        model.note(Tone::Error, &sentence);
    }
}

/// Enter was pressed: runs a command or sends a message.
fn enter(model: &mut Model, effects: &mut Vec<Effect>) {
    let written = match commands::is_secret(model.line().text()) {
        true => model.line_mut().take_unremembered(),
        false => {
            let (line, history) = model.line_and_history();
            line.take(history)
        }
    };
    let offer = model.offer.take().filter(|_| written.trim().is_empty());
    let line = offer.as_deref().unwrap_or(&written).trim_end();
    if line.trim().is_empty() {
        return;
    }
    let text = match commands::read(line) {
        Input::Text(text) => text,
        Input::Command { name, argument } => {
            return commands::run(model, name, argument, effects);
        }
    };
    if let Err(sentence) = say(model, text, false, effects) {
        model.note(Tone::Error, &sentence);
    }
}
