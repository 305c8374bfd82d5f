//! Commands, and texts that only look like one.

use crossterm::event::{KeyCode, KeyModifiers};

use throng_protocol::{LinkOk, Role, RoomInfo};

use super::{Chat, id_of, label, message};
use crate::effect::Effect;
use crate::event::{Event, Request};
use crate::model::RoomLabel;

#[test]
fn an_unknown_command_suggests_the_nearest_and_each_has_help() {
    let mut chat = Chat::in_lobby(0);
    chat.write("/jion tea");
    assert_eq!(chat.note(), "There is no command /jion. Did you mean /join? /help lists all.");
    chat.write("/xyzzy");
    assert_eq!(chat.note(), "There is no command /xyzzy. /help lists all.");
    chat.write("/help");
    assert_eq!(chat.model.help_top(), Some(0));
    let all: Vec<String> =
        crate::commands::help_text(Role::Owner).into_iter().map(|(left, _)| left).collect();
    for command in crate::commands::COMMANDS {
        let has = |line: &String| line.starts_with(&format!("/{}", command.name));
        assert!(all.iter().any(has), "{}", command.name);
        chat.write(&format!("/help {}", command.name));
        assert!(chat.note().starts_with(&format!("/{}", command.name)));
    }
    assert!(chat.effects.iter().all(|effect| !matches!(effect, Effect::Send { .. })));
}

#[test]
fn a_slash_is_lost_only_where_it_kept_a_text_from_being_a_command() {
    for (written, said) in [
        ("//me waves", "/me waves"),
        ("//join", "/join"),
        ("//jion tea", "/jion tea"),
        ("//?", "/?"),
        ("// me waves", "// me waves"),
        ("//host/path", "//host/path"),
        ("//etc/hosts", "//etc/hosts"),
        ("///me", "///me"),
        ("//", "//"),
        ("/etc/hosts", "/etc/hosts"),
        ("/ slash", "/ slash"),
        ("/привет", "/привет"),
    ] {
        let mut chat = Chat::in_lobby(0);
        chat.write(written);
        assert_eq!(chat.sent().1, said, "{written:?}");
    }
}

#[test]
fn a_paste_of_several_lines_runs_no_command() {
    let mut chat = Chat::in_lobby(0);
    chat.tell(Event::Paste("/quit\nmore".into()));
    chat.press(KeyCode::Enter, KeyModifiers::NONE);
    assert!(!chat.effects.contains(&Effect::Quit));
    assert_eq!(chat.sent().1, "/quit\nmore");
    chat.tell(Event::Paste("//quit\nmore".into()));
    chat.press(KeyCode::Enter, KeyModifiers::NONE);
    assert_eq!(chat.sent().1, "//quit\nmore", "nothing was to be kept from running");
}

#[test]
fn an_action_is_said_with_me() {
    let mut chat = Chat::in_lobby(0);
    let action = |chat: &Chat| match chat.effects.last() {
        Some(Effect::Send { is_action: true, text, .. }) => text.clone(),
        other => panic!("{other:?}"),
    };
    chat.write("/ME waves");
    assert_eq!(action(&chat), "waves");
    chat.tell(Event::Paste("/me waves\nand goes".into()));
    chat.press(KeyCode::Enter, KeyModifiers::NONE);
    assert_eq!(action(&chat), "waves\nand goes");
    chat.write("/me");
    assert!(chat.note().contains("/me waves"));
}

#[test]
fn rooms_are_joined_shown_and_left() {
    let mut chat = Chat::in_lobby(0);
    chat.write("/join #Tea");
    assert!(chat.effects.contains(&Effect::Join(RoomLabel::named("Tea"))));
    chat.joined("tea", 0);
    assert_eq!(chat.model.rooms.len(), 3, "the server's spelling is no other room");
    assert_eq!(chat.model.room().name, "tea");
    chat.write("/join LOBBY");
    assert_eq!(chat.model.room().name, "lobby");
    chat.write("/leave tea");
    assert!(chat.effects.contains(&Effect::Leave(label("tea"))));
    chat.joined("tea", 0);
    assert_eq!(chat.model.rooms.len(), 2, "an answer that comes late does not bring it back");
    chat.write("/leave");
    assert_eq!((chat.model.rooms.len(), chat.model.shown), (1, 0));
    chat.write("/leave");
    assert!(chat.note().contains("/quit"));
    chat.write("hello");
    assert!(chat.note().contains("/join lobby"), "nobody reads on the server's page");
    chat.write("/join a:b");
    assert!(chat.note().contains("cannot be in a name"), "{}", chat.note());
}

