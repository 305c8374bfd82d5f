//! Markdown as people type it in chats: a text becomes a tree of plain values.
//!
//! The dialect and the tests are the browser client's (client/web/tests/golden/markdown.json and
//! mention.json): both clients must show a text alike. `styled_text` draws the tree. Headings, images and
//! HTML are not supported: they stay text as written. Anybody can send a text, so every pass is linear in its
//! length, and nesting is bounded.

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

/// A block: it starts on a new line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Block {
    Paragraph(Vec<Inline>),
    Fence { language: String, text: String },
    Quote(Vec<Block>),
    List { ordered: bool, items: Vec<Item> },
    Table { align: Vec<Option<Align>>, head: Vec<Vec<Inline>>, rows: Vec<Vec<Vec<Inline>>> },
}

/// An item of a list; `number` is `None` in a bulleted list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) number: Option<u32>,
    pub(crate) children: Vec<Block>,
}

/// An inline node: it stands within a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Inline {
    Plain(String),
    Strong(Vec<Inline>),
    Emphasis(Vec<Inline>),
    Struck(Vec<Inline>),
    Code(String),
    Break,
    /// `host`: where the link leads, if its text does not show that.
    Link {
        href: String,
        host: Option<String>,
        children: Vec<Inline>,
    },
    Room(String),
    /// `own`: the mention is of the reader.
    Mention {
        text: String,
        own: bool,
    },
}

/// Parses a text. `me` is the reader's nick; mentions of it are marked. With `words`, the nick is also a
/// mention without an `@`.
pub(crate) fn parse(text: &str, me: Option<&str>, words: bool) -> Vec<Block> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines = text.split('\n').map(str::to_owned).collect();
    let me = me.filter(|me| !me.is_empty());
    blocks::read(lines, 0, &mut inline::Context { me, words, pieces: 0 })
}

/// For each occurrence of `sign` in a text, in order: whether it is prose, as opposed to code, an address or
/// the target of a link. `sign` must be a character that the parser keeps in addresses.
pub(crate) fn in_prose(text: &str, sign: char) -> Vec<bool> {
    let mut found = Vec::new();
    prose::blocks(&parse(text, None, false), sign, &mut found);
    found
}

/// Whether a text mentions its reader. Code and addresses do not count.
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
