//! Sums up the measured phases into the figures of the whole run.

use std::collections::BTreeMap;
use std::time::Duration;

use super::figures::Used;
use crate::crowd::Crowd;
use crate::latency_histogram::{Curve, Latency};
use crate::record::Figures;

/// The sums.
pub(super) struct Total {
    figures: Figures,
    latency: Latency,
    commit: Latency,
    join: Latency,
    server_cpu: Option<Duration>,
    generator_cpu: Duration,
    other_seconds: f64,
    generator_seconds: f64,
    server_seconds: f64,
}

impl Total {
    pub(super) fn new() -> Self {
        Self {
            figures: Figures { settled: true, ..Figures::default() },
            latency: Latency::new(),
            commit: Latency::new(),
            join: Latency::new(),
            server_cpu: None,
            generator_cpu: Duration::ZERO,
            other_seconds: 0.0,
            generator_seconds: 0.0,
            server_seconds: 0.0,
        }
    }

    /// Adds the joins of an arrival, which is not part of the load.
    pub(super) fn add_joins(&mut self, crowd: &Crowd) {
        self.join.merge(&crowd.joins);
    }

    /// Adds a measured phase.
    pub(super) fn add(&mut self, crowd: &Crowd, figures: &Figures, used: &Used) {
        self.latency.merge(&crowd.latency);
        self.commit.merge(&crowd.commit);
        self.join.merge(&crowd.joins);
        let total = &mut self.figures;
        total.seconds += figures.seconds;
        total.sends += figures.sends;
        total.acknowledged += figures.acknowledged;
        total.deliveries += figures.deliveries;
        total.settled &= figures.settled;
        total.server = figures.server.or(total.server);
        total.generator = figures.generator;
        total.bytes_per_client = figures.bytes_per_client.or(total.bytes_per_client);
        add_counts(&mut total.counts, &figures.counts);
        if let Some(cpu) = used.server_cpu {
            self.server_cpu = Some(self.server_cpu.unwrap_or_default() + cpu);
        }
        self.generator_cpu += used.generator_cpu;
        self.other_seconds += used.other_processors * used.seconds;
        self.generator_seconds += used.generator.processors * used.seconds;
        self.server_seconds += used.server.map_or(0.0, |server| server.processors) * used.seconds;
    }

    /// Adds what the crowd still waits for at the end.
    pub(super) fn add_waits(&mut self, crowd: &Crowd) {
        crowd.add_waits(&mut self.latency, &mut self.commit);
    }

    /// The figures of the whole run.
    pub(super) fn figures(&self) -> (Figures, Curve) {
        let mut figures = self.figures.clone();
        let seconds = figures.seconds.max(1e-6);
        #[expect(clippy::cast_precision_loss, reason = "figures for people")]
        let deliveries = figures.deliveries as f64;
        figures.deliveries_per_second = deliveries / seconds;
        figures.latency = self.latency.percentiles();
        figures.commit = self.commit.percentiles();
        figures.join = self.join.percentiles();
        figures.server_micros = self.server_cpu.and_then(|cpu| micros_per(cpu, figures.deliveries));
        figures.generator_micros =
            micros_per(self.generator_cpu, figures.deliveries).unwrap_or(0.0);
        figures.other_processors = self.other_seconds / seconds;
        figures.generator.processors = self.generator_seconds / seconds;
        if let Some(server) = &mut figures.server {
            server.processors = self.server_seconds / seconds;
        }
        (figures, self.latency.curve())
    }
}

/// Microseconds for each; `None` if the count is 0.
#[expect(clippy::cast_precision_loss, reason = "figures for people")]
pub(super) fn micros_per(cpu: Duration, count: u64) -> Option<f64> {
    (count > 0).then(|| cpu.as_secs_f64() * 1e6 / count as f64)
}

fn add_counts(total: &mut BTreeMap<String, u64>, more: &BTreeMap<String, u64>) {
    for (name, count) in more {
        *total.entry(name.clone()).or_default() += count;
    }
}
