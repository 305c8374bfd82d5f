//! Commands about the person's account. None takes a password: the next line asks for it.

use throng_protocol::Nick;

use super::moderation::{act, person, word};
use super::rooms::offered;
use crate::effect::{Act, Effect, WhichLogin};
use crate::model::{Model, Prompt, Purpose, Tone};
use crate::names;

pub(super) fn register(
    model: &mut Model,
    invitation: &str,
    _: &mut Vec<Effect>,
) -> Result<(), String> {
    let invitation = (!invitation.is_empty()).then(|| invitation.to_owned());
    ask(model, Purpose::Register { invitation });
    let nick = model.me.as_ref().map_or_else(|| "your nick".to_owned(), |me| me.nick.clone());
    let sentence = format!(
        "With an account {nick} stays yours, on every device. Choose a password of 8 characters or more; Esc cancels."
    );
    model.note(Tone::Plain, &sentence);
    Ok(())
}

pub(super) fn log_in(model: &mut Model, nick: &str, _: &mut Vec<Effect>) -> Result<(), String> {
    if nick.contains(char::is_whitespace) {
        return Err("Give the nick alone: /login ana. The password is asked for after it.".into());
    }
    let nick = names::read(nick.trim_start_matches('@'), Nick::parse)
        .map_err(|bad| offered(model, bad, "/login", "ana"))?;
    ask(model, Purpose::LogIn { nick: nick.to_string() });
    Ok(())
}

pub(super) fn log_out(
    model: &mut Model,
    which: &str,
    effects: &mut Vec<Effect>,
) -> Result<(), String> {
    if which.starts_with('@') {
        return log_out_other(model, which, effects);
    }
    let which = match which.to_lowercase().as_str() {
        "" => WhichLogin::This,
        "others" => WhichLogin::Others,
        number => number.parse().map(WhichLogin::Number).map_err(|_| {
            format!("{number:?} is not a login. /logins lists them with their numbers.")
        })?,
    };
    effects.push(Effect::LogOut(which));
    Ok(())
}

/// Ends all logins of somebody else: `@bo lost a telephone`.
fn log_out_other(model: &mut Model, rest: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
    let (nick, reason) = word(rest);
    let (person, nick) = person(nick).ok_or("For example: /logout @bo lost a telephone")?;
    let done = format!("{nick} is logged out on every device.");
    act(model, Act::LogOut { person, reason: reason.to_owned() }, done, effects)
}

pub(super) fn logins(_: &mut Model, _: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
    effects.push(Effect::Logins);
    Ok(())
}

pub(super) fn password(model: &mut Model, given: &str, _: &mut Vec<Effect>) -> Result<(), String> {
    alone(given, "/password")?;
    ask(model, Purpose::ChangePassword);
    Ok(())
}

pub(super) fn unregister(
    model: &mut Model,
    given: &str,
    _: &mut Vec<Effect>,
) -> Result<(), String> {
    let messages = given.eq_ignore_ascii_case("everything");
    if !messages {
        alone(given, "/unregister")?;
    }
    ask(model, Purpose::Unregister { messages });
    let said = match messages {
        false => "What you said stays; /unregister everything deletes that too.",
        true => "Everything that you ever said here is deleted too.",
    };
    let sentence = format!(
        "This deletes your account: the nick becomes free, and you are logged out everywhere. {said} Esc cancels."
    );
    model.note(Tone::Plain, &sentence);
    Ok(())
}

pub(super) fn claim(_: &mut Model, secret: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
    if secret.is_empty() {
        return Err("The server prints the secret when it starts: /claim SECRET".into());
    }
    effects.push(Effect::Claim(secret.to_owned()));
    Ok(())
}

fn ask(model: &mut Model, purpose: Purpose) {
    model.prompt = Some(Prompt::new(purpose));
}

fn alone(given: &str, command: &str) -> Result<(), String> {
    match given.is_empty() {
        true => Ok(()),
        false => Err(format!("Write {command} alone. The password is asked for after it.")),
    }
}
