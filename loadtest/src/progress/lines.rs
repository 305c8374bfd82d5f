//! Progress without a terminal: plain lines that stay readable in a log.

use std::collections::BTreeMap;

use super::{Stage, errors, figures};
use crate::record::Sample;
use crate::units;

/// Seconds between two lines, as long as nothing new happens. An hour of a soak makes 720 lines.
const APART: f64 = 5.0;

/// Decides which seconds get a line.
#[derive(Debug, Default)]
pub(super) struct Lines {
    last: Option<Last>,
}

/// The contents of the last line.
#[derive(Debug)]
struct Last {
    at: f64,
    place: usize,
    phase: String,
    /// Whether all clients had joined.
    complete: bool,
    /// How many kinds of errors there were.
    kinds: usize,
}

impl Lines {
    /// Prints a line at least every five seconds, and at once when a phase begins, when the crowd becomes
    /// complete or incomplete, and at an error of a new kind.
    pub(super) fn show(
        &mut self,
        sample: &Sample,
        stage: &Stage,
        clients: u32,
        kinds: &BTreeMap<String, u64>,
    ) -> Option<String> {
        let complete = sample.joined >= clients;
        let same = self.last.as_ref().is_some_and(|last| {
            last.place == stage.place
                && last.phase == stage.phase
                && last.complete == complete
                && last.kinds == kinds.len()
                && sample.at - last.at < APART
        });
        if same {
            return None;
        }
        self.last = Some(Last {
            at: sample.at,
            place: stage.place,
            phase: stage.phase.to_owned(),
            complete,
            kinds: kinds.len(),
        });
        Some(line(sample, stage, kinds))
    }
}

fn line(sample: &Sample, stage: &Stage, kinds: &BTreeMap<String, u64>) -> String {
    let told = errors(kinds);
    format!(
        "{:>6.0} s  {:<14} {:>7} connected  {:>7} joined  {}{}{told}",
        sample.at,
        units::clean(stage.phase),
        units::count(sample.connected.into()),
        units::count(sample.joined.into()),
        figures(sample),
        if told.is_empty() { "" } else { "   errors: " }
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAGE: Stage =
        Stage { phase: "steady", place: 0, phases: 2, elapsed: 1.0, seconds: Some(60.0) };

    fn sample(at: f64, joined: u32) -> Sample {
        Sample { at, connected: 100, joined, deliveries: 12_345, ..Sample::default() }
    }

    fn told(lines: &mut Lines, sample: &Sample, stage: &Stage, kinds: &[&str]) -> bool {
        let kinds = kinds.iter().map(|kind| ((*kind).to_owned(), 1)).collect();
        lines.show(sample, stage, 100, &kinds).is_some()
    }

    #[test]
    fn a_line_comes_every_five_seconds_and_at_once_when_something_new_happens() {
        let mut lines = Lines::default();
        let told = |at, joined, stage: &Stage, kinds: &[&str], lines: &mut Lines| {
            told(lines, &sample(at, joined), stage, kinds)
        };
        assert!(told(1.0, 50, &STAGE, &[], &mut lines), "the first");
        assert!(!told(2.0, 60, &STAGE, &[], &mut lines), "one more joined is nothing new");
        assert!(told(3.0, 100, &STAGE, &[], &mut lines), "the crowd is complete");
        assert!(!told(4.0, 100, &STAGE, &[], &mut lines));
        assert!(told(5.0, 100, &STAGE, &["busy"], &mut lines), "an error of a new kind");
        assert!(!told(6.0, 100, &STAGE, &["busy"], &mut lines));
        let storm = Stage { phase: "storm", place: 1, ..STAGE };
        assert!(told(7.0, 100, &storm, &["busy"], &mut lines), "another phase");
        assert!(!told(11.9, 100, &storm, &["busy"], &mut lines));
        assert!(told(12.0, 100, &storm, &["busy"], &mut lines), "five seconds later");
        assert!(told(12.5, 99, &storm, &["busy"], &mut lines), "somebody is gone");
    }

    #[test]
    fn a_line_tells_all_that_an_operator_watches() {
        let mut sample = sample(61.0, 98);
        sample.latency.p99 = 8.25;
        sample.latency.count = 9;
        let kinds = BTreeMap::from([("busy".to_owned(), 3), ("refused".to_owned(), 12)]);
        assert_eq!(
            line(&sample, &STAGE, &kinds),
            "    61 s  steady             100 connected       98 joined     12,345 deliveries/s   \
             p99  8.25 ms         0 sends/s   errors: refused 12, busy 3"
        );
    }
}
