//! People who come by the JWT of an application: who they are, what they may do, and for how long.

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::Arc;
use std::task::{Context, Waker};

use async_std::task::block_on;
use serde_json::{Value, json};
use support::client::{Client, PASSWORD, rename, send, stranger_wants};
use support::jwt::{Signer, claims, claims_with, now_s, trust};
use support::{eventually, fresh_cid};
use tempfile::TempDir;
use throng_log::{Change, Logins};
use throng_protocol::{
    Claim, CloseCode, Command, ErrorCode, Event, GiveRole, Hello, Link, LogOut, Refresh, RefreshOk,
    RegisterOk, Role,
};

use super::accounts::register;
use super::moderation::ban;
use super::{Server, Setup};
use crate::delivery::peer::{Alarm, Peer};
use crate::delivery::pipe::pipe;
use crate::delivery::transport::Transport;

/// Everything that an issuer may decide.
const ALL: &str = "nick_claim = \"name\"\nrooms_claim = \"rooms\"\nroles_claim = \"role\"\n\
                   [jwt.roles]\nstaff = \"moderator\"\nboard = \"administrator\"";

/// An application, and a server that trusts it.
struct App {
    signer: Signer,
    server: Server,
    _folder: TempDir,
}

impl App {
    fn start(more: &str) -> Self {
        Self::with(more, Server::setup())
    }

    fn with(more: &str, setup: Setup) -> Self {
        let (signer, folder) = (Signer::es256().named("a"), TempDir::new().expect("a directory"));
        let file = trust(folder.path(), &[&signer], more);
        Self { signer, server: setup.with(issuers(&file)).start(), _folder: folder }
    }

    fn jwt(&self, subject: &str, others: Value) -> String {
        self.signer.sign(&claims_with(subject, others))
    }

    fn client(&self, jwt: &str) -> Client {
        Client::greet(self.server.wire(), hello(jwt))
    }

    /// What a hello with this JWT is refused with.
    fn refused(&self, jwt: &str, code: ErrorCode) -> String {
        refused(&self.server, hello(jwt), code)
    }
}

fn issuers(file: &Path) -> [String; 2] {
    ["--issuers-file".to_owned(), file.display().to_string()]
}

fn hello(jwt: &str) -> Command {
    Command::Hello(Hello { jwt: Some(jwt.to_owned()), ..Hello::default() })
}

fn refused(server: &Server, hello: Command, code: ErrorCode) -> String {
    let mut wire = server.wire();
    wire.post(hello);
    wire.expect_fault(code).message
}

fn refresh(jwt: &str) -> Command {
    Command::Refresh(Refresh { jwt: jwt.to_owned() })
}

/// A JWT of a second that has come, so that one after the other is newer.
fn issued(subject: &str, ago_s: u64, others: Value) -> Value {
    let mut claims = claims_with(subject, others);
    claims["iat"] = json!(now_s() - ago_s);
    claims
}

#[test]
fn a_subject_of_an_issuer_is_one_person_with_an_account_and_no_token() {
    let app = App::start(ALL);
    let jwt = app.jwt("17", json!({"name": "ana", "rooms": "*", "role": "staff"}));
    let mut ana = app.client(&jwt);
    let greeting = &ana.greeting;
    assert_eq!(
        (&*greeting.user.nick, greeting.role, &*greeting.token),
        ("ana", Role::Moderator, "")
    );
    assert!(greeting.expires_ms.is_some_and(|ms| (290_000..=300_000).contains(&ms)));
    assert_eq!((greeting.login, greeting.notice.as_deref()), (None, None));
    ana.join("lobby");
    ana.send("lobby", "hello");
    let phone = app.client(&app.jwt("17", json!({"name": "ana", "rooms": "*", "role": "staff"})));
    assert_eq!(phone.greeting.user, ana.greeting.user);
    let other = app.client(&app.jwt("18", json!({"name": "bo", "rooms": "*"})));
    assert_ne!(other.greeting.user.id, ana.greeting.user.id);
    assert_eq!(other.greeting.role, Role::Member);
}

