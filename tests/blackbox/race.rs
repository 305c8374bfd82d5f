//! The race between joining and reading the past: a client that joins at any moment, in the middle of any
//! commit, gets everything after its cursor once and in order.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use throng_protocol::{Event, Message};

use support::client::Client;
use support::crowd::{ended, person};
use support::cursor::Cursor;
use support::seeded;
use support::server::Server;

const JOINERS: usize = 6;
const JOINS_EACH: usize = 600;

#[test]
fn joining_and_leaving_while_others_send_shows_no_hole_and_no_repeat() {
    let server = Server::start();
    hammer(&server);
}

/// With small pages, most joins are behind the recent entries and have to read on.
#[test]
fn joining_in_small_pages_while_others_send_shows_no_hole_and_no_repeat() {
    let server = Server::with(["--page-events-max", "3"]).start();
    hammer(&server);
}

fn hammer(server: &Server) {
    let mut rng = seeded();
    let done = AtomicBool::new(false);
    let heard: Vec<Vec<Message>> = thread::scope(|scope| {
        let senders: Vec<_> = (0..3)
            .map(|n| person(scope, format!("sender {n}"), || keep_sending(server, &done)))
            .collect();
        let joiners: Vec<_> = (0..JOINERS)
            .map(|n| {
                let rng = rng.fork();
                person(scope, format!("joiner {n}"), || come_and_go(server, rng))
            })
            .collect();
        let mut readers: Vec<_> = joiners.into_iter().map(ended).collect();
        done.store(true, Ordering::Relaxed);
        let sent: u64 = senders.into_iter().map(ended).sum();
        for (client, cursor) in &mut readers {
            client.catch_up(cursor);
            assert_eq!(cursor.last(), sent, "everything acknowledged");
        }
        readers.into_iter().map(|(_, cursor)| cursor.messages().to_vec()).collect()
    });
    assert!(heard[0].len() > 100, "somebody must have spoken meanwhile: {}", heard[0].len());
    for other in &heard {
        assert!(*other == heard[0], "two readers read something else");
    }
}

fn keep_sending(server: &Server, done: &AtomicBool) -> u64 {
    let mut client = server.anybody();
    client.join("lobby");
    let mut sent = 0;
    while !done.load(Ordering::Relaxed) {
        client.send("lobby", "on and on");
        client.take_pushes();
        sent += 1;
    }
    sent
}

fn come_and_go(server: &Server, mut rng: fastrand::Rng) -> (Client, Cursor) {
    let mut client = server.anybody();
    let mut cursor = Cursor::start("lobby", client.greeting.epoch);
    for _ in 0..JOINS_EACH {
        client.catch_up(&mut cursor);
        let until = cursor.last() + rng.u64(0..3);
        client.read_until(&mut cursor, until);
        client.leave("lobby");
        for push in client.take_pushes() {
            match push {
                Event::Message(message) => cursor.take(message),
                Event::Members(_) => {}
                other => panic!("unexpected: {other:?}"),
            }
        }
    }
    (client, cursor)
}
