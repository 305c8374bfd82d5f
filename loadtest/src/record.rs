//! The result of a run: the one value from which the text, the JSON, the HTML report, the bounds and the
//! comparison are made. The load tester's `docs/results.md` describes it.
//!
//! Times are in seconds since the run began, latencies in milliseconds, memory in bytes, processor
//! time in microseconds per delivery or in processors kept busy.

#[cfg(test)]
pub(crate) mod example;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::latency_histogram::{Curve, Percentiles};
use crate::oracle::Verdict;
use crate::plan::Plan;
use crate::units;

/// Raised when a field changes its meaning or is removed; `compare` refuses other versions.
pub(crate) const SCHEMA: u32 = 3;

/// A run, from its plan to its verdict.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Run {
    pub(crate) schema: u32,
    /// The version of the load tester.
    pub(crate) version: String,
    /// Unix milliseconds.
    pub(crate) started_ms: u64,
    pub(crate) seconds: f64,
    /// The command line that repeats the run.
    pub(crate) again: String,
    pub(crate) plan: Plan,
    pub(crate) machine: Machine,
    pub(crate) subject: Subject,
    pub(crate) phases: Vec<Phase>,
    /// One per second.
    pub(crate) samples: Vec<Sample>,
    pub(crate) total: Figures,
    /// From due to delivered, over the whole run.
    pub(crate) curve: Curve,
    pub(crate) verdict: Verdict,
    /// Why the plan was not completed; `None` if it was.
    pub(crate) cut_short: Option<CutShort>,
    /// What the latency means for people.
    pub(crate) judgement: Judgement,
    /// Reasons why the figures say more about the generator or the machine than about the server.
    pub(crate) warnings: Vec<String>,
    /// The results of `--fail-if`.
    pub(crate) bounds: Vec<BoundCheck>,
}

/// A run that ended before its plan did.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct CutShort {
    /// The signal that ended it, or why the run could not go on.
    pub(crate) why: String,
    /// How long the loads of its phases lasted, in seconds.
    pub(crate) seconds: f64,
    /// How long they were planned to last, in seconds.
    pub(crate) planned: f64,
}

/// The machine of the generator.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Machine {
    pub(crate) processors: u32,
    pub(crate) processor: String,
    pub(crate) memory: u64,
    pub(crate) kernel: String,
    /// `ulimit -n` of the generator.
    pub(crate) open_files_max: u64,
    /// `net.core.somaxconn`.
    pub(crate) listen_backlog_max: u64,
}

/// The server under test.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Subject {
    /// `throng`, `floor`, `floor-joined`, or the address of a running server.
    pub(crate) name: String,
    pub(crate) url: String,
    /// Where its processor time and memory were read: `/proc`, its metrics page, or nowhere.
    pub(crate) measured: String,
}

/// A part of the plan, measured separately.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Phase {
    pub(crate) name: String,
    pub(crate) began: f64,
    pub(crate) ended: f64,
    pub(crate) figures: Figures,
    /// The phase's remarks, one sentence each: "ended after 0.40 s, …".
    pub(crate) remarks: Vec<String>,
    /// Figures that only this kind of phase has, by name: `return_seconds`, `capacity_per_second`.
    pub(crate) extra: BTreeMap<String, f64>,
}

/// The figures of a span of time.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Figures {
    pub(crate) seconds: f64,
    /// Messages that were due.
    pub(crate) sends: u64,
    pub(crate) acknowledged: u64,
    pub(crate) deliveries: u64,
    pub(crate) deliveries_per_second: f64,
    /// From due to delivered.
    pub(crate) latency: Percentiles,
    /// From due to acknowledged.
    pub(crate) commit: Percentiles,
    /// From `connect` to joined.
    pub(crate) join: Percentiles,
    /// Processor time of the server per delivery, in microseconds; `None` if it can't be read.
    pub(crate) server_micros: Option<f64>,
    pub(crate) generator_micros: f64,
    /// Processors kept busy by all other programs.
    pub(crate) other_processors: f64,
    /// At the end of the span.
    pub(crate) server: Option<Usage>,
    pub(crate) generator: Usage,
    /// Growth of the server's resident memory since before the first client, per client.
    pub(crate) bytes_per_client: Option<f64>,
    /// Whether all clients had everything in time.
    pub(crate) settled: bool,
    /// Sends without an answer at the end.
    pub(crate) unanswered: u64,
    /// Everything that is only counted, by name in words: "retries", "times behind", "closed with 1001",
    /// "error busy".
    pub(crate) counts: BTreeMap<String, u64>,
}

/// One second of a run.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Sample {
    pub(crate) at: f64,
    /// The index of its phase in `phases`.
    pub(crate) phase: usize,
    pub(crate) connected: u32,
    pub(crate) joined: u32,
    /// Sends in this second; all counts and latencies here are of this second.
    pub(crate) sends: u64,
    pub(crate) acknowledged: u64,
    pub(crate) deliveries: u64,
    pub(crate) latency: Percentiles,
    /// Error answers and closes, by kind.
    pub(crate) errors: BTreeMap<String, u64>,
    pub(crate) server: Option<Usage>,
    pub(crate) generator: Usage,
    pub(crate) other_processors: f64,
}

/// Resource usage of a process.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Usage {
    /// Processors kept busy since the last sample.
    pub(crate) processors: f64,
    pub(crate) resident: u64,
    pub(crate) threads: u64,
    pub(crate) open_files: u64,
}

/// A grade of the latency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Grade {
    Good,
    Fair,
    Poor,
    NotJudged,
}

/// The judgement of a run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Judgement {
    pub(crate) grade: Grade,
    /// The reason, with the figure that it rests on.
    pub(crate) words: String,
}
/// A bound, and whether it was kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct BoundCheck {
    /// As it was given: `p99>50ms`. If this is true, the bound is broken.
    pub(crate) bound: String,
    /// The measured value, in the bound's unit; `None` if there was none.
    pub(crate) measured: Option<f64>,
    /// False also if the figure was not measured: a check that saw nothing does not pass.
    pub(crate) kept: bool,
    /// The measured value as a person reads it.
    pub(crate) words: String,
}

impl Grade {
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Good => "Latency good",
            Self::Fair => "Latency fair",
            Self::Poor => "Latency poor",
            Self::NotJudged => "Latency not judged",
        }
    }
}

impl fmt::Display for CutShort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { why, seconds, planned } = self;
        write!(f, "after {} of {}: {why}", units::seconds(*seconds), units::seconds(*planned))
    }
}

impl Run {
    /// Whether the run is a success: the plan was completed, every promise was checked and held, and every
    /// bound was kept.
    pub(crate) fn good(&self) -> bool {
        self.is_whole() && self.bounds.iter().all(|check| check.kept)
    }

    /// Whether the plan was completed, and every promise was checked and held.
    pub(crate) fn is_whole(&self) -> bool {
        self.verdict.held() && self.cut_short.is_none()
    }

    /// How many bounds were broken.
    pub(crate) fn failed_bounds(&self) -> usize {
        self.bounds.iter().filter(|check| !check.kept).count()
    }

    /// The first phase with this name.
    pub(crate) fn phase(&self, name: &str) -> Option<&Phase> {
        self.phases.iter().find(|phase| phase.name == name)
    }

    /// The most clients that were connected, and the most that were joined, at any time.
    pub(crate) fn peak(&self) -> (u32, u32) {
        let most = |of: fn(&Sample) -> u32| self.samples.iter().map(of).max().unwrap_or_default();
        (most(|sample| sample.connected), most(|sample| sample.joined))
    }
}
