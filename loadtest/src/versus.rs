//! `versus-floor`: throng and the floors in alternation, under the same loads, in one run.
//!
//! Machines differ, and one machine differs from minute to minute; a ratio of two figures that were
//! taken side by side is what can be compared.

mod fsync;
mod session;
mod table;

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::ValueEnum;
use serde::Serialize;

use self::session::Session;
use self::table::Line;
use crate::arguments::VersusFloor;
use crate::run::{Interrupt, most_clients};
use crate::subject::{Recipe, Target};

/// What can be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Part {
    /// Processor time per delivery at 300 and 1,000 messages a second.
    Cpu,
    /// The same with everybody in one room.
    TownHall,
    /// Deliveries a second with four outstanding sends per room.
    Saturation,
    /// Processor time per connect and join, and resident memory per idle connection.
    Connect,
    /// Everybody drops and returns.
    Storm,
    /// Sends committed a second, with few listeners.
    Commits,
    /// From send to delivery at low load, beyond one fsync.
    Latency,
    /// Processor time with everybody idle, heartbeats included.
    Idle,
}

/// A figure that is measured, once a round for each server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Measure {
    MicrosAt100k,
    MicrosAt30k,
    MicrosInTownHall,
    SaturatedPerSecond,
    BytesPerConnection,
    MicrosPerJoin,
    StormSeconds,
    CommitsOneRoom,
    CommitsHundredRooms,
    MillisBeyondFsync,
    IdleMillisPerSecond,
}

/// All that was measured, by round.
#[derive(Default)]
struct Measured {
    figures: BTreeMap<(Measure, Target), Vec<f64>>,
    /// Sessions in which a promise was broken, with the verdict.
    broken: Vec<String>,
}

#[derive(Serialize)]
struct Results<'a> {
    clients: u32,
    rounds: usize,
    seed: u64,
    lines: &'a [Line],
    doubts: &'a [String],
    broken: &'a [String],
}

/// Measures, prints the table, and says whether all promises held. A bar that is missed is told,
/// and breaks no promise.
pub(crate) fn run(arguments: &VersusFloor) -> Result<bool> {
    let parts = if arguments.parts.is_empty() {
        Part::value_variants().to_vec()
    } else {
        arguments.parts.clone()
    };
    Duration::try_from_secs_f64(arguments.seconds + arguments.idle_seconds)
        .context("--seconds and --idle-seconds must be times")?;
    let seed = arguments.crowd.seed.unwrap_or_else(|| fastrand::u64(1..1 << 53));
    let clients = arguments.crowd.clients.unwrap_or(10_000);
    if clients > most_clients(true) {
        say!("`ulimit -n` allows {} clients, not {clients}", most_clients(true));
    }
    let recipe = Recipe::new(&arguments.subject, Target::Throng)?;
    let interrupt = Interrupt::listen()?;
    let mut session = Session {
        arguments,
        parts,
        seed,
        clients: clients.min(most_clients(true)),
        recipe,
        interrupt: &interrupt,
        doubts: Vec::new(),
    };
    let mut measured = Measured::default();
    say!("{clients} clients, {} rounds, seed {seed}", arguments.rounds);
    for round in 1..=arguments.rounds {
        for target in [Target::Floor, Target::FloorJoined, Target::Throng] {
            if interrupt.is_asked() {
                break;
            }
            say!("round {round}, {}", target.name());
            session.measure(target, &mut measured)?;
        }
    }
    let doubts = session.doubts;
    let lines: Vec<Line> = table::ROWS.iter().filter_map(|row| row.line(&measured)).collect();
    say!("\n{}", table::text(&lines));
    doubts.iter().for_each(|doubt| say!("doubt: {doubt}"));
    measured.broken.iter().for_each(|words| say!("{words}"));
    if let Some(path) = &arguments.json {
        let rounds = arguments.rounds as usize;
        let (lines, broken) = (&lines[..], &measured.broken[..]);
        let result =
            Results { clients: session.clients, rounds, seed, lines, doubts: &doubts, broken };
        std::fs::write(path, serde_json::to_vec_pretty(&result)?)
            .with_context(|| format!("{} cannot be written", path.display()))?;
    }
    Ok(measured.broken.is_empty())
}

impl Measured {
    fn add(&mut self, measure: Measure, target: Target, figure: Option<f64>) {
        self.figures.entry((measure, target)).or_default().extend(figure);
    }

    fn of(&self, measure: Measure, target: Target) -> &[f64] {
        self.figures.get(&(measure, target)).map_or(&[], Vec::as_slice)
    }
}
