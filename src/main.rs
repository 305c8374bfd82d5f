//! The server's program: reads the configuration, and runs until a signal ends it.

use std::io::Write;
use std::process::ExitCode;

use throng::config::cli::{self, Invocation};
use throng::config::{self, ConfigError};
use throng::serve::{self, Ended};

/// What a shell gives a program that a signal ended: 128 and the number of SIGINT.
const AT_ONCE: u8 = 130;

fn main() -> anyhow::Result<ExitCode> {
    let loaded = match cli::parse(std::env::args_os(), std::env::vars_os()) {
        Ok(Invocation::Serve(loaded)) => loaded,
        Ok(Invocation::ShowConfig(loaded)) => {
            loaded.print(&mut std::io::stdout().lock())?;
            return Ok(ExitCode::SUCCESS);
        }
        Ok(Invocation::ShowMarkdown) => {
            config::markdown(&mut std::io::stdout().lock())?;
            return Ok(ExitCode::SUCCESS);
        }
        Err(ConfigError::Usage(usage)) => usage.exit(),
        Err(error) => {
            eprintln!("{error}");
            return Ok(ExitCode::from(2));
        }
    };
    let logs = throng::start_logs(&loaded.config);
    let ended = async_std::task::block_on(serve::run(loaded.config, announce));
    drop(logs);
    Ok(match ended {
        Ok(Ended::Drained) => ExitCode::SUCCESS,
        Ok(Ended::Late) => ExitCode::FAILURE,
        // Not by returning, which would wait for threads.
        Ok(Ended::AtOnce) => std::process::exit(i32::from(AT_ONCE)),
        Err(error) => {
            eprintln!("throng did not start: {error}");
            ExitCode::from(2)
        }
    })
}

/// Tells the operator; a closed stdout is no reason to end.
fn announce(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
