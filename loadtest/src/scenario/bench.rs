//! A server and a crowd in front of it: what most scenarios begin and end with.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use crate::arguments::Common;
use crate::crowd::{Crowd, Shape};
use crate::oracle::Verdict;
use crate::report::{ArrivalReport, LoadReport};
use crate::server::{Recipe, Server, Target};
use crate::usage;

/// What a run may take beyond the time that its loads take.
pub(super) const SPARE: Duration = Duration::from_secs(180);

/// Sends between two looks at the sockets: a generator that is late must not stop reading over it.
const SENDS_PER_TURN: usize = 32;

/// A server and its crowd.
pub(super) struct Bench {
    pub(super) server: Server,
    pub(super) crowd: Crowd,
    dir: PathBuf,
    patience: Duration,
}

/// An even, open-loop schedule: messages fall due whether or not the server keeps up.
pub(super) struct Schedule {
    began: Instant,
    rate: f64,
    sent: u64,
    /// It ends after so many.
    total: u64,
}

impl Bench {
    /// Starts a server in a fresh directory. `time` is what the scenario's loads take together.
    pub(super) fn start(
        common: &Common,
        target: Target,
        rooms: u32,
        time: Duration,
    ) -> Result<Self> {
        let recipe = recipe(common, target)?;
        let server = recipe.start()?;
        let crowd = Crowd::new(shape(common, &server, rooms, time)?)?;
        Ok(Self::new(common, server, crowd, &recipe))
    }

    /// The same with a server that runs already.
    pub(super) fn new(common: &Common, server: Server, crowd: Crowd, recipe: &Recipe) -> Self {
        let patience = Duration::from_secs(common.patience_seconds);
        Self { server, crowd, dir: recipe.dir.clone(), patience }
    }

    /// Lets everybody in.
    pub(super) fn arrive(&mut self, underway: u32) -> Result<ArrivalReport> {
        self.crowd.start_phase();
        let (began, cpu) = (Instant::now(), self.server.cpu()?);
        let overflows = usage::listen_overflows()?;
        self.crowd.come(underway);
        let size = self.crowd.size();
        // The deadline of the crowd ends this, with words.
        while self.crowd.live() < size {
            self.crowd.turn(began + SPARE)?;
        }
        let seconds = began.elapsed().as_secs_f64();
        let cpu = self.server.cpu()? - cpu;
        Ok(ArrivalReport {
            clients: size,
            seconds,
            join: self.crowd.joins.percentiles(),
            server_cpu_micros: cpu.as_secs_f64() * 1e6 / f64::from(size),
            refused: self.crowd.tally.refused_connections,
            overflows: usage::listen_overflows()? - overflows,
        })
    }

    /// Offers a load and waits until everybody has everything.
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
    pub(super) fn load(&mut self, rate: f64, seconds: f64) -> Result<LoadReport> {
        self.crowd.start_phase();
        let cpus = (self.server.cpu()?, usage::cpu(std::process::id())?, usage::machine_cpu()?);
        let mut schedule = Schedule::new(rate);
        schedule.total = (rate * seconds).round() as u64;
        while schedule.sent < schedule.total {
            let next = schedule.next();
            schedule.turn(&mut self.crowd, next)?;
        }
        let settled = self.settle()?;
        let seconds = schedule.began.elapsed().as_secs_f64();
        let (server, own) = (self.server.cpu()? - cpus.0, usage::cpu(std::process::id())? - cpus.1);
        let others = (usage::machine_cpu()? - cpus.2).saturating_sub(server + own);
        let tally = self.crowd.tally.clone();
        let deliveries = tally.deliveries.max(1) as f64;
        Ok(LoadReport {
            seconds,
            sends: schedule.sent,
            deliveries_per_second: deliveries / seconds,
            latency: self.crowd.latency.percentiles(),
            commit: self.crowd.commit.percentiles(),
            server_cpu_micros: server.as_secs_f64() * 1e6 / deliveries,
            generator_cpu_micros: own.as_secs_f64() * 1e6 / deliveries,
            other_cores: others.as_secs_f64() / seconds,
            memory: self.server.memory()?,
            settled,
            tally,
        })
    }

    /// Waits until everybody has everything; whether it came so far.
    pub(super) fn settle(&mut self) -> Result<bool> {
        self.crowd.settle(Instant::now() + self.patience)
    }

    /// Waits for all that is still on its way, judges, and ends the server. The data stay when a
    /// promise was broken.
    pub(super) fn end(mut self) -> Result<Verdict> {
        let deadline = Instant::now() + self.patience;
        let passed = self.crowd.settle(deadline)?
            && self.crowd.barrier(deadline)?
            && self.crowd.checkpoint(deadline)?;
        let verdict = self.crowd.oracle.verdict();
        drop(self.crowd);
        match self.server.stop()? {
            Some(_) => {}
            None => eprintln!("the server did not end after SIGTERM and was killed"),
        }
        if !verdict.held() {
            eprintln!("data and log of the server stay in {}", self.dir.display());
        } else if !passed {
            bail!("not every client answered at the end; see {}", self.dir.display());
        } else {
            std::fs::remove_dir_all(&self.dir)
                .with_context(|| format!("{} cannot be removed", self.dir.display()))?;
        }
        Ok(verdict)
    }
}

impl Schedule {
    pub(super) fn new(rate: f64) -> Self {
        Self { began: Instant::now(), rate, sent: 0, total: u64::MAX }
    }

    /// Sends what is due, by members drawn at random, and lets the crowd turn once.
    pub(super) fn turn(&mut self, crowd: &mut Crowd, until: Instant) -> Result<()> {
        for _ in 0..SENDS_PER_TURN {
            let next = self.next();
            if next > Instant::now() || self.sent >= self.total {
                break;
            }
            crowd.speak(next.saturating_duration_since(crowd.began()));
            self.sent += 1;
        }
        crowd.turn(self.next().min(until))
    }

    #[expect(clippy::cast_precision_loss, reason = "exact up to 2^53 messages")]
    fn next(&self) -> Instant {
        let after = self.sent as f64 / self.rate;
        // A rate of 0 never sends.
        self.began + Duration::try_from_secs_f64(after).unwrap_or(SPARE * 1000)
    }
}

/// How to start the server of this run, in a directory of its own.
pub(super) fn recipe(common: &Common, target: Target) -> Result<Recipe> {
    let program = std::env::current_exe().context("this program does not know where it is")?;
    let beside = program.parent().context("this program lies in no directory")?;
    let name = format!("{}-{:08x}", std::process::id(), fastrand::u32(..));
    let dir = common.dir.clone().unwrap_or_else(|| beside.join("loadtest-data")).join(name);
    Ok(Recipe {
        target,
        binary: common.server.clone().unwrap_or_else(|| beside.join("throng")),
        dir,
        fault: common
            .fault
            .and_then(|fault| fault.to_possible_value())
            .map(|value| value.get_name().to_owned()),
    })
}

pub(super) fn shape(common: &Common, server: &Server, rooms: u32, time: Duration) -> Result<Shape> {
    let address = server.address()?;
    Ok(Shape {
        address: address.into(),
        host: address.to_string(),
        path: "/ws".into(),
        clients: common.clients,
        rooms: rooms.min(common.clients),
        rooms_per_client: 1,
        text_bytes: common.text_bytes,
        nick: "load".into(),
        room: "load".into(),
        log: common.target == Target::Throng,
        seed: fastrand::u64(..),
        addresses: common.addresses,
        nap: Duration::from_micros(common.nap_micros),
        deadline: Instant::now() + time + SPARE,
    })
}
