//! Messages that arrive, what is read, and who is there.

use crossterm::event::{KeyCode, KeyModifiers};
use throng_protocol::{Cid, LogEntry, Message, User};

use super::{CID, Chat, id_of, label, message, person};
use crate::effect::Effect;
use crate::event::{Change, Event};

#[test]
fn what_is_said_elsewhere_counts_and_looking_there_clears_it() {
    let mut chat = Chat::in_lobby(2);
    chat.hear("lobby", 2, "bo", "@ana: before you came");
    chat.write("/join tea");
    chat.hear("lobby", 3, "bo", "hello");
    chat.hear("lobby", 4, "bo", "@Ana, are you there?");
    chat.hear("lobby", 5, "bo", "banana");
    assert_eq!((chat.model.rooms[1].unread, chat.model.rooms[1].mentions), (3, 1));
    assert_eq!(chat.effects.iter().filter(|effect| **effect == Effect::Bell).count(), 1);
    assert_eq!(chat.model.title(), "(1) #tea · throng");
    chat.press(KeyCode::Char('a'), KeyModifiers::ALT);
    assert_eq!(chat.model.room().name, "lobby");
    assert_eq!((chat.model.room().unread, chat.model.mentions()), (0, 0));
    assert_eq!(chat.model.title(), "#lobby · throng");
}

#[test]
fn a_terminal_without_focus_sees_nothing() {
    let mut chat = Chat::in_lobby(0);
    chat.tell(Event::Focus(false));
    chat.hear("lobby", 1, "bo", "@ana?");
    assert_eq!(chat.model.title(), "(1) #lobby · throng");
    chat.tell(Event::Focus(true));
    assert_eq!(chat.model.title(), "#lobby · throng");
}

#[test]
fn what_the_help_covers_is_not_read() {
    let mut chat = Chat::in_lobby(0);
    chat.write("/help");
    chat.hear("lobby", 1, "bo", "@ana?");
    assert_eq!(chat.model.mentions(), 1);
    chat.press(KeyCode::Esc, KeyModifiers::NONE);
    assert_eq!(chat.model.mentions(), 0);
}

#[test]
fn scrolling_up_loads_what_is_missing_once_and_fills_it_in_order() {
    let mut chat = Chat::in_lobby(100);
    chat.tell(Event::Resize(80, 24));
    (90..=100).for_each(|seq| chat.hear("lobby", seq, "bo", "text"));
    chat.press(KeyCode::PageUp, KeyModifiers::NONE);
    chat.press(KeyCode::PageUp, KeyModifiers::NONE);
    let load = Effect::History { room: label("lobby"), before: 90 };
    chat.effects.retain(|effect| *effect != Effect::Redraw);
    assert_eq!(chat.effects, [load], "asked once while it is on its way");
    chat.page(90, (40..90).map(|seq| message("lobby", seq, "bo", "older")), true);
    assert_eq!(chat.seqs(), (40..=100).collect::<Vec<u64>>());
    assert_eq!(chat.model.room().missing_before(0), Some((1, 39)));
}

