//! The WebSocket upgrade (RFC 6455, section 4), from both sides.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest, Sha1};

/// What the RFC appends to the key (section 1.3).
const SUFFIX: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// The longest response accepted; servers send a few hundred bytes.
const ANSWER_BYTES_MAX: usize = 16 * 1024;

/// How much of a response's body is shown, in characters.
const BODY_MAX: usize = 200;

/// A client's upgrade request, built once for all clients of a crowd: servers do not remember keys.
pub(crate) struct Upgrade {
    request: Vec<u8>,
    accept: String,
}

/// A response that is not an upgrade.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadUpgrade {
    /// Another status than 101.
    #[error("the server did not switch to WebSocket, it said {line:?}{}", .body.is_empty().then(String::new).unwrap_or_else(|| format!(" and {:?}", .body)))]
    Status {
        /// 0 if the response is not HTTP.
        code: u16,
        line: String,
        /// The start of the body.
        body: String,
        /// The seconds of `Retry-After`.
        retry_after: Option<u64>,
    },
    /// The server has not read the key.
    #[error("the server's Sec-WebSocket-Accept does not match the key")]
    Accept,
    /// The head of the response does not end.
    #[error("the server's answer to the upgrade does not end after {ANSWER_BYTES_MAX} bytes")]
    Endless,
}

impl Upgrade {
    pub(crate) fn new(host: &str, path: &str) -> Self {
        let key = STANDARD.encode(fastrand::u128(..).to_ne_bytes());
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
        );
        Self { request: request.into_bytes(), accept: accept(&key) }
    }

    pub(crate) fn request(&self) -> &[u8] {
        &self.request
    }

    /// Checks the response at the start of `bytes`, and returns where the frames begin; `None` until its head
    /// is complete.
    pub(crate) fn check(&self, bytes: &[u8]) -> Result<Option<usize>, BadUpgrade> {
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
            let start = &bytes[..bytes.len().min(7)];
            if !b"HTTP/1.".starts_with(start) {
                let line = String::from_utf8_lossy(bytes).chars().take(BODY_MAX).collect();
                let (body, retry_after) = (String::new(), None);
                return Err(BadUpgrade::Status { code: 0, line, body, retry_after });
            }
            let endless = bytes.len() > ANSWER_BYTES_MAX;
            return if endless { Err(BadUpgrade::Endless) } else { Ok(None) };
        };
        let head = String::from_utf8_lossy(&bytes[..end]);
        let (line, fields) = head.split_once("\r\n").unwrap_or((&head, ""));
        let field = |wanted: &str| {
            let fields = fields.split("\r\n").filter_map(|field| field.split_once(':'));
            let mut named = fields.filter(|(name, _)| name.eq_ignore_ascii_case(wanted));
            named.next().map(|(_, value)| value.trim())
        };
        let code = status(line).unwrap_or(0);
        if code != 101 {
            let body = String::from_utf8_lossy(&bytes[end + 4..]);
            return Err(BadUpgrade::Status {
                code,
                line: line.chars().take(BODY_MAX).collect(),
                body: body.trim().chars().take(BODY_MAX).collect(),
                retry_after: field("retry-after").and_then(|value| value.parse().ok()),
            });
        }
        if field("sec-websocket-accept") == Some(&*self.accept) {
            Ok(Some(end + 4))
        } else {
            Err(BadUpgrade::Accept)
        }
    }
}

/// The status of a response's first line (RFC 9112, section 4).
fn status(line: &str) -> Option<u16> {
    line.strip_prefix("HTTP/1.")?.get(2..5)?.parse().ok()
}

/// The server's side: the response to the request at the start of `bytes`, and the request's length. `None`
/// until the request is complete, and if it has no key.
pub(crate) fn answer(bytes: &[u8]) -> Option<(String, usize)> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let (_, key) = head
        .split("\r\n")
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("sec-websocket-key"))?;
    let accept = accept(key.trim());
    let answer = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {accept}\r\n\r\n"
    );
    Some((answer, end + 4))
}

fn accept(key: &str) -> String {
    STANDARD.encode(Sha1::digest(format!("{key}{SUFFIX}")))
}

#[cfg(test)]
mod tests {
    use super::{BadUpgrade, Upgrade, accept, answer};

    #[test]
    fn the_example_of_the_rfc_holds() {
        assert_eq!(accept("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    #[test]
    fn both_sides_agree_and_frames_begin_after_the_head() {
        let upgrade = Upgrade::new("127.0.0.1", "/ws");
        let (mut reply, length) = answer(upgrade.request()).expect("a whole request");
        assert_eq!(length, upgrade.request().len());
        let end = reply.len();
        reply.push_str("frame");
        assert_eq!(upgrade.check(reply.as_bytes()), Ok(Some(end)));
        assert_eq!(upgrade.check(&reply.as_bytes()[..end - 1]), Ok(None));
    }

    #[test]
    fn a_refusal_and_a_foreign_proof_are_told() {
        let upgrade = Upgrade::new("127.0.0.1", "/ws");
        let busy = upgrade
            .check(b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 7\r\n\r\nfull, come back");
        let Err(BadUpgrade::Status { code: 503, retry_after: Some(7), ref body, .. }) = busy else {
            panic!("{busy:?}")
        };
        assert_eq!(body, "full, come back");
        let told = busy.map_err(|bad| bad.to_string());
        assert!(told.is_err_and(|told| told.contains("503") && told.contains("come back")));
        let foreign = upgrade.check(b"220 mail.example ESMTP\r\n");
        assert!(matches!(foreign, Err(BadUpgrade::Status { code: 0, .. })), "{foreign:?}");
        let (foreign, _) =
            answer(Upgrade::new("127.0.0.1", "/ws").request()).expect("a whole request");
        assert_eq!(upgrade.check(foreign.as_bytes()), Err(BadUpgrade::Accept));
        assert_eq!(
            upgrade.check(&[b"HTTP/1.1 101 ", &[b'x'; 20_000][..]].concat()),
            Err(BadUpgrade::Endless)
        );
    }
}
