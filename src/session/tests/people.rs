//! People: a person is an id with a nick.

use support::client::{assert_taken, hello, rename, stranger_wants};
use support::eventually;
use throng_protocol::{Command, ErrorCode, Event, Greeting, Hello, Link, LinkOk, NickOk, VERSION};

use super::Server;

#[test]
fn a_guest_without_a_nick_is_given_one() {
    let server = Server::start();
    let (one, other) = (server.anybody(), server.anybody());
    assert!(!one.nick().is_empty());
    assert_ne!(one.nick(), other.nick());
    assert_ne!(one.greeting.user.id, other.greeting.user.id);
}

#[test]
fn the_greeting_tells_the_limits_that_are_in_force() {
    let server = Server::with(["--page-events-max", "33", "--heartbeat", "17s"]).start();
    let greeting = server.guest("ana").greeting;
    assert_eq!((greeting.limits.page_events, greeting.heartbeat_ms), (33, 17_000));
    assert!(greeting.limits.text_bytes < greeting.limits.frame_bytes);
    assert!(greeting.limits.retry_ms > 0 && greeting.limits.rooms > 0);
    assert_eq!(greeting.features, throng_protocol::FEATURES);
    assert_eq!(greeting.notice, None);
}

#[test]
fn a_nick_in_use_is_taken_in_every_spelling_that_looks_alike() {
    let server = Server::start();
    let paypal = server.guest("paypal");
    let mut wire = server.wire();
    // The second is written with Cyrillic er and a, the third in full-width letters.
    for nick in ["PayPal", "\u{440}\u{430}yp\u{430}l", "\u{ff50}aypal"] {
        wire.post(hello(Some(nick), None));
        wire.expect_fault(ErrorCode::NickTaken);
    }
    let mut bo = server.guest("bo");
    bo.fail(rename("PAYPAL"), ErrorCode::NickTaken);
    assert_eq!(paypal.nick(), "paypal");
    // ASCII nicks that differ are different: otherwise Bernd could not come while Bemd is here.
    for (one, other) in [("Bernd", "Bemd"), ("paypa1", "paypa2")] {
        let _one = server.guest(one);
        assert_eq!(server.guest(other).nick(), other);
    }
}

#[test]
fn who_was_refused_a_nick_may_try_another_on_the_same_connection() {
    let server = Server::start();
    let _ana = server.guest("ana");
    let mut wire = server.wire();
    wire.post(hello(Some("ana"), None));
    wire.expect_fault(ErrorCode::NickTaken);
    wire.post(hello(Some("not a nick"), None));
    wire.expect_fault(ErrorCode::BadNick);
    assert_eq!(support::client::Client::guest(wire, "anna").nick(), "anna");
}

#[test]
fn a_new_nick_shows_in_what_is_said_afterwards() {
    let server = Server::start();
    let (mut ana, mut bo) = (server.guest("ana"), server.guest("bo"));
    ana.join("lobby");
    bo.join("lobby");
    ana.send("lobby", "as ana");
    let renamed: NickOk = ana.get(rename("Anastasia"));
    assert_eq!(renamed.user.nick, "Anastasia");
    assert_eq!(renamed.user.id, ana.greeting.user.id, "the same person");
    ana.send("lobby", "as Anastasia");
    assert_eq!(bo.expect_message("lobby").from.nick, "ana");
    let second = bo.expect_message("lobby").from;
    assert_eq!((&*second.nick, second.id), ("Anastasia", ana.greeting.user.id));
    let again = server.known(renamed.token.as_deref().expect("a guest's"));
    assert_eq!(again.greeting.user, renamed.user, "the new token carries the new nick");
}

#[test]
fn a_person_may_change_the_case_of_their_own_nick() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    assert_eq!(ana.rename("ANA").user.nick, "ANA");
    assert_eq!(ana.rename("ANA").user.nick, "ANA", "and keep it");
}

