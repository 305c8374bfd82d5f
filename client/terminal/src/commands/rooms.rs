//! Commands about rooms, names and the person's identity.

use throng_protocol::Nick;

use super::in_room;
use crate::actions::{remove, say, show};
use crate::effect::Effect;
use crate::model::Model;
use crate::names::{self, BadlyNamed};

pub(super) fn join(model: &mut Model, room: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
    let room = names::room(room).map_err(|bad| offered(model, bad, "/join", "lobby"))?;
    // A name means a private room of ours before it means a public one, as for the server.
    let own = if room.id.is_none() { model.own.private(&room.name) } else { None };
    let at = match &own {
        Some(own) => own.id.and_then(|id| model.find_id(id)).unwrap_or_else(|| model.add(own)),
        None => model.find_or_add(&room),
    };
    if !model.rooms[at].joined {
        model.rooms[at].asked = true;
        effects.push(Effect::Join(own.unwrap_or(room)));
    }
    show(model, at);
    Ok(())
}

pub(super) fn leave(
    model: &mut Model,
    room: &str,
    effects: &mut Vec<Effect>,
) -> Result<(), String> {
    let at = match room.trim_start_matches('#') {
        "" if model.shown == 0 => {
            return Err("This is the server's page, not a room. /quit ends the program.".into());
        }
        "" => model.shown,
        name => model
            .find_name(name)
            .ok_or(format!("You are not in #{name}. /rooms lists the rooms."))?,
    };
    effects.push(Effect::Leave(model.rooms[at].label()));
    remove(model, at);
    Ok(())
}

pub(super) fn rooms(_: &mut Model, after: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
    if after.eq_ignore_ascii_case("mine") {
        effects.push(Effect::Mine);
        return Ok(());
    }
    let after = after.trim_start_matches('#');
    effects.push(Effect::Rooms { after: (!after.is_empty()).then(|| after.to_owned()) });
    Ok(())
}

pub(super) fn nick(model: &mut Model, nick: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
    let nick = names::read(nick, Nick::parse).map_err(|bad| offered(model, bad, "/nick", "ana"))?;
    effects.push(Effect::Rename(nick.to_string()));
    Ok(())
}

/// The sentence about a bad name. If there is a suggestion, Enter takes it.
pub(super) fn offered(model: &mut Model, bad: BadlyNamed, command: &str, example: &str) -> String {
    match bad.suggestion {
        Some(name) => {
            let sentence = format!("{} Press Enter to take {name:?}.", bad.why);
            model.offer = Some(format!("{command} {name}"));
            sentence
        }
        None => format!("{} For example: {command} {example}", bad.why),
    }
}

pub(super) fn device(_: &mut Model, _: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
    effects.push(Effect::DeviceCode);
    Ok(())
}

pub(super) fn me(model: &mut Model, text: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
    if text.is_empty() {
        return Err("What are you doing? For example: /me waves".into());
    }
    say(model, text, true, effects)
}

pub(super) fn who(model: &mut Model, _: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
    effects.push(Effect::Members { room: in_room(model)?, aloud: true });
    Ok(())
}