#[test]
fn a_jwt_that_is_not_good_is_refused_and_the_connection_lives() {
    let app = App::start(ALL);
    app.refused(&Signer::es256().named("a").sign(&claims("17")), ErrorCode::BadJwt);
    app.refused("nothing", ErrorCode::BadJwt);
    let mut wire = app.server.wire();
    wire.post(hello("nothing"));
    wire.expect_fault(ErrorCode::BadJwt);
    wire.post(hello(&app.jwt("17", json!({}))));
    assert!(matches!(wire.event(), Event::Ok(_)));
    let good = app.jwt("17", json!({}));
    for beside in [
        Hello { token: Some("a.b".into()), ..Hello::default() },
        Hello { password: Some(PASSWORD.into()), ..Hello::default() },
        Hello { code: Some("ABCDE-FGHJK".into()), ..Hello::default() },
        Hello { reset: Some("a.b".into()), ..Hello::default() },
    ] {
        let both = Command::Hello(Hello { jwt: Some(good.clone()), ..beside });
        refused(&app.server, both, ErrorCode::BadCommand);
    }
    refused(&Server::start(), hello(&good), ErrorCode::BadJwt);
}

#[test]
fn an_expired_jwt_is_refused_by_its_own_code() {
    let app = App::start(ALL);
    let old = app.jwt("17", json!({"iat": now_s() - 100, "exp": now_s() - 50}));
    let words = app.refused(&old, ErrorCode::JwtExpired);
    assert!(words.contains("expired"), "{words}");
}

#[test]
fn an_address_that_guesses_jwts_has_to_wait_and_one_with_expired_ones_does_not() {
    let app = App::with(ALL, Server::strict());
    let old = app.jwt("17", json!({"iat": now_s() - 100, "exp": now_s() - 50}));
    for _ in 0..25 {
        app.refused(&old, ErrorCode::JwtExpired);
    }
    for _ in 0..20 {
        app.refused("nothing", ErrorCode::BadJwt);
    }
    app.refused("nothing", ErrorCode::RateLimited);
}

#[test]
fn a_nick_that_somebody_has_gets_a_mark_that_stays() {
    let app = App::with(ALL, Server::setup().with(["--nick-hold", "0s"]));
    let guest = app.server.guest("ana");
    let jwt = app.jwt("17", json!({"name": "ana", "rooms": "*"}));
    let ana = app.client(&jwt);
    let nick = ana.nick().to_owned();
    assert!(nick.starts_with("ana-") && nick.len() == 8, "{nick}");
    let notice = ana.greeting.notice.as_deref().unwrap_or_default();
    assert!(notice.contains(&nick), "{notice}");
    guest.bye();
    ana.bye();
    assert_eq!(app.client(&jwt).nick(), nick, "also when the other one is free");
    eventually("the other one is free", || stranger_wants(app.server.wire(), "ana").is_ok());
    let mut zoe = app.client(&app.jwt("17", json!({"name": "Zoe Q", "rooms": "*"})));
    assert_eq!(zoe.nick(), "Zoe-Q", "another name is another nick");
    zoe.fail(rename("eve"), ErrorCode::Forbidden);
    // Two people of one name, and one whose name is no nick.
    assert_ne!(app.client(&app.jwt("18", json!({"name": "Zoe Q"}))).nick(), "Zoe-Q");
    assert!(app.client(&app.jwt("19", json!({"name": "!!"}))).nick().starts_with("user-"));
    assert!(app.client(&app.jwt("20", json!({"name": "admin"}))).nick().starts_with("admin-"));
}

#[test]
fn without_a_claim_for_it_the_nick_is_the_persons_own() {
    let app = App::start("");
    let jwt = app.jwt("17", json!({"name": "ana"}));
    let wished = Hello { jwt: Some(jwt.clone()), nick: Some("bo".into()), ..Hello::default() };
    let mut bo = Client::greet(app.server.wire(), Command::Hello(wished));
    assert_eq!(bo.nick(), "bo");
    assert_eq!(bo.rename("eve").token, None);
    assert_eq!(app.client(&jwt).nick(), "eve");
    bo.bye();
    eventually("the name is stored", || app.client(&jwt).nick() == "eve");
}

