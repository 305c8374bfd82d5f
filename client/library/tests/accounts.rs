//! Accounts and moderation, with the library against the real server.

use std::time::Duration;

use async_std::future::timeout;
use async_std::task::block_on;
use futures::StreamExt;
use support::PATIENCE;
use support::server::Server;
use throng_client::{
    Client, ConnectError, DisconnectReason, ErrorCode, Event, Events, Logout, NewBot, Options,
    RequestError, Restriction, Role, Scope, SendError, State,
};

const PASSWORD: &str = "turtle in the sun";

async fn connect(server: &Server, options: Options) -> (Client, Events) {
    Client::connect(&server.url(), options).await.expect("the server is there")
}

/// The reason for which a client ends for good.
async fn end_of(events: &mut Events) -> DisconnectReason {
    loop {
        let event = timeout(PATIENCE, events.next()).await.expect("in time");
        if let Event::State(State::Closed { why }) = event.expect("an event says how it ended") {
            return why;
        }
    }
}

async fn refused(server: &Server, options: Options) -> DisconnectReason {
    match Client::connect(&server.url(), options).await.map(|_| ()) {
        Err(ConnectError::Failed(why)) => why,
        other => panic!("{other:?}"),
    }
}

/// The secret with which the server's owner is made.
fn secret(server: &mut Server) -> String {
    let line = server.prints("/claim ");
    line.trim().strip_prefix("/claim ").expect("the secret stands alone").to_owned()
}

#[test]
fn a_guest_becomes_an_account_that_is_logged_in_and_out_on_every_device() {
    let server = Server::start();
    block_on(async {
        let (ana, _events) = connect(&server, Options::guest("ana").device("a desk")).await;
        let (me, guest) = (ana.me().expect("greeted"), ana.token().expect("greeted"));
        assert_eq!(ana.role(), Role::Guest);
        let bad = ana.register("12345678", None).await;
        assert!(matches!(bad, Err(RequestError::Refused(it)) if it.code == ErrorCode::BadPassword));
        let account = ana.register(PASSWORD, None).await.expect("the server takes accounts");
        assert_eq!(
            (account.user.id, account.role, ana.role()),
            (me.id, Role::Member, Role::Member)
        );
        assert_eq!(ana.token().as_ref(), Some(&account.token));
        assert!(matches!(
            refused(&server, Options::token(guest)).await,
            DisconnectReason::Token(_)
        ));

        let wrong = refused(&server, Options::password("ana", "turtle in the rain")).await;
        let is_wrong = |it: &DisconnectReason| matches!(it, DisconnectReason::Hello(it) if it.code == ErrorCode::WrongPassword);
        assert!(is_wrong(&wrong), "{wrong}");
        let (phone, mut phone_events) = connect(&server, Options::password("ana", PASSWORD)).await;
        assert_eq!((phone.me().expect("greeted").id, phone.role()), (me.id, Role::Member));
        let logins = ana.logins().await.expect("a list").logins;
        let desk = logins.iter().find(|login| login.current).expect("this one");
        assert_eq!((desk.login, desk.device.as_str()), (account.login, "a desk"));
        let other = logins.iter().find(|login| !login.current).expect("the phone");
        assert!(other.device.starts_with("throng-client/"), "{}", other.device);

        ana.log_out(Logout::Login(other.login)).await.expect("it is ours");
        let why = end_of(&mut phone_events).await;
        assert!(matches!(why, DisconnectReason::LoggedOut { .. }), "{why}");
        assert_eq!(phone.token(), None);
        let (_pad, mut pad_events) = connect(&server, Options::password("ana", PASSWORD)).await;
        ana.change_password(PASSWORD, "turtle in the rain").await.expect("it is ours");
        assert!(matches!(end_of(&mut pad_events).await, DisconnectReason::LoggedOut { .. }));
        assert!(is_wrong(&refused(&server, Options::password("ana", PASSWORD)).await));

        let (_car, mut car_events) =
            connect(&server, Options::password("ana", "turtle in the rain")).await;
        ana.log_out(Logout::Others).await.expect("it is ours");
        assert!(matches!(end_of(&mut car_events).await, DisconnectReason::LoggedOut { .. }));
        let no = ana.unregister(PASSWORD, false).await;
        assert!(
            matches!(no, Err(RequestError::Refused(it)) if it.code == ErrorCode::WrongPassword)
        );
        ana.unregister("turtle in the rain", false).await.expect("it is ours");
        let gone = refused(&server, Options::password("ana", "turtle in the rain")).await;
        assert!(is_wrong(&gone), "{gone}");
    });
}

