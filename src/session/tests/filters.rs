//! Filters: what may be said on the server and in rooms, who decides that, and what becomes of what they find.

use support::client::{Client, join, rename, send, stranger_wants};
use support::{eventually, fresh_cid};
use throng_protocol::{
    AddFilter, AddFilterOk, AskWhy, AuditOk, Command, ErrorCode, Event, Fault, FilterAction,
    FilterKind, FiltersOk, ListFilters, ListReports, MakeRoom, OwnRoom, ReadAudit, RemoveFilter,
    ReportsOk, Role, RoomKind, SetRoom, WhyOk,
};

use super::Server;

fn filter(kind: FilterKind, text: &str) -> AddFilter {
    AddFilter::new(kind, text)
}

fn add(client: &mut Client, filter: AddFilter) -> u64 {
    let AddFilterOk { number } = client.get(Command::FilterAdd(filter));
    number
}

fn remove(number: u64) -> Command {
    Command::FilterRemove(RemoveFilter { number, reason: "too strict".into() })
}

fn list(client: &mut Client, room: Option<&str>) -> FiltersOk {
    client.get(Command::Filters(ListFilters { room: room.map(Into::into), after: None }))
}

fn reports(client: &mut Client, room: Option<&str>) -> ReportsOk {
    let list = ListReports { room: room.map(Into::into), ..ListReports::default() };
    client.get(Command::Reports(list))
}

fn refused(client: &mut Client, room: &str, text: &str) -> Fault {
    client.ask(send(room, &fresh_cid(), text)).expect_err("it is refused")
}

/// What a filter is refused with that can't be made.
fn bad(client: &mut Client, filter: AddFilter) -> String {
    let fault = client.ask(Command::FilterAdd(filter)).expect_err("it is refused");
    assert_eq!(fault.code, ErrorCode::BadFilter, "{fault:?}");
    fault.message
}

fn private(client: &mut Client, name: &str) -> String {
    let (name, topic) = (name.to_owned(), String::new());
    let make = MakeRoom { name, kind: RoomKind::Private, topic, ..MakeRoom::default() };
    let own: OwnRoom = client.get(Command::MakeRoom(make));
    own.room.id.to_string()
}

#[test]
fn what_a_filter_refuses_is_not_said_and_a_retry_of_before_gets_its_first_answer() {
    let server = Server::start();
    let mut ana = server.staff("ana", Role::Administrator);
    let mut bo = server.guest("bo");
    for client in [&mut ana, &mut bo] {
        client.join("lobby");
    }
    let cid = fresh_cid();
    let before = bo.send_as("lobby", &cid, "to the casino");
    let reason = "no advertising".to_owned();
    let number =
        add(&mut ana, AddFilter { reason, ..filter(FilterKind::Words, "casino, buy now") });

    let again = bo.send_as("lobby", &cid, "to the casino");
    assert_eq!((again.seq, again.dup), (before.seq, true));
    for text in ["to the C\u{430}sin\u{d2}", "c a s i n o", "so: Buy, now!"] {
        let fault = refused(&mut bo, "lobby", text);
        assert_eq!(fault.code, ErrorCode::Filtered);
        assert!(fault.message.contains("no advertising"), "{}", fault.message);
        assert!(fault.message.contains(&format!("filter {number}")), "{}", fault.message);
        assert!(!fault.message.contains("buy now"), "what it looks for is not told");
    }
    bo.send("lobby", "to the casinos, and I do not buy it now");
    ana.send("lobby", "moderators may say casino");
    let ok = ana.ask(remove(number)).expect("removed");
    drop(ok);
    bo.send("lobby", "a casino");
    ana.fail(remove(number), ErrorCode::NoSuchFilter);

    let audit: AuditOk = ana.get(Command::Audit(ReadAudit::default()));
    let written: Vec<_> =
        audit.entries.iter().map(|it| (&*it.action, &*it.subject, &*it.reason)).collect();
    let summary = "refuse words casino, buy now";
    let removed = format!("filter {number}: {summary}");
    assert_eq!(written[0], ("filter remove", &*removed, "too strict"));
    assert_eq!(written[1], ("filter add", summary, "no advertising"));
}

