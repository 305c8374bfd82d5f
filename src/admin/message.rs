//! `message`: deleting what was said.

use serde_json::{Value, json};
use throng_protocol::{Delete, Purge};

use super::arguments::Arguments;
use super::refused::Refused;
use crate::actor::Actor;
use crate::moderation::Moderation;
use crate::server::Server;

pub(super) async fn delete(server: &Server, arguments: Arguments) -> Result<Value, Refused> {
    let delete = Delete {
        room: arguments.text("room")?.to_owned(),
        seq: arguments.number("seq")?,
        reason: arguments.reason(),
    };
    let sent = Moderation(server).delete(&Actor::server(), &delete).await?;
    Ok(json!({"deleted": u64::from(!sent.dup), "room": delete.room, "seq": delete.seq}))
}

pub(super) async fn purge(server: &Server, arguments: Arguments) -> Result<Value, Refused> {
    let purge = Purge {
        person: arguments.text("person")?.to_owned(),
        room: arguments.text_if_given("room").map(str::to_owned),
        last_ms: arguments.number("minutes")?.saturating_mul(60_000),
        reason: arguments.reason(),
    };
    let purged = Moderation(server).purge(&Actor::server(), &purge).await?;
    Ok(json!({"deleted": purged.deleted, "person": purge.person, "room": purge.room}))
}
