//! The command line.

mod scenarios;
mod shared;
mod versus_floor;

use std::ffi::OsString;
use std::net::SocketAddrV4;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use self::scenarios::{Flood, Logins, Ramp, Saturate, SlowReaders, Times};
pub(crate) use self::shared::{Common, CrowdArguments, SubjectArguments};
pub(crate) use self::versus_floor::{Part, VersusFloor};
use crate::bound::Bound;
use crate::floor::{Fault, Quirk};
use crate::plan::Scenario;

/// Simulated clients that measure a throng server and check every promise meanwhile.
///
/// Without a command: `steady`, 10,000 clients in 100 rooms, against a server of this workspace
/// that is built and started for it.
///
/// Exit codes: 0 all promises were checked and held; 1 a promise was broken or could not be checked, or a
/// bound was passed; 2 the run could not start; 130 or 143 a signal cut it short.
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
    /// A day on which more and more people speak: how much can this machine carry?
    Ramp(Ramp),
    #[command(about = Scenario::TownHall.like())]
    TownHall(Common),
    /// A network or a proxy fails for a moment: everybody drops, and returns at once.
    Storm(Times<3>),
    /// People on trains: connections break all the time, and come back a moment later.
    Churn(self::scenarios::Churn),
    /// Phones asleep and bad networks: some clients stop reading while the rest talk.
    SlowReaders(SlowReaders),
    /// Somebody with a script: guests of one address fill a room in which people talk. Measured beside
    /// the same without them, on a server with its default limits.
    Flood(Flood),
    /// A list of stolen passwords, tried out: wrong logins from many addresses while people talk, and some who
    /// log in with the right password. Measured beside the same without it.
    Logins(Logins),
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
    /// Runs the phases of a TOML file; see loadtest/examples.
    Plan(PlanFile),
    /// The server and the floor in alternation, under the same loads.
    VersusFloor(VersusFloor),
    /// Shows two results (--json) side by side, and checks changes with --fail-if.
    Compare(Compare),
    /// Makes the HTML report of a result (--json).
    Report(Report),
    /// Serves as the floor server. Scenarios start it with --target floor.
    Floor(FloorServer),
    /// Replaces itself with another program, which ends with its parent.
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
    /// How clients show that they are alive: by sending `ping`, by answering the server's WebSocket pings, or
    /// both in turn, side by side.
    #[arg(long, value_enum, default_value_t = Heartbeat::Ping)]
    pub(crate) heartbeat: Heartbeat,
    /// How often each side is measured, with --heartbeat both.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) rounds: u32,
}

/// How idle clients show that they are alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Heartbeat {
    /// Each sends a `ping` after it was silent for the server's heartbeat.
    Ping,
    /// The server pings, and each answers with a pong.
    Pong,
    /// Both, side by side.
    Both,
}

/// Arguments of `plan`.
#[derive(Debug, Args)]
pub(crate) struct PlanFile {
    /// The file. Options of the crowd on the command line override it.
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// Arguments of `compare`.
#[derive(Debug, Args)]
pub(crate) struct Compare {
    pub(crate) before: PathBuf,
    pub(crate) after: PathBuf,
    /// A bound on a change, 'p99>+10%' or 'p99>3x', or on the later run, 'p99>50ms', that makes this
    /// exit with 1 when it is passed, or when one of the runs was cut short. May be repeated.
    #[arg(long, value_name = "BOUND")]
    pub(crate) fail_if: Vec<Bound>,
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
pub(crate) struct FloorServer {
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
    /// The fault strikes one delivery, or one send, in this number.
    #[arg(long, hide = true, default_value_t = 100)]
    pub(crate) fault_every: u64,
    /// Something that surprises and breaks no promise, to test the tester.
    #[arg(long, value_enum, hide = true)]
    pub(crate) quirk: Option<Quirk>,
    /// The quirk shows behind one send in this number.
    #[arg(long, hide = true, default_value_t = 10)]
    pub(crate) quirk_every: u64,
}

/// Arguments of `exec`.
#[derive(Debug, Args)]
pub(crate) struct Exec {
    pub(crate) parent: u32,
    pub(crate) program: PathBuf,
    #[arg(last = true)]
    pub(crate) arguments: Vec<OsString>,
}
