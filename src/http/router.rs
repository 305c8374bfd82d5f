//! The router: finds the route for a path and the endpoint for a method, and runs the handler.
//!
//! `HEAD` follows from `GET`; `OPTIONS` and the `Allow` of a 405 follow from the route's methods.

use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use async_io::Timer;
use futures::future::{Either, select};
use hyper::body::Incoming;
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::{Method, StatusCode};

use super::activity::Doing;
use super::answer::{self, Answer, RESTART, later, restarting, text};
use super::context::{Context, Service};
use super::host_guard;
use super::pace::Pace;
use super::request::Request;
use super::request_body::RequestBody;
use crate::base::tasks::{Kind, Name};

/// Makes the response to a request.
pub(super) type Handler = for<'a> fn(&'a Context, Request) -> Answering<'a>;
pub(super) type Answering<'a> = Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;

/// The limits of an endpoint.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// The longest body. A route without a body responds without reading one.
    pub(super) body_bytes: u64,
    /// How long the handler may take, including reading the body; then also how long a stream may take for
    /// each chunk.
    pub(super) time: Duration,
}

/// The paths of one pattern.
#[derive(Clone)]
pub(super) struct Route {
    is_guarded: bool,
    endpoints: Vec<Endpoint>,
}

#[derive(Clone)]
struct Endpoint {
    method: Method,
    limits: Limits,
    handler: Handler,
}

/// A table of routes.
pub(super) struct Routes {
    by_path: matchit::Router<Route>,
    /// The route for all other paths.
    others: Route,
}

impl Route {
    /// A route for requests that pass the host guard.
    pub(super) fn guarded() -> Self {
        Self { is_guarded: true, endpoints: Vec::new() }
    }

    /// A route for all requests, whatever the `Host` and the `Origin`.
    pub(super) fn open() -> Self {
        Self { is_guarded: false, endpoints: Vec::new() }
    }

    pub(super) fn on(mut self, method: Method, limits: Limits, handler: Handler) -> Self {
        self.endpoints.push(Endpoint { method, limits, handler });
        self
    }

    fn endpoint(&self, method: &Method) -> Option<&Endpoint> {
        let method = if method == Method::HEAD { &Method::GET } else { method };
        self.endpoints.iter().find(|endpoint| endpoint.method == *method)
    }

    /// The methods of this route, as `Allow` lists them.
    fn allow(&self) -> HeaderValue {
        let mut methods: Vec<&str> = Vec::new();
        for Endpoint { method, .. } in &self.endpoints {
            methods.push(method.as_str());
            if method == Method::GET {
                methods.push("HEAD");
            }
        }
        if !methods.contains(&"OPTIONS") {
            methods.push("OPTIONS");
        }
        HeaderValue::from_str(&methods.join(", ")).expect("methods are tokens")
    }

    fn not_allowed(&self) -> Answer {
        let methods = self.endpoints.iter().map(|endpoint| endpoint.method.as_str());
        let methods: Vec<&str> = methods.filter(|method| *method != "OPTIONS").collect();
        let verb = if methods.len() == 1 { "is" } else { "are" };
        let words = format!("only {} {verb} answered here\n", methods.join(" and "));
        self.allowing(text(StatusCode::METHOD_NOT_ALLOWED, &words))
    }

    /// A proxy that only checks with OPTIONS learns from this that the server is ending.
    fn options(&self, context: &Context) -> Answer {
        if context.server.drain.has_begun() {
            return restarting();
        }
        let mut answer = self.allowing(text(StatusCode::NO_CONTENT, ""));
        answer.headers_mut().remove(header::CONTENT_TYPE);
        answer
    }

    fn allowing(&self, mut answer: Answer) -> Answer {
        answer.headers_mut().insert(header::ALLOW, self.allow());
        answer
    }
}

impl Routes {
    pub(super) fn new(others: Route) -> Self {
        Self { by_path: matchit::Router::new(), others }
    }

    /// Adds a route. In the pattern, `{name}` stands for a part between two slashes, and `{*name}` for the
    /// rest of the path.
    pub(super) fn route(mut self, pattern: &str, route: Route) -> Self {
        self.by_path.insert(pattern, route).expect("the patterns of a table do not overlap");
        self
    }

