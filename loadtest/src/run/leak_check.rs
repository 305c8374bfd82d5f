//! Whether a server grew in a soak: compares memory, open files and threads in the last quarter of a phase
//! with the second quarter, in which caches and buffers are already full.

use crate::plan::Phase;
use crate::record::{BoundCheck, Sample, Usage};

/// A shorter phase says nothing about growth: at 100 messages a second, throng's cache of the log takes ten
/// minutes to fill, and grows by 20 MiB meanwhile.
const SOAK_SECONDS_MIN: f64 = 3600.0;

/// Whether to check the server's growth in this phase.
pub(super) fn is_judged(phase: &Phase) -> bool {
    phase.seconds >= SOAK_SECONDS_MIN && phase.disturbance.is_none()
}

/// The allowed growth of memory between the two quarters: caches fill slowly, and allocators keep holes.
const RESIDENT_GROWTH_MAX: f64 = 0.10;

/// Less growth than this is noise of the allocator.
const RESIDENT_NOISE: f64 = (8 << 20) as f64;

/// The allowed growth of open files besides those of clients: connections that come and go leave some in
/// between.
const FILES_GROWTH_MAX: f64 = 16.0;

/// The allowed growth of threads: pools vary.
const THREADS_GROWTH_MAX: f64 = 4.0;

/// The three bounds for the samples of one phase and its seconds; none if it was short, even if it was ended
/// early. If the server could not be measured, no bound is kept.
pub(super) fn checks(seconds: f64, samples: &[Sample]) -> Vec<BoundCheck> {
    if seconds < SOAK_SECONDS_MIN {
        return Vec::new();
    }
    let quarter = samples.len() / 4;
    let (Some(second), Some(last)) =
        (samples.get(quarter..quarter * 2), samples.get(samples.len() - quarter..))
    else {
        return Vec::new();
    };
    type Figure = (&'static str, fn(&Usage) -> u64, fn(f64) -> f64, &'static str);
    let figures: [Figure; 3] = [
        (
            "resident memory",
            |usage| usage.resident,
            |before| (before * RESIDENT_GROWTH_MAX).max(RESIDENT_NOISE),
            "bytes",
        ),
        ("open files", |usage| usage.open_files, |_| FILES_GROWTH_MAX, "files"),
        ("threads", |usage| usage.threads, |_| THREADS_GROWTH_MAX, "threads"),
    ];
    let check = |(name, of, most, unit): Figure| {
        let Some((before, after)) = mean(second, of).zip(mean(last, of)) else {
            let bound = format!("growth of the server's {name}");
            let words = "it was not measured: the server was out of sight".to_owned();
            return BoundCheck { bound, measured: None, kept: false, words };
        };
        let (growth, most) = (after - before, most(before));
        BoundCheck {
            bound: format!("growth of the server's {name} > {most:.0} {unit}"),
            measured: Some(growth),
            kept: growth <= most,
            words: format!(
                "{name}: {before:.0} {unit} in the second quarter, {after:.0} in the last"
            ),
        }
    };
    figures.into_iter().map(check).collect()
}

#[expect(clippy::cast_precision_loss, reason = "a mean")]
fn mean(samples: &[Sample], of: fn(&Usage) -> u64) -> Option<f64> {
    let seen: Vec<u64> =
        samples.iter().filter_map(|sample| sample.server.as_ref()).map(of).collect();
    (!seen.is_empty()).then(|| seen.iter().sum::<u64>() as f64 / seen.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::{SOAK_SECONDS_MIN, checks};
    use crate::record::{Sample, Usage};

    fn kept(resident: impl Fn(u64) -> u64) -> Vec<bool> {
        let sample = |second| {
            let usage = Usage { resident: resident(second), ..Usage::default() };
            Sample { server: Some(usage), ..Sample::default() }
        };
        let samples: Vec<Sample> = (0..400).map(sample).collect();
        assert_eq!(checks(SOAK_SECONDS_MIN - 1.0, &samples).len(), 0, "it is too short to tell");
        checks(SOAK_SECONDS_MIN, &samples).iter().map(|check| check.kept).collect()
    }

    #[test]
    fn a_server_that_grows_all_the_time_is_found_and_one_that_fills_its_caches_is_not() {
        assert_eq!(kept(|second| (100 << 20) + (second << 20)), [false, true, true]);
        assert_eq!(kept(|second| (100 << 20) + (second.min(90) << 20)), [true, true, true]);
    }

    #[test]
    fn growth_that_nobody_saw_is_not_green() {
        let unseen = checks(SOAK_SECONDS_MIN, &vec![Sample::default(); 400]);
        assert_eq!(unseen.len(), 3);
        assert!(unseen.iter().all(|check| !check.kept && check.measured.is_none()), "{unseen:?}");
    }
}
