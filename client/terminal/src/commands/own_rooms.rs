//! Commands about rooms that people make, and direct rooms. The server decides who may do what; it refuses with a
//! sentence.

use std::time::Duration;

use throng_protocol::{
    DeleteRoom, Invite, Rank, Right, Role, RoomGroups, RoomKind, RoomName, SetRank, SetRoom,
};

use super::moderation::{act, duration, in_words, person, word};
use super::rooms::offered;
use super::{in_room, place};
use crate::effect::{Act, Effect};
use crate::model::{Model, RoomLabel, Tone, own};
use crate::names;

type Done = Result<(), String>;

pub(super) fn msg(_: &mut Model, rest: &str, effects: &mut Vec<Effect>) -> Done {
    let example = "For example: /msg ana hello, or /msg ana,bo hello";
    let (nicks, text) = word(rest);
    let people: Option<Vec<String>> =
        nicks.split(',').map(|nick| person(nick).map(|(person, _)| person)).collect();
    let people = people.ok_or(example)?;
    effects.push(Effect::Direct { people, text: text.to_owned() });
    Ok(())
}

pub(super) fn make(model: &mut Model, rest: &str, effects: &mut Vec<Effect>) -> Done {
    let (name, kind) = word(rest);
    let kind = match kind.to_lowercase().as_str() {
        "" | "public" => RoomKind::Public,
        "private" => RoomKind::Private,
        other => {
            return Err(format!(
                "{other:?} is neither private nor public. For example: /make kitchen private"
            ));
        }
    };
    let name = names::read(name.trim_start_matches('#'), RoomName::parse)
        .map_err(|bad| offered(model, bad, "/make", "kitchen private"))?
        .to_string();
    let done = match kind {
        RoomKind::Private => format!(
            "#{name} is private: for others it does not exist. /invite NICK asks somebody in, /invite makes a link."
        ),
        _ => {
            format!("#{name} is there, and you are its moderator. /set shows what can be changed.")
        }
    };
    effects.push(Effect::Make { name, kind, done });
    Ok(())
}

pub(super) fn invite(model: &mut Model, nick: &str, effects: &mut Vec<Effect>) -> Done {
    let room = in_room(model)?;
    if nick.is_empty() {
        effects.push(Effect::InviteLink(room));
        return Ok(());
    }
    let (person, nick) = person(nick).ok_or("For example: /invite ana")?;
    let done = format!("{nick} is invited to {}.", place(model, &room));
    act(model, Act::Invite(Invite { room: room.to_ask(), person }), done, effects)
}

pub(super) fn accept(_: &mut Model, link: &str, effects: &mut Vec<Effect>) -> Done {
    if link.is_empty() {
        return Err("Write the code or the link that you got: /accept CODE".into());
    }
    effects.push(Effect::Accept(link.to_owned()));
    Ok(())
}

pub(super) fn topic(model: &mut Model, text: &str, effects: &mut Vec<Effect>) -> Done {
    let room = in_room(model)?;
    if text.is_empty() {
        let there = place(model, &room);
        let sentence = match model.room().topic() {
            "" => format!("{there} has no topic. /topic TEXT gives it one."),
            topic => format!("The topic of {there}: {topic}"),
        };
        model.note(Tone::Plain, &sentence);
        return Ok(());
    }
    let topic = Some(if text == "-" { String::new() } else { text.to_owned() });
    set_room(model, &room, SetRoom { topic, ..SetRoom::default() }, effects)
}

pub(super) fn set(model: &mut Model, rest: &str, effects: &mut Vec<Effect>) -> Done {
    let room = in_room(model)?;
    let (what, value) = word(rest);
    let value_low = value.to_lowercase();
    let none = SetRoom::default();
    let set = match (what.to_lowercase().as_str(), value_low.as_str()) {
        ("", _) => {
            show_settings(model, &room);
            return Ok(());
        }
        ("topic", _) => return topic(model, value, effects),
        ("name", _) => {
            let name = names::read(value.trim_start_matches('#'), RoomName::parse)
                .map_err(|bad| offered(model, bad, "/set name", "kitchen"))?;
            SetRoom { name: Some(name.to_string()), ..none }
        }
        ("description", _) => {
            let text = if value == "-" { "" } else { value };
            SetRoom { description: Some(text.to_owned()), ..none }
        }
        ("order", "none") => SetRoom { order: Some(0), ..none },
        ("order", place) => {
            let order = place.parse().map_err(|_| {
                format!("{place:?} is not a place. For example: /set order 1, /set order none")
            })?;
            SetRoom { order: Some(order), ..none }
        }
        ("speak", least) => SetRoom { speak: Some(role("speak", least)?), ..none },
        ("see", least) => SetRoom { see: Some(role("see", least)?), ..none },
        ("moderate", least) => SetRoom { moderate: Some(role("moderate", least)?), ..none },
        (what, names) if of_groups(what).is_some() && !names.is_empty() => {
            let right = of_groups(what).ok_or("For example: /set speak-groups staff,crew")?;
            let all = names.split(',').map(str::trim).filter(|it| !it.is_empty() && *it != "none");
            let named = RoomGroups::default().with(right, all.map(str::to_owned).collect());
            SetRoom { groups: Some(Box::new(named)), ..none }
        }
        ("slow", "off") => SetRoom { slow_ms: Some(0), ..none },
        ("slow", time) => {
            let time = duration(time).ok_or_else(|| {
                format!("{time:?} is not a time. For example: /set slow 30s, /set slow off")
            })?;
            SetRoom { slow_ms: u64::try_from(time.as_millis()).ok(), ..none }
        }
        ("archive", "on" | "off") => SetRoom { archived: Some(value_low == "on"), ..none },
        ("invite", "member" | "members") => SetRoom { invite: Some(Rank::Member), ..none },
        ("invite", "moderator" | "moderators") => SetRoom { invite: Some(Rank::Moderator), ..none },
        (what @ ("archive" | "invite"), _) => {
            let example =
                if what == "archive" { "/set archive on" } else { "/set invite moderator" };
            return Err(format!("For example: {example}"));
        }
        (other, _) => {
            let all = "name, topic, description, order, see, speak, slow, invite, moderate, archive; and with \
                       -groups behind it see, speak, invite and moderate";
            return Err(format!("{other:?} is nothing that a room has: {all}. /set shows them."));
        }
    };
    set_room(model, &room, set, effects)
}

