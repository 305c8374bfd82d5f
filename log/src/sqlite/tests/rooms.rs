//! What is said of rooms and who is in them: it is there again after the log was opened again, and a name that
//! nobody may know takes none from the others.

use futures::executor::block_on;
use throng_protocol::{GroupName, Rank, Right, Role, RoomId, RoomKind, RoomName};

use super::{Directory, fold, person, room, said};
use crate::accounts::{
    Account, Audit, AuditFrom, AuditRange, Change, FoundLink, LinkPurpose, NewLink, Unchanged,
};
use crate::directory::Directory as _;
use crate::groups::Group;
use crate::log::{Append, Appended, Log as _, NamedRoom};
use crate::rooms::{Reader, RoomAttributes, Seat};
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
        description: "boats of wood,\nand of steel".into(),
        order: 3,
        see: Role::Member,
        moderate: Role::Administrator,
        groups: [(Right::Speak, vec![1, 7]), (Right::Moderate, vec![7])].into(),
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
        let reader = reader.map(person).map(|person| Reader {
            person,
            in_groups_as: person,
            role: Role::Moderator,
        });
        let range = AuditRange { from: AuditFrom::Newest, limit: 9, room, action: None, reader };
        let entries = block_on(log.audit(range)).expect("readable");
        entries.into_iter().map(|entry| entry.id).collect::<Vec<_>>()
    };
    assert_eq!(seen(None, None), [4, 3, 2, 1]);
    assert_eq!(seen(Some(1), None), [4, 3, 2, 1]);
    assert_eq!(seen(Some(2), None), [4, 3, 1], "not those who were only asked to come");
    assert_eq!(seen(Some(3), None), [4, 3, 1]);
    assert_eq!((seen(Some(3), Some(id(1))), seen(Some(1), Some(id(1)))), (vec![], vec![2]));
}

fn account(who: u64) -> Change {
    Change::AddAccount(Account {
        person: person(who),
        name: Some(throng_protocol::Nick::parse(&format!("nick-{who}")).expect("a nick")),
        password: None,
        second_factor: None,
        role: Role::Member,
        made_ms: 1,
    })
}

fn group(id: u64, name: &str) -> Group {
    Group { id, name: GroupName::parse(name).expect("a name") }
}

fn assign(group: u64, who: u64, is_member: bool) -> Change {
    Change::Assign { group, person: person(who), is_member }
}

