//! Raises the rate step by step until latency or loss passes a bound. The last step within the bound is the
//! capacity of this server on this machine.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::{Disturbance, Next, Stage};
use crate::crowd::Second;
use crate::latency_histogram::Latency;
use crate::units;

/// A second this many times over the bound ends the ramp at once: it takes long enough to work off what has
/// piled up by then.
const FAR_OVER: f64 = 3.0;

/// A server that acknowledges less than this share of a step's sends has fallen behind, whatever the latency
/// of the answers that came. Sends younger than the bound are not late yet.
const KEPT_UP: f64 = 0.9;

pub(super) struct Ramp {
    factor: f64,
    step: Duration,
    p99_ms: f64,
    step_began: Instant,
    current: Step,
    /// The last step within the bound.
    capacity: Option<Capacity>,
    /// Why the ramp ended.
    over: Option<String>,
    /// The p99 of a second that was far over the bound.
    far_over: Option<f64>,
}

/// The current step so far.
struct Step {
    seconds: u32,
    sends: u64,
    acknowledged: u64,
    deliveries: u64,
    latency: Latency,
    errors: BTreeMap<String, u64>,
}

struct Capacity {
    rate: f64,
    deliveries_per_second: f64,
    p99_ms: f64,
}

impl Ramp {
    pub(super) fn new(factor: f64, step: Duration, p99_ms: f64, began: Instant) -> Self {
        Self {
            factor,
            step,
            p99_ms,
            step_began: began,
            current: Step::new(),
            capacity: None,
            over: None,
            far_over: None,
        }
    }

    /// Why a step is not within the bound; `None` if it is.
    fn why_over(&self, rate: f64) -> Option<String> {
        let Step { sends, acknowledged, errors, latency, .. } = &self.current;
        let p99 = latency.percentiles().p99;
        if let Some((kind, count)) = errors.iter().next() {
            return Some(format!("{} {kind}", units::times(*count)));
        }
        if p99 > self.p99_ms {
            return Some(format!("a p99 of {p99:.0} ms"));
        }
        if let Some(p99) = self.far_over {
            return Some(format!("a second with a p99 of {p99:.0} ms"));
        }
        #[expect(clippy::cast_precision_loss, reason = "counts of seconds")]
        let behind = {
            let under_way = rate * self.p99_ms / 1000.0;
            (*acknowledged as f64) < *sends as f64 * KEPT_UP - under_way
        };
        behind.then(|| {
            format!("only {acknowledged} of {} acknowledged", units::counted(*sends, "send"))
        })
    }

    fn end_step(&mut self, stage: &mut Stage<'_>, now: Instant) -> bool {
        let rate = stage.schedule.rate();
        if let Some(why) = self.why_over(rate) {
            self.over = Some(format!("a rate of {rate:.0} a second brought {why}"));
            return false;
        }
        #[expect(clippy::cast_precision_loss, reason = "a count of seconds")]
        let deliveries = self.current.deliveries as f64;
        self.capacity = Some(Capacity {
            rate,
            deliveries_per_second: deliveries / f64::from(self.current.seconds.max(1)),
            p99_ms: self.current.latency.percentiles().p99,
        });
        self.current = Step::new();
        self.step_began = now;
        stage.schedule.set_rate(rate * self.factor, now);
        true
    }
}

impl Step {
    fn new() -> Self {
        Self {
            seconds: 0,
            sends: 0,
            acknowledged: 0,
            deliveries: 0,
            latency: Latency::new(),
            errors: BTreeMap::new(),
        }
    }
}

impl Disturbance for Ramp {
    fn poll(&mut self, stage: &mut Stage<'_>, now: Instant) -> Result<Next> {
        let step_end = self.step_began + self.step;
        if (now >= step_end || self.far_over.is_some()) && !self.end_step(stage, now) {
            return Ok(Next::Over);
        }
        Ok(Next::Free((self.step_began + self.step).min(stage.end)))
    }

    fn second(&mut self, second: &Second) {
        let step = &mut self.current;
        step.seconds += 1;
        step.sends += second.sends;
        step.acknowledged += second.acknowledged;
        step.deliveries += second.deliveries;
        step.latency.merge(&second.latency);
        for (kind, count) in &second.errors {
            *step.errors.entry(kind.clone()).or_default() += count;
        }
        let p99 = second.latency.percentiles().p99;
        if p99 > self.p99_ms * FAR_OVER {
            self.far_over = Some(p99);
        }
    }

    fn finish(&mut self, stage: &mut Stage<'_>) -> Result<()> {
        let Some(capacity) = &self.capacity else {
            let why = self.over.clone().unwrap_or_else(|| "no step was finished".to_owned());
            if self.over.is_none() {
                stage.notes.lacking.push(why);
                return Ok(());
            }
            stage.notes.remarks.push(format!("the first rate was too much already: {why}"));
            return Ok(());
        };
        let Capacity { rate, deliveries_per_second, p99_ms } = *capacity;
        let words = format!(
            "a rate of {rate:.0} messages and {deliveries_per_second:.0} deliveries a second with a \
             p99 of {p99_ms:.0} ms"
        );
        stage.notes.remarks.push(match &self.over {
            Some(why) => format!("the capacity is {words}; {why}"),
            None => format!("the capacity is at least {words}; the time was over before the bound"),
        });
        stage.notes.extra.insert("capacity_per_second".to_owned(), rate);
        let deliveries = "capacity_deliveries_per_second".to_owned();
        stage.notes.extra.insert(deliveries, deliveries_per_second);
        stage.notes.extra.insert("capacity_p99_ms".to_owned(), p99_ms);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::{Duration, Instant};

    use super::Ramp;
    use crate::crowd::Second;
    use crate::latency_histogram::Latency;
    use crate::run::disturbance::Disturbance;

    fn second(deliveries: u64, millis: u64) -> Second {
        let mut latency = Latency::new();
        (0..deliveries).for_each(|_| latency.record(Duration::from_millis(millis)));
        let (sends, acknowledged, errors) = (10, 10, BTreeMap::new());
        Second { sends, acknowledged, deliveries, latency, errors }
    }

    #[test]
    fn what_is_still_under_way_is_not_late() {
        let mut ramp = Ramp::new(1.3, Duration::from_secs(1), 500.0, Instant::now());
        let of = |acknowledged| Second { sends: 100, acknowledged, ..second(10, 5) };
        ramp.second(&of(45));
        assert_eq!(ramp.why_over(100.0), None, "fifty are younger than half a second");
        ramp.second(&of(45));
        let why = ramp.why_over(100.0).expect("as many more are not");
        assert_eq!(why, "only 90 of 200 sends acknowledged");
    }

    #[test]
    fn a_second_far_over_the_bound_ends_the_ramp_though_the_step_is_within_it() {
        let mut ramp = Ramp::new(1.3, Duration::from_secs(8), 500.0, Instant::now());
        (0..7).for_each(|_| ramp.second(&second(1000, 5)));
        assert_eq!(ramp.why_over(10.0), None);
        // Only a few deliveries, since the server stalled: far less than one in a hundred of the step.
        ramp.second(&second(10, 2000));
        assert!(ramp.current.latency.percentiles().p99 < 500.0);
        assert!(ramp.why_over(10.0).is_some_and(|why| why.contains("a second with a p99 of 2")));
    }
}
