//! Accounts: a guest becomes somebody with a password, on every device.

use std::time::Duration;

use async_std::task::block_on;
use support::client::{Client, PASSWORD, hello, log_in, rename, stranger_wants};
use support::{eventually, fresh_cid};
use throng_protocol::{
    AuditOk, ChangePassword, Claim, CloseCode, Command, ErrorCode, Event, GiveRole, Greeting,
    Hello, Link, LinkOk, ListLogins, LogOut, LoginsOk, ReadAudit, Register, RegisterOk, Role,
    SecondFactorOk, SetSecondFactor, Unregister,
};

use super::Server;
use crate::identity::totp::Secret;

const OTHER: &str = "turtle in the rain";

pub(super) fn register(password: &str) -> Command {
    Command::Register(Register { password: password.into(), invitation: None })
}

fn change(old: &str, new: &str) -> Command {
    Command::Password(ChangePassword { old: old.into(), new: new.into() })
}

fn log_out(login: Option<u64>, others: bool) -> Command {
    Command::LogOut(LogOut { login, others, ..LogOut::default() })
}

fn unregister(password: &str) -> Command {
    Command::Unregister(Unregister { password: password.into(), messages: false })
}

impl Server {
    /// Somebody new with an account.
    pub(super) fn member(&self, nick: &str) -> Client {
        let mut client = self.guest(nick);
        let _: RegisterOk = client.get(register(PASSWORD));
        client
    }

    /// Somebody new with an account and this role.
    pub(super) fn staff(&self, nick: &str, role: Role) -> Client {
        let client = self.member(nick);
        let accounts = &self.0.identity.accounts;
        let note = accounts.audit(None, "server", "role", nick);
        block_on(accounts.set_role(client.greeting.user.id, role, note)).expect("stored");
        client
    }

    /// The same person on another device.
    pub(super) fn device(&self, nick: &str) -> Client {
        Client::account(self.wire(), nick, PASSWORD)
    }
}

/// What a hello is refused with.
fn refused(server: &Server, hello: Command, code: ErrorCode) -> String {
    let mut wire = server.wire();
    wire.post(hello);
    wire.expect_fault(code).message
}

fn logins(client: &mut Client) -> Vec<u64> {
    let listed: LoginsOk = client.get(Command::Logins(ListLogins {}));
    listed.logins.into_iter().map(|login| login.login).collect()
}

#[test]
fn a_guest_who_registers_keeps_id_nick_and_what_they_said() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    ana.join("lobby");
    let cid = fresh_cid();
    let said = ana.send_as("lobby", &cid, "as a guest");
    let of_guest = ana.token().to_owned();
    let registered: RegisterOk = ana.get(register(PASSWORD));
    assert_eq!((&registered.user, registered.role), (&ana.greeting.user, Role::Member));
    let again = ana.send_as("lobby", &cid, "as a guest");
    assert_eq!((again.seq, again.dup), (said.seq, true));

    let phone = server.device("ANA");
    assert_eq!((&phone.greeting.user, phone.greeting.role), (&ana.greeting.user, Role::Member));
    let back = server.known(&registered.token);
    assert_eq!(back.greeting.user, ana.greeting.user);
    assert_eq!((back.token(), back.greeting.login), (&*registered.token, Some(registered.login)));
    let words = refused(&server, hello(None, Some(&of_guest)), ErrorCode::BadToken);
    assert!(words.contains("log in"), "{words}");
    ana.fail(register(PASSWORD), ErrorCode::HasAccount);
}

#[test]
fn a_wrong_password_and_an_unknown_name_get_the_same_answer() {
    let server = Server::start();
    let _ana = server.member("ana");
    let wrong = refused(&server, log_in("ana", OTHER), ErrorCode::WrongPassword);
    let unknown = refused(&server, log_in("nobody", OTHER), ErrorCode::WrongPassword);
    let empty = refused(&server, log_in("ana", ""), ErrorCode::WrongPassword);
    let no_nick = Hello { password: Some(PASSWORD.into()), ..Hello::default() };
    refused(&server, Command::Hello(no_nick), ErrorCode::BadCommand);
    assert_eq!((&wrong, &wrong), (&unknown, &empty));
    let mut wire = server.wire();
    wire.post(log_in("ana", OTHER));
    wire.expect_fault(ErrorCode::WrongPassword);
    wire.post(log_in("ana", PASSWORD));
    assert!(matches!(wire.event(), Event::Ok(_)), "the connection lives");
}

