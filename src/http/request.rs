//! A request as its handler gets it.

use hyper::header::HeaderMap;
use hyper::http::request::Parts;

use super::request_body::RequestBody;

/// A request.
pub(super) struct Request {
    pub(super) head: Parts,
    /// The part of the path for each name in braces in the route's pattern.
    pub(super) parameters: Vec<(&'static str, Box<str>)>,
    pub(super) body: RequestBody,
}

impl Request {
    pub(super) fn path(&self) -> &str {
        self.head.uri.path()
    }

    pub(super) fn headers(&self) -> &HeaderMap {
        &self.head.headers
    }

    /// A part of the path, as it came: `%2F` in it is not a slash, and is not decoded here.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| *known == name).map(|(_, value)| &**value)
    }
}
