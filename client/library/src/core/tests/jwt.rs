//! JWTs in the core: what is said with them, when another one is due, and what a refusal does.

use std::time::Duration;

use serde_json::Value;
use throng_protocol::Role;

use super::facts::{GREETING, secs};
use crate::core::{Core, Step};
use crate::error::DisconnectReason;
use crate::event::{Event, State};
use crate::options::Options;

fn core() -> Core {
    Core::new(&Options::jwt(|| async { Ok(String::new()) }), 7, None)
}

fn hello(core: &mut Core, now: Duration, jwt: &str) -> Value {
    assert_eq!(core.step(now), Step::Dial);
    core.bring_jwt(jwt.to_owned());
    core.opened(now);
    written(core)
}

fn written(core: &mut Core) -> Value {
    serde_json::from_str(&core.take_write().expect("something is written")).expect("JSON")
}

/// A core that was greeted at the time 0, by a JWT for a hundred seconds.
fn greeted() -> Core {
    let mut core = core();
    hello(&mut core, Duration::ZERO, "a.b.c");
    let greeting = GREETING.replace(r#""token":"v1.a""#, r#""role":"member","expires_ms":100000"#);
    core.frame(Duration::ZERO, &greeting);
    while core.next_event().is_some() {}
    core
}

fn refuse(core: &mut Core, now: Duration, id: u64, code: &str) {
    core.frame(now, &format!(r#"{{"type":"error","id":{id},"code":"{code}","message":"no"}}"#));
}

#[test]
fn a_jwt_is_said_alone_and_there_is_no_token_after_it() {
    let mut core = core();
    let long = "x".repeat(8_192);
    let first = hello(&mut core, Duration::ZERO, &long);
    assert_eq!(first["jwt"], long.as_str());
    for absent in ["token", "password", "code", "nick"] {
        assert_eq!(first[absent], Value::Null, "{absent}");
    }
    let core = greeted();
    assert_eq!((core.token(), core.role()), (None, Role::Member));
    let told = format!("{:?}", Options::jwt(|| async { Ok("secret".to_owned()) }));
    assert!(!told.contains("secret"), "{told}");
}

#[test]
fn another_jwt_is_due_before_the_end_and_at_once_when_the_server_asks() {
    let mut core = greeted();
    assert!(!core.wants_jwt(secs(84)) && core.wants_jwt(secs(86)));
    assert!(core.deadline(secs(1)).is_some_and(|at| at <= secs(86)));
    core.frame(secs(40), r#"{"type":"refresh","expires_ms":60000}"#);
    assert!(core.wants_jwt(secs(40)));
    core.fetched_jwt(secs(40), Ok("d.e.f".to_owned()));
    let command = written(&mut core);
    assert_eq!((&command["type"], &command["jwt"]), (&"refresh".into(), &"d.e.f".into()));
    assert!(!core.wants_jwt(secs(90)), "one is on its way");
    let id = &command["id"];
    let ok = format!(r#"{{"type":"ok","id":{id},"expires_ms":100000,"role":"moderator"}}"#);
    core.frame(secs(41), &ok);
    assert_eq!(core.role(), Role::Moderator);
    assert!(!core.wants_jwt(secs(41 + 84)) && core.wants_jwt(secs(41 + 86)));
}

#[test]
fn a_jwt_that_cannot_be_had_is_asked_for_again_and_one_that_is_refused_is_told() {
    let mut core = greeted();
    core.fetched_jwt(secs(86), Err("no network".to_owned()));
    assert!(!core.wants_jwt(secs(86)) && core.wants_jwt(secs(89)));
    core.fetched_jwt(secs(89), Ok("d.e.f".to_owned()));
    let id = written(&mut core)["id"].as_u64().expect("an id");
    refuse(&mut core, secs(90), id, "bad_jwt");
    assert!(matches!(core.next_event(), Some(Event::Refused { room: None, .. })));
    assert!(!core.wants_jwt(secs(90)) && core.wants_jwt(secs(99)));
    core.fetched_jwt(secs(99), Ok("d.e.f".to_owned()));
    let id = written(&mut core)["id"].as_u64().expect("an id");
    refuse(&mut core, secs(99), id, "busy");
    assert_eq!(core.next_event(), None);
    assert!(core.wants_jwt(secs(120)));
}

#[test]
fn who_has_another_jwt_comes_back_after_an_expired_one() {
    let bye = r#"{"type":"bye","code":4503,"reason":"expired","reconnect":false}"#;
    let mut core = greeted();
    core.frame(secs(130), bye);
    assert!(matches!(core.state(), State::Offline { .. }), "{:?}", core.state());
    assert_eq!(hello(&mut core, secs(200), "d.e.f")["jwt"], "d.e.f");
    refuse(&mut core, secs(200), 2, "jwt_expired");
    assert!(matches!(core.state(), State::Offline { .. }), "{:?}", core.state());
    assert_eq!(core.step(secs(300)), Step::Dial);
    core.lost(secs(300), DisconnectReason::Jwt { problem: "no network".to_owned() });
    assert!(matches!(core.state(), State::Offline { .. }), "{:?}", core.state());
    let (now, jwt) = (secs(400), "g.h.i");
    hello(&mut core, now, jwt);
    refuse(&mut core, now, 3, "bad_jwt");
    assert!(core.is_finished(), "no other one of this application will be better");
    let mut guest = Core::new(&Options::guest("ana"), 7, None);
    assert_eq!(guest.step(Duration::ZERO), Step::Dial);
    guest.opened(Duration::ZERO);
    guest.frame(Duration::ZERO, GREETING);
    guest.frame(secs(1), bye);
    assert!(guest.is_finished());
}