#[test]
fn a_nick_just_left_is_kept_for_its_owner() {
    let server = Server::with(["--nick-hold", "10m"]).start();
    let mut bo = server.guest("bo");
    let ana = server.guest("ana");
    let token = ana.token().to_owned();
    ana.bye();
    bo.fail(rename("ana"), ErrorCode::NickTaken);
    let ana = server.known(&token);
    assert_eq!((ana.nick(), ana.greeting.notice.clone()), ("ana", None));
}

#[test]
fn a_nick_is_free_after_its_hold() {
    let server = Server::with(["--nick-hold", "0s"]).start();
    let mut bo = server.guest("bo");
    server.guest("ana").bye();
    eventually("the nick is free", || bo.ask(rename("ana")).is_ok());
}

#[test]
fn a_token_whose_nick_was_taken_gets_another_and_is_told() {
    let server = Server::with(["--nick-hold", "0s"]).start();
    let mut bo = server.guest("bo");
    let ana = server.guest("ana");
    let (token, id) = (ana.token().to_owned(), ana.greeting.user.id);
    ana.bye();
    eventually("the nick is free", || bo.ask(rename("ana")).is_ok());

    let again: Greeting = server.known(&token).greeting;
    assert_eq!(again.user.id, id, "still the same person");
    assert_ne!(again.user.nick, "ana");
    assert!(again.notice.is_some_and(|notice| notice.contains("ana")), "and gets the reason");
}

#[test]
fn a_code_of_another_device_is_valid_once_and_a_wrong_one_is_refused() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    let link: LinkOk = ana.get(Command::Link(Link {}));
    assert_eq!(link.expires_ms, 600_000);
    let mut wire = server.wire();
    for wrong in ["", "hello", "00000-00000", &link.code[1..]] {
        wire.post(hello_with_code(wrong));
        wire.expect_fault(ErrorCode::BadCode);
    }
    // As a person types it.
    let typed = format!(" {} ", link.code.to_lowercase().replace('-', " "));
    wire.post(hello_with_code(&typed));
    let Event::Ok(ok) = wire.event() else { panic!("the code is right") };
    let phone: Greeting = ok.body().expect("the answer to hello");
    assert_eq!(phone.user, ana.greeting.user, "the same person, under the same nick");
    assert_eq!(server.known(&phone.token).greeting.user, phone.user, "with a token to keep");

    let mut third = server.wire();
    third.post(hello_with_code(&link.code));
    third.expect_fault(ErrorCode::BadCode);
    third.post(hello(Some("eve"), None));
    assert!(matches!(third.event(), Event::Ok(_)), "the connection lives");
}

#[test]
fn a_new_code_for_another_device_voids_the_older_one() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    let first: LinkOk = ana.get(Command::Link(Link {}));
    let second: LinkOk = ana.get(Command::Link(Link {}));
    let mut wire = server.wire();
    wire.post(hello_with_code(&first.code));
    wire.expect_fault(ErrorCode::BadCode);
    ana.bye();
    wire.post(hello_with_code(&second.code));
    assert!(matches!(wire.event(), Event::Ok(_)), "also when the first device has gone");
}

#[test]
fn an_address_that_guesses_codes_has_to_wait() {
    let server = Server::strict().start();
    let mut ana = server.guest("ana");
    let link: LinkOk = ana.get(Command::Link(Link {}));
    let mut wire = server.wire();
    for _ in 0..20 {
        wire.post(hello_with_code("00000-00000"));
        wire.expect_fault(ErrorCode::BadCode);
    }
    wire.post(hello_with_code(&link.code));
    let fault = wire.expect_fault(ErrorCode::RateLimited);
    assert!(fault.retry_ms.is_some_and(|wait| (1..=60_000).contains(&wait)), "{fault:?}");
    // People with a token, and new ones, are not affected.
    server.known(ana.token()).bye();
    server.guest("bo").bye();
}

fn hello_with_code(code: &str) -> Command {
    Command::Hello(Hello { code: Some(code.into()), ..Hello::default() })
}

