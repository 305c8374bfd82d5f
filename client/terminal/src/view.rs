//! The screen, drawn from the state: where each pane lies, and what follows from it.

pub(crate) mod log;
mod panes;
#[cfg(test)]
mod tests;
mod writing;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::colour::Palette;
use crate::model::Model;

/// The list of rooms, without its rule.
const ROOMS_WIDTH: u16 = 18;
/// The list of members: a nick of the longest kind is cut, most are not.
const PEOPLE_WIDTH: u16 = 18;
/// Below so many columns the text needs the room more than the lists do.
const ROOMS_FROM: u16 = 64;
const PEOPLE_FROM: u16 = 92;

/// Where the panes lie. A pane that does not fit has no width.
pub(crate) struct Areas {
    heading: Rect,
    rooms: Rect,
    log: Rect,
    people: Rect,
    status: Rect,
    line: Rect,
}

/// Draws everything.
pub(crate) fn draw(frame: &mut Frame<'_>, model: &Model, palette: Palette) {
    let areas = areas(model);
    let buffer = frame.buffer_mut();
    panes::heading(buffer, areas.heading, model, palette);
    panes::rooms(buffer, areas.rooms, model, palette);
    log::draw(buffer, areas.log, model, palette);
    panes::people(buffer, areas.people, model, palette);
    panes::status(buffer, areas.status, model, palette);
    let cursor = writing::draw(buffer, areas.line, model, palette);
    frame.set_cursor_position(cursor);
}

fn areas(model: &Model) -> Areas {
    let (columns, rows) = model.size;
    let writing = writing::height(model, columns).min(rows.saturating_sub(3)).max(1);
    let middle = rows.saturating_sub(2 + writing);
    let rooms = if columns >= ROOMS_FROM { ROOMS_WIDTH } else { 0 };
    let people = if columns >= PEOPLE_FROM && model.shown > 0 { PEOPLE_WIDTH } else { 0 };
    let left = if rooms > 0 { rooms + 1 } else { 0 };
    // A column of air beside the rule.
    let air = u16::from(rooms > 0);
    let right = if people > 0 { people + 1 } else { 0 };
    Areas {
        heading: Rect::new(0, 0, columns, rows.min(1)),
        rooms: Rect::new(0, 1, left, middle),
        log: Rect::new(left + air, 1, columns - left - air - right, middle),
        people: Rect::new(columns - right, 1, right, middle),
        status: Rect::new(0, 1 + middle, columns, rows.saturating_sub(1 + middle).min(1)),
        line: Rect::new(0, rows.saturating_sub(writing), columns, writing.min(rows)),
    }
}

/// The columns of the log's pane.
pub(crate) fn log_columns(model: &Model) -> usize {
    areas(model).log.width.into()
}

/// The rows of the log's pane.
pub(crate) fn log_rows(model: &Model) -> usize {
    areas(model).log.height.into()
}

/// How far one can scroll up in the shown room.
pub(crate) fn scroll_max(model: &Model) -> usize {
    log::rows(model, log_columns(model), usize::MAX).saturating_sub(log_rows(model))
}

/// The seq before which messages are missing on the screen or within a screen above it.
pub(crate) fn missing_on_screen(model: &Model) -> Option<u64> {
    let reach = model.room().scroll + 2 * log_rows(model);
    log::missing(model, log_columns(model), reach)
}

/// Which room stands at a place of the screen.
pub(crate) fn room_at(model: &Model, column: u16, row: u16) -> Option<usize> {
    let area = areas(model).rooms;
    let inside = area.contains((column, row).into());
    let at = usize::from(row.checked_sub(area.y)?) + panes::first_room(model, area.height);
    (inside && at < model.rooms.len()).then_some(at)
}
