//! Accounts, logins, bots, restrictions, links and the audit log: every change is made whole or not at all, and
//! is there again after the log was opened again.

use std::fs;

use futures::executor::block_on;
use rusqlite::Connection;
use throng_protocol::{Nick, PersonId, RestrictionKind, Role, RoomId, Scope};

use super::{Directory, append, person, said};
use crate::accounts::{
    Account, AccountKey, Audit, AuditFrom, AuditRange, Bot, Change, LinkPurpose, Logins, NewLink,
    NewLogin, Raid, Restriction, SecondFactor, Subject, Unchanged,
};
use crate::directory::{Directory as _, NickNote};
use crate::log::{Log as _, LogError};
use crate::sqlite::SqliteLog;

fn nick(name: &str) -> Nick {
    Nick::parse(name).expect("a nick")
}

fn account(number: u64, name: &str) -> Account {
    Account {
        person: person(number),
        name: Some(nick(name)),
        password: Some(format!("hash of {name}").into()),
        second_factor: None,
        role: Role::Member,
        made_ms: number,
    }
}

fn login(person: PersonId, hash: u8) -> Change {
    let (device, address) = ("a browser".into(), "192.0.2.1".into());
    Change::AddLogin(NewLogin {
        hash: [hash; 32],
        person,
        device,
        address,
        made_ms: 1,
        expires_ms: u64::MAX >> 1,
    })
}

fn ban(subject: Subject, until_ms: Option<u64>) -> Restriction {
    Restriction {
        kind: RestrictionKind::Ban,
        subject,
        room: None,
        until_ms,
        made_ms: 3,
        by: Some(person(9)),
        reason: "spam".into(),
    }
}

fn audit(number: u64, room: Option<RoomId>) -> Audit {
    Audit {
        id: 0,
        at_ms: number,
        by: None,
        by_name: "server".into(),
        action: "ban".into(),
        subject: format!("person {number}").into(),
        room,
        reason: String::new().into(),
    }
}

fn change(log: &SqliteLog, changes: Vec<Change>) -> Result<(), Unchanged> {
    block_on(log.change(changes)).expect("the log answers")
}

fn found(log: &SqliteLog, number: u64) -> Option<Account> {
    block_on(log.account(AccountKey::Person(person(number)))).expect("readable")
}

fn named(log: &SqliteLog, name: &str) -> Option<Account> {
    block_on(log.account(AccountKey::Name(nick(name).fold()))).expect("readable")
}

/// The numbers and hashes of somebody's logins.
fn logins(log: &SqliteLog, number: u64) -> Vec<u64> {
    let logins = block_on(log.logins(person(number))).expect("readable");
    logins.into_iter().map(|login| login.id).collect()
}

#[test]
fn an_account_has_its_name_for_itself() {
    let directory = Directory::in_memory();
    let log = directory.open();
    assert_eq!(change(&log, vec![Change::AddAccount(account(1, "ana"))]), Ok(()));
    for name in ["ana", "ANA"] {
        let taken = change(&log, vec![Change::AddAccount(account(2, name))]);
        assert_eq!(taken, Err(Unchanged::NameTaken), "{name}");
    }
    let twice = change(&log, vec![Change::AddAccount(account(1, "bo"))]);
    assert_eq!(twice, Err(Unchanged::HasAccount));
    assert_eq!(change(&log, vec![Change::AddAccount(account(2, "bo"))]), Ok(()));
    let rename =
        |number, name| Change::Rename { person: person(number), name: nick(name), at_ms: 5 };
    assert_eq!(change(&log, vec![rename(2, "Ana")]), Err(Unchanged::NameTaken));
    assert_eq!(change(&log, vec![rename(3, "eve")]), Err(Unchanged::NoAccount));
    assert_eq!(change(&log, vec![rename(2, "BO")]), Ok(()), "another spelling of one's own");
    assert_eq!(named(&log, "bo").and_then(|it| it.name), Some(nick("BO")));
    log.close();
    let log = directory.open();
    assert_eq!(named(&log, "ANA"), Some(account(1, "ana")));
    assert_eq!(
        block_on(log.roles()),
        Ok(vec![(person(1), Role::Member), (person(2), Role::Member)])
    );
    let after_first = block_on(log.accounts(Some(person(1)), 10)).expect("readable");
    assert_eq!(after_first.len(), 1);
}

