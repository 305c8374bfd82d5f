//! The cookie with the token of a browser's login: set, cleared, and read at an upgrade. No script can read it.
//!
//! Only a page of this very server reaches it. `POST` and `DELETE` need its `Origin` and JSON, which no form of
//! another page can send; at an upgrade the cookie of a request with another `Origin` is not looked at.

use std::sync::Arc;

use hyper::StatusCode;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use throng_log::Logins;
use throng_protocol::{ErrorCode, Refusal};

use super::answer::{Answer, refuse, refused_for_now, restarting, text};
use super::context::Context;
use super::headers::single;
use super::host_guard::{self, OwnPage};
use super::request::Request;
use crate::base::tasks::{Kind, Name};

/// The longest body: a token has 43 bytes.
pub(super) const BODY_BYTES_MAX: u64 = 512;

/// How long the browser keeps the cookie, in seconds: 400 days, the most that browsers take. Its login ends sooner
/// if nobody uses it.
const MAX_AGE: u32 = 400 * 24 * 3_600;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The token that the page has got by a login.
#[derive(Deserialize)]
struct Given {
    token: String,
}

/// The login that the person has left.
#[derive(Deserialize)]
struct Left {
    login: u64,
}

/// Takes the token of a login out of the hands of scripts: the login gets another one, which is in the cookie.
pub(super) async fn set(context: &Context, mut request: Request) -> Answer {
    let (page, Given { token }) = match read(context, &mut request).await {
        Ok(read) => read,
        Err(answer) => return *answer,
    };
    let server = &context.server;
    let may_try = context.with_slot(|slot| server.identity.may_try(slot));
    if let Some(Err(refusal)) = may_try {
        return refused(&refusal);
    }
    match server.identity.accounts.renew_token(&token).await {
        Ok(token) => with_cookie(&page.cookie_name(&server.cookie_mark), &token, MAX_AGE, page),
        Err(refusal) => {
            context.with_slot(|slot| server.identity.note_wrong(slot, &refusal));
            refused(&refusal)
        }
    }
}

/// Ends the login of the cookie, if it is the one that the person has left, and clears the cookie. One of a login
/// that has begun since stays.
pub(super) async fn clear(context: &Context, mut request: Request) -> Answer {
    let (page, Left { login }) = match read(context, &mut request).await {
        Ok(read) => read,
        Err(answer) => return *answer,
    };
    let server = Arc::clone(&context.server);
    let name = page.cookie_name(&server.cookie_mark);
    let Some(token) = cookie(&name, request.headers()) else { return done() };
    // What is on disk must be in force, even if the client goes away.
    let ending = async move {
        let ended = server.identity.accounts.end_by_token(&token, login).await;
        if let Ok(Some(login)) = &ended {
            server.identity.end_logins(login.person, Logins::One(login.id));
        }
        ended
    };
    let task = Name::numbered(Kind::Answer, context.number);
    match context.server.tasks.whole(task, ending).await {
        Some(Ok(None)) => done(),
        Some(Err(refusal)) if refusal.code != ErrorCode::BadToken => refused(&refusal),
        Some(Ok(Some(_)) | Err(_)) | None => with_cookie(&name, "", 0, page),
    }
}

/// The token in the cookie of a page of this very server that asks for an upgrade.
pub(super) fn token(mark: &str, headers: &HeaderMap) -> Option<Box<str>> {
    let page = host_guard::own_page(headers)?;
    cookie(&page.cookie_name(mark), headers)
}

impl OwnPage {
    /// With HTTPS, a name that browsers take from this very host alone, and only with `Secure`: a sibling domain
    /// can't put somebody into another account (RFC 6265bis, section 4.1.3.2).
    fn cookie_name(self, mark: &str) -> String {
        match self {
            Self::Secure => format!("__Host-throng-{mark}"),
            Self::Loopback => format!("throng-{mark}"),
        }
    }
}

/// The body of a request from a page of this server.
async fn read<T: for<'de> Deserialize<'de>>(
    context: &Context,
    request: &mut Request,
) -> Result<(OwnPage, T), Box<Answer>> {
    if context.server.drain.has_begun() {
        return Err(Box::new(restarting()));
    }
    let page = allowed(request.headers())?;
    let body = request.body.whole().await.map_err(|error| Box::new(error.answer()))?;
    let body = serde_json::from_slice(&body).map_err(|_| {
        let words =
            "the body must be a JSON object, with the `token` or the number of the `login`\n";
        Box::new(refuse(StatusCode::BAD_REQUEST, "Body is not understood", words))
    })?;
    Ok((page, body))
}

/// The page that sends a request, if it may.
fn allowed(headers: &HeaderMap) -> Result<OwnPage, Box<Answer>> {
    let is_foreign = headers.get(FETCH_SITE).is_some_and(|site| site != "same-origin");
    let page = host_guard::own_page(headers).filter(|_| !is_foreign);
    let page = page.ok_or_else(|| {
        let words = "only a page of this server may do this, over HTTPS or from this machine\n";
        Box::new(refuse(StatusCode::FORBIDDEN, "Not a page of this server over HTTPS", words))
    })?;
    let kind = single(headers, &header::CONTENT_TYPE).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        let words = "the body must be application/json\n";
        let refusal = refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Body must be JSON", words);
        return Err(Box::new(refusal));
    }
    Ok(page)
}

/// The value of a cookie. If there are two of the name, somebody has added one, and neither counts.
fn cookie(name: &str, headers: &HeaderMap) -> Option<Box<str>> {
    let mut values = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(given, value)| *given == name && !value.is_empty())
        .map(|(_, value)| value);
    let value = values.next()?;
    values.next().is_none().then(|| value.into())
}

fn with_cookie(name: &str, value: &str, max_age: u32, page: OwnPage) -> Answer {
    let secure = match page {
        OwnPage::Secure => "; Secure",
        OwnPage::Loopback => "",
    };
    let cookie =
        format!("{name}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Strict{secure}");
    let mut answer = done();
    let cookie = HeaderValue::from_str(&cookie).expect("letters, digits and hyphens");
    answer.headers_mut().insert(header::SET_COOKIE, cookie);
    answer
}

fn done() -> Answer {
    let mut answer = text(StatusCode::NO_CONTENT, "");
    answer.headers_mut().remove(header::CONTENT_TYPE);
    answer
}

fn refused(refusal: &Refusal) -> Answer {
    match refusal.code {
        ErrorCode::BadToken => {
            refuse(StatusCode::GONE, "No such login", &format!("{}\n", refusal.message))
        }
        _ => refused_for_now(refusal),
    }
}
