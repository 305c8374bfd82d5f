//! What becomes of sends.

use throng_protocol::{Cid, Message};

use super::{CID, Chat, failure, label, message};
use crate::event::Event;
use crate::model::SendState;

#[test]
fn a_message_is_pending_then_sent_then_said() {
    let mut chat = Chat::in_lobby(0);
    chat.write("hello");
    let (key, text, _) = chat.sent();
    assert_eq!(text, "hello");
    assert_eq!(chat.model.room().outgoing[0].state, SendState::Pending);
    let cid = Cid::parse(CID).expect("a cid");
    chat.tell(Event::CidAssigned { key, cid });
    chat.tell(Event::Sent { key });
    assert_eq!(chat.model.room().outgoing[0].state, SendState::Sent);
    chat.tell(Event::Message(Message { cid, ..message("lobby", 1, "ana", "hello") }));
    assert!(chat.model.room().outgoing.is_empty(), "its message has taken its place");
    assert_eq!(chat.seqs(), [1]);
}

#[test]
fn what_failed_is_sent_again_under_its_cid() {
    let mut chat = Chat::in_lobby(0);
    chat.write("hello");
    let (key, ..) = chat.sent();
    let cid = Cid::parse(CID).expect("a cid");
    chat.tell(Event::CidAssigned { key, cid });
    chat.tell(Event::SendFailed {
        room: label("lobby"),
        key,
        failure: failure("no\u{1b}[31m", false),
    });
    let failed = SendState::Failed(failure("no␛[31m", false));
    assert_eq!(chat.model.room().outgoing[0].state, failed);
    chat.write("/retry");
    assert_eq!(chat.sent(), (key, "hello".into(), Some(cid)));
    assert_eq!(chat.model.room().outgoing[0].state, SendState::Pending);
    chat.tell(Event::SendFailed { room: label("lobby"), key, failure: failure("no", false) });
    chat.write("/discard");
    assert!(chat.model.room().outgoing.is_empty());
    chat.write("/discard");
    assert!(chat.note().contains("Nothing has failed"));
}

#[test]
fn what_can_never_be_accepted_is_not_sent_again() {
    let mut chat = Chat::in_lobby(0);
    chat.write("hello");
    let unsent = |is_final| Event::SendFailed {
        room: label("lobby"),
        key: 1,
        failure: failure("no", is_final),
    };
    chat.tell(unsent(true));
    chat.effects.clear();
    chat.write("/retry");
    assert!(chat.note().contains("press Up to change one"), "{}", chat.note());
    assert!(chat.effects.is_empty());
    chat.tell(unsent(false));
    chat.write("/retry");
    assert_eq!(chat.sent().1, "hello");
}
