//! Drives a crowd through the phases of a plan; `runner/measure.rs` computes the result of each.

mod measure;

use std::time::{Duration, Instant};

use anyhow::Result;

use super::disturbance::{self, Disturbance, Next, Notes, Stage};
use super::figures::Meter;
use super::machine;
use super::sampler::Sampler;
use super::schedule::Schedule;
use super::signals::{Interrupt, StopSignal};
use super::total::Total;
use crate::arguments::CrowdArguments;
use crate::crowd::Crowd;
use crate::latency_histogram::Curve;
use crate::oracle::Verdict;
use crate::plan::{Load, Phase, Plan};
use crate::progress::Progress;
use crate::record::{self, BoundCheck, CutShort, Figures, Machine, Sample};
use crate::subject::Subject;

/// How long a disturbance may outlast its phase: a drain, a start, and the return of all clients.
const OVERTIME_MAX: Duration = Duration::from_secs(90);

/// By how much the load is extended at a time while a disturbance is not over.
const OVERTIME_STEP: Duration = Duration::from_millis(10);

/// How long catching up may take after a signal, or when the server is gone.
const HASTE: Duration = Duration::from_secs(3);

/// How long clients may take to answer a last ping after they were late already: the patience is used up, and
/// the question is only whether the server answers at all.
const LAST_PING_MAX: Duration = Duration::from_secs(10);

/// How often a long phase reads back from the log what was acknowledged, and forgets it here. The load
/// continues meanwhile.
const CHECKPOINT_RHYTHM: Duration = Duration::from_secs(60);

/// How a run is driven, besides its plan.
pub(crate) struct RunOptions {
    pub(super) patience: Duration,
    progress: Progress,
    /// How many phases the progress shows, including the arrival.
    phases: usize,
    /// The planned length of all phases together, in seconds.
    planned: f64,
    /// Whether the plan sends any messages.
    speaks: bool,
    seed: u64,
    interrupt: Option<Interrupt>,
}

impl RunOptions {
    pub(crate) fn new(plan: &Plan, crowd: &CrowdArguments, progress: Progress) -> Self {
        Self {
            patience: Duration::from_secs(crowd.patience_seconds),
            progress,
            phases: plan.phases.len() + 1,
            planned: plan.time().as_secs_f64(),
            speaks: plan.speaks(),
            seed: plan.seed,
            interrupt: None,
        }
    }

    /// Makes the run end early at a signal.
    pub(crate) fn heeding(self, interrupt: &Interrupt) -> Self {
        Self { interrupt: Some(interrupt.clone()), ..self }
    }
}

/// A run in progress.
pub(crate) struct Runner {
    pub(super) crowd: Crowd,
    pub(crate) subject: Subject,
    options: RunOptions,
    sampler: Sampler,
    began: Instant,
    machine: Machine,
    pub(super) phases: Vec<record::Phase>,
    total: Total,
    /// The server's resident memory without clients.
    empty: Option<u64>,
    warnings: Vec<String>,
    checks: Vec<BoundCheck>,
    /// Why the run cannot go on: the server is gone, or lets no client in.
    failed: Option<String>,
    /// What was planned and did not happen.
    lacking: Vec<String>,
    /// Whether all clients had everything at the end of the last phase.
    settled: bool,
    /// How long the loads of all phases have lasted.
    loaded: Duration,
    /// The source of random choices about the server. It is not the crowd's: how many numbers clients draw
    /// depends on the server's speed.
    lot: fastrand::Rng,
}

/// The result of a run.
pub(crate) struct Ending {
    pub(crate) subject: record::Subject,
    pub(crate) seconds: f64,
    pub(crate) phases: Vec<record::Phase>,
    pub(crate) samples: Vec<Sample>,
    pub(crate) total: Figures,
    pub(crate) curve: Curve,
    pub(crate) verdict: Verdict,
    pub(crate) cut_short: Option<CutShort>,
    pub(crate) warnings: Vec<String>,
    pub(crate) checks: Vec<BoundCheck>,
}

/// A phase in progress.
pub(super) struct Span {
    name: String,
    pub(super) began: Instant,
    meter: Meter,
    /// Its planned length, for the progress.
    meant: Option<f64>,
}

impl Runner {
    pub(crate) fn new(crowd: Crowd, subject: Subject, options: RunOptions) -> Result<Self> {
        let began = crowd.began();
        let lot = fastrand::Rng::with_seed(options.seed);
        let meter = Meter::read(&subject)?;
        Ok(Self {
            sampler: Sampler::new(&subject, began)?,
            began,
            machine: machine::look()?,
            phases: Vec::new(),
            total: Total::new(),
            empty: meter.resident(),
            warnings: Vec::new(),
            checks: Vec::new(),
            failed: None,
            lacking: Vec::new(),
            settled: true,
            loaded: Duration::ZERO,
            lot,
            crowd,
            subject,
            options,
        })
    }

