//! Raw bytes: a socket for what no client would send, and the bytes that come back.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use throng_protocol::{CloseCode, Command, Event, Request};

use crate::client::hello;
use crate::http::{self, upgrade_head};
use crate::wire::{How, is_timeout, tcp};

/// Text, in the first byte of a frame, with FIN (RFC 6455, section 5.2).
pub const TEXT: u8 = 0x81;
/// Text without FIN: the first of several fragments.
pub const TEXT_FIRST: u8 = 0x01;
/// A continuation without FIN.
pub const CONTINUED: u8 = 0x00;
/// The last continuation.
pub const CONTINUED_LAST: u8 = 0x80;
pub const CLOSE: u8 = 0x88;
pub const PING: u8 = 0x89;

/// A socket to the server.
pub struct Raw {
    stream: TcpStream,
}

/// How the server ended a connection.
#[derive(Debug, Default)]
pub struct Ending {
    /// The events before the end.
    pub events: Vec<Event>,
    /// The code of the close frame, if one came.
    pub close: Option<u16>,
}

impl Ending {
    /// The code of the last `bye`.
    pub fn bye(&self) -> Option<u16> {
        self.events.iter().rev().find_map(|event| match event {
            Event::Bye(bye) => Some(bye.code),
            _ => None,
        })
    }

    /// Checks that the connection ended with one of these codes, in both the `bye` and the close frame.
    pub fn assert_one_of(&self, codes: &[CloseCode]) {
        let codes: Vec<u16> = codes.iter().map(|code| code.number()).collect();
        let close = self.close.unwrap_or_else(|| panic!("no close frame after {:?}", self.events));
        assert!(codes.contains(&close), "the close code {close} is none of {codes:?}");
        assert_eq!(self.bye(), Some(close), "a bye with the same code came before");
    }
}

impl Raw {
    pub fn connect(address: SocketAddr) -> Self {
        Self::connect_as(address, &How::default())
    }

    pub fn connect_as(address: SocketAddr, how: &How) -> Self {
        Self { stream: tcp(address, how).expect("the server listens") }
    }

    /// Connects and upgrades.
    pub fn upgraded(address: SocketAddr) -> Self {
        Self::upgraded_as(address, &How::default())
    }

