//! Tab: what the word before the cursor could become.

use throng_protocol::{Command as Wire, Role, RoomKind};

use crate::commands::shown_to;
use crate::model::{Completion, Entry, Model, Room};

/// Nicks that spoke in this number of newest messages come before the others.
const RECENT_MAX: usize = 200;

/// Puts the first or the next choice into the line; with `back`, the previous one.
pub(crate) fn step(model: &mut Model, back: bool) {
    let going = model.completion.take();
    let text = model.line().text();
    let goes_on = |c: &Completion| text.get(c.start..c.end) == Some(c.choices[c.at].as_str());
    let mut completion = match going.filter(goes_on) {
        Some(mut going) => {
            let count = going.choices.len();
            going.at = (going.at + if back { count - 1 } else { 1 }) % count;
            going
        }
        None => match begin(model) {
            Some(new) => new,
            None => return,
        },
    };
    let choice = completion.choices[completion.at].clone();
    model.line_mut().replace(completion.start, completion.end, &choice);
    completion.end = completion.start + choice.len();
    model.completion = Some(completion);
}

fn begin(model: &Model) -> Option<Completion> {
    let before = &model.line().text()[..model.line().cursor()];
    let start = before
        .rfind(char::is_whitespace)
        .map_or(0, |at| at + before[at..].chars().next().map_or(0, char::len_utf8));
    let word = &before[start..];
    let command = before.strip_prefix('/').and_then(|rest| rest.split_whitespace().next());
    // The number of the word among the command's arguments.
    let place = before[..start].split_whitespace().count();
    let choices = match (start, command) {
        (0, _) if word.starts_with('/') => commands(model, &word[1..], "/", " "),
        (_, Some("help")) => commands(model, word, "", ""),
        (_, Some("role")) if place == 2 => roles(model, word),
        (_, Some("why")) if place == 1 => Wire::NAMES
            .iter()
            .filter(|name| begins(name, word))
            .map(|name| format!("{name} "))
            .collect(),
        (_, Some("why")) => nicks(model, word.trim_start_matches('@'), ""),
        (
            _,
            Some(
                "report" | "block" | "unblock" | "mute" | "unmute" | "ban" | "unban" | "shadow"
                | "unshadow" | "kick" | "role" | "msg" | "dm" | "query" | "invite" | "rank"
                | "whois" | "nicks" | "clearprofile",
            ),
        ) if place == 1 => nicks(model, word.trim_start_matches('@'), ""),
        (_, Some("rank")) if place == 2 => words(&["moderator", "member"], word),
        (_, Some("profile")) if place == 1 => words(&["name", "pronouns", "colour"], word),
        (_, Some("make")) if place == 2 => words(&["private"], word),
        (_, Some("set")) if place == 1 => {
            words(&["name", "topic", "speak", "slow", "invite", "archive"], word)
        }
        (_, Some("join" | "leave" | "j" | "part" | "forget" | "delete")) => {
            rooms(model, word.trim_start_matches('#'), "")
        }
        (_, Some("ignore" | "unignore")) => nicks(model, word.trim_start_matches('@'), ""),
        _ if word.starts_with('#') => rooms(model, &word[1..], "#"),
        // One letter is often part of a smiley: ":D", ":p".
        _ if word.starts_with(':') && word.len() > 2 => emoji(&word[1..]),
        _ if word.is_empty() => Vec::new(),
        // A nick is a mention only with its `@`.
        _ => nicks(model, word.trim_start_matches('@'), "@"),
    };
    // A choice ends with a space: it replaces one that is already there.
    let after = &model.line().text()[before.len()..];
    let brings = choices.iter().any(|choice| choice.ends_with(' '));
    let end = before.len() + usize::from(brings && after.starts_with(' '));
    (!choices.is_empty()).then_some(Completion { start, end, choices, at: 0 })
}

/// The roles that the person may give: those below their own.
fn roles(model: &Model, word: &str) -> Vec<String> {
    let below = Role::ALL.into_iter().filter(|role| *role > Role::Guest && *role < model.role);
    below.filter(|role| begins(role.name(), word)).map(|role| format!("{} ", role.name())).collect()
}

fn words(all: &[&str], word: &str) -> Vec<String> {
    all.iter().filter(|it| begins(it, word)).map(|it| format!("{it} ")).collect()
}

fn commands(model: &Model, word: &str, before: &str, after: &str) -> Vec<String> {
    let fits = shown_to(model.role).filter(|command| command.name.starts_with(word));
    fits.map(|command| format!("{before}{}{after}", command.name)).collect()
}

fn emoji(name: &str) -> Vec<String> {
    crate::emoji::begin_with(name).into_iter().map(str::to_owned).collect()
}

fn rooms(model: &Model, word: &str, before: &str) -> Vec<String> {
    let named = |room: &&Room| room.kind() != RoomKind::Direct;
    let names = model.rooms.iter().skip(1).filter(named).map(|room| &room.name);
    names.filter(|name| begins(name, word)).map(|name| format!("{before}{name} ")).collect()
}

/// The most recent speakers come first: people answer them.
fn nicks(model: &Model, word: &str, before: &str) -> Vec<String> {
    let room = model.room();
    let me = model.me.as_ref().map(|me| me.nick.as_str());
    let spoke = room.entries.iter().rev().take(RECENT_MAX).filter_map(|entry| match entry {
        Entry::Said(said) => Some(&said.nick),
        Entry::Note { .. } => None,
    });
    let mut choices: Vec<String> = Vec::new();
    for nick in spoke.chain(room.people.sample.iter().map(|member| &member.nick)) {
        let choice = format!("{before}{nick} ");
        if begins(nick, word) && Some(nick.as_str()) != me && !choices.contains(&choice) {
            choices.push(choice);
        }
    }
    choices
}

fn begins(name: &str, word: &str) -> bool {
    name.to_lowercase().starts_with(&word.to_lowercase())
}
