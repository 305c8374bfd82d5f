//! People whom an issuer outside vouches for: one person for good, and the newest grant counts.

use std::time::{SystemTime, UNIX_EPOCH};

use futures::executor::block_on;
use throng_protocol::{Nick, Role};

use super::{Directory, person};
use crate::accounts::{Account, Change, External, ExternalId, Grant, Logins, Unchanged};
use crate::directory::Directory as _;
use crate::sqlite::SqliteLog;

fn id(issuer: &str, subject: &str) -> ExternalId {
    ExternalId { issuer: issuer.into(), subject: subject.into() }
}

fn grant(issued_s: u64, rooms: Option<&[&str]>) -> Grant {
    let rooms = rooms.map(|rooms| rooms.iter().map(|room| Box::from(*room)).collect());
    Grant { issued_s, nick: Some("Ana Maria".into()), rooms }
}

fn external(number: u64, subject: &str) -> External {
    let person = person(number);
    External { id: id("app", subject), person, grant: grant(5, Some(&["lobby"])), revoked_s: 0 }
}

fn account(number: u64, name: &str) -> Change {
    Change::AddAccount(Account {
        person: person(number),
        name: Nick::parse(name).ok(),
        password: None,
        second_factor: None,
        role: Role::Member,
        made_ms: 1,
    })
}

fn change(log: &SqliteLog, changes: Vec<Change>) -> Result<(), Unchanged> {
    block_on(log.change(changes)).expect("the log answers")
}

fn found(log: &SqliteLog, issuer: &str, subject: &str) -> Option<External> {
    block_on(log.external(id(issuer, subject))).expect("readable")
}

#[test]
fn an_issuers_name_means_one_person_for_good() {
    let directory = Directory::in_memory();
    {
        let log = directory.open();
        let ana = external(1, "ana");
        assert_eq!(change(&log, vec![account(1, "ana"), Change::AddExternal(ana.clone())]), Ok(()));
        let again = vec![account(2, "bo"), Change::AddExternal(external(2, "ana"))];
        assert_eq!(change(&log, again), Err(Unchanged::ExternalTaken));
        assert_eq!(found(&log, "app", "ana"), Some(ana));
        assert_eq!(found(&log, "another", "ana"), None, "the subject alone says nothing");
    }
    let log = directory.open();
    assert_eq!(found(&log, "app", "ana"), Some(external(1, "ana")));
    let of_person = block_on(log.externals_of(person(1))).expect("readable");
    assert_eq!(of_person, [external(1, "ana")]);
}

#[test]
fn what_was_issued_earlier_replaces_nothing() {
    let directory = Directory::in_memory();
    let log = directory.open();
    assert_eq!(change(&log, vec![Change::AddExternal(external(1, "ana"))]), Ok(()));
    let newer = |grant| change(&log, vec![Change::Grant { id: id("app", "ana"), grant }]);
    assert_eq!(newer(grant(7, Some(&[]))), Ok(()));
    assert_eq!(newer(grant(6, None)), Err(Unchanged::Outdated));
    let stored = found(&log, "app", "ana").expect("there").grant;
    assert_eq!(stored, grant(7, Some(&[])), "no room is not the same as every room");
    assert_eq!(newer(grant(7, None)), Ok(()));
    assert_eq!(found(&log, "app", "ana").expect("there").grant.rooms, None);
    let nobody = Change::Grant { id: id("app", "bo"), grant: grant(9, None) };
    assert_eq!(change(&log, vec![nobody]), Err(Unchanged::Outdated));
}

#[test]
fn a_person_from_outside_gets_no_password() {
    let directory = Directory::in_memory();
    let log = directory.open();
    let both = vec![account(1, "ana"), Change::AddExternal(external(1, "ana"))];
    assert_eq!(change(&log, both), Ok(()));
    assert_eq!(change(&log, vec![account(2, "bo")]), Ok(()));
    let set = |number| Change::SetPassword { person: person(number), password: "hash".into() };
    assert_eq!(change(&log, vec![set(1)]), Err(Unchanged::ComesFromOutside));
    assert_eq!(change(&log, vec![set(2)]), Ok(()));
}

#[test]
fn ending_all_logins_makes_void_what_was_issued_before() {
    let directory = Directory::in_memory();
    let log = directory.open();
    let before = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    for (number, name) in [(1, "ana"), (2, "bo")] {
        assert_eq!(change(&log, vec![Change::AddExternal(external(number, name))]), Ok(()));
    }
    let end = |which| change(&log, vec![Change::EndLogins { person: person(1), which }]);
    assert_eq!(end(Logins::AllBut(3)), Ok(()));
    assert_eq!(found(&log, "app", "ana").expect("there").revoked_s, 0);
    assert_eq!(end(Logins::All), Ok(()));
    assert!(found(&log, "app", "ana").expect("there").revoked_s >= before);
    assert_eq!(found(&log, "app", "bo").expect("there").revoked_s, 0);
}
