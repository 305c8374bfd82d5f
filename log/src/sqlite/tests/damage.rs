//! Damaged pages: they affect their own room only.

use futures::executor::block_on;
use futures::future::join_all;
use rusqlite::Connection;

use super::{Directory, append, committed, latest, named, page, person, said, seqs, try_append};
use crate::log::{Append, Appended, Log, LogError, Range};
use crate::sqlite::SqliteLog;

/// A closed log with three rooms of 300 messages each: some pages of the database for each.
pub(super) fn filled() -> Directory {
    let directory = Directory::in_memory();
    let log = directory.open();
    for (name, at) in ["a", "b", "c"].into_iter().zip(0..) {
        let batch = (1..=300).map(|seq| said(at * 1_000 + seq, &text(name, seq))).collect();
        append(&log, name, batch);
    }
    log.close();
    directory
}

fn text(name: &str, seq: u64) -> String {
    format!("{seq} in {name} {}", "x".repeat(100))
}

/// Overwrites the first byte of the page with this message; it is the page's kind.
pub(super) fn damage(directory: &Directory, name: &str, seq: u64) {
    let mut bytes = std::fs::read(directory.database()).expect("readable");
    let needle = text(name, seq).into_bytes();
    let at = bytes.windows(needle.len()).position(|window| window == needle).expect("the message");
    bytes[at / 4096 * 4096] = 0xff;
    std::fs::write(directory.database(), bytes).expect("written");
}

fn is_damaged<T: std::fmt::Debug>(result: &Result<T, LogError>) -> bool {
    matches!(result, Err(LogError::Damaged(_)))
}

/// Rooms append at the same moment; only `a` fails, and says why. A lookup from outside fails if the room's
/// row itself cannot be read.
fn check_others_go_on(log: &SqliteLog, can_be_looked_at: bool) {
    for round in 0..20 {
        let number = 10_000 + round * 10;
        let refused = Append { admit: false, sender: person(2), ..said(number, "look") };
        let batches = [
            ("a", vec![said(number + 1, "a")]),
            ("b", vec![said(number + 2, "b")]),
            ("c", vec![said(number + 3, "c")]),
            ("a", vec![refused]),
            ("d", vec![said(number + 4, "d")]),
        ];
        let appends = batches.map(|(name, batch)| log.append(named(log, name), batch));
        let answers = block_on(join_all(appends));
        assert!(is_damaged(&answers[0]), "{answers:?}");
        assert_eq!(is_damaged(&answers[3]), !can_be_looked_at, "{answers:?}");
        for (at, seq) in [(1, 301 + round), (2, 301 + round), (4, 1 + round)] {
            let Ok([Appended::Committed { seq: given, .. }]) = answers[at].as_deref() else {
                panic!("{answers:?}")
            };
            assert_eq!(*given, seq);
        }
        assert!(log.is_writable(), "the log itself is well");
    }
}

#[test]
fn a_damaged_page_makes_sends_fail_in_its_room_alone() {
    let directory = filled();
    damage(&directory, "a", 300);
    let log = directory.open();
    check_others_go_on(&log, false);
    // Pages before the damage are read; those that need it get an error that nobody retries.
    let first = page(&log, "a", Range::After { seq: 0, limit: 10 });
    assert_eq!(seqs(&first), (1..=10).collect::<Vec<_>>());
    assert!(is_damaged(&block_on(
        log.page(named(&log, "a").id, Range::Before { seq: 301, limit: 10 })
    )));
    assert_eq!(seqs(&latest(&log, "b", 1)), [320]);
    // A retry of a message elsewhere in the log is still recognised.
    let again = append(&log, "b", vec![said(1_150, &text("b", 150))]);
    assert!(matches!(again[0], Appended::Duplicate { seq: 150, .. }), "{again:?}");
}

#[test]
fn a_damaged_page_of_old_messages_lets_the_room_go_on() {
    let directory = filled();
    damage(&directory, "a", 150);
    let log = directory.open();
    assert_eq!(committed(&append(&log, "a", vec![said(5_000, "new")])), [301]);
    assert_eq!(seqs(&latest(&log, "a", 2)), [300, 301]);
    assert!(is_damaged(&block_on(
        log.page(named(&log, "a").id, Range::After { seq: 140, limit: 20 })
    )));
}

#[test]
fn a_row_that_makes_no_sense_stops_its_room_alone() {
    for (sql, can_be_looked_at) in [
        // A head before the end: the next messages would get the keys of old ones.
        ("UPDATE room SET head = 7 WHERE name = 'a'", true),
        ("UPDATE room SET digest_fold = CAST(x'ff' AS TEXT) WHERE name = 'a'", false),
    ] {
        let directory = filled();
        let database = Connection::open(directory.database()).expect("it opens");
        assert_eq!(database.execute(sql, []), Ok(1), "{sql}");
        drop(database);
        check_others_go_on(&directory.open(), can_be_looked_at);
    }
}

#[test]
fn a_damaged_index_of_cids_is_answered_as_damage_and_not_as_a_disk_that_comes_back() {
    let directory = filled();
    let bytes = std::fs::read(directory.database()).expect("readable");
    let root: usize = Connection::open(directory.database())
        .and_then(|database| {
            let sql = "SELECT rootpage FROM sqlite_schema WHERE name = 'message_cid'";
            database.query_row(sql, [], |row| row.get::<_, i64>(0))
        })
        .map(|root| root as usize)
        .expect("the index");
    let mut damaged = bytes;
    damaged[(root - 1) * 4096] = 0xff;
    std::fs::write(directory.database(), damaged).expect("written");
    let log = directory.open();
    for number in 0..3 {
        let answer = try_append(&log, "b", vec![said(20_000 + number, "x")]);
        assert!(is_damaged(&answer), "{answer:?}");
    }
    assert_eq!(seqs(&latest(&log, "b", 1)), [300], "reading needs no index of cids");
}
