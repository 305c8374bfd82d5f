//! Slow readers: they get `behind`, read at their own pace, and are closed in the end. There is never a hole,
//! a delay for others, or memory without bound.

use std::thread;

use throng_protocol::{CloseCode, Event, Page, Request};

use support::client::{Client, join, send, typing};
use support::crowd::{ended, person};
use support::cursor::Cursor;
use support::raw::{Raw, TEXT, frame};
use support::server::Server;
use support::wire::{How, Received};
use support::{eventually, fresh_cid};

/// Small queues, so that a reader is behind after a few bytes.
const SMALL: [&str; 8] = [
    "--outbox-bytes-max",
    "64KiB",
    "--page-bytes-max",
    "16KiB",
    "--send-buffer",
    "8KiB",
    "--log",
    "warn",
];

/// How many sends are outstanding at a time.
const WINDOW: usize = 16;

#[test]
fn a_reader_that_stops_reading_is_told_it_is_behind_and_a_thousand_others_do_not_notice() {
    const OTHERS: usize = 1_000;
    const MESSAGES: u64 = 200;
    let server = Server::with(SMALL).with(["--write-timeout", "10m"]).start();
    let mut slow = slow_reader(&server, "slow");
    let mut place = Cursor::start("square", slow.greeting.epoch);
    slow.catch_up(&mut place);

    thread::scope(|scope| {
        let others: Vec<_> = (0..OTHERS)
            .map(|n| {
                let mut client = server.anybody();
                let mut cursor = Cursor::start("square", client.greeting.epoch);
                client.catch_up(&mut cursor);
                person(scope, format!("reader {n}"), move || {
                    client.read_until(&mut cursor, MESSAGES);
                    cursor
                })
            })
            .collect();
        say(&mut server.guest("speaker"), "square", MESSAGES, 2_000);
        for other in others {
            assert_eq!(ended(other).last(), MESSAGES, "complete, though the slow one read nothing");
        }
    });

    let behind = slow.expect_behind(&mut place);
    assert!(place.last() < MESSAGES, "something must have been left out");
    assert!(behind.head > place.last() && behind.head <= MESSAGES);
    slow.catch_up(&mut place);
    assert_eq!(place.last(), MESSAGES, "complete, at its own pace");
    say(&mut server.guest("speaker2"), "square", 1, 10);
    assert_eq!(slow.expect_message("square").seq, MESSAGES + 1, "and live again");
    assert!(server.metrics().value("throng_behind_total") >= 1.0);
}

#[test]
fn behind_is_told_for_each_room_by_itself() {
    let server = Server::with(SMALL).with(["--write-timeout", "10m"]).start();
    let mut slow = slow_reader(&server, "slow");
    let epoch = slow.greeting.epoch;
    let mut loud = Cursor::start("loud", epoch);
    let mut calm = Cursor::start("calm", epoch);
    slow.catch_up(&mut loud);
    slow.catch_up(&mut calm);
    let mut ana = server.guest("ana");
    say(&mut ana, "calm", 2, 10);
    say(&mut ana, "loud", 100, 2_000);

    // Messages in the calm room must not be lost because of the noise in the other one.
    loop {
        match slow.push() {
            Event::Message(message) if Some(message.room) == calm.id() => calm.take(message),
            Event::Message(message) => loud.take(message),
            Event::Behind(behind) => {
                assert_eq!(Some(behind.room), loud.id());
                break;
            }
            Event::Members(_) => {}
            other => panic!("unexpected: {other:?}"),
        }
    }
    assert_eq!(calm.last(), 2);
    slow.catch_up(&mut loud);
    assert_eq!(loud.last(), 100);
    say(&mut ana, "calm", 1, 10);
    calm.take(slow.expect_message("calm"));
}

#[test]
fn a_reader_that_is_behind_is_told_once_and_hears_nothing_more_of_the_room() {
    let server = Server::with(SMALL).with(["--write-timeout", "10m"]).start();
    let mut slow = slow_reader(&server, "slow");
    let mut place = Cursor::start("square", slow.greeting.epoch);
    slow.catch_up(&mut place);
    let mut ana = server.guest("ana");
    say(&mut ana, "square", 100, 2_000);
    slow.expect_behind(&mut place);
    say(&mut ana, "square", 5, 10);
    ana.barrier();
    slow.barrier();
    let pushes = slow.take_pushes();
    let of_room = pushes.iter().find(|push| matches!(push, Event::Message(_) | Event::Behind(_)));
    assert!(of_room.is_none(), "after behind came {of_room:?}");
    slow.catch_up(&mut place);
    assert_eq!(place.last(), 105);
}

