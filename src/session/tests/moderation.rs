//! Mutes, bans, kicks, roles: who may, what it does at once, and what is written down.

use support::client::{Client, PASSWORD, hello, join, send, typing};
use support::{eventually, fresh_cid};
use throng_protocol::{
    AskWhy, Assign, AuditOk, CloseCode, Command, DeleteGroup, ErrorCode, Event, GiveRole, Kick,
    Lift, MakeGroup, ReadAudit, Removed, RenameGroup, Restrict, RestrictionKind, Role, RoleChanged,
    WhyOk,
};

use super::{Server, done};

pub(super) fn restriction(kind: RestrictionKind, person: &str, room: Option<&str>) -> Restrict {
    Restrict {
        kind,
        person: Some(person.into()),
        address: None,
        room: room.map(str::to_owned),
        for_ms: None,
        reason: "cool down".into(),
    }
}

pub(super) fn restrict(kind: RestrictionKind, person: &str, room: Option<&str>) -> Command {
    Command::Restrict(restriction(kind, person, room))
}

pub(super) fn mute(person: &str, room: Option<&str>) -> Command {
    restrict(RestrictionKind::Mute, person, room)
}

pub(super) fn ban(person: &str, room: Option<&str>) -> Command {
    restrict(RestrictionKind::Ban, person, room)
}

fn ban_address(address: &str) -> Command {
    let (person, address) = (None, Some(address.to_owned()));
    Command::Restrict(Restrict { person, address, ..restriction(RestrictionKind::Ban, "", None) })
}

pub(super) fn lift(kind: RestrictionKind, person: &str, room: Option<&str>) -> Command {
    let (person, room) = (Some(person.to_owned()), room.map(str::to_owned));
    Command::Lift(Lift { kind, person, address: None, room, reason: String::new() })
}

pub(super) fn kick(room: &str, person: &str) -> Command {
    Command::Kick(Kick { room: room.into(), person: person.into(), reason: "off topic".into() })
}

pub(super) fn role(person: &str, role: Role) -> Command {
    Command::Role(GiveRole { person: person.into(), role, reason: String::new() })
}

fn audit(client: &mut Client, room: Option<&str>) -> Vec<(String, String)> {
    let read = ReadAudit { room: room.map(str::to_owned), before: None };
    let page: AuditOk = client.get(Command::Audit(read));
    page.entries.into_iter().map(|entry| (entry.action, entry.subject)).collect()
}

fn why(client: &mut Client, command: &str, room: Option<&str>, person: Option<&str>) -> WhyOk {
    let (room, person) = (room.map(str::to_owned), person.map(str::to_owned));
    client.get(Command::Why(AskWhy { command: command.into(), room, person, text: None }))
}

/// The next event about being taken out of a room.
fn removed(client: &mut Client) -> Removed {
    loop {
        if let Event::Removed(removed) = client.push() {
            return removed;
        }
    }
}

pub(super) fn make_group(name: &str) -> Command {
    Command::MakeGroup(MakeGroup { name: name.into(), reason: String::new() })
}

pub(super) fn rename_group(group: &str, name: &str) -> Command {
    let reason = String::new();
    Command::RenameGroup(RenameGroup { group: group.into(), name: name.into(), reason })
}

pub(super) fn delete_group(group: &str) -> Command {
    Command::DeleteGroup(DeleteGroup { group: group.into(), reason: String::new() })
}

pub(super) fn assign(group: &str, person: &str, member: bool) -> Command {
    let reason = String::new();
    Command::Assign(Assign { group: group.into(), person: person.into(), member, reason })
}

