//! Inline nodes: marks, code, links, rooms, nicks.
//!
//! `blocks` passes in paragraphs. A paragraph is read once, from left to right, and becomes pieces;
//! `emphasis` then pairs the marks. Nothing is read twice: a link that turns out not to be one is skipped as
//! text.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use regex::Regex;
use unicode_normalization::UnicodeNormalization;

use super::Inline;
use super::address::{Address, address, end_of, shows_host, with_scheme};
use super::characters::{before, is_space, is_wordy};
use super::emphasis::{Piece, marks_at, settle};
use super::lines::{begins_block, next_ticks};
use super::mention::{bare_nicks, name_at};
use crate::pattern::pattern;

/// What a whole text shares.
pub(super) struct Context<'a> {
    /// The reader's nick, and whether it is a mention without an `@`.
    pub(super) me: Option<&'a str>,
    pub(super) words: bool,
    /// How many pieces the text has so far.
    pub(super) pieces: usize,
}

/// The most pieces in a text; the rest is shown as it was typed. The browser needs the limit, and both
/// clients show the same.
pub(super) const PIECES_MAX: usize = 300;

/// Characters at which something may begin.
static SPECIAL: LazyLock<Regex> = pattern!(r"[\\`*_~\[\]#@\n]|(?i-u:https?://|www\.)");

static LINKED: LazyLock<Regex> = pattern!(r"^(?i-u:https?://|mailto:)");

static VISIBLE: LazyLock<Regex> = pattern!(r"[\p{L}\p{N}\p{P}\p{S}]");

pub(super) fn inline(text: &str, context: &mut Context<'_>) -> Vec<Inline> {
    let line = Line {
        text,
        context,
        at: 0,
        pieces: Vec::new(),
        brackets: Vec::new(),
        closing: None,
        ticks: None,
        plain_ticks: HashSet::new(),
    };
    line.read()
}

/// An open bracket: its piece, and whether it is escaped.
#[derive(Clone, Copy)]
struct Bracket {
    piece: usize,
    escaped: bool,
}

struct Line<'a, 'c, 'm> {
    text: &'a str,
    context: &'c mut Context<'m>,
    at: usize,
    pieces: Vec<Piece>,
    brackets: Vec<Bracket>,
    /// The closing parenthesis for each opening one. Computed at first use.
    closing: Option<HashMap<usize, usize>>,
    /// See `next_ticks`. Computed at first use.
    ticks: Option<HashMap<usize, usize>>,
    /// Runs of backticks that would end a code span whose start was escaped.
    plain_ticks: HashSet<usize>,
}

