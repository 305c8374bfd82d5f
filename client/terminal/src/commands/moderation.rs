//! Commands that keep the peace. The server decides who may do what; it refuses with a sentence.

use std::net::IpAddr;
use std::time::Duration;

use throng_protocol::{
    AskWhy, Command as Wire, GiveRole, Kick, Lift, PersonRef, Restrict, RestrictionKind, Role,
    SwitchRaid,
};

use super::in_room;
use crate::effect::{Act, Effect};
use crate::model::{Model, RoomLabel};

pub(super) fn role(model: &mut Model, rest: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
    let example = "For example: /role ana moderator";
    let (nick, rest) = word(rest);
    let (role, reason) = word(rest);
    let (person, nick) = person(nick).ok_or(example)?;
    let role =
        Role::parse(&role.to_lowercase()).filter(|role| *role != Role::Guest).ok_or_else(|| {
            let roles = "member, moderator, administrator";
            format!("{role:?} is not a role that can be given: {roles}. {example}")
        })?;
    let done = format!("{nick} is {} now.", with_article(role));
    act(model, Act::Role(GiveRole { person, role, reason: reason.to_owned() }), done, effects)
}

pub(super) fn mute(model: &mut Model, rest: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
    restrict(model, RestrictionKind::Mute, rest, effects)
}

pub(super) fn unmute(
    model: &mut Model,
    rest: &str,
    effects: &mut Vec<Effect>,
) -> Result<(), String> {
    lift(model, RestrictionKind::Mute, rest, effects)
}

pub(super) fn ban(model: &mut Model, rest: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
    restrict(model, RestrictionKind::Ban, rest, effects)
}

pub(super) fn unban(
    model: &mut Model,
    rest: &str,
    effects: &mut Vec<Effect>,
) -> Result<(), String> {
    lift(model, RestrictionKind::Ban, rest, effects)
}

pub(super) fn shadow(
    model: &mut Model,
    rest: &str,
    effects: &mut Vec<Effect>,
) -> Result<(), String> {
    restrict(model, RestrictionKind::Shadow, rest, effects)
}

pub(super) fn unshadow(
    model: &mut Model,
    rest: &str,
    effects: &mut Vec<Effect>,
) -> Result<(), String> {
    lift(model, RestrictionKind::Shadow, rest, effects)
}

pub(super) fn kick(model: &mut Model, rest: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
    let room = in_room(model)?;
    let (nick, reason) = word(rest);
    let (person, nick) = person(nick).ok_or("For example: /kick ana off topic")?;
    let done = format!("{nick} was taken out of {}.", model.titled(&room));
    let kick = Kick { room: room.to_ask(), person, reason: reason.to_owned() };
    act(model, Act::Kick(kick), done, effects)
}

pub(super) fn raid(_: &mut Model, rest: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
    let (first, rest) = word(rest);
    let on = match first.to_lowercase().as_str() {
        "" => None,
        "on" => Some(true),
        "off" => Some(false),
        other => {
            return Err(format!("{other:?} is neither on nor off. For example: /raid on 30m bots"));
        }
    };
    let Limits { time, reason, .. } = limits(rest)?;
    let for_ms = time.filter(|_| on == Some(true));
    let for_ms = for_ms.map(|time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
    effects.push(Effect::Raid(SwitchRaid { on, for_ms, reason: reason.to_owned() }));
    Ok(())
}

pub(super) fn audit(
    model: &mut Model,
    rest: &str,
    effects: &mut Vec<Effect>,
) -> Result<(), String> {
    let (room, before) = part_of_list(model, rest, "an entry", "/audit here 120")?;
    effects.push(Effect::Audit { room, before });
    Ok(())
}

pub(super) fn why(model: &mut Model, rest: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
    let (command, nick) = word(rest);
    let command = on_the_wire(command.trim_start_matches('/')).ok_or_else(|| {
        format!("{command:?} is not a command that the server knows. For example: /why send")
    })?;
    let person = match nick {
        "" => None,
        nick => Some(person(nick).ok_or("For example: /why send ana")?.0),
    };
    let room = model.room_label().map(|room| room.to_ask());
    effects.push(Effect::Why(AskWhy { command: command.to_owned(), room, person, text: None }));
    Ok(())
}

/// What the server calls a command of this client.
fn on_the_wire(command: &str) -> Option<&'static str> {
    let command = command.to_lowercase();
    let known = match command.as_str() {
        "say" | "me" => "send",
        "mute" | "ban" => "restrict",
        "unmute" | "unban" => "lift",
        "msg" => "direct",
        "make" => "make_room",
        "set" | "topic" => "set_room",
        "forget" => "leave",
        "delete" => "delete_room",
        "bot" => "bot_new",
        "block" | "unblock" | "ignore" => "keep_away",
        "profile" | "status" => "set_profile",
        "whois" => "profiles",
        "away" | "dnd" | "back" => "presence",
        "nicks" => "nick_history",
        "clearprofile" => "clear_profile",
        other => other,
    };
    Wire::NAMES.iter().find(|name| **name == known).copied()
}