#[test]
fn a_muted_person_reads_and_says_nothing_until_it_is_lifted() {
    let server = Server::start();
    let (mut mia, mut bo) = (server.staff("mia", Role::Moderator), server.guest("bo"));
    mia.join("lobby");
    bo.join("lobby");
    bo.join("kitchen");
    let before = fresh_cid();
    bo.send_as("lobby", &before, "before");
    done(&mut mia, mute("@bo", Some("#lobby")));
    let fault = bo.fail(send("lobby", &fresh_cid(), "after"), ErrorCode::Muted);
    assert_eq!(fault.reason.as_deref(), Some("cool down"));
    assert!(fault.message.contains("in this room: cool down"), "{}", fault.message);
    assert_eq!(fault.retry_ms, None);
    assert!(bo.send_as("lobby", &before, "before").dup, "a retry gets its first answer");
    assert_eq!(bo.send("kitchen", "elsewhere").seq, 1);
    mia.send("lobby", "a word");
    bo.expect_message("lobby");
    bo.expect_message("kitchen");
    assert_eq!(bo.expect_message("lobby").text, "a word");
    let answer = why(&mut bo, "send", Some("lobby"), None);
    assert!(!answer.allowed && answer.rule.contains("cool down"), "{answer:?}");
    assert!(why(&mut bo, "send", Some("kitchen"), None).allowed);

    done(&mut mia, lift(RestrictionKind::Mute, "bo", Some("lobby")));
    assert_eq!(bo.send("lobby", "again").seq, 3);
    done(&mut mia, mute("@bo", None));
    bo.fail(send("kitchen", &fresh_cid(), "after"), ErrorCode::Muted);
    bo.typing("kitchen");
    assert_eq!(
        audit(&mut mia, Some("lobby")),
        [("unmute".into(), "bo".into()), ("mute".into(), "bo".into())]
    );
    assert_eq!(audit(&mut mia, None)[0], ("mute".into(), "bo".into()));
}

#[test]
fn a_mute_for_a_time_says_how_long_it_lasts_and_ends_by_itself() {
    let server = Server::start();
    let (mut mia, mut bo) = (server.staff("mia", Role::Moderator), server.guest("bo"));
    bo.join("lobby");
    let of = |for_ms| {
        let for_ms = Some(for_ms);
        Command::Restrict(Restrict { for_ms, ..restriction(RestrictionKind::Mute, "bo", None) })
    };
    done(&mut mia, of(600_000));
    let fault = bo.fail(send("lobby", &fresh_cid(), "at once"), ErrorCode::Muted);
    assert!(fault.retry_ms.is_some_and(|wait| (1..=600_000).contains(&wait)), "{fault:?}");
    // A shorter one takes its place.
    done(&mut mia, of(1));
    eventually("it has ended", || bo.ask(send("lobby", &fresh_cid(), "later")).is_ok());
}

#[test]
fn a_ban_from_a_room_takes_every_device_out_and_keeps_it_out() {
    let server = Server::start();
    let (mut mia, mut bo) = (server.staff("mia", Role::Moderator), server.guest("bo"));
    let mut phone = server.known(bo.token());
    for client in [&mut mia, &mut bo, &mut phone] {
        client.join("lobby");
        client.join("kitchen");
    }
    done(&mut mia, ban("bo", Some("lobby")));
    for client in [&mut bo, &mut phone] {
        let event = removed(client);
        assert_eq!(event.room, client.id_of("lobby"));
        assert!(event.reason.contains("cool down"), "{}", event.reason);
        client.fail(join("lobby"), ErrorCode::Banned);
        client.fail(typing("lobby"), ErrorCode::NotJoined);
    }
    mia.send("lobby", "without them");
    assert_eq!(bo.send("kitchen", "still here").seq, 1);
    let pushes: Vec<_> = bo.take_pushes().into_iter().collect();
    assert!(
        !pushes.iter().any(|it| matches!(it, Event::Message(it) if it.room == bo.id_of("lobby")))
    );
    assert_eq!(mia.members("lobby").members.count, 1);
    done(&mut mia, lift(RestrictionKind::Ban, "bo", Some("lobby")));
    assert_eq!(bo.join("lobby").head, 1);
}

