//! Commands that change this person's settings on this machine; they are saved beside the token.

use crate::effect::Effect;
use crate::model::{Ignored, Model, Tone};

pub(super) fn ignore(
    model: &mut Model,
    nick: &str,
    effects: &mut Vec<Effect>,
) -> Result<(), String> {
    let nick = nick.trim_start_matches('@');
    if nick.is_empty() {
        let nicks: Vec<&str> = model.settings.ignored.iter().map(|it| it.nick.as_str()).collect();
        let sentence = match nicks.is_empty() {
            true => "You ignore nobody. To ignore somebody: /ignore NICK".to_owned(),
            false => format!("You ignore {}. /unignore NICK shows them again.", nicks.join(", ")),
        };
        model.note(Tone::Plain, &sentence);
        return Ok(());
    }
    let ignored = Ignored { id: model.person(nick), nick: nick.to_owned() };
    if model.me.as_ref().is_some_and(|me| ignored.is(me.id, &me.nick)) {
        return Err("That is you.".into());
    }
    if !model.settings.ignored.contains(&ignored) {
        model.settings.ignored.push(ignored);
    }
    effects.push(Effect::Keep);
    let sentence = format!("Messages of {nick} are hidden. /unignore {nick} shows them again.");
    model.note(Tone::Plain, &sentence);
    Ok(())
}

pub(super) fn unignore(
    model: &mut Model,
    nick: &str,
    effects: &mut Vec<Effect>,
) -> Result<(), String> {
    let nick = nick.trim_start_matches('@');
    let id = model.person(nick);
    let before = model.settings.ignored.len();
    let is = |it: &Ignored| it.has_nick(nick) || (it.id.is_some() && it.id == id);
    model.settings.ignored.retain(|it| !is(it));
    if model.settings.ignored.len() == before {
        return Err(format!("You do not ignore {nick:?}. /ignore lists the people you ignore."));
    }
    effects.push(Effect::Keep);
    model.note(Tone::Plain, &format!("{nick} is shown again."));
    Ok(())
}

pub(super) fn words(
    model: &mut Model,
    wish: &str,
    effects: &mut Vec<Effect>,
) -> Result<(), String> {
    let on = switch(wish, model.settings.words, "/words on")?;
    model.settings.words = on;
    effects.push(Effect::Keep);
    let sentence = match on {
        true => "Your nick now counts as a mention without an @ too.",
        false => "Only @ and your nick now count as a mention.",
    };
    model.note(Tone::Plain, sentence);
    Ok(())
}

pub(super) fn mouse(
    model: &mut Model,
    wish: &str,
    effects: &mut Vec<Effect>,
) -> Result<(), String> {
    let on = switch(wish, model.settings.mouse, "/mouse off")?;
    model.settings.mouse = on;
    effects.extend([Effect::Keep, Effect::Mouse(on)]);
    let sentence = match on {
        true => "The mouse scrolls and chooses rooms. To select text, hold Shift.",
        false => "The mouse selects text. PageUp and PageDown scroll.",
    };
    model.note(Tone::Plain, sentence);
    Ok(())
}

/// On, off, or with no argument the opposite of what it is.
fn switch(wish: &str, is: bool, example: &str) -> Result<bool, String> {
    match wish.to_lowercase().as_str() {
        "on" => Ok(true),
        "off" => Ok(false),
        "" => Ok(!is),
        other => Err(format!("{other:?} is neither on nor off. For example: {example}")),
    }
}
