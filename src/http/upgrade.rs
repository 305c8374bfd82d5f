//! The upgrade to WebSocket (RFC 6455, section 4.2).

use async_tungstenite::tungstenite::handshake::derive_accept_key;
use hyper::body::Incoming;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Request, StatusCode, Version};

use super::{Answer, later, single, text};
use crate::server::Server;

/// Whether this answer upgrades the connection.
pub(crate) fn is_upgrade(answer: &Answer) -> bool {
    answer.status() == StatusCode::SWITCHING_PROTOCOLS
}

pub(super) fn answer(server: &Server, request: &Request<Incoming>) -> Answer {
    if server.drain.has_begun() {
        return later(StatusCode::SERVICE_UNAVAILABLE, 5, "the server is restarting\n");
    }
    let headers = request.headers();
    let is_asked = request.method() == Method::GET
        && request.version() == Version::HTTP_11
        && has_token(headers, &header::UPGRADE, "websocket")
        && has_token(headers, &header::CONNECTION, "upgrade");
    let key = single(headers, &header::SEC_WEBSOCKET_KEY).filter(|key| key.len() == 24);
    let is_version_13 = single(headers, &header::SEC_WEBSOCKET_VERSION) == Some("13");
    let (true, true, Some(key)) = (is_asked, is_version_13, key) else {
        return upgrade_required(is_asked);
    };
    let mut response = text(StatusCode::SWITCHING_PROTOCOLS, "");
    *response.headers_mut() = HeaderMap::with_capacity(3);
    let headers = response.headers_mut();
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    if let Ok(accept) = HeaderValue::from_str(&derive_accept_key(key.as_bytes())) {
        headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    }
    response
}

fn upgrade_required(is_upgrade: bool) -> Answer {
    let words = match is_upgrade {
        true => "a WebSocket of version 13 with one key is needed (RFC 6455, section 4.1)\n",
        false => "this is a WebSocket address: connect with ws://, or open / in a browser\n",
    };
    let mut response = text(StatusCode::UPGRADE_REQUIRED, words);
    let headers = response.headers_mut();
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
    response
}

fn has_token(headers: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|value| value.trim().eq_ignore_ascii_case(token))
}