#[test]
fn a_deleted_account_keeps_its_id_and_frees_its_name() {
    let directory = Directory::in_memory();
    let log = directory.open();
    let made = vec![Change::AddAccount(account(1, "ana")), login(person(1), 1)];
    assert_eq!(change(&log, made), Ok(()));
    let delete = || vec![Change::DeleteAccount { person: person(1) }];
    assert_eq!(change(&log, delete()), Ok(()));
    let left = found(&log, 1).expect("the id stays");
    assert_eq!((left.name, left.password, left.role), (None, None, Role::Guest));
    assert!(logins(&log, 1).is_empty());
    assert_eq!(block_on(log.roles()), Ok(vec![(person(1), Role::Guest)]));
    assert_eq!(change(&log, delete()), Err(Unchanged::NoAccount));
    let role = Change::SetRole { person: person(1), role: Role::Owner };
    assert_eq!(change(&log, vec![role]), Err(Unchanged::NoAccount));
    let again = change(&log, vec![Change::AddAccount(account(1, "ana"))]);
    assert_eq!(again, Err(Unchanged::HasAccount));
    assert_eq!(change(&log, vec![Change::AddAccount(account(2, "ana"))]), Ok(()));
}

#[test]
fn of_changes_that_belong_together_all_are_made_or_none() {
    let directory = Directory::in_memory();
    let log = directory.open();
    assert_eq!(change(&log, vec![Change::AddAccount(account(1, "ana"))]), Ok(()));
    let halves = vec![
        Change::AddAccount(account(2, "bo")),
        login(person(2), 2),
        Change::Note(audit(1, None)),
        Change::AddAccount(account(3, "Ana")),
        login(person(3), 3),
    ];
    assert_eq!(change(&log, halves), Err(Unchanged::NameTaken));
    assert_eq!((found(&log, 2), logins(&log, 2), logins(&log, 3)), (None, vec![], vec![]));
    let range =
        AuditRange { from: AuditFrom::Newest, limit: 9, room: None, action: None, reader: None };
    assert_eq!(block_on(log.audit(range)), Ok(vec![]));
}

#[test]
fn a_login_is_found_by_its_token_until_it_is_ended() {
    let directory = Directory::in_memory();
    let log = directory.open();
    let three = vec![login(person(1), 1), login(person(1), 2), login(person(1), 3)];
    assert_eq!(change(&log, three), Ok(()));
    assert_eq!(change(&log, vec![login(person(2), 4)]), Ok(()));
    assert_eq!(logins(&log, 1), [3, 2, 1]);
    let address = "2001:db8::1".into();
    log.note(NickNote::LoginUsed { hash: [2; 32], address, at_ms: 77, expires_ms: 1 << 60 });
    log.close();
    let log = directory.open();
    let used = block_on(log.login([2; 32])).expect("readable").expect("there");
    assert_eq!((used.id, &*used.address, used.used_ms), (2, "2001:db8::1", 77));
    assert_eq!(used.expires_ms, 1 << 60);
    let end = |which| vec![Change::EndLogins { person: person(1), which }];
    assert_eq!(change(&log, end(Logins::One(4))), Ok(()), "not theirs");
    assert_eq!(logins(&log, 2), [4]);
    assert_eq!(change(&log, end(Logins::One(3))), Ok(()));
    assert_eq!(logins(&log, 1), [2, 1]);
    assert_eq!(change(&log, end(Logins::AllBut(2))), Ok(()));
    assert_eq!(logins(&log, 1), [2]);
    assert_eq!(change(&log, end(Logins::All)), Ok(()));
    assert_eq!(block_on(log.login([2; 32])), Ok(None));
    assert_eq!(change(&log, vec![login(person(1), 9)]), Ok(()));
    assert_eq!(logins(&log, 1), [5], "no number comes twice");
}

#[test]
fn a_login_that_gets_another_token_loses_the_one_before() {
    let directory = Directory::in_memory();
    let log = directory.open();
    assert_eq!(
        change(&log, vec![Change::AddAccount(account(1, "ana")), login(person(1), 1)]),
        Ok(())
    );
    let [id] = logins(&log, 1)[..] else { panic!("one login") };
    let renew = |old, new| Change::RenewLogin { old: [old; 32], new: [new; 32] };
    assert_eq!(change(&log, vec![renew(1, 2)]), Ok(()));
    assert_eq!(change(&log, vec![renew(1, 3)]), Err(Unchanged::NoLogin), "it was used");
    assert!(block_on(log.login([1; 32])).expect("read").is_none());
    let found = block_on(log.login([2; 32])).expect("read").expect("the same login");
    assert_eq!((found.id, found.person), (id, person(1)));
    assert_eq!(logins(&log, 1), [id]);
}

