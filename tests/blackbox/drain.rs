//! The end: a drain answers what it received, tells everybody when to come back, and loses nothing.

use std::collections::HashSet;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use throng_protocol::{CloseCode, Command, ErrorCode, Event, Farewell, Ping, Sent};

use crate::harness::client::{Client, hello, send};
use crate::harness::crowd::{ended, person};
use crate::harness::server::Server;
use crate::harness::wire::{How, Received};
use crate::harness::{eventually, fresh_cid};

const LISTENERS: usize = 40;
const SENDERS: usize = 8;
const WINDOW: usize = 8;

#[test]
fn a_drain_under_load_loses_nothing_and_tells_everybody_when_to_come_back() {
    let mut server = Server::start(&["--return-spread", "5s"]);
    let acknowledged = AtomicU64::new(0);
    let (mut storms, byes): (Vec<Storm>, Vec<Farewell>) = thread::scope(|scope| {
        let listeners: Vec<_> = (0..LISTENERS)
            .map(|n| {
                let mut client = server.anybody();
                client.join("lobby");
                person(scope, format!("listener {n}"), move || {
                    client.wire.expect_bye(CloseCode::GoingAway)
                })
            })
            .collect();
        let senders: Vec<_> = (0..SENDERS)
            .map(|n| {
                let mut client = server.guest(&format!("sender{n}"));
                client.join("lobby");
                let count = &acknowledged;
                person(scope, format!("sender {n}"), move || storm(client, count))
            })
            .collect();
        while acknowledged.load(Ordering::Relaxed) < 300 {
            thread::yield_now();
        }
        server.terminate();
        let storms: Vec<Storm> = senders.into_iter().map(ended).collect();
        let mut byes: Vec<Farewell> = listeners.into_iter().map(ended).collect();
        byes.extend(storms.iter().map(|storm| storm.bye.clone()));
        (storms, byes)
    });
    assert_eq!(server.wait_exit().code(), Some(0));

    let after: Vec<u64> = byes.iter().map(|bye| bye.after_ms.expect("when to come back")).collect();
    let (first, last) = (after.iter().min().expect("some"), after.iter().max().expect("some"));
    assert!(last - first <= 5_000 && *last <= 10_000, "within the spread, and soon: {after:?}");
    let different: HashSet<&u64> = after.iter().collect();
    assert!(different.len() > after.len() / 2, "they should not come back together: {after:?}");

    server.restart();
    let mut head = 0;
    for storm in &mut storms {
        let mut client = server.known(&storm.token);
        client.join("lobby");
        for (cid, sent) in &storm.acknowledged {
            let again = client.send_as("lobby", cid, "in the storm");
            assert_eq!(again, Sent { dup: true, ..*sent }, "acknowledged, and kept");
        }
        for cid in &storm.open {
            storm.acknowledged.push((cid.clone(), client.send_as("lobby", cid, "in the storm")));
        }
        head += storm.acknowledged.len() as u64;
    }
    let mut seqs: Vec<u64> =
        storms.iter().flat_map(|storm| &storm.acknowledged).map(|(_, sent)| sent.seq).collect();
    seqs.sort_unstable();
    assert_eq!(seqs, (1..=head).collect::<Vec<_>>(), "each send has one seq, and none is left out");
}

#[test]
fn what_was_received_is_answered_before_the_bye() {
    const SENDS: usize = 100;
    for _ in 0..3 {
        let mut server = Server::start(&[]);
        let mut ana = server.guest("ana");
        ana.join("lobby");
        let text = "x".repeat(4_000);
        let mut open: HashSet<u64> =
            (0..SENDS).map(|_| ana.wire.post(send("lobby", &fresh_cid(), &text))).collect();
        let ping = ana.wire.post(Command::Ping(Ping {}));
        let mut is_received = false;
        loop {
            match ana.wire.event() {
                Event::Ok(ok) if ok.id == ping => {
                    // What was sent before is received, and most of it not yet committed.
                    server.terminate();
                    is_received = true;
                }
                Event::Ok(ok) => assert!(open.remove(&ok.id), "one answer for each"),
                Event::Message(_) | Event::Members(_) | Event::Behind(_) => {}
                Event::Bye(bye) => break assert_eq!(bye.code, CloseCode::GoingAway.number()),
                other => panic!("unexpected: {other:?}"),
            }
        }
        assert!(is_received && open.is_empty(), "{} of {SENDS} have no answer", open.len());
        assert_eq!(server.wait_exit().code(), Some(0));
    }
}

#[test]
fn both_signals_drain_and_the_exit_code_is_0() {
    for signal in [Server::terminate, Server::interrupt] {
        let mut server = Server::start(&[]);
        let mut ana = server.guest("ana");
        let mut waiting = server.wire();
        signal(&server);
        let bye = ana.wire.expect_bye(CloseCode::GoingAway);
        assert!(bye.reconnect && bye.after_ms.is_some());
        waiting.expect_bye(CloseCode::GoingAway);
        assert_eq!(server.wait_exit().code(), Some(0));
    }
}