#[test]
fn two_names_of_one_room_have_one_page() {
    let mut chat = Chat::in_lobby(0);
    chat.write("/join l0bby");
    assert_eq!(chat.model.rooms.len(), 3, "here it is another name");
    chat.write("said too early");
    let (key, ..) = chat.sent();
    let asked = RoomLabel::named("l0bby");
    chat.tell(Event::JoinAnswered { asked, room: label("lobby") });
    assert_eq!(chat.model.rooms.len(), 2, "the server says that it is the same");
    assert_eq!((chat.model.shown, chat.model.room().name.as_str()), (1, "lobby"));
    chat.tell(Event::Sent { key });
    assert_eq!(chat.model.room().outgoing.len(), 1, "what was said there is here");
    chat.hear("lobby", 1, "bo", "hello");
    assert_eq!(chat.seqs(), [1]);
}

#[test]
fn a_room_is_joined_by_its_id_and_shown_by_its_name() {
    let mut chat = Chat::in_lobby(0);
    let id = id_of("tea");
    let by_id = RoomLabel { id: Some(id), name: id.to_string() };
    chat.write(&format!("/join {id}"));
    assert!(chat.effects.contains(&Effect::Join(by_id.clone())));
    chat.tell(Event::JoinAnswered { asked: by_id, room: label("tea") });
    chat.joined("tea", 0);
    assert_eq!(chat.model.room().name, "tea");
    chat.write(&format!("/join #{id}"));
    let named = RoomLabel::named(&id.to_string());
    assert!(chat.effects.contains(&Effect::Join(named)), "with the sign it is a name");
}

#[test]
fn a_room_that_the_server_has_forgotten_goes_on_under_its_new_id() {
    let mut chat = Chat::in_lobby(0);
    chat.keys("half a sentence");
    chat.tell(Event::Left { room: id_of("lobby") });
    let again = RoomLabel { id: Some(id_of("another")), name: "lobby".into() };
    let members = throng_protocol::MemberSample {
        version: 1,
        count: 1,
        sample: Vec::new(),
        ..throng_protocol::MemberSample::default()
    };
    let info = RoomInfo::public(id_of("another"), "lobby");
    chat.tell(Event::Joined {
        room: again.clone(),
        info,
        description: String::new(),
        first: 1,
        head: 0,
        members,
    });
    assert_eq!((chat.model.rooms.len(), chat.model.line().text()), (2, "half a sentence"));
    chat.tell(Event::Message(message("another", 1, "bo", "hello")));
    chat.hear("lobby", 2, "bo", "from a room that is gone");
    assert_eq!(chat.seqs(), [1]);
    chat.press(KeyCode::Char('u'), KeyModifiers::CONTROL);
    chat.write("/leave");
    assert!(chat.effects.contains(&Effect::Leave(again)));
}

#[test]
fn a_refused_room_goes_away_with_a_sentence() {
    let mut chat = Chat::in_lobby(0);
    chat.write("/join tea");
    let why = "there are too many rooms\u{202e}".into();
    chat.tell(Event::Refused {
        room: Some(RoomLabel::named("tea")),
        request: Request::Join,
        why,
        suggestion: None,
    });
    assert_eq!(chat.model.rooms.len(), 2);
    assert_eq!(chat.note(), "#tea: there are too many rooms");
}

