//! Connection slots: how many there are, for all and for one address, and that each becomes free again.

use std::sync::Barrier;
use std::thread;

use throng_protocol::Event;

use support::client::hello;
use support::crowd::{ended, person};
use support::http::{Kept, get, request, request_as, upgrade_head};
use support::raw::Raw;
use support::server::Server;
use support::wire::{How, Wire};
use support::{ELSEWHERE, eventually};

#[test]
fn over_the_cap_of_connections_the_answer_is_come_back_later() {
    let server = Server::with(["--connections-max", "5"]).start();
    let host = server.address();
    let mut people: Vec<_> = (0..5).map(|n| server.guest(&format!("one{n}"))).collect();
    for path in ["/ws", "/", "/readyz", "/nothing"] {
        let refused = get(host, path);
        assert_eq!((refused.status, refused.reason()), (503, "Server is full"), "{path}");
        let after = refused.header("retry-after").expect("when to come back");
        assert!(after.parse::<u64>().is_ok_and(|seconds| seconds >= 1), "{after}");
        assert_eq!(refused.header("connection"), Some("close"));
        assert!(refused.body.contains("full"), "{}", refused.body);
        let head = request(host, &format!("HEAD {path} HTTP/1.1\r\nHost: {host}\r\n"));
        assert_eq!((head.status, &*head.body), (503, ""), "{path}");
    }
    assert_eq!(get(host, "/healthz").status, 200, "a full server is well");
    assert_eq!(get(server.metrics_address(), "/healthz").status, 200);
    assert_eq!(get(server.metrics_address(), "/readyz").status, 503, "both addresses agree");
    people[0].barrier();
    people.pop().expect("the fifth").bye();
    let how = How::default();
    eventually("a place is free", || Wire::try_connect(host, &how).is_ok());
}

/// The server reads refused connections for a moment, which must not cost other clients anything.
#[test]
fn many_who_are_refused_and_say_nothing_hold_up_nobody() {
    let server = Server::with(["--connections-max", "1"]).start();
    let mut ana = server.guest("ana");
    let before = server.open_sockets();
    let silent: Vec<Raw> = (0..300).map(|_| Raw::connect(server.address())).collect();
    ana.barrier();
    assert!(server.open_sockets() <= before + 70, "at most 64 refused connections are open");
    drop(silent);
    eventually("the next one gets a reason", || {
        let answer = Kept::connect(server.address()).ask("GET / HTTP/1.1\r\nHost: localhost\r\n");
        answer.is_some_and(|answer| answer.status == 503)
    });
    ana.barrier();
}

#[test]
fn over_the_cap_of_an_address_others_still_come_in() {
    let server = Server::strict().with(["--connections-per-address-max", "3"]).start();
    let host = server.address();
    let mut three: Vec<_> = (0..3).map(|n| server.guest(&format!("one{n}"))).collect();
    let head = upgrade_head(&host.to_string(), "");
    let refused = request(host, &head);
    assert_eq!(refused.status, 429);
    assert_eq!(refused.reason(), "Too many connections from your address");
    assert!(refused.header("retry-after").is_some_and(|after| after != "0"), "{refused:?}");
    assert_eq!(server.metrics().sum("throng_refused_connections_total", "address"), 1.0);
    assert_eq!(get(host, "/").status, 200, "a page is no session");
    let elsewhere = How { source: Some(ELSEWHERE), ..How::default() };
    assert_eq!(request_as(host, &head, &elsewhere).status, 101, "another address has its own");
    three.pop().expect("the third").bye();
    eventually("a place is free", || request(host, &head).status == 101);
}

#[test]
fn an_address_has_only_so_many_connections_that_are_no_sessions() {
    let server =
        Server::strict().with(["--connections-per-address-max", "2", "--keep-alive", "1h"]).start();
    let host = server.address();
    let mut ana = server.guest("ana");
    let line = format!("GET /readyz HTTP/1.1\r\nHost: {host}\r\n");
    let mut kept: Vec<Kept> = (0..16).map(|_| Kept::connect(host)).collect();
    for one in &mut kept {
        assert_eq!(one.ask(&line).expect("an answer").status, 200);
    }
    let page = format!("GET / HTTP/1.1\r\nHost: {host}\r\n");
    let refused = request(host, &page);
    assert_eq!(refused.status, 429);
    assert_eq!(refused.reason(), "Too many connections from your address");
    assert_eq!(get(host, "/healthz").status, 200, "a check is answered all the same");
    assert_eq!(get(host, "/readyz").status, 200, "and the server takes sessions of others");
    let elsewhere = How { source: Some(ELSEWHERE), ..How::default() };
    assert_eq!(request_as(host, &page, &elsewhere).status, 200, "another address has its own");
    ana.barrier();
    kept.pop();
    eventually("a place is free", || request(host, &page).status == 200);
}

