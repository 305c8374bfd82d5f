//! Warnings of many sessions: most sessions have the same ones, and once is enough.

use std::fmt;

use crate::plan::Plan;
use crate::units;

/// A warning, and which session it is from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Warning {
    place: String,
    words: String,
}

impl Warning {
    /// One of a session's sentences; `None` if it is only about a warm-up.
    pub(crate) fn of(place: &str, plan: &Plan, said: &str) -> Option<Self> {
        // Most begin with the name of their phase.
        let split = said.split_once(": ").and_then(|(name, words)| {
            let phase = plan.phases.iter().find(|phase| phase.name == name)?;
            Some((phase, words))
        });
        let (place, words) = match split {
            Some((phase, _)) if phase.warm_up => return None,
            Some((phase, words)) => (format!("{place}, {}", phase.name), words),
            None => (place.to_owned(), said),
        };
        Some(Self { place, words: words.to_owned() })
    }

    /// The sentence without its figures, which differ between sessions.
    fn kind(&self) -> String {
        self.words.chars().filter(|c| !c.is_ascii_digit()).collect()
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.words)
    }
}

/// The first of each kind, and how many more there are.
pub(crate) fn condensed(warnings: &[Warning]) -> Vec<String> {
    let mut kinds: Vec<(String, &Warning, u64)> = Vec::new();
    for warning in warnings {
        let kind = warning.kind();
        match kinds.iter_mut().find(|(known, ..)| *known == kind) {
            Some((_, _, count)) => *count += 1,
            None => kinds.push((kind, warning, 0)),
        }
    }
    let told = kinds.into_iter().map(|(_, first, more)| match more {
        0 => first.to_string(),
        more => format!("{first} (and {} more)", units::count(more)),
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use super::{Warning, condensed};
    use crate::plan::Scenario;

    #[test]
    fn what_is_said_of_all_is_told_once() {
        let plan = Scenario::Steady.plan(None, None);
        let said = [
            ("round 1", "steady: other programs kept 1.99 processors busy: measure again"),
            ("round 2", "steady: other programs kept 0.4 processors busy: measure again"),
            ("round 2", "warm-up: other programs kept 0.4 processors busy: measure again"),
            ("round 2", "the server did not end after SIGTERM and was killed"),
            ("round 3", "steady: other programs kept 12.34 processors busy: measure again"),
        ];
        let warnings: Vec<Warning> =
            said.iter().filter_map(|(place, said)| Warning::of(place, &plan, said)).collect();
        let told = condensed(&warnings);
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told[0].starts_with("round 1, steady: other programs kept 1.99"), "{told:?}");
        assert!(told[0].ends_with("measure again (and 2 more)"), "{told:?}");
        assert!(told[1].starts_with("round 2: the server did not end"), "{told:?}");
    }
}
