//! throng-loadtest: simulated clients that measure a server, and check every promise meanwhile.
//!
//! A plan (`plan`) says what to do; the conductor (`run`) does it to a server (`subject`) by a crowd
//! (`crowd`), and shows all that the crowd sees to the oracle (`oracle`). What came of it is a
//! record (`record`), which becomes a report (`report`).

#[macro_use]
mod stdout;

mod arguments;
mod plan;
mod run;
mod subject;
mod usage;
mod versus;

mod crowd;
mod frame;
mod handshake;
mod latency;
mod ledger;
mod oracle;
mod poller;

mod bound;
mod progress;
mod record;
mod report;

#[path = "../floor/floor.rs"]
mod floor;

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Result, bail};
use clap::Parser;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::arguments::{Action, Arguments, Common, PlanFile};
use crate::floor::{Flaw, Manner};
use crate::plan::Scenario;
use crate::run::Prelude;

/// The run could not be made; 1 means that a promise was broken, 0 that all held.
const COULD_NOT_RUN: u8 = 2;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    raise_nofile();
    match act(arguments.action.unwrap_or(Action::Steady(arguments.common))) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("the run could not be made: {error:#}");
            ExitCode::from(COULD_NOT_RUN)
        }
    }
}

/// Whether all was well.
fn act(action: Action) -> Result<bool> {
    match action {
        Action::Steady(common) => scenario(Scenario::Steady, &common),
        Action::Ramp(of) => {
            let (factor, step_seconds, p99_ms) = (of.factor, of.step_seconds, of.p99_ms);
            scenario(Scenario::Ramp { factor, step_seconds, p99_ms }, &of.common)
        }
        Action::TownHall(common) => scenario(Scenario::TownHall, &common),
        Action::Storm(of) => scenario(Scenario::Storm { times: of.times }, &of.common),
        Action::Churn(of) => scenario(Scenario::Churn { per_second: of.per_second }, &of.common),
        Action::SlowReaders(of) => {
            let half = of.common.seconds.map_or(f64::INFINITY, |seconds| seconds / 2.0);
            let (share, pause_seconds) = (of.share, of.pause_seconds.unwrap_or(half.min(25.0)));
            scenario(Scenario::SlowReaders { share, pause_seconds }, &of.common)
        }
        Action::Restart(of) => scenario(Scenario::Restart { times: of.times }, &of.common),
        Action::Crash(of) => scenario(Scenario::Crash { times: of.times }, &of.common),
        Action::Soak(common) => scenario(Scenario::Soak, &common),
        Action::Saturate(of) => {
            scenario(Scenario::Saturate { outstanding: of.outstanding }, &of.common)
        }
        Action::Idle(of) => {
            let settle = Duration::from_secs(of.settle_seconds);
            let plan = Scenario::Idle.plan(of.common.rate, of.common.seconds);
            run::run(plan, &of.common, Some(Prelude { warm_up: of.warm_up, settle }))
        }
        Action::Plan(of) => plan_file(&of),
        Action::VersusFloor(of) => versus::run(&of),
        Action::Compare(of) => {
            say!("{}", report::compare(&of.before, &of.after)?);
            Ok(true)
        }
        Action::Report(of) => {
            let html = of.html.unwrap_or_else(|| of.result.with_extension("html"));
            report::write(&report::read(&of.result)?, None, Some(&html))?;
            say!("{}", html.display());
            Ok(true)
        }
        Action::Floor(of) => {
            let flaw = of.fault.map(|fault| Flaw { fault, every: of.fault_every, count: 0 });
            let manner = Manner { joined: of.joined, log: of.log, flaw };
            floor::serve(of.listen, manner).map(|()| true)
        }
        Action::Exec(of) => {
            subject::exec(of.parent, &of.program, &of.arguments).map(|never| match never {})
        }
    }
}

fn scenario(scenario: Scenario, common: &Common) -> Result<bool> {
    run::run(scenario.plan(common.rate, common.seconds), common, None)
}

fn plan_file(of: &PlanFile) -> Result<bool> {
    if of.common.rate.is_some() || of.common.seconds.is_some() {
        bail!("--rate and --seconds are said by the phases of {}", of.file.display());
    }
    run::run(plan::read(Path::new(&of.file))?, &of.common, None)
}

/// One descriptor per client. What is not granted is told before the run.
fn raise_nofile() {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let _ = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
}
