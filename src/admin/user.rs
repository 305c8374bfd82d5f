//! `user`: accounts, their roles, the end of their logins, profiles and nicks, and links for a new password.

use serde_json::{Value, json};
use throng_log::Account;
use throng_protocol::{
    AskNickHistory, AskProfiles, ClearProfile, ErrorCode, GiveRole, NickHistoryOk, PersonId,
    PersonRef, Profile, Refusal, Role,
};

use super::arguments::Arguments;
use super::refused::Refused;
use crate::actor::Actor;
use crate::moderation::Moderation;
use crate::profiles::Profiles;
use crate::server::Server;

/// The most accounts in one answer, which is made in memory: about two megabytes.
const LIST_MAX: usize = 10_000;

/// How many accounts are read at once.
const ACCOUNTS_AT_ONCE: u32 = 500;

pub(super) async fn list(server: &Server, arguments: Arguments) -> Result<Value, Refused> {
    let role = arguments.text_if_given("role").map(role_named).transpose()?;
    let (mut users, mut after): (Vec<Value>, Option<PersonId>) = (Vec::new(), None);
    loop {
        let accounts = server.identity.accounts.page(after, ACCOUNTS_AT_ONCE).await?;
        let Some(last) = accounts.last() else {
            return Ok(json!({"users": users, "more": false}));
        };
        after = Some(last.person);
        let is_wanted = |account: &&Account| {
            account.name.is_some() && role.is_none_or(|role| account.role == role)
        };
        users.extend(accounts.iter().filter(is_wanted).map(shown));
        if users.len() >= LIST_MAX {
            return Ok(json!({"users": users, "more": true}));
        }
    }
}

pub(super) async fn show(server: &Server, arguments: Arguments) -> Result<Value, Refused> {
    let account = account(server, arguments.text("user")?).await?;
    let mut shown = shown(&account);
    let logins = server.identity.accounts.logins(account.person).await?;
    shown["logins"] = json!(logins.len());
    shown["sessions"] = json!(server.identity.people.sessions_of(account.person).len());
    let ask = AskProfiles { people: vec![account.person.to_string()] };
    let page = Profiles(server).list(None, &ask).await?;
    if let Some(Profile { user, display_name, colour, pronouns, status }) =
        page.profiles.into_iter().next()
    {
        shown["presence"] = json!(user.presence);
        shown["display_name"] = json!(display_name);
        shown["colour"] = json!(colour);
        shown["pronouns"] = json!(pronouns);
        shown["status"] = json!(status.map(|status| status.text));
    }
    Ok(shown)
}

/// Of guests too: only they may be here to make trouble under one nick after the other.
pub(super) async fn nicks(server: &Server, arguments: Arguments) -> Result<Value, Refused> {
    let ask = AskNickHistory { person: arguments.text("person")?.to_owned() };
    let NickHistoryOk { user, changes } = Profiles(server).nick_history(&ask).await?;
    Ok(json!({"person": user.id, "nick": user.nick, "nicks": changes}))
}

pub(super) async fn clear_profile(server: &Server, arguments: Arguments) -> Result<Value, Refused> {
    let (person, reason) = (arguments.text("user")?.to_owned(), arguments.reason());
    let clear = ClearProfile { person, reason };
    let cleared = Profiles(server).clear(&Actor::server(), &clear).await?;
    Ok(json!({"cleared": cleared}))
}

pub(super) async fn role(server: &Server, arguments: Arguments) -> Result<Value, Refused> {
    let account = account(server, arguments.text("user")?).await?;
    let role = role_named(arguments.text("role")?)?;
    let reason = arguments.reason();
    let give = GiveRole { person: account.person.to_string(), role, reason };
    Moderation(server).set_role(&Actor::server(), &give).await?;
    Ok(shown(&Account { role, ..account }))
}

pub(super) async fn reset(server: &Server, arguments: Arguments) -> Result<Value, Refused> {
    let account = account(server, arguments.text("user")?).await?;
    if arguments.switch("second-factor") {
        server.identity.accounts.forget_second(&account).await?;
    }
    let secret = server.identity.accounts.make_reset(account.person).await?;
    let mut answer = shown(&account);
    answer["secret"] = json!(secret);
    Ok(answer)
}

pub(super) async fn log_out(server: &Server, arguments: Arguments) -> Result<Value, Refused> {
    let (asked, reason) = (arguments.text("user")?, arguments.reason());
    let ended = Moderation(server).log_out(&Actor::server(), asked, &reason).await?;
    Ok(json!({"name": ended.name, "logins": ended.logins, "sessions": ended.sessions}))
}

pub(super) async fn invite(server: &Server, arguments: Arguments) -> Result<Value, Refused> {
    let uses = arguments.number_if_given("uses").unwrap_or(1);
    let hours = arguments.number_if_given("hours").unwrap_or(7 * 24);
    let within = |what: &str, number: u64, max: u64| match number {
        1.. if number <= max => Ok(()),
        _ => Err(Refused::bad_argument(format!("{what:?} must be from 1 to {max}"))),
    };
    within("uses", uses, 1_000_000)?;
    within("hours", hours, 10 * 365 * 24)?;
    let uses = u32::try_from(uses).unwrap_or(u32::MAX);
    let ttl = std::time::Duration::from_secs(hours * 3_600);
    let secret = server.identity.accounts.make_invitation(uses, ttl).await?;
    Ok(json!({"secret": secret, "uses": uses, "hours": hours}))
}

pub(super) async fn owner(server: &Server, _: Arguments) -> Result<Value, Refused> {
    let secret = server.identity.accounts.make_owner_link().await?;
    Ok(json!({"secret": secret}))
}

/// The account that a command is about.
pub(super) async fn account(server: &Server, asked: &str) -> Result<Account, Refused> {
    let person = PersonRef::parse(asked).map_err(|bad| Refused::bad_argument(bad.to_string()))?;
    let missing = || {
        let message = format!("{asked:?} has no account: `user list` shows those there are");
        Refused::from(Refusal::new(ErrorCode::NoAccount, message))
    };
    let (person, _) = server.identity.find(&person).await?;
    let found = server.identity.accounts.find(person).await?;
    found.filter(|account| account.name.is_some()).ok_or_else(missing)
}

fn role_named(name: &str) -> Result<Role, Refused> {
    Role::parse(name).ok_or_else(|| {
        let names: Vec<_> = Role::ALL.into_iter().skip(1).map(Role::name).collect();
        Refused::bad_argument(format!("\"role\" must be one of {}", names.join(", ")))
    })
}

fn shown(account: &Account) -> Value {
    json!({
        "person": account.person,
        "name": account.name.as_ref().map(throng_protocol::Nick::as_str),
        "role": account.role,
        "made": account.made_ms,
    })
}
