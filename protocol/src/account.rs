//! Accounts and moderation: the bodies of their commands and answers.

use serde::{Deserialize, Serialize};

use crate::{PersonId, Role, RoomId, User};

/// Makes an account of a guest, who keeps id, nick and all that they said. The guest's tokens are good for
/// nothing any more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Register {
    /// The password to log in with, together with the nick.
    pub password: String,
    /// What an administrator gave, where an account needs an invitation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invitation: Option<String>,
}

/// Sets another password, and ends the logins of all other devices.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChangePassword {
    /// The password until now.
    pub old: String,
    /// The one from now on.
    pub new: String,
}

/// Asks on which devices the person is logged in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ListLogins {}

/// Ends logins. Without a field: the one of this connection, which is closed after the answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LogOut {
    /// Ends the login with this number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<u64>,
    /// Ends all but the one of this connection.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub others: bool,
    /// For administrators: ends all logins of this person, an id or a nick ([`crate::PersonRef`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// With `person`: why, for the audit log.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// Deletes the account. What the person said stays, the name is no longer theirs, and all devices are logged out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unregister {
    /// The password.
    pub password: String,
    /// Whether all that the person has said goes too. Otherwise it stays, under the nicks of its time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub messages: bool,
}

/// Turns the second factor on or off: codes of an authenticator app.
///
/// With the password alone: makes a secret for the app. With a code of the app too: turns it on, if the code is
/// right. With `off` and a code: turns it off.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SetSecondFactor {
    /// The password.
    pub password: String,
    /// A code of the app, or a recovery code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Turns it off.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub off: bool,
}

/// The answer to `second_factor`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactorOk {
    /// The secret for the app, in base 32, as people type it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// The same as an address, for a picture that the app reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// With the password alone: one is on already, and has to be turned off before another one is made.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub on: bool,
    /// Codes for when the app is lost, each good once. They are shown this one time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recovery: Vec<String>,
}

/// Uses the one-time link with which an account becomes the owner's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// The secret in the link.
    pub secret: String,
}

/// The answer to `register`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterOk {
    /// The person, now with an account.
    pub user: User,
    /// Replaces the token of `hello`.
    pub token: String,
    /// The role of the account.
    pub role: Role,
    /// The number of the login that this connection has now.
    pub login: u64,
    /// To be kept, and brought with the next password from this device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_secret: Option<String>,
}

/// The answer to `logins`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginsOk {
    /// The newest first.
    pub logins: Vec<LoginInfo>,
}

/// A device on which somebody is logged in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginInfo {
    /// Its number, for `logout`.
    pub login: u64,
    /// What the client called itself in `hello`.
    pub device: String,
    /// The address that it came from last.
    pub address: String,
    /// When the password was given, in Unix milliseconds.
    pub made: u64,
    /// When it was used last, in Unix milliseconds, give or take an hour.
    pub used: u64,
    /// Whether it is the one of this connection.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub current: bool,
}

/// Gives an account another role, below the one of who asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GiveRole {
    /// Whose account: an id, or a nick ([`crate::PersonRef`]).
    pub person: String,
    /// The new role.
    pub role: Role,
    /// Why, for the audit log.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// What a restriction forbids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RestrictionKind {
    /// To say something.
    Mute,
    /// To be there.
    Ban,
    /// To be heard: nobody else sees what they say, and they do not learn that.
    Shadow,
}

/// Mutes, bans or shadow-bans somebody, in place of an earlier restriction of the same kind. When it is answered, nothing
/// that they say afterwards is shown, and a banned person is out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Restrict {
    /// What is forbidden.
    pub kind: RestrictionKind,
    /// Whom: an id, or a nick ([`crate::PersonRef`]). Exactly one of this and `address` is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// Everybody from an address or a range like `192.0.2.0/24`; a single IPv6 address stands for its /64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The one room where it holds: its id, or its name ([`crate::RoomRef`]). Without it: everywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<String>,
    /// For how many milliseconds. Without it: until it is lifted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_ms: Option<u64>,
    /// Why. The person concerned reads it too, unless the kind is [`RestrictionKind::Shadow`].
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// Takes a restriction back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lift {
    /// What was forbidden.
    pub kind: RestrictionKind,
    /// Whom it concerned: an id, or a nick ([`crate::PersonRef`]). Exactly one of this and `address` is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// The addresses that it concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The one room where it held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<String>,
    /// Why, for the audit log.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// Takes somebody out of a room. They may join again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kick {
    /// The room: its id, or its name ([`crate::RoomRef`]).
    pub room: String,
    /// Whom: an id, or a nick ([`crate::PersonRef`]).
    pub person: String,
    /// Why. The person concerned reads it too.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// Asks for a page of the audit log, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ReadAudit {
    /// Only what was done in this room: its id, or its name ([`crate::RoomRef`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<String>,
    /// Only entries before this number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<u64>,
}

/// The answer to `audit`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditOk {
    /// The newest first.
    pub entries: Vec<AuditEntry>,
    /// Whether there are more: ask again with the last one's number as `before`.
    pub more: bool,
}

/// Something that was done to somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Its number.
    pub number: u64,
    /// When, in Unix milliseconds.
    pub at: u64,
    /// Who did it. Absent for somebody at the server's machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
    /// What they were called then.
    pub by_name: String,
    /// What was done, in one word.
    pub action: String,
    /// To whom or what, in words.
    pub subject: String,
    /// In which room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomId>,
    /// Why, in the words of who did it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// Asks why a command is allowed or refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AskWhy {
    /// The command, by its `type`.
    pub command: String,
    /// The room it would be about: its id, or its name ([`crate::RoomRef`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<String>,
    /// Who would do it: an id, or a nick ([`crate::PersonRef`]). Only administrators may ask about others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// With the commands `send` and `edit`: what would be said, for the filters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// The answer to `why`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhyOk {
    /// Whether it is allowed.
    pub allowed: bool,
    /// The rule that decides, and where it was set, in words.
    pub rule: String,
    /// The role of the person.
    pub role: Role,
}

/// Turns the raid switch of the server on or off, or asks how it stands. While it is on, nobody new comes in as a
/// guest, guests say nothing and join slowly, and no account is made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SwitchRaid {
    /// Without it, nothing changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<bool>,
    /// With `on`: for how long, in milliseconds; without it until somebody turns it off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_ms: Option<u64>,
    /// Why, for the audit log.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// The answer to `raid`: how the switch stands now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RaidOk {
    /// Whether it is on.
    pub on: bool,
    /// Since when, in Unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<u64>,
    /// For how much longer, in milliseconds; absent where somebody has to turn it off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_ms: Option<u64>,
    /// Who turned it on; absent for the server and somebody at its machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
    /// What they were called then.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by_name: String,
    /// Whether it went on by itself, since many new guests came.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub automatic: bool,
    /// Why it was turned on.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// The person's role on the whole server has changed. Only their own connections get it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "role")]
pub struct RoleChanged {
    /// What they may do from now on.
    pub role: Role,
}

/// Somebody was taken out of a room: the client is not in it any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "removed")]
pub struct Removed {
    /// The room.
    pub room: RoomId,
    /// Why, in words.
    pub reason: String,
}
