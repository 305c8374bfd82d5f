//! Rooms that people make: other names, rooms that do not exist for us, and leaving for good.

use futures::channel::oneshot;
use throng_protocol::{
    Cid, Command, Invite, Kind, Leave, MakeRoom, OwnRoom, Rank, RoomKind, RoomRef,
};

use super::facts::{CID, LOBBY, greeted, joined, message, named, page, secs};
use super::rooms::{come_back, events, join, written};
use crate::core::{Answer, Core, Speech};
use crate::error::{DisconnectReason, RequestError, SendError};
use crate::event::{Event, Joined};
use crate::options::Options;

const KITCHEN: &str = "01K9ZS0000R00M000000000007";

fn renamed(name: &str) -> String {
    format!(r#"{{"type":"room","room":{{"id":"{LOBBY}","name":"{name}","topic":"tea"}}}}"#)
}

/// The answer to a join of a private or direct room.
fn closed_page(id: u64, name: &str, kind: &str) -> String {
    let room = format!(r#"{{"id":"{KITCHEN}","name":"{name}","kind":"{kind}"}}"#);
    format!(
        r#"{{"type":"ok","id":{id},"room":{room},"first":1,"head":0,"events":[],"more":false,"limited":false,"reset":false}}"#
    )
}

fn removed(room: &str) -> String {
    format!(r#"{{"type":"removed","room":"{room}","reason":"no more tea"}}"#)
}

fn forget(core: &mut Core, room: &str) -> oneshot::Receiver<Result<(), RequestError>> {
    let (to, answer) = oneshot::channel();
    let room = core.reference(&named(room));
    let command = Command::Leave(Leave { room: room.to_string(), forget: true });
    core.ask(secs(1), None, command, Answer::Forgotten(room, to));
    answer
}

fn send(
    core: &mut Core,
    room: &str,
) -> oneshot::Receiver<Result<throng_protocol::Sent, SendError>> {
    let (to, answer) = oneshot::channel();
    let cid = Cid::parse(CID).expect("a cid");
    core.send(secs(1), named(room), Speech::Message(Kind::Text), "x".into(), cid, to);
    answer
}

#[test]
fn a_room_with_another_name_is_called_by_it_and_its_old_name_is_free() {
    let mut core = joined(&Options::anybody());
    core.frame(secs(1), &renamed("hall"));
    let told = events(&mut core);
    let [Event::Changed { room, info, .. }] = &told[..] else { panic!("{told:?}") };
    assert_eq!((room.id.to_string().as_str(), room.name.as_str()), (LOBBY, "hall"));
    assert_eq!((info.name.as_str(), info.topic.as_str()), ("hall", "tea"));
    core.frame(secs(1), &renamed("hall"));
    assert_eq!(events(&mut core), [], "nothing has changed");
    core.frame(secs(1), &message(2));
    let told = events(&mut core);
    assert!(
        matches!(&told[..], [Event::Message { room, .. }] if room.name.as_str() == "hall"),
        "{told:?}"
    );
    for known in ["Hall", LOBBY] {
        assert_eq!(core.cursor(&named(known)).map(|cursor| cursor.seq), Some(2), "{known}");
    }
    assert_eq!(core.cursor(&named("lobby")), None);
    let mut other = join(&mut core, "lobby");
    assert_eq!(written(&mut core)["room"], "#lobby", "it may be another room now");
    core.frame(secs(1), &closed_page(3, "lobby", "private"));
    let other: Joined = other.try_recv().expect("open").expect("answered").expect("joined");
    assert_eq!(other.room.id.to_string(), KITCHEN);
    assert_eq!((other.info.kind, other.room.name.as_str()), (RoomKind::Private, "lobby"));
}

#[test]
fn what_is_under_way_goes_on_when_the_room_gets_another_name() {
    let mut core = joined(&Options::anybody());
    let mut first = send(&mut core, "lobby");
    let mut second = send(&mut core, "lobby");
    assert_eq!(written(&mut core)["type"], "send");
    let (to, mut left) = oneshot::channel();
    core.leave(secs(1), named("lobby"), to);
    core.frame(secs(1), &renamed("hall"));
    core.frame(secs(1), r#"{"type":"ok","id":3,"seq":2,"at":1,"dup":false}"#);
    assert!(matches!(first.try_recv(), Ok(Some(Ok(_)))));
    let again = written(&mut core);
    assert_eq!((&again["type"], &again["room"]), (&"send".into(), &LOBBY.into()));
    core.frame(secs(1), r#"{"type":"ok","id":4,"seq":3,"at":1,"dup":false}"#);
    assert!(matches!(second.try_recv(), Ok(Some(Ok(_)))));
    assert_eq!(written(&mut core)["type"], "leave");
    core.frame(secs(1), &renamed("yard"));
    core.frame(secs(1), r#"{"type":"ok","id":5}"#);
    assert_eq!(left.try_recv(), Ok(Some(Ok(()))));
    assert_eq!(core.cursor(&named(LOBBY)), None);
}

#[test]
fn a_name_that_was_changed_meanwhile_is_told_after_the_reconnect() {
    let mut core = joined(&Options::anybody());
    come_back(&mut core, 3);
    assert_eq!(written(&mut core)["room"], LOBBY);
    events(&mut core);
    core.frame(secs(40), &page(4, 1, &[]).replace(r#""name":"lobby""#, r#""name":"hall""#));
    let told = events(&mut core);
    let is_told =
        |it: &Event| matches!(it, Event::Changed { room, .. } if room.name.as_str() == "hall");
    assert_eq!(told.iter().filter(|it| is_told(it)).count(), 1, "{told:?}");
    assert!(core.cursor(&named("hall")).is_some() && core.cursor(&named("lobby")).is_none());
}

/// Somebody else could read what is said in a public room of that name.
#[test]
fn a_private_room_that_is_gone_is_not_asked_for_by_its_name() {
    for (kind, later) in [("private", false), ("public", true)] {
        let mut core = greeted(&Options::anybody());
        drop(join(&mut core, "kitchen"));
        assert_eq!(written(&mut core)["room"], "#kitchen");
        core.frame(secs(1), &closed_page(2, "kitchen", kind));
        if later {
            let room = format!(r#"{{"id":"{KITCHEN}","name":"kitchen","kind":"private"}}"#);
            core.frame(secs(1), &format!(r#"{{"type":"room","room":{room}}}"#));
        }
        come_back(&mut core, 3);
        assert_eq!(written(&mut core)["room"], KITCHEN);
        let mut waiting = send(&mut core, "kitchen");
        core.frame(secs(40), r#"{"type":"error","id":4,"code":"no_such_room","message":"none"}"#);
        core.tick(secs(40));
        assert_eq!(core.take_write(), None);
        assert!(matches!(waiting.try_recv(), Ok(Some(Err(SendError::Refused(_))))));
        let told = events(&mut core);
        assert!(told.iter().any(|it| matches!(it, Event::Refused { .. })), "{told:?}");
    }
}

#[test]
fn a_direct_room_is_shown_by_its_id_and_joined_by_it_again() {
    let mut core = greeted(&Options::anybody());
    let mut answer = join(&mut core, KITCHEN);
    written(&mut core);
    core.frame(secs(1), &closed_page(2, "", "direct"));
    let joined: Joined = answer.try_recv().expect("open").expect("answered").expect("joined");
    assert_eq!((joined.room.to_string().as_str(), joined.info.kind), (KITCHEN, RoomKind::Direct));
    come_back(&mut core, 3);
    assert_eq!(written(&mut core)["room"], KITCHEN);
}

#[test]
fn a_room_that_was_taken_away_is_told_whether_it_was_joined_or_not() {
    let mut core = joined(&Options::anybody());
    core.frame(secs(1), &removed(KITCHEN));
    let told = events(&mut core);
    let is_kitchen = |id: &throng_protocol::RoomId| id.to_string() == KITCHEN;
    assert!(
        matches!(&told[..], [Event::SeatGone { id, reason }] if is_kitchen(id) && reason == "no more tea"),
        "{told:?}"
    );
    core.frame(secs(1), &removed(LOBBY));
    let told = events(&mut core);
    assert!(
        matches!(&told[..], [Event::Left { .. }, Event::Removed { room, .. }] if room.id.to_string() == LOBBY),
        "{told:?}"
    );
}

#[test]
fn a_seat_is_told_with_what_this_version_understands_of_it() {
    let mut core = greeted(&Options::anybody());
    let room = format!(r#"{{"id":"{KITCHEN}","name":"kitchen","kind":"secret"}}"#);
    let by = r#"{"id":"01K9ZS00000000000000000002","nick":"bo"}"#;
    core.frame(secs(1), &format!(r#"{{"type":"added","room":{room},"rank":"king","by":{by}}}"#));
    let told = events(&mut core);
    let [Event::Added { own: OwnRoom { room, rank, .. }, by: Some(by) }] = &told[..] else {
        panic!("{told:?}")
    };
    assert_eq!((room.kind, *rank, by.nick.as_str()), (RoomKind::Private, Rank::Member, "bo"));
}

#[test]
fn who_leaves_for_good_is_not_told_that_somebody_took_them_out() {
    for is_told in [true, false] {
        let mut core = joined(&Options::anybody());
        let mut answer = forget(&mut core, "Lobby");
        let leave = written(&mut core);
        assert_eq!((&leave["room"], &leave["forget"]), (&LOBBY.into(), &true.into()));
        if is_told {
            core.frame(secs(1), &removed(LOBBY));
        }
        core.frame(secs(1), r#"{"type":"ok","id":3}"#);
        assert_eq!(answer.try_recv(), Ok(Some(Ok(()))));
        let told = events(&mut core);
        assert!(matches!(&told[..], [Event::Left { .. }]), "{told:?}");
        assert_eq!(core.cursor(&named(LOBBY)), None);
    }
    let mut core = greeted(&Options::anybody());
    let mut answer = forget(&mut core, "kitchen");
    assert_eq!(written(&mut core)["room"], "#kitchen", "it needs no join");
    core.frame(secs(1), r#"{"type":"error","id":2,"code":"no_such_room","message":"none"}"#);
    assert!(matches!(answer.try_recv(), Ok(Some(Err(RequestError::Refused(_))))));
}

#[test]
fn a_room_is_made_once_and_an_invitation_may_be_asked_for_twice() {
    let mut core = greeted(&Options::anybody());
    let (to, mut made) = oneshot::channel();
    let (name, topic) = ("kitchen".to_owned(), String::new());
    let make =
        Command::MakeRoom(MakeRoom { name, kind: RoomKind::Private, topic, ..MakeRoom::default() });
    core.ask(secs(1), None, make, Answer::Room(to));
    assert_eq!(written(&mut core)["type"], "make_room");
    let (to, mut invited) = oneshot::channel();
    let (room, person) = (RoomRef::parse(KITCHEN).expect("an id"), "@bo".to_owned());
    let invite = Command::Invite(Invite { room: room.to_string(), person });
    core.ask(secs(1), None, invite, Answer::Done(to));
    assert_eq!(written(&mut core)["type"], "invite");
    core.lost(secs(1), DisconnectReason::Lost { problem: String::new() });
    assert!(matches!(made.try_recv(), Ok(Some(Err(RequestError::Unanswered)))));
    assert_eq!(invited.try_recv(), Ok(None), "it is asked again");
}
