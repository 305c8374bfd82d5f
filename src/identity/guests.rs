//! Who it is that says hello, as a guest or with an account.

use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use throng_log::clock::{self, millis};
use throng_log::{
    Audit, AuditRange, Directory, Erasure, Filter, Log, LogError, Logins, NickChange, NickNote,
    Profile, Report, ReportKey, ReportRange, Restriction,
};
use throng_protocol::{ErrorCode, Fold, LinkCode, Nick, PersonId, PersonRef, Refusal, Role, User};

use crate::base::rate_limit::Rate;
use crate::base::tasks::yield_now;
use crate::connection_slots::ConnectionSlot;
use crate::delivery::peer::{Alarm, Peer};
use crate::filter::Filters;
use crate::identity::accounts::{Accounts, Device, Opened, unread};
use crate::identity::bots::{Bot, Bots};
use crate::identity::device_codes::DeviceCodes;
use crate::identity::jwt::Jwts;
use crate::identity::jwt::deadlines::Terms;
use crate::identity::oidc::Providers;
use crate::identity::people::{People, Person, Taken};
use crate::identity::tokens::Tokens;
use crate::raid::Raid;
use crate::restrictions::Restrictions;

mod bots;
mod nicks;
pub(crate) mod outside;
mod recognise;

/// How many numbers are tried to turn a taken nick into a free one.
const NICK_TRIES: u32 = 100;

/// How many sessions are looked at before others may go on. Each costs a system call, for its address.
const LOOKS_AT_ONCE: usize = 64;

/// Who is who, and how they show it: guests with tokens and codes, and people with accounts.
pub(crate) struct Identity {
    pub(crate) people: People,
    pub(crate) accounts: Arc<Accounts>,
    pub(crate) bots: Arc<Bots>,
    pub(crate) restrictions: Arc<Restrictions>,
    raid: Arc<Raid>,
    filters: Arc<Filters>,
    /// Who vouches for people from outside.
    pub(crate) jwts: Jwts,
    pub(crate) providers: Providers,
    locks: outside::Locks,
    codes: DeviceCodes,
    tokens: Tokens,
    log: Arc<dyn Log>,
    directory: Arc<dyn Directory>,
    settings: Settings,
}

/// The settings for guests.
pub(crate) struct Settings {
    /// Whether somebody without an account may come in.
    pub(crate) guests: bool,
    /// The folds of nicks that only administrators may take.
    pub(crate) reserved: HashSet<Fold>,
    /// How long a nick under which nothing was said stays its owner's after they left.
    pub(crate) nick_hold: Duration,
    /// The same for a nick with messages.
    pub(crate) nick_reserve: Duration,
    /// The rate at which a person changes their nick.
    pub(crate) nicks: Rate,
    /// The rate of new people from one address.
    pub(crate) people_made: Rate,
    /// The rate of wrong codes from one address.
    pub(crate) wrong_codes: Rate,
    /// When sessions end for which an issuer vouches.
    pub(crate) jwt: Terms,
}

/// A person who has said hello.
pub(crate) struct Recognised {
    pub(crate) person: Arc<Person>,
    /// Why the nick is not the requested one.
    pub(crate) notice: Option<String>,
    /// The login, if they have an account, with the token to come back with.
    pub(crate) login: Option<Opened>,
    /// The bot and its token, if it is one.
    pub(crate) bot: Option<(Arc<Bot>, Box<str>)>,
}

/// The connection that says hello, with its share of the address' limits.
#[derive(Clone, Copy)]
struct Caller<'a> {
    peer: &'a Arc<Peer>,
    slot: &'a ConnectionSlot,
    /// What the client calls itself.
    device: Option<&'a str>,
}

impl Caller<'_> {
    fn device(&self) -> Device<'_> {
        Device { name: self.device, address: address_of(self.peer) }
    }
}

/// A person whose session was added, and who is not let in yet. If this is dropped before that (the client
/// has gone away), the session is removed again.
struct Arrival<'a> {
    identity: &'a Identity,
    person: Arc<Person>,
    /// `None` once they are in.
    connection: Option<u64>,
}

impl Drop for Arrival<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection {
            self.identity.leave(&self.person, connection);
        }
    }
}

