//! What an operator sees: the metrics and the log.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Stdio};

use throng_protocol::{CloseCode, ErrorCode};

use support::client::{join, rename};
use support::eventually;
use support::http::{get, get_with, request, upgrade_head};
use support::raw::{PING, Raw, TEXT, frame, unmasked};
use support::server::Server;

#[test]
fn the_metrics_count_what_happens() {
    let server = Server::start();
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
    let server = Server::start();
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
    let server = Server::start();
    let seen = server.metrics();
    for series in [
        "throng_connections",
        "throng_sessions",
        "throng_rooms",
        "throng_raid",
        "throng_members",
        "throng_messages_total",
        "throng_deliveries_total",
        "throng_outbox_bytes",
        "throng_behind_total",
        "throng_pings_total",
        "throng_commit_messages_count",
        "throng_commit_seconds_count",
        "throng_commit_failures_total",
        "throng_long_polls_total",
    ] {
        assert_eq!(seen.value(series), 0.0, "{series}");
    }
}

#[test]
fn the_metrics_come_in_the_form_that_is_asked_for() {
    let server = Server::start();
    server.guest("ana").join("lobby");
    let ask = |accept: &str| {
        let response = get_with(server.metrics_address(), "/metrics", accept);
        let kind = response.header("content-type").expect("a content type").to_owned();
        (kind, response.body)
    };
    let prometheus = "Accept: application/openmetrics-text;version=1.0.0;q=0.5,\
        text/plain;version=0.0.4;q=0.4,*/*;q=0.1\r\n";
    for accept in [prometheus, "Accept: application/openmetrics-text\r\n"] {
        let (kind, body) = ask(accept);
        assert_eq!(kind, "application/openmetrics-text; version=1.0.0; charset=utf-8");
        assert!(body.ends_with("# EOF\n"), "OpenMetrics 1.0: {body}");
        assert!(body.contains("# TYPE throng_messages counter\n"), "{body}");
    }
    for accept in ["", "Accept: */*\r\n", "Accept: text/plain;version=0.0.4\r\n"] {
        let (kind, body) = ask(accept);
        assert_eq!(kind, "text/plain; version=0.0.4; charset=utf-8");
        assert!(!body.contains("# EOF"), "{body}");
        assert!(body.contains("# TYPE throng_messages_total counter\n"), "{body}");
    }
}

#[test]
fn every_series_has_its_help_and_its_line_in_the_documents() {
    let server = Server::strict().with(["--connections-per-address-max", "1"]).start();
    let mut ana = server.guest("ana");
    ana.fail(rename("no nick"), ErrorCode::BadNick);
    let head = upgrade_head(&server.address().to_string(), "");
    assert_eq!(request(server.address(), &head).status, 429);
    ana.bye();
    eventually("an end is counted", || {
        get(server.metrics_address(), "/metrics").body.contains("throng_ended_sessions_total{")
    });
    let body = get(server.metrics_address(), "/metrics").body;
    let documented = include_str!("../../docs/operating.md");
    for line in body.lines().filter(|line| !line.starts_with('#')) {
        let name = line.split(['{', ' ']).next().expect("a name");
        let family = ["_bucket", "_sum", "_count"]
            .iter()
            .find_map(|end| name.strip_suffix(end))
            .filter(|family| body.contains(&format!("# TYPE {family} histogram\n")))
            .unwrap_or(name);
        assert!(body.contains(&format!("# TYPE {family} ")), "{family} has a type");
        let help = body.lines().find_map(|line| line.strip_prefix(&format!("# HELP {family} ")));
        assert!(help.is_some_and(|help| help.len() > 10), "{family} has a help: {help:?}");
        assert!(documented.contains(&format!("`{family}")), "{family} is in docs/operating.md");
    }
}

/// Prometheus's own check of the page. `tests/run` runs it if promtool is installed.
#[test]
#[ignore = "needs promtool, which THRONG_PROMTOOL names"]
fn promtool_has_nothing_to_say() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    ana.join("lobby");
    ana.send("lobby", "counted");
    ana.fail(rename("no nick"), ErrorCode::BadNick);
    ana.bye();
    let promtool = std::env::var("THRONG_PROMTOOL").expect("THRONG_PROMTOOL names a program");
    let mut child = Command::new(promtool)
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool starts");
    let body = get(server.metrics_address(), "/metrics").body;
    child.stdin.take().expect("a pipe").write_all(body.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    let words =
        [output.stdout, output.stderr].map(|words| String::from_utf8_lossy(&words).into_owned());
    assert!(output.status.success() && words.concat().is_empty(), "{words:?}");
}

