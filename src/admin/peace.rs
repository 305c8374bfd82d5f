//! `mute`, `ban`, `shadow`, `kick` and `raid`: keeping the peace.

use serde_json::{Value, json};
use throng_log::Subject;
use throng_protocol::{Kick, Lift, Restrict, RestrictionKind, SwitchRaid};

use super::arguments::Arguments;
use super::refused::Refused;
use crate::actor::Actor;
use crate::moderation::Moderation;
use crate::server::Server;

pub(super) async fn mute(server: &Server, arguments: Arguments) -> Result<Value, Refused> {
    restrict(server, &arguments, RestrictionKind::Mute).await
}

pub(super) async fn ban(server: &Server, arguments: Arguments) -> Result<Value, Refused> {
    restrict(server, &arguments, RestrictionKind::Ban).await
}

pub(super) async fn unmute(server: &Server, arguments: Arguments) -> Result<Value, Refused> {
    lift(server, &arguments, RestrictionKind::Mute).await
}

pub(super) async fn unban(server: &Server, arguments: Arguments) -> Result<Value, Refused> {
    lift(server, &arguments, RestrictionKind::Ban).await
}

pub(super) async fn shadow(server: &Server, arguments: Arguments) -> Result<Value, Refused> {
    restrict(server, &arguments, RestrictionKind::Shadow).await
}

pub(super) async fn unshadow(server: &Server, arguments: Arguments) -> Result<Value, Refused> {
    lift(server, &arguments, RestrictionKind::Shadow).await
}

pub(super) async fn list(server: &Server, arguments: Arguments) -> Result<Value, Refused> {
    let now = server.log.clock().now_ms();
    let kind = match arguments.text("kind")? {
        "mute" => RestrictionKind::Mute,
        "ban" => RestrictionKind::Ban,
        "shadow" => RestrictionKind::Shadow,
        _ => return Err(Refused::bad_argument("\"kind\" must be mute, ban or shadow")),
    };
    let stored = server.identity.stored_restrictions().await?;
    let mut listed = Vec::new();
    for it in stored.iter().filter(|it| it.kind == kind) {
        let left = it.until_ms.map(|until| until.saturating_sub(now) / 1_000);
        if left == Some(0) {
            continue;
        }
        let subject = match &it.subject {
            Subject::Person(person) => {
                let found = server.identity.find(&throng_protocol::PersonRef::Id(*person)).await;
                found.map_or_else(|_| person.to_string(), |(_, name)| name)
            }
            Subject::Network(network) => network.to_string(),
        };
        let room = it.room.and_then(|room| server.rooms.listing(room)).map(|room| room.name);
        listed.push(json!({
            "subject": subject,
            "room": room.map(|room| room.as_str().to_owned()),
            "left": left,
            "made": it.made_ms,
            "reason": it.reason,
        }));
    }
    Ok(json!({"restrictions": listed}))
}

pub(super) async fn kick(server: &Server, arguments: Arguments) -> Result<Value, Refused> {
    let kick = Kick {
        room: arguments.text("room")?.to_owned(),
        person: arguments.text("person")?.to_owned(),
        reason: arguments.reason(),
    };
    Moderation(server).kick(&Actor::server(), &kick).await?;
    Ok(json!({"kicked": kick.person, "room": kick.room}))
}

pub(super) async fn raid_on(server: &Server, arguments: Arguments) -> Result<Value, Refused> {
    let minutes = arguments.number_if_given("minutes");
    let for_ms = minutes.map(|minutes| minutes.saturating_mul(60_000));
    raid(server, SwitchRaid { on: Some(true), for_ms, reason: arguments.reason() }).await
}

pub(super) async fn raid_off(server: &Server, arguments: Arguments) -> Result<Value, Refused> {
    let reason = arguments.reason();
    raid(server, SwitchRaid { on: Some(false), for_ms: None, reason }).await
}

pub(super) async fn raid_status(server: &Server, _: Arguments) -> Result<Value, Refused> {
    raid(server, SwitchRaid::default()).await
}

async fn raid(server: &Server, switch: SwitchRaid) -> Result<Value, Refused> {
    let raid = Moderation(server).raid(&Actor::server(), &switch).await?;
    Ok(json!({
        "on": raid.on,
        "since": raid.since,
        "left": raid.left_ms.map(|left| left.div_ceil(1_000)),
        "by_name": raid.by_name,
        "automatic": raid.automatic,
        "reason": raid.reason,
    }))
}

async fn restrict(
    server: &Server,
    arguments: &Arguments,
    kind: RestrictionKind,
) -> Result<Value, Refused> {
    let (person, address) = whom(arguments)?;
    let restrict = Restrict {
        kind,
        person,
        address,
        room: arguments.text_if_given("room").map(str::to_owned),
        for_ms: arguments.number_if_given("minutes").map(|minutes| minutes.saturating_mul(60_000)),
        reason: arguments.reason(),
    };
    Moderation(server).restrict(&Actor::server(), &restrict).await?;
    Ok(json!({"done": arguments.text("whom")?}))
}

async fn lift(
    server: &Server,
    arguments: &Arguments,
    kind: RestrictionKind,
) -> Result<Value, Refused> {
    let (person, address) = whom(arguments)?;
    let room = arguments.text_if_given("room").map(str::to_owned);
    let lift = Lift { kind, person, address, room, reason: arguments.reason() };
    Moderation(server).lift(&Actor::server(), &lift).await?;
    Ok(json!({"done": arguments.text("whom")?}))
}

/// A person or an address: only an address has a dot with digits around it or a colon, and is one as a whole.
fn whom(arguments: &Arguments) -> Result<(Option<String>, Option<String>), Refused> {
    let whom = arguments.text("whom")?.to_owned();
    Ok(match crate::restrictions::network(&whom) {
        Some(_) => (None, Some(whom)),
        None => (Some(whom), None),
    })
}
