//! Draws text into cells: by graphemes and their width, with bidirectional text isolated.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation;

use crate::sanitize;
use crate::wrap::sign_width;

/// Adjacent pieces of text, each with a style.
pub(crate) type Pieces = Vec<(String, Style)>;

/// A row: what stands on the left, where each piece has its own direction, and a text, whose pieces are
/// ordered as one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Row {
    pub(crate) left: Pieces,
    pub(crate) text: Pieces,
}

/// Draws `text` at a position, at most up to the column `end`, and returns the column after it.
///
/// Characters of no width (combining marks, bidirectional isolates) go into the cell before them. There the
/// terminal keeps them, and redrawing a part of the row loses none.
pub(crate) fn put(buffer: &mut Buffer, x: u16, y: u16, end: u16, text: &str, style: Style) -> u16 {
    put_signs(buffer, x, y, end, &sanitize::isolated(text), style)
}

fn put_signs(buffer: &mut Buffer, x: u16, y: u16, end: u16, text: &str, style: Style) -> u16 {
    let mut x = x;
    for sign in text.graphemes(true) {
        let wide = u16::try_from(sign_width(sign)).unwrap_or(2);
        if wide == 0 {
            let before = buffer.cell_mut((x.saturating_sub(1), y));
            if let Some(cell) = before.filter(|_| x > 0) {
                let joined = format!("{}{sign}", cell.symbol());
                cell.set_symbol(&joined);
            }
            continue;
        }
        if x + wide > end {
            break;
        }
        if let Some(cell) = buffer.cell_mut((x, y)) {
            cell.set_symbol(sign).set_style(style);
        }
        for hidden in x + 1..x + wide {
            if let Some(cell) = buffer.cell_mut((hidden, y)) {
                cell.reset();
            }
        }
        x += wide;
    }
    x
}

/// Draws pieces of different styles one after another on a row of `area`.
pub(crate) fn put_all(buffer: &mut Buffer, area: Rect, row: u16, pieces: &[(String, Style)]) {
    let mut x = area.x;
    if row < area.height {
        for (text, style) in pieces {
            x = put(buffer, x, area.y + row, area.right(), text, *style);
        }
    }
}

/// Draws a row of a text in `area`.
pub(crate) fn put_row(buffer: &mut Buffer, area: Rect, at: u16, row: &Row) {
    if at >= area.height {
        return;
    }
    let (y, end) = (area.y + at, area.right());
    let mut x = area.x;
    for (text, style) in &row.left {
        x = put(buffer, x, y, end, text, *style);
    }
    // A text with right-to-left letters is isolated as a whole, since its pieces are one sentence.
    let is_mixed = row.text.iter().any(|(text, _)| sanitize::runs_right_to_left(text));
    let last = row.text.len().saturating_sub(1);
    for (at, (text, style)) in row.text.iter().enumerate() {
        let (open, close) = (is_mixed && at == 0, is_mixed && at == last);
        let text = match (open, close) {
            (false, false) => text.clone(),
            (true, false) => format!("\u{2068}{text}"),
            (false, true) => format!("{text}\u{2069}"),
            (true, true) => format!("\u{2068}{text}\u{2069}"),
        };
        x = put_signs(buffer, x, y, end, &text, *style);
    }
}
