//! The way in: HTTP on the port, the upgrade, and which pages may connect.

use throng_protocol::Event;

use support::eventually;
use support::http::{Kept, get, parse, request, upgrade_head};
use support::raw::{Raw, TEXT, frame};
use support::server::Server;

#[test]
fn the_page_and_the_checks_of_health_are_served_on_the_same_port() {
    let server = Server::start();
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
    let server = Server::start();
    let host = server.address();
    for method in ["POST", "PUT", "DELETE", "PATCH", "BREW"] {
        for path in ["/", "/ws", "/healthz", "/readyz"] {
            let head = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n");
            let answer = request(host, &head);
            assert_eq!(answer.status, 405, "{method} {path}");
            assert_eq!(answer.header("allow"), Some("GET, HEAD, OPTIONS"), "{method} {path}");
        }
    }
    let head = request(host, &format!("HEAD / HTTP/1.1\r\nHost: {host}\r\n"));
    assert_eq!((head.status, &*head.body), (200, ""));
}

/// Balancers check health in different ways; what HAProxy's `option httpchk` sends is among these.
#[test]
fn checks_of_health_are_answered_however_they_are_asked() {
    let server = Server::start();
    for address in [server.address(), server.metrics_address()] {
        for path in ["/healthz", "/readyz"] {
            for head in [
                format!("GET {path} HTTP/1.0\r\n"),
                format!("GET {path} HTTP/1.1\r\n"),
                format!("GET {path} HTTP/1.1\r\nHost: chat.example\r\n"),
                format!("GET {path} HTTP/1.1\r\nHost: 192.0.2.1:80\r\nHost: other\r\n"),
                format!("GET {path} HTTP/1.1\r\nHost: x\r\nOrigin: http://evil.example\r\n"),
                format!("HEAD {path} HTTP/1.1\r\nHost: x\r\n"),
                format!("OPTIONS {path} HTTP/1.0\r\n"),
                format!("OPTIONS {path} HTTP/1.1\r\nHost: x\r\n"),
            ] {
                assert_eq!(request(address, &head).status, 200, "{head}");
            }
        }
        for head in [
            "OPTIONS / HTTP/1.0\r\n",
            "OPTIONS / HTTP/1.1\r\nHost: chat.example\r\n",
            "OPTIONS * HTTP/1.1\r\nHost: chat.example\r\n",
            "OPTIONS /ws HTTP/1.0\r\n",
            "OPTIONS /metrics HTTP/1.0\r\n",
        ] {
            let answer = request(address, head);
            assert_eq!((answer.status, &*answer.body), (204, ""), "{head}");
            assert_eq!(answer.header("allow"), Some("GET, HEAD, OPTIONS"), "{head}");
            let cross = answer.header("access-control-allow-origin");
            assert_eq!(cross, None, "it lets no other page in");
        }
    }
    let nameless = request(server.address(), "GET / HTTP/1.0\r\n");
    assert_eq!((nameless.status, nameless.reason()), (400, "One Host header is needed"));
}