#[test]
fn groups_and_who_is_in_them_are_there_again() {
    let directory = Directory::in_memory();
    let log = directory.open();
    let changes = vec![
        Change::PutGroup(group(1, "staff")),
        Change::PutGroup(group(4, "Crew")),
        Change::PutGroup(group(4, "guards")),
        account(1),
        account(2),
        assign(1, 1, true),
        assign(1, 1, true),
        assign(1, 2, true),
        assign(4, 2, true),
        assign(4, 2, false),
        assign(4, 2, false),
    ];
    assert_eq!(change(&log, changes), Ok(()));
    assert_eq!(change(&log, vec![assign(1, 3, true)]), Err(Unchanged::NoAccount));
    log.close();
    let log = directory.open();
    assert_eq!(block_on(log.groups()), Ok(vec![group(1, "staff"), group(4, "guards")]));
    let members = |log: &SqliteLog| block_on(log.group_members()).expect("readable");
    assert_eq!(members(&log), [(1, person(1)), (1, person(2))]);
    let people = |after: Option<u64>, limit| {
        let found = block_on(log.group_people(1, after.map(person), limit)).expect("readable");
        found.into_iter().map(|(_, name)| name.as_str().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(
        (people(None, 1), people(Some(1), 9)),
        (vec!["nick-1".into()], vec!["nick-2".into()])
    );
    assert_eq!(change(&log, vec![Change::DeleteAccount { person: person(2) }]), Ok(()));
    assert_eq!(members(&log), [(1, person(1))]);
    let named = RoomAttributes {
        groups: [(Right::Speak, vec![1, 4])].into(),
        ..made(1, RoomKind::Public, "lobby")
    };
    assert_eq!(change(&log, vec![Change::PutRoom(named), Change::DeleteGroup(1)]), Ok(()));
    assert_eq!((block_on(log.groups()), members(&log)), (Ok(vec![group(4, "guards")]), vec![]));
    let rooms = block_on(log.room_attributes()).expect("readable");
    assert_eq!(rooms[0].groups, [(Right::Speak, vec![4])].into());
}

#[test]
fn the_audit_log_shows_a_narrowed_room_to_those_who_see_it() {
    let directory = Directory::in_memory();
    let log = directory.open();
    let note = |action: &str| {
        let (by, by_name, subject, reason) = (None, "server".into(), "x".into(), "".into());
        let (room, action) = (Some(id(1)), action.into());
        Change::Note(Audit { id: 0, at_ms: 1, by, by_name, action, subject, room, reason })
    };
    let narrowed = RoomAttributes {
        see: Role::Administrator,
        groups: [(Right::See, vec![1]), (Right::Speak, vec![2])].into(),
        ..made(1, RoomKind::Public, "staff")
    };
    let changes = vec![
        account(1),
        account(2),
        Change::PutGroup(group(1, "staff")),
        Change::PutGroup(group(2, "guards")),
        assign(1, 1, true),
        assign(2, 2, true),
        Change::PutRoom(narrowed),
        Change::Seat(seat(1, 3, Rank::Member)),
        Change::Seat(seat(1, 4, Rank::Moderator)),
        note("narrow_see"),
        note("mute"),
    ];
    assert_eq!(change(&log, changes), Ok(()));
    let seen = |who, in_groups_as, role| {
        let reader = Some(Reader { person: person(who), in_groups_as: person(in_groups_as), role });
        let range =
            AuditRange { from: AuditFrom::Newest, limit: 9, room: None, action: None, reader };
        block_on(log.audit(range)).expect("readable").len()
    };
    assert_eq!(seen(1, 1, Role::Moderator), 2, "in the group");
    assert_eq!(seen(9, 1, Role::Moderator), 2, "the bot of somebody in the group");
    assert_eq!(seen(2, 2, Role::Moderator), 0, "in a group that may only speak there");
    assert_eq!(seen(3, 3, Role::Moderator), 0, "who had a seat there once");
    assert_eq!(seen(4, 4, Role::Moderator), 2, "its moderator");
    assert_eq!(seen(5, 5, Role::Administrator), 2, "with the role");
    let of = |action| {
        let (room, reader) = (Some(id(1)), None);
        let range =
            AuditRange { from: AuditFrom::Newest, limit: 1, room, action: Some(action), reader };
        block_on(log.audit(range))
            .expect("readable")
            .into_iter()
            .map(|it| it.id)
            .collect::<Vec<_>>()
    };
    assert_eq!((of("narrow_see"), of("mute"), of("kick")), (vec![1], vec![2], vec![]));
}

#[test]
fn a_room_that_only_some_see_takes_no_name_and_gives_it_back() {
    let directory = Directory::in_memory();
    let log = directory.open();
    let open = made(1, RoomKind::Public, "staff");
    assert!(matches!(say(&log, &open, said(1, "a")), Appended::Committed { seq: 1, .. }));
    let narrowed = RoomAttributes { see: Role::Member, ..open.clone() };
    assert_eq!(change(&log, vec![Change::PutRoom(narrowed.clone())]), Ok(()));
    let other = made(2, RoomKind::Public, "Staff");
    assert!(matches!(say(&log, &other, said(2, "b")), Appended::Committed { seq: 1, .. }));
    assert!(matches!(say(&log, &narrowed, said(3, "c")), Appended::Committed { seq: 2, .. }));
    assert_eq!(change(&log, vec![Change::PutRoom(open)]), Err(Unchanged::NameTaken));
    log.close();
    let log = directory.open();
    let names = block_on(log.rooms()).expect("readable").into_iter().map(|it| it.name.fold());
    assert_eq!(names.filter(|name| *name == fold("staff")).count(), 1);
    let opened = RoomAttributes { name: room("staff-2"), ..made(1, RoomKind::Public, "staff") };
    assert_eq!(change(&log, vec![Change::PutRoom(opened)]), Ok(()));
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
