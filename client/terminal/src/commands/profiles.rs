//! Commands about how people show themselves: profiles, presence, the nicks that they had.

use std::time::Duration;

use throng_protocol::{ClearProfile, SetProfile};

use super::moderation::{act, duration, person, word};
use crate::effect::{Act, Attendance, Effect};
use crate::model::{Away, Model};

pub(super) fn profile(
    model: &mut Model,
    rest: &str,
    effects: &mut Vec<Effect>,
) -> Result<(), String> {
    let (field, text) = word(rest);
    let text = Some(text.to_owned());
    let set = match field.to_lowercase().as_str() {
        "" => {
            let me = model.me.as_ref().ok_or("You are not connected yet.")?;
            effects.push(Effect::Whois(me.id.to_string()));
            return Ok(());
        }
        "name" => SetProfile { display_name: text, ..SetProfile::default() },
        "pronouns" => SetProfile { pronouns: text, ..SetProfile::default() },
        "colour" | "color" => SetProfile { colour: text, ..SetProfile::default() },
        other => {
            return Err(format!(
                "{other:?} is none of name, pronouns, colour. For example: /profile name Ana \
                 María. /whois NICK shows the profile of somebody else."
            ));
        }
    };
    effects.push(Effect::SetProfile(set));
    Ok(())
}

pub(super) fn status(_: &mut Model, text: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
    let (text, time) = timed(text);
    let status_for_ms = time.map(|time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
    let status = Some(text.to_owned());
    effects.push(Effect::SetProfile(SetProfile { status, status_for_ms, ..SetProfile::default() }));
    Ok(())
}

/// A text, and for how long if it ends with that: `at lunch for 1h`.
fn timed(text: &str) -> (&str, Option<Duration>) {
    let end = text.trim_end().rsplit_once(char::is_whitespace);
    let parts = end.and_then(|(before, time)| {
        let time = duration(time)?;
        let text = before.trim_end().strip_suffix("for")?;
        text.ends_with(char::is_whitespace).then(|| (text.trim_end(), Some(time)))
    });
    parts.unwrap_or((text, None))
}

pub(super) fn away(model: &mut Model, _: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
    model.away = Away::ByHand;
    say(Attendance::Away, effects)
}

pub(super) fn dnd(_: &mut Model, _: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
    say(Attendance::Dnd, effects)
}

pub(super) fn back(model: &mut Model, _: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
    model.away = Away::No;
    say(Attendance::Back, effects)
}

fn say(attendance: Attendance, effects: &mut Vec<Effect>) -> Result<(), String> {
    effects.push(Effect::Attend { attendance, aloud: true });
    Ok(())
}

pub(super) fn whois(_: &mut Model, nick: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
    let (person, _) = person(nick).ok_or("For example: /whois ana")?;
    effects.push(Effect::Whois(person));
    Ok(())
}

pub(super) fn nicks(_: &mut Model, nick: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
    let (person, _) = person(nick).ok_or("For example: /nicks eve")?;
    effects.push(Effect::NickHistory(person));
    Ok(())
}

pub(super) fn clear_profile(
    model: &mut Model,
    rest: &str,
    effects: &mut Vec<Effect>,
) -> Result<(), String> {
    let (nick, reason) = word(rest);
    let (person, nick) = person(nick).ok_or("For example: /clearprofile eve insults")?;
    let done = format!("{nick} says nothing about themselves any more.");
    act(model, Act::ClearProfile(ClearProfile { person, reason: reason.to_owned() }), done, effects)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::timed;

    #[test]
    fn a_time_at_the_end_of_a_status_is_for_how_long() {
        let hour = Some(Duration::from_secs(3_600));
        for (text, status, time) in [
            ("at lunch for 1h", "at lunch", hour),
            ("at lunch  for  60m ", "at lunch", hour),
            ("at lunch", "at lunch", None),
            ("waiting for godot", "waiting for godot", None),
            ("good for 1x", "good for 1x", None),
            ("reform 1h", "reform 1h", None),
            ("for 1h", "for 1h", None),
            ("", "", None),
        ] {
            assert_eq!(timed(text), (status, time), "{text}");
        }
    }
}
