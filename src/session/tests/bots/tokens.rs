//! How long a bot's token is good, and for what.

use support::client::{Client, PASSWORD, hello, log_in, send, stranger_wants};
use support::{eventually, fresh_cid};
use throng_protocol::{
    CloseCode, Command, ErrorCode, Event, Hello, Link, LinkOk, MakeBot, MakeBotOk,
};

use super::{TALKS, listed, named, new_bot, refused, revoke};
use crate::session::tests::{Server, done};

#[test]
fn a_revoked_bot_is_out_within_a_second_and_its_token_is_worth_nothing() {
    let server = Server::with(["--nick-hold", "0s", "--nick-reserve", "0s"]).start();
    let (mut ana, mut bo) = (server.member("ana"), server.member("bo"));
    let mut bot = server.bot(&mut ana, new_bot("herald", TALKS));
    let mut other = server.known(bot.token());
    ana.join("lobby");
    bot.join("lobby");
    bo.fail(revoke("herald"), ErrorCode::Forbidden);
    ana.fail(revoke("nobody"), ErrorCode::NoSuchPerson);
    ana.fail(revoke("ana"), ErrorCode::NoSuchPerson);
    let ids: Vec<u64> =
        (0..200).map(|n| bot.wire.post(send("lobby", &fresh_cid(), &format!("{n}")))).collect();
    done(&mut ana, revoke("@herald"));
    let head = ana.join("lobby").head;
    let mut said = 0;
    loop {
        match bot.wire.event() {
            Event::Ok(ok) => said += u64::from(ids.contains(&ok.id)),
            Event::Bye(bye) => break assert_eq!(bye.code, CloseCode::LoggedOut.number()),
            _ => {}
        }
    }
    assert!(said <= head, "what got an ok was shown before the end was answered: {said}, {head}");
    let bye = other.expect_closed(CloseCode::LoggedOut).expect("a bye");
    assert!(!bye.reconnect);
    let words = refused(&server, other.token());
    assert!(words.contains("revoked"), "{words}");
    assert_eq!(ana.join("lobby").head, head, "nothing came after it");
    assert!(listed(&mut ana).bots.is_empty());
    eventually("its nick is free", || stranger_wants(server.wire(), "herald").is_ok());
    ana.fail(revoke("@herald"), ErrorCode::NoSuchPerson);
}

#[test]
fn an_expired_bot_is_out_and_stays_out() {
    let server = Server::start();
    let mut ana = server.member("ana");
    let lasting =
        |nick, for_ms| Command::BotNew(MakeBot { for_ms: Some(for_ms), ..named(nick, TALKS) });
    let long = server.bot(&mut ana, lasting("long", 600_000));
    let left = listed(&mut ana).bots[0].left_ms.expect("it expires");
    assert!((1..=600_000).contains(&left), "{left}");
    let made: MakeBotOk = ana.get(lasting("short", 5_000));
    let mut short = server.known(&made.token);
    short.expect_closed(CloseCode::LoggedOut);
    let words = refused(&server, &made.token);
    assert!(words.contains("expired"), "{words}");
    eventually("it is gone", || listed(&mut ana).bots.len() == 1);
    long.bye();
}

#[test]
fn a_token_is_good_for_what_it_is_and_nothing_else() {
    let server = Server::start();
    let mut ana = server.member("ana");
    let made: MakeBotOk = ana.get(new_bot("herald", TALKS));
    let phone = Client::account(server.wire(), "ana", PASSWORD);
    let login = phone.token().to_owned();
    // A login's token does not become a bot's by its prefix, nor the other way round.
    let (body, _) = made.token.strip_prefix("throng_bot_").expect("a prefix").split_at(43);
    for wrong in [
        format!("throng_bot_{login}"),
        body.to_owned(),
        format!("{}0", &made.token[..61]),
        format!("{}1", &made.token[..61]),
        made.token.to_uppercase(),
        "throng_bot_".to_owned(),
    ] {
        if wrong != made.token {
            refused(&server, &wrong);
        }
    }
    let mut wire = server.wire();
    wire.post(log_in("herald", &made.token));
    wire.expect_fault(ErrorCode::WrongPassword);
    for (hello, code) in [
        (Hello { code: Some(made.token.clone()), ..Hello::default() }, ErrorCode::BadCode),
        (
            Hello {
                reset: Some(made.token.clone()),
                password: Some(PASSWORD.into()),
                ..Hello::default()
            },
            ErrorCode::BadLink,
        ),
    ] {
        let mut wire = server.wire();
        wire.post(Command::Hello(hello));
        wire.expect_fault(code);
    }
    // With a password beside it, the password decides: nobody is two people.
    let both = Hello {
        nick: Some("ana".into()),
        password: Some(PASSWORD.into()),
        token: Some(made.token.clone()),
        ..Hello::default()
    };
    let both = Client::greet(server.wire(), Command::Hello(both));
    assert_eq!(both.greeting.user, ana.greeting.user);
    assert!(both.greeting.bot.is_none());
    // So does a code of another device.
    let mut gus = server.guest("gus");
    let LinkOk { code, .. } = gus.get(Command::Link(Link {}));
    let coded = Hello { code: Some(code), token: Some(made.token.clone()), ..Hello::default() };
    let coded = Client::greet(server.wire(), Command::Hello(coded));
    assert_eq!((&coded.greeting.user, coded.greeting.bot.is_none()), (&gus.greeting.user, true));
    // The nick that a bot asks for is not heeded.
    let named = hello(Some("admin"), Some(&made.token));
    assert_eq!(Client::greet(server.wire(), named).nick(), "herald");
}

#[test]
fn an_address_that_guesses_tokens_has_to_wait() {
    let server = Server::strict().start();
    for number in 0..20 {
        refused(&server, &format!("throng_bot_{number}"));
    }
    let mut wire = server.wire();
    wire.post(hello(None, Some("throng_bot_x")));
    wire.expect_fault(ErrorCode::RateLimited);
}