#[test]
fn a_ban_from_the_server_closes_every_session_and_refuses_the_next() {
    let server = Server::start();
    let (mut mia, mut bo) = (server.staff("mia", Role::Moderator), server.guest("bo"));
    let mut phone = server.known(bo.token());
    bo.join("lobby");
    done(&mut mia, ban(&bo.greeting.user.id.to_string(), None));
    for client in [&mut bo, &mut phone] {
        let bye = client.expect_closed(CloseCode::Banned).expect("a bye");
        assert!(!bye.reconnect);
    }
    let mut wire = server.wire();
    wire.post(hello(None, Some(bo.token())));
    let fault = wire.expect_fault(ErrorCode::Banned);
    assert!(fault.message.contains("cool down"), "{}", fault.message);
    let mut member = server.member("carl");
    done(&mut mia, ban("@carl", None));
    member.expect_closed(CloseCode::Banned);
    let mut wire = server.wire();
    wire.post(support::client::log_in("carl", PASSWORD));
    wire.expect_fault(ErrorCode::Banned);
}

/// What is stored is in force: also when the moderator's client goes away before the answer.
#[test]
fn a_ban_by_a_client_that_goes_away_at_once_holds() {
    let server = Server::start();
    for number in 0..20 {
        let mut mia = server.staff(&format!("mia-{number}"), Role::Moderator);
        let mut eve = server.guest(&format!("eve-{number}"));
        eve.join("lobby");
        mia.wire.post(ban(eve.nick(), None));
        drop(mia);
        eve.expect_closed(CloseCode::Banned);
    }
}

#[test]
fn a_ban_is_in_the_order_of_the_sends() {
    let server = Server::start();
    let (mut mia, mut eve) = (server.staff("mia", Role::Moderator), server.guest("eve"));
    mia.join("lobby");
    eve.join("lobby");
    let ids: Vec<u64> =
        (0..200).map(|n| eve.wire.post(send("lobby", &fresh_cid(), &format!("{n}")))).collect();
    done(&mut mia, mute("eve", Some("lobby")));
    let head = mia.join("lobby").head;
    let said = ids.into_iter().filter(|id| eve.answer(*id).is_ok()).count();
    assert_eq!(said as u64, head, "what got an ok was shown before the mute was answered");
    assert_eq!(mia.join("lobby").head, head, "nothing came after it");
}

#[test]
fn an_address_can_only_be_banned_and_not_ones_own() {
    let server = Server::start();
    let mut mia = server.staff("mia", Role::Moderator);
    mia.join("lobby");
    mia.fail(ban_address("127.0.0.0/8"), ErrorCode::Forbidden);
    for bad in ["", "nowhere", "192.0.2.0/40"] {
        mia.fail(ban_address(bad), ErrorCode::BadCommand);
    }
    done(&mut mia, ban_address("192.0.2.0/24"));
    let (person, address) = (None, Some("192.0.2.7".to_owned()));
    let room = Some("lobby".to_owned());
    let of_room = Restrict { person, address, room, ..restriction(RestrictionKind::Ban, "", None) };
    mia.fail(Command::Restrict(of_room.clone()), ErrorCode::BadCommand);
    let both = Restrict { person: Some("bo".into()), ..of_room };
    mia.fail(Command::Restrict(both), ErrorCode::BadCommand);
    assert_eq!(audit(&mut mia, None)[0], ("ban".into(), "192.0.2.0/24".into()));
}

#[test]
fn a_kicked_person_may_come_back() {
    let server = Server::start();
    let (mut mia, mut bo) = (server.staff("mia", Role::Moderator), server.guest("bo"));
    bo.join("lobby");
    done(&mut mia, kick("lobby", "bo"));
    assert!(removed(&mut bo).reason.contains("off topic"));
    bo.fail(send("lobby", &fresh_cid(), "outside"), ErrorCode::NotJoined);
    bo.join("lobby");
    assert_eq!(bo.send("lobby", "back").seq, 1);
    for _ in 0..20 {
        done(&mut mia, kick("lobby", "bo"));
        bo.join("lobby");
    }
    assert_eq!(mia.join("lobby").members.expect("of a join").count, 2);
}

