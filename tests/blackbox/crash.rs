//! `kill -9` in the middle of a storm of sends: every acknowledged message is in the log, once and in order.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use throng_protocol::{Epoch, Event, History, Message, RoomId, Sent};

use support::client::{Client, page_of, send};
use support::crowd::{ended, person};
use support::server::Server;
use support::wire::Received;
use support::{fresh_cid, seeded};

const CRASHES: u64 = 20;
const ROOMS: [&str; 2] = ["lobby", "garden"];
const SENDERS: usize = 4;

/// How many sends of a sender are outstanding at a time.
const WINDOW: usize = 16;

#[test]
fn twenty_crashes_in_a_storm_of_sends_lose_repeat_and_reorder_nothing() {
    let mut rng = seeded();
    let mut server = Server::start();
    let mut senders: Vec<Sender> = (0..SENDERS).map(|n| Sender::new(&server, n)).collect();
    let mut shown = Vec::new();
    for _ in 0..CRASHES {
        let acknowledged = AtomicU64::new(0);
        let enough = rng.u64(1..400);
        let moment = Duration::from_micros(rng.u64(0..5_000));
        thread::scope(|scope| {
            let storm: Vec<_> = senders
                .iter_mut()
                .enumerate()
                .map(|(n, sender)| {
                    let client = sender.connect(&server);
                    let count = &acknowledged;
                    person(scope, format!("sender {n}"), move || sender.storm(client, count))
                })
                .collect();
            let readers: Vec<_> = ROOMS
                .map(|room| {
                    let mut reader = server.anybody();
                    reader.join(room);
                    person(scope, format!("reader of {room}"), move || read_to_the_end(reader))
                })
                .into_iter()
                .collect();
            while acknowledged.load(Ordering::Relaxed) < enough {
                thread::yield_now();
            }
            // A random moment after a random number of answers: that is what this test is about.
            thread::sleep(moment);
            server.kill9();
            storm.into_iter().for_each(ended);
            readers.into_iter().for_each(|reader| shown.extend(ended(reader)));
        });
        server.restart();
    }

    for sender in &mut senders {
        let client = sender.connect(&server);
        sender.finish(client);
    }
    let (mut log, mut ids) = (HashMap::new(), HashMap::new());
    for room in ROOMS {
        let (id, messages) = read_whole_log(&server, room);
        ids.insert(room, id);
        for message in messages {
            let key = (message.from.id.to_string(), message.cid.to_string());
            let before = log.insert(key, message);
            assert!(before.is_none(), "one send is in the log twice: {before:?}");
        }
    }
    let sent: usize = senders.iter().map(|sender| sender.acknowledged.len()).sum();
    assert_eq!(log.len(), sent, "every send that was retried to its answer is in the log once");
    for sender in &senders {
        sender.check(&log, ids[sender.room]);
    }
    check_shown(&shown, &log);
    println!("{sent} sends, {} deliveries", shown.len());
}

/// A client that sends without pause, and after each crash retries the sends without an answer.
struct Sender {
    token: String,
    id: String,
    epoch: Epoch,
    room: &'static str,
    count: u64,
    /// Sends without an answer, in the order of their first attempt: cid and text.
    open: Vec<(String, String)>,
    acknowledged: HashMap<String, (Sent, String)>,
}

impl Sender {
    fn new(server: &Server, n: usize) -> Self {
        let client = server.guest(&format!("sender{n}"));
        Self {
            token: client.token().to_owned(),
            id: client.greeting.user.id.to_string(),
            epoch: client.greeting.epoch,
            room: ROOMS[n % ROOMS.len()],
            count: 0,
            open: Vec::new(),
            acknowledged: HashMap::new(),
        }
    }

    /// Reconnects as the same person, in the same room.
    fn connect(&self, server: &Server) -> Client {
        let mut client = server.known(&self.token);
        assert_eq!(client.greeting.user.id.to_string(), self.id, "the token outlives a crash");
        assert_eq!(client.greeting.epoch, self.epoch, "the log is the same one");
        client.join(self.room);
        client
    }

