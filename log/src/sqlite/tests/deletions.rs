//! Deleted texts are gone, and everything else stays.

use std::collections::BTreeSet;
use std::fs;
use std::time::{Duration, Instant};

use futures::executor::block_on;
use throng_protocol::PersonId;

use super::{
    Directory, append, cid, committed, named, page, person, said, seqs, text_body, text_of,
};
use crate::accounts::Change;
use crate::directory::Directory as _;
use crate::entry::Body;
use crate::log::{Append, Appended, Found, Log, Range, Search};
use crate::peace::{Report, ReportKey};
use crate::sqlite::page_gaps::Cleared;
use crate::sqlite::wal::{self, Mode};
use crate::sqlite::{Settings, SqliteLog};

pub(crate) fn delete(number: u64, targets: &[u64]) -> Append {
    Append { body: Body::Delete { targets: targets.into() }, ..said(number, "") }
}

pub(crate) fn whole() -> Range {
    Range::After { seq: 0, limit: 1_000 }
}

/// A log that erases as soon as it looks after itself.
pub(crate) fn quick() -> Settings {
    Settings {
        erase_after: Duration::ZERO,
        look_interval: Duration::from_millis(5),
        ..Settings::default()
    }
}

/// The numbers of the marks that are in some file of the directory.
pub(crate) fn marks(directory: &Directory) -> BTreeSet<u32> {
    let mut found = BTreeSet::new();
    for file in fs::read_dir(directory.path()).expect("the directory").flatten() {
        let bytes = fs::read(file.path()).expect("the file");
        for at in (0..bytes.len()).filter(|at| bytes[*at..].starts_with(b"mark-")) {
            // A text that goes on in another page may be cut within its number.
            let rest = &bytes[at + 5..];
            let end = rest.iter().position(|byte| *byte == b'.');
            let number = end.and_then(|end| std::str::from_utf8(&rest[..end]).ok());
            found.extend(number.and_then(|number| number.parse::<u32>().ok()));
        }
    }
    found
}

/// Waits until the write-ahead log is emptied. Then only these marks are left.
pub(crate) fn wait_for_marks(directory: &Directory, left: &BTreeSet<u32>) {
    let wal = directory.path().join("throng.db-wal");
    let until = Instant::now() + Duration::from_secs(20);
    while fs::metadata(&wal).expect("the write-ahead log").len() > 0 && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(5));
    }
    let found = marks(directory);
    let still: Vec<_> = found.difference(left).take(20).collect();
    assert!(still.is_empty(), "deleted, and still in the files: {still:?}");
    assert_eq!(found, *left);
}

#[test]
fn a_deleted_text_is_in_no_page_and_its_seq_and_cid_stay() {
    let directory = Directory::new();
    let log = directory.open();
    let sent = append(&log, "lobby", vec![said(1, "a"), said(2, "b"), said(3, "c")]);
    let Appended::Committed { seq: 2, at, .. } = sent[1] else { panic!("{sent:?}") };
    let answers = append(&log, "lobby", vec![delete(4, &[2, 3])]);
    assert_eq!(committed(&answers), [4]);
    let page = page(&log, "lobby", whole());
    let texts: Vec<_> = page.entries.iter().map(|entry| text_of(&entry.body)).collect();
    assert_eq!((seqs(&page), texts), (vec![1, 2, 3, 4], vec!["a", "", "", ""]));
    assert!(matches!(page.entries[1].body, Body::Deleted { by: 4, .. }));
    assert_eq!(page.entries[3].body, Body::Delete { targets: [2, 3].into() });

    // A retry is recognised without the text, and brings nothing back to life.
    let retried = append(&log, "lobby", vec![said(2, "b"), said(2, "another"), said(1, "a")]);
    assert_eq!(retried[0], Appended::Duplicate { seq: 2, at, is_deleted: true });
    assert_eq!(retried[1], Appended::Conflict);
    assert!(matches!(retried[2], Appended::Duplicate { seq: 1, is_deleted: false, .. }));
    assert_eq!(page.entries[1].body, super::page(&log, "lobby", whole()).entries[1].body);
}

#[test]
fn what_is_deleted_already_takes_no_seq() {
    let directory = Directory::new();
    let log = directory.open();
    append(&log, "lobby", vec![said(1, "a"), said(2, "b")]);
    let first = append(&log, "lobby", vec![delete(3, &[1])]);
    let Appended::Committed { seq: 3, at, .. } = first[0] else { panic!("{first:?}") };
    let again = [Appended::Duplicate { seq: 3, at, is_deleted: false }];
    assert_eq!(append(&log, "lobby", vec![delete(4, &[1])]), again);
    assert_eq!(append(&log, "lobby", vec![delete(3, &[1])]), again, "the same cid");
    assert_eq!(committed(&append(&log, "lobby", vec![delete(5, &[1, 2])])), [4], "2 is new");
    assert_eq!(append(&log, "lobby", vec![delete(6, &[2, 1])]).len(), 1);
    let by_of = |seq: usize| match page(&log, "lobby", whole()).entries[seq - 1].body {
        Body::Deleted { by, .. } => by,
        ref other => panic!("{other:?}"),
    };
    assert_eq!((by_of(1), by_of(2)), (3, 4), "the first deletion counts");
}