#[test]
fn passwords_that_would_be_guessed_are_refused() {
    let server = Server::start();
    let mut ana = server.guest("anastasia");
    for bad in ["", "short", "password1", "Anastasia", &"x".repeat(2_000)] {
        ana.fail(register(bad), ErrorCode::BadPassword);
    }
    assert_eq!(ana.greeting.role, Role::Guest);
    let _: RegisterOk = ana.get(register(PASSWORD));
    ana.fail(change(PASSWORD, "password1"), ErrorCode::BadPassword);
}

#[test]
fn many_wrong_passwords_for_one_name_have_to_wait_wherever_they_come_from() {
    let server = Server::start();
    let _ana = server.member("ana");
    for _ in 0..10 {
        refused(&server, log_in("ana", OTHER), ErrorCode::WrongPassword);
    }
    let mut wire = server.wire();
    wire.post(log_in("ana", OTHER));
    let fault = wire.expect_fault(ErrorCode::RateLimited);
    assert!(fault.retry_ms.is_some_and(|wait| (1..=60_000).contains(&wait)), "{fault:?}");
    refused(&server, log_in("bo", OTHER), ErrorCode::WrongPassword);
}

#[test]
fn a_device_that_was_in_before_is_not_kept_out_by_what_others_try() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    let secret = ana.get::<RegisterOk>(register(PASSWORD)).device_secret.expect("a secret");
    let mut bo = server.guest("bo");
    let of_bo = bo.get::<RegisterOk>(register(PASSWORD)).device_secret.expect("a secret");
    for _ in 0..10 {
        refused(&server, log_in("ana", OTHER), ErrorCode::WrongPassword);
    }
    let with = |secret: &str, password: &str| {
        let Command::Hello(hello) = log_in("ana", password) else { panic!("a hello") };
        Command::Hello(Hello { device_secret: Some(secret.into()), ..hello })
    };
    for other in ["", "x", &of_bo, &secret[1..]] {
        refused(&server, with(other, PASSWORD), ErrorCode::RateLimited);
    }
    let back = Client::greet(server.wire(), with(&secret, PASSWORD));
    assert_eq!(back.greeting.user, ana.greeting.user);
    assert_ne!(back.greeting.device_secret, Some(secret.clone()), "each login has another one");
    // It opens nothing, and gives no more guesses than the name has.
    let alone = Hello { device_secret: Some(secret.clone()), ..Hello::default() };
    let somebody = Client::greet(server.wire(), Command::Hello(alone));
    assert_eq!((somebody.greeting.role, &somebody.greeting.device_secret), (Role::Guest, &None));
    for _ in 0..10 {
        refused(&server, with(&secret, OTHER), ErrorCode::WrongPassword);
    }
    refused(&server, with(&secret, PASSWORD), ErrorCode::RateLimited);
}

#[test]
fn who_is_logged_in_changes_the_password_whatever_others_try() {
    let server = Server::start();
    let mut ana = server.member("ana");
    for _ in 0..10 {
        refused(&server, log_in("ana", OTHER), ErrorCode::WrongPassword);
    }
    refused(&server, log_in("ana", PASSWORD), ErrorCode::RateLimited);
    let _ = ana.ask(change(PASSWORD, OTHER)).expect("changed");
    for _ in 0..10 {
        ana.fail(change(PASSWORD, OTHER), ErrorCode::WrongPassword);
    }
    ana.fail(change(OTHER, PASSWORD), ErrorCode::RateLimited);
}

#[test]
fn an_address_that_guesses_passwords_has_to_wait() {
    let server = Server::strict().start();
    for number in 0..20 {
        refused(&server, log_in(&format!("name-{number}"), OTHER), ErrorCode::WrongPassword);
    }
    refused(&server, log_in("another", OTHER), ErrorCode::RateLimited);
    server.guest("bo").bye();
}

