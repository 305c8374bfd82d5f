//! Editing what one has said.

use futures::executor::block_on;
use support::client::{Client, send};
use support::{eventually, fresh_cid};
use throng_log::{Body, Range};
use throng_protocol::{
    AddFilter, AddFilterOk, AskWhy, Command, Edit, Edited, ErrorCode, Event, FilterAction,
    FilterKind, ListReports, LogEntry, ReportsOk, Role, Sent, SetRoom, WhyOk,
};

use super::Server;
use super::deleting::{delete, history, texts};
use super::moderation::mute;

fn edit(room: &str, seq: u64, text: &str) -> Command {
    edit_as(&fresh_cid(), room, seq, text)
}

fn edit_as(cid: &str, room: &str, seq: u64, text: &str) -> Command {
    let (room, cid, text) = (room.into(), cid.into(), text.into());
    Command::Edit(Edit { room, seq, cid, text })
}

fn edited(event: Event) -> Edited {
    match event {
        Event::Edited(edited) => edited,
        other => panic!("{other:?}"),
    }
}

/// Two people in the lobby, of whom the first has said these texts.
pub(super) fn after(server: &Server, said: &[&str]) -> (Client, Client) {
    let (mut ana, mut bo) = (server.guest("ana"), server.guest("bo"));
    ana.join("lobby");
    bo.join("lobby");
    for text in said {
        ana.send("lobby", text);
        bo.expect_message("lobby");
    }
    ana.barrier();
    ana.take_pushes();
    (ana, bo)
}

#[test]
fn an_edit_reaches_everybody_once_and_pages_have_the_newest_text() {
    let server = Server::start();
    let (mut ana, mut bo) = after(&server, &["helo", "second"]);
    let cid = fresh_cid();
    let sent: Sent = ana.get(edit_as(&cid, "#lobby", 1, "hello"));
    assert_eq!((sent.seq, sent.dup), (3, false));
    for client in [&mut ana, &mut bo] {
        let told = edited(client.push());
        assert_eq!((told.seq, told.message, &*told.text, told.at), (3, 1, "hello", sent.at));
        assert_eq!((told.cid.to_string(), &*told.from.nick), (cid.clone(), "ana"));
    }
    // The retry of an edit, of which nobody hears.
    let again: Sent = ana.get(edit_as(&cid, "#lobby", 1, "hello"));
    assert_eq!((again.seq, again.at, again.dup), (3, sent.at, true));
    ana.fail(edit_as(&cid, "#lobby", 1, "another"), ErrorCode::Conflict);
    ana.fail(edit_as(&cid, "#lobby", 2, "hello"), ErrorCode::Conflict);

    let second: Sent = ana.get(edit("lobby", 1, "hello, all"));
    assert_eq!(edited(bo.push()).text, "hello, all");
    bo.barrier();
    assert!(bo.take_pushes().is_empty());
    assert_eq!(texts(&mut bo, "lobby"), ["hello, all", "second", "1: ", "1: hello, all"]);
    let LogEntry::Message(message) = history(&mut bo, "lobby").remove(0) else { panic!() };
    assert_eq!((message.edited, message.edited_at), (Some(4), Some(second.at)));
    // Somebody who comes later reads the same.
    let mut cy = server.guest("cy");
    let page = cy.join("lobby");
    assert_eq!(page.events[0], message);
}

#[test]
fn the_log_and_the_room_say_the_same_of_an_edit() {
    let server = Server::start();
    let (mut ana, _bo) = after(&server, &["a", "b"]);
    let _: Sent = ana.get(edit("lobby", 2, "c"));
    let _: Sent = ana.get(edit("lobby", 2, "d"));
    let _: Sent = ana.get(delete("lobby", 1));
    let room = ana.id_of("lobby");
    let stored = block_on(server.0.log.page(room, Range::After { seq: 0, limit: 10 }));
    let stored: Vec<_> = stored.expect("a page").entries.iter().map(|it| it.body.clone()).collect();
    let [Body::Deleted { by: 5, .. }, Body::Message { text, edited: Some(it), .. }, first, last, _] =
        &stored[..]
    else {
        panic!("{stored:?}")
    };
    assert_eq!((&**text, it.by), ("d", 4));
    assert_eq!(*first, Body::Edit { target: 2, text: "".into() });
    assert_eq!(*last, Body::Edit { target: 2, text: "d".into() });
    assert_eq!(texts(&mut ana, "lobby"), ["-", "d", "2: ", "2: d", "[1]"]);
}

