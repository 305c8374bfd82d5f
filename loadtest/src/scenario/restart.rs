//! `restart`: the server is ended under load and started again on the same port and data; its
//! clients come back, send again what was not answered, and nothing acknowledged is lost.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rustix::process::Signal;
use serde::Serialize;

use super::bench::{Bench, Schedule, recipe, shape};
use crate::arguments::Restart;
use crate::crowd::{Crowd, Tally};
use crate::latency::Percentiles;
use crate::oracle::Verdict;
use crate::scenario::figures::{ArrivalReport, write_json};

/// How often the server's process is looked at while the crowd goes on.
const LOOK: Duration = Duration::from_millis(10);

#[derive(Serialize)]
struct Report {
    arrival: ArrivalReport,
    /// From the signal to the end of the process.
    drain_seconds: f64,
    /// Its exit status, in words.
    status: String,
    /// From the start of the process to its address.
    start_seconds: f64,
    /// From that address until the last client was joined again.
    return_seconds: f64,
    /// From due to acknowledged, the outage included.
    commit: Percentiles,
    tally: Tally,
    verdict: Verdict,
}

pub(super) fn run(arguments: &Restart) -> Result<bool> {
    let Restart { common, rooms, rate, seconds, kill } = arguments;
    let span = Duration::try_from_secs_f64(*seconds)?;
    let time = span * 2 + Duration::from_secs(60);
    let recipe = recipe(common, common.target)?;
    let server = recipe.start()?;
    let port = server.address()?.port();
    let crowd = Crowd::new(shape(common, &server, *rooms, time)?)?;
    let mut bench = Bench::new(common, server, crowd, &recipe);
    let (signal, name) = if *kill { (Signal::KILL, "SIGKILL") } else { (Signal::TERM, "SIGTERM") };
    println!(
        "{:?}: {} clients in {rooms} rooms, {rate} messages a second, {name} in the middle",
        common.target, common.clients
    );
    let arrival = bench.arrive(common.underway)?;
    println!("{arrival}");
    bench.crowd.start_phase();
    let mut schedule = Schedule::new(*rate);
    turn_for(&mut bench.crowd, &mut schedule, span)?;

    let began = Instant::now();
    bench.server.signal(signal)?;
    bench.crowd.underway_max(common.clients);
    let status = loop {
        turn_for(&mut bench.crowd, &mut schedule, LOOK)?;
        if let Some(status) = bench.server.ended()? {
            break status;
        }
    };
    let (drained, started) = (began.elapsed(), Instant::now());
    bench.server = recipe.spawn(port)?;
    while bench.server.poll_address()?.is_none() {
        turn_for(&mut bench.crowd, &mut schedule, LOOK)?;
    }
    let (start, listening) = (started.elapsed(), Instant::now());
    while bench.crowd.live() < bench.crowd.size() {
        turn_for(&mut bench.crowd, &mut schedule, LOOK)?;
    }
    let returned = listening.elapsed();
    println!(
        "  ended after {:.2} s ({status}), up again {:.2} s later, everybody back {:.2} s after that",
        drained.as_secs_f64(),
        start.as_secs_f64(),
        returned.as_secs_f64()
    );
    turn_for(&mut bench.crowd, &mut schedule, span)?;
    bench.settle()?;
    let (commit, tally) = (bench.crowd.commit.percentiles(), bench.crowd.tally.clone());
    println!("  acknowledged after  {commit}\n  {tally}");
    let verdict = bench.end().context("after the restart")?;
    println!("{verdict}");
    let held = verdict.held();
    let report = Report {
        arrival,
        drain_seconds: drained.as_secs_f64(),
        status: status.to_string(),
        start_seconds: start.as_secs_f64(),
        return_seconds: returned.as_secs_f64(),
        commit,
        tally,
        verdict,
    };
    write_json(common.json.as_deref(), &report)?;
    Ok(held)
}

fn turn_for(crowd: &mut Crowd, schedule: &mut Schedule, span: Duration) -> Result<()> {
    let end = Instant::now() + span;
    while Instant::now() < end {
        schedule.turn(crowd, end)?;
    }
    Ok(())
}