#[test]
fn the_name_of_an_account_is_its_owners_for_ever() {
    let server = Server::with(["--nick-hold", "0s", "--nick-reserve", "0s"]).start();
    let ana = server.member("ana");
    ana.bye();
    let mut bo = server.guest("bo");
    for _ in 0..3 {
        let taken = stranger_wants(server.wire(), "Ana").expect_err("it is an account's");
        assert_eq!(taken.code, ErrorCode::NickTaken);
        bo.fail(rename("ANA"), ErrorCode::NickTaken);
    }
    let mut ana = server.device("ana");
    ana.rename("anastasia");
    assert_eq!(bo.rename("ana").user.nick, "ana", "the name before is free");
    assert_eq!(server.device("anastasia").greeting.user.id, ana.greeting.user.id);
    refused(&server, log_in("ana", PASSWORD), ErrorCode::WrongPassword);
    assert_eq!(ana.rename("Anastasia").token, None, "the login's token stays");
}

#[test]
fn a_reserved_nick_is_for_administrators_alone() {
    let server = Server::start();
    for nick in ["admin", "Admin", "\u{430}dmin", "throng"] {
        let refused = stranger_wants(server.wire(), nick).expect_err("reserved");
        assert_eq!(refused.code, ErrorCode::NickTaken, "{nick}");
        assert!(refused.message.contains("reserved"), "{}", refused.message);
    }
    server.staff("mia", Role::Moderator).fail(rename("admin"), ErrorCode::NickTaken);
    let mut ada = server.staff("ada", Role::Administrator);
    assert_eq!(ada.rename("admin").user.nick, "admin");
    let note = server.0.identity.accounts.audit(None, "server", "role", "admin");
    let id = ada.greeting.user.id;
    block_on(server.0.identity.accounts.set_role(id, Role::Member, note)).expect("stored");
    assert_eq!(server.device("admin").greeting.user.id, id, "what they have stays theirs");
    let open = Server::with(["--reserved-nicks", ""]).start();
    assert_eq!(open.guest("admin").nick(), "admin");
}

#[test]
fn devices_are_listed_and_logged_out_one_by_one_or_all_at_once() {
    let server = Server::start();
    let mut desk = server.member("ana");
    let (mut phone, mut pad) = (server.device("ana"), server.device("ana"));
    assert_eq!(logins(&mut desk).len(), 3);
    let listed: LoginsOk = phone.get(Command::Logins(ListLogins {}));
    let current: Vec<_> = listed.logins.iter().filter(|login| login.current).collect();
    assert_eq!(current.iter().map(|it| Some(it.login)).collect::<Vec<_>>(), [phone.greeting.login]);
    assert_eq!((&*current[0].device, &*current[0].address), ("a test", "127.0.0.1"));

    let _ = desk.ask(log_out(pad.greeting.login, false)).expect("ended");
    pad.expect_closed(CloseCode::LoggedOut);
    let words = refused(&server, hello(None, Some(pad.token())), ErrorCode::BadToken);
    assert!(words.contains("ended"), "{words}");
    desk.fail(log_out(Some(1), true), ErrorCode::BadCommand);

    let _ = desk.ask(log_out(None, true)).expect("ended");
    phone.expect_closed(CloseCode::LoggedOut);
    assert_eq!(logins(&mut desk).len(), 1);
    let again = server.device("ana");
    let _ = desk.ask(log_out(None, false)).expect("ended");
    desk.expect_closed(CloseCode::LoggedOut);
    again.bye();
}

#[test]
fn somebody_elses_login_cannot_be_ended() {
    let server = Server::start();
    let (ana, mut bo) = (server.member("ana"), server.member("bo"));
    let device = server.device("ana");
    let _ = bo.ask(log_out(device.greeting.login, false)).expect("nothing is ended");
    server.known(device.token()).bye();
    let mut ana = ana;
    ana.barrier();
}

/// Ends all logins of somebody else.
fn log_out_other(person: &str, reason: &str) -> Command {
    let (person, reason) = (Some(person.to_owned()), reason.to_owned());
    Command::LogOut(LogOut { person, reason, ..LogOut::default() })
}

