//! Log lines: to stderr, as text or JSON, written by a separate thread.
//!
//! A terminal or pipe that is not read blocks the thread that writes to it. So lines go through a bounded
//! queue; when it is full, lines are lost, and the server goes on.

use std::io::IsTerminal;

use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::EnvFilter;

use crate::config::{Config, LogFormat};

/// tungstenite traces whole messages, and its lines have no session. The session logs what matters of them.
const NO_TEXTS: &str = "tungstenite=warn";

/// Starts logging. Dropping the guard writes the remaining lines.
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
