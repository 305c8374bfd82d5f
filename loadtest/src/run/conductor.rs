//! Drives a crowd through the phases of a plan; `conductor/measure.rs` says what each came to.

mod measure;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::figures::Meter;
use super::interrupt::Interrupt;
use super::machine;
use super::sampler::Sampler;
use super::schedule::Schedule;
use super::total::Total;
use super::trouble::{self, Next, Stage};
use crate::arguments::CrowdArguments;
use crate::crowd::Crowd;
use crate::latency::Curve;
use crate::oracle::Verdict;
use crate::plan::{Load, Phase, Plan};
use crate::progress::Progress;
use crate::record::{self, BoundCheck, Figures, Machine, Sample};
use crate::subject::Subject;

/// How long a trouble may go on beyond its phase: a drain, a start, and everybody's return.
const OVERTIME_MAX: Duration = Duration::from_secs(90);

/// By how much the load goes on at a time while a trouble is not over.
const OVERTIME_STEP: Duration = Duration::from_millis(10);

/// How long catching up may take once somebody has asked for the end, or the server is gone.
const HASTE: Duration = Duration::from_secs(3);

/// How often a long phase reads back from the log what was acknowledged, and forgets it here, while
/// the load goes on.
const CHECKPOINT_RHYTHM: Duration = Duration::from_secs(60);

/// How a run is driven, besides its plan.
pub(crate) struct Manner {
    pub(super) patience: Duration,
    progress: Progress,
    /// How many phases the progress speaks of, the arrival included.
    phases: usize,
    seed: u64,
    interrupt: Option<Interrupt>,
}

impl Manner {
    pub(crate) fn new(plan: &Plan, crowd: &CrowdArguments, progress: Progress) -> Self {
        Self {
            patience: Duration::from_secs(crowd.patience_seconds),
            progress,
            phases: plan.phases.len() + 1,
            seed: plan.seed,
            interrupt: None,
        }
    }

    /// Ends early when somebody asks for it.
    pub(crate) fn heeding(self, interrupt: &Interrupt) -> Self {
        Self { interrupt: Some(interrupt.clone()), ..self }
    }
}

/// A run under way.
pub(crate) struct Conductor {
    pub(super) crowd: Crowd,
    pub(crate) subject: Subject,
    manner: Manner,
    sampler: Sampler,
    began: Instant,
    machine: Machine,
    pub(super) phases: Vec<record::Phase>,
    total: Total,
    /// The server's resident memory with nobody there.
    empty: Option<u64>,
    doubts: Vec<String>,
    checks: Vec<BoundCheck>,
    /// Why the server is gone.
    failed: Option<String>,
    /// What happens to the server is drawn from it, and not from the crowd's lot, of which clients
    /// draw more or less often as the server is fast or slow.
    lot: fastrand::Rng,
}

/// What a run came to.
pub(crate) struct Ending {
    pub(crate) seconds: f64,
    pub(crate) phases: Vec<record::Phase>,
    pub(crate) samples: Vec<Sample>,
    pub(crate) total: Figures,
    pub(crate) curve: Curve,
    pub(crate) verdict: Verdict,
    pub(crate) doubts: Vec<String>,
    pub(crate) checks: Vec<BoundCheck>,
}

/// A phase under way.
pub(super) struct Span {
    name: String,
    pub(super) began: Instant,
    meter: Meter,
    /// For how long it is meant to last, for the progress.
    meant: Option<f64>,
}

impl Conductor {
    pub(crate) fn new(crowd: Crowd, subject: Subject, manner: Manner) -> Result<Self> {
        let began = crowd.began();
        let lot = fastrand::Rng::with_seed(manner.seed);
        let meter = Meter::read(&subject)?;
        Ok(Self {
            sampler: Sampler::new(&subject, began)?,
            began,
            machine: machine::look()?,
            phases: Vec::new(),
            total: Total::new(),
            empty: meter.resident(),
            doubts: Vec::new(),
            checks: Vec::new(),
            failed: None,
            lot,
            crowd,
            subject,
            manner,
        })
    }

    /// Whether there is a server, and nobody has asked for the end.
    pub(crate) fn goes_on(&self) -> bool {
        let asked = self.manner.interrupt.as_ref().is_some_and(Interrupt::is_asked);
        self.failed.is_none() && !asked
    }

    /// Runs a phase of the plan.
    pub(crate) fn phase(&mut self, phase: &Phase) -> Result<&record::Phase> {
        let span = self.begin(&phase.name, Some(phase.seconds))?;
        let (mut remarks, mut extra) = (Vec::new(), BTreeMap::new());
        self.crowd.be_silent(phase.load == Load::Rate(0.0) && phase.trouble.is_none());
        self.load(phase, &span, &mut remarks, &mut extra)?;
        let settled = self.settle()?;
        let (figures, used) = self.figures(&span, settled)?;
        if phase.warm_up {
            self.add_joins();
        } else {
            self.total.add(&self.crowd, &figures, &used);
            self.judge(phase, &figures, &used);
        }
        self.keep(&span, figures, remarks, extra);
        self.checkpoint()?;
        Ok(&self.phases[self.phases.len() - 1])
    }

    /// The load and its trouble, until both are over.
    fn load(
        &mut self,
        phase: &Phase,
        span: &Span,
        remarks: &mut Vec<String>,
        extra: &mut BTreeMap<String, f64>,
    ) -> Result<()> {
        let end = span.began + phase.time();
        let mut schedule = Schedule::new(phase.load.rate(), span.began, end);
        if let Load::Outstanding(count) = phase.load {
            self.crowd.outstanding(Some(count));
        }
        let mut trouble = {
            let mut stage = self.stage(&mut schedule, span.began, end, remarks, extra);
            trouble::of(phase, &mut stage)
        };
        let mut checkpoint = span.began + CHECKPOINT_RHYTHM;
        while self.goes_on() {
            if let Some(second) = self.tick(span)? {
                trouble.second(&second);
            }
            let now = Instant::now();
            let mut stage = self.stage(&mut schedule, span.began, end, remarks, extra);
            let (wake, busy) = match trouble.poll(&mut stage, now)? {
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
        // What was due before the end is sent, however late the generator is.
        while self.goes_on() && Instant::now() >= end && !schedule.is_done() {
            schedule.turn(&mut self.crowd, Instant::now())?;
        }
        self.crowd.outstanding(None);
        let mut stage = self.stage(&mut schedule, span.began, end, remarks, extra);
        trouble.finish(&mut stage)
    }

    /// Joins count in the whole run, whenever they were.
    pub(super) fn add_joins(&mut self) {
        self.total.add_joins(&self.crowd);
    }

    fn stage<'a>(
        &'a mut self,
        schedule: &'a mut Schedule,
        began: Instant,
        end: Instant,
        remarks: &'a mut Vec<String>,
        extra: &'a mut BTreeMap<String, f64>,
    ) -> Stage<'a> {
        let (crowd, subject, lot) = (&mut self.crowd, &mut self.subject, &mut self.lot);
        Stage { crowd, subject, schedule, lot, began, end, remarks, extra }
    }
}