#[test]
fn a_restriction_replaces_the_one_before_and_is_there_until_it_ends() {
    let directory = Directory::in_memory();
    let log = directory.open();
    let network = Subject::Network("192.0.2.0/24".into());
    let (first, second) = (ban(Subject::Person(person(1)), None), ban(network.clone(), Some(1)));
    let longer = Restriction { until_ms: Some(u64::MAX >> 1), ..first.clone() };
    let all = [&first, &second, &longer].map(|it| Change::Restrict(it.clone()));
    assert_eq!(change(&log, all.to_vec()), Ok(()));
    let mut stored = block_on(log.restrictions()).expect("readable");
    stored.sort_by_key(|it| it.until_ms);
    assert_eq!(stored, [second, longer]);
    let in_room = Restriction { room: Some(RoomId::from_parts(1, 1)), ..first.clone() };
    assert_eq!(change(&log, vec![Change::Restrict(in_room.clone())]), Ok(()));
    let lift = Change::Lift { kind: first.kind, subject: first.subject, room: None };
    assert_eq!(change(&log, vec![lift]), Ok(()));
    assert_eq!(block_on(log.restrictions()).map(|all| all.len()), Ok(2), "the other room's stays");
    log.close();
    // Closing, the log forgets what has ended.
    assert_eq!(block_on(directory.open().restrictions()), Ok(vec![in_room]));
}

fn bot(number: u64, owner: u64, name: &str) -> Bot {
    Bot {
        person: person(number),
        owner: person(owner),
        nick: nick(name),
        hash: [u8::try_from(number).expect("small"); 32],
        scopes: [Scope::Read, Scope::Admin].into_iter().collect(),
        rooms: None,
        made_ms: number,
        expires_ms: None,
    }
}

fn bots(log: &SqliteLog) -> Vec<Bot> {
    block_on(log.bots()).expect("readable")
}

#[test]
fn a_bot_is_there_until_it_is_ended_or_has_expired() {
    let directory = Directory::in_memory();
    let log = directory.open();
    assert_eq!(change(&log, vec![Change::AddAccount(account(1, "ana"))]), Ok(()));
    let rooms: Box<[_]> = [RoomId::from_parts(1, 7), RoomId::from_parts(2, 8)].into();
    let (first, nowhere) =
        (bot(11, 1, "herald"), Bot { rooms: Some([].into()), ..bot(12, 1, "b") });
    let far = Some(u64::MAX >> 1);
    let some = Bot { rooms: Some(rooms), expires_ms: far, ..bot(13, 1, "c") };
    let over = Bot { expires_ms: Some(1), ..bot(14, 1, "d") };
    let all = [&first, &nowhere, &some, &over];
    assert_eq!(change(&log, all.map(|it| Change::AddBot(it.clone())).to_vec()), Ok(()));
    assert_eq!(bots(&log), all.map(Clone::clone));
    log.close();
    let log = directory.open();
    assert_eq!(bots(&log), [first, nowhere, some.clone()], "what has expired is forgotten");
    let end = |number| vec![Change::EndBot { person: person(number) }];
    assert_eq!(change(&log, end(11)), Ok(()));
    assert_eq!(change(&log, end(11)), Ok(()), "there is none");
    assert_eq!(change(&log, end(12)), Ok(()));
    assert_eq!(bots(&log), [some]);
    assert_eq!(change(&log, vec![Change::DeleteAccount { person: person(1) }]), Ok(()));
    assert_eq!(bots(&log), [], "bots end with their owner's account");
}

