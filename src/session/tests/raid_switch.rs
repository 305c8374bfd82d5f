//! The raid switch: strangers stay out, guests say nothing and join slowly, and no account is made.

use support::client::{Client, PASSWORD, join, log_in, send, stranger_wants, typing};
use support::{eventually, fresh_cid};
use throng_protocol::{
    AskWhy, AuditOk, Command, ErrorCode, Fault, RaidOk, ReadAudit, Register, RegisterOk, Role,
    SwitchRaid, WhyOk,
};

use super::Server;
use super::accounts::register;

fn raid(on: Option<bool>, for_ms: Option<u64>) -> Command {
    Command::Raid(SwitchRaid { on, for_ms, reason: "bots".into() })
}

fn turn(client: &mut Client, on: bool) -> RaidOk {
    client.get(raid(Some(on), None))
}

fn why(client: &mut Client, command: &str) -> WhyOk {
    client.get(Command::Why(AskWhy {
        command: command.into(),
        room: None,
        person: None,
        text: None,
    }))
}

fn stranger(server: &Server, nick: &str) -> Option<Fault> {
    stranger_wants(server.wire(), nick).err()
}

#[test]
fn while_it_is_on_strangers_stay_out_and_guests_say_nothing() {
    let server = Server::start();
    let mut ana = server.staff("ana", Role::Moderator);
    let mut member = server.member("member");
    let mut bo = server.guest("bo");
    for client in [&mut ana, &mut member, &mut bo] {
        client.join("lobby");
    }
    let cid = fresh_cid();
    let before = bo.send_as("lobby", &cid, "before it");
    let on = turn(&mut ana, true);
    assert_eq!((on.on, &*on.by_name, on.left_ms, on.automatic), (true, "ana", None, false));

    let refused = stranger(&server, "eve").expect("kept out");
    assert_eq!((refused.code, refused.retry_ms), (ErrorCode::Raid, None));
    bo.fail(send("lobby", &fresh_cid(), "during it"), ErrorCode::Raid);
    let again = bo.send_as("lobby", &cid, "before it");
    assert_eq!((again.seq, again.dup), (before.seq, true), "a retry gets its first answer");
    bo.fail(register(PASSWORD), ErrorCode::Raid);
    bo.fail(join("a-new-room"), ErrorCode::Raid);
    let _ = bo.ask(typing("lobby")).expect("answered, and shown to nobody");
    // Who was here before is somebody known, and reads.
    let mut back = server.known(bo.token());
    assert_eq!(back.join("lobby").events.len(), 1);
    let mut phone = Client::greet(server.wire(), log_in("member", PASSWORD));
    phone.join("lobby");
    member.send("lobby", "members speak");
    ana.send("lobby", "and moderators");
    assert_eq!(back.expect_message("lobby").text, "members speak");
    assert!(ana.take_pushes().iter().all(|it| !matches!(it, throng_protocol::Event::Typing(_))));

    assert!(!turn(&mut ana, false).on);
    assert_eq!(stranger(&server, "eve"), None);
    bo.send("lobby", "after it");
    let _: RegisterOk = bo.get(register(PASSWORD));
}

#[test]
fn moderators_turn_it_and_everybody_can_ask_why() {
    let server = Server::start();
    let mut ana = server.staff("ana", Role::Moderator);
    let (mut member, mut bo) = (server.member("member"), server.guest("bo"));
    member.fail(raid(Some(true), None), ErrorCode::Forbidden);
    bo.fail(raid(None, None), ErrorCode::Forbidden);
    let asked: RaidOk = ana.get(raid(None, None));
    assert_eq!(asked, RaidOk::default());
    let timed: RaidOk = ana.get(raid(Some(true), Some(600_000)));
    assert!(timed.left_ms.is_some_and(|left| (1..=600_000).contains(&left)), "{timed:?}");
    assert!(stranger(&server, "eve").is_some_and(|fault| fault.retry_ms.is_some()));
    for command in ["send", "typing", "register"] {
        let answer = why(&mut bo, command);
        assert!(!answer.allowed && answer.rule.contains("turned on by ana"), "{answer:?}");
        assert!(why(&mut member, command).allowed, "{command}");
    }
    assert!(why(&mut bo, "join").allowed);
    turn(&mut ana, false);
    assert!(why(&mut bo, "send").allowed);
    let audit: AuditOk = ana.get(Command::Audit(ReadAudit { room: None, before: None }));
    let said = audit.entries.iter().map(|it| (&*it.action, &*it.by_name, &*it.reason));
    assert_eq!(
        said.take(2).collect::<Vec<_>>(),
        [("raid off", "ana", "bots"), ("raid on", "ana", "bots")]
    );
}

