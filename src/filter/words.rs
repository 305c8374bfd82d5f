//! Words: a text as a row of them, and an index in which they are looked up.

use std::collections::HashMap;

use throng_protocol::Fold;

/// The most words of one phrase. In scripts without spaces each character counts as a word.
pub(super) const PHRASE_WORDS_MAX: usize = 16;

/// So many letters that stand apart are tried as a word: `c a s i n o`. Two happen in ordinary texts.
const APART_MIN: usize = 3;

/// The words of a text, folded, each behind one space.
#[derive(Default)]
pub(super) struct Words {
    text: String,
    /// Where each begins and ends in `text`.
    places: Vec<(usize, usize)>,
    /// What letters that stand apart spell.
    apart: Vec<String>,
}

impl Words {
    pub(super) fn of(text: &str) -> Self {
        let folded = Fold::of_text(text);
        let mut words =
            Self { text: String::with_capacity(folded.as_str().len()), ..Self::default() };
        let (mut begin, mut letters) = (None, 0);
        for (at, c) in folded.as_str().char_indices() {
            let is_alone = is_unspaced(c);
            if let Some(from) = begin
                && (is_alone || !c.is_alphanumeric())
            {
                words.add(&folded.as_str()[from..at], &mut letters);
                begin = None;
            }
            if is_alone {
                words.end_apart(&mut letters);
                words.push(&folded.as_str()[at..at + c.len_utf8()]);
            } else if c.is_alphanumeric() && begin.is_none() {
                begin = Some(at);
            }
        }
        if let Some(from) = begin {
            words.add(&folded.as_str()[from..], &mut letters);
        }
        words.end_apart(&mut letters);
        words
    }

    /// Adds a word, which may be one more of some letters that stand apart.
    fn add(&mut self, word: &str, letters: &mut usize) {
        match word.chars().nth(1) {
            None => *letters += 1,
            Some(_) => self.end_apart(letters),
        }
        self.push(word);
    }

    fn push(&mut self, word: &str) {
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        self.places.push((self.text.len(), self.text.len() + word.len()));
        self.text.push_str(word);
    }

    /// The last words were letters that stand apart.
    fn end_apart(&mut self, letters: &mut usize) {
        let count = std::mem::take(letters);
        if count >= APART_MIN {
            let from = self.places.len() - count;
            let word = self.places[from..].iter().map(|(from, to)| &self.text[*from..*to]);
            self.apart.push(word.collect());
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// All of them with one space between each two: a phrase as an [`Index`] has it.
    pub(super) fn joined(&self) -> &str {
        &self.text
    }
}

/// Phrases, and to which rules each belongs. A text costs the same, however many there are.
#[derive(Default)]
pub(super) struct Index {
    phrases: HashMap<Box<str>, Vec<usize>>,
    /// The bit `n`: there is a phrase of `n` words.
    lengths: u32,
}

impl Index {
    pub(super) fn add(&mut self, phrase: &str, rule: usize) {
        self.lengths |= 1 << phrase.split(' ').count().min(PHRASE_WORDS_MAX);
        self.phrases.entry(phrase.into()).or_default().push(rule);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.phrases.is_empty()
    }

    /// The rules of which a phrase is in the text; some more than once.
    pub(super) fn find(&self, words: &Words, mut found: impl FnMut(usize)) {
        let mut look_up = |phrase: &str| {
            self.phrases.get(phrase).into_iter().flatten().for_each(|rule| found(*rule));
        };
        for (at, (begin, _)) in words.places.iter().enumerate() {
            for length in (1..=PHRASE_WORDS_MAX).filter(|length| self.lengths & (1 << length) != 0)
            {
                let Some((_, end)) = words.places.get(at + length - 1) else { break };
                look_up(&words.text[*begin..*end]);
            }
        }
        words.apart.iter().for_each(|word| look_up(word));
    }
}

/// Scripts that write no spaces between words: Thai, Lao, Myanmar, Khmer, Chinese and Japanese.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
        && c.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::{Index, Words};

    fn is_found(phrase: &str, text: &str) -> bool {
        let mut index = Index::default();
        index.add(Words::of(phrase).joined(), 7);
        let mut is_found = false;
        index.find(&Words::of(text), |rule| is_found = rule == 7);
        is_found
    }

    #[test]
    fn a_word_is_found_as_a_whole_however_it_is_written() {
        for text in [
            "casino",
            "a CASINO here",
            "Casinò!",
            "(casino)",
            "_casino_",
            "my.casino.example",
            "c\u{430}sin\u{43e}",
            "ca\u{200b}si\u{ad}no",
            "𝓬𝓪𝓼𝓲𝓷𝓸",
            "c a s i n o",
            "so: C.A.S.I.N.O now",
            "c-a-s-i-n-o",
        ] {
            assert!(is_found("casino", text), "{text}");
            assert!(is_found("CASINÓ", text), "{text}");
        }
        for text in ["casinos", "incasino", "cas ino", "c a s i n", "a c a s i n o", ""] {
            assert!(!is_found("casino", text), "{text}");
        }
        assert!(!is_found("ab", "a b"), "two letters apart are no word");
    }

    #[test]
    fn a_phrase_is_found_whatever_stands_between_its_words() {
        for text in ["buy now", "Buy, NOW!", "please buy\n\tnow or never", "buy - now"] {
            assert!(is_found("buy now", text), "{text}");
        }
        for text in ["buy it now", "now buy", "buynow", "buy"] {
            assert!(!is_found("buy now", text), "{text}");
        }
        assert!(is_found("don't", "I DON’T know"));
    }

    #[test]
    fn scripts_without_spaces_are_searched_for_parts() {
        assert!(is_found("爆弾", "これは爆弾です"));
        assert!(is_found("ระเบิด", "นี่คือระเบิดนะ"));
        assert!(!is_found("爆弾", "爆と弾"));
        assert!(is_found("爆弾 sale", "爆弾sale"));
    }
}
