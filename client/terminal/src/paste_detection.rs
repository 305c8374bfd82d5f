//! Pastes that the terminal does not mark as such: keys that come faster than anybody types.
//!
//! Without this, each line of such a paste would be sent, or run as a command, before the person has seen it.
//! `run` passes in the keys, and reports a pause.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::event::Event;

/// Nobody types on so soon after Enter, and nobody notices that Enter takes this long.
pub(crate) const PAUSE: Duration = Duration::from_millis(10);

/// Keys that may turn out to be a paste. The first is a newline or a tab, since these act when they are
/// typed.
#[derive(Debug, Default)]
pub(crate) struct PasteDetector {
    held: Vec<KeyEvent>,
    /// The terminal marks pastes: then all keys are typed.
    marks: bool,
}

impl PasteDetector {
    /// Adds a key, and returns the events that are certain by now.
    pub(crate) fn key(&mut self, key: KeyEvent) -> Vec<Event> {
        let may_begin = |c: char| !self.marks && (c == '\n' || c == '\t');
        if sign(key).is_some_and(|c| !self.held.is_empty() || may_begin(c)) {
            self.held.push(key);
            return Vec::new();
        }
        let mut events = self.pause();
        events.push(Event::Key(key));
        events
    }

    /// The terminal has marked a paste itself.
    pub(crate) fn marked(&mut self) {
        self.marks = true;
    }

    /// Whether keys are held back until a pause.
    pub(crate) fn is_waiting(&self) -> bool {
        !self.held.is_empty()
    }

    /// No key has come for a while. Newlines with nothing behind them were typed.
    pub(crate) fn pause(&mut self) -> Vec<Event> {
        let held = std::mem::take(&mut self.held);
        let text: String = held.iter().filter_map(|key| sign(*key)).collect();
        match text.trim().is_empty() {
            true => held.into_iter().map(Event::Key).collect(),
            false => vec![Event::Paste(text)],
        }
    }
}

/// The character that a key puts into a text.
fn sign(key: KeyEvent) -> Option<char> {
    let is_plain = (key.modifiers - KeyModifiers::SHIFT).is_empty();
    match key.code {
        KeyCode::Enter if is_plain => Some('\n'),
        KeyCode::Char('j') if key.modifiers == KeyModifiers::CONTROL => Some('\n'),
        KeyCode::Tab if is_plain => Some('\t'),
        KeyCode::Char(c) if is_plain => Some(c),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

    use super::PasteDetector;
    use crate::event::Event;

    /// The events that keys become; `|` is a pause.
    fn told(keys: &str) -> String {
        let mut pastes = PasteDetector::default();
        let mut told = String::new();
        for c in keys.chars() {
            let key = |code| KeyEvent::new(code, KeyModifiers::NONE);
            let events = match c {
                '|' => pastes.pause(),
                '\n' => pastes.key(key(KeyCode::Enter)),
                '\t' => pastes.key(key(KeyCode::Tab)),
                '¶' => {
                    pastes.marked();
                    Vec::new()
                }
                '↑' => pastes.key(key(KeyCode::Up)),
                c => pastes.key(key(KeyCode::Char(c))),
            };
            for event in events {
                match event {
                    Event::Key(key) => told += &format!("{} ", key.code),
                    Event::Paste(text) => told += &format!("{text:?} "),
                    other => panic!("{other:?}"),
                }
            }
        }
        assert_eq!(pastes.is_waiting(), !pastes.pause().is_empty());
        told.trim_end().to_owned()
    }

    #[test]
    fn what_is_typed_stays_keys() {
        assert_eq!(told("hi\n|"), "h i Enter");
        assert_eq!(told("hi\n|x"), "h i Enter x");
        assert_eq!(told("\n\n|"), "Enter Enter", "a key that is held down");
        assert_eq!(told("a\t|"), "a Tab");
        assert_eq!(told("\n↑|"), "Enter Up");
        assert_eq!(told("a\n"), "a", "Enter waits");
    }

    #[test]
    fn where_pastes_are_marked_nothing_waits() {
        assert_eq!(told("¶a\nb\tc\n"), "a Enter b Tab c Enter");
    }

    #[test]
    fn what_comes_at_once_is_a_paste() {
        assert_eq!(told("one\ntwo\n|"), r#"o n e "\ntwo\n""#);
        assert_eq!(told("a\tb\n|c"), r#"a "\tb\n" c"#);
        assert_eq!(told("\n\n  x\n↑"), r#""\n\n  x\n" Up"#);
    }
}
