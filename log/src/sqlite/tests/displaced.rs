//! Files that are no longer where they were opened: the log acknowledges nothing that the next server will
//! not find.

use std::fs;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use async_channel::{Receiver, Sender};
use futures::executor::block_on;
use rusqlite::{Connection, OpenFlags};

use super::failures::{heal, watched};
use super::opening::copied;
use super::{Directory, KEY, append, committed, latest, said, seqs, try_append};
use crate::log::{Appended, Log, LogError};
use crate::sqlite::{CommitObserver, OpenError, Settings, SqliteLog};

/// Reports when a failure is noticed.
struct Failed(Sender<String>);

impl CommitObserver for Failed {
    fn failed(&self, _: usize, _: usize, reason: &str) {
        let _ = self.0.try_send(reason.to_owned());
    }
}

fn noticing() -> (Settings, Receiver<String>) {
    let (sender, noticed) = async_channel::bounded(1024);
    let observer = Arc::new(Failed(sender));
    let look_interval = Duration::from_millis(20);
    (Settings { look_interval, observer, ..Settings::default() }, noticed)
}

fn refused(log: &SqliteLog, number: u64) -> String {
    match try_append(log, "lobby", vec![said(number, "b")]) {
        Err(LogError::Unavailable(reason)) => reason.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn nothing_is_acknowledged_into_a_directory_that_was_deleted() {
    let directory = Directory::new();
    let log = directory.open_with(Settings::default());
    append(&log, "lobby", vec![said(1, "a")]);
    fs::remove_dir_all(directory.path()).expect("it is deleted");
    let reason = refused(&log, 2);
    assert!(reason.contains("throng.db is no longer") && reason.contains("gone"), "{reason}");
    assert!(!log.is_writable());
    refused(&log, 2);

    // Another server may start there; this one neither writes to its files nor harms them.
    let other = directory.open();
    assert_ne!(other.epoch(), log.epoch());
    append(&other, "lobby", vec![said(1, "x"), said(2, "y")]);
    let reason = refused(&log, 3);
    assert!(reason.contains("another file has its name"), "{reason}");
    log.close();
    append(&other, "lobby", vec![said(3, "z")]);
    let crashed = copied(&directory);
    assert_eq!(seqs(&latest(&crashed.open(), "lobby", 9)), [1, 2, 3]);
}

#[test]
fn a_log_that_is_idle_notices_it_too() {
    let directory = Directory::new();
    let (settings, noticed) = noticing();
    let log = directory.open_with(settings);
    append(&log, "lobby", vec![said(1, "a")]);
    fs::remove_dir_all(directory.path()).expect("it is deleted");
    let reason = noticed.recv_blocking().expect("it looks now and then");
    assert!(reason.contains("is no longer"), "{reason}");
    assert!(!log.is_writable());
}

#[test]
fn a_directory_that_is_moved_away_is_gone_until_it_is_back() {
    let directory = Directory::new();
    let away = directory.path().with_extension("away");
    let (settings, reopened) = watched();
    let log = directory.open_with(settings);
    append(&log, "lobby", vec![said(1, "a")]);
    fs::rename(directory.path(), &away).expect("it is moved");
    refused(&log, 2);
    assert_eq!(seqs(&latest(&log, "lobby", 9))[0], 1, "reading goes on");

    // Even a copy of the same log is the wrong file: rooms may be further than the copy.
    let copied = Command::new("cp").arg("-r").args([&away, directory.path()]).status();
    assert!(copied.expect("cp(1) is installed").success());
    refused(&log, 2);
    fs::remove_dir_all(directory.path()).expect("it is deleted");

    fs::rename(&away, directory.path()).expect("it is moved back");
    heal(&log, &reopened);
    let answers = append(&log, "lobby", vec![said(2, "b"), said(3, "c")]);
    assert!(matches!(
        answers[..],
        [Appended::Committed { seq: 2, .. } | Appended::Duplicate { seq: 2, .. }, _]
    ));
    assert!(matches!(answers[1], Appended::Committed { seq: 3, .. }), "{answers:?}");
}

#[test]
fn a_write_ahead_log_that_was_deleted_takes_nothing_with_it() {
    for suffix in ["-wal", "-shm"] {
        let directory = Directory::new();
        let (settings, reopened) = watched();
        let log = directory.open_with(settings);
        let first: Vec<_> = (1..=50).map(|number| said(number, "a")).collect();
        append(&log, "lobby", first.clone());
        let file = directory.path().join(format!("throng.db{suffix}"));
        fs::remove_file(&file).expect("it is deleted");
        // Whether it succeeds depends on which check is first; both are right.
        let _ = try_append(&log, "lobby", vec![said(51, "b")]);
        heal(&log, &reopened);
        assert!(file.exists(), "{suffix} is there again");
        let answers = append(&log, "lobby", vec![said(51, "b"), said(52, "c")]);
        assert!(matches!(answers[1], Appended::Committed { seq: 52, .. }), "{answers:?}");
        assert_eq!(latest(&log, "lobby", 1).head, 52);

        // In the state that a kill would leave, everything acknowledged is there.
        let copy = copied(&directory);
        let crashed = copy.open();
        assert_eq!(seqs(&latest(&crashed, "lobby", 99)), (1..=52).collect::<Vec<_>>());
        let again = append(&crashed, "lobby", first);
        assert!(again.iter().all(|answer| matches!(answer, Appended::Duplicate { .. })));
        assert_eq!(committed(&append(&crashed, "lobby", vec![said(53, "d")])), [53]);
    }
}

#[test]
fn what_only_a_deleted_write_ahead_log_has_is_kept_open_until_it_is_saved() {
    let directory = Directory::new();
    let (settings, reopened) = watched();
    let log = directory.open_with(settings);
    append(&log, "lobby", vec![said(1, "a")]);
    // A snapshot from before the next commit: so that commit cannot be copied yet. (It is read-only: a
    // connection that writes would copy it when it is closed.)
    let reads = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let other = Connection::open_with_flags(directory.database(), reads).expect("it opens");
    other.execute_batch("BEGIN; SELECT count(*) FROM message").expect("it reads");
    append(&log, "lobby", vec![said(2, "b")]);
    fs::remove_file(directory.path().join("throng.db-wal")).expect("it is deleted");
    for _ in 0..5 {
        refused(&log, 3);
        reopened.recv_blocking().expect("it is tried again and again");
    }
    other.execute_batch("COMMIT").expect("it ends");
    drop(other);
    heal(&log, &reopened);
    let answers = append(&log, "lobby", vec![said(2, "b"), said(3, "c"), said(4, "d")]);
    assert!(matches!(answers[0], Appended::Duplicate { seq: 2, .. }), "{answers:?}");
    assert!(matches!(answers[2], Appended::Committed { seq: 4, .. }), "{answers:?}");
    let copy = copied(&directory);
    assert_eq!(seqs(&latest(&copy.open(), "lobby", 9)), [1, 2, 3, 4]);
}

#[test]
fn readers_leave_the_files_that_are_gone() {
    let directory = Directory::new();
    let (settings, reopened) = watched();
    let log = directory.open_with(Settings { read_threads: 3, ..settings });
    append(&log, "lobby", vec![said(1, "a")]);
    for number in 2..40 {
        let pages = futures::future::join_all((1..9).map(|limit| {
            log.page(
                super::named(&log, "lobby").id,
                crate::log::Range::Before { seq: u64::MAX, limit },
            )
        }));
        for page in block_on(pages) {
            assert_eq!(page.expect("readable").head, number - 1);
        }
        if number % 10 == 0 {
            fs::remove_file(directory.path().join("throng.db-wal")).expect("it is deleted");
            let _ = try_append(&log, "lobby", vec![said(number, "b")]);
            heal(&log, &reopened);
        }
        append(&log, "lobby", vec![said(number, "b")]);
    }
}

#[test]
fn a_lock_file_that_was_deleted_lets_nobody_in() {
    let directory = Directory::new();
    let log = directory.open();
    fs::remove_file(directory.path().join("throng.lock")).expect("it is deleted");
    let second = SqliteLog::open(directory.path(), &KEY, Settings::default());
    assert!(matches!(second.err(), Some(OpenError::InUse { .. })));
    append(&log, "lobby", vec![said(1, "a")]);
}
