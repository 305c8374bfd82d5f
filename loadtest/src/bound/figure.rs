//! The figures that a bound can speak of, and where a record has them.

use crate::latency::Percentiles;
use crate::record::{Figures, Phase, Run};
use crate::report::units::{Unit, float};

/// A figure by name. It is none where nothing of its kind was measured.
#[derive(Debug)]
pub(super) struct Figure {
    pub(super) name: &'static str,
    pub(super) unit: Unit,
    pub(super) of_run: fn(&Run) -> Option<f64>,
    pub(super) of_phase: fn(&Phase) -> Option<f64>,
}

/// A figure that a phase has as the whole run has it.
macro_rules! figure {
    ($name:literal, $unit:ident, $of:expr) => {
        Figure {
            name: $name,
            unit: Unit::$unit,
            of_run: |run| {
                let of: fn(&Figures) -> Option<f64> = $of;
                of(&run.total)
            },
            of_phase: |phase| {
                let of: fn(&Figures) -> Option<f64> = $of;
                of(&phase.figures)
            },
        }
    };
}

/// A figure that only some phases have; of the whole run, the worst of them counts.
macro_rules! extra {
    ($name:literal, $unit:ident, $scale:literal, $worse:expr) => {
        Figure {
            name: $name,
            unit: Unit::$unit,
            of_run: |run| {
                let values = run.phases.iter().filter_map(|phase| phase.extra.get($name));
                values.map(|value| value * $scale).reduce($worse)
            },
            of_phase: |phase| phase.extra.get($name).map(|value| value * $scale),
        }
    };
}

/// In the order in which an error lists them.
pub(super) const FIGURES: &[Figure] = &[
    figure!("p50", Time, |of| told(&of.latency).map(|it| it.p50)),
    figure!("p90", Time, |of| told(&of.latency).map(|it| it.p90)),
    figure!("p99", Time, |of| told(&of.latency).map(|it| it.p99)),
    figure!("p99.9", Time, |of| told(&of.latency).map(|it| it.p999)),
    figure!("max", Time, |of| told(&of.latency).map(|it| it.max)),
    figure!("commit.p50", Time, |of| told(&of.commit).map(|it| it.p50)),
    figure!("commit.p90", Time, |of| told(&of.commit).map(|it| it.p90)),
    figure!("commit.p99", Time, |of| told(&of.commit).map(|it| it.p99)),
    figure!("commit.p99.9", Time, |of| told(&of.commit).map(|it| it.p999)),
    figure!("commit.max", Time, |of| told(&of.commit).map(|it| it.max)),
    figure!("join.p50", Time, |of| told(&of.join).map(|it| it.p50)),
    figure!("join.p90", Time, |of| told(&of.join).map(|it| it.p90)),
    figure!("join.p99", Time, |of| told(&of.join).map(|it| it.p99)),
    figure!("join.p99.9", Time, |of| told(&of.join).map(|it| it.p999)),
    figure!("join.max", Time, |of| told(&of.join).map(|it| it.max)),
    figure!("deliveries/s", PerSecond, |of| Some(of.deliveries_per_second)),
    figure!("acknowledged/s", PerSecond, |of| Some(float(of.acknowledged) / of.seconds)),
    figure!("memory-per-client", Bytes, |of| of.bytes_per_client),
    figure!("server-memory", Bytes, |of| of.server.map(|usage| float(usage.resident))),
    figure!("cpu-per-delivery", Work, |of| of.server_micros),
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
    figure!("unanswered", Count, |of| Some(float(of.sends.saturating_sub(of.acknowledged)))),
    extra!("join_seconds", Time, 1000.0, f64::max),
    extra!("return_seconds", Time, 1000.0, f64::max),
    extra!("drain_seconds", Time, 1000.0, f64::max),
    extra!("start_seconds", Time, 1000.0, f64::max),
    extra!("capacity_per_second", PerSecond, 1.0, f64::min),
    extra!("capacity_deliveries_per_second", PerSecond, 1.0, f64::min),
];

/// A histogram without an entry tells zeros, which were not measured.
fn told(percentiles: &Percentiles) -> Option<&Percentiles> {
    (percentiles.max > 0.0).then_some(percentiles)
}

/// All counts whose name begins so.
fn counted(figures: &Figures, prefix: &str) -> f64 {
    let counts = figures.counts.iter().filter(|(name, _)| name.starts_with(prefix));
    float(counts.map(|(_, count)| count).sum())
}
