//! Request bodies: limits, deadlines, and what happens to the connection.

use std::io::Write;
use std::net::Shutdown;

use support::eventually;

use super::{
    CHUNK, GROWTH_MAX, Served, UPLOAD_BYTES_MAX, WHOLE_BYTES_MAX, read_to_end, read_until, resident,
};
use crate::base::tasks::Kind;
use crate::http::connection::HEAD_BYTES_MAX;

#[test]
fn an_upload_is_read_chunk_by_chunk() {
    let served = Served::start(&[]);
    let mut socket = served.connect();
    let headers = format!("Content-Length: {UPLOAD_BYTES_MAX}\r\nConnection: close\r\n");
    served.say(&mut socket, "PUT /files/7", &headers);
    let before = resident();
    for _ in 0..UPLOAD_BYTES_MAX / CHUNK.len() as u64 {
        socket.write_all(&CHUNK).expect("the server reads");
    }
    let answer = support::http::parse(&read_to_end(&mut socket));
    let growth = resident().saturating_sub(before);
    assert!(growth < GROWTH_MAX, "{growth} bytes more");
    assert_eq!(answer.status, 201);
    let (bytes, longest) = answer.body.split_once(' ').expect("two numbers");
    assert_eq!(bytes, UPLOAD_BYTES_MAX.to_string());
    let longest: usize = longest.parse().expect("a number");
    // hyper reads into all the room that its buffer has, and a buffer that grew from 8 KiB to the 16 KiB it may
    // ask for has 24.
    assert!(longest <= 2 * HEAD_BYTES_MAX, "{longest} bytes in memory at once");
}

#[test]
fn a_body_may_come_in_chunks() {
    let served = Served::start(&[]);
    let chunked = "Transfer-Encoding: chunked\r\n";
    let answer =
        served.ask("POST /whole", chunked, b"3\r\none\r\n4;x=y\r\n two\r\n0\r\nA: b\r\n\r\n");
    assert_eq!((answer.status, &*answer.body), (200, "one two"));
    for broken in [&b"3\r\none"[..], b"x\r\none\r\n0\r\n\r\n", b"3\r\nonetwo\r\n0\r\n\r\n"] {
        let mut socket = served.connect();
        served.say(&mut socket, "POST /whole", chunked);
        socket.write_all(broken).expect("the server reads");
        socket.shutdown(Shutdown::Write).expect("the connection is there");
        let answer = support::http::parse(&read_to_end(&mut socket));
        let shown = String::from_utf8_lossy(broken);
        assert_eq!((answer.status, answer.reason()), (400, "Body is broken"), "{shown}");
        assert_eq!(answer.header("connection"), Some("close"), "{shown}");
    }
}

#[test]
fn a_body_over_the_limit_gets_413_and_the_answer_arrives() {
    let served = Served::start(&[]);
    // The whole body is sent before the response is read, as simple clients do.
    let long = vec![b'x'; 4 << 20];
    let length = format!("Content-Length: {}\r\n", long.len());
    let answer = served.ask("POST /whole", &length, &long);
    assert_eq!((answer.status, answer.reason()), (413, "Body is too large"));
    assert_eq!(answer.body, "the body is too large: at most 64 bytes\n");
    assert_eq!(answer.header("connection"), Some("close"));
    let mut chunks = b"41\r\n".to_vec();
    chunks.extend(&long[..WHOLE_BYTES_MAX as usize + 1]);
    chunks.extend(b"\r\n0\r\n\r\n");
    let answer = served.ask("POST /whole", "Transfer-Encoding: chunked\r\n", &chunks);
    assert_eq!(answer.status, 413);
    let exact = served.ask("POST /whole", "Content-Length: 64\r\n", &long[..64]);
    assert_eq!((exact.status, exact.bytes.len()), (200, 64));
}

