//! Keys: editing, scrolling, switching rooms.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::{enter, insert, prompt};
use crate::actions::{Way, go_to_find, scroll, show};
use crate::completion;
use crate::effect::Effect;
use crate::model::{Model, Tone};
use crate::view;

/// Two presses of Ctrl-C within this time end the program.
const LEAVING_MS: u64 = 3_000;

/// Handles a key press.
pub(super) fn press(model: &mut Model, key: KeyEvent, effects: &mut Vec<Effect>) {
    if key.kind == KeyEventKind::Release {
        return;
    }
    if prompt::press(model, key, effects) {
        return;
    }
    if leaf(model, key) {
        return;
    }
    if !matches!(key.code, KeyCode::Tab | KeyCode::BackTab) {
        model.completion = None;
    }
    if key.code != KeyCode::Enter {
        model.offer = None;
    }
    let (shown, before) = (model.shown, model.line().text().to_owned());
    if key.modifiers.contains(KeyModifiers::CONTROL) {
        control(model, key.code, effects);
    } else if key.modifiers.contains(KeyModifiers::ALT) {
        alt(model, key.code, effects);
    } else {
        plain(model, key.code, effects);
    }
    let text = model.line().text();
    if model.shown == shown && text != before && !text.is_empty() && !text.starts_with('/') {
        effects.extend(model.room_label().map(Effect::Typing));
    }
}

/// Scrolls the help while it is open. Any other key closes the help, and then does its usual work.
fn leaf(model: &mut Model, key: KeyEvent) -> bool {
    let Some(top) = model.help_top() else { return false };
    let (page, last) = view::help_page(model);
    let is_plain = key.modifiers.is_empty();
    let top = match key.code {
        KeyCode::Char(' ') | KeyCode::PageDown | KeyCode::Enter if is_plain => {
            (top < last).then(|| (top + page).min(last))
        }
        KeyCode::PageUp | KeyCode::Backspace => Some(top.saturating_sub(page)),
        KeyCode::Down => Some((top + 1).min(last)),
        KeyCode::Up => Some(top.saturating_sub(1)),
        KeyCode::Home => Some(0),
        KeyCode::End => Some(last),
        KeyCode::Esc => None,
        KeyCode::Char('q') if is_plain => None,
        _ => {
            model.help = None;
            return false;
        }
    };
    match (top, &mut model.help) {
        (Some(top), Some(help)) => help.top = top,
        _ => model.help = None,
    }
    true
}

fn plain(model: &mut Model, code: KeyCode, effects: &mut Vec<Effect>) {
    let page = isize::try_from(view::log_rows(model).saturating_sub(1).max(1)).unwrap_or(1);
    match code {
        KeyCode::Char(c) => insert(model, c.encode_utf8(&mut [0; 4])),
        KeyCode::Enter => enter(model, effects),
        KeyCode::Tab => completion::step(model, false),
        KeyCode::BackTab => completion::step(model, true),
        KeyCode::Backspace => model.line_mut().delete_left(),
        KeyCode::Delete => model.line_mut().delete_right(),
        KeyCode::Left => model.line_mut().left(),
        KeyCode::Right => model.line_mut().right(),
        KeyCode::Home => model.line_mut().home(),
        KeyCode::End => model.line_mut().end(),
        KeyCode::Up => up(model),
        KeyCode::Down => down(model),
        KeyCode::PageUp => scroll(model, page, effects),
        KeyCode::PageDown => scroll(model, -page, effects),
        KeyCode::Esc => model.room_mut().search = None,
        KeyCode::F(1) => crate::commands::run(model, "help", "", effects),
        _ => {}
    }
}

/// To the row above in a text of several rows; from the first row, to the previous text of the history.
fn up(model: &mut Model) {
    let (line, history) = model.line_and_history();
    if !line.up() {
        line.older(history);
    }
}

fn down(model: &mut Model) {
    let (line, history) = model.line_and_history();
    if !line.down() {
        line.newer(history);
    }
}

fn control(model: &mut Model, code: KeyCode, effects: &mut Vec<Effect>) {
    let (line, history) = model.line_and_history();
    match code {
        KeyCode::Char('a') => line.home(),
        KeyCode::Char('e') => line.end(),
        KeyCode::Char('b') => line.left(),
        KeyCode::Char('f') => line.right(),
        KeyCode::Char('h') => line.delete_left(),
        KeyCode::Char('d') => line.delete_right(),
        KeyCode::Char('w') | KeyCode::Backspace => line.kill_word_left(history),
        KeyCode::Char('u') => line.kill_to_start(history),
        KeyCode::Char('k') => line.kill_to_end(history),
        KeyCode::Char('y') => {
            let cut = model.history.cut.clone();
            insert(model, &cut);
        }
        KeyCode::Char('j' | 'm') => enter(model, effects),
        KeyCode::Left => line.word_left(),
        KeyCode::Right => line.word_right(),
        KeyCode::Delete => line.kill_word_right(history),
        KeyCode::Char('n') | KeyCode::PageDown => {
            show(model, (model.shown + 1) % model.rooms.len())
        }
        KeyCode::Char('p') | KeyCode::PageUp => {
            let count = model.rooms.len();
            show(model, (model.shown + count - 1) % count);
        }
        KeyCode::End => scroll(model, isize::MIN / 2, effects),
        KeyCode::Home => scroll(model, isize::MAX / 2, effects),
        KeyCode::Char('r') => go_to_find(model, Way::Older),
        KeyCode::Char('l') => effects.push(Effect::Redraw),
        KeyCode::Char('z') => effects.push(Effect::Suspend),
        KeyCode::Char('c') => interrupt(model, effects),
        _ => {}
    }
}

fn alt(model: &mut Model, code: KeyCode, effects: &mut Vec<Effect>) {
    let (line, history) = model.line_and_history();
    match code {
        KeyCode::Char('b') | KeyCode::Left => line.word_left(),
        KeyCode::Char('f') | KeyCode::Right => line.word_right(),
        KeyCode::Char('d') => line.kill_word_right(history),
        KeyCode::Backspace => line.kill_word_left(history),
        KeyCode::Enter => insert(model, "\n"),
        KeyCode::Char('r') => go_to_find(model, Way::Newer),
        KeyCode::Char('l') => effects.push(Effect::Bare(view::bare(model))),
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

/// Ctrl-C cuts the text, so that Ctrl-Y and Up bring it back. On an empty line, pressing it twice ends the
/// program.
fn interrupt(model: &mut Model, effects: &mut Vec<Effect>) {
    if !model.line().text().is_empty() {
        let (line, history) = model.line_and_history();
        return line.kill_all(history);
    }
    match model.leaving_at {
        Some(at) if model.now < at + LEAVING_MS => effects.push(Effect::Quit),
        _ => {
            model.leaving_at = Some(model.now);
            model.note(Tone::Plain, "Press Ctrl-C again or type /quit to leave.");
        }
    }
}
