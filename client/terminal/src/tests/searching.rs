//! Searching what was said.

use throng_protocol::{Hit, SearchMessages, SearchOk};

use super::{Chat, message};
use crate::effect::Effect;
use crate::event::Event;

fn hit(text: &str, room_name: Option<&str>) -> Hit {
    let (message, room_name) = (message("lobby", 1, "bo", text), room_name.map(str::to_owned));
    Hit { room_name, message, marks: Vec::new() }
}

fn words(query: &str) -> SearchMessages {
    SearchMessages { query: query.to_owned(), ..SearchMessages::default() }
}

fn searched(chat: &mut Chat, line: &str) -> Option<SearchMessages> {
    chat.write(line);
    match chat.effects.pop() {
        Some(Effect::Search(search)) => Some(search),
        _ => None,
    }
}

#[test]
fn hits_are_a_note_and_a_search_alone_goes_on() {
    let mut chat = Chat::in_lobby(0);
    let asked = searched(&mut chat, "/search red fox").expect("a search");
    assert_eq!(asked, words("red fox"));
    let hits = vec![hit("a red fox\u{1b}[2J", Some("tea")), hit("red foxes", None)];
    let found = SearchOk { hits, more: true, ..SearchOk::default() };
    let next = asked.next(&found);
    chat.tell(Event::Found { found, next: next.clone() });
    let note = chat.note();
    assert!(
        note.contains("#tea  bo: a red fox") && note.contains("directly  bo: red foxes"),
        "{note}"
    );
    assert!(note.ends_with("There are more: /search") && !note.contains('\u{1b}'), "{note:?}");
    assert_eq!(searched(&mut chat, "/search"), next);
    chat.tell(Event::Found {
        found: SearchOk { indexing: true, ..SearchOk::default() },
        next: None,
    });
    assert!(chat.note().starts_with("Nothing was found.\nThe server is still"), "{}", chat.note());
    assert_eq!(searched(&mut chat, "/search"), None);
    assert!(chat.note().contains("For example"), "{}", chat.note());
    let further = SearchOk { more: true, searched_to: Some(1), ..SearchOk::default() };
    let next = words("fox").next(&further);
    assert!(next.is_some());
    chat.tell(Event::Found { found: further, next });
    assert!(chat.note().contains("looks further back"), "{}", chat.note());
}
