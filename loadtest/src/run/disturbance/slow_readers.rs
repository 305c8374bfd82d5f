//! A share of the clients stops reading for a while and then reads for as long, and then others stop.

use std::time::{Duration, Instant};

use anyhow::Result;

use super::{Disturbance, Next, Stage};
use crate::units;

pub(super) struct SlowReaders {
    share: f64,
    pause: Duration,
    next: Instant,
    deaf: bool,
    times: u32,
    /// The most clients that stopped at a time.
    most: u32,
}

impl SlowReaders {
    pub(super) fn new(share: f64, pause: Duration, began: Instant) -> Self {
        Self { share, pause, next: began, deaf: false, times: 0, most: 0 }
    }
}

impl Disturbance for SlowReaders {
    fn poll(&mut self, stage: &mut Stage<'_>, now: Instant) -> Result<Next> {
        if now >= self.next && now < stage.end {
            if self.deaf {
                stage.crowd.hear();
            } else {
                self.most = self.most.max(stage.crowd.deafen(self.share));
                self.times += 1;
            }
            self.deaf = !self.deaf;
            self.next = now + self.pause;
        }
        Ok(Next::Free(self.next.max(now)))
    }

    fn finish(&mut self, stage: &mut Stage<'_>) -> Result<()> {
        stage.crowd.hear();
        if self.most == 0 {
            let clients = units::counted(stage.crowd.size().into(), "client");
            let share = self.share * 100.0;
            stage.notes.lacking.push(format!("nobody stopped reading: {share} % of {clients}"));
        }
        stage.notes.remarks.push(format!(
            "{} {:.1} % of the clients stopped reading for {:.1} s",
            units::times(self.times.into()),
            self.share * 100.0,
            self.pause.as_secs_f64()
        ));
        stage.notes.extra.insert("pauses".to_owned(), f64::from(self.times));
        Ok(())
    }
}