#[test]
fn what_is_no_message_cannot_be_deleted() {
    let directory = Directory::new();
    let log = directory.open();
    assert_eq!(append(&log, "attic", vec![delete(1, &[1])]), [Appended::Refused]);
    assert_eq!(super::record(&log, "attic"), None, "and no room is made for it");
    append(&log, "lobby", vec![said(1, "a"), said(2, "b"), delete(3, &[1])]);
    for targets in [&[3][..], &[0], &[99], &[u64::MAX], &[]] {
        let refused = append(&log, "lobby", vec![delete(10, targets)]);
        assert_eq!(refused, [Appended::Refused], "{targets:?}");
    }
    let refused = Append { admit: false, ..delete(11, &[2]) };
    assert_eq!(append(&log, "lobby", vec![refused]), [Appended::Refused]);
    assert_eq!(seqs(&page(&log, "lobby", whole())), [1, 2, 3]);
    // Within one batch: a message, and its deletion.
    let both = append(&log, "lobby", vec![said(20, "c"), delete(21, &[4])]);
    assert_eq!(committed(&both), [4, 5]);
    assert!(matches!(page(&log, "lobby", whole()).entries[3].body, Body::Deleted { by: 5, .. }));
}

/// Rooms that speak in turns make pages that are split; texts of all lengths lie in pages and beside them.
#[test]
fn no_byte_of_a_deleted_text_is_left_in_any_file() {
    let directory = Directory::in_memory();
    let settings = Settings {
        // So small that pages are copied, and the log is reset, in between.
        wal_backfill_bytes: 64 << 10,
        wal_bytes_max: 256 << 10,
        writer_cache_bytes: 64 << 10,
        ..quick()
    };
    let log = directory.open_with(settings);
    let mut random = fastrand::Rng::with_seed(1);
    let rooms = ["attic", "cellar", "garden", "lobby", "roof"];
    let mut heads = [0; 5];
    let mut alive: Vec<(usize, u64, u32)> = Vec::new();
    for number in 0..3_000_u32 {
        let room = random.usize(..rooms.len());
        let mark = format!("mark-{number}.");
        let repeats = [1, 1, 3, 10, 40, 200, 1_000][random.usize(..7)];
        let answers = append(&log, rooms[room], vec![said(number.into(), &mark.repeat(repeats))]);
        heads[room] = committed(&answers)[0];
        alive.push((room, heads[room], number));
        if random.u8(..3) == 0 {
            let (room, seq, _) = alive.swap_remove(random.usize(..alive.len()));
            let number = 1_000_000 + u64::from(number);
            committed(&append(&log, rooms[room], vec![delete(number, &[seq])]));
        }
    }
    let kept: BTreeSet<u32> = alive.iter().map(|(_, _, number)| *number).collect();
    assert!(kept.len() < 2_200, "a third was deleted");
    wait_for_marks(&directory, &kept);

    // And all of the rest at once, as it is done to a person.
    for (room, name) in rooms.iter().enumerate() {
        let targets: Vec<u64> =
            alive.iter().filter(|it| it.0 == room).map(|(_, seq, _)| *seq).collect();
        for (at, chunk) in targets.chunks(500).enumerate() {
            append(&log, name, vec![delete(2_000_000 + (room * 100 + at) as u64, chunk)]);
        }
    }
    wait_for_marks(&directory, &BTreeSet::new());
    drop(log);
    assert_eq!(marks(&directory), BTreeSet::new());
}

#[test]
fn pages_are_looked_at_once_and_from_the_start_of_a_log_that_began_again() {
    let directory = Directory::in_memory();
    let path = directory.path().join("throng.db");
    let mut connection = rusqlite::Connection::open(&path).expect("a database");
    let pragmas = "PRAGMA journal_mode = wal; PRAGMA wal_autocheckpoint = 0;";
    connection.execute_batch(pragmas).expect("it runs");
    let frames = |connection: &rusqlite::Connection| {
        wal::checkpoint(connection, Mode::Noop).expect("the state of the log").frames()
    };
    connection.execute_batch("CREATE TABLE a (x); CREATE TABLE b (x)").expect("it is made");
    let mut cleared = Cleared::default();
    cleared.go_on(&mut connection, &path).expect("it is cleared");
    let before = frames(&connection);
    assert!(cleared.written(&path, before).expect("it is read").is_empty(), "all is clear");

    wal::checkpoint(&connection, Mode::Restart).expect("all is copied");
    connection.execute_batch("INSERT INTO a VALUES (1)").expect("it is stored");
    let after = frames(&connection);
    assert!(after < before, "the log began again");
    assert!(!cleared.written(&path, after).expect("it is read").is_empty());
}

