//! The index follows the log, whatever happens to either.

use std::sync::Arc;
use std::time::Duration;

use super::{Searched, query};
use crate::search::SearchIndex;
use crate::sqlite::tests::{append, said};

#[test]
fn what_was_said_before_there_was_an_index_is_found() {
    let searched = Searched::new();
    for number in 0..1_200 {
        append(
            &searched.log,
            if number % 3 == 0 { "attic" } else { "lobby" },
            vec![said(number, &format!("word{number}"))],
        );
    }
    let directory = searched.end();
    std::fs::remove_file(directory.path().join("search.db")).expect("it was there");
    let searched = Searched::within(directory);
    for number in [0, 1, 599, 1_199] {
        assert_eq!(searched.seqs(&format!("word{number}")).len(), 1, "{number}");
    }
    assert_eq!(searched.index.status().taken, 1_200);
}

#[test]
fn it_goes_on_where_it_was() {
    let searched = Searched::new();
    append(&searched.log, "lobby", vec![said(1, "first")]);
    searched.settle();
    let directory = searched.end();
    let log = directory.open();
    append(&log, "lobby", vec![said(2, "second")]);
    drop(log);
    let searched = Searched::within(directory);
    assert_eq!((searched.seqs("first"), searched.seqs("second")), (vec![1], vec![2]));
    assert_eq!(searched.index.status().taken, 1, "only the second was new");
}

#[test]
fn a_damaged_or_foreign_index_is_made_again() {
    for content in [&b"no database at all, but long enough to be read as one"[..], b"", &[0; 8192]]
    {
        let searched = Searched::new();
        append(&searched.log, "lobby", vec![said(1, "first")]);
        searched.settle();
        let directory = searched.end();
        std::fs::write(directory.path().join("search.db"), content).expect("it is written");
        let searched = Searched::within(directory);
        assert_eq!(searched.seqs("first"), [1]);
    }
}

#[test]
fn an_index_of_another_log_is_made_again() {
    let (one, other) = (Searched::new(), Searched::new());
    append(&one.log, "lobby", vec![said(1, "mine")]);
    append(&other.log, "lobby", vec![said(1, "theirs")]);
    one.settle();
    let (one, other) = (one.end(), other.end());
    std::fs::copy(one.path().join("search.db"), other.path().join("search.db")).expect("a copy");
    let other = Searched::within(other);
    assert_eq!((other.seqs("mine"), other.seqs("theirs")), (vec![], vec![1]));
}

#[test]
fn it_is_made_again_while_people_search() {
    let searched = Searched::new();
    let batch = (0..500).map(|number| said(number, "word")).collect();
    append(&searched.log, "lobby", batch);
    assert_eq!(searched.find(query("word")).places.len(), 20);
    searched.index.rebuild();
    append(&searched.log, "lobby", vec![said(900, "last")]);
    assert_eq!(searched.seqs("last"), [501]);
    assert_eq!(searched.find(query("word")).places.len(), 20);
    assert_eq!(searched.index.status().taken, 500 + 501, "all of it was taken again");
}

#[test]
fn a_closed_index_answers_at_once() {
    let searched = Searched::new();
    append(&searched.log, "lobby", vec![said(1, "word")]);
    searched.index.close();
    let found =
        futures::executor::block_on(searched.index.find(query("word"), Box::new(|_, _| true), 20));
    assert_eq!(found, Err(crate::search::SearchError::Unavailable));
}

#[test]
fn two_rooms_that_speak_in_turns_are_found_in_the_order_of_commits() {
    let searched = Searched::new();
    for number in 0..40 {
        append(
            &searched.log,
            if number % 2 == 0 { "attic" } else { "lobby" },
            vec![said(number, "tick")],
        );
        std::thread::sleep(Duration::from_millis(2));
    }
    let directory = searched.end();
    // Also when all of it is read at once.
    std::fs::remove_file(directory.path().join("search.db")).expect("it was there");
    let log = Arc::new(directory.open());
    let index = SearchIndex::open(directory.path(), Arc::clone(&log) as _, Duration::ZERO);
    let searched = Searched { log, index: index.expect("threads"), directory };
    let hits = searched.find(query("tick"));
    assert_eq!(hits.places.len(), 20);
    let seqs: Vec<u64> = hits.places.iter().map(|(_, seq)| *seq).collect();
    assert!(seqs.is_sorted_by(|a, b| a >= b), "{seqs:?}");
    assert_eq!(searched.head("lobby"), seqs[0]);
}
