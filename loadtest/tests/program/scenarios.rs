//! Every scenario with a small crowd against the real server: promises hold, it ends, and its exit code says
//! so.

use support::server::Server;

use crate::tester::{ends_with, folder, loadtest, loadtest_throng};

/// A crowd for a few seconds.
const SMALL: &str = "--clients 60 --rooms 6 --rooms-per-client 2 --patience-seconds 20";

/// Runs a scenario against a separate server, checks that its promises held, and returns its output.
fn holds(arguments: &str) -> String {
    let folder = folder();
    let told = ends_with(0, loadtest_throng(arguments, &folder));
    assert!(told.contains("PROMISES HELD"), "{arguments}: {told}");
    told
}

#[test]
fn the_calm_scenarios_hold() {
    for name in ["steady", "town-hall", "soak"] {
        let rooms = if name == "town-hall" { "" } else { "--rooms 6 --rooms-per-client 2" };
        let told = holds(&format!("{name} --clients 60 {rooms} --rate 100 --seconds 1"));
        assert!(told.contains("HELD  200 acknowledged"), "{name}: {told}");
        assert!(told.contains("200 read back from the log"), "{name}: {told}");
    }
}

#[test]
fn saturation_and_silence_hold() {
    let told = holds(&format!("saturate {SMALL} --seconds 1 --outstanding 2"));
    assert!(told.contains(" acknowledged, "), "{told}");
    let told = holds(&format!("idle {SMALL} --seconds 1 --settle-seconds 0 --warm-up 10"));
    assert!(told.contains("growth per connection since warm"), "{told}");
    assert!(told.contains("of processor time a second"), "{told}");
}

#[test]
fn the_ramp_ends_with_a_capacity() {
    // Small steps: next to other programs an answer takes half a second, and after a doubling a step of one
    // second would seem not to keep up.
    let ramp = "ramp --rate 50 --factor 1.05 --step-seconds 1 --seconds 3 --p99-ms 20000";
    let told = holds(&format!("{ramp} {SMALL}"));
    assert!(told.contains("the capacity is at least"), "{told}");
    let ramp = "ramp --rate 50 --factor 2 --step-seconds 1 --seconds 3 --p99-ms 0.1";
    let told = holds(&format!("{ramp} {SMALL}"));
    assert!(told.contains("the first rate was too much already"), "{told}");
}

#[test]
fn storms_churn_and_slow_readers_hold() {
    let told = holds(&format!("storm {SMALL} --seconds 2 --times 2 --rate 50"));
    assert_eq!(told.matches("all joined again").count(), 2, "{told}");
    let told = holds(&format!("churn {SMALL} --seconds 2 --per-second 20 --rate 50"));
    assert!(told.contains("40 times a client left"), "{told}");
    let slow = "slow-readers --seconds 2 --share 0.1 --pause-seconds 0.5 --rate 100";
    let told = holds(&format!("{slow} {SMALL}"));
    assert!(told.contains("2 times 10.0 % of the clients stopped reading"), "{told}");
}

#[test]
fn a_restart_loses_nothing() {
    let told = holds(&format!("restart {SMALL} --seconds 2 --times 1 --rate 50"));
    assert!(told.contains("SIGTERM") && told.contains("everybody back"), "{told}");
}

#[test]
fn a_crash_loses_nothing_and_the_seed_says_when() {
    let crash = format!("crash {SMALL} --seconds 2 --times 2 --rate 50 --seed 7");
    let moments = |told: &str| {
        let killed = told.lines().filter_map(|line| line.split_once("SIGKILL "));
        killed.filter_map(|(_, rest)| Some(rest.get(..4)?.to_owned())).collect::<Vec<_>>()
    };
    let (first, second) = (holds(&crash), holds(&crash));
    assert_eq!(moments(&first).len(), 2, "{first}");
    assert_eq!(moments(&first), moments(&second), "{first}\n{second}");
}

#[test]
fn a_plan_in_a_file_runs_and_is_recorded() {
    let folder = folder();
    let json = folder.path().join("short.json");
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/short.toml");
    let told = holds(&format!("plan {file} --json {}", json.display()));
    assert!(told.contains("the power fails"), "{told}");
    let text = std::fs::read_to_string(&json).expect("a result");
    let result: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let again = result["again"].as_str().expect("a command line");
    assert!(again.contains("plan") && again.contains("--seed "), "{again}");
    assert_eq!(result["phases"].as_array().map(Vec::len), Some(4), "the arrival and three");
    assert_eq!(result["verdict"]["broken"], 0);
    assert!(result["total"]["server"]["resident"].as_u64() > Some(1 << 20), "{text}");
}

#[test]
fn a_bound_that_is_passed_ends_with_1() {
    let folder = folder();
    let late = format!("steady {SMALL} --seconds 1 --fail-if p99>0.001ms");
    let told = ends_with(1, loadtest_throng(&late, &folder));
    assert!(told.contains("BOUND FAILED"), "{told}");
}

#[test]
fn a_server_that_runs_already_is_tested_seen_and_left_alone() {
    let mut server = Server::with(["--metrics-listen", "off"]).start();
    let url = format!("ws://localhost:{}/ws", server.address().port());
    let arguments = format!("steady {SMALL} --seconds 1 --rate 50 --url {url}");
    let told = ends_with(0, loadtest(&arguments));
    assert!(told.contains("PROMISES HELD") && !told.contains("cannot be seen"), "{told}");
    assert!(!server.has_ended(), "the server still runs");
    let refused = ends_with(2, loadtest(&format!("steady --url {url} --pid 4194305")));
    assert!(refused.contains("--pid 4194305"), "{refused}");
    let refused = ends_with(2, loadtest(&format!("crash --url {url}")));
    assert!(refused.contains("needs a server that the load tester started"), "{refused}");
}

#[test]
fn what_cannot_be_run_ends_with_2_and_says_what_to_do() {
    let two = |arguments: &str| ends_with(2, loadtest(arguments));
    assert!(two("steady --server /nonexistent/throng").contains("--server"));
    assert!(two("steady --url wss://chat.example/ws").contains("behind the proxy"));
    assert!(two("steady --url ws://127.0.0.1:1/ws").contains("nobody answers"));
    assert!(two("plan /nonexistent.toml").contains("cannot be read"));
    assert!(two("ramp --rate 0").contains("a ramp grows a rate"));
    assert!(two("steady --seconds=-1").contains("seconds"));
}
