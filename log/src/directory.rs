//! Who is who, as a trait: nicks, accounts, logins, restrictions, and what was done to whom.

use futures::future::BoxFuture;
use throng_protocol::{Fold, Nick, PersonId, Role};

use crate::accounts::{
    Account, AccountKey, Audit, AuditRange, Bot, Change, External, ExternalId, FoundLink, Login,
    Raid, Restriction, SecretHash, Unchanged,
};
use crate::erasure::Erasure;
use crate::filters::Filter;
use crate::groups::{Group, GroupId};
use crate::log::LogError;
use crate::peace::{KeptAway, Report, ReportKey, ReportRange};
use crate::profiles::{NickChange, Profile};
use crate::rooms::{RoomAttributes, Seat};

/// The people, as far as the log remembers them.
pub trait Directory: Send + Sync + 'static {
    /// Who has this nick, or had it last; `None` when nobody is remembered.
    ///
    /// # Errors
    /// [`LogError`] when it could not be read.
    fn nick(&self, fold: Fold) -> BoxFuture<'static, Result<Option<NickRecord>, LogError>>;

    /// Remembers something about a nick. It is on disk within about a second, and when the log is
    /// closed; a crash before that forgets it. That something was said under a nick need not be noted: the log sees it.
    fn note(&self, note: NickNote);

    /// Makes all of these changes, or none. When this returns `Ok(Ok(()))`, they are on disk.
    ///
    /// # Errors
    /// [`LogError::Unavailable`]: whether they were made is unknown.
    fn change(
        &self,
        changes: Vec<Change>,
    ) -> BoxFuture<'static, Result<Result<(), Unchanged>, LogError>>;

    /// An account, also one that was deleted.
    ///
    /// # Errors
    /// [`LogError`] when it could not be read.
    fn account(&self, key: AccountKey) -> BoxFuture<'static, Result<Option<Account>, LogError>>;

    /// Accounts in the order in which they were made, after this person's.
    ///
    /// # Errors
    /// [`LogError`] when they could not be read.
    fn accounts(
        &self,
        after: Option<PersonId>,
        limit: u32,
    ) -> BoxFuture<'static, Result<Vec<Account>, LogError>>;

    /// The ids and roles of all accounts. One that was deleted has the role of a guest.
    ///
    /// # Errors
    /// [`LogError`] when they could not be read.
    fn roles(&self) -> BoxFuture<'static, Result<Vec<(PersonId, Role)>, LogError>>;

    /// The nicks that somebody had, the newest change first. A guest's are remembered for a time only.
    ///
    /// # Errors
    /// [`LogError`] when they could not be read.
    fn nick_history(
        &self,
        person: PersonId,
    ) -> BoxFuture<'static, Result<Vec<NickChange>, LogError>>;

    /// What these people say about themselves, in the order of the ids given; nothing of those without an account. A
    /// status may have ended.
    ///
    /// # Errors
    /// [`LogError`] when they could not be read.
    fn profiles(&self, people: Vec<PersonId>)
    -> BoxFuture<'static, Result<Vec<Profile>, LogError>>;

    /// The login with this token. It may have expired.
    ///
    /// # Errors
    /// [`LogError`] when it could not be read.
    fn login(&self, hash: SecretHash) -> BoxFuture<'static, Result<Option<Login>, LogError>>;

    /// A person's logins, the newest first.
    ///
    /// # Errors
    /// [`LogError`] when they could not be read.
    fn logins(&self, person: PersonId) -> BoxFuture<'static, Result<Vec<Login>, LogError>>;

    /// Every bot, the oldest first; also those that have expired since the log was opened.
    ///
    /// # Errors
    /// [`LogError`] when they could not be read.
    fn bots(&self) -> BoxFuture<'static, Result<Vec<Bot>, LogError>>;

    /// The person whom an issuer outside means.
    ///
    /// # Errors
    /// [`LogError`] when it could not be read.
    fn external(&self, id: ExternalId) -> BoxFuture<'static, Result<Option<External>, LogError>>;

    /// What issuers outside say about a person.
    ///
    /// # Errors
    /// [`LogError`] when it could not be read.
    fn externals_of(&self, person: PersonId)
    -> BoxFuture<'static, Result<Vec<External>, LogError>>;

    /// Every restriction, also those that have ended since the log was opened.
    ///
    /// # Errors
    /// [`LogError`] when they could not be read.
    fn restrictions(&self) -> BoxFuture<'static, Result<Vec<Restriction>, LogError>>;

    /// A one-time link, also one that was used up or has expired.
    ///
    /// # Errors
    /// [`LogError`] when it could not be read.
    fn link(&self, hash: SecretHash) -> BoxFuture<'static, Result<Option<FoundLink>, LogError>>;

    /// What is said of rooms, also of those that were deleted.
    ///
    /// # Errors
    /// [`LogError`] when it could not be read.
    fn room_attributes(&self) -> BoxFuture<'static, Result<Vec<RoomAttributes>, LogError>>;

    /// Who is in which room.
    ///
    /// # Errors
    /// [`LogError`] when it could not be read.
    fn seats(&self) -> BoxFuture<'static, Result<Vec<Seat>, LogError>>;

    /// What is still to be erased.
    ///
    /// # Errors
    /// [`LogError`] when it could not be read.
    fn erasures(&self) -> BoxFuture<'static, Result<Vec<Erasure>, LogError>>;

    /// All groups.
    ///
    /// # Errors
    /// [`LogError`] when they could not be read.
    fn groups(&self) -> BoxFuture<'static, Result<Vec<Group>, LogError>>;

    /// Who is in which group.
    ///
    /// # Errors
    /// [`LogError`] when it could not be read.
    fn group_members(&self) -> BoxFuture<'static, Result<Vec<(GroupId, PersonId)>, LogError>>;

    /// Who is in a group, after this person, in the order of their ids, with the names of their accounts.
    ///
    /// # Errors
    /// [`LogError`] when they could not be read.
    fn group_people(
        &self,
        group: GroupId,
        after: Option<PersonId>,
        limit: u32,
    ) -> BoxFuture<'static, Result<Vec<(PersonId, Nick)>, LogError>>;

    /// Who keeps whom away.
    ///
    /// # Errors
    /// [`LogError`] when it could not be read.
    fn kept_away(&self) -> BoxFuture<'static, Result<Vec<KeptAway>, LogError>>;

    /// One report.
    ///
    /// # Errors
    /// [`LogError`] when it could not be read.
    fn report(&self, key: ReportKey) -> BoxFuture<'static, Result<Option<Report>, LogError>>;

    /// Reports, the newest first.
    ///
    /// # Errors
    /// [`LogError`] when they could not be read.
    fn reports(&self, range: ReportRange) -> BoxFuture<'static, Result<Vec<Report>, LogError>>;

    /// The raid switch, if it was left on. Its time may be over.
    ///
    /// # Errors
    /// [`LogError`] when it could not be read.
    fn raid(&self) -> BoxFuture<'static, Result<Option<Raid>, LogError>>;

    /// Every filter, in the order of their numbers.
    ///
    /// # Errors
    /// [`LogError`] when they could not be read.
    fn filters(&self) -> BoxFuture<'static, Result<Vec<Filter>, LogError>>;

    /// Entries of the audit log, in the order of the range.
    ///
    /// # Errors
    /// [`LogError`] when they could not be read.
    fn audit(&self, range: AuditRange) -> BoxFuture<'static, Result<Vec<Audit>, LogError>>;
}