    /// Sends until the server is gone.
    fn storm(&mut self, mut client: Client, acknowledged: &AtomicU64) {
        let mut asked: HashMap<u64, String> = HashMap::new();
        for (cid, text) in &self.open {
            asked.insert(client.wire.post(send(self.room, cid, text)), cid.clone());
        }
        loop {
            while asked.len() < WINDOW {
                self.count += 1;
                let (cid, text) = (fresh_cid(), format!("number {}", self.count));
                asked.insert(client.wire.post(send(self.room, &cid, &text)), cid.clone());
                self.open.push((cid, text));
            }
            match client.wire.read() {
                Received::Event(Event::Ok(ok)) => {
                    let cid = asked.remove(&ok.id).expect("an answer to what was asked");
                    self.note(&cid, ok.body().expect("the answer to a send"));
                    acknowledged.fetch_add(1, Ordering::Relaxed);
                }
                Received::Event(Event::Message(_) | Event::Members(_)) => {}
                Received::Event(other) => panic!("unexpected: {other:?}"),
                Received::Closed(code) => {
                    panic!("closed with {code}: a crash sends no close frame")
                }
                Received::Lost(_) => return,
            }
        }
    }

    /// Retries the remaining sends until each has an answer.
    fn finish(&mut self, mut client: Client) {
        for (cid, text) in self.open.clone() {
            let sent = client.send_as(self.room, &cid, &text);
            self.note(&cid, sent);
        }
    }

    fn note(&mut self, cid: &str, sent: Sent) {
        let at = self.open.iter().position(|(open, _)| open == cid).expect("it was open");
        let (cid, text) = self.open.remove(at);
        self.acknowledged.insert(cid, (sent, text));
    }

    /// Checks every answer that this sender ever got.
    fn check(&self, log: &HashMap<(String, String), Message>, room: RoomId) {
        for (cid, (sent, text)) in &self.acknowledged {
            let logged = log.get(&(self.id.clone(), cid.clone()));
            let logged = logged.unwrap_or_else(|| panic!("lost: {text} with {sent:?}"));
            assert_eq!((logged.seq, logged.at), (sent.seq, sent.at), "{text}");
            assert_eq!((logged.room, &*logged.text), (room, &**text));
        }
    }
}

/// Everything that was shown is in the log, at the same seq: no client ever saw a message that was not
/// durable.
fn check_shown(shown: &[Message], log: &HashMap<(String, String), Message>) {
    assert!(!shown.is_empty(), "the readers must have been shown something");
    let mut seen = HashSet::new();
    for message in shown {
        let key = (message.from.id.to_string(), message.cid.to_string());
        assert_eq!(log.get(&key), Some(message), "shown, and not in the log like this");
        assert!(seen.insert(key), "shown twice: {message:?}");
    }
}

/// Everything that a reader gets before the server is killed.
fn read_to_the_end(mut reader: Client) -> Vec<Message> {
    let mut shown: Vec<Message> = Vec::new();
    loop {
        match reader.wire.read() {
            Received::Event(Event::Message(message)) => {
                if let Some(last) = shown.last() {
                    assert_eq!(message.seq, last.seq + 1, "in {}", message.room);
                }
                shown.push(message);
            }
            Received::Event(Event::Members(_)) => {}
            Received::Lost(_) => return shown,
            other => panic!("unexpected: {other:?}"),
        }
    }
}

/// The whole log of a room, which must have no holes from 1 on.
fn read_whole_log(server: &Server, room: &str) -> (RoomId, Vec<Message>) {
    let mut reader = server.anybody();
    let id = reader.join(room).room.id;
    let mut messages: Vec<Message> = Vec::new();
    loop {
        let after = Some(messages.len() as u64);
        let page = reader.history(History { after, ..page_of(room) });
        for message in page.events {
            assert_eq!(message.seq, messages.len() as u64 + 1, "the log is dense");
            if let Some(last) = messages.last() {
                assert!(message.at >= last.at, "time does not run backwards in a room");
            }
            messages.push(message);
        }
        if !page.more {
            assert_eq!(messages.len() as u64, page.head);
            return (id, messages);
        }
    }
}
