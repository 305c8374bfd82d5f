//! Requests, byte by byte as they come.

use crate::server::answer;

/// What the server answers with; anything else is an accident.
const STATUSES: [u16; 13] = [101, 200, 204, 304, 400, 403, 404, 405, 413, 414, 426, 429, 431];

/// The input is all that a client sends on one connection.
///
/// # Panics
/// When the answer is none of HTTP, or the connection does not end.
pub fn check(data: &[u8]) {
    let answer = answer(data);
    if answer.is_empty() {
        return;
    }
    let line = answer.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let line = std::str::from_utf8(line).expect("a status line is text");
    let status = line.strip_prefix("HTTP/1.1 ").or_else(|| line.strip_prefix("HTTP/1.0 "));
    let status = status.and_then(|rest| rest.get(..3)?.parse::<u16>().ok());
    let status = status.unwrap_or_else(|| panic!("{line:?} is no status line"));
    assert!(STATUSES.contains(&status), "{line}");
    let head = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("a head ends");
    assert!(head < 16 << 10, "a head of {head} bytes");
}
