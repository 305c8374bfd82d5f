//! Logs of older versions: they open as they are, and nothing in them is lost, repeated or mistaken for
//! something else, however often the migration is interrupted.
//!
//! `tests/logs/format-1` was written by the last version with the format 1, and `tests/logs/format-2`
//! is the same after the last version with the format 2 had it open, `tests/logs/format-3` that one after
//! the last version with the format 3 had, and `tests/logs/format-4` after the last one with the format 4. In each of its six rooms
//! ten messages were said: the cid `n` in room `n % 6`, by person `1 + n % 2`, the text `text n`, as
//! an action where `n` is a multiple of nine. Under its rules `modem` folded to `rnodern`, `team-1`
//! to `tearn-l`, and `b〇b` to `bOb`, so that `b〇b` and `bob` were two rooms.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use futures::executor::block_on;
use rusqlite::Connection;
use throng_protocol::RoomName;

use super::opening::copied;
use super::{
    Directory, action_body, append, fold, latest, page, person, room, said, seqs, text_body,
    text_of,
};
use crate::log::{Append, Appended, Log, Range};
use crate::sqlite::SqliteLog;

/// The old and the new names of the rooms.
const ROOMS: [(&str, &str); 6] = [
    ("Lobby", "Lobby"),
    ("modem", "modem"),
    ("team-1", "team-1"),
    ("b〇b", "b〇b"),
    ("bob", "bob-2"),
    ("日本語", "日本語"),
];

/// The formats of which there are old logs.
const FORMATS: [&str; 4] = ["format-1", "format-2", "format-3", "format-4"];

fn old(format: &str, which: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/logs").join(format).join(which)
}

/// A directory with a copy of an old log.
pub(super) fn copy_of(format: &str, which: &str) -> Directory {
    let directory = Directory::in_memory();
    for file in fs::read_dir(old(format, which)).expect("the old log") {
        let file = file.expect("a file");
        let copy = directory.path().join(file.file_name());
        fs::write(copy, fs::read(file.path()).expect("readable")).expect("written");
    }
    directory
}

/// The message with this cid.
fn sent(number: u64) -> Append {
    let text = format!("text {number}");
    Append {
        sender: person(1 + number % 2),
        nick: format!("nick-{}", 1 + number % 2).into(),
        body: if number.is_multiple_of(9) { action_body(&text) } else { text_body(&text) },
        ..said(number, "")
    }
}

/// Checks that every message is at its place, and recognised under every name of its room.
fn check(log: &SqliteLog) {
    let rooms = block_on(log.rooms()).expect("readable");
    let mut names: Vec<_> = rooms.into_iter().map(|room| room.name).collect();
    names.sort_by_key(|name| name.as_str().to_owned());
    let mut expected = ROOMS.map(|(_, name)| room(name));
    expected.sort_by_key(|name| name.as_str().to_owned());
    assert_eq!(names, expected);
    for (number, (before, now)) in (0..).zip(ROOMS) {
        let all = page(log, now, Range::After { seq: 0, limit: 99 });
        assert_eq!((all.first, all.head, all.entries.len()), (1, 10, 10), "{now}");
        for (entry, seq) in all.entries.iter().zip(1..) {
            let was = sent(number + 6 * (seq - 1));
            assert_eq!((entry.seq, entry.cid, entry.sender), (seq, was.cid, was.sender));
            assert_eq!(entry.body, was.body);
            for name in [before, now] {
                let again = append(log, name, vec![was.clone()]);
                assert_eq!(
                    again,
                    [Appended::Duplicate { seq, at: entry.at, is_deleted: false }],
                    "{name}"
                );
            }
        }
    }
}

#[test]
fn every_message_and_every_retry_outlives_the_change_of_format() {
    let logs = FORMATS.into_iter().flat_map(|it| [(it, "closed"), (it, "crashed")]);
    for (format, which) in logs {
        let directory = copy_of(format, which);
        for _ in 0..3 {
            let log = directory.open();
            assert!(!log.is_new());
            check(&log);
            log.close();
        }
        let database = Connection::open(directory.database()).expect("it opens");
        let format = database.pragma_query_value(None, "user_version", |row| row.get(0));
        assert_eq!(format, Ok(6));
        let (clock, opened_at): (i64, i64) = database
            .query_row("SELECT clock, opened_at FROM log", [], |row| Ok((row.get(0)?, row.get(1)?)))
            .expect("readable");
        assert!(clock >= opened_at && clock < opened_at + 600_000, "{clock} goes on from there");
    }
}

