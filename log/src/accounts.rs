//! What the directory remembers of accounts: records, and the changes that lead to them. Times by which
//! something ends are the log's ([`crate::LogClock`]); times that people read are Unix time.

use std::fmt;
use std::sync::Arc;

use throng_protocol::{Fold, Nick, PersonId, RestrictionKind, Role, RoomId, Scopes};

use crate::erasure::Erasure;
use crate::filters::Filter;
use crate::groups::{Group, GroupId};
use crate::peace::{KeptAway, Report, Settled};
use crate::profiles::ProfileChange;
use crate::rooms::{Reader, RoomAttributes, Seat};

/// A person with an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Who it is: the same id as before the account was made.
    pub person: PersonId,
    /// Their nick, which is the name they log in with. `None` once the account was deleted.
    pub name: Option<Nick>,
    /// The password's hash, as a PHC string; `None` when there is no password.
    pub password: Option<Arc<str>>,
    /// The second factor, where it is turned on.
    pub second_factor: Option<SecondFactor>,
    /// What they may do.
    pub role: Role,
    /// When the account was made, in Unix milliseconds.
    pub made_ms: u64,
}

/// What is stored of a second factor: codes of an authenticator app (RFC 6238).
#[derive(Clone, PartialEq, Eq)]
pub struct SecondFactor {
    /// What the server and the app share.
    pub secret: [u8; 20],
    /// The step of the last code that was used: no code of that step or an older one is good again.
    pub last_step: u64,
    /// Of the recovery codes that are left.
    pub recovery: Vec<SecretHash>,
}

impl fmt::Debug for SecondFactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecondFactor").field("last_step", &self.last_step).finish_non_exhaustive()
    }
}

/// Which account is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountKey {
    /// That of a person.
    Person(PersonId),
    /// The one with this name.
    Name(Fold),
}

/// The SHA-256 of a secret that was given away: the secret itself is stored nowhere.
pub type SecretHash = [u8; 32];

/// A device on which somebody is logged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// The number under which it is listed and ended.
    pub id: u64,
    /// Whose it is.
    pub person: PersonId,
    /// What the client called itself.
    pub device: Box<str>,
    /// The address that it came from last.
    pub address: Box<str>,
    /// When the password was given, in Unix milliseconds.
    pub made_ms: u64,
    /// When it was used last, in Unix milliseconds, give or take an hour.
    pub used_ms: u64,
    /// Until when its token is good, by the log's clock.
    pub expires_ms: u64,
}

/// A login to be stored.
#[derive(Clone, Debug)]
pub struct NewLogin {
    /// Of its token.
    pub hash: SecretHash,
    /// Whose it is.
    pub person: PersonId,
    /// What the client calls itself.
    pub device: Box<str>,
    /// Where it comes from.
    pub address: Box<str>,
    /// When, in Unix milliseconds.
    pub made_ms: u64,
    /// Until when its token is good, by the log's clock.
    pub expires_ms: u64,
}

/// Which of a person's logins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Logins {
    /// All.
    All,
    /// The one with this number.
    One(u64),
    /// All but the one with this number.
    AllBut(u64),
}

/// A person that is a program, with an owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bot {
    /// Who it is.
    pub person: PersonId,
    /// Whose it is: a person with an account.
    pub owner: PersonId,
    /// What it is called, as long as it lives.
    pub nick: Nick,
    /// Of its token.
    pub hash: SecretHash,
    /// What its token is good for.
    pub scopes: Scopes,
    /// The only rooms where it may be; `None` for everywhere.
    pub rooms: Option<Box<[RoomId]>>,
    /// When it was made, in Unix milliseconds.
    pub made_ms: u64,
    /// Until when it lives, by the log's clock; `None` until it is ended.
    pub expires_ms: Option<u64>,
}

/// What a person may not do any more, for a time or for good. It wins over every role but the owner's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restriction {
    /// What it forbids.
    pub kind: RestrictionKind,
    /// Whom it concerns.
    pub subject: Subject,
    /// The one room in which it holds; `None` for the whole server.
    pub room: Option<RoomId>,
    /// Until when, by the log's clock; `None` for good.
    pub until_ms: Option<u64>,
    /// When it was made, in Unix milliseconds.
    pub made_ms: u64,
    /// Who made it; `None` for somebody at the server's machine.
    pub by: Option<PersonId>,
    /// Why, in their words.
    pub reason: Box<str>,
}

/// Whom a restriction concerns.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A person.
    Person(PersonId),
    /// Everybody from these addresses, in the notation of `192.0.2.0/24`.
    Network(Box<str>),
}