#[test]
fn rooms_that_the_issuer_does_not_name_are_refused_alike_whether_they_exist_or_not() {
    let app = App::start(ALL);
    let mut guest = app.server.guest("guest");
    let secret = guest.join("secret").room.id;
    let open = guest.join("open").room.id;
    guest.send("secret", "hello");
    let mut ana = app.client(&app.jwt("17", json!({"rooms": ["#open", "new"]})));
    let mut words = Vec::new();
    for room in [
        "secret",
        "#secret",
        "never-was",
        "\u{455}ecret",
        &secret.to_string(),
        "01K9ZS0000R00M000000000001",
    ] {
        words.push(ana.fail(support::client::join(room), ErrorCode::Forbidden).message);
    }
    words.dedup();
    assert_eq!(words.len(), 1, "{words:?}");
    let why = |room: &str| {
        let (command, room) = ("join".to_owned(), Some(room.to_owned()));
        Command::Why(throng_protocol::AskWhy { command, room, person: None, text: None })
    };
    let outside: throng_protocol::WhyOk = ana.get(why("secret"));
    assert!(!outside.allowed && outside.rule.contains("application"), "{}", outside.rule);
    assert!(ana.get::<throng_protocol::WhyOk>(why("open")).allowed);
    ana.join(&open.to_string());
    ana.join("OPEN");
    ana.join("new");
    ana.send("new", "made");
    ana.fail(send("secret", &fresh_cid(), "x"), ErrorCode::NotJoined);
    let by_id = app.client(&app.jwt("18", json!({"rooms": [secret.to_string()]})));
    let mut by_id = by_id;
    by_id.join("secret");
    by_id.fail(support::client::join("open"), ErrorCode::Forbidden);
}

#[test]
fn a_session_goes_on_by_another_jwt_of_the_same_person_without_a_reconnect() {
    let flags = ["--jwt-refresh-before", "298s", "--jwt-grace", "0s"];
    let app = App::with(ALL, Server::setup().with(flags));
    let short = |exp: u64| app.jwt("17", json!({"rooms": "*", "exp": now_s() + exp}));
    let mut ana = app.client(&short(3));
    let mut watched = app.client(&short(3));
    ana.join("lobby");
    let due = loop {
        if let Event::Refresh(due) = ana.push() {
            break due;
        }
    };
    assert!(due.expires_ms <= 3_000, "{due:?}");
    let ok: RefreshOk = ana.get(refresh(&short(300)));
    assert!(ok.expires_ms > 200_000 && ok.role == Role::Member, "{ok:?}");
    // The other one of the same person asks for nothing, and ends.
    let bye = watched.expect_closed(CloseCode::JwtExpired);
    assert!(bye.is_some_and(|bye| !bye.reconnect));
    assert_eq!(ana.send("lobby", "still here").seq, 1);
    ana.barrier();
}

#[test]
fn only_a_good_jwt_of_the_same_person_refreshes() {
    let app = App::start(ALL);
    let mut ana = app.client(&app.jwt("17", json!({"rooms": "*"})));
    ana.fail(refresh("nothing"), ErrorCode::BadJwt);
    ana.fail(refresh(&app.jwt("18", json!({}))), ErrorCode::BadJwt);
    let old = app.jwt("17", json!({"iat": now_s() - 100, "exp": now_s() - 50}));
    ana.fail(refresh(&old), ErrorCode::JwtExpired);
    ana.fail(refresh(&Signer::es256().named("a").sign(&claims("17"))), ErrorCode::BadJwt);
    ana.barrier();
    // Nobody becomes somebody else, and a guest stays one.
    let mut guest = app.server.guest("guest");
    guest.fail(refresh(&app.jwt("17", json!({}))), ErrorCode::BadCommand);
    guest.fail(hello(&app.jwt("17", json!({}))), ErrorCode::HelloTwice);
    let mut member = app.server.member("mia");
    member.fail(refresh(&app.jwt("17", json!({}))), ErrorCode::BadCommand);
}

