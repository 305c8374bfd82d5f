//! Profiles, and the nicks that people had.

use futures::executor::block_on;
use rusqlite::Connection;
use throng_protocol::{Colour, Line, Nick, PersonId, Role};

use super::{Directory, person};
use crate::accounts::{Account, Change, Unchanged};
use crate::directory::{Directory as _, NickNote};
use crate::log::Log as _;
use crate::profiles::{NickChange, Profile, ProfileChange, Status};
use crate::sqlite::SqliteLog;

fn line(text: &str) -> Line {
    Line::parse(text, 80).expect("a line")
}

fn account(number: u64, name: &str) -> Change {
    Change::AddAccount(Account {
        person: person(number),
        name: Some(Nick::parse(name).expect("a nick")),
        password: None,
        second_factor: None,
        role: Role::Member,
        made_ms: 1,
    })
}

fn rename(number: u64, name: &str, at_ms: u64) -> Change {
    let name = Nick::parse(name).expect("a nick");
    Change::Rename { person: person(number), name, at_ms }
}

fn set(number: u64, change: ProfileChange) -> Change {
    Change::SetProfile { person: person(number), change }
}

fn status(text: &str, until_ms: Option<u64>) -> ProfileChange {
    let status = Status { text: line(text), until_ms };
    ProfileChange { status: Some(Some(status)), ..ProfileChange::default() }
}

fn change(log: &SqliteLog, changes: Vec<Change>) -> Result<(), Unchanged> {
    block_on(log.change(changes)).expect("the log answers")
}

fn profile(log: &SqliteLog, number: u64) -> Profile {
    block_on(log.profiles(vec![person(number)])).expect("readable").remove(0)
}

fn history(log: &SqliteLog, number: u64) -> Vec<(u64, String, String)> {
    let changes = block_on(log.nick_history(person(number))).expect("readable");
    changes.into_iter().map(|it| (it.at_ms, it.from.into(), it.to.into())).collect()
}

/// The change of a nick of somebody who may have an account or not, as it is noted.
fn noted(log: &SqliteLog, number: u64, at_ms: u64, from: &str, to: &str) {
    let (person, from, to) = (person(number), from.into(), to.into());
    log.note(NickNote::Changed(NickChange { person, at_ms, from, to }));
}

/// Closes the log, which writes the notes, and opens it again.
fn reopened(directory: &Directory, log: SqliteLog) -> SqliteLog {
    log.close();
    drop(log);
    directory.open()
}

fn step(at_ms: u64, from: &str, to: &str) -> (u64, String, String) {
    (at_ms, from.to_owned(), to.to_owned())
}

#[test]
fn what_is_absent_in_a_change_stays_and_what_is_taken_away_goes() {
    let directory = Directory::in_memory();
    let log = directory.open();
    let all = ProfileChange {
        display_name: Some(Some(line("Ana María"))),
        colour: Some(Colour::parse("#ff8800")),
        pronouns: Some(Some(line("she/her"))),
        ..status("in a meeting", Some(u64::MAX >> 1))
    };
    assert_eq!(change(&log, vec![set(1, all.clone())]), Err(Unchanged::NoAccount));
    assert_eq!(change(&log, vec![account(1, "ana"), set(1, all)]), Ok(()));
    let away = ProfileChange { pronouns: Some(None), ..ProfileChange::default() };
    assert_eq!(change(&log, vec![set(1, away)]), Ok(()));
    let log = reopened(&directory, log);
    let kept = profile(&log, 1);
    assert_eq!(kept.display_name, Some(line("Ana María")));
    assert_eq!((kept.colour, kept.pronouns), (Colour::parse("#ff8800"), None));
    let status = kept.status.expect("it has not ended");
    assert_eq!((status.text, status.until_ms), (line("in a meeting"), Some(u64::MAX >> 1)));
    assert_eq!(profile(&log, 2), Profile::default());
    assert_eq!(change(&log, vec![set(1, ProfileChange::all_away())]), Ok(()));
    assert_eq!(rows(&directory, "profile"), 0, "a profile that says nothing has no row");
}