/// A log of the format 5 is one of today in which no row can be hidden.
#[test]
fn a_log_of_the_format_5_opens_and_keeps_everything() {
    let directory = copy_of(FORMATS[3], "closed");
    directory.open().close();
    let database = Connection::open(directory.database()).expect("it opens");
    database
        .execute_batch("ALTER TABLE message DROP COLUMN shadow; PRAGMA user_version = 5")
        .expect("it is as it was");
    drop(database);
    for _ in 0..2 {
        let log = directory.open();
        check(&log);
        log.close();
    }
}

#[test]
fn what_was_a_conflict_stays_one_after_the_change_of_format() {
    for format in FORMATS {
        conflicts(format);
    }
}

fn conflicts(format: &str) {
    let directory = copy_of(format, "closed");
    let log = directory.open();
    // Rooms with the folds in the digests of `modem` and `b〇b`.
    append(&log, "rnodern", vec![said(1_000, "a new room")]);
    append(&log, "b0b", vec![said(1_001, "another one")]);
    let names = ROOMS.map(|(_, now)| now).into_iter().chain(["rnodern", "b0b", "nowhere"]);
    for number in 0..60 {
        let was = sent(number);
        let (before, now) = ROOMS[number as usize % 6];
        let other = Append { body: text_body("something else"), ..was.clone() };
        assert_eq!(append(&log, before, vec![other]), [Appended::Conflict]);
        // `bob` now leads to `b〇b`, so retries of its messages come there.
        for name in names.clone().filter(|name| *name != now && fold(name) != fold(before)) {
            assert_eq!(append(&log, name, vec![was.clone()]), [Appended::Conflict], "{name}");
        }
    }
    for ((_, name), number) in ROOMS.into_iter().zip(2_000..) {
        let new = vec![said(number, "goes on"), said(number, "goes on"), said(number, "or not")];
        let answers = append(&log, name, new);
        assert!(matches!(answers[0], Appended::Committed { seq: 11, .. }), "{answers:?}");
        assert!(matches!(answers[1], Appended::Duplicate { seq: 11, .. }), "{answers:?}");
        assert_eq!(answers[2], Appended::Conflict);
    }
}

/// The size of a page, of the write-ahead log's header, and of the header of each frame.
const PAGE: usize = 4096;
const WAL_HEADER: usize = 32;
const FRAME_HEADER: usize = 24;

/// The first bytes of a database, in which SQLite counts changes (sqlite.org/fileformat2.html, section 1.3).
const DATABASE_HEADER: usize = 100;

/// A crash leaves the write-ahead log up to some byte, or all of it and a database with some of its pages
/// copied. (SQLite handles unsynced parts missing in the middle: each frame has a checksum over all before
/// it.)
#[test]
fn a_change_of_format_1_that_was_cut_short_at_any_write_is_done_again() {
    cut_short(FORMATS[0]);
}

#[test]
fn a_change_of_format_2_that_was_cut_short_at_any_write_is_done_again() {
    cut_short(FORMATS[1]);
}

#[test]
fn a_change_of_format_3_that_was_cut_short_at_any_write_is_done_again() {
    cut_short(FORMATS[2]);
}

#[test]
fn a_change_of_format_4_that_was_cut_short_at_any_write_is_done_again() {
    cut_short(FORMATS[3]);
}

fn cut_short(format: &str) {
    let directory = copy_of(format, "closed");
    let log = directory.open();
    let changed = copied(&directory);
    log.close();
    let kept = fs::read(old(format, "closed/throng.db")).expect("readable");
    // Pages with remains of rows in their middle are cleared first, and are in the file already.
    let before = fs::read(changed.database()).expect("readable");
    let wal = fs::read(changed.path().join("throng.db-wal")).expect("readable");
    let bytes = || kept.iter().zip(&before).skip(DATABASE_HEADER);
    assert_eq!(kept.len(), before.len(), "all else is in the other file");
    assert!(bytes().all(|(was, is)| was == is || *is == 0), "all else is in the other file");
    let frame = FRAME_HEADER + PAGE;
    let frames = (wal.len() - WAL_HEADER) / frame;
    assert!(frames > 2, "{frames} frames");

    let opens = |database: &[u8], wal: &[u8]| {
        let crashed = Directory::in_memory();
        fs::write(crashed.database(), database).expect("written");
        fs::write(crashed.path().join("throng.db-wal"), wal).expect("written");
        check(&crashed.open());
        check(&crashed.open());
    };
    opens(&kept, &[]);
    opens(&before, &[]);
    for number in 0..frames {
        let begin = WAL_HEADER + number * frame;
        for cut in [begin, begin + 11, begin + FRAME_HEADER, begin + FRAME_HEADER + 1_000] {
            opens(&before, &wal[..cut]);
        }
    }
    opens(&before, &wal);
    let mut database = before;
    for number in 0..frames {
        let begin = WAL_HEADER + number * frame;
        let header: [u8; 4] = wal[begin..begin + 4].try_into().expect("four bytes");
        let place = (u32::from_be_bytes(header) as usize - 1) * PAGE;
        if database.len() < place + PAGE {
            database.resize(place + PAGE, 0);
        }
        let page = &wal[begin + FRAME_HEADER..begin + frame];
        for copied in [100, PAGE] {
            database[place..place + copied].copy_from_slice(&page[..copied]);
            opens(&database, &wal);
        }
    }
}

