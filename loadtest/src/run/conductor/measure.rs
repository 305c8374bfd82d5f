//! What a phase came to: its figures, its doubts, and the verdict at the end.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::{Conductor, Ending, HASTE, Span};
use crate::crowd::Second;
use crate::plan::Phase;
use crate::progress;
use crate::record::{self, BoundCheck, Figures};
use crate::run::doubts::{self, View};
use crate::run::figures::{Meter, Used};
use crate::run::growth;
use crate::run::total::micros_per;

impl Conductor {
    /// From now on everything counts as this phase's.
    pub(in crate::run) fn begin(&mut self, name: &str, meant: Option<f64>) -> Result<Span> {
        self.crowd.start_phase();
        let meter = Meter::read(&self.subject)?;
        Ok(Span { name: name.to_owned(), began: Instant::now(), meter, meant })
    }

    /// Takes a sample when one is due, shows it, and looks whether the server is still there.
    pub(in crate::run) fn tick(&mut self, span: &Span) -> Result<Option<Second>> {
        let (place, now) = (self.phases.len(), Instant::now());
        let taken = self.sampler.take(&mut self.crowd, &self.subject, place, now)?;
        let Some((sample, second)) = taken else { return Ok(None) };
        let stage = progress::Stage {
            phase: &span.name,
            place,
            phases: self.manner.phases.max(place + 1),
            elapsed: (now - span.began).as_secs_f64(),
            seconds: span.meant,
        };
        self.manner.progress.show(&sample, &stage);
        if !self.subject.may_end
            && let Some(status) = self.subject.ended()?
        {
            self.fail(format!("the server ended by itself ({status}); see its log"));
        }
        Ok(Some(second))
    }

    /// The server is gone, and nobody asked it to go.
    pub(in crate::run) fn fail(&mut self, why: String) {
        self.manner.progress.say(&why);
        self.checks.push(BoundCheck {
            bound: "the server is gone".to_owned(),
            measured: None,
            kept: false,
            words: why.clone(),
        });
        self.failed = Some(why);
    }

    /// Waits until everybody has everything; whether it came so far.
    pub(in crate::run) fn settle(&mut self) -> Result<bool> {
        let span = Span {
            name: "catching up".to_owned(),
            began: Instant::now(),
            meter: Meter::read(&self.subject)?,
            meant: None,
        };
        loop {
            let patience = if self.goes_on() { self.manner.patience } else { HASTE };
            let deadline = span.began + patience.min(self.manner.patience);
            if self.crowd.settle(self.sampler.due().min(deadline))? {
                return Ok(true);
            }
            if Instant::now() >= deadline {
                return Ok(false);
            }
            self.tick(&span)?;
        }
    }

    /// Reads back from the log what was acknowledged, and forgets it here.
    pub(in crate::run) fn checkpoint(&mut self) -> Result<()> {
        if self.goes_on() {
            self.crowd.checkpoint(Instant::now() + self.manner.patience)?;
        }
        Ok(())
    }

    /// What was measured since a phase began.
    pub(in crate::run) fn figures(&self, span: &Span, settled: bool) -> Result<(Figures, Used)> {
        let now = Meter::read(&self.subject)?;
        let used = now.since(&span.meter);
        let tally = &self.crowd.tally;
        #[expect(clippy::cast_precision_loss, reason = "figures for people")]
        let (deliveries, grown) = (
            tally.deliveries as f64,
            now.resident().zip(self.empty).map(|(now, empty)| now as f64 - empty as f64),
        );
        let figures = Figures {
            seconds: used.seconds,
            sends: tally.sends,
            acknowledged: tally.acknowledged,
            deliveries: tally.deliveries,
            deliveries_per_second: deliveries / used.seconds,
            latency: self.crowd.latency.percentiles(),
            commit: self.crowd.commit.percentiles(),
            join: self.crowd.joins.percentiles(),
            server_micros: used.server_cpu.and_then(|cpu| micros_per(cpu, tally.deliveries)),
            generator_micros: micros_per(used.generator_cpu, tally.deliveries).unwrap_or(0.0),
            other_processors: used.other_processors,
            server: used.server,
            generator: used.generator,
            bytes_per_client: grown.map(|bytes| bytes / f64::from(self.crowd.size())),
            settled,
            counts: self.crowd.counts(),
        };
        Ok((figures, used))
    }

    /// Notes what speaks against the figures, and what grew.
    pub(in crate::run) fn judge(&mut self, phase: &Phase, figures: &Figures, used: &Used) {
        let view = View {
            figures,
            late_ms: self.crowd.tally.late_ms_max,
            overflows: used.overflows,
            machine: &self.machine,
            trouble: phase.trouble,
        };
        let new = doubts::of(&view).into_iter().map(|words| format!("{}: {words}", phase.name));
        self.doubts.extend(new);
        if phase.trouble.is_none() {
            let place = self.phases.len();
            let of_phase = |sample: &&record::Sample| sample.phase == place;
            let samples: Vec<_> = self.sampler.samples.iter().filter(of_phase).cloned().collect();
            self.checks.extend(growth::checks(figures.seconds, &samples));
        }
    }

    /// Writes a phase down.
    pub(in crate::run) fn keep(
        &mut self,
        span: &Span,
        figures: Figures,
        remarks: Vec<String>,
        extra: BTreeMap<String, f64>,
    ) {
        let since = |at: Instant| at.saturating_duration_since(self.began).as_secs_f64();
        self.phases.push(record::Phase {
            name: span.name.clone(),
            began: since(span.began),
            ended: since(Instant::now()),
            figures,
            remarks,
            extra,
        });
    }

    /// Waits for all that is still on its way, judges, and ends the server.
    pub(crate) fn end(mut self) -> Result<Ending> {
        let asked = self.failed.is_none() && !self.goes_on();
        if asked {
            self.doubts.push("the run was ended early, from outside".to_owned());
        }
        let settled = self.settle()?;
        let patience = if self.failed.is_none() { self.manner.patience } else { Duration::ZERO };
        if settled && !asked {
            self.crowd.checkpoint(Instant::now() + patience)?;
        }
        let barrier = settled && self.crowd.barrier(Instant::now() + patience)?;
        let verdict = self.crowd.oracle.verdict();
        let (mut total, curve) = self.total.figures();
        total.settled &= barrier || asked;
        let seconds = self.began.elapsed().as_secs_f64();
        self.manner.progress.end();
        drop(self.crowd);
        let held = verdict.held() && self.failed.is_none();
        if let Some(words) = self.subject.end(held)? {
            self.doubts.push(words);
        }
        Ok(Ending {
            seconds,
            phases: self.phases,
            samples: self.sampler.samples,
            total,
            curve,
            verdict,
            doubts: self.doubts,
            checks: self.checks,
        })
    }
}
