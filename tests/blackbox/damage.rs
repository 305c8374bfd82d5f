//! A damaged page of the database: only its own room is affected.

use std::fs;

use throng_protocol::{Command, ErrorCode, Event, History, Join};

use support::client::{Client, page_of, send};
use support::http::get;
use support::server::Server;
use support::{eventually, fresh_cid};

const MESSAGES: u64 = 400;

fn text(room: &str, number: u64) -> String {
    format!("{number} in {room} {}", "x".repeat(100))
}

/// A server whose log has three rooms. The page with message `number` of room `a` is damaged.
fn damaged(number: u64) -> (Server, Client) {
    let mut server = Server::start();
    let mut ana = server.guest("ana");
    for room in ["a", "b", "c"] {
        ana.join(room);
        for number in 1..=MESSAGES {
            ana.send(room, &text(room, number));
        }
    }
    let token = ana.token().to_owned();
    server.stop();
    let database = server.data_dir().join("throng.db");
    let mut bytes = fs::read(&database).expect("a database");
    let needle = text("a", number).into_bytes();
    let at = bytes.windows(needle.len()).position(|window| window == needle).expect("the message");
    // The byte that says the kind of the page: no such kind exists.
    bytes[at / 4096 * 4096] = 0xff;
    fs::write(&database, bytes).expect("written");
    server.restart();
    let client = server.known(&token);
    (server, client)
}

/// A send that only an operator can fix: the answer names the room.
fn refused(client: &mut Client, room: &str) {
    let fault = client.ask(send(room, &fresh_cid(), "hello")).expect_err("it is refused");
    assert!(matches!(fault.code, ErrorCode::Internal | ErrorCode::NotJoined), "{fault:?}");
    assert!(fault.message.contains(room), "{fault:?}");
    assert_eq!(fault.retry_ms, None, "it will not be better later");
}

#[test]
fn a_damaged_newest_page_stops_nobody_in_other_rooms() {
    let (server, mut ana) = damaged(MESSAGES);
    for room in ["b", "c"] {
        assert_eq!(ana.join(room).head, MESSAGES);
    }
    let fault = ana.ask(support::client::join("a")).expect_err("it cannot be loaded");
    assert_eq!(fault.code, ErrorCode::Internal, "{fault:?}");
    assert!(fault.message.contains("the log of a "), "{fault:?}");
    // Also from a client outside of the room, between sends of others.
    let mut mallory = server.anybody();
    for number in 1..=100 {
        let id = mallory.wire.post(send("a", &fresh_cid(), "hello"));
        for room in ["b", "c"] {
            assert_eq!(ana.send(room, "goes on").seq, MESSAGES + number);
        }
        let fault = mallory.answer(id).expect_err("it is refused");
        assert_eq!(fault.code, ErrorCode::Internal, "{fault:?}");
        refused(&mut mallory, "a");
        assert_eq!(get(server.address(), "/readyz").status, 200);
    }
    eventually("it is logged", || server.log().contains("a part of the log is damaged"));
    let log = server.log();
    let lines = log.lines().filter(|line| !line.contains("drain")).count();
    assert!(lines <= 6, "{lines} lines for 200 sends:\n{log}");
    assert!(log.contains("restore a backup"), "{log}");
}

#[test]
fn a_client_from_before_a_damaged_page_gets_the_newest_messages() {
    let (_server, mut ana) = damaged(MESSAGES / 2);
    let epoch = ana.greeting.epoch;
    let after = |after| {
        Command::Join(Join {
            room: "a".into(),
            epoch: Some(epoch),
            after: Some(after),
            limit: None,
        })
    };
    let page: throng_protocol::Page = ana.get(after(MESSAGES / 2 - 10));
    assert!(page.limited && !page.more && !page.reset, "{page:?}");
    assert_eq!(page.events.last().expect("the newest").seq, MESSAGES);
    // And is a member: new messages reach it.
    assert_eq!(ana.send("a", "new").seq, MESSAGES + 1);
    assert_eq!(ana.expect_message("a").seq, MESSAGES + 1);
    let history = Command::History(History { around: Some(MESSAGES / 2), ..page_of("a") });
    let fault = ana.ask(history).expect_err("it cannot be read");
    assert_eq!((fault.code, fault.retry_ms), (ErrorCode::Internal, None), "{fault:?}");
    assert!(fault.message.contains("the log of a "), "{fault:?}");
    let first = ana.history(History { after: Some(0), limit: Some(5), ..page_of("a") });
    assert_eq!(first.events.len(), 5, "elsewhere the history is whole");
    assert!(ana.take_pushes().iter().all(|push| !matches!(push, Event::Error(_))));
}
