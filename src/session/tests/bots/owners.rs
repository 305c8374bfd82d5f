//! A bot and its owner: what the owner may and suffers, and when the bot ends with them.

use support::client::{PASSWORD, hello, join, send};
use support::fresh_cid;
use throng_protocol::{
    AuditOk, CloseCode, Command, ErrorCode, LogOut, RestrictionKind, Role, Scope, Unregister, WhyOk,
};

use super::{TALKS, ask_why, audit, new_bot, refused, revoke};
use crate::session::tests::moderation::{kick, lift, restrict, role};
use crate::session::tests::{Server, done};

#[test]
fn a_bot_does_no_more_than_its_owner_may_at_this_moment() {
    let server = Server::start();
    let mut ada = server.staff("ada", Role::Administrator);
    ada.join("lobby");
    let (_mia, _mel) = (server.staff("mia", Role::Moderator), server.member("mel"));
    let mut warden = server.bot(&mut ada, new_bot("warden", &[Scope::Read, Scope::Moderate]));
    let mut clerk = server.bot(&mut ada, new_bot("clerk", &[Scope::Admin, Scope::Moderate]));
    assert_eq!(warden.greeting.role, Role::Moderator);
    assert_eq!(clerk.greeting.role, Role::Administrator);
    // Its scope makes it a moderator, although the owner is more.
    let mute = |person| restrict(RestrictionKind::Mute, person, None);
    done(&mut warden, mute("mel"));
    for above in ["mia", "ada"] {
        warden.fail(mute(above), ErrorCode::Forbidden);
    }
    done(&mut clerk, role("mel", Role::Moderator));
    clerk.fail(role("mel", Role::Administrator), ErrorCode::Forbidden);
    done(&mut clerk, role("mel", Role::Member));
    done(&mut clerk, audit(None));

    server.set_role(&ada, Role::Moderator);
    done(&mut warden, mute("mel"));
    warden.fail(mute("mia"), ErrorCode::Forbidden);
    clerk.fail(role("mel", Role::Moderator), ErrorCode::Forbidden);
    let why: WhyOk = clerk.get(ask_why("role", None, None));
    assert_eq!((why.allowed, why.role), (false, Role::Moderator));
    server.set_role(&ada, Role::Member);
    warden.fail(mute("mel"), ErrorCode::Forbidden);
    warden.fail(lift(RestrictionKind::Mute, "mel", None), ErrorCode::Forbidden);
    clerk.fail(audit(None), ErrorCode::Forbidden);
    done(&mut warden, join("lobby"));
    server.set_role(&ada, Role::Owner);
    clerk.fail(role("mel", Role::Administrator), ErrorCode::Forbidden);
    done(&mut clerk, audit(None));
}

#[test]
fn what_restricts_the_owner_restricts_the_bot_at_once() {
    let server = Server::start();
    let (mut mia, mut ana) = (server.staff("mia", Role::Moderator), server.member("ana"));
    let mut bot = server.bot(&mut ana, new_bot("herald", TALKS));
    for client in [&mut mia, &mut ana, &mut bot] {
        client.join("lobby");
        client.join("kitchen");
    }
    let say = || send("lobby", &fresh_cid(), "news");
    done(&mut mia, restrict(RestrictionKind::Mute, "ana", Some("lobby")));
    bot.fail(say(), ErrorCode::Muted);
    let why: WhyOk = bot.get(ask_why("send", Some("lobby"), None));
    assert!(!why.allowed && why.rule.contains("of the bot's owner"), "{}", why.rule);
    bot.send("kitchen", "elsewhere");
    done(&mut mia, lift(RestrictionKind::Mute, "ana", Some("lobby")));
    bot.send("lobby", "again");

    done(&mut mia, restrict(RestrictionKind::Mute, "herald", None));
    bot.fail(say(), ErrorCode::Muted);
    ana.send("lobby", "the owner is not the bot");
    done(&mut mia, lift(RestrictionKind::Mute, "herald", None));

    done(&mut mia, restrict(RestrictionKind::Ban, "ana", Some("lobby")));
    bot.fail(say(), ErrorCode::NotJoined);
    bot.fail(join("lobby"), ErrorCode::Banned);
    assert_eq!(mia.members("lobby").members.count, 1);
    bot.send("kitchen", "still here");

    let token = bot.token().to_owned();
    done(&mut mia, restrict(RestrictionKind::Ban, "ana", None));
    bot.expect_closed(CloseCode::Banned);
    ana.expect_closed(CloseCode::Banned);
    let mut wire = server.wire();
    wire.post(hello(None, Some(&token)));
    wire.expect_fault(ErrorCode::Banned);
    done(&mut mia, lift(RestrictionKind::Ban, "ana", None));
    server.known(&token).bye();
}

