//! The crowd at servers that do what the protocol allows, and at servers that are not throng's.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use anyhow::Result;

use super::{PATIENCE, RIGHT, SEEDS, acquitted, crowd, end, far, say, shape};
use crate::crowd::Crowd;
use crate::floor::{Manner, Quirk};
use crate::oracle::Kind;
use crate::{frame, handshake};

#[test]
fn entries_of_a_later_version_take_their_place_in_pages_and_live() -> Result<()> {
    for seed in 0..SEEDS {
        // Such an entry after every third message, the last one included, and after every message.
        for every in [1, 3] {
            let manner = Manner { quirk: Some((Quirk::Later, every)), ..RIGHT };
            let mut crowd = crowd(manner, |_| {}, seed)?;
            say(&mut crowd, 120, |crowd, number| {
                if number % 10 == 0 {
                    crowd.part(2, Duration::from_millis(1)..Duration::from_millis(20));
                }
            })?;
            let verdict = acquitted(&mut crowd, &format!("seed {seed}, every {every}"))?;
            assert_eq!((verdict.acknowledged, verdict.verified), (120, 120));
            assert!(crowd.tally.later > 0 && crowd.tally.in_pages > 0, "{:?}", crowd.tally);
        }
    }
    Ok(())
}

#[test]
fn strangers_have_their_place_where_they_are_expected_and_are_invented_elsewhere() -> Result<()> {
    let manner = Manner { quirk: Some((Quirk::Stranger, 5)), ..RIGHT };
    let mut crowd = crowd(manner, |shape| shape.strangers = true, 1)?;
    say(&mut crowd, 100, |_, _| {})?;
    let verdict = acquitted(&mut crowd, "expected")?;
    assert!(verdict.deliveries > 100 * 8, "theirs are delivered too: {verdict}");
    let mut crowd = super::crowd(manner, |_| {}, 1)?;
    say(&mut crowd, 100, |_, _| {})?;
    let (_, verdict) = end(&mut crowd, PATIENCE)?;
    let invented = verdict.examples.iter().all(|example| example.kind == Kind::Invented);
    assert!(verdict.broken > 0 && invented, "{verdict}");
    Ok(())
}

#[test]
fn a_client_that_is_closed_with_1000_comes_back() -> Result<()> {
    let manner = Manner { quirk: Some((Quirk::Normal, 7)), ..RIGHT };
    let mut crowd = crowd(manner, |_| {}, 1)?;
    say(&mut crowd, 100, |_, _| {})?;
    let verdict = acquitted(&mut crowd, "1000")?;
    assert_eq!(verdict.acknowledged, 100);
    assert!(crowd.tally.closes.contains_key(&1000), "{:?}", crowd.tally);
    Ok(())
}

#[test]
fn a_ping_of_the_server_is_answered_with_its_own_bytes() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut shape = shape(listener.local_addr()?, 1);
    (shape.clients, shape.rooms, shape.silent) = (1, 1, true);
    let server = std::thread::spawn(move || -> Result<Vec<u8>> {
        let (mut socket, _) = listener.accept()?;
        let mut seen = Vec::new();
        let mut buffer = [0; 1024];
        let (answer, length) = loop {
            let count = socket.read(&mut buffer)?;
            seen.extend_from_slice(&buffer[..count]);
            if let Some(answer) = handshake::answer(&seen) {
                break answer;
            }
        };
        seen.drain(..length);
        socket.write_all(answer.as_bytes())?;
        // One ping without a payload, as throng sends it, and one with a payload.
        socket.write_all(&[0x89, 0, 0x89, 3, b'a', b'b', b'c'])?;
        let mut pongs = Vec::new();
        while pongs.len() < 2 {
            while let Some(head) = frame::head(&seen)? {
                let mut payload = seen[head.start..head.end].to_vec();
                frame::apply_mask(&mut payload, head.mask.expect("a client masks"));
                if head.opcode == frame::PONG {
                    pongs.push(payload);
                }
                seen.drain(..head.end);
            }
            let count = if pongs.len() < 2 { socket.read(&mut buffer)? } else { 0 };
            seen.extend_from_slice(&buffer[..count]);
        }
        Ok(pongs.concat())
    });
    let mut crowd = Crowd::new(shape)?;
    crowd.come(1);
    assert!(crowd.turn_until(far(), |crowd| crowd.tally.pongs == 2)?);
    assert_eq!(server.join().expect("a server")?, b"abc");
    assert_eq!(crowd.counts().get("pings answered"), Some(&2));
    Ok(())
}

/// A server that sends the same to every client, and closes.
fn says(answer: &'static str) -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let Ok(mut socket) = socket else { return };
            let _ = socket.read(&mut [0; 1024]);
            let _ = socket.write_all(answer.as_bytes());
        }
    });
    Ok(address)
}

#[test]
fn an_unfriendly_server_is_told_in_words() -> Result<()> {
    for (answer, words) in [
        ("HTTP/1.1 403 Forbidden\r\n\r\n", "does not serve this Host"),
        ("HTTP/1.1 404 Not Found\r\n\r\n", "is this the address of a throng server"),
        ("SSH-2.0-OpenSSH_9.6\r\n", "is this the address of a throng server"),
    ] {
        let mut crowd = Crowd::new(shape(says(answer)?, 1))?;
        crowd.come(1);
        let error = crowd.turn_until(far(), |_| false).expect_err("no run");
        assert!(error.to_string().contains(words), "{answer:?}: {error}");
    }
    Ok(())
}

#[test]
fn a_full_server_is_asked_again_later_and_counted() -> Result<()> {
    let full = says("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 60\r\n\r\n")?;
    let mut shape = shape(full, 1);
    shape.deadline = Instant::now() + Duration::from_millis(500);
    let mut crowd = Crowd::new(shape)?;
    crowd.come(100);
    let error = crowd.turn_until(far(), |_| false).expect_err("no run");
    assert_eq!(crowd.counts().get("refused with 429"), Some(&24), "once each");
    assert!(error.to_string().contains("`trust` setting"), "{error}");
    Ok(())
}
