//! Answers about how people show themselves, as notes.

use std::time::Duration;

use throng_protocol::{NickHistoryOk, Presence, Profile};

use crate::commands::in_words;
use crate::model::{Model, Tone};
use crate::{sanitize, view};

/// How somebody is there, where it is worth a word.
pub(super) fn presence_in_words(presence: Presence) -> Option<&'static str> {
    match presence {
        Presence::Online => None,
        Presence::Away => Some("away"),
        Presence::Dnd => Some("do not disturb"),
        Presence::Offline => Some("not here"),
    }
}

/// The display name stands behind the nick and never in its place: anybody may take any.
pub(super) fn whois(model: &mut Model, profile: &Profile) {
    let clean = sanitize::line;
    let mut about = vec![presence_in_words(profile.user.presence).unwrap_or("online").to_owned()];
    about.extend(profile.user.bot.then(|| "a bot".to_owned()));
    about.extend(profile.display_name.as_deref().map(|name| format!("“{}”", clean(name))));
    about.extend(profile.pronouns.as_deref().map(clean));
    about.extend(profile.colour.as_deref().map(clean));
    let status = profile.status.as_ref().map_or_else(String::new, |status| {
        let left = status.left_ms.map_or_else(String::new, |left| {
            format!(", for {}", in_words(Duration::from_secs(left.div_ceil(60_000) * 60)))
        });
        format!(" Status: {}{left}.", clean(&status.text).trim_end_matches('.'))
    });
    let sentence = format!("{}: {}.{status}", clean(&profile.user.nick), about.join(", "));
    model.note(Tone::Plain, &sentence);
}

pub(super) fn nick_history(model: &mut Model, history: &NickHistoryOk) {
    let nick = sanitize::line(&history.user.nick);
    if history.changes.is_empty() {
        return model.note(Tone::Plain, &format!("Nothing else is known that {nick} was called."));
    }
    let lines: Vec<String> = history
        .changes
        .iter()
        .map(|change| {
            let at = view::day_and_time(change.at, &model.zone);
            format!("{at}  {} became {}", sanitize::line(&change.from), sanitize::line(&change.to))
        })
        .collect();
    model.note(Tone::Plain, &lines.join("\n"));
}
