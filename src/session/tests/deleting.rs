//! Deleting what was said.

use futures::executor::block_on;
use support::client::{Client, PASSWORD, send};
use support::fresh_cid;
use throng_log::{Body, Entry, Range};
use throng_protocol::{
    AuditOk, Command, Delete, DeleteRoom, ErrorCode, Event, History, Join, LogEntry, Page, Purge,
    PurgeOk, ReadAudit, Role, Sent, Unregister,
};

use super::Server;
use super::moderation::mute;
use crate::erasing::erase_all;

pub(super) fn delete(room: &str, seq: u64) -> Command {
    Command::Delete(Delete { room: room.into(), seq, reason: String::new() })
}

fn purge(person: &str, room: Option<&str>, last_ms: u64) -> Command {
    let (person, room) = (person.into(), room.map(str::to_owned));
    Command::Purge(Purge { person, room, last_ms, reason: "spam".into() })
}

pub(super) fn history(client: &mut Client, room: &str) -> Vec<LogEntry> {
    let history =
        History { room: room.into(), before: None, after: Some(0), around: None, limit: None };
    client.get::<Page<LogEntry>>(Command::History(history)).events
}

/// The texts of a room's log: `-` for one that was deleted, and the seqs that an entry deletes.
pub(super) fn texts(client: &mut Client, room: &str) -> Vec<String> {
    let text = |entry| match entry {
        LogEntry::Message(message) if message.deleted.is_some() => {
            assert_eq!(message.text, "");
            "-".to_owned()
        }
        LogEntry::Message(message) => message.text,
        LogEntry::Deleted(deleted) => format!("{:?}", deleted.messages),
        LogEntry::Edited(edited) => format!("{}: {}", edited.message, edited.text),
        LogEntry::Unknown(other) => panic!("{other:?}"),
    };
    history(client, room).into_iter().map(text).collect()
}

fn say(client: &mut Client, room: &str, texts: &[&str]) {
    for text in texts {
        client.send(room, text);
    }
}

