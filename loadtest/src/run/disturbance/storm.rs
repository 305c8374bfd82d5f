//! All clients drop at once and return at once, while messages stay due.

use std::time::Instant;

use anyhow::Result;

use super::{Disturbance, Next, Stage};
use crate::units;
use crate::usage;

pub(super) struct Storm {
    /// When they drop, in order.
    moments: Vec<Instant>,
    /// How many storms have begun.
    begun: usize,
    returning: Option<Returning>,
    /// How long the returns took.
    returns: Vec<f64>,
}

struct Returning {
    dropped: Instant,
    came: Instant,
    cpu: Option<std::time::Duration>,
    overflows: u64,
}

impl Storm {
    pub(super) fn new(moments: Vec<Instant>) -> Self {
        Self { moments, begun: 0, returning: None, returns: Vec::new() }
    }

    fn drop_all(&mut self, stage: &mut Stage<'_>) -> Result<()> {
        self.begun += 1;
        let cpu = stage.subject.reading().map(|reading| reading.cpu);
        let overflows = usage::listen_overflows()?;
        let dropped = Instant::now();
        stage.crowd.vanish();
        let size = stage.crowd.size();
        stage.crowd.come(size);
        self.returning = Some(Returning { dropped, came: Instant::now(), cpu, overflows });
        Ok(())
    }

    fn returned(&mut self, stage: &mut Stage<'_>, of: &Returning) -> Result<()> {
        let took = of.came.elapsed().as_secs_f64();
        self.returns.push(took);
        let mut words = format!(
            "dropped in {:.2} s, all joined again {took:.2} s after the first came",
            (of.came - of.dropped).as_secs_f64()
        );
        let cpu = stage.subject.reading().map(|reading| reading.cpu);
        if let Some((before, after)) = of.cpu.zip(cpu) {
            let used = after.saturating_sub(before).as_secs_f64();
            words += &format!("; the server used {used:.2} s of processor time");
        }
        let overflows = usage::listen_overflows()?.saturating_sub(of.overflows);
        if overflows > 0 {
            words += &format!("; the listen queue was full {}", units::times(overflows));
        }
        stage.notes.remarks.push(words);
        Ok(())
    }
}

impl Disturbance for Storm {
    fn poll(&mut self, stage: &mut Stage<'_>, now: Instant) -> Result<Next> {
        if let Some(returning) = self.returning.take() {
            if stage.crowd.live() < stage.crowd.size() {
                self.returning = Some(returning);
                return Ok(Next::Busy(now + super::LOOK));
            }
            self.returned(stage, &returning)?;
        }
        match self.moments.get(self.begun) {
            None => Ok(Next::Free(stage.end)),
            Some(moment) if now < *moment => Ok(Next::Free(*moment)),
            Some(_) => {
                self.drop_all(stage)?;
                Ok(Next::Busy(now))
            }
        }
    }

    fn finish(&mut self, stage: &mut Stage<'_>) -> Result<()> {
        if self.begun < self.moments.len() {
            let storms = units::counted(self.moments.len() as u64, "storm");
            stage.notes.lacking.push(format!("only {} of {storms} came", self.begun));
        }
        if let Some(returning) = &self.returning {
            // It takes longer than this.
            self.returns.push(returning.came.elapsed().as_secs_f64());
            stage.notes.remarks.push(format!(
                "only {} of {} came back in time",
                stage.crowd.live(),
                units::counted(stage.crowd.size().into(), "client")
            ));
        }
        super::note_longest(stage, "return_seconds", &self.returns);
        Ok(())
    }
}
