//! The end: a drain answers everything that it received, tells all clients when to come back, and loses
//! nothing.

use std::collections::HashSet;
use std::net::TcpStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use throng_protocol::{CloseCode, Command, ErrorCode, Event, Farewell, Ping, Sent};

use support::client::{Client, hello, send};
use support::crowd::{ended, person};
use support::http::{Kept, Response, get, request, upgrade_head};
use support::raw::Raw;
use support::server::Server;
use support::wire::{How, Received};
use support::{eventually, fresh_cid};

const LISTENERS: usize = 40;
const SENDERS: usize = 8;
const WINDOW: usize = 8;

#[test]
fn a_drain_under_load_loses_nothing_and_tells_everybody_when_to_come_back() {
    let mut server = Server::with(["--return-spread", "5s"]).start();
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
        let mut server = Server::start();
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
                    // Everything sent before this is received, and most of it not yet committed.
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
        let mut server = Server::start();
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
    let mut server = Server::with(["--grace", "10m"]).start();
    assert_eq!(server.stop().code(), Some(0));
    assert!(TcpStream::connect(server.address()).is_err(), "nobody listens any more");
}

#[test]
fn open_connections_without_a_session_hold_nothing_up() {
    let flags = ["--grace", "10m", "--keep-alive", "1h", "--send-buffer", "4KiB"];
    let mut server = Server::with(flags).start();
    let (host, metrics) = (server.address(), server.metrics_address());
    let health = format!("GET /healthz HTTP/1.1\r\nHost: {host}\r\n");
    let mut kept = [Kept::connect(host), Kept::connect(metrics)];
    for one in &mut kept {
        assert_eq!(one.ask(&health).expect("an answer").status, 200);
    }
    let _silent = Kept::connect(host);
    let mut half = Raw::connect(host);
    half.write(&health.as_bytes()[..20]);
    // An upgrade behind a file that the client does not read: its 101 cannot be written.
    let page = get(host, "/").body;
    let script = page.split('"').find(|part| part.ends_with("/main.js")).expect("a script");
    let list = script.replace("app/main.js", "text/emoji/list.js");
    let small = How { receive_buffer: Some(4096), ..How::default() };
    let mut deaf = Raw::connect_as(host, &small);
    let file = format!("GET /{list} HTTP/1.1\r\nHost: {host}\r\n\r\n");
    deaf.write(format!("{file}{}\r\n", upgrade_head(&host.to_string(), "")).as_bytes());
    let seats = || server.metrics().value("throng_connections");
    eventually("all are there", || seats() >= 4.0);
    assert_eq!(server.stop().code(), Some(0));
}

#[test]
fn while_draining_nobody_new_comes_in_and_everybody_hears_why() {
    let (mut server, _deaf, ana) = with_a_deaf_client("10m");
    let (host, metrics) = (server.address(), server.metrics_address());
    let line = |method: &str, path: &str| format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\n");
    let mut before = Kept::connect(host);
    assert_eq!(before.ask(&line("GET", "/readyz")).expect("an answer").status, 200);
    server.terminate();
    drop(ana);
    eventually("the drain has begun", || get(host, "/readyz").status == 503);

    let later = |answer: Response| {
        assert_eq!(answer.status, 503, "{answer:?}");
        assert_eq!(answer.reason(), "Server is restarting");
        assert!(answer.header("retry-after").is_some_and(|after| after != "0"), "{answer:?}");
        assert_eq!(answer.header("connection"), Some("close"));
    };
    later(
        before.ask(&line("GET", "/readyz")).expect("a connection from before gets an answer too"),
    );
    assert!(before.answer(false).is_none(), "and the connection is closed");
    later(request(host, &upgrade_head(&host.to_string(), "")));
    later(request(host, &line("GET", "/ws")));
    later(request(host, &line("OPTIONS", "/")));
    later(request(metrics, &line("GET", "/readyz")));
    assert_eq!(get(host, "/healthz").status, 200);
    assert_eq!(get(metrics, "/healthz").status, 200);
    assert_eq!(get(host, "/").status, 200, "a page that was begun can be completed");
    assert!(server.metrics().value("throng_connections") >= 1.0, "metrics are served to the end");
    assert!(!server.has_ended(), "it waits for the client that does not read");

    // Repeated until it ends: a signal within a moment of the first one counts as the same.
    eventually("a second signal ends the server at once", || {
        server.terminate_if_running();
        server.has_ended()
    });
    assert_eq!(server.wait_exit().code(), Some(130));
}

#[test]
fn the_next_server_waits_for_the_one_that_drains() {
    let (mut server, _deaf, ana) = with_a_deaf_client("10m");
    drop(ana);
    let address = server.address();
    server.terminate();
    let mut next = server.start_next(&["--start-wait", "1h"]);
    let line = next.line().expect("what is waited for");
    assert!(line.starts_with("waiting up to ") && line.contains(&address.to_string()), "{line}");
    server.kill9();
    assert_eq!(next.greeting().address, address);
    assert_eq!(server.guest("bo").join("lobby").head, 100, "it has the same log");
}

#[test]
fn past_the_grace_the_server_ends_and_names_who_is_late() {
    let (mut server, _deaf) = a_drain_that_waits("1s");
    server.wait_exit();
    let log = server.log();
    assert!(log.contains("late"), "the log names what was late: {log}");
}

/// A server that has been told to end, and waits for a client that does not read.
fn a_drain_that_waits(grace: &str) -> (Server, Client) {
    let (server, deaf, mut ana) = with_a_deaf_client(grace);
    server.terminate();
    ana.wire.expect_bye(CloseCode::GoingAway);
    (server, deaf)
}

/// A server with a client that has stopped reading, for which a drain will wait, and one that reads.
pub(crate) fn with_a_deaf_client(grace: &str) -> (Server, Client, Client) {
    let flags = ["--grace", grace, "--write-timeout", "10m", "--send-buffer", "8KiB"];
    let server = Server::with(flags).start();
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
    eventually("bytes wait for the client that does not read", || {
        server.metrics().value("throng_outbox_bytes") > 0.0
    });
    (server, deaf, ana)
}

/// A hello during a drain: it either comes too late, or gets an error or the bye.
#[test]
fn a_hello_that_meets_a_drain_is_told_to_come_back() {
    let server = Server::start();
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

/// The result of a sender in the storm.
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
