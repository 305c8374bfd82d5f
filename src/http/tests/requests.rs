//! Paths, methods and handlers, one request after another.

use std::io::{Read, Write};
use std::sync::atomic::Ordering;
use std::time::Duration;

use support::eventually;

use super::{CHUNK, Served, WAITING, read_to_end, read_until};
use crate::base::tasks::Kind;

#[test]
fn a_part_of_a_path_reaches_the_handler_as_it_came() {
    let served = Served::start(&[]);
    for part in ["7", "a%2Fb", "%2e%2e", "a+b", "%"] {
        let answer = served.ask(&format!("GET /files/{part}?x=/y"), "", b"");
        assert_eq!((answer.status, &*answer.body), (200, part));
    }
    for path in ["/files/", "/files/a/b", "/files", "//files/7", "/files//7"] {
        assert_eq!(served.ask(&format!("GET {path}"), "", b"").body, "nothing\n", "{path}");
    }
}

#[test]
fn each_path_says_what_it_allows() {
    let served = Served::start(&[]);
    for (line, status, allow) in [
        ("POST /files/7", 405, "GET, HEAD, PUT, OPTIONS"),
        ("BREW /files/7", 405, "GET, HEAD, PUT, OPTIONS"),
        ("GET /whole", 405, "POST, OPTIONS"),
        ("HEAD /whole", 405, "POST, OPTIONS"),
        ("PUT /elsewhere", 405, "GET, HEAD, OPTIONS"),
        ("OPTIONS /files/7", 204, "GET, HEAD, PUT, OPTIONS"),
        ("OPTIONS /whole", 204, "POST, OPTIONS"),
        ("OPTIONS *", 204, "GET, HEAD, OPTIONS"),
    ] {
        let answer = served.ask(line, "", b"");
        assert_eq!((answer.status, answer.header("allow")), (status, Some(allow)), "{line}");
    }
    let answer = served.ask("DELETE /files/7", "", b"");
    assert_eq!(answer.body, "only GET and PUT are answered here\n");
}

#[test]
fn requests_that_come_at_once_are_answered_in_order() {
    let served = Served::start(&[]);
    let mut socket = served.connect();
    let get = |path: &str| format!("{}\r\n", served.head(&format!("GET {path}")));
    let post = format!("{}Content-Length: 3\r\n\r\ntwo", served.head("POST /whole"));
    let last = format!("{}Connection: close\r\n\r\n", served.head("GET /files/four"));
    let all = format!("{}{post}{}{last}", get("/files/one"), get("/sized/1"));
    socket.write_all(all.as_bytes()).expect("the server reads");
    let answers = read_to_end(&mut socket);
    let at = |part: &[u8]| answers.windows(part.len()).position(|it| it == part).expect("it came");
    let places = [at(b"\r\n\r\none"), at(b"\r\n\r\ntwo"), at(&CHUNK), at(b"\r\n\r\nfour")];
    assert!(places.is_sorted(), "{places:?}");
}

#[test]
fn a_handler_ends_at_its_time_and_when_its_client_resets_the_connection() {
    let served = Served::start(&[]);
    let late = served.ask("GET /late", "", b"");
    assert_eq!((late.status, late.reason()), (503, "Answer took too long"));
    assert_eq!(served.running(Kind::Answer), 0);
    let mut socket = served.connect();
    served.say(&mut socket, "GET /waits", "");
    eventually("the handler works", || WAITING.load(Ordering::SeqCst) == 1);
    let option = socket2::SockRef::from(&socket).set_linger(Some(Duration::ZERO));
    option.expect("a socket option");
    drop(socket);
    eventually("nothing is left", || {
        WAITING.load(Ordering::SeqCst) == 0 && served.running(Kind::Http) == 0
    });
    assert_eq!(served.running(Kind::Answer), 0);
}

#[test]
fn what_takes_time_leaves_its_place_among_the_handshakes() {
    let served = Served::start(&["--admissions-max", "1"]);
    let mut working = Vec::new();
    for head in ["GET /waits", "PUT /files/7"] {
        let mut socket = served.connect();
        served.say(&mut socket, head, "Content-Length: 5\r\n");
        working.push(socket);
        eventually("the handler works", || served.running(Kind::Answer) == working.len());
        assert_eq!(served.ask("GET /files/7", "", b"").status, 200);
    }
}

#[test]
fn a_handler_that_panics_costs_its_connection_and_no_other() {
    let served = Served::start(&[]);
    let mut other = served.connect();
    let mut socket = served.connect();
    served.say(&mut socket, "GET /panics", "");
    let mut bytes = Vec::new();
    let _ = socket.read_to_end(&mut bytes);
    assert_eq!(bytes, b"");
    served.say(&mut other, "GET /files/7", "");
    assert!(read_until(&mut other, b"\r\n\r\n7").starts_with("HTTP/1.1 200"));
}
