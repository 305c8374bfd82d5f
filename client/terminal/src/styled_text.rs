//! A text as lines of styled pieces. The palette adds the colours, and each drawing says how wide the screen
//! is.
//!
//! Everything that other people wrote is sanitized here, piece by piece.

mod table;
#[cfg(test)]
mod tests;

use table::Table;

use crate::markdown::{Block, Inline, parse};
use crate::sanitize;
use crate::wrap;

/// Prefixes: of a quote, of a list item, and of code in a block.
const QUOTE: &str = "> ";
const BULLET: &str = "• ";
const CODE: &str = "┊ ";

/// A text to show, and whether it mentions its reader.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct StyledText {
    lines: Vec<Line>,
    pub(crate) is_mention: bool,
}

/// A line of a text; it may take several rows.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Line {
    Text {
        /// The prefix of its first row, and of the others.
        first: Vec<Piece>,
        rest: Vec<Piece>,
        pieces: Vec<Piece>,
    },
    Table(Table),
}

/// A piece of a line with one look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) text: String,
    pub(crate) look: Look,
}

/// How a piece looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Look {
    pub(crate) strong: bool,
    pub(crate) emphasis: bool,
    pub(crate) struck: bool,
    pub(crate) link: bool,
    pub(crate) kind: Kind,
}

/// What a piece is, if not plain text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    #[default]
    Words,
    Code,
    Room,
    /// A mention of somebody else, and one of the reader.
    Mention,
    Own,
    /// Marks and prefixes.
    Quiet,
}

impl StyledText {
    /// Parses a text for a reader with this nick; see [`parse`].
    pub(crate) fn read(text: &str, me: Option<&str>, words: bool) -> Self {
        // Unicode's line separators, which Markdown does not treat as line breaks.
        let blocks = parse(&text.replace(['\u{2028}', '\u{2029}'], "\n"), me, words);
        let mut writer = Writer::default();
        writer.blocks(&blocks);
        Self { lines: writer.lines, is_mention: crate::markdown::mentions(&blocks) }
    }

    /// The text of `/me`: the nick is put before it.
    pub(crate) fn done_by(mut self, nick: &str) -> Self {
        let nick = plain(&format!("{nick} "));
        match self.lines.first_mut() {
            Some(Line::Text { first, pieces, .. }) if first.is_empty() => pieces.insert(0, nick),
            _ => self.lines.insert(0, Line::of(vec![nick])),
        }
        self
    }

    /// Puts some words behind the text.
    pub(crate) fn followed_by(mut self, words: &str) -> Self {
        match self.lines.last_mut() {
            Some(Line::Text { pieces, .. }) => pieces.push(plain(&format!(" {words}"))),
            _ => self.lines.push(Line::of(vec![plain(words)])),
        }
        self
    }

    /// The rows of the text at a width.
    pub(crate) fn rows(&self, columns: usize) -> Vec<Vec<Piece>> {
        self.lines.iter().flat_map(|line| line.rows(columns)).collect()
    }

    /// The number of rows at a width.
    pub(crate) fn height(&self, columns: usize) -> usize {
        self.lines.iter().map(|line| line.height(columns)).sum()
    }

    /// Everything that is shown, as one line.
    pub(crate) fn shown(&self) -> String {
        let lines: Vec<String> = self.lines.iter().map(Line::shown).collect();
        lines.join(" ")
    }
}

impl Line {
    fn of(pieces: Vec<Piece>) -> Self {
        Self::Text { first: Vec::new(), rest: Vec::new(), pieces }
    }

    fn rows(&self, columns: usize) -> Vec<Vec<Piece>> {
        match self {
            Self::Table(table) => table.rows(columns),
            Self::Text { first, rest, pieces } => {
                let free = columns.saturating_sub(width(first)).max(2);
                let rows = wrapped(pieces, free).into_iter().enumerate();
                rows.map(|(at, row)| [if at == 0 { first } else { rest }.clone(), row].concat())
                    .collect()
            }
        }
    }

    fn height(&self, columns: usize) -> usize {
        match self {
            Self::Table(table) => table.rows(columns).len(),
            Self::Text { first, pieces, .. } => {
                wrap::rows(&text(pieces), columns.saturating_sub(width(first)).max(2)).len()
            }
        }
    }

    fn shown(&self) -> String {
        match self {
            Self::Table(table) => table.shown(),
            Self::Text { pieces, .. } => text(pieces),
        }
    }
}

fn plain(text: &str) -> Piece {
    Piece { text: sanitize::line(text), look: Look::default() }
}

fn quiet(text: &str) -> Piece {
    Piece { text: sanitize::line(text), look: Look { kind: Kind::Quiet, ..Look::default() } }
}

fn text(pieces: &[Piece]) -> String {
    pieces.iter().map(|piece| piece.text.as_str()).collect()
}

fn width(pieces: &[Piece]) -> usize {
    wrap::width(&text(pieces))
}

