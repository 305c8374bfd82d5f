//! The result of a phase: its figures, its warnings, and the verdict at the end.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::{Ending, HASTE, LAST_PING_MAX, Runner, Span};
use crate::crowd::Second;
use crate::oracle::{Outcome, Verdict};
use crate::plan::Phase;
use crate::progress;
use crate::record::{self, CutShort, Figures};
use crate::run::figures::{Meter, Used};
use crate::run::leak_check;
use crate::run::signals::StopSignal;
use crate::run::total::micros_per;
use crate::run::warnings::{self, View};

impl Runner {
    /// Starts a phase: everything counts as this phase's from now on.
    pub(in crate::run) fn begin(&mut self, name: &str, meant: Option<f64>) -> Result<Span> {
        self.crowd.start_phase();
        let meter = Meter::read(&self.subject)?;
        Ok(Span { name: name.to_owned(), began: Instant::now(), meter, meant })
    }

    /// Takes a sample if one is due, shows it, and checks whether the server is still running.
    pub(in crate::run) fn tick(&mut self, span: &Span) -> Result<Option<Second>> {
        let (place, now) = (self.phases.len(), Instant::now());
        let taken = self.sampler.take(&mut self.crowd, &self.subject, place, now)?;
        let Some((sample, second)) = taken else { return Ok(None) };
        let stage = progress::Stage {
            phase: &span.name,
            place,
            phases: self.options.phases.max(place + 1),
            elapsed: (now - span.began).as_secs_f64(),
            seconds: span.meant,
        };
        self.options.progress.show(&sample, &stage);
        if !self.subject.may_end
            && let Some(status) = self.subject.ended()?
        {
            self.fail(format!("the server ended by itself ({status}); see its log"));
        }
        Ok(Some(second))
    }

    /// Records why the run cannot go on.
    pub(in crate::run) fn fail(&mut self, why: String) {
        self.options.progress.say(&why);
        self.failed.get_or_insert(why);
    }

    /// Waits until all clients have everything; returns whether it got that far.
    pub(in crate::run) fn settle(&mut self) -> Result<bool> {
        let span = Span {
            name: "catching up".to_owned(),
            began: Instant::now(),
            meter: Meter::read(&self.subject)?,
            meant: None,
        };
        loop {
            let deadline = span.began + self.patience();
            let settled = self.crowd.settle(self.sampler.due().min(deadline));
            if self.survive(settled).unwrap_or(false) {
                return Ok(true);
            }
            if Instant::now() >= deadline {
                return Ok(false);
            }
            self.tick(&span)?;
        }
    }

    /// How long to wait for clients, given the state of the run.
    fn patience(&self) -> Duration {
        let patience = if self.goes_on() { self.options.patience } else { HASTE };
        patience.min(self.options.patience)
    }

    /// Reads back from the log what was acknowledged, and forgets it here.
    pub(in crate::run) fn checkpoint(&mut self) -> Result<()> {
        // A checkpoint would delay clients that are late already; the last checkpoint is always done.
        if self.goes_on() && self.settled {
            let read = self.crowd.checkpoint(Instant::now() + self.options.patience);
            self.survive(read);
        }
        Ok(())
    }

    /// The figures since a phase began.
    pub(in crate::run) fn figures(&self, span: &Span, settled: bool) -> Result<(Figures, Used)> {
        let now = Meter::read(&self.subject)?;
        let used = now.since(&span.meter);
        let tally = &self.crowd.tally;
        #[expect(clippy::cast_precision_loss, reason = "figures for people")]
        let (deliveries, grown) = (
            tally.deliveries as f64,
            now.resident().zip(self.empty).map(|(now, empty)| now as f64 - empty as f64),
        );
        let (latency, commit) = self.crowd.latencies();
        let figures = Figures {
            seconds: used.seconds,
            sends: tally.sends,
            acknowledged: tally.acknowledged,
            deliveries: tally.deliveries,
            deliveries_per_second: deliveries / used.seconds,
            latency: latency.percentiles(),
            commit: commit.percentiles(),
            join: self.crowd.joins.percentiles(),
            server_micros: used.server_cpu.and_then(|cpu| micros_per(cpu, tally.deliveries)),
            generator_micros: micros_per(used.generator_cpu, tally.deliveries).unwrap_or(0.0),
            other_processors: used.other_processors,
            server: used.server,
            generator: used.generator,
            bytes_per_client: grown.map(|bytes| bytes / f64::from(self.crowd.size())),
            settled,
            unanswered: self.crowd.unanswered(),
            counts: self.crowd.counts(),
        };
        Ok((figures, used))
    }

