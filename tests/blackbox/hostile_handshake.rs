//! Hostile bytes before the upgrade: the server answers or closes whatever comes, uses no memory for it, and
//! other clients do not notice.

use support::http::upgrade_head;
use support::raw::Raw;
use support::server::Server;

/// How often each attack is repeated.
const TIMES: usize = 300;

/// How much memory the server may gain during an attack: far less than the attack sends.
const GROWTH_MAX: u64 = 12 * 1024 * 1024;

#[test]
fn a_huge_head_is_refused() {
    withstands(|server| {
        let mut raw = Raw::connect(server.address());
        raw.offer(b"GET / HTTP/1.1\r\nX-Huge: ");
        let chunk = [b'x'; 16 * 1024];
        for _ in 0..64 {
            if !raw.offer(&chunk) {
                break;
            }
        }
        raw.finish();
        assert_refused(&raw.read_to_end());
    });
}

#[test]
fn a_head_of_countless_fields_is_refused() {
    withstands(|server| {
        let mut raw = Raw::connect(server.address());
        let head = upgrade_head(&server.address().to_string(), &"X: y\r\n".repeat(5_000));
        raw.offer(head.as_bytes());
        raw.offer(b"\r\n");
        raw.finish();
        assert_refused(&raw.read_to_end());
    });
}

#[test]
fn what_is_no_http_is_refused() {
    let garbage: [&[u8]; 8] = [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a TLS hello on the plain port\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x00\x00\x00\x00\x00\x00\x00\x00\r\n\r\n",
        b"\x81\x85\x00\x00\x00\x00hello\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.9\r\n\r\n",
        b"NICK ana\r\nUSER ana 0 * :ana\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost 127.0.0.1\r\n\r\n",
    ];
    withstands(|server| {
        for bytes in garbage {
            let mut raw = Raw::connect(server.address());
            raw.offer(bytes);
            raw.finish();
            assert_refused(&raw.read_to_end());
        }
    });
}

#[test]
fn random_bytes_are_refused() {
    let rng = std::cell::RefCell::new(support::seeded());
    withstands(|server| {
        let mut rng = rng.borrow_mut();
        let bytes: Vec<u8> = (0..rng.usize(1..4_000)).map(|_| rng.u8(..)).collect();
        let mut raw = Raw::connect(server.address());
        raw.offer(&bytes);
        raw.finish();
        assert_refused(&raw.read_to_end());
    });
}

#[test]
fn half_an_upgrade_that_ends_is_forgotten() {
    withstands(|server| {
        let head = upgrade_head(&server.address().to_string(), "");
        for part in [0, 1, head.len() / 2, head.len()] {
            let mut raw = Raw::connect(server.address());
            raw.offer(&head.as_bytes()[..part]);
            match part % 2 {
                0 => raw.finish(),
                _ => raw.reset(),
            }
        }
    });
}

#[test]
fn a_body_that_never_comes_is_not_waited_for_in_memory() {
    withstands(|server| {
        let host = server.address();
        let mut raw = Raw::connect(host);
        raw.offer(
            format!("POST / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 999999999999\r\n\r\n")
                .as_bytes(),
        );
        raw.offer(&[b'x'; 16 * 1024]);
        raw.finish();
        assert_refused(&raw.read_to_end());
    });
}

#[test]
fn frames_that_are_sent_before_the_upgrade_is_answered_are_not_lost() {
    let server = Server::start();
    let mut raw = Raw::connect(server.address());
    let mut bytes = format!("{}\r\n", upgrade_head(&server.address().to_string(), "")).into_bytes();
    let hello = br#"{"type":"hello","id":1,"version":1,"nick":"eager"}"#;
    bytes.extend(support::raw::frame(support::raw::TEXT, hello));
    raw.write(&bytes);
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.extend(raw.read_bytes(1).expect("the upgrade is answered"));
    }
    assert!(head.starts_with(b"HTTP/1.1 101"));
    assert!(matches!(raw.read_event(), Some(throng_protocol::Event::Ok(ok)) if ok.id == 1));
}

/// Repeats an attack while another client chats; the memory must stay bounded.
fn withstands(attack: impl Fn(&Server)) {
    let server = Server::with(["--head-timeout", "2s"]).start();
    let mut ana = server.guest("ana");
    ana.join("lobby");
    for _ in 0..10 {
        attack(&server);
    }
    let before = server.resident();
    for n in 0..TIMES {
        attack(&server);
        if n % 10 == 0 {
            ana.send("lobby", "served meanwhile");
            assert_eq!(ana.expect_message("lobby").text, "served meanwhile");
        }
    }
    let growth = server.resident().saturating_sub(before);
    assert!(growth < GROWTH_MAX, "the server grew by {growth} bytes");
}

/// An error status, or no answer at all: for bytes that are not HTTP, closing is enough.
fn assert_refused(answer: &[u8]) {
    let text = String::from_utf8_lossy(answer);
    if let Some(rest) = text.strip_prefix("HTTP/1.") {
        let status: u16 = rest.get(2..5).and_then(|s| s.parse().ok()).expect("a status");
        assert!((400..600).contains(&status), "{text}");
    } else {
        assert!(answer.is_empty(), "{text}");
    }
}
