//! Deadlines of silence: during the handshake, before the hello, and between heartbeats.

use std::time::{Duration, Instant};

use throng_protocol::{CloseCode, ErrorCode, Event};

use support::eventually;
use support::http::upgrade_head;
use support::raw::{PING, Raw, TEXT, claim, frame};
use support::server::Server;

/// The heartbeat looks at a connection for the first time when its hello is due.
const BRISK: [&str; 4] = ["--heartbeat", "1s", "--hello-timeout", "1s"];

#[test]
fn a_client_that_says_no_hello_is_closed() {
    let server = Server::with(["--hello-timeout", "1s"]).start();
    let start = Instant::now();
    let mut wire = server.wire();
    let bye = wire.expect_bye(CloseCode::HelloLate);
    assert!(bye.reconnect);
    assert!(start.elapsed() >= Duration::from_secs(1), "not before its deadline");
}

#[test]
fn a_hello_that_never_ends_is_closed() {
    let server = Server::with(["--hello-timeout", "1s"]).start();
    let mut raw = Raw::upgraded(server.address());
    raw.write(&claim(TEXT, 100));
    raw.write(b"{\"type\":\"hel");
    raw.ending().assert_one_of(&[CloseCode::HelloLate]);
}

#[test]
fn a_command_that_is_no_hello_does_not_extend_the_deadline() {
    let server = Server::with(["--hello-timeout", "1s"]).start();
    let mut raw = Raw::upgraded(server.address());
    let ping = frame(TEXT, br#"{"type":"ping","id":1}"#);
    let bye = loop {
        raw.offer(&ping);
        match raw.read_event().expect("a bye comes before the end") {
            Event::Error(fault) => assert_eq!(fault.code, ErrorCode::HelloFirst),
            Event::Bye(bye) => break bye,
            other => panic!("unexpected: {other:?}"),
        }
        // One command after another, each well before the deadline.
        std::thread::sleep(Duration::from_millis(100));
    };
    assert_eq!(bye.code, CloseCode::HelloLate.number());
}

#[test]
fn a_silent_client_is_closed_after_twice_the_heartbeat_and_a_pinging_one_is_not() {
    let server = Server::with(BRISK).start();
    let mut pinging = server.guest("ana");
    assert_eq!(pinging.greeting.heartbeat_ms, 1_000);
    let mut silent = Raw::greeted(server.address(), "bo");
    let start = Instant::now();
    let silence = std::thread::spawn(move || {
        let ping = silent.read_frame().expect("a ping asks for a sign of life");
        assert_eq!(ping, (0x89, Vec::new()));
        let Some(Event::Bye(bye)) = silent.read_event() else { panic!("a bye should have come") };
        assert_eq!(bye.code, CloseCode::HeartbeatMissed.number());
        (bye, start.elapsed())
    });
    // A ping every half second is twice as often as needed.
    while !silence.is_finished() {
        pinging.barrier();
        std::thread::sleep(Duration::from_millis(500));
    }
    let (bye, elapsed) = silence.join().expect("the silent client got a bye");
    assert!(bye.reconnect && elapsed >= Duration::from_secs(2), "{elapsed:?}");
    pinging.barrier();
}

#[test]
fn what_a_client_is_sent_does_not_count_as_its_life() {
    let server = Server::with(BRISK).start();
    let (mut ana, mut bo) = (server.guest("ana"), Raw::greeted(server.address(), "bo"));
    ana.join("lobby");
    bo.write(&frame(TEXT, br#"{"type":"join","id":2,"room":"lobby"}"#));
    let silence =
        std::thread::spawn(move || bo.ending().assert_one_of(&[CloseCode::HeartbeatMissed]));
    while !silence.is_finished() {
        ana.send("lobby", "is anybody there?");
        ana.take_pushes();
        std::thread::sleep(Duration::from_millis(100));
    }
    silence.join().expect("bo got a bye");
}

#[test]
fn a_client_that_only_answers_pings_is_not_closed_in_a_quiet_room() {
    let server = Server::with(BRISK).start();
    let mut listener = server.guest("ana");
    listener.join("lobby");
    let pings = || server.metrics().value("throng_pings_total");
    // This client's library answers pings while it reads. It sends nothing else for several times as long as
    // a silent client is allowed.
    let listening = std::thread::spawn(move || {
        assert_eq!(listener.expect_message("lobby").text, "at last");
    });
    eventually("it was pinged for ten seconds", || pings() >= 5.0 || listening.is_finished());
    let mut bo = server.guest("bo");
    bo.join("lobby");
    bo.send("lobby", "at last");
    listening.join().expect("it was there to hear it");
}

#[test]
fn a_websocket_ping_counts_as_life_and_is_answered() {
    let server = Server::with(BRISK).start();
    let mut raw = Raw::greeted(server.address(), "ana");
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(4) {
        raw.write(&frame(PING, b"alive"));
        let (first, payload) = raw.read_frame().expect("the connection lives");
        assert_eq!((first, &*payload), (0x8a, &b"alive"[..]), "a pong with the same bytes");
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn a_head_that_never_comes_is_closed() {
    let server = Server::with(["--head-timeout", "1s"]).start();
    Raw::connect(server.address()).read_to_end();
}

/// Slowloris: many connections that each send their request head byte by byte.
#[test]
fn a_head_that_drips_is_closed_and_others_are_served_meanwhile() {
    let server = Server::with(["--head-timeout", "1s"]).start();
    let mut ana = server.guest("ana");
    ana.join("lobby");
    let host = server.address().to_string();
    let head = format!("{}X-Slow: {}", upgrade_head(&host, ""), "x".repeat(100_000));
    let mut dripping: Vec<Raw> = (0..50).map(|_| Raw::connect(server.address())).collect();
    for byte in head.as_bytes().chunks(1) {
        dripping.retain_mut(|raw| raw.offer(byte) && raw.lives(Duration::from_millis(1)));
        if dripping.is_empty() {
            break;
        }
        ana.send("lobby", "served meanwhile");
        assert_eq!(ana.expect_message("lobby").text, "served meanwhile");
    }
    assert!(dripping.is_empty(), "{} drip still", dripping.len());
}

#[test]
fn a_kept_alive_connection_without_another_request_is_closed() {
    let server = Server::with(["--head-timeout", "1s"]).start();
    let mut raw = Raw::connect(server.address());
    raw.write(format!("GET /healthz HTTP/1.1\r\nHost: {}\r\n\r\n", server.address()).as_bytes());
    let answer = raw.read_to_end();
    assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
}

#[test]
fn a_ping_is_answered_before_anything_else_is_pushed() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    ana.wire.text(r#"{"type":"ping","id":5}"#);
    assert!(matches!(ana.wire.event(), Event::Ok(ok) if ok.id == 5));
}
