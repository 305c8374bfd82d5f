//! Bold, italic and struck-through text: which characters are marks, and which marks pair up.
//!
//! `inline` asks for the marks of a line, and then passes all pieces of the line to get nodes. Each mark goes
//! onto a stack once and comes off once, so the cost is linear in any text.

use super::Inline;
use super::characters::{after, before, is_letter, is_space, is_spaceless, is_wordy};

/// A part of a line.
#[derive(Clone, Debug)]
pub(super) enum Piece {
    Node(Inline),
    Marks(Marks),
}

/// A run of one mark character, such as `**`.
#[derive(Clone, Debug)]
pub(super) struct Marks {
    sign: char,
    count: usize,
    opens: bool,
    closes: bool,
    /// How many marks of the run have no partner yet.
    left: usize,
    /// The nodes that this run opens and closes, innermost first.
    opened: Vec<Kind>,
    closed: Vec<Kind>,
    /// The text as typed, if a backslash escapes the run.
    raw: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Strong,
    Emphasis,
    Struck,
}

/// The deepest nesting of marks. Deeper ones stay text.
const DEPTH_MAX: usize = 6;

/// The most marks of other kinds between a mark and the character that decides about it.
const PAST_MAX: usize = 8;

// The ASCII characters that may stand outside of marks: BEFORE opening ones, and AFTER closing ones. Inside,
// no mark touches white space, no opening one a character of NOT_BEHIND, and no closing one a character of
// NOT_AHEAD. Elsewhere stars and underscores are patterns, paths, products and pointers. Of other scripts,
// every character may stand outside except the letters of a word.
const BEFORE: &str = "([{<\"'";
const AFTER: &str = ")]}>\"'.,:;!?-";
const NOT_BEHIND: &str = ".,:;!?/\\)]}>|&=%^";
const NOT_AHEAD: &str = "/\\([{<|&=^";

/// The run of marks at a position: its length in bytes, and the marks, or `None` if they mean nothing.
/// `escaped`: the run begins with a backslash, which stands before each mark or before all.
pub(super) fn marks_at(text: &str, at: usize, sign: char, escaped: bool) -> (usize, Option<Marks>) {
    let rest = &text[at..];
    let mut length = 0;
    if escaped {
        while rest[length..].starts_with('\\') && rest[length + 1..].starts_with(sign) {
            length += 2;
        }
    }
    let behind = &rest[length..];
    length += behind.len() - behind.trim_start_matches(sign).len();
    let raw = &rest[..length];
    let count = raw.chars().filter(|c| *c == sign).count();
    let known = match sign {
        '*' => count <= 3,
        '_' => count == 1,
        _ => count == 2,
    };
    if !known {
        return (length, None);
    }
    let (left, right) = (before(text, at), after(text, at + length));
    // A quoted star is only a star.
    let is_quoted = left == right && matches!(left, Some('"' | '\''));
    let (past_left, past_right) = (past_before(text, at), past_after(text, at + length));
    let opens = !is_quoted && !is_one(right, NOT_BEHIND) && is_free(past_left, right, BEFORE);
    let closes = !is_quoted && !is_one(left, NOT_AHEAD) && is_free(past_right, left, AFTER);
    let raw = escaped.then(|| raw.to_owned());
    let (opened, closed) = (Vec::new(), Vec::new());
    (length, Some(Marks { sign, count, opens, closes, left: count, opened, closed, raw }))
}

/// Whether there is no character, or it is white space or in `of`.
fn is_one(c: Option<char>, of: &str) -> bool {
    c.is_none_or(|c| is_space(c) || of.contains(c))
}

fn is_mark(c: &char) -> bool {
    matches!(c, '*' | '_' | '~')
}

/// The character before a position, skipping at most `PAST_MAX` marks of any kind.
fn past_before(text: &str, at: usize) -> Option<char> {
    let marks = text[..at].chars().rev().take_while(is_mark).count();
    text[..at].chars().rev().nth(marks.min(PAST_MAX))
}

fn past_after(text: &str, at: usize) -> Option<char> {
    let marks = text[at..].chars().take(PAST_MAX).take_while(is_mark).count();
    text[at..].chars().nth(marks)
}

/// Whether the character outside lets a mark count: it is allowed there, or not part of the word inside.
fn is_free(outside: Option<char>, inside: Option<char>, allowed: &str) -> bool {
    match outside {
        None => true,
        Some(c) if c.is_ascii() && !is_letter(outside) => is_space(c) || allowed.contains(c),
        _ => !is_wordy(outside) || is_spaceless(inside),
    }
}

/// Builds nodes from pieces.
pub(super) fn settle(mut pieces: Vec<Piece>) -> Vec<Inline> {
    pair(&mut pieces);
    let is_escaped = |piece: &Piece| matches!(piece, Piece::Marks(Marks { raw: Some(_), .. }));
    if pieces.iter().any(is_escaped) {
        pieces = pieces.into_iter().map(unescape).collect();
        pair(&mut pieces);
    }
    nest(pieces)
}

