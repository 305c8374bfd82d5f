//! The command line.

use std::net::SocketAddrV4;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::floor::Fault;
use crate::server::Target;

/// Simulated clients that measure a throng server and check every promise meanwhile.
///
/// Ends with 0 when all promises held, 1 when one was broken, 2 when the run could not be made.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) scenario: Scenario,
}

/// What to measure.
#[derive(Debug, Subcommand)]
pub(crate) enum Scenario {
    /// Resident memory per idle, joined connection.
    Idle(Idle),
    /// Many rooms at a steady rate: latency and processor time per delivery.
    Steady(Steady),
    /// The same with everybody in one room.
    TownHall(TownHall),
    /// Everybody drops and returns at once.
    Storm(Storm),
    /// The server is ended and started again under load.
    Restart(Restart),
    /// The server and the floor in alternation, under the same loads.
    VersusFloor(VersusFloor),
    /// Serves as the floor server. The other scenarios start it by themselves.
    Floor(Floor),
}

/// What all scenarios have in common.
#[derive(Clone, Debug, Args)]
pub(crate) struct Common {
    /// How many clients.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) clients: u32,
    /// How many bytes each text has, at least 32.
    #[arg(long, default_value_t = 128)]
    pub(crate) text_bytes: usize,
    /// The server to start.
    #[arg(long, value_enum, default_value_t = Target::Throng)]
    pub(crate) target: Target,
    /// The throng binary; by default the one beside this program.
    #[arg(long)]
    pub(crate) server: Option<PathBuf>,
    /// Where servers keep their data and logs; by default a directory beside this program. A run
    /// makes its own in it, and removes it when all promises held.
    #[arg(long)]
    pub(crate) dir: Option<PathBuf>,
    /// How many clients may be connecting at a time where nothing else is said.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) underway: u32,
    /// From how many addresses of 127.0.0.0/8 the clients come. From a single one, ten thousand
    /// that return at once wait for each other's ports more than for the server.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u8).range(1..))]
    pub(crate) addresses: u8,
    /// For how many microseconds the generator lets deliveries gather before it reads again, once
    /// everybody is joined. Latencies grow by up to this.
    #[arg(long, default_value_t = 0)]
    pub(crate) nap_micros: u64,
    /// For how many seconds everybody may go on catching up after a load. What has not come by then
    /// counts as lost.
    #[arg(long, default_value_t = 30)]
    pub(crate) patience_seconds: u64,
    /// Writes the report as JSON to this file, too.
    #[arg(long)]
    pub(crate) json: Option<PathBuf>,
    /// What the floor does wrong, to test this tester.
    #[arg(long, value_enum, hide = true)]
    pub(crate) fault: Option<Fault>,
}

/// Arguments of `idle`.
#[derive(Debug, Args)]
pub(crate) struct Idle {
    #[command(flatten)]
    pub(crate) common: Common,
    /// How many rooms; the clients are spread evenly.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rooms: u32,
    /// Connections that come and go before the first measurement, so that what a server allocates
    /// once is not counted as the clients'.
    #[arg(long, default_value_t = 200)]
    pub(crate) warm_up: u32,
    /// How long to wait before each measurement.
    #[arg(long, default_value_t = 3)]
    pub(crate) settle_seconds: u64,
}

/// Arguments of `steady`.
#[derive(Debug, Args)]
pub(crate) struct Steady {
    #[command(flatten)]
    pub(crate) common: Common,
    /// How many rooms; the clients are spread evenly.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rooms: u32,
    /// Messages a second, over all rooms.
    #[arg(long, default_value_t = 1000.0)]
    pub(crate) rate: f64,
    #[command(flatten)]
    pub(crate) span: Span,
}

/// Arguments of `town-hall`.
#[derive(Debug, Args)]
pub(crate) struct TownHall {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Messages a second.
    #[arg(long, default_value_t = 5.0)]
    pub(crate) rate: f64,
    #[command(flatten)]
    pub(crate) span: Span,
}

/// How long a load lasts.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Span {
    /// How long to measure.
    #[arg(long, default_value_t = 30.0)]
    pub(crate) seconds: f64,
    /// How long the same load lasts before, unmeasured.
    #[arg(long, default_value_t = 2.0)]
    pub(crate) warm_up_seconds: f64,
}

/// Arguments of `storm`.
#[derive(Debug, Args)]
pub(crate) struct Storm {
    #[command(flatten)]
    pub(crate) common: Common,
    /// How many rooms; the clients are spread evenly.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rooms: u32,
    /// Messages a second all the while.
    #[arg(long, default_value_t = 100.0)]
    pub(crate) rate: f64,
    /// How many times they drop and return.
    #[arg(long, default_value_t = 3)]
    pub(crate) rounds: u32,
}

/// Arguments of `restart`.
#[derive(Debug, Args)]
pub(crate) struct Restart {
    #[command(flatten)]
    pub(crate) common: Common,
    /// How many rooms; the clients are spread evenly.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rooms: u32,
    /// Messages a second all the while.
    #[arg(long, default_value_t = 500.0)]
    pub(crate) rate: f64,
    /// Seconds of load before the end, and after everybody is back.
    #[arg(long, default_value_t = 3.0)]
    pub(crate) seconds: f64,
    /// Ends the server with SIGKILL instead of SIGTERM.
    #[arg(long)]
    pub(crate) kill: bool,
}

/// Arguments of `versus-floor`.
#[derive(Debug, Args)]
pub(crate) struct VersusFloor {
    #[command(flatten)]
    pub(crate) common: Common,
    /// How many rooms; the clients are spread evenly.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rooms: u32,
    /// Messages a second, over all rooms: one load per value.
    #[arg(long, value_delimiter = ',', default_values_t = [300.0, 1000.0])]
    pub(crate) rate: Vec<f64>,
    /// Messages a second with everybody in one room; 0 leaves that out.
    #[arg(long, default_value_t = 5.0)]
    pub(crate) town_hall_rate: f64,
    /// How often each server is measured.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rounds: u32,
    /// How long each load lasts.
    #[arg(long, default_value_t = 10.0)]
    pub(crate) seconds: f64,
    /// Measures the floors alone, when there is no server to compare.
    #[arg(long)]
    pub(crate) floors_only: bool,
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
