//! Keys: editing, scrolling, going from room to room.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::{Effect, enter, scroll, show};
use crate::complete;
use crate::model::{Model, Tone};
use crate::view;

/// Two presses of Ctrl-C within so long end the program.
const LEAVING_MS: u64 = 3_000;

/// Takes a key that was pressed.
pub(super) fn press(model: &mut Model, key: KeyEvent, effects: &mut Vec<Effect>) {
    if key.kind == KeyEventKind::Release {
        return;
    }
    if !matches!(key.code, KeyCode::Tab | KeyCode::BackTab) {
        model.completion = None;
    }
    let before = model.line.text().to_owned();
    if key.modifiers.contains(KeyModifiers::CONTROL) {
        control(model, key.code, effects);
    } else if key.modifiers.contains(KeyModifiers::ALT) {
        alt(model, key.code);
    } else {
        plain(model, key.code, effects);
    }
    let text = model.line.text();
    if text != before && !text.is_empty() && !text.starts_with('/') {
        effects.extend(model.room_name().map(Effect::Typing));
    }
}

fn plain(model: &mut Model, code: KeyCode, effects: &mut Vec<Effect>) {
    let page = isize::try_from(view::log_rows(model).saturating_sub(1).max(1)).unwrap_or(1);
    match code {
        KeyCode::Char(c) => model.line.insert(c.encode_utf8(&mut [0; 4])),
        KeyCode::Enter => enter(model, effects),
        KeyCode::Tab => complete::step(model, false),
        KeyCode::BackTab => complete::step(model, true),
        KeyCode::Backspace => model.line.delete_left(),
        KeyCode::Delete => model.line.delete_right(),
        KeyCode::Left => model.line.left(),
        KeyCode::Right => model.line.right(),
        KeyCode::Home => model.line.home(),
        KeyCode::End => model.line.end(),
        KeyCode::Up => model.line.older(),
        KeyCode::Down => model.line.newer(),
        KeyCode::PageUp => scroll(model, page, effects),
        KeyCode::PageDown => scroll(model, -page, effects),
        KeyCode::F(1) => crate::commands::run(model, "/help", effects),
        _ => {}
    }
}

fn control(model: &mut Model, code: KeyCode, effects: &mut Vec<Effect>) {
    match code {
        KeyCode::Char('a') => model.line.home(),
        KeyCode::Char('e') => model.line.end(),
        KeyCode::Char('b') => model.line.left(),
        KeyCode::Char('f') => model.line.right(),
        KeyCode::Char('h') => model.line.delete_left(),
        KeyCode::Char('d') => model.line.delete_right(),
        KeyCode::Char('w') | KeyCode::Backspace => model.line.kill_word_left(),
        KeyCode::Char('u') => model.line.kill_to_start(),
        KeyCode::Char('k') => model.line.kill_to_end(),
        KeyCode::Char('y') => model.line.yank(),
        KeyCode::Char('j' | 'm') => enter(model, effects),
        KeyCode::Left => model.line.word_left(),
        KeyCode::Right => model.line.word_right(),
        KeyCode::Delete => model.line.kill_word_right(),
        KeyCode::Char('n') | KeyCode::PageDown => {
            show(model, (model.shown + 1) % model.rooms.len())
        }
        KeyCode::Char('p') | KeyCode::PageUp => {
            let count = model.rooms.len();
            show(model, (model.shown + count - 1) % count);
        }
        KeyCode::End => scroll(model, isize::MIN / 2, effects),
        KeyCode::Home => scroll(model, isize::MAX / 2, effects),
        KeyCode::Char('l') => effects.push(Effect::Redraw),
        KeyCode::Char('z') => effects.push(Effect::Suspend),
        KeyCode::Char('c') => interrupt(model, effects),
        _ => {}
    }
}

fn alt(model: &mut Model, code: KeyCode) {
    match code {
        KeyCode::Char('b') | KeyCode::Left => model.line.word_left(),
        KeyCode::Char('f') | KeyCode::Right => model.line.word_right(),
        KeyCode::Char('d') => model.line.kill_word_right(),
        KeyCode::Backspace => model.line.kill_word_left(),
        KeyCode::Enter => model.line.insert("\n"),
        KeyCode::Char('a') => {
            let rooms = || model.rooms.iter().enumerate();
            let mentioned = rooms().find(|(_, room)| room.mentions > 0);
            let next = mentioned.or_else(|| rooms().find(|(_, room)| room.unread > 0));
            if let Some(at) = next.map(|(at, _)| at) {
                show(model, at);
            }
        }
        KeyCode::Char(c @ '1'..='9') => {
            let at = c.to_digit(10).and_then(|digit| usize::try_from(digit).ok()).unwrap_or(1);
            show(model, at - 1);
        }
        _ => {}
    }
}

/// Ctrl-C takes the line away; on an empty line it ends the program when it comes twice.
fn interrupt(model: &mut Model, effects: &mut Vec<Effect>) {
    if !model.line.text().is_empty() {
        model.line.set("");
        return;
    }
    match model.leaving_at {
        Some(at) if model.now < at + LEAVING_MS => effects.push(Effect::Quit),
        _ => {
            model.leaving_at = Some(model.now);
            model.note(Tone::Plain, "Press Ctrl-C again, or write /quit, to leave.");
        }
    }
}
