//! throng-loadtest: simulated clients that measure a server, and check every promise meanwhile.
//!
//! The crowd (`crowd`) drives the clients and shows all they see to the oracle (`oracle`); the
//! scenarios (`scenario`) start a server (`server`), drive the crowd, and report.

mod arguments;
#[allow(dead_code, reason = "the command line does not reach it yet")]
mod bound;
mod crowd;
mod floor;
mod frame;
mod handshake;
mod latency;
mod ledger;
mod oracle;
#[allow(dead_code, reason = "read by what is not reached yet")]
mod plan;
mod poller;
#[allow(dead_code, reason = "the command line does not reach it yet")]
mod progress;
#[allow(dead_code, reason = "the command line does not reach it yet")]
mod record;
#[allow(dead_code, reason = "the command line does not reach it yet")]
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