#[test]
fn an_invitation_is_held_back_and_not_used_up() {
    let server = Server::with(["--registration", "invite"]).start();
    let accounts = &server.0.identity.accounts;
    let week = std::time::Duration::from_secs(7 * 24 * 3_600);
    let secret = async_std::task::block_on(accounts.make_invitation(1, week)).expect("made");
    let mut bo = server.guest("bo");
    let invited = || {
        let invitation = Some(secret.clone());
        Command::Register(Register { password: PASSWORD.into(), invitation })
    };
    server.turn_raid(true);
    bo.fail(invited(), ErrorCode::Raid);
    server.turn_raid(false);
    let _: RegisterOk = bo.get(invited());
}

#[test]
fn guests_join_slowly_and_nobody_else() {
    let server = Server::start();
    let mut member = server.member("member");
    let mut bo = server.guest("bo");
    for room in 0..60 {
        member.join(&format!("room-{room}"));
    }
    server.turn_raid(true);
    let joins = (0..60).map(|room| bo.ask(join(&format!("room-{room}"))));
    let refused: Vec<_> = joins.filter_map(Result::err).collect();
    assert!(!refused.is_empty(), "more come at once than may");
    for fault in refused {
        assert_eq!(fault.code, ErrorCode::RateLimited);
        assert!(fault.retry_ms.is_some_and(|wait| wait > 0), "{fault:?}");
    }
    // Who is there already catches up as often as needed.
    for _ in 0..60 {
        bo.join("room-0");
    }
    for room in 0..60 {
        member.leave(&format!("room-{room}"));
        member.join(&format!("room-{room}"));
    }
}

#[test]
fn too_many_new_guests_turn_it_on_and_its_time_turns_it_off() {
    let flags = ["--raid-guests-per-minute", "3", "--raid-duration", "1s"];
    let server = Server::with(flags).start();
    let mut ana = server.staff("ana", Role::Moderator);
    let known = server.guest("bo").token().to_owned();
    let mut eve = server.guest("eve");
    eve.join("lobby");
    let fault = stranger(&server, "mallory").expect("the fourth one");
    assert_eq!(fault.code, ErrorCode::Raid);
    assert!(fault.retry_ms.is_some_and(|wait| (1..=1_000).contains(&wait)), "{fault:?}");
    let _ = server.known(&known);
    let audited = |ana: &mut Client| {
        let audit: AuditOk = ana.get(Command::Audit(ReadAudit { room: None, before: None }));
        let said = audit.entries.into_iter().filter(|it| it.action.starts_with("raid"));
        said.map(|it| (it.action, it.by_name, it.by)).collect::<Vec<_>>()
    };
    let entry = |action: &str| (action.to_owned(), "server".to_owned(), None);
    eventually("it goes off", || audited(&mut ana) == [entry("raid off"), entry("raid on")]);
    eve.send("lobby", "I was slow to come");
    assert_eq!(stranger(&server, "mallory"), None);
}

impl Server {
    /// Turns the switch from the server's machine.
    fn turn_raid(&self, on: bool) {
        let switch = SwitchRaid { on: Some(on), for_ms: None, reason: String::new() };
        let moderation = crate::moderation::Moderation(&self.0);
        let by = crate::actor::Actor::server();
        let turned = async_std::task::block_on(moderation.raid(&by, &switch)).expect("turned");
        assert_eq!(turned.on, on);
    }
}