#[test]
fn an_administrator_ends_all_logins_of_somebody_else_and_it_is_written_down() {
    let server = Server::start();
    let mut ana = server.staff("ana", Role::Administrator);
    let (mut desk, mut phone) = (server.member("bo"), server.device("bo"));
    let code: LinkOk = desk.get(Command::Link(Link {}));
    desk.join("lobby");
    let _ = ana.ask(log_out_other("bo", "lost a telephone")).expect("ended");
    desk.expect_closed(CloseCode::LoggedOut);
    phone.expect_closed(CloseCode::LoggedOut);
    for token in [desk.token(), phone.token()] {
        refused(&server, hello(None, Some(token)), ErrorCode::BadToken);
    }
    let by_code = Command::Hello(Hello { code: Some(code.code), ..Hello::default() });
    refused(&server, by_code, ErrorCode::BadCode);
    let audit: AuditOk = ana.get(Command::Audit(ReadAudit::default()));
    let entry = &audit.entries[0];
    let written = (&*entry.action, &*entry.by_name, &*entry.subject, &*entry.reason);
    assert_eq!(written, ("logout", "ana", "bo", "lost a telephone"));
    // Nobody is kept out who knows the password.
    server.device("bo").bye();
    ana.barrier();
}

#[test]
fn nobody_ends_the_logins_of_an_equal_or_somebody_above_or_of_nobody() {
    let server = Server::start();
    let mut ana = server.staff("ana", Role::Administrator);
    let mut eve = server.staff("eve", Role::Administrator);
    let mut mod_ = server.staff("mo", Role::Moderator);
    let mut bo = server.member("bo");
    for client in [&mut bo, &mut mod_] {
        client.fail(log_out_other("bo", ""), ErrorCode::Forbidden);
    }
    ana.fail(log_out_other("eve", ""), ErrorCode::Forbidden);
    ana.fail(log_out_other("ana", ""), ErrorCode::Forbidden);
    let mut guest = server.guest("guest-7");
    ana.fail(log_out_other("guest-7", ""), ErrorCode::NoAccount);
    ana.fail(log_out_other("nobody-here", ""), ErrorCode::NoSuchPerson);
    ana.fail(log_out_other("bo", &"x".repeat(401)), ErrorCode::BadCommand);
    for both in [
        LogOut { person: Some("bo".into()), others: true, ..LogOut::default() },
        LogOut { person: Some("bo".into()), login: Some(1), ..LogOut::default() },
    ] {
        ana.fail(Command::LogOut(both), ErrorCode::BadCommand);
    }
    for client in [&mut ana, &mut eve, &mut mod_, &mut bo, &mut guest] {
        client.barrier();
    }
}

#[test]
fn a_new_password_logs_all_other_devices_out() {
    let server = Server::start();
    let mut desk = server.member("ana");
    let mut phone = server.device("ana");
    desk.fail(change(OTHER, "another one for me"), ErrorCode::WrongPassword);
    let _ = desk.ask(change(PASSWORD, OTHER)).expect("changed");
    phone.expect_closed(CloseCode::LoggedOut);
    refused(&server, log_in("ana", PASSWORD), ErrorCode::WrongPassword);
    Client::account(server.wire(), "ana", OTHER).bye();
    desk.barrier();
}

#[test]
fn a_deleted_account_frees_its_name_and_its_person_is_gone() {
    let server = Server::with(["--nick-hold", "0s", "--nick-reserve", "0s"]).start();
    let mut ana = server.member("ana");
    let mut phone = server.device("ana");
    ana.fail(unregister(OTHER), ErrorCode::WrongPassword);
    let _ = ana.ask(unregister(PASSWORD)).expect("deleted");
    ana.expect_closed(CloseCode::LoggedOut);
    phone.expect_closed(CloseCode::LoggedOut);
    refused(&server, log_in("ana", PASSWORD), ErrorCode::WrongPassword);
    refused(&server, hello(None, Some(phone.token())), ErrorCode::BadToken);
    eventually("the name is free", || stranger_wants(server.wire(), "ana").is_ok());
    // Nobody comes back as the person who is gone, with a token from before the account either.
    refused(&server, hello(None, Some(ana.token())), ErrorCode::BadToken);
    assert_ne!(server.anybody().greeting.user.id, ana.greeting.user.id);
}

#[test]
fn guests_have_no_logins_and_no_password() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    for command in [
        Command::Logins(ListLogins {}),
        change("a", "b"),
        log_out(None, false),
        unregister(PASSWORD),
    ] {
        ana.fail(command, ErrorCode::NoAccount);
    }
    ana.fail(Command::Claim(Claim { secret: "nothing".into() }), ErrorCode::NoAccount);
}