#[test]
fn a_reader_that_is_behind_catches_up_while_others_go_on_talking() {
    const MESSAGES: u64 = 1_000;
    let server = Server::with(SMALL).with(["--write-timeout", "10m"]).start();
    let mut slow = slow_reader(&server, "slow");
    let mut place = Cursor::start("square", slow.greeting.epoch);
    slow.catch_up(&mut place);
    let mut ana = server.guest("ana");
    say(&mut ana, "square", 100, 2_000);
    thread::scope(|scope| {
        let talking = person(scope, "ana".into(), || say(&mut ana, "square", 900, 2_000));
        slow.read_until(&mut place, MESSAGES);
        ended(talking);
    });
    assert_eq!(place.last(), MESSAGES);
}

#[test]
fn ephemeral_events_are_what_a_slow_reader_loses_first() {
    let server = Server::with(SMALL).with(["--write-timeout", "10m"]).start();
    let mut slow = slow_reader(&server, "slow");
    slow.join("square");
    let mut ana = server.guest("ana");
    ana.join("square");
    for _ in 0..5_000 {
        ana.ask(typing("square")).expect("a member may type");
    }
    say(&mut ana, "square", 1, 10);
    assert_eq!(slow.expect_message("square").seq, 1, "typing alone puts nobody behind");
}

#[test]
fn a_reader_that_reads_nothing_at_all_is_closed() {
    let brisk = ["--write-timeout", "1s", "--hello-timeout", "1s"];
    let server = Server::with(SMALL).with(brisk).start();
    let mut deaf = slow_reader(&server, "deaf");
    deaf.join("square");
    let mut ana = server.guest("ana");
    say(&mut ana, "square", 100, 2_000);
    ana.join("square");
    eventually("the client that does not read is closed", || {
        ana.members("square").members.count == 1
    });
    eventually("its socket as well", || server.metrics().value("throng_sessions") == 1.0);
    let told = loop {
        match deaf.wire.read() {
            Received::Event(Event::Bye(bye)) => {
                assert_eq!(bye.code, CloseCode::SlowConsumer.number());
            }
            Received::Event(_) => {}
            Received::Closed(code) => break Some(code),
            Received::Lost(_) => break None,
        }
    };
    assert!(matches!(told, None | Some(4001)), "closed with {told:?}");
    let log = server.log();
    assert!(server.metrics().sum("throng_ended_sessions_total", "too_slow") == 1.0, "{log}");
}

#[test]
fn slow_readers_cost_bounded_memory() {
    const READERS: usize = 20;
    const MESSAGES: u64 = 600;
    const BYTES: usize = 4_000;
    let server = Server::with(SMALL).with(["--write-timeout", "10m"]).start();
    let mut ana = server.guest("ana");
    // Each reader has a separate room, so that no frame is shared.
    let mut readers: Vec<Client> =
        (0..READERS).map(|n| slow_reader(&server, &format!("slow{n}"))).collect();
    for (n, reader) in readers.iter_mut().enumerate() {
        reader.join(&format!("room{n}"));
    }
    say(&mut ana, "warm", MESSAGES, BYTES);
    let before = server.resident();
    for n in 0..READERS {
        say(&mut ana, &format!("room{n}"), MESSAGES, BYTES);
    }
    let growth = server.resident().saturating_sub(before);
    let said = READERS as u64 * MESSAGES * BYTES as u64;
    println!("{READERS} slow readers cost {growth} bytes after {said} bytes of text");
    // For each, an outbox and a page of 100 long texts, and what the allocator keeps.
    let allowed = READERS as u64 * (64 * 1024 + 100 * BYTES as u64) + 12 * 1024 * 1024;
    assert!(allowed < said / 2 && growth < allowed, "grown by {growth}, allowed {allowed}");
    let waiting = server.metrics().value("throng_outbox_bytes");
    assert!(waiting <= (READERS * 64 * 1024) as f64, "{waiting} bytes wait");
}