#[test]
fn entries_of_a_later_version_are_neither_shown_nor_missing() {
    let mut chat = Chat::in_lobby(9);
    chat.hear("lobby", 6, "bo", "six");
    // Seq 7 was an entry of a later version: the library moved its cursor past it.
    chat.hear("lobby", 8, "bo", "eight");
    assert_eq!(chat.model.room().missing_before(1), None);
    let later = |seq| {
        let json = format!(r#"{{"type":"later","room":"{}","seq":{seq}}}"#, id_of("lobby"));
        serde_json::from_str::<LogEntry>(&json).expect("an entry")
    };
    assert_eq!(chat.model.room().missing_before(0), Some((1, 5)));
    chat.entries(
        6,
        vec![later(3), LogEntry::Message(message("lobby", 4, "bo", "four")), later(5)],
        true,
    );
    assert_eq!(chat.seqs(), [4, 6, 8]);
    assert_eq!(chat.model.room().missing_before(1), None);
    assert_eq!(chat.model.room().missing_before(0), Some((1, 2)));
    chat.entries(3, vec![later(1), later(2)], false);
    assert_eq!(chat.model.room().missing_before(0), None, "nothing to load again and again");
}

#[test]
fn what_was_dropped_from_memory_can_be_loaded_again() {
    let mut chat = Chat::in_lobby(6_000);
    (1..=5_100).for_each(|seq| chat.hear("lobby", seq, "bo", "text"));
    assert_eq!(chat.model.room().missing_before(0), Some((1, 100)));
}

#[test]
fn a_hole_that_the_server_told_of_is_seen_and_filled() {
    let mut chat = Chat::in_lobby(2);
    chat.hear("lobby", 1, "bo", "one");
    chat.tell(Event::Gap {
        room: id_of("lobby"),
        first: 1,
        head: 9,
        missing: (2, 8),
        reset: false,
    });
    chat.hear("lobby", 9, "bo", "nine");
    assert_eq!(chat.model.room().missing_before(1), Some((2, 8)));
    chat.tell(Event::Wheel(3));
    assert!(chat.effects.contains(&Effect::History { room: label("lobby"), before: 9 }));
    chat.tell(Event::Gap {
        room: id_of("lobby"),
        first: 1,
        head: 3,
        missing: (10, 2),
        reset: true,
    });
    assert!(chat.seqs().is_empty(), "another log: the seqs mean other messages");
}

#[test]
fn who_scrolled_up_goes_on_seeing_the_same() {
    let mut chat = Chat::in_lobby(50);
    (1..=50).for_each(|seq| chat.hear("lobby", seq, "bo", "text"));
    chat.tell(Event::Wheel(5));
    chat.hear("lobby", 51, "bo", "text");
    assert_eq!(crate::view::hidden_rows(&chat.model), 7, "with the rule of what is new");
    assert_eq!(chat.model.room().unread, 1);
    chat.tell(Event::Wheel(-10));
    assert_eq!((chat.model.room().place, chat.model.room().unread), (None, 0));
}

#[test]
fn a_place_goes_with_what_stands_there() {
    let mut chat = Chat::in_lobby(0);
    chat.tell(Event::Paste("a text of many rows ".repeat(60)));
    chat.press(KeyCode::Enter, KeyModifiers::NONE);
    chat.tell(Event::Wheel(3));
    assert_eq!(crate::view::hidden_rows(&chat.model), 3);
    let (key, text, _) = chat.sent();
    let cid = Cid::parse(CID).expect("a cid");
    chat.tell(Event::CidAssigned { key, cid });
    chat.tell(Event::Message(Message { cid, ..message("lobby", 1, "ana", &text) }));
    assert_eq!(crate::view::hidden_rows(&chat.model), 3, "its message took its place");
    chat.tell(Event::Gap { room: id_of("lobby"), first: 1, head: 1, missing: (1, 1), reset: true });
    assert_eq!(chat.model.room().place, None, "it is gone");
}

#[test]
fn who_writes_is_shown_until_they_have_spoken_or_time_has_passed() {
    let mut chat = Chat::in_lobby(0);
    let who = || vec!["bo".into(), "ana".into(), "cy".into()];
    chat.tell(Event::Typing { room: id_of("lobby"), who: who() });
    let writers = |chat: &Chat| -> Vec<String> {
        chat.model.room().typing.iter().map(|(nick, _)| nick.clone()).collect()
    };
    assert_eq!(writers(&chat), ["bo", "cy"], "not we ourselves");
    chat.hear("lobby", 1, "bo", "done");
    assert_eq!(writers(&chat), ["cy"]);
    chat.now += 6_000;
    chat.tell(Event::Tick);
    assert!(writers(&chat).is_empty());
    chat.effects.clear();
    chat.keys("h");
    assert_eq!(chat.effects, [Effect::Typing(label("lobby"))]);
    chat.effects.clear();
    chat.model.line_mut().set("");
    chat.keys("/j");
    assert!(chat.effects.is_empty(), "a command is nobody's business");
}

#[test]
fn members_come_and_go_and_a_crowd_is_a_count() {
    let mut chat = Chat::in_lobby(0);
    let nicks = |chat: &Chat| -> Vec<String> {
        chat.model.room().people.sample.iter().map(|member| member.nick.clone()).collect()
    };
    let change = Change::Moved { joined: vec![person("Cy")], left: vec![person("bo").id] };
    chat.tell(Event::Members { room: id_of("lobby"), count: 2, away: 0, change });
    assert_eq!(nicks(&chat), ["ana", "Cy"]);
    chat.tell(Event::Members {
        room: id_of("lobby"),
        count: 9_000,
        away: 0,
        change: Change::Count,
    });
    assert_eq!((nicks(&chat).len(), chat.model.room().people.count), (2, 9_000));
    let renamed = User { nick: "anabel".into(), ..person("ana") };
    let change = Change::Moved { joined: vec![renamed], left: Vec::new() };
    chat.tell(Event::Members { room: id_of("lobby"), count: 2, away: 0, change });
    assert_eq!(chat.model.me.as_ref().map(|me| me.nick.as_str()), Some("anabel"));
}
