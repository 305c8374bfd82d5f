//! The help, over the log: a page of it at a time.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use crate::colour::Palette;
use crate::model::Help;
use crate::paint::put_all;
use crate::wrap;

/// The width of the left column; a longer entry gets its own row.
const LEFT_MAX: usize = 20;

/// Below this width, an explanation is always on its own row.
const WIDE_FROM: usize = 56;

/// The indent of an explanation on its own row.
const INDENT: usize = 4;

/// The help at a width: the left part of each row, and its explanation.
fn rows(help: &Help, columns: usize) -> Vec<(String, String)> {
    let beside = if columns >= WIDE_FROM { LEFT_MAX } else { 0 };
    let indent = if beside > 0 { beside + 2 } else { INDENT };
    let pad = |left: &str| format!("{left}{}", " ".repeat(indent - wrap::width(left)));
    let mut rows = Vec::new();
    for (left, right) in &help.lines {
        let mut left = left.as_str();
        if wrap::width(left) > beside {
            rows.push((wrap::cut(left, columns), String::new()));
            left = "";
        }
        for row in wrap::rows(right, columns.saturating_sub(indent)) {
            rows.push((pad(left), row));
            left = "";
        }
    }
    rows
}

/// The rows of a page: the pane's last row says how to go on.
pub(super) fn page(height: usize) -> usize {
    height.saturating_sub(1).max(1)
}

/// The most rows that can be above the page.
pub(super) fn last(help: &Help, columns: usize, height: usize) -> usize {
    rows(help, columns).len().saturating_sub(page(height))
}

/// Draws a page, and says how to go on.
pub(super) fn draw(buffer: &mut Buffer, area: Rect, help: &Help, palette: Palette) {
    let (columns, height) = (usize::from(area.width), usize::from(area.height));
    let rows = rows(help, columns);
    let top = help.top.min(rows.len().saturating_sub(page(height)));
    let shown = rows.iter().skip(top).take(page(height));
    for (y, (left, right)) in (0..area.height).zip(shown) {
        let pieces = [(left.clone(), palette.accent()), (right.clone(), Style::new())];
        put_all(buffer, area, y, &pieces);
    }
    let end = (top + page(height)).min(rows.len());
    let next = if end == rows.len() { "Esc: back" } else { "Space: the next page, Esc: back" };
    let text = wrap::cut(&format!(" {next} (help, {end} of {} lines)", rows.len()), columns);
    let air = " ".repeat(columns.saturating_sub(wrap::width(&text)));
    let style = palette.accent().add_modifier(Modifier::REVERSED);
    if let Some(bottom) = area.height.checked_sub(1) {
        put_all(buffer, area, bottom, &[(text + &air, style)]);
    }
}
