//! What is said of rooms and who is in them: it is there again after the log was opened again, and a name that
//! nobody may know takes none from the others.

use futures::executor::block_on;
use throng_protocol::{Rank, Role, RoomId, RoomKind, RoomName};

use super::{Directory, fold, person, room, said};
use crate::accounts::{
    Account, Audit, AuditFrom, AuditRange, Change, FoundLink, LinkPurpose, NewLink, Unchanged,
};
use crate::directory::Directory as _;
use crate::log::{Append, Appended, Log as _, NamedRoom};
use crate::rooms::{RoomAttributes, Seat};
use crate::sqlite::SqliteLog;

fn id(number: u64) -> RoomId {
    RoomId::from_parts(number, 0)
}

fn made(number: u64, kind: RoomKind, name: &str) -> RoomAttributes {
    RoomAttributes { kind, ..RoomAttributes::public(id(number), room(name)) }
}

fn seat(number: u64, who: u64, rank: Rank) -> Seat {
    Seat { room: id(number), person: person(who), nick: format!("nick-{who}").into(), rank }
}

fn change(log: &SqliteLog, changes: Vec<Change>) -> Result<(), Unchanged> {
    block_on(log.change(changes)).expect("the log takes it")
}

fn say(log: &SqliteLog, room: &RoomAttributes, item: Append) -> Appended {
    let named = NamedRoom { id: room.id, name: room.name_in_log() };
    block_on(log.append(named, vec![item])).expect("the log takes it").remove(0)
}

fn seats(log: &SqliteLog) -> Vec<Seat> {
    let mut seats = block_on(log.seats()).expect("readable");
    seats.sort_by_key(|seat| (seat.room, seat.person));
    seats
}

#[test]
fn what_is_said_of_rooms_is_there_again() {
    let directory = Directory::in_memory();
    let log = directory.open();
    let full = RoomAttributes {
        topic: "boats".into(),
        speak: Role::Moderator,
        slow_ms: 5_000,
        invite: Rank::Moderator,
        archived: true,
        ..made(1, RoomKind::Private, "Crew")
    };
    let direct = RoomAttributes {
        kind: RoomKind::Direct,
        ..RoomAttributes::public(id(2), RoomName::kept(String::new()))
    };
    let both = vec![
        Change::PutRoom(full.clone()),
        Change::PutRoom(direct.clone()),
        Change::Seat(seat(1, 1, Rank::Moderator)),
        Change::Seat(seat(1, 2, Rank::Invited)),
        Change::Seat(seat(2, 1, Rank::Member)),
    ];
    assert_eq!(change(&log, both), Ok(()));
    assert_eq!(change(&log, vec![Change::Seat(seat(1, 2, Rank::Member))]), Ok(()));
    assert_eq!(change(&log, vec![Change::Seat(seat(9, 3, Rank::Member))]), Ok(()));
    let nick = throng_protocol::Nick::parse("bo").expect("a nick");
    assert_eq!(change(&log, vec![Change::RenameSeats { person: person(2), nick }]), Ok(()));
    log.close();
    let log = directory.open();
    let mut all = block_on(log.room_attributes()).expect("readable");
    all.sort_by_key(|room| room.id);
    assert_eq!(all, [full, direct]);
    let there = [
        seat(1, 1, Rank::Moderator),
        Seat { nick: "bo".into(), ..seat(1, 2, Rank::Member) },
        seat(2, 1, Rank::Member),
        seat(9, 3, Rank::Member),
    ];
    assert_eq!(seats(&log), there);
    let out = Change::Unseat { room: id(1), person: person(2) };
    assert_eq!(change(&log, vec![out.clone(), out]), Ok(()), "there need be none");
    assert_eq!(seats(&log).len(), 3);
}

#[test]
fn a_private_room_takes_no_name_and_gives_none_away() {
    let directory = Directory::in_memory();
    let log = directory.open();
    let private = made(1, RoomKind::Private, "crew");
    assert_eq!(change(&log, vec![Change::PutRoom(private.clone())]), Ok(()));
    assert!(matches!(say(&log, &private, said(1, "a")), Appended::Committed { seq: 1, .. }));
    let public = made(2, RoomKind::Public, "crew");
    assert!(matches!(say(&log, &public, said(2, "b")), Appended::Committed { seq: 1, .. }));
    let second = made(3, RoomKind::Private, "Crew");
    assert_eq!(change(&log, vec![Change::PutRoom(second.clone())]), Ok(()));
    assert!(matches!(say(&log, &second, said(3, "c")), Appended::Committed { seq: 1, .. }));
    log.close();
    let log = directory.open();
    let names = block_on(log.rooms()).expect("readable").into_iter().map(|it| it.name.fold());
    assert_eq!(names.filter(|name| *name == fold("crew")).count(), 1);
    assert!(matches!(say(&log, &private, said(1, "a")), Appended::Duplicate { seq: 1, .. }));
}

