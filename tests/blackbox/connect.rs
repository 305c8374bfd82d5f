//! The way in: HTTP on the port, the upgrade, and who may come.

use throng_protocol::Event;

use crate::harness::client::hello;
use crate::harness::http::{get, request, request_as, upgrade_head};
use crate::harness::raw::Raw;
use crate::harness::server::Server;
use crate::harness::wire::{How, Wire};
use crate::harness::{ELSEWHERE, eventually};

#[test]
fn the_page_and_the_checks_of_health_are_served_on_the_same_port() {
    let server = Server::start(&[]);
    let page = get(server.address(), "/");
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").is_some_and(|kind| kind.starts_with("text/html")));
    assert!(page.body.contains("<!doctype html>") || page.body.contains("<!DOCTYPE html>"));
    assert_eq!(get(server.address(), "/healthz").status, 200);
    assert_eq!(get(server.address(), "/readyz").status, 200);
    assert_eq!(get(server.address(), "/no/such/page").status, 404);
    assert_eq!(get(server.address(), "/../../etc/passwd").status, 404);
    assert_eq!(get(server.address(), "/%2e%2e/%2e%2e/etc/passwd").status, 404);
    assert_ne!(get(server.address(), "/metrics").status, 200, "not on the public port");
}

#[test]
fn other_methods_than_get_and_head_are_refused() {
    let server = Server::start(&[]);
    let host = server.address();
    for method in ["POST", "PUT", "DELETE", "PATCH", "BREW"] {
        let head = format!("{method} / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n");
        assert_eq!(request(host, &head).status, 405, "{method}");
    }
    let head = request(host, &format!("HEAD / HTTP/1.1\r\nHost: {host}\r\n"));
    assert_eq!((head.status, &*head.body), (200, ""));
}

#[test]
fn a_request_for_the_websocket_without_an_upgrade_is_told_so() {
    let server = Server::start(&[]);
    let host = server.address();
    assert!(matches!(get(host, "/ws").status, 400 | 426));
    let whole = upgrade_head(&host.to_string(), "");
    for without in ["Upgrade: websocket\r\n", "Connection: Upgrade\r\n"] {
        let half = whole.replacen(without, "", 1);
        assert!(matches!(request(host, &half).status, 400 | 426), "without {without}");
    }
    let no_key = whole.replacen("Sec-WebSocket-Key: dGhyb25nIHRocm9uZyB0aA==\r\n", "", 1);
    assert!(matches!(request(host, &no_key).status, 400 | 426));
    let short_key = whole.replacen("dGhyb25nIHRocm9uZyB0aA==", "dGhyb25n", 1);
    assert!(matches!(request(host, &short_key).status, 400 | 426));
    let old = request(host, &whole.replacen("Version: 13", "Version: 8", 1));
    assert!(matches!(old.status, 400 | 426));
    assert_eq!(old.header("sec-websocket-version"), Some("13"), "RFC 6455, section 4.4");
    let posted = request(host, &whole.replacen("GET", "POST", 1));
    assert!(matches!(posted.status, 400 | 405 | 426), "RFC 6455, section 4.1: a GET");
    assert_eq!(request(host, &whole).status, 101);
}

#[test]
fn a_foreign_origin_is_refused_and_the_own_one_is_not() {
    let server = Server::start(&["--origins", "https://chat.example"]);
    let host = server.address();
    let with = |origin: &str| {
        let head = upgrade_head(&host.to_string(), &format!("Origin: {origin}\r\n"));
        request(host, &head).status
    };
    let port = host.port();
    assert_eq!(with(&format!("http://{host}")), 101, "the server's own page");
    assert_eq!(with("https://chat.example"), 101, "a configured one");
    for foreign in [
        "http://evil.example",
        "null",
        "http://chat.example",
        "https://chat.example.evil.example",
        "https://evilchat.example",
        "http://127.0.0.1",
        "http://127.0.0.1:1",
        &format!("https://evil.example:{port}"),
        &format!("http://{host}.evil.example"),
        "",
    ] {
        assert_eq!(with(foreign), 403, "{foreign:?}");
    }
    let twice = format!("Origin: http://{host}\r\nOrigin: http://evil.example\r\n");
    assert_ne!(request(host, &upgrade_head(&host.to_string(), &twice)).status, 101);
    assert_eq!(request(host, &upgrade_head(&host.to_string(), "")).status, 101, "no browser");
}

