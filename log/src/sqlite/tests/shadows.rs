//! What somebody says whom nobody else is to hear: it takes its place, and only its sender has it.

use super::deletions::delete;
use super::edits::edit;
use super::{Directory, append, latest, person, said, text_body, text_of};
use crate::entry::{Body, Edited, Entry, Shadow};
use crate::log::{Append, Appended};
use crate::sqlite::SqliteLog;

fn hidden(append: Append) -> Append {
    Append { shadow: true, ..append }
}

/// Appends one item, and returns whether it is hidden.
fn hides(log: &SqliteLog, item: Append) -> bool {
    let answers = append(log, "lobby", vec![item]);
    let [Appended::Committed { is_hidden, .. }] = answers[..] else { panic!("{answers:?}") };
    is_hidden
}

/// What others have of each entry, and what its sender has.
fn rows(log: &SqliteLog) -> Vec<(Option<String>, String)> {
    let others = |it: &Entry| (!it.is_hidden()).then(|| text_of(&it.body).to_owned());
    let entries = latest(log, "lobby", 99).entries.clone();
    entries.iter().map(|it| (others(it), text_of(it.own()).to_owned())).collect()
}

fn row(others: Option<&str>, own: &str) -> (Option<String>, String) {
    (others.map(str::to_owned), own.to_owned())
}

#[test]
fn it_takes_its_place_and_is_recognised_as_anything_else() {
    let directory = Directory::in_memory();
    let log = directory.open();
    assert!(!hides(&log, said(1, "a")));
    assert!(hides(&log, hidden(said(2, "b"))));
    assert!(!hides(&log, said(3, "c")));
    let entries = latest(&log, "lobby", 9).entries.clone();
    assert_eq!(entries[1].shadow, Shadow::Hidden);
    assert_eq!(rows(&log), [row(Some("a"), "a"), row(None, "b"), row(Some("c"), "c")]);
    // A retry, whether or not the restriction still holds.
    let at = entries[1].at;
    for again in [said(2, "b"), hidden(said(2, "b"))] {
        let answers = append(&log, "lobby", vec![again]);
        assert_eq!(answers, [Appended::Duplicate { seq: 2, at, is_deleted: false }]);
    }
    assert_eq!(append(&log, "lobby", vec![said(2, "other")]), [Appended::Conflict]);
    log.close();
    assert_eq!(latest(&directory.open(), "lobby", 9).entries, entries, "it stays hidden");
}

#[test]
fn a_change_of_what_is_hidden_is_hidden_too() {
    let directory = Directory::in_memory();
    let log = directory.open();
    assert!(hides(&log, hidden(said(1, "a"))));
    assert!(hides(&log, edit(2, 1, "b")), "though the restriction is lifted");
    assert_eq!(rows(&log), [row(None, "b"), row(None, "b")]);
    assert!(hides(&log, edit(3, 1, "c")));
    assert_eq!(rows(&log), [row(None, "c"), row(None, ""), row(None, "c")]);
    assert!(hides(&log, delete(4, &[1])), "of their own");
    assert_eq!(rows(&log), [row(None, ""), row(None, ""), row(None, ""), row(None, "")]);
    assert!(matches!(latest(&log, "lobby", 9).entries[0].body, Body::Deleted { by: 4, .. }));
    assert!(hides(&log, hidden(said(5, "d"))));
    assert!(!hides(&log, Append { sender: person(2), ..delete(6, &[5]) }), "a moderator deletes");
    assert!(!hides(&log, said(7, "e")));
    assert!(hides(&log, hidden(said(8, "f"))));
    assert!(!hides(&log, delete(9, &[7, 8])), "one of them is there for everybody");
}

#[test]
fn an_edit_of_what_everybody_sees_is_there_for_its_sender() {
    let directory = Directory::in_memory();
    let log = directory.open();
    append(&log, "lobby", vec![said(1, "a"), edit(2, 1, "b")]);
    assert!(hides(&log, hidden(edit(3, 1, "c"))));
    let entries = latest(&log, "lobby", 9).entries.clone();
    let edited = Some(Edited { by: 3, at: entries[2].at });
    let Body::Message { edited: of_others, .. } = &entries[0].body else { panic!("{entries:?}") };
    let Body::Message { edited: own, .. } = entries[0].own() else { panic!("{entries:?}") };
    assert_eq!((of_others.map(|it| it.by), *own), (Some(2), edited));
    assert_eq!(rows(&log), [row(Some("b"), "c"), row(Some("b"), ""), row(None, "c")]);
    assert!(hides(&log, hidden(edit(4, 1, "d"))));
    let after = [row(Some("b"), "d"), row(Some("b"), ""), row(None, ""), row(None, "d")];
    assert_eq!(rows(&log), after);
    // The restriction is lifted.
    assert!(!hides(&log, edit(5, 1, "e")));
    let last = |text| [row(Some(text), text), row(Some(""), ""), row(None, ""), row(None, "")];
    assert_eq!(rows(&log)[..4], last("e"));
    assert!(hides(&log, hidden(edit(6, 1, "f"))));
    assert!(!hides(&log, hidden(delete(7, &[1]))), "a text that goes is gone for everybody");
    assert_eq!(rows(&log)[..4], last(""));
    assert_eq!(rows(&log)[4..6], [row(Some(""), ""), row(None, "")]);
}

#[test]
fn others_can_change_nothing_that_is_hidden() {
    let directory = Directory::in_memory();
    let log = directory.open();
    append(&log, "lobby", vec![hidden(said(1, "a"))]);
    let other = Append { sender: person(2), ..edit(2, 1, "b") };
    assert!(matches!(append(&log, "lobby", vec![other])[0], Appended::NotEdited(_)));
    let action = Append { body: text_body("b"), ..hidden(said(3, "")) };
    assert!(hides(&log, action));
    assert_eq!(rows(&log), [row(None, "a"), row(None, "b")]);
}
