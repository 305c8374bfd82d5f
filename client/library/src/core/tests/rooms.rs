//! Facts about rooms: one id, several names.

use futures::channel::oneshot;
use serde_json::Value;
use throng_protocol::{Cid, Kind};

use super::facts::{CID, GREETING, LOBBY, dial, greeted, joined, message, named, page, secs, seqs};
use crate::core::{Core, Speech};
use crate::error::{DisconnectReason, RequestError};
use crate::event::{Event, Joined};
use crate::options::Options;

/// The next command that is written.
pub(super) fn written(core: &mut Core) -> Value {
    core.tick(secs(1));
    serde_json::from_str(&core.take_write().expect("a command")).expect("JSON")
}

pub(super) fn join(core: &mut Core, room: &str) -> oneshot::Receiver<Result<Joined, RequestError>> {
    let (to, answer) = oneshot::channel();
    core.join(secs(1), named(room), None, to);
    answer
}

pub(super) fn come_back(core: &mut Core, id: u64) {
    core.lost(secs(1), DisconnectReason::Lost { problem: String::new() });
    dial(core, secs(40));
    core.frame(secs(40), &GREETING.replace(r#""id":1,"#, &format!(r#""id":{id},"#)));
}

/// A core that comes back to a room in which nothing was said, and which the server has forgotten meanwhile.
fn forgotten(asked: &str) -> Core {
    let mut core = greeted(&Options::anybody());
    drop(join(&mut core, asked));
    written(&mut core);
    core.frame(secs(1), &page(2, 0, &[]));
    come_back(&mut core, 3);
    events(&mut core);
    assert_eq!(written(&mut core)["room"], LOBBY);
    core.frame(secs(40), r#"{"type":"error","id":4,"code":"no_such_room","message":"none"}"#);
    core
}

pub(super) fn events(core: &mut Core) -> Vec<Event> {
    std::iter::from_fn(|| core.next_event()).collect()
}

#[test]
fn a_room_is_asked_for_by_its_name_once_and_by_its_id_from_then_on() {
    let mut core = greeted(&Options::anybody());
    let mut answer = join(&mut core, "LOBBY");
    assert_eq!(written(&mut core)["room"], "#LOBBY", "a name is never taken for an id");
    core.frame(secs(1), &page(2, 1, &[1]));
    let joined = answer.try_recv().expect("it is open").expect("answered").expect("joined");
    assert_eq!((joined.room.id.to_string().as_str(), joined.room.name.as_str()), (LOBBY, "lobby"));
    let cid = Cid::parse(CID).expect("a cid");
    core.send(
        secs(1),
        named("lobby"),
        Speech::Message(Kind::Text),
        "x".into(),
        cid,
        oneshot::channel().0,
    );
    assert_eq!(written(&mut core)["room"], LOBBY);
    core.typing(secs(1), &named("#Lobby"));
    assert_eq!(written(&mut core)["room"], LOBBY);
    come_back(&mut core, 5);
    let again = written(&mut core);
    assert_eq!((&again["room"], &again["after"]), (&LOBBY.into(), &1.into()));
    core.leave(secs(40), named(LOBBY), oneshot::channel().0);
    core.frame(secs(40), &page(6, 1, &[]));
    assert_eq!(written(&mut core)["type"], "send", "what was said goes first");
    core.frame(secs(40), r#"{"type":"ok","id":7,"seq":2,"at":1,"dup":false}"#);
    let leave = written(&mut core);
    assert_eq!((&leave["type"], &leave["room"]), (&"leave".into(), &LOBBY.into()));
}

#[test]
fn every_name_and_the_id_are_one_room() {
    let mut core = joined(&Options::anybody());
    for other in ["#lobby", "LOBBY", LOBBY] {
        let cursor = core.cursor(&named(other)).expect(other);
        assert_eq!(cursor.seq, 1);
        drop(join(&mut core, other));
    }
    let again = written(&mut core);
    assert_eq!((&again["room"], &again["after"]), (&LOBBY.into(), &1.into()));
    core.tick(secs(1));
    assert_eq!(core.take_write(), None, "one join for all");
}

#[test]
fn a_name_that_turns_out_to_be_a_joined_room_becomes_that_room() {
    let mut core = joined(&Options::anybody());
    // By the tables of this client it is another name; the server says that it is not.
    let mut answer = join(&mut core, "l0bby");
    let cid = Cid::parse(CID).expect("a cid");
    core.send(
        secs(1),
        named("l0bby"),
        Speech::Message(Kind::Text),
        "x".into(),
        cid,
        oneshot::channel().0,
    );
    assert_eq!(written(&mut core)["room"], "#l0bby");
    core.frame(secs(1), &page(3, 4, &[3, 4]));
    assert!(matches!(answer.try_recv(), Ok(Some(Ok(_)))));
    let on = written(&mut core);
    assert_eq!(
        (&on["type"], &on["room"], &on["after"]),
        (&"join".into(), &LOBBY.into(), &1.into())
    );
    core.tick(secs(1));
    let send: Value = serde_json::from_str(&core.take_write().expect("a send")).expect("JSON");
    assert_eq!((&send["type"], &send["room"]), (&"send".into(), &LOBBY.into()));
    core.frame(secs(1), &page(4, 4, &[2, 3, 4]));
    core.frame(secs(1), &message(5));
    assert_eq!(seqs(&mut core), [2, 3, 4, 5], "each once");
    assert_eq!(core.cursor(&named("l0bby")).map(|cursor| cursor.seq), Some(5));
}

#[test]
fn a_leave_waits_until_it_is_known_which_room_is_left() {
    let mut core = joined(&Options::anybody());
    drop(join(&mut core, "l0bby"));
    assert_eq!(written(&mut core)["type"], "join");
    let (to, mut left) = oneshot::channel();
    core.leave(secs(1), named("l0bby"), to);
    core.tick(secs(1));
    assert_eq!(core.take_write(), None, "it would end the membership under the other name unseen");
    core.frame(secs(1), &page(3, 1, &[]));
    let leave = written(&mut core);
    assert_eq!((&leave["type"], &leave["room"]), (&"leave".into(), &LOBBY.into()));
    core.frame(secs(1), r#"{"type":"ok","id":4}"#);
    assert_eq!(left.try_recv(), Ok(Some(Ok(()))));
    let left = events(&mut core).into_iter().filter_map(|event| match event {
        Event::Left { room } => Some(room.to_string()),
        _ => None,
    });
    assert_eq!(left.collect::<Vec<_>>(), ["lobby"]);
}

#[test]
fn a_room_that_the_server_has_forgotten_is_asked_for_by_its_name() {
    let mut core = forgotten("lobby");
    let by_name = written(&mut core);
    assert_eq!((&by_name["room"], &by_name["after"]), (&"#lobby".into(), &0.into()));
    let other = "01K9ZS0000R00M000000000002";
    core.frame(secs(40), &page(5, 2, &[1, 2]).replace(LOBBY, other));
    let shown: Vec<String> = events(&mut core)
        .into_iter()
        .filter_map(|event| match event {
            Event::Left { room } => Some(format!("left {}", room.id)),
            Event::Joined(joined) => Some(format!("joined {}", joined.room.id)),
            Event::Message { room, message, .. } => Some(format!("{} {}", message.seq, room.id)),
            _ => None,
        })
        .collect();
    let on = |what: &str, id: &str| format!("{what} {id}");
    assert_eq!(shown, [on("left", LOBBY), on("joined", other), on("1", other), on("2", other)]);
}

#[test]
fn a_room_that_was_asked_for_by_its_id_alone_is_not_looked_for_by_a_name() {
    let mut core = forgotten(LOBBY);
    core.tick(secs(40));
    assert_eq!(core.take_write(), None);
    let events = events(&mut core);
    let refused = |event: &Event| matches!(event, Event::Refused { room: Some(room), .. } if room.id.to_string() == LOBBY);
    assert!(events.iter().any(refused), "{events:?}");
}

#[test]
fn what_comes_of_a_room_that_was_left_is_ignored() {
    let mut core = joined(&Options::anybody());
    let (to, mut left) = oneshot::channel();
    core.leave(secs(1), named("lobby"), to);
    assert_eq!(written(&mut core)["type"], "leave");
    core.frame(secs(1), r#"{"type":"ok","id":3}"#);
    assert_eq!(left.try_recv(), Ok(Some(Ok(()))));
    events(&mut core);
    for late in [
        message(2),
        message(9),
        format!(r#"{{"type":"typing","room":"{LOBBY}","who":["bo"]}}"#),
        format!(r#"{{"type":"members","room":"{LOBBY}","version":9,"count":1}}"#),
        format!(r#"{{"type":"behind","room":"{LOBBY}","head":9}}"#),
        format!(r#"{{"type":"edit","room":"{LOBBY}","seq":2}}"#),
        message(2).replace(LOBBY, "lobby"),
    ] {
        core.frame(secs(1), &late);
        core.tick(secs(1));
        assert_eq!((events(&mut core), core.take_write()), (vec![], None), "{late}");
        assert!(core.is_linked(), "{late}");
    }
}

#[test]
fn a_name_that_looks_like_an_id_needs_the_sign() {
    let mut core = greeted(&Options::anybody());
    drop(join(&mut core, &format!("#{LOBBY}")));
    assert_eq!(written(&mut core)["room"], format!("#{LOBBY}"));
    drop(join(&mut core, LOBBY));
    assert_eq!(written(&mut core)["room"], LOBBY, "another room");
}