impl Identity {
    pub(crate) fn new(
        tokens: Tokens,
        log: Arc<dyn Log>,
        directory: Arc<dyn Directory>,
        (accounts, bots): (Arc<Accounts>, Arc<Bots>),
        (restrictions, raid, filters): (Arc<Restrictions>, Arc<Raid>, Arc<Filters>),
        (jwts, providers): (Jwts, Providers),
        settings: Settings,
    ) -> Self {
        let people = People::new(millis(settings.nick_hold));
        let codes = DeviceCodes::default();
        for bot in bots.all(None) {
            restrictions.answer_for(bot.record.person, Some(bot.record.owner));
        }
        let locks = outside::locks();
        Self {
            people,
            accounts,
            bots,
            restrictions,
            raid,
            filters,
            jwts,
            providers,
            locks,
            codes,
            tokens,
            log,
            directory,
            settings,
        }
    }

    /// A token with which this guest is recognised again.
    pub(crate) fn token(&self, user: &User) -> String {
        self.tokens.issue(user.id, &user.nick, self.log.clock().now_ms())
    }

    /// A code that makes another device this person; `None` if there are too many codes.
    pub(crate) fn make_code(&self, person: &Person) -> Option<LinkCode> {
        self.codes.make(person.id(), person.nick(), clock::now_ms())
    }

    /// Removes a session from its person.
    pub(crate) fn leave(&self, person: &Person, connection: u64) {
        if self.people.leave(person, connection, clock::now_ms()) {
            self.directory.note(NickNote::Seen { person: person.id() });
        }
    }

    /// Has the log store the nicks of all who are present: the next server holds them until they are back.
    pub(crate) fn note_nicks(&self) {
        for (person, nick) in self.people.all() {
            self.directory.note(NickNote::Worn { person, nick });
        }
    }

    /// Forgets people who have been away for long enough. Called about once a second.
    pub(crate) fn sweep(&self, now_ms: u64) {
        for (person, nick) in self.people.sweep(now_ms) {
            self.directory.note(NickNote::Left { person, nick });
        }
        self.jwts.deadlines.sweep(now_ms);
        self.codes.sweep(now_ms);
        self.accounts.sweep(now_ms);
        let log_now = self.log.clock().now_ms();
        self.sweep_bots(log_now);
        self.restrictions.sweep(log_now);
    }

    /// Ends the sessions of somebody's logins. The logins themselves were ended before.
    pub(crate) fn end_logins(&self, person: PersonId, which: Logins) {
        if which == Logins::All {
            self.codes.void(person);
        }
        for peer in self.people.sessions_of(person) {
            let is_meant = match which {
                // A guest's session of somebody who has an account now goes on.
                Logins::All => true,
                Logins::One(login) => peer.login() == login,
                Logins::AllBut(login) => peer.login() != login,
            };
            if is_meant {
                peer.alarm(Alarm::LoggedOut);
            }
        }
    }

    /// Lets every session of somebody know that they have another role.
    pub(crate) fn tell_role(&self, person: PersonId) {
        self.people.sessions_of(person).iter().for_each(|peer| peer.note_new_role());
    }

    /// Closes the sessions of everybody whose address is banned.
    pub(crate) async fn close_banned(&self) {
        let now = self.log.clock().now_ms();
        for (at, (_, peer)) in self.people.sessions().into_iter().enumerate() {
            if at % LOOKS_AT_ONCE == LOOKS_AT_ONCE - 1 {
                yield_now().await;
            }
            if self.restrictions.of_address(|| address_of(&peer), now).is_some() {
                peer.alarm(Alarm::Banned);
            }
        }
    }