#[test]
fn a_login_that_ends_itself_is_told_so_and_its_token_is_good_for_nothing() {
    let mut server = Server::start();
    block_on(async {
        let (ana, mut events) = connect(&server, Options::guest("ana")).await;
        let token = ana.register(PASSWORD, None).await.expect("registered").token;
        // The token of the account is what the client comes back with.
        server.kill9();
        server.restart();
        assert_eq!(ana.logins().await.expect("it is back").logins.len(), 1);
        ana.log_out(Logout::This).await.expect("it is ours");
        assert!(matches!(end_of(&mut events).await, DisconnectReason::LoggedOut { .. }));
        assert!(matches!(
            refused(&server, Options::token(token)).await,
            DisconnectReason::Token(_)
        ));
    });
}

#[test]
fn the_owner_keeps_the_peace_and_each_of_it_is_in_the_audit_log() {
    let mut server = Server::start();
    let secret = secret(&mut server);
    block_on(async {
        let (ana, _events) = connect(&server, Options::guest("ana")).await;
        let lobby = ana.join("lobby").await.expect("it is open").room;
        ana.register(PASSWORD, None).await.expect("registered");
        let no = ana.claim("nonsense").await;
        assert!(matches!(no, Err(RequestError::Refused(it)) if it.code == ErrorCode::BadLink));
        ana.claim(&secret).await.expect("nobody owns the server");
        assert_eq!(ana.role(), Role::Owner);

        let (bo, mut bo_events) = connect(&server, Options::guest("bo")).await;
        let bo_is = bo.me().expect("greeted");
        bo.join("lobby").await.expect("it is open");
        bo.register(PASSWORD, None).await.expect("registered");
        let no = bo.kick("lobby", "@ana", "").await;
        assert!(matches!(no, Err(RequestError::Refused(it)) if it.code == ErrorCode::Forbidden));
        ana.set_role("@bo", Role::Moderator, "for the evenings").await.expect("the owner may");
        let why = bo.why("kick", Some(&"lobby"), None).await.expect("one may ask about oneself");
        assert!(why.allowed && bo.role() == Role::Moderator, "{why:?}");
        ana.set_role(&bo_is, Role::Member, "").await.expect("the owner may");

        let mute = || Restriction::mute(&bo_is).room(&lobby);
        let hour = std::time::Duration::from_secs(3_600);
        ana.restrict(mute().lasting(hour).reason("cool down")).await.expect("the owner may");
        let no = bo.send("lobby", "let me speak").await;
        assert!(
            matches!(&no, Err(SendError::Refused(it)) if it.code == ErrorCode::Muted),
            "{no:?}"
        );
        let why = ana.why("send", Some(&lobby), Some(&"@bo")).await.expect("the owner may ask");
        assert!(!why.allowed && why.rule.contains("cool down"), "{why:?}");
        ana.lift(mute()).await.expect("the owner may");
        bo.send("lobby", "thank you").await.expect("it is said");

        ana.kick(&lobby, &bo_is, "off topic").await.expect("the owner may");
        loop {
            let event = timeout(PATIENCE, bo_events.next()).await.expect("in time");
            if let Event::Removed { room, reason } = event.expect("it goes on") {
                assert!(room == lobby && reason.contains("off topic"), "{reason}");
                break;
            }
        }
        let bad = ana.kick("lobby", "two words", "").await;
        assert!(matches!(bad, Err(RequestError::BadName(_))));
        let bad = ana.restrict(Restriction::ban("two words")).await;
        assert!(matches!(bad, Err(RequestError::BadName(_))));

        ana.restrict(Restriction::ban(&bo_is).reason("enough")).await.expect("the owner may");
        let why = end_of(&mut bo_events).await;
        assert!(matches!(&why, DisconnectReason::Banned { .. }), "{why}");
        let why = refused(&server, Options::password("bo", PASSWORD)).await;
        assert!(matches!(&why, DisconnectReason::Banned { .. }), "{why}");

        let page = ana.audit(None, None).await.expect("the owner may read it");
        let actions: Vec<&str> = page.entries.iter().map(|it| it.action.as_str()).collect();
        let newest = page.entries.first().expect("much was done");
        assert!(newest.reason == "enough" && newest.by_name == "ana", "{newest:?}");
        assert!(actions.len() >= 7, "{actions:?}");
        let there = ana.audit(Some(&lobby), Some(newest.number)).await.expect("the owner may");
        assert!(there.entries.iter().all(|it| it.room == Some(lobby.id)), "{there:?}");
        assert!(there.entries.iter().any(|it| it.reason == "off topic"), "{there:?}");
    });
}

