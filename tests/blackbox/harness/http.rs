//! Just enough HTTP to ask the server one question over a fresh connection.

use std::io::{Read, Write};
use std::net::SocketAddr;

use super::wire::{How, tcp};

/// An answer in HTTP.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
    /// The body as it came.
    pub(crate) bytes: Vec<u8>,
}

impl Response {
    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (given, value) = line.split_once(':')?;
            given.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// `GET path` with the server's own `Host`.
pub(crate) fn get(address: SocketAddr, path: &str) -> Response {
    request(address, &format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n"))
}

/// `GET path` with further headers, whole lines of which `extra` holds.
pub(crate) fn get_with(address: SocketAddr, path: &str, extra: &str) -> Response {
    let head = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{extra}");
    request(address, &head)
}

/// The request for an upgrade, up to its last header; `extra` holds whole lines.
pub(crate) fn upgrade_head(host: &str, extra: &str) -> String {
    format!(
        "GET /ws HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhyb25nIHRocm9uZyB0aA==\r\n{extra}"
    )
}

/// Sends a head without its last empty line, and reads the answer.
pub(crate) fn request(address: SocketAddr, head: &str) -> Response {
    request_as(address, head, &How::default())
}

pub(crate) fn request_as(address: SocketAddr, head: &str, how: &How) -> Response {
    let mut stream = tcp(address, how).expect("the server listens");
    stream.write_all(format!("{head}\r\n").as_bytes()).expect("a request can be written");
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    while !is_whole(&bytes, head.starts_with("HEAD")) {
        match stream.read(&mut chunk) {
            Ok(0) => break,
            Ok(read) => bytes.extend_from_slice(&chunk[..read]),
            Err(error) => {
                panic!("no answer: {error}; so far {:?}", String::from_utf8_lossy(&bytes))
            }
        }
    }
    parse(&bytes)
}

/// Reads an answer from its bytes.
pub(crate) fn parse(bytes: &[u8]) -> Response {
    let end = end_of_head(bytes).unwrap_or(bytes.len());
    let head = String::from_utf8_lossy(&bytes[..end]);
    let bytes = bytes[end..].strip_prefix(b"\r\n\r\n").unwrap_or_default().to_vec();
    let status = head.split_whitespace().nth(1).and_then(|status| status.parse().ok());
    let status = status.unwrap_or_else(|| panic!("no answer in HTTP: {head:?}"));
    let body = String::from_utf8_lossy(&bytes).into_owned();
    Response { status, head: head.into(), body, bytes }
}

/// Whether the head has come, and as much of a body as it says.
fn is_whole(bytes: &[u8], is_bodyless: bool) -> bool {
    let Some(end) = end_of_head(bytes) else { return false };
    let length = parse(bytes).header("content-length").and_then(|length| length.parse().ok());
    let length = if is_bodyless { 0 } else { length.unwrap_or(0) };
    bytes.len() >= end + 4 + length
}

fn end_of_head(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|four| four == b"\r\n\r\n")
}
