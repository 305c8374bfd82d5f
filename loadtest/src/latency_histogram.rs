//! The latency histogram of a run (<https://hdrhistogram.github.io/HdrHistogram/>).

use std::fmt;
use std::time::Duration;

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

/// The longest latency that is recorded exactly, in microseconds: two minutes, longer than any run waits.
const MICROS_MAX: u64 = 120_000_000;

/// The quantiles of a curve: denser towards 1, where they are most interesting.
const QUANTILES: [f64; 24] = [
    0.0, 0.1, 0.25, 0.5, 0.625, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.97, 0.98, 0.99, 0.995, 0.998,
    0.999, 0.9995, 0.9998, 0.9999, 0.99995, 0.99998, 0.99999, 1.0,
];

/// Latencies in microseconds, exact to three digits.
#[derive(Clone, Debug)]
pub(crate) struct Latency(Histogram<u64>);

/// The percentiles that are reported, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Percentiles {
    /// How many values there are.
    pub(crate) count: u64,
    pub(crate) p50: f64,
    pub(crate) p90: f64,
    pub(crate) p99: f64,
    pub(crate) p999: f64,
    pub(crate) max: f64,
}

/// Pairs of a quantile (0 to 1) and the latency there in milliseconds, both ascending. Empty if nothing was
/// recorded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Curve(pub(crate) Vec<(f64, f64)>);

impl Percentiles {
    /// The percentiles that rest on too few values: fewer than ten lie beyond them, and another run of the
    /// same plan may show a quite different figure.
    pub(crate) fn thin(&self) -> Vec<&'static str> {
        // The values needed for ten to lie beyond.
        let needed = [("p50", 20), ("p90", 100), ("p99", 1000), ("p99.9", 10_000)];
        let thin = |(_, needed): &(&str, u64)| self.count > 0 && self.count < *needed;
        needed.into_iter().filter(thin).map(|(name, _)| name).collect()
    }
}

impl Latency {
    pub(crate) fn new() -> Self {
        Self(Histogram::new_with_bounds(1, MICROS_MAX, 3).expect("1 to 120 s at three digits fits"))
    }

    pub(crate) fn record(&mut self, latency: Duration) {
        self.0.saturating_record(u64::try_from(latency.as_micros()).unwrap_or(MICROS_MAX));
    }

    /// Adds all values of `other`.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.0.add(&other.0).expect("both have the same bounds");
    }

    /// Removes all values, and keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.0.reset();
    }

    /// How many values were recorded.
    pub(crate) fn count(&self) -> u64 {
        self.0.len()
    }

    pub(crate) fn percentiles(&self) -> Percentiles {
        let at = |quantile| millis(self.0.value_at_quantile(quantile));
        Percentiles {
            count: self.count(),
            p50: at(0.5),
            p90: at(0.9),
            p99: at(0.99),
            p999: at(0.999),
            max: millis(self.0.max()),
        }
    }

    /// The latencies at all quantiles that the number of values supports, and the maximum.
    pub(crate) fn curve(&self) -> Curve {
        let count = self.count();
        if count == 0 {
            return Curve::default();
        }
        #[expect(clippy::cast_precision_loss, reason = "a count, for a comparison")]
        let told_apart = |quantile: f64| quantile == 1.0 || (1.0 - quantile) * count as f64 >= 1.0;
        let point = |quantile| (quantile, millis(self.0.value_at_quantile(quantile)));
        Curve(QUANTILES.into_iter().filter(|quantile| told_apart(*quantile)).map(point).collect())
    }
}

#[expect(clippy::cast_precision_loss, reason = "at most 120 million microseconds")]
fn millis(micros: u64) -> f64 {
    micros as f64 / 1000.0
}

impl fmt::Display for Percentiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { p50, p90, p99, p999, max, .. } = self;
        write!(f, "p50 {p50:.1}  p90 {p90:.1}  p99 {p99:.1}  p99.9 {p999:.1}  max {max:.1} ms")
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Curve, Latency};

    fn of(millis: impl IntoIterator<Item = u64>) -> Latency {
        let mut latency = Latency::new();
        millis.into_iter().for_each(|millis| latency.record(Duration::from_millis(millis)));
        latency
    }

    #[test]
    fn two_merged_are_as_one() {
        let mut halves = of(1..=500);
        halves.merge(&of(501..=1000));
        assert_eq!(halves.percentiles(), of(1..=1000).percentiles());
        assert_eq!(halves.count(), 1000);
        halves.clear();
        assert_eq!(halves.curve(), Curve::default());
    }

    #[test]
    fn a_percentile_needs_ten_values_beyond_it() {
        let thin = |count| of(0..count).percentiles().thin();
        assert_eq!(thin(0), [""; 0], "nothing was measured");
        assert_eq!(thin(19), ["p50", "p90", "p99", "p99.9"]);
        assert_eq!(thin(999), ["p99", "p99.9"]);
        assert_eq!(thin(1000), ["p99.9"]);
        assert_eq!(thin(10_000), [""; 0]);
    }

    #[test]
    fn a_curve_rises_to_the_highest_and_tells_no_more_than_was_seen() {
        let Curve(points) = of(1..=1000).curve();
        assert!(points.is_sorted_by(|a, b| a.0 < b.0 && a.1 <= b.1), "{points:?}");
        let (last, highest) = *points.last().expect("points");
        assert!(last == 1.0 && (999.0..=1001.0).contains(&highest), "{points:?}");
        assert!(!points.iter().any(|(quantile, _)| *quantile == 0.9999), "{points:?}");
    }
}
