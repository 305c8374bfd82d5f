//! Puts text into cells: by graphemes, by their width, and with directions kept apart.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation;

use crate::neutral;
use crate::wrap::sign_width;

/// Puts `text` at a place, at most up to the column `end`, and returns the column after it.
///
/// What draws nothing by itself (marks, the signs that isolate a direction) goes into the cell
/// before it: there a terminal keeps it, so that drawing a part of a row again loses none.
pub(crate) fn put(buffer: &mut Buffer, x: u16, y: u16, end: u16, text: &str, style: Style) -> u16 {
    let text = neutral::isolated(text);
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

/// Puts pieces of different styles one after another on a row of `area`.
pub(crate) fn put_all(buffer: &mut Buffer, area: Rect, row: u16, pieces: &[(String, Style)]) {
    let mut x = area.x;
    if row < area.height {
        for (text, style) in pieces {
            x = put(buffer, x, area.y + row, area.right(), text, *style);
        }
    }
}
