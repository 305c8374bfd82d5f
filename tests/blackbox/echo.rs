//! Only the connection code, in a server that sends every message back (`examples/ws_echo.rs`): what a
//! conformance suite of RFC 6455 checks.

use fastrand::Rng;

use support::raw::{CLOSE, CONTINUED, CONTINUED_LAST, PING, Raw, TEXT, TEXT_FIRST, frame};
use support::seeded;
use support::server::Server;

const BINARY: u8 = 0x82;
const BINARY_FIRST: u8 = 0x02;
const PONG: u8 = 0x8a;

/// Lengths at which a header changes or one of the server's buffers ends.
const LENGTHS: [usize; 14] =
    [0, 1, 2, 124, 125, 126, 127, 128, 2_047, 2_048, 2_049, 32_767, 65_535, 65_536];

fn server() -> Server {
    Server::with(["--frame-bytes-max", "1MiB"]).example("ws_echo").start()
}

/// A text of this many bytes, with characters of one to four bytes.
fn text(rng: &mut Rng, length: usize) -> Vec<u8> {
    let mut text = String::new();
    while text.len() < length {
        let left = length - text.len();
        let c = ['a', 'é', '€', '😀'][rng.usize(..4)];
        text.push(if c.len_utf8() <= left { c } else { 'x' });
    }
    text.into_bytes()
}

/// Sends a message in these pieces, with control frames between them. Writes all bytes in chunks of any size.
/// Returns how many pings it sent.
fn send(raw: &mut Raw, rng: &mut Rng, is_text: bool, pieces: &[&[u8]]) -> usize {
    let mut bytes = Vec::new();
    let mut pings = 0;
    for (at, piece) in pieces.iter().enumerate() {
        let first = match (at, at + 1 == pieces.len(), is_text) {
            (0, true, true) => TEXT,
            (0, true, false) => BINARY,
            (0, false, true) => TEXT_FIRST,
            (0, false, false) => BINARY_FIRST,
            (_, false, _) => CONTINUED,
            (_, true, _) => CONTINUED_LAST,
        };
        bytes.extend(frame(first, piece));
        if at + 1 < pieces.len() && pings < 2 && rng.bool() {
            bytes.extend(frame(PING, b"between"));
            pings += 1;
        }
    }
    let mut rest = &bytes[..];
    while !rest.is_empty() {
        let (some, more) = rest.split_at(rng.usize(1..=rest.len()));
        raw.write(some);
        rest = more;
    }
    pings
}

/// Reads up to the next message, and checks the pongs before it. The server may skip the pong of a ping if a
/// newer ping comes while that pong waits.
fn expect(raw: &mut Raw, first: u8, payload: &[u8], mut pings: usize) {
    loop {
        match raw.read_frame().expect("the connection lives") {
            (PONG, bytes) => {
                assert_eq!(bytes, b"between");
                pings = pings.checked_sub(1).expect("a pong for a ping");
            }
            (kind, bytes) => {
                assert_eq!((kind, bytes.len()), (first, payload.len()));
                assert!(bytes == payload, "the same bytes");
                return;
            }
        }
    }
}

#[test]
fn every_length_comes_back_in_one_frame_and_in_fragments() {
    let server = server();
    let mut rng = seeded();
    for length in LENGTHS {
        let mut raw = Raw::upgraded(server.address());
        for is_text in [true, false] {
            let payload = text(&mut rng, length);
            let kind = if is_text { TEXT } else { BINARY };
            for parts in [1, 2, 3, 7] {
                let size = payload.len().div_ceil(parts).max(1);
                let mut pieces: Vec<&[u8]> = payload.chunks(size).collect();
                if pieces.is_empty() {
                    pieces.push(&[]);
                }
                let pings = send(&mut raw, &mut rng, is_text, &pieces);
                expect(&mut raw, kind, &payload, pings);
            }
        }
    }
}

#[test]
fn a_character_may_be_cut_anywhere() {
    let server = server();
    let mut rng = seeded();
    let payload = "aé€😀\u{10ffff}\u{fffd}\u{0}z".as_bytes();
    for first in 0..=payload.len() {
        // Small fragments have a rate limit, so each round uses its own connection.
        let mut raw = Raw::upgraded(server.address());
        for second in first..=payload.len() {
            let pieces = [&payload[..first], &payload[first..second], &payload[second..]];
            let pings = send(&mut raw, &mut rng, true, &pieces);
            expect(&mut raw, TEXT, payload, pings);
        }
    }
}

#[test]
fn what_is_not_utf8_is_closed_with_1007_wherever_it_stands() {
    let server = server();
    let mut rng = seeded();
    for wrong in [
        &b"\xff"[..],
        b"\xc0\xaf",
        b"\xe0\x80\x80",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\xf8\x88\x80\x80\x80",
        b"\x80",
        b"\xce",
        b"\xf0\x9f\x98",
    ] {
        for before in [&b""[..], "é€".as_bytes()] {
            let payload = [before, wrong].concat();
            for size in [1, payload.len()] {
                let mut raw = Raw::upgraded(server.address());
                let pieces: Vec<&[u8]> = payload.chunks(size).collect();
                send(&mut raw, &mut rng, true, &pieces);
                let ending = raw.ending();
                assert_eq!(ending.close, Some(1007), "{payload:x?} in pieces of {size}");
                assert!(ending.events.is_empty(), "no message of the chat comes before it");
            }
        }
    }
}

#[test]
fn a_close_is_answered_with_its_code_and_a_wrong_one_is_a_violation() {
    let server = server();
    let close = |payload: &[u8]| {
        let mut raw = Raw::upgraded(server.address());
        raw.offer(&frame(CLOSE, payload));
        raw.ending().close
    };
    assert_eq!(close(&[]), Some(1005), "a close without a code");
    for code in [1000_u16, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999] {
        assert_eq!(close(&code.to_be_bytes()), Some(code));
        let reason = [&code.to_be_bytes()[..], "so long €".as_bytes()].concat();
        assert_eq!(close(&reason), Some(code));
    }
    for code in [0_u16, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999, 5000, 65_535] {
        assert_eq!(close(&code.to_be_bytes()), Some(1002), "{code} may not be sent");
    }
    assert_eq!(close(&[3]), Some(1002), "half a code");
    assert!(matches!(close(b"\x03\xe8\xff"), Some(1002 | 1007)), "a reason that is not UTF-8");
}

#[test]
fn messages_that_follow_one_another_come_back_in_their_order() {
    let server = server();
    let mut raw = Raw::upgraded(server.address());
    for round in 0..20 {
        let messages: Vec<Vec<u8>> =
            (0..50).map(|n| format!("{round} {n} {}", "x".repeat(n * 37)).into_bytes()).collect();
        let frames: Vec<Vec<u8>> = messages.iter().map(|message| frame(TEXT, message)).collect();
        raw.write(&frames.concat());
        for message in &messages {
            expect(&mut raw, TEXT, message, 0);
        }
    }
}

#[test]
fn a_message_over_the_limit_is_closed_with_1009() {
    let server = Server::with(["--frame-bytes-max", "32KiB"]).example("ws_echo").start();
    let mut raw = Raw::upgraded(server.address());
    let longest = vec![7; 32 * 1024];
    raw.write(&frame(BINARY, &longest));
    expect(&mut raw, BINARY, &longest, 0);
    raw.offer(&frame(BINARY, &[&longest[..], &[7]].concat()));
    assert_eq!(raw.ending().close, Some(1009));
}
