//! The Markdown of the terminal client.

use crate::terminal::markdown::{Block, Inline, in_prose, parse};

/// Deeper than people write, and far from the end of a stack.
const DEPTH_MAX: usize = 64;

const SIGN: &str = "\u{e000}";

/// The input is the text of a message.
///
/// # Panics
/// When something is shown that was not written, or is too deep to be drawn.
pub fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for (me, words) in [(None, false), (Some("ana"), false), (Some("ana"), true)] {
        let mut shown = String::new();
        blocks(&parse(text, me, words), 0, &mut shown);
        assert!(is_within(&shown, text), "{text:?} is shown as {shown:?}");
    }
    // As the terminal asks where an emoji's name stands: with a sign in its place that no text has.
    let signed = text.replace(':', SIGN);
    assert!(in_prose(&signed, '\u{e000}').len() <= signed.matches(SIGN).count(), "{text:?}");
}

fn blocks(all: &[Block], depth: usize, shown: &mut String) {
    assert!(depth < DEPTH_MAX, "blocks in blocks in blocks");
    for block in all {
        match block {
            Block::Paragraph(line) => inlines(line, depth, shown),
            Block::Fence { text, .. } => shown.push_str(text),
            Block::Quote(inner) => blocks(inner, depth + 1, shown),
            Block::List { items, .. } => {
                items.iter().for_each(|item| blocks(&item.children, depth + 1, shown));
            }
            Block::Table { head, rows, .. } => {
                let cells = head.iter().chain(rows.iter().flatten());
                cells.for_each(|cell| inlines(cell, depth + 1, shown));
            }
        }
    }
}

fn inlines(line: &[Inline], depth: usize, shown: &mut String) {
    assert!(depth < DEPTH_MAX, "marks in marks in marks");
    for node in line {
        match node {
            Inline::Plain(text) | Inline::Code(text) | Inline::Room(text) => shown.push_str(text),
            Inline::Mention { text, .. } => shown.push_str(text),
            Inline::Strong(inner) | Inline::Emphasis(inner) | Inline::Struck(inner) => {
                inlines(inner, depth + 1, shown);
            }
            Inline::Link { children, .. } => inlines(children, depth + 1, shown),
            Inline::Break => {}
        }
    }
}

/// Whether all that is shown was written, in this order. Spaces may come and go.
fn is_within(shown: &str, written: &str) -> bool {
    let mut written = written.chars();
    let is_blank = |sign: &char| sign.is_whitespace();
    shown.chars().filter(|sign| !is_blank(sign)).all(|sign| written.any(|other| other == sign))
}
