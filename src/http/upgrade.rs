//! The upgrade to WebSocket (RFC 6455, section 4.2).

use std::sync::Once;

use async_tungstenite::tungstenite::handshake::derive_accept_key;
use base64::Engine;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Method, StatusCode, Version};
use tracing::warn;

use super::answer::{Answer, refuse, refused, restarting, text};
use super::context::{Context, Upgrade};
use super::headers::{has_token, single};
use super::login_cookie;
use super::request::Request;
use crate::base::tasks::{Kind, Name};

/// The last four bits of a padded key mean nothing, and some clients leave any value in them.
const KEYS: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
);

const KEY_BYTES: usize = 16;

/// What is wrong with an upgrade request.
enum Wrong {
    NoUpgrade,
    Version,
    Key,
}

/// Accepts an upgrade, or says what is wrong with the request.
pub(super) async fn answer(context: &Context, request: Request) -> Answer {
    let server = &context.server;
    // Entered before the drain is checked: the drain waits for every handshake that has entered before it
    // began, and later ones find that it has begun.
    let running = server.tasks.enter(Name::numbered(Kind::Handshake, context.number));
    if server.drain.has_begun() {
        return restarting();
    }
    let key = match key(&request.head) {
        Ok(key) => key,
        Err(wrong) => return explained(&wrong, request.headers()),
    };
    if let Err(no_slot) = context.become_session() {
        return refused(no_slot);
    }
    let cookie = login_cookie::token(&server.cookie_mark, request.headers());
    context.agree_to(Upgrade { head: switching(key), cookie, running });
    // Never sent: the 101 is written after the socket has been taken from hyper (`connection.rs`).
    text(StatusCode::SWITCHING_PROTOCOLS, "")
}

/// The key of a valid request.
fn key(request: &Parts) -> Result<&str, Wrong> {
    let headers = &request.headers;
    let is_asked = request.method == Method::GET
        && request.version == Version::HTTP_11
        && has_token(headers, &header::UPGRADE, "websocket")
        && has_token(headers, &header::CONNECTION, "upgrade");
    if !is_asked {
        return Err(Wrong::NoUpgrade);
    }
    if single(headers, &header::SEC_WEBSOCKET_VERSION) != Some("13") {
        return Err(Wrong::Version);
    }
    single(headers, &header::SEC_WEBSOCKET_KEY)
        .filter(|key| KEYS.decode(key).is_ok_and(|bytes| bytes.len() == KEY_BYTES))
        .ok_or(Wrong::Key)
}

fn explained(wrong: &Wrong, headers: &HeaderMap) -> Answer {
    match wrong {
        Wrong::NoUpgrade => {
            note_proxy(headers);
            let words = "this is a WebSocket address: connect with ws://, or open / in a browser. \
                 If you did, a proxy is in the way: does it pass Upgrade and Connection on, over \
                 HTTP/1.1?\n";
            upgrade_required("WebSocket upgrade required", words)
        }
        Wrong::Version => {
            let words = "WebSocket version 13 is needed (RFC 6455, section 4.1)\n";
            upgrade_required("WebSocket version 13 required", words)
        }
        Wrong::Key => {
            let words = "one Sec-WebSocket-Key is needed, the base64 of 16 bytes (RFC 6455, \
                 section 4.1)\n";
            refuse(StatusCode::BAD_REQUEST, "Bad Sec-WebSocket-Key", words)
        }
    }
}

/// The 101 (RFC 6455, section 4.2.2).
fn switching(key: &str) -> Vec<u8> {
    let accept = derive_accept_key(key.as_bytes());
    let head = format!(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Accept: {accept}\r\n\r\n"
    );
    head.into_bytes()
}

fn upgrade_required(reason: &'static str, words: &str) -> Answer {
    let mut response = refuse(StatusCode::UPGRADE_REQUIRED, reason, words);
    let headers = response.headers_mut();
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
    response
}

/// Logs once if it looks like a proxy dropped the upgrade: a client wanted one.
fn note_proxy(headers: &HeaderMap) {
    static NOTED: Once = Once::new();
    if headers.contains_key(header::SEC_WEBSOCKET_KEY) {
        NOTED.call_once(|| {
            warn!(
                "a WebSocket was asked for without its upgrade and refused with 426: does the \
                 proxy pass Upgrade and Connection on, over HTTP/1.1? (said once)"
            );
        });
    }
}
