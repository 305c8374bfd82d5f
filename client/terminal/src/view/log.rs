//! The log of a room: rows from its end upwards, as many as the screen needs.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use crate::colour::Palette;
use crate::model::{Entry, Model, Outgoing, Room, Said, Standing, Tone};
use crate::paint::put_all;
use crate::wrap;

/// From so many columns on there is room for the time and for long nicks.
const WIDE_FROM: usize = 56;

type Row = Vec<(String, Style)>;

/// What stands between two messages.
enum Between {
    Day(String),
    Missing(u64, u64),
    New,
}

/// Draws the end of the log, or the part that was scrolled to.
pub(super) fn draw(buffer: &mut Buffer, area: Rect, model: &Model, palette: Palette) {
    let (room, height, columns) = (model.room(), usize::from(area.height), usize::from(area.width));
    let mut rows: Vec<Row> = Vec::new();
    let mut blocks = blocks(model);
    while rows.len() < room.scroll + height {
        let Some(block) = blocks.next() else { break };
        rows.extend(block.rows(model, columns, palette).into_iter().rev());
    }
    let scroll = room.scroll.min(rows.len().saturating_sub(height));
    let shown: Vec<&Row> = rows.iter().skip(scroll).take(height).collect();
    let top = height - shown.len();
    for (at, row) in shown.into_iter().rev().enumerate() {
        put_all(buffer, area, u16::try_from(top + at).unwrap_or(u16::MAX), row);
    }
    if scroll > 0 && height > 1 {
        let text = format!(" ↓ {scroll} more lines below, Ctrl-End goes there ");
        let row = Rect { y: area.bottom() - 1, height: 1, ..area };
        put_all(buffer, row, 0, &[(text, palette.accent().add_modifier(Modifier::REVERSED))]);
    }
}

/// How many rows the log has; counting stops at `most`.
pub(super) fn rows(model: &Model, columns: usize, most: usize) -> usize {
    let mut count = 0;
    for block in blocks(model) {
        count += block.height(columns);
        if count >= most {
            break;
        }
    }
    count
}

