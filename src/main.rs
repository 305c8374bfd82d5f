//! The server's program: reads the configuration, and runs until a signal ends it.

use std::io::Write;
use std::process::ExitCode;

use throng::admin;
use throng::config::cli::{self, Invocation};
use throng::config::{self, ConfigError};
use throng::run::health;
use throng::run::{self, Ended};

/// The exit code that a shell gives for a program ended by a signal: 128 plus the number of SIGINT.
const AT_ONCE: u8 = 130;

/// Starting again fails in the same way until somebody changes something.
const WRONG: u8 = 2;

/// Starting again may work (EX_TEMPFAIL of sysexits(3)).
const TRY_AGAIN: u8 = 75;

fn main() -> anyhow::Result<ExitCode> {
    let further = [admin::client::command()];
    let loaded = match cli::parse_with(std::env::args_os(), std::env::vars_os(), further) {
        Ok(Invocation::Serve(loaded)) => loaded,
        Ok(Invocation::ShowConfig(loaded)) => {
            loaded.print(&mut std::io::stdout().lock())?;
            return Ok(ExitCode::SUCCESS);
        }
        Ok(Invocation::ShowMarkdown) => {
            config::markdown(&mut std::io::stdout().lock())?;
            return Ok(ExitCode::SUCCESS);
        }
        Ok(Invocation::CheckHealth(loaded)) => {
            return Ok(match health::check(&loaded.config) {
                Ok(()) => ExitCode::SUCCESS,
                Err(unhealthy) => {
                    complain(&unhealthy.to_string());
                    ExitCode::FAILURE
                }
            });
        }
        Ok(Invocation::Other(loaded, asked)) => {
            let (mut out, mut err) = (std::io::stdout().lock(), std::io::stderr().lock());
            let ended = admin::client::run(&loaded.config, &asked, &mut out, &mut err);
            return Ok(match ended {
                admin::client::Ended::Done => ExitCode::SUCCESS,
                admin::client::Ended::Refused | admin::client::Ended::Unwritten => {
                    ExitCode::FAILURE
                }
                admin::client::Ended::Denied => ExitCode::from(WRONG),
                admin::client::Ended::NoServer => ExitCode::from(TRY_AGAIN),
            });
        }
        Err(ConfigError::Usage(usage)) => usage.exit(),
        Err(error) => {
            complain(&error.to_string());
            return Ok(ExitCode::from(WRONG));
        }
    };
    let logs = throng::run::logs::start(&loaded.config);
    let ended = async_std::task::block_on(run::run(loaded.config, announce));
    drop(logs);
    Ok(match ended {
        Ok(Ended::Drained | Ended::Unstarted) => ExitCode::SUCCESS,
        Ok(Ended::Late) => ExitCode::FAILURE,
        // Exits instead of returning, which would wait for threads.
        Ok(Ended::AtOnce) => std::process::exit(i32::from(AT_ONCE)),
        Err(error) => {
            complain(&format!("throng did not start: {error}"));
            ExitCode::from(if error.is_permanent() { WRONG } else { TRY_AGAIN })
        }
    })
}

/// Prints why there is no server. The exit code says it too, so a failing stderr is no reason to panic, as
/// `eprintln!` would.
fn complain(words: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{words}");
}

/// Prints a line for the operator; a closed stdout is no reason to end.
fn announce(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
