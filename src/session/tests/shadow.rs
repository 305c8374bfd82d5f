//! Shadow bans: the person sees nothing of it, others get the place of what they say, and those who keep the room a mark.

use support::client::{Client, send, typing};
use support::fresh_cid;
use throng_protocol::{
    AskWhy, AuditOk, Command, Delete, Edit, ErrorCode, Event, History, LogEntry, OpenDirect,
    OwnRoom, Page, ReadAudit, Report, RestrictionKind, Role, Sent, WhyOk,
};

use super::moderation::{lift, mute, restrict};
use super::{Server, done};

fn shadow(person: &str, room: Option<&str>) -> Command {
    restrict(RestrictionKind::Shadow, person, room)
}

fn edit(room: &str, seq: u64, text: &str) -> Command {
    Command::Edit(Edit { room: room.into(), seq, cid: fresh_cid(), text: text.into() })
}

fn delete(room: &str, seq: u64) -> Command {
    Command::Delete(Delete { room: room.into(), seq, reason: String::new() })
}

/// An entry as one word: its text, `!` before it where there is a mark, and `?` for what is hidden.
fn word(entry: LogEntry) -> String {
    let mark = |shadow| if shadow { "!" } else { "" };
    match entry {
        LogEntry::Message(it) if it.deleted.is_some() => format!("{}-", mark(it.shadow)),
        LogEntry::Message(it) => format!("{}{}", mark(it.shadow), it.text),
        LogEntry::Edited(it) => format!("{}{}={}", mark(it.shadow), it.message, it.text),
        LogEntry::Deleted(it) => format!("{}{:?}", mark(it.shadow), it.messages),
        LogEntry::Unknown(it) => {
            assert_eq!(it.kind, "hidden");
            let json = serde_json::to_value(LogEntry::Unknown(it)).expect("JSON");
            let fields: Vec<_> = json.as_object().expect("an object").keys().cloned().collect();
            assert_eq!(fields, ["room", "seq", "type"], "nothing tells who, what or when");
            "?".to_owned()
        }
    }
}

/// The words of a page of history.
fn page(client: &mut Client, room: &str) -> Vec<String> {
    let history =
        History { room: room.into(), before: None, after: Some(0), around: None, limit: None };
    client.get::<Page<LogEntry>>(Command::History(history)).events.into_iter().map(word).collect()
}

/// The words of the entries that were pushed.
fn pushed(client: &mut Client) -> Vec<String> {
    client.barrier();
    let entry = |event| match event {
        Event::Message(it) => Some(LogEntry::Message(it)),
        Event::Edited(it) => Some(LogEntry::Edited(it)),
        Event::Deleted(it) => Some(LogEntry::Deleted(it)),
        Event::Entry(it) => Some(LogEntry::Unknown(it)),
        _ => None,
    };
    client.take_pushes().into_iter().filter_map(entry).map(word).collect()
}

/// A moderator, somebody, and somebody else, in the lobby.
fn lobby(server: &Server) -> [Client; 3] {
    let clients = [server.staff("mia", Role::Moderator), server.guest("eve"), server.guest("bo")];
    clients.map(|mut client| {
        client.join("lobby");
        client
    })
}