/// A school class: everybody opens the page at the same moment, behind one address.
#[test]
fn a_class_that_opens_the_page_together_comes_in() {
    const PEOPLE: usize = 60;
    const CONNECTIONS: usize = 6;
    let server = Server::strict().start();
    let host = server.address();
    let page = get(host, "/");
    let script = page.body.split('"').find(|part| part.ends_with("/main.js")).expect("a script");
    let files: Vec<String> = ["/", "/icon.svg", "/manifest.webmanifest", &format!("/{script}")]
        .iter()
        .cycle()
        .take(72)
        .map(|path| format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n"))
        .collect();
    let start = Barrier::new(PEOPLE * CONNECTIONS);
    thread::scope(|scope| {
        let files = &files;
        let start = &start;
        let all: Vec<_> = (0..PEOPLE * CONNECTIONS)
            .map(|n| {
                let nth = n % CONNECTIONS;
                person(scope, format!("connection {nth}"), move || {
                    start.wait();
                    let mut kept = Kept::connect(host);
                    for file in files.iter().skip(nth).step_by(CONNECTIONS) {
                        let answer = kept.ask(file).unwrap_or_else(|| panic!("no answer: {file}"));
                        assert_eq!(answer.status, 200, "{file}");
                    }
                    let wire = (nth == 0).then(|| Wire::connect(host));
                    (kept, wire)
                })
            })
            .collect();
        let all: Vec<_> = all.into_iter().map(ended).collect();
        assert_eq!(all.iter().filter(|(_, wire)| wire.is_some()).count(), PEOPLE);
    });
    let seen = get(server.metrics_address(), "/metrics").body;
    assert!(!seen.contains("throng_refused_connections_total{"), "nobody was refused: {seen}");
}

#[test]
fn a_trusted_address_has_no_cap_of_its_own() {
    let server = Server::with(["--connections-per-address-max", "3"]).start();
    let people: Vec<_> = (0..10).map(|n| server.guest(&format!("one{n}"))).collect();
    assert_eq!(people.len(), 10);
}

#[test]
fn a_place_is_free_again_however_a_connection_ended() {
    let server = Server::strict().with(["--connections-per-address-max", "2"]).start();
    let how = How::default();
    let come = || {
        let mut come = None;
        eventually("a place is free", || {
            come = Wire::try_connect(server.address(), &how).ok();
            come.is_some()
        });
        come.expect("the wait ends with it")
    };
    let token = server.guest("ana").token().to_owned();
    for round in 0..30 {
        let (mut one, mut other) = (come(), come());
        one.post(hello(None, Some(&token)));
        let event = one.event();
        assert!(matches!(event, Event::Ok(_)), "{event:?}");
        match round % 3 {
            0 => one.close(),
            1 => other.close(),
            _ => one.text("{"),
        }
    }
}

#[test]
fn no_socket_is_left_behind() {
    let server = Server::start();
    server.guest("warm").bye();
    eventually("quiet", || server.metrics().value("throng_connections") == 0.0);
    let before = server.open_sockets();
    let people: Vec<_> = (0..100).map(|_| server.anybody()).collect();
    // The scrape and the warm-up connection may have been open a moment longer when they were counted.
    assert!(server.open_sockets() >= before + 90, "sockets are seen as open files");
    drop(people);
    eventually("all sockets are closed", || server.open_sockets() <= before + 2);
}

#[test]
fn with_few_open_files_the_rest_is_refused_and_the_log_is_written() {
    let server = Server::setup().open_files(200).start();
    let mut ana = server.guest("ana");
    ana.join("lobby");
    let how = How::default();
    let tried: Vec<_> = (0..150).map(|_| Wire::try_connect(server.address(), &how)).collect();
    let refused = tried.iter().filter(|wire| wire.is_err()).count();
    assert!(refused > 50, "only {refused} of 150 were refused at 200 open files");
    ana.send("lobby", "there is a file left for this");
    drop(tried);
    eventually("a place is free", || Wire::try_connect(server.address(), &how).is_ok());
}

/// The operator has configured more connections than are possible.
#[test]
fn a_server_that_runs_out_of_open_files_goes_on_when_there_are_some_again() {
    let server = Server::with(["--connections-max", "1000"]).open_files(200).start();
    let mut ana = server.guest("ana");
    ana.join("lobby");
    let waiting: Vec<Raw> = (0..400).map(|_| Raw::connect(server.address())).collect();
    for _ in 0..20 {
        ana.barrier();
    }
    drop(waiting);
    let how = How::default();
    eventually("a place is free", || Wire::try_connect(server.address(), &how).is_ok());
    ana.send("lobby", "still there");
    assert_eq!(ana.expect_message("lobby").text, "still there");
}
