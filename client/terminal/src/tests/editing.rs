//! Editing what was said.

use throng_protocol::{Edited, Message};

use super::screen::screen;
use super::{Chat, id_of, message};
use crate::effect::{Act, Effect};
use crate::event::Event;

fn edited(by: u64, target: u64, text: &str) -> Event {
    let Message { room, cid, from, .. } = message("lobby", by, "bo", "");
    let text = text.into();
    Event::Edited(Edited { room, seq: by, cid, from, message: target, text, at: 1, shadow: false })
}

#[test]
fn an_edited_text_takes_the_place_of_the_old_one_and_says_so() {
    let mut chat = Chat::in_lobby(0);
    chat.hear("lobby", 1, "bo", "meet at nine");
    chat.tell(edited(3, 1, "meet at **ten**"));
    let seen = screen(&mut chat, 80, 20);
    assert!(seen.contains("meet at ten (edited)") && !seen.contains("nine"), "{seen}");
    // What is older, or has no text any more, changes nothing.
    chat.tell(edited(2, 1, "meet at eight"));
    chat.tell(edited(4, 1, ""));
    assert!(screen(&mut chat, 80, 20).contains("meet at ten (edited)"));
    // Neither does an edit of a message that is not here.
    chat.tell(edited(5, 99, "x"));
    chat.tell(Event::Deleted { room: id_of("lobby"), messages: vec![1] });
    chat.tell(edited(7, 1, "back again"));
    let seen = screen(&mut chat, 80, 20);
    assert!(seen.contains("(deleted)") && !seen.contains("back again"), "{seen}");
}

#[test]
fn what_is_hidden_from_others_has_a_mark_and_changes_nothing_that_all_see() {
    let mut chat = Chat::in_lobby(0);
    let hidden = Message { shadow: true, ..message("lobby", 1, "eve", "buy this") };
    chat.tell(Event::Message(hidden));
    chat.hear("lobby", 2, "eve", "hello");
    for (by, target, text) in [(3, 1, "buy that"), (4, 2, "sell")] {
        let Event::Edited(edit) = edited(by, target, text) else { panic!("an edit") };
        chat.tell(Event::Edited(Edited { shadow: true, ..edit }));
    }
    let seen = screen(&mut chat, 80, 20);
    assert!(seen.contains("buy that (edited) (hidden from others)"), "{seen}");
    assert!(seen.contains("hello") && !seen.contains("sell"), "{seen}");
}

#[test]
fn a_message_that_was_edited_while_we_were_away_says_so() {
    let mut chat = Chat::in_lobby(0);
    let changed =
        Message { edited: Some(9), edited_at: Some(9), ..message("lobby", 1, "bo", "ten") };
    chat.tell(Event::Message(changed));
    assert!(screen(&mut chat, 80, 20).contains("ten (edited)"));
    chat.tell(edited(8, 1, "nine"));
    assert!(screen(&mut chat, 80, 20).contains("ten (edited)"));
    assert_eq!(chat.model.room().entries.len(), 1, "an edit adds no line");
}

#[test]
fn the_newest_message_of_our_own_is_edited() {
    let mut chat = Chat::in_lobby(0);
    chat.write("/edit x");
    assert!(chat.note().contains("has said nothing here"), "{}", chat.note());
    let me = chat.model.me.clone().expect("we are there").nick;
    chat.hear("lobby", 1, &me, "helo");
    chat.hear("lobby", 2, "bo", "what?");
    chat.write("/edit");
    assert!(chat.note().contains("/edit I meant tea"), "{}", chat.note());
    chat.write("/edit hello, all");
    let Some(Effect::Act { act: Act::Edit { room, seq, text }, .. }) = chat.effects.pop() else {
        panic!("{}", chat.note())
    };
    let lobby = id_of("lobby").to_string();
    assert_eq!((room, seq, &*text), (lobby, 1, "hello, all"));
}
