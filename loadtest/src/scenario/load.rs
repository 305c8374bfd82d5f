//! `steady` and `town-hall`: a load at an even rate, in many rooms or in one.

use std::time::Duration;

use anyhow::Result;
use serde::Serialize;

use super::bench::Bench;
use crate::arguments::{Common, Span};
use crate::oracle::Verdict;
use crate::scenario::figures::{ArrivalReport, LoadReport, write_json};

#[derive(Serialize)]
struct Report {
    arrival: ArrivalReport,
    load: LoadReport,
    verdict: Verdict,
}

pub(super) fn run(common: &Common, rooms: u32, rate: f64, span: Span) -> Result<bool> {
    let time = Duration::try_from_secs_f64(span.seconds + span.warm_up_seconds)?;
    let mut bench = Bench::start(common, common.target, rooms, time)?;
    println!(
        "{:?}: {} clients in {rooms} rooms, {rate} messages a second of {} bytes, {} s",
        common.target, common.clients, common.text_bytes, span.seconds
    );
    let arrival = bench.arrive(common.underway)?;
    println!("{arrival}");
    if span.warm_up_seconds > 0.0 {
        bench.load(rate, span.warm_up_seconds)?;
    }
    let load = bench.load(rate, span.seconds)?;
    println!("{load}");
    let verdict = bench.end()?;
    println!("{verdict}");
    let held = verdict.held();
    write_json(common.json.as_deref(), &Report { arrival, load, verdict })?;
    Ok(held)
}
