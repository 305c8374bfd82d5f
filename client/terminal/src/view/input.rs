//! The input line: it grows to a few rows, and the cursor stays on the screen.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation;

use crate::colour::Palette;
use crate::model::Model;
use crate::paint::put;
use crate::sanitize;
use crate::wrap;

/// A longer text scrolls, so that the log stays visible.
const ROWS_MAX: usize = 5;

/// The placeholder until the person has written something.
const START: &str = "Write a message, or /help";

/// The rows of the text, and the row and column of the cursor.
struct Laid {
    rows: Vec<String>,
    cursor: (usize, usize),
}

/// What the person should know about the text before sending it.
pub(super) fn hint(model: &Model) -> Option<String> {
    if model.prompt.is_some() {
        return Some("not shown; Enter sends it, Esc cancels".to_owned());
    }
    let text = model.line().text();
    let over = model.text_max.map_or(0, |max| text.len().saturating_sub(max));
    match text.lines().count() {
        _ if over > 0 => Some(format!("{over} bytes too long for this server")),
        _ if model.line().is_full() => Some("full: no more fits into one message".to_owned()),
        rows if rows > 1 => Some(format!("{rows} lines, Enter sends them as one message")),
        _ => None,
    }
}

/// The height of the input line.
pub(super) fn height(model: &Model, columns: u16) -> u16 {
    u16::try_from(lay(model, columns, ROWS_MAX).rows.len().min(ROWS_MAX)).unwrap_or(1)
}

/// Draws it, and returns the cursor's position.
pub(super) fn draw(buffer: &mut Buffer, area: Rect, model: &Model, palette: Palette) -> Position {
    let laid = lay(model, area.width, usize::MAX);
    let height = usize::from(area.height);
    let first = (laid.cursor.0 + 1).saturating_sub(height);
    let prompt = prompt(model, area.width);
    let indent = u16::try_from(wrap::width(&prompt)).unwrap_or(0);
    if first == 0 {
        put(buffer, area.x, area.y, area.right(), &prompt, palette.quiet());
    }
    if model.prompt.is_some() {
        return Position::new(area.x + indent, area.y);
    }
    let start = (model.history.end() == 0).then_some(START);
    if let Some(hint) = model.offer.as_deref().or(start).filter(|_| model.line().text().is_empty())
    {
        let hint = wrap::cut(hint, usize::from(area.width.saturating_sub(indent)));
        put(buffer, area.x + indent, area.y, area.right(), &hint, palette.quiet());
    }
    for (y, row) in (area.y..area.bottom()).zip(laid.rows.iter().skip(first)) {
        put(buffer, area.x + indent, y, area.right(), row, Style::new());
    }
    let (row, column) = laid.cursor;
    let at = |value: usize| u16::try_from(value).unwrap_or(u16::MAX);
    Position::new(area.x + indent + at(column), area.y + at(row - first))
}

fn prompt(model: &Model, columns: u16) -> String {
    if let Some(prompt) = &model.prompt {
        return wrap::cut(&format!("{} › ", prompt.label()), usize::from(columns));
    }
    match model.room_title() {
        Some(title) => format!("{} › ", wrap::cut(&title, usize::from(columns / 3) + 1)),
        None => "› ".to_owned(),
    }
}

/// The first rows of the text, at least `least` if there are as many: the height is asked for often, and a
/// paste may be long.
fn lay(model: &Model, columns: u16, least: usize) -> Laid {
    if model.prompt.is_some() {
        return Laid { rows: vec![String::new()], cursor: (0, 0) };
    }
    let indent = wrap::width(&prompt(model, columns));
    // One column stays free for the cursor after the last character.
    let columns = usize::from(columns).saturating_sub(indent + 1).max(2);
    let (mut rows, mut row, mut used, mut cursor) = (Vec::new(), String::new(), 0, (0, 0));
    for (at, sign) in model.line().text().grapheme_indices(true) {
        if rows.len() >= least {
            break;
        }
        let ends = sign == "\n";
        let shown = if ends { "⏎".to_owned() } else { sanitize::line(sign) };
        let wide = wrap::width(&shown);
        if used + wide > columns {
            rows.push(std::mem::take(&mut row));
            used = 0;
        }
        if at == model.line().cursor() {
            cursor = (rows.len(), used);
        }
        row.push_str(&shown);
        used += wide;
        if ends {
            rows.push(std::mem::take(&mut row));
            used = 0;
        }
    }
    if model.line().cursor() == model.line().text().len() {
        cursor = (rows.len(), used);
    }
    rows.push(row);
    Laid { rows, cursor }
}
