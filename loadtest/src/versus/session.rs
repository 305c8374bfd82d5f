//! The measurement of one server in a round: the servers and crowds that it needs, and the figures of each.

use std::time::Duration;

use anyhow::Result;

use super::{Measure, Measured, fsync};
use crate::arguments::Part;
use crate::arguments::VersusFloor;
use crate::crowd::Shape;
use crate::plan::{Disturbance, Load, Phase, Plan};
use crate::progress::Progress;
use crate::record;
use crate::report::Warning;
use crate::run::{self, Interrupt, Prelude, RunOptions};
use crate::subject::{Recipe, Subject};
use crate::target::Target;

/// Load before the first measurement of each server: buffers and caches fill.
const WARM_UP_SECONDS: f64 = 2.0;

/// Clients that come and go before the crowd arrives.
const WARM_UP: Prelude =
    Prelude { warm_up: 200, settle: Duration::from_millis(500), is_measured: false };

/// The low load: small rooms, and messages so rare that none waits for another.
const LOW_RATE: f64 = 50.0;
const LOW_CLIENTS: u32 = 100;
const LOW_ROOMS: u32 = 10;

/// Outstanding sends of each room at saturation, as in the table of the performance page.
const SATURATION: u32 = 4;

/// Listeners of each room where commits are counted, and the outstanding sends in all rooms together: enough
/// for large batches.
const FEW: u32 = 4;
const OPEN_SENDS: u32 = 2000;

/// The settings of all sessions.
pub(super) struct Session<'a> {
    pub(super) arguments: &'a VersusFloor,
    pub(super) parts: Vec<Part>,
    pub(super) seed: u64,
    pub(super) clients: u32,
    pub(super) recipe: Recipe,
    pub(super) interrupt: &'a Interrupt,
    pub(super) warnings: Vec<Warning>,
}

