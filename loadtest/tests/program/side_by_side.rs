//! Two sides in one run, against the real server: the compared figures are there, and a failed comparison is
//! not a success. These tests do not look at how long anything took.

use serde_json::Value;
use support::program::throng;

use crate::tester::{ends_with, folder, loadtest_throng};

/// Runs the load tester, checks its exit code, and returns its output and its result.
fn run(code: i32, arguments: &str) -> (String, Value) {
    let folder = folder();
    let json = folder.path().join("result.json");
    let mut command = loadtest_throng(arguments, &folder);
    command.arg("--json").arg(&json);
    let told = ends_with(code, command);
    let result = std::fs::read(&json)
        .map_or(Value::Null, |text| serde_json::from_slice(&text).expect("JSON"));
    (told, result)
}

/// The pairs of a figure, one per round.
fn rounds<'a>(result: &'a Value, figures: &str, name: &str) -> &'a Vec<Value> {
    let figures = result[figures].as_array().expect("figures");
    let found = figures.iter().find(|figure| figure["name"] == name);
    found.and_then(|figure| figure["rounds"].as_array()).expect("rounds")
}

#[test]
fn a_flood_is_measured_beside_the_same_without_it() {
    let few = "--clients 16 --seconds 1 --rounds 2 --patience-seconds 20";
    let (told, result) =
        run(0, &format!("flood {few} --senders 4 --per-second 5 --flood-bytes 400"));
    assert_eq!(told.matches("4 of 4 strangers were in the room").count(), 2, "{told}");
    let order: Vec<&str> = told.lines().filter(|line| line.starts_with("round ")).collect();
    let sides = ["1, without it", "1, with the flood", "2, with the flood", "2, without it"];
    assert_eq!(order, sides.map(|side| format!("round {side}")), "each side comes first once");
    assert_eq!(result["flaws"].as_array().map(Vec::len), Some(0), "{told}");
    let acknowledged = rounds(&result, "figures", "commit.p99");
    assert_eq!(acknowledged.len(), 2);
    assert!(
        acknowledged.iter().flat_map(|round| round.as_array().expect("two")).all(Value::is_f64)
    );
    assert_eq!(result["plans"][0]["phase"][1]["disturbance"], Value::Null);
    assert_eq!(result["plans"][1]["phase"][1]["disturbance"]["flood"]["senders"], 4);
}

#[test]
fn a_storm_of_logins_is_measured_beside_the_same_without_it() {
    let few = "--clients 16 --rooms 2 --rate 20 --seconds 5 --rounds 1 --patience-seconds 20";
    let (told, result) = run(0, &format!("logins {few} --wrong 30"));
    for from in ["known devices", "known addresses", "new addresses"] {
        assert!(told.contains(&format!("right passwords from {from}: ")), "{told}");
    }
    assert!(told.contains("wrong passwords from 3"), "each from its own address: {told}");
    assert_eq!(result["flaws"].as_array().map(Vec::len), Some(0), "{told}");
    assert_eq!(rounds(&result, "figures", "p99").len(), 1);
    assert_eq!(result["plans"][0]["phase"][1]["disturbance"], Value::Null);
    assert_eq!(result["plans"][1]["phase"][1]["disturbance"]["logins"]["strangers"], 30);
}

#[test]
fn a_bound_on_the_ratio_ends_with_1_when_it_is_passed() {
    let few = "flood --clients 8 --seconds 0.5 --rounds 1 --senders 1 --flood-bytes 400";
    let (_, result) = run(1, &format!("{few} --fail-if commit.p50>0x"));
    assert_eq!(result["bounds"][0]["kept"], false);
    run(2, &format!("{few} --fail-if steady:p50>0x"));
    let (told, _) = run(2, "steady --fail-if p50>+10%");
    assert!(told.contains("is about a change"), "{told}");
}

#[test]
fn heartbeats_that_nobody_showed_are_not_compared() {
    let few = "idle --heartbeat both --clients 20 --rooms 2 --seconds 1 --rounds 1";
    // A second is shorter than any silence after which a server pings.
    let (told, result) = run(1, &format!("{few} --settle-seconds 0 --warm-up 5"));
    assert!(told.contains("the server sent no ping"), "{told}");
    assert_eq!(rounds(&result, "figures", "resident_per_connection_since_warm").len(), 1);
    assert_eq!(result["plans"][0]["silent"], false);
    assert_eq!(result["plans"][1]["silent"], true);
}

#[test]
fn two_builds_are_measured_in_the_same_rounds() {
    let before = throng().display();
    let few = "versus-floor --parts latency --seconds 0.5 --rounds 1 --clients 20";
    let (told, result) = run(0, &format!("{few} --before {before}"));
    assert!(told.contains("round 1, before") && told.contains("round 1, throng"), "{told}");
    assert_eq!(rounds(&result, "before", "p50 at low load, beyond one fsync").len(), 1);
    let (told, _) = run(2, &format!("{few} --before /nonexistent/throng"));
    assert!(!told.contains("round 1"), "{told}");
}

#[test]
fn a_flood_in_a_plan_has_its_place() {
    let folder = folder();
    let plan = folder.path().join("flood.toml");
    let text = "clients = 8\nrooms = 2\n[[phase]]\nload = { rate = 20 }\nseconds = 1\n\
                disturbance = { flood = { senders = 3, per_second = 5, text_bytes = 400 } }\n";
    std::fs::write(&plan, text).expect("a file");
    let (told, _) = run(0, &format!("plan {}", plan.display()));
    assert!(told.contains("PROMISES HELD") && told.contains("3 of 3 strangers"), "{told}");
}
