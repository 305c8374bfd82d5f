//! Hostile bytes after the upgrade: the server closes broken WebSocket with a code and a reason, before and
//! after the hello. Its memory stays bounded, and it serves other clients meanwhile.

use std::cell::Cell;
use std::thread;

use throng_protocol::CloseCode::{self, Flooding, NotUtf8, ProtocolError, TooBig};
use throng_protocol::Event;

use support::crowd::{ended, person};
use support::http::upgrade_head;
use support::raw::{
    CLOSE, CONTINUED, CONTINUED_LAST, PING, Raw, TEXT, TEXT_FIRST, claim, frame, unmasked,
};
use support::server::Server;
use support::wire::How;
use support::{eventually, fresh_cid};

const GROWTH_MAX: u64 = 12 * 1024 * 1024;

const PING_COMMAND: &[u8] = br#"{"type":"ping","id":1}"#;

#[test]
fn reserved_bits_and_opcodes_are_violations() {
    withstands(50, |arena| {
        for first in [TEXT | 0x40, TEXT | 0x20, TEXT | 0x10, 0xc1] {
            arena.closes(&frame(first, PING_COMMAND), &[ProtocolError]);
        }
        for opcode in [0x3, 0x7, 0xb, 0xf] {
            arena.closes(&frame(0x80 | opcode, PING_COMMAND), &[ProtocolError]);
        }
    });
}

#[test]
fn a_frame_without_a_mask_is_a_violation() {
    withstands(100, |arena| arena.closes(&unmasked(TEXT, PING_COMMAND), &[ProtocolError]));
}

#[test]
fn a_length_over_the_limit_is_refused_before_its_bytes_come() {
    withstands(50, |arena| {
        for length in [1 << 20, 1 << 32, (1 << 63) - 1, 1 << 63, u64::MAX] {
            arena.closes(&claim(TEXT, length), &[TooBig, ProtocolError]);
            arena.closes(&claim(0x82, length), &[TooBig, ProtocolError]);
        }
    });
}

#[test]
fn a_message_over_the_limit_is_too_big_and_one_at_the_limit_is_not() {
    let server = Server::start();
    let max = usize::try_from(server.guest("limits").greeting.limits.frame_bytes).expect("fits");
    let ping = |bytes: usize| {
        let mut text = PING_COMMAND.to_vec();
        text.resize(bytes, b' ');
        text
    };
    let mut raw = Raw::greeted(server.address(), "ana");
    raw.write(&frame(TEXT, &ping(max)));
    assert!(matches!(raw.read_event(), Some(Event::Ok(ok)) if ok.id == 1), "exactly the limit");
    raw.write(&frame(TEXT, &ping(max + 1)));
    raw.ending().assert_one_of(&[TooBig]);

    let mut raw = Raw::greeted(server.address(), "bo");
    let (head, tail) = (ping(max), b" ");
    raw.write(&frame(TEXT_FIRST, &head));
    raw.write(&frame(CONTINUED_LAST, tail));
    raw.ending().assert_one_of(&[TooBig]);
}

#[test]
fn endless_fragments_end_at_the_limit() {
    withstands(50, |arena| {
        let mut bytes = frame(TEXT_FIRST, b"{\"type\":\"ping\"");
        for _ in 0..200 {
            bytes.extend(frame(CONTINUED, &[b' '; 1_000]));
        }
        arena.closes(&bytes, &[TooBig]);
    });
}

#[test]
fn endless_small_fragments_are_a_flood() {
    withstands(20, |arena| {
        for payload in [&b""[..], b" "] {
            let bytes =
                [frame(TEXT_FIRST, b"{\"type\":\"ping\""), frame(CONTINUED, payload).repeat(5_000)];
            arena.closes(&bytes.concat(), &[Flooding]);
        }
    });
}

#[test]
fn endless_pings_are_a_flood() {
    withstands(20, |arena| {
        let mut raw = arena.greeted();
        raw.offer(&frame(PING, b"still there?").repeat(5_000));
        raw.ending().assert_one_of(&[Flooding]);
    });
}

#[test]
fn fragments_out_of_order_are_violations() {
    withstands(50, |arena| {
        arena.closes(&frame(CONTINUED_LAST, PING_COMMAND), &[ProtocolError]);
        let twice = [frame(TEXT_FIRST, b"{"), frame(TEXT, PING_COMMAND)].concat();
        arena.closes(&twice, &[ProtocolError]);
    });
}

