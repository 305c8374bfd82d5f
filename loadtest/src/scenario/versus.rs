//! `versus-floor`: throng and the floors in alternation, under the same loads, in one run.
//!
//! Machines differ, and this one differs from minute to minute; a ratio of two figures that were
//! taken side by side is what can be compared.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;
use serde::Serialize;

use super::bench::Bench;
use crate::arguments::VersusFloor;
use crate::oracle::Verdict;
use crate::scenario::figures::{ArrivalReport, LoadReport, write_json};
use crate::server::Target;

/// Load before the first measurement of each server: buffers and caches fill.
const WARM_UP_SECONDS: f64 = 2.0;

#[derive(Serialize)]
struct Report {
    arrivals: Vec<(Target, ArrivalReport)>,
    loads: Vec<Measured>,
    /// Processor time per delivery in microseconds: the median of the rounds.
    medians: Vec<Line>,
    verdicts: Vec<(Target, Verdict)>,
}

#[derive(Serialize)]
struct Measured {
    target: Target,
    load: String,
    report: LoadReport,
}

#[derive(Serialize)]
struct Line {
    load: String,
    server_cpu_micros: BTreeMap<Target, f64>,
    p99_millis: BTreeMap<Target, f64>,
    /// To the floor with one `send` per delivery.
    ratio_to_floor: Option<f64>,
}

pub(super) fn run(arguments: &VersusFloor) -> Result<bool> {
    let VersusFloor { common, rounds, floors_only, .. } = arguments;
    let mut report = Report { arrivals: vec![], loads: vec![], medians: vec![], verdicts: vec![] };
    let mut targets = vec![Target::Floor, Target::FloorJoined, Target::Throng];
    targets.truncate(if *floors_only { 2 } else { 3 });
    for round in 1..=*rounds {
        for target in &targets {
            println!("round {round}, {target:?}");
            rooms(arguments, *target, &mut report)?;
            if arguments.town_hall_rate > 0.0 {
                town_hall(arguments, *target, &mut report)?;
            }
        }
    }
    report.medians = medians(&report.loads);
    println!("\nmedians of {rounds} rounds");
    for line in &report.medians {
        println!("  {}", in_words(line));
    }
    for target in &targets {
        let costs = report.arrivals.iter().filter(|(of, _)| of == target);
        let cost = median(costs.map(|(_, arrival)| arrival.server_cpu_micros).collect());
        println!("  a connection, joined: {target:?} {:.1} µs", cost.unwrap_or(0.0));
    }
    let held = report.verdicts.iter().all(|(_, verdict)| verdict.held());
    write_json(common.json.as_deref(), &report)?;
    Ok(held)
}

fn rooms(arguments: &VersusFloor, target: Target, report: &mut Report) -> Result<()> {
    let loads: Vec<f64> = arguments.rate.clone();
    measure(arguments, target, arguments.rooms, &loads, report)
}

fn town_hall(arguments: &VersusFloor, target: Target, report: &mut Report) -> Result<()> {
    measure(arguments, target, 1, &[arguments.town_hall_rate], report)
}

fn measure(
    arguments: &VersusFloor,
    target: Target,
    rooms: u32,
    rates: &[f64],
    report: &mut Report,
) -> Result<()> {
    let VersusFloor { common, seconds, .. } = arguments;
    let loads = u32::try_from(rates.len()).unwrap_or(1);
    let time = Duration::try_from_secs_f64(seconds + WARM_UP_SECONDS)? * loads;
    let mut bench = Bench::start(common, target, rooms, time)?;
    let arrival = bench.arrive(common.underway)?;
    println!("{arrival}");
    report.arrivals.push((target, arrival));
    for rate in rates {
        bench.load(*rate, WARM_UP_SECONDS)?;
        let measured = bench.load(*rate, *seconds)?;
        let load = format!("{rooms} rooms, {rate} messages a second");
        println!("  {load}\n{measured}");
        report.loads.push(Measured { target, load, report: measured });
    }
    let verdict = bench.end()?;
    println!("  {verdict}");
    report.verdicts.push((target, verdict));
    Ok(())
}

fn medians(loads: &[Measured]) -> Vec<Line> {
    let mut groups: BTreeMap<&str, BTreeMap<Target, Vec<&LoadReport>>> = BTreeMap::new();
    for measured in loads {
        let group = groups.entry(&measured.load).or_default();
        group.entry(measured.target).or_default().push(&measured.report);
    }
    let of = |group: &BTreeMap<Target, Vec<&LoadReport>>, figure: fn(&LoadReport) -> f64| {
        group
            .iter()
            .filter_map(|(target, reports)| {
                Some((*target, median(reports.iter().map(|report| figure(report)).collect())?))
            })
            .collect::<BTreeMap<_, _>>()
    };
    groups
        .into_iter()
        .map(|(load, group)| {
            let cpu = of(&group, |report| report.server_cpu_micros);
            let ratio = cpu.get(&Target::Throng).zip(cpu.get(&Target::Floor));
            Line {
                load: load.to_owned(),
                ratio_to_floor: ratio.map(|(throng, floor)| throng / floor),
                server_cpu_micros: cpu,
                p99_millis: of(&group, |report| report.latency.p99),
            }
        })
        .collect()
}

fn in_words(line: &Line) -> String {
    let mut words = format!("{}:", line.load);
    for (target, micros) in &line.server_cpu_micros {
        let p99 = line.p99_millis.get(target).unwrap_or(&0.0);
        words += &format!(" {target:?} {micros:.2} µs a delivery (p99 {p99:.1} ms);");
    }
    if let Some(ratio) = line.ratio_to_floor {
        words += &format!(" throng costs {ratio:.2} times the floor");
    }
    words
}

fn median(mut figures: Vec<f64>) -> Option<f64> {
    figures.sort_by(f64::total_cmp);
    let middle = figures.len() / 2;
    let upper = *figures.get(middle)?;
    if figures.len() % 2 == 1 {
        Some(upper)
    } else {
        Some(f64::midpoint(figures[middle - 1], upper))
    }
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(median(vec![]), None);
    }
}