fn rows(directory: &Directory, table: &str) -> i64 {
    let database = Connection::open(directory.database()).expect("it opens");
    let count = format!("SELECT count(*) FROM {table}");
    database.query_row(&count, [], |row| row.get(0)).expect("readable")
}

#[test]
fn a_status_that_has_ended_is_forgotten_when_the_log_is_closed() {
    let directory = Directory::in_memory();
    let log = directory.open();
    let now = log.clock().now_ms();
    assert_eq!(change(&log, vec![account(1, "ana"), account(2, "bo")]), Ok(()));
    let named = ProfileChange { display_name: Some(Some(line("Bo"))), ..status("x", Some(now)) };
    assert_eq!(change(&log, vec![set(1, status("x", Some(now))), set(2, named)]), Ok(()));
    let log = reopened(&directory, log);
    assert_eq!((profile(&log, 1), rows(&directory, "profile")), (Profile::default(), 1));
    assert_eq!(profile(&log, 2).display_name, Some(line("Bo")));
    assert_eq!(profile(&log, 2).status, None);
}

#[test]
fn a_deleted_account_leaves_neither_profile_nor_nicks() {
    let directory = Directory::in_memory();
    let log = directory.open();
    noted(&log, 1, 1, "guest-7", "ana");
    let made = vec![account(1, "ana"), rename(1, "anna", 2), set(1, status("here", None))];
    assert_eq!(change(&log, made), Ok(()));
    let log = reopened(&directory, log);
    assert_eq!(history(&log, 1), [step(1, "guest-7", "ana"), step(2, "ana", "anna")]);
    assert_eq!(change(&log, vec![Change::DeleteAccount { person: person(1) }]), Ok(()));
    // What was noted before and is written later.
    noted(&log, 1, 3, "anna", "ana");
    let log = reopened(&directory, log);
    assert_eq!((history(&log, 1), profile(&log, 1)), (vec![], Profile::default()));
    assert_eq!((rows(&directory, "nick_change"), rows(&directory, "profile")), (0, 0));
}

#[test]
fn the_newest_changes_of_a_nick_are_kept() {
    let directory = Directory::in_memory();
    let log = directory.open();
    assert_eq!(change(&log, vec![account(1, "ana"), account(2, "bo")]), Ok(()));
    assert_eq!(change(&log, vec![rename(2, "bob", 1)]), Ok(()));
    for at in 1..=60 {
        assert_eq!(change(&log, vec![rename(1, &format!("ana-{at}"), at)]), Ok(()));
    }
    assert_eq!(change(&log, vec![rename(1, "ana-60", 61)]), Ok(()), "it is no change");
    assert_eq!(change(&log, vec![rename(1, "bob", 62)]), Err(Unchanged::NameTaken));
    let kept = history(&log, 1);
    assert_eq!(kept.len(), 50);
    assert_eq!(kept[0], step(60, "ana-59", "ana-60"));
    assert_eq!(kept[49], step(11, "ana-10", "ana-11"));
    assert_eq!(history(&log, 2), [step(1, "bo", "bob")], "nobody pushes out what others did");
}

#[test]
fn a_guests_changes_end_by_themselves_and_an_accounts_do_not() {
    let directory = Directory::in_memory();
    let log = directory.open();
    for number in 1..=3 {
        noted(&log, number, number, "guest", &format!("person-{number}"));
    }
    let log = reopened(&directory, log);
    assert_eq!(change(&log, vec![account(1, "person-1")]), Ok(()));
    log.close();
    // A month later.
    let database = Connection::open(directory.database()).expect("it opens");
    let later = "UPDATE nick_change SET expires = expires - 31 * 24 * 3600000 WHERE person <> ?";
    let moved = database.execute(later, [PersonId::to_bytes(person(3))]);
    assert_eq!(moved, Ok(2), "those of an account have no end");
    drop((log, database));
    let log = directory.open();
    let left: Vec<_> = (1..=3).map(|number| history(&log, number).len()).collect();
    assert_eq!(left, [1, 0, 1]);
    log.close();
    assert_eq!(rows(&directory, "nick_change"), 2);
}
