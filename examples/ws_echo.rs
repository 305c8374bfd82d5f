//! A server that sends every message back: the same accept loop, handshake, reader, outbox, limits and
//! deadlines as the chat, for a conformance suite, which judges by the echo.
//!
//!     cargo run --release --example ws_echo -- --listen 127.0.0.1:9001 --trust 127.0.0.0/8 \
//!         --frame-bytes-max 4MiB --data-dir "$(mktemp -d)"
//!
//! It takes the settings of the server; messages go to `/ws`.

use std::process::ExitCode;

use throng::config::ConfigError;
use throng::config::cli::{self, Invocation};
use throng::handler::{Handler, Message};
use throng::run;

struct Echo;

impl Handler for Echo {
    fn message(&mut self, message: Message) -> Option<Message> {
        Some(message)
    }
}

fn main() -> ExitCode {
    let loaded = match cli::parse(std::env::args_os(), std::env::vars_os()) {
        Ok(Invocation::Serve(loaded)) => loaded,
        Ok(_) => return ExitCode::from(2),
        Err(ConfigError::Usage(usage)) => usage.exit(),
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    let logs = throng::run::logs::start(&loaded.config);
    let announce = |line: &str| println!("{line}");
    let ended = async_std::task::block_on(run::run_with(loaded.config, announce, || Echo));
    drop(logs);
    match ended {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