#[test]
fn a_second_factor_is_asked_for_and_not_on_before_its_first_code() {
    let server = Server::start();
    block_on(async {
        let (ana, _events) = connect(&server, Options::guest("ana")).await;
        ana.register(PASSWORD, None).await.expect("registered");
        let begun = ana.add_second_factor(PASSWORD, None).await.expect("it may be tried");
        let uri = begun.uri.expect("for a picture");
        assert!(begun.secret.is_some() && uri.starts_with("otpauth://totp/"), "{uri}");
        let wrong = ana.add_second_factor(PASSWORD, Some("no code")).await;
        let is_wrong = |it: &ErrorCode| *it == ErrorCode::WrongSecondFactor;
        assert!(
            matches!(&wrong, Err(RequestError::Refused(it)) if is_wrong(&it.code)),
            "{wrong:?}"
        );
        let (_phone, _events) = connect(&server, Options::password("ana", PASSWORD)).await;
        let off = ana.remove_second_factor(PASSWORD, "no code").await;
        assert!(off.is_ok(), "there is none to turn off: {off:?}");
    });
}

#[test]
fn a_server_without_guests_says_so() {
    let server = Server::with(["--guests", "false"]).start();
    block_on(async {
        let why = refused(&server, Options::guest("ana")).await;
        let needed =
            matches!(&why, DisconnectReason::Hello(it) if it.code == ErrorCode::AccountNeeded);
        assert!(needed, "{why}");
        let bad = refused(&server, Options::reset("nonsense", PASSWORD)).await;
        let is_bad = matches!(&bad, DisconnectReason::Hello(it) if it.code == ErrorCode::BadLink);
        assert!(is_bad, "{bad}");
    });
}

#[test]
fn a_bot_is_made_listed_and_revoked_and_knows_what_it_is() {
    let server = Server::start();
    block_on(async {
        let (ana, _events) = connect(&server, Options::guest("ana")).await;
        let herald = || NewBot::new("herald", [Scope::Read, Scope::Send]);
        let early = ana.make_bot(herald()).await;
        assert!(matches!(early, Err(RequestError::Refused(it)) if it.code == ErrorCode::NoAccount));
        ana.register(PASSWORD, None).await.expect("the server takes accounts");
        ana.join("builds").await.expect("it is made");
        ana.send("builds", "a word").await.expect("said");
        let bad = ana.make_bot(herald().room("two words")).await;
        assert!(matches!(bad, Err(RequestError::BadName(_))), "{bad:?}");
        let bot = herald().room("#builds").lasting(Duration::from_secs(3_600)).reason("news");
        let made = ana.make_bot(bot).await.expect("made");
        assert_eq!(ana.bot(), None);

        let (bot, mut bot_events) = connect(&server, Options::bot(&made.token)).await;
        let greeting = bot.bot().expect("it is a bot");
        assert_eq!(Some(greeting.owner), ana.me().map(|me| me.id));
        assert!(greeting.scopes.contains(Scope::Send) && !greeting.scopes.contains(Scope::Admin));
        assert_eq!((bot.me(), bot.token()), (Some(made.user.clone()), Some(made.token.clone())));
        bot.join("builds").await.expect("it is in its list");
        bot.send("builds", "green").await.expect("said");
        let elsewhere = bot.join("kitchen").await;
        assert!(
            matches!(elsewhere, Err(RequestError::Refused(it)) if it.code == ErrorCode::Forbidden)
        );
        let list = ana.bots().await.expect("a list").bots;
        assert_eq!((list.len(), &list[0].user, list[0].sessions), (1, &made.user, 1));
        assert!(list[0].left_ms.is_some_and(|left| left <= 3_600_000), "{list:?}");

        ana.revoke_bot("@herald", "it leaked").await.expect("it is ours");
        let why = end_of(&mut bot_events).await;
        assert!(matches!(why, DisconnectReason::LoggedOut { .. }), "{why}");
        assert_eq!(bot.token(), None);
        let again = refused(&server, Options::bot(&made.token)).await;
        assert!(matches!(again, DisconnectReason::Token(_)), "{again}");
    });
}