#[test]
fn the_metrics_can_be_switched_off() {
    let server = Server::with(["--metrics-listen", "off"]).start();
    server.guest("ana").bye();
    assert!(!server.printed().iter().any(|line| line.starts_with("metrics on")));
}

#[test]
fn a_normal_run_blocks_no_executor_thread() {
    let server = Server::with(["--long-poll", "1s"]).start();
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

/// One line per connection was 70 GB a day.
#[test]
fn strangers_do_not_write_the_log() {
    let server = Server::with(["--hello-timeout", "1s", "--heartbeat", "1s"]).start();
    let quiet = server.log();
    for round in 0..20 {
        let mut raw = Raw::upgraded(server.address());
        raw.write([&unmasked(TEXT, b"{}")[..], &frame(TEXT, b"\xff")][round % 2]);
        raw.ending();
        let mut raw = Raw::upgraded(server.address());
        raw.write(&frame(TEXT, br#"{"type":"hello","id":1,"version":99}"#));
        raw.ending().assert_one_of(&[CloseCode::HelloRefused]);
        let mut raw = Raw::greeted(server.address(), &format!("foe{round}"));
        raw.offer(&frame(TEXT, &[b' '; 40_000]));
        raw.ending().assert_one_of(&[CloseCode::TooBig]);
        let mut raw = Raw::greeted(server.address(), &format!("flood{round}"));
        raw.offer(&frame(PING, b"").repeat(200));
        raw.ending().assert_one_of(&[CloseCode::Flooding]);
    }
    let mut silent = Raw::greeted(server.address(), "silent");
    let mut late = Raw::upgraded(server.address());
    silent.ending().assert_one_of(&[CloseCode::HeartbeatMissed]);
    late.ending().assert_one_of(&[CloseCode::HelloLate]);
    let mut get = Raw::connect(server.address());
    get.write(b"NONSENSE\r\n\r\n");
    get.read_to_end();
    assert_eq!(server.log(), quiet, "what people do is counted by the metrics");
}

#[test]
fn every_line_of_a_session_in_the_log_carries_its_id() {
    let flags = ["--log", "info,throng=debug", "--log-format", "json", "--sends-burst", "1"];
    let server = Server::strict().with(flags).start();
    let mut ana = server.guest("ana");
    // Before the room, whose own events may come at any time.
    ana.wire.binary(b"\x00");
    ana.wire.expect_fault(ErrorCode::NotText);
    ana.fail(join("two words"), ErrorCode::BadRoom);
    ana.join("lobby");
    ana.bye();
    let mut raw = Raw::greeted(server.address(), "bo");
    raw.write(&unmasked(TEXT, b"{}"));
    raw.ending().assert_one_of(&[CloseCode::ProtocolError]);
    // A separate thread writes the lines.
    eventually("both ends are in the log", || server.log().matches("session ends").count() >= 2);

    let mut of_sessions = BTreeSet::new();
    for line in server.log().lines() {
        let line: serde_json::Value = serde_json::from_str(line)
            .unwrap_or_else(|error| panic!("a log line is no JSON: {error}: {line}"));
        for field in ["timestamp", "level", "message"] {
            assert!(line.get(field).is_some(), "{field} is missing in {line}");
        }
        // Every other line belongs to a room or a task.
        let owner = ["session", "room", "task"].iter().find_map(|owner| line.get(*owner));
        assert!(owner.is_some(), "whose line is this? {line}");
        of_sessions.extend(line.get("session").map(ToString::to_string));
    }
    assert!(of_sessions.len() >= 2, "two sessions, two ids: {of_sessions:?}\n{}", server.log());
}

#[test]
fn what_people_say_and_their_tokens_stay_out_of_the_log() {
    let server = Server::with(["--log", "debug,throng=trace"]).start();
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
    let server = Server::with(["--log", "info,throng=trace"]).start();
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
