//! Commands that keep somebody away, and those about reported messages.

use throng_protocol::{Distance, KeepAway, Report, Settle};

use super::in_room;
use super::moderation::{act, part_of_list, person, word};
use crate::effect::{Act, Effect};
use crate::model::{Entry, Model};

pub(super) fn block(
    model: &mut Model,
    nick: &str,
    effects: &mut Vec<Effect>,
) -> Result<(), String> {
    let (person, nick) = person(nick).ok_or("For example: /block eve")?;
    let done = format!(
        "{nick} can neither write to you directly nor invite you. /ignore {nick} hides them too."
    );
    act(model, Act::KeepAway(KeepAway { person, distance: Distance::Block }), done, effects)
}

pub(super) fn unblock(
    model: &mut Model,
    nick: &str,
    effects: &mut Vec<Effect>,
) -> Result<(), String> {
    let (person, nick) = person(nick).ok_or("For example: /unblock eve")?;
    let done = format!("{nick} is not blocked any more.");
    act(model, Act::KeepAway(KeepAway { person, distance: Distance::None }), done, effects)
}

/// Reports the newest message of somebody in this room.
pub(super) fn report(
    model: &mut Model,
    rest: &str,
    effects: &mut Vec<Effect>,
) -> Result<(), String> {
    let room = in_room(model)?;
    let (nick, reason) = word(rest);
    let (_, nick) = person(nick).ok_or("For example: /report eve sells watches")?;
    if reason.is_empty() {
        return Err(format!(
            "Say what is wrong with it. For example: /report {nick} sells watches"
        ));
    }
    let said = model.room().entries.iter().rev().find_map(|entry| match entry {
        Entry::Said(said) if said.nick.eq_ignore_ascii_case(&nick) => Some(said),
        _ => None,
    });
    let said = said.ok_or_else(|| format!("{nick} has said nothing here that you can see."))?;
    let done = format!("The moderators can read what {nick} said, and why you reported it.");
    let report = Report { room: room.to_ask(), seq: said.seq, reason: reason.to_owned() };
    act(model, Act::Report(report), done, effects)
}

pub(super) fn reports(
    model: &mut Model,
    rest: &str,
    effects: &mut Vec<Effect>,
) -> Result<(), String> {
    let (room, before) = part_of_list(model, rest, "a report", "/reports here 12")?;
    effects.push(Effect::Reports { room, before });
    Ok(())
}

pub(super) fn settle(
    model: &mut Model,
    rest: &str,
    effects: &mut Vec<Effect>,
) -> Result<(), String> {
    let example = "For example: /settle 3 muted for an hour";
    let (number, words) = word(rest);
    let number = number.parse().map_err(|_| example.to_owned())?;
    if words.is_empty() {
        return Err(format!("Say what was done about it. {example}"));
    }
    let done = format!("Report {number} is settled.");
    act(model, Act::Settle(Settle { number, words: words.to_owned() }), done, effects)
}
