//! Accounts in the core: what is said once, what takes the place of what, and what ends a client.

use std::collections::BTreeMap;
use std::time::Duration;

use fastrand::Rng;
use futures::channel::oneshot;
use serde_json::Value;
use throng_protocol::{
    AskWhy, Claim, Command, ErrorCode, Kick, ListLogins, LoginsOk, Presence, RegisterOk, Role,
    SetPresence, WhyOk,
};

use super::facts::{GREETING, dial, greeted, secs};
use crate::core::{Answer, Core, Step};
use crate::error::{DisconnectReason, RequestError};
use crate::event::{Event, State};
use crate::options::Options;

type Waiting<T> = oneshot::Receiver<Result<T, RequestError>>;

fn ask<T>(
    core: &mut Core,
    command: Command,
    answer: fn(oneshot::Sender<Result<T, RequestError>>) -> Answer,
) -> Waiting<T> {
    let (to, waiting) = oneshot::channel();
    core.ask(Duration::ZERO, None, command, answer(to));
    core.tick(Duration::ZERO);
    waiting
}

fn kick(number: u64) -> Command {
    let (room, person) = ("#lobby".to_owned(), "@bo".to_owned());
    Command::Kick(Kick { room, person, reason: number.to_string() })
}

fn register() -> Command {
    let password = "turtle in the sun".to_owned();
    Command::Register(throng_protocol::Register { password, invitation: None })
}

const REGISTERED: &str = r#"{"type":"ok","id":2,"user":{"id":"01K9ZS00000000000000000001","nick":"ana"},"token":"login","role":"member","login":3}"#;

fn hello(core: &mut Core, now: Duration) -> Value {
    assert_eq!(core.step(now), Step::Dial);
    core.opened(now);
    let text = core.take_write().expect("the greeting is written");
    serde_json::from_str(&text).expect("JSON")
}

fn cut(core: &mut Core, now: Duration) {
    core.lost(now, DisconnectReason::Lost { problem: String::new() });
}

