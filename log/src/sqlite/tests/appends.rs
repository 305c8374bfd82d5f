//! The answers to appends.

use futures::executor::block_on;
use futures::future::join_all;

use super::{
    Directory, action_body, append, cid, committed, latest, named, page, person, record, room,
    said, seqs, text_body,
};
use crate::log::{Append, Appended, Log, Range};
use crate::sqlite::SqliteLog;

#[test]
fn a_batch_is_committed_in_its_order_and_read_back_whole() {
    let directory = Directory::new();
    let log = directory.open();
    let action = Append { sender: person(2), body: action_body("waves\n\u{1f44b}"), ..said(2, "") };
    let answers = append(&log, "Lobby", vec![said(1, "hello"), action]);
    assert_eq!(committed(&answers), [1, 2]);

    let page = latest(&log, "lobby", 10);
    assert_eq!((page.first, page.head), (1, 2));
    let [first, second] = &page.entries[..] else { panic!("{page:?}") };
    assert_eq!((first.body.clone(), first.cid), (text_body("hello"), cid(1)));
    assert_eq!((first.sender, &*first.nick), (person(1), "ana"));
    assert_eq!((second.sender, second.body.clone()), (person(2), action_body("waves\n\u{1f44b}")));
    let record = record(&log, "lobby").expect("a room");
    assert_eq!(record.name, room("Lobby"), "as it was written first");
    assert_eq!(
        answers[1],
        Appended::Committed { seq: second.seq, at: second.at, is_hidden: false }
    );
}

#[test]
fn a_retry_gets_its_first_answer_and_takes_no_seq() {
    let directory = Directory::new();
    let log = directory.open();
    let answers = append(&log, "lobby", vec![said(1, "a"), said(1, "a"), said(2, "b")]);
    let Appended::Committed { seq, at, .. } = answers[0] else { panic!("{answers:?}") };
    assert_eq!(answers[1], Appended::Duplicate { seq, at, is_deleted: false }, "within one batch");
    assert!(matches!(answers[2], Appended::Committed { seq: 2, .. }));

    assert_eq!(
        append(&log, "lobby", vec![said(1, "a")]),
        [Appended::Duplicate { seq, at, is_deleted: false }]
    );
    drop(log);
    let log = directory.open();
    assert_eq!(
        append(&log, "LOBBY", vec![said(1, "a")]),
        [Appended::Duplicate { seq, at, is_deleted: false }]
    );
    assert_eq!(committed(&append(&log, "lobby", vec![said(3, "c")])), [3]);
}

#[test]
fn another_room_kind_or_text_under_one_cid_is_a_conflict() {
    let directory = Directory::new();
    let log = directory.open();
    append(&log, "lobby", vec![said(1, "a")]);
    let action = Append { body: action_body("a"), ..said(1, "") };
    assert_eq!(
        append(&log, "lobby", vec![said(1, "b"), action, said(2, "c")])[..2],
        [Appended::Conflict, Appended::Conflict]
    );
    assert_eq!(append(&log, "attic", vec![said(1, "a")]), [Appended::Conflict]);
    assert_eq!(super::record(&log, "attic"), None, "and it leaves no room behind");
    assert_eq!(seqs(&latest(&log, "lobby", 10)), [1, 2]);
}

#[test]
fn one_cid_of_two_senders_is_two_sends() {
    let directory = Directory::new();
    let log = directory.open();
    let other = Append { sender: person(2), ..said(1, "a") };
    assert_eq!(committed(&append(&log, "lobby", vec![said(1, "a"), other])), [1, 2]);
}

#[test]
fn what_is_not_admitted_is_only_looked_up() {
    let directory = Directory::new();
    let log = directory.open();
    let refused = |number, text| Append { admit: false, ..said(number, text) };
    assert_eq!(append(&log, "lobby", vec![refused(1, "a")]), [Appended::Refused]);
    assert_eq!(block_on(log.rooms()), Ok(Vec::new()), "a room without a message leaves no row");

    let first = append(&log, "lobby", vec![refused(1, "a"), said(1, "a"), refused(1, "a")]);
    let Appended::Committed { seq: 1, at, .. } = first[1] else { panic!("{first:?}") };
    assert_eq!(first[0], Appended::Refused);
    assert_eq!(first[2], Appended::Duplicate { seq: 1, at, is_deleted: false });
    assert_eq!(append(&log, "lobby", vec![refused(1, "b")]), [Appended::Conflict]);
}

#[test]
fn rooms_that_speak_at_once_each_count_for_themselves() {
    let directory = Directory::new();
    let log = directory.open();
    let names: Vec<String> = (0..50).map(|number| format!("room-{number}")).collect();
    for round in 0..20 {
        let all = names.iter().zip(0..).map(|(name, number)| {
            log.append(named(&log, name), vec![said(round * 100 + number, "a"), said(0, "b")])
        });
        for answers in block_on(join_all(all)) {
            let answers = answers.expect("the log takes it");
            assert!(matches!(answers[0], Appended::Committed { seq, .. } if seq >= round));
        }
    }
    // All of them got the cid 0, and one of them was first.
    let heads: u64 = names.iter().map(|name| latest(&log, name, 1).head).sum();
    assert_eq!(heads, 50 * 20);
    for name in &names {
        let page = page(&log, name, Range::After { seq: 0, limit: 100 });
        assert_eq!(seqs(&page), (1..=page.head).collect::<Vec<_>>());
    }
}

#[test]
fn time_does_not_go_back_in_a_room_unless_a_clock_was_minutes_ahead() {
    let directory = Directory::new();
    let minute = 60_000;
    let said_at = |log: &SqliteLog, number| match append(log, "lobby", vec![said(number, "a")])[0] {
        Appended::Committed { at, .. } => at,
        ref other => panic!("{other:?}"),
    };
    let now = said_at(&directory.open(), 1);
    let tell_ahead = |ms: u64| {
        let database = rusqlite::Connection::open(directory.database()).expect("it opens");
        database.execute("UPDATE message SET at = ?", [(now + ms).cast_signed()]).expect("written");
    };
    tell_ahead(4 * minute);
    assert_eq!(said_at(&directory.open(), 2), now + 4 * minute, "the clock was set a little back");
    tell_ahead(365 * 24 * 60 * minute);
    let log = directory.open();
    let right = said_at(&log, 3);
    assert!((now..now + minute).contains(&right), "only what was said meanwhile is wrong: {right}");
    assert!(said_at(&log, 4) >= right);
}