/// Resets the pairing of marks. Escaped marks become text: without their backslashes if they had a partner.
fn unescape(piece: Piece) -> Piece {
    match piece {
        Piece::Marks(marks @ Marks { raw: None, .. }) => {
            let (opened, closed) = (Vec::new(), Vec::new());
            Piece::Marks(Marks { left: marks.count, opened, closed, ..marks })
        }
        Piece::Marks(Marks { sign, count, raw: Some(raw), opened, closed, .. }) => {
            let had_partner = !opened.is_empty() || !closed.is_empty();
            Piece::Node(Inline::Plain(if had_partner { repeated(sign, count) } else { raw }))
        }
        node => node,
    }
}

fn repeated(sign: char, count: usize) -> String {
    std::iter::repeat_n(sign, count).collect()
}

/// The positions of marks that wait for a partner, by character and count.
#[derive(Default)]
struct Waiting([Vec<usize>; 5]);

impl Waiting {
    fn stack(&mut self, sign: char, count: usize) -> Option<&mut Vec<usize>> {
        let at = match (sign, count) {
            ('*', 1..=3) => count - 1,
            ('_', 1) => 3,
            ('~', 2) => 4,
            _ => return None,
        };
        self.0.get_mut(at)
    }

    /// The nearest preceding marks that these can close: those of the same count. A run of three is a pair
    /// and a single mark, and opens or closes either.
    fn nearest(&mut self, sign: char, left: usize) -> Option<usize> {
        let fits = |count: &usize| *count == left || *count == 3 || left == 3;
        let counts = (1..=3).filter(fits);
        counts.filter_map(|count| self.stack(sign, count)?.last().copied()).max()
    }
}

/// Pairs the marks.
fn pair(pieces: &mut [Piece]) {
    let mut waiting = Waiting::default();
    for at in 0..pieces.len() {
        let (before, rest) = pieces.split_at_mut(at);
        let Some(Piece::Marks(marks)) = rest.first_mut() else { continue };
        while marks.closes && marks.left > 0 {
            let Some(partner) = waiting.nearest(marks.sign, marks.left) else { break };
            // Marks that were opened after the partner and not closed stay text.
            for stack in &mut waiting.0 {
                while stack.last().is_some_and(|last| *last >= partner) {
                    stack.pop();
                }
            }
            let Some(Piece::Marks(opener)) = before.get_mut(partner) else { break };
            let size = if opener.left == 3 { marks.left.min(2) } else { opener.left };
            let kind = match (marks.sign, size) {
                ('~', _) => Kind::Struck,
                (_, 2) => Kind::Strong,
                _ => Kind::Emphasis,
            };
            opener.opened.push(kind);
            marks.closed.push(kind);
            opener.left -= size;
            marks.left -= size;
            if opener.left > 0
                && let Some(stack) = waiting.stack(opener.sign, opener.left)
            {
                stack.push(partner);
            }
        }
        if marks.opens
            && marks.left > 0
            && let Some(stack) = waiting.stack(marks.sign, marks.left)
        {
            stack.push(at);
        }
    }
}

/// An open node: its kind (`None` if it is nested too deeply), and its children.
struct Open {
    kind: Option<Kind>,
    children: Vec<Inline>,
}

/// Builds the tree.
fn nest(pieces: Vec<Piece>) -> Vec<Inline> {
    let mut open = vec![Open { kind: None, children: Vec::new() }];
    for piece in pieces {
        let marks = match piece {
            Piece::Node(node) => {
                add(&mut open, node);
                continue;
            }
            Piece::Marks(marks) => marks,
        };
        for kind in marks.closed {
            let Some(ended) = open.pop() else { break };
            match ended.kind {
                Some(kind) => add(&mut open, kind.node(ended.children)),
                None => {
                    ended.children.into_iter().for_each(|child| add(&mut open, child));
                    add(&mut open, Inline::Plain(repeated(marks.sign, kind.size())));
                }
            }
        }
        add(&mut open, Inline::Plain(repeated(marks.sign, marks.left)));
        for kind in marks.opened.into_iter().rev() {
            let is_flat = open.len() > DEPTH_MAX;
            if is_flat {
                add(&mut open, Inline::Plain(repeated(marks.sign, kind.size())));
            }
            open.push(Open { kind: (!is_flat).then_some(kind), children: Vec::new() });
        }
    }
    // Every open node has been closed: pairing marked both of its ends.
    open.pop().map(|root| root.children).unwrap_or_default()
}

/// Adds a node to the innermost open one; adjacent texts are merged.
fn add(open: &mut [Open], node: Inline) {
    let Some(Open { children, .. }) = open.last_mut() else { return };
    match (children.last_mut(), node) {
        (_, Inline::Plain(text)) if text.is_empty() => {}
        (Some(Inline::Plain(last)), Inline::Plain(text)) => last.push_str(&text),
        (_, node) => children.push(node),
    }
}

impl Kind {
    fn size(self) -> usize {
        if self == Self::Emphasis { 1 } else { 2 }
    }

    fn node(self, children: Vec<Inline>) -> Inline {
        match self {
            Self::Strong => Inline::Strong(children),
            Self::Emphasis => Inline::Emphasis(children),
            Self::Struck => Inline::Struck(children),
        }
    }
}