/// DNS rebinding: a foreign name that points to this machine must not reach a local server.
#[test]
fn on_loopback_a_host_that_is_not_loopback_is_refused() {
    let server = Server::start(&[]);
    let address = server.address();
    let port = address.port();
    for host in ["evil.example", &format!("evil.example:{port}"), "192.0.2.1", "localhost.evil"] {
        let origin = format!("Origin: http://{host}\r\n");
        let status = request(address, &upgrade_head(host, &origin)).status;
        assert!(matches!(status, 403 | 421), "{host}: {status}");
        let status = request(address, &format!("GET / HTTP/1.1\r\nHost: {host}\r\n")).status;
        assert!(matches!(status, 403 | 421), "{host}: {status}");
    }
    for host in
        [&*format!("localhost:{port}"), &*format!("127.0.0.1:{port}"), &*format!("[::1]:{port}")]
    {
        let origin = format!("Origin: http://{host}\r\n");
        assert_eq!(request(address, &upgrade_head(host, &origin)).status, 101, "{host}");
    }
    let none = request(address, "GET /ws HTTP/1.1\r\n");
    assert!(matches!(none.status, 400 | 403 | 421), "HTTP/1.1 needs a host");
}

#[test]
fn over_the_cap_of_connections_the_answer_is_come_back_later() {
    let server = Server::start(&["--connections-max", "5"]);
    let mut people: Vec<_> = (0..5).map(|n| server.guest(&format!("one{n}"))).collect();
    let refused = get(server.address(), "/ws");
    assert_eq!(refused.status, 503);
    let after = refused.header("retry-after").expect("when to come back");
    assert!(after.parse::<u64>().is_ok_and(|seconds| seconds >= 1), "{after}");
    people[0].barrier();
    people.pop().expect("the fifth").bye();
    let how = How::default();
    eventually("a place is free", || Wire::try_connect(server.address(), &how).is_ok());
}

#[test]
fn over_the_cap_of_an_address_others_still_come_in() {
    let server = Server::start_strict(&["--connections-per-address-max", "3"]);
    let _three: Vec<_> = (0..3).map(|n| server.guest(&format!("one{n}"))).collect();
    let refused = get(server.address(), "/ws");
    assert_eq!(refused.status, 429);
    let host = server.address();
    let elsewhere = How { source: Some(ELSEWHERE), ..How::default() };
    let head = upgrade_head(&host.to_string(), "");
    assert_eq!(request_as(host, &head, &elsewhere).status, 101, "another address has its own");
}

#[test]
fn a_trusted_address_has_no_cap_of_its_own() {
    let server = Server::start(&["--connections-per-address-max", "3"]);
    let people: Vec<_> = (0..10).map(|n| server.guest(&format!("one{n}"))).collect();
    assert_eq!(people.len(), 10);
}

#[test]
fn a_place_is_free_again_however_a_connection_ended() {
    let server = Server::start_strict(&["--connections-per-address-max", "2"]);
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
    let server = Server::start(&[]);
    server.guest("warm").bye();
    eventually("quiet", || server.metrics().value("throng_connections") == 0.0);
    let before = server.open_files();
    let people: Vec<_> = (0..100).map(|_| server.anybody()).collect();
    // The scrape and the warm one may have been open a moment longer when they were counted.
    assert!(server.open_files() >= before + 90, "sockets are seen as open files");
    drop(people);
    eventually("all sockets are closed", || server.open_files() <= before + 2);
}

#[test]
fn with_few_open_files_the_rest_is_refused_and_the_log_is_written() {
    let server = Server::start_with_files(200, &[]);
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

/// The operator promised more connections than there can be.
#[test]
fn a_server_that_runs_out_of_open_files_goes_on_when_there_are_some_again() {
    let server = Server::start_with_files(200, &["--connections-max", "1000"]);
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
