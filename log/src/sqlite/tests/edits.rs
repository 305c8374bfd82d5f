//! A message has its newest text, and what changed it is in the log.

use throng_protocol::PersonId;

use super::deletions::{delete, marks, quick, wait_for_marks, whole};
use super::{Directory, append, cid, committed, page, person, said, text_of};
use crate::entry::{Body, Edited};
use crate::log::{Append, Appended, NotEdited};
use crate::sqlite::SqliteLog;

/// An edit by the sender of all messages here.
pub(super) fn edit(number: u64, target: u64, text: &str) -> Append {
    Append { body: Body::Edit { target, text: text.into() }, ..said(number, "") }
}

/// The texts of the lobby.
fn texts(log: &SqliteLog) -> Vec<String> {
    let page = page(log, "lobby", whole());
    page.entries.iter().map(|entry| text_of(&entry.body).to_owned()).collect()
}

#[test]
fn a_page_has_the_newest_text_and_when_it_came() {
    let directory = Directory::new();
    let log = directory.open();
    append(&log, "lobby", vec![said(1, "tea"), said(2, "b")]);
    let edited = append(&log, "lobby", vec![edit(3, 1, "coffee")]);
    let Appended::Committed { seq: 3, at, .. } = edited[0] else { panic!("{edited:?}") };
    assert_eq!(texts(&log), ["coffee", "b", "coffee"]);
    let first = &page(&log, "lobby", whole()).entries[0];
    let Body::Message { edited, .. } = &first.body else { panic!("{first:?}") };
    assert_eq!(*edited, Some(Edited { by: 3, at }));

    append(&log, "lobby", vec![edit(4, 1, "water")]);
    assert_eq!(texts(&log), ["water", "b", "", "water"], "the first edit has no text any more");
    log.close();
    let log = directory.open();
    assert_eq!(texts(&log), ["water", "b", "", "water"]);
}

#[test]
fn a_deletion_wins_over_edits_before_and_after_it() {
    let directory = Directory::new();
    let log = directory.open();
    append(&log, "lobby", vec![said(1, "tea"), edit(2, 1, "coffee"), delete(3, &[1])]);
    assert_eq!(texts(&log), ["", "", ""]);
    let late = append(&log, "lobby", vec![edit(4, 1, "water")]);
    assert_eq!(late, [Appended::NotEdited(NotEdited::Deleted)]);
    assert_eq!(texts(&log), ["", "", ""], "and it took no seq");
    let retried = append(&log, "lobby", vec![said(1, "tea")]);
    assert!(matches!(retried[0], Appended::Duplicate { seq: 1, is_deleted: true, .. }));
}

#[test]
fn only_who_said_something_edits_it_and_only_what_was_said() {
    let directory = Directory::new();
    let log = directory.open();
    let nothing = [Appended::NotEdited(NotEdited::NoMessage)];
    assert_eq!(append(&log, "lobby", vec![edit(1, 1, "x")]), nothing);
    assert_eq!(super::record(&log, "lobby"), None, "and no room is made for it");
    append(
        &log,
        "lobby",
        vec![said(1, "tea"), edit(2, 1, "coffee"), said(3, "c"), delete(4, &[3])],
    );
    for target in [0, 2, 4, 5, u64::MAX] {
        assert_eq!(append(&log, "lobby", vec![edit(9, target, "x")]), nothing, "{target}");
    }
    let eve: PersonId = person(99);
    let others = Append { sender: eve, ..edit(10, 1, "x") };
    let answer = append(&log, "lobby", vec![others]);
    assert_eq!(answer, [Appended::NotEdited(NotEdited::NotTheirs)]);
    let refused = Append { admit: false, ..edit(11, 1, "x") };
    assert_eq!(append(&log, "lobby", vec![refused]), [Appended::Refused]);
    assert_eq!(texts(&log), ["coffee", "coffee", "", ""]);
}

#[test]
fn a_retry_of_an_edit_or_of_the_edited_message_changes_nothing() {
    let directory = Directory::new();
    let log = directory.open();
    append(&log, "lobby", vec![said(1, "tea")]);
    let first = append(&log, "lobby", vec![edit(2, 1, "coffee")]);
    assert_eq!(committed(&first), [2]);
    append(&log, "lobby", vec![edit(3, 1, "water")]);
    let again = append(&log, "lobby", vec![edit(2, 1, "coffee"), said(1, "tea"), edit(2, 1, "x")]);
    assert!(matches!(again[0], Appended::Duplicate { seq: 2, is_deleted: false, .. }));
    assert!(matches!(again[1], Appended::Duplicate { seq: 1, is_deleted: false, .. }));
    assert_eq!(again[2], Appended::Conflict, "another text under the same cid");
    let other_target = append(&log, "lobby", vec![said(4, "b"), edit(3, 4, "water")]);
    assert_eq!(other_target[1], Appended::Conflict, "another message under the same cid");
    assert_eq!(texts(&log), ["water", "", "water", "b"]);
    assert_eq!(page(&log, "lobby", whole()).entries[1].cid, cid(2));
}

#[test]
fn no_byte_of_an_edited_or_deleted_text_is_left_in_any_file() {
    let directory = Directory::in_memory();
    let log = directory.open_with(quick());
    let mark = |number: u32| format!("mark-{number}.").repeat(40);
    append(&log, "lobby", (0..40).map(|it| said(u64::from(it) + 1, &mark(it))).collect());
    append(&log, "lobby", (0..20).map(|it| edit(100 + it, it + 1, &mark(50))).collect());
    wait_for_marks(&directory, &(20..40).chain([50]).collect());
    append(&log, "lobby", vec![edit(200, 1, &mark(51)), delete(201, &[2, 30])]);
    wait_for_marks(&directory, &(20..40).filter(|it| *it != 29).chain([50, 51]).collect());
    append(&log, "lobby", vec![delete(202, &(1..=20).collect::<Vec<_>>())]);
    wait_for_marks(&directory, &(20..40).filter(|it| *it != 29).collect());
    assert!(!marks(&directory).contains(&51), "neither in the message nor in its edit");
}
