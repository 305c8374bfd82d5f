//! Responses: their common headers, and the refusals that several parts use.

use hyper::body::Bytes;
use hyper::ext::ReasonPhrase;
use hyper::header::{self, HeaderValue};
use hyper::{Response, StatusCode};

use throng_protocol::{ErrorCode, Refusal};

use super::answer_body::AnswerBody;
use crate::connection_slots::NoSlot;

pub(crate) type Answer = Response<AnswerBody>;

/// The `Retry-After` of a full server, and of one that is ending or failing, in seconds.
const RETRY: u32 = 10;
pub(super) const RESTART: u32 = 5;

/// A plain-text response with the common headers.
pub(super) fn text(status: StatusCode, body: &str) -> Answer {
    respond(status, "text/plain; charset=utf-8", Bytes::copy_from_slice(body.as_bytes()))
}

/// A refusal. Most client libraries show the status line but not the body, so the reason is in both.
pub(super) fn refuse(status: StatusCode, reason: &'static str, body: &str) -> Answer {
    let mut answer = text(status, body);
    answer.extensions_mut().insert(ReasonPhrase::from_static(reason.as_bytes()));
    answer
}

/// A refusal with a `Retry-After`.
pub(super) fn later(status: StatusCode, reason: &'static str, seconds: u32, body: &str) -> Answer {
    let mut answer = refuse(status, reason, body);
    answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    answer
}

pub(super) fn refused(no_slot: NoSlot) -> Answer {
    match no_slot {
        NoSlot::Full => later(
            StatusCode::SERVICE_UNAVAILABLE,
            "Server is full",
            RETRY,
            "the server is full: try again later\n",
        ),
        NoSlot::Address => later(
            StatusCode::TOO_MANY_REQUESTS,
            "Too many connections from your address",
            RETRY,
            "too many connections from your address: close some, or try again later\n",
        ),
    }
}

pub(super) fn restarting() -> Answer {
    let reason = "Server is restarting";
    later(StatusCode::SERVICE_UNAVAILABLE, reason, RESTART, "the server is restarting\n")
}

/// What a command would be refused with, if it is refused for now.
pub(super) fn refused_for_now(refusal: &Refusal) -> Answer {
    let (status, reason) = match refusal.code {
        ErrorCode::RateLimited => (StatusCode::TOO_MANY_REQUESTS, "Too many tries"),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "Not now"),
    };
    let seconds = refusal.retry_ms.map(|ms| u32::try_from(ms.div_ceil(1_000)).unwrap_or(u32::MAX));
    later(status, reason, seconds.unwrap_or(RESTART), &format!("{}\n", refusal.message))
}

/// A response whose body is complete.
pub(super) fn respond(status: StatusCode, kind: &'static str, body: Bytes) -> Answer {
    with_body(status, kind, AnswerBody::whole(body))
}

/// A response with the common headers.
pub(super) fn with_body(status: StatusCode, kind: &'static str, body: AnswerBody) -> Answer {
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}
