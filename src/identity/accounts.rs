//! Accounts: passwords, logins and their tokens, roles, and one-time links.
//!
//! A login's token is 32 random bytes in base64url; only its SHA-256 is stored. A guest's token
//! ([`tokens`](super::tokens)) has a dot in it, a login's has none.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use sha2::{Digest, Sha256};
use throng_log::clock::{millis, now_ms, unix_ms};
use throng_log::{
    Account, AccountKey, Audit, Change, Directory, GroupId, LinkPurpose, Log, LogError, Login,
    Logins, NewLogin, NickNote, SecretHash, Unchanged,
};
use throng_protocol::{ErrorCode, Nick, PersonId, Refusal, Role};

use crate::base::rate_limit::Rate;
use crate::config::Registration;
use crate::identity::device_secrets::DeviceSecrets;
use crate::identity::passwords::Passwords;
use crate::identity::passwords::line::Lane;
use crate::identity::standing::Standing;
use crate::raid::Roles;

mod cookie;
mod links;
pub(crate) mod proving;
mod second_factor;

/// The most logins of one person: with one more, the oldest ends.
const LOGINS_MAX: usize = 50;

/// The longest name of a device, in characters.
const DEVICE_CHARS_MAX: usize = 64;

/// The use of a login is noted again after this time, in milliseconds.
const USED_FRESH_MS: u64 = 3_600_000;

/// All accounts.
pub(crate) struct Accounts {
    directory: Arc<dyn Directory>,
    log: Arc<dyn Log>,
    passwords: Passwords,
    /// Of every account. One that was deleted has the role of a guest: its person's old tokens stay void.
    roles: Arc<Roles>,
    standing: Standing,
    device_secrets: DeviceSecrets,
    settings: Settings,
    /// Held while a role is stored and remembered.
    order: async_lock::Mutex<()>,
}

/// What the configuration says about accounts.
pub(crate) struct Settings {
    pub(crate) registration: Registration,
    /// How long a login lives without being used.
    pub(crate) login_ttl: Duration,
    /// Wrong passwords for one name.
    pub(crate) wrong_passwords: Rate,
}

/// A login that was opened just now.
#[derive(Clone, Debug)]
pub(crate) struct Opened {
    pub(crate) token: String,
    pub(crate) id: u64,
}

/// Where a login comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Device<'a> {
    /// What the client calls itself.
    pub(crate) name: Option<&'a str>,
    pub(crate) address: IpAddr,
}

impl Accounts {
    /// The accounts of a directory, whose roles were read.
    pub(crate) fn new(
        directory: Arc<dyn Directory>,
        log: Arc<dyn Log>,
        passwords: Passwords,
        device_secrets: DeviceSecrets,
        roles: Arc<Roles>,
        settings: Settings,
    ) -> Self {
        Self {
            directory,
            log,
            passwords,
            roles,
            standing: Standing::new(settings.wrong_passwords),
            device_secrets,
            settings,
            order: async_lock::Mutex::new(()),
        }
    }

    /// What a person may do on the whole server.
    pub(crate) fn role(&self, person: PersonId) -> Role {
        self.roles.get(&person).map_or(Role::Guest, |role| *role)
    }

    /// Everybody with this role or a higher one.
    pub(crate) fn from(&self, least: Role) -> Vec<PersonId> {
        self.roles.iter().filter(|role| **role >= least).map(|role| *role.key()).collect()
    }

    pub(crate) fn has_account(&self, person: PersonId) -> bool {
        self.role(person) > Role::Guest
    }

    /// Whether a person has an account, or had one that was deleted.
    pub(crate) fn had_account(&self, person: PersonId) -> bool {
        self.roles.contains_key(&person)
    }

    /// Whether somebody owns this server.
    pub(crate) fn has_owner(&self) -> bool {
        self.roles.iter().any(|role| *role == Role::Owner)
    }

    /// Makes an account of a guest, and opens a login.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn register(
        &self,
        person: PersonId,
        nick: &Nick,
        password: &str,
        invitation: Option<&str>,
        (device, address): (Device<'_>, Option<IpAddr>),
    ) -> Result<Opened, Refusal> {
        if self.had_account(person) {
            return Err(refused(Unchanged::HasAccount));
        }
        let mut changes = Vec::new();
        match (self.settings.registration, invitation) {
            (Registration::Open, None) => {}
            (Registration::Open | Registration::Invite, Some(secret)) => {
                changes.push(self.use_link(secret, LinkPurpose::Registration));
            }
            (Registration::Invite, None) => {
                let message = "this server makes accounts by invitation: ask an administrator";
                return Err(Refusal::new(ErrorCode::RegistrationClosed, message));
            }
            (Registration::Closed, _) => {
                let message = "this server makes no accounts: an administrator can";
                return Err(Refusal::new(ErrorCode::RegistrationClosed, message));
            }
        }
        let lane = self.standing.lane(address, now_ms());
        let hash = self.hash(password, nick, lane).await?;
        changes.push(Change::AddAccount(Account {
            person,
            name: Some(nick.clone()),
            password: Some(hash.into()),
            second_factor: None,
            role: Role::Member,
            made_ms: unix_ms(),
        }));
        let token = self.open_login(changes, person, device).await?;
        self.roles.insert(person, Role::Member);
        Ok(token)
    }

