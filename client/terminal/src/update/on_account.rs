//! Answers about accounts and moderation, and what was done to us, as notes.

use throng_protocol::{
    AuditEntry, AuditOk, GroupInfo, GroupPeopleOk, GroupsOk, LoginInfo, RaidOk, ReportMade,
    ReportsOk, Role, RoomId, RoomKind, WhyOk,
};

use crate::model::{ConnectionState, Model, RoomLabel, Tone};
use crate::{sanitize, view};

/// The page of a room that somebody took us out of stays, with what was said there.
pub(super) fn removed(model: &mut Model, room: &RoomLabel, reason: &str) {
    let reason = sanitize::line(reason);
    let (title, reason) = (model.titled(room), reason.trim_end_matches('.'));
    if let Some(id) = room.id {
        model.own.remove(id);
    }
    let Some(at) = model.find(room) else { return };
    // Under the name of a private room there is a public one for those outside, or none.
    let way = match model.rooms[at].kind() {
        RoomKind::Public => format!(" /join {} asks to come back.", sanitize::line(&room.name)),
        RoomKind::Private | RoomKind::Direct => String::new(),
    };
    let sentence = format!("You are not in {title} any more: {reason}.{way}");
    (model.rooms[at].joined, model.rooms[at].asked) = (false, false);
    model.rooms[at].people.set(0, &[]);
    model.note_in(at, Tone::Error, &sentence);
    if at != model.shown {
        model.note(Tone::Error, &sentence);
    }
}

pub(super) fn logged_out(model: &mut Model) {
    let (why, next) = ("you logged out".to_owned(), "/login NICK logs in again.");
    model.connection = ConnectionState::Closed { why, next };
    (model.role, model.lag) = (Role::Guest, None);
    let sentence = format!("You are logged out on this device. {next} /quit ends the program.");
    model.note(Tone::Plain, &sentence);
}

pub(super) fn logins(model: &mut Model, logins: &[LoginInfo]) {
    let mut lines: Vec<String> = logins
        .iter()
        .map(|login| {
            let device = match sanitize::line(&login.device) {
                name if name.is_empty() => "a device without a name".to_owned(),
                name => name,
            };
            let used = view::day_and_time(login.used, &model.zone);
            let address = sanitize::line(&login.address);
            let this = if login.current { "  (this device)" } else { "" };
            format!("{}  {device}, from {address}, last used {used}{this}", login.login)
        })
        .collect();
    lines.push("/logout NUMBER ends one of them, /logout others all but this one.".to_owned());
    model.note(Tone::Plain, &lines.join("\n"));
}

pub(super) fn audit(model: &mut Model, room: Option<&RoomLabel>, page: &AuditOk) {
    if page.entries.is_empty() {
        return model.note(Tone::Plain, "Nothing is written down there.");
    }
    let mut lines: Vec<String> =
        page.entries.iter().map(|entry| audit_line(model, entry, room.is_some())).collect();
    if let Some(last) = page.entries.last().filter(|_| page.more) {
        let here = if room.is_some() { "here " } else { "" };
        lines.push(format!("There are more: /audit {here}{}", last.number));
    }
    model.note(Tone::Plain, &lines.join("\n"));
}

/// Where something is, in words.
fn place(model: &Model, room: Option<RoomId>) -> String {
    match room {
        None => String::new(),
        Some(id) => match model.find_id(id) {
            Some(at) => format!(" in {}", model.rooms[at].title()),
            None => format!(" in the room {id}"),
        },
    }
}

fn audit_line(model: &Model, entry: &AuditEntry, is_here: bool) -> String {
    let clean = sanitize::line;
    let at = view::day_and_time(entry.at, &model.zone);
    let (by, action, subject) =
        (clean(&entry.by_name), clean(&entry.action), clean(&entry.subject));
    let place = place(model, entry.room.filter(|_| !is_here));
    let reason = match entry.reason.is_empty() {
        true => String::new(),
        false => format!(": {}", clean(&entry.reason)),
    };
    format!("{}  {at}  {by}: {action} {subject}{place}{reason}", entry.number)
}

