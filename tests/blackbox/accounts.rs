//! Accounts and restrictions outlive restarts and crashes, and administrators at the server's machine reach them.

use std::thread;

use serde_json::json;
use support::client::{Client, PASSWORD, hello, join, log_in, send};
use support::server::Server;
use support::wire::Wire;
use support::{eventually, fresh_cid};
use throng_protocol::{
    Claim, CloseCode, Command, ErrorCode, Event, GiveRole, Hello, Register, RegisterOk, Restrict,
    RestrictionKind, Role,
};

use crate::admin::{ask, ask_json, refused};

fn account(server: &Server, nick: &str) -> Client {
    Client::account(Wire::connect(server.address()), nick, PASSWORD)
}

fn refused_hello(server: &Server, hello: Command) -> ErrorCode {
    let mut wire = Wire::connect(server.address());
    wire.post(hello);
    match wire.event() {
        Event::Error(fault) => fault.code,
        other => panic!("the hello is refused, not {other:?}"),
    }
}

fn mute(person: &str) -> Command {
    Command::Restrict(Restrict {
        kind: RestrictionKind::Mute,
        person: Some(person.into()),
        address: None,
        room: None,
        for_ms: None,
        reason: "spam".into(),
    })
}

#[test]
fn what_was_answered_about_people_outlives_a_crash() {
    let mut server = Server::start();
    let mut ana = server.guest("ana");
    let registered = ana.register();
    let mut bo = server.guest("bo");
    bo.join("lobby");
    ask(&server, &["user", "role", "ana", "moderator"]);
    let _ = ana.ask(mute("@bo")).expect("muted");
    ask(&server, &["ban", "192.0.2.0/24", "--reason", "spam"]);
    server.kill9();
    server.restart();

    let back = server.known(&registered.token);
    assert_eq!((&back.greeting.user, back.greeting.role), (&registered.user, Role::Moderator));
    assert_eq!(back.greeting.login, Some(registered.login));
    assert_eq!(account(&server, "ana").greeting.user, registered.user);
    let mut bo = server.known(bo.token());
    bo.join("lobby");
    bo.fail(send("lobby", &fresh_cid(), "again"), ErrorCode::Muted);
    let banned = ask_json(&server, &["restrictions", "ban"]);
    assert_eq!(banned["restrictions"][0]["subject"], "192.0.2.0/24");
    ask(&server, &["unmute", "bo"]);
    assert_eq!(bo.send("lobby", "again").seq, 1);
    let audit = ask_json(&server, &["audit", "list"]);
    let actions: Vec<_> = audit["entries"].as_array().expect("entries").iter().collect();
    let actions: Vec<_> = actions.iter().filter_map(|entry| entry["action"].as_str()).collect();
    assert_eq!(actions, ["unmute", "ban", "mute", "role moderator"]);
}

#[test]
fn a_login_that_was_ended_stays_so_after_a_crash() {
    let mut server = Server::start();
    let mut ana = server.member("ana");
    let mut phone = account(&server, "ana");
    let others = throng_protocol::LogOut { others: true, ..Default::default() };
    let _ = ana.ask(Command::LogOut(others)).expect("ended");
    phone.expect_closed(CloseCode::LoggedOut);
    server.kill9();
    server.restart();
    let again = refused_hello(&server, hello(None, Some(phone.token())));
    assert_eq!(again, ErrorCode::BadToken);
}

#[test]
fn the_first_to_use_the_printed_link_owns_the_server() {
    let mut server = Server::start();
    let line = server.prints("/claim ");
    let secret = line.trim().strip_prefix("/claim ").expect("the secret stands alone").to_owned();
    let mut ana = server.member("ana");
    let claim = |secret: &str| Command::Claim(Claim { secret: secret.into() });
    let _ = ana.ask(claim(&secret)).expect("claimed");
    let mut bo = server.member("bo");
    bo.fail(claim(&secret), ErrorCode::BadLink);
    let give = |person: &str, role| {
        Command::Role(GiveRole { person: person.into(), role, reason: String::new() })
    };
    let _ = ana.ask(give("bo", Role::Administrator)).expect("given");
    bo.fail(give("ana", Role::Member), ErrorCode::Forbidden);
    server.stop();
    server.restart();
    assert_eq!(account(&server, "ana").greeting.role, Role::Owner);
    server.stop();
    let printed = server.printed_later().join("\n");
    assert!(!printed.contains("/claim"), "{printed}");
}

