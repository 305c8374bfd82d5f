//! Cuts a text into the tokens by which it is found.
//!
//! Case, accents and the width of letters make no difference. Outside of scripts without spaces a token is a run of
//! letters, digits and marks. Of a run of Chinese, Japanese, Korean, Thai, Lao, Khmer or Burmese letters each pair is a
//! token, and the last letter alone: so a word of one or two letters is found wherever it stands. An emoji is a token.
//!
//! What a text gives may change with this file and with the version of Unicode. The index keeps the tokens that it was
//! given, so that it can always take them out again; only a search would miss what was indexed by other rules. So
//! another [`VERSION`] makes the index again.

use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategoryGroup, UnicodeEmoji, UnicodeGeneralCategory};
use unicode_script::{Script, UnicodeScript};
use unicode_segmentation::UnicodeSegmentation;

/// The version of the rules of this file.
pub(super) const VERSION: u32 = 1;

/// The most characters of a token: longer ones are cut, in the index and in what is searched for.
const CHARACTERS_MAX: usize = 64;

/// A token, and the part of the text that it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// Only letters, digits, marks and symbols: nothing that a query language could mistake for its own.
    pub(super) text: String,
    /// Of which characters (Unicode scalar values) of the text it was made.
    pub(super) begin: usize,
    pub(super) end: usize,
    pub(super) kind: Kind,
}

/// What a token was made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word, or an emoji.
    Word,
    /// Two letters of a script without spaces.
    Pair,
    /// The last letter of a run of such letters.
    Last,
}

/// The tokens of a text, in their order.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut cutter = Cutter { tokens: Vec::new(), run: Vec::new() };
    let (mut rest, mut begin) = (text, 0);
    while !rest.is_empty() {
        let (cluster, after) = rest.split_at(first_cluster(rest));
        let end = begin + cluster.chars().count();
        cutter.add(cluster, begin, end);
        (rest, begin) = (after, end);
    }
    cutter.end_run();
    cutter.tokens
}

/// The bytes of the first character as a person sees it. In ASCII that is one, which is most of what is said.
fn first_cluster(text: &str) -> usize {
    match text.as_bytes() {
        [first, second, ..] if first.is_ascii() && second.is_ascii() => 1,
        [_] => 1,
        _ => text.graphemes(true).next().map_or(text.len(), str::len),
    }
}

/// A character of the folded text, and the characters of the original of which it was made.
struct Letter {
    folded: char,
    begin: usize,
    end: usize,
    class: Class,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// A letter, digit or mark of a script that puts spaces between words.
    Spaced,
    /// One of a script that does not.
    Dense,
    /// What ends a word.
    Between,
}

/// The tokens so far, and the letters of one class that are to become the next.
struct Cutter {
    tokens: Vec<Token>,
    run: Vec<Letter>,
}

impl Cutter {
    /// Adds a cluster, folded, so that each character knows where it came from.
    fn add(&mut self, cluster: &str, begin: usize, end: usize) {
        if let [byte] = cluster.as_bytes() {
            let class = if byte.is_ascii_alphanumeric() { Class::Spaced } else { Class::Between };
            let folded = char::from(byte.to_ascii_lowercase());
            return self.push(Letter { folded, begin, end, class });
        }
        if is_symbol(cluster) {
            self.end_run();
            let text = cluster.chars().filter(|c| !is_variant(*c)).take(CHARACTERS_MAX).collect();
            return self.tokens.push(Token { text, begin, end, kind: Kind::Word });
        }
        for folded in fold(cluster).filter(|c| !is_invisible(*c)) {
            self.push(Letter { folded, begin, end, class: class(folded) });
        }
    }

    fn push(&mut self, letter: Letter) {
        if self.run.first().is_some_and(|first| first.class != letter.class) {
            self.end_run();
        }
        if letter.class != Class::Between {
            self.run.push(letter);
        }
    }

    fn end_run(&mut self) {
        let run = &self.run[..];
        match run {
            [] => {}
            [first, ..] if first.class == Class::Dense => {
                self.tokens.extend(run.windows(2).map(|pair| token(pair, Kind::Pair)));
                self.tokens.push(token(&run[run.len() - 1..], Kind::Last));
            }
            // Only marks: nothing to find.
            _ if run.iter().all(|letter| is_mark(letter.folded)) => {}
            _ => self.tokens.push(token(run, Kind::Word)),
        }
        self.run.clear();
    }
}

/// Without case, accents and differences of width. Marks that are letters of their script stay.
fn fold(cluster: &str) -> impl Iterator<Item = char> {
    let cased = cluster.nfkd().filter(|c| !is_accent(*c)).flat_map(char::to_uppercase);
    cased.flat_map(char::to_lowercase).nfkd().filter(|c| !is_accent(*c)).nfc()
}

/// The marks above and below letters of Latin, Greek and Cyrillic, and the points of Hebrew and Arabic.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}')
}

fn class(c: char) -> Class {
    match c.general_category_group() {
        GeneralCategoryGroup::Letter
        | GeneralCategoryGroup::Mark
        | GeneralCategoryGroup::Number => {
            if is_dense(c) {
                Class::Dense
            } else {
                Class::Spaced
            }
        }
        _ => Class::Between,
    }
}

fn is_dense(c: char) -> bool {
    matches!(
        c.script(),
        Script::Han
            | Script::Hiragana
            | Script::Katakana
            | Script::Bopomofo
            | Script::Hangul
            | Script::Thai
            | Script::Lao
            | Script::Khmer
            | Script::Myanmar
    ) || matches!(c, 'ー' | '々' | '\u{3099}' | '\u{309a}')
}

/// Whether a cluster is an emoji or another symbol beyond ASCII: an arrow, a currency, a note.
fn is_symbol(cluster: &str) -> bool {
    let Some(first) = cluster.chars().next() else { return false };
    let is_symbol = first.general_category_group() == GeneralCategoryGroup::Symbol
        || first.is_emoji_char() && !first.is_alphanumeric();
    // A key like `1` with a frame is the digit.
    is_symbol && !cluster.chars().any(|c| c.is_ascii())
}

/// How a symbol is shown, or in which colour of skin.
fn is_variant(c: char) -> bool {
    matches!(c, '\u{fe0e}' | '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}')
}

/// What has no width, and may stand within a word.
fn is_invisible(c: char) -> bool {
    c.general_category_group() == GeneralCategoryGroup::Other && !c.is_control()
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{fe00}'..='\u{fe0f}' | '\u{20e3}')
}

fn is_mark(c: char) -> bool {
    c.general_category_group() == GeneralCategoryGroup::Mark
}

fn token(letters: &[Letter], kind: Kind) -> Token {
    let text = letters.iter().map(|letter| letter.folded).take(CHARACTERS_MAX).collect();
    let (first, last) = (&letters[0], &letters[letters.len() - 1]);
    Token { text, begin: first.begin, end: last.end, kind }
}
