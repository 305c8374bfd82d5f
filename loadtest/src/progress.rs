//! What a run does while it runs, on stderr: bars on a terminal, plain lines elsewhere. It is fed
//! one sample a second by the runner.

mod bars;
mod lines;

use std::collections::BTreeMap;
use std::io::{self, IsTerminal};

use crate::progress::bars::Bars;
use crate::progress::lines::Lines;
use crate::record::Sample;
use crate::units;

/// How many kinds of errors are named, the most frequent first; a line on a terminal has no
/// room for more.
const KINDS_MAX: usize = 4;

/// Where a run stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stage<'a> {
    /// The name of the phase.
    pub(crate) phase: &'a str,
    /// Which one it is, from 0, of how many.
    pub(crate) place: usize,
    pub(crate) phases: usize,
    /// How long it has been under way, and how long it is meant to last, in seconds. An arrival, or
    /// a catching up, lasts until it is done.
    pub(crate) elapsed: f64,
    pub(crate) seconds: Option<f64>,
}

/// Shows a run on stderr, so that stdout has the report alone.
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
    /// For a crowd of this size.
    pub(crate) fn new(clients: u32) -> Self {
        let view = if io::stderr().is_terminal() {
            View::Bars(Box::new(Bars::new(clients)))
        } else {
            View::Lines(Lines::default())
        };
        Self { view, clients, errors: BTreeMap::new() }
    }

    /// Shows nothing, for those who want only the report.
    pub(crate) fn quiet() -> Self {
        Self { view: View::Nothing, clients: 0, errors: BTreeMap::new() }
    }

    /// Takes a second of the run.
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

    /// Says a sentence between the figures: "the server is drained".
    pub(crate) fn say(&self, sentence: &str) {
        match &self.view {
            View::Bars(bars) => bars.say(&units::clean(sentence)),
            View::Lines(_) => print(&units::clean(sentence)),
            View::Nothing => {}
        }
    }

    /// Clears the bars away, so that the report follows on a clean screen.
    pub(crate) fn end(self) {
        if let View::Bars(bars) = self.view {
            bars.end();
        }
    }
}

/// A log that can't be written to is no reason to stop measuring.
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

/// The figures of a second, as both views tell them.
fn figures(sample: &Sample) -> String {
    format!(
        "{:>9} deliveries/s   p99 {:>8}   {:>7} sends/s",
        units::count(sample.deliveries),
        if sample.latency.count > 0 { units::millis(sample.latency.p99) } else { "-".to_owned() },
        units::count(sample.sends)
    )
}
