//! `/bot`: one's own bots. The server decides who may have which.

use throng_protocol::{MakeBot, RevokeBot, RoomRef, Scope};

use super::moderation::{duration, person, word};
use crate::effect::{Act, Effect};
use crate::model::{Model, Tone};

const EXAMPLE: &str =
    "For example: /bot new herald read,send 30d #builds, /bot list, /bot revoke herald.";

pub(super) fn bot(model: &mut Model, rest: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
    let (what, rest) = word(rest);
    match what.to_lowercase().as_str() {
        "" | "list" => effects.push(Effect::Bots),
        "new" => {
            effects.push(Effect::MakeBot(new_bot(rest)?));
            model.note(Tone::Plain, "Its token is shown once: take it to where the bot runs.");
        }
        "revoke" => {
            let (nick, reason) = word(rest);
            let (bot, nick) = person(nick).ok_or("For example: /bot revoke herald it leaked")?;
            let act = Act::RevokeBot(RevokeBot { bot, reason: reason.to_owned() });
            effects.push(Effect::Act { act, done: format!("The bot {nick} has ended.") });
        }
        other => return Err(format!("{other:?} is nothing that /bot does. {EXAMPLE}")),
    }
    Ok(())
}

/// A nick and scopes, then perhaps a time, then rooms.
fn new_bot(rest: &str) -> Result<MakeBot, String> {
    let (nick, rest) = word(rest);
    let (scopes, rest) = word(rest);
    if scopes.is_empty() {
        return Err(EXAMPLE.to_owned());
    }
    let scope = |name: &str| {
        let names = Scope::ALL.map(Scope::name).join(", ");
        let sentence = || format!("{name:?} is not a scope. There are {names}. {EXAMPLE}");
        Scope::parse(&name.to_lowercase()).ok_or_else(sentence)
    };
    let scopes = scopes.split(',').map(scope).collect::<Result<_, _>>()?;
    let (first, after) = word(rest);
    let (time, rest) = match duration(first) {
        Some(time) => (Some(time), after),
        None => (None, rest),
    };
    let mut rooms = Vec::new();
    for room in rest.split_whitespace() {
        let room = RoomRef::parse(room).map_err(|bad| format!("{room}: {bad}. {EXAMPLE}"))?;
        rooms.push(room.to_string());
    }
    Ok(MakeBot {
        nick: nick.to_owned(),
        scopes,
        for_ms: time.and_then(|time| u64::try_from(time.as_millis()).ok()),
        rooms: (!rooms.is_empty()).then_some(rooms),
        reason: String::new(),
    })
}
