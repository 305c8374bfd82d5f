//! The text of the example runs.

use super::of;
use crate::record::Run;
use crate::record::example;

fn plain(run: &Run) -> String {
    anstream::adapter::strip_str(&of(run)).to_string()
}

#[test]
fn the_first_line_of_a_good_run_says_held_and_on_what_that_rests() {
    let text = plain(&example::held());
    let first = text.lines().next().expect("a line");
    assert_eq!(
        first,
        "PROMISES HELD  91,497 acknowledged, 9,149,700 delivered, 91,497 read back from the log"
    );
    for figure in [
        "connections     10,000 of 10,000 clients, 10,000 joined, in 100 rooms",
        "deliveries      99,997 a second",
        "p99 12.5 ms",
        "memory          1.50 KiB per connection; the server has 46.0 MiB",
        "processor       8.25 µs per delivery; the generator 3.40 µs",
    ] {
        assert!(text.contains(figure), "{figure} in\n{text}");
    }
}

#[test]
fn a_broken_run_names_its_seed_and_never_says_held() {
    let mut run = example::broken();
    for again in ["throng-loadtest storm", "throng-loadtest storm --seed 4711"] {
        run.again = again.to_owned();
        let text = plain(&run);
        assert!(text.starts_with("PROMISES BROKEN  23 times, in 91,497 acknowledged"), "{text}");
        assert!(text.ends_with("throng-loadtest storm --seed 4711\n"), "{text}");
        assert!(!text.to_lowercase().contains("held"), "{text}");
        assert_eq!(text.matches("skipped: client").count(), 20);
        assert!(text.contains("and 3 more"), "{text}");
    }
}

#[test]
fn a_failed_bound_is_told_beside_the_verdict_and_colours_it() {
    let mut run = example::held();
    assert!(run.good());
    assert!(of(&run).starts_with("\u{1b}[1m\u{1b}[32mPROMISES HELD"), "green: {:?}", of(&run));
    run.bounds[0].kept = false;
    assert!(!run.good());
    assert!(of(&run).starts_with("\u{1b}[1m\u{1b}[31mPROMISES HELD, A BOUND"), "{:?}", of(&run));
    let text = plain(&run);
    assert!(text.starts_with("PROMISES HELD, A BOUND FAILED  91,497 acknowledged"), "{text}");
    assert_eq!(text.lines().nth(1), Some("BOUND FAILED  p99>50ms: p99 was 12.5 ms"), "{text}");
    assert!(text.contains("FAILED  p99>50ms   p99 was 12.5 ms"), "{text}");
    run.bounds.push(run.bounds[0].clone());
    assert!(plain(&run).starts_with("PROMISES HELD, 2 BOUNDS FAILED  "), "{text}");
}

#[test]
fn what_was_not_checked_never_says_held_and_why_stands_first() {
    let run = example::unchecked();
    let text = plain(&run);
    let lines: Vec<&str> = text.lines().take(4).collect();
    assert!(lines[0].starts_with("PROMISES NOT CHECKED  91,497 acknowledged"), "{text}");
    assert_eq!(lines[1], "  3 sends had no answer; the longest waited 12.3 s");
    assert!(lines[2].starts_with("  61 acknowledged messages could not be read back"), "{text}");
    assert!(lines[3].starts_with("CUT SHORT  after 45.0 s of 90.0 s: the server ended"), "{text}");
    assert!(!run.good() && !text.to_lowercase().contains("held"), "{text}");
    assert!(text.contains("; 3 sends had no answer\n"), "beside the percentiles: {text}");
    assert!(!text.contains("what was broken"), "{text}");
}

#[test]
fn the_latency_is_judged_in_a_sentence() {
    let text = plain(&example::held());
    let second = text.lines().nth(1).expect("a line");
    let words = "99 of 100 deliveries took at most 12.5 ms; up to 100 ms feels instant";
    assert_eq!(second, format!("LATENCY GOOD  {words}"));
}

#[test]
fn one_is_told_as_one() {
    let mut run = example::broken();
    (run.plan.clients, run.plan.rooms, run.machine.processors) = (1, 1, 1);
    run.verdict.broken = 1;
    run.verdict.examples.truncate(1);
    let text = plain(&run);
    assert!(text.starts_with("PROMISES BROKEN  once, in 91,497 acknowledged"), "{text}");
    assert!(text.contains("of 1 client, 10,000 joined, in 1 room\n"), "{text}");
    assert!(text.contains("1 processor (An Example Processor)"), "{text}");
}

#[test]
fn what_was_not_measured_is_not_told_as_zero() {
    let mut run = example::held();
    run.total.server = None;
    run.total.server_micros = None;
    run.total.bytes_per_client = None;
    run.total.latency = crate::latency_histogram::Percentiles::default();
    let text = plain(&run);
    for words in [
        "memory          not measured",
        "of the server not measured",
        "latency         not measured",
    ] {
        assert!(text.contains(words), "{words} in\n{text}");
    }
}

#[test]
fn a_foreign_string_steers_no_terminal() {
    let mut run = example::broken();
    run.plan.name = "\u{1b}]0;title\u{7}".to_owned();
    run.warnings = vec!["\u{1b}[2J\nPROMISES HELD".to_owned()];
    run.total.counts.insert("error \u{1b}[31m".to_owned(), 1);
    let text = plain(&run);
    assert!(!of(&run).contains("\u{1b}]0") && !of(&run).contains("\u{1b}[2J"));
    assert!(!text.lines().any(|line| line.starts_with("PROMISES HELD")), "{text}");
}
