//! The health checks.

use hyper::StatusCode;

use super::answer::{Answer, RESTART, later, refused, restarting, text};
use super::context::{Context, Service};
use super::request::Request;
use crate::connection_slots::NoSlot;

/// Whether the server is running.
pub(super) async fn alive(_: &Context, _: Request) -> Answer {
    text(StatusCode::OK, "ok\n")
}

/// Whether the server accepts new clients.
pub(super) async fn ready(context: &Context, _: Request) -> Answer {
    let server = &context.server;
    if server.drain.has_begun() {
        return restarting();
    }
    if !server.log.is_writable() {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        return later(status, "Log cannot be written", RESTART, "the log can't be written\n");
    }
    // A connection with a slot of the chat proves that there was one.
    if context.service != Service::Chat && server.slots.is_full() {
        return refused(NoSlot::Full);
    }
    text(StatusCode::OK, "ready\n")
}