#[test]
fn a_message_in_fragments_with_a_ping_between_is_one_command() {
    let server = Server::start();
    let mut raw = Raw::greeted(server.address(), "ana");
    for (n, byte) in PING_COMMAND.iter().enumerate() {
        let first = match n {
            0 => TEXT_FIRST,
            n if n == PING_COMMAND.len() - 1 => CONTINUED_LAST,
            _ => CONTINUED,
        };
        raw.write(&frame(first, &[*byte]));
        if n == 5 {
            raw.write(&frame(PING, b"between"));
        }
    }
    let (first, payload) = raw.read_frame().expect("the pong");
    assert_eq!((first, &*payload), (0x8a, &b"between"[..]));
    assert!(matches!(raw.read_event(), Some(Event::Ok(ok)) if ok.id == 1));
}

#[test]
fn control_frames_that_are_long_or_in_fragments_are_violations() {
    withstands(50, |arena| {
        arena.closes(&frame(PING, &[0; 126]), &[ProtocolError]);
        arena.closes(&claim(PING, 1 << 40), &[ProtocolError, TooBig]);
        arena.closes(&frame(PING & 0x7f, b"in part"), &[ProtocolError]);
        arena.closes(&frame(CLOSE & 0x7f, b""), &[ProtocolError]);
    });
}

#[test]
fn text_that_is_not_utf8_is_refused() {
    withstands(50, |arena| {
        for bad in
            [&b"\xff"[..], b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"{\"a\":\"\xe2"]
        {
            arena.closes(&frame(TEXT, bad), &[NotUtf8]);
        }
        let cut = [frame(TEXT_FIRST, b"{\"\xc3"), frame(CONTINUED_LAST, b"\x28\"}")].concat();
        arena.closes(&cut, &[NotUtf8]);
    });
}

#[test]
fn a_letter_that_is_cut_between_fragments_is_whole_again() {
    let server = Server::start();
    let mut raw = Raw::greeted(server.address(), "ana");
    raw.write(&frame(TEXT_FIRST, b"{\"type\":\"ping\",\"id\":1,\"later\":\"\xe2\x82"));
    raw.write(&frame(CONTINUED_LAST, b"\xac\"}"));
    assert!(matches!(raw.read_event(), Some(Event::Ok(ok)) if ok.id == 1));
}

#[test]
fn close_frames_are_answered_and_bad_ones_are_violations() {
    let server = Server::start();
    let mut count = 0;
    let mut greeted = || {
        count += 1;
        Raw::greeted(server.address(), &format!("closer{count}"))
    };
    for code in [1000u16, 1001, 3000, 4999] {
        let mut raw = greeted();
        raw.write(&frame(CLOSE, &code.to_be_bytes()));
        assert_eq!(raw.ending().close, Some(code), "the same code comes back");
    }
    let mut raw = greeted();
    raw.write(&frame(CLOSE, b""));
    assert_eq!(raw.ending().close, Some(1005), "no code for no code");
    for code in [0u16, 1, 999, 1004, 1005, 1006, 1015, 2999, 5000, u16::MAX] {
        let mut raw = greeted();
        raw.write(&frame(CLOSE, &code.to_be_bytes()));
        assert_eq!(raw.ending().close, Some(1002), "{code}");
    }
    for payload in [&b"\x03"[..], b"\x03\xe8\xff\xfe"] {
        let mut raw = greeted();
        raw.write(&frame(CLOSE, payload));
        assert!(matches!(raw.ending().close, Some(1002 | 1007)), "{payload:?}");
    }
}