fn deleted(event: Event) -> (u64, Option<String>, Vec<u64>) {
    match event {
        Event::Deleted(it) => (it.seq, it.from.map(|user| user.nick), it.messages),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_deleted_message_keeps_its_place_and_everybody_hears_of_it() {
    let server = Server::start();
    let (mut ana, mut bo) = (server.guest("ana"), server.guest("bo"));
    ana.join("lobby");
    bo.join("lobby");
    let cid = fresh_cid();
    let first: Sent = ana.get(send("lobby", &cid, "my address"));
    say(&mut ana, "lobby", &["hello"]);
    bo.expect_message("lobby");
    bo.expect_message("lobby");
    ana.barrier();
    ana.take_pushes();

    let sent: Sent = ana.get(delete("#lobby", 1));
    assert_eq!((sent.seq, sent.dup, sent.deleted), (3, false, false));
    assert_eq!(deleted(bo.push()), (3, Some("ana".into()), vec![1]));
    assert_eq!(deleted(ana.push()), (3, Some("ana".into()), vec![1]));
    assert_eq!(texts(&mut bo, "lobby"), ["-", "hello", "[1]"]);
    let page = history(&mut bo, "lobby");
    let LogEntry::Message(message) = &page[0] else { panic!("{page:?}") };
    assert_eq!(
        (message.deleted, message.cid.to_string(), &*message.from.nick),
        (Some(3), cid.clone(), "ana")
    );

    // Again: the same answer, and nobody hears of it.
    let again: Sent = ana.get(delete("#lobby", 1));
    assert_eq!((again.seq, again.at, again.dup), (3, sent.at, true));
    // The retry of a deleted message brings nothing back.
    let retry: Sent = ana.get(send("lobby", &cid, "my address"));
    assert_eq!((retry.seq, retry.at, retry.dup, retry.deleted), (1, first.at, true, true));
    ana.fail(send("lobby", &cid, "another text"), ErrorCode::Conflict);
    bo.barrier();
    assert!(bo.take_pushes().is_empty());
    assert_eq!(texts(&mut bo, "lobby"), ["-", "hello", "[1]"]);
}

#[test]
fn nobody_deletes_what_is_not_theirs_or_not_there() {
    let server = Server::start();
    let mut owner = server.staff("olga", Role::Owner);
    let (mut ana, mut bo) = (server.member("ana"), server.guest("bo"));
    let mut mod_ = server.staff("mo", Role::Moderator);
    for client in [&mut owner, &mut ana, &mut bo, &mut mod_] {
        client.join("lobby");
    }
    say(&mut owner, "lobby", &["by the owner"]);
    say(&mut ana, "lobby", &["by ana"]);
    say(&mut mod_, "lobby", &["by a moderator"]);
    for client in [&mut ana, &mut bo] {
        client.fail(delete("lobby", 1), ErrorCode::Forbidden);
        client.fail(delete("lobby", 3), ErrorCode::Forbidden);
    }
    bo.fail(delete("lobby", 2), ErrorCode::Forbidden);
    mod_.fail(delete("lobby", 1), ErrorCode::Forbidden);
    for seq in [0, 4, 1 << 41, (1 << 53) - 1] {
        owner.fail(delete("lobby", seq), ErrorCode::BadCommand);
    }
    ana.fail(delete("attic", 1), ErrorCode::NoSuchRoom);
    let _: Sent = mod_.get(delete("lobby", 2));
    let _: Sent = owner.get(delete("lobby", 3));
    owner.fail(delete("lobby", 4), ErrorCode::BadCommand);
    assert_eq!(texts(&mut bo, "lobby"), ["by the owner", "-", "-", "[2]", "[3]"]);
}

#[test]
fn a_moderator_purges_somebody_from_one_room_or_from_all() {
    let server = Server::start();
    let mut owner = server.staff("olga", Role::Owner);
    let (mut eve, mut bo) = (server.guest("eve"), server.guest("bo"));
    for client in [&mut owner, &mut eve, &mut bo] {
        client.join("lobby");
        client.join("attic");
    }
    say(&mut eve, "lobby", &["spam", "more spam"]);
    say(&mut bo, "lobby", &["stop it"]);
    say(&mut eve, "attic", &["spam"]);
    for client in [&mut eve, &mut bo] {
        client.fail(purge("@olga", None, 60_000), ErrorCode::Forbidden);
        client.fail(purge("@olga", Some("lobby"), 60_000), ErrorCode::Forbidden);
    }
    bo.fail(purge("@eve", None, 60_000), ErrorCode::Forbidden);
    for last_ms in [0, 7 * 24 * 3_600_000 + 1, (1 << 53) - 1] {
        owner.fail(purge("@eve", None, last_ms), ErrorCode::BadCommand);
    }
    owner.fail(purge("@nobody-here", None, 60_000), ErrorCode::NoSuchPerson);
    owner.fail(purge("@eve", Some("cellar"), 60_000), ErrorCode::NoSuchRoom);

    assert_eq!(owner.get::<PurgeOk>(purge("@eve", Some("#lobby"), 60_000)).deleted, 2);
    assert_eq!(texts(&mut bo, "lobby"), ["-", "-", "stop it", "[2, 1]"], "in one entry");
    assert_eq!(texts(&mut bo, "attic"), ["spam"]);
    assert_eq!(owner.get::<PurgeOk>(purge("@eve", None, 60_000)).deleted, 1);
    assert_eq!(owner.get::<PurgeOk>(purge("@eve", None, 60_000)).deleted, 0);
    assert_eq!(texts(&mut bo, "attic"), ["-", "[1]"]);

    let audit: AuditOk = owner.get(Command::Audit(ReadAudit::default()));
    let actions: Vec<_> =
        audit.entries.iter().map(|it| (&*it.action, &*it.subject, &*it.reason)).collect();
    assert_eq!(actions[..2], [("purge", "eve", "spam"), ("purge", "eve", "spam")]);
}

#[test]
fn everybody_may_purge_themselves_and_no_audit_tells_of_it() {
    let server = Server::start();
    let mut owner = server.staff("olga", Role::Owner);
    let mut ana = server.member("ana");
    ana.join("lobby");
    owner.join("lobby");
    say(&mut ana, "lobby", &["one", "two"]);
    let me = ana.greeting.user.id.to_string();
    assert_eq!(ana.get::<PurgeOk>(purge(&me, None, 60_000)).deleted, 2);
    assert_eq!(texts(&mut owner, "lobby"), ["-", "-", "[2, 1]"]);
    let audit: AuditOk = owner.get(Command::Audit(ReadAudit::default()));
    assert!(audit.entries.iter().all(|it| it.action != "purge" && it.action != "delete"));
}

#[test]
fn somebody_who_is_muted_or_gone_still_deletes_their_own() {
    let server = Server::start();
    let mut owner = server.staff("olga", Role::Owner);
    let mut ana = server.member("ana");
    ana.join("lobby");
    owner.join("lobby");
    say(&mut ana, "lobby", &["one", "two"]);
    ana.leave("lobby");
    let _: Sent = ana.get(delete("lobby", 1));
    owner.ask(mute("@ana", None)).expect("an owner may");
    let _: Sent = ana.get(delete("lobby", 2));
    assert_eq!(texts(&mut owner, "lobby"), ["-", "-", "[1]", "[2]"]);
}

#[test]
fn a_client_that_joins_again_after_its_last_seq_gets_the_deletion() {
    let server = Server::start();
    let (mut ana, mut bo) = (server.guest("ana"), server.guest("bo"));
    ana.join("lobby");
    bo.join("lobby");
    say(&mut ana, "lobby", &["one", "two"]);
    bo.leave("lobby");
    let _: Sent = ana.get(delete("lobby", 1));
    let join =
        Join { room: "lobby".into(), epoch: Some(bo.greeting.epoch), after: Some(2), limit: None };
    let page: Page<LogEntry> = bo.get(Command::Join(join));
    assert!(
        matches!(&page.events[..], [LogEntry::Deleted(it)] if it.messages == [1] && it.seq == 3)
    );
}

#[test]
fn who_deletes_their_account_chooses_whether_their_words_go_too() {
    let server = Server::start();
    let mut bo = server.guest("bo");
    for (nick, messages) in [("ana", false), ("cy", true)] {
        let mut client = server.member(nick);
        client.join("lobby");
        say(&mut client, "lobby", &["one"]);
        let unregister = Unregister { password: PASSWORD.into(), messages };
        client.ask(Command::Unregister(unregister)).expect("the password is right");
    }
    bo.join("lobby");
    say(&mut bo, "lobby", &["what they leave"]);
    block_on(erase_all(&server.0));
    assert_eq!(texts(&mut bo, "lobby"), ["one", "-", "what they leave", "[2]"]);
    assert_eq!(block_on(server.0.identity.erasures()), Ok(Vec::new()), "it is done");
    block_on(erase_all(&server.0));
    assert_eq!(texts(&mut bo, "lobby").len(), 4, "and is not done again");
}

#[test]
fn a_deleted_room_leaves_no_texts_behind() {
    let server = Server::start();
    let mut owner = server.staff("olga", Role::Owner);
    let mut ana = server.guest("ana");
    ana.join("lobby");
    ana.join("attic");
    say(&mut ana, "lobby", &["one", "two"]);
    say(&mut ana, "attic", &["three"]);
    let id = ana.id_of("lobby");
    let delete = DeleteRoom { room: "lobby".into(), reason: String::new() };
    owner.ask(Command::DeleteRoom(delete)).expect("an owner may");
    block_on(erase_all(&server.0));
    let whole = Range::After { seq: 0, limit: 10 };
    let page = block_on(server.0.log.page(id, whole)).expect("readable");
    let has_text = |entry: &Entry| matches!(entry.body, Body::Message { .. });
    assert_eq!((page.entries.len(), page.entries.iter().any(has_text)), (3, false));
    assert_eq!(texts(&mut ana, "attic"), ["three"]);
    assert_eq!(block_on(server.0.identity.erasures()), Ok(Vec::new()));
}