#[test]
fn a_banned_person_comes_in_and_goes_on_by_no_jwt() {
    let app = App::start(ALL);
    let jwt = app.jwt("17", json!({"name": "ana", "rooms": "*"}));
    let mut ana = app.client(&jwt);
    let mut mia = app.server.staff("mia", Role::Moderator);
    let _ = mia.ask(ban("ana", None)).expect("banned");
    ana.expect_closed(CloseCode::Banned);
    app.refused(&jwt, ErrorCode::Banned);
    app.refused(&app.jwt("17", json!({"name": "other", "rooms": "*"})), ErrorCode::Banned);
}

#[test]
fn an_account_that_was_deleted_here_is_brought_back_by_no_jwt() {
    let app = App::start(ALL);
    let jwt = app.jwt("17", json!({"name": "ana", "rooms": "*"}));
    let ana = app.client(&jwt);
    let person = ana.greeting.user.id;
    let accounts = &app.server.0.identity.accounts;
    block_on(accounts.change(vec![Change::DeleteAccount { person }])).expect("deleted");
    accounts.remember_role(person, Role::Guest);
    app.refused(&jwt, ErrorCode::Forbidden);
    app.refused(&app.jwt("17", json!({"name": "bo"})), ErrorCode::Forbidden);
}

#[test]
fn jwts_from_before_all_sessions_were_ended_are_void() {
    let app = App::start(ALL);
    let jwt = app.jwt("17", json!({"rooms": "*"}));
    let mut ana = app.client(&jwt);
    let person = ana.greeting.user.id;
    let end = vec![Change::EndLogins { person, which: Logins::All }];
    block_on(app.server.0.identity.accounts.change(end)).expect("ended");
    app.refused(&jwt, ErrorCode::JwtExpired);
    ana.fail(refresh(&jwt), ErrorCode::JwtExpired);
    eventually("a JWT of a later second is good", || {
        let mut wire = app.server.wire();
        wire.post(hello(&app.jwt("17", json!({"rooms": "*"}))));
        matches!(wire.event(), Event::Ok(_))
    });
}

#[test]
fn a_session_by_a_jwt_ends_with_all_logins_and_its_jwt_brings_nobody_back() {
    let app = App::start(ALL);
    let jwt = app.jwt("17", json!({"name": "bo", "rooms": "*"}));
    let mut ana = app.server.staff("ana", Role::Administrator);
    let (mut bo, mut phone) = (app.client(&jwt), app.client(&jwt));
    let (person, reason) = (Some("bo".to_owned()), "left the company".to_owned());
    let _ =
        ana.ask(Command::LogOut(LogOut { person, reason, ..LogOut::default() })).expect("ended");
    bo.expect_closed(CloseCode::LoggedOut);
    phone.expect_closed(CloseCode::LoggedOut);
    let words = app.refused(&jwt, ErrorCode::JwtExpired);
    assert!(words.contains("were ended"), "{words}");
    eventually("a JWT of a later second is good", || {
        let mut wire = app.server.wire();
        wire.post(hello(&app.jwt("17", json!({"name": "bo", "rooms": "*"}))));
        matches!(wire.event(), Event::Ok(_))
    });
}

#[test]
fn an_end_of_all_logins_between_a_jwt_and_its_greeting_closes_the_session() {
    let app = App::start(ALL);
    let jwt = app.jwt("17", json!({"name": "bo", "rooms": "*"}));
    let identity = &app.server.0.identity;
    let person = app.client(&jwt).greeting.user.id;
    let vouched = block_on(identity.jwts.judge(&jwt)).expect("good");
    let admitted = block_on(identity.admit(vouched, None)).expect("admitted");
    let end = vec![Change::EndLogins { person, which: Logins::All }];
    block_on(identity.accounts.change(end)).expect("ended");
    let (near, _far) = pipe(1_024);
    let peer = Peer::new(7, Transport::Pipe(near), Arc::clone(&app.server.0.budget));
    let slot = app.server.0.slots.take(IpAddr::V4(Ipv4Addr::LOCALHOST)).expect("a slot");
    let said = Hello::default();
    let greeting = identity.greet_admitted(admitted, &said, &peer, &slot);
    let _session = block_on(greeting).expect("let in, and out again");
    let driven = peer.drive(&mut Context::from_waker(Waker::noop())).expect("driven");
    assert_eq!(driven.alarm, Some(Alarm::LoggedOut));
}