#[test]
fn a_crash_before_the_log_is_emptied_leaves_no_byte_either() {
    let directory = Directory::in_memory();
    let copy = Directory::in_memory();
    let log = directory.open();
    append(&log, "lobby", vec![said(1, "mark-1."), said(2, "mark-2.")]);
    append(&log, "lobby", vec![delete(3, &[1])]);
    assert_eq!(marks(&directory), BTreeSet::from([1, 2]), "it is in the write-ahead log still");
    for file in ["throng.db", "throng.db-wal"] {
        fs::copy(directory.path().join(file), copy.path().join(file)).expect("a copy");
    }
    let after = copy.open();
    assert_eq!(marks(&copy), BTreeSet::from([2]), "opening empties it");
    assert!(matches!(page(&after, "lobby", whole()).entries[0].body, Body::Deleted { by: 3, .. }));
}

#[test]
fn a_report_loses_its_copy_of_the_text() {
    let directory = Directory::in_memory();
    let log = directory.open_with(quick());
    append(&log, "lobby", vec![said(1, "mark-1."), said(2, "mark-2.")]);
    let room = named(&log, "lobby").id;
    let report = |seq| Report {
        id: 0,
        at_ms: 1,
        by: Some(person(2)),
        by_name: "bo".into(),
        reason: "rude".into(),
        room,
        seq,
        sender: person(1),
        nick: "ana".into(),
        text: format!("mark-{seq}.").into(),
        settled: None,
    };
    let changes = vec![Change::Report(report(1)), Change::Report(report(2))];
    assert_eq!(block_on(log.change(changes)), Ok(Ok(())));
    append(&log, "lobby", vec![delete(3, &[1])]);
    // It was read before the deletion, and comes after it.
    let late = Report { by: Some(person(3)), ..report(1) };
    assert_eq!(block_on(log.change(vec![Change::Report(late)])), Ok(Ok(())));
    let text = |seq| {
        let key = ReportKey::Of { by: Some(person(2)), room, seq };
        block_on(log.report(key)).expect("readable").expect("a report").text
    };
    assert_eq!((&*text(1), &*text(2)), ("", "mark-2."));
    wait_for_marks(&directory, &BTreeSet::from([2]));
}

fn found(log: &SqliteLog, sender: PersonId, since: u64, before: u64) -> Found {
    let search = Search { sender: Some(sender), since, before };
    block_on(log.search(named(log, "lobby").id, search)).expect("readable")
}

#[test]
fn what_somebody_said_is_found_in_pieces_and_back_to_a_time() {
    let directory = Directory::in_memory();
    let log = directory.open();
    assert_eq!(found(&log, person(1), 0, u64::MAX), Found::default(), "no such room");
    let by = |sender: u64, number| Append { sender: person(sender), ..said(number, "x") };
    for from in (0..21_000).step_by(500) {
        let batch = (from..from + 500).map(|number| by(1 + number % 3, number)).collect();
        append(&log, "lobby", batch);
    }
    append(&log, "lobby", vec![delete(50_000, &[1, 4]), by(2, 50_001)]);
    let (mut all, mut before, mut pieces) = (Vec::new(), u64::MAX, 0);
    loop {
        let piece = found(&log, person(1), 0, before);
        all.extend(piece.seqs);
        pieces += 1;
        match piece.before {
            Some(next) => before = next,
            None => break,
        }
    }
    let expected: Vec<u64> = (1..=21_000).filter(|seq| seq % 3 == 1 && *seq > 4).rev().collect();
    assert_eq!((all, pieces), (expected, 3), "the newest first, without what is deleted");

    let newest = page(&log, "lobby", Range::Before { seq: u64::MAX, limit: 1 }).entries[0].at;
    assert_eq!(found(&log, person(1), newest + 1, u64::MAX), Found::default());
    assert_eq!(found(&log, person(9), 0, u64::MAX).seqs, [0; 0]);
    assert_eq!(found(&log, person(1), 0, 8).seqs, [7]);
    assert_eq!(found(&log, person(1), 0, 0), Found::default());
    let everybody = Search { sender: None, since: 0, before: 10 };
    let found = block_on(log.search(named(&log, "lobby").id, everybody)).expect("readable");
    assert_eq!(found.seqs, [9, 8, 7, 6, 5, 3, 2], "without what is deleted");
}

#[test]
fn two_senders_may_have_the_cid_of_a_deletion() {
    let directory = Directory::in_memory();
    let log = directory.open();
    append(&log, "lobby", vec![said(1, "a"), delete(2, &[1])]);
    let other = Append { sender: person(2), body: text_body("b"), ..said(2, "") };
    assert_eq!(committed(&append(&log, "lobby", vec![other])), [3]);
    assert_eq!(append(&log, "lobby", vec![said(2, "b")]), [Appended::Conflict], "it deleted");
    assert_eq!(page(&log, "lobby", whole()).entries[1].cid, cid(2));
}
