//! Resuming: a cursor `(epoch, seq)` is all that a client needs to miss nothing.

use support::client::{Client, leave, page_of};
use support::cursor::Cursor;
use support::eventually;
use throng_protocol::{Command, Epoch, ErrorCode, Event, Join};

use super::Server;

#[test]
fn who_comes_back_gets_what_was_missed_and_then_hears_on() {
    let server = Server::start();
    let (mut ana, mut bo) = (server.guest("ana"), server.guest("bo"));
    let mut cursor = Cursor::start("lobby", bo.greeting.epoch);
    bo.catch_up(&mut cursor);
    say(&mut ana, "lobby", 10);
    bo.read_until(&mut cursor, 10);
    let token = bo.token().to_owned();
    drop(bo);

    say(&mut ana, "lobby", 10);
    let mut bo = server.known(&token);
    bo.catch_up(&mut cursor);
    assert_eq!(cursor.last(), 20);
    say(&mut ana, "lobby", 1);
    assert_eq!(bo.expect_message("lobby").seq, 21);
}

#[test]
fn what_was_missed_comes_in_pages_of_the_asked_size_and_nothing_live_between() {
    let server = Server::start();
    let (mut ana, mut bo) = (server.guest("ana"), server.guest("bo"));
    say(&mut ana, "lobby", 35);
    let mut cursor = Cursor::start("lobby", bo.greeting.epoch).with_limit(10);

    let page = bo.join_after(&cursor);
    assert_eq!((page.events.len(), page.head, page.more), (10, 35, true));
    assert!(cursor.take_page(page));
    // Sent while bo reads: it must come in a page, not live.
    say(&mut ana, "lobby", 1);
    bo.catch_up(&mut cursor);
    assert_eq!(cursor.last(), 36);
    say(&mut ana, "lobby", 1);
    assert_eq!(bo.expect_message("lobby").seq, 37);
}

#[test]
fn a_join_without_a_cursor_gives_the_latest_page() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    say(&mut ana, "lobby", 30);
    let mut bo = server.guest("bo");
    let page = bo.get::<throng_protocol::Page>(join("lobby", None, None, Some(10)));
    let seqs: Vec<u64> = page.events.iter().map(|message| message.seq).collect();
    assert_eq!(seqs, (21..=30).collect::<Vec<_>>());
    assert_eq!((page.first, page.head), (1, 30));
    assert!(!page.more && !page.limited && !page.reset);
    assert_eq!(page.members.expect("the answer has members").count, 2, "ana and bo");
}

#[test]
fn a_join_with_limit_0_gives_no_events_and_is_live_from_the_head() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    say(&mut ana, "lobby", 30);
    let mut bo = server.guest("bo");
    let page = bo.get::<throng_protocol::Page>(join("lobby", None, None, Some(0)));
    assert_eq!((page.events.len(), page.head, page.more), (0, 30, false));
    say(&mut ana, "lobby", 1);
    assert_eq!(bo.expect_message("lobby").seq, 31);
}

#[test]
fn a_foreign_epoch_resets_to_the_latest_page() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    say(&mut ana, "lobby", 5);
    let foreign = Epoch::from_parts(1_700_000_000_000, 42);
    let page = server.guest("bo").get::<throng_protocol::Page>(join(
        "lobby",
        Some(foreign),
        Some(3),
        None,
    ));
    assert!(page.reset && !page.more && !page.limited);
    assert_eq!(page.events.len(), 5, "the latest page, not what follows 3");
}

#[test]
fn a_cursor_above_the_head_resets_to_the_latest_page() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    say(&mut ana, "lobby", 5);
    let epoch = ana.greeting.epoch;
    let mut bo = server.guest("bo");
    for after in [6, throng_protocol::INTEGER_MAX] {
        let page = bo.get::<throng_protocol::Page>(join("lobby", Some(epoch), Some(after), None));
        assert!(page.reset && !page.more);
        assert_eq!((page.events.len(), page.head), (5, 5));
    }
    let page = bo.get::<throng_protocol::Page>(join("lobby", Some(epoch), Some(5), None));
    assert!(!page.reset && page.events.is_empty(), "the head itself is a good cursor");
    let page = bo.get::<throng_protocol::Page>(join("silence", Some(epoch), Some(1), None));
    assert!(page.reset, "nothing was ever said there");
}