/// Something that was done to somebody: an entry of the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audit {
    /// Its number: 1, 2, 3 and so on. 0 in one that is still to be written.
    pub id: u64,
    /// When, in Unix milliseconds.
    pub at_ms: u64,
    /// Who did it; `None` for somebody at the server's machine.
    pub by: Option<PersonId>,
    /// What they were called then.
    pub by_name: Box<str>,
    /// What was done: the name of the action.
    pub action: Box<str>,
    /// To whom or what, in words.
    pub subject: Box<str>,
    /// In which room.
    pub room: Option<RoomId>,
    /// Why, in the words of who did it.
    pub reason: Box<str>,
}

/// Which entries of the audit log.
#[derive(Clone, Copy, Debug)]
pub struct AuditRange {
    /// From where on, and in which order.
    pub from: AuditFrom,
    /// At most this many.
    pub limit: u32,
    /// Only those of this room.
    pub room: Option<RoomId>,
    /// Only what was done by this action.
    pub action: Option<&'static str>,
    /// Without those of rooms that this reader must not know of; `None` for all.
    pub reader: Option<Reader>,
}

/// Where a page of the audit log begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditFrom {
    /// The newest entries, the newest first.
    Newest,
    /// Those before this number, the newest first.
    Before(u64),
    /// Those after this number, the oldest first.
    After(u64),
}

/// The raid switch, as it was turned on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raid {
    /// Since when, in Unix milliseconds.
    pub since_ms: u64,
    /// Until when, by the log's clock; `None` until somebody turns it off.
    pub until_ms: Option<u64>,
    /// Who turned it on; `None` for somebody at the server's machine, or nobody.
    pub by: Option<PersonId>,
    /// What they were called then.
    pub by_name: Box<str>,
    /// Whether it went on by itself.
    pub is_automatic: bool,
    /// Why, in their words.
    pub reason: Box<str>,
}

/// A one-time link: a secret that its holder may turn into something.
#[derive(Clone, Debug)]
pub struct NewLink {
    /// Of its secret.
    pub hash: SecretHash,
    /// What it is for.
    pub purpose: LinkPurpose,
    /// How often it may be used.
    pub uses: u32,
    /// Until when, by the log's clock.
    pub expires_ms: u64,
}

/// What a one-time link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkPurpose {
    /// To become the owner.
    Owner,
    /// To make an account where that needs an invitation.
    Registration,
    /// To choose a new password for this person's account.
    Reset(PersonId),
    /// To be a member of this room.
    Room(RoomId),
}

/// A one-time link as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FoundLink {
    /// What it is for.
    pub purpose: LinkPurpose,
    /// How often it may still be used.
    pub uses: u32,
    /// Until when, by the log's clock.
    pub expires_ms: u64,
}

/// Who somebody is at an issuer outside: whatever else the issuer says about them, this pair stays the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ExternalId {
    /// The issuer's name, as it stands in what it signs.
    pub issuer: Box<str>,
    /// The issuer's name for the person.
    pub subject: Box<str>,
}

/// A person whom an issuer outside vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct External {
    /// Who they are there.
    pub id: ExternalId,
    /// Who they are here, for good.
    pub person: PersonId,
    /// What the issuer granted last.
    pub grant: Grant,
    /// What was issued in this second or before lets nobody in any more, in Unix seconds.
    pub revoked_s: u64,
}

/// What an issuer said about a person, and when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grant {
    /// When it was issued, in Unix seconds.
    pub issued_s: u64,
    /// The nick that they are to have.
    pub nick: Option<Box<str>>,
    /// The only rooms that they may be in, by id or name; `None` for no limit.
    pub rooms: Option<Vec<Box<str>>>,
}

