//! One sample per second as long as the run lasts, up to a bounded number.

use std::time::{Duration, Instant};

use anyhow::Result;

use super::figures::Meter;
use crate::crowd::{Crowd, Second};
use crate::record::Sample;
use crate::subject::Subject;

/// How often a sample is taken.
const RHYTHM: Duration = Duration::from_secs(1);

/// The most samples kept: an hour of seconds. A longer run keeps every second one, then every fourth, so that
/// its record stays a few megabytes. Of two samples, the one with the higher p99 stays, so that no peak is
/// lost.
const SAMPLES_MAX: usize = 3600;

/// Takes samples.
pub(super) struct Sampler {
    began: Instant,
    due: Instant,
    meter: Meter,
    pub(super) samples: Vec<Sample>,
    /// How many seconds share one sample.
    stride: u32,
    /// How many seconds the last sample stands for; 0 if the next second begins a new one.
    shared: u32,
}

impl Sampler {
    pub(super) fn new(subject: &Subject, began: Instant) -> Result<Self> {
        let meter = Meter::read(subject)?;
        Ok(Self { began, due: began + RHYTHM, meter, samples: Vec::new(), stride: 1, shared: 0 })
    }

    /// When the next one is due.
    pub(super) fn due(&self) -> Instant {
        self.due
    }

    /// Takes a sample if one is due.
    pub(super) fn take(
        &mut self,
        crowd: &mut Crowd,
        subject: &Subject,
        phase: usize,
        now: Instant,
    ) -> Result<Option<(Sample, Second)>> {
        if now < self.due {
            return Ok(None);
        }
        // After a long checkpoint, missed samples are not made up for.
        self.due = (self.due + RHYTHM).max(now + RHYTHM / 2);
        let meter = Meter::read(subject)?;
        let used = meter.since(&self.meter);
        self.meter = meter;
        let second = crowd.take_second();
        let sample = Sample {
            at: (now - self.began).as_secs_f64(),
            phase,
            connected: crowd.connected(),
            joined: crowd.live(),
            sends: second.sends,
            acknowledged: second.acknowledged,
            deliveries: second.deliveries,
            latency: second.latency.percentiles(),
            errors: second.errors.clone(),
            server: used.server,
            generator: used.generator,
            other_processors: used.other_processors,
        };
        self.keep(sample.clone());
        Ok(Some((sample, second)))
    }

    fn keep(&mut self, sample: Sample) {
        match self.samples.last_mut() {
            Some(last) if self.shared > 0 && last.phase == sample.phase => {
                if sample.latency.p99 > last.latency.p99 {
                    *last = sample;
                }
            }
            _ => {
                self.samples.push(sample);
                self.shared = 0;
            }
        }
        self.shared = (self.shared + 1) % self.stride;
        if self.samples.len() > SAMPLES_MAX {
            self.samples = thinned(std::mem::take(&mut self.samples));
            self.stride *= 2;
            self.shared = 0;
        }
    }
}

/// Half of the samples: of each two in one phase, the one with the higher p99.
fn thinned(samples: Vec<Sample>) -> Vec<Sample> {
    let mut kept: Vec<Sample> = Vec::with_capacity(samples.len() / 2 + 1);
    let mut paired = true;
    for sample in samples {
        match kept.last_mut() {
            Some(last) if !paired && last.phase == sample.phase => {
                if sample.latency.p99 > last.latency.p99 {
                    *last = sample;
                }
                paired = true;
            }
            _ => {
                kept.push(sample);
                paired = false;
            }
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::thinned;
    use crate::latency_histogram::Percentiles;
    use crate::record::Sample;

    fn sample(at: f64, phase: usize, p99: f64) -> Sample {
        let latency = Percentiles { p99, ..Percentiles::default() };
        Sample { at, phase, latency, ..Sample::default() }
    }

    #[test]
    fn thinning_keeps_the_peaks_and_the_phases() {
        let samples = [(1.0, 0, 5.0), (2.0, 0, 90.0), (3.0, 0, 5.0), (4.0, 1, 1.0), (5.0, 1, 2.0)];
        let samples = samples.map(|(at, phase, p99)| sample(at, phase, p99)).to_vec();
        let kept: Vec<f64> = thinned(samples).iter().map(|sample| sample.at).collect();
        assert_eq!(kept, [2.0, 3.0, 5.0]);
    }
}
