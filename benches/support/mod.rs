//! What each bench ends with: its figures as ratios to a floor that was measured in the same run.
//! criterion writes what it measured into files, so the ratios come from those.

use std::path::PathBuf;

use criterion::Criterion;

/// Measures, and prints a table: each function of a group beside the one that is called `floor`.
pub fn run(benches: &[fn(&mut Criterion)], groups: &[&str]) {
    let mut criterion = Criterion::default().configure_from_args();
    for bench in benches {
        bench(&mut criterion);
    }
    criterion.final_summary();
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    println!("{:<12} {:<28} {:>12} {:>12}", "group", "", "median", "to the floor");
    for group in groups {
        let all = medians(group);
        let floor = all.iter().find(|(name, _)| name == "floor").map(|(_, nanos)| *nanos);
        for (name, nanos) in &all {
            let ratio = floor.map_or_else(String::new, |floor| format!("{:.2}", nanos / floor));
            println!("{group:<12} {name:<28} {:>9.2} µs {ratio:>12}", nanos / 1_000.0);
        }
    }
}

/// The functions of a group with what one round took, in nanoseconds.
fn medians(group: &str) -> Vec<(String, f64)> {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
    let Ok(functions) = target.join("criterion").join(group).read_dir() else { return Vec::new() };
    let mut all: Vec<(String, f64)> = functions
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let text = std::fs::read(entry.path().join("new/estimates.json")).ok()?;
            let estimates: serde_json::Value = serde_json::from_slice(&text).ok()?;
            let nanos = estimates["median"]["point_estimate"].as_f64()?;
            Some((entry.file_name().into_string().ok()?, nanos))
        })
        .collect();
    all.sort_by(|one, other| one.1.total_cmp(&other.1));
    all
}
