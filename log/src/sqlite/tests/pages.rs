//! The content of pages, and which reads share one.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use futures::executor::block_on;

use super::{Directory, append, latest, named, page, said, seqs};
use crate::log::{LogError, Range};
use crate::sqlite::readers::Readers;
use crate::sqlite::wal::Gate;
use crate::sqlite::{CommitObserver, Settings, SqliteLog};

fn filled(directory: &Directory, settings: Settings, texts: &[&str]) -> SqliteLog {
    let log = directory.open_with(settings);
    let batch = texts.iter().zip(1..).map(|(text, number)| said(number, text)).collect();
    append(&log, "lobby", batch);
    log
}

#[test]
fn ranges_give_what_lies_in_them() {
    let directory = Directory::new();
    let log = filled(&directory, Settings::default(), &["a"; 9]);
    append(&log, "attic", vec![said(100, "neighbour")]);
    let after = |seq, limit| seqs(&page(&log, "lobby", Range::After { seq, limit }));
    let before = |seq, limit| seqs(&page(&log, "lobby", Range::Before { seq, limit }));
    assert_eq!(after(0, 3), [1, 2, 3]);
    assert_eq!(after(7, 3), [8, 9]);
    assert!(after(9, 3).is_empty());
    assert!(after(u64::MAX, 3).is_empty());
    assert_eq!(after(0, u32::MAX).len(), 9);
    assert_eq!(before(u64::MAX, 3), [7, 8, 9]);
    assert_eq!(before(3, 3), [1, 2]);
    assert!(before(0, 3).is_empty());
    assert!(before(1, 3).is_empty());
    assert!(before(u64::MAX, 0).is_empty());
}

#[test]
fn a_room_where_nothing_was_said_has_an_empty_page() {
    let directory = Directory::new();
    let log = directory.open();
    let page = latest(&log, "lobby", 10);
    assert_eq!((page.first, page.head, page.entries.len()), (1, 0, 0));
    assert_eq!(block_on(super::Log::room(&log, named(&log, "lobby").id)), Ok(None));
}

#[test]
fn a_page_is_cut_by_its_bytes_at_the_far_end_and_never_empty() {
    let directory = Directory::new();
    let large = "x".repeat(1000);
    let settings = Settings { page_bytes_max: 3000, ..Settings::default() };
    let log = filled(&directory, settings, &[large.as_str(); 5]);
    append(&log, "lobby", vec![said(6, &"y".repeat(9000))]);
    assert_eq!(seqs(&page(&log, "lobby", Range::After { seq: 0, limit: 9 })), [1, 2]);
    assert_eq!(seqs(&page(&log, "lobby", Range::Before { seq: 6, limit: 9 })), [4, 5]);
    assert_eq!(seqs(&page(&log, "lobby", Range::After { seq: 5, limit: 9 })), [6]);
    assert_eq!(seqs(&latest(&log, "lobby", 9)), [6]);
}

#[derive(Default)]
struct Reads {
    reads: AtomicUsize,
    callers: AtomicUsize,
}

impl CommitObserver for Reads {
    fn read(&self, shared: usize, _: Duration) {
        self.reads.fetch_add(1, Ordering::SeqCst);
        self.callers.fetch_add(shared, Ordering::SeqCst);
    }
}

#[test]
fn equal_reads_that_wait_are_done_once_and_others_find_the_queue_full() {
    let directory = Directory::new();
    let log = filled(&directory, Settings::default(), &["a"; 9]);
    let lobby = named(&log, "lobby").id;
    log.close();
    let reads = Arc::new(Reads::default());
    let settings = Settings {
        read_threads: 1,
        read_queue_max: 2,
        observer: reads.clone(),
        ..Settings::default()
    };
    let gate = Arc::new(Gate::default());
    let closed = gate.close(Duration::ZERO).expect("nobody reads");
    let (readers, threads) =
        Readers::start(directory.database(), &gate, &settings).expect("they start");
    let range = |limit| Range::Before { seq: u64::MAX, limit };
    let ask = |limit| readers.page(lobby, range(limit));

    let equal: Vec<_> = (0..50).map(|_| ask(3).expect("a place")).collect();
    // Whether the thread has already taken the first job, takes it now, or not: one of three more finds the
    // queue full.
    let others: Vec<_> = (4..7).map(ask).collect();
    assert!(others.iter().any(|other| other.as_ref().err() == Some(&LogError::Busy)));
    let again = ask(3).expect("it joins those who wait, though the queue is full");
    drop(again);
    drop(closed);

    for answer in equal {
        let page = block_on(answer).expect("an answer").expect("readable");
        assert_eq!(seqs(&page), [7, 8, 9]);
    }
    drop(others);
    readers.close();
    for thread in threads {
        thread.join().expect("it ends");
    }
    let (done, callers) =
        (reads.reads.load(Ordering::SeqCst), reads.callers.load(Ordering::SeqCst));
    assert!(callers >= 50 && callers - 50 < 3 && done <= callers - 50 + 1, "{done} of {callers}");
}

#[test]
fn whoever_asks_after_a_commit_sees_it_though_others_ask_the_same() {
    let directory = Directory::new();
    let log = directory.open();
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    latest(&log, "lobby", 1);
                }
            });
        }
        for number in 1..=500 {
            append(&log, "lobby", vec![said(number, "a")]);
            let page = latest(&log, "lobby", 1);
            if page.head != number || seqs(&page) != [number] {
                over.store(true, Ordering::Relaxed);
                panic!("after {number} was committed, {page:?}");
            }
        }
        over.store(true, Ordering::Relaxed);
    });
}
