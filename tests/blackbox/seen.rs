//! What an operator sees: the series of `/metrics`, and the log.

use std::collections::BTreeSet;

use throng_protocol::{CloseCode, ErrorCode};

use crate::harness::client::{join, rename};
use crate::harness::eventually;
use crate::harness::http::get;
use crate::harness::server::Server;

#[test]
fn the_metrics_count_what_happens() {
    let server = Server::start(&[]);
    let (mut ana, mut bo) = (server.guest("ana"), server.guest("bo"));
    ana.join("lobby");
    bo.join("lobby");
    ana.join("garden");
    for _ in 0..10 {
        ana.send("lobby", "counted");
        bo.expect_message("lobby");
    }
    ana.fail(rename("no nick"), ErrorCode::BadNick);
    ana.barrier();
    let seen = server.metrics();
    println!("{seen}");
    assert_eq!(seen.value("throng_connections"), 2.0);
    assert_eq!(seen.value("throng_sessions"), 2.0);
    assert_eq!(seen.value("throng_rooms"), 2.0);
    assert_eq!(seen.value("throng_members"), 3.0);
    assert_eq!(seen.sum("throng_commands_total", "command=\"hello\""), 2.0);
    assert_eq!(seen.sum("throng_commands_total", "command=\"join\""), 3.0);
    assert_eq!(seen.sum("throng_commands_total", "command=\"send\""), 10.0);
    assert_eq!(seen.sum("throng_errors_total", "code=\"bad_nick\""), 1.0);
    assert_eq!(seen.value("throng_messages_total"), 10.0);
    assert_eq!(seen.value("throng_deliveries_total"), 20.0);
    assert_eq!(seen.value("throng_outbox_bytes"), 0.0);
    assert_eq!(seen.value("throng_behind_total"), 0.0);
    assert_eq!(seen.value("throng_commit_messages_sum"), 10.0);
    assert!((1.0..=10.0).contains(&seen.value("throng_commit_seconds_count")));
    assert_eq!(seen.value("throng_commit_failures_total"), 0.0);

    drop((ana, bo));
    eventually("the gauges go back", || {
        let seen = server.metrics();
        ["throng_connections", "throng_sessions", "throng_members"]
            .iter()
            .all(|gauge| seen.value(gauge) == 0.0)
    });
}

#[test]
fn the_metrics_tell_what_the_process_uses() {
    let server = Server::start(&[]);
    let before = server.metrics();
    let crowd: Vec<_> = (0..20).map(|number| server.guest(&format!("guest{number}"))).collect();
    let seen = server.metrics();
    let grown = seen.value("process_open_fds") - before.value("process_open_fds");
    assert!((20.0..=25.0).contains(&grown), "a descriptor per client: {grown}");
    assert!(seen.value("process_open_fds") < seen.value("process_max_fds"));
    assert!(seen.value("process_resident_memory_bytes") > 1e6);
    assert!(seen.value("process_threads") >= 3.0);
    assert!(seen.value("process_cpu_seconds_total") > before.value("process_cpu_seconds_total"));
    drop(crowd);
}

#[test]
fn the_metrics_are_complete_before_anything_has_happened() {
    let server = Server::start(&[]);
    let seen = server.metrics();
    for series in [
        "throng_connections",
        "throng_sessions",
        "throng_rooms",
        "throng_members",
        "throng_messages_total",
        "throng_deliveries_total",
        "throng_outbox_bytes",
        "throng_behind_total",
        "throng_commit_messages_count",
        "throng_commit_seconds_count",
        "throng_commit_failures_total",
        "throng_long_polls_total",
    ] {
        assert_eq!(seen.value(series), 0.0, "{series}");
    }
    let response = get(server.metrics_address(), "/metrics");
    assert!(response.body.trim_end().ends_with("# EOF"), "OpenMetrics 1.0");
    let kind = response.header("content-type").expect("a content type");
    assert!(kind.starts_with("application/openmetrics-text"), "{kind}");
}

#[test]
fn the_metrics_can_be_switched_off() {
    let server = Server::start(&["--metrics-listen", "off"]);
    server.guest("ana").bye();
    assert!(!server.printed().iter().any(|line| line.starts_with("metrics on")));
}

#[test]
fn a_normal_run_blocks_no_executor_thread() {
    let server = Server::start(&["--long-poll", "1s"]);
    let (mut ana, mut bo) = (server.guest("ana"), server.guest("bo"));
    ana.join("lobby");
    bo.join("lobby");
    for _ in 0..100 {
        ana.send("lobby", "on");
        bo.expect_message("lobby");
        bo.join("lobby");
    }
    assert_eq!(server.metrics().value("throng_long_polls_total"), 0.0, "{}", server.log());
}

#[test]
fn every_line_of_a_session_in_the_log_carries_its_id() {
    let flags = ["--log", "info,throng=debug", "--log-format", "json", "--sends-burst", "1"];
    let server = Server::start_strict(&flags);
    let mut ana = server.guest("ana");
    ana.join("lobby");
    ana.fail(join("two words"), ErrorCode::BadRoom);
    ana.wire.binary(b"\x00");
    ana.wire.expect_fault(ErrorCode::NotText);
    ana.bye();
    let mut raw = crate::harness::raw::Raw::greeted(server.address(), "bo");
    raw.write(&crate::harness::raw::unmasked(crate::harness::raw::TEXT, b"{}"));
    raw.ending().assert_one_of(&[CloseCode::ProtocolError]);
    // Lines are written by a thread of their own.
    eventually("both ends are in the log", || server.log().matches("session ends").count() >= 2);

    let mut of_sessions = BTreeSet::new();
    for line in server.log().lines() {
        let line: serde_json::Value = serde_json::from_str(line)
            .unwrap_or_else(|error| panic!("a log line is no JSON: {error}: {line}"));
        for field in ["timestamp", "level", "message"] {
            assert!(line.get(field).is_some(), "{field} is missing in {line}");
        }
        // Whatever is not a session's is a room's or a task's.
        let owner = ["session", "room", "task"].iter().find_map(|owner| line.get(*owner));
        assert!(owner.is_some(), "whose line is this? {line}");
        of_sessions.extend(line.get("session").map(ToString::to_string));
    }
    assert!(of_sessions.len() >= 2, "two sessions, two ids: {of_sessions:?}\n{}", server.log());
}

#[test]
fn what_people_say_and_their_tokens_stay_out_of_the_log() {
    let server = Server::start(&["--log", "debug,throng=trace"]);
    let mut ana = server.guest("ana");
    ana.join("lobby");
    ana.send("lobby", "a very private sentence");
    let token = ana.token().to_owned();
    server.known(&token).bye();
    ana.bye();
    let log = server.log();
    assert!(!log.contains("a very private sentence"));
    assert!(!log.contains(&token));
}

#[test]
fn control_characters_from_clients_cannot_forge_log_lines() {
    let server = Server::start(&["--log", "info,throng=trace"]);
    let mut ana = server.guest("ana");
    let forged = "x\n2026-01-01T00:00:00Z ERROR forged";
    for command in [join(forged), rename(forged)] {
        assert!(ana.ask(command).is_err());
    }
    ana.wire.text("{\"type\":\"x\\n\\u001b[31mERROR forged\",\"id\":1}");
    ana.wire.expect_fault(ErrorCode::UnknownCommand);
    ana.barrier();
    assert!(!server.log().lines().any(|line| line.starts_with("2026-01-01T00:00:00Z ERROR")));
    assert!(!server.log().contains("\u{1b}[31mERROR forged"));
}
