//! Clients come and go all the time.

use std::time::{Duration, Instant};

use anyhow::Result;

use super::{Disturbance, Next, Stage};
use crate::units;

/// How often some leave: one by one rather than in groups.
const LOOK: Duration = Duration::from_millis(20);

/// How long a client stays away: a tunnel, a lift, a reload of the page.
const AWAY: std::ops::Range<Duration> = Duration::from_millis(200)..Duration::from_secs(4);

pub(super) struct Churn {
    per_second: f64,
    began: Instant,
    gone: u32,
}

impl Churn {
    pub(super) fn new(per_second: f64, began: Instant) -> Self {
        Self { per_second, began, gone: 0 }
    }
}

impl Disturbance for Churn {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
    fn poll(&mut self, stage: &mut Stage<'_>, now: Instant) -> Result<Next> {
        let due = (self.per_second * (now.min(stage.end) - self.began).as_secs_f64()) as u32;
        if due > self.gone {
            stage.crowd.part(due - self.gone, AWAY);
            self.gone = due;
        }
        Ok(Next::Free(now + LOOK))
    }

    fn finish(&mut self, stage: &mut Stage<'_>) -> Result<()> {
        if self.gone == 0 {
            stage.notes.lacking.push("nobody left: the time was too short".to_owned());
        }
        stage.notes.remarks.push(format!(
            "{} a client left and came back {:.1} to {:.0} s later",
            units::times(self.gone.into()),
            AWAY.start.as_secs_f64(),
            AWAY.end.as_secs_f64()
        ));
        stage.notes.extra.insert("departures".to_owned(), f64::from(self.gone));
        Ok(())
    }
}
