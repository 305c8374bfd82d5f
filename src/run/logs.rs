//! The log lines: to stderr, as text or as JSON, written by a thread of their own.
//!
//! A terminal or a pipe that is not read blocks the thread that writes to it. So lines go through a bounded
//! queue; when it is full, lines are lost rather than the server's time.

use std::io::IsTerminal;

use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::EnvFilter;

use crate::config::{Config, LogFormat};

/// tungstenite traces whole messages, and its lines carry no session: what matters of them, the
/// session logs itself.
const NO_TEXTS: &str = "tungstenite=warn";

/// Starts logging. The guard writes what is left when it is dropped.
pub fn start(config: &Config) -> WorkerGuard {
    let (writer, guard) = tracing_appender::non_blocking(std::io::stderr());
    let mut filter = EnvFilter::new(&config.log);
    if let Ok(directive) = NO_TEXTS.parse() {
        filter = filter.add_directive(directive);
    }
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(writer)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false);
    match config.log_format {
        LogFormat::Json => lines.json().flatten_event(true).init(),
        LogFormat::Text => lines.init(),
    }
    guard
}