#[test]
fn a_cursor_too_far_back_is_limited_and_history_fills_the_gap() {
    let server = Server::with(["--catch-up-max", "20", "--page-events-max", "10"]).start();
    let mut ana = server.guest("ana");
    say(&mut ana, "lobby", 60);
    let mut bo = server.guest("bo");
    let epoch = bo.greeting.epoch;
    let page = bo.get::<throng_protocol::Page>(join("lobby", Some(epoch), Some(5), None));
    assert!(page.limited && !page.reset && !page.more);
    let first = page.events.first().expect("the latest page").seq;
    assert_eq!(page.events.last().expect("the latest page").seq, 60);

    let mut cursor = Cursor::at("lobby", epoch, 5);
    while cursor.last() + 1 < first {
        let after = Some(cursor.last());
        let page = bo.history(throng_protocol::History { after, ..page_of("lobby") });
        page.events.into_iter().filter(|m| m.seq < first).for_each(|m| cursor.take(m));
    }
    page.events.into_iter().for_each(|message| cursor.take(message));
    say(&mut ana, "lobby", 1);
    cursor.take(bo.expect_message("lobby"));

    let page = bo.get::<throng_protocol::Page>(join("lobby", Some(epoch), Some(51), None));
    assert!(!page.limited, "ten behind is not too far");
}

#[test]
fn a_cursor_without_its_epoch_is_a_bad_command() {
    let server = Server::start();
    server.guest("ana").fail(join("lobby", None, Some(3), None), ErrorCode::BadCommand);
}

#[test]
fn a_second_join_of_a_live_room_answers_again_and_stays_live() {
    let server = Server::start();
    let (mut ana, mut bo) = (server.guest("ana"), server.guest("bo"));
    say(&mut ana, "lobby", 5);
    bo.join("lobby");
    let epoch = bo.greeting.epoch;
    let page = bo.get::<throng_protocol::Page>(join("lobby", Some(epoch), Some(2), None));
    assert_eq!(page.events.iter().map(|m| m.seq).collect::<Vec<_>>(), [3, 4, 5]);
    assert_eq!(page.members.expect("who is there").count, 2, "bo is there once");
    say(&mut ana, "lobby", 2);
    assert_eq!(bo.expect_message("lobby").seq, 6);
    assert_eq!(bo.expect_message("lobby").seq, 7);
}

#[test]
fn a_join_that_a_leave_overtakes_is_told_so() {
    let server = Server::with(["--page-events-max", "5"]).start();
    let mut ana = server.guest("ana");
    say(&mut ana, "lobby", 100);
    let mut bo = server.guest("bo");
    let old = join("lobby", Some(bo.greeting.epoch), Some(0), None);
    // Whether the leave overtakes the join, whose page is read from disk, is up to chance.
    eventually("a join was overtaken", || {
        let asked = [bo.wire.post(old.clone()), bo.wire.post(leave("lobby"))];
        let [joined, left] = bo.answers(asked);
        left.expect("a leave is answered");
        joined.map_err(|fault| assert_eq!(fault.code, ErrorCode::Superseded)).is_err()
    });
    say(&mut ana, "lobby", 1);
    bo.barrier();
    let pushes = bo.take_pushes();
    assert!(!pushes.iter().any(|push| matches!(push, Event::Message(_))), "bo has left");
}

#[test]
fn a_connection_that_is_cut_leaves_its_rooms() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    let mut bo = server.guest("bo");
    ana.join("lobby");
    bo.join("lobby");
    drop(bo);
    eventually("bo has left", || ana.members("lobby").members.count == 1);
}

#[test]
fn a_quiet_reader_has_no_events_but_its_answers() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    for _ in 0..20 {
        ana.barrier();
    }
    let pushes = ana.take_pushes();
    assert!(!pushes.iter().any(|push| matches!(push, Event::Message(_))), "{pushes:?}");
}

/// Joins and sends some messages.
fn say(client: &mut Client, room: &str, times: u64) {
    let command = join(room, None, None, Some(0));
    client.ask(command).expect("rooms are open");
    for n in 1..=times {
        client.send(room, &format!("thing {n}"));
    }
}

fn join(room: &str, epoch: Option<Epoch>, after: Option<u64>, limit: Option<u64>) -> Command {
    Command::Join(Join { room: room.into(), epoch, after, limit })
}