/// Mutes, bans or shadow-bans: a nick or an address, then in any order a time and `here`, then the reason.
fn restrict(
    model: &mut Model,
    kind: RestrictionKind,
    rest: &str,
    effects: &mut Vec<Effect>,
) -> Result<(), String> {
    let name = named(kind);
    let example = format!("For example: /{name} ana 10m here off topic");
    let (whom, rest) = word(rest);
    let Whom { person, address, shown } = whom_of(kind, whom).ok_or(example)?;
    let Limits { time, here, reason } = limits(rest)?;
    let place = if here { Some(in_room(model)?) } else { None };
    let until = time.map_or_else(String::new, |time| format!(" for {}", in_words(time)));
    let there = place.as_ref().map_or_else(
        || "on the whole server".to_owned(),
        |room| format!("in {}", model.titled(room)),
    );
    let done = match kind {
        RestrictionKind::Mute => format!("{shown} may say nothing {there}{until}."),
        RestrictionKind::Ban => format!("{shown} is banned {there}{until}."),
        RestrictionKind::Shadow => {
            format!("Nobody else sees what {shown} says {there}{until}, and {shown} does not know.")
        }
    };
    let (room, reason) = (place.map(|room| room.to_ask()), reason.to_owned());
    let for_ms = time.map(|time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
    let restrict = Restrict { kind, person, address, room, for_ms, reason };
    act(model, Act::Restrict(restrict), done, effects)
}

fn lift(
    model: &mut Model,
    kind: RestrictionKind,
    rest: &str,
    effects: &mut Vec<Effect>,
) -> Result<(), String> {
    let name = named(kind);
    let (whom, rest) = word(rest);
    let whom = whom_of(kind, whom).ok_or_else(|| format!("For example: /un{name} ana"))?;
    let Whom { person, address, shown } = whom;
    let (first, after) = word(rest);
    let here = first.eq_ignore_ascii_case("here");
    let place = if here { Some(in_room(model)?) } else { None };
    let there = place
        .as_ref()
        .map_or_else(|| "everywhere".to_owned(), |room| format!("in {}", model.titled(room)));
    let done = match kind {
        RestrictionKind::Mute => format!("{shown} is not muted {there} any more."),
        RestrictionKind::Ban => format!("{shown} is not banned {there} any more."),
        RestrictionKind::Shadow => {
            format!("What {shown} says from now on is not hidden {there} any more.")
        }
    };
    let (room, reason) = (place.map(|room| room.to_ask()), if here { after } else { rest });
    let lift = Lift { kind, person, address, room, reason: reason.to_owned() };
    act(model, Act::Lift(lift), done, effects)
}

pub(super) fn act(
    _: &mut Model,
    act: Act,
    done: String,
    effects: &mut Vec<Effect>,
) -> Result<(), String> {
    effects.push(Effect::Act { act, done });
    Ok(())
}

/// Whom a restriction concerns.
struct Whom {
    person: Option<String>,
    address: Option<String>,
    shown: String,
}

fn whom_of(kind: RestrictionKind, given: &str) -> Option<Whom> {
    let bare = given.split_once('/').map_or(given, |(bare, _)| bare);
    if kind == RestrictionKind::Ban && bare.parse::<IpAddr>().is_ok() {
        let (address, shown) = (Some(given.to_owned()), given.to_owned());
        return Some(Whom { person: None, address, shown });
    }
    let (person, shown) = person(given)?;
    Some(Whom { person: Some(person), address: None, shown })
}

/// A person as the command names them and as people do.
pub(super) fn person(given: &str) -> Option<(String, String)> {
    let person = PersonRef::parse(given).ok()?;
    Some((person.to_string(), given.trim_start_matches('@').to_owned()))
}

/// How far a restriction goes.
pub(super) struct Limits<'a> {
    pub(super) time: Option<Duration>,
    pub(super) here: bool,
    pub(super) reason: &'a str,
}