    /// Opens a login for somebody who has proved who they are.
    ///
    /// # Errors
    /// When it can't be stored.
    pub(crate) async fn log_in(
        &self,
        person: PersonId,
        device: Device<'_>,
    ) -> Result<Opened, Refusal> {
        self.open_login(Vec::new(), person, device).await
    }

    /// The login with this token.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) async fn by_token(&self, token: &str, address: IpAddr) -> Result<Login, Refusal> {
        let hash = hash_of(token);
        let (login, now) = self.live_login(hash).await?;
        let (address, at_ms) = (address.to_string().into_boxed_str(), unix_ms());
        if login.address != address || login.used_ms + USED_FRESH_MS < at_ms {
            let expires_ms = now + millis(self.settings.login_ttl);
            self.directory.note(NickNote::LoginUsed { hash, address, at_ms, expires_ms });
        }
        Ok(login)
    }

    /// The login whose token has this hash, and the time by the log's clock.
    async fn live_login(&self, hash: SecretHash) -> Result<(Login, u64), Refusal> {
        let found = self.directory.login(hash).await.map_err(|error| unread(&error))?;
        let now = self.log.clock().now_ms();
        let is_good = |login: &Login| login.expires_ms > now && self.has_account(login.person);
        let login = found.filter(is_good).ok_or_else(|| refused(Unchanged::NoLogin))?;
        Ok((login, now))
    }

    /// Somebody's account.
    ///
    /// # Errors
    /// When it can't be read.
    pub(crate) async fn find(&self, person: PersonId) -> Result<Option<Account>, Refusal> {
        let found = self.directory.account(AccountKey::Person(person)).await;
        found.map_err(|error| unread(&error))
    }

    /// Accounts in the order of their people's ids, after this one.
    ///
    /// # Errors
    /// When they can't be read.
    pub(crate) async fn page(
        &self,
        after: Option<PersonId>,
        limit: u32,
    ) -> Result<Vec<Account>, Refusal> {
        self.directory.accounts(after, limit).await.map_err(|error| unread(&error))
    }

    /// Somebody's logins, the newest first.
    ///
    /// # Errors
    /// When they can't be read.
    pub(crate) async fn logins(&self, person: PersonId) -> Result<Vec<Login>, Refusal> {
        self.directory.logins(person).await.map_err(|error| unread(&error))
    }

    /// Sets another password. All logins but this one end.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn change_password(
        &self,
        person: PersonId,
        nick: &Nick,
        (old, new): (&str, &str),
        login: u64,
    ) -> Result<(), Refusal> {
        self.confirm(person, old).await?;
        let password = self.hash(new, nick, Lane::Proven).await?.into();
        let changes = vec![
            Change::SetPassword { person, password },
            Change::EndLogins { person, which: Logins::AllBut(login) },
        ];
        self.change(changes).await
    }

    /// Whether somebody with this password may delete their account.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn may_unregister(
        &self,
        person: PersonId,
        password: &str,
    ) -> Result<(), Refusal> {
        if self.role(person) == Role::Owner {
            let message =
                "the owner's account can't be deleted: make somebody else the owner first";
            return Err(Refusal::new(ErrorCode::Forbidden, message));
        }
        self.confirm(person, password).await
    }

    /// Deletes somebody's account together with other changes, all or nothing.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn unregister(
        &self,
        person: PersonId,
        nick: &Nick,
        mut changes: Vec<Change>,
    ) -> Result<(), Refusal> {
        let note = self.audit(Some(person), nick.as_str(), "unregister", nick.as_str());
        changes.extend([Change::DeleteAccount { person }, note]);
        let _order = self.order.lock().await;
        self.change(changes).await?;
        self.roles.insert(person, Role::Guest);
        Ok(())
    }

    /// Gives an account another role. Whether the one who asks may do that is judged before.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn set_role(
        &self,
        person: PersonId,
        role: Role,
        note: Change,
    ) -> Result<(), Refusal> {
        // Of two at once, the one that is stored last holds.
        let _order = self.order.lock().await;
        self.change(vec![Change::SetRole { person, role }, note]).await?;
        self.roles.insert(person, role);
        Ok(())
    }

    /// Remembers a role that was stored together with something else.
    pub(crate) fn remember_role(&self, person: PersonId, role: Role) {
        self.roles.insert(person, role);
    }

    /// Makes changes, and waits until they are on disk.
    ///
    /// # Errors
    /// Why they were not made.
    pub(crate) async fn change(&self, changes: Vec<Change>) -> Result<(), Refusal> {
        match self.directory.change(changes).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(unchanged)) => Err(refused(unchanged)),
            Err(error) => Err(unread(&error)),
        }
    }

    /// Who is in a group, with the names of their accounts.
    ///
    /// # Errors
    /// When it can't be read.
    pub(crate) async fn people_in_group(
        &self,
        group: GroupId,
        after: Option<PersonId>,
        limit: u32,
    ) -> Result<Vec<(PersonId, Nick)>, Refusal> {
        self.directory.group_people(group, after, limit).await.map_err(|error| unread(&error))
    }

    /// Forgets what was tried long ago. Called about once a second.
    pub(crate) fn sweep(&self, now_ms: u64) {
        self.standing.sweep(now_ms);
    }

    /// An entry of the audit log, without a room and a reason.
    pub(crate) fn audit(
        &self,
        by: Option<PersonId>,
        by_name: &str,
        action: &str,
        subject: &str,
    ) -> Change {
        let (room, reason) = (None, "".into());
        let (by_name, action, subject) = (by_name.into(), action.into(), subject.into());
        Change::Note(Audit { id: 0, at_ms: unix_ms(), by, by_name, action, subject, room, reason })
    }

    /// Makes these changes and opens a login, all or nothing.
    async fn open_login(
        &self,
        mut changes: Vec<Change>,
        person: PersonId,
        device: Device<'_>,
    ) -> Result<Opened, Refusal> {
        let token = random_secret();
        let hash = hash_of(&token);
        let name: String = device.name.unwrap_or("").chars().take(DEVICE_CHARS_MAX).collect();
        let older = self.logins(person).await?;
        // The oldest are the last.
        for login in older.iter().skip(LOGINS_MAX - 1) {
            changes.push(Change::EndLogins { person, which: Logins::One(login.id) });
        }
        changes.push(Change::AddLogin(NewLogin {
            hash,
            person,
            device: name.into(),
            address: device.address.to_string().into(),
            made_ms: unix_ms(),
            expires_ms: self.log.clock().now_ms() + millis(self.settings.login_ttl),
        }));
        self.change(changes).await?;
        let stored = self.directory.login(hash).await.map_err(|error| unread(&error))?;
        let id = stored.map_or(0, |login| login.id);
        Ok(Opened { token, id })
    }
}

