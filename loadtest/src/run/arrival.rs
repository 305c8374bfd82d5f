//! The arrival of all clients, and what `idle` measures before and after.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::runner::Runner;
use super::total::micros_per;
use super::{Before, Prelude};
use crate::crowd::{Crowd, Shape};
use crate::subject::Subject;
use crate::units;
use crate::usage::Memory;

/// The longest arrival. Ten thousand clients take a few seconds.
const ARRIVAL_MAX: Duration = Duration::from_secs(180);

/// How often the runner looks at its clock meanwhile.
const LOOK: Duration = Duration::from_millis(50);

impl Runner {
    /// Lets all clients in, at most `underway` at a time: the first phase of every run.
    ///
    /// # Errors
    /// If not all clients could join: the rest would not be the planned run.
    pub(crate) fn arrive(&mut self, underway: u32) -> Result<()> {
        let span = self.begin("arrival", None)?;
        self.crowd.come(underway);
        let size = self.crowd.size();
        while self.crowd.live() < size && self.goes_on() {
            self.tick(&span)?;
            if span.began.elapsed() > ARRIVAL_MAX {
                bail!(
                    "only {} of {} had joined after {ARRIVAL_MAX:?}: {:?}",
                    self.crowd.live(),
                    units::counted(size.into(), "client"),
                    self.crowd.counts()
                );
            }
            self.crowd.turn(Instant::now() + LOOK)?;
        }
        let joined = span.began.elapsed().as_secs_f64();
        let (figures, used) = self.figures(&span, true)?;
        let mut extra = BTreeMap::new();
        extra.insert("join_seconds".to_owned(), joined);
        let each = used.server_cpu.and_then(|cpu| micros_per(cpu, size.into()));
        extra.extend(each.map(|micros| ("server_micros_per_join".to_owned(), micros)));
        let clients = units::counted(size.into(), "client");
        let mut remarks = vec![format!("{clients} joined in {joined:.2} s")];
        remarks.extend(each.map(|micros| format!("the server took {micros:.1} µs for each")));
        if used.overflows > 0 {
            let connections = units::counted(used.overflows, "connection");
            remarks.push(format!("{connections} found the listen queue full"));
        }
        self.add_joins();
        self.keep(&span, figures, remarks, extra);
        Ok(())
    }

    /// Measures the server's memory exactly, with all clients there, and adds it to the last phase.
    pub(super) fn idle_memory(&mut self, before: Before, settle: Duration) {
        if !self.goes_on() {
            return;
        }
        let settled = self.crowd.turn_until(Instant::now() + settle, |_| false);
        self.survive(settled);
        let full = self.subject.memory().context("the server's memory can no longer be read");
        let Some(full) = self.survive(full) else { return };
        let size = f64::from(self.crowd.size());
        let Some(phase) = self.phases.last_mut() else { return };
        let Before { fresh, warm } = before;
        let mut tell = |since: &str, then: Memory| {
            let [resident, anonymous] =
                [(full.resident, then.resident), (full.anonymous, then.anonymous)]
                    .map(|(now, then)| grown(now, then) / size);
            phase.remarks.push(format!(
                "growth per connection since {since}: {resident:.0} bytes resident, \
                 {anonymous:.0} anonymous"
            ));
            phase.extra.insert(format!("resident_per_connection_since_{since}"), resident);
            phase.extra.insert(format!("anonymous_per_connection_since_{since}"), anonymous);
        };
        tell("warm", warm);
        tell("fresh", fresh);
        let megabytes = |memory: Memory| grown(memory.resident, 0) / f64::from(1 << 20);
        phase.remarks.push(format!(
            "resident: {:.1} MiB fresh, {:.1} MiB warm, {:.1} MiB with everybody",
            megabytes(fresh),
            megabytes(warm),
            megabytes(full)
        ));
        if let Some(server) = phase.figures.server {
            let millis = server.processors * 1000.0;
            phase.remarks.push(format!("idle at {millis:.1} ms of processor time a second"));
            phase.extra.insert("idle_cpu_millis_per_second".to_owned(), millis);
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "bytes of memory, for people")]
fn grown(now: u64, then: u64) -> f64 {
    now as f64 - then as f64
}

/// Lets a few clients come and go, and measures before and after; `None` if the server's memory cannot be
/// read.
pub(crate) fn come_and_go(
    prelude: Prelude,
    shape: &Shape,
    subject: &Subject,
) -> Result<Option<Before>> {
    let Prelude { warm_up, settle, .. } = prelude;
    std::thread::sleep(settle);
    let Some(fresh) = subject.memory() else { return Ok(None) };
    if warm_up > 0 {
        let rooms = shape.rooms.min(warm_up);
        let rooms_per_client = shape.rooms_per_client.min(rooms);
        let small = Shape {
            clients: warm_up,
            rooms,
            rooms_per_client,
            nick: "warm".to_owned(),
            room: "warm".to_owned(),
            ..shape.clone()
        };
        let mut crowd = Crowd::new(small)?;
        crowd.come(warm_up);
        crowd.turn_until(Instant::now() + ARRIVAL_MAX, |crowd| crowd.live() == warm_up)?;
        crowd.vanish();
        std::thread::sleep(settle);
    }
    Ok(subject.memory().map(|warm| Before { fresh, warm }))
}
