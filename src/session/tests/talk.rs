//! Conversations: all members get every message, in one order.

use std::thread;

use support::client::{join, send};
use support::crowd::{ended, person};
use support::cursor::Cursor;
use support::fresh_cid;
use throng_protocol::{Command, Event, INTEGER_MAX, Kind, Message, Ping, Send};

use super::Server;

#[test]
fn two_people_hear_each_other() {
    let server = Server::start();
    let (mut ana, mut bo) = (server.guest("ana"), server.guest("bo"));
    assert_eq!(ana.join("lobby").head, 0, "nothing was said yet");
    bo.join("lobby");

    let sent = ana.send("lobby", "hello");
    assert_eq!((sent.seq, sent.dup), (1, false));
    bo.send("lobby", "hello ana");

    for client in [&mut ana, &mut bo] {
        let (first, second) = (client.expect_message("lobby"), client.expect_message("lobby"));
        assert_eq!((first.seq, &*first.text, &*first.from.nick), (1, "hello", "ana"));
        assert_eq!((second.seq, &*second.text, &*second.from.nick), (2, "hello ana", "bo"));
        assert_eq!(first.at, sent.at, "the time is that of the answer");
        assert!(second.at >= first.at, "time does not run backwards in a room");
    }
}

#[test]
fn the_ok_of_a_send_comes_before_its_own_event() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    ana.join("lobby");
    let ids: Vec<u64> = (0..200)
        .map(|n| ana.wire.post(send("lobby", &fresh_cid(), &format!("number {n}"))))
        .collect();

    let (mut answered, mut heard) = (0, 0);
    while heard < ids.len() {
        match ana.wire.event() {
            Event::Ok(ok) => {
                assert_eq!(ok.id, ids[answered], "answers come in the order of the sends");
                answered += 1;
            }
            Event::Message(message) => {
                assert!(heard < answered, "seq {} came before its ok", message.seq);
                assert_eq!(message.text, format!("number {heard}"));
                heard += 1;
            }
            Event::Members(_) => {}
            other => panic!("unexpected: {other:?}"),
        }
    }
}

#[test]
fn a_room_is_dense_and_in_one_order_for_everybody() {
    const SENDERS: u64 = 8;
    const EACH: u64 = 60;
    let server = Server::start();
    let heard: Vec<Vec<Message>> = thread::scope(|scope| {
        let people: Vec<_> = (0..SENDERS)
            .map(|n| {
                let server = &server;
                person(scope, format!("sender {n}"), move || talk_and_listen(server, n, EACH))
            })
            .collect();
        people.into_iter().map(ended).collect()
    });
    for other in &heard {
        assert!(*other == heard[0], "two people got different messages");
    }
    for n in 0..SENDERS {
        let name = format!("sender{n}");
        let mine = heard[0].iter().filter(|message| message.from.nick == name);
        let texts: Vec<&str> = mine.map(|message| &*message.text).collect();
        let wanted: Vec<String> = (0..EACH).map(|n| n.to_string()).collect();
        assert_eq!(texts, wanted, "one person's messages keep their order");
    }

    fn talk_and_listen(server: &Server, n: u64, each: u64) -> Vec<Message> {
        let mut client = server.guest(&format!("sender{n}"));
        let mut cursor = Cursor::start("lobby", client.greeting.epoch);
        client.catch_up(&mut cursor);
        let ids: Vec<u64> = (0..each)
            .map(|n| client.wire.post(send("lobby", &fresh_cid(), &n.to_string())))
            .collect();
        for id in ids {
            client.answer(id).expect("a send succeeds");
        }
        client.read_until(&mut cursor, SENDERS * EACH);
        cursor.messages().to_vec()
    }
}

