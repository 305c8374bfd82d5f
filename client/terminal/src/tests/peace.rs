//! Keeping somebody away, and reports.

use throng_protocol::{Distance, KeepAway, Report, ReportMade, Reported, ReportsOk, Settle};

use super::{Chat, id_of, label, person};
use crate::effect::{Act, Effect};
use crate::event::Event;

fn act(chat: &mut Chat) -> Act {
    match chat.effects.pop() {
        Some(Effect::Act { act, .. }) => act,
        other => panic!("{other:?}: {}", chat.note()),
    }
}

#[test]
fn somebody_is_blocked_and_let_in_again() {
    let mut chat = Chat::in_lobby(0);
    for (line, distance) in [("/block @eve", Distance::Block), ("/unblock eve", Distance::None)] {
        chat.write(line);
        let Act::KeepAway(KeepAway { person, distance: asked }) = act(&mut chat) else {
            panic!("{line}")
        };
        assert_eq!((person.trim_start_matches('@'), asked), ("eve", distance));
    }
    chat.write("/block");
    assert!(chat.note().contains("/block eve"), "{}", chat.note());
}

#[test]
fn the_newest_message_of_somebody_is_reported() {
    let mut chat = Chat::in_lobby(0);
    for (seq, nick) in [(1, "eve"), (2, "eve"), (3, "bo")] {
        chat.hear("lobby", seq, nick, "buy a watch");
    }
    chat.write("/report @eve sells watches");
    let Act::Report(Report { seq, reason, .. }) = act(&mut chat) else { panic!("{}", chat.note()) };
    assert_eq!((seq, &*reason), (2, "sells watches"));
    chat.write("/report cy sells watches");
    assert!(chat.note().contains("cy has said nothing here"), "{}", chat.note());
    chat.write("/report eve");
    assert!(chat.note().contains("Say what is wrong"), "{}", chat.note());
}

#[test]
fn reports_are_listed_and_settled() {
    let mut chat = Chat::in_lobby(0);
    chat.tell(Event::Reported(ReportMade { number: 3, room: id_of("lobby") }));
    assert!(chat.note().contains("in #lobby was reported"), "{}", chat.note());
    chat.write("/reports here 9");
    let asked = chat.effects.pop();
    assert_eq!(asked, Some(Effect::Reports { room: Some(label("lobby")), before: Some(9) }));
    let report = Reported {
        number: 3,
        at: 0,
        by: Some(person("bo")),
        reason: "sells \u{1b}watches".into(),
        room: id_of("lobby"),
        seq: 2,
        from: person("eve"),
        text: "buy a watch".into(),
        outcome: None,
    };
    let page = ReportsOk { reports: vec![report], more: true };
    chat.tell(Event::Reports { room: None, page });
    let note = chat.note();
    for part in ["3  eve in #lobby: buy a watch", "bo: sells", "/reports 3", "/settle NUMBER"] {
        assert!(note.contains(part), "{part}: {note}");
    }
    assert!(!note.contains('\u{1b}'), "{note:?}");
    chat.write("/settle 3 a word was enough");
    let Act::Settle(Settle { number, words }) = act(&mut chat) else { panic!("{}", chat.note()) };
    assert_eq!((number, &*words), (3, "a word was enough"));
    chat.write("/settle three now");
    assert!(chat.note().contains("/settle 3"), "{}", chat.note());
}
