//! Keeping out of each other's way, and reports.

use support::client::{Client, PASSWORD, send};
use support::fresh_cid;
use throng_protocol::{
    Command, Distance, ErrorCode, Event, Invite, KeepAway, KeptAwayOk, ListKeptAway, ListReports,
    MakeRoom, OpenDirect, OwnRoom, Report, Reported, ReportsOk, Role, RoomKind, Settle,
};

use super::{Server, done};

fn keep_away(person: &str, distance: Distance) -> Command {
    Command::KeepAway(KeepAway { person: person.into(), distance })
}

fn kept_away(client: &mut Client) -> Vec<(String, Distance)> {
    let kept: KeptAwayOk = client.get(Command::KeptAway(ListKeptAway {}));
    kept.people.into_iter().map(|it| (it.user.nick, it.distance)).collect()
}

fn report(room: &str, seq: u64) -> Command {
    Command::Report(Report { room: room.into(), seq, reason: "it sells watches".into() })
}

fn settle(number: u64) -> Command {
    Command::Settle(Settle { number, words: "muted for an hour".into() })
}

fn reports(client: &mut Client, room: Option<&str>, settled: bool) -> Vec<Reported> {
    let list = ListReports { room: room.map(str::to_owned), before: None, settled };
    let page: ReportsOk = client.get(Command::Reports(list));
    page.reports
}

fn direct(person: &str) -> Command {
    Command::Direct(OpenDirect { people: vec![person.into()] })
}

fn private(client: &mut Client, name: &str) -> String {
    let make = MakeRoom { name: name.into(), kind: RoomKind::Private, ..MakeRoom::default() };
    let own: OwnRoom = client.get(Command::MakeRoom(make));
    own.room.id.to_string()
}

fn invite(room: &str, person: &str) -> Command {
    Command::Invite(Invite { room: room.into(), person: person.into() })
}

