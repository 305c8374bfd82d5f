//! Shows the progress of a run on stderr: bars on a terminal, plain lines elsewhere. The runner passes in one
//! sample per second.

mod bars;
mod lines;

use std::collections::BTreeMap;
use std::io::{self, IsTerminal};

use crate::progress::bars::Bars;
use crate::progress::lines::Lines;
use crate::record::Sample;
use crate::units;

/// How many kinds of errors are named, the most frequent first; a line on a terminal has no room for more.
const KINDS_MAX: usize = 4;

/// Where the run is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stage<'a> {
    /// The name of the phase.
    pub(crate) phase: &'a str,
    /// The index of the phase, from 0, and the number of phases.
    pub(crate) place: usize,
    pub(crate) phases: usize,
    /// How long the phase has lasted, and how long it is meant to last, in seconds. An arrival, and catching
    /// up, last until they are done.
    pub(crate) elapsed: f64,
    pub(crate) seconds: Option<f64>,
}

/// Shows a run on stderr, so that stdout has only the report.
#[derive(Debug)]
pub(crate) struct Progress {
    view: View,
    clients: u32,
    errors: BTreeMap<String, u64>,
}

#[derive(Debug)]
enum View {
    Bars(Box<Bars>),
    Lines(Lines),
    Nothing,
}

impl Progress {
    /// Progress for a crowd of this size.
    pub(crate) fn new(clients: u32) -> Self {
        let view = if io::stderr().is_terminal() {
            View::Bars(Box::new(Bars::new(clients)))
        } else {
            View::Lines(Lines::default())
        };
        Self { view, clients, errors: BTreeMap::new() }
    }

    /// Shows nothing, for callers that want only the report.
    pub(crate) fn quiet() -> Self {
        Self { view: View::Nothing, clients: 0, errors: BTreeMap::new() }
    }

    /// Shows the sample of a second.
    pub(crate) fn show(&mut self, sample: &Sample, stage: &Stage) {
        for (kind, count) in &sample.errors {
            *self.errors.entry(units::clean(kind)).or_default() += count;
        }
        match &mut self.view {
            View::Bars(bars) => bars.show(sample, stage, &errors(&self.errors)),
            View::Lines(lines) => {
                if let Some(line) = lines.show(sample, stage, self.clients, &self.errors) {
                    print(&line);
                }
            }
            View::Nothing => {}
        }
    }

    /// Shows a sentence between the figures: "the server is drained".
    pub(crate) fn say(&self, sentence: &str) {
        match &self.view {
            View::Bars(bars) => bars.say(&units::clean(sentence)),
            View::Lines(_) => print(&units::clean(sentence)),
            View::Nothing => {}
        }
    }

    /// Removes the bars, so that the report starts on a clean screen.
    pub(crate) fn end(self) {
        if let View::Bars(bars) = self.view {
            bars.end();
        }
    }
}

/// If the log can't be written to, the measurement still goes on.
fn print(line: &str) {
    use io::Write;
    let _ = writeln!(io::stderr(), "{line}");
}

/// The errors so far: `busy 12, connection refused 3`.
fn errors(kinds: &BTreeMap<String, u64>) -> String {
    let mut kinds: Vec<_> = kinds.iter().collect();
    kinds.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    let mut words: Vec<String> = kinds
        .iter()
        .take(KINDS_MAX)
        .map(|(kind, count)| format!("{kind} {}", units::count(**count)))
        .collect();
    if kinds.len() > KINDS_MAX {
        words.push(units::counted((kinds.len() - KINDS_MAX) as u64, "other kind"));
    }
    words.join(", ")
}

/// The figures of a second, as bars and lines show them.
fn figures(sample: &Sample) -> String {
    format!(
        "{:>9} deliveries/s   p99 {:>8}   {:>7} sends/s",
        units::count(sample.deliveries),
        if sample.latency.count > 0 { units::millis(sample.latency.p99) } else { "-".to_owned() },
        units::count(sample.sends)
    )
}
