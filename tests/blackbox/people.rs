//! People: a person is an id, and the nick is what they are called.

use throng_protocol::{ErrorCode, Greeting, NickOk, VERSION};

use crate::harness::client::{hello, rename};
use crate::harness::eventually;
use crate::harness::server::Server;

#[test]
fn a_guest_without_a_nick_is_given_one() {
    let server = Server::start(&[]);
    let (one, other) = (server.anybody(), server.anybody());
    assert!(!one.nick().is_empty());
    assert_ne!(one.nick(), other.nick());
    assert_ne!(one.greeting.user.id, other.greeting.user.id);
}

#[test]
fn the_greeting_tells_the_limits_that_are_in_force() {
    let server = Server::start(&["--page-events-max", "33", "--heartbeat", "17s"]);
    let greeting = server.guest("ana").greeting;
    assert_eq!((greeting.limits.page_events, greeting.heartbeat_ms), (33, 17_000));
    assert!(greeting.limits.text_bytes < greeting.limits.frame_bytes);
    assert!(greeting.limits.retry_ms > 0 && greeting.limits.rooms > 0);
    assert_eq!(greeting.notice, None);
}

#[test]
fn a_nick_in_use_is_taken_in_every_spelling_that_looks_alike() {
    let server = Server::start(&[]);
    let paypal = server.guest("paypal");
    let mut wire = server.wire();
    // The second is written with Cyrillic er and a, the third with a digit one.
    for nick in ["PayPal", "\u{440}\u{430}yp\u{430}l", "paypa1"] {
        wire.post(hello(Some(nick), None));
        wire.expect_fault(ErrorCode::NickTaken);
    }
    let mut bo = server.guest("bo");
    bo.fail(rename("PAYPAL"), ErrorCode::NickTaken);
    assert_eq!(paypal.nick(), "paypal");
}

#[test]
fn who_was_refused_a_nick_may_try_another_on_the_same_connection() {
    let server = Server::start(&[]);
    let _ana = server.guest("ana");
    let mut wire = server.wire();
    wire.post(hello(Some("ana"), None));
    wire.expect_fault(ErrorCode::NickTaken);
    wire.post(hello(Some("not a nick"), None));
    wire.expect_fault(ErrorCode::BadNick);
    assert_eq!(crate::harness::client::Client::guest(wire, "anna").nick(), "anna");
}

#[test]
fn a_new_nick_shows_in_what_is_said_afterwards() {
    let server = Server::start(&[]);
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
    let again = server.known(&renamed.token);
    assert_eq!(again.greeting.user, renamed.user, "the new token carries the new nick");
}

#[test]
fn a_person_may_change_the_case_of_their_own_nick() {
    let server = Server::start(&[]);
    let mut ana = server.guest("ana");
    assert_eq!(ana.rename("ANA").user.nick, "ANA");
    assert_eq!(ana.rename("ANA").user.nick, "ANA", "and keep it");
}

#[test]
fn a_nick_just_left_is_kept_for_its_owner() {
    let server = Server::start(&["--nick-hold", "10m"]);
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
    let server = Server::start(&["--nick-hold", "0s"]);
    let mut bo = server.guest("bo");
    server.guest("ana").bye();
    eventually("the nick is free", || bo.ask(rename("ana")).is_ok());
}

#[test]
fn a_token_whose_nick_was_taken_gets_another_and_is_told() {
    let server = Server::start(&["--nick-hold", "0s"]);
    let mut bo = server.guest("bo");
    let ana = server.guest("ana");
    let (token, id) = (ana.token().to_owned(), ana.greeting.user.id);
    ana.bye();
    eventually("the nick is free", || bo.ask(rename("ana")).is_ok());

    let again: Greeting = server.known(&token).greeting;
    assert_eq!(again.user.id, id, "still the same person");
    assert_ne!(again.user.nick, "ana");
    assert!(again.notice.is_some_and(|notice| notice.contains("ana")), "and is told why");
}

#[test]
fn sessions_of_one_person_share_their_nick() {
    let server = Server::start(&[]);
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
    let (server, other) = (Server::start(&[]), Server::start(&[]));
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
    let server = Server::start(&[]);
    for nick in ["zoë", "Łukasz", "日本語", "हिन्दी", "עברית", "x_1-b.c"] {
        assert_eq!(server.guest(nick).nick(), nick);
    }
}