/// Wraps pieces to a width. Rows break where they would in plain text.
fn wrapped(pieces: &[Piece], columns: usize) -> Vec<Vec<Piece>> {
    let whole = text(pieces);
    let mut at = 0;
    let rows = wrap::rows(&whole, columns).into_iter().map(|row| {
        // The spaces at line breaks are in no row.
        while !whole[at..].starts_with(&row) {
            at += whole[at..].chars().next().map_or(1, char::len_utf8);
        }
        let start = at;
        at += row.len();
        between(pieces, start, at)
    });
    rows.collect()
}

/// The pieces between two positions of their text.
fn between(pieces: &[Piece], start: usize, end: usize) -> Vec<Piece> {
    let mut at = 0;
    let mut found = Vec::new();
    for piece in pieces {
        let from = start.max(at) - at;
        let to = end.min(at + piece.text.len()).max(at) - at;
        if from < to {
            found.push(Piece { text: piece.text[from..to].to_owned(), look: piece.look });
        }
        at += piece.text.len();
    }
    found
}

/// Turns blocks into lines with prefixes.
#[derive(Default)]
struct Writer {
    lines: Vec<Line>,
    /// The prefix of the next line, and of those after it.
    first: Vec<Piece>,
    rest: Vec<Piece>,
}

impl Writer {
    fn blocks(&mut self, blocks: &[Block]) {
        let mut after_paragraph = false;
        for block in blocks {
            let is_paragraph = matches!(block, Block::Paragraph(_));
            if is_paragraph && after_paragraph {
                self.line(Vec::new());
            }
            after_paragraph = is_paragraph;
            self.block(block);
        }
        if blocks.is_empty() {
            self.line(Vec::new());
        }
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Paragraph(nodes) => {
                let lines = pieces(nodes);
                lines.into_iter().for_each(|line| self.line(line));
            }
            Block::Fence { language, text } => self.within(&quiet(CODE), &quiet(CODE), |writer| {
                if !language.is_empty() {
                    writer.line(vec![quiet(language)]);
                }
                let look = Look { kind: Kind::Code, ..Look::default() };
                for line in text.split('\n') {
                    writer.line(vec![Piece { text: sanitize::line(line), look }]);
                }
            }),
            Block::Quote(inner) => {
                self.within(&quiet(QUOTE), &quiet(QUOTE), |writer| writer.blocks(inner));
            }
            Block::List { items, .. } => {
                for item in items {
                    let number = item.number.map(|number| format!("{number}. "));
                    let mark = quiet(number.as_deref().unwrap_or(BULLET));
                    let below = quiet(&" ".repeat(wrap::width(&mark.text)));
                    self.within(&mark, &below, |writer| writer.blocks(&item.children));
                }
            }
            Block::Table { align, head, rows } => {
                let first = std::mem::replace(&mut self.first, self.rest.clone());
                let table = Table::new((first, self.rest.clone()), align, head, rows);
                self.lines.push(Line::Table(table));
            }
        }
    }

    fn line(&mut self, pieces: Vec<Piece>) {
        let first = std::mem::replace(&mut self.first, self.rest.clone());
        self.lines.push(Line::Text { first, rest: self.rest.clone(), pieces });
    }

    /// Writes with a prefix for the next line, and another one for those after it.
    fn within(&mut self, first: &Piece, rest: &Piece, write: impl FnOnce(&mut Self)) {
        let outside = self.rest.len();
        self.first.push(first.clone());
        self.rest.push(rest.clone());
        write(self);
        self.rest.truncate(outside);
        self.first = self.rest.clone();
    }
}

/// Inline nodes as pieces; a break starts another line.
fn pieces(nodes: &[Inline]) -> Vec<Vec<Piece>> {
    let mut lines = vec![Vec::new()];
    write(nodes, Look::default(), &mut lines);
    lines
}

fn write(nodes: &[Inline], look: Look, lines: &mut Vec<Vec<Piece>>) {
    for node in nodes {
        let mut push = |text: &str, look: Look| {
            let text = sanitize::line(text);
            if let Some(line) = lines.last_mut() {
                line.push(Piece { text, look });
            }
        };
        let marks = Look { kind: Kind::Quiet, ..look };
        match node {
            Inline::Plain(text) => push(text, look),
            Inline::Strong(inner) => write(inner, Look { strong: true, ..look }, lines),
            Inline::Emphasis(inner) => write(inner, Look { emphasis: true, ..look }, lines),
            Inline::Struck(inner) => write(inner, Look { struck: true, ..look }, lines),
            Inline::Code(text) => {
                // The backticks stay: without colours nothing else marks code.
                push("`", marks);
                push(text, Look { kind: Kind::Code, ..look });
                push("`", marks);
            }
            Inline::Break => lines.push(Vec::new()),
            Inline::Room(name) => push(&format!("#{name}"), Look { kind: Kind::Room, ..look }),
            Inline::Mention { text, own } => {
                let kind = if *own { Kind::Own } else { Kind::Mention };
                push(text, Look { kind, ..look });
            }
            Inline::Link { href, host, children } => {
                write(children, Look { link: true, ..look }, lines);
                if host.is_some() {
                    // A terminal does not show elsewhere where a link leads.
                    let href = sanitize::line(&format!(" ({href})"));
                    lines.last_mut().into_iter().for_each(|line| line.push(quiet(&href)));
                }
            }
        }
    }
}