#[test]
fn another_name_is_taken_where_it_is_free_and_the_old_one_is_free_again() {
    let directory = Directory::in_memory();
    let log = directory.open();
    let (ops, dev) = (made(1, RoomKind::Public, "ops"), made(2, RoomKind::Public, "dev"));
    say(&log, &ops, said(1, "a"));
    say(&log, &dev, said(2, "b"));
    let taken = RoomAttributes { name: room("Dev"), ..ops.clone() };
    let put = |room: &RoomAttributes| vec![Change::PutRoom(room.clone())];
    assert_eq!(change(&log, put(&taken)), Err(Unchanged::NameTaken));
    assert_eq!(block_on(log.room_attributes()), Ok(vec![]));
    let renamed = RoomAttributes { name: room("help"), ..ops.clone() };
    assert_eq!(change(&log, put(&renamed)), Ok(()));
    let new = made(3, RoomKind::Public, "ops");
    assert!(matches!(say(&log, &new, said(3, "c")), Appended::Committed { seq: 1, .. }));
    // A retry names the room by its id.
    assert!(matches!(say(&log, &renamed, said(1, "a")), Appended::Duplicate { seq: 1, .. }));
    let gone = RoomAttributes { deleted: true, ..renamed };
    let deleted = vec![Change::Seat(seat(1, 1, Rank::Member)), Change::PutRoom(gone)];
    assert_eq!(change(&log, deleted), Ok(()));
    assert_eq!(seats(&log), []);
    let again = made(4, RoomKind::Public, "help");
    assert!(matches!(say(&log, &again, said(4, "d")), Appended::Committed { seq: 1, .. }));
}

#[test]
fn who_deletes_their_account_is_in_no_room() {
    let directory = Directory::in_memory();
    let log = directory.open();
    let account = Account {
        person: person(1),
        name: Some(throng_protocol::Nick::parse("ana").expect("a nick")),
        password: None,
        second_factor: None,
        role: Role::Member,
        made_ms: 1,
    };
    let changes = vec![
        Change::AddAccount(account),
        Change::Seat(seat(1, 1, Rank::Member)),
        Change::Seat(seat(1, 2, Rank::Member)),
    ];
    assert_eq!(change(&log, changes), Ok(()));
    assert_eq!(change(&log, vec![Change::DeleteAccount { person: person(1) }]), Ok(()));
    assert_eq!(seats(&log), [seat(1, 2, Rank::Member)]);
}

#[test]
fn the_audit_log_shows_a_private_room_to_its_members_alone() {
    let directory = Directory::in_memory();
    let log = directory.open();
    let note = |room| {
        Change::Note(Audit {
            id: 0,
            at_ms: 1,
            by: None,
            by_name: "server".into(),
            action: "mute".into(),
            subject: "bo".into(),
            room,
            reason: "".into(),
        })
    };
    let changes = vec![
        Change::PutRoom(made(1, RoomKind::Private, "crew")),
        Change::PutRoom(made(2, RoomKind::Public, "lobby")),
        Change::Seat(seat(1, 1, Rank::Member)),
        Change::Seat(seat(1, 2, Rank::Invited)),
        note(None),
        note(Some(id(1))),
        note(Some(id(2))),
        note(Some(id(3))),
    ];
    assert_eq!(change(&log, changes), Ok(()));
    let seen = |reader: Option<u64>, room| {
        let range =
            AuditRange { from: AuditFrom::Newest, limit: 9, room, reader: reader.map(person) };
        let entries = block_on(log.audit(range)).expect("readable");
        entries.into_iter().map(|entry| entry.id).collect::<Vec<_>>()
    };
    assert_eq!(seen(None, None), [4, 3, 2, 1]);
    assert_eq!(seen(Some(1), None), [4, 3, 2, 1]);
    assert_eq!(seen(Some(2), None), [4, 3, 1], "not those who were only asked to come");
    assert_eq!(seen(Some(3), None), [4, 3, 1]);
    assert_eq!((seen(Some(3), Some(id(1))), seen(Some(1), Some(id(1)))), (vec![], vec![2]));
}

#[test]
fn a_link_is_found_without_being_used() {
    let directory = Directory::in_memory();
    let log = directory.open();
    let purpose = LinkPurpose::Room(id(1));
    let link = NewLink { hash: [1; 32], purpose, uses: 2, expires_ms: 1 << 60 };
    assert_eq!(change(&log, vec![Change::AddLink(link)]), Ok(()));
    let found = |uses| Ok(Some(FoundLink { purpose, uses, expires_ms: 1 << 60 }));
    assert_eq!(block_on(log.link([1; 32])), found(2));
    assert_eq!(block_on(log.link([1; 32])), found(2));
    let wrong = LinkPurpose::Room(id(2));
    let take = |purpose| vec![Change::UseLink { hash: [1; 32], purpose, now_ms: 1 }];
    assert_eq!(change(&log, take(wrong)), Err(Unchanged::NoLink));
    assert_eq!(change(&log, take(purpose)), Ok(()));
    assert_eq!(block_on(log.link([1; 32])), found(1));
    assert_eq!(block_on(log.link([2; 32])), Ok(None));
}