#[test]
fn a_server_without_guests_lets_only_accounts_in() {
    let server = Server::with(["--guests", "false"]).start();
    refused(&server, hello(Some("ana"), None), ErrorCode::AccountNeeded);
    refused(&server, hello(None, None), ErrorCode::AccountNeeded);
    let accounts = &server.0.identity.accounts;
    assert!(!accounts.has_owner());
}

#[test]
fn where_accounts_need_an_invitation_it_is_used_once() {
    let server = Server::with(["--registration", "invite"]).start();
    let (mut ana, mut bo) = (server.guest("ana"), server.guest("bo"));
    ana.fail(register(PASSWORD), ErrorCode::RegistrationClosed);
    let making = server.0.identity.accounts.make_invitation(1, Duration::from_secs(60));
    let secret = block_on(making).expect("stored");
    let invited = |invitation: &str| {
        let (password, invitation) = (PASSWORD.into(), Some(invitation.to_owned()));
        Command::Register(Register { password, invitation })
    };
    ana.fail(invited("wrong"), ErrorCode::BadLink);
    let _: RegisterOk = ana.get(invited(&secret));
    bo.fail(invited(&secret), ErrorCode::BadLink);
    let closed = Server::with(["--registration", "closed"]).start();
    closed.guest("ana").fail(invited(&secret), ErrorCode::RegistrationClosed);
}

#[test]
fn a_link_for_a_new_password_is_used_once_and_ends_all_logins() {
    let server = Server::start();
    let mut ana = server.member("ana");
    let making = server.0.identity.accounts.make_reset(ana.greeting.user.id);
    let secret = block_on(making).expect("stored");
    let reset = |secret: &str, password: &str| {
        let (reset, password) = (Some(secret.to_owned()), Some(password.to_owned()));
        Command::Hello(Hello { reset, password, ..Hello::default() })
    };
    refused(&server, reset(&secret, "short"), ErrorCode::BadPassword);
    let other = format!("{}x", &secret[..secret.len() - 1]);
    for wrong in ["", "x", &*other] {
        refused(&server, reset(wrong, OTHER), ErrorCode::BadLink);
    }
    let back = Client::greet(server.wire(), reset(&secret, OTHER));
    assert_eq!(back.greeting.user, ana.greeting.user);
    ana.expect_closed(CloseCode::LoggedOut);
    refused(&server, reset(&secret, PASSWORD), ErrorCode::BadLink);
    Client::account(server.wire(), "ana", OTHER).bye();
    server.known(back.token()).bye();
}

#[test]
fn the_link_of_the_owner_makes_one_owner_whom_no_role_reaches() {
    let server = Server::start();
    let mut ana = server.member("ana");
    let secret = block_on(server.0.identity.accounts.make_owner_link()).expect("stored");
    let claim = |secret: &str| Command::Claim(Claim { secret: secret.into() });
    ana.fail(claim("wrong"), ErrorCode::BadLink);
    let _ = ana.ask(claim(&secret)).expect("claimed");
    let mut eve = server.staff("eve", Role::Administrator);
    eve.fail(claim(&secret), ErrorCode::BadLink);
    let to_ana = |role| {
        let (person, reason) = ("@ana".to_owned(), String::new());
        Command::Role(GiveRole { person, role, reason })
    };
    eve.fail(to_ana(Role::Member), ErrorCode::Forbidden);
    ana.fail(to_ana(Role::Member), ErrorCode::Forbidden);
    ana.fail(unregister(PASSWORD), ErrorCode::Forbidden);
    let back: Greeting = server.device("ana").greeting;
    assert_eq!(back.role, Role::Owner);
    assert!(server.0.identity.accounts.has_owner());
}

/// The code that an app with this secret shows now, or some steps later.
fn app_code(secret: &str, later: u64) -> String {
    let bytes = data_encoding::BASE32_NOPAD.decode(secret.as_bytes()).expect("base 32");
    let now = throng_log::clock::unix_ms() / 1_000 + 30 * later;
    Secret::from_bytes(bytes.try_into().expect("20 bytes")).code(now)
}

