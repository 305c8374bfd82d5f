//! Bots: people with an owner, who come with a token that is good for a few things.

use serde::{Deserialize, Serialize};

use crate::{PersonId, RoomId, Scope, Scopes, User};

/// Makes a bot, and the token that it says hello with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MakeBot {
    /// What it is called. Nobody else is, as long as the bot lives.
    pub nick: String,
    /// What its token is good for: nothing that its owner may not do.
    pub scopes: Vec<Scope>,
    /// For how many milliseconds. Without it: until it is revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_ms: Option<u64>,
    /// The only rooms where it may be: ids, or names ([`crate::RoomRef`]). Without it: everywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rooms: Option<Vec<String>>,
    /// What it is for, for the audit log.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// The answer to `bot_new`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MakeBotOk {
    /// The bot.
    pub user: User,
    /// What it says hello with. It is shown this one time.
    pub token: String,
}

/// Asks for one's own bots.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ListBots {}

/// The answer to `bots`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BotsOk {
    /// The oldest first.
    pub bots: Vec<BotInfo>,
}

/// A bot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BotInfo {
    /// Who it is.
    pub user: User,
    /// What its token is good for.
    pub scopes: Scopes,
    /// The only rooms where it may be. Absent for one that may be everywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rooms: Option<Vec<RoomId>>,
    /// When it was made, in Unix milliseconds.
    pub made: u64,
    /// For how many milliseconds its token is good yet; 0 when it has expired. Absent for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_ms: Option<u64>,
    /// How many connections it has.
    pub sessions: u64,
}

/// Revokes a bot's token, which ends the bot: its connections are closed, and its nick is free some time later.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RevokeBot {
    /// Which: an id, or a nick ([`crate::PersonRef`]).
    pub bot: String,
    /// Why, for the audit log.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// What the greeting tells a bot about itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BotGreeting {
    /// Whose it is.
    pub owner: PersonId,
    /// What its token is good for.
    pub scopes: Scopes,
}
