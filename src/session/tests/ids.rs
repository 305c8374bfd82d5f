//! Room ids, which every command accepts in place of a name.

use std::collections::HashSet;

use support::client::{join, leave, page_of, send, typing};
use support::fresh_cid;
use throng_protocol::{Command, ErrorCode, Event, ListMembers, RoomId};

use super::Server;

#[test]
fn the_id_of_a_room_is_the_same_for_everybody_and_takes_every_command() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    let id = ana.join("Lobby").room.id.to_string();
    let mut bo = server.guest("bo");
    let page = bo.join(&id);
    assert_eq!((page.room.id.to_string(), page.room.name.as_str()), (id.clone(), "Lobby"));
    assert_eq!(bo.join("#lobby").room.id.to_string(), id);
    assert_eq!(ana.send(&id, "hello").seq, 1);
    assert_eq!(bo.expect_message(&id).text, "hello");
    bo.typing(&id);
    assert_eq!(bo.members(&id).members.count, 2);
    assert_eq!(bo.history(page_of(&id)).events.len(), 1);
    bo.leave(&id);
    bo.fail(send("lobby", &fresh_cid(), "x"), ErrorCode::NotJoined);
}

#[test]
fn the_list_of_rooms_has_their_ids() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    let joined: HashSet<_> = ["a", "b", "c"].map(|name| ana.join(name).room.id).into();
    let listed: HashSet<_> = ana.rooms(None, None).rooms.into_iter().map(|room| room.id).collect();
    assert_eq!((listed.len(), listed), (3, joined));
}

#[test]
fn an_id_that_no_room_has_is_refused_by_every_command() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    ana.join("lobby");
    let id = RoomId::from_parts(1, 1).to_string();
    ana.fail(join(&id), ErrorCode::NoSuchRoom);
    for command in [
        leave(&id),
        typing(&id),
        send(&id, &fresh_cid(), "x"),
        Command::Members(ListMembers { room: id.clone() }),
        Command::History(page_of(&id)),
    ] {
        ana.fail(command, ErrorCode::NotJoined);
    }
    ana.barrier();
}

#[test]
fn a_retry_by_the_id_gets_the_answer_of_a_send_by_the_name() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    let id = ana.join("lobby").room.id.to_string();
    let cid = fresh_cid();
    let first = ana.send_as("lobby", &cid, "once");
    let retried = ana.send_as(&id, &cid, "once");
    assert_eq!((retried.seq, retried.dup), (first.seq, true));
    ana.leave("lobby");
    assert!(ana.send_as(&id, &cid, "once").dup, "also from outside");
    assert!(ana.send_as("#LOBBY", &cid, "once").dup);
}

#[test]
fn a_room_that_is_called_like_an_id_is_reached_by_its_sign() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    let name = RoomId::from_parts(7, 7).to_string();
    ana.fail(join(&name), ErrorCode::NoSuchRoom);
    let room = ana.join(&format!("#{name}")).room;
    assert_eq!(room.name, name);
    assert_ne!(room.id.to_string(), name);
}

#[test]
fn people_who_joined_under_different_spellings_get_events_with_one_id() {
    let server = Server::start();
    let (mut ana, mut bo) = (server.guest("ana"), server.guest("bo"));
    let id = ana.join("Stra\u{df}e").room.id;
    assert_eq!(bo.join("#STRASSE").room.id, id);
    ana.typing("strasse");
    bo.send("strasse", "hello");
    for client in [&mut ana, &mut bo] {
        let mut seen = Vec::new();
        while seen.len() < 2 {
            let (kind, room) = match client.push() {
                Event::Message(message) => ("message", message.room),
                Event::Typing(typing) => ("typing", typing.room),
                Event::Members(members) => ("members", members.room),
                other => panic!("unexpected: {other:?}"),
            };
            assert_eq!(room, id, "{kind}");
            if !seen.contains(&kind) {
                seen.push(kind);
            }
        }
    }
}

#[test]
fn an_id_in_lower_case_or_behind_a_sign_is_a_name() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    let lobby = ana.join("lobby").room.id;
    let lower = ana.join(&lobby.to_string().to_lowercase()).room;
    assert_ne!(lower.id, lobby);
    assert_eq!(lower.name, lobby.to_string().to_lowercase());
    // The fold of a name ignores case, so this is the same room again.
    assert_eq!(ana.join(&format!("#{lobby}")).room, lower);
    ana.send(&lobby.to_string(), "by the id");
    assert_eq!(ana.join("lobby").head, 1);
    assert_eq!(ana.join(&format!("#{lobby}")).head, 0);
}

#[test]
fn a_join_by_an_id_makes_no_room_and_is_refused_like_an_unknown_name() {
    let server = Server::with(["--rooms-open", "false"]).start();
    let mut ana = server.guest("ana");
    let id = RoomId::from_parts(1, 1).to_string();
    for room in [&*id, &*format!("#{id}"), "lobby", "#lobby"] {
        let fault = ana.fail(join(room), ErrorCode::NoSuchRoom);
        assert_eq!((fault.retry_ms, fault.suggestion), (None, None), "{room}");
    }
    assert!(ana.rooms(None, None).rooms.is_empty());
}

#[test]
fn a_used_cid_is_a_conflict_in_a_room_that_nobody_made_by_name_and_by_id() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    ana.join("lobby");
    let cid = fresh_cid();
    ana.send_as("lobby", &cid, "once");
    for room in ["garden", &*RoomId::from_parts(1, 1).to_string()] {
        ana.fail(send(room, &cid, "once"), ErrorCode::Conflict);
        ana.fail(send(room, &fresh_cid(), "once"), ErrorCode::NotJoined);
    }
}
