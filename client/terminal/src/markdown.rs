//! Markdown as people type it in chats: a text becomes a tree of plain values.
//!
//! It is the dialect of the browser client, and the tests are the browser's examples
//! (client/web/tests/golden/markdown.json and mention.json): a text must not say one thing there and
//! another here. `rich` draws the tree. Headings, images and HTML are no part of it: they stay text
//! as written. Every pass is linear in the text, and depth is bounded, because texts come from
//! anybody.

mod address;
mod blocks;
mod characters;
mod emphasis;
mod inline;
mod lines;
mod mention;
mod prose;
#[cfg(test)]
mod tests;

pub(crate) use characters::{after, before, is_wordy};
pub(crate) use lines::Align;

/// Something that stands below what came before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Block {
    Paragraph(Vec<Inline>),
    Fence { language: String, text: String },
    Quote(Vec<Block>),
    List { ordered: bool, items: Vec<Item> },
    Table { align: Vec<Option<Align>>, head: Vec<Vec<Inline>>, rows: Vec<Vec<Vec<Inline>>> },
}

/// An item of a list; one with bullets has no numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) number: Option<u32>,
    pub(crate) children: Vec<Block>,
}

/// Something that stands in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Inline {
    Plain(String),
    Strong(Vec<Inline>),
    Emphasis(Vec<Inline>),
    Struck(Vec<Inline>),
    Code(String),
    Break,
    /// `host`: where it leads, when its text does not show it.
    Link {
        href: String,
        host: Option<String>,
        children: Vec<Inline>,
    },
    Room(String),
    /// `own`: the nick of the reader.
    Mention {
        text: String,
        own: bool,
    },
}

/// Reads a text. `me` is the reader's nick, which is marked where it is mentioned; with `words` also
/// where it stands without an `@`.
pub(crate) fn parse(text: &str, me: Option<&str>, words: bool) -> Vec<Block> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines = text.split('\n').map(str::to_owned).collect();
    let me = me.filter(|me| !me.is_empty());
    blocks::read(lines, 0, &mut inline::Context { me, words, pieces: 0 })
}

/// For each of these signs in a text, in order, whether it stands in prose: not in code, in an address,
/// or where a link leads. The sign has to be one that no address is read without.
pub(crate) fn in_prose(text: &str, sign: char) -> Vec<bool> {
    let mut found = Vec::new();
    prose::blocks(&parse(text, None, false), sign, &mut found);
    found
}

/// Whether a text names its reader: what was marked, so neither code nor addresses.
pub(crate) fn mentions(blocks: &[Block]) -> bool {
    blocks.iter().any(|block| match block {
        Block::Paragraph(line) => names(line),
        Block::Fence { .. } => false,
        Block::Quote(inner) => mentions(inner),
        Block::List { items, .. } => items.iter().any(|item| mentions(&item.children)),
        Block::Table { head, rows, .. } => {
            head.iter().chain(rows.iter().flatten()).any(|cell| names(cell))
        }
    })
}

fn names(line: &[Inline]) -> bool {
    line.iter().any(|node| match node {
        Inline::Mention { own, .. } => *own,
        Inline::Strong(inner) | Inline::Emphasis(inner) | Inline::Struck(inner) => names(inner),
        Inline::Link { children, .. } => names(children),
        Inline::Plain(_) | Inline::Code(_) | Inline::Break | Inline::Room(_) => false,
    })
}
