//! Just enough HTTP to send requests to the server, each over a fresh connection or several over one.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};

use crate::wire::{How, is_timeout, tcp};

/// An HTTP response.
#[derive(Debug)]
pub struct Response {
    pub status: u16,
    pub head: String,
    pub body: String,
    /// The body as bytes.
    pub bytes: Vec<u8>,
}

impl Response {
    /// The reason phrase of the status line.
    pub fn reason(&self) -> &str {
        self.head.lines().next().and_then(|line| line.splitn(3, ' ').nth(2)).unwrap_or_default()
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (given, value) = line.split_once(':')?;
            given.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// `GET path` with the server's own `Host`.
pub fn get(address: SocketAddr, path: &str) -> Response {
    request(address, &format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n"))
}

/// `GET path` with further headers; `extra` has whole lines.
pub fn get_with(address: SocketAddr, path: &str, extra: &str) -> Response {
    let head = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{extra}");
    request(address, &head)
}

/// The head of an upgrade request up to its last header; `extra` has whole lines.
pub fn upgrade_head(host: &str, extra: &str) -> String {
    format!(
        "GET /ws HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhyb25nIHRocm9uZyB0aA==\r\n{extra}"
    )
}

/// Sends a head without its last empty line, and reads the response.
pub fn request(address: SocketAddr, head: &str) -> Response {
    request_as(address, head, &How::default())
}

pub fn request_as(address: SocketAddr, head: &str, how: &How) -> Response {
    let answer = Kept::connect_as(address, how).ask(head);
    answer.unwrap_or_else(|| panic!("the connection ended without an answer to {head:?}"))
}

/// A connection for several requests, one after another.
pub struct Kept {
    stream: TcpStream,
}

impl Kept {
    pub fn connect(address: SocketAddr) -> Self {
        Self::connect_as(address, &How::default())
    }

    pub fn connect_as(address: SocketAddr, how: &How) -> Self {
        Self { stream: tcp(address, how).expect("the server listens") }
    }

    /// Sends a head without its last empty line, and reads the response; `None` if the connection ends
    /// without one.
    pub fn ask(&mut self, head: &str) -> Option<Response> {
        self.send(head);
        self.answer(head.starts_with("HEAD"))
    }

    /// Sends a head without its last empty line. Writing may fail only if the server has closed; then no
    /// response comes.
    pub fn send(&mut self, head: &str) {
        let _ = self.stream.write_all(format!("{head}\r\n").as_bytes());
    }

    /// Closes this side for writing.
    pub fn finish(&self) {
        self.stream.shutdown(Shutdown::Write).expect("the connection is there");
    }

    /// Reads a response; `None` if the connection ends without one.
    pub fn answer(&mut self, is_bodyless: bool) -> Option<Response> {
        let mut bytes = Vec::new();
        let mut chunk = [0; 4096];
        while !is_whole(&bytes, is_bodyless) {
            match self.stream.read(&mut chunk) {
                Ok(0) => break,
                Ok(read) => bytes.extend_from_slice(&chunk[..read]),
                Err(error) if is_timeout(&error) => {
                    panic!("no answer: {error}; so far {:?}", String::from_utf8_lossy(&bytes))
                }
                // A reset ends the connection too.
                Err(_) => break,
            }
        }
        (!bytes.is_empty()).then(|| parse(&bytes))
    }
}

/// Parses a response.
pub fn parse(bytes: &[u8]) -> Response {
    let end = end_of_head(bytes).unwrap_or(bytes.len());
    let head = String::from_utf8_lossy(&bytes[..end]);
    let bytes = bytes[end..].strip_prefix(b"\r\n\r\n").unwrap_or_default().to_vec();
    let status = head.split_whitespace().nth(1).and_then(|status| status.parse().ok());
    let status = status.unwrap_or_else(|| panic!("no answer in HTTP: {head:?}"));
    let body = String::from_utf8_lossy(&bytes).into_owned();
    Response { status, head: head.into(), body, bytes }
}

/// Whether the head is complete, and the body if it has a length.
fn is_whole(bytes: &[u8], is_bodyless: bool) -> bool {
    let Some(end) = end_of_head(bytes) else { return false };
    let length = parse(bytes).header("content-length").and_then(|length| length.parse().ok());
    let length = if is_bodyless { 0 } else { length.unwrap_or(0) };
    bytes.len() >= end + 4 + length
}

fn end_of_head(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|four| four == b"\r\n\r\n")
}
