//! Where a character occurs in a tree: in prose, or in code and addresses, which must not be changed.

use super::address::{address, with_scheme};
use super::{Block, Inline};

pub(super) fn blocks(blocks: &[Block], sign: char, found: &mut Vec<bool>) {
    for block in blocks {
        match block {
            Block::Paragraph(nodes) => line(nodes, sign, found),
            Block::Fence { language, text } => {
                add(&format!("{language}{text}"), sign, false, found);
            }
            Block::Quote(inner) => self::blocks(inner, sign, found),
            Block::List { items, .. } => {
                items.iter().for_each(|item| self::blocks(&item.children, sign, found));
            }
            Block::Table { head, rows, .. } => {
                let cells = head.iter().chain(rows.iter().flatten());
                cells.for_each(|cell| line(cell, sign, found));
            }
        }
    }
}

fn line(nodes: &[Inline], sign: char, found: &mut Vec<bool>) {
    for node in nodes {
        match node {
            Inline::Plain(text) => add(text, sign, true, found),
            Inline::Code(text) | Inline::Room(text) | Inline::Mention { text, .. } => {
                add(text, sign, false, found);
            }
            Inline::Strong(inner) | Inline::Emphasis(inner) | Inline::Struck(inner) => {
                line(inner, sign, found);
            }
            Inline::Link { href, children, .. } => match children.as_slice() {
                // A bare address is its own text.
                [Inline::Plain(text)] if is_bare(text, href) => add(text, sign, false, found),
                children => {
                    line(children, sign, found);
                    add(&escaped(href, sign), sign, false, found);
                }
            },
            Inline::Break => {}
        }
    }
}

fn is_bare(text: &str, href: &str) -> bool {
    address(&with_scheme(text)).is_some_and(|address| address.href == href)
}

/// An address with `sign` restored from its percent-encoded form.
fn escaped(href: &str, sign: char) -> String {
    let mut bytes = [0; 4];
    let bytes = sign.encode_utf8(&mut bytes).bytes();
    let written: String = bytes.map(|byte| format!("%{byte:02X}")).collect();
    href.replace(&written, &sign.to_string())
}

fn add(text: &str, sign: char, is_prose: bool, found: &mut Vec<bool>) {
    found.extend(text.matches(sign).map(|_| is_prose));
}