#[test]
fn an_older_jwt_brings_no_right_back() {
    let app = App::start(ALL);
    let sign = |ago, others| app.signer.sign(&issued("17", ago, others));
    let strong = sign(20, json!({"name": "ana", "rooms": "*", "role": "board"}));
    let weak = sign(10, json!({"name": "ana", "rooms": ["lobby"], "role": "member"}));
    let mut ana = app.client(&strong);
    assert_eq!(ana.greeting.role, Role::Administrator);
    ana.join("lobby");
    ana.join("board");
    let mut guest = app.server.guest("guest");
    guest.join("board");
    // On another device, the application takes rights away: they are gone on this one too.
    let phone = app.client(&weak);
    assert_eq!(phone.greeting.role, Role::Member);
    ana.barrier();
    let removed = |event| match event {
        Event::Removed(removed) => Some(removed.room),
        _ => None,
    };
    let removed: Vec<_> = ana.take_pushes().into_iter().filter_map(removed).collect();
    assert_eq!(removed, [guest.id_of("board")]);
    ana.fail(ban("guest", None), ErrorCode::Forbidden);
    ana.fail(send("board", &fresh_cid(), "x"), ErrorCode::NotJoined);
    ana.fail(support::client::join("board"), ErrorCode::Forbidden);
    ana.send("lobby", "still here");
    // The older JWT has not expired, and lets the same person in with what they have now.
    let mut again = app.client(&strong);
    assert_eq!(again.greeting.role, Role::Member);
    again.fail(support::client::join("board"), ErrorCode::Forbidden);
    let ok: RefreshOk = again.get(refresh(&strong));
    assert_eq!(ok.role, Role::Member);
    again.fail(ban("guest", None), ErrorCode::Forbidden);
    let newer = sign(0, json!({"name": "ana", "rooms": "*", "role": "board"}));
    let ok: RefreshOk = again.get(refresh(&newer));
    assert_eq!(ok.role, Role::Administrator);
    ana.join("board");
}

#[test]
fn what_an_issuer_decides_is_changed_there_and_leaves_no_way_around_it() {
    let app = App::start(ALL);
    let jwt = app.jwt("17", json!({"name": "ana", "rooms": "*", "role": "board"}));
    let mut ana = app.client(&jwt);
    let change = |old: &str, new: &str| {
        Command::Password(throng_protocol::ChangePassword { old: old.into(), new: new.into() })
    };
    let unregister = throng_protocol::Unregister { password: String::new(), messages: false };
    let factor =
        throng_protocol::SetSecondFactor { password: String::new(), code: None, off: false };
    let owner = block_on(app.server.0.identity.accounts.make_owner_link()).expect("a link");
    for command in [
        // A code or a password would let the person in without the issuer.
        Command::Link(Link {}),
        register(PASSWORD),
        change("", PASSWORD),
        Command::Unregister(unregister),
        Command::SecondFactor(factor),
        Command::Claim(Claim { secret: owner.clone() }),
        rename("eve"),
    ] {
        ana.fail(command, ErrorCode::Forbidden);
    }
    assert!(!app.server.0.identity.accounts.has_owner());
    let mut mia = app.server.staff("mia", Role::Owner);
    let give = |person: &str, role| {
        Command::Role(GiveRole { person: person.into(), role, reason: String::new() })
    };
    let words = mia.fail(give("ana", Role::Member), ErrorCode::Forbidden).message;
    assert!(words.contains("another application"), "{words}");
    // A link for a new password, as an administrator makes one, gives none either.
    let person = ana.greeting.user.id;
    let secret = block_on(app.server.0.identity.accounts.make_reset(person)).expect("a link");
    let reset = Hello { reset: Some(secret), password: Some(PASSWORD.into()), ..Hello::default() };
    refused(&app.server, Command::Hello(reset), ErrorCode::Forbidden);
    refused(&app.server, support::client::log_in("ana", PASSWORD), ErrorCode::WrongPassword);
    ana.barrier();
}