#[test]
fn what_they_say_takes_its_place_and_only_they_and_keepers_read_it() {
    let server = Server::start();
    let [mut mia, mut eve, mut bo] = lobby(&server);
    eve.send("lobby", "before");
    done(&mut mia, shadow("@eve", Some("#lobby")));
    let cid = fresh_cid();
    let sent = eve.send_as("lobby", &cid, "spam");
    assert_eq!((sent.seq, sent.dup), (2, false));
    let again = eve.send_as("lobby", &cid, "spam");
    assert_eq!((again.seq, again.at, again.dup), (2, sent.at, true));
    assert_eq!(bo.send("lobby", "hello").seq, 3);
    assert_eq!(pushed(&mut eve), ["before", "spam", "hello"]);
    assert_eq!(pushed(&mut bo), ["before", "?", "hello"]);
    assert_eq!(pushed(&mut mia), ["before", "!spam", "hello"]);
    assert_eq!(page(&mut eve, "lobby"), ["before", "spam", "hello"]);
    assert_eq!(page(&mut bo, "lobby"), ["before", "?", "hello"]);
    assert_eq!(page(&mut mia, "lobby"), ["before", "!spam", "hello"]);
    // Elsewhere they are heard.
    eve.join("kitchen");
    bo.join("kitchen");
    eve.send("kitchen", "tea");
    assert_eq!(page(&mut bo, "kitchen"), ["tea"]);

    done(&mut mia, lift(RestrictionKind::Shadow, "eve", Some("lobby")));
    eve.send("lobby", "after");
    assert_eq!(page(&mut bo, "lobby"), ["before", "?", "hello", "after"]);
    assert_eq!(page(&mut eve, "lobby"), ["before", "spam", "hello", "after"]);
    // A new connection of the same person, and somebody new.
    let mut cy = server.guest("cy");
    cy.ask(support::client::join("lobby")).expect("a room that is open");
    assert_eq!(page(&mut cy, "lobby"), ["before", "?", "hello", "after"]);
}

#[test]
fn their_frames_and_answers_are_those_of_anybody() {
    let server = Server::start();
    let [mut mia, mut eve, mut bo] = lobby(&server);
    done(&mut mia, shadow("eve", None));
    // Byte for byte, but for the seq and the time.
    let cid = fresh_cid();
    let event = |client: &mut Client| {
        let Event::Message(mut it) = client.push() else { panic!("a message") };
        (it.seq, it.at) = (0, 0);
        serde_json::to_string(&it).expect("JSON")
    };
    let sent = eve.send_as("lobby", &cid, "hello");
    assert_eq!((sent.seq, sent.dup, sent.deleted), (1, false, false));
    let own = event(&mut eve);
    assert!(!own.contains("shadow"), "{own}");
    bo.send_as("lobby", &cid, "hello");
    eve.barrier();
    let others = event(&mut eve);
    assert_eq!(own.len(), others.len() + "eve".len() - "bo".len());
    // Everything is allowed, as far as they and their audit log tell.
    let why =
        AskWhy { command: "send".into(), room: Some("lobby".into()), person: None, text: None };
    let told: WhyOk = eve.get(Command::Why(why.clone()));
    let of_bo: WhyOk = bo.get(Command::Why(why.clone()));
    assert_eq!(told, of_bo);
    let mut ada = server.staff("ada", Role::Administrator);
    let told: WhyOk = ada.get(Command::Why(AskWhy { person: Some("eve".into()), ..why }));
    assert!(told.allowed && told.rule.contains("shadow ban"), "{told:?}");
    assert!(told.rule.contains("on this server: cool down"), "{told:?}");
}

#[test]
fn a_shadow_banned_moderator_reads_nothing_of_it_in_the_audit_log() {
    let server = Server::start();
    let mut ada = server.staff("ada", Role::Administrator);
    let mut mia = server.staff("mia", Role::Moderator);
    mia.join("lobby");
    let _bo = server.guest("bo");
    done(&mut ada, mute("bo", None));
    done(&mut ada, shadow("mia", None));
    mia.send("lobby", "hello");
    assert_eq!(pushed(&mut mia), ["hello"], "their own is not marked");
    let actions = |client: &mut Client| -> Vec<String> {
        let page: AuditOk = client.get(Command::Audit(ReadAudit { room: None, before: None }));
        page.entries.into_iter().map(|it| it.action).filter(|it| !it.starts_with("role")).collect()
    };
    assert_eq!(actions(&mut ada), ["shadow", "mute"]);
    assert_eq!(actions(&mut mia), ["mute"]);
}

