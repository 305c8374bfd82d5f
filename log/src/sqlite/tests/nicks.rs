//! The log's records of nicks.

use std::time::Duration;

use futures::executor::block_on;
use rusqlite::Connection;
use throng_protocol::{Nick, PersonId};

use super::damage::{damage, filled};
use super::migrations::copy_of;
use super::opening::copied;
use super::{Directory, append, person, said};
use crate::directory::{Directory as _, NickNote, NickRecord};
use crate::log::{Append, Log};
use crate::sqlite::{Settings, SqliteLog};

fn nick(text: &str) -> Nick {
    Nick::parse(text).expect("a nick")
}

fn find(log: &SqliteLog, text: &str) -> Option<NickRecord> {
    block_on(log.nick(nick(text).fold())).expect("readable")
}

/// The owner, and whether they sent a message under it.
fn owner(log: &SqliteLog, text: &str) -> Option<(PersonId, bool)> {
    find(log, text).map(|record| (record.person, record.has_spoken))
}

fn worn(log: &SqliteLog, number: u64, text: &str) {
    log.note(NickNote::Worn { person: person(number), nick: nick(text) });
}

fn left(log: &SqliteLog, number: u64, text: &str) {
    log.note(NickNote::Left { person: person(number), nick: nick(text) });
}

/// Closes the log, which writes the notes, and opens it again.
fn reopened(directory: &Directory, log: SqliteLog) -> SqliteLog {
    log.close();
    drop(log);
    directory.open()
}

#[test]
fn a_nick_is_remembered_with_its_owner() {
    let directory = Directory::in_memory();
    let log = directory.open();
    worn(&log, 1, "Ana");
    worn(&log, 2, "bo");
    let log = reopened(&directory, log);
    assert_eq!(owner(&log, "ANA"), Some((person(1), false)), "in every spelling");
    assert_eq!(owner(&log, "eve"), None);
    left(&log, 2, "ana");
    left(&log, 2, "bo");
    let log = reopened(&directory, log);
    assert_eq!(owner(&log, "ana"), Some((person(1), false)), "not theirs to give up");
    assert_eq!(owner(&log, "bo"), None);
    worn(&log, 3, "ana");
    let log = reopened(&directory, log);
    assert_eq!(owner(&log, "ana"), Some((person(3), false)), "who has it now");
}

#[test]
fn a_nick_under_which_something_was_said_is_known_at_once() {
    let directory = Directory::in_memory();
    let log = directory.open();
    append(&log, "lobby", vec![said(1, "hello")]);
    assert_eq!(owner(&log, "ana"), Some((person(1), true)), "at once");
    left(&log, 1, "ana");
    worn(&log, 1, "ana");
    let log = reopened(&directory, log);
    assert_eq!(owner(&log, "ana"), Some((person(1), true)), "and stays so");
    let refused = Append { admit: false, nick: "eve".into(), ..said(2, "not admitted") };
    append(&log, "lobby", vec![refused]);
    assert_eq!(owner(&log, "eve"), None, "nothing was said");
    append(&log, "lobby", vec![Append { sender: person(2), ..said(3, "mine now") }]);
    assert_eq!(owner(&log, "ana"), Some((person(2), true)));
}

/// Person `number` sends a message under this nick.
fn speaks(log: &SqliteLog, number: u64, text: &str) {
    let message = Append { sender: person(number), nick: text.into(), ..said(number, "hello") };
    append(log, "lobby", vec![message]);
}

/// Opens the log so that it writes nothing merely because time has passed, however slow the machine is.
fn patient(directory: &Directory) -> SqliteLog {
    let look_interval = Duration::from_secs(3_600);
    directory.open_with(Settings { look_interval, ..Settings::default() })
}

/// How many nicks with messages the table has.
fn written(directory: &Directory) -> i64 {
    Connection::open(directory.database())
        .and_then(|it| it.query_row("SELECT count(*) FROM nick WHERE spoken", [], |row| row.get(0)))
        .expect("counted")
}

#[test]
fn a_crash_forgets_nobody_who_spoke() {
    let directory = Directory::in_memory();
    let log = directory.open();
    speaks(&log, 1, "ana");
    log.close();
    drop(log);
    let log = patient(&directory);
    for (number, text) in [(2, "Bo"), (3, "ana"), (4, "cy"), (5, "cy")] {
        speaks(&log, number, text);
    }
    let crashed = copied(&directory);
    assert_eq!(written(&crashed), 1, "the others wait in memory");
    for _ in 0..2 {
        let log = crashed.open();
        let now = log.clock().now_ms();
        for (number, text) in [(2, "bo"), (3, "ana"), (5, "cy")] {
            assert_eq!(owner(&log, text), Some((person(number), true)), "{text}");
            assert!(now - find(&log, text).expect("remembered").seen_ms < 60_000);
        }
        assert_eq!(written(&crashed), 3);
    }
}

