//! Bounds, valid and invalid, against the example run.

use super::*;
use crate::latency_histogram::Percentiles;
use crate::record::example;

fn bound(text: &str) -> Bound {
    text.parse().expect("a bound")
}

fn refused(text: &str) -> String {
    text.parse::<Bound>().expect_err("no bound").to_string()
}

#[test]
fn a_bound_says_what_must_not_be() {
    // The example's p99 is 12.5 ms.
    let run = example::held();
    assert_eq!(run.total.latency.p99, 12.5);
    for (text, kept) in [
        ("p99>50ms", true),
        ("p99 > 12ms", false),
        ("p99>12.5ms", true),
        ("p99>=12.5ms", false),
        ("p99<12.5ms", true),
        ("p99<=12.5ms", false),
        ("p99>0.0125s", true),
        ("p99>12499us", false),
        ("p99>12499µs", false),
    ] {
        assert_eq!(bound(text).check(&run).kept, kept, "{text}");
    }
    let check = bound("p99>12499us").check(&run);
    assert!((check.measured.expect("measured") - 12_500.0).abs() < 1e-6, "in the bound's unit");
    assert_eq!(check.words, "p99 was 12.5 ms");
    assert_eq!(check.bound, "p99>12499us");
}

#[test]
fn every_figure_reads_its_own_field() {
    let run = example::held();
    for figure in FIGURES {
        let unit = match figure.unit {
            Unit::Time => "ms",
            Unit::Work => "us",
            Unit::Bytes => "bytes",
            Unit::PerSecond => "/s",
            Unit::Share => "ms/s",
            Unit::Count | Unit::Processors => "",
        };
        let check = bound(&format!("{}>1000000000000{unit}", figure.name)).check(&run);
        assert!(check.measured.is_some(), "{} is in the example", figure.name);
        assert!(check.kept, "{}", figure.name);
    }
    for (text, measured) in [
        ("commit.p99>0ms", run.total.commit.p99),
        ("join.max>0ms", run.total.join.max),
        ("memory-per-client>0KiB", 1.5),
        ("cpu-per-delivery>0µs", 8.25),
        ("errors>=0", 7.0),
        ("closed>=0", 10_000.0),
        ("refused>=0", 5.0),
        ("unanswered>=0", 0.0),
        ("storm:return_seconds>0s", 4.2),
    ] {
        assert_eq!(bound(text).check(&run).measured, Some(measured), "{text}");
    }
}

#[test]
fn a_phase_is_judged_by_itself_and_the_worst_of_one_name_counts() {
    let mut run = example::held();
    let (calm, storm) = ("steady:p99>100ms", "storm:p99>100ms");
    assert!(bound(calm).check(&run).kept);
    assert!(!bound(storm).check(&run).kept, "the example's storm has a p99 of 1,800 ms");
    let mut again = run.phases[0].clone();
    again.figures.latency.p99 = 101.0;
    assert_eq!(again.name, "steady");
    run.phases.push(again);
    assert!(!bound(calm).check(&run).kept);
}

#[test]
fn a_figure_that_was_not_measured_is_not_green() {
    let mut run = example::held();
    run.total.server_micros = None;
    run.total.latency = Percentiles::default();
    for text in ["cpu-per-delivery>1000µs", "p99>50ms", "dusk:p99>50ms", "steady:return_seconds>1s"]
    {
        let check = bound(text).check(&run);
        assert!(!check.kept, "{text}");
        assert_eq!(check.measured, None);
        assert!(check.words.contains("was not measured"), "{}", check.words);
    }
}

#[test]
fn a_bound_on_a_percentile_of_too_few_says_so() {
    let mut run = example::held();
    assert!(!bound("p99>50ms").check(&run).words.contains("too few"));
    run.total.latency.count = 999;
    assert_eq!(bound("p99>50ms").check(&run).words, "p99 was 12.5 ms, of too few to say much");
    assert_eq!(bound("p90>50ms").check(&run).words, "p90 was 4.17 ms");
    assert!(!bound("commit.p99>50ms").check(&run).words.contains("too few"), "of other values");
}

#[test]
fn what_had_no_answer_can_be_bounded() {
    let check = bound("unanswered>0").check(&example::unchecked());
    assert_eq!((check.measured, check.kept), (Some(3.0), false));
}

#[test]
fn a_run_of_warm_ups_alone_has_measured_nothing() {
    let mut run = example::held();
    run.total = crate::record::Figures { join: run.total.join, ..Default::default() };
    for text in ["errors>0", "refused>0", "deliveries<0", "unanswered>0", "other-processors>1"] {
        let check = bound(text).check(&run);
        assert!(!check.kept && check.measured.is_none(), "{text}: {check:?}");
    }
    assert!(bound("join.p99>10s").check(&run).kept, "everybody joined");
}

#[test]
fn a_phase_that_the_plan_has_not_is_told_before_the_run() {
    let plan = example::held().plan;
    bound("p99>50ms").fits(&plan, true).expect("the whole run is always there");
    bound("arrival:join_seconds>9s").fits(&plan, true).expect("everybody arrives");
    bound("storm:p99>50ms").fits(&plan, true).expect("it has a storm");
    let error = bound("strom:p99>50ms").fits(&plan, true).expect_err("none").to_string();
    assert!(error.contains("(is storm meant?)") && error.contains("steady, storm"), "{error}");
}

#[test]
fn what_cannot_be_measured_is_told_before_the_run() {
    let plan = example::held().plan;
    let error = |text: &str| bound(text).fits(&plan, false).expect_err("unseen").to_string();
    for text in ["memory-per-client>2KiB", "server-memory>1MiB", "steady:cpu-per-delivery>9us"] {
        assert!(error(text).contains("--metrics-url"), "{}", error(text));
        bound(text).fits(&plan, true).expect("it can be seen");
    }
    for text in ["drain_seconds>1s", "capacity_per_second<9", "steady:return_seconds>1s"] {
        assert!(error(text).contains("nothing in the plan does that"), "{}", error(text));
    }
    assert!(error("storm:join_seconds>9s").contains("nothing in the plan"), "only the arrival");
    bound("return_seconds>9s").fits(&plan, false).expect("it has a storm");
    bound("generator-cpu-per-delivery>9us").fits(&plan, false).expect("our own");
}

#[test]
fn a_wrong_bound_is_told_what_there_is() {
    assert!(refused("p99").contains("> >= < <="));
    assert!(refused("p99=50ms").contains("no comparison"));
    let error = refused("p9>50ms");
    assert!(error.contains("is p9") && error.contains("commit.p99 "), "{error}");
    assert!(refused("deliveries/sec<100").contains("(is deliveries/s meant?)"));
    assert!(!refused("zzz>1").contains("meant"), "nothing is like it");
    assert!(refused("lost>0").contains("breaks a promise"));
    for text in ["p99>50", "p99>ms", "p99>-5ms", "p99>1.2.3ms", "p99>50MiB", "p99>inf", "p99>5 0ms"]
    {
        assert!(refused(text).contains("like 50ms"), "{text}: {}", refused(text));
    }
    assert!(refused("memory-per-client>2KB").contains("KiB"));
    assert!(refused("errors>3s").contains("without a unit"));
}