    pub fn upgraded_as(address: SocketAddr, how: &How) -> Self {
        let mut raw = Self::connect_as(address, how);
        raw.write(format!("{}\r\n", upgrade_head(&address.to_string(), "")).as_bytes());
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            raw.stream.read_exact(&mut byte).expect("the upgrade is answered");
            head.push(byte[0]);
        }
        assert_eq!(http::parse(&head).status, 101);
        raw
    }

    /// Connects, upgrades and greets.
    pub fn greeted(address: SocketAddr, nick: &str) -> Self {
        Self::greeted_as(address, nick, &How::default())
    }

    pub fn greeted_as(address: SocketAddr, nick: &str, how: &How) -> Self {
        let mut raw = Self::upgraded_as(address, how);
        raw.command(1, hello(Some(nick), None));
        match raw.read_event() {
            Some(Event::Ok(ok)) => assert_eq!(ok.id, 1),
            other => panic!("the ok of hello should have come, not {other:?}"),
        }
        raw
    }

    /// Writes all bytes; the server must read them.
    pub fn write(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).expect("the server takes the bytes");
    }

    /// Writes as many bytes as the server reads; returns whether it read all.
    pub fn offer(&mut self, bytes: &[u8]) -> bool {
        match self.stream.write_all(bytes) {
            Ok(()) => true,
            Err(error) if is_timeout(&error) => panic!("the server neither reads nor closes"),
            Err(_) => false,
        }
    }

    pub fn command(&mut self, id: u64, command: Command) {
        let text = Request { id, command }.to_json();
        self.write(&frame(TEXT, text.as_bytes()));
    }

    /// Closes this side for writing.
    pub fn finish(&self) {
        // Fails only if the server has already closed.
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    /// Resets the connection, as happens when a machine has lost its power.
    pub fn reset(self) {
        let socket = socket2::SockRef::from(&self.stream);
        socket.set_linger(Some(Duration::ZERO)).expect("a socket option");
    }

    /// Reads to the end of the connection, whatever comes.
    pub fn read_to_end(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        match self.stream.read_to_end(&mut bytes) {
            Err(error) if is_timeout(&error) => {
                panic!("the server did not close; it said {:?}", String::from_utf8_lossy(&bytes))
            }
            // A reset ends the connection too.
            Ok(_) | Err(_) => bytes,
        }
    }

    /// Reads for a moment; returns whether the connection is still open.
    pub fn lives(&mut self, moment: Duration) -> bool {
        self.stream.set_read_timeout(Some(moment)).expect("a socket option");
        let mut byte = [0];
        let read = self.stream.read(&mut byte);
        self.stream.set_read_timeout(Some(crate::PATIENCE)).expect("a socket option");
        match read {
            Ok(0) => false,
            Ok(_) => true,
            Err(error) => is_timeout(&error),
        }
    }

    /// Reads frames to the end of the connection.
    pub fn ending(&mut self) -> Ending {
        let mut ending = Ending::default();
        while let Some((first, payload)) = self.read_frame() {
            match first {
                TEXT => ending.events.push(parse_event(&payload)),
                CLOSE => {
                    let code = payload.get(..2).map(|two| u16::from_be_bytes([two[0], two[1]]));
                    ending.close = Some(code.unwrap_or(1005));
                    self.finish();
                }
                _ => {}
            }
        }
        ending
    }

    /// The next event; `None` at the end of the connection or at a close frame.
    pub fn read_event(&mut self) -> Option<Event> {
        loop {
            match self.read_frame()? {
                (TEXT, payload) => return Some(parse_event(&payload)),
                (CLOSE, _) => return None,
                _ => {}
            }
        }
    }

    /// The next frame: its first byte and its payload; `None` at the end of the connection.
    pub fn read_frame(&mut self) -> Option<(u8, Vec<u8>)> {
        let head = self.read_bytes(2)?;
        assert_eq!(head[1] & 0x80, 0, "a server masks no frame (RFC 6455, section 5.1)");
        let length = match head[1] {
            126 => {
                let bytes = self.read_bytes(2)?;
                usize::from(u16::from_be_bytes([bytes[0], bytes[1]]))
            }
            127 => {
                let bytes = self.read_bytes(8)?;
                let bytes: [u8; 8] = bytes.try_into().expect("8 bytes");
                usize::try_from(u64::from_be_bytes(bytes)).expect("a length")
            }
            short => usize::from(short),
        };
        Some((head[0], self.read_bytes(length)?))
    }

    /// Reads exactly this many bytes; `None` if the connection ends before.
    pub fn read_bytes(&mut self, bytes: usize) -> Option<Vec<u8>> {
        let mut buffer = vec![0; bytes];
        match self.stream.read_exact(&mut buffer) {
            Ok(()) => Some(buffer),
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => None,
            Err(error) if is_timeout(&error) => {
                panic!("nothing came, and the server did not close")
            }
            Err(_) => None,
        }
    }
}

fn parse_event(payload: &[u8]) -> Event {
    let text = std::str::from_utf8(payload).expect("the server sends UTF-8");
    Event::parse(text).unwrap_or_else(|error| panic!("{error} in {text}"))
}

/// A masked frame, as a client must send it. The mask is 0, so that the bytes stay readable.
pub fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = frame_head(first, 0x80, payload.len() as u64);
    bytes.extend_from_slice(&[0; 4]);
    bytes.extend_from_slice(payload);
    bytes
}

/// A frame without a mask, which a client must not send.
pub fn unmasked(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = frame_head(first, 0, payload.len() as u64);
    bytes.extend_from_slice(payload);
    bytes
}

/// The head of a masked frame that claims this length, with its mask and nothing else.
pub fn claim(first: u8, length: u64) -> Vec<u8> {
    let mut bytes = frame_head(first, 0x80, length);
    bytes.extend_from_slice(&[0; 4]);
    bytes
}

fn frame_head(first: u8, mask: u8, length: u64) -> Vec<u8> {
    let mut bytes = vec![first];
    match length {
        0..=125 => bytes.push(mask | length as u8),
        126..=0xffff => {
            bytes.push(mask | 126);
            bytes.extend_from_slice(&(length as u16).to_be_bytes());
        }
        _ => {
            bytes.push(mask | 127);
            bytes.extend_from_slice(&length.to_be_bytes());
        }
    }
    bytes
}
