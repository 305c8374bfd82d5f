//! The browser client, served out of the binary.
//!
//! What stays at its address (the page, the worker, the manifest, the icons) is asked for again
//! each time and mostly told that nothing has changed. Modules and styles are kept for ever: their
//! address changes with them.

use hyper::StatusCode;
use hyper::body::Bytes;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};

use super::answer::{Answer, respond, text};
use super::context::Context;
use super::encoding::Accepted;
use super::files::File;
use super::request::Request;

/// Nothing but what this server sends itself, no script or style in the page, and no HTML made of
/// text: the one policy of Trusted Types makes the addresses of the workers.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     connect-src 'self'; img-src 'self' data:; manifest-src 'self'; worker-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
     require-trusted-types-for 'script'; trusted-types throng";

/// What the page asks a browser for is to copy a text. All else that would ask the person is off.
const PERMISSIONS: &str = "accelerometer=(), autoplay=(self), camera=(), clipboard-read=(), \
     clipboard-write=(self), display-capture=(), geolocation=(), gyroscope=(), hid=(), \
     magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()";

/// What a document or a worker may do. A module or a style is under the rules of its page.
const RULES: [(HeaderName, &str); 4] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), PERMISSIONS),
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
        // The page's own. A first visit loads dozens of these, and each line of a head counts.
        to.remove(header::REFERRER_POLICY);
    } else {
        to.extend(RULES.map(|(name, value)| (name, HeaderValue::from_static(value))));
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

/// Whether the browser has these bytes (RFC 9110, section 13.1.2). Tags compare weakly here: a
/// proxy that touches an answer makes its tag a weak one.
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}