#[test]
fn a_bot_has_its_nick_for_itself_and_an_owner() {
    let directory = Directory::in_memory();
    let log = directory.open();
    let accounts = [(1, "ana"), (2, "bo")].map(|(n, name)| Change::AddAccount(account(n, name)));
    assert_eq!(change(&log, accounts.to_vec()), Ok(()));
    let add = |bot| change(&log, vec![Change::AddBot(bot)]);
    assert_eq!(add(bot(11, 3, "herald")), Err(Unchanged::NoAccount));
    assert_eq!(add(bot(11, 1, "Bo")), Err(Unchanged::NameTaken));
    assert_eq!(add(bot(11, 1, "herald")), Ok(()));
    assert_eq!(add(bot(12, 2, "Herald")), Err(Unchanged::NameTaken));
    let rename = Change::Rename { person: person(2), name: nick("HERALD"), at_ms: 5 };
    assert_eq!(change(&log, vec![rename.clone()]), Err(Unchanged::NameTaken));
    let register = vec![Change::AddAccount(account(3, "herald"))];
    assert_eq!(change(&log, register.clone()), Err(Unchanged::NameTaken));
    let owner_of = |log: &SqliteLog| {
        let found = block_on(log.nick(nick("heraLd").fold())).expect("readable");
        found.map(|record| (record.person, record.has_account))
    };
    assert_eq!(owner_of(&log), Some((person(11), true)));
    log.close();
    let log = directory.open();
    assert_eq!(owner_of(&log), Some((person(11), true)));
    assert_eq!(change(&log, vec![Change::EndBot { person: person(11) }]), Ok(()));
    assert_eq!(owner_of(&log), None);
    assert_eq!(change(&log, vec![rename]), Ok(()));
    assert_eq!(change(&log, register), Err(Unchanged::NameTaken));
}

#[test]
fn the_raid_switch_stays_as_it_was_turned() {
    let directory = Directory::in_memory();
    let log = directory.open();
    assert_eq!(block_on(log.raid()), Ok(None));
    let by_hand = Raid {
        since_ms: 7,
        until_ms: None,
        by: Some(person(1)),
        by_name: "ana".into(),
        is_automatic: false,
        reason: "bots".into(),
    };
    let by_itself = Raid { until_ms: Some(9), by: None, is_automatic: true, ..by_hand.clone() };
    for raid in [by_hand, by_itself] {
        assert_eq!(change(&log, vec![Change::SetRaid(Some(raid.clone()))]), Ok(()));
        assert_eq!(block_on(log.raid()), Ok(Some(raid)));
    }
    log.close();
    let log = directory.open();
    assert!(block_on(log.raid()).is_ok_and(|raid| raid.is_some_and(|raid| raid.is_automatic)));
    assert_eq!(change(&log, vec![Change::SetRaid(None)]), Ok(()));
    assert_eq!(block_on(log.raid()), Ok(None));
}

#[test]
fn a_link_is_used_as_often_as_it_may_be_and_for_what_it_is() {
    let directory = Directory::in_memory();
    let log = directory.open();
    let link = |hash, purpose| {
        Change::AddLink(NewLink { hash: [hash; 32], purpose, uses: 2, expires_ms: 100 })
    };
    let reset = LinkPurpose::Reset(person(1));
    let links = vec![link(1, LinkPurpose::Registration), link(2, reset)];
    assert_eq!(change(&log, links), Ok(()));
    let used = |hash, purpose, now_ms| {
        change(&log, vec![Change::UseLink { hash: [hash; 32], purpose, now_ms }])
    };
    assert_eq!(used(1, LinkPurpose::Owner, 5), Err(Unchanged::NoLink));
    assert_eq!(used(2, LinkPurpose::Reset(person(2)), 5), Err(Unchanged::NoLink));
    assert_eq!(used(2, reset, 100), Err(Unchanged::NoLink), "expired");
    assert_eq!(used(2, reset, 99), Ok(()));
    let results = [5, 5, 5].map(|now| used(1, LinkPurpose::Registration, now));
    assert_eq!(results, [Ok(()), Ok(()), Err(Unchanged::NoLink)]);
}