#[test]
fn an_idle_server_ends_at_once() {
    let mut server = Server::start(&["--grace", "10m"]);
    server.terminate();
    assert_eq!(server.wait_exit().code(), Some(0));
    assert!(TcpStream::connect(server.address()).is_err(), "nobody listens any more");
}

#[test]
fn while_draining_nobody_new_comes_in_and_a_second_signal_exits_at_once() {
    let (mut server, _deaf) = a_drain_that_waits("10m");
    let address = server.address();
    // A listener that is closed refuses, or resets whoever still waited to be accepted; one that
    // is still there says 503.
    if let Some(status) = answer_to_a_newcomer(address) {
        assert!(status.starts_with("HTTP/1.1 503"), "{status}");
    }
    assert!(!server.has_ended(), "it waits for the one who does not read");
    server.terminate();
    let status = server.wait_exit();
    assert!(!status.success(), "not a clean end: {status}");
}

/// What somebody who comes now is told, if they are told anything.
fn answer_to_a_newcomer(address: SocketAddr) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.write_all(b"GET /ws HTTP/1.1\r\nHost: localhost\r\n\r\n").ok()?;
    let mut answer = [0; 64];
    let read = stream.read(&mut answer).ok().filter(|read| *read > 0)?;
    Some(String::from_utf8_lossy(&answer[..read]).into_owned())
}

#[test]
fn past_the_grace_the_server_ends_and_names_who_is_late() {
    let (mut server, _deaf) = a_drain_that_waits("1s");
    server.wait_exit();
    let log = server.log();
    assert!(log.contains("late"), "who was late is logged by name: {log}");
}

/// A server that was told to end, and waits for somebody who takes nothing any more.
fn a_drain_that_waits(grace: &str) -> (Server, Client) {
    let flags = ["--grace", grace, "--write-timeout", "10m", "--send-buffer", "8KiB"];
    let server = Server::start(&flags);
    let small = How { receive_buffer: Some(4096), ..How::default() };
    let mut deaf = Client::guest_as(server.address(), "deaf", &small);
    deaf.join("lobby");
    let mut ana = server.guest("ana");
    ana.join("lobby");
    let text = "x".repeat(4_000);
    for _ in 0..100 {
        ana.send("lobby", &text);
        ana.take_pushes();
    }
    eventually("bytes wait for the deaf one", || {
        server.metrics().value("throng_outbox_bytes") > 0.0
    });
    server.terminate();
    ana.wire.expect_bye(CloseCode::GoingAway);
    (server, deaf)
}

/// Greeting while the server drains: either it is too late to be heard, or it is told.
#[test]
fn a_hello_that_meets_a_drain_is_told_to_come_back() {
    let server = Server::start(&[]);
    let mut wires: Vec<_> = (0..50).map(|_| server.wire()).collect();
    server.terminate();
    for wire in &mut wires {
        wire.post(hello(None, None));
    }
    for mut wire in wires {
        let bye = loop {
            match wire.read() {
                Received::Event(Event::Bye(bye)) => break bye,
                Received::Event(Event::Ok(_)) => {}
                Received::Event(Event::Error(fault)) => {
                    assert_eq!(fault.code, ErrorCode::Draining);
                }
                other => panic!("the bye should have come, not {other:?}"),
            }
        };
        assert_eq!(bye.code, CloseCode::GoingAway.number());
        wire.expect_close(bye.code);
    }
}

/// What became of a sender in the storm.
struct Storm {
    token: String,
    acknowledged: Vec<(String, Sent)>,
    open: Vec<String>,
    bye: Farewell,
}

/// Sends without pause until the server says goodbye.
fn storm(mut client: Client, count: &AtomicU64) -> Storm {
    let mut asked: Vec<(u64, String)> = Vec::new();
    let (mut acknowledged, mut open) = (Vec::new(), Vec::new());
    let bye = loop {
        while asked.len() < WINDOW {
            let cid = fresh_cid();
            asked.push((client.wire.post(send("lobby", &cid, "in the storm")), cid));
        }
        let mut take = |id| {
            let at = asked.iter().position(|(asked, _)| Some(*asked) == id).expect("it was asked");
            asked.remove(at).1
        };
        match client.wire.read() {
            Received::Event(Event::Ok(ok)) => {
                let sent = ok.body().expect("the answer to a send");
                acknowledged.push((take(Some(ok.id)), sent));
                count.fetch_add(1, Ordering::Relaxed);
            }
            Received::Event(Event::Error(fault)) => {
                assert_eq!(fault.code, ErrorCode::Draining, "{}", fault.message);
                open.push(take(fault.id));
            }
            Received::Event(Event::Message(_) | Event::Members(_)) => {}
            Received::Event(Event::Bye(bye)) => break bye,
            other => panic!("the bye should have come, not {other:?}"),
        }
    };
    assert_eq!(bye.code, CloseCode::GoingAway.number());
    client.wire.expect_close(bye.code);
    open.extend(asked.into_iter().map(|(_, cid)| cid));
    Storm { token: client.token().to_owned(), acknowledged, open, bye }
}
