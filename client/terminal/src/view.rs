//! The screen, drawn from the state: the layout of the panes, and what depends on it.

mod entry;
mod help;
mod input;
mod log;
mod panes;

pub(crate) use entry::{day_and_time, time, utc_offset};

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::colour::Palette;
use crate::model::{Key, Model, Place};

/// The list of rooms, without the rule beside it.
const ROOMS_WIDTH: u16 = 18;
/// The list of members: only the longest nicks are cut.
const PEOPLE_WIDTH: u16 = 18;
/// The screen widths from which each list is shown; on narrower ones, the text needs the columns.
const ROOMS_FROM: u16 = 64;
const PEOPLE_FROM: u16 = 92;

/// The areas of the panes. A pane that does not fit has width 0.
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
    match &model.help {
        Some(help) => help::draw(buffer, areas.log, help, palette),
        None => log::draw(buffer, areas.log, model, palette),
    }
    panes::people(buffer, areas.people, model, palette);
    panes::status(buffer, areas.status, model, palette);
    let cursor = input::draw(buffer, areas.line, model, palette);
    frame.set_cursor_position(cursor);
}

fn areas(model: &Model) -> Areas {
    let (columns, rows) = model.size;
    let writing = input::height(model, columns).min(rows.saturating_sub(3)).max(1);
    let middle = rows.saturating_sub(2 + writing);
    let rooms = if columns >= ROOMS_FROM { ROOMS_WIDTH } else { 0 };
    let people = if columns >= PEOPLE_FROM && model.shown > 0 { PEOPLE_WIDTH } else { 0 };
    let left = if rooms > 0 { rooms + 1 } else { 0 };
    // An empty column beside the rule.
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

/// The width of the log's pane.
pub(crate) fn log_columns(model: &Model) -> usize {
    areas(model).log.width.into()
}

/// The height of the log's pane.
pub(crate) fn log_rows(model: &Model) -> usize {
    areas(model).log.height.into()
}

/// How many rows of the log are below the screen.
pub(crate) fn hidden_rows(model: &Model) -> usize {
    log::hidden(model, log_columns(model))
}

/// The place with this number of rows below the screen, or fewer near the start of the log.
pub(crate) fn place(model: &Model, below: usize) -> Option<Place> {
    let (columns, height) = (log_columns(model), log_rows(model));
    let all = log::rows(model, columns, below.saturating_add(height));
    log::place(model, columns, below.min(all.saturating_sub(height)))
}

/// The place that shows a line in the middle of the screen, or from its first row if it is taller than the
/// screen.
pub(crate) fn place_of(model: &Model, key: Key) -> Option<Place> {
    let (below, rows) = log::below(model, log_columns(model), key)?;
    let height = log_rows(model);
    let under = if rows < height { (height - rows) / 2 } else { 0 };
    place(model, (below + rows.saturating_sub(height)).saturating_sub(under))
}

/// The plain texts of what is on the screen.
pub(crate) fn bare(model: &Model) -> Vec<String> {
    let blocks = log::on_screen(model, log_columns(model), log_rows(model));
    let mut lines: Vec<String> = blocks.flat_map(|block| block.bare().into_iter().rev()).collect();
    lines.reverse();
    lines
}

/// The height of a page of help, and the most rows that can be above it.
pub(crate) fn help_page(model: &Model) -> (usize, usize) {
    let last = |help| help::last(help, log_columns(model), log_rows(model));
    (help::page(log_rows(model)), model.help.as_ref().map_or(0, last))
}

/// The highest seq before which messages are missing, on the screen or within one screen above it.
pub(crate) fn missing_on_screen(model: &Model) -> Option<u64> {
    let reach = hidden_rows(model) + 2 * log_rows(model);
    log::missing(model, log_columns(model), reach)
}

/// The room at a position of the list of rooms.
pub(crate) fn room_at(model: &Model, column: u16, row: u16) -> Option<usize> {
    let area = areas(model).rooms;
    let inside = area.contains((column, row).into());
    let at = usize::from(row.checked_sub(area.y)?) + panes::first_room(model, area.height);
    (inside && at < model.rooms.len()).then_some(at)
}