    /// Whether there is a server and no signal has come.
    pub(crate) fn goes_on(&self) -> bool {
        self.failed.is_none() && self.stop_signal().is_none()
    }

    fn stop_signal(&self) -> Option<StopSignal> {
        self.options.interrupt.as_ref().and_then(Interrupt::stop_signal)
    }

    /// Runs a phase of the plan. If it fails midway, it is measured up to there, and the run ends.
    pub(crate) fn phase(&mut self, phase: &Phase) -> Result<&record::Phase> {
        let span = self.begin(&phase.name, Some(phase.seconds))?;
        let mut notes = Notes::default();
        self.crowd.be_silent(phase.load == Load::Rate(0.0) && phase.disturbance.is_none());
        let loaded = self.load(phase, &span, &mut notes);
        self.survive(loaded);
        self.loaded += span.began.elapsed().min(phase.time());
        self.settled = self.settle()?;
        let (figures, used) = self.figures(&span, self.settled)?;
        if phase.warm_up {
            self.add_joins();
        } else {
            self.total.add(&self.crowd, &figures, &used);
            self.judge(phase, &figures, &used);
        }
        let Notes { remarks, extra, lacking } = notes;
        if self.goes_on() {
            self.lacking.extend(lacking.into_iter().map(|it| format!("{}: {it}", phase.name)));
        }
        self.keep(&span, figures, remarks, extra);
        self.checkpoint()?;
        Ok(&self.phases[self.phases.len() - 1])
    }

    /// A failure midway ends the run; what was seen until then is still reported.
    pub(super) fn survive<T>(&mut self, what: Result<T>) -> Option<T> {
        match what {
            Ok(value) => Some(value),
            Err(error) => {
                self.fail(format!("{error:#}"));
                None
            }
        }
    }

    /// The load and its disturbance, until both are over.
    fn load(&mut self, phase: &Phase, span: &Span, notes: &mut Notes) -> Result<()> {
        let end = span.began + phase.time();
        let mut schedule = Schedule::new(phase.load.rate(), span.began, end);
        if let Load::Outstanding(count) = phase.load {
            self.crowd.outstanding(Some(count));
        }
        let mut stage = self.stage(&mut schedule, span.began, end, notes);
        let mut disturbance = disturbance::of(phase, &mut stage);
        let driven = self.drive(span, &mut schedule, &mut *disturbance, end, notes);
        self.crowd.outstanding(None);
        let mut stage = self.stage(&mut schedule, span.began, end, notes);
        disturbance.finish(&mut stage)?;
        driven
    }

    fn drive(
        &mut self,
        span: &Span,
        schedule: &mut Schedule,
        disturbance: &mut dyn Disturbance,
        end: Instant,
        notes: &mut Notes,
    ) -> Result<()> {
        let mut checkpoint = span.began + CHECKPOINT_RHYTHM;
        while self.goes_on() {
            if let Some(second) = self.tick(span)? {
                disturbance.second(&second);
            }
            let now = Instant::now();
            let mut stage = self.stage(schedule, span.began, end, notes);
            let (wake, busy) = match disturbance.poll(&mut stage, now)? {
                Next::Free(wake) => (wake, false),
                Next::Busy(wake) => (wake, true),
                Next::Over => break,
                Next::Failed(why) => {
                    self.fail(why);
                    break;
                }
            };
            if now >= end && (!busy || now >= end + OVERTIME_MAX) {
                break;
            }
            if now >= checkpoint {
                self.crowd.begin_checkpoint();
                checkpoint = now + CHECKPOINT_RHYTHM;
            }
            if busy {
                schedule.extend(now + OVERTIME_STEP);
            }
            let until = if now < end { wake.min(end) } else { wake };
            schedule.turn(&mut self.crowd, until.min(self.sampler.due()))?;
        }
        // Whatever was due before the end is sent, however late the generator is.
        while self.goes_on() && Instant::now() >= end && !schedule.is_done() {
            schedule.turn(&mut self.crowd, Instant::now())?;
        }
        Ok(())
    }

    /// In the whole run, all joins count, in whichever phase they were.
    pub(super) fn add_joins(&mut self) {
        self.total.add_joins(&self.crowd);
    }

    fn stage<'a>(
        &'a mut self,
        schedule: &'a mut Schedule,
        began: Instant,
        end: Instant,
        notes: &'a mut Notes,
    ) -> Stage<'a> {
        let (crowd, subject, lot) = (&mut self.crowd, &mut self.subject, &mut self.lot);
        Stage { crowd, subject, schedule, lot, began, end, notes }
    }
}
