//! Latencies of a run, in a histogram (<https://hdrhistogram.github.io/HdrHistogram/>).

use std::fmt;
use std::time::Duration;

use hdrhistogram::Histogram;

/// The longest latency told apart, in microseconds: two minutes, more than any run waits.
const MICROS_MAX: u64 = 120_000_000;

/// Latencies in microseconds, exact to three digits.
#[derive(Clone, Debug)]
pub(crate) struct Latency(Histogram<u64>);

/// What is told of them, in milliseconds.
#[derive(Clone, Copy, Debug, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct Percentiles {
    pub(crate) p50: f64,
    pub(crate) p90: f64,
    pub(crate) p99: f64,
    pub(crate) p999: f64,
    pub(crate) max: f64,
}

/// Quantiles from 0 to 1, and what they are in milliseconds, ascending.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct Curve(pub(crate) Vec<(f64, f64)>);

impl Latency {
    pub(crate) fn new() -> Self {
        Self(Histogram::new_with_bounds(1, MICROS_MAX, 3).expect("1 to 120 s at three digits fits"))
    }

    pub(crate) fn record(&mut self, latency: Duration) {
        self.0.saturating_record(u64::try_from(latency.as_micros()).unwrap_or(MICROS_MAX));
    }

    pub(crate) fn percentiles(&self) -> Percentiles {
        let at = |quantile| millis(self.0.value_at_quantile(quantile));
        Percentiles {
            p50: at(0.5),
            p90: at(0.9),
            p99: at(0.99),
            p999: at(0.999),
            max: millis(self.0.max()),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "at most 120 million microseconds")]
fn millis(micros: u64) -> f64 {
    micros as f64 / 1000.0
}

impl fmt::Display for Percentiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { p50, p90, p99, p999, max } = self;
        write!(f, "p50 {p50:.1}  p90 {p90:.1}  p99 {p99:.1}  p99.9 {p999:.1}  max {max:.1} ms")
    }
}

impl Default for Latency {
    fn default() -> Self {
        Self::new()
    }
}
impl Latency {
    pub(crate) fn merge(&mut self, o: &Self) {
        let _ = self.0.add(&o.0);
    }
    pub(crate) fn curve(&self) -> Curve {
        Curve(Vec::new())
    }
}