#[test]
fn a_name_with_a_space_is_offered_with_hyphens_and_taken_with_enter() {
    let mut chat = Chat::in_lobby(0);
    let enter = |chat: &mut Chat| chat.press(KeyCode::Enter, KeyModifiers::NONE);
    chat.write("/nick Ana Maria");
    assert!(chat.note().contains("Press Enter to take \"Ana-Maria\""), "{}", chat.note());
    assert!(!chat.effects.iter().any(|effect| matches!(effect, Effect::Rename(_))));
    enter(&mut chat);
    assert_eq!(chat.effects.pop(), Some(Effect::Rename("Ana-Maria".into())));
    enter(&mut chat);
    assert_eq!(chat.effects.pop(), None, "once");
    chat.write("/join the tea room");
    chat.keys("x");
    chat.press(KeyCode::Backspace, KeyModifiers::NONE);
    chat.effects.clear();
    enter(&mut chat);
    assert_eq!(chat.effects, [], "another key was an answer, too");
    chat.write("/join the tea room");
    enter(&mut chat);
    assert_eq!(chat.effects.pop(), Some(Effect::Join(RoomLabel::named("the-tea-room"))));
}

#[test]
fn help_is_leafed_through_and_every_other_key_goes_on() {
    let mut chat = Chat::in_lobby(0);
    chat.tell(Event::Resize(80, 24));
    chat.write("/help");
    chat.keys(" ");
    let second = chat.model.help_top().expect("still open");
    assert!(second > 0);
    chat.press(KeyCode::PageUp, KeyModifiers::NONE);
    assert_eq!(chat.model.help_top(), Some(0));
    (0..10).for_each(|_| chat.press(KeyCode::PageDown, KeyModifiers::NONE));
    assert_eq!(chat.model.help_top(), None, "the last page was left");
    chat.write("/help");
    chat.press(KeyCode::Esc, KeyModifiers::NONE);
    assert_eq!(chat.model.help_top(), None);
    chat.press(KeyCode::F(1), KeyModifiers::NONE);
    chat.keys("hi");
    assert_eq!((chat.model.help_top(), chat.model.line().text()), (None, "hi"));
}

#[test]
fn whom_one_ignores_is_not_seen_and_calls_nobody() {
    let mut chat = Chat::in_lobby(0);
    chat.hear("lobby", 1, "bo", "before");
    chat.write("/ignore @Bo");
    assert!(chat.effects.contains(&Effect::Keep));
    chat.write("/join tea");
    chat.effects.clear();
    chat.hear("lobby", 2, "bo", "@ana ana!");
    assert_eq!((chat.model.rooms[1].unread, chat.model.mentions()), (0, 0));
    assert!(!chat.effects.contains(&Effect::Bell));
    chat.press(KeyCode::Char('2'), KeyModifiers::ALT);
    chat.tell(Event::Typing { room: id_of("lobby"), who: vec!["bo".into(), "cy".into()] });
    assert_eq!(chat.model.room().typing.len(), 1, "only cy is shown as typing");
    // Under another nick it is the same person.
    let mut renamed = super::message("lobby", 3, "bo", "it is I");
    renamed.from.nick = "robert".into();
    chat.tell(Event::Message(renamed));
    assert_eq!(crate::view::bare(&chat.model).iter().filter(|line| line.contains(": ")).count(), 0);
    chat.write("/ignore");
    assert!(chat.note().contains("You ignore Bo."), "{}", chat.note());
    chat.write("/ignore ana");
    assert_eq!(chat.note(), "That is you.");
    chat.write("/unignore bo");
    let shown = crate::view::bare(&chat.model);
    assert!(shown.contains(&"robert: it is I".to_owned()), "{shown:?}");
    chat.write("/unignore bo");
    assert!(chat.note().contains("You do not ignore"), "{}", chat.note());
}

#[test]
fn clear_empties_the_screen_and_scrolling_up_brings_it_back() {
    let mut chat = Chat::in_lobby(0);
    (1..=30).for_each(|seq| chat.hear("lobby", seq, "bo", &format!("text {seq}")));
    chat.write("/clear");
    assert_eq!(crate::view::bare(&chat.model), Vec::<String>::new());
    chat.hear("lobby", 31, "bo", "after");
    assert_eq!(crate::view::bare(&chat.model), ["bo: after"]);
    chat.tell(Event::Wheel(3));
    let shown = crate::view::bare(&chat.model);
    assert!(shown.contains(&"bo: text 20".to_owned()), "{shown:?}");
}