/// Who has a nick, or had it last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NickRecord {
    /// Whose it is.
    pub person: PersonId,
    /// Whether they said something under it.
    pub has_spoken: bool,
    /// When they were here last, by the log's clock ([`crate::LogClock`]), give or take an hour; for a nick
    /// under which nothing was said not before the log was opened.
    pub seen_ms: u64,
    /// Whether they have an account with this name, or are a bot that is called so: then it is theirs as long as
    /// the account or the bot lives.
    pub has_account: bool,
}

/// What is remembered about a nick.
#[derive(Clone, Debug)]
pub enum NickNote {
    /// A person goes by this nick now.
    Worn {
        /// Who.
        person: PersonId,
        /// The nick.
        nick: Nick,
    },
    /// Somebody without an account is called otherwise now, or came back under another nick.
    Changed(NickChange),
    /// A person is here.
    Seen {
        /// Who.
        person: PersonId,
    },
    /// A login was used.
    LoginUsed {
        /// Of its token.
        hash: SecretHash,
        /// Where it came from.
        address: Box<str>,
        /// When, in Unix milliseconds.
        at_ms: u64,
        /// Until when its token is good now, by the log's clock.
        expires_ms: u64,
    },
    /// A person does not go by this nick any more, and its hold is over. It stays theirs if they
    /// said something under it.
    Left {
        /// Who.
        person: PersonId,
        /// The nick.
        nick: Nick,
    },
}
