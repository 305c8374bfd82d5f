//! The description of a result and the result itself name the same fields.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{html, text};
use crate::record::Run;
use crate::record::example;

/// The description that people read.
const RESULTS: &str = include_str!("../../docs/results.md");

/// Where each object is in the example, and the heading of its description.
const OBJECTS: [(&str, &str); 15] = [
    ("", "Run"),
    ("/cut_short", "Cut short"),
    ("/judgement", "Judgement"),
    ("/plan", "Plan"),
    ("/plan/phase/1", "Planned phase"),
    ("/machine", "Machine"),
    ("/subject", "Subject"),
    ("/phases/1", "Phase"),
    ("/total", "Figures"),
    ("/samples/0", "Sample"),
    ("/total/server", "Usage"),
    ("/total/latency", "Percentiles"),
    ("/verdict", "Verdict"),
    ("/verdict/examples/0", "Violation"),
    ("/bounds/0", "Bound check"),
];

/// The fields in the first column of the table under a heading.
fn described(heading: &str) -> BTreeSet<String> {
    // After the run, the file describes other results.
    let run = RESULTS.split("\n# ").next().unwrap_or_default();
    let section = run.split("\n## ").find(|part| part.lines().next() == Some(heading));
    let section = section.unwrap_or_else(|| panic!("results.md has no section {heading}"));
    let fields = section.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    fields.map(str::to_owned).collect()
}

#[test]
fn every_field_of_a_result_is_described_and_no_other() {
    let run = Run { cut_short: example::unchecked().cut_short, ..example::broken() };
    let run = serde_json::to_value(run).expect("a record");
    for (place, heading) in OBJECTS {
        let Some(Value::Object(object)) = run.pointer(place) else {
            panic!("the example has no object at {place:?}");
        };
        let written: BTreeSet<String> = object.keys().cloned().collect();
        assert_eq!(described(heading), written, "{heading} in docs/results.md");
    }
    assert_eq!(RESULTS.matches("\n## ").count(), OBJECTS.len());
}

#[test]
fn a_result_parses_back_and_renders() {
    let run = example::broken();
    let json = serde_json::to_string(&run).expect("a record");
    let again: Run = serde_json::from_str(&json).expect("the same record");
    assert_eq!(text::of(&again), text::of(&run));
    assert_eq!(html::of(&again).expect("drawn"), html::of(&run).expect("drawn"));
}

#[test]
fn a_field_that_a_later_version_adds_is_ignored() {
    let mut json = serde_json::to_value(example::held()).expect("a record");
    json["later"] = Value::from(1);
    json["total"]["later"] = Value::from(1);
    let run: Run = serde_json::from_value(json).expect("what is unknown is no error");
    assert!(text::of(&run).contains("PROMISES HELD"));
}
