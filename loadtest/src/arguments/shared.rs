//! What all scenarios have in common: the crowd, the server, and where the results go.

use std::path::PathBuf;

use clap::Args;

use crate::bound::Bound;
use crate::floor::Fault;
use crate::subject::Target;

/// Everything that all scenarios take.
#[derive(Clone, Debug, Args)]
pub(crate) struct Common {
    #[command(flatten)]
    pub(crate) crowd: CrowdArguments,
    #[command(flatten)]
    pub(crate) subject: SubjectArguments,
    #[command(flatten)]
    pub(crate) results: ResultArguments,
    /// Messages a second, over all rooms; each scenario has its own default.
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
    /// How many clients [default: 10000]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) clients: Option<u32>,
    /// How many rooms; the clients are spread evenly [default: 100, one for town-hall]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rooms: Option<u32>,
    /// How many of the rooms each client is in [default: 1]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rooms_per_client: Option<u32>,
    /// How many bytes each text has, at least 32 [default: 128, 4000 for slow-readers]
    #[arg(long)]
    pub(crate) text_bytes: Option<usize>,
    /// What everything drawn by lot is drawn from; the same seed shows the same again. By default
    /// one is drawn, and printed.
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// How many clients may be connecting at a time where nothing else is said [default: 200]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) underway: Option<u32>,
    /// From how many addresses of 127.0.0.0/8 the clients come. From a single one, ten thousand
    /// that return at once wait for each other's ports more than for the server. Only to a server
    /// on 127.0.0.0/8.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u8).range(1..))]
    pub(crate) addresses: u8,
    /// For how many microseconds the generator lets deliveries gather before it reads again, once
    /// everybody is joined. Latencies grow by up to this. A generator that sleeps until the next
    /// delivery is woken by each, and on one machine the server's `send` pays for waking it.
    #[arg(long, default_value_t = 300)]
    pub(crate) nap_micros: u64,
    /// For how many seconds everybody may go on catching up after a load. What has not come by
    /// the end of the run counts as lost.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(crate) patience_seconds: u64,
}

/// What is tested.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Server")]
pub(crate) struct SubjectArguments {
    /// A server that runs already: ws://host:port/path. It is never ended.
    #[arg(long, conflicts_with_all = ["server", "dir", "target", "fault"])]
    pub(crate) url: Option<String>,
    /// The process of that server, to see what it uses. One that listens on this machine is found
    /// without it.
    #[arg(long, requires = "url")]
    pub(crate) pid: Option<u32>,
    /// The metrics page of that server, where its process cannot be seen:
    /// http://127.0.0.1:9464/metrics
    #[arg(long, requires = "url", conflicts_with = "pid")]
    pub(crate) metrics_url: Option<String>,
    /// The throng binary to start; by default the one beside this program, which is built first
    /// when this program lies in the target folder of its workspace.
    #[arg(long)]
    pub(crate) server: Option<PathBuf>,
    /// Where servers keep their data and logs; by default a directory beside this program. A run
    /// makes its own in it, and removes it when all promises held.
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
    /// A bound that makes the run end with 1 when it is passed: 'p99>50ms'. May be given again.
    #[arg(long, value_name = "BOUND")]
    pub(crate) fail_if: Vec<Bound>,
}