#[test]
fn many_who_speak_are_written_together() {
    let directory = Directory::in_memory();
    let log = patient(&directory);
    for number in 1..=1_023 {
        speaks(&log, number, &format!("nick-{number}"));
    }
    assert_eq!(written(&directory), 0);
    speaks(&log, 1_024, "nick-1024");
    // The next commit waits for what the thread does after an answer.
    speaks(&log, 1_025, "nick-1025");
    assert_eq!(written(&directory), 1_024);
    for number in [1, 1_024, 1_025] {
        let owner = owner(&log, &format!("nick-{number}"));
        assert_eq!(owner, Some((person(number), true)));
    }
}

#[test]
fn who_gets_a_nick_after_its_hold_has_it_though_another_just_spoke_under_it() {
    let directory = Directory::in_memory();
    let log = directory.open();
    speaks(&log, 1, "ana");
    worn(&log, 2, "ana");
    let log = reopened(&directory, log);
    assert_eq!(owner(&log, "ana"), Some((person(2), false)));
}

#[test]
fn a_log_with_damaged_messages_opens_and_knows_who_spoke_elsewhere() {
    let directory = filled();
    let database = Connection::open(directory.database()).expect("a database");
    // As after a crash before the nicks were written, with another nick of the same length in each room.
    database
        .execute_batch(
            "DELETE FROM nick; UPDATE room SET noted = 0;
             UPDATE message SET nick = 'n-' || (id >> 40)",
        )
        .expect("changed");
    drop(database);
    damage(&directory, "a", 200);
    let log = directory.open();
    let known = ["n-1", "n-2", "n-3"].map(|nick| owner(&log, nick).is_some());
    assert_eq!(known, [false, true, true]);
}

#[test]
fn a_table_of_nicks_that_takes_nothing_holds_up_no_message() {
    let directory = Directory::in_memory();
    let log = directory.open();
    let run = |sql| {
        Connection::open(directory.database())
            .and_then(|it| it.execute_batch(sql))
            .expect("changed");
    };
    run("CREATE TRIGGER broken BEFORE INSERT ON nick BEGIN SELECT RAISE(ABORT, 'broken'); END");
    for number in 1..=3_000 {
        speaks(&log, number, &format!("nick-{number}"));
        assert!(log.is_writable(), "{number}");
    }
    assert_eq!(written(&directory), 0);
    run("DROP TRIGGER broken");
    speaks(&log, 3_001, "nick-3001");
    let log = reopened(&directory, log);
    assert_eq!(owner(&log, "nick-3001"), Some((person(3_001), true)));
}

#[test]
fn who_was_silent_is_held_from_the_opening_on_and_who_spoke_since_they_were_seen() {
    let directory = Directory::in_memory();
    let log = directory.open();
    append(&log, "lobby", vec![said(1, "hello")]);
    worn(&log, 2, "bo");
    log.close();
    drop(log);
    let database = Connection::open(directory.database()).expect("a database");
    database.execute("UPDATE nick SET seen = 5", []).expect("changed");
    drop(database);
    let log = directory.open();
    let now = log.clock().now_ms();
    assert_eq!(find(&log, "ana").expect("remembered").seen_ms, 5);
    assert!(now - find(&log, "bo").expect("remembered").seen_ms < 60_000);
    log.note(NickNote::Seen { person: person(1) });
    let log = reopened(&directory, log);
    assert!(find(&log, "ana").expect("remembered").seen_ms >= now);
}

#[test]
fn a_log_without_a_table_of_nicks_gets_one_from_its_messages() {
    let log_of = |which| {
        let directory = copy_of("format-1", which);
        let log = directory.open();
        for number in [1, 2] {
            let owner = owner(&log, &format!("nick-{number}"));
            assert_eq!(owner, Some((person(number), true)), "{which}");
        }
        (directory, log)
    };
    log_of("closed");
    log_of("crashed");
}

#[test]
fn nicks_that_an_older_version_compared_otherwise_are_found() {
    let directory = Directory::in_memory();
    let log = directory.open();
    for (number, text) in [(1, "modem"), (2, "bob"), (3, "eve")] {
        worn(&log, number, text);
    }
    log.close();
    drop(log);
    let database = Connection::open(directory.database()).expect("a database");
    for (was, is) in [("modem", "rnodern"), ("bob", "eve-before"), ("eve", "x")] {
        database.execute("UPDATE nick SET fold = ? WHERE fold = ?", [is, was]).expect("changed");
    }
    database
        .execute("UPDATE nick SET nick = 'eve' WHERE fold = 'eve-before'", [])
        .expect("two of one name");
    drop(database);
    let log = directory.open();
    assert_eq!(owner(&log, "modem"), Some((person(1), false)));
    assert!(owner(&log, "eve").is_some(), "one of the two keeps it");
    log.close();
    let database = Connection::open(directory.database()).expect("a database");
    let rows: i64 =
        database.query_row("SELECT count(*) FROM nick", [], |row| row.get(0)).expect("counted");
    assert_eq!(rows, 2, "and the other is forgotten");
}
