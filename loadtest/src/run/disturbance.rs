//! What goes wrong during a phase. Each disturbance is a small state machine that the runner polls between
//! turns of the crowd, so that the load continues. None waits, and none has a thread except the flood and
//! the logins, whose strangers must not hold up the crowd.

mod churn;
mod ending;
mod flood;
mod logins;
mod ramp;
mod slow_readers;
mod storm;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::Result;

use self::churn::Churn;
use self::ending::{Ending, Way};
use self::flood::Flood;
use self::logins::Logins;
use self::ramp::Ramp;
use self::slow_readers::SlowReaders;
use self::storm::Storm;
use super::schedule::Schedule;
use crate::crowd::{Crowd, Second};
use crate::plan;
use crate::subject::Subject;

/// What a disturbance acts on.
pub(super) struct Stage<'a> {
    pub(super) crowd: &'a mut Crowd,
    pub(super) subject: &'a mut Subject,
    pub(super) schedule: &'a mut Schedule,
    /// The source of random choices about the server.
    pub(super) lot: &'a mut fastrand::Rng,
    /// When the phase began, and when it ends unless something holds it up.
    pub(super) began: Instant,
    pub(super) end: Instant,
    pub(super) notes: &'a mut Notes,
}

/// What a phase reports besides its figures.
#[derive(Default)]
pub(super) struct Notes {
    /// Sentences for the record.
    pub(super) remarks: Vec<String>,
    pub(super) extra: BTreeMap<String, f64>,
    /// What was planned and did not happen, and so was not checked.
    pub(super) lacking: Vec<String>,
}

/// What the runner must do next.
pub(super) enum Next {
    /// Nothing is in progress; poll again by this time.
    Free(Instant),
    /// Something is in progress, for which the phase must wait; poll again by this time.
    Busy(Instant),
    /// End the phase.
    Over,
    /// End the run, with the reason: the server is gone for good.
    Failed(String),
}

/// A disturbance.
pub(super) trait Disturbance {
    fn poll(&mut self, stage: &mut Stage<'_>, now: Instant) -> Result<Next>;

    /// Gets the figures of each second.
    fn second(&mut self, _second: &Second) {}

    /// The phase is over: restores everything, and reports the result.
    fn finish(&mut self, _stage: &mut Stage<'_>) -> Result<()> {
        Ok(())
    }
}

/// The disturbance of a phase.
pub(super) fn of(phase: &plan::Phase, stage: &mut Stage<'_>) -> Box<dyn Disturbance> {
    match phase.disturbance {
        None => Box::new(Calm),
        Some(plan::Disturbance::Ramp { factor, step_seconds, p99_ms }) => {
            Box::new(Ramp::new(factor, Duration::from_secs_f64(step_seconds), p99_ms, stage.began))
        }
        Some(plan::Disturbance::Storm { times }) => Box::new(Storm::new(evenly(stage, times))),
        Some(plan::Disturbance::Churn { per_second }) => {
            Box::new(Churn::new(per_second, stage.began))
        }
        Some(plan::Disturbance::SlowReaders { share, pause_seconds }) => {
            Box::new(SlowReaders::new(share, Duration::from_secs_f64(pause_seconds), stage.began))
        }
        Some(plan::Disturbance::Flood { senders, per_second, text_bytes }) => {
            Box::new(Flood::new(senders, per_second, text_bytes))
        }
        Some(plan::Disturbance::Logins { strangers }) => Box::new(Logins::new(strangers)),
        Some(plan::Disturbance::Restart { times }) => {
            Box::new(Ending::new(Way::Drain, evenly(stage, times)))
        }
        Some(plan::Disturbance::Crash { times }) => {
            Box::new(Ending::new(Way::Kill, at_random(stage, times)))
        }
    }
}

struct Calm;

impl Disturbance for Calm {
    fn poll(&mut self, stage: &mut Stage<'_>, _now: Instant) -> Result<Next> {
        Ok(Next::Free(stage.end))
    }
}

/// `times` moments, spread over the phase, with calm before the first and after the last.
fn evenly(stage: &Stage<'_>, times: u32) -> Vec<Instant> {
    let part = (stage.end - stage.began) / times.max(1);
    (0..times).map(|number| stage.began + part * number + part / 2).collect()
}

/// `times` random moments, in order.
fn at_random(stage: &mut Stage<'_>, times: u32) -> Vec<Instant> {
    let span = stage.end - stage.began;
    let mut moments: Vec<Instant> =
        (0..times).map(|_| stage.began + span.mul_f64(stage.lot.f64())).collect();
    moments.sort_unstable();
    moments
}

/// How often something in progress is looked at.
const LOOK: Duration = Duration::from_millis(10);

/// Records the longest of several times.
fn note_longest(stage: &mut Stage<'_>, name: &str, times: &[f64]) {
    if let Some(longest) = times.iter().copied().max_by(f64::total_cmp) {
        stage.notes.extra.insert(name.to_owned(), longest);
    }
}
