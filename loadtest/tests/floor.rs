//! The program against the floor server, from its command line to its exit code. How the oracle
//! judges every fault is tested beside the crowd, in `src/crowd/trials.rs`.

use std::path::PathBuf;
use std::process::{Command, Output};

fn loadtest(test: &str, arguments: &[&str]) -> Output {
    let dir: PathBuf = [env!("CARGO_TARGET_TMPDIR"), test].iter().collect();
    Command::new(env!("CARGO_BIN_EXE_throng-loadtest"))
        .args(arguments)
        .arg("--dir")
        .arg(dir)
        .output()
        .expect("the load tester starts")
}

fn told(output: &Output) -> String {
    let [out, err] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    format!("{out}{err}")
}

/// A load of a second or two on a floor, with more arguments.
fn steady(test: &str, more: &[&str]) -> Output {
    let few = "steady --clients 40 --rooms 4 --rate 200 --seconds 1";
    let arguments: Vec<&str> = few.split(' ').chain(more.iter().copied()).collect();
    loadtest(test, &arguments)
}

#[test]
fn both_floors_hold_under_two_hundred_clients() {
    for target in ["floor", "floor-joined"] {
        let output = loadtest(
            target,
            &"steady --clients 200 --rooms 4 --rate 200 --seconds 2 --target"
                .split(' ')
                .chain([target])
                .collect::<Vec<_>>(),
        );
        let told = told(&output);
        assert_eq!(output.status.code(), Some(0), "{told}");
        assert!(told.contains("PROMISES HELD  800 acknowledged"), "{told}");
        assert!(told.contains("40,000 delivered"), "{told}");
    }
}

#[test]
fn a_broken_promise_ends_with_one_and_its_evidence() {
    let fault = ["--target", "floor", "--fault", "drop", "--patience-seconds", "1"];
    let output = steady("drop", &fault);
    let told = told(&output);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("PROMISES BROKEN"), "{told}");
    assert!(told.contains("skipped: client "), "{told}");
    assert!(told.contains(" in room load-"), "{told}");
}

#[test]
fn the_floor_remembers_nothing_and_a_restart_shows_it() {
    let output = loadtest(
        "restart",
        &"crash --clients 40 --rooms 4 --rate 200 --seconds 1 --times 1 --target floor --patience-seconds 1"
            .split(' ')
            .collect::<Vec<_>>(),
    );
    let told = told(&output);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("everybody back"), "{told}");
    assert!(told.contains("PROMISES BROKEN"), "{told}");
}

#[test]
fn a_crowd_that_drops_comes_back_and_idle_memory_is_measured() {
    let storm = "storm --clients 100 --rooms 4 --rate 0 --times 1 --seconds 1 --target floor";
    let output = loadtest("storm", &storm.split(' ').collect::<Vec<_>>());
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(told(&output).contains("all joined again"), "{}", told(&output));
    let idle =
        "idle --clients 100 --rooms 4 --seconds 1 --warm-up 10 --settle-seconds 0 --target floor";
    let output = loadtest("idle", &idle.split(' ').collect::<Vec<_>>());
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(told(&output).contains("growth per connection"), "{}", told(&output));
}

#[test]
fn a_server_that_cannot_start_is_no_verdict() {
    let output = steady("missing", &["--server", "/nonexistent/throng"]);
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    assert!(told(&output).contains("--server"), "{}", told(&output));
}
