//! `token`: bots, whose they are, and the tokens that they say hello with.

use serde_json::{Value, json};
use throng_log::Account;
use throng_protocol::{MakeBot, PersonId, PersonRef, RevokeBot, Scope};

use super::arguments::Arguments;
use super::refused::Refused;
use super::user;
use crate::actor::Actor;
use crate::moderation::{FOR_MS_MAX, Moderation};
use crate::server::Server;

/// The most bots in one answer, which is made in memory: about two megabytes.
const LIST_MAX: usize = 10_000;

/// How many hours a token may be good: ten years.
const HOURS_MAX: u64 = FOR_MS_MAX / 3_600_000;

pub(super) async fn new(server: &Server, arguments: Arguments) -> Result<Value, Refused> {
    let Account { person, .. } = user::account(server, arguments.text("owner")?).await?;
    let hours = arguments.number_if_given("hours");
    if hours.is_some_and(|hours| !(1..=HOURS_MAX).contains(&hours)) {
        return Err(Refused::bad_argument(format!("\"hours\" must be from 1 to {HOURS_MAX}")));
    }
    let make = MakeBot {
        nick: arguments.text("nick")?.to_owned(),
        scopes: scopes(arguments.text("scopes")?)?,
        for_ms: hours.map(|hours| hours * 3_600_000),
        rooms: arguments
            .text_if_given("rooms")
            .map(|rooms| rooms.split(',').map(|room| room.trim().to_owned()).collect()),
        reason: arguments.reason(),
    };
    let made = Moderation(server).make_bot(&Actor::server(), person, &make).await?;
    Ok(json!({"bot": made.user.id, "nick": made.user.nick, "token": made.token}))
}

pub(super) async fn list(server: &Server, arguments: Arguments) -> Result<Value, Refused> {
    let owner = match arguments.text_if_given("owner") {
        Some(owner) => Some(user::account(server, owner).await?.person),
        None => None,
    };
    let now = server.log.clock().now_ms();
    let all = server.identity.bots.all(owner);
    let mut listed = Vec::new();
    for bot in all.iter().take(LIST_MAX) {
        let record = &bot.record;
        let rooms = record.rooms.as_deref().map(|rooms| {
            let name = |id| server.rooms.listing(id).map(|room| format!("#{}", room.name));
            let names = rooms.iter().map(|id| name(*id).unwrap_or_else(|| id.to_string()));
            names.collect::<Vec<_>>()
        });
        listed.push(json!({
            "bot": record.person,
            "nick": record.nick,
            "owner": name_of(server, record.owner).await,
            "scopes": record.scopes,
            "rooms": rooms,
            "made": record.made_ms,
            "left": record.expires_ms.map(|expires| expires.saturating_sub(now) / 1_000),
            "sessions": server.identity.people.sessions_of(record.person).len(),
        }));
    }
    Ok(json!({"bots": listed, "more": all.len() > LIST_MAX}))
}

pub(super) async fn revoke(server: &Server, arguments: Arguments) -> Result<Value, Refused> {
    let revoke = RevokeBot { bot: arguments.text("bot")?.to_owned(), reason: arguments.reason() };
    let bot = Moderation(server).revoke_bot(&Actor::server(), &revoke).await?;
    Ok(json!({"revoked": bot.record.nick, "bot": bot.record.person}))
}

async fn name_of(server: &Server, person: PersonId) -> String {
    let found = server.identity.find(&PersonRef::Id(person)).await;
    found.map_or_else(|_| person.to_string(), |(_, name)| name)
}

fn scopes(list: &str) -> Result<Vec<Scope>, Refused> {
    let scope = |name: &str| {
        Scope::parse(name.trim()).ok_or_else(|| {
            let names = Scope::ALL.map(Scope::name).join(", ");
            let message =
                format!("{name:?} is not a scope: \"scopes\" is a list with commas of {names}");
            Refused::bad_argument(message)
        })
    };
    list.split(',').map(scope).collect()
}