#[test]
fn administrators_make_invitations_and_new_passwords_and_see_accounts() {
    let server = Server::with(["--registration", "invite"]).start();
    let secret = ask_json(&server, &["invite", "--uses", "2"])["secret"].clone();
    let secret = secret.as_str().expect("a secret").to_owned();
    let mut ana = server.guest("ana");
    let (password, invitation) = (PASSWORD.to_owned(), Some(secret));
    let _: RegisterOk = ana.get(Command::Register(Register { password, invitation }));
    assert!(ask(&server, &["user", "list"]).contains("ana"));
    let shown = ask_json(&server, &["user", "show", "ana"]);
    assert_eq!((&shown["role"], &shown["logins"]), (&"member".into(), &1.into()));
    assert_eq!(refused(&server, &["user", "show", "nobody"]).0, "no_such_person");
    assert_eq!(refused(&server, &["user", "role", "ana", "king"]).0, "bad_argument");

    let secret = ask_json(&server, &["user", "reset", "ana"])["secret"].clone();
    let reset = secret.as_str().map(str::to_owned);
    let password = Some("turtle in the rain".to_owned());
    let hello = Command::Hello(Hello { reset, password, ..Hello::default() });
    let back = Client::greet(Wire::connect(server.address()), hello);
    assert_eq!(back.greeting.user, ana.greeting.user);
    ana.expect_closed(CloseCode::LoggedOut);
    assert_eq!(refused_hello(&server, log_in("ana", PASSWORD)), ErrorCode::WrongPassword);
    let closed = ask_json(&server, &["ban", "ana", "--minutes", "5", "--reason", "noise"]);
    assert_eq!(closed["done"], "ana");
    let code = refused_hello(&server, log_in("ana", "turtle in the rain"));
    assert_eq!(code, ErrorCode::Banned);
}

#[test]
fn all_logins_of_an_account_are_ended_from_the_servers_machine_and_stay_ended() {
    let mut server = Server::start();
    let mut ana = server.member("ana");
    let mut phone = account(&server, "ana");
    let ended = ask_json(&server, &["user", "logout", "ana", "--reason", "lost"]);
    assert_eq!(ended, json!({"name": "ana", "logins": 2, "sessions": 2}));
    ana.expect_closed(CloseCode::LoggedOut);
    phone.expect_closed(CloseCode::LoggedOut);
    let entry = &ask_json(&server, &["audit", "list"])["entries"][0];
    assert_eq!((&entry["action"], &entry["reason"]), (&json!("logout"), &json!("lost")));
    assert_eq!(refused(&server, &["user", "logout", "nobody"]).0, "no_such_person");
    server.kill9();
    server.restart();
    for client in [&ana, &phone] {
        let by_token = hello(None, Some(client.token()));
        assert_eq!(refused_hello(&server, by_token), ErrorCode::BadToken);
    }
    account(&server, "ana").bye();
}

#[test]
fn a_ban_closes_fifty_sessions_in_many_rooms() {
    let server = Server::start();
    let eve = server.guest("eve");
    let mut sessions: Vec<Client> = (0..50).map(|_| server.known(eve.token())).collect();
    for (number, session) in sessions.iter_mut().enumerate() {
        for room in 0..8 {
            session.join(&format!("room-{}", (number * 8 + room) % 64));
        }
    }
    ask(&server, &["ban", "eve"]);
    for session in &mut sessions {
        session.expect_closed(CloseCode::Banned);
    }
    assert_eq!(refused_hello(&server, hello(None, Some(eve.token()))), ErrorCode::Banned);
    let listed = ask_json(&server, &["session", "list"]);
    eventually("all are gone", || {
        ask_json(&server, &["session", "list"])["sessions"] == serde_json::json!([])
    });
    drop(listed);
}

/// Of many who register the same name at once, one gets it; and each answer is true after a crash.
#[test]
fn of_many_who_register_at_once_each_keeps_their_own_name() {
    let mut server = Server::start();
    let made: Vec<(String, Option<RegisterOk>)> = thread::scope(|scope| {
        let makers: Vec<_> = (0..8)
            .map(|number| {
                let server = &server;
                scope.spawn(move || {
                    let nick = format!("person-{number}");
                    let mut client = server.guest(&nick);
                    (nick, Some(client.register()))
                })
            })
            .collect();
        makers.into_iter().map(|maker| maker.join().expect("no panic")).collect()
    });
    server.kill9();
    server.restart();
    for (nick, registered) in made {
        let back = account(&server, &nick);
        assert_eq!(Some(&back.greeting.user), registered.as_ref().map(|it| &it.user), "{nick}");
    }
}

/// Wrong passwords from many addresses would be stopped by the limits per address; a trusted address has none, so
/// that only the bounded gate stands between them and the chat.
#[test]
fn a_storm_of_wrong_passwords_stops_no_chat() {
    let server = Server::with(["--hello-timeout", "5m"]).start();
    let _ana = server.member("ana");
    let (mut bo, mut carl) = (server.guest("bo"), server.guest("carl"));
    bo.join("lobby");
    carl.join("lobby");
    thread::scope(|scope| {
        for thread in 0..8 {
            let server = &server;
            scope.spawn(move || {
                let mut wire = Wire::connect(server.address());
                for number in 0..10 {
                    wire.post(log_in(&format!("name-{thread}-{number}"), "wrong"));
                    match wire.event() {
                        Event::Error(fault) => assert!(
                            matches!(fault.code, ErrorCode::WrongPassword | ErrorCode::Busy),
                            "{fault:?}"
                        ),
                        other => panic!("{other:?}"),
                    }
                }
            });
        }
        for number in 1..=100 {
            bo.send("lobby", &format!("{number}"));
            assert_eq!(carl.expect_message("lobby").seq, number);
        }
    });
    account(&server, "ana").bye();
    carl.fail(join("bad name"), ErrorCode::BadRoom);
}
