//! The text that is being written.

use crossterm::event::{KeyCode, KeyModifiers};

use super::{Chat, label};
use crate::effect::Effect;
use crate::event::{Event, Request};
use crate::model::RoomLabel;

#[test]
fn tab_completes_nicks_rooms_commands_and_emoji_and_goes_round() {
    let mut chat = Chat::in_lobby(0);
    chat.hear("lobby", 1, "benno", "hi");
    chat.keys("b");
    assert_eq!(chat.tab(), "@benno ", "who spoke comes first");
    assert_eq!(chat.tab(), "@bo ");
    assert_eq!(chat.tab(), "@benno ");
    chat.press(KeyCode::BackTab, KeyModifiers::NONE);
    assert_eq!(chat.model.line().text(), "@bo ");
    chat.keys("and @be");
    assert_eq!(chat.tab(), "@bo and @benno ");
    for (written, completed) in [
        ("/hi", "/history "),
        ("/leave lo", "/leave lobby "),
        ("/ignore be", "/ignore benno "),
        ("in #lo", "in #lobby "),
        ("yes :tad", "yes 🎉"),
        ("no :D", "no :D"),
        ("zzz", "zzz"),
    ] {
        chat.model.line_mut().set(written);
        assert_eq!(chat.tab(), completed);
    }
}

#[test]
fn ctrl_c_takes_the_line_first_and_leaves_when_it_comes_twice() {
    let mut chat = Chat::in_lobby(0);
    chat.keys("draft");
    chat.press(KeyCode::Char('c'), KeyModifiers::CONTROL);
    assert_eq!(chat.model.line().text(), "");
    chat.press(KeyCode::Char('c'), KeyModifiers::CONTROL);
    assert!(!chat.effects.contains(&Effect::Quit));
    chat.press(KeyCode::Char('c'), KeyModifiers::CONTROL);
    assert!(chat.effects.contains(&Effect::Quit));
}

#[test]
fn a_completion_before_a_space_makes_no_second_one() {
    let mut chat = Chat::in_lobby(0);
    chat.keys("hi  b is here");
    chat.press(KeyCode::Home, KeyModifiers::NONE);
    (0..5).for_each(|_| chat.press(KeyCode::Right, KeyModifiers::NONE));
    assert_eq!(chat.tab(), "hi  @bo is here");
    chat.keys("x");
    assert_eq!(chat.model.line().text(), "hi  @bo xis here", "the cursor is behind the space");
}

#[test]
fn ctrl_c_throws_nothing_away_for_good() {
    let mut chat = Chat::in_lobby(0);
    chat.keys("a paragraph");
    chat.press(KeyCode::Char('c'), KeyModifiers::CONTROL);
    assert_eq!(chat.model.line().text(), "");
    chat.press(KeyCode::Char('y'), KeyModifiers::CONTROL);
    assert_eq!(chat.model.line().text(), "a paragraph");
    chat.press(KeyCode::Char('c'), KeyModifiers::CONTROL);
    chat.press(KeyCode::Up, KeyModifiers::NONE);
    assert_eq!(chat.model.line().text(), "a paragraph");
}

#[test]
fn every_room_keeps_what_is_being_written_in_it() {
    let mut chat = Chat::in_lobby(0);
    chat.write("/join tea");
    chat.joined("tea", 0);
    chat.keys("for tea");
    chat.effects.clear();
    chat.press(KeyCode::Char('2'), KeyModifiers::ALT);
    assert_eq!(chat.model.line().text(), "", "it does not come along");
    chat.keys("for the lobby");
    chat.press(KeyCode::Char('p'), KeyModifiers::CONTROL);
    chat.press(KeyCode::Char('3'), KeyModifiers::ALT);
    assert_eq!(chat.model.line().text(), "for tea");
    let typing = |room: &str| Effect::Typing(label(room));
    assert!(!chat.effects.contains(&typing("tea")), "looking at a draft is not writing");
    chat.press(KeyCode::Enter, KeyModifiers::NONE);
    assert!(
        matches!(chat.effects.last(), Some(Effect::Send { room, .. }) if *room == label("tea"))
    );
    chat.press(KeyCode::Char('2'), KeyModifiers::ALT);
    chat.press(KeyCode::Up, KeyModifiers::NONE);
    assert_eq!(chat.model.line().text(), "for tea", "the past is one");
    chat.press(KeyCode::Down, KeyModifiers::NONE);
    assert_eq!(chat.model.line().text(), "for the lobby");
}

#[test]
fn what_was_being_written_in_a_room_that_goes_is_in_the_past() {
    let mut chat = Chat::in_lobby(0);
    chat.write("/join tea");
    chat.keys("said too early");
    let why = "there are too many rooms".into();
    chat.tell(Event::Refused {
        room: Some(RoomLabel::named("tea")),
        request: Request::Join,
        why,
        suggestion: None,
    });
    chat.press(KeyCode::Up, KeyModifiers::NONE);
    assert_eq!(chat.model.line().text(), "said too early");
}

#[test]
fn what_a_paste_has_too_much_is_told() {
    let mut chat = Chat::in_lobby(0);
    chat.tell(Event::Paste("x".repeat(70_000)));
    assert!(chat.note().contains("4464 bytes did not fit"), "{}", chat.note());
    let before = chat.model.room().entries.len();
    chat.keys("y");
    assert_eq!(chat.model.room().entries.len(), before, "one key is not worth a sentence");
    assert!(chat.model.line().is_full(), "the status bar says it");
}

#[test]
fn a_paste_loses_its_colours_and_tells_of_broken_letters() {
    let mut chat = Chat::in_lobby(0);
    chat.tell(Event::Paste("\u{1b}[31merror\u{1b}[0m\tone".into()));
    assert_eq!(chat.model.line().text(), "error\tone");
    let before = chat.model.room().entries.len();
    chat.tell(Event::Paste("caf\u{fffd}".into()));
    assert!(chat.note().contains("not UTF-8"), "{}", chat.note());
    assert_eq!(chat.model.room().entries.len(), before + 1);
}

#[test]
fn a_paste_of_several_lines_is_one_message() {
    let mut chat = Chat::in_lobby(0);
    chat.tell(Event::Paste("one\r\ntwo".into()));
    chat.press(KeyCode::Enter, KeyModifiers::NONE);
    assert_eq!(chat.sent().1, "one\ntwo");
}