fn hash_of(secret: &str) -> SecretHash {
    Sha256::digest(secret.as_bytes()).into()
}

/// 256 random bits.
fn random_secret() -> String {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("the system gives random bytes after it has started");
    BASE64.encode(bytes)
}

/// The refusal for a person when the directory gives no answer.
pub(crate) fn unread(error: &LogError) -> Refusal {
    match error {
        LogError::Damaged(_) => {
            let message = "a part of what is stored of people is damaged, which the server logged";
            Refusal::new(ErrorCode::Internal, message)
        }
        LogError::Unavailable(_) | LogError::Busy => {
            let message = "the server cannot look up people at the moment: try again";
            Refusal::later(ErrorCode::StorageUnavailable, message, 2_000)
        }
    }
}

fn refused(unchanged: Unchanged) -> Refusal {
    let (code, message) = match unchanged {
        Unchanged::NameTaken => {
            (ErrorCode::NickTaken, "somebody has an account with this name: choose another nick")
        }
        Unchanged::HasAccount => (ErrorCode::HasAccount, "you have an account already"),
        Unchanged::NoAccount => (ErrorCode::NoAccount, "there is no such account"),
        Unchanged::NoReport => {
            (ErrorCode::NoSuchReport, "there is no such report, or somebody has settled it")
        }
        Unchanged::NoFilter => (ErrorCode::NoSuchFilter, "there is no filter with this number"),
        Unchanged::CodeUsed => {
            (ErrorCode::WrongSecondFactor, "this code is wrong, or was used: take the next one")
        }
        Unchanged::ComesFromOutside | Unchanged::ExternalTaken | Unchanged::Outdated => (
            ErrorCode::Forbidden,
            "this person comes by another application, which has their password",
        ),
        Unchanged::NoLink => {
            (ErrorCode::BadLink, "this link is wrong, was used, or has expired: ask for a new one")
        }
        Unchanged::NoLogin => {
            (ErrorCode::BadToken, "this login has ended: log in again with nick and password")
        }
    };
    Refusal::new(code, message)
}

/// The refusal of a link that is good for nothing.
pub(crate) fn bad_link() -> Refusal {
    refused(Unchanged::NoLink)
}

/// The refusal where there is no report with a number.
pub(crate) fn no_such_report() -> Refusal {
    refused(Unchanged::NoReport)
}

/// The refusal where there is no filter with a number.
pub(crate) fn no_such_filter() -> Refusal {
    refused(Unchanged::NoFilter)
}
