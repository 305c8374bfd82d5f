//! Through a proxy that breaks connections, and with a server that is killed: every message arrives once and
//! in order, every send gets one seq.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_std::future::timeout;
use async_std::task::block_on;
use futures::StreamExt;
use futures::future::join_all;
use support::proxy::{Proxy, Weather};
use support::server::Server;
use throng_client::{Client, Event, Events, Options, Sent};

/// Longer than other tests wait: dozens of storms share the machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a client has seen of its rooms, checked as it arrives.
#[derive(Default)]
struct Seen {
    rooms: BTreeMap<String, Vec<(u64, String)>>,
}

impl Seen {
    fn take(&mut self, event: &Event) {
        match event {
            Event::Message { room, message, .. } => {
                let seen = self.rooms.entry(room.to_string()).or_default();
                let last = seen.last().map_or(0, |(seq, _)| *seq);
                assert_eq!(message.seq, last + 1, "in {room}, after {last}");
                seen.push((message.seq, message.text.clone()));
            }
            // A killed server forgets a room without messages.
            Event::Left { room } if !self.rooms.contains_key(room.name.as_str()) => {}
            Event::Gap { .. } | Event::Refused { .. } | Event::Left { .. } => {
                panic!("an unexpected event: {event:?}")
            }
            _ => {}
        }
    }

    /// Whether all people have said their last text in every room.
    fn is_over(&self, people: usize) -> bool {
        let all = self.rooms.values().flatten();
        all.filter(|(_, text)| text.ends_with(END)).count() == people * ROOMS.len()
    }
}

/// Reads until all people have said their last text.
async fn read(events: &mut Events, people: usize) -> Seen {
    let mut seen = Seen::default();
    while !seen.is_over(people) {
        let event = timeout(PATIENCE, events.next()).await;
        let event = event.unwrap_or_else(|_| panic!("nothing more came after {:?}", seen.rooms));
        seen.take(&event.expect("it does not end"));
    }
    seen
}

/// The last text of each person in every room.
const END: &str = "has nothing more to say";

const ROOMS: [&str; 2] = ["north", "south"];

/// Three people talk in two rooms until `enough`, each through the proxy.
async fn talk(proxy: &Proxy, seed: u64, enough: impl Fn() -> bool) {
    let url = proxy.url();
    let mut people = Vec::new();
    for nick in ["ana", "bo", "cy"] {
        let options = Options::guest(format!("{nick}-{seed}")).dial_timeout(Duration::from_secs(2));
        let (client, mut events) = Client::start(&url, options).expect("a good address");
        for room in ROOMS {
            // The joins are requested before there is a connection.
            drop(client.join(format!("{room}-{seed}")));
        }
        // Nobody speaks until all have joined: a later join starts at the latest page.
        let mut joined = 0;
        while joined < ROOMS.len() {
            let event = timeout(PATIENCE, events.next()).await.expect("in time").expect("an event");
            joined += usize::from(matches!(event, Event::Joined(_)));
        }
        people.push((client, events));
    }
    let count = people.len();
    let (clients, mut streams): (Vec<Client>, Vec<Events>) = people.into_iter().unzip();
    let talking = clients.iter().map(|client| speak(client, seed, &enough));
    let reading = streams.iter_mut().map(|events| read(events, count));
    let (sent, seen) = futures::join!(join_all(talking), join_all(reading));
    check(&sent, &seen);
}

/// Says one text after another, six at a time: their order must hold. Returns the answer to each.
async fn speak(
    client: &Client,
    seed: u64,
    enough: &impl Fn() -> bool,
) -> Vec<(String, Sent, String)> {
    let mut told = Vec::new();
    let mut n = 0;
    let mut over = false;
    while !over {
        over = enough();
        let nick = client.me().expect("it was greeted").nick;
        let texts = match over {
            true => vec![format!("{nick} {END}")],
            false => (n..n + 3).map(|n| format!("{nick} {n}")).collect(),
        };
        n += 3;
        let said: Vec<_> = texts
            .into_iter()
            .flat_map(|text| ROOMS.map(|room| (format!("{room}-{seed}"), text.clone())))
            .map(|(room, text)| (client.send(&room, &text), room, text))
            .collect();
        for (sending, room, text) in said {
            let answer = timeout(PATIENCE, sending).await.expect("an answer in time");
            told.push((room, answer.unwrap_or_else(|error| panic!("{text}: {error}")), text));
        }
    }
    told
}

fn check(told: &[Vec<(String, Sent, String)>], seen: &[Seen]) {
    let first = &seen[0].rooms;
    for other in seen {
        assert_eq!(&other.rooms, first, "all clients see the same");
    }
    for (room, log) in first {
        let texts: BTreeSet<&String> = log.iter().map(|(_, text)| text).collect();
        assert_eq!(texts.len(), log.len(), "nothing was said twice");
        let mut count = 0;
        for mine in told {
            let mine: Vec<_> = mine.iter().filter(|(of, ..)| of == room).collect();
            let seqs: Vec<u64> = mine.iter().map(|(_, sent, _)| sent.seq).collect();
            assert!(seqs.is_sorted_by(|a, b| a < b), "in the order of the caller: {seqs:?}");
            count += mine.len();
            for (_, sent, text) in mine {
                let place = &log[sent.seq as usize - 1];
                assert_eq!(place, &(sent.seq, text.clone()), "each send has the seq of its answer");
            }
        }
        assert_eq!(log.len(), count, "nothing was lost, and nothing came from nowhere");
    }
}

const STORM: Weather = Weather { cut: 60, delay: 100, split: 300, mute: 1 };

/// The rates of the server are not under test here.
const FLAGS: [&str; 8] =
    ["--sends-per-second", "10000", "--heartbeat", "1s", "--nick-hold", "1s", "--log", "warn"];

#[test]
fn after_thousands_of_cuts_everybody_has_seen_every_message_once_and_in_order() {
    const SEEDS: u64 = 42;
    const CUTS: u64 = 50;
    let server = Server::with(FLAGS).start();
    let proxies = (0..SEEDS).map(|seed| (seed, Proxy::stormy(server.address(), STORM, seed)));
    let proxies: Vec<_> = proxies.collect();
    block_on(join_all(proxies.iter().map(|(seed, proxy)| {
        talk(proxy, *seed, || {
            let over = proxy.cuts() >= CUTS;
            if over {
                proxy.calm();
            }
            over
        })
    })));
    let cuts: u64 = proxies.iter().map(|(_, proxy)| proxy.cuts()).sum();
    println!("{cuts} cuts");
    assert!(cuts >= SEEDS * CUTS, "{cuts} cuts");
}

#[test]
fn a_server_that_is_killed_again_and_again_loses_and_repeats_nothing() {
    const KILLS: usize = 10;
    let mut server = Server::with(FLAGS).start();
    let weather = Weather { cut: 10, ..STORM };
    let proxies = (100..104).map(|seed| (seed, Proxy::stormy(server.address(), weather, seed)));
    let proxies: Vec<_> = proxies.collect();
    let killed = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..KILLS {
                // Long enough that some clients are greeted and in the middle of something.
                std::thread::sleep(Duration::from_millis(300));
                server.kill9();
                server.restart();
                killed.fetch_add(1, Ordering::Relaxed);
            }
        });
        block_on(join_all(proxies.iter().map(|(seed, proxy)| {
            talk(proxy, *seed, || {
                let over = killed.load(Ordering::Relaxed) == KILLS;
                if over {
                    proxy.calm();
                }
                over
            })
        })));
    });
}