/// One change of the directory.
#[derive(Clone, Debug)]
pub enum Change {
    /// Makes an account. Its nick is its owner's as long as the account lives.
    AddAccount(Account),
    /// Gives an account another name, which is kept among its person's nicks.
    Rename {
        /// Whose.
        person: PersonId,
        /// The new name.
        name: Nick,
        /// When, in Unix milliseconds.
        at_ms: u64,
    },
    /// Sets an account's password.
    SetPassword {
        /// Whose.
        person: PersonId,
        /// The hash, as a PHC string.
        password: Arc<str>,
    },
    /// Turns an account's second factor on, or off.
    SetSecondFactor {
        /// Whose.
        person: PersonId,
        /// `None` turns it off.
        factor: Option<SecondFactor>,
    },
    /// Uses the code of a step up, and those before it.
    UseStep {
        /// Whose.
        person: PersonId,
        /// The step.
        step: u64,
    },
    /// Uses a recovery code up.
    UseRecovery {
        /// Whose.
        person: PersonId,
        /// Of the code.
        hash: SecretHash,
    },
    /// Gives an account another role.
    SetRole {
        /// Whose.
        person: PersonId,
        /// The new one.
        role: Role,
    },
    /// Takes name, password, logins, bots, the profile and the nicks that it had from an account. The id stays, so that
    /// what its person said stays theirs.
    DeleteAccount {
        /// Whose.
        person: PersonId,
    },
    /// Changes what somebody with an account says about themselves.
    SetProfile {
        /// Whose.
        person: PersonId,
        /// What changes.
        change: ProfileChange,
    },
    /// Stores a login.
    AddLogin(NewLogin),
    /// Gives a login another token. The one until now is good for nothing any more.
    RenewLogin {
        /// Of the token until now.
        old: SecretHash,
        /// Of the token from now on.
        new: SecretHash,
    },
    /// Ends logins: their tokens are good for nothing any more.
    EndLogins {
        /// Whose.
        person: PersonId,
        /// Which.
        which: Logins,
    },
    /// Stores a bot. Its nick is nobody else's as long as it lives.
    AddBot(Bot),
    /// Ends a bot. There may be none.
    EndBot {
        /// Which.
        person: PersonId,
    },
    /// Restricts somebody, in place of an earlier restriction of the same kind.
    Restrict(Restriction),
    /// Takes a restriction back. There may be none.
    Lift {
        /// What it forbade.
        kind: RestrictionKind,
        /// Whom it concerned.
        subject: Subject,
        /// Where.
        room: Option<RoomId>,
    },
    /// Stores a one-time link.
    AddLink(NewLink),
    /// Uses a link once.
    UseLink {
        /// Of its secret.
        hash: SecretHash,
        /// What it must be for.
        purpose: LinkPurpose,
        /// Now, by the log's clock.
        now_ms: u64,
    },
    /// Stores what is said of a room, in place of what was said before. One that is deleted loses its seats and filters,
    /// its name is free, and what was said there is to be erased.
    PutRoom(RoomAttributes),
    /// Gives somebody a seat in a room, or another rank.
    Seat(Seat),
    /// Somebody is called otherwise, in all rooms where they have a seat.
    RenameSeats {
        /// Who.
        person: PersonId,
        /// What they are called.
        nick: Nick,
    },
    /// Takes somebody's seat away. There may be none.
    Unseat {
        /// In which room.
        room: RoomId,
        /// Whose.
        person: PersonId,
    },
    /// Remembers what is to be erased.
    Erase(Erasure),
    /// Forgets what is erased.
    Erased(Erasure),
    /// Stores a group, or another name of one.
    PutGroup(Group),
    /// Deletes a group. Nobody is in it any more, and no room names it.
    DeleteGroup(GroupId),
    /// Puts somebody into a group, or takes them out of it.
    Assign {
        /// Which one.
        group: GroupId,
        /// Whom.
        person: PersonId,
        /// Whether they are in it from now on.
        is_member: bool,
    },
    /// Keeps somebody away from somebody else, or no more.
    KeepAway(KeptAway),
    /// Stores a report. A second one of the same person about the same message changes nothing.
    Report(Report),
    /// Settles a report.
    Settle {
        /// Which one.
        number: u64,
        /// What became of it.
        settled: Settled,
    },
    /// Turns the raid switch on, or off.
    SetRaid(Option<Raid>),
    /// Remembers who is meant by an issuer outside.
    AddExternal(External),
    /// Stores what an issuer says about a person, unless something that was issued later is stored.
    Grant {
        /// Who they are there.
        id: ExternalId,
        /// What is said.
        grant: Grant,
    },
    /// Stores a filter, which gets a number.
    AddFilter(Filter),
    /// Removes a filter.
    RemoveFilter {
        /// Its number.
        number: u64,
    },
    /// Writes an entry of the audit log.
    Note(Audit),
}

/// Why changes were not made. None of those that were asked for together was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unchanged {
    /// An account, a bot or a room with this name, or one that could be confused with it, exists.
    NameTaken,
    /// This person has an account already.
    HasAccount,
    /// This person has no account, or had one that was deleted.
    NoAccount,
    /// The code was used before, or is none of those that are left.
    CodeUsed,
    /// There is no such report, or it is settled.
    NoReport,
    /// There is no such filter.
    NoFilter,
    /// The link does not exist, was used up, has expired, or is for something else.
    NoLink,
    /// The login has ended, or has another token since.
    NoLogin,
    /// Somebody here is known by this name of an issuer already.
    ExternalTaken,
    /// Something that was issued later is stored, or there is nobody to grant it to.
    Outdated,
    /// This person comes by an issuer outside, and has no password here.
    ComesFromOutside,
}
