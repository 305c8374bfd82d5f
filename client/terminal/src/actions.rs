//! What keys, commands and the server's answers do to the model: show and leave rooms, scroll, go to a find,
//! load history, send a message.

use crate::effect::Effect;
use crate::model::{Model, Outgoing};
use crate::{emoji, view};

/// Shows another page.
pub(crate) fn show(model: &mut Model, at: usize) {
    if at >= model.rooms.len() {
        return;
    }
    if at != model.shown {
        let room = model.room_mut();
        room.seen = room.last_seq();
        model.shown = at;
        model.completion = None;
    }
}

/// Asks the server to let us into the room of a page, once.
pub(crate) fn enter(model: &mut Model, at: usize, effects: &mut Vec<Effect>) {
    let room = &mut model.rooms[at];
    if !room.joined && !std::mem::replace(&mut room.asked, true) {
        effects.push(Effect::Join(room.label()));
    }
}

/// Removes a page, and shows the one before it.
pub(crate) fn remove(model: &mut Model, at: usize) {
    let mut room = model.rooms.remove(at);
    // The unsent text stays in the input history.
    room.line.take(&mut model.history);
    if model.shown >= at {
        model.shown -= 1;
    }
    model.room_mut().mark_read();
}

/// Scrolls by rows, up if positive, and loads what is missing where the screen now begins.
pub(crate) fn scroll(model: &mut Model, rows: isize, effects: &mut Vec<Effect>) {
    if rows > 0 {
        model.room_mut().cleared = None;
    }
    let below = view::hidden_rows(model).saturating_add_signed(rows);
    model.room_mut().place = view::place(model, below);
    if rows > 0
        && let Some(before) = view::missing_on_screen(model)
    {
        load(model, before, effects);
    }
}

/// Which of a search's finds to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Older,
    Newer,
    Here,
}

/// Scrolls to a find of the search.
pub(crate) fn go_to_find(model: &mut Model, way: Way) {
    let Some(search) = &mut model.room_mut().search else { return };
    match way {
        Way::Older => search.older(),
        Way::Newer => search.newer(),
        Way::Here => {}
    }
    if let Some(key) = search.here() {
        model.room_mut().place = view::place_of(model, key);
    }
}

/// Asks for the page that ends before `before`, unless one is on its way.
pub(crate) fn load(model: &mut Model, before: u64, effects: &mut Vec<Effect>) {
    if let Some(room) = model.room_label()
        && !std::mem::replace(&mut model.room_mut().loading, true)
    {
        effects.push(Effect::History { room, before });
    }
}

/// Sends a message to the room that is shown. The library holds it until there is a connection.
pub(crate) fn say(
    model: &mut Model,
    text: &str,
    is_action: bool,
    effects: &mut Vec<Effect>,
) -> Result<(), String> {
    let room = model
        .room_label()
        .ok_or("This is the server's page: nobody reads here. Join a room: /join lobby")?;
    let text = emoji::replace_names(text);
    let outgoing = Outgoing::new(model.fresh_key(), &text, is_action, model.now);
    effects.push(Effect::send(&room, &outgoing));
    let shown = model.room_mut();
    shown.outgoing.push(outgoing);
    (shown.place, shown.search) = (None, None);
    shown.seen = shown.last_seq();
    shown.mark_read();
    Ok(())
}
