//! `versus-floor`: throng and the floors in alternation, under the same loads, in one run.
//!
//! Machines differ, and one machine differs from minute to minute; ratios of figures that were measured side
//! by side can be compared.

mod before;
mod fsync;
mod session;
mod table;

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use serde::Serialize;

use self::session::Session;
use self::table::Line;
use crate::arguments::{Part, VersusFloor};
use crate::exit::Exit;
use crate::paired_rounds;
use crate::report::{self, Destination};
use crate::run::{Interrupt, fits};
use crate::subject::Recipe;
use crate::target::Target;
use crate::units;

/// A figure, measured once per round for each server.
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

/// All measurements.
#[derive(Default)]
struct Measured {
    /// The current round.
    round: u32,
    /// By round, so that a missing value shifts no other.
    figures: BTreeMap<(Measure, Target), BTreeMap<u32, f64>>,
    /// Sessions in which a promise was broken or not checked, with the verdict.
    broken: Vec<String>,
}

#[derive(Serialize)]
struct Results<'a> {
    clients: u32,
    rounds: usize,
    seed: u64,
    lines: &'a [Line],
    /// The comparison with the earlier build, if there is one.
    before: Vec<paired_rounds::Line>,
    warnings: &'a [String],
    broken: &'a [String],
}

/// Measures, prints the table, and returns whether all promises held. A missed bar is reported, but does not
/// fail the run.
pub(crate) fn run(arguments: &VersusFloor) -> Result<Exit> {
    let parts = if arguments.parts.is_empty() {
        Part::value_variants().to_vec()
    } else {
        arguments.parts.clone()
    };
    Duration::try_from_secs_f64(arguments.seconds + arguments.idle_seconds)
        .context("--seconds and --idle-seconds must be times")?;
    let seed = arguments.crowd.seed.unwrap_or_else(|| fastrand::u64(1..1 << 53));
    let clients = arguments.crowd.clients.unwrap_or(10_000);
    fits(clients, true)?;
    if let Some(before) = arguments.before.as_ref().filter(|before| !before.is_file()) {
        bail!("--before: there is no program at {}", before.display());
    }
    let json = arguments.json.as_deref().map(Destination::open).transpose()?;
    let recipe = Recipe::new(&arguments.subject, Target::Throng)?;
    let interrupt = Interrupt::listen()?;
    let mut session = Session {
        arguments,
        parts,
        seed,
        clients,
        recipe,
        interrupt: &interrupt,
        warnings: Vec::new(),
    };
    let mut measured = Measured::default();
    say!(
        "{}, {}, seed {seed}",
        units::counted(clients.into(), "client"),
        units::counted(arguments.rounds.into(), "round")
    );
    for round in 1..=arguments.rounds {
        measured.round = round;
        for target in targets(round, arguments.before.is_some()) {
            if interrupt.stop_signal().is_some() {
                break;
            }
            say!("round {round}, {}", target.name());
            session.measure(target, &mut measured)?;
        }
    }
    if let Some(signal) = interrupt.stop_signal() {
        measured.broken.push(format!("cut short by {}", signal.name()));
    } else {
        let rows = table::ROWS.iter();
        let lacking =
            rows.filter_map(|row| row.lacking(&measured, &session.parts, arguments.rounds));
        let lacking: Vec<String> = lacking.collect();
        measured.broken.extend(lacking);
    }
    let warnings = report::condensed(&session.warnings);
    let lines: Vec<Line> = table::ROWS.iter().filter_map(|row| row.line(&measured)).collect();
    say!("\n{}", table::text(&lines));
    let before = before::pairs(&measured);
    let rounds = arguments.rounds as usize;
    for (row, pair) in before.iter().filter(|(_, pair)| pair.complete() < rounds) {
        let words = format!("measured of both builds in {} of {rounds} rounds", pair.complete());
        measured.broken.push(format!("{}: {words}", row.name));
    }
    if arguments.before.is_some() {
        say!("\n{}", before::text(&before));
    }
    say!("{}", report::findings(&warnings, &measured.broken, &[]));
    if let Some(json) = json {
        let (lines, broken, clients) = (&lines[..], &measured.broken[..], session.clients);
        let before = before.iter().map(|(_, pair)| pair.line()).collect();
        let result = Results { clients, rounds, seed, lines, before, warnings: &warnings, broken };
        json.write(&serde_json::to_vec_pretty(&result)?)?;
    }
    let asked = interrupt.stop_signal().map(|signal| Exit::Signal(signal.exit_code()));
    Ok(asked.unwrap_or(Exit::of(measured.broken.is_empty())))
}

/// The servers of a round, in order. Each of two builds comes first in every second round, so that neither is
/// always the later one.
fn targets(round: u32, before: bool) -> Vec<Target> {
    let mut targets = vec![Target::Floor, Target::FloorJoined, Target::Throng];
    if before {
        let place = if round % 2 == 1 { 2 } else { 3 };
        targets.insert(place, Target::Before);
    }
    targets
}

impl Measured {
    fn add(&mut self, measure: Measure, target: Target, figure: Option<f64>) {
        let figure = figure.map(|figure| (self.round, figure));
        self.figures.entry((measure, target)).or_default().extend(figure);
    }

    /// The figures of a server, one per round.
    fn of(&self, measure: Measure, target: Target) -> Vec<f64> {
        self.by_round(measure, target).values().copied().collect()
    }

    /// The figures of two servers in the rounds that have both.
    fn both(&self, measure: Measure, one: Target, other: Target) -> Vec<(f64, f64)> {
        let others = self.by_round(measure, other);
        let ones = self.by_round(measure, one);
        ones.iter().filter_map(|(round, one)| Some((*one, *others.get(round)?))).collect()
    }

    fn by_round(&self, measure: Measure, target: Target) -> BTreeMap<u32, f64> {
        self.figures.get(&(measure, target)).cloned().unwrap_or_default()
    }
}
