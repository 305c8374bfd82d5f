//! The person's rooms: the server's list, invitations, direct rooms, and what changes about a room.

use std::time::Duration;

use throng_protocol::{InviteLinkOk, OwnRoom, Rank, Right, Role, RoomId, RoomInfo, RoomKind, User};

use crate::actions::{enter, remove, say, show};
use crate::commands::in_words;
use crate::effect::Effect;
use crate::model::{Model, RoomLabel, Tone, own};
use crate::sanitize;

/// The most pages that are opened at the start: fewer rooms than one connection may be in.
const OPENED_MAX: usize = 48;

/// The server's list, after a greeting or because the person asked.
pub(super) fn mine(model: &mut Model, rooms: Vec<OwnRoom>, aloud: bool, effects: &mut Vec<Effect>) {
    let me = model.me.as_ref().map(|me| me.id);
    let is_first = model.own.of.is_none();
    let fresh = model.own.set(me, rooms);
    for own in model.own.list().to_vec() {
        learn(model, &own);
    }
    if model.opens_own {
        let free = OPENED_MAX.saturating_sub(model.rooms.len());
        for own in fresh.iter().take(free) {
            open(model, own, effects);
        }
        if let Some(more) = fresh.len().checked_sub(free).filter(|more| *more > 0) {
            let sentence =
                format!("{more} more of your rooms are not open. /rooms mine lists them.");
            model.note(Tone::Plain, &sentence);
        }
    }
    if aloud {
        return list(model);
    }
    if is_first {
        let invited = model.own.list().iter().filter(|own| own.rank == Rank::Invited);
        let sentences: Vec<String> = invited
            .map(|own| format!("You are invited to {}: {}.", own::title(own), way(model, own)))
            .collect();
        sentences.iter().for_each(|sentence| model.note(Tone::Plain, sentence));
    }
}

fn list(model: &mut Model) {
    let line = |own: &OwnRoom| {
        let title = own::title(own);
        let kind = match own.room.kind {
            RoomKind::Public => "public",
            RoomKind::Private => "private",
            RoomKind::Direct => "direct",
        };
        let archived = if own.room.archived { ", archived" } else { "" };
        match own.rank {
            Rank::Invited => format!("{title}  {kind}, you are invited: {}", way(model, own)),
            Rank::Member => format!("{title}  {kind}{archived}"),
            Rank::Moderator => format!("{title}  {kind}{archived}, you are a moderator"),
        }
    };
    let lines: Vec<String> = model.own.list().iter().map(line).collect();
    let text = match lines.is_empty() {
        true => "You have no rooms that the server keeps for you. /make NAME private makes one, /msg NICK writes to \
                 somebody alone."
            .to_owned(),
        false => lines.join("\n"),
    };
    model.note(Tone::Plain, &text);
}

/// What to type to get into a room.
fn way(model: &Model, own: &OwnRoom) -> String {
    match own.room.kind {
        RoomKind::Direct => {
            let nicks: Vec<String> = own.people.iter().map(|it| sanitize::line(&it.nick)).collect();
            format!("/msg {}", nicks.join(","))
        }
        _ => {
            let name = sanitize::line(&own.room.name);
            let other = model.own.private(&name).is_some_and(|it| it.id != Some(own.room.id));
            format!("/join {}", if other { own.room.id.to_string() } else { name })
        }
    }
}

/// The person has a room more, or another rank in one.
pub(super) fn added(
    model: &mut Model,
    own: &OwnRoom,
    by: Option<&User>,
    effects: &mut Vec<Effect>,
) {
    let before = model.own.put(own.clone());
    learn(model, own);
    let is_new = own::is_new(before.as_ref(), own);
    if is_new && model.opens_own {
        open(model, own, effects);
    }
    let Some(by) = by.filter(|by| !model.settings.ignores(by.id, &by.nick)) else { return };
    let (title, nick) = (own::title(own), sanitize::line(&by.nick));
    let rank = before.map(|before| before.rank);
    let sentence = match (own.room.kind, own.rank, rank) {
        (RoomKind::Direct, _, None) if model.opens_own => {
            format!("{nick} has opened the direct room {title} with you.")
        }
        (RoomKind::Direct, _, None) => {
            format!("{nick} has opened the direct room {title} with you: {}.", way(model, own))
        }
        (_, Rank::Invited, None) => {
            format!("{nick} invites you to {title}, a private room: {}.", way(model, own))
        }
        (_, Rank::Moderator, _) => format!("{nick} made you a moderator of {title}."),
        (_, Rank::Member, Some(Rank::Moderator)) => {
            format!("You are no moderator of {title} any more.")
        }
        _ => return,
    };
    model.note(Tone::Plain, &sentence);
}

/// The room that the person made, opened or was let into by a link. It is shown, and the text is said there.
pub(super) fn opened(
    model: &mut Model,
    own: &OwnRoom,
    text: &str,
    done: &str,
    effects: &mut Vec<Effect>,
) {
    model.own.put(own.clone());
    let at = open(model, own, effects);
    show(model, at);
    if !done.is_empty() {
        model.note(Tone::Plain, done);
    }
    // It is a room, so that there is somebody to say it to.
    if !text.is_empty()
        && let Err(sentence) = say(model, text, false, effects)
    {
        model.note(Tone::Error, &sentence);
    }
}

