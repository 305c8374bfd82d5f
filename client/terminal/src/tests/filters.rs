//! `/filter`: what it asks for, and how filters are shown.

use throng_protocol::{
    AddFilter, AskWhy, Filter, FilterAction, FilterKind, FiltersOk, RemoveFilter, Role,
};

use super::{Chat, id_of, label};
use crate::effect::{Act, Effect};
use crate::event::Event;

#[test]
fn filters_are_made_listed_tried_and_removed() {
    let mut chat = Chat::in_lobby(0);
    let room = label("lobby").to_ask();
    let words = AddFilter::new(FilterKind::Words, "casino, buy now");
    for (line, filter) in [
        ("/filter add words casino, buy now", words.clone()),
        ("/filter add words casino, buy now -- no advertising", words.reason("no advertising")),
        ("/filter add links", AddFilter::new(FilterKind::Links, "")),
        (
            "/filter add links -- none here",
            AddFilter::new(FilterKind::Links, "").reason("none here"),
        ),
        (
            "/filter here add report pattern a--b -- -- look",
            AddFilter::new(FilterKind::Pattern, "a--b --")
                .action(FilterAction::Report)
                .reason("look")
                .in_room(room.clone()),
        ),
    ] {
        chat.write(line);
        assert_eq!(chat.effects.pop(), Some(Effect::AddFilter(filter)), "{line}: {}", chat.note());
    }
    for (line, room, after) in [
        ("/filter", None, None),
        ("/filters here", Some(label("lobby")), None),
        ("/filter 7", None, Some(7)),
    ] {
        chat.write(line);
        assert_eq!(chat.effects.pop(), Some(Effect::Filters { room, after }), "{line}");
    }
    chat.write("/filter remove 3 too strict");
    let Some(Effect::Act { act: Act::RemoveFilter(it), .. }) = chat.effects.pop() else {
        panic!("{}", chat.note())
    };
    assert_eq!(it, RemoveFilter { number: 3, reason: "too strict".into() });
    chat.write("/filter test see https://example.com");
    let (command, text) = ("send".to_owned(), Some("see https://example.com".to_owned()));
    let ask = AskWhy { command, room: Some(room), person: None, text };
    assert_eq!(chat.effects.pop(), Some(Effect::Why(ask)));
    for (line, words) in [
        ("/filter add colours red", "words, pattern, links, domains"),
        ("/filter remove all", "/filter remove 3"),
        ("/filter burn", "neither add, remove, test"),
        ("/filter test", "/filter test"),
    ] {
        chat.write(line);
        assert!(chat.note().contains(words), "{line}: {}", chat.note());
        assert_eq!(chat.effects, []);
    }
}

#[test]
fn filters_are_shown_as_sentences_that_drive_no_terminal() {
    let mut chat = Chat::in_lobby(0);
    let filter = |kind, text: &str| Filter {
        number: 3,
        made: 0,
        by: None,
        by_name: "ana".into(),
        room: Some(id_of("lobby")),
        kind,
        text: text.into(),
        action: FilterAction::Refuse,
        exempt: Role::Moderator,
        reason: "no\u{1b}[2J spam".into(),
    };
    let filters = vec![
        filter(FilterKind::Words, "casino"),
        filter(FilterKind::Links, ""),
        filter(FilterKind::Links, "example.org"),
        Filter { action: FilterAction::Report, ..filter(FilterKind::Domains, "evil.example") },
    ];
    chat.tell(Event::Filters {
        room: Some(label("lobby")),
        page: FiltersOk { filters, more: true },
    });
    let note = chat.note();
    for part in [
        "3  refuses the words casino, below the role moderator  (ana: no",
        "refuses links, below",
        "refuses links to anywhere but example.org",
        "reports the domains evil.example",
        "/filter here 3",
    ] {
        assert!(note.contains(part), "{part}: {note}");
    }
    assert!(!note.contains('\u{1b}'), "{note:?}");
    chat.tell(Event::Filters { room: None, page: FiltersOk { filters: vec![], more: false } });
    assert!(chat.note().contains("no filters on the whole server"), "{}", chat.note());
}
