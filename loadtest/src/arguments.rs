//! The command line.

mod scenarios;
mod shared;

use std::ffi::OsString;
use std::net::SocketAddrV4;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub(crate) use self::scenarios::{Ramp, Saturate, SlowReaders, Times};
pub(crate) use self::shared::{Common, CrowdArguments, SubjectArguments};
use crate::floor::Fault;
use crate::plan::Scenario;

/// Simulated clients that measure a throng server and check every promise meanwhile.
///
/// Without a command: `steady`, 10,000 clients in 100 rooms, against a server of this workspace
/// that is built and started for it.
///
/// Ends with 0 when all promises held, 1 when one was broken or a bound was passed, 2 when the run
/// could not be made.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) action: Option<Action>,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    #[command(about = Scenario::Steady.like())]
    Steady(Common),
    /// A day on which ever more people speak: how much does this machine carry?
    Ramp(Ramp),
    #[command(about = Scenario::TownHall.like())]
    TownHall(Common),
    /// A network or a proxy fails for a moment: everybody drops, and returns at once.
    Storm(Times<3>),
    /// People on trains: connections break all the time, and come back a moment later.
    Churn(self::scenarios::Churn),
    /// Phones asleep and bad networks: some clients stop reading while the rest talk.
    SlowReaders(SlowReaders),
    /// An update in the evening: the server is drained and started again under load.
    Restart(Times<2>),
    /// The power cut that nobody planned: the server is killed at random moments.
    Crash(Times<4>),
    #[command(about = Scenario::Soak.like())]
    Soak(Common),
    /// Bots without manners: every room always has sends waiting for their answer.
    Saturate(Saturate),
    /// Night: everybody is connected, and nobody says a word.
    Idle(Idle),
    /// Phases out of a TOML file; see loadtest/examples.
    Plan(PlanFile),
    /// The server and the floor in alternation, under the same loads.
    VersusFloor(VersusFloor),
    /// Sets two results (--json) side by side.
    Compare(Compare),
    /// Makes the HTML report of a result (--json).
    Report(Report),
    /// Serves as the floor server. The others start it with --target floor.
    Floor(Floor),
    /// Becomes another program that ends with its parent.
    #[command(hide = true)]
    Exec(Exec),
}

/// Arguments of `idle`.
#[derive(Debug, Args)]
pub(crate) struct Idle {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Connections that come and go before the first measurement, so that what a server allocates
    /// once is not counted as the clients'.
    #[arg(long, default_value_t = 200)]
    pub(crate) warm_up: u32,
    /// How long to wait before each measurement of memory.
    #[arg(long, default_value_t = 3)]
    pub(crate) settle_seconds: u64,
}

/// Arguments of `plan`.
#[derive(Debug, Args)]
pub(crate) struct PlanFile {
    /// The file. What the command line says of the crowd goes before what the file says.
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// Arguments of `versus-floor`.
#[derive(Debug, Args)]
pub(crate) struct VersusFloor {
    #[command(flatten)]
    pub(crate) crowd: CrowdArguments,
    #[command(flatten)]
    pub(crate) subject: SubjectArguments,
    /// What to measure; all where nothing is said.
    #[arg(long, value_enum, value_delimiter = ',')]
    pub(crate) parts: Vec<crate::versus::Part>,
    /// How often each server is measured.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) rounds: u32,
    /// How long each load lasts.
    #[arg(long, default_value_t = 6.0)]
    pub(crate) seconds: f64,
    /// How long the idle crowd is watched for its processor time: each client sends its heartbeat
    /// within 30 seconds, the heartbeat of throng.
    #[arg(long, default_value_t = 30.0)]
    pub(crate) idle_seconds: f64,
    /// Writes all figures as JSON to this file.
    #[arg(long)]
    pub(crate) json: Option<PathBuf>,
}

/// Arguments of `compare`.
#[derive(Debug, Args)]
pub(crate) struct Compare {
    pub(crate) before: PathBuf,
    pub(crate) after: PathBuf,
}

/// Arguments of `report`.
#[derive(Debug, Args)]
pub(crate) struct Report {
    /// A result that a run wrote with --json.
    pub(crate) result: PathBuf,
    /// Where the report goes; by default beside the result.
    #[arg(long)]
    pub(crate) html: Option<PathBuf>,
}

/// Arguments of `floor`.
#[derive(Debug, Args)]
pub(crate) struct Floor {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    pub(crate) listen: SocketAddrV4,
    /// Frames that wait for one connection leave with one `send` per wake.
    #[arg(long)]
    pub(crate) joined: bool,
    /// Keeps everything in memory, so that clients can come back; to test the tester.
    #[arg(long, hide = true)]
    pub(crate) log: bool,
    /// A promise to break, to test the tester.
    #[arg(long, value_enum, hide = true)]
    pub(crate) fault: Option<Fault>,
    /// The fault strikes one delivery, or one send, in so many.
    #[arg(long, hide = true, default_value_t = 100)]
    pub(crate) fault_every: u64,
}

/// Arguments of `exec`.
#[derive(Debug, Args)]
pub(crate) struct Exec {
    pub(crate) parent: u32,
    pub(crate) program: PathBuf,
    #[arg(last = true)]
    pub(crate) arguments: Vec<OsString>,
}
