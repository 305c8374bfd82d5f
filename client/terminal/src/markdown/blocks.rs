//! Lines as blocks: paragraphs, fenced code, quotes, lists, tables.

use std::collections::HashSet;

use super::characters::{is_space, trim, trim_end};
use super::inline::{Context, PIECES_MAX, inline};
use super::lines::{Fence, Marked, aligned, cells, fence, fence_end, is_fence, item, quoted};
use super::{Block, Item};

/// The deepest nesting of quotes and lists. Deeper ones stay text: nobody reads them, and attacks are made of
/// them.
const DEPTH_MAX: usize = 5;

/// Parses lines into blocks. The content of a quote or of a list item is parsed by a nested call.
pub(super) fn read(lines: Vec<String>, depth: usize, context: &mut Context<'_>) -> Vec<Block> {
    let blocks = Blocks {
        lines,
        depth,
        context,
        at: 0,
        open: Vec::new(),
        blocks: Vec::new(),
        fences: None,
        diff: false,
        diff_end: 0,
        tables_from: 0,
    };
    blocks.read()
}

struct Blocks<'c, 'm> {
    lines: Vec<String>,
    depth: usize,
    context: &'c mut Context<'m>,
    at: usize,
    /// Lines of the paragraph so far.
    open: Vec<String>,
    blocks: Vec<Block>,
    /// For each line, the first line at or after it in which a fence begins or ends. Computed at first use.
    fences: Option<Vec<usize>>,
    /// Whether the lines before `diff_end` are a diff. No table begins before line `tables_from`.
    diff: bool,
    diff_end: usize,
    tables_from: usize,
}

impl Blocks<'_, '_> {
    fn read(mut self) -> Vec<Block> {
        while let Some(line) = self.lines.get(self.at).cloned() {
            if trim(&line).is_empty() {
                self.end_paragraph();
                self.at += 1;
            } else if !(self.fence(&line, true)
                || self.quote(&line)
                || self.list(&line)
                || self.table(&line)
                || self.fence(&line, false))
            {
                self.open.push(trim_end(&line).to_owned());
                self.at += 1;
            }
        }
        self.end_paragraph();
        self.blocks
    }

    fn end_paragraph(&mut self) {
        let open = std::mem::take(&mut self.open);
        if !open.is_empty() {
            let children = inline(&open.join("\n"), self.context);
            self.blocks.push(Block::Paragraph(children));
        }
    }

    /// A fence, at the beginning of a line or behind words. An unclosed fence runs to the end. With `first`,
    /// only a fence at the beginning of the line counts.
    fn fence(&mut self, line: &str, first: bool) -> bool {
        if first && !is_fence(line) {
            return false;
        }
        let Some(begun) = fence(line) else { return false };
        if !begun.words.is_empty() && (first || !self.is_meant(&begun)) {
            return false;
        }
        let Fence { words, marks, tag, code } = begun;
        if !words.is_empty() {
            self.open.push(words);
        }
        self.end_paragraph();
        // Code may begin right behind the marks.
        let mut text: Vec<String> = if code.is_empty() { Vec::new() } else { vec![code] };
        self.at += 1;
        while let Some(next) = self.lines.get(self.at).cloned() {
            let Some((code, words)) = fence_end(&next, &marks) else {
                text.push(next);
                self.at += 1;
                continue;
            };
            if !trim(code).is_empty() {
                text.push(code.to_owned());
            }
            // Words behind the closing marks are parsed as a line.
            match words.is_empty() {
                true => self.at += 1,
                false => words.clone_into(&mut self.lines[self.at]),
            }
            break;
        }
        // A single word with no code below it is the code, not a language tag.
        let (language, text) = match (tag, text.is_empty()) {
            (Some(tag), true) => (String::new(), tag),
            (tag, _) => (tag.unwrap_or_default(), text.join("\n")),
        };
        self.blocks.push(Block::Fence { language, text });
        true
    }

    /// Whether marks behind words open a fence: either they end their line and one of the next two lines is
    /// not blank, or a later line closes them.
    fn is_meant(&mut self, begun: &Fence) -> bool {
        if begun.tag.as_ref().is_some_and(String::is_empty) && begun.code.is_empty() {
            let below = self.lines.iter().skip(self.at + 1).take(2);
            return below.into_iter().any(|line| !trim(line).is_empty());
        }
        self.fence_end_after(self.at, &begun.marks).is_some()
    }

    /// The line that closes the fence opened in line `at`.
    fn fence_end_after(&mut self, at: usize, marks: &str) -> Option<usize> {
        let lines = &self.lines;
        let fences = self.fences.get_or_insert_with(|| fence_lines(lines));
        let end = *fences.get(at + 1)?;
        fence_end(self.lines.get(end)?, marks).map(|_| end)
    }

    fn quote(&mut self, line: &str) -> bool {
        if self.depth >= DEPTH_MAX || quoted(line).is_none() {
            return false;
        }
        self.end_paragraph();
        let said = self.lines[self.at..].iter().map_while(|line| quoted(line).map(str::to_owned));
        let inner: Vec<String> = said.collect();
        self.at += inner.len();
        let children = read(inner, self.depth + 1, self.context);
        self.blocks.push(Block::Quote(children));
        true
    }

