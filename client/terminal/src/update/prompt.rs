//! Keys while a password is asked for. Nothing of it is shown, completed or remembered.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::effect::Effect;
use crate::model::{Model, Prompt, Purpose, Tone};
use crate::secret::Secret;

/// Handles a key, if a password is asked for.
pub(super) fn press(model: &mut Model, key: KeyEvent, effects: &mut Vec<Effect>) -> bool {
    let Some(prompt) = &mut model.prompt else { return false };
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    match key.code {
        KeyCode::Enter => answer(model, effects),
        KeyCode::Char('j' | 'm') if control => answer(model, effects),
        KeyCode::Esc => cancel(model),
        KeyCode::Char('c') if control => cancel(model),
        KeyCode::Char('u') if control => prompt.typed.clear(),
        KeyCode::Char('h') if control => prompt.typed.pop(),
        KeyCode::Char('l') if control => effects.push(Effect::Redraw),
        KeyCode::Char('z') if control => effects.push(Effect::Suspend),
        KeyCode::Backspace => prompt.typed.pop(),
        KeyCode::Char(c) if (key.modifiers - KeyModifiers::SHIFT).is_empty() => {
            prompt.typed.push(c.encode_utf8(&mut [0; 4]));
        }
        _ => {}
    }
    true
}

/// Takes a paste, if a password is asked for. Only Enter sends it.
pub(super) fn paste(model: &mut Model, text: &str) -> bool {
    let Some(prompt) = &mut model.prompt else { return false };
    prompt.typed.push(text);
    true
}

fn answer(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(done) = model.prompt.as_mut().and_then(Prompt::answer) else { return };
    let purpose = model.prompt.take().map(|prompt| prompt.purpose);
    match (done, purpose) {
        (Ok(given), Some(purpose)) => effects.push(asked_for(purpose, given)),
        (Err(sentence), _) => model.note(Tone::Error, &sentence),
        (Ok(_), None) => {}
    }
}

/// What the answers are for. The last one is the newest password, or the code.
fn asked_for(purpose: Purpose, mut given: Vec<Secret>) -> Effect {
    let last = given.pop().unwrap_or_default();
    match purpose {
        Purpose::LogIn { nick } => Effect::LogIn { nick, password: last, code: None },
        Purpose::SecondFactor { nick, password } => {
            Effect::LogIn { nick, password, code: Some(last) }
        }
        Purpose::Register { invitation } => Effect::Register { password: last, invitation },
        Purpose::ChangePassword => {
            Effect::ChangePassword { old: given.pop().unwrap_or_default(), new: last }
        }
        Purpose::Unregister { messages } => Effect::Unregister { password: last, messages },
    }
}

fn cancel(model: &mut Model) {
    model.prompt = None;
    model.note(Tone::Plain, "No password was sent.");
}