pub(super) fn limits(mut rest: &str) -> Result<Limits<'_>, String> {
    let (mut time, mut here) = (None, false);
    loop {
        let (first, after) = word(rest);
        if !here && first.eq_ignore_ascii_case("here") {
            here = true;
        } else if time.is_none() && first.starts_with(|c: char| c.is_ascii_digit()) {
            time = Some(duration(first).ok_or_else(|| {
                format!("{first:?} is not a time. Write it as in 30s, 10m, 2h or 7d.")
            })?);
        } else {
            return Ok(Limits { time, here, reason: rest });
        }
        rest = after;
    }
}

/// A number and a unit: `10m`.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let unit = text.find(|c: char| !c.is_ascii_digit())?;
    let seconds = match &text[unit..] {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return None,
    };
    let number: u64 = text[..unit].parse().ok().filter(|number| *number > 0)?;
    number.checked_mul(seconds).filter(|all| *all < 1 << 40).map(Duration::from_secs)
}

pub(crate) fn in_words(time: Duration) -> String {
    let seconds = time.as_secs();
    let units = [(86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")];
    let (unit, name) =
        units.into_iter().find(|(unit, _)| seconds.is_multiple_of(*unit)).unwrap_or((1, "second"));
    let count = seconds / unit;
    if count == 1 { format!("1 {name}") } else { format!("{count} {name}s") }
}

fn with_article(role: Role) -> String {
    let article = if matches!(role, Role::Administrator | Role::Owner) { "an" } else { "a" };
    format!("{article} {}", role.name())
}

fn named(kind: RestrictionKind) -> &'static str {
    match kind {
        RestrictionKind::Mute => "mute",
        RestrictionKind::Ban => "ban",
        RestrictionKind::Shadow => "shadow",
    }
}

/// Which part of a list is meant: that of this room (`here`), and what comes before a number.
pub(super) fn part_of_list(
    model: &Model,
    rest: &str,
    what: &str,
    example: &str,
) -> Result<(Option<RoomLabel>, Option<u64>), String> {
    let (first, second) = word(rest);
    let here = first.eq_ignore_ascii_case("here");
    let before = match if here { second } else { rest } {
        "" => None,
        number => Some(number.parse().map_err(|_| {
            format!("{number:?} is not the number of {what}. For example: {example}")
        })?),
    };
    let room = if here { Some(in_room(model)?) } else { None };
    Ok((room, before))
}

/// The first word, and what follows it.
pub(super) fn word(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    let (first, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (first, rest.trim())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{duration, in_words};

    #[test]
    fn times_are_read_and_said() {
        for (text, seconds, words) in [
            ("30s", 30, "30 seconds"),
            ("90m", 5_400, "90 minutes"),
            ("2h", 7_200, "2 hours"),
            ("1d", 86_400, "1 day"),
            ("60m", 3_600, "1 hour"),
        ] {
            let time = duration(text).expect(text);
            assert_eq!((time, in_words(time)), (Duration::from_secs(seconds), words.to_owned()));
        }
        for bad in ["", "m", "0m", "10", "10x", "1.5h", "99999999999999999999d", "9999999999999d"] {
            assert_eq!(duration(bad), None, "{bad}");
        }
    }
}
