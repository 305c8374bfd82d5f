//! The figures that a bound can name, and where a record has them.

use crate::record::{Figures, Phase, Run};
use crate::units::{Unit, float};

/// A figure by name; `None` for runs and phases in which it was not measured.
#[derive(Debug)]
pub(super) struct Figure {
    pub(super) name: &'static str,
    pub(super) unit: Unit,
    pub(super) of_run: fn(&Run) -> Option<f64>,
    pub(super) of_phase: fn(&Phase) -> Option<f64>,
    /// Whether too little was measured for the figure to say much.
    pub(super) is_thin: fn(&Figures) -> bool,
    pub(super) source: Source,
}

/// Where a figure comes from. A bound on a figure whose source is missing is an error before the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The clients' observations.
    Clients,
    /// The server's process.
    Server,
    /// The arrival of all clients.
    Arrival,
    /// A phase in which all clients drop and come back.
    Return,
    /// A phase in which the server ends and starts again.
    Restart,
    /// A phase with a ramp.
    Ramp,
}

/// A figure that both phases and the whole run have.
macro_rules! figure {
    ($name:literal, $unit:ident, $of:expr) => {
        Figure {
            name: $name,
            unit: Unit::$unit,
            of_run: |run| {
                let of: fn(&Figures) -> Option<f64> = $of;
                // A run of warm-ups alone has measured nothing, which is not zero.
                (run.total.seconds > 0.0).then(|| of(&run.total)).flatten()
            },
            of_phase: |phase| {
                let of: fn(&Figures) -> Option<f64> = $of;
                of(&phase.figures)
            },
            is_thin: |_| false,
            source: Source::Clients,
        }
    };
}

/// A figure of the server's process.
macro_rules! of_server {
    ($name:literal, $unit:ident, $of:expr) => {
        Figure { source: Source::Server, ..figure!($name, $unit, $of) }
    };
}

/// A percentile; `None` if nothing was measured, where a histogram has zeros.
macro_rules! percentile {
    ($name:literal, $latency:ident, $which:literal, $field:ident) => {
        Figure {
            is_thin: |of| of.$latency.thin().contains(&$which),
            // In the whole run, all joins count, in whichever phase they were.
            of_run: |run| {
                let of = &run.total.$latency;
                (of.count > 0).then_some(of.$field)
            },
            ..figure!($name, Time, |of| { (of.$latency.count > 0).then_some(of.$latency.$field) })
        }
    };
}

/// A figure that only some phases have; for the whole run, the worst of them counts.
macro_rules! extra {
    ($name:literal, $unit:ident, $scale:literal, $worse:expr, $source:ident) => {
        Figure {
            name: $name,
            unit: Unit::$unit,
            of_run: |run| {
                let values = run.phases.iter().filter_map(|phase| phase.extra.get($name));
                values.map(|value| value * $scale).reduce($worse)
            },
            of_phase: |phase| phase.extra.get($name).map(|value| value * $scale),
            is_thin: |_| false,
            source: Source::$source,
        }
    };
}

/// In the order in which errors list them.
pub(super) const FIGURES: &[Figure] = &[
    percentile!("p50", latency, "p50", p50),
    percentile!("p90", latency, "p90", p90),
    percentile!("p99", latency, "p99", p99),
    percentile!("p99.9", latency, "p99.9", p999),
    percentile!("max", latency, "max", max),
    percentile!("commit.p50", commit, "p50", p50),
    percentile!("commit.p90", commit, "p90", p90),
    percentile!("commit.p99", commit, "p99", p99),
    percentile!("commit.p99.9", commit, "p99.9", p999),
    percentile!("commit.max", commit, "max", max),
    percentile!("join.p50", join, "p50", p50),
    percentile!("join.p90", join, "p90", p90),
    percentile!("join.p99", join, "p99", p99),
    percentile!("join.p99.9", join, "p99.9", p999),
    percentile!("join.max", join, "max", max),
    figure!("deliveries/s", PerSecond, |of| Some(of.deliveries_per_second)),
    figure!("acknowledged/s", PerSecond, |of| Some(float(of.acknowledged) / of.seconds)),
    of_server!("memory-per-client", Bytes, |of| of.bytes_per_client),
    of_server!("server-memory", Bytes, |of| of.server.map(|usage| float(usage.resident))),
    of_server!("cpu-per-delivery", Work, |of| of.server_micros),
    figure!("generator-cpu-per-delivery", Work, |of| Some(of.generator_micros)),
    figure!("other-processors", Processors, |of| Some(of.other_processors)),
    figure!("deliveries", Count, |of| Some(float(of.deliveries))),
    figure!("errors", Count, |of| Some(counted(of, "error "))),
    figure!("refused", Count, |of| {
        Some(counted(of, "connections refused") + counted(of, "refused with "))
    }),
    figure!("closed", Count, |of| Some(counted(of, "closed with "))),
    figure!("retries", Count, |of| Some(counted(of, "retries"))),
    figure!("behind", Count, |of| Some(counted(of, "times behind"))),
    figure!("unanswered", Count, |of| Some(float(of.unanswered))),
    extra!("idle_cpu_millis_per_second", Share, 1.0, f64::max, Server),
    extra!("resident_per_connection_since_warm", Bytes, 1.0, f64::max, Server),
    extra!("join_seconds", Time, 1000.0, f64::max, Arrival),
    extra!("return_seconds", Time, 1000.0, f64::max, Return),
    extra!("drain_seconds", Time, 1000.0, f64::max, Restart),
    extra!("start_seconds", Time, 1000.0, f64::max, Restart),
    extra!("capacity_per_second", PerSecond, 1.0, f64::min, Ramp),
    extra!("capacity_deliveries_per_second", PerSecond, 1.0, f64::min, Ramp),
];

/// The sum of all counts whose name begins with `prefix`.
fn counted(figures: &Figures, prefix: &str) -> f64 {
    let counts = figures.counts.iter().filter(|(name, _)| name.starts_with(prefix));
    float(counts.map(|(_, count)| count).sum())
}