#[test]
fn a_command_after_a_close_frame_is_not_done() {
    let server = Server::start();
    let mut bo = server.guest("bo");
    bo.join("lobby");
    let mut raw = Raw::greeted(server.address(), "ana");
    let cid = support::fresh_cid();
    let join = br#"{"type":"join","id":2,"room":"lobby"}"#;
    let send = format!(r#"{{"type":"send","id":3,"room":"lobby","cid":"{cid}","text":"late"}}"#);
    let bytes = [frame(TEXT, join), frame(CLOSE, b"\x03\xe8"), frame(TEXT, send.as_bytes())];
    raw.offer(&bytes.concat());
    raw.ending();
    bo.send("lobby", "first");
    assert_eq!(bo.expect_message("lobby").text, "first");
}

#[test]
fn pings_whose_pongs_are_never_read_cost_bounded_memory_and_end() {
    let flags = ["--write-timeout", "2s", "--send-buffer", "8KiB", "--heartbeat", "2s"];
    let server = Server::with(flags).start();
    let mut ana = server.guest("ana");
    ana.join("lobby");
    let before = server.resident();
    let small = How { receive_buffer: Some(4096), ..How::default() };
    let mut deaf: Vec<Raw> =
        (0..10).map(|n| Raw::greeted_as(server.address(), &format!("deaf{n}"), &small)).collect();
    // 125 MB of pings in all, unless the server closes before it has read them.
    let pings = frame(PING, &[b'p'; 125]).repeat(100);
    for _ in 0..1_000 {
        deaf.retain_mut(|raw| raw.offer(&pings));
    }
    let growth = server.resident().saturating_sub(before);
    assert!(growth < GROWTH_MAX, "the server grew by {growth} bytes");
    ana.send("lobby", "served meanwhile");
    assert_eq!(ana.expect_message("lobby").text, "served meanwhile");
}

#[test]
fn commands_whose_answers_are_never_read_cost_bounded_memory_and_end() {
    let flags = ["--write-timeout", "1s", "--send-buffer", "8KiB", "--hello-timeout", "1s"];
    let server = Server::with(flags).start();
    let mut ana = server.guest("ana");
    ana.join("lobby");
    let text = "x".repeat(4_000);
    for _ in 0..100 {
        ana.send("lobby", &text);
    }
    ana.take_pushes();
    let before = server.resident();
    // Each asks for a page of 32 KiB, twenty thousand times: gigabytes, if the server kept them all.
    let join = frame(TEXT, br#"{"type":"join","id":2,"room":"lobby","limit":0}"#);
    let asks = frame(TEXT, br#"{"type":"history","id":3,"room":"lobby"}"#).repeat(100);
    let small = How { receive_buffer: Some(4096), ..How::default() };
    thread::scope(|scope| {
        let deaf: Vec<_> = (0..5)
            .map(|n| {
                let nick = format!("deaf{n}");
                let mut deaf = Raw::greeted_as(server.address(), &nick, &small);
                let (join, asks) = (&join, &asks);
                person(scope, nick, move || {
                    let _ = deaf.offer(join) && (0..200).all(|_| deaf.offer(asks));
                    deaf
                })
            })
            .collect();
        let _deaf: Vec<Raw> = deaf.into_iter().map(ended).collect();
        eventually("a client that reads nothing is closed", || {
            server.metrics().value("throng_sessions") == 1.0
        });
    });
    let growth = server.resident().saturating_sub(before);
    assert!(growth < GROWTH_MAX, "the server grew by {growth} bytes");
    ana.barrier();
}

/// This is how a proxy ends a tunnel. A `bye` that says "stay away" would lock out everybody behind it.
#[test]
fn a_close_without_a_mask_just_ends_the_connection() {
    let server = Server::start();
    for payload in [&[0x03, 0xe9][..], &[], b"\x03\xe9going away"] {
        let nick = format!("guest{}", payload.len());
        for mut raw in [Raw::upgraded(server.address()), Raw::greeted(server.address(), &nick)] {
            raw.write(&unmasked(CLOSE, payload));
            let ending = raw.ending();
            assert!(ending.events.is_empty() && ending.close.is_none(), "{ending:?}");
        }
        eventually("she has left", || server.metrics().value("throng_sessions") == 0.0);
    }
    let ended = server.metrics().sum("throng_ended_sessions_total", "reason=\"peer_left\"");
    assert_eq!(ended, 6.0, "and it counts as no fault");
}

/// Several libraries fragment messages at 4,096 bytes.
#[test]
fn long_texts_in_ordinary_fragments_are_not_a_flood() {
    let server = Server::start();
    let mut raw = Raw::greeted(server.address(), "ana");
    raw.write(&frame(TEXT, br#"{"type":"join","id":2,"room":"lobby","limit":0}"#));
    for id in 3..103 {
        // 2,048 Cyrillic letters as PHP and Python escape them.
        let (cid, text) = (fresh_cid(), "\\u0436".repeat(2_048));
        let send =
            format!(r#"{{"type":"send","id":{id},"room":"lobby","cid":"{cid}","text":"{text}"}}"#);
        let pieces: Vec<&[u8]> = send.as_bytes().chunks(4_096).collect();
        for (at, piece) in pieces.iter().enumerate() {
            let last = at + 1 == pieces.len();
            raw.write(&frame(
                match (at, last) {
                    (0, _) => TEXT_FIRST,
                    (_, false) => CONTINUED,
                    (_, true) => CONTINUED_LAST,
                },
                piece,
            ));
        }
        let ok = loop {
            match raw.read_event().expect("the connection lives") {
                Event::Ok(ok) if ok.id == id => break ok,
                Event::Error(fault) => panic!("{fault:?}"),
                _ => {}
            }
        };
        assert_eq!(ok.body::<throng_protocol::Sent>().expect("an answer").seq, id - 2);
    }
}

/// Go's and Java's encoders write '<' as six bytes.
#[test]
fn the_longest_text_may_be_escaped_six_fold() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    ana.join("lobby");
    let text = "\\u003c".repeat(4_096);
    let cid = fresh_cid();
    ana.wire
        .text(&format!(r#"{{"type":"send","id":9,"room":"lobby","cid":"{cid}","text":"{text}"}}"#));
    ana.answer(9).expect("it is as long as a text may be");
    assert_eq!(ana.expect_message("lobby").text.len(), 4_096);
}

#[test]
fn half_a_frame_that_ends_is_forgotten() {
    withstands(100, |arena| {
        for reset in [false, true] {
            let mut raw = arena.greeted();
            raw.write(&claim(TEXT, 10_000));
            raw.write(&[b' '; 5_000]);
            if reset {
                raw.reset();
            } else {
                raw.finish();
                raw.read_to_end();
            }
        }
    });
}

#[test]
fn random_frames_never_bring_the_server_down() {
    let rng = std::cell::RefCell::new(support::seeded());
    withstands(300, |arena| {
        let mut rng = rng.borrow_mut();
        let mut raw = if rng.bool() { arena.greeted() } else { arena.upgraded() };
        for _ in 0..rng.usize(1..10) {
            let payload: Vec<u8> = (0..rng.usize(0..300)).map(|_| rng.u8(..)).collect();
            let bytes = match rng.u8(0..3) {
                0 => payload,
                1 => frame(rng.u8(..), &payload),
                _ => claim(rng.u8(..), rng.u64(..)),
            };
            if !raw.offer(&bytes) {
                break;
            }
        }
        raw.finish();
        raw.read_to_end();
    });
}

/// A server under attack.
struct Arena {
    server: Server,
    count: Cell<usize>,
}

impl Arena {
    /// Sends bytes that break WebSocket, before and after the hello: the answer must be a `bye` and a close
    /// frame with one of these codes.
    fn closes(&self, bytes: &[u8], codes: &[CloseCode]) {
        for mut raw in [self.upgraded(), self.greeted()] {
            raw.offer(bytes);
            raw.ending().assert_one_of(codes);
        }
    }

    fn upgraded(&self) -> Raw {
        Raw::upgraded(self.server.address())
    }

    fn greeted(&self) -> Raw {
        self.count.set(self.count.get() + 1);
        Raw::greeted(self.server.address(), &format!("foe{}", self.count.get()))
    }
}

/// Repeats an attack while another client chats; the memory must stay bounded.
fn withstands(times: usize, attack: impl Fn(&Arena)) {
    let arena = Arena { server: Server::with(["--nick-hold", "0s"]).start(), count: Cell::new(0) };
    let mut ana = arena.server.guest("ana");
    ana.join("lobby");
    attack(&arena);
    let before = arena.server.resident();
    for _ in 0..times {
        attack(&arena);
        ana.send("lobby", "served meanwhile");
        assert_eq!(ana.expect_message("lobby").text, "served meanwhile");
    }
    let growth = arena.server.resident().saturating_sub(before);
    assert!(growth < GROWTH_MAX, "the server grew by {growth} bytes");
    let head = upgrade_head(&arena.server.address().to_string(), "");
    assert_eq!(support::http::request(arena.server.address(), &head).status, 101);
}
