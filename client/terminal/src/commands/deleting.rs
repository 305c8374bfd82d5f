//! Commands that change or delete what was said.

use throng_protocol::{Delete, Purge};

use super::in_room;
use super::moderation::{Limits, act, in_words, limits, person, word};
use crate::effect::{Act, Effect};
use crate::model::{Entry, Model, Said};

/// Deletes the newest message of somebody in this room, without a nick our own.
pub(super) fn redact(
    model: &mut Model,
    rest: &str,
    effects: &mut Vec<Effect>,
) -> Result<(), String> {
    let room = in_room(model)?;
    let (nick, reason) = word(rest);
    let nick = if nick.is_empty() { own_nick(model) } else { nick.trim_start_matches('@').into() };
    let said = newest_of(model, &nick)?;
    let done = format!("The newest message of {nick} is deleted.");
    let delete = Delete { room: room.to_ask(), seq: said.seq, reason: reason.to_owned() };
    act(model, Act::DeleteMessage(delete), done, effects)
}

/// Replaces the text of our newest message in this room.
pub(super) fn edit(model: &mut Model, rest: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
    let room = in_room(model)?;
    if rest.is_empty() {
        return Err("For example: /edit I meant tea".into());
    }
    let said = newest_of(model, &own_nick(model))?;
    let edit = Act::Edit { room: room.to_ask(), seq: said.seq, text: rest.to_owned() };
    act(model, edit, "Your newest message is edited.".into(), effects)
}

fn own_nick(model: &Model) -> String {
    model.me.as_ref().map(|me| me.nick.clone()).unwrap_or_default()
}

/// The newest message of somebody in this room that still has a text.
fn newest_of<'a>(model: &'a Model, nick: &str) -> Result<&'a Said, String> {
    let mut newest_first = model.room().entries.iter().rev();
    let said = newest_first.find_map(|entry| match entry {
        Entry::Said(said) if said.nick.eq_ignore_ascii_case(nick) && !said.is_deleted => Some(said),
        _ => None,
    });
    said.ok_or_else(|| format!("{nick} has said nothing here that you can see."))
}

/// Deletes all that somebody has said lately.
pub(super) fn purge(
    model: &mut Model,
    rest: &str,
    effects: &mut Vec<Effect>,
) -> Result<(), String> {
    let example = "For example: /purge eve 10m here spam";
    let (nick, rest) = word(rest);
    let (person, nick) = person(nick).ok_or(example)?;
    let Limits { time, here, reason } = limits(rest)?;
    let time = time.ok_or_else(|| format!("Say how far back, at most 7d. {example}"))?;
    let room = if here { Some(in_room(model)?.to_ask()) } else { None };
    let last_ms = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let place = if here { "here" } else { "in every room" };
    let done = format!("What {nick} said {place} in the last {} is deleted.", in_words(time));
    let purge = Purge { person, room, last_ms, reason: reason.to_owned() };
    act(model, Act::Purge(purge), done, effects)
}
