//! A room's log: rows from its end upwards, as many as the screen needs.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;

use super::entry::{Between, Block, day};
use crate::colour::Palette;
use crate::model::{Entry, Key, Model, Place, Search, places};
use crate::paint::{Pieces, Row, put_all, put_row};
use crate::wrap;

/// Draws the end of the log, or the part that the person has scrolled to.
pub(super) fn draw(buffer: &mut Buffer, area: Rect, model: &Model, palette: Palette) {
    let (height, columns) = (usize::from(area.height), usize::from(area.width));
    let below = hidden(model, columns);
    let mut rows: Vec<Row> = Vec::new();
    let mut blocks = blocks(model);
    while rows.len() < below + height {
        let Some((_, block)) = blocks.next() else { break };
        rows.extend(block.rows(model, columns, palette).into_iter().rev());
    }
    let shown: Vec<&Row> = rows.iter().skip(below).take(height).collect();
    let top = height - shown.len();
    let words = model.room().search.as_ref().map(Search::words);
    for (at, row) in shown.into_iter().rev().enumerate() {
        let at = u16::try_from(top + at).unwrap_or(u16::MAX);
        match words {
            Some(words) => put_row(buffer, area, at, &lit(row, words)),
            None => put_row(buffer, area, at, row),
        }
    }
    if below > 0 && height > 1 {
        let row = Rect { y: area.bottom() - 1, height: 1, ..area };
        badge(buffer, row, below, palette);
    }
}

/// A row with the found words in reverse video.
fn lit(row: &Row, words: &str) -> Row {
    Row { left: lit_pieces(&row.left, words), text: lit_pieces(&row.text, words) }
}

fn lit_pieces(pieces: &Pieces, words: &str) -> Pieces {
    let mut lit = Pieces::new();
    for (text, style) in pieces {
        let mut at = 0;
        for (start, end) in places(text, words) {
            lit.push((text[at..start].to_owned(), *style));
            lit.push((text[start..end].to_owned(), style.add_modifier(Modifier::REVERSED)));
            at = end;
        }
        lit.push((text[at..].to_owned(), *style));
    }
    lit
}

/// The badge of somebody who has scrolled up. It covers the whole last row, so that nothing of the row sticks
/// out behind it.
fn badge(buffer: &mut Buffer, row: Rect, below: usize, palette: Palette) {
    let lines = if below == 1 { "line" } else { "lines" };
    let text = format!(" ↓ {below} more {lines} below, Ctrl-End goes there");
    let text = wrap::cut(&text, row.width.into());
    let air = " ".repeat(usize::from(row.width).saturating_sub(wrap::width(&text)));
    put_all(buffer, row, 0, &[(text + &air, palette.accent().add_modifier(Modifier::REVERSED))]);
}

/// How many rows are below the screen.
pub(super) fn hidden(model: &Model, columns: usize) -> usize {
    let Some(place) = model.room().place else { return 0 };
    let mut count = 0;
    let mut blocks = blocks(model).skip_while(|(key, block)| {
        let is_below = *key != place.key;
        count += if is_below { block.height(columns) } else { 0 };
        is_below
    });
    match blocks.next() {
        Some((_, block)) => {
            let between = blocks.take_while(|(key, _)| *key == place.key).count();
            count + place.below.min((block.height(columns) + between).saturating_sub(1))
        }
        // The line that held the place is gone.
        None => 0,
    }
}

/// The place with this number of rows below it; `None` at the end.
pub(super) fn place(model: &Model, columns: usize, below: usize) -> Option<Place> {
    let mut left = below;
    let mut of_key: Option<(Key, usize)> = None;
    for (key, block) in blocks(model).take_while(|_| below > 0) {
        let before = of_key.filter(|(last, _)| *last == key).map_or(0, |(_, rows)| rows);
        let height = block.height(columns);
        if left < height {
            return Some(Place { key, below: before + left });
        }
        left -= height;
        of_key = Some((key, before + height));
    }
    None
}

/// The height of the log; counting stops at `most`.
pub(super) fn rows(model: &Model, columns: usize, most: usize) -> usize {
    let mut count = 0;
    for (_, block) in blocks(model) {
        count += block.height(columns);
        if count >= most {
            break;
        }
    }
    count
}

/// The seq before which messages are missing, within `reach` rows from the end. The lowest gap on the screen
/// comes first: people read it next.
pub(super) fn missing(model: &Model, columns: usize, reach: usize) -> Option<u64> {
    let mut count = 0;
    for (_, block) in blocks(model) {
        if let Block::Between(Between::Missing(_, last)) = block {
            return Some(last + 1);
        }
        count += block.height(columns);
        if count >= reach {
            return None;
        }
    }
    None
}

/// The number of rows below a line, and its height.
pub(super) fn below(model: &Model, columns: usize, key: Key) -> Option<(usize, usize)> {
    let mut below = 0;
    for (other, block) in blocks(model) {
        let height = block.height(columns);
        if other == key {
            return Some((below, height));
        }
        below += height;
    }
    None
}

/// The messages and notes with at least one row on the screen, last one first.
pub(super) fn on_screen(
    model: &Model,
    columns: usize,
    height: usize,
) -> impl Iterator<Item = Block<'_>> {
    let (first, mut count) = (hidden(model, columns), 0);
    let rows = blocks(model).map(move |(_, block)| {
        let start = count;
        count += block.height(columns);
        (start, count, block)
    });
    let above = rows.take_while(move |(start, ..)| *start < first + height);
    above.filter(move |(_, end, _)| *end > first).map(|(.., block)| block)
}

/// All blocks that are shown, last one first. A rule has the key of the entry below it.
fn blocks(model: &Model) -> impl Iterator<Item = (Key, Block<'_>)> {
    let room = model.room();
    let is_open = |index: &usize| Some(room.entries[*index].key()) != room.cleared;
    let indices = (0..room.entries.len()).rev().take_while(is_open);
    let entries = indices.flat_map(move |index| {
        let entry = &room.entries[index];
        let shown = is_shown(model, entry).then_some(Block::Entry(entry));
        let between = between(model, index).into_iter().rev().map(Block::Between);
        shown.into_iter().chain(between).map(|block| (entry.key(), block))
    });
    let outgoing = room.outgoing.iter().rev();
    outgoing.map(|it| (Key::Outgoing(it.key), Block::Outgoing(it))).chain(entries)
}

fn is_shown(model: &Model, entry: &Entry) -> bool {
    match entry {
        Entry::Said(said) => !model.hides(said),
        Entry::Note { .. } => true,
    }
}

/// The rules right before an entry, from the top.
fn between(model: &Model, index: usize) -> Vec<Between> {
    let (room, zone) = (model.room(), &model.zone);
    let entry = &room.entries[index];
    let mut all = Vec::new();
    if let Some((first, last)) = room.missing_before(index) {
        all.push(Between::Missing(first, last));
    }
    if !is_shown(model, entry) {
        return all;
    }
    let at = |entry: &Entry| match entry {
        Entry::Said(said) => said.at,
        Entry::Note { at, .. } => *at,
    };
    let day = day(at(entry), zone);
    let before = room.entries[..index].iter().rev().find(|before| is_shown(model, before));
    if before.is_none_or(|before| self::day(at(before), zone) != day) && entry.seq().is_some() {
        all.push(Between::Day(day));
    }
    let previous = || room.entries[..index].iter().rev().find_map(Entry::seq);
    if let (Some(seen), Some(seq)) = (room.seen, entry.seq())
        && seq > seen
        && previous().is_some_and(|previous| previous <= seen)
    {
        all.push(Between::New);
    }
    all
}
