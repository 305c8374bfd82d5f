//! What all lines share: what was written before, and what was cut last.

use std::collections::VecDeque;

/// The most texts that are remembered: more than anybody goes back by hand.
const PAST_MAX: usize = 500;

/// The past, and the text that was cut last.
#[derive(Clone, Debug, Default)]
pub(crate) struct InputHistory {
    past: VecDeque<String>,
    /// How many texts were forgotten. A place counts from the first text that there ever was, so
    /// it stays the same when old ones go.
    forgotten: usize,
    pub(crate) cut: String,
}

impl InputHistory {
    /// Keeps a text as the newest of the past. Blank ones, and one twice in a row, are not kept.
    pub(crate) fn remember(&mut self, text: &str) {
        if text.trim().is_empty() || self.past.back().is_some_and(|last| last == text) {
            return;
        }
        self.past.push_back(text.to_owned());
        if self.past.len() > PAST_MAX {
            self.past.pop_front();
            self.forgotten += 1;
        }
    }

    pub(crate) fn get(&self, place: usize) -> Option<&str> {
        self.past.get(place.checked_sub(self.forgotten)?).map(String::as_str)
    }

    /// The place after the newest text.
    pub(crate) fn end(&self) -> usize {
        self.forgotten + self.past.len()
    }
}

#[cfg(test)]
mod tests {
    use super::{InputHistory, PAST_MAX};

    #[test]
    fn the_oldest_are_forgotten_and_the_places_of_the_others_stay() {
        let mut history = InputHistory::default();
        history.remember("first");
        history.remember("second");
        history.remember("second");
        history.remember("  ");
        assert_eq!((history.get(1), history.end()), (Some("second"), 2));
        (2..=PAST_MAX).for_each(|n| history.remember(&n.to_string()));
        assert_eq!((history.get(0), history.get(1)), (None, Some("second")));
        assert_eq!(history.end(), PAST_MAX + 1);
    }
}
