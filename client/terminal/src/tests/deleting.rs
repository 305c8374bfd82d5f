//! Deleting what was said.

use throng_protocol::{Delete, Message, Purge};

use super::screen::screen;
use super::{Chat, id_of, message};
use crate::effect::{Act, Effect};
use crate::event::Event;

fn act(chat: &mut Chat) -> Act {
    match chat.effects.pop() {
        Some(Effect::Act { act, .. }) => act,
        other => panic!("{other:?}: {}", chat.note()),
    }
}

#[test]
fn a_deleted_text_leaves_the_screen_and_the_memory() {
    let mut chat = Chat::in_lobby(0);
    chat.hear("lobby", 1, "eve", "buy a watch");
    chat.hear("lobby", 2, "bo", "stop it");
    assert!(screen(&mut chat, 80, 20).contains("buy a watch"));
    chat.tell(Event::Deleted { room: id_of("lobby"), messages: vec![1, 7] });
    let seen = screen(&mut chat, 80, 20);
    assert!(seen.contains("(deleted)") && seen.contains("stop it"), "{seen}");
    assert!(!format!("{:?}", chat.model).contains("buy a watch"));
    // What was deleted while we were away comes without its text.
    let gone = Message { deleted: Some(9), ..message("lobby", 3, "eve", "") };
    chat.tell(Event::Message(gone));
    assert_eq!(screen(&mut chat, 80, 20).matches("(deleted)").count(), 2);
}

#[test]
fn the_newest_message_is_deleted_ones_own_or_somebodys() {
    let mut chat = Chat::in_lobby(0);
    let me = chat.model.me.clone().expect("we are there").nick;
    for (seq, nick) in [(1, &*me), (2, "eve"), (3, "eve")] {
        chat.hear("lobby", seq, nick, "something");
    }
    let room = id_of("lobby").to_string();
    for (line, seq, reason) in [("/redact", 1, ""), ("/redact @eve an address", 3, "an address")] {
        chat.write(line);
        let delete = Delete { room: room.clone(), seq, reason: reason.into() };
        assert_eq!(act(&mut chat), Act::DeleteMessage(delete));
    }
    chat.tell(Event::Deleted { room: id_of("lobby"), messages: vec![3] });
    chat.write("/redact eve");
    let Act::DeleteMessage(Delete { seq: 2, .. }) = act(&mut chat) else {
        panic!("the one before")
    };
    chat.write("/redact cy");
    assert!(chat.note().contains("cy has said nothing here"), "{}", chat.note());
}

#[test]
fn what_somebody_said_lately_is_deleted_here_or_everywhere() {
    let mut chat = Chat::in_lobby(0);
    for (line, room, last_ms, reason) in [
        ("/purge eve 10m", None, 600_000, ""),
        ("/purge @eve 2h here spam and more", Some(id_of("lobby")), 7_200_000, "spam and more"),
    ] {
        chat.write(line);
        let room = room.map(|room| room.to_string());
        let purge = Purge { person: "@eve".into(), room, last_ms, reason: reason.into() };
        assert_eq!(act(&mut chat), Act::Purge(purge));
    }
    for line in ["/purge", "/purge eve", "/purge eve here"] {
        chat.write(line);
        assert!(chat.note().contains("/purge eve 10m here"), "{}", chat.note());
    }
}