pub(super) fn reports(model: &mut Model, room: Option<&RoomLabel>, page: &ReportsOk) {
    if page.reports.is_empty() {
        return model.note(Tone::Plain, "Nothing is reported that somebody has not settled.");
    }
    let clean = sanitize::line;
    let mut lines: Vec<String> = page
        .reports
        .iter()
        .map(|it| {
            let place = place(model, Some(it.room).filter(|_| room.is_none()));
            let (from, text) = (clean(&it.from.nick), clean(&it.text));
            let by = it.by.as_ref().map_or("the server", |by| &by.nick);
            let (by, reason) = (clean(by), clean(&it.reason));
            format!("{}  {from}{place}: {text}  ({by}: {reason})", it.number)
        })
        .collect();
    if let Some(last) = page.reports.last().filter(|_| page.more) {
        let here = if room.is_some() { "here " } else { "" };
        lines.push(format!("There are more: /reports {here}{}", last.number));
    }
    lines.push("/settle NUMBER WORDS settles one.".to_owned());
    model.note(Tone::Plain, &lines.join("\n"));
}

pub(super) fn reported(model: &mut Model, made: &ReportMade) {
    let place = place(model, Some(made.room));
    model.note(Tone::Plain, &format!("A message{place} was reported: /reports"));
}

/// The person's groups, or all of the server.
pub(super) fn groups(model: &mut Model, page: &GroupsOk, all: bool) {
    if page.groups.is_empty() {
        let sentence = match all {
            true => "This server has no groups. /group make NAME makes one.",
            false => "You are in no group.",
        };
        return model.note(Tone::Plain, sentence);
    }
    let shown = |group: &GroupInfo| match group.members {
        Some(members) => format!("{}  {members}", sanitize::line(&group.name)),
        None => sanitize::line(&group.name),
    };
    let mut lines: Vec<_> = page.groups.iter().map(shown).collect();
    if page.more {
        lines.push("There are more: throng admin group list shows all.".to_owned());
    }
    model.note(Tone::Plain, &lines.join("\n"));
}

/// Who is in a group.
pub(super) fn group_people(model: &mut Model, group: &str, page: &GroupPeopleOk) {
    let names: Vec<_> = page.people.iter().map(|user| sanitize::line(&user.nick)).collect();
    let more = if page.more { " and others" } else { "" };
    let sentence = match &*names {
        [] => format!("Nobody is in {group}. /group add {group} NICK puts somebody in."),
        names => format!("In {group}: {}{more}", names.join(", ")),
    };
    model.note(Tone::Plain, &sentence);
}

/// How the raid switch stands.
pub(super) fn raid(model: &mut Model, raid: &RaidOk) {
    if !raid.on {
        return model.note(Tone::Plain, "The raid switch is off: guests come in and speak.");
    }
    let since = raid.since.map_or_else(String::new, |since| {
        format!(" since {}", view::day_and_time(since, &model.zone))
    });
    let by = match raid.automatic {
        true => "it went on by itself".to_owned(),
        false => format!("turned on by {}", sanitize::line(&raid.by_name)),
    };
    let reason = match raid.reason.is_empty() {
        true => String::new(),
        false => format!(": {}", sanitize::line(&raid.reason).trim_end_matches('.')),
    };
    let end = match raid.left_ms.map(|left| left.div_ceil(60_000)) {
        None => "/raid off turns it off.".to_owned(),
        Some(1) => "It goes off within a minute.".to_owned(),
        Some(minutes) => {
            format!("It goes off within {minutes} minutes; /raid off turns it off now.")
        }
    };
    let sentence = format!(
        "The raid switch is on{since}, {by}{reason}. Nobody new comes in as a guest, and guests say \
         nothing. {end}"
    );
    model.note(Tone::Plain, &sentence);
}

pub(super) fn why(model: &mut Model, command: &str, answer: &WhyOk) {
    let verdict = if answer.allowed { "allowed" } else { "refused" };
    let (rule, role) = (sanitize::line(&answer.rule), answer.role.name());
    let rule = rule.trim_end_matches('.');
    let sentence = format!("{command} is {verdict}: {rule}. (The role is {role}.)");
    model.note(Tone::Plain, &sentence);
}