#[test]
fn a_deletion_wins_whatever_comes_first() {
    let server = Server::start();
    let (mut ana, mut bo) = after(&server, &["my adress", "x"]);
    let cid = fresh_cid();
    let _: Sent = ana.get(edit_as(&cid, "lobby", 1, "my address"));
    let _: Sent = ana.get(delete("lobby", 1));
    ana.fail(edit("lobby", 1, "again"), ErrorCode::BadCommand);
    assert_eq!(texts(&mut bo, "lobby"), ["-", "x", "1: ", "[1]"]);
    let LogEntry::Message(message) = history(&mut bo, "lobby").remove(0) else { panic!() };
    assert_eq!((message.deleted, message.edited, message.edited_at), (Some(4), None, None));
    // The retry of the edit brings nothing back.
    let retry: Sent = ana.get(edit_as(&cid, "lobby", 1, "my address"));
    assert_eq!((retry.seq, retry.dup), (3, true));
    assert_eq!(texts(&mut bo, "lobby"), ["-", "x", "1: ", "[1]"]);
}

#[test]
fn nobody_edits_what_is_not_theirs_or_not_there() {
    let server = Server::start();
    let (mut ana, mut bo) = after(&server, &["by ana"]);
    let mut mod_ = server.staff("mo", Role::Owner);
    mod_.join("lobby");
    for client in [&mut bo, &mut mod_] {
        client.fail(edit("lobby", 1, "by somebody else"), ErrorCode::Forbidden);
    }
    let _: Sent = ana.get(edit("lobby", 1, "by ana herself"));
    // An edit is no message, and neither is a deletion.
    for seq in [0, 2, 3, 1 << 41, (1 << 53) - 1] {
        ana.fail(edit("lobby", seq, "x"), ErrorCode::BadCommand);
    }
    ana.fail(edit("attic", 1, "x"), ErrorCode::NotJoined);
    ana.fail(edit("lobby", 1, ""), ErrorCode::BadText);
    ana.fail(edit("lobby", 1, " \n"), ErrorCode::BadText);
    ana.fail(edit("lobby", 1, "\u{1b}[2J"), ErrorCode::BadText);
    let max = usize::try_from(ana.greeting.limits.text_bytes).expect("it fits");
    ana.fail(edit("lobby", 1, &"x".repeat(max + 1)), ErrorCode::TextTooLong);
    ana.fail(edit_as("7", "lobby", 1, "x"), ErrorCode::BadCid);
    assert_eq!(texts(&mut ana, "lobby"), ["by ana herself", "1: by ana herself"]);
}

#[test]
fn who_may_not_speak_may_not_edit() {
    let server = Server::start();
    let (mut ana, mut bo) = after(&server, &["nice"]);
    let mut mod_ = server.staff("mo", Role::Moderator);
    mod_.ask(mute("@ana", Some("lobby"))).expect("a moderator may");
    ana.fail(edit("lobby", 1, "nasty"), ErrorCode::Muted);
    let (command, room) = ("edit".into(), Some("lobby".into()));
    let why: WhyOk = ana.get(Command::Why(AskWhy { command, room, person: None, text: None }));
    assert!(!why.allowed, "{why:?}");
    assert_eq!(texts(&mut bo, "lobby"), ["nice"]);
    // What they have said they may take back all the same.
    let _: Sent = ana.get(delete("lobby", 1));
}

#[test]
fn filters_judge_the_new_text_and_what_they_find_is_reported_of_the_message() {
    let server = Server::start();
    let (mut ana, mut bo) = after(&server, &["nice", "nice too"]);
    let mut olga = server.staff("olga", Role::Owner);
    let _: AddFilterOk = olga.get(Command::FilterAdd(AddFilter::new(FilterKind::Words, "nasty")));
    let report =
        AddFilter { action: FilterAction::Report, ..AddFilter::new(FilterKind::Words, "odd") };
    let _: AddFilterOk = olga.get(Command::FilterAdd(report));
    ana.fail(edit("lobby", 1, "nasty"), ErrorCode::Filtered);
    let _: Sent = ana.get(edit("lobby", 2, "odd"));
    assert_eq!(texts(&mut bo, "lobby"), ["nice", "odd", "2: odd"]);
    let mut found = || {
        let reports: ReportsOk = olga.get(Command::Reports(ListReports::default()));
        reports.reports.into_iter().map(|it| (it.seq, it.text)).collect::<Vec<_>>()
    };
    eventually("it is reported", || found() == [(2, "odd".to_owned())]);
}

#[test]
fn slow_mode_lets_a_mistake_be_mended() {
    let server = Server::start();
    let (mut ana, _bo) = after(&server, &["helo"]);
    let mut olga = server.staff("olga", Role::Owner);
    olga.join("lobby");
    let slow = SetRoom { room: "lobby".into(), slow_ms: Some(60_000), ..SetRoom::default() };
    olga.ask(Command::SetRoom(slow)).expect("the owner may");
    ana.send("lobby", "secnd");
    ana.fail(send("lobby", &fresh_cid(), "third"), ErrorCode::RateLimited);
    let _: Sent = ana.get(edit("lobby", 2, "second"));
    ana.fail(send("lobby", &fresh_cid(), "third"), ErrorCode::RateLimited);
}
