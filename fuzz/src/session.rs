//! A client that has been upgraded: its frames, and its commands.

use std::sync::atomic::{AtomicU32, Ordering};

use async_tungstenite::tungstenite::protocol::frame::FrameHeader;
use async_tungstenite::tungstenite::protocol::frame::coding::{Control, Data, OpCode};

use crate::server::answer;

/// The promise of the protocol: no message of the server is longer.
const MESSAGE_BYTES_MAX: u64 = 32_768;

const UPGRADE: &str = "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
     Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/// The first byte says what the rest is. Even: the client's frames as they are. Odd: commands, one a
/// line, which are sent as whole frames after a `hello`.
///
/// # Panics
/// When the server sends anything but whole frames of the protocol.
pub fn check(data: &[u8]) {
    let Some((mode, rest)) = data.split_first() else { return };
    let mut sent = UPGRADE.as_bytes().to_vec();
    if mode % 2 == 0 {
        sent.extend_from_slice(rest);
    } else {
        static PEOPLE: AtomicU32 = AtomicU32::new(0);
        let person = PEOPLE.fetch_add(1, Ordering::Relaxed);
        let hello = format!(r#"{{"type":"hello","id":1,"version":1,"nick":"f{person}"}}"#);
        put(&mut sent, hello.as_bytes());
        for command in rest.split(|byte| *byte == b'\n').take(64) {
            put(&mut sent, command);
        }
    }
    let answer = answer(&sent);
    let head = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
    assert!(answer.starts_with(b"HTTP/1.1 101 "), "{}", String::from_utf8_lossy(&answer[..head]));
    read(&answer[head + 4..]);
}

/// A masked text frame. The mask is four zeros, so what is sent can be read in the input.
fn put(sent: &mut Vec<u8>, payload: &[u8]) {
    let opcode = OpCode::Data(Data::Text);
    let header = FrameHeader { opcode, mask: Some([0; 4]), ..FrameHeader::default() };
    header.format(payload.len() as u64, sent).expect("a Vec takes it");
    sent.extend_from_slice(payload);
}

fn read(mut bytes: &[u8]) {
    let mut is_over = false;
    while !bytes.is_empty() {
        let mut cursor = std::io::Cursor::new(bytes);
        let header = FrameHeader::parse(&mut cursor).expect("a header of a frame");
        let (header, length) = header.expect("a whole header");
        bytes = &bytes[usize::try_from(cursor.position()).expect("small")..];
        assert!(header.mask.is_none() && header.is_final, "{header:?}");
        assert!(!(header.rsv1 || header.rsv2 || header.rsv3), "{header:?}");
        assert!(length <= MESSAGE_BYTES_MAX, "a message of {length} bytes");
        assert!(!is_over, "something after the close frame");
        let (payload, rest) = bytes.split_at(usize::try_from(length).expect("small"));
        bytes = rest;
        match header.opcode {
            OpCode::Data(Data::Text) => {
                let event: serde_json::Value = serde_json::from_slice(payload).expect("JSON");
                assert!(event["type"].is_string(), "{event}");
            }
            OpCode::Control(Control::Ping | Control::Pong) => assert!(length <= 125),
            OpCode::Control(Control::Close) => is_over = true,
            other => panic!("the server sends no {other:?}"),
        }
    }
}
