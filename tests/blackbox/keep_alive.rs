//! How long an HTTP connection stays open, and what the client learns of that.

use std::io::{Read, Write};
use std::thread;
use std::time::{Duration, Instant};

use crate::page::script;
use support::PATIENCE;
use support::http::{Kept, get};
use support::raw::Raw;
use support::server::Server;
use support::wire::{How, tcp};

#[test]
fn a_connection_that_asks_for_nothing_more_gives_its_place_back() {
    // So that only the pause after a page can end these connections.
    let server = Server::with(["--head-timeout", "10m", "--send-buffer", "4KiB"]).start();
    let host = server.address();
    let ask = |path: &str| {
        let small = How { receive_buffer: Some(4096), ..How::default() };
        let mut stream = tcp(host, &small).expect("the server listens");
        let head = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        stream.write_all(head.as_bytes()).expect("a request can be written");
        stream
    };
    let list = script(host).replace("app/main.js", "text/emoji/list.js");
    let mut slow = ask(&list);
    let (mut ended, mut all) = (Vec::new(), Vec::new());
    ask("/healthz").read_to_end(&mut ended).expect("the server ends it");
    assert!(ended.ends_with(b"ok\n"));
    // A slow reader gets the whole file nevertheless.
    slow.read_to_end(&mut all).expect("the server ends it after the file");
    assert!(all.ends_with(&get(host, &list).bytes), "{} bytes", all.len());
}

#[test]
fn an_answer_says_how_long_the_connection_waits_for_the_next() {
    let server = Server::with(["--keep-alive", "1h"]).start();
    let (host, metrics) = (server.address(), server.metrics_address());
    let line = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n");
    for (address, path) in [(host, "/"), (host, "/readyz"), (host, "/no"), (metrics, "/metrics")] {
        let mut kept = Kept::connect(address);
        for _ in 0..3 {
            let answer = kept.ask(&line(path)).expect("an answer");
            assert_eq!(answer.header("keep-alive"), Some("timeout=3600"), "{path}");
            assert_eq!(answer.header("connection"), Some("keep-alive"), "no proxy passes it on");
        }
        let last = kept.ask(&format!("{}Connection: close\r\n", line(path))).expect("an answer");
        assert_eq!(last.header("keep-alive"), None, "{path}");
        assert_eq!(last.header("connection"), Some("close"), "{path}");
        assert!(kept.answer(false).is_none(), "{path}");
    }
    let mut kept = Kept::connect(host);
    let module = kept.ask(&line(&script(host))).expect("a module");
    assert_eq!(
        module.header("keep-alive"),
        None,
        "a first visit loads dozens, so they have no extra header"
    );
    assert_eq!(kept.ask(&line("/")).expect("an answer").status, 200);
}

#[test]
fn without_keep_alive_each_answer_is_the_last() {
    let server = Server::with(["--keep-alive", "0s"]).start();
    let host = server.address();
    for path in ["/".to_owned(), "/healthz".to_owned(), script(host)] {
        let mut kept = Kept::connect(host);
        let answer = kept.ask(&format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n"));
        let answer = answer.expect("an answer");
        assert_eq!(answer.header("connection"), Some("close"), "{path}");
        assert_eq!(answer.header("keep-alive"), None, "{path}");
        assert!(kept.answer(false).is_none(), "{path}");
    }
}

#[test]
fn a_longer_wait_than_for_a_head_is_kept() {
    let server = Server::with(["--keep-alive", "1h", "--head-timeout", "100ms"]).start();
    let host = server.address();
    let line = format!("GET / HTTP/1.1\r\nHost: {host}\r\n");
    let mut kept = Kept::connect(host);
    assert_eq!(kept.ask(&line).expect("an answer").status, 200);
    // The server closes connections that are silent or drip meanwhile: so that time has passed.
    let mut silent = Kept::connect(host);
    let mut dripping = Raw::connect(host);
    dripping.write(&line.as_bytes()[..10]);
    assert!(silent.answer(false).is_none());
    assert_eq!(dripping.read_to_end(), b"");
    assert_eq!(kept.ask(&line).expect("an answer").status, 200);
}

/// A proxy keeps sending over its pooled connections. One that ends without notice costs it a request, and
/// the person behind it gets an error.
#[test]
fn a_connection_in_use_ends_with_a_word() {
    let server = Server::start();
    let addresses = [server.address(), server.metrics_address()];
    thread::scope(|scope| {
        for address in addresses {
            let server = &server;
            scope.spawn(move || {
                let line = format!("GET /healthz HTTP/1.1\r\nHost: {address}\r\n");
                let mut kept = Kept::connect(address);
                let begin = Instant::now();
                loop {
                    let answer = kept.ask(&line).unwrap_or_else(|| {
                        panic!("it ended without a word after {:?}", begin.elapsed())
                    });
                    assert_eq!(answer.status, 200);
                    if answer.header("connection") == Some("close") {
                        break;
                    }
                    assert!(begin.elapsed() < 4 * PATIENCE, "a slot does not stay taken");
                    thread::sleep(Duration::from_millis(250));
                }
                assert!(kept.answer(false).is_none(), "and then it ends");
                assert_eq!(get(server.address(), "/healthz").status, 200);
            });
        }
    });
}
