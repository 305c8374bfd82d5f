//! What a line begins: a quote, a list item, a fence, a table.
//!
//! `blocks` parses with it, and `inline` uses it to see what a backslash escapes.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;

use super::characters::{is_space, trim, trim_end};
use crate::pattern::pattern;

/// `>` and what may follow it. `>:(` and `>_<` are faces.
static QUOTE: LazyLock<Regex> = pattern!(r#"^( *>)(?:$|[\s\x{feff}>"'*`\[#@~“„«]|\p{L}|\p{N})"#);

/// The indentation, the bullet or number, and the gap behind it. Numbers of more than three digits are years
/// and sums.
static ITEM: LazyLock<Regex> = pattern!(r"^( *)(?:([-*+])|([0-9]{1,3})([.)]))[ \t]+");

/// A language tag is short; anything longer behind a fence is its first line of code.
static TAG: LazyLock<Regex> = pattern!(r"^[0-9A-Za-z_+#.-]{0,24}$");

static MARK: LazyLock<Regex> = pattern!(r"^:?-+:?$");

/// A list item: `width` is where its text begins, `sign` is its bullet or the character behind its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Marked {
    pub(super) indent: usize,
    pub(super) width: usize,
    pub(super) is_ordered: bool,
    pub(super) sign: char,
    pub(super) number: u32,
}

impl Marked {
    /// Whether an item continues the list that this one began: `-` and `*` are the same.
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

/// The alignment of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Centre,
    Right,
}

/// The content of a line of a quote.
pub(super) fn quoted(line: &str) -> Option<&str> {
    let sign = QUOTE.captures(line)?.get(1)?.end();
    let said = &line[sign..];
    Some(said.strip_prefix([' ', '\t']).unwrap_or(said))
}

pub(super) fn item(line: &str) -> Option<Marked> {
    // A line drawn with dashes or stars is not a list of empty items.
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

/// The runs of backticks in a text: position and length.
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

/// For each run of backticks, by position, the next run of the same length.
pub(super) fn next_ticks(text: &str) -> HashMap<usize, usize> {
    let (mut found, mut last) = (HashMap::new(), HashMap::new());
    for (at, length) in ticks(text).into_iter().rev() {
        if let Some(next) = last.insert(length, at) {
            found.insert(at, next);
        }
    }
    found
}

/// The fence that begins in a line: at least three backticks without a partner in that line.
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

/// The text before and behind the marks in a line that closes a fence. Closing marks stand right behind code,
/// or begin their line and may then have words behind them. It takes at least as many backticks as in
/// `marks`, which opened the fence.
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

/// Whether a line begins a block that a backslash can escape.
pub(super) fn begins_block(line: &str) -> bool {
    quoted(line).is_some() || item(line).is_some() || is_fence(line)
}

/// Whether a line begins with the marks of a fence.
pub(super) fn is_fence(line: &str) -> bool {
    line.trim_start_matches(' ').starts_with("```")
}

/// The cells of a table row. A cell may contain `\|`.
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

/// The alignment of the columns, if this is the line between the header and the rows of a table.
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
