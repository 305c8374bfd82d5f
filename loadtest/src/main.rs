//! throng-loadtest: simulated clients that measure a server and check every promise while they do.
//!
//! A plan (`plan`) says what to do. The runner (`run`) does it to a server (`subject`) with a crowd
//! (`crowd`), and the oracle (`oracle`) sees everything that the crowd sees. The result is a record
//! (`record`), which becomes a report (`report`).

#[macro_use]
mod stdout;

mod arguments;
mod exit;
mod plan;
mod run;
mod side_by_side;
mod subject;
mod target;
mod usage;
mod versus;

mod background;
mod crowd;
mod flood;
mod frame;
mod handshake;
mod latency_histogram;
mod logins;
mod lone_connection;
mod oracle;
mod paired_rounds;
mod poller;
mod sends;

mod units;

mod bound;
mod judgement;
mod progress;
mod record;
mod report;

mod floor;

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Result, bail};
use clap::Parser;

use crate::arguments::{Action, Arguments, Common, Heartbeat, PlanFile};
use crate::exit::Exit;
use crate::floor::{Flaw, Manner};
use crate::plan::{Plan, Scenario};
use crate::report::Outputs;
use crate::run::Prelude;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // One descriptor per client. If the limit stays too low, an error before the run says so.
    let _ = rlimit::increase_nofile_limit(rlimit::INFINITY);
    let exit = act(arguments.action.unwrap_or(Action::Steady(arguments.common)));
    exit.unwrap_or_else(|error| {
        let _ = writeln!(std::io::stderr(), "throng-loadtest: {error:#}");
        Exit::CouldNotRun
    })
    .into()
}

fn act(action: Action) -> Result<Exit> {
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
        Action::Flood(of) => side_by_side::flood(&of),
        Action::Logins(of) => side_by_side::logins(&of),
        Action::Restart(of) => scenario(Scenario::Restart { times: of.times }, &of.common),
        Action::Crash(of) => scenario(Scenario::Crash { times: of.times }, &of.common),
        Action::Soak(common) => scenario(Scenario::Soak, &common),
        Action::Saturate(of) => {
            scenario(Scenario::Saturate { outstanding: of.outstanding }, &of.common)
        }
        Action::Idle(of) => {
            let settle = Duration::from_secs(of.settle_seconds);
            let prelude = Prelude { warm_up: of.warm_up, settle, is_measured: true };
            if of.heartbeat == Heartbeat::Both {
                return side_by_side::heartbeats(&of, prelude);
            }
            let plan = Scenario::Idle.plan(of.common.rate, of.common.seconds);
            let plan = Plan { silent: of.heartbeat == Heartbeat::Pong, ..plan };
            run::run(plan, &of.common, Some(prelude))
        }
        Action::Plan(of) => plan_file(&of),
        Action::VersusFloor(of) => versus::run(&of),
        Action::Compare(of) => {
            let (before, after) = (report::read(&of.before)?, report::read(&of.after)?);
            let checks = report::compare::checks(&before, &after, &of.fail_if);
            say!("{}", report::compare(&before, &after, &checks));
            Ok(Exit::of(checks.iter().all(|check| check.kept)))
        }
        Action::Report(of) => {
            let html = of.html.unwrap_or_else(|| of.result.with_extension("html"));
            let run = report::read(&of.result)?;
            Outputs::open(None, Some(&html))?.write(&run)?;
            say!("{}", html.display());
            Ok(Exit::Success)
        }
        Action::Floor(of) => {
            let flaw = of.fault.map(|fault| Flaw { fault, every: of.fault_every, count: 0 });
            let quirk = of.quirk.map(|quirk| (quirk, of.quirk_every));
            let manner = Manner { joined: of.joined, log: of.log, flaw, quirk };
            floor::serve(of.listen, manner).map(|()| Exit::Success)
        }
        Action::Exec(of) => {
            subject::exec(of.parent, &of.program, &of.arguments).map(|never| match never {})
        }
    }
}

fn scenario(scenario: Scenario, common: &Common) -> Result<Exit> {
    run::run(scenario.plan(common.rate, common.seconds), common, None)
}

fn plan_file(of: &PlanFile) -> Result<Exit> {
    if of.common.rate.is_some() || of.common.seconds.is_some() {
        bail!("--rate and --seconds are said by the phases of {}", of.file.display());
    }
    run::run(plan::read(Path::new(&of.file))?, &of.common, None)
}