#[test]
fn whom_somebody_keeps_away_is_known_on_every_device_and_by_nobody_else() {
    let server = Server::start();
    let (mut ana, mut eve) = (server.member("ana"), server.guest("eve"));
    let mut phone = Client::account(server.wire(), "ana", PASSWORD);
    done(&mut ana, keep_away("@eve", Distance::Ignore));
    match phone.push() {
        Event::KeptAway(it) => {
            assert_eq!((it.user, it.distance), (eve.greeting.user.clone(), Distance::Ignore));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(kept_away(&mut phone), [("eve".into(), Distance::Ignore)]);
    assert_eq!(kept_away(&mut eve), []);
    assert!(eve.take_pushes().is_empty(), "the other one hears nothing of it");
    // Ignoring hides; it forbids nothing.
    let _: OwnRoom = eve.get(direct("ana"));
    done(&mut phone, keep_away("eve", Distance::None));
    assert_eq!(kept_away(&mut ana), []);
    ana.fail(keep_away("ana", Distance::Block), ErrorCode::BadCommand);
    ana.fail(keep_away("nobody-here", Distance::Block), ErrorCode::NoSuchPerson);
}

#[test]
fn who_is_blocked_neither_writes_directly_nor_invites() {
    let server = Server::start();
    let (mut ana, mut eve, mut bo) = (server.guest("ana"), server.guest("eve"), server.guest("bo"));
    let pair: OwnRoom = eve.get(direct("ana"));
    let pair = pair.room.id.to_string();
    let three = Command::Direct(OpenDirect { people: vec!["ana".into(), "bo".into()] });
    eve.join(&pair);
    ana.join(&pair);
    let cid = fresh_cid();
    eve.send_as(&pair, &cid, "before");
    done(&mut ana, keep_away("eve", Distance::Block));
    eve.fail(send(&pair, &fresh_cid(), "after"), ErrorCode::Forbidden);
    assert!(eve.send_as(&pair, &cid, "before").dup, "a retry gets its first answer");
    assert_eq!(ana.send(&pair, "a last word").seq, 2);
    let crew = private(&mut eve, "crew");
    eve.fail(invite(&crew, "ana"), ErrorCode::Forbidden);
    eve.fail(three, ErrorCode::Forbidden);
    let _: OwnRoom = bo.get(direct("ana"));
    done(&mut ana, keep_away("eve", Distance::Ignore));
    assert_eq!(eve.send(&pair, "again").seq, 3);
}

/// The numbers of the reports of which a client was told until now.
fn told_of(client: &mut Client) -> Vec<u64> {
    client.barrier();
    let pushes = client.take_pushes().into_iter();
    pushes
        .filter_map(|it| if let Event::Reported(it) = it { Some(it.number) } else { None })
        .collect()
}

#[test]
fn a_report_reaches_those_who_keep_the_room() {
    let server = Server::start();
    let (mut ana, mut bo, mut eve) = (server.guest("ana"), server.guest("bo"), server.guest("eve"));
    let mut mia = server.staff("mia", Role::Moderator);
    bo.join("lobby");
    eve.join("lobby");
    let seq = eve.send("lobby", "buy a watch").seq;
    bo.fail(report("lobby", seq + 1), ErrorCode::BadCommand);
    bo.fail(report("nowhere", 1), ErrorCode::NoSuchRoom);
    let empty = Report { room: "lobby".into(), seq, reason: " ".into() };
    bo.fail(Command::Report(empty), ErrorCode::BadCommand);
    done(&mut bo, report("lobby", seq));
    done(&mut bo, report("#lobby", seq));
    let number = match mia.push() {
        Event::Reported(made) => made.number,
        other => panic!("{other:?}"),
    };
    let all = reports(&mut mia, None, false);
    assert_eq!(all.len(), 1, "a second report of the same message is the first one");
    let one = &all[0];
    assert_eq!((one.number, one.seq, &*one.text), (number, seq, "buy a watch"));
    assert_eq!(
        (&*one.by.as_ref().expect("a person").nick, &*one.from.nick, &one.outcome),
        ("bo", "eve", &None)
    );
    bo.fail(Command::Reports(ListReports::default()), ErrorCode::Forbidden);
    // What is said in a private room is the business of its moderators.
    let crew = private(&mut ana, "crew");
    for client in [&mut bo, &mut eve] {
        done(&mut ana, invite(&crew, client.nick()));
        client.join(&crew);
    }
    let seq = eve.send(&crew, "buy another watch").seq;
    done(&mut bo, report(&crew, seq));
    let told = told_of(&mut ana);
    assert_eq!(reports(&mut mia, None, false).len(), 1);
    let of_room = reports(&mut ana, Some(&crew), false);
    assert_eq!((of_room.len(), &*of_room[0].text), (1, "buy another watch"));
    assert_eq!(told, [of_room[0].number]);
    mia.fail(settle(of_room[0].number), ErrorCode::NoSuchReport);
    done(&mut ana, settle(of_room[0].number));
    ana.fail(Command::Reports(ListReports::default()), ErrorCode::Forbidden);
}

#[test]
fn each_report_is_told_once_and_under_its_own_number() {
    let server = Server::start();
    let mut eve = server.guest("eve");
    let mut mia = server.staff("mia", Role::Moderator);
    eve.join("lobby");
    let seq = eve.send("lobby", "buy a watch").seq;
    let mut witnesses: Vec<_> = (0..16).map(|at| server.guest(&format!("w{at}"))).collect();
    witnesses.iter_mut().for_each(|it| drop(it.join("lobby")));
    for _ in 0..2 {
        let asked: Vec<_> =
            witnesses.iter_mut().map(|it| it.wire.post(report("lobby", seq))).collect();
        for (witness, id) in witnesses.iter_mut().zip(asked) {
            let _ = witness.answer(id).expect("told");
        }
    }
    let mut told = told_of(&mut mia);
    told.sort_unstable();
    assert_eq!(told, (1..=16).collect::<Vec<_>>());
}

#[test]
fn a_report_is_settled_once() {
    let server = Server::start();
    let mut eve = server.guest("eve");
    let mut mia = server.staff("mia", Role::Moderator);
    eve.join("lobby");
    for number in 1..=10 {
        let seq = eve.send("lobby", "buy a watch").seq;
        done(&mut eve, report("lobby", seq));
        assert_eq!(reports(&mut mia, None, false)[0].number, number);
    }
    let page: ReportsOk = mia.get(Command::Reports(ListReports::default()));
    assert_eq!((page.reports.len(), page.more), (8, true));
    let before = page.reports.last().map(|it| it.number);
    let rest: ReportsOk =
        mia.get(Command::Reports(ListReports { before, ..ListReports::default() }));
    assert_eq!((rest.reports.len(), rest.more), (2, false));
    done(&mut mia, settle(7));
    mia.fail(settle(7), ErrorCode::NoSuchReport);
    mia.fail(settle(99), ErrorCode::NoSuchReport);
    assert!(reports(&mut mia, None, false).iter().all(|it| it.number != 7));
    let settled = reports(&mut mia, Some("lobby"), true);
    let seven = settled.iter().find(|it| it.number == 7).expect("it is kept");
    let outcome = seven.outcome.as_ref().expect("settled");
    assert_eq!((&*outcome.by_name, &*outcome.words), ("mia", "muted for an hour"));
}
