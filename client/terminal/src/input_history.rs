//! What the inputs of all rooms share: the texts that were written, and the one that was cut last.

use std::collections::VecDeque;

/// The most texts kept: more than anybody goes back by hand.
const PAST_MAX: usize = 500;

/// The history, and the text that was cut last.
#[derive(Clone, Debug, Default)]
pub(crate) struct InputHistory {
    past: VecDeque<String>,
    /// How many texts were dropped. Places count from the first text ever, so they stay the same when old
    /// texts go.
    forgotten: usize,
    pub(crate) cut: String,
}

impl InputHistory {
    /// Adds the newest text. Blank texts, and repeats of the last one, are left out.
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
