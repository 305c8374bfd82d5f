//! Strangers from another address flood a room while the crowd talks in it.

use std::time::Instant;

use anyhow::Result;

use super::{Disturbance, Next, Stage};
use crate::background::Background;
use crate::flood::{self, Count, Order};
use crate::units;

pub(super) struct Flood {
    senders: u32,
    per_second: f64,
    text_bytes: usize,
    under_way: Option<Background<Count>>,
}

impl Flood {
    pub(super) fn new(senders: u32, per_second: f64, text_bytes: usize) -> Self {
        Self { senders, per_second, text_bytes, under_way: None }
    }

    fn order(&self, stage: &Stage<'_>) -> Order {
        Order {
            address: stage.subject.address(),
            host: stage.subject.host(),
            path: stage.subject.path().to_owned(),
            room: stage.crowd.first_room(),
            senders: self.senders,
            per_second: self.per_second,
            text_bytes: self.text_bytes,
        }
    }
}

impl Disturbance for Flood {
    fn poll(&mut self, stage: &mut Stage<'_>, _now: Instant) -> Result<Next> {
        if self.under_way.is_none() {
            self.under_way = Some(flood::start(self.order(stage)));
        }
        Ok(Next::Free(stage.end))
    }

    fn finish(&mut self, stage: &mut Stage<'_>) -> Result<()> {
        let Some(flood) = self.under_way.take() else { return Ok(()) };
        let count = flood.end()?;
        if count.joined == 0 {
            stage.notes.lacking.push("no stranger got into the room".to_owned());
        }
        let strangers = units::counted(self.senders.into(), "stranger");
        stage.notes.remarks.push(format!(
            "{} of {strangers} were in the room and sent {}; {} accepted, {} refused; {} closed or \
             not let in",
            count.joined,
            units::counted(count.sent, "text"),
            units::count(count.accepted),
            units::count(count.refused),
            units::times(count.shut_out)
        ));
        let mut tell = |name: &str, value| stage.notes.extra.insert(name.to_owned(), value);
        tell("flood_joined", f64::from(count.joined));
        tell("flood_accepted", units::float(count.accepted));
        tell("flood_refused", units::float(count.refused));
        Ok(())
    }
}
