//! Wrong passwords from many addresses while the crowd talks, and people who log in with the right one.

use std::time::Instant;

use anyhow::Result;

use super::{Disturbance, Next, Stage};
use crate::background::Background;
use crate::logins::{self, Count, Order};
use crate::units;

pub(super) struct Logins {
    strangers: u32,
    under_way: Option<Background<Count>>,
}

impl Logins {
    pub(super) fn new(strangers: u32) -> Self {
        Self { strangers, under_way: None }
    }
}

impl Disturbance for Logins {
    fn poll(&mut self, stage: &mut Stage<'_>, _now: Instant) -> Result<Next> {
        if self.under_way.is_none() {
            self.under_way = Some(logins::start(Order {
                address: stage.subject.address(),
                host: stage.subject.host(),
                path: stage.subject.path().to_owned(),
                strangers: self.strangers,
            }));
        }
        Ok(Next::Free(stage.end))
    }

    fn finish(&mut self, stage: &mut Stage<'_>) -> Result<()> {
        let Some(storm) = self.under_way.take() else { return Ok(()) };
        let Count { addresses, wrong, judged, busy, limited, shut_out, right } = storm.end()?;
        stage.notes.remarks.push(format!(
            "{} from {} addresses: {} judged, {} busy, {} over a limit; {} closed or not let in",
            units::counted(wrong, "wrong password"),
            units::count(addresses.into()),
            units::count(judged),
            units::count(busy),
            units::count(limited),
            units::times(shut_out)
        ));
        let mut tell = |name: &str, value| stage.notes.extra.insert(name.to_owned(), value);
        tell("logins_wrong", units::float(wrong));
        tell("logins_judged", units::float(judged));
        tell("logins_busy", units::float(busy));
        for kind in &right {
            let name = kind.kind.name();
            tell(&format!("logins_{name}"), f64::from(kind.let_in));
            tell(&format!("logins_{name}_gave_up"), f64::from(kind.gave_up));
            tell(&format!("logins_{name}_slowest_seconds"), kind.slowest.as_secs_f64());
        }
        if wrong == 0 {
            let words = "no wrong password was brought: the accounts took all the time";
            stage.notes.lacking.push(words.to_owned());
        }
        for kind in &right {
            stage.notes.remarks.push(format!(
                "right passwords from {}: {} let in, the slowest after {:.2} s, at most {}; {} gave up",
                kind.kind.words(),
                kind.let_in,
                kind.slowest.as_secs_f64(),
                units::counted(kind.tries_max.into(), "try"),
                kind.gave_up
            ));
            if kind.let_in == 0 {
                let words =
                    format!("nobody with a right password got in from {}", kind.kind.words());
                stage.notes.lacking.push(words);
            }
        }
        Ok(())
    }
}