/// A client whose greeting is refused with this code.
fn refused(options: &Options, code: &str) -> Core {
    let mut core = Core::new(options, 7, None);
    dial(&mut core, Duration::ZERO);
    let fault =
        format!(r#"{{"type":"error","id":1,"code":"{code}","message":"no","retry_ms":9000}}"#);
    core.frame(Duration::ZERO, &fault);
    core
}

#[test]
fn another_role_is_an_event_and_holds_at_once() {
    let mut core = greeted(&Options::guest("ana"));
    for _ in 0..2 {
        core.frame(Duration::ZERO, r#"{"type":"role","role":"moderator"}"#);
    }
    let roles: Vec<Event> = std::iter::from_fn(|| core.next_event()).collect();
    assert_eq!((roles, core.role()), (vec![Event::Role(Role::Moderator)], Role::Moderator));
}

/// What is written next.
fn written(core: &mut Core, now: Duration) -> Value {
    core.tick(now);
    serde_json::from_str(&core.take_write().expect("written")).expect("JSON")
}

#[test]
fn how_we_are_there_is_said_again_after_a_reconnect_unless_another_device_took_it_back() {
    let mut core = greeted(&Options::guest("ana"));
    let set = |core: &mut Core, away, dnd| {
        let _answer = ask(core, Command::Presence(SetPresence { away, dnd }), Answer::Presence);
        let (id, shown) =
            (&written(core, Duration::ZERO)["id"], if dnd.is_some() { "dnd" } else { "away" });
        core.frame(Duration::ZERO, &format!(r#"{{"type":"ok","id":{id},"presence":"{shown}"}}"#));
    };
    set(&mut core, Some(true), None);
    set(&mut core, None, Some(true));
    assert_eq!(core.presence(), Presence::Dnd);
    let events: Vec<Event> = std::iter::from_fn(|| core.next_event()).collect();
    assert!(events.ends_with(&[Event::Presence(Presence::Away), Event::Presence(Presence::Dnd)]));
    let again = |core: &mut Core, now: Duration| {
        cut(core, now);
        let hello = hello(core, now + secs(60));
        core.frame(
            now + secs(60),
            &GREETING.replace(r#""id":1,"#, &format!(r#""id":{},"#, hello["id"])),
        );
        written(core, now + secs(60))
    };
    let said = again(&mut core, secs(1));
    assert_eq!(
        (&said["type"], &said["away"], &said["dnd"]),
        (&"presence".into(), &true.into(), &true.into())
    );
    core.frame(secs(62), r#"{"type":"presence","presence":"away"}"#);
    let said = again(&mut core, secs(100));
    assert_eq!((&said["away"], &said["dnd"]), (&true.into(), &Value::Null));
}

#[test]
fn a_password_is_said_until_the_greeting_and_its_token_takes_its_place() {
    let options = Options::password("ana", "turtle").second_factor("123456").device("a desk");
    let mut core = Core::new(&options, 7, None);
    let first = hello(&mut core, Duration::ZERO);
    assert_eq!((&first["nick"], &first["password"]), (&"ana".into(), &"turtle".into()));
    assert_eq!((&first["device"], &first["second_factor"]), (&"a desk".into(), &"123456".into()));
    cut(&mut core, secs(1));
    assert_eq!(hello(&mut core, secs(60))["password"], "turtle", "nobody has greeted us");
    core.frame(
        secs(60),
        &GREETING.replace(r#""id":1,"#, r#""id":2,"role":"moderator","login":3,"#),
    );
    assert_eq!((core.role(), core.token()), (Role::Moderator, Some("v1.a")));
    let event = std::iter::from_fn(|| core.next_event()).find_map(|event| match event {
        Event::Greeted { role, .. } => Some(role),
        _ => None,
    });
    assert_eq!(event, Some(Role::Moderator));
    cut(&mut core, secs(61));
    let again = hello(&mut core, secs(120));
    for gone in ["password", "second_factor", "nick"] {
        assert_eq!(again[gone], Value::Null);
    }
    assert_eq!(again["token"], "v1.a");
}

#[test]
fn the_device_secret_is_said_beside_a_password_alone_and_the_newest_is_kept() {
    let options = Options::password("ana", "turtle").device_secret("of an earlier login");
    let mut core = Core::new(&options, 7, None);
    assert_eq!(hello(&mut core, Duration::ZERO)["device_secret"], "of an earlier login");
    core.frame(
        Duration::ZERO,
        &GREETING.replace(r#""id":1,"#, r#""id":1,"device_secret":"newer","#),
    );
    assert_eq!(core.device_secret(), Some("newer"));
    cut(&mut core, secs(1));
    assert_eq!(hello(&mut core, secs(60))["device_secret"], Value::Null, "the token is enough");
    let told = format!("{:?}", Options::anybody().device_secret("secret"));
    assert!(!told.contains("\"secret\""), "{told}");
}

#[test]
fn the_first_password_that_meets_a_storm_is_said_again_for_a_while() {
    let fault = r#"{"type":"error","id":ID,"code":"CODE","message":"no","retry_ms":300}"#;
    let refuse = |core: &mut Core, times: u32, code: &str| {
        let mut now = Duration::ZERO;
        for at in 1..=times {
            hello(core, now);
            core.frame(now, &fault.replace("ID", &at.to_string()).replace("CODE", code));
            let State::Offline { again_in, .. } = core.state() else { return at };
            assert_eq!(*again_in, Duration::from_millis(300));
            now += *again_in;
        }
        times + 1
    };
    let first = |options: &Options| Core::new(options, 7, Some(oneshot::channel().0));
    let password = Options::password("ana", "turtle");
    assert_eq!(refuse(&mut first(&password), 30, "busy"), 11, "ten more tries");
    assert_eq!(refuse(&mut first(&password), 30, "rate_limited"), 1);
    assert_eq!(refuse(&mut first(&Options::guest("ana")), 30, "busy"), 1, "without a password");
}

#[test]
fn a_new_password_is_said_with_its_secret() {
    let mut core = Core::new(&Options::reset("secret", "turtle"), 7, None);
    let hello = hello(&mut core, Duration::ZERO);
    assert_eq!((&hello["reset"], &hello["password"]), (&"secret".into(), &"turtle".into()));
    let device = hello["device"].as_str().expect("a text");
    assert!(device.starts_with("throng-client/") && device.chars().count() <= 64, "{device}");
    let long = Options::anybody().device("ä".repeat(65));
    assert_eq!(long.device.chars().count(), 64);
    for secret in
        [Options::password("ana", "x".repeat(1_025)), Options::reset("x".repeat(1_025), "")]
    {
        assert!(secret.check().is_err());
    }
    let told = format!("{:?}", Options::reset("secret", "turtle").nick("ana"));
    assert!(!told.contains("secret") && !told.contains("turtle"), "{told}");
}

#[test]
fn what_no_waiting_helps_against_ends_the_client_and_many_tries_do_not() {
    let options = Options::password("ana", "turtle");
    for (code, word) in [
        ("wrong_password", ErrorCode::WrongPassword),
        ("account_needed", ErrorCode::AccountNeeded),
        ("second_factor_needed", ErrorCode::SecondFactorNeeded),
        ("wrong_second_factor", ErrorCode::WrongSecondFactor),
        ("bad_link", ErrorCode::BadLink),
        ("bad_password", ErrorCode::BadPassword),
    ] {
        let core = refused(&options, code);
        let State::Closed { why: DisconnectReason::Hello(fault) } = core.state() else {
            panic!("{code}: {:?}", core.state())
        };
        assert_eq!(fault.code, word);
    }
    let banned = refused(&options, "banned");
    let reason = DisconnectReason::Banned { reason: "no".to_owned(), retry_after: Some(secs(9)) };
    assert_eq!(banned.state(), &State::Closed { why: reason });
    let limited = refused(&options, "rate_limited");
    assert!(matches!(limited.state(), State::Offline { again_in, .. } if *again_in == secs(9)));
}

#[test]
fn the_end_of_a_login_and_a_ban_have_their_own_reasons_with_and_without_a_bye() {
    let reason = || "because".to_owned();
    let logged_out = DisconnectReason::LoggedOut { reason: reason() };
    let banned = DisconnectReason::Banned { reason: reason(), retry_after: None };
    for (code, why, token) in [(4501, logged_out, None), (4502, banned, Some("v1.a"))] {
        for says_bye in [true, false] {
            let mut core = greeted(&Options::anybody());
            let bye =
                format!(r#"{{"type":"bye","code":{code},"reason":"because","reconnect":false}}"#);
            match says_bye {
                true => core.frame(secs(1), &bye),
                false => core.closed(secs(1), code, reason()),
            }
            assert_eq!(core.state(), &State::Closed { why: why.clone() });
            assert_eq!(core.token(), token, "a token that is good for nothing is not shown");
        }
    }
}

#[test]
fn the_token_and_the_role_of_an_account_take_the_guests_place() {
    let mut core = greeted(&Options::guest("ana"));
    let mut waiting = ask(&mut core, register(), Answer::Registered);
    assert!(core.take_write().expect("it is written").contains("register"));
    core.frame(Duration::ZERO, REGISTERED);
    let ok: RegisterOk = waiting.try_recv().expect("not dropped").expect("answered").expect("ok");
    assert_eq!((ok.login, core.role(), core.token()), (3, Role::Member, Some("login")));
    let claim = Command::Claim(Claim { secret: "secret".to_owned() });
    let mut waiting = ask(&mut core, claim, Answer::Claimed);
    core.frame(Duration::ZERO, r#"{"type":"ok","id":3}"#);
    assert_eq!(waiting.try_recv(), Ok(Some(Ok(()))));
    assert_eq!(core.role(), Role::Owner);
    cut(&mut core, secs(1));
    assert_eq!(hello(&mut core, secs(60))["token"], "login");
}

#[test]
fn the_token_of_an_account_is_kept_when_nobody_waits_for_it() {
    let mut core = greeted(&Options::guest("ana"));
    drop(ask(&mut core, register(), Answer::Registered));
    core.tick(secs(1));
    core.frame(secs(1), REGISTERED);
    assert_eq!((core.role(), core.token()), (Role::Member, Some("login")));
}

#[test]
fn why_says_our_own_role_and_somebody_elses_is_theirs() {
    let mut core = greeted(&Options::guest("ana"));
    let why = |person: Option<&str>| {
        let (command, person) = ("kick".to_owned(), person.map(str::to_owned));
        Command::Why(AskWhy { command, room: None, person, text: None })
    };
    for (id, person, role) in [(2, None, Role::Moderator), (3, Some("@bo"), Role::Moderator)] {
        let mut waiting = ask(&mut core, why(person), Answer::Why);
        let said = if person.is_some() { "owner" } else { "moderator" };
        let ok = format!(
            r#"{{"type":"ok","id":{id},"allowed":true,"rule":"so it is","role":"{said}"}}"#
        );
        core.frame(Duration::ZERO, &ok);
        let answer: WhyOk = waiting.try_recv().expect("there").expect("answered").expect("ok");
        assert_eq!((answer.role.name(), core.role()), (said, role));
    }
}

#[test]
fn a_secret_is_not_tried_again_and_a_refused_kick_only_when_it_was_not_done() {
    for (code, kick_again, logins_again) in [
        ("rate_limited", true, true),
        ("busy", true, true),
        ("draining", true, true),
        ("storage_unavailable", false, true),
        ("internal", false, true),
        ("forbidden", false, false),
    ] {
        let mut core = greeted(&Options::guest("ana"));
        let mut registering = ask(&mut core, register(), Answer::Registered);
        let mut kicking = ask(&mut core, kick(1), Answer::Done);
        let mut listing: Waiting<LoginsOk> =
            ask(&mut core, Command::Logins(ListLogins {}), Answer::Logins);
        while core.take_write().is_some() {}
        for id in 2..5 {
            let fault = format!(r#"{{"type":"error","id":{id},"code":"{code}","message":"no"}}"#);
            core.frame(Duration::ZERO, &fault);
        }
        let is_refused = |waits: bool| !waits;
        let registered = registering.try_recv().expect("there");
        assert!(matches!(registered, Some(Err(RequestError::Refused(_)))), "{code}");
        assert_eq!(kicking.try_recv().expect("there").is_some(), is_refused(kick_again), "{code}");
        assert_eq!(
            listing.try_recv().expect("there").is_some(),
            is_refused(logins_again),
            "{code}"
        );
        core.tick(secs(5));
        let written = std::iter::from_fn(|| core.take_write()).count();
        assert_eq!(written, usize::from(kick_again) + usize::from(logins_again), "{code}");
    }
}

/// A server that counts what it did, behind a line that is cut at random.
#[test]
fn in_every_history_a_command_that_changes_something_is_done_once_at_most() {
    let (mut unanswered, mut lost) = (0, 0);
    for seed in 0..150 {
        let mut rng = Rng::with_seed(seed);
        let mut core = Core::new(&Options::guest("ana"), seed, None);
        let (mut now, mut asked) = (Duration::ZERO, 0);
        let (mut kicks, mut lists) = (Vec::new(), Vec::new());
        let mut done: BTreeMap<u64, u32> = BTreeMap::new();
        for step in 0..600 {
            now += Duration::from_millis(rng.u64(..400));
            let calm = step >= 400;
            if !calm && rng.u32(..12) == 0 {
                asked += 1;
                let (to, waiting) = oneshot::channel();
                core.ask(now, None, kick(asked), Answer::Done(to));
                kicks.push((asked, waiting));
                let (to, waiting): (_, Waiting<LoginsOk>) = oneshot::channel();
                core.ask(now, None, Command::Logins(ListLogins {}), Answer::Logins(to));
                lists.push(waiting);
            }
            if core.is_linked() {
                core.tick(now);
            } else if core.step(now) == Step::Dial {
                core.opened(now);
            }
            while core.next_event().is_some() {}
            if !calm && core.is_linked() && rng.u32(..10) == 0 {
                cut(&mut core, now);
                continue;
            }
            let Some(text) = core.take_write() else { continue };
            let command: Value = serde_json::from_str(&text).expect("JSON");
            let id = command["id"].as_u64().expect("an id");
            let answer = match command["type"].as_str().expect("a type") {
                "hello" => GREETING.replace(r#""id":1,"#, &format!(r#""id":{id},"#)),
                "kick" => {
                    let number = command["reason"].as_str().expect("a text").parse();
                    *done.entry(number.expect("a number")).or_default() += 1;
                    format!(r#"{{"type":"ok","id":{id}}}"#)
                }
                "logins" => format!(r#"{{"type":"ok","id":{id},"logins":[]}}"#),
                _ => format!(r#"{{"type":"ok","id":{id}}}"#),
            };
            // The answer may be what is lost.
            match !calm && rng.u32(..4) == 0 {
                true => cut(&mut core, now),
                false => core.frame(now, &answer),
            }
        }
        for (number, mut waiting) in kicks {
            let times = done.get(&number).copied().unwrap_or_default();
            match waiting.try_recv().expect("it is answered before it is forgotten") {
                Some(Ok(())) => assert_eq!(times, 1, "seed {seed}: kick {number}"),
                Some(Err(RequestError::Unanswered)) => {
                    assert!(times <= 1, "seed {seed}: kick {number} was done {times} times");
                    unanswered += 1;
                    lost += times;
                }
                other => panic!("seed {seed}: kick {number} got {other:?}"),
            }
        }
        for mut waiting in lists {
            let answer = waiting.try_recv().expect("it is answered before it is forgotten");
            assert!(matches!(answer, Some(Ok(_))), "seed {seed}: {answer:?}");
        }
    }
    assert!(lost > 150 && unanswered > lost + 150, "{lost} of {unanswered} were done");
}
