//! What all scenarios have in common: the crowd, the server, and where the results go.

use std::path::PathBuf;

use clap::Args;

use crate::bound::Bound;
use crate::floor::Fault;
use crate::target::Target;

/// Everything that all scenarios take.
#[derive(Clone, Debug, Args)]
pub(crate) struct Common {
    #[command(flatten)]
    pub(crate) crowd: CrowdArguments,
    #[command(flatten)]
    pub(crate) subject: SubjectArguments,
    #[command(flatten)]
    pub(crate) results: ResultArguments,
    /// Messages per second over all rooms; each scenario has its own default.
    #[arg(long, help_heading = "Load")]
    pub(crate) rate: Option<f64>,
    /// How long to measure; each scenario has its own default.
    #[arg(long, help_heading = "Load")]
    pub(crate) seconds: Option<f64>,
}

/// Who the clients are.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Crowd")]
pub(crate) struct CrowdArguments {
    /// How many clients [default: 10000, 400 for flood]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) clients: Option<u32>,
    /// How many rooms; the clients are spread evenly [default: 100, one for town-hall and flood]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rooms: Option<u32>,
    /// How many of the rooms each client is in [default: 1]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rooms_per_client: Option<u32>,
    /// How many bytes each text has, at least 32 [default: 128, 4000 for slow-readers]
    #[arg(long)]
    pub(crate) text_bytes: Option<usize>,
    /// The seed of all random choices; the same seed repeats a run. By default a random one, which is
    /// printed.
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// How many clients may be connecting at a time [default: 200]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) underway: Option<u32>,
    /// From how many addresses of 127.0.0.0/8 the clients come. From a single address, ten
    /// thousand clients that return at once wait for free ports rather than for the server. Applies only to a
    /// server on 127.0.0.0/8.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u8).range(1..))]
    pub(crate) addresses: u8,
    /// For how many microseconds the generator lets deliveries gather before it reads again, once all
    /// clients are joined. Latencies grow by up to this. Without it each delivery wakes the generator, and on one
    /// machine the server's `send` pays for that.
    #[arg(long, default_value_t = 300)]
    pub(crate) nap_micros: u64,
    /// For how many seconds clients may catch up after a load. What has not arrived by then counts as not
    /// checked.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(crate) patience_seconds: u64,
}

/// What is tested.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Server")]
pub(crate) struct SubjectArguments {
    /// A running server: ws://host:port/path. It is never stopped.
    #[arg(long, conflicts_with_all = ["server", "dir", "target", "fault"])]
    pub(crate) url: Option<String>,
    /// The process id of that server, to measure it. A server on this machine is found without it.
    #[arg(long, requires = "url")]
    pub(crate) pid: Option<u32>,
    /// The metrics page of that server, if its process is on another machine:
    /// http://127.0.0.1:9464/metrics
    #[arg(long, requires = "url", conflicts_with = "pid")]
    pub(crate) metrics_url: Option<String>,
    /// The throng binary to start; by default the one beside this program, built first if this
    /// program is in the target folder of its workspace.
    #[arg(long)]
    pub(crate) server: Option<PathBuf>,
    /// Where servers keep data and logs; by default a directory beside this program. Each run creates
    /// a directory in it, and removes it unless a promise was broken or the server died.
    #[arg(long)]
    pub(crate) dir: Option<PathBuf>,
    /// Which server to start.
    #[arg(long, value_enum, default_value_t = Target::Throng)]
    pub(crate) target: Target,
    /// What the floor does wrong, to test this tester.
    #[arg(long, value_enum, hide = true)]
    pub(crate) fault: Option<Fault>,
}

/// Where the results go, and what they must be.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Results")]
pub(crate) struct ResultArguments {
    /// Writes the result as JSON to this file.
    #[arg(long)]
    pub(crate) json: Option<PathBuf>,
    /// Writes the report as one HTML file.
    #[arg(long)]
    pub(crate) html: Option<PathBuf>,
    /// A bound that makes the run exit with 1 when it is passed: 'p99>50ms'; with two sides in one run
    /// also a change, 'p99>3x'. May be repeated.
    #[arg(long, value_name = "BOUND")]
    pub(crate) fail_if: Vec<Bound>,
}