impl Line<'_, '_, '_> {
    fn read(mut self) -> Vec<Inline> {
        let words = self.context.me.filter(|_| self.context.words);
        let own = words.map(|me| bare_nicks(self.text, me)).unwrap_or_default();
        let mut own = own.into_iter().peekable();
        let mut special = None;
        while self.at < self.text.len() {
            while own.next_if(|(start, _)| *start < self.at).is_some() {}
            if special.is_none_or(|special| special < self.at) {
                special = Some(self.next_special());
            }
            let nick = own.peek().map_or(self.text.len(), |(start, _)| *start);
            let start = special.unwrap_or(nick).min(nick);
            self.plain_up_to(start);
            let Some(sign) = self.sign(start) else { break };
            if sign == b'\n' {
                self.pieces.push(Piece::Node(Inline::Break));
                self.at += 1;
            } else if self.context.pieces >= PIECES_MAX {
                self.skip_char();
            } else if let Some((_, end)) = own.next_if(|(nick, _)| *nick == start) {
                let text = self.text[start..end].to_owned();
                self.add(Inline::Mention { text, own: true });
                self.at = end;
            } else {
                self.take(sign);
            }
        }
        settle(self.pieces)
    }

    fn next_special(&self) -> usize {
        SPECIAL.find_at(self.text, self.at).map_or(self.text.len(), |found| found.start())
    }

    fn sign(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn plain(&mut self, text: &str) {
        if !text.is_empty() {
            self.pieces.push(Piece::Node(Inline::Plain(text.to_owned())));
        }
    }

    fn plain_up_to(&mut self, end: usize) {
        let text = self.text;
        self.plain(&text[self.at..end]);
        self.at = end;
    }

    fn add(&mut self, node: Inline) {
        self.pieces.push(Piece::Node(node));
        self.context.pieces += 1;
    }

    /// Keeps this many bytes as text.
    fn skip(&mut self, bytes: usize) {
        self.plain_up_to((self.at + bytes).min(self.text.len()));
    }

    fn skip_char(&mut self) {
        let c = self.text[self.at..].chars().next();
        self.skip(c.map_or(1, char::len_utf8));
    }

    /// Reads what begins at this character.
    fn take(&mut self, sign: u8) {
        match sign {
            b'\\' => self.escape(),
            b'`' => self.code(),
            b'*' | b'_' | b'~' => self.marks(char::from(sign), false),
            b'[' => self.bracket(false),
            b']' => self.named(),
            b'#' | b'@' => self.name(),
            _ => self.bare(),
        }
    }

    /// A backslash that takes the meaning from what follows it disappears. Any other backslash is kept: in a
    /// chat it stands in paths and patterns.
    fn escape(&mut self) {
        let next = self.sign(self.at + 1);
        let is_name = || name_at(self.text, self.at + 1, self.context.me, self.at).end.is_some();
        match next {
            Some(b'\\') => self.skip(2),
            _ if self.hides_block() => self.drop(),
            Some(sign @ (b'*' | b'_' | b'~')) => self.marks(char::from(sign), true),
            Some(b'[') => self.bracket(true),
            Some(b']') => self.unnamed(),
            Some(b'`') => self.escaped_code(),
            Some(b'#' | b'@') if is_name() => self.drop(),
            _ => self.skip(1),
        }
    }

    /// Drops the backslash, and keeps the character behind it as text.
    fn drop(&mut self) {
        self.at += 1;
        match self.sign(self.at) {
            Some(b'`') => self.skip(self.run()),
            _ => self.skip_char(),
        }
    }

    /// Whether a backslash keeps this line from being a quote, an item of a list, or the beginning
    /// of code.
    fn hides_block(&self) -> bool {
        /// A longer beginning of a line is not looked at.
        const BEFORE_MAX: usize = 11;
        let line = self.text[..self.at].rfind('\n').map_or(0, |end| end + 1);
        let start = &self.text[line..self.at];
        let digits = start.trim_start_matches(' ');
        let is_start = digits.len() <= 3 && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !is_start || (self.at > BEFORE_MAX + 2 && start.len() > BEFORE_MAX) {
            return false;
        }
        let rest = self.text[self.at + 1..].split('\n').next().unwrap_or_default();
        begins_block(&format!("{start}{rest}"))
    }

    /// The length of the run of backticks here.
    fn run(&self) -> usize {
        self.text[self.at..].bytes().take_while(|byte| *byte == b'`').count()
    }

    fn code_end(&mut self, start: usize) -> Option<usize> {
        self.ticks.get_or_insert_with(|| next_ticks(self.text)).get(&start).copied()
    }

    fn escaped_code(&mut self) {
        let start = self.at + 1;
        match self.code_end(start) {
            Some(end) => {
                self.plain_ticks.insert(end);
                self.drop();
            }
            None if self.plain_ticks.contains(&start) => self.drop(),
            None => self.skip(1),
        }
    }

    fn code(&mut self) {
        let count = self.run();
        let Some(end) = self.code_end(self.at) else { return self.skip(count) };
        let inside = self.text[self.at + count..end].replace('\n', " ");
        // A space at both ends is dropped: it keeps a backtick inside away from the marks.
        let padded = inside.strip_prefix(' ').and_then(|inside| inside.strip_suffix(' '));
        let padded = padded.filter(|inside| !inside.chars().all(is_space));
        self.add(Inline::Code(padded.unwrap_or(&inside).to_owned()));
        self.at = end + count;
    }

    fn marks(&mut self, sign: char, escaped: bool) {
        let (length, marks) = marks_at(self.text, self.at, sign, escaped);
        let Some(marks) = marks else { return self.skip(length) };
        self.pieces.push(Piece::Marks(marks));
        self.context.pieces += 1;
        self.at += length;
    }

    fn bracket(&mut self, escaped: bool) {
        // `![` begins an image elsewhere; here it stays text.
        if before(self.text, self.at) != Some('!') {
            self.brackets.push(Bracket { piece: self.pieces.len(), escaped });
        }
        self.skip(if escaped { 2 } else { 1 });
    }

    /// The `]` of a link, if an address follows.
    fn named(&mut self) {
        let found = self.address_behind(self.at);
        let mut open = self.brackets.pop();
        // An escaped bracket would have opened this link: its backslash drops out.
        while let (Some((_, Some(_))), Some(bracket)) = (&found, open.filter(|it| it.escaped)) {
            self.unescape(bracket);
            open = self.brackets.pop();
        }
        let (Some(open), Some((end, address))) = (open.filter(|it| !it.escaped), found) else {
            return self.skip(1);
        };
        let first = open.piece + 1;
        let is_visible = self.pieces.get(first..).is_some_and(|it| it.iter().any(is_visible));
        // Skip what cannot be a link as a whole. Otherwise nested ones would be read again and again.
        let Some(Address { href, host }) = address.filter(|_| is_visible) else {
            return self.skip(end + 1 - self.at);
        };
        let inside = self.pieces.split_off(first);
        let children = settle(inside.into_iter().flat_map(unlinked).collect());
        self.pieces.truncate(open.piece);
        self.add(Inline::Link { href, host: Some(host), children });
        // Links do not nest.
        self.brackets.clear();
        self.at = end + 1;
    }

    /// An escaped `]`: it prevents a link if an address follows and a bracket is open.
    fn unnamed(&mut self) {
        let found = self.address_behind(self.at + 1).and_then(|(_, address)| address);
        let Some(open) = found.and_then(|_| self.brackets.last().copied()) else {
            return self.skip(2);
        };
        if open.escaped {
            self.unescape(open);
            self.brackets.pop();
        }
        self.drop();
    }

    fn unescape(&mut self, bracket: Bracket) {
        if let Some(piece) = self.pieces.get_mut(bracket.piece) {
            *piece = Piece::Node(Inline::Plain("[".to_owned()));
        }
    }

    /// The parentheses right behind a closing bracket: where they end, and the address if it may be a link.
    fn address_behind(&mut self, close: usize) -> Option<(usize, Option<Address>)> {
        let at = close + 1;
        if self.sign(at) != Some(b'(') {
            return None;
        }
        let end = *self.closing.get_or_insert_with(|| closings(self.text)).get(&at)?;
        let inside = &self.text[at + 1..end];
        LINKED.is_match(&self.text[at + 1..]).then(|| (end, address(inside)))
    }

    /// A room or a nick.
    fn name(&mut self) {
        let name = name_at(self.text, self.at, self.context.me, self.at);
        let Some(end) = name.end else { return self.skip(name.read) };
        let written = &self.text[self.at..end];
        self.add(match written.strip_prefix('#') {
            Some(room) => Inline::Room(room.nfc().collect()),
            None => Inline::Mention { text: written.to_owned(), own: name.own },
        });
        self.at = end;
    }

    /// A bare address.
    fn bare(&mut self) {
        let end = end_of(self.text, self.at);
        let written = &self.text[self.at..end];
        let full = with_scheme(written);
        let is_word = is_wordy(before(self.text, self.at));
        let Some(found) = address(&full).filter(|_| !is_word) else {
            return self.skip(written.len().max(1));
        };
        let host = (!shows_host(&full, &found)).then_some(found.host);
        let children = vec![Inline::Plain(written.to_owned())];
        self.add(Inline::Link { href: found.href, host, children });
        self.at = end;
    }
}

/// Whether anything in a link's text is visible.
fn is_visible(piece: &Piece) -> bool {
    match piece {
        Piece::Node(Inline::Plain(text)) => VISIBLE.is_match(text),
        _ => true,
    }
}

/// A piece inside of a link: rooms and addresses in it lose their own links.
fn unlinked(piece: Piece) -> Vec<Piece> {
    match piece {
        Piece::Node(Inline::Room(name)) => vec![Piece::Node(Inline::Plain(format!("#{name}")))],
        Piece::Node(Inline::Link { children, .. }) => {
            children.into_iter().map(Piece::Node).collect()
        }
        piece => vec![piece],
    }
}

/// For each opening parenthesis the closing one, if no white space is between them.
fn closings(text: &str) -> HashMap<usize, usize> {
    let (mut found, mut open) = (HashMap::new(), Vec::new());
    for (at, sign) in text.char_indices() {
        match sign {
            '(' => open.push(at),
            ')' => {
                if let Some(start) = open.pop() {
                    found.insert(start, at);
                }
            }
            sign if is_space(sign) => open.clear(),
            _ => {}
        }
    }
    found
}