    /// Responds to a request.
    ///
    /// Health checks come before the host guard. They reveal nothing useful to a foreign page, and their
    /// clients often send no `Host`: HAProxy's default check is `OPTIONS /` in HTTP/1.0.
    pub(super) async fn answer(
        &'static self,
        context: &Context,
        request: hyper::Request<Incoming>,
    ) -> Answer {
        let (head, incoming) = request.into_parts();
        let (route, parameters) = self.find(head.uri.path());
        let is_options = head.method == Method::OPTIONS;
        let pace = Pace::new(context.server.config.head_timeout);
        let endpoint = route.endpoint(&head.method);
        let bytes_max = endpoint.map_or(0, |endpoint| endpoint.limits.body_bytes);
        let body = RequestBody::new(incoming, bytes_max, pace, context.activity.clone());
        if route.is_guarded {
            if is_options && endpoint.is_none() {
                return route.options(context);
            }
            if let Some(refusal) = refusal(context, &head.headers) {
                return refusal;
            }
        }
        let Some(Endpoint { limits, handler, .. }) = endpoint else { return route.not_allowed() };
        if limits.body_bytes > 0
            && let Err(error) = body.check_length()
        {
            return error.answer();
        }
        let answering = handler(context, Request { head, parameters, body });
        let mut answer = within(context, limits.time, answering).await;
        answer.body_mut().set_source_time(limits.time);
        if is_options { route.allowing(answer) } else { answer }
    }

    /// The route for a path, and the parts for the names in its pattern. A path is compared as it came, never
    /// decoded.
    fn find(&'static self, path: &str) -> (&'static Route, Vec<(&'static str, Box<str>)>) {
        match self.by_path.at(path) {
            Ok(found) => {
                let parameters = found.params.iter().map(|(name, value)| (name, value.into()));
                (found.value, parameters.collect())
            }
            Err(_) => (&self.others, Vec::new()),
        }
    }
}

/// The refusal, if the connection refuses all requests or the host guard refuses this one.
fn refusal(context: &Context, headers: &HeaderMap) -> Option<Answer> {
    match context.service {
        Service::Refused(no_slot) => Some(answer::refused(no_slot)),
        Service::Chat | Service::Metrics => {
            host_guard::refusal(&context.server.config, context.local, headers)
        }
    }
}

/// Runs a handler. Most are ready at once and cost no timer; the drain waits for the others.
async fn within(context: &Context, time: Duration, mut answering: Answering<'_>) -> Answer {
    if let Poll::Ready(answer) = futures::poll!(&mut answering) {
        return answer;
    }
    // It is no longer a handshake.
    context.end_lease();
    context.activity.turn_to(Doing::Answering);
    let _running = context.server.tasks.enter(Name::numbered(Kind::Answer, context.number));
    match select(answering, Timer::after(time)).await {
        Either::Left((answer, _)) => answer,
        Either::Right(_) => {
            let status = StatusCode::SERVICE_UNAVAILABLE;
            let words = "the answer took too long: try again later\n";
            later(status, "Answer took too long", RESTART, words)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Limits, Method, Route, Routes};
    use std::time::Duration;

    const LIMITS: Limits = Limits { body_bytes: 0, time: Duration::ZERO };

    fn route(methods: &[Method]) -> Route {
        methods.iter().fold(Route::guarded(), |route, method| {
            route.on(method.clone(), LIMITS, |_, _| unreachable!())
        })
    }

    #[test]
    fn allow_is_made_from_the_table() {
        for (methods, expected) in [
            (&[Method::GET] as &[_], "GET, HEAD, OPTIONS"),
            (&[Method::GET, Method::OPTIONS], "GET, HEAD, OPTIONS"),
            (&[Method::POST], "POST, OPTIONS"),
            (&[Method::GET, Method::PUT, Method::DELETE], "GET, HEAD, PUT, DELETE, OPTIONS"),
        ] {
            assert_eq!(route(methods).allow(), expected);
        }
    }

    #[test]
    fn head_follows_from_get() {
        assert!(route(&[Method::GET]).endpoint(&Method::HEAD).is_some());
        assert!(route(&[Method::POST]).endpoint(&Method::HEAD).is_none());
    }

    #[test]
    fn a_path_is_compared_as_it_came() {
        let routes = Routes::new(route(&[]))
            .route("/files/{id}", route(&[Method::GET]))
            .route("/files/new", route(&[Method::POST]))
            .route("/assets/{*name}", route(&[Method::PUT]));
        let routes: &'static Routes = Box::leak(Box::new(routes));
        let found = |path: &str| {
            let (route, parameters) = routes.find(path);
            let method = route.endpoints.first().map_or("", |endpoint| endpoint.method.as_str());
            let values = parameters.iter().map(|(name, value)| format!("{name}={value}"));
            format!("{method} {}", values.collect::<String>())
        };
        for (path, expected) in [
            ("/files/7", "GET id=7"),
            ("/files/a%2Fb", "GET id=a%2Fb"),
            ("/files/%2e%2e", "GET id=%2e%2e"),
            ("/files/new", "POST "),
            ("/files/ne%77", "GET id=ne%77"),
            ("/assets/a/b.js", "PUT name=a/b.js"),
            ("/assets/../files/7", "PUT name=../files/7"),
            ("/files/", " "),
            ("/files/7/", " "),
            ("/files/7/8", " "),
            ("//files/7", " "),
            ("/assets", " "),
            ("files/7", " "),
            ("*", " "),
            ("", " "),
        ] {
            assert_eq!(found(path), expected, "{path}");
        }
    }
}