#[test]
fn nobody_touches_an_equal_or_somebody_above() {
    let server = Server::start();
    let mut guest = server.guest("gus");
    let mut member = server.member("mel");
    let mut moderator = server.staff("mia", Role::Moderator);
    let mut other = server.staff("max", Role::Moderator);
    let mut admin = server.staff("ada", Role::Administrator);
    admin.join("lobby");
    for client in [&mut guest, &mut member] {
        for command in [mute("max", None), ban("max", None), kick("lobby", "max")] {
            client.fail(command, ErrorCode::Forbidden);
        }
        client.fail(Command::Audit(ReadAudit::default()), ErrorCode::Forbidden);
    }
    moderator.fail(mute("max", None), ErrorCode::Forbidden);
    moderator.fail(ban("ada", None), ErrorCode::Forbidden);
    moderator.fail(role("mel", Role::Moderator), ErrorCode::Forbidden);
    done(&mut moderator, mute("mel", None));
    done(&mut admin, role("mel", Role::Moderator));
    admin.fail(role("mel", Role::Administrator), ErrorCode::Forbidden);
    admin.fail(role("gus", Role::Moderator), ErrorCode::NoAccount);
    admin.fail(role("mel", Role::Guest), ErrorCode::BadCommand);
    admin.fail(role("nobody-here", Role::Member), ErrorCode::NoSuchPerson);
    done(&mut admin, role("max", Role::Member));
    other.fail(mute("gus", None), ErrorCode::Forbidden);
    let answer = why(&mut admin, "kick", None, Some("@max"));
    assert_eq!((answer.allowed, answer.role), (false, Role::Member));
    assert!(answer.rule.contains("moderator"), "{}", answer.rule);
    member.fail(
        Command::Why(AskWhy {
            command: "kick".into(),
            room: None,
            person: Some("ada".into()),
            text: None,
        }),
        ErrorCode::Forbidden,
    );
    member.fail(
        Command::Why(AskWhy { command: "dance".into(), room: None, person: None, text: None }),
        ErrorCode::BadCommand,
    );
}

#[test]
fn the_audit_log_is_read_page_by_page() {
    let server = Server::start();
    let mut mia = server.staff("mia", Role::Moderator);
    mia.join("lobby");
    let _bo = server.guest("bo");
    for _ in 0..25 {
        done(&mut mia, kick("lobby", "bo"));
    }
    let first: AuditOk = mia.get(Command::Audit(ReadAudit::default()));
    assert_eq!((first.entries.len(), first.more), (20, true));
    assert_eq!(first.entries[0].by, Some(mia.greeting.user.id));
    let before = first.entries.last().map(|entry| entry.number);
    let rest: AuditOk = mia.get(Command::Audit(ReadAudit { room: None, before }));
    // With the one entry of the role that was given before.
    assert_eq!((rest.entries.len(), rest.more), (6, false));
    let long = Kick { room: "lobby".into(), person: "bo".into(), reason: "x".repeat(401) };
    mia.fail(Command::Kick(long), ErrorCode::BadCommand);
}

#[test]
fn another_role_is_told_to_every_device_of_the_person_and_to_nobody_else() {
    let server = Server::start();
    let mut ana = server.staff("ana", Role::Owner);
    let mut bo = server.member("bo");
    let mut phone = server.device("bo");
    let mut guest = server.guest("eve");
    let _ = ana.ask(role("@bo", Role::Moderator)).expect("given");
    for device in [&mut bo, &mut phone] {
        assert_eq!(device.push(), Event::Role(RoleChanged { role: Role::Moderator }));
    }
    let _ = ana.ask(role("@bo", Role::Member)).expect("taken");
    assert_eq!(bo.push(), Event::Role(RoleChanged { role: Role::Member }));
    for other in [&mut ana, &mut guest] {
        other.barrier();
        assert!(other.take_pushes().is_empty());
    }
}
