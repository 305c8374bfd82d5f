//! What a link into a room leads to, for somebody who has not said hello: the page shows it before they come in.

use hyper::StatusCode;
use hyper::body::Bytes;
use serde_json::json;
use throng_protocol::{ErrorCode, Refusal};

use super::answer::{Answer, refuse, refused_for_now, respond};
use super::context::Context;
use super::request::Request;
use crate::membership::Membership;

/// The room of a link, how many people are there, and whether a guest may come in.
pub(super) async fn answer(context: &Context, request: Request) -> Answer {
    let server = &context.server;
    let code = request.parameter("code").unwrap_or_default();
    if let Some(Err(refusal)) = context.with_slot(|slot| server.identity.may_try(slot)) {
        return refused(&refusal);
    }
    match Membership(server).of_link(code).await {
        Ok(shown) => {
            let room = &shown.attributes;
            let listing = server.rooms.listing(room.id);
            let body = json!({
                "name": room.name.as_str(),
                "topic": room.topic,
                "kind": room.kind,
                "members": listing.map_or(0, |listing| listing.members),
                "guests": server.config.guests,
            });
            respond(StatusCode::OK, "application/json", Bytes::from(body.to_string()))
        }
        Err(refusal) => {
            context.with_slot(|slot| server.identity.note_wrong(slot, &refusal));
            refused(&refusal)
        }
    }
}

fn refused(refusal: &Refusal) -> Answer {
    match refusal.code {
        ErrorCode::BadLink => {
            refuse(StatusCode::NOT_FOUND, "Link is not good", &format!("{}\n", refusal.message))
        }
        _ => refused_for_now(refusal),
    }
}