#[test]
fn links_domains_and_patterns_are_found() {
    let server = Server::start();
    let mut ana = server.staff("ana", Role::Administrator);
    let mut bo = server.guest("bo");
    bo.join("lobby");
    let kinds = [
        (FilterKind::Links, "example.org", "see https://example.com", "see https://a.example.org"),
        (FilterKind::Links, "", "see www.example.org", "see example.org or main.rs"),
        (FilterKind::Domains, "spam.example, evil.example", "at evil.example", "at good.example"),
        (FilterKind::Pattern, r"\b[0-9]{4}[ -]?[0-9]{4}\b", "1234-5678", "12345-678"),
        (FilterKind::Pattern, "SHOUT+ING", "shoutting", "shouing"),
    ];
    for (kind, text, caught, passes) in kinds {
        let number = add(&mut ana, filter(kind, text));
        assert_eq!(refused(&mut bo, "lobby", caught).code, ErrorCode::Filtered, "{text}");
        bo.send("lobby", passes);
        let _ = ana.ask(remove(number)).expect("removed");
        bo.send("lobby", caught);
    }
}

#[test]
fn a_filter_concerns_those_below_its_role_and_who_keeps_a_room_is_a_moderator_there() {
    let server = Server::start();
    let mut owner = server.staff("boss", Role::Owner);
    let mut ana = server.staff("ana", Role::Administrator);
    let (mut mo, mut keeper) = (server.staff("mo", Role::Moderator), server.member("keeper"));
    let (mut bo, mut eve) = (server.member("bo"), server.guest("eve"));
    let name = "tea".to_owned();
    let make = MakeRoom { name, kind: RoomKind::Public, ..MakeRoom::default() };
    let _: OwnRoom = keeper.get(Command::MakeRoom(make));
    for client in [&mut owner, &mut ana, &mut mo, &mut keeper, &mut bo, &mut eve] {
        client.join("tea");
    }
    for (exempt, passes) in [
        (Role::Member, [true, true, true, true, true, false]),
        (Role::Moderator, [true, true, true, true, false, false]),
        (Role::Administrator, [true, true, false, false, false, false]),
        (Role::Owner, [true, false, false, false, false, false]),
    ] {
        let exempt = Some(exempt);
        let number = add(&mut owner, AddFilter { exempt, ..filter(FilterKind::Words, "x1") });
        let all = [&mut owner, &mut ana, &mut mo, &mut keeper, &mut bo, &mut eve];
        for (client, passes) in all.into_iter().zip(passes) {
            let said = client.ask(send("tea", &fresh_cid(), "x1"));
            assert_eq!(said.is_ok(), passes, "{exempt:?}, {}", client.nick());
        }
        let _ = owner.ask(remove(number)).expect("removed");
    }
    let nobody = AddFilter { exempt: Some(Role::Guest), ..filter(FilterKind::Words, "x1") };
    assert!(bad(&mut ana, nobody).contains("nobody"));
}

#[test]
fn administrators_decide_for_the_server_and_keepers_for_their_rooms() {
    let server = Server::start();
    let mut ana = server.staff("ana", Role::Administrator);
    let (mut mo, mut bo) = (server.staff("mo", Role::Moderator), server.member("bo"));
    let mut eve = server.guest("eve");
    let of_server = Command::FilterAdd(filter(FilterKind::Words, "x1"));
    for client in [&mut mo, &mut bo, &mut eve] {
        client.fail(of_server.clone(), ErrorCode::Forbidden);
    }
    let number = add(&mut ana, filter(FilterKind::Words, "x1"));
    for client in [&mut mo, &mut bo] {
        client.fail(remove(number), ErrorCode::Forbidden);
    }
    assert_eq!(list(&mut mo, None).filters.len(), 1, "moderators see them");
    bo.fail(Command::Filters(ListFilters::default()), ErrorCode::Forbidden);

    bo.join("lobby");
    mo.join("lobby");
    let in_lobby = |filter: AddFilter| AddFilter { room: Some("#lobby".into()), ..filter };
    let words = in_lobby(filter(FilterKind::Words, "y1"));
    bo.fail(Command::FilterAdd(words.clone()), ErrorCode::Forbidden);
    let pattern = Command::FilterAdd(in_lobby(filter(FilterKind::Pattern, "y+")));
    mo.fail(pattern, ErrorCode::Forbidden);
    let above = AddFilter { exempt: Some(Role::Owner), ..words.clone() };
    mo.fail(Command::FilterAdd(above), ErrorCode::Forbidden);
    let there = add(&mut mo, words);
    assert_eq!(refused(&mut bo, "lobby", "y1").code, ErrorCode::Filtered);
    bo.join("other");
    bo.send("other", "y1");
    let shown = &list(&mut mo, Some("#lobby")).filters[0];
    assert_eq!((shown.number, &*shown.by_name, &*shown.text), (there, "mo", "y1"));
    let strict = AddFilter {
        exempt: Some(Role::Administrator),
        ..in_lobby(filter(FilterKind::Pattern, "zz+"))
    };
    let strict = add(&mut ana, strict);
    mo.fail(remove(strict), ErrorCode::Forbidden);
    let _ = mo.ask(remove(there)).expect("removed");
}

