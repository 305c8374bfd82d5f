//! What a line begins: a quote, an item of a list, a fence, a table.
//!
//! `blocks` reads by it, and `inline` asks what a backslash hides.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;

use super::characters::{is_space, trim, trim_end};
use crate::pattern::pattern;

/// The sign of a quote, and what may follow it. `>:(` and `>_<` are faces.
static QUOTE: LazyLock<Regex> = pattern!(r#"^( *>)(?:$|[\s\x{feff}>"'*`\[#@~“„«]|\p{L}|\p{N})"#);

/// The indent, the bullet or the number, and the gap behind it. Longer numbers are years and sums.
static ITEM: LazyLock<Regex> = pattern!(r"^( *)(?:([-*+])|([0-9]{1,3})([.)]))[ \t]+");

/// A tag for colouring is short; anything longer behind a fence is its first line.
static TAG: LazyLock<Regex> = pattern!(r"^[0-9A-Za-z_+#.-]{0,24}$");

static MARK: LazyLock<Regex> = pattern!(r"^:?-+:?$");

/// An item of a list: `width` is where its text begins, `sign` is its bullet, or what stands behind
/// its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Marked {
    pub(super) indent: usize,
    pub(super) width: usize,
    pub(super) is_ordered: bool,
    pub(super) sign: char,
    pub(super) number: u32,
}

impl Marked {
    /// Whether an item belongs to the list that this one began: stars and minuses are alike.
    pub(super) fn goes_on_with(&self, next: &Self) -> bool {
        let is_alike =
            self.sign == next.sign || matches!((self.sign, next.sign), ('-' | '*', '-' | '*'));
        is_alike && next.indent <= self.indent + 1
    }
}

/// A fence that begins in a line. `words` stand before it, `tag` or `code` behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fence {
    pub(super) words: String,
    pub(super) marks: String,
    pub(super) tag: Option<String>,
    pub(super) code: String,
}

/// Where the cells of a column stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Centre,
    Right,
}

/// What a quote says in this line.
pub(super) fn quoted(line: &str) -> Option<&str> {
    let sign = QUOTE.captures(line)?.get(1)?.end();
    let said = &line[sign..];
    Some(said.strip_prefix([' ', '\t']).unwrap_or(said))
}

pub(super) fn item(line: &str) -> Option<Marked> {
    // A line drawn by hand is no list of nothing.
    if line.chars().all(|c| matches!(c, '-' | '*' | '+' | ' ' | '\t')) {
        return None;
    }
    let found = ITEM.captures(line)?;
    let width = found.get(0)?.end();
    let follows = line[width..].chars().next()?;
    let number = found.get(3).and_then(|number| number.as_str().parse().ok());
    let sign = found.get(2).or(found.get(4))?.as_str().chars().next()?;
    (!is_space(follows)).then(|| Marked {
        indent: found.get(1).map_or(0, |indent| indent.len()),
        width,
        is_ordered: number.is_some(),
        sign,
        number: number.unwrap_or(0),
    })
}

/// The runs of backticks in a text: where each begins, and how long it is.
fn ticks(text: &str) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (at, _) in text.match_indices('`') {
        match runs.last_mut().filter(|(start, length)| start + length == at) {
            Some((_, length)) => *length += 1,
            None => runs.push((at, 1)),
        }
    }
    runs
}

/// For each run of backticks, by its place, where the next one of its length is.
pub(super) fn next_ticks(text: &str) -> HashMap<usize, usize> {
    let (mut found, mut last) = (HashMap::new(), HashMap::new());
    for (at, length) in ticks(text).into_iter().rev() {
        if let Some(next) = last.insert(length, at) {
            found.insert(at, next);
        }
    }
    found
}

/// The fence that begins in a line: three backticks or more that have no partner in it.
pub(super) fn fence(line: &str) -> Option<Fence> {
    if !line.contains("```") {
        return None;
    }
    let next = next_ticks(line);
    let mut code = None;
    for (at, length) in ticks(line) {
        if code.is_some_and(|code| at <= code) {
            continue;
        }
        if let Some(partner) = next.get(&at) {
            code = Some(*partner);
        } else if length >= 3 {
            let behind = trim(&line[at + length..]).to_owned();
            let is_tag = TAG.is_match(&behind);
            let (tag, code) = if is_tag { (Some(behind), String::new()) } else { (None, behind) };
            let words = trim_end(&line[..at]).to_owned();
            return Some(Fence { words, marks: "`".repeat(length), tag, code });
        }
    }
    None
}

/// What a line that ends a fence has before its marks, and behind them. They may stand right behind
/// the code; words may follow those that begin a line. `marks` are those of the beginning: as many,
/// or more, end it.
pub(super) fn fence_end<'a>(line: &'a str, marks: &str) -> Option<(&'a str, &'a str)> {
    let text = trim(line);
    if !text.contains(marks) {
        return None;
    }
    let behind = text.trim_start_matches('`');
    if text.len() - behind.len() >= marks.len() && behind.starts_with(is_space) {
        return Some(("", trim(behind)));
    }
    text.ends_with(marks).then(|| (trim_end(line).trim_end_matches('`'), ""))
}

/// Whether a line begins what a backslash may hide.
pub(super) fn begins_block(line: &str) -> bool {
    quoted(line).is_some() || item(line).is_some() || is_fence(line)
}

/// Whether a line begins with the marks of a fence.
pub(super) fn is_fence(line: &str) -> bool {
    line.trim_start_matches(' ').starts_with("```")
}

/// The cells of a line of a table. A backslash keeps a line that stands within a cell.
pub(super) fn cells(line: &str) -> Option<Vec<String>> {
    if !line.contains('|') {
        return None;
    }
    let text = trim(line);
    let mut found = Vec::new();
    let mut cell = String::new();
    let mut signs = text.strip_prefix('|').unwrap_or(text).chars().peekable();
    while let Some(sign) = signs.next() {
        match sign {
            '\\' if signs.peek() == Some(&'|') => cell.extend(signs.next()),
            '|' => found.push(trim(&std::mem::take(&mut cell)).to_owned()),
            sign => cell.push(sign),
        }
    }
    if !trim(&cell).is_empty() {
        found.push(trim(&cell).to_owned());
    }
    (!found.is_empty()).then_some(found)
}

/// How the columns of a table stand, if this is the line between its head and its rows.
pub(super) fn aligned(line: &str) -> Option<Vec<Option<Align>>> {
    let is_mark = |c: char| is_space(c) || matches!(c, '|' | ':' | '-');
    if line.is_empty() || !line.chars().all(is_mark) {
        return None;
    }
    let marks = cells(line)?;
    let all = marks.iter().map(|mark| {
        let (left, right) = (mark.starts_with(':'), mark.ends_with(':'));
        MARK.is_match(mark).then_some(match (left, right) {
            (true, true) => Some(Align::Centre),
            (false, true) => Some(Align::Right),
            (true, false) => Some(Align::Left),
            (false, false) => None,
        })
    });
    all.collect()
}
