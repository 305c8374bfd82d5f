//! Figures of a run, for people and as JSON.

use std::fmt;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;

use crate::crowd::Tally;
use crate::latency::Percentiles;
use crate::usage::Memory;

/// What a load came to.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct LoadReport {
    /// From the first send until everybody had everything.
    pub(crate) seconds: f64,
    /// Messages that were due.
    pub(crate) sends: u64,
    pub(crate) deliveries_per_second: f64,
    /// From due to delivered.
    pub(crate) latency: Percentiles,
    /// From due to acknowledged.
    pub(crate) commit: Percentiles,
    /// The server's processor time per delivery, in microseconds.
    pub(crate) server_cpu_micros: f64,
    /// The generator's own.
    pub(crate) generator_cpu_micros: f64,
    /// Processors that were busy with anything else: the more, the less the figures say.
    pub(crate) other_cores: f64,
    /// The server's memory at the end.
    pub(crate) memory: Memory,
    /// Whether everybody had everything in time.
    pub(crate) settled: bool,
    pub(crate) tally: Tally,
}

/// What it took to let a crowd in.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ArrivalReport {
    pub(crate) clients: u32,
    /// Until the last one was joined.
    pub(crate) seconds: f64,
    /// From `connect` to joined, per client.
    pub(crate) join: Percentiles,
    /// The server's processor time per client, in microseconds.
    pub(crate) server_cpu_micros: f64,
    /// Connections that could not be made at once.
    pub(crate) refused: u64,
    /// Connections that found the listen queue full, machine-wide; the kernel tries each again
    /// after a second.
    pub(crate) overflows: u64,
}

/// Writes a report as JSON, if a file was named.
pub(crate) fn write_json(path: Option<&Path>, report: &impl Serialize) -> Result<()> {
    let Some(path) = path else { return Ok(()) };
    let json = serde_json::to_vec_pretty(report)?;
    std::fs::write(path, json).with_context(|| format!("{} cannot be written", path.display()))
}

impl fmt::Display for LoadReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tally { deliveries, acknowledged, .. } = &self.tally;
        writeln!(
            f,
            "  {} sends, {acknowledged} acknowledged, {deliveries} deliveries in {:.1} s: {:.0} a \
             second{}",
            self.sends,
            self.seconds,
            self.deliveries_per_second,
            if self.settled { "" } else { " (NOT everybody had everything in time)" }
        )?;
        writeln!(f, "  delivered after  {}", self.latency)?;
        writeln!(f, "  acknowledged after  {}", self.commit)?;
        writeln!(
            f,
            "  processor time per delivery: server {:.2} µs, generator {:.2} µs; other \
             programs kept {:.2} processors busy; server memory {:.1} MiB",
            self.server_cpu_micros,
            self.generator_cpu_micros,
            self.other_cores,
            mebibytes(self.memory.resident)
        )?;
        write!(f, "  {}", self.tally)
    }
}

impl fmt::Display for ArrivalReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "  {} clients joined in {:.2} s; each: {}; server {:.1} µs a client{}{}",
            self.clients,
            self.seconds,
            self.join,
            self.server_cpu_micros,
            if self.refused > 0 { format!("; {} refused", self.refused) } else { String::new() },
            overflowed(self.overflows)
        )
    }
}

/// A hint, where the listen queue was too short.
pub(crate) fn overflowed(count: u64) -> String {
    if count == 0 {
        return String::new();
    }
    format!("; {count} times the listen queue was full, which costs a client a second")
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
pub(crate) fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