    /// Records warnings about the figures, and the checks for growth.
    pub(in crate::run) fn judge(&mut self, phase: &Phase, figures: &Figures, used: &Used) {
        let view = View {
            figures,
            late_ms: self.crowd.tally.late_ms_max,
            overflows: used.overflows,
            machine: &self.machine,
            disturbance: phase.disturbance,
        };
        let new = warnings::of(&view).into_iter().map(|words| format!("{}: {words}", phase.name));
        self.warnings.extend(new);
        if phase.disturbance.is_none() {
            let place = self.phases.len();
            let of_phase = |sample: &&record::Sample| sample.phase == place;
            let samples: Vec<_> = self.sampler.samples.iter().filter(of_phase).cloned().collect();
            self.checks.extend(leak_check::checks(figures.seconds, &samples));
        }
    }

    /// Adds a phase to the record.
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

    /// Waits for everything that is still on its way, judges, and ends the server.
    pub(crate) fn end(mut self) -> Result<Ending> {
        let asked = self.stop_signal();
        let stopped = self.failed.clone();
        // If clients were waited for in vain, do not wait again.
        let settled = if self.settled { self.settle()? } else { self.is_settled() };
        self.total.add_waits(&self.crowd);
        let patience = if settled { self.patience() } else { self.patience().min(LAST_PING_MAX) };
        let answered = self.crowd.barrier(Instant::now() + patience);
        if self.survive(answered).unwrap_or(false) {
            let read = self.crowd.checkpoint(Instant::now() + self.patience());
            self.survive(read);
        }
        let verdict = self.verdict(asked);
        let (mut total, curve) = self.total.figures();
        total.settled &= settled;
        total.unanswered = verdict.unanswered;
        self.warnings.extend(warnings::of_run(&total));
        let seconds = self.began.elapsed().as_secs_f64();
        let cut_short = asked.map(|signal| signal.name().to_owned()).or(stopped).map(|why| {
            CutShort { why, seconds: self.loaded.as_secs_f64(), planned: self.options.planned }
        });
        self.options.progress.end();
        drop(self.crowd);
        let subject = self.subject.record();
        // If the server was only slow, or the run was ended midway, its data show nothing.
        let keeps = verdict.outcome == Outcome::Broken || self.failed.is_some();
        if let Some(words) = self.subject.end(keeps)? {
            self.warnings.push(words);
        }
        Ok(Ending {
            subject,
            seconds,
            phases: self.phases,
            samples: self.sampler.samples,
            total,
            curve,
            verdict,
            cut_short,
            warnings: self.warnings,
            checks: self.checks,
        })
    }

    fn is_settled(&mut self) -> bool {
        let settled = self.crowd.settle(Instant::now());
        self.survive(settled).unwrap_or(false)
    }

    /// The crowd's verdict, and why some things could not be checked.
    fn verdict(&self, asked: Option<StopSignal>) -> Verdict {
        let mut verdict = self.crowd.verdict();
        verdict.unchecked.extend(self.lacking.iter().cloned());
        if self.options.speaks && verdict.acknowledged == 0 {
            verdict.unchecked.push("nothing was acknowledged".to_owned());
        }
        if let Some(why) = &self.failed {
            verdict.unchecked.insert(0, why.clone());
        } else if let Some(signal) = asked.filter(|_| !verdict.unchecked.is_empty()) {
            verdict.unchecked.insert(0, format!("the run was ended early by {}", signal.name()));
        }
        verdict.concluded()
    }
}
