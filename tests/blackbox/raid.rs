//! The raid switch as an operator meets it: at the server's machine, by itself, and over restarts.

use std::net::Ipv4Addr;

use serde_json::Value;
use support::client::{Client, send, stranger_wants};
use support::server::Server;
use support::wire::{How, Wire};
use support::{eventually, fresh_cid};
use throng_protocol::{ErrorCode, Event};

use crate::admin::{ask, ask_json, refused};

/// What a new guest from some address is refused with.
fn stranger(server: &Server, nick: &str) -> Option<ErrorCode> {
    let source = Some(Ipv4Addr::new(127, 0, 0, 9));
    let wire = Wire::connect_as(server.address(), &How { source, ..How::default() });
    stranger_wants(wire, nick).err().map(|fault| fault.code)
}

/// Far more than a guest sends until the switch is turned.
const SENDS_MAX: u64 = 5_000;

fn raid_entries(server: &Server) -> Vec<(String, String, String)> {
    let audit = ask_json(server, &["audit", "list"]);
    let entries = audit["entries"].as_array().expect("entries").iter();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let entries = entries.filter(|it| text(&it["action"]).starts_with("raid"));
    entries.map(|it| (text(&it["action"]), text(&it["by_name"]), text(&it["reason"]))).collect()
}

#[test]
fn an_operator_turns_it_on_and_off_and_it_outlives_a_crash_and_a_restart() {
    let mut server = Server::start();
    let mut ana = server.guest("ana");
    ana.join("lobby");
    ana.send("lobby", "before it");
    assert_eq!(ask_json(&server, &["raid", "status"])["on"], false);
    let on = ask_json(&server, &["raid", "on", "--reason", "bots"]);
    assert_eq!(
        (&on["on"], &on["by_name"], &on["left"]),
        (&true.into(), &"server".into(), &Value::Null)
    );
    assert_eq!(stranger(&server, "eve"), Some(ErrorCode::Raid));
    ana.fail(send("lobby", &fresh_cid(), "during it"), ErrorCode::Raid);
    assert_eq!(server.metrics().value("throng_raid"), 1.0);
    assert!(ask(&server, &["status"]).contains("raid switch on"), "{}", ask(&server, &["status"]));

    for is_crash in [true, false] {
        match is_crash {
            true => server.kill9(),
            false => drop(server.stop()),
        }
        server.restart();
        assert_eq!(stranger(&server, "eve"), Some(ErrorCode::Raid), "crash: {is_crash}");
        assert_eq!(ask_json(&server, &["raid", "status"])["reason"], "bots");
        assert_eq!(server.metrics().value("throng_raid"), 1.0);
    }
    let mut ana = server.known(ana.token());
    ana.join("lobby");
    ana.fail(send("lobby", &fresh_cid(), "still during it"), ErrorCode::Raid);
    assert_eq!(ask_json(&server, &["raid", "off"])["on"], false);
    assert_eq!(ana.send("lobby", "after it").seq, 2);
    assert_eq!(stranger(&server, "eve"), None);
    assert_eq!(server.metrics().value("throng_raid"), 0.0);
    let entry = |action: &str, reason: &str| (action.into(), "server".into(), reason.into());
    assert_eq!(raid_entries(&server), [entry("raid off", ""), entry("raid on", "bots")]);
    let long = "x".repeat(500);
    assert_eq!(refused(&server, &["raid", "on", "--reason", &long]).0, "bad_command");
}

#[test]
fn many_new_guests_turn_it_on_and_it_goes_off_after_its_time() {
    let flags = ["--raid-guests-per-minute", "5", "--raid-duration", "2s"];
    let server = Server::with(flags).start();
    let mut ana = server.member("ana");
    ana.join("lobby");
    let mut guests: Vec<Client> = (0..4).map(|at| server.guest(&format!("guest-{at}"))).collect();
    let first = guests.first_mut().expect("four");
    first.join("lobby");
    let before = first.send("lobby", "just in time");
    assert_eq!(stranger(&server, "one-too-many"), Some(ErrorCode::Raid));
    // It is in force at once, on disk a moment later, and off by itself.
    let entry = |action: &str, reason: &str| (action.into(), "server".into(), reason.into());
    let on = entry("raid on", "more new guests than raid_guests_per_minute");
    eventually("it goes off", || {
        raid_entries(&server) == [entry("raid off", "its time is over"), on.clone()]
    });
    let log = server.log();
    assert!(log.contains("the raid switch went on by itself") && log.contains("is off"), "{log}");
    assert_eq!(first.send("lobby", "again").seq, before.seq + 1);
    assert_eq!(stranger(&server, "one-too-many"), None);
}

/// Sends that were taken before the answer are shown in their order, and none after it.
#[test]
fn what_guests_said_before_the_answer_is_shown_and_nothing_after_it() {
    let server = Server::start();
    let mut watcher = server.guest("watcher");
    watcher.join("lobby");
    let mut all = 0;
    for round in 0..10 {
        let mut guests: Vec<Client> =
            (0..8).map(|at| server.guest(&format!("guest-{round}-{at}"))).collect();
        guests.iter_mut().for_each(|guest| drop(guest.join("lobby")));
        let seen = std::thread::scope(|scope| {
            let sending = guests.iter_mut().map(|guest| {
                scope.spawn(move || {
                    // So that the switch is turned while they speak, however slow it is.
                    for sent in 0..SENDS_MAX {
                        if let Err(fault) = guest.ask(send("lobby", &fresh_cid(), "text")) {
                            assert_eq!(fault.code, ErrorCode::Raid, "{fault:?}");
                            return sent;
                        }
                    }
                    panic!("the switch held nobody back in {SENDS_MAX} sends");
                })
            });
            let sending: Vec<_> = sending.collect();
            ask(&server, &["raid", "on"]);
            // What is shown from now on was said too late.
            watcher.barrier();
            let seen = watcher.take_pushes();
            let sent: u64 = sending.into_iter().map(|it| it.join().expect("no panic")).sum();
            let seen: Vec<u64> = seen
                .into_iter()
                .filter_map(|event| match event {
                    Event::Message(message) => Some(message.seq),
                    _ => None,
                })
                .collect();
            assert_eq!(seen.len() as u64, sent, "all that was accepted was shown by then");
            all += sent;
            seen
        });
        assert!(seen.windows(2).all(|two| two[0] + 1 == two[1]), "{seen:?}");
        watcher.barrier();
        assert!(watcher.take_pushes().iter().all(|event| !matches!(event, Event::Message(_))));
        ask(&server, &["raid", "off"]);
    }
    assert!(all > 0, "nobody said anything before the switch was turned");
}
