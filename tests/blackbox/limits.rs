//! Rates and other limits that a person can reach: first an error with `retry_ms`, and the end of the
//! connection only after repeats.

use std::collections::HashMap;
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use throng_protocol::{CloseCode, Command, ErrorCode, Event, Fault, Ping, Sent};

use support::client::{Client, hello, join, send};
use support::crowd::{ended, person};
use support::server::Server;
use support::wire::How;
use support::{ELSEWHERE, eventually, fresh_cid};

const SLOW_SENDS: [&str; 4] = ["--sends-per-second", "1", "--sends-burst", "3"];

#[test]
fn sends_over_the_rate_are_told_when_to_try_again() {
    let server = Server::strict().with(SLOW_SENDS).start();
    let mut ana = server.guest("ana");
    let limits = &ana.greeting.limits;
    assert_eq!((limits.sends_burst, limits.sends_per_second), (3, 1), "hello has the limits");
    ana.join("lobby");
    let first = fresh_cid();
    let sent = ana.send_as("lobby", &first, "first");
    // A slow machine earns more sends while it sends, so at least the burst passes.
    let (mut passed, mut refused) = (1, fresh_cid());
    let fault = loop {
        match ana.ask(send("lobby", &refused, "more")) {
            Ok(_) => (passed, refused) = (passed + 1, fresh_cid()),
            Err(fault) => break fault,
        }
    };
    assert!(passed >= 3, "the burst passes: {passed}");
    assert_rate(&fault);
    assert_eq!(
        ana.send_as("lobby", &first, "first"),
        Sent { dup: true, ..sent },
        "a retry is answered before the rate is checked"
    );
    wait(&fault);
    assert_eq!(ana.send_as("lobby", &refused, "more").seq, passed + 1, "as it was asked to retry");
}

#[test]
fn the_rate_of_sends_is_a_persons_and_not_a_sessions() {
    let server = Server::strict().with(["--sends-per-second", "1", "--sends-burst", "10"]).start();
    let mut sessions = vec![server.guest("ana")];
    for _ in 0..4 {
        sessions.push(server.known(sessions[0].token()));
    }
    sessions.iter_mut().for_each(|session| drop(session.join("lobby")));
    let mut refused = 0;
    for session in &mut sessions {
        for _ in 0..5 {
            refused += u32::from(session.ask(send("lobby", &fresh_cid(), "x")).is_err());
        }
    }
    assert!(refused > 0, "25 sends of one person at 10 and one a second");
    let mut bo = server.guest("bo");
    bo.join("lobby");
    bo.send("lobby", "another person is not held up");
}

/// Sends until the rate refuses it; returns how many sends passed, and the refusal.
fn say_until_refused(client: &mut Client, room: &str, text: &str) -> (u64, Fault) {
    let mut passed = 0;
    loop {
        match client.ask(send(room, &fresh_cid(), text)) {
            Ok(_) => passed += 1,
            Err(fault) => {
                assert_rate(&fault);
                return (passed, fault);
            }
        }
        assert!(passed < 1_000, "no rate refuses it");
    }
}

#[test]
fn many_senders_of_one_address_have_a_rate_together_and_another_address_has_its_own() {
    let flags = ["--address-sends-burst", "20", "--address-sends-per-second", "1"];
    let server = Server::strict().with(flags).start();
    let mut crowd: Vec<Client> = (0..5).map(|n| server.guest(&format!("foe{n}"))).collect();
    crowd.iter_mut().for_each(|foe| drop(foe.join("lobby")));
    let cid = fresh_cid();
    let first = crowd[0].send_as("lobby", &cid, "first");
    for foe in &mut crowd[1..] {
        for _ in 0..4 {
            foe.send("lobby", "below the rate of each");
        }
    }
    let (_, fault) = say_until_refused(&mut crowd[1], "lobby", "more");
    assert!(fault.message.contains("address"), "{}", fault.message);
    let (_, fault) = say_until_refused(&mut crowd[4], "lobby", "more");
    assert!(fault.retry_ms.is_some_and(|wait| wait <= 2_000), "{fault:?}");
    let again = crowd[0].send_as("lobby", &cid, "first");
    assert_eq!(again, Sent { dup: true, ..first }, "a retry comes before the rate");

    let elsewhere = How { source: Some(ELSEWHERE), ..How::default() };
    let mut honest = Client::guest_as(server.address(), "honest", &elsewhere);
    honest.join("lobby");
    honest.send("lobby", "from another address");
}

#[test]
fn a_long_text_uses_up_the_rate_of_its_address_as_several_short_ones() {
    let flags = ["--address-sends-burst", "20", "--address-sends-per-second", "1"];
    for (bytes, most) in [(512, 20), (513, 10), (4_096, 2)] {
        let server = Server::strict().with(flags).with(["--sends-burst", "100"]).start();
        let mut ana = server.guest("ana");
        ana.join("lobby");
        let (passed, _) = say_until_refused(&mut ana, "lobby", &"x".repeat(bytes));
        // A slow machine earns more sends meanwhile.
        assert!((most..most + most / 2 + 2).contains(&passed), "{bytes} bytes: {passed}");
    }
}