#[test]
fn a_second_factor_is_asked_for_and_each_code_is_good_once() {
    let server = Server::start();
    let mut ana = server.member("ana");
    let set = |password: &str, code: Option<&str>, off| {
        let (password, code) = (password.to_owned(), code.map(str::to_owned));
        Command::SecondFactor(SetSecondFactor { password, code, off })
    };
    ana.fail(set(OTHER, None, false), ErrorCode::WrongPassword);
    ana.fail(set(PASSWORD, Some("000000"), false), ErrorCode::BadCommand);
    let offered: SecondFactorOk = ana.get(set(PASSWORD, None, false));
    let secret = offered.secret.expect("a secret");
    assert!(offered.uri.is_some_and(|uri| uri.contains(&secret) && uri.starts_with("otpauth://")));
    ana.fail(set(PASSWORD, Some("12345"), false), ErrorCode::WrongSecondFactor);
    server.device("ana").bye();
    let on: SecondFactorOk = ana.get(set(PASSWORD, Some(&app_code(&secret, 0)), false));
    assert_eq!(on.recovery.len(), 10);
    // Nobody puts another app in its place who has not its code.
    let known: SecondFactorOk = ana.get(set(PASSWORD, None, false));
    assert_eq!(known, SecondFactorOk { on: true, ..Default::default() });
    ana.fail(set(PASSWORD, Some(&app_code(&secret, 1)), false), ErrorCode::BadCommand);

    let with = |code: &str| {
        let Command::Hello(hello) = log_in("ana", PASSWORD) else { unreachable!() };
        Command::Hello(Hello { second_factor: Some(code.into()), ..hello })
    };
    refused(&server, log_in("ana", PASSWORD), ErrorCode::SecondFactorNeeded);
    refused(&server, log_in("ana", OTHER), ErrorCode::WrongPassword);
    refused(&server, with("000000x"), ErrorCode::WrongSecondFactor);
    let code = app_code(&secret, 1);
    Client::greet(server.wire(), with(&code)).bye();
    refused(&server, with(&code), ErrorCode::WrongSecondFactor);
    let recovery = on.recovery[3].to_lowercase().replace('-', " ");
    Client::greet(server.wire(), with(&recovery)).bye();
    refused(&server, with(&recovery), ErrorCode::WrongSecondFactor);

    // A link for a new password does not stand in for it.
    let making = server.0.identity.accounts.make_reset(ana.greeting.user.id);
    let link = block_on(making).expect("stored");
    let reset = |secret: &str, code: Option<&str>| {
        let (reset, password) = (Some(secret.to_owned()), Some(PASSWORD.to_owned()));
        let second_factor = code.map(str::to_owned);
        Command::Hello(Hello { reset, password, second_factor, ..Hello::default() })
    };
    let forged = format!("{}.{}", ana.greeting.user.id, "x".repeat(43));
    refused(&server, reset(&forged, None), ErrorCode::BadLink);
    refused(&server, reset(&link, None), ErrorCode::SecondFactorNeeded);
    refused(&server, reset(&link, Some(&recovery)), ErrorCode::WrongSecondFactor);
    let mut ana = Client::greet(server.wire(), reset(&link, Some(&on.recovery[5])));

    ana.fail(set(PASSWORD, None, true), ErrorCode::SecondFactorNeeded);
    let _: SecondFactorOk = ana.get(set(PASSWORD, Some(&on.recovery[4]), true));
    server.device("ana").bye();
}

#[test]
fn a_code_for_another_device_logs_it_in_with_an_account_too() {
    let server = Server::start();
    let mut ana = server.member("ana");
    let link: throng_protocol::LinkOk = ana.get(Command::Link(throng_protocol::Link {}));
    let with_code = Command::Hello(Hello { code: Some(link.code), ..Hello::default() });
    let phone = Client::greet(server.wire(), with_code);
    assert_eq!(phone.greeting.user, ana.greeting.user);
    assert_eq!(logins(&mut ana).first().copied(), phone.greeting.login);
    server.known(phone.token()).bye();
}

#[test]
fn the_oldest_of_too_many_logins_ends() {
    let server = Server::start();
    let mut ana = server.member("ana");
    let first = logins(&mut ana)[0];
    let accounts = &server.0.identity.accounts;
    let address = std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
    let device = crate::identity::accounts::Device { name: Some("x"), address };
    for _ in 0..49 {
        block_on(accounts.log_in(ana.greeting.user.id, device)).expect("stored");
    }
    assert!(logins(&mut ana).contains(&first));
    block_on(accounts.log_in(ana.greeting.user.id, device)).expect("stored");
    let left = logins(&mut ana);
    assert!(left.len() == 50 && !left.contains(&first), "{}", left.len());
}