    /// Who is meant, and what they are called.
    ///
    /// # Errors
    /// When nobody is.
    pub(crate) async fn find(&self, person: &PersonRef) -> Result<(PersonId, String), Refusal> {
        let nobody = || {
            let message = format!("there is nobody called {person}");
            Refusal::new(ErrorCode::NoSuchPerson, message)
        };
        match person {
            PersonRef::Nick(nick) => {
                if let Some(person) = self.people.named(&nick.fold()) {
                    return Ok((person, nick.as_str().to_owned()));
                }
                let found = self.directory.nick(nick.fold()).await.map_err(|it| unread(&it))?;
                let record = found.ok_or_else(nobody)?;
                Ok((record.person, nick.as_str().to_owned()))
            }
            PersonRef::Id(id) => {
                if let Some(nick) = self.people.nick_of(*id) {
                    return Ok((*id, nick.as_str().to_owned()));
                }
                if let Some(bot) = self.bots.find(*id) {
                    return Ok((*id, bot.record.nick.as_str().to_owned()));
                }
                let name = self.accounts.find(*id).await?.and_then(|account| account.name);
                Ok((*id, name.map_or_else(|| id.to_string(), |name| name.as_str().to_owned())))
            }
        }
    }

    /// Every restriction, as it is stored.
    ///
    /// # Errors
    /// When they can't be read.
    pub(crate) async fn stored_restrictions(&self) -> Result<Vec<Restriction>, Refusal> {
        self.directory.restrictions().await.map_err(|error| unread(&error))
    }

    /// What is still to be erased.
    ///
    /// # Errors
    /// When it can't be read.
    pub(crate) async fn erasures(&self) -> Result<Vec<Erasure>, Refusal> {
        self.directory.erasures().await.map_err(|error| unread(&error))
    }

    /// The nicks that somebody had, the newest change first.
    ///
    /// # Errors
    /// When they can't be read.
    pub(crate) async fn nick_history(&self, person: PersonId) -> Result<Vec<NickChange>, Refusal> {
        self.directory.nick_history(person).await.map_err(|error| unread(&error))
    }

    /// What these people say about themselves, in the order of the ids given.
    ///
    /// # Errors
    /// When it can't be read.
    pub(crate) async fn profiles(&self, people: Vec<PersonId>) -> Result<Vec<Profile>, Refusal> {
        self.directory.profiles(people).await.map_err(|error| unread(&error))
    }

    /// One report.
    ///
    /// # Errors
    /// When it can't be read.
    pub(crate) async fn report(&self, key: ReportKey) -> Result<Option<Report>, Refusal> {
        self.directory.report(key).await.map_err(|error| unread(&error))
    }

    /// A page of reports.
    ///
    /// # Errors
    /// When they can't be read.
    pub(crate) async fn reports(&self, range: ReportRange) -> Result<Vec<Report>, Refusal> {
        self.directory.reports(range).await.map_err(|error| unread(&error))
    }

    /// Every filter, as it is stored.
    ///
    /// # Errors
    /// When they can't be read.
    pub(crate) async fn filters(&self) -> Result<Vec<Filter>, LogError> {
        self.directory.filters().await
    }

    /// A page of the audit log.
    ///
    /// # Errors
    /// When it can't be read.
    pub(crate) async fn audit(&self, range: AuditRange) -> Result<Vec<Audit>, Refusal> {
        self.directory.audit(range).await.map_err(|error| unread(&error))
    }

    /// Greets a client without a token.
    async fn greet_new(
        &self,
        caller: Caller<'_>,
        wanted: Option<Nick>,
    ) -> Result<Recognised, Refusal> {
        self.may_be_a_guest()?;
        if let Some(nick) = &wanted {
            self.filters.may_be_called(Role::Guest, None, nick.as_str())?;
        }
        let (rate, now) = (self.settings.people_made, clock::now_ms());
        caller.slot.take_person(rate, now).map_err(|retry_ms| {
            let message = "many new people came from your address: wait, or bring a token";
            Refusal::later(ErrorCode::RateLimited, message, retry_ms)
        })?;
        self.raid.take_guest(self.log.clock().now_ms(), now)?;
        let id = new_person();
        let person = match wanted {
            Some(nick) => self.greet(caller, id, &nick).await?,
            None => self.greet_renamed(caller, id, "guest").await?,
        };
        Ok(Recognised { person, notice: None, login: None, bot: None })
    }