#[test]
fn all_outboxes_together_have_a_limit_of_their_own() {
    let flags = ["--outboxes-bytes-max", "1MiB", "--write-timeout", "10m", "--send-buffer", "8KiB"];
    let server = Server::with(flags).start();
    let mut readers: Vec<(Client, Cursor)> = (0..20)
        .map(|n| {
            let mut reader = slow_reader(&server, &format!("slow{n}"));
            let mut cursor = Cursor::start("square", reader.greeting.epoch);
            reader.catch_up(&mut cursor);
            (reader, cursor)
        })
        .collect();
    let mut ana = server.guest("ana");
    // Each outbox has room for 200 KB (its limit is 256 KiB), but all of them together do not.
    say(&mut ana, "square", 50, 4_000);
    let waiting = server.metrics().value("throng_outbox_bytes");
    assert!(waiting <= f64::from(1 << 20) * 1.25, "{waiting} bytes wait");
    thread::scope(|scope| {
        let reading: Vec<_> = readers
            .iter_mut()
            .enumerate()
            .map(|(n, (reader, cursor))| {
                person(scope, format!("reader {n}"), || reader.read_until(cursor, 50))
            })
            .collect();
        reading.into_iter().for_each(ended);
    });
    ana.barrier();
}

/// All readers ask for a page at the same time, when no page waits yet.
#[test]
fn pages_that_nobody_reads_keep_within_the_limit_of_all_outboxes() {
    const LIMIT: f64 = 2.0 * 1024.0 * 1024.0;
    let flags = ["--outboxes-bytes-max", "2MiB", "--write-timeout", "10m", "--send-buffer", "8KiB"];
    let server = Server::with(flags).start();
    let mut ana = server.guest("ana");
    ana.join("square");
    say(&mut ana, "square", 30, 4_000);
    let how = How { receive_buffer: Some(4_096), ..How::default() };
    let mut readers: Vec<Raw> =
        (0..150).map(|n| Raw::greeted_as(server.address(), &format!("slow{n}"), &how)).collect();
    let mut asks = Vec::new();
    for id in 2..6 {
        asks.extend(frame(TEXT, Request { id, command: join("square") }.to_json().as_bytes()));
    }
    for reader in &mut readers {
        reader.write(&asks);
    }
    // Each may have one small answer beyond the limit.
    let most = LIMIT + 150.0 * 1_024.0;
    for _ in 0..100 {
        let waiting = server.metrics().value("throng_outbox_bytes");
        assert!(waiting <= most, "{waiting} bytes wait");
    }
    assert!(server.metrics().value("throng_outbox_bytes") > LIMIT / 4.0, "and much does wait");
    assert!(server.metrics().sum("throng_errors_total", "code=\"busy\"") > 0.0);
    drop(readers);
    eventually("what waited is given back", || {
        server.metrics().value("throng_outbox_bytes") == 0.0
    });
    ana.join("square");
}

#[test]
fn a_slow_reader_still_gets_its_answers() {
    let server = Server::with(SMALL).with(["--write-timeout", "10m"]).start();
    let mut slow = slow_reader(&server, "slow");
    slow.join("square");
    let mut ana = server.guest("ana");
    say(&mut ana, "square", 100, 2_000);
    let id = slow.wire.post(join("square"));
    loop {
        match slow.wire.event() {
            Event::Ok(ok) if ok.id == id => {
                let page: Page = ok.body().expect("a page");
                assert_eq!(page.head, 100);
                break;
            }
            Event::Message(_) | Event::Behind(_) | Event::Members(_) => {}
            other => panic!("unexpected: {other:?}"),
        }
    }
}

/// A client whose kernel buffers are small.
fn slow_reader(server: &Server, nick: &str) -> Client {
    let how = How { receive_buffer: Some(4096), ..How::default() };
    Client::guest_as(server.address(), nick, &how)
}

/// Joins and sends long texts many times, some at once.
fn say(client: &mut Client, room: &str, times: u64, bytes: usize) {
    client.join(room);
    let text = "x".repeat(bytes);
    let mut asked = std::collections::VecDeque::new();
    for _ in 0..times {
        if asked.len() == WINDOW {
            answered(client, &mut asked);
        }
        asked.push_back(client.wire.post(send(room, &fresh_cid(), &text)));
    }
    while !asked.is_empty() {
        answered(client, &mut asked);
    }
    client.leave(room);
    client.take_pushes();
}

fn answered(client: &mut Client, asked: &mut std::collections::VecDeque<u64>) {
    let id = asked.pop_front().expect("something was asked");
    client.answer(id).expect("a send succeeds");
    client.take_pushes();
}