/// A closed log with these rooms, one message in each, whose stored folds are replaced by these.
fn with_folds(rooms: &[(&str, &str)]) -> Directory {
    let directory = Directory::in_memory();
    let log = directory.open();
    for ((name, _), number) in rooms.iter().zip(0..) {
        append(&log, &format!("room-{number}"), vec![said(number, name)]);
    }
    log.close();
    let database = Connection::open(directory.database()).expect("it opens");
    for ((name, fold), number) in rooms.iter().zip(0_u64..) {
        let changed = database.execute(
            "UPDATE room SET name = ?, fold = ? WHERE fold = ?",
            [*name, *fold, &format!("room-{number}")],
        );
        assert_eq!(changed, Ok(1));
    }
    directory
}

/// The rooms of a log with the first message in each.
fn rooms(directory: &Directory) -> BTreeMap<String, String> {
    let log = directory.open();
    let rooms = block_on(log.rooms()).expect("readable");
    let names: Vec<_> = rooms.into_iter().map(|room| room.name).collect();
    let first =
        |name: &RoomName| text_of(&latest(&log, name.as_str(), 9).entries[0].body).to_owned();
    names.iter().map(|name| (name.as_str().to_owned(), first(name))).collect()
}

#[test]
fn rooms_are_found_by_the_folds_of_this_version() {
    for (stored, expected) in [
        // One that is right, one that moves, two that swap.
        (&[("a", "a"), ("b", "x"), ("c", "d"), ("d", "c")][..], &["a=a", "b=b", "c=c", "d=d"][..]),
        // The newer of two is renamed, whether or not it moves.
        (&[("bob", "x"), ("bob", "bob")], &["bob=bob", "bob-2=bob"]),
        (&[("bob", "bob"), ("Bob", "x")], &["bob=bob", "Bob-2=Bob"]),
        // To a name that is free and to which no other room moves.
        (
            &[("bob", "bob"), ("Bob", "x"), ("bob-2", "y"), ("bob-3", "bob-3")],
            &["bob=bob", "Bob-4=Bob", "bob-2=bob-2", "bob-3=bob-3"],
        ),
        (&[("a", "x"), ("A", "y"), ("a", "z")], &["a=a", "A-2=A", "a-3=a"]),
    ] {
        let directory = with_folds(stored);
        for _ in 0..2 {
            let rooms = rooms(&directory);
            let found: Vec<_> = rooms.iter().map(|(name, text)| format!("{name}={text}")).collect();
            let mut expected: Vec<_> = expected.iter().map(|room| (*room).to_owned()).collect();
            expected.sort();
            let mut sorted = found.clone();
            sorted.sort();
            assert_eq!(sorted, expected, "of {stored:?}");
        }
    }
}

#[test]
fn the_longest_name_is_shortened_for_its_number() {
    let long = "x".repeat(48);
    let directory = with_folds(&[(&long, &long), (&long, "y")]);
    let names: Vec<_> = rooms(&directory).into_keys().collect();
    assert_eq!(names, [format!("{}-2", "x".repeat(46)), long]);
}

#[test]
fn a_fold_that_moves_again_keeps_the_digests_of_the_first() {
    let directory = Directory::in_memory();
    let log = directory.open();
    append(&log, "one", vec![said(1, "a")]);
    log.close();
    for change in ["UPDATE room SET name = 'lobby'", "UPDATE room SET fold = 'two'"] {
        let database = Connection::open(directory.database()).expect("it opens");
        database.execute(change, []).expect("it is written");
        drop(database);
        let log = directory.open();
        assert!(matches!(append(&log, "lobby", vec![said(1, "a")])[0], Appended::Duplicate { .. }));
        assert_eq!(append(&log, "lobby", vec![said(1, "b")]), [Appended::Conflict]);
    }
    assert_eq!(seqs(&latest(&directory.open(), "lobby", 9)), [1]);
}