#[test]
fn where_the_issuer_has_no_say_roles_are_given_here() {
    let app = App::start("nick_claim = \"name\"");
    let jwt = app.jwt("17", json!({"name": "ana", "role": "board"}));
    let mut ana = app.client(&jwt);
    assert_eq!(ana.greeting.role, Role::Member);
    let mut mia = app.server.staff("mia", Role::Owner);
    let (person, reason) = ("ana".into(), String::new());
    let give = GiveRole { person, role: Role::Moderator, reason };
    let _ = mia.ask(Command::Role(give)).expect("given");
    let ok: RefreshOk = ana.get(refresh(&jwt));
    assert_eq!((ok.role, app.client(&jwt).greeting.role), (Role::Moderator, Role::Moderator));
}

#[test]
fn the_audit_log_has_what_an_issuer_granted() {
    let app = App::start(ALL);
    let sign = |ago, role: &str| {
        app.signer.sign(&issued("17", ago, json!({"name": "ana", "rooms": "*", "role": role})))
    };
    app.client(&sign(9, "staff")).bye();
    app.client(&sign(5, "member")).bye();
    let mut mia = app.server.staff("mia", Role::Moderator);
    let read = throng_protocol::ReadAudit { before: None, room: None };
    let audit: throng_protocol::AuditOk = mia.get(Command::Audit(read));
    let done: Vec<_> =
        audit.entries.iter().filter(|it| it.by_name.contains("app.example")).collect();
    let done: Vec<_> = done.iter().map(|it| (&*it.action, &*it.subject)).collect();
    assert!(done.contains(&("vouch moderator", "ana")), "{done:?}");
    assert!(done.iter().any(|(action, _)| *action == "role member"), "{done:?}");
}

#[test]
fn somebody_who_comes_by_a_jwt_needs_no_guests_and_is_no_stranger_to_accounts() {
    let app = App::with(ALL, Server::setup().with(["--guests", "false"]));
    let mut ana = app.client(&app.jwt("17", json!({"name": "ana", "rooms": "*"})));
    ana.join("lobby");
    // A nick of somebody with an account is theirs, whatever an issuer says.
    let open = App::start(ALL);
    let mut bo = open.server.guest("bo");
    let _: RegisterOk = bo.get(register(PASSWORD));
    let other = open.client(&open.jwt("17", json!({"name": "bo", "rooms": "*"})));
    assert_ne!(other.greeting.user.id, bo.greeting.user.id);
    assert_ne!(other.nick(), "bo");
}

#[test]
fn a_hello_may_be_longer_where_a_jwt_may_be_in_it_and_not_elsewhere() {
    let app = App::start(ALL);
    let long = json!({"rooms": "*", "more": "x".repeat(5_000)});
    app.client(&app.jwt("17", long.clone())).bye();
    let plain = Server::start();
    let mut wire = plain.wire();
    wire.post(hello(&app.jwt("17", long)));
    wire.expect_bye(CloseCode::TooBig);
    let mut wire = app.server.wire();
    wire.post(hello(&"x".repeat(13_000)));
    wire.expect_bye(CloseCode::TooBig);
}

/// Of many hellos at once of somebody new, all are the same person.
#[test]
fn who_comes_for_the_first_time_on_many_devices_at_once_is_one_person() {
    let app = App::start(ALL);
    let jwt = app.jwt("17", json!({"name": "ana", "rooms": "*"}));
    let people: Vec<_> = std::thread::scope(|scope| {
        let hello = || app.client(&jwt).greeting.user.id;
        let coming: Vec<_> = (0..8).map(|_| scope.spawn(hello)).collect();
        coming.into_iter().map(|it| it.join().expect("no panic")).collect()
    });
    assert!(people.iter().all(|person| *person == people[0]), "{people:?}");
}
