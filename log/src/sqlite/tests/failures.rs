//! Full disks and other people's locks: senders get errors, readers go on, and the log recovers by itself.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use async_channel::{Receiver, Sender};
use futures::executor::block_on;
use rusqlite::Connection;

use super::{
    Directory, KEY, append, committed, latest, named, page, said, seqs, text_of, try_append,
};
use crate::log::{Appended, Log, LogError, Range};
use crate::sqlite::{CommitObserver, Settings, SqliteLog};

/// Reports when the log tried to reopen, and whether it succeeded.
struct Reopened(Sender<bool>);

impl CommitObserver for Reopened {
    fn reopened(&self, is_writable: bool) {
        let _ = self.0.try_send(is_writable);
    }
}

pub(super) fn watched() -> (Settings, Receiver<bool>) {
    let (sender, reopened) = async_channel::bounded(1024);
    let settings = Settings {
        look_interval: Duration::from_millis(20),
        observer: Arc::new(Reopened(sender)),
        ..Settings::default()
    };
    (settings, reopened)
}

/// Waits until the log has recovered, without calling it.
pub(super) fn heal(log: &SqliteLog, reopened: &Receiver<bool>) {
    while !log.is_writable() {
        reopened.recv_blocking().expect("it is tried again and again");
    }
}

#[test]
fn while_another_program_holds_the_database_readers_go_on_and_it_heals_by_itself() {
    let directory = Directory::new();
    let (settings, reopened) = watched();
    let log = directory.open_with(settings);
    append(&log, "lobby", vec![said(1, "a")]);
    let other = Connection::open(directory.database()).expect("it opens");
    other.execute_batch("BEGIN IMMEDIATE").expect("it is locked");

    let refused = try_append(&log, "lobby", vec![said(2, "b")]);
    assert!(matches!(refused, Err(LogError::Unavailable(_))), "{refused:?}");
    assert!(!log.is_writable());
    assert_eq!(seqs(&latest(&log, "lobby", 9)), [1]);

    other.execute_batch("COMMIT").expect("it is unlocked");
    heal(&log, &reopened);
    assert_eq!(committed(&append(&log, "lobby", vec![said(2, "b"), said(3, "c")])), [2, 3]);
}

#[test]
fn a_send_whose_answer_was_lost_is_answered_right_when_retried() {
    let directory = Directory::new();
    let log = directory.open();
    append(&log, "lobby", vec![said(1, "a")]);
    // Polled once, so that it is in the queue, and dropped.
    let mut given_up = log.append(named(&log, "lobby"), vec![said(2, "b")]);
    assert!(block_on(async { futures::poll!(&mut given_up) }).is_pending());
    drop(given_up);
    let retried = append(&log, "lobby", vec![said(2, "b")]);
    assert!(matches!(retried[0], Appended::Duplicate { seq: 2, .. }), "{retried:?}");
}

/// Mounting needs its own namespace, so the test runs itself in one; see `on_a_small_disk`.
#[test]
fn a_full_disk_loses_nothing_and_heals_by_itself() {
    let name = "sqlite::tests::failures::on_a_small_disk";
    let program = std::env::current_exe().expect("the test has a file");
    let output = Command::new("unshare")
        .args(["--map-root-user", "--mount"])
        .arg(program)
        .args(["--exact", name, "--ignored", "--nocapture"])
        .output()
        .expect("unshare(1) of util-linux is installed");
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    if errors.starts_with("unshare:") {
        // In containers without user namespaces, the lock test above takes the same path through the writer,
        // only without a disk.
        eprintln!("not tested here, because namespaces are not allowed: {errors}");
        return;
    }
    assert!(output.status.success() && said.contains("1 passed"), "{said}\n{errors}");
}

#[test]
#[ignore = "mounts a small disk: run by a_full_disk_loses_nothing_and_heals_by_itself"]
fn on_a_small_disk() {
    let directory = Directory::new();
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=2m", "tmpfs"])
        .arg(directory.path())
        .status()
        .expect("mount(8) is installed");
    assert!(mounted.success());
    let (settings, reopened) = watched();
    let settings = Settings { wal_backfill_bytes: 100 << 10, wal_bytes_max: 200 << 10, ..settings };
    let log = SqliteLog::open(directory.path(), &KEY, settings.clone()).expect("the log opens");

    let mut count = 0;
    for round in 1..=3 {
        let ballast = directory.path().join(format!("ballast-{round}"));
        fill(&ballast);
        let mut failures = 0;
        while failures < 5 {
            // After a failure the outcome is unknown: the same number is sent again. Some may succeed in the
            // free space of the write-ahead log.
            match say(&log, count + 1) {
                Ok(()) => count += 1,
                Err(error) => {
                    assert_eq!(error, LogError::Unavailable("the disk is full".into()));
                    failures += 1;
                    check(&log, count);
                }
            }
        }
        fs::remove_file(&ballast).expect("it is removed");
        heal(&log, &reopened);
        for _ in 0..10 {
            say(&log, count + 1).expect("there is space again");
            count += 1;
        }
        check(&log, count);
    }
    log.close();
    let log = SqliteLog::open(directory.path(), &KEY, settings).expect("the log opens");
    check(&log, count);
    log.close();
    let _ = Command::new("umount").arg(directory.path()).status();
}

/// Fills the disk except for a few messages.
fn fill(ballast: &Path) {
    let mut size = 2 << 20;
    while size >= 4096 {
        let more = vec![0; size];
        let file = fs::File::options().create(true).append(true).open(ballast).expect("a file");
        if std::io::Write::write_all(&mut &file, &more).is_err() {
            size /= 2;
        }
    }
    let file = fs::File::options().write(true).open(ballast).expect("a file");
    let length = file.metadata().expect("a length").len();
    file.set_len(length.saturating_sub(100 << 10)).expect("it shrinks");
}

/// Sends a message, perhaps not for the first time, and checks its seq.
fn say(log: &SqliteLog, number: u64) -> Result<(), LogError> {
    let answers = try_append(log, "lobby", vec![said(number, &text(number))])?;
    match answers[..] {
        [Appended::Committed { seq, .. } | Appended::Duplicate { seq, .. }] => {
            assert_eq!(seq, number);
            Ok(())
        }
        ref other => panic!("{other:?}"),
    }
}

fn text(number: u64) -> String {
    format!("{number} {}", "x".repeat(2000))
}

/// Checks that every acknowledged message is there, once and in order, and nothing else.
fn check(log: &SqliteLog, count: u64) {
    let mut seq = 0;
    while seq < count {
        let page = page(log, "lobby", Range::After { seq, limit: 100 });
        assert_eq!(page.head, count);
        for entry in &page.entries {
            seq += 1;
            assert_eq!((entry.seq, text_of(&entry.body)), (seq, text(seq).as_str()));
        }
    }
}
