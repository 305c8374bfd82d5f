//! The write-ahead log stays small.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use futures::executor::block_on;
use futures::future::join_all;
use throng_protocol::Cid;

use super::{Directory, append, committed, latest, named, page, said};
use crate::log::{Append, Log, Range};
use crate::sqlite::{CommitObserver, Settings};

#[derive(Default)]
struct Resets(AtomicU64);

impl CommitObserver for Resets {
    fn checkpointed(&self, _: u64, _: Duration) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn the_write_ahead_log_stays_bounded_while_readers_never_pause() {
    let directory = Directory::new();
    let resets = Arc::new(Resets::default());
    let settings = Settings {
        wal_backfill_bytes: 128 << 10,
        wal_bytes_max: 512 << 10,
        observer: resets.clone(),
        ..Settings::default()
    };
    let log = directory.open_with(settings);
    let wal = directory.path().join("throng.db-wal");
    let over = AtomicBool::new(false);
    let largest = thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    let mut seq = 0;
                    while let Some(last) =
                        page(&log, "lobby", Range::After { seq, limit: 50 }).entries.last()
                    {
                        seq = last.seq;
                    }
                }
            });
        }
        let mut largest = 0;
        for number in 1..=600 {
            let batch = (0..4).map(|part| said(number * 4 + part, &"x".repeat(1000))).collect();
            append(&log, "lobby", batch);
            largest = largest.max(fs::metadata(&wal).map_or(0, |file| file.len()));
        }
        over.store(true, Ordering::Relaxed);
        largest
    });
    let resets = resets.0.load(Ordering::SeqCst);
    assert!(resets >= 2, "{resets} resets");
    // One transaction above the maximum, of at most a dozen pages.
    assert!(largest <= (512 << 10) + 12 * 4120, "{largest} bytes after {resets} resets");
    assert_eq!(latest(&log, "lobby", 1).head, 2400);
}

/// The largest transaction, in messages.
#[derive(Default)]
struct Largest(AtomicU64);

impl CommitObserver for Largest {
    fn committed(&self, items: usize, _: usize, _: Duration) {
        self.0.fetch_max(items as u64, Ordering::SeqCst);
    }
}

#[test]
fn a_transaction_is_bounded_by_the_pages_that_its_messages_may_write() {
    let directory = Directory::in_memory();
    let largest = Arc::new(Largest::default());
    let log = directory.open_with(Settings { observer: largest.clone(), ..Settings::default() });
    let random = |number: u64| {
        let bits = uuid::Builder::from_random_bytes(fastrand::u128(..).to_be_bytes()).into_uuid();
        let mut cid = [0; 17];
        cid[..16].copy_from_slice(bits.as_bytes());
        Append { cid: Cid::from_bytes(cid).expect("a UUID"), ..said(number, "x") }
    };
    // All wait while the first one is committed.
    let appends = (0..40).map(|name| {
        log.append(named(&log, &format!("room-{name}")), (0..500).map(random).collect())
    });
    let answers = block_on(join_all(appends));
    assert!(answers.iter().all(Result::is_ok));
    let largest = largest.0.load(Ordering::SeqCst);
    assert!((500..=2_048 + 500).contains(&largest), "{largest} messages in one transaction");
}

#[test]
fn another_programs_long_read_stops_no_commit_and_the_log_shrinks_after_it() {
    let directory = Directory::new();
    let settings =
        Settings { wal_backfill_bytes: 64 << 10, wal_bytes_max: 64 << 10, ..Settings::default() };
    let log = directory.open_with(settings);
    append(&log, "lobby", vec![said(1, "a")]);
    let other = rusqlite::Connection::open(directory.database()).expect("it opens");
    other.execute_batch("BEGIN; SELECT count(*) FROM message").expect("it reads");
    let mut number = 1;
    let mut say = |times: u64| {
        for _ in 0..times {
            number += 1;
            append(&log, "lobby", vec![said(number, &"x".repeat(3000))]);
        }
    };
    let wal = directory.path().join("throng.db-wal");
    let length = || fs::metadata(&wal).map_or(0, |file| file.len());
    say(200);
    let grown = length();
    other.execute_batch("COMMIT").expect("it ends");
    drop(other);
    say(200);
    assert!(length() < grown / 4, "{} after {grown}: it gives its space back", length());
    log.close();
    assert_eq!(length(), 0);
    let log = directory.open();
    assert_eq!(committed(&append(&log, "lobby", vec![said(9999, "z")])), [402]);
}