#[test]
fn sessions_of_one_person_share_their_nick() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    let mut phone = server.known(ana.token());
    phone.join("lobby");
    ana.rename("anna");
    phone.send("lobby", "hello");
    assert_eq!(phone.expect_message("lobby").from.nick, "anna");
    drop(ana);
    let mut bo = server.guest("bo");
    bo.fail(rename("anna"), ErrorCode::NickTaken);
}

#[test]
fn a_token_that_was_not_signed_here_is_refused_and_the_connection_lives() {
    let (server, other) = (Server::start(), Server::start());
    let of_other = other.guest("ana").token().to_owned();
    let own = server.guest("ana").token().to_owned();
    let mut wire = server.wire();
    let cut = &own[..own.len() - 1];
    let changed = own.chars().rev().collect::<String>();
    for token in [&*of_other, cut, &*changed, "", "nonsense", &*"x".repeat(3_000)] {
        wire.post(hello(None, Some(token)));
        wire.expect_fault(ErrorCode::BadToken);
    }
    wire.post(hello(None, Some(&own)));
    assert!(matches!(wire.event(), throng_protocol::Event::Ok(_)));
    assert_eq!(VERSION, 1);
}

#[test]
fn names_of_many_scripts_may_be_worn() {
    let server = Server::start();
    for nick in ["zoë", "Łukasz", "日本語", "हिन्दी", "עברית", "x_1-b.c"] {
        assert_eq!(server.guest(nick).nick(), nick);
    }
}

#[test]
fn a_nick_is_kept_for_who_said_something_under_it_and_not_for_who_did_not() {
    let server = Server::with(["--nick-hold", "0s"]).start();
    let (mut ana, quiet) = (server.guest("ana"), server.guest("quiet"));
    ana.join("lobby");
    ana.send("lobby", "I was here");
    let token = ana.token().to_owned();
    ana.bye();
    quiet.bye();
    eventually("a person without messages is forgotten", || {
        stranger_wants(server.wire(), "quiet").is_ok()
    });
    let fault = stranger_wants(server.wire(), "ana").expect_err("ana said something");
    assert!(fault.message.contains("was here before"), "{}", fault.message);
    assert_eq!(server.known(&token).nick(), "ana");
}

#[test]
fn a_nick_is_free_when_its_owner_was_away_for_long() {
    let server = Server::with(["--nick-hold", "0s", "--nick-reserve", "0s"]).start();
    let mut ana = server.guest("ana");
    ana.join("lobby");
    ana.send("lobby", "I was here");
    assert_taken(stranger_wants(server.wire(), "ana"));
    let token = ana.token().to_owned();
    ana.bye();
    eventually("it is free", || stranger_wants(server.wire(), "ana").is_ok());
    eventually("and its owner gets it back when it is", || {
        let back = server.known(&token);
        back.nick() == "ana" || back.greeting.notice.is_some()
    });
}

#[test]
fn a_nick_that_was_left_for_another_is_kept_if_something_was_said_under_it() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    ana.rename("silent");
    ana.join("lobby");
    ana.rename("spoken");
    ana.send("lobby", "as spoken");
    ana.rename("now");
    assert_eq!(stranger_wants(server.wire(), "ana"), Ok(()), "nothing was said under it");
    assert_eq!(stranger_wants(server.wire(), "silent"), Ok(()));
    assert_taken(stranger_wants(server.wire(), "spoken"));
    assert_taken(stranger_wants(server.wire(), "now"));
    assert_eq!(ana.rename("spoken").user.nick, "spoken", "its owner may have it back");
}

#[test]
fn the_server_finds_nobody_a_nick_that_is_kept_for_somebody_else() {
    let server = Server::with(["--nick-hold", "0s"]).start();
    // All with one digit and most with two are taken.
    let nicks: Vec<String> =
        (1..100).filter(|n| *n != 42).map(|number| format!("guest-{number}")).collect();
    for nick in &nicks {
        let mut client = server.guest(nick);
        client.join("lobby");
        client.send("lobby", "mine");
        client.bye();
    }
    for _ in 0..20 {
        let found = server.anybody().nick().to_owned();
        assert!(!nicks.contains(&found), "{found}");
    }
}