#[test]
fn search_goes_from_find_to_find() {
    let mut chat = Chat::in_lobby(0);
    chat.tell(Event::Resize(80, 12));
    for seq in 1..=60 {
        let text = if seq % 20 == 0 { format!("the Kettle {seq}") } else { format!("text {seq}") };
        chat.hear("lobby", seq, "bo", &text);
    }
    let sees = |chat: &Chat, text: &str| {
        let shown = crate::view::bare(&chat.model);
        assert!(shown.iter().any(|line| line.contains(text)), "{text:?} in {shown:?}");
    };
    chat.write("/find kettle");
    sees(&chat, "Kettle 60");
    chat.write("/find");
    sees(&chat, "Kettle 40");
    chat.press(KeyCode::Char('r'), KeyModifiers::CONTROL);
    chat.press(KeyCode::Char('r'), KeyModifiers::CONTROL);
    sees(&chat, "Kettle 20");
    chat.press(KeyCode::Char('r'), KeyModifiers::ALT);
    sees(&chat, "Kettle 40");
    chat.press(KeyCode::Esc, KeyModifiers::NONE);
    assert_eq!(chat.model.room().search, None);
    let tall = format!("the teacup, and {}", "much more ".repeat(100));
    chat.hear("lobby", 61, "bo", &tall);
    chat.write("/find teacup");
    let below = crate::view::hidden_rows(&chat.model);
    assert!(below > 0, "its beginning is on the screen, not its end");
    chat.press(KeyCode::Esc, KeyModifiers::NONE);
    chat.write("/find teapot");
    assert!(chat.note().contains("61 loaded messages"), "{}", chat.note());
    chat.write("/find");
    assert!(chat.note().contains("For example"), "{}", chat.note());
}

#[test]
fn the_mouse_and_the_copy_are_the_terminals() {
    let mut chat = Chat::in_lobby(0);
    let address = format!("https://x.example/{}", "long/".repeat(60));
    chat.hear("lobby", 1, "bo", &address);
    chat.effects.clear();
    chat.write("/mouse");
    assert_eq!(chat.effects, [Effect::Keep, Effect::Mouse(false)]);
    chat.write("/mouse perhaps");
    assert!(chat.note().contains("neither on nor off"), "{}", chat.note());
    chat.write("/copy");
    let Some(Effect::Bare(lines)) = chat.effects.pop() else { panic!("{:?}", chat.effects) };
    assert_eq!(lines[0], format!("bo: {address}"), "in one piece");
}

#[test]
fn a_name_that_the_server_would_take_is_offered_too() {
    let mut chat = Chat::in_lobby(0);
    let refused = |chat: &mut Chat| {
        chat.tell(Event::Refused {
            room: None,
            request: Request::Nick,
            why: "no".into(),
            suggestion: Some("Ana-Maria\u{1b}".into()),
        });
    };
    chat.keys("half a sentence");
    refused(&mut chat);
    assert_eq!(chat.model.offer, None, "Enter says what stands there");
    chat.press(KeyCode::Char('u'), KeyModifiers::CONTROL);
    refused(&mut chat);
    assert!(chat.note().contains("Press Enter"), "{}", chat.note());
    assert_eq!(chat.model.offer.as_deref(), Some("/nick Ana-Maria␛"));
}

#[test]
fn a_code_for_another_device_comes_with_what_to_do() {
    let mut chat = Chat::in_lobby(0);
    chat.write("/device");
    assert!(chat.effects.contains(&Effect::DeviceCode));
    let link = LinkOk { code: "ABCDE-FGHJK".into(), expires_ms: 600_000 };
    chat.tell(Event::DeviceCode(link));
    for piece in ["10 minutes", "http://h:1/#device=ABCDE-FGHJK", "--code ABCDE-FGHJK", "nobody"] {
        assert!(chat.note().contains(piece), "{piece:?}: {}", chat.note());
    }
}

#[test]
fn no_two_commands_have_the_same_name() {
    let mut names = std::collections::HashSet::new();
    for command in crate::commands::COMMANDS {
        for name in std::iter::once(&command.name).chain(command.aliases) {
            assert!(names.insert(*name), "/{name} means two commands");
        }
    }
}