#[test]
fn a_client_that_asks_before_it_sends_is_answered_before_it_sends() {
    let served = Served::start(&[]);
    let ask = |line: &str, length: u64| {
        let mut socket = served.connect();
        let headers = format!("Content-Length: {length}\r\nExpect: 100-continue\r\n");
        served.say(&mut socket, line, &headers);
        let answer = read_until(&mut socket, b"\r\n\r\n");
        (socket, answer)
    };
    let (mut socket, answer) = ask("POST /whole", 5);
    assert_eq!(answer, "HTTP/1.1 100 Continue\r\n\r\n");
    socket.write_all(b"hello").expect("the server reads");
    let answer = read_until(&mut socket, b"hello");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    for (line, length, expected) in [
        ("POST /whole", 65, "HTTP/1.1 413"),
        ("GET /files/7", 5, "HTTP/1.1 200"),
        ("POST /files/7", 5, "HTTP/1.1 405"),
    ] {
        let (_, answer) = ask(line, length);
        assert!(answer.starts_with(expected), "{line}: {answer}");
        assert!(answer.contains("connection: close\r\n"), "{line}: {answer}");
    }
}

#[test]
fn a_body_that_does_not_come_gets_408() {
    let served = Served::start(&["--head-timeout", "200ms"]);
    for part in ["", "x"] {
        let mut socket = served.connect();
        let head = format!("{}Content-Length: 5\r\n\r\n{part}", served.head("POST /whole"));
        socket.write_all(head.as_bytes()).expect("the server reads");
        let answer = support::http::parse(&read_to_end(&mut socket));
        assert_eq!((answer.status, answer.reason()), (408, "Body came too slowly"), "{part:?}");
        assert_eq!(answer.header("connection"), Some("close"));
    }
    assert_eq!(served.running(Kind::Answer), 0);
}

#[test]
fn half_a_body_and_the_end_of_the_client_end_the_handler() {
    let served = Served::start(&[]);
    let mut socket = served.connect();
    let head = format!("{}Content-Length: 5\r\n\r\nhal", served.head("PUT /files/7"));
    socket.write_all(head.as_bytes()).expect("the server reads");
    eventually("the handler waits for more", || served.running(Kind::Answer) == 1);
    drop(socket);
    eventually("nothing is left", || {
        served.running(Kind::Answer) == 0 && served.running(Kind::Http) == 0
    });
}

#[test]
fn a_body_that_was_read_leaves_the_connection_open() {
    let served = Served::start(&[]);
    let mut socket = served.connect();
    for _ in 0..3 {
        let head = format!("{}Content-Length: 5\r\n\r\nhello", served.head("POST /whole"));
        socket.write_all(head.as_bytes()).expect("the server reads");
        let answer = read_until(&mut socket, b"hello");
        assert!(answer.contains("keep-alive: timeout="), "{answer}");
        assert!(!answer.contains("close"), "{answer}");
    }
}

#[test]
fn a_body_that_no_route_takes_ends_the_connection_and_the_answer_arrives() {
    let served = Served::start(&[]);
    let long = vec![b'x'; 4 << 20];
    for (line, status) in [("GET /files/7", 200), ("PUT /no", 405), ("OPTIONS /files/7", 204)] {
        for body in [&long[..], b"x"] {
            let mut socket = served.connect();
            served.say(&mut socket, line, &format!("Content-Length: {}\r\n", body.len()));
            socket.write_all(body).expect("the server reads");
            let answer = support::http::parse(&read_to_end(&mut socket));
            assert_eq!(answer.status, status, "{line}");
            assert_eq!(answer.header("connection"), Some("close"), "{line}");
            assert_eq!(answer.header("keep-alive"), None, "{line}");
        }
    }
}

#[test]
fn what_follows_a_body_is_the_next_request() {
    let served = Served::start(&[]);
    let head = served.head("POST /whole");
    let mut socket = served.connect();
    let next = served.head("GET /files/next");
    let all = format!("{head}Content-Length: 5\r\n\r\nhello{next}Connection: close\r\n\r\n");
    socket.write_all(all.as_bytes()).expect("the server reads");
    let answers = String::from_utf8(read_to_end(&mut socket)).expect("text");
    assert!(answers.contains("hello") && answers.ends_with("next"), "{answers}");
    // Bytes beyond the length are not a request.
    let mut socket = served.connect();
    let all = format!("{head}Content-Length: 5\r\n\r\nhello{{\"and\": \"more\"}}\r\n\r\n");
    socket.write_all(all.as_bytes()).expect("the server reads");
    let answers = String::from_utf8(read_to_end(&mut socket)).expect("text");
    assert_eq!(answers.matches("HTTP/1.1").count(), 2, "{answers}");
    assert!(answers.contains("hello") && answers.contains("HTTP/1.1 400"), "{answers}");
}
