//! Filters are kept under numbers that no other one ever has, go with their room, and may report by themselves.

use futures::executor::block_on;
use throng_protocol::{FilterAction, FilterKind, Role, RoomId};

use super::{Directory, person, room};
use crate::accounts::{Change, Unchanged};
use crate::directory::Directory as _;
use crate::filters::Filter;
use crate::peace::{Report, ReportKey, ReportRange};
use crate::rooms::RoomAttributes;
use crate::sqlite::SqliteLog;

fn filter(number: u64, room: Option<RoomId>) -> Filter {
    Filter {
        number,
        made_ms: 7,
        by: room.map(|_| person(1)),
        by_name: "ana".into(),
        room,
        kind: FilterKind::Domains,
        text: "example.com".into(),
        action: FilterAction::Report,
        exempt: Role::Administrator,
        reason: "no spam".into(),
    }
}

fn change(log: &SqliteLog, changes: Vec<Change>) -> Result<(), Unchanged> {
    block_on(log.change(changes)).expect("answered")
}

fn all(log: &SqliteLog) -> Vec<Filter> {
    block_on(log.filters()).expect("readable")
}

#[test]
fn a_filter_keeps_its_number_and_no_other_one_gets_it() {
    let directory = Directory::in_memory();
    let log = directory.open();
    let there = RoomId::from_parts(1, 7);
    let two = vec![Change::AddFilter(filter(0, None)), Change::AddFilter(filter(0, Some(there)))];
    assert_eq!(change(&log, two), Ok(()));
    assert_eq!(all(&log), [filter(1, None), filter(2, Some(there))]);
    assert_eq!(change(&log, vec![Change::RemoveFilter { number: 2 }]), Ok(()));
    assert_eq!(change(&log, vec![Change::RemoveFilter { number: 2 }]), Err(Unchanged::NoFilter));
    log.close();
    let log = directory.open();
    assert_eq!(change(&log, vec![Change::AddFilter(filter(0, Some(there)))]), Ok(()));
    assert_eq!(all(&log), [filter(1, None), filter(3, Some(there))]);
    let gone = RoomAttributes { deleted: true, ..RoomAttributes::public(there, room("tea")) };
    assert_eq!(change(&log, vec![Change::PutRoom(gone)]), Ok(()));
    assert_eq!(all(&log), [filter(1, None)]);
}

#[test]
fn a_filter_reports_a_message_once_without_an_author() {
    let directory = Directory::in_memory();
    let log = directory.open();
    let report = Report {
        id: 0,
        at_ms: 5,
        by: None,
        by_name: "server".into(),
        reason: "filter 1: no spam".into(),
        room: RoomId::from_parts(1, 7),
        seq: 9,
        sender: person(2),
        nick: "eve".into(),
        text: "see example.com".into(),
        settled: None,
    };
    let twice = vec![Change::Report(report.clone()), Change::Report(report.clone())];
    assert_eq!(change(&log, twice), Ok(()));
    let key = ReportKey::Of { by: None, room: report.room, seq: 9 };
    assert_eq!(block_on(log.report(key)), Ok(Some(Report { id: 1, ..report.clone() })));
    let range = ReportRange { before: None, limit: 9, room: None, settled: false, reader: None };
    assert_eq!(block_on(log.reports(range)), Ok(vec![Report { id: 1, ..report }]));
}