    /// Uses up a code from another device of the same person.
    fn use_code(&self, caller: Caller<'_>, code: &str) -> Result<(PersonId, Nick), Refusal> {
        self.may_try(caller.slot)?;
        let (rate, now) = (self.settings.wrong_codes, clock::now_ms());
        LinkCode::parse(code).and_then(|code| self.codes.take(code, now)).ok_or_else(|| {
            caller.slot.note_wrong_code(rate, now);
            let message = "this code is wrong, was used, or has expired: get a new one on the \
                           device where you are in";
            Refusal::new(ErrorCode::BadCode, message)
        })
    }

    /// Greets a person who was here before, with the nick they have, want, or had last.
    async fn greet_again(
        &self,
        caller: Caller<'_>,
        id: PersonId,
        last: Option<Nick>,
        wanted: Option<Nick>,
    ) -> Result<Recognised, Refusal> {
        self.may_be_here(id)?;
        if let Some(person) = self.people.greet_known(id, caller.peer) {
            let mut arrival =
                Arrival { identity: self, person, connection: Some(caller.peer.id()) };
            let notice = match wanted.filter(|nick| *nick != arrival.person.nick()) {
                // If the person does not get the new nick, they keep theirs.
                Some(nick) => {
                    self.rename_asked(&arrival.person, nick.as_str(), caller.slot).await.err()
                }
                None => None,
            };
            arrival.connection = None;
            let person = Arc::clone(&arrival.person);
            let notice = notice.map(|refusal| refusal.message);
            return Ok(Recognised { person, notice, login: None, bot: None });
        }
        self.directory.note(NickNote::Seen { person: id });
        let Some(nick) = wanted.or_else(|| last.clone()) else {
            let person = self.greet_renamed(caller, id, "guest").await?;
            return Ok(Recognised { person, notice: None, login: None, bot: None });
        };
        let (person, notice) = match self.greet(caller, id, &nick).await {
            Ok(person) => (person, None),
            Err(refusal) => {
                let person = self.greet_renamed(caller, id, nick.as_str()).await?;
                (person, Some(refusal.message))
            }
        };
        if let Some(last) = last {
            self.note_change(id, &last, &person.nick());
        }
        Ok(Recognised { person, notice, login: None, bot: None })
    }

    /// Greets a person with this nick.
    async fn greet(
        &self,
        caller: Caller<'_>,
        id: PersonId,
        nick: &Nick,
    ) -> Result<Arc<Person>, Refusal> {
        self.may_have(nick, id).await?;
        self.people.greet(id, nick.clone(), caller.peer).map_err(|Taken| taken(nick))
    }

    /// Greets a person with a free nick that begins with `stem`.
    async fn greet_renamed(
        &self,
        caller: Caller<'_>,
        id: PersonId,
        stem: &str,
    ) -> Result<Arc<Person>, Refusal> {
        for digits in 0..NICK_TRIES {
            // More digits after every few tries, so that a crowd of guests finds free nicks.
            let top = 10_u32.pow(2 + (digits / 10).min(6));
            let number = fastrand::u32(1..top).to_string();
            let kept = Nick::CHARS_MAX - 1 - number.len();
            let stem: String = stem.chars().take(kept).collect();
            let Ok(nick) = Nick::parse(&format!("{stem}-{number}")) else { continue };
            match self.greet(caller, id, &nick).await {
                Ok(person) => return Ok(person),
                Err(refusal) if refusal.code == ErrorCode::NickTaken => {}
                Err(refusal) => return Err(refusal),
            }
        }
        let message = "no free nick was found: choose one yourself";
        Err(Refusal::new(ErrorCode::NickTaken, message))
    }
}

fn parse(nick: &str) -> Result<Nick, Refusal> {
    Nick::parse(nick).map_err(|bad| Refusal::bad_name(ErrorCode::BadNick, "nick", &bad))
}

fn taken(nick: &Nick) -> Refusal {
    let message = format!("{nick} is taken by somebody, or was a moment ago: choose another nick");
    Refusal::new(ErrorCode::NickTaken, message)
}

/// The address that a client comes from.
pub(crate) fn address_of(peer: &Peer) -> IpAddr {
    peer.address().unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST))
}

fn new_person() -> PersonId {
    let random = (u128::from(fastrand::u64(..)) << 64) | u128::from(fastrand::u64(..));
    PersonId::from_parts(clock::unix_ms(), random & ((1 << 80) - 1))
}