/// `nc -N` and programs that close their side after the request.
#[test]
fn who_has_asked_and_closes_their_side_gets_the_answer() {
    let server = Server::start();
    let (chat, metrics) = (server.address(), server.metrics_address());
    for (address, path) in [(chat, "/"), (chat, "/healthz"), (chat, "/ws"), (metrics, "/metrics")] {
        for _ in 0..20 {
            let mut kept = Kept::connect(address);
            kept.send(&format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n"));
            kept.finish();
            let answer = kept.answer(false).unwrap_or_else(|| panic!("no answer: {path}"));
            assert!(matches!(answer.status, 200 | 426), "{path}: {}", answer.status);
            assert!(kept.answer(false).is_none(), "{path}: and then it is closed");
        }
    }
}

/// A client that sends everything before it reads must get the answer, not a reset.
#[test]
fn an_answer_arrives_although_the_server_does_not_want_what_is_sent() {
    let server = Server::start();
    let host = server.address();
    let long = vec![b'x'; 4 << 20];
    let line = |line: &str| format!("{line} HTTP/1.1\r\nHost: {host}\r\n");
    let posted = format!("{}Content-Length: {}\r\n\r\n", line("POST /"), long.len());
    for (head, status) in [(posted, "405"), (format!("{}X-Huge: ", line("GET /")), "431")] {
        let mut raw = Raw::connect(host);
        assert!(raw.offer(head.as_bytes()) && raw.offer(&long), "{status}: it is read");
        let answer = String::from_utf8(raw.read_to_end()).expect("text");
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{status}: {answer:?}");
        assert!(answer.contains("connection: close\r\n"), "{answer}");
        assert!(!answer.contains("keep-alive"), "{answer}");
    }
}

#[test]
fn a_request_for_the_websocket_without_an_upgrade_is_told_so() {
    let server = Server::start();
    let host = server.address();
    assert_eq!(get(host, "/ws").status, 426);
    let whole = upgrade_head(&host.to_string(), "");
    for without in ["Upgrade: websocket\r\n", "Connection: Upgrade\r\n"] {
        let answer = request(host, &whole.replacen(without, "", 1));
        assert_eq!(answer.status, 426, "without {without}");
        assert_eq!(answer.reason(), "WebSocket upgrade required");
        assert_eq!(answer.header("upgrade"), Some("websocket"), "RFC 9110, section 15.5.22");
        assert!(answer.body.contains("proxy"), "who may have taken it away: {}", answer.body);
    }
    let said = || server.log().matches("does the proxy pass Upgrade").count();
    eventually("the server logs it", || said() > 0);
    let head = whole.replacen("HTTP/1.1", "HTTP/1.0", 1);
    assert_eq!(request(host, &head).status, 426, "an upgrade needs HTTP/1.1");
    let key = "Sec-WebSocket-Key: dGhyb25nIHRocm9uZyB0aA==\r\n";
    for wrong in [
        "",
        "Sec-WebSocket-Key: dGhyb25n\r\n",
        "Sec-WebSocket-Key: this is no key at all!!=\r\n",
        "Sec-WebSocket-Key: dGhyb25nIHRocm9uZyB0aGFu\r\n",
        "Sec-WebSocket-Key: dGhyb25nIHRocm9uZyB0aA\r\n",
        &key.repeat(2),
    ] {
        let answer = request(host, &whole.replacen(key, wrong, 1));
        assert_eq!((answer.status, answer.reason()), (400, "Bad Sec-WebSocket-Key"), "{wrong}");
    }
    for version in ["8", "14", "13, 8", "x"] {
        let head = whole.replacen("Version: 13", &format!("Version: {version}"), 1);
        let answer = request(host, &head);
        assert_eq!((answer.status, answer.reason()), (426, "WebSocket version 13 required"));
        assert_eq!(answer.header("sec-websocket-version"), Some("13"), "RFC 6455, section 4.4");
    }
    let posted = request(host, &whole.replacen("GET", "POST", 1));
    assert_eq!(posted.status, 405, "RFC 6455, section 4.1: a GET");
    assert_eq!(request(host, &whole).status, 101);
    assert_eq!(request(host, &whole.replacen("/ws", "/ws/", 1)).status, 101, "with a slash");
    let lax = whole.replacen("aA==", "aB==", 1);
    assert_eq!(request(host, &lax).status, 101, "the last bits of a key mean nothing");
    assert_eq!(said(), 1, "and only once");
}

/// A proxy uses a connection of its pool for the upgrade.
#[test]
fn an_upgrade_may_come_over_a_connection_that_was_used() {
    let server = Server::start();
    let host = server.address();
    let upgrade = upgrade_head(&host.to_string(), "");
    let mut kept = Kept::connect(host);
    for path in ["/", "/healthz", "/readyz"] {
        let answer = kept.ask(&format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n"));
        assert_eq!(answer.expect("an answer").status, 200);
    }
    let answer = kept.ask(&upgrade).expect("an answer");
    assert_eq!((answer.status, answer.header("connection")), (101, Some("Upgrade")));

    // All in one piece, with the first command right behind.
    let mut raw = Raw::connect(host);
    let heads = format!("GET /healthz HTTP/1.1\r\nHost: {host}\r\n\r\n{upgrade}\r\n");
    let hello = frame(TEXT, br#"{"type":"hello","id":1,"version":1}"#);
    raw.write(&[heads.as_bytes(), &hello].concat());
    let mut answers = Vec::new();
    while !answers.windows(4).any(|four| four == b"101 ") || !answers.ends_with(b"\r\n\r\n") {
        answers.extend(raw.read_bytes(1).expect("both are answered"));
    }
    assert!(matches!(raw.read_event(), Some(Event::Ok(ok)) if ok.id == 1));
}

/// Tcl's http sends `Connection: close` with every upgrade, and accepts only `Upgrade` in the response.
#[test]
fn an_upgrade_that_says_close_as_well_is_an_upgrade() {
    let server = Server::start();
    let host = server.address();
    let plain = upgrade_head(&host.to_string(), "");
    let tcl = plain.replacen("Connection: Upgrade", "Connection: Upgrade\r\nConnection: close", 1);
    let list = plain.replacen("Connection: Upgrade", "Connection: close, Upgrade", 1);
    let mut heads = Vec::new();
    for head in [plain, tcl, list] {
        let mut raw = Raw::connect(host);
        let mut bytes = format!("{head}\r\n").into_bytes();
        let first = br#"{"type":"hello","id":1,"version":1}"#;
        bytes.extend(frame(TEXT, first));
        raw.write(&bytes);
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.extend(raw.read_bytes(1).expect("the upgrade is answered"));
        }
        let answer = parse(&answer);
        assert_eq!((answer.status, answer.header("connection")), (101, Some("Upgrade")), "{head}");
        assert!(matches!(raw.read_event(), Some(Event::Ok(ok)) if ok.id == 1), "{head}");
        let mut names: Vec<String> = answer
            .head
            .lines()
            .filter_map(|line| Some(line.split_once(':')?.0.to_ascii_lowercase()))
            .filter(|name| name != "date")
            .collect();
        names.sort();
        heads.push((names, answer.header("sec-websocket-accept").map(str::to_owned)));
    }
    assert!(heads.iter().all(|head| *head == heads[0]), "{heads:?}");
}

#[test]
fn a_foreign_origin_is_refused_and_the_own_one_is_not() {
    let server = Server::with(["--origins", "https://chat.example"]).start();
    let host = server.address();
    let with = |origin: &str| {
        let head = upgrade_head(&host.to_string(), &format!("Origin: {origin}\r\n"));
        request(host, &head).status
    };
    let port = host.port();
    assert_eq!(with(&format!("http://{host}")), 101, "the server's own page");
    assert_eq!(with("https://chat.example"), 101, "a configured one");
    assert_eq!(with(&format!("ws://{host}")), 101, "what ws4py sends");
    assert_eq!(with("wss://chat.example"), 101, "the same of a configured one");
    let refused = upgrade_head(&host.to_string(), "Origin: http://evil.example\r\n");
    assert_eq!(request(host, &refused).reason(), "Origin not listed in origins");
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
        &format!("ws://evil.example:{port}"),
        "ws://127.0.0.1",
        "ws://chat.example",
        "",
    ] {
        assert_eq!(with(foreign), 403, "{foreign:?}");
    }
    let twice = format!("Origin: http://{host}\r\nOrigin: http://evil.example\r\n");
    assert_ne!(request(host, &upgrade_head(&host.to_string(), &twice)).status, 101);
    assert_eq!(request(host, &upgrade_head(&host.to_string(), "")).status, 101, "no browser");
}

/// DNS rebinding: a foreign name that resolves to this machine must not reach a local server.
#[test]
fn on_loopback_a_host_that_is_not_loopback_is_refused() {
    let server = Server::start();
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
