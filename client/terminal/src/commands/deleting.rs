//! Commands that delete what was said.

use throng_protocol::{Delete, Purge};

use super::in_room;
use super::moderation::{Limits, act, in_words, limits, person, word};
use crate::effect::{Act, Effect};
use crate::model::{Entry, Model};

/// Deletes the newest message of somebody in this room, without a nick our own.
pub(super) fn redact(
    model: &mut Model,
    rest: &str,
    effects: &mut Vec<Effect>,
) -> Result<(), String> {
    let room = in_room(model)?;
    let me = model.me.as_ref().map(|me| me.nick.clone()).unwrap_or_default();
    let (nick, reason) = word(rest);
    let nick = if nick.is_empty() { me } else { nick.trim_start_matches('@').to_owned() };
    let said = model.room().entries.iter().rev().find_map(|entry| match entry {
        Entry::Said(said) if said.nick.eq_ignore_ascii_case(&nick) && !said.is_deleted => {
            Some(said)
        }
        _ => None,
    });
    let said = said.ok_or_else(|| format!("{nick} has said nothing here that you can see."))?;
    let done = format!("The newest message of {nick} is deleted.");
    let delete = Delete { room: room.to_ask(), seq: said.seq, reason: reason.to_owned() };
    act(model, Act::DeleteMessage(delete), done, effects)
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