#[test]
fn an_action_keeps_its_kind() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    ana.join("lobby");
    let (cid, text) = (fresh_cid(), String::from("waves"));
    let action = Send { room: "lobby".into(), cid, kind: Kind::Action, text };
    ana.ask(Command::Send(action)).expect("an action may be sent");
    assert_eq!(ana.expect_message("lobby").kind, Kind::Action);
    ana.leave("lobby");
    assert_eq!(ana.join("lobby").events[0].kind, Kind::Action, "in the log as well");
}

#[test]
fn texts_come_through_unchanged() {
    let server = Server::start();
    let (mut ana, mut bo) = (server.guest("ana"), server.guest("bo"));
    ana.join("lobby");
    bo.join("lobby");
    let texts = [
        "\"quotes\" and \\backslashes\\ and \\u0041",
        "lines\nand\ttabs",
        "</script><b>&amp;",
        "e\u{301} stays two, \u{e9} stays one",
        "\u{2028}\u{2029}\u{feff}\u{202e}.",
        "👩‍👩‍👧‍👦 日本語 עברית हिन्दी",
        "  spaces at the ends  ",
        "'; DROP TABLE messages; --",
        "\u{10ffff}\u{e000}",
    ];
    for text in texts {
        ana.send("lobby", text);
        assert_eq!(bo.expect_message("lobby").text, text);
    }
    let page = server.guest("cy").join("lobby");
    let logged: Vec<&str> = page.events.iter().map(|message| &*message.text).collect();
    assert_eq!(logged, texts);
}

#[test]
fn a_message_stays_in_its_room() {
    let server = Server::start();
    let (mut ana, mut bo) = (server.guest("ana"), server.guest("bo"));
    ana.join("kitchen");
    ana.join("garden");
    bo.join("garden");
    let in_kitchen = ana.send("kitchen", "not for bo");
    let in_garden = ana.send("garden", "for bo");
    assert_eq!((in_kitchen.seq, in_garden.seq), (1, 1), "each room counts by itself");
    assert_eq!(bo.expect_message("garden").text, "for bo");
}

#[test]
fn who_left_hears_nothing_more() {
    let server = Server::start();
    let (mut ana, mut bo) = (server.guest("ana"), server.guest("bo"));
    for room in ["kitchen", "garden"] {
        ana.join(room);
        bo.join(room);
    }
    bo.leave("kitchen");
    ana.send("kitchen", "bo has left");
    ana.send("garden", "bo is here");
    assert_eq!(bo.expect_message("garden").text, "bo is here");
}

#[test]
fn one_person_hears_in_each_of_their_sessions() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    let mut phone = server.known(ana.token());
    assert_eq!(phone.greeting.user, ana.greeting.user);
    ana.join("lobby");
    phone.join("lobby");
    ana.send("lobby", "from one");
    phone.send("lobby", "from the other");
    for client in [&mut ana, &mut phone] {
        assert_eq!(client.expect_message("lobby").text, "from one");
        assert_eq!(client.expect_message("lobby").text, "from the other");
    }
}

#[test]
fn every_request_gets_exactly_one_answer_under_its_id() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    for id in [0, 7, 7, INTEGER_MAX] {
        ana.wire.text(&format!(r#"{{"type":"ping","id":{id}}}"#));
        match ana.wire.event() {
            Event::Ok(ok) => assert_eq!(ok.id, id),
            other => panic!("the ok of {id} should have come, not {other:?}"),
        }
    }
    let mut asked = Vec::new();
    for n in 0..50 {
        asked.push(ana.wire.post(join(&format!("room{}", n % 5))));
        asked.push(ana.wire.post(send(&format!("room{}", n % 5), &fresh_cid(), "hello")));
        asked.push(ana.wire.post(Command::Ping(Ping {})));
    }
    let mut answered = Vec::new();
    while answered.len() < asked.len() {
        match ana.wire.event() {
            Event::Ok(ok) => answered.push(ok.id),
            Event::Message(_) | Event::Members(_) => {}
            other => panic!("unexpected: {other:?}"),
        }
    }
    answered.sort_unstable();
    assert_eq!(answered, asked);
    ana.barrier();
}
