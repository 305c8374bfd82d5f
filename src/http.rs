//! HTTP: what is answered before, or instead of, an upgrade.

use std::net::SocketAddr;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};

use crate::server::Server;

mod encoding;
mod files;
mod guard;
mod page;
mod upgrade;

/// Part of `build.rs`; its tests run with the others.
#[cfg(test)]
#[path = "../build/comments.rs"]
mod comments;

pub(crate) use upgrade::is_upgrade;

pub(crate) type Answer = Response<Full<Bytes>>;

/// Answers a request on the public address.
pub(crate) fn answer(server: &Server, local: SocketAddr, request: &Request<Incoming>) -> Answer {
    if let Some(refused) = guard::refusal(&server.config, local, request.headers()) {
        return refused;
    }
    match request.uri().path() {
        "/ws" => upgrade::answer(server, request),
        "/healthz" => get_only(request, || text(StatusCode::OK, "ok\n")),
        "/readyz" => get_only(request, || ready(server)),
        path => get_only(request, || page::answer(path, request.headers())),
    }
}

/// Answers a request on the address for metrics.
pub(crate) fn answer_metrics(
    server: &Server,
    local: SocketAddr,
    request: &Request<Incoming>,
) -> Answer {
    if let Some(refused) = guard::refusal(&server.config, local, request.headers()) {
        return refused;
    }
    match request.uri().path() {
        "/metrics" => get_only(request, || {
            let mut response = text(StatusCode::OK, &server.metrics.text(&server.budget));
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
            response
        }),
        "/healthz" => get_only(request, || text(StatusCode::OK, "ok\n")),
        "/readyz" => get_only(request, || ready(server)),
        _ => text(StatusCode::NOT_FOUND, "here are /metrics, /healthz and /readyz\n"),
    }
}

/// A plain answer, with the headers that every answer has.
pub(crate) fn text(status: StatusCode, body: &str) -> Answer {
    respond(status, "text/plain; charset=utf-8", Bytes::copy_from_slice(body.as_bytes()))
}

/// An answer that asks to come back later.
pub(crate) fn later(status: StatusCode, seconds: u32, body: &str) -> Answer {
    let mut response = text(status, body);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

fn respond(status: StatusCode, kind: &'static str, body: Bytes) -> Answer {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn get_only(request: &Request<Incoming>, answer: impl FnOnce() -> Answer) -> Answer {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return answer();
    }
    let mut response = text(StatusCode::METHOD_NOT_ALLOWED, "only GET is answered here\n");
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
    response
}

fn ready(server: &Server) -> Answer {
    if server.drain.has_begun() {
        return later(StatusCode::SERVICE_UNAVAILABLE, 5, "draining\n");
    }
    if !server.log.is_writable() {
        return later(StatusCode::SERVICE_UNAVAILABLE, 5, "the log can't be written\n");
    }
    text(StatusCode::OK, "ready\n")
}

/// A header that is there once, and is text.
fn single<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}