#[test]
fn the_filters_of_a_private_room_are_known_to_those_who_keep_it_alone() {
    let server = Server::start();
    let mut ana = server.staff("ana", Role::Administrator);
    let mut bo = server.member("bo");
    let room = private(&mut bo, "secret");
    let words = AddFilter { room: Some(room.clone()), ..filter(FilterKind::Words, "x1") };
    let number = add(&mut bo, words.clone());
    let nowhere = throng_protocol::RoomId::from_parts(1, 7).to_string();
    let in_room =
        |room: &str| Command::Filters(ListFilters { room: Some(room.into()), after: None });
    let add_in = |room: &str| {
        Command::FilterAdd(AddFilter { room: Some(room.into()), ..filter(FilterKind::Words, "x1") })
    };
    for make in [in_room, add_in as fn(&str) -> Command] {
        let of_room = ana.ask(make(&room)).expect_err("not for those outside");
        let of_none = ana.ask(make(&nowhere)).expect_err("there is none");
        assert_eq!((of_room.code, of_room.message), (of_none.code, of_none.message));
    }
    let hidden = ana.ask(remove(number)).expect_err("not for those outside");
    let missing = ana.ask(remove(number + 1_000)).expect_err("there is none");
    assert_eq!((hidden.code, hidden.message), (missing.code, missing.message));
    assert_eq!(list(&mut ana, None).filters, []);
    let audit: AuditOk = ana.get(Command::Audit(ReadAudit::default()));
    assert!(audit.entries.iter().all(|it| it.action != "filter add"), "{audit:?}");
    assert_eq!(list(&mut bo, Some(&room)).filters.len(), 1);
}

#[test]
fn what_a_filter_reports_is_said_and_stands_among_the_reports_once_a_minute() {
    let server = Server::start();
    let mut ana = server.staff("ana", Role::Administrator);
    let (mut bo, mut eve) = (server.guest("bo"), server.guest("eve"));
    for client in [&mut ana, &mut bo, &mut eve] {
        client.join("lobby");
    }
    let (action, reason) = (FilterAction::Report, "look".to_owned());
    let rule = AddFilter { action, reason, ..filter(FilterKind::Words, "x1") };
    let number = add(&mut ana, rule);
    let cid = fresh_cid();
    let said = bo.send_as("lobby", &cid, "an x1 here");
    assert!(bo.send_as("lobby", &cid, "an x1 here").dup);
    bo.send("lobby", "x1 again");
    eve.send("lobby", "x1 too");
    eventually("both are reported", || reports(&mut ana, None).reports.len() == 2);
    let all = reports(&mut ana, Some("#lobby")).reports;
    let first = &all[1];
    assert_eq!((first.seq, &*first.text, &first.by), (said.seq, "an x1 here", &None));
    assert_eq!((&*first.from.nick, &*first.reason), ("bo", &*format!("filter {number}: look")));
    let told = ana.take_pushes();
    assert!(told.iter().any(|it| matches!(it, Event::Reported(_))), "{told:?}");
}

#[test]
fn nothing_is_reported_out_of_direct_rooms_but_what_is_refused_is_refused_there() {
    let server = Server::start();
    let mut ana = server.staff("ana", Role::Administrator);
    let (mut bo, _eve) = (server.member("bo"), server.member("eve"));
    let open = throng_protocol::OpenDirect { people: vec!["eve".into()] };
    let own: OwnRoom = bo.get(Command::Direct(open));
    let room = own.room.id.to_string();
    bo.join(&room);
    let action = FilterAction::Report;
    add(&mut ana, AddFilter { action, ..filter(FilterKind::Words, "x1") });
    add(&mut ana, filter(FilterKind::Words, "y1"));
    bo.send(&room, "x1");
    assert_eq!(refused(&mut bo, &room, "y1").code, ErrorCode::Filtered);
    bo.join("lobby");
    bo.send("lobby", "x1");
    eventually("one is reported", || reports(&mut ana, None).reports.len() == 1);
    let stored = async_std::task::block_on(server.0.identity.reports(throng_log::ReportRange {
        before: None,
        limit: 9,
        room: None,
        settled: true,
        reader: None,
    }));
    assert_eq!(stored.expect("readable").len(), 1);
}