#[test]
fn the_audit_log_is_read_page_by_page_and_room_by_room() {
    let directory = Directory::in_memory();
    let log = directory.open();
    let room = RoomId::from_parts(1, 7);
    let notes = (1..=10).map(|at| Change::Note(audit(at, (at % 2 == 0).then_some(room))));
    assert_eq!(change(&log, notes.collect()), Ok(()));
    let ids = |range| {
        let page = block_on(log.audit(range)).expect("readable");
        page.into_iter().map(|it| it.id).collect::<Vec<_>>()
    };
    assert_eq!(
        ids(AuditRange {
            from: AuditFrom::Newest,
            limit: 3,
            room: None,
            action: None,
            reader: None
        }),
        [10, 9, 8]
    );
    assert_eq!(
        ids(AuditRange {
            from: AuditFrom::Before(8),
            limit: 3,
            room: None,
            action: None,
            reader: None
        }),
        [7, 6, 5]
    );
    assert_eq!(
        ids(AuditRange {
            from: AuditFrom::Before(8),
            limit: 9,
            room: Some(room),
            action: None,
            reader: None
        }),
        [6, 4, 2]
    );
    let page = block_on(log.audit(AuditRange {
        from: AuditFrom::Before(3),
        limit: 1,
        room: None,
        action: None,
        reader: None,
    }));
    assert_eq!(page, Ok(vec![Audit { id: 2, ..audit(2, Some(room)) }]));
    let after = |number, room| {
        ids(AuditRange {
            from: AuditFrom::After(number),
            limit: 3,
            room,
            action: None,
            reader: None,
        })
    };
    assert_eq!(after(0, None), [1, 2, 3]);
    assert_eq!((after(8, None), after(3, Some(room))), (vec![9, 10], vec![4, 6, 8]));
    assert_eq!((after(10, None), after(u64::MAX, None)), (vec![], vec![]));
}

#[test]
fn a_code_of_a_second_factor_is_used_once() {
    let directory = Directory::in_memory();
    let log = directory.open();
    assert_eq!(change(&log, vec![Change::AddAccount(account(1, "ana"))]), Ok(()));
    let factor = SecondFactor { secret: [7; 20], last_step: 5, recovery: vec![[1; 32], [2; 32]] };
    let set = |factor| vec![Change::SetSecondFactor { person: person(1), factor }];
    assert_eq!(change(&log, set(Some(factor.clone()))), Ok(()));
    let step = |step| vec![Change::UseStep { person: person(1), step }];
    let recovery = |byte| vec![Change::UseRecovery { person: person(1), hash: [byte; 32] }];
    assert_eq!(change(&log, step(5)), Err(Unchanged::CodeUsed));
    assert_eq!(change(&log, step(6)), Ok(()));
    assert_eq!(change(&log, step(6)), Err(Unchanged::CodeUsed));
    assert_eq!(change(&log, recovery(2)), Ok(()));
    assert_eq!(change(&log, recovery(2)), Err(Unchanged::CodeUsed));
    log.close();
    let log = directory.open();
    let left = found(&log, 1).and_then(|account| account.second_factor);
    assert_eq!(left, Some(SecondFactor { last_step: 6, recovery: vec![[1; 32]], ..factor }));
    assert!(!format!("{left:?}").contains('7'), "no secret is printed");
    assert_eq!(change(&log, set(None)), Ok(()));
    assert_eq!(change(&log, recovery(1)), Err(Unchanged::CodeUsed));
    assert_eq!(found(&log, 1), Some(account(1, "ana")));
}

/// What was answered is on disk: a copy of the files as they are has it.
#[test]
fn a_change_that_was_answered_outlives_a_crash() {
    let directory = Directory::new();
    let log = directory.open();
    append(&log, "lobby", vec![said(1, "before")]);
    assert_eq!(change(&log, vec![Change::AddAccount(account(1, "ana"))]), Ok(()));
    let copy = Directory::new();
    for file in ["throng.db", "throng.db-wal"] {
        fs::copy(directory.path().join(file), copy.path().join(file)).expect("copied");
    }
    assert_eq!(found(&copy.open(), 1), Some(account(1, "ana")));
}

/// A damaged account refuses its own changes and nothing else.
#[test]
fn damage_of_one_account_holds_up_nobody_else() {
    let directory = Directory::in_memory();
    let log = directory.open();
    let two = [1, 2].map(|number| Change::AddAccount(account(number, &format!("nick-{number}"))));
    assert_eq!(change(&log, two.to_vec()), Ok(()));
    log.close();
    let database = Connection::open(directory.database()).expect("it opens");
    let damage = "UPDATE account SET role = 77 WHERE made = 1";
    assert_eq!(database.execute(damage, []), Ok(1));
    drop(database);
    let log = directory.open();
    let rename = |number| {
        log.change(vec![Change::Rename { person: person(number), name: nick("other"), at_ms: 5 }])
    };
    let (first, second) = block_on(async { futures::join!(rename(1), rename(2)) });
    assert!(matches!(first, Err(LogError::Damaged(_))), "{first:?}");
    assert_eq!(second, Ok(Ok(())));
    append(&log, "lobby", vec![said(1, "after")]);
    assert!(log.is_writable());
}
