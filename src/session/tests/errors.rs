//! Every error code, caused by a client's mistake, with the `id` of the command; the connection lives on.

use support::client::{Client, hello, join, rename, send};
use support::fresh_cid;
use throng_protocol::{CloseCode, Command, ErrorCode, Event, Hello, Ping, VERSION};

use super::Server;

#[test]
fn a_command_before_hello_is_told_to_greet_first() {
    let server = Server::start();
    let mut wire = server.wire();
    for command in [Command::Ping(Ping {}), join("lobby"), send("lobby", &fresh_cid(), "x")] {
        let id = wire.post(command);
        assert_eq!(wire.expect_fault(ErrorCode::HelloFirst).id, Some(id));
    }
    wire.post(hello(Some("ana"), None));
    assert!(matches!(wire.event(), Event::Ok(_)), "the connection lives");
}

#[test]
fn a_second_hello_is_refused() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    ana.fail(hello(Some("bo"), None), ErrorCode::HelloTwice);
    ana.barrier();
}

#[test]
fn a_version_that_is_not_spoken_is_refused_and_closed_for_good() {
    let server = Server::start();
    for version in [0, VERSION + 1, u32::MAX] {
        let mut wire = server.wire();
        let nick = Some("ana".into());
        let id = wire.post(Command::Hello(Hello { version, nick, ..Hello::default() }));
        let fault = wire.expect_fault(ErrorCode::UnsupportedVersion);
        assert_eq!(fault.id, Some(id));
        let bye = wire.expect_bye(CloseCode::HelloRefused);
        assert!(!bye.reconnect);
    }
}

#[test]
fn names_that_break_the_rules_are_refused() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    let too_long = "a".repeat(100);
    for bad in ["", " ", "two words", "a\u{0}b", "a\u{202e}b", "-_-", "<b>", &*too_long] {
        ana.fail(rename(bad), ErrorCode::BadNick);
        ana.fail(join(bad), ErrorCode::BadRoom);
    }
    ana.barrier();
}

#[test]
fn texts_that_cannot_be_shown_are_refused() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    ana.join("lobby");
    let controls: String = (0..32).filter_map(char::from_u32).collect();
    for bad in ["", "   \n\t ", "\u{3000}", "a\u{0}b", "\u{1b}[31mred", "a\rb", "\u{9b}", &controls]
    {
        let fault = ana.fail(send("lobby", &fresh_cid(), bad), ErrorCode::BadText);
        assert!(!fault.message.contains('\u{1b}'), "the words can be shown: {}", fault.message);
    }
    assert_eq!(ana.send("lobby", "good").seq, 1, "nothing of it was said");
}

#[test]
fn a_text_over_the_limit_is_refused_and_one_at_the_limit_is_not() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    ana.join("lobby");
    let max = usize::try_from(ana.greeting.limits.text_bytes).expect("a length");
    ana.fail(send("lobby", &fresh_cid(), &"x".repeat(max + 1)), ErrorCode::TextTooLong);
    let wide = "é".repeat(max / 2 + 1);
    ana.fail(send("lobby", &fresh_cid(), &wide), ErrorCode::TextTooLong);
    ana.send("lobby", &"x".repeat(max));
    // The longest that JSON can make a text of this length must fit in a frame.
    ana.send("lobby", &"\n".repeat(max - 1).replacen('\n', "x", 1));
}

#[test]
fn a_name_with_spaces_is_refused_with_one_that_is_allowed() {
    let server = Server::start();
    let mut wire = server.wire();
    wire.post(hello(Some("Ana Maria"), None));
    let fault = wire.expect_fault(ErrorCode::BadNick);
    assert_eq!(fault.suggestion.as_deref(), Some("Ana-Maria"));
    assert!(fault.message.contains("Ana-Maria"), "{}", fault.message);
    let mut ana = Client::guest(wire, "Ana-Maria");
    let fault = ana.fail(rename("Ana  Maria Luz"), ErrorCode::BadNick);
    assert_eq!(fault.suggestion.as_deref(), Some("Ana-Maria-Luz"));
    let fault = ana.fail(join("off topic"), ErrorCode::BadRoom);
    assert_eq!(fault.suggestion.as_deref(), Some("off-topic"));
    let fault = ana.fail(join("off <topic>"), ErrorCode::BadRoom);
    assert_eq!(fault.suggestion, None, "no hyphen makes a name of it");
}

#[test]
fn an_id_of_a_send_in_no_known_spelling_is_refused() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    ana.join("lobby");
    let upper = fresh_cid().to_uppercase();
    for bad in ["", "1", "8f14e45fceea467a9b2c3f6d1f6d1f6d", &*upper, &*"0".repeat(5_000)] {
        ana.fail(send("lobby", bad, "hello"), ErrorCode::BadCid);
    }
    assert_eq!(ana.send("lobby", "good").seq, 1);
}

#[test]
fn an_id_of_a_send_may_be_a_uuid_of_any_version() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    ana.join("lobby");
    let random = "8f14e45f-ceea-467a-9b2c-3f6d1f6d1f6d";
    assert_eq!(ana.send_as("lobby", random, "hello").seq, 1);
    assert!(ana.send_as("lobby", random, "hello").dup);
    assert_eq!(ana.send_as("lobby", "74738ff5-5367-5958-9aee-98fffdcd1876", "derived").seq, 2);
    let page = ana.join("lobby");
    assert_eq!(page.events[0].cid.to_string(), random, "as it was written");
}

#[test]
fn a_session_may_be_in_so_many_rooms_and_no_more() {
    let server = Server::with(["--rooms-per-session-max", "3"]).start();
    let mut ana = server.guest("ana");
    assert_eq!(ana.greeting.limits.rooms, 3);
    for room in ["one", "two", "three"] {
        ana.join(room);
    }
    ana.fail(join("four"), ErrorCode::TooManyRooms);
    ana.join("three");
    ana.leave("one");
    ana.join("four");
}