/// The seq before which messages are missing, in so many rows from the end; the lowest on the
/// screen, since it is what is read next.
pub(super) fn missing(model: &Model, columns: usize, reach: usize) -> Option<u64> {
    let mut count = 0;
    for block in blocks(model) {
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

/// The rows that an entry takes in a pane of so many columns.
pub(crate) fn rows_of(entry: &Entry, columns: usize) -> usize {
    Block::Entry(entry).height(columns)
}

/// Something of the log that is drawn as a whole.
enum Block<'a> {
    Outgoing(&'a Outgoing),
    Entry(&'a Entry),
    Between(Between),
}

/// All blocks, the last one first.
fn blocks(model: &Model) -> impl Iterator<Item = Block<'_>> {
    let room = model.room();
    let entries = (0..room.entries.len()).rev().flat_map(move |index| {
        let between = between(room, index, &model.zone).into_iter().rev().map(Block::Between);
        std::iter::once(Block::Entry(&room.entries[index])).chain(between)
    });
    room.outgoing.iter().rev().map(Block::Outgoing).chain(entries)
}

/// What stands right before an entry, from the top.
fn between(room: &Room, index: usize, zone: &TimeZone) -> Vec<Between> {
    let entry = &room.entries[index];
    let mut all = Vec::new();
    if let Some((first, last)) = room.missing_before(index) {
        all.push(Between::Missing(first, last));
    }
    let at = |entry: &Entry| match entry {
        Entry::Said(said) => said.at,
        Entry::Note { at, .. } => *at,
    };
    let day = day(at(entry), zone);
    let before = index.checked_sub(1).and_then(|index| room.entries.get(index));
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

impl Block<'_> {
    fn height(&self, columns: usize) -> usize {
        let text = text_columns(columns);
        let wrapped = |lines: &[String]| lines.iter().map(|l| wrap::rows(l, text).len()).sum();
        match self {
            Self::Entry(Entry::Said(said)) => wrapped(&said_lines(said)),
            Self::Entry(Entry::Note { lines, .. }) => wrapped(lines),
            Self::Outgoing(outgoing) => {
                let failed = matches!(outgoing.standing, Standing::Failed(_));
                wrapped(&outgoing_lines(outgoing)) + usize::from(failed)
            }
            Self::Between(_) => 1,
        }
    }

    fn rows(&self, model: &Model, columns: usize, palette: Palette) -> Vec<Row> {
        let quiet = palette.quiet();
        match self {
            Self::Entry(Entry::Said(said)) => said_rows(said, model, columns, palette),
            Self::Entry(Entry::Note { at, tone, lines }) => {
                let (sign, style) = match tone {
                    Tone::Plain => (("—".to_owned(), quiet), Style::new()),
                    Tone::Trouble => (("!".to_owned(), palette.error()), palette.error()),
                };
                let time = time(*at, &model.zone);
                laid_out(&time, sign, (" │ ", quiet), lines, style, columns, palette)
            }
            Self::Outgoing(outgoing) => outgoing_rows(outgoing, model, columns, palette),
            Self::Between(between) => vec![ruled(between, columns, palette)],
        }
    }
}

fn said_rows(said: &Said, model: &Model, columns: usize, palette: Palette) -> Vec<Row> {
    let (mut nick, mut rule, mut text) =
        (palette.nick(&said.nick), (" │ ", palette.quiet()), Style::new());
    if said.is_mention {
        nick = nick.add_modifier(Modifier::REVERSED);
        rule = (" ▌ ", palette.accent());
        text = text.add_modifier(Modifier::BOLD);
    }
    let sign = if said.is_action { "*" } else { said.nick.as_str() };
    let time = time(said.at, &model.zone);
    laid_out(&time, (sign.to_owned(), nick), rule, &said_lines(said), text, columns, palette)
}

fn outgoing_rows(out: &Outgoing, model: &Model, columns: usize, palette: Palette) -> Vec<Row> {
    let me = model.me.as_ref().map_or("you", |me| me.nick.as_str());
    let (rule, style) = match &out.standing {
        Standing::Pending => ((" … ", palette.quiet()), palette.quiet()),
        Standing::Sent => ((" ✓ ", palette.good()), Style::new()),
        Standing::Failed(_) => ((" ✗ ", palette.error()), Style::new()),
    };
    let time = time(out.at, &model.zone);
    let nick = (me.to_owned(), palette.nick(me));
    let mut rows = laid_out(&time, nick, rule, &outgoing_lines(out), style, columns, palette);
    if let Standing::Failed(why) = &out.standing {
        let next = "Not sent. /retry sends it again, /discard throws it away.";
        let text = wrap::cut(&format!("{next} ({why})"), text_columns(columns));
        let indent = " ".repeat(columns - text_columns(columns));
        rows.push(vec![(indent, Style::new()), (text, palette.error())]);
    }
    rows
}

fn said_lines(said: &Said) -> Vec<String> {
    acted(said.lines.clone(), said.is_action, &said.nick)
}

fn outgoing_lines(outgoing: &Outgoing) -> Vec<String> {
    acted(crate::neutral::lines(&outgoing.text), outgoing.is_action, "*")
}

fn acted(mut lines: Vec<String>, is_action: bool, nick: &str) -> Vec<String> {
    if let Some(first) = lines.first_mut().filter(|_| is_action) {
        *first = format!("{nick} {first}");
    }
    lines
}

/// Time, who, a rule, and the text beside it; further rows of the text stand under its first.
fn laid_out(
    time: &str,
    (who, who_style): (String, Style),
    (rule, rule_style): (&str, Style),
    lines: &[String],
    style: Style,
    columns: usize,
    palette: Palette,
) -> Vec<Row> {
    let (clock, nick) = if columns >= WIDE_FROM { (6, 12) } else { (0, 8) };
    let who = wrap::cut(&who, nick);
    let time = if clock > 0 { format!("{time} ") } else { String::new() };
    let pad = " ".repeat(nick - wrap::width(&who));
    let first = vec![(time, palette.quiet()), (pad, Style::new()), (who, who_style)];
    let rows = lines.iter().flat_map(|line| wrap::rows(line, text_columns(columns)));
    rows.enumerate()
        .map(|(at, text)| {
            let mut row = match at {
                0 => first.clone(),
                _ => vec![(" ".repeat(clock + nick), Style::new())],
            };
            let rule = if at == 0 || rule == " ▌ " { rule } else { " │ " };
            row.push((rule.to_owned(), if at == 0 { rule_style } else { palette.quiet() }));
            row.push((text, style));
            row
        })
        .collect()
}

fn text_columns(columns: usize) -> usize {
    columns.saturating_sub(if columns >= WIDE_FROM { 21 } else { 11 }).max(2)
}

fn ruled(between: &Between, columns: usize, palette: Palette) -> Row {
    let (text, style) = match between {
        Between::Day(day) => (format!(" {day} "), palette.quiet()),
        Between::Missing(first, last) => {
            let text = match last - first + 1 {
                1 => " 1 older message: scroll up to load it ".to_owned(),
                count => format!(" {count} older messages: scroll up to load them "),
            };
            (text, palette.quiet())
        }
        Between::New => (" new ".to_owned(), palette.accent()),
    };
    let text = wrap::cut(&text, columns);
    let free = columns - wrap::width(&text);
    let (left, right) = ("─".repeat(free / 2), "─".repeat(free - free / 2));
    vec![(left, palette.quiet()), (text, style), (right, palette.quiet())]
}

/// Hours and minutes where the person is.
pub(crate) fn time(at: u64, zone: &TimeZone) -> String {
    shown_as(at, zone, "%H:%M")
}

fn day(at: u64, zone: &TimeZone) -> String {
    shown_as(at, zone, "%A, %-d %B %Y")
}

fn shown_as(at: u64, zone: &TimeZone, format: &str) -> String {
    let time = i64::try_from(at).ok().and_then(|at| Timestamp::from_millisecond(at).ok());
    let zoned = time.unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(zone.clone());
    zoned.strftime(format).to_string()
}
