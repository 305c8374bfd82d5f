//! Finding words in the loaded part of a room.

use super::{Entry, Key, Model, Said};

/// The words of a search, and where they were found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Search {
    words: String,
    /// Newest first.
    finds: Vec<Key>,
    at: usize,
}

impl Search {
    /// Searches texts and nicks in the shown room, ignoring case.
    pub(crate) fn of(model: &Model, words: &str) -> Self {
        let words = words.to_lowercase();
        let has = |said: &Said| {
            said.nick.to_lowercase().contains(&words)
                || said.rich.shown().to_lowercase().contains(&words)
        };
        let entries = model.room().entries.iter().rev();
        let finds = entries.filter_map(|entry| match entry {
            Entry::Said(said) if !model.hides(said) && has(said) => Some(entry.key()),
            _ => None,
        });
        Self { finds: finds.collect(), words, at: 0 }
    }

    pub(crate) fn words(&self) -> &str {
        &self.words
    }

    pub(crate) fn finds(&self) -> &[Key] {
        &self.finds
    }

    /// The find that the person is looking at.
    pub(crate) fn here(&self) -> Option<Key> {
        self.finds.get(self.at).copied()
    }

    /// The number of that find, from 1.
    pub(crate) fn number(&self) -> usize {
        self.at + 1
    }

    pub(crate) fn older(&mut self) {
        self.at = (self.at + 1).min(self.finds.len().saturating_sub(1));
    }

    pub(crate) fn newer(&mut self) {
        self.at = self.at.saturating_sub(1);
    }
}

/// Where the words occur in a text: start and end of each, in bytes.
pub(crate) fn places(text: &str, words: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        match end_of(&text[at..], words) {
            Some(length) => {
                found.push((at, at + length));
                at += length;
            }
            None => at += text[at..].chars().next().map_or(1, char::len_utf8),
        }
    }
    found
}

/// How many bytes at the start of the text match the words. Compared character by character: some letters get
/// longer in lower case.
fn end_of(text: &str, words: &str) -> Option<usize> {
    let mut left = words;
    let mut end = 0;
    for c in text.chars() {
        if left.is_empty() {
            break;
        }
        let small: String = c.to_lowercase().collect();
        left = left.strip_prefix(small.as_str())?;
        end += c.len_utf8();
    }
    (left.is_empty() && end > 0).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::places;

    #[test]
    fn words_are_found_in_any_case_and_do_not_overlap() {
        assert_eq!(places("Kettle kettles", "kettle"), [(0, 6), (7, 13)]);
        assert_eq!(places("aaa", "aa"), [(0, 2)]);
        assert_eq!(places("İx", "x"), [(2, 3)]);
        assert_eq!(places("ket", "kettle"), []);
    }
}