#[test]
fn names_topics_and_nicks_are_filtered_too() {
    let server = Server::start();
    let mut ana = server.staff("ana", Role::Administrator);
    let mut bo = server.member("bo");
    let make = |name: &str, topic: &str| {
        let (name, topic) = (name.to_owned(), topic.to_owned());
        Command::MakeRoom(MakeRoom { name, kind: RoomKind::Public, topic, ..MakeRoom::default() })
    };
    let set = |name: Option<&str>, topic: Option<&str>| {
        let (name, topic) = (name.map(str::to_owned), topic.map(str::to_owned));
        Command::SetRoom(SetRoom { room: "#tea".into(), name, topic, ..SetRoom::default() })
    };
    let _: OwnRoom = bo.get(make("tea", "about casino"));
    add(&mut ana, filter(FilterKind::Words, "casino"));
    bo.fail(make("my-casino", ""), ErrorCode::Filtered);
    bo.fail(make("fine", "a casino"), ErrorCode::Filtered);
    bo.fail(join("casino"), ErrorCode::Filtered);
    bo.fail(rename("casino"), ErrorCode::Filtered);
    assert_eq!(
        stranger_wants(server.wire(), "casino").err().map(|it| it.code),
        Some(ErrorCode::Filtered)
    );
    // Who keeps a room is a moderator in it, and its old topic stays.
    let _ = bo.ask(set(Some("casino-tea"), None)).expect("by its moderator");
    let _: OwnRoom = ana.get(make("casino", ""));
    let strict =
        AddFilter { exempt: Some(Role::Administrator), ..filter(FilterKind::Words, "slots") };
    add(&mut ana, strict);
    let slots =
        SetRoom { room: "#casino-tea".into(), topic: Some("slots".into()), ..SetRoom::default() };
    bo.fail(Command::SetRoom(slots), ErrorCode::Filtered);
    server.guest("casinos").bye();
}

#[test]
fn why_names_the_filter_that_would_refuse_a_text() {
    let server = Server::start();
    let mut ana = server.staff("ana", Role::Administrator);
    let mut bo = server.guest("bo");
    bo.join("lobby");
    let number = add(&mut ana, filter(FilterKind::Words, "x1"));
    let mut why = |text: Option<&str>| -> WhyOk {
        let (command, room) = ("send".to_owned(), Some("#lobby".to_owned()));
        bo.get(Command::Why(AskWhy { command, room, person: None, text: text.map(str::to_owned) }))
    };
    assert!(why(None).allowed && why(Some("fine")).allowed);
    let refused = why(Some("an x1"));
    assert!(!refused.allowed && refused.rule.contains(&format!("filter {number}")), "{refused:?}");
    let long = AskWhy {
        command: "send".into(),
        room: Some("#lobby".into()),
        person: None,
        text: Some("x".repeat(5_000)),
    };
    bo.fail(Command::Why(long), ErrorCode::TextTooLong);
}

