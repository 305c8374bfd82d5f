//! What `versus-floor` takes.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{CrowdArguments, SubjectArguments};

/// Arguments of `versus-floor`.
#[derive(Debug, Args)]
pub(crate) struct VersusFloor {
    #[command(flatten)]
    pub(crate) crowd: CrowdArguments,
    #[command(flatten)]
    pub(crate) subject: SubjectArguments,
    /// What to measure [default: everything]
    #[arg(long, value_enum, value_delimiter = ',')]
    pub(crate) parts: Vec<Part>,
    /// The throng binary of another build, measured in the same rounds, to show how each figure
    /// changed since.
    #[arg(long, value_name = "PROGRAM")]
    pub(crate) before: Option<PathBuf>,
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

/// A group of measurements.
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
