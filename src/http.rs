//! HTTP: the responses before, or instead of, an upgrade.
//!
//! `connection` passes each request to the router, which finds its handler in the table of `routes`. A
//! handler gets the `context` of the connection and the `request`, and returns an `answer`.

mod activity;
mod answer;
mod answer_body;
mod connection;
mod context;
mod encoding;
mod files;
mod headers;
mod health;
mod host_guard;
mod invites;
mod login_cookie;
mod metrics;
mod pace;
mod page;
mod request;
mod request_body;
mod router;
mod routes;
#[cfg(test)]
mod tests;
mod upgrade;

/// A part of `build.rs`; its tests run with the others.
#[cfg(test)]
#[path = "../build/comments.rs"]
mod comments;

pub(crate) use connection::{Connection, Upgraded};
pub(crate) use context::Service;
pub(crate) use host_guard::refusal as guard_refusal;