#[test]
fn what_is_no_filter_is_refused_with_what_is_wrong() {
    let server = Server::start();
    let mut ana = server.staff("ana", Role::Administrator);
    use FilterKind::{Domains, Links, Pattern, Unknown, Words};
    for (kind, text, words) in [
        (Words, "", "empty"),
        (Words, " \n", "empty"),
        (Words, "fine, ---", "no letter"),
        (Words, "a b c d e f g h i j k l m n o p q", "too long for a phrase"),
        (Words, "bell\u{7}", "control"),
        (Domains, "", "empty"),
        (Domains, "example.com, ex<ample", "not a domain"),
        (Links, "ex<ample", "not a domain"),
        (Pattern, "", "empty"),
        (Pattern, "(", "not a regular expression"),
        (Pattern, "(?<=a)b", "not a regular expression"),
        (Pattern, r"(a)\1", "not a regular expression"),
        (Pattern, "x*", "matches the empty text"),
        (Pattern, "(?s).", "matches everything"),
        (Pattern, r"[^\s]", "matches everything"),
        (Pattern, r"\w{100}", "too large"),
        (Pattern, "((a{100}){100}){100}", "too large"),
        (Unknown, "x", "kind"),
    ] {
        let message = bad(&mut ana, filter(kind, text));
        assert!(message.contains(words), "{text:?}: {message}");
    }
    let deep = "(".repeat(1_000) + &")".repeat(1_000);
    assert!(bad(&mut ana, filter(Pattern, &deep)).contains("not a regular expression"));
    assert!(bad(&mut ana, filter(Words, &"a, ".repeat(1_000))).contains("2048 bytes"));
    let action = FilterAction::Unknown;
    assert!(bad(&mut ana, AddFilter { action, ..filter(Words, "x") }).contains("action"));
    let reason = "x".repeat(401);
    let long = Command::FilterAdd(AddFilter { reason, ..filter(Words, "x") });
    ana.fail(long, ErrorCode::BadCommand);
    assert_eq!(list(&mut ana, None).filters, []);
}

#[test]
fn there_are_so_many_filters_and_no_more_and_pages_have_all_of_them() {
    let server = Server::start();
    let mut ana = server.staff("ana", Role::Administrator);
    ana.join("lobby");
    let text = "\\".repeat(1_000) + "w";
    for _ in 0..20 {
        let there = AddFilter { room: Some("#lobby".into()), ..filter(FilterKind::Words, &text) };
        add(&mut ana, there);
    }
    let there = AddFilter { room: Some("#lobby".into()), ..filter(FilterKind::Words, "x") };
    assert!(bad(&mut ana, there).contains("at most 20"));
    let (mut after, mut numbers) = (None, Vec::new());
    loop {
        let room = Some("#lobby".to_owned());
        let page: FiltersOk = ana.get(Command::Filters(ListFilters { room, after }));
        numbers.extend(page.filters.iter().map(|it| it.number));
        after = numbers.last().copied();
        if !page.more {
            break;
        }
    }
    assert_eq!(numbers, (1..=20).collect::<Vec<_>>());
    // Each counts for 128 KiB: the third does not fit any more.
    for _ in 0..2 {
        add(&mut ana, filter(FilterKind::Pattern, r"\w+@\w+"));
    }
    assert!(bad(&mut ana, filter(FilterKind::Pattern, "x")).contains("together are too large"));
}

#[test]
fn of_messages_that_race_with_a_filter_none_is_committed_after_its_answer() {
    let server = Server::start();
    let mut ana = server.staff("ana", Role::Administrator);
    ana.join("lobby");
    let talkers: Vec<_> = (0..4).map(|number| server.guest(&format!("bo-{number}"))).collect();
    let stop = std::sync::atomic::AtomicBool::new(false);
    let (stopped, held_from) = (&stop, &std::sync::atomic::AtomicU64::new(u64::MAX));
    std::thread::scope(|scope| {
        let talking = talkers.into_iter().map(|mut bo| {
            scope.spawn(move || {
                use std::sync::atomic::Ordering::SeqCst;
                bo.join("lobby");
                let mut count = 0_u64;
                while !stopped.load(SeqCst) {
                    // Read before the send: what is sent after the answer must be refused.
                    let from = held_from.load(SeqCst);
                    match bo.ask(send("lobby", &fresh_cid(), "x1")) {
                        Ok(_) => assert_eq!(from, u64::MAX, "said after the filter held"),
                        Err(fault) => assert!(
                            matches!(fault.code, ErrorCode::Filtered | ErrorCode::Busy),
                            "{fault:?}"
                        ),
                    }
                    count += 1;
                }
                count
            })
        });
        let talking: Vec<_> = talking.collect();
        std::thread::sleep(std::time::Duration::from_millis(50));
        let number = add(&mut ana, filter(FilterKind::Words, "x1"));
        held_from.store(number, std::sync::atomic::Ordering::SeqCst);
        let head = ana.join("lobby").head;
        std::thread::sleep(std::time::Duration::from_millis(50));
        stop.store(true, std::sync::atomic::Ordering::SeqCst);
        let asked: u64 = talking.into_iter().map(|it| it.join().expect("no panic")).sum();
        assert!(asked > 20, "{asked}");
        assert_eq!(ana.join("lobby").head, head, "nothing came after the answer");
    });
}
