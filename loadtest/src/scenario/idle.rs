//! `idle`: what a connection costs that is joined and says nothing.

use std::time::{Duration, Instant};

use anyhow::Result;
use serde::Serialize;

use super::bench::{Bench, SPARE, shape};
use crate::arguments::Idle;
use crate::crowd::{Crowd, Shape};
use crate::oracle::Verdict;
use crate::report::{ArrivalReport, mebibytes, write_json};
use crate::usage::Memory;

#[derive(Serialize)]
struct Report {
    /// Right after the start.
    fresh: Memory,
    /// After some connections came and went.
    warm: Memory,
    /// With everybody there.
    full: Memory,
    /// Bytes of growth per connection, from `warm` and from `fresh`.
    resident_per_connection: (i64, i64),
    anonymous_per_connection: (i64, i64),
    /// The server's processor time while all were idle, in milliseconds a second.
    idle_cpu_millis_per_second: f64,
    arrival: ArrivalReport,
    verdict: Verdict,
}

pub(super) fn run(arguments: &Idle) -> Result<bool> {
    let Idle { common, rooms, warm_up, settle_seconds } = arguments;
    let settle = Duration::from_secs(*settle_seconds);
    let mut bench = Bench::start(common, common.target, *rooms, settle * 3)?;
    println!("{:?}: {} idle clients in {rooms} rooms", common.target, common.clients);
    std::thread::sleep(settle);
    let fresh = bench.server.memory()?;
    if *warm_up > 0 {
        let whole = shape(common, &bench.server, *rooms, settle * 3)?;
        come_and_go(Shape {
            clients: *warm_up,
            rooms: whole.rooms.min(*warm_up),
            nick: "warm".into(),
            ..whole
        })?;
        std::thread::sleep(settle);
    }
    let warm = bench.server.memory()?;
    let arrival = bench.arrive(common.underway)?;
    println!("{arrival}");
    let (cpu, began) = (bench.server.cpu()?, Instant::now());
    bench.crowd.turn_until(began + settle, |_| false)?;
    let cpu = (bench.server.cpu()? - cpu).as_secs_f64() * 1e3 / began.elapsed().as_secs_f64();
    let full = bench.server.memory()?;
    let verdict = bench.end()?;
    let per = |before: u64, after: u64| {
        (after.cast_signed() - before.cast_signed()) / i64::from(common.clients)
    };
    let report = Report {
        resident_per_connection: (
            per(warm.resident, full.resident),
            per(fresh.resident, full.resident),
        ),
        anonymous_per_connection: (
            per(warm.anonymous, full.anonymous),
            per(fresh.anonymous, full.anonymous),
        ),
        idle_cpu_millis_per_second: cpu,
        fresh,
        warm,
        full,
        arrival,
        verdict,
    };
    tell(&report);
    write_json(common.json.as_deref(), &report)?;
    Ok(report.verdict.held())
}

/// A small crowd joins and is gone again.
fn come_and_go(shape: Shape) -> Result<()> {
    let clients = shape.clients;
    let mut crowd = Crowd::new(shape)?;
    crowd.come(clients);
    crowd.turn_until(Instant::now() + SPARE, |crowd| crowd.live() == clients)?;
    crowd.vanish();
    Ok(())
}

fn tell(report: &Report) {
    println!(
        "  resident: {:.1} MiB fresh, {:.1} MiB warm, {:.1} MiB with everybody; idle at {:.1} ms \
         of processor time a second",
        mebibytes(report.fresh.resident),
        mebibytes(report.warm.resident),
        mebibytes(report.full.resident),
        report.idle_cpu_millis_per_second
    );
    let (warm, fresh) = report.resident_per_connection;
    let (warm_anonymous, fresh_anonymous) = report.anonymous_per_connection;
    println!(
        "  growth per connection: {warm} bytes since warm ({warm_anonymous} anonymous), {fresh} \
         since fresh ({fresh_anonymous} anonymous)"
    );
    println!("{}", report.verdict);
}
