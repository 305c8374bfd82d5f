//! The program against the floor server, from its command line to its exit code. `src/crowd/tests.rs` tests
//! how the oracle judges each fault.

use crate::tester::{self, folder, loadtest};

/// A load of a second or two; more arguments follow.
const STEADY: &str = "steady --clients 40 --rooms 4 --rate 200 --seconds 1";

/// Runs the load tester with a folder for its data, checks its exit code, and returns its output.
fn ends_with(code: i32, arguments: &str) -> String {
    let folder = folder();
    let mut command = loadtest(arguments);
    command.arg("--dir").arg(folder.path());
    tester::ends_with(code, command)
}

#[test]
fn both_floors_hold_under_two_hundred_clients() {
    for target in ["floor", "floor-joined"] {
        let load = "steady --clients 200 --rooms 4 --rate 200 --seconds 2";
        let told = ends_with(0, &format!("{load} --target {target}"));
        assert!(told.contains("PROMISES HELD  800 acknowledged"), "{told}");
        assert!(told.contains("40,000 delivered"), "{told}");
    }
}

#[test]
fn a_broken_promise_ends_with_one_and_its_evidence() {
    let told = ends_with(1, &format!("{STEADY} --target floor --fault drop --patience-seconds 1"));
    assert!(told.contains("PROMISES BROKEN"), "{told}");
    assert!(told.contains("skipped: client "), "{told}");
    assert!(told.contains(" in room load-"), "{told}");
}

#[test]
fn the_floor_remembers_nothing_and_a_restart_shows_it() {
    let crash = "crash --clients 40 --rooms 4 --rate 200 --seconds 1 --times 1";
    let told = ends_with(1, &format!("{crash} --target floor --patience-seconds 1"));
    assert!(told.contains("everybody back"), "{told}");
    assert!(told.contains("PROMISES BROKEN"), "{told}");
}

#[test]
fn a_crowd_that_drops_comes_back_and_idle_memory_is_measured() {
    let storm = "storm --clients 100 --rooms 4 --rate 0 --times 1 --seconds 1 --target floor";
    let told = ends_with(0, storm);
    assert!(told.contains("all joined again"), "{told}");
    let idle =
        "idle --clients 100 --rooms 4 --seconds 1 --warm-up 10 --settle-seconds 0 --target floor";
    let told = ends_with(0, idle);
    assert!(told.contains("growth per connection"), "{told}");
}

#[test]
fn a_disturbance_that_hit_nobody_was_not_checked() {
    let slow = "slow-readers --clients 10 --rooms 2 --rate 20 --seconds 1 --pause-seconds 0.3";
    let told = ends_with(1, &format!("{slow} --share 0.02 --target floor"));
    assert!(told.contains("PROMISES NOT CHECKED"), "{told}");
    assert!(told.contains("nobody stopped reading: 2 % of 10 clients"), "{told}");
}

#[test]
fn a_server_that_cannot_start_is_no_verdict() {
    let told = ends_with(2, &format!("{STEADY} --server /nonexistent/throng"));
    assert!(told.contains("--server"), "{told}");
}