/// The page of a room, which is joined.
fn open(model: &mut Model, own: &OwnRoom, effects: &mut Vec<Effect>) -> usize {
    let label = own::label(own);
    let at = match model.find_id(own.room.id).or_else(|| unanswered(model, &label)) {
        Some(at) => at,
        None => model.add(&label),
    };
    learn(model, own);
    enter(model, at, effects);
    at
}

/// The page on which this room was asked for by its name, and of which the server has not said yet which room it is.
fn unanswered(model: &Model, room: &RoomLabel) -> Option<usize> {
    let at = model.find_name(&room.name).filter(|at| model.rooms[*at].id.is_none())?;
    // For the server the name means the private room.
    model.own.private(&room.name).is_none_or(|private| private.id == room.id).then_some(at)
}

/// Tells an open page what is known of its room.
fn learn(model: &mut Model, own: &OwnRoom) {
    let Some(at) = model.find_id(own.room.id) else { return };
    model.rooms[at].others.clone_from(&own.people);
    model.rooms[at].set_info(&own.room);
}

pub(super) fn invite_link(model: &mut Model, room: &RoomLabel, link: &InviteLinkOk) {
    let (code, page) = (sanitize::line(&link.code), crate::arguments::page(&model.server));
    let time = in_words(Duration::from_secs(link.expires_ms / 1_000));
    let people =
        if link.uses == 1 { "one person".to_owned() } else { format!("{} people", link.uses) };
    let sentence = format!(
        "{page}#room={code} lets {people} into {}, for {time}. In a terminal: /accept {code}",
        model.titled(room)
    );
    model.note(Tone::Plain, &sentence);
}

/// Something else is said of a room.
pub(super) fn changed(model: &mut Model, room: &RoomLabel, info: &RoomInfo, description: &str) {
    model.own.changed(info);
    let Some(at) = model.find(room) else { return };
    let page = &mut model.rooms[at];
    let before = page.info.clone();
    let old_description = page.description.clone();
    page.set_info(info);
    page.set_description(description);
    let old_name = std::mem::replace(&mut page.name, sanitize::line(&room.name));
    let was = |is_other: fn(&RoomInfo, &RoomInfo) -> bool| {
        before.as_ref().is_none_or(|before| is_other(before, info))
    };
    let mut sentences = Vec::new();
    if old_name != page.name {
        sentences.push(format!("#{old_name} is called {} now.", page.title()));
    }
    if was(|a, b| a.topic != b.topic) {
        sentences.push(match page.topic() {
            "" => "This room has no topic any more.".to_owned(),
            topic => format!("The topic is now: {topic}"),
        });
    }
    if old_description != page.description {
        sentences.push(match &*page.description {
            "" => "This room has no description any more.".to_owned(),
            description => format!("This room is for:\n{description}"),
        });
    }
    if was(|a, b| a.speak != b.speak || a.groups_for(Right::Speak) != b.groups_for(Right::Speak)) {
        sentences.push(match info.speak {
            Role::Guest => "Everybody may say something here now.".to_owned(),
            role => format!(
                "Only the moderators of this room and {} may say something here now.",
                own::with_right(role, info.groups_for(Right::Speak))
            ),
        });
    }
    if was(|a, b| a.see != b.see || a.groups_for(Right::See) != b.groups_for(Right::See)) {
        sentences.push(match info.see {
            Role::Guest => "Everybody sees this room now.".to_owned(),
            role => format!(
                "This room is there only for its moderators and {} now.",
                own::with_right(role, info.groups_for(Right::See))
            ),
        });
    }
    if was(|a, b| a.slow_ms != b.slow_ms) {
        sentences.push(match info.slow_ms {
            0 => "Messages may follow each other at once again.".to_owned(),
            slow => format!(
                "Slow mode: each person waits {} from one message to the next.",
                in_words(Duration::from_secs(slow.div_ceil(1_000)))
            ),
        });
    }
    if was(|a, b| a.archived != b.archived) {
        sentences.push(match info.archived {
            true => "This room is archived: it is there to be read.".to_owned(),
            false => "This room is not archived any more.".to_owned(),
        });
    }
    sentences.iter().for_each(|sentence| model.note_in(at, Tone::Plain, sentence));
}

/// The person has left a room for good.
pub(super) fn forgotten(model: &mut Model, room: &RoomLabel) {
    let title = model.titled(room);
    if let Some(id) = room.id {
        model.own.remove(id);
    }
    if let Some(at) = model.find(room) {
        remove(model, at);
    }
    model.note(Tone::Plain, &format!("You have left {title} for good."));
}

/// A room that is not joined here is none of the person's any more.
pub(super) fn seat_gone(model: &mut Model, id: RoomId, reason: &str) {
    let Some(own) = model.own.remove(id) else { return };
    let (title, reason) = (own::title(&own), sanitize::line(reason));
    let sentence = format!("{title} is not your room any more: {}.", reason.trim_end_matches('.'));
    model.note(Tone::Plain, &sentence);
}