    fn list(&mut self, line: &str) -> bool {
        let Some(first) = item(line).filter(|_| self.depth < DEPTH_MAX) else { return false };
        if self.is_diff(&first) {
            return false;
        }
        self.end_paragraph();
        let ordered = first.is_ordered;
        let (mut typed, mut items) = (Vec::new(), Vec::new());
        let mut next = Some(first);
        while let Some(it) = next
            && first.goes_on_with(&it)
            && !self.is_diff(&it)
        {
            typed.push(it.number);
            let body = self.body(&it);
            items.push(read(body, self.depth + 1, self.context));
            next = self.lines.get(self.at).and_then(|line| item(line));
        }
        // A list typed as 1. 1. 1. is counted up; other numbers are kept as typed.
        let counts = typed.iter().all(|number| *number == first.number);
        let numbers = (first.number..)
            .zip(typed)
            .map(|(counted, typed)| ordered.then_some(if counts { counted } else { typed }));
        let items = numbers.zip(items).map(|(number, children)| Item { number, children });
        self.blocks.push(Block::List { ordered, items: items.collect() });
        true
    }

    /// Whether some lines from here on begin with a plus and others with a minus: a piece of a diff, or pros
    /// and cons. As a list, both would get the same bullets.
    fn is_diff(&mut self, first: &Marked) -> bool {
        if !matches!(first.sign, '+' | '-') {
            return false;
        }
        if self.at < self.diff_end {
            return self.diff;
        }
        let lines = self.lines[self.at..].iter().take_while(|line| !trim(line).is_empty());
        let mut signs = HashSet::new();
        self.diff_end = self.at;
        for line in lines {
            self.diff_end += 1;
            if let Some(sign @ ('+' | '-')) = line.chars().next()
                && line[1..].starts_with(is_space)
            {
                signs.insert(sign);
            }
        }
        self.diff = signs.len() > 1;
        self.diff
    }

    /// The lines of an item: its first line, and those indented below it.
    fn body(&mut self, marked: &Marked) -> Vec<String> {
        let mut inner = vec![self.lines[self.at][marked.width..].to_owned()];
        // Fenced code that begins in the item belongs to it, since nobody indents what they paste.
        let within = fence(&inner[0]).and_then(|begun| self.fence_end_after(self.at, &begun.marks));
        let is_bare = within.is_some_and(|end| depth_of(&self.lines[end]) < marked.indent + 2);
        let within = within.unwrap_or(0);
        let mut end = self.at + 1;
        for (at, raw) in self.lines.iter().enumerate().skip(self.at + 1) {
            let line = untabbed(raw);
            let is_blank = trim(&line).is_empty();
            let depth = depth_of(&line);
            if at > within && !is_blank && depth < marked.indent + 2 {
                // A blank line between two items does not split the list.
                if item(&line).is_some() {
                    end = at;
                }
                break;
            }
            if at > within && is_blank && at > end {
                break;
            }
            inner.push(match is_bare && at <= within {
                true => raw.clone(),
                false => line.chars().skip(depth.min(marked.width)).collect(),
            });
            if !is_blank {
                end = at + 1;
            }
        }
        self.at = end;
        inner
    }

    /// A table: a line with cells, the alignment row, and all following lines with cells.
    fn table(&mut self, line: &str) -> bool {
        let head = cells(line).filter(|_| self.at >= self.tables_from);
        let align = self.lines.get(self.at + 1).and_then(|line| aligned(line));
        let (Some(head), Some(align)) = (head, align) else { return false };
        let columns = align.len();
        if columns != head.len() {
            return false;
        }
        let below = self.lines[self.at + 2..].iter().map_while(|line| cells(line));
        let below: Vec<Vec<String>> = below.map(|row| fitted(row, columns)).collect();
        let end = self.at + below.len() + 2;
        let pieces = self.context.pieces + (below.len() + 1) * columns;
        // Each cell counts as a piece. A table with too many cells stays text; `tables_from` keeps its lines
        // from being counted again.
        if pieces > PIECES_MAX {
            self.tables_from = end;
            return false;
        }
        self.context.pieces = pieces;
        self.end_paragraph();
        self.at = end;
        let mut row = |cells: Vec<String>| -> Vec<_> {
            cells.iter().map(|cell| inline(cell, self.context)).collect()
        };
        let (head, rows) = (row(head), below.into_iter().map(row).collect());
        self.blocks.push(Block::Table { align, head, rows });
        true
    }
}

/// For each line, the first line at or after it in which a fence begins or ends.
fn fence_lines(lines: &[String]) -> Vec<usize> {
    let mut found = vec![lines.len(); lines.len()];
    for at in (0..lines.len()).rev() {
        let next = found.get(at + 1).copied().unwrap_or(lines.len());
        found[at] = if fence(&lines[at]).is_some() { at } else { next };
    }
    found
}

/// Joins surplus cells into the last one, and fills missing ones with empty cells.
fn fitted(mut row: Vec<String>, columns: usize) -> Vec<String> {
    let rest = row.split_off(row.len().min(columns.saturating_sub(1)));
    row.resize(columns.saturating_sub(1), String::new());
    row.push(rest.join(" | "));
    row
}

/// The indentation of a line in characters; 0 for a blank line.
fn depth_of(line: &str) -> usize {
    let depth = line.chars().take_while(|c| is_space(*c)).count();
    if trim(line).is_empty() { 0 } else { depth }
}

/// Expands each tab in the indentation to four spaces.
fn untabbed(line: &str) -> String {
    let rest = line.trim_start_matches([' ', '\t']);
    line[..line.len() - rest.len()].replace('\t', "    ") + rest
}
