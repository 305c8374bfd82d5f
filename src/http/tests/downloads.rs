//! Streamed responses: back pressure, deadlines, and their end.

use std::io::{Read, Write};

use futures::FutureExt;
use support::eventually;
use support::http::parse;

use super::{CHUNK, GROWTH_MAX, MADE, Served, read_to_end, read_until, resident};
use crate::base::tasks::Kind;

/// Decodes a chunked body.
fn unchunked(mut bytes: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let end = bytes.windows(2).position(|two| two == b"\r\n").expect("a size");
        let size = std::str::from_utf8(&bytes[..end]).expect("text");
        let size = usize::from_str_radix(size, 16).expect("a size");
        bytes = &bytes[end + 2..];
        if size == 0 {
            assert_eq!(bytes, b"\r\n", "the end");
            return body;
        }
        body.extend(&bytes[..size]);
        bytes = &bytes[size + 2..];
    }
}

#[test]
fn a_stream_has_a_length_or_comes_in_chunks() {
    let served = Served::start(&[]);
    let chunked = served.ask("GET /stream/3", "", b"");
    assert_eq!(chunked.header("transfer-encoding"), Some("chunked"));
    assert_eq!(unchunked(&chunked.bytes), CHUNK.repeat(3));
    let sized = served.ask("GET /sized/4", "", b"");
    assert_eq!(sized.header("content-length"), Some("65536"));
    assert_eq!(sized.bytes, CHUNK.repeat(4));
    assert_eq!(served.running(Kind::Answer), 0);
}

#[test]
fn a_client_of_http_1_0_gets_a_stream_that_the_end_of_the_connection_ends() {
    let served = Served::start(&[]);
    let mut socket = served.connect();
    let head = format!("GET /stream/2 HTTP/1.0\r\nHost: {}\r\n\r\n", served.address);
    socket.write_all(head.as_bytes()).expect("the server reads");
    let answer = parse(&read_to_end(&mut socket));
    assert_eq!(answer.header("transfer-encoding"), None);
    assert_eq!(answer.bytes, CHUNK.repeat(2));
}

#[test]
fn head_on_a_stream_makes_no_chunk_and_keeps_the_connection() {
    let served = Served::start(&[]);
    let mut socket = served.connect();
    for (path, length) in [("/stream/1001", false), ("/sized/1002", true)] {
        served.say(&mut socket, &format!("HEAD {path}"), "");
        let answer = read_until(&mut socket, b"\r\n\r\n");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert_eq!(answer.contains("content-length: 16416768\r\n"), length, "{answer}");
    }
    served.say(&mut socket, "GET /files/7", "");
    assert!(read_until(&mut socket, b"\r\n\r\n7").starts_with("HTTP/1.1 200"));
    assert!(MADE.get(&1001).is_none() && MADE.get(&1002).is_none());
    assert_eq!(served.running(Kind::Answer), 0);
}

#[test]
fn a_slow_reader_slows_the_stream_down_and_has_all_of_it() {
    const CHUNKS: u64 = 3_200;
    let served = Served::start(&[]);
    let mut socket = served.connect_narrow();
    served.say(&mut socket, "GET /sized/3200", "Connection: close\r\n");
    let before = resident();
    let made = || MADE.get(&CHUNKS).map_or(0, |made| *made);
    // The number of chunks stops growing while nobody reads: they are in the kernel's buffers.
    let mut seen = usize::MAX;
    eventually("the stream waits for its reader", || {
        std::thread::sleep(std::time::Duration::from_millis(100));
        std::mem::replace(&mut seen, made()) == made() && made() > 0
    });
    assert!(made() < CHUNKS as usize / 4, "{} chunks for a reader that reads nothing", made());
    assert_eq!(served.running(Kind::Answer), 1);
    let growth = resident().saturating_sub(before);
    assert!(growth < GROWTH_MAX, "{growth} bytes more");
    let answer = parse(&read_to_end(&mut socket));
    assert_eq!(answer.bytes.len() as u64, CHUNKS * CHUNK.len() as u64);
    eventually("nothing is left", || served.running(Kind::Http) == 0);
    assert_eq!(served.running(Kind::Answer), 0);
}

