//! The browser client, served from the binary.
//!
//! Files with a fixed address (the page, the worker, the manifest, the icons) are requested again each time,
//! and mostly answered with 304. Modules and styles are cached forever: their addresses change with them.

use hyper::StatusCode;
use hyper::body::Bytes;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};

use super::answer::{Answer, respond, text};
use super::context::Context;
use super::encoding::Accepted;
use super::files::File;
use super::request::Request;

/// Only what this server sends itself, no inline script or style, and no HTML made from text: the one policy
/// of Trusted Types makes the workers' addresses.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     connect-src 'self'; img-src 'self' data:; manifest-src 'self'; worker-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
     require-trusted-types-for 'script'; trusted-types throng";

/// The page only needs to copy text. Everything else that would ask the person is off.
const PERMISSIONS: &str = "accelerometer=(), autoplay=(self), camera=(), clipboard-read=(), \
     clipboard-write=(self), display-capture=(), geolocation=(), gyroscope=(), hid=(), \
     magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()";

/// The policies of a document or a worker. A module or a style is under the policies of its page.
const RULES: [(HeaderName, &str); 4] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), PERMISSIONS),
];

/// The policies of a picture, which somebody may open by itself: a drawing could hold a script.
const PICTURE_RULES: [(HeaderName, &str); 2] = [
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (header::X_FRAME_OPTIONS, "DENY"),
];

const SAME_ORIGIN: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

const FOR_EVER: &str = "max-age=31536000, immutable";

pub(super) async fn answer(_: &Context, request: Request) -> Answer {
    match File::at(request.path()) {
        Some(file) => serve(file, request.headers()),
        None => text(StatusCode::NOT_FOUND, "there is no such page\n"),
    }
}

fn serve(file: &'static File, headers: &HeaderMap) -> Answer {
    let (encoding, bytes) = file.form(&Accepted::of(headers, &header::ACCEPT_ENCODING));
    let tag = file.tag(encoding);
    let mut response = match is_known(headers, tag) {
        true => respond(StatusCode::NOT_MODIFIED, file.kind, Bytes::new()),
        false => respond(StatusCode::OK, file.kind, Bytes::from_static(bytes)),
    };
    let to = response.headers_mut();
    let caching = if file.is_fixed() { FOR_EVER } else { "no-cache" };
    to.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    to.insert(SAME_ORIGIN, HeaderValue::from_static("same-origin"));
    if file.is_fixed() {
        // The page has this header. A first visit loads dozens of these files, so each header line counts.
        to.remove(header::REFERRER_POLICY);
    } else {
        let rules: &[_] = if file.kind.starts_with("image/") { &PICTURE_RULES } else { &RULES };
        to.extend(
            rules.iter().cloned().map(|(name, value)| (name, HeaderValue::from_static(value))),
        );
    }
    if file.varies() {
        to.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    }
    if let Some(name) = encoding.name() {
        to.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
    }
    to.insert(header::ETAG, HeaderValue::from_static(tag));
    response
}

/// Whether the browser has these bytes (RFC 9110, section 13.1.2). Tags are compared weakly: a proxy that
/// changes a response makes its tag weak.
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}