fn role(what: &str, role: &str) -> Result<Role, String> {
    match role {
        "everybody" | "all" => Ok(Role::Guest),
        role => Role::parse(role).ok_or_else(|| {
            format!(
                "{role:?} is not a role. For example: /set {what} moderator, /set speak everybody"
            )
        }),
    }
}

/// The right whose groups are meant, as in `speak-groups`.
fn of_groups(what: &str) -> Option<Right> {
    let name = what.strip_suffix("-groups")?;
    Right::ALL.into_iter().find(|right| right.name() == name)
}

fn set_room(model: &mut Model, room: &RoomLabel, set: SetRoom, effects: &mut Vec<Effect>) -> Done {
    // Who is in the room reads what has changed from the room itself.
    act(model, Act::Set(SetRoom { room: room.to_ask(), ..set }), String::new(), effects)
}

fn show_settings(model: &mut Model, room: &RoomLabel) {
    let there = place(model, room);
    let shown = model.room();
    let topic = if shown.topic().is_empty() { "none" } else { shown.topic() };
    let with = |least: Role, right| match (least, &shown.info) {
        (Role::Guest, _) | (_, None) => "everybody".to_owned(),
        (least, Some(info)) => own::with_right(least, info.groups_for(right)),
    };
    let (see, speak, moderate) = shown
        .info
        .as_ref()
        .map_or_else(Default::default, |info| (info.see, info.speak, info.moderate));
    let order = match shown.info.as_ref().map_or(0, |info| info.order) {
        0 => "none".to_owned(),
        order => order.to_string(),
    };
    let description = if shown.description.is_empty() { "none" } else { &shown.description };
    let slow = match shown.info.as_ref().map_or(0, |info| info.slow_ms) {
        0 => "off".to_owned(),
        slow => format!(
            "{} between two messages of a person",
            in_words(Duration::from_secs(slow.div_ceil(1_000)))
        ),
    };
    let archive = if shown.info.as_ref().is_some_and(|info| info.archived) { "on" } else { "off" };
    let lines = [
        format!("name  {there}"),
        format!("topic  {topic}"),
        format!("description  {description}"),
        format!("order  {order}"),
        format!("see  {}", with(see, Right::See)),
        format!("speak  {}", with(speak, Right::Speak)),
        format!("moderate  {}", with(moderate, Right::Moderate)),
        format!("slow  {slow}"),
        format!("archive  {archive}"),
        "Its moderators change it: /set slow 30s, /set speak moderator, /set archive on".to_owned(),
    ];
    model.note(Tone::Plain, &lines.join("\n"));
}

pub(super) fn rank(model: &mut Model, rest: &str, effects: &mut Vec<Effect>) -> Done {
    let example = "For example: /rank ana moderator";
    let room = in_room(model)?;
    let (nick, rank) = word(rest);
    let (person, nick) = person(nick).ok_or(example)?;
    let rank = match rank.to_lowercase().as_str() {
        "moderator" => Rank::Moderator,
        "member" => Rank::Member,
        other => return Err(format!("{other:?} is neither moderator nor member. {example}")),
    };
    let there = place(model, &room);
    let done = match rank {
        Rank::Moderator => format!("{nick} is a moderator of {there} now."),
        _ => format!("{nick} is a member of {there} like the others now."),
    };
    act(model, Act::Rank(SetRank { room: room.to_ask(), person, rank }), done, effects)
}

pub(super) fn forget(model: &mut Model, name: &str, effects: &mut Vec<Effect>) -> Done {
    let name = name.trim_start_matches('#');
    let room = match name {
        "" => in_room(model)?,
        name => {
            let open = model.find_name(name).map(|at| model.rooms[at].label());
            let known = open.or_else(|| model.own.private(name));
            known.ok_or_else(|| format!("You have no room #{name}. /rooms mine lists yours."))?
        }
    };
    effects.push(Effect::Forget(room));
    Ok(())
}

pub(super) fn delete(model: &mut Model, rest: &str, effects: &mut Vec<Effect>) -> Done {
    let room = in_room(model)?;
    let (name, reason) = word(rest);
    let there = place(model, &room);
    // It can't be taken back, so that one word is not enough.
    if model.find_name(name.trim_start_matches('#')) != Some(model.shown) {
        return Err(format!(
            "This deletes {there} and all that was said there, for everybody. If you mean it, write its name: \
             /delete {} [REASON]",
            room.name
        ));
    }
    let done = format!("{there} is deleted.");
    let delete = DeleteRoom { room: room.to_ask(), reason: reason.to_owned() };
    act(model, Act::Delete(delete), done, effects)
}
