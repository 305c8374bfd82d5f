//! The tables of routes: which handler responds to which path and method, and its limits.

use std::sync::LazyLock;
use std::time::Duration;

use hyper::Method;

use super::context::Service;
use super::router::{Handler, Limits, Route, Routes};
use super::{health, invites, login_cookie, metrics, oidc, page, upgrade};

/// For responses from memory: no body is read, and no handler waits.
const IN_MEMORY: Limits = Limits { body_bytes: 0, time: Duration::from_secs(10) };

/// For a small body and what the log's database answers.
const LOOKUP: Duration = Duration::from_secs(10);

/// A log-in asks a provider up to four times, each within 5 s.
const BY_PROVIDER: Limits = Limits { body_bytes: 0, time: Duration::from_secs(25) };

/// The table of a service.
pub(super) fn of(service: Service) -> &'static Routes {
    static CHAT: LazyLock<Routes> = LazyLock::new(chat);
    static METRICS: LazyLock<Routes> = LazyLock::new(metrics);
    match service {
        Service::Chat | Service::Refused(_) => &CHAT,
        Service::Metrics => &METRICS,
    }
}

fn chat() -> Routes {
    let socket = get(|c, r| Box::pin(upgrade::answer(c, r)));
    with_health(Routes::new(get(|c, r| Box::pin(page::answer(c, r)))))
        .route("/login-cookie", login_cookie())
        .route("/ws", socket.clone())
        // Proxies and people add the slash.
        .route("/ws/", socket)
        .route("/invites/{code}", invite())
        .route("/oidc", get(|c, r| Box::pin(oidc::list(c, r))))
        .route("/oidc/{provider}/start", provider(|c, r| Box::pin(oidc::start(c, r))))
        .route("/oidc/{provider}/callback", provider(|c, r| Box::pin(oidc::callback(c, r))))
}

fn invite() -> Route {
    let limits = Limits { body_bytes: 0, time: LOOKUP };
    Route::guarded().on(Method::GET, limits, |c, r| Box::pin(invites::answer(c, r)))
}

fn login_cookie() -> Route {
    let limits = Limits { body_bytes: login_cookie::BODY_BYTES_MAX, time: LOOKUP };
    Route::guarded().on(Method::POST, limits, |c, r| Box::pin(login_cookie::set(c, r))).on(
        Method::DELETE,
        limits,
        |c, r| Box::pin(login_cookie::clear(c, r)),
    )
}

fn metrics() -> Routes {
    with_health(Routes::new(get(|c, r| Box::pin(metrics::nothing(c, r)))))
        .route("/metrics", get(|c, r| Box::pin(metrics::answer(c, r))))
}

fn with_health(routes: Routes) -> Routes {
    routes
        .route("/healthz", check(|c, r| Box::pin(health::alive(c, r))))
        .route("/readyz", check(|c, r| Box::pin(health::ready(c, r))))
}

fn get(handler: Handler) -> Route {
    Route::guarded().on(Method::GET, IN_MEMORY, handler)
}

fn provider(handler: Handler) -> Route {
    Route::guarded().on(Method::GET, BY_PROVIDER, handler)
}

/// A health check: for everybody, and some proxies use OPTIONS.
fn check(handler: Handler) -> Route {
    Route::open().on(Method::GET, IN_MEMORY, handler).on(Method::OPTIONS, IN_MEMORY, handler)
}
