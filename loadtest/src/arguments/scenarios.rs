//! What single scenarios take besides.

use clap::Args;

use super::Common;

/// Arguments of `ramp`.
#[derive(Debug, Args)]
pub(crate) struct Ramp {
    #[command(flatten)]
    pub(crate) common: Common,
    /// The factor by which the rate grows at each step.
    #[arg(long, default_value_t = 1.3)]
    pub(crate) factor: f64,
    /// How long a step lasts.
    #[arg(long, default_value_t = 8.0)]
    pub(crate) step_seconds: f64,
    /// The p99 from due to delivered, in milliseconds, that ends the ramp.
    #[arg(long, default_value_t = 500.0)]
    pub(crate) p99_ms: f64,
}

/// Arguments of `storm`, `restart` and `crash`.
#[derive(Debug, Args)]
pub(crate) struct Times<const DEFAULT: u32> {
    #[command(flatten)]
    pub(crate) common: Common,
    /// How many times.
    #[arg(long, default_value_t = DEFAULT)]
    pub(crate) times: u32,
}

/// Arguments of `churn`.
#[derive(Debug, Args)]
pub(crate) struct Churn {
    #[command(flatten)]
    pub(crate) common: Common,
    /// How many clients a second leave.
    #[arg(long, default_value_t = 100.0)]
    pub(crate) per_second: f64,
}

/// Arguments of `slow-readers`.
#[derive(Debug, Args)]
pub(crate) struct SlowReaders {
    #[command(flatten)]
    pub(crate) common: Common,
    /// The share of the clients that stops reading at a time.
    #[arg(long, default_value_t = 0.02)]
    pub(crate) share: f64,
    /// For how long; long enough to fill the buffers, so that clients fall behind [default: 25, at most half
    /// of --seconds]
    #[arg(long)]
    pub(crate) pause_seconds: Option<f64>,
}

/// Arguments of `saturate`.
#[derive(Debug, Args)]
pub(crate) struct Saturate {
    #[command(flatten)]
    pub(crate) common: Common,
    /// How many sends of each room wait for their answer at any time.
    #[arg(long, default_value_t = 4)]
    pub(crate) outstanding: u32,
}

/// Arguments of `flood`.
#[derive(Debug, Args)]
pub(crate) struct Flood {
    #[command(flatten)]
    pub(crate) common: Common,
    /// How many strangers flood the room.
    #[arg(long, default_value_t = 250)]
    pub(crate) senders: u32,
    /// How many texts each of them sends a second.
    #[arg(long, default_value_t = 5.0)]
    pub(crate) per_second: f64,
    /// How many bytes each of these texts has.
    #[arg(long, default_value_t = 4000)]
    pub(crate) flood_bytes: usize,
    /// How often each side is measured.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) rounds: u32,
}

/// Arguments of `logins`.
#[derive(Debug, Args)]
pub(crate) struct Logins {
    #[command(flatten)]
    pub(crate) common: Common,
    /// How many wrong passwords come a second, from as many connections.
    #[arg(long, default_value_t = 500)]
    pub(crate) wrong: u32,
    /// How often each side is measured.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) rounds: u32,
}
