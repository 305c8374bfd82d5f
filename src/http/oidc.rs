//! Logging in at a provider of OpenID Connect: the way there, and the way back.
//!
//! The page gets its login by a code of one use in the part of the address that no server sees. The way back always
//! leads to the configured address: nothing in a request decides it.

use std::sync::Arc;

use futures::future::FutureExt;
use hyper::StatusCode;
use hyper::body::Bytes;
use hyper::header::{self, HeaderValue};
use tracing::warn;

use super::answer::{Answer, respond, text};
use super::context::Context;
use super::request::Request;
use crate::base::tasks::{Kind, Name};
use crate::identity::oidc::{Failure, Returned};
use crate::membership::Membership;
use crate::server::Server;

/// The longest query that is read.
const QUERY_BYTES_MAX: usize = 4 * 1024;

/// The names of the providers, for the page.
pub(super) async fn list(context: &Context, _: Request) -> Answer {
    let names = context.server.identity.providers.names();
    let body = serde_json::json!({ "providers": names }).to_string();
    respond(StatusCode::OK, "application/json", Bytes::from(body))
}

pub(super) async fn start(context: &Context, request: Request) -> Answer {
    let provider = request.parameter("provider").unwrap_or_default().to_owned();
    let providers = &context.server.identity.providers;
    if !providers.has(&provider) {
        return missing();
    }
    match providers.start(&provider).await {
        Ok(started) => redirect(&started.url, Some(&started.cookie)),
        Err(failure) => failed(&provider, &failure, None),
    }
}

pub(super) async fn callback(context: &Context, request: Request) -> Answer {
    let provider = request.parameter("provider").unwrap_or_default().to_owned();
    let server = &context.server;
    if !server.identity.providers.has(&provider) {
        return missing();
    }
    let query = request.head.uri.query().unwrap_or_default();
    let returned = match query.len() {
        ..=QUERY_BYTES_MAX => Returned::parse(query),
        _ => None,
    };
    let Some(returned) = returned else {
        let problem = Failure::Refused("the way back is not what a provider makes".into());
        return failed(&provider, &problem, None);
    };
    let cookies: Vec<&str> = request
        .headers()
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    let forget = server.identity.providers.forget(&provider, &returned);
    let finishing = finish(Arc::clone(server), provider.clone(), returned, cookies.join("; "));
    // What was stored of a person must be in force, also if the browser goes away.
    let done = server.tasks.whole(Name::numbered(Kind::Answer, context.number), finishing).await;
    match done.unwrap_or_else(|| Err(Failure::Refused("the server failed at this".into()))) {
        Ok(page) => redirect(&page, forget.as_deref()),
        Err(failure) => failed(&provider, &failure, forget.as_deref()),
    }
}

/// Ends the log-in, and returns the address of the page with the code.
async fn finish(
    server: Arc<Server>,
    provider: String,
    returned: Returned,
    cookies: String,
) -> Result<String, Failure> {
    let identity = &server.identity;
    let vouched = identity.providers.finish(&provider, returned, &cookies).await?;
    let refused = |message| Failure::Refused(message);
    let admitted = identity.admit(vouched, None).boxed().await.map_err(|it| refused(it.message))?;
    if admitted.has_other_role {
        Membership(&server).look_again().await;
    }
    let code = identity.hand_over(admitted.person).await.map_err(|it| refused(it.message))?;
    Ok(identity.providers.page(&code.to_string()))
}

fn redirect(to: &str, cookie: Option<&str>) -> Answer {
    let mut answer = text(StatusCode::SEE_OTHER, "");
    match HeaderValue::from_str(to) {
        Ok(to) => drop(answer.headers_mut().insert(header::LOCATION, to)),
        Err(_) => return text(StatusCode::BAD_GATEWAY, "the provider's address is no address\n"),
    }
    set(&mut answer, cookie);
    answer
}

fn failed(provider: &str, failure: &Failure, cookie: Option<&str>) -> Answer {
    let (status, words) = match failure {
        Failure::Unreachable(problem) => {
            warn!(provider, problem, "a provider can't be asked");
            let words = "the place where you log in does not answer: try again later. The chat itself goes on.";
            (StatusCode::BAD_GATEWAY, words.to_owned())
        }
        Failure::Refused(problem) => {
            (StatusCode::BAD_REQUEST, format!("you were not logged in: {problem}. Begin again."))
        }
    };
    let mut answer = text(status, &format!("{words}\n"));
    set(&mut answer, cookie);
    answer
}

fn missing() -> Answer {
    text(StatusCode::NOT_FOUND, "there is no such page\n")
}

fn set(answer: &mut Answer, cookie: Option<&str>) {
    if let Some(value) = cookie.and_then(|cookie| HeaderValue::from_str(cookie).ok()) {
        answer.headers_mut().append(header::SET_COOKIE, value);
    }
}