#[test]
fn a_room_has_a_rate_and_its_neighbours_do_not_notice() {
    let flags = ["--room-sends-burst", "10", "--room-sends-per-second", "1"];
    let server = Server::strict().with(flags).start();
    let mut ana = server.guest("ana");
    ana.join("lobby");
    let (passed, fault) = say_until_refused(&mut ana, "lobby", "more");
    assert!(passed >= 10 && fault.message.contains("room"), "{passed}: {}", fault.message);
    let elsewhere = How { source: Some(ELSEWHERE), ..How::default() };
    let mut bo = Client::guest_as(server.address(), "bo", &elsewhere);
    bo.join("lobby");
    assert_rate(&bo.fail(send("lobby", &fresh_cid(), "x"), ErrorCode::RateLimited));
    bo.join("garden");
    bo.send("garden", "another room");
}

#[test]
fn new_people_of_one_address_have_a_rate_and_known_ones_do_not() {
    let flags = ["--new-people-burst", "3", "--new-people-per-second", "1"];
    let server = Server::strict().with(flags).start();
    let known = server.guest("ana").token().to_owned();
    let mut passed = 1;
    let fault = loop {
        let mut wire = server.wire();
        wire.post(hello(None, None));
        match wire.event() {
            Event::Ok(_) => passed += 1,
            Event::Error(fault) => break fault,
            other => panic!("{other:?}"),
        }
        assert!(passed < 100, "no rate refuses it");
    };
    assert_rate(&fault);
    assert!(passed >= 3, "the burst passes");
    server.known(&known);
    let elsewhere = How { source: Some(ELSEWHERE), ..How::default() };
    Client::guest_as(server.address(), "bo", &elsewhere);
}

#[test]
fn who_floods_is_told_and_then_closed() {
    let server =
        Server::strict().with(["--commands-per-second", "1", "--commands-burst", "5"]).start();
    let mut ana = server.guest("ana");
    let mut bo = server.guest("bo");
    bo.barrier();
    let (mut passed, mut refused) = (0, 0);
    let bye = loop {
        ana.wire.post(Command::Ping(Ping {}));
        match ana.wire.event() {
            Event::Ok(_) => (passed, refused) = (passed + 1, 0),
            Event::Error(fault) => {
                assert_rate(&fault);
                refused += 1;
            }
            Event::Bye(bye) => break bye,
            other => panic!("unexpected: {other:?}"),
        }
    };
    assert!(passed >= 4, "the burst passes: {passed}");
    assert!(refused >= 99, "only after many in a row: {refused}");
    assert_eq!(bye.code, CloseCode::Flooding.number());
    assert!(bye.reconnect && bye.after_ms.is_some_and(|after| after > 0), "{bye:?}");
    ana.wire.expect_close(bye.code);
    bo.barrier();
}

#[test]
fn bad_frames_count_as_commands() {
    let server =
        Server::strict().with(["--commands-per-second", "1", "--commands-burst", "5"]).start();
    let mut ana = server.guest("ana");
    for _ in 0..1_000 {
        ana.wire.text("no json at all");
    }
    ana.wire.expect_bye(CloseCode::Flooding);
}

#[test]
fn a_trusted_address_has_no_rates() {
    let flags = ["--commands-per-second", "1", "--commands-burst", "1"];
    let server = Server::with(flags).with(SLOW_SENDS).start();
    let mut ana = server.guest("ana");
    ana.join("lobby");
    for _ in 0..50 {
        ana.send("lobby", "bridged");
        ana.barrier();
    }
}

#[test]
fn rooms_made_are_counted_and_rooms_that_are_there_are_not() {
    let server = Server::strict().with(["--rooms-made-per-hour", "2"]).start();
    let mut bo = server.guest("bo");
    bo.join("lobby");
    let mut ana = server.known(bo.token());
    ana.join("second");
    let fault = ana.fail(join("third"), ErrorCode::RateLimited);
    assert_rate(&fault);
    ana.join("lobby");
    ana.join("second");
    let mut cy = server.guest("cy");
    cy.join("lobby");
    cy.fail(join("fourth"), ErrorCode::RateLimited);
    assert_eq!(cy.join("second").head, 0, "the address has made its two rooms, cy is from there");
}

#[test]
fn coming_back_as_somebody_new_makes_no_more_rooms() {
    let server = Server::strict().with(["--rooms-made-per-hour", "2", "--nick-hold", "0s"]).start();
    // From another address, since the test itself uses the usual one.
    let elsewhere = How { source: Some(ELSEWHERE), ..How::default() };
    let before = server.open_sockets();
    let mut ana = Client::guest_as(server.address(), "ana", &elsewhere);
    ana.join("one");
    ana.join("two");
    ana.send("one", "so that it stays");
    ana.bye();
    eventually("ana is gone", || server.open_sockets() <= before);
    let mut bo = Client::guest_as(server.address(), "bo", &elsewhere);
    bo.join("one");
    bo.fail(join("three"), ErrorCode::RateLimited);
}