#[test]
fn a_reader_that_reads_nothing_is_given_up() {
    let served = Served::start(&["--write-timeout", "300ms"]);
    let mut socket = served.connect_narrow();
    served.say(&mut socket, "GET /sized/3300", "");
    eventually("the stream began", || served.running(Kind::Answer) == 1);
    eventually("nothing is left", || {
        served.running(Kind::Answer) == 0 && served.running(Kind::Http) == 0
    });
    let mut rest = Vec::new();
    let _ = socket.read_to_end(&mut rest);
    assert!(rest.len() < 3_300 * CHUNK.len(), "it was cut");
}

#[test]
fn a_client_that_goes_away_ends_the_stream() {
    let served = Served::start(&[]);
    let mut socket = served.connect_narrow();
    served.say(&mut socket, "GET /stream/3400", "");
    read_until(&mut socket, b"\r\n\r\n");
    drop(socket);
    eventually("nothing is left", || {
        served.running(Kind::Answer) == 0 && served.running(Kind::Http) == 0
    });
    assert!(MADE.get(&3400).is_some_and(|made| *made < 3_400));
}

#[test]
fn a_stream_that_fails_or_stops_is_cut_so_that_the_client_sees_it() {
    let served = Served::start(&[]);
    for path in ["/fails", "/dry/1"] {
        let mut socket = served.connect();
        served.say(&mut socket, &format!("GET {path}"), "Connection: close\r\n");
        let answer = read_to_end(&mut socket);
        assert!(!answer.ends_with(b"0\r\n\r\n"), "{}", String::from_utf8_lossy(&answer));
        drop(socket);
        eventually("nothing is left", || served.running(Kind::Http) == 0);
        assert_eq!(served.running(Kind::Answer), 0);
    }
}

#[test]
fn a_stream_that_has_not_the_length_that_was_promised_is_cut() {
    let served = Served::start(&[]);
    for (path, promised) in [("/short", 6), ("/long", 4)] {
        let mut socket = served.connect();
        served.say(&mut socket, &format!("GET {path}"), "");
        let answer = read_to_end(&mut socket);
        let head = answer.windows(4).position(|four| four == b"\r\n\r\n");
        let body = head.map_or(0, |end| answer.len() - end - 4);
        assert!(body < promised, "{path}: {}", String::from_utf8_lossy(&answer));
    }
}

#[test]
fn a_source_that_stops_later_has_its_own_time_and_not_the_clients() {
    let served = Served::start(&["--write-timeout", "10m"]);
    let mut socket = served.connect_narrow();
    served.say(&mut socket, "GET /dry/500", "");
    eventually("the stream waits for its client", || served.running(Kind::Answer) == 1);
    assert!(!read_to_end(&mut socket).ends_with(b"0\r\n\r\n"), "it was cut");
}

#[test]
fn a_stream_may_last_longer_than_a_connection_waits_for_requests() {
    let served = Served::start(&["--keep-alive", "100ms", "--head-timeout", "100ms"]);
    let mut socket = served.connect_narrow();
    let next = format!("{}Connection: close\r\n\r\n", served.head("GET /files/next"));
    let both = format!("{}\r\n{next}", served.head("GET /sized/500"));
    socket.write_all(both.as_bytes()).expect("the server reads");
    eventually("the stream began", || served.running(Kind::Answer) == 1);
    std::thread::sleep(std::time::Duration::from_secs(1));
    let answers = parse(&read_to_end(&mut socket)).bytes;
    assert!(answers.starts_with(&CHUNK.repeat(500)), "{} bytes", answers.len());
    assert!(answers.ends_with(b"\r\n\r\nnext"), "it was no last answer");
}

#[test]
fn a_drain_waits_for_a_stream() {
    let served = Served::start(&[]);
    let mut socket = served.connect_narrow();
    served.say(&mut socket, "GET /sized/600", "");
    eventually("the stream began", || served.running(Kind::Answer) == 1);
    served.server.drain.begin();
    let mut ended = Box::pin(served.server.tasks.ended(Kind::Answer));
    assert!((&mut ended).now_or_never().is_none(), "it is in progress");
    // Finishing the drain does not cut it either, while the process runs.
    served.server.drain.finish();
    assert_eq!(parse(&read_to_end(&mut socket)).bytes.len(), 600 * CHUNK.len());
    async_std::task::block_on(ended);
    eventually("the connection ends", || served.running(Kind::Http) == 0);
}
