//! The log's parts as rows: messages, notes, outgoing messages, and the rules between them.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use ratatui::style::{Modifier, Style};

use crate::colour::Palette;
use crate::model::{Entry, Model, Outgoing, Said, SendState, Tone};
use crate::paint::{Pieces, Row};
use crate::styled_text::{Piece, StyledText};
use crate::wrap;

/// From this width there is room for the time and for long nicks.
const WIDE_FROM: usize = 56;

/// The rule beside a text, and beside one that mentions us.
const BAR: &str = " │ ";
const CALL: &str = " ▌ ";

/// A part of the log that is drawn as a whole.
pub(super) enum Block<'a> {
    Outgoing(&'a Outgoing),
    Entry(&'a Entry),
    Between(Between),
}

/// A rule between two messages.
pub(super) enum Between {
    Day(String),
    Missing(u64, u64),
    New,
}

impl Block<'_> {
    pub(super) fn height(&self, columns: usize) -> usize {
        let text = text_columns(columns);
        let wrapped = |lines: &[String]| lines.iter().map(|l| wrap::rows(l, text).len()).sum();
        match self {
            Self::Entry(Entry::Said(said)) => said.rich.height(text),
            Self::Entry(Entry::Note { lines, .. }) => wrapped(lines),
            Self::Outgoing(out) => {
                let failure = out.state.failure().map(|failure| wrapped(&[failure.sentence()]));
                out.rich.height(text) + failure.unwrap_or(0)
            }
            Self::Between(_) => 1,
        }
    }

    /// The texts as they were written, for copying: without time, rules and marks.
    pub(super) fn bare(&self) -> Vec<String> {
        match self {
            Self::Entry(Entry::Said(said)) => bare(&said.text, &said.nick, said.is_action),
            Self::Entry(Entry::Note { lines, .. }) => lines.clone(),
            Self::Outgoing(out) => crate::sanitize::lines(&out.text),
            Self::Between(_) => Vec::new(),
        }
    }

    pub(super) fn rows(&self, model: &Model, columns: usize, palette: Palette) -> Vec<Row> {
        match self {
            Self::Entry(Entry::Said(said)) => said_rows(said, model, columns, palette),
            Self::Entry(Entry::Note { at, tone, lines, .. }) => {
                let (who, style) = match tone {
                    Tone::Plain => (("—".to_owned(), palette.quiet()), Style::new()),
                    Tone::Error => (("!".to_owned(), palette.error()), palette.error()),
                };
                let beside = Beside { at: *at, who, rule: (BAR, palette.quiet()) };
                let rows = lines.iter().flat_map(|line| wrap::rows(line, text_columns(columns)));
                let rows = rows.map(|row| vec![(row, style)]).collect();
                beside.rows(rows, model, columns, palette)
            }
            Self::Outgoing(outgoing) => outgoing_rows(outgoing, model, columns, palette),
            Self::Between(between) => vec![ruled(between, columns, palette)],
        }
    }
}

fn bare(text: &str, nick: &str, is_action: bool) -> Vec<String> {
    let mut lines = crate::sanitize::lines(text);
    if let Some(first) = lines.first_mut() {
        *first = if is_action { format!("* {nick} {first}") } else { format!("{nick}: {first}") };
    }
    lines
}

fn said_rows(said: &Said, model: &Model, columns: usize, palette: Palette) -> Vec<Row> {
    let (mut nick, mut rule) = (palette.nick(&said.nick), (BAR, palette.quiet()));
    if said.rich.is_mention {
        nick = nick.add_modifier(Modifier::REVERSED);
        rule = (CALL, palette.accent());
    }
    let who = if said.is_action { "*" } else { said.nick.as_str() };
    let beside = Beside { at: said.at, who: (who.to_owned(), nick), rule };
    let rows = styled(&said.rich, columns, Style::new(), palette);
    beside.rows(rows, model, columns, palette)
}