#[test]
fn a_bot_counts_as_somebody_with_its_role() {
    let server = Server::start();
    let mut ada = server.staff("ada", Role::Administrator);
    let mut mia = server.staff("mia", Role::Moderator);
    let mut talker = server.bot(&mut ada, new_bot("talker", TALKS));
    let mut warden = server.bot(&mut mia, new_bot("warden", &[Scope::Read, Scope::Moderate]));
    let _other = server.bot(&mut mia, new_bot("other", &[Scope::Moderate]));
    talker.join("lobby");
    done(&mut mia, kick("lobby", "talker"));
    done(&mut warden, restrict(RestrictionKind::Mute, "talker", None));
    for (client, person) in [(&mut mia, "warden"), (&mut warden, "mia"), (&mut talker, "mia")] {
        client.fail(restrict(RestrictionKind::Mute, person, None), ErrorCode::Forbidden);
    }
    done(&mut ada, restrict(RestrictionKind::Mute, "warden", None));
    for person in ["warden", "other"] {
        warden.fail(lift(RestrictionKind::Mute, person, None), ErrorCode::Forbidden);
    }
    mia.fail(lift(RestrictionKind::Mute, "warden", None), ErrorCode::Forbidden);
    ada.fail(role("talker", Role::Member), ErrorCode::NoAccount);
    server.set_role(&mia, Role::Member);
    server.set_role(&ada, Role::Moderator);
    done(&mut ada, restrict(RestrictionKind::Mute, "warden", None));
}

#[test]
fn a_bot_ends_with_its_owners_account() {
    let server = Server::start();
    let mut ana = server.member("ana");
    let mut bot = server.bot(&mut ana, new_bot("herald", TALKS));
    bot.join("lobby");
    // A logout and a new password are not the end of it.
    done(&mut ana, Command::LogOut(LogOut { others: true, ..LogOut::default() }));
    bot.send("lobby", "still here");
    done(&mut ana, Command::Unregister(Unregister { password: PASSWORD.into(), messages: false }));
    assert!(server.0.identity.bots.all(None).is_empty());
    refused(&server, bot.token());
    bot.expect_closed(CloseCode::LoggedOut);
}

#[test]
fn administrators_revoke_the_bots_of_those_below_them() {
    let server = Server::start();
    let mut olga = server.staff("olga", Role::Owner);
    let (mut ada, mut mia) =
        (server.staff("ada", Role::Administrator), server.staff("mia", Role::Moderator));
    done(&mut olga, new_bot("of-olga", TALKS));
    done(&mut mia, new_bot("of-mia", TALKS));
    done(&mut ada, new_bot("of-ada", TALKS));
    mia.fail(revoke("of-ada"), ErrorCode::Forbidden);
    ada.fail(revoke("of-olga"), ErrorCode::Forbidden);
    done(&mut ada, revoke("of-mia"));
    done(&mut olga, revoke("of-ada"));
    let page: AuditOk = ada.get(audit(None));
    let found: Vec<_> = page
        .entries
        .iter()
        .map(|it| format!("{} {} {}", it.by_name, it.action, it.subject))
        .collect();
    let expected = [
        "olga bot revoke of-ada",
        "ada bot revoke of-mia",
        "ada bot new read,send of-ada",
        "mia bot new read,send of-mia",
        "olga bot new read,send of-olga",
    ];
    assert_eq!(found[..expected.len()], expected);
}
