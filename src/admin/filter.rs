//! `filter`: the rules about what may be said, and what they would find.

use serde_json::{Value, json};
use throng_protocol::{AddFilter, Filter, FilterAction, FilterKind, RemoveFilter, Role, RoomId};

use super::arguments::Arguments;
use super::refused::Refused;
use crate::actor::Actor;
use crate::membership::Membership;
use crate::moderation::Moderation;
use crate::server::Server;

pub(super) async fn list(server: &Server, arguments: Arguments) -> Result<Value, Refused> {
    let room = room(server, &arguments)?;
    let all = Moderation(server).all_filters();
    let wanted = all.iter().filter(|filter| room.is_none() || filter.room == room);
    Ok(json!({"filters": wanted.map(|filter| shown(server, filter)).collect::<Vec<_>>()}))
}

pub(super) async fn add(server: &Server, arguments: Arguments) -> Result<Value, Refused> {
    let kind = arguments.text("kind")?;
    let kind = FilterKind::parse(kind)
        .ok_or_else(|| one_of("kind", &FilterKind::ALL.map(FilterKind::name)))?;
    let action = match arguments.text_if_given("action") {
        Some(action) => FilterAction::parse(action)
            .ok_or_else(|| one_of("action", &FilterAction::ALL.map(FilterAction::name)))?,
        None => FilterAction::Refuse,
    };
    let exempt = match arguments.text_if_given("exempt") {
        Some(role) => Some(
            Role::parse(role).ok_or_else(|| one_of("exempt", &Role::ALL.map(Role::name)[1..]))?,
        ),
        None => None,
    };
    let room = arguments.text_if_given("room").map(str::to_owned);
    let (text, reason) = (arguments.text("text")?.to_owned(), arguments.reason());
    let add = AddFilter { room, kind, text, action, exempt, reason };
    let number = Moderation(server).add_filter(&Actor::server(), &add).await?;
    Ok(json!({"number": number}))
}

pub(super) async fn remove(server: &Server, arguments: Arguments) -> Result<Value, Refused> {
    let (number, reason) = (arguments.number("number")?, arguments.reason());
    let remove = RemoveFilter { number, reason };
    Moderation(server).remove_filter(&Actor::server(), &remove).await?;
    Ok(json!({"removed": number}))
}

pub(super) async fn test(server: &Server, arguments: Arguments) -> Result<Value, Refused> {
    let (room, text) = (room(server, &arguments)?, arguments.text("text")?);
    let found = Moderation(server).test_filters(room, text).await;
    Ok(json!({"filters": found.iter().map(|filter| shown(server, filter)).collect::<Vec<_>>()}))
}

fn room(server: &Server, arguments: &Arguments) -> Result<Option<RoomId>, Refused> {
    let room = arguments.text_if_given("room");
    let seen = room.map(|room| Membership(server).seen(None, room)).transpose()?;
    Ok(seen.map(|shown| shown.attributes.id))
}

fn shown(server: &Server, filter: &Filter) -> Value {
    let mut shown = json!(filter);
    let name = filter.room.map(|room| {
        let listing = server.rooms.listing(room);
        listing.map_or_else(|| room.to_string(), |room| format!("#{}", room.name))
    });
    shown["room_name"] = json!(name);
    shown["action"] = json!(filter.action);
    shown
}

fn one_of(argument: &str, names: &[&str]) -> Refused {
    Refused::bad_argument(format!("{argument:?} must be one of {}", names.join(", ")))
}
