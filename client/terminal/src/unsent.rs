//! The sends without an answer: a sentence for the person.

use crate::event::Event;

/// How many were certainly not sent, and how many may have been.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Unsent {
    pub(crate) not_said: usize,
    pub(crate) unknown: usize,
}

impl Unsent {
    /// Counts the failed sends among events.
    pub(crate) fn of(events: &[Event]) -> Self {
        let mut unsent = Self::default();
        for event in events {
            if let Event::SendFailed { failure, .. } = event {
                unsent.add(failure.is_unknown);
            }
        }
        unsent
    }

    pub(crate) fn add(&mut self, is_unknown: bool) {
        *(if is_unknown { &mut self.unknown } else { &mut self.not_said }) += 1;
    }

    /// The sentence; `None` if all was sent. `what` are lines or messages, `place` is where to look.
    pub(crate) fn sentence(self, what: &str, place: &str) -> Option<String> {
        let not_said = match self.not_said {
            0 => None,
            1 => Some(format!("1 of the {what} was not sent.")),
            count => Some(format!("{count} of the {what} were not sent.")),
        };
        let unknown = match self.unknown {
            0 => None,
            1 => Some(format!(
                "For 1 of the {what} it is unknown whether it was sent: look at {place} before you send it again."
            )),
            count => Some(format!(
                "For {count} of the {what} it is unknown whether they were sent: look at {place} before you send them again."
            )),
        };
        let both: Vec<String> = not_said.into_iter().chain(unknown).collect();
        (!both.is_empty()).then(|| both.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::Unsent;

    #[test]
    fn what_was_not_said_and_what_nobody_knows_are_two_things() {
        let sentence = |not_said, unknown| {
            Unsent { not_said, unknown }.sentence("lines", "#ops").unwrap_or_default()
        };
        assert_eq!(sentence(0, 0), "");
        assert_eq!(sentence(2, 0), "2 of the lines were not sent.");
        assert_eq!(
            sentence(1, 1),
            "1 of the lines was not sent. For 1 of the lines it is unknown whether it was sent: \
             look at #ops before you send it again."
        );
    }
}
