//! throng-loadtest: simulated clients that measure a server, and check every promise meanwhile.
//!
//! The crowd (`crowd`) drives the clients and shows all they see to the oracle (`oracle`); the
//! scenarios (`scenario`) start a server (`server`), drive the crowd, and report.

mod arguments;
#[cfg_attr(not(test), allow(dead_code, reason = "the conductor of a plan drives all of it"))]
mod crowd;
#[path = "../floor/floor.rs"]
mod floor;
mod frame;
mod handshake;
#[cfg_attr(not(test), allow(dead_code, reason = "reports draw the curves"))]
mod latency;
mod ledger;
mod oracle;
mod poller;
mod report;
mod scenario;
mod server;
mod usage;

use std::process::ExitCode;

use clap::Parser;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::arguments::Arguments;

/// The run could not be made; 1 means that a promise was broken, 0 that all held.
const COULD_NOT_RUN: u8 = 2;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    raise_nofile();
    match scenario::run(arguments.scenario) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("the run could not be made: {error:#}");
            ExitCode::from(COULD_NOT_RUN)
        }
    }
}

/// One descriptor per client. What is not granted shows when a client cannot connect.
fn raise_nofile() {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let _ = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
}