#[test]
fn over_the_limit_of_open_rooms_no_other_is_made() {
    let flags = ["--rooms-max", "3", "--rooms-per-session-max", "3"];
    let server = Server::with(flags).start();
    let (mut ana, mut bo) = (server.guest("ana"), server.guest("bo"));
    for room in ["one", "two", "three"] {
        ana.join(room);
    }
    let fault = bo.ask(join("four")).expect_err("three are the most");
    assert!(matches!(fault.code, ErrorCode::Busy | ErrorCode::NoSuchRoom), "{fault:?}");
    bo.join("three");
}

/// A room accepts only a limited number of sends at once. The others get `busy`, and their retries succeed.
#[test]
fn a_room_with_too_much_to_do_says_busy_and_loses_nothing() {
    let server = Server::with(["--inbox-wait", "1ms"]).start();
    // Nobody sends until all have joined: a join would find the room busy too.
    let all_joined = Barrier::new(8);
    let (busy, sent): (Vec<usize>, Vec<usize>) = thread::scope(|scope| {
        let people: Vec<_> = (0..8)
            .map(|n| {
                let (server, all_joined) = (&server, &all_joined);
                person(scope, format!("person {n}"), move || press(server, all_joined))
            })
            .collect();
        people.into_iter().map(ended).unzip()
    });
    let (busy, sent) = (busy.iter().sum::<usize>(), sent.iter().sum::<usize>());
    println!("{busy} times busy, {sent} sends");
    assert!(busy > 0, "the room should have had too much to do");
    assert_eq!(server.guest("reader").join("lobby").head, sent as u64, "each send has one seq");
}

/// Sends many messages at once, and retries those that got `busy`; returns how many did, and the number of
/// sends.
fn press(server: &Server, all_joined: &Barrier) -> (usize, usize) {
    const SENDS: usize = 2_000;
    const AT_ONCE: usize = 500;
    let mut client = server.anybody();
    client.join("lobby");
    all_joined.wait();
    let mut busy = 0;
    let mut open: Vec<String> = (0..SENDS).map(|_| fresh_cid()).collect();
    let mut asked = HashMap::new();
    while !(open.is_empty() && asked.is_empty()) {
        while asked.len() < AT_ONCE {
            let Some(cid) = open.pop() else { break };
            asked.insert(client.wire.post(send("lobby", &cid, "press")), cid);
        }
        match client.wire.event() {
            Event::Ok(ok) => drop(asked.remove(&ok.id).expect("it was asked")),
            Event::Error(fault) => {
                assert_eq!(fault.code, ErrorCode::Busy, "{}", fault.message);
                assert!(fault.retry_ms.is_some_and(|retry| retry > 0), "{fault:?}");
                let id = fault.id.expect("the id of a send");
                open.push(asked.remove(&id).expect("it was asked"));
                busy += 1;
            }
            Event::Message(_) | Event::Members(_) | Event::Behind(_) => {}
            other => panic!("unexpected: {other:?}"),
        }
    }
    (busy, SENDS)
}

#[test]
fn who_waits_for_admission_gets_in() {
    let server = Server::with(["--admissions-max", "1"]).start();
    thread::scope(|scope| {
        let people: Vec<_> = (0..100)
            .map(|n| {
                let server = &server;
                person(scope, format!("person {n}"), move || {
                    let mut client = server.anybody();
                    client.join("lobby");
                    client
                })
            })
            .collect();
        let mut people: Vec<_> = people.into_iter().map(ended).collect();
        assert_eq!(people[0].members("lobby").members.count, 100);
    });
}

#[test]
fn in_a_large_room_nobody_is_told_who_types() {
    let server = Server::with(["--typing-members-max", "2"]).start();
    let (mut ana, mut bo, mut cy) = (server.guest("ana"), server.guest("bo"), server.guest("cy"));
    for client in [&mut ana, &mut bo, &mut cy] {
        client.join("lobby");
    }
    ana.typing("lobby");
    ana.send("lobby", "after typing");
    loop {
        match bo.push() {
            Event::Message(message) => break assert_eq!(message.text, "after typing"),
            Event::Members(_) => {}
            other => panic!("unexpected: {other:?}"),
        }
    }
}

fn assert_rate(fault: &Fault) {
    assert_eq!(fault.code, ErrorCode::RateLimited);
    assert!(fault.retry_ms.is_some_and(|retry| retry > 0), "when to try again: {fault:?}");
}

/// Waits as long as the server asked for: the protocol says so, it is not a guess.
fn wait(fault: &Fault) {
    thread::sleep(Duration::from_millis(fault.retry_ms.expect("it was checked")));
}
