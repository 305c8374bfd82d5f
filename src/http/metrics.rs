//! The pages on the metrics address.

use hyper::StatusCode;
use hyper::header::{self, HeaderMap, HeaderValue};

use super::answer::{Answer, text};
use super::context::Context;
use super::encoding::Accepted;
use super::request::Request;

const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const PLAIN: &str = "text/plain; version=0.0.4; charset=utf-8";

pub(super) async fn answer(context: &Context, request: Request) -> Answer {
    let server = &context.server;
    let (kind, body) = match wants_openmetrics(request.headers()) {
        true => (OPENMETRICS, server.metrics.openmetrics(server.budget.waiting_bytes())),
        false => (PLAIN, server.metrics.plain(server.budget.waiting_bytes())),
    };
    let mut answer = text(StatusCode::OK, &body);
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    answer
}

/// Lists the pages.
pub(super) async fn nothing(_: &Context, _: Request) -> Answer {
    text(StatusCode::NOT_FOUND, "here are /metrics, /healthz and /readyz\n")
}

/// Whether OpenMetrics is requested by name. All other clients, including browsers and curl, get the older
/// format, which every tool can read.
fn wants_openmetrics(headers: &HeaderMap) -> bool {
    let accepted = Accepted::of(headers, &header::ACCEPT);
    let openmetrics = accepted.named("application/openmetrics-text").unwrap_or(0);
    openmetrics > 0 && openmetrics >= accepted.named("text/plain").unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::wants_openmetrics;
    use hyper::header::{ACCEPT, HeaderMap, HeaderValue};

    #[test]
    fn openmetrics_is_for_those_who_name_it() {
        for (accept, expected) in [
            (None, false),
            (Some(""), false),
            (Some("*/*"), false),
            (Some("text/html,application/xhtml+xml,*/*;q=0.8"), false),
            (Some("text/plain;version=0.0.4"), false),
            (Some("application/openmetrics-text"), true),
            (Some("application/openmetrics-text;version=1.0.0,text/plain;q=0.5,*/*;q=0.1"), true),
            (Some("application/openmetrics-text;q=0.2,text/plain;q=0.5"), false),
            (Some("application/openmetrics-text;q=0"), false),
        ] {
            let mut headers = HeaderMap::new();
            headers.extend(accept.map(|accept| (ACCEPT, HeaderValue::from_static(accept))));
            assert_eq!(wants_openmetrics(&headers), expected, "{accept:?}");
        }
    }
}
