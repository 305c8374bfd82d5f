//! The error codes: stable words for programs, beside the sentence for people.

use serde::{Deserialize, Serialize};

/// Why a command failed. The spelling on the wire is the name in lower case with underscores, and
/// never changes its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The frame is no JSON object, or JSON broken at the place that the message tells.
    BadJson,
    /// A field is missing, has the wrong type, or a value out of its range.
    BadCommand,
    /// The `type` is none that this server knows.
    UnknownCommand,
    /// A binary frame; commands are text frames.
    NotText,
    /// Another command came before `hello`.
    HelloFirst,
    /// A second `hello` on one connection.
    HelloTwice,
    /// A `version` that this server does not speak.
    UnsupportedVersion,
    /// A token that this server did not sign, or that has expired or been revoked.
    BadToken,
    /// A JWT that this server does not accept; the message says why.
    BadJwt,
    /// A JWT that has expired, or that was issued before all of the person's sessions were ended.
    JwtExpired,
    /// A code for another device that is wrong, was used, or has expired.
    BadCode,
    /// The nick and the password do not belong together, or there is no such account.
    WrongPassword,
    /// The password is right, and the account asks for a code of its authenticator app.
    SecondFactorNeeded,
    /// A code of the authenticator app, or a recovery code, that is wrong or was used.
    WrongSecondFactor,
    /// A password that may not be chosen; the message says why.
    BadPassword,
    /// A link that is wrong, was used up, or has expired.
    BadLink,
    /// Accounts can't be made here, or not without an invitation.
    RegistrationClosed,
    /// This server lets nobody in without an account.
    AccountNeeded,
    /// The person has an account already.
    HasAccount,
    /// The person has no account, which the command needs.
    NoAccount,
    /// There is nobody with this id or nick.
    NoSuchPerson,
    /// There is no report with this number, or it is settled.
    NoSuchReport,
    /// There is no filter with this number.
    NoSuchFilter,
    /// A filter that can't be made; the message says why.
    BadFilter,
    /// A filter of the server or of the room forbids it; the message says which one.
    Filtered,
    /// The role of who asks does not reach for this.
    Forbidden,
    /// The person may say nothing here, for `retry_ms` or for good.
    Muted,
    /// The person may not be here, for `retry_ms` or for good.
    Banned,
    /// The raid switch is on, which keeps strangers out and guests silent, for `retry_ms` or until it is turned off.
    Raid,
    /// A nick that breaks the rules for names.
    BadNick,
    /// A nick that somebody else has, or had not long ago.
    NickTaken,
    /// A room name that breaks the rules for names.
    BadRoom,
    /// The room does not exist, and rooms are not made by joining here.
    NoSuchRoom,
    /// A public room, or another one that the person knows, has this name.
    RoomNameTaken,
    /// There is no group with this name of which the person may know.
    NoSuchGroup,
    /// A group has this name.
    GroupNameTaken,
    /// There are as many groups as there may be, or in one place as many: of a person, in a group, or of a room.
    TooManyGroups,
    /// The command needs a membership: join first.
    NotJoined,
    /// A later join or leave of the same room came before this join was answered.
    Superseded,
    /// The session is in as many rooms as it may be.
    TooManyRooms,
    /// A text that is blank or has control characters.
    BadText,
    /// A text over `limits.text_bytes`.
    TextTooLong,
    /// A `cid` that is neither a UUID nor a ULID in its one spelling.
    BadCid,
    /// The `cid` was used by this sender before, with another body.
    Conflict,
    /// Too much in too short a time: again after `retry_ms`.
    RateLimited,
    /// The server or the room has too much to do: again after `retry_ms`.
    Busy,
    /// The log could not be reached. The outcome of a send is unknown: retry with the same `cid`.
    StorageUnavailable,
    /// The server is draining: come back after the `bye`.
    Draining,
    /// A defect of the server, which it has logged.
    Internal,
    /// A code of a later version, which no server of this one sends: give the command up, and show the message.
    #[serde(other)]
    Unknown,
}

impl ErrorCode {
    /// Every code of this version, for the tables of the specification and for the tests.
    pub const ALL: [Self; 49] = [
        Self::BadJson,
        Self::BadCommand,
        Self::UnknownCommand,
        Self::NotText,
        Self::HelloFirst,
        Self::HelloTwice,
        Self::UnsupportedVersion,
        Self::BadToken,
        Self::BadJwt,
        Self::JwtExpired,
        Self::BadCode,
        Self::WrongPassword,
        Self::SecondFactorNeeded,
        Self::WrongSecondFactor,
        Self::BadPassword,
        Self::BadLink,
        Self::RegistrationClosed,
        Self::AccountNeeded,
        Self::HasAccount,
        Self::NoAccount,
        Self::NoSuchPerson,
        Self::NoSuchReport,
        Self::NoSuchFilter,
        Self::BadFilter,
        Self::Filtered,
        Self::Forbidden,
        Self::Muted,
        Self::Banned,
        Self::Raid,
        Self::BadNick,
        Self::NickTaken,
        Self::BadRoom,
        Self::NoSuchRoom,
        Self::RoomNameTaken,
        Self::NoSuchGroup,
        Self::GroupNameTaken,
        Self::TooManyGroups,
        Self::NotJoined,
        Self::Superseded,
        Self::TooManyRooms,
        Self::BadText,
        Self::TextTooLong,
        Self::BadCid,
        Self::Conflict,
        Self::RateLimited,
        Self::Busy,
        Self::StorageUnavailable,
        Self::Draining,
        Self::Internal,
    ];
}
