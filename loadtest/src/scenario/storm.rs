//! `storm`: everybody drops at once and returns at once, while messages go on being due.

use std::time::{Duration, Instant};

use anyhow::Result;
use serde::Serialize;

use super::bench::{Bench, Schedule};
use crate::arguments::Storm;
use crate::crowd::Tally;
use crate::latency::Percentiles;
use crate::oracle::Verdict;
use crate::scenario::figures::{ArrivalReport, overflowed, write_json};
use crate::usage;

/// Load before the first storm and after each, so that cursors differ and there is something to
/// catch up with.
const CALM: Duration = Duration::from_secs(2);

#[derive(Serialize)]
struct Report {
    arrival: ArrivalReport,
    storms: Vec<Round>,
    verdict: Verdict,
}

#[derive(Serialize)]
struct Round {
    /// How long closing all sockets took the generator.
    drop_seconds: f64,
    /// From the first `connect` until the last client was joined again.
    return_seconds: f64,
    /// The same from the first close.
    whole_seconds: f64,
    /// From its own `connect` to its join, per client.
    join: Percentiles,
    /// The server's processor time for it, in seconds.
    server_cpu_seconds: f64,
    /// Connections that found the listen queue full.
    overflows: u64,
    tally: Tally,
}

pub(super) fn run(arguments: &Storm) -> Result<bool> {
    let Storm { common, rooms, rate, rounds } = arguments;
    let time = CALM * (rounds * 2 + 1) + Duration::from_secs(10) * *rounds;
    let mut bench = Bench::start(common, common.target, *rooms, time)?;
    println!(
        "{:?}: {} clients in {rooms} rooms drop and return at once, {rate} messages a second",
        common.target, common.clients
    );
    let arrival = bench.arrive(common.underway)?;
    println!("{arrival}");
    let mut schedule = Schedule::new(*rate);
    calm(&mut bench, &mut schedule)?;
    let mut storms = Vec::new();
    for _ in 0..*rounds {
        let round = storm(&mut bench, &mut schedule)?;
        calm(&mut bench, &mut schedule)?;
        println!(
            "  dropped in {:.2} s, all joined again {:.2} s after the first came ({:.2} s after \
             the first drop); each: {}; server {:.2} s of processor time{}",
            round.drop_seconds,
            round.return_seconds,
            round.whole_seconds,
            round.join,
            round.server_cpu_seconds,
            overflowed(round.overflows)
        );
        println!("  {}", round.tally);
        storms.push(round);
    }
    let settled = bench.settle()?;
    if !settled {
        println!("  NOT everybody had everything in time");
    }
    let verdict = bench.end()?;
    println!("{verdict}");
    let held = verdict.held();
    write_json(common.json.as_deref(), &Report { arrival, storms, verdict })?;
    Ok(held)
}

fn calm(bench: &mut Bench, schedule: &mut Schedule) -> Result<()> {
    let end = Instant::now() + CALM;
    while Instant::now() < end {
        schedule.turn(&mut bench.crowd, end)?;
    }
    Ok(())
}

fn storm(bench: &mut Bench, schedule: &mut Schedule) -> Result<Round> {
    bench.crowd.start_phase();
    let (cpu, began) = (bench.server.cpu()?, Instant::now());
    let overflows = usage::listen_overflows()?;
    bench.crowd.vanish();
    let dropped = Instant::now();
    let size = bench.crowd.size();
    bench.crowd.come(size);
    while bench.crowd.live() < size {
        schedule.turn(&mut bench.crowd, Instant::now() + CALM)?;
    }
    let returned = Instant::now();
    Ok(Round {
        drop_seconds: (dropped - began).as_secs_f64(),
        return_seconds: (returned - dropped).as_secs_f64(),
        whole_seconds: (returned - began).as_secs_f64(),
        join: bench.crowd.joins.percentiles(),
        server_cpu_seconds: (bench.server.cpu()? - cpu).as_secs_f64(),
        overflows: usage::listen_overflows()? - overflows,
        tally: bench.crowd.tally.clone(),
    })
}
