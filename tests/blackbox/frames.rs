//! The longest messages that the server sends: each kind in the worst case that a client can cause.
//! [`Wire`](support::wire::Wire) checks in every test that none is over 32,768 bytes.

use throng_protocol::{ErrorCode, MESSAGE_BYTES_MAX};

use support::client::{Client, join, page_of, rename, send};
use support::cursor::Cursor;
use support::fresh_cid;
use support::server::Server;

/// Long lists and long texts.
const LONG: [&str; 6] =
    ["--members-listed-max", "150", "--text-bytes-max", "15KiB", "--frame-bytes-max", "100KiB"];

/// A name of this many characters of three bytes each.
fn long_name(chars: u32, number: u32) -> String {
    let digit = |place: u32| number / 10_u32.pow(place) % 10;
    (0..chars).filter_map(|place| char::from_u32(0x4E00 + digit(place.min(9)))).collect()
}

/// A text in which JSON escapes every character.
fn quotes(length: usize) -> String {
    "\"\\".repeat(length / 2)
}

/// Checks that a page has no room for another event of this size.
fn assert_full(client: &mut Client, event: usize, what: &str) {
    let longest = client.wire.take_longest();
    let full = MESSAGE_BYTES_MAX - 512 - event..=MESSAGE_BYTES_MAX;
    assert!(full.contains(&longest), "{what}: {longest} bytes");
}

#[test]
fn a_page_of_the_longest_texts_among_the_longest_names_is_one_message_of_32_kib() {
    let server = Server::with(LONG).start();
    let room = long_name(48, 0);
    let mut ana = server.guest(&long_name(24, 0));
    ana.join(&room);
    for text in [15 * 1024, 3_000, 15 * 1024, 100, 1, 7_000, 4_096, 15 * 1024] {
        ana.send(&room, &quotes(text.max(2)));
    }
    for _ in 0..200 {
        ana.send(&room, &quotes(100));
    }
    // 150 people take 18 KB of each answer to a join.
    let crowd: Vec<Client> = (1..150)
        .map(|number| {
            let mut guest = server.guest(&long_name(24, number));
            guest.join(&room);
            guest.barrier();
            guest
        })
        .collect();
    ana.wire.take_longest();
    let latest = ana.join(&room);
    assert_eq!(latest.members.expect("the answer to a join has members").sample.len(), 150);
    assert!(latest.events.len() > 10, "and there is room for events");
    assert_full(&mut ana, 900, "the latest page");
    assert_eq!(ana.members(&room).members.sample.len(), 150);
    for seq in [0, 1, 2, 3, 7, 100] {
        let mut cursor = Cursor::at(&room, latest_epoch(&ana), seq);
        let page = ana.join_after(&cursor);
        assert!(!page.events.is_empty(), "after {seq}");
        cursor.take_page(page);
        for history in [
            throng_protocol::History { after: Some(seq), ..page_of(&room) },
            throng_protocol::History { before: Some(seq + 2), ..page_of(&room) },
            throng_protocol::History { around: Some(seq + 1), ..page_of(&room) },
        ] {
            assert!(!ana.history(history).events.is_empty(), "at {seq}");
        }
    }
    ana.history(page_of(&room));
    assert_full(&mut ana, 900, "the latest page of history");
    drop(crowd);
}

fn latest_epoch(client: &Client) -> throng_protocol::Epoch {
    client.greeting.epoch
}

#[test]
fn the_longest_event_and_the_longest_lists_are_within_the_limit() {
    let server = Server::with(LONG).start();
    let room = long_name(48, 0);
    let (mut ana, mut bo) = (server.guest(&long_name(24, 0)), server.guest(&long_name(24, 1)));
    ana.join(&room);
    bo.join(&room);
    ana.send(&room, &quotes(15 * 1024));
    bo.expect_message(&room);
    assert!(bo.wire.take_longest() > 30_000, "a text that doubles");

    let mut guests: Vec<Client> =
        (2..149).map(|number| server.guest(&long_name(24, number))).collect();
    let joins: Vec<u64> = guests.iter_mut().map(|guest| guest.wire.post(join(&room))).collect();
    while bo.expect_members(&room).count < 149 {}
    assert!(bo.wire.take_longest() > 1_000, "many come at once");

    for number in 1..64 {
        ana.join(&long_name(48, number));
    }
    guests[0].answer(joins[0]).expect("it may join");
    for number in 0..60 {
        guests[0].join(&long_name(48, 100 + number));
    }
    ana.wire.take_longest();
    assert_eq!(ana.rooms(None, None).rooms.len(), 100);
    assert!(ana.wire.take_longest() > 15_000, "a hundred rooms");
}

#[test]
fn no_error_quotes_more_than_a_line() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    let long = "\"".repeat(12_000);
    for command in [join(&long), send(&long, &fresh_cid(), "x"), send("lobby", &long, "x")] {
        ana.ask(command).expect_err("too long for anything");
    }
    ana.fail(rename(&long), ErrorCode::BadNick);
    let escaped = "\\\"".repeat(5_000);
    for text in [
        format!(r#"{{"type":"{escaped}","id":1}}"#),
        format!(r#"{{"type":"send","id":1,"room":"a","cid":"c","text":"t","kind":"{escaped}"}}"#),
        format!(r#"{{"type":"join","id":1,"room":"a","epoch":"{escaped}"}}"#),
        format!(r#"{{"type":"join","id":1,"room":"a","after":"{escaped}"}}"#),
    ] {
        ana.wire.text(&text);
        ana.wire.event();
    }
    ana.fail(join(&long_name(49, 1)), ErrorCode::BadRoom);
    let longest = ana.wire.take_longest();
    assert!((1..=1_024).contains(&longest), "{longest} bytes");
}