impl Session<'_> {
    /// Measures one server once.
    pub(super) fn measure(&mut self, target: Target, measured: &mut Measured) -> Result<()> {
        let throng = target.is_throng();
        self.in_rooms(target, measured)?;
        if self.has(Part::TownHall) {
            let phases = vec![warm_up(5.0), self.phase("town hall", Load::Rate(5.0))];
            let plan = self.plan("town hall", self.clients, 1, phases);
            let phases = self.run(target, &plan, measured)?;
            let micros = find(&phases, "town hall").and_then(|of| of.figures.server_micros);
            measured.add(Measure::MicrosInTownHall, target, micros);
        }
        if throng && self.has(Part::Latency) {
            self.latency(target, measured)?;
        }
        if throng && self.has(Part::Commits) {
            self.commits(target, 1, Measure::CommitsOneRoom, measured)?;
            self.commits(target, 100, Measure::CommitsHundredRooms, measured)?;
        }
        Ok(())
    }

    fn has(&self, part: Part) -> bool {
        self.parts.contains(&part)
    }

    /// Everything that is measured with the whole crowd in many rooms, one after another on one server.
    fn in_rooms(&mut self, target: Target, measured: &mut Measured) -> Result<()> {
        let throng = target.is_throng();
        let mut phases = Vec::new();
        if self.has(Part::Connect) {
            // The buffers of handshakes are released within a moment.
            phases.push(Phase { seconds: 2.0, ..self.phase("still", Load::Rate(0.0)) });
        }
        if throng && self.has(Part::Idle) {
            let seconds = self.arguments.idle_seconds;
            phases.push(Phase { seconds, ..self.phase("idle", Load::Rate(0.0)) });
        }
        if self.has(Part::Cpu) && target != Target::FloorJoined {
            phases.push(warm_up(1000.0));
            phases.push(self.phase("30k", Load::Rate(300.0)));
            phases.push(self.phase("100k", Load::Rate(1000.0)));
        }
        if self.has(Part::Storm) && target != Target::FloorJoined {
            // The floor resumes nothing, so nobody sends meanwhile.
            let disturbance = Some(Disturbance::Storm { times: 1 });
            let calm = self.phase("storm", Load::Rate(0.0));
            phases.push(Phase { disturbance, seconds: 4.0, ..calm });
        }
        if self.has(Part::Saturation) && target != Target::Floor {
            phases.push(self.phase("saturation", Load::Outstanding(SATURATION)));
        }
        if phases.is_empty() {
            return Ok(());
        }
        let rooms = self.arguments.crowd.rooms.unwrap_or(100);
        let plan = self.plan("rooms", self.clients, rooms, phases);
        let phases = self.run(target, &plan, measured)?;
        let figures = |name| find(&phases, name).map(|phase| &phase.figures);
        let extra = |name, key| find(&phases, name).and_then(|phase| phase.extra.get(key).copied());
        let bytes = figures("still").and_then(|of| of.bytes_per_client);
        measured.add(Measure::BytesPerConnection, target, bytes);
        let micros = extra("arrival", "server_micros_per_join");
        measured.add(Measure::MicrosPerJoin, target, micros);
        let micros = |name| figures(name).and_then(|of| of.server_micros);
        measured.add(Measure::MicrosAt30k, target, micros("30k"));
        measured.add(Measure::MicrosAt100k, target, micros("100k"));
        measured.add(Measure::StormSeconds, target, extra("storm", "return_seconds"));
        let rate = figures("saturation").map(|of| of.deliveries_per_second);
        measured.add(Measure::SaturatedPerSecond, target, rate);
        let server = figures("idle").and_then(|of| of.server);
        let millis = server.map(|of| of.processors * 1000.0);
        measured.add(Measure::IdleMillisPerSecond, target, millis);
        Ok(())
    }

    /// From send to delivery when almost nothing happens: only the way through the server and to the disk,
    /// without a long fan-out, and without letting deliveries gather in the load tester.
    fn latency(&mut self, target: Target, measured: &mut Measured) -> Result<()> {
        let phases = vec![warm_up(LOW_RATE), self.phase("low", Load::Rate(LOW_RATE))];
        let plan = self.plan("latency", LOW_CLIENTS, LOW_ROOMS, phases);
        let phases = self.run_with(target, &plan, Duration::ZERO, measured)?;
        let disk = self.recipe.dir.parent().unwrap_or(&self.recipe.dir);
        let fsync = fsync::median(disk)?.as_secs_f64() * 1000.0;
        if let Some(low) = find(&phases, "low").map(|phase| &phase.figures) {
            say!("  an fsync takes {fsync:.2} ms, a delivery {:.2} ms", low.latency.p50);
            let beyond = low.latency.p50 - fsync;
            measured.add(Measure::MillisBeyondFsync, target, Some(beyond));
        }
        Ok(())
    }

    /// Sends committed per second, with few listeners and many outstanding sends.
    fn commits(
        &mut self,
        target: Target,
        rooms: u32,
        measure: Measure,
        measured: &mut Measured,
    ) -> Result<()> {
        let open = Load::Outstanding(OPEN_SENDS / rooms);
        let phases = vec![self.phase("commits", open)];
        let plan = self.plan("commits", FEW * rooms, rooms, phases);
        let phases = self.run(target, &plan, measured)?;
        #[expect(clippy::cast_precision_loss, reason = "a rate")]
        let rate = find(&phases, "commits")
            .map(|phase| phase.figures.acknowledged as f64 / phase.figures.seconds);
        measured.add(measure, target, rate);
        Ok(())
    }

    fn phase(&self, name: &str, load: Load) -> Phase {
        Phase { name: name.to_owned(), load, seconds: self.arguments.seconds, ..Phase::default() }
    }

    fn plan(&self, name: &str, clients: u32, rooms: u32, phases: Vec<Phase>) -> Plan {
        let text_bytes = self.arguments.crowd.text_bytes.unwrap_or(Plan::default().text_bytes);
        let underway = self.arguments.crowd.underway.unwrap_or(Plan::default().underway);
        let (seed, rooms) = (self.seed, rooms.min(clients));
        let name = name.to_owned();
        Plan { name, clients, rooms, text_bytes, underway, seed, phases, ..Plan::default() }
    }

    fn run(
        &mut self,
        target: Target,
        plan: &Plan,
        measured: &mut Measured,
    ) -> Result<Vec<record::Phase>> {
        let nap = Duration::from_micros(self.arguments.crowd.nap_micros);
        self.run_with(target, plan, nap, measured)
    }

    fn run_with(
        &mut self,
        target: Target,
        plan: &Plan,
        nap: Duration,
        measured: &mut Measured,
    ) -> Result<Vec<record::Phase>> {
        plan.check()?;
        let crowd = &self.arguments.crowd;
        let mut recipe = Recipe { target, ..self.recipe.again()? };
        if let Some(before) = self.arguments.before.as_ref().filter(|_| target == Target::Before) {
            recipe.binary.clone_from(before);
        }
        let subject = Subject::local(recipe)?;
        let shape = Shape { nap, ..run::shape(plan, crowd, &subject) };
        let options = RunOptions::new(plan, crowd, Progress::quiet()).heeding(self.interrupt);
        let told = |phase: &record::Phase| say!("  {}", tell(phase));
        let ending = run::carry_out(plan, shape, subject, options, Some(WARM_UP), told)?;
        if !ending.verdict.held() || ending.checks.iter().any(|check| !check.kept) {
            let words = ending.verdict.to_string();
            let lines = words.lines().map(str::trim);
            let place = format!("{}, {}", target.name(), plan.name);
            measured.broken.extend(lines.map(|line| format!("{place}: {line}")));
        }
        let place = format!("{}, {}", target.name(), plan.name);
        let warnings = ending.warnings.iter().filter_map(|words| Warning::of(&place, plan, words));
        self.warnings.extend(warnings);
        Ok(ending.phases)
    }
}

fn warm_up(rate: f64) -> Phase {
    Phase {
        name: "warm-up".to_owned(),
        load: Load::Rate(rate),
        seconds: WARM_UP_SECONDS,
        disturbance: None,
        warm_up: true,
    }
}

fn find<'a>(phases: &'a [record::Phase], name: &str) -> Option<&'a record::Phase> {
    phases.iter().find(|phase| phase.name == name)
}

/// A phase in a line.
fn tell(phase: &record::Phase) -> String {
    let of = &phase.figures;
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let commits = of.acknowledged as f64 / of.seconds;
    let mut words = format!(
        "{}: {:.0} deliveries/s, {commits:.0} commits/s, p50 {:.1} ms, p99 {:.1} ms",
        phase.name, of.deliveries_per_second, of.latency.p50, of.latency.p99
    );
    if let Some(micros) = of.server_micros {
        words += &format!(", server {micros:.2} µs, generator {:.2} µs", of.generator_micros);
    }
    for remark in &phase.remarks {
        words += &format!("; {remark}");
    }
    words
}