#[test]
fn edits_and_deletions_of_what_is_hidden_are_hidden_too() {
    let server = Server::start();
    let [mut mia, mut eve, mut bo] = lobby(&server);
    eve.send("lobby", "tea");
    done(&mut mia, shadow("eve", Some("lobby")));
    eve.send("lobby", "spam");
    let _: Sent = eve.get(edit("lobby", 2, "more spam"));
    let _: Sent = eve.get(edit("lobby", 1, "coffee"));
    for (client, words) in [
        (&mut eve, ["coffee", "more spam", "2=more spam", "1=coffee"]),
        (&mut bo, ["tea", "?", "?", "?"]),
        (&mut mia, ["tea", "!more spam", "!2=more spam", "!1=coffee"]),
    ] {
        assert_eq!(page(client, "lobby"), words);
        pushed(client);
    }
    // Others get no further with the place than with a place where nothing is.
    bo.fail(delete("lobby", 2), ErrorCode::BadCommand);
    let report = Report { room: "lobby".into(), seq: 2, reason: "spam".into() };
    bo.fail(Command::Report(report.clone()), ErrorCode::BadCommand);
    done(&mut mia, Command::Report(report));
    let _: Sent = eve.get(delete("lobby", 2));
    assert_eq!((pushed(&mut eve), pushed(&mut bo)), (vec!["[2]".into()], vec!["?".into()]));
    assert_eq!(page(&mut eve, "lobby"), ["coffee", "-", "2=", "1=coffee", "[2]"]);
    assert_eq!(page(&mut bo, "lobby"), ["tea", "?", "?", "?", "?"]);
    // What others see goes for everybody.
    let _: Sent = eve.get(delete("lobby", 1));
    assert_eq!(page(&mut bo, "lobby"), ["-", "?", "?", "?", "?", "[1]"]);
    assert_eq!(page(&mut eve, "lobby"), ["-", "-", "2=", "1=", "[2]", "[1]"]);
    eve.send("lobby", "again");
    let _: Sent = mia.get(delete("lobby", 7));
    assert_eq!(page(&mut bo, "lobby")[6..], ["?", "[7]"], "a moderator deletes for all to see");
    assert_eq!(page(&mut eve, "lobby")[6..], ["-", "[7]"]);
}

#[test]
fn it_holds_in_direct_rooms_and_nobody_keeps_them() {
    let server = Server::start();
    let [mut mia, mut eve, mut bo] = lobby(&server);
    let room: OwnRoom = eve.get(Command::Direct(OpenDirect { people: vec!["bo".into()] }));
    let id = room.room.id.to_string();
    for client in [&mut eve, &mut bo] {
        client.join(&id);
    }
    done(&mut mia, shadow("eve", None));
    eve.send(&id, "psst");
    assert_eq!(page(&mut eve, &id), ["psst"]);
    assert_eq!(page(&mut bo, &id), ["?"]);
}

#[test]
fn they_are_seen_typing_by_themselves_alone() {
    let server = Server::start();
    let [mut mia, mut eve, mut bo] = lobby(&server);
    done(&mut mia, shadow("eve", None));
    eve.typing("lobby");
    let who = |client: &mut Client| loop {
        if let Event::Typing(typing) = client.push() {
            return typing.who;
        }
    };
    assert_eq!(who(&mut eve), ["eve"]);
    done(&mut bo, typing("lobby"));
    assert_eq!(who(&mut bo), ["bo"], "and not what eve did before");
}

#[test]
fn an_address_is_not_shadow_banned_and_nobody_above_is() {
    let server = Server::start();
    let [mut mia, mut eve, mut bo] = lobby(&server);
    let _ada = server.staff("ada", Role::Administrator);
    mia.fail(shadow("ada", None), ErrorCode::Forbidden);
    eve.fail(shadow("bo", Some("lobby")), ErrorCode::Forbidden);
    bo.send("lobby", "hello");
    assert_eq!(pushed(&mut eve), ["hello"]);
    bo.fail(send("attic", &fresh_cid(), "x"), ErrorCode::NotJoined);
}