fn outgoing_rows(out: &Outgoing, model: &Model, columns: usize, palette: Palette) -> Vec<Row> {
    let me = model.me.as_ref().map_or("you", |me| me.nick.as_str());
    let (rule, style) = match &out.state {
        SendState::Pending => ((" … ", palette.quiet()), palette.quiet()),
        SendState::Sent => ((" ✓ ", palette.good()), Style::new()),
        SendState::Failed(_) => ((" ✗ ", palette.error()), Style::new()),
    };
    let beside = Beside { at: out.at, who: (me.to_owned(), palette.nick(me)), rule };
    let rows = styled(&out.rich, columns, style, palette);
    let mut rows = beside.rows(rows, model, columns, palette);
    if let Some(failure) = out.state.failure() {
        let text = text_columns(columns);
        let left = vec![(" ".repeat(columns.saturating_sub(text)), Style::new())];
        let sentence = wrap::rows(&failure.sentence(), text);
        rows.extend(sentence.into_iter().map(|row| {
            let text = vec![(row, palette.error())];
            Row { left: left.clone(), text }
        }));
    }
    rows
}

fn styled(rich: &StyledText, columns: usize, line: Style, palette: Palette) -> Vec<Pieces> {
    let rows = rich.rows(text_columns(columns)).into_iter();
    rows.map(|row| {
        let style = |piece: &Piece| palette.look(piece, line);
        row.into_iter().map(|piece| (piece.text.clone(), style(&piece))).collect()
    })
    .collect()
}

/// The columns beside a text: time, nick, rule.
struct Beside {
    at: u64,
    who: (String, Style),
    rule: (&'static str, Style),
}

impl Beside {
    /// The rows of a text with the columns beside them: time and nick only beside the first.
    fn rows(self, rows: Vec<Pieces>, model: &Model, columns: usize, palette: Palette) -> Vec<Row> {
        let (clock, nick) = if columns >= WIDE_FROM { (6, 12) } else { (0, 8) };
        let (who, who_style) = self.who;
        let who = wrap::cut(&who, nick);
        let pad = " ".repeat(nick - wrap::width(&who));
        let time = format!("{} ", time(self.at, &model.zone));
        let time = if clock > 0 { time } else { String::new() };
        let mut first = Some(vec![(time, palette.quiet()), (pad, Style::new()), (who, who_style)]);
        let (rule, style) = self.rule;
        // The rule of a mention stands beside all of its rows.
        let next = if rule == CALL { (rule, style) } else { (BAR, palette.quiet()) };
        let rows = rows.into_iter().map(|text| {
            let (mut left, (rule, style)) = match first.take() {
                Some(first) => (first, (rule, style)),
                None => (vec![(" ".repeat(clock + nick), Style::new())], next),
            };
            left.push((rule.to_owned(), style));
            Row { left, text }
        });
        rows.collect()
    }
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
    let left = vec![(left, palette.quiet()), (text, style), (right, palette.quiet())];
    Row { left, text: Vec::new() }
}

/// Hours and minutes in the person's time zone.
pub(crate) fn time(at: u64, zone: &TimeZone) -> String {
    shown_as(at, zone, "%H:%M")
}

/// For lists: the same width for every time.
pub(crate) fn day_and_time(at: u64, zone: &TimeZone) -> String {
    shown_as(at, zone, "%Y-%m-%d %H:%M")
}

pub(super) fn day(at: u64, zone: &TimeZone) -> String {
    shown_as(at, zone, "%A, %-d %B %Y")
}

/// By how many minutes the person's clock is ahead of UTC.
pub(crate) fn utc_offset(at: u64, zone: &TimeZone) -> i64 {
    i64::from(zone.to_offset(timestamp(at)).seconds() / 60)
}

fn shown_as(at: u64, zone: &TimeZone, format: &str) -> String {
    timestamp(at).to_zoned(zone.clone()).strftime(format).to_string()
}

fn timestamp(at: u64) -> Timestamp {
    let time = i64::try_from(at).ok().and_then(|at| Timestamp::from_millisecond(at).ok());
    time.unwrap_or(Timestamp::UNIX_EPOCH)
}
