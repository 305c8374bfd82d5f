//! Events: what a server sends, one JSON object in one text frame.
//!
//! An `ok` or `error` with an `id` answers one command; everything else is a push.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::{
    AddFilterOk, Added, AuditOk, BotGreeting, BotsOk, Cid, Deleted, Edited, Epoch, ErrorCode,
    FiltersOk, GroupPeopleOk, GroupsOk, InviteLinkOk, KeptAway, KeptAwayOk, Limits, LoginsOk,
    MakeBotOk, MineOk, NickHistoryOk, OwnRoom, PeopleOk, PersonId, Presence, PresenceChanged,
    PresenceOk, Profile, ProfilesOk, PurgeOk, RaidOk, Rank, RefreshDue, RefreshOk, RegisterOk,
    Removed, ReportMade, ReportsOk, Right, Role, RoleChanged, RoomChanged, RoomGroups, RoomId,
    RoomKind, SearchOk, SecondFactorOk, UnknownEntry, WhyOk,
};

/// A frame from the server, as a client reads it.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "each variant is documented at its body")]
pub enum Event {
    Ok(Ok),
    Error(Fault),
    Message(Message),
    Deleted(Deleted),
    Edited(Edited),
    Typing(Typing),
    Behind(Behind),
    Members(MembersChanged),
    Bye(Farewell),
    Removed(Removed),
    Added(Added),
    Room(RoomChanged),
    KeptAway(KeptAway),
    Reported(ReportMade),
    Role(RoleChanged),
    Refresh(RefreshDue),
    Presence(PresenceChanged),
    /// An entry of a room's log of a later version: nothing is shown for it, and the cursor of its
    /// room moves over it.
    Entry(UnknownEntry),
    /// Another event of a later version, by its `type`: to be ignored.
    Unknown(String),
}

/// The good answer to a command. What else is in it depends on the command: [`Ok::body`].
#[derive(Clone, Debug, PartialEq)]
pub struct Ok {
    /// The `id` of the command.
    pub id: u64,
    json: String,
}

/// What the `ok` of some command holds.
pub trait OkBody: Serialize + for<'de> Deserialize<'de> {}

impl OkBody for Greeting {}
impl OkBody for NickOk {}
impl OkBody for LinkOk {}
impl OkBody for WhoAmIOk {}
impl OkBody for RegisterOk {}
impl OkBody for LoginsOk {}
impl OkBody for SecondFactorOk {}
impl OkBody for AuditOk {}
impl OkBody for WhyOk {}
impl OkBody for OwnRoom {}
impl OkBody for InviteLinkOk {}
impl OkBody for MineOk {}
impl OkBody for PeopleOk {}
impl OkBody for KeptAwayOk {}
impl OkBody for ReportsOk {}
impl OkBody for PurgeOk {}
impl OkBody for MakeBotOk {}
impl OkBody for BotsOk {}
impl OkBody for RaidOk {}
impl OkBody for GroupsOk {}
impl OkBody for GroupPeopleOk {}
impl OkBody for FiltersOk {}
impl OkBody for AddFilterOk {}
impl OkBody for RefreshOk {}
impl OkBody for Profile {}
impl OkBody for ProfilesOk {}
impl OkBody for NickHistoryOk {}
impl OkBody for PresenceOk {}
impl OkBody for SearchOk {}
impl OkBody for RoomsPage {}
impl<E: Serialize + for<'de> Deserialize<'de>> OkBody for Page<E> {}
impl OkBody for Sent {}
impl OkBody for MembersPage {}

impl Ok {
    /// The answer's fields, read as those of the command that was sent under this `id`.
    ///
    /// # Errors
    /// When a field is missing or has the wrong type.
    pub fn body<T: OkBody>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(&self.json)
    }

    /// Writes an `ok` as the text of a frame. A body without fields is `&()`.
    pub fn to_json<T: Serialize>(id: u64, body: &T) -> String {
        tagged("ok", Some(id), body)
    }
}

/// The answer to `hello`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Greeting {
    /// Who the server takes this client for. The nick may differ from the one that was asked for
    /// when a token was presented and the nick was taken meanwhile.
    pub user: User,
    /// To be presented at the next `hello`; it replaces older ones. Empty, and absent on the wire, for somebody who
    /// came by a JWT: they come back with another one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub token: String,
    /// The log's id: cursors of another epoch are void.
    pub epoch: Epoch,
    /// How long the client may be silent, in milliseconds, before it should `ping`.
    pub heartbeat_ms: u64,
    /// What the server allows.
    pub limits: Limits,
    /// What this server can do beyond the first version 1, by name ([`crate::FEATURES`]).
    #[serde(default)]
    pub features: Vec<String>,
    /// What the person may do on the whole server. A guest has no account.
    #[serde(default, skip_serializing_if = "is_guest")]
    pub role: Role,
    /// The number of the login that this connection has, for `logout`. Guests have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<u64>,
    /// There when the client is a bot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bot: Option<BotGreeting>,
    /// With an account: to be kept, and brought with the next password from this device. It opens nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_secret: Option<String>,
    /// In how many milliseconds the JWT expires that the client came by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_ms: Option<u64>,
    /// Why `user.nick` is not the one that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<String>,
}

fn is_guest(role: &Role) -> bool {
    *role == Role::Guest
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_no_order(order: &u32) -> bool {
    *order == 0
}

fn moderator() -> Role {
    Role::Moderator
}

fn is_moderator(role: &Role) -> bool {
    *role == Role::Moderator
}

/// A person, and what they are called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Who it is.
    pub id: PersonId,
    /// What they are called, or were when the event was made.
    pub nick: String,
    /// Whether it is a bot, among members and in answers about oneself. A message does not say it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub bot: bool,
    /// How they are there, among members, in profiles and in answers about oneself. A message does not say it.
    #[serde(default, skip_serializing_if = "Presence::is_online")]
    pub presence: Presence,
}

impl User {
    /// A person who is no bot, of whose presence nothing is said.
    pub fn new(id: PersonId, nick: impl Into<String>) -> Self {
        Self { id, nick: nick.into(), bot: false, presence: Presence::Online }
    }
}

/// The answer to `nick`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NickOk {
    /// The person under the new nick.
    pub user: User,
    /// Replaces the token of `hello`. Absent with an account: its token stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// The answer to `link`: a code with which another device is the same person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkOk {
    /// The code, in two groups of letters and digits ([`crate::LinkCode`]). Valid once.
    pub code: String,
    /// For how many milliseconds from now it is valid.
    pub expires_ms: u64,
}

/// The answer to `whoami`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhoAmIOk {
    /// Who the client is, and what they are called now.
    pub user: User,
    /// When this person first came, in Unix milliseconds.
    pub since: u64,
    /// The server's number of this connection, one for each device: it is in the server's log lines.
    pub connection: u64,
    /// When this connection said hello, in Unix milliseconds.
    pub connected: u64,
}

/// The answer to `rooms`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RoomsPage {
    /// Rooms in the order of their folded names.
    pub rooms: Vec<RoomListing>,
    /// Whether there may be more: ask again with this `after`.
    pub more: bool,
    /// Where to go on: the last name that was looked at, found or not. There when `more` is true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// A room in the list of rooms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RoomListing {
    /// The room's id.
    pub id: RoomId,
    /// The name as its first visitor wrote it.
    pub name: String,
    /// How many members it has now.
    pub members: u64,
    /// Its place among the others: 1 comes first. Rooms without one, whose place is 0, come after those that have one.
    #[serde(default, skip_serializing_if = "is_no_order")]
    pub order: u32,
}

/// The answer to `join` and to `history`: a piece of a room's log.
///
/// `E` is the form of the events. A client reads [`LogEntry`](crate::LogEntry), so that an entry of
/// a later version is not an error; a server puts in what it has encoded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Page<E = Message> {
    /// The room.
    pub room: RoomInfo,
    /// The first seq that the log still has; 1 above `head` when it is empty.
    pub first: u64,
    /// The last seq of the log; 0 when nothing was ever said.
    pub head: u64,
    /// Events in the order of their seq, without a hole.
    pub events: Vec<E>,
    /// Join: the page does not reach the head, nothing live follows, join again after its last
    /// seq. History: there is more in the direction that was asked for.
    pub more: bool,
    /// Join: `after` was too far back, and this is the latest page. What lies between is to be had
    /// by `history`.
    pub limited: bool,
    /// Join: `epoch` or `after` do not belong to this log, and this is the latest page. Forget
    /// what you had.
    pub reset: bool,
    /// Join: who is there. Absent in pages of history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members: Option<MemberSample>,
    /// Join: what the room is for, at length. Absent where nothing is said, and in pages of history.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
}

/// What is known of a room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RoomInfo {
    /// Its id: it stays the same when the room gets another name.
    pub id: RoomId,
    /// Its name; empty for a direct room. Events name the room by its id.
    pub name: String,
    /// Who may see it.
    #[serde(default, skip_serializing_if = "RoomKind::is_public")]
    pub kind: RoomKind,
    /// What it is about.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub topic: String,
    /// The least role that may say something there.
    #[serde(default, skip_serializing_if = "is_guest")]
    pub speak: Role,
    /// How long a person waits from one message to the next, in milliseconds.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub slow_ms: u64,
    /// The least rank that may invite: members, or the room's moderators alone.
    #[serde(default, skip_serializing_if = "Rank::is_member")]
    pub invite: Rank,
    /// Whether it is kept to be read, and nobody says anything.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub archived: bool,
    /// The least role that sees a public room: for everybody else it does not exist.
    #[serde(default, skip_serializing_if = "is_guest")]
    pub see: Role,
    /// The least role on the server that keeps the room, beside its own moderators.
    #[serde(default = "moderator", skip_serializing_if = "is_moderator")]
    pub moderate: Role,
    /// Groups whose people may do something without the role that it needs here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<Box<RoomGroups>>,
    /// Its place among the others: 1 comes first. Rooms without one, whose place is 0, come after those that have one.
    #[serde(default, skip_serializing_if = "is_no_order")]
    pub order: u32,
}

impl RoomInfo {
    /// The groups that it names for a right.
    pub fn groups_for(&self, right: Right) -> &[String] {
        self.groups.as_ref().and_then(|groups| groups.of(right)).unwrap_or_default()
    }

    /// Whether everybody may know of it. The name of another room is said to no room of strangers: a join by it would
    /// make or find a room that everybody sees.
    pub fn is_known_to_all(&self) -> bool {
        self.kind.is_public() && self.see == Role::Guest
    }

    /// A public room about which nothing else is said.
    pub fn public(id: RoomId, name: impl Into<String>) -> Self {
        Self {
            id,
            name: name.into(),
            kind: RoomKind::Public,
            topic: String::new(),
            speak: Role::Guest,
            slow_ms: 0,
            invite: Rank::Member,
            archived: false,
            see: Role::Guest,
            moderate: Role::Moderator,
            groups: None,
            order: 0,
        }
    }
}

/// How many are in a room, and some of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MemberSample {
    /// Counts the `members` events of the room; a gap means: ask again.
    pub version: u64,
    /// How many people are there.
    pub count: u64,
    /// How many of these are away.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub away: u64,
    /// How many of these do not want to be disturbed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub dnd: u64,
    /// Some of them; all, when there are as many as `count`.
    pub sample: Vec<User>,
}

/// The answer to `members`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MembersPage {
    /// The room.
    pub room: RoomInfo,
    /// Who is there.
    pub members: MemberSample,
}

/// The answer to `send`: the message is on disk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sent {
    /// Its place in the room.
    pub seq: u64,
    /// When it was committed first, in Unix milliseconds.
    pub at: u64,
    /// Whether this `cid` had been committed before; `seq` and `at` are those of the first time.
    pub dup: bool,
    /// Whether its text was deleted since. The retry of a message brings nothing back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
}

/// Something that was said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "message")]
pub struct Message {
    /// The room.
    pub room: RoomId,
    /// Its place in the room: 1, 2, 3 and so on, the same for everybody.
    pub seq: u64,
    /// The sender's own id of it.
    pub cid: Cid,
    /// Who said it, under the nick of that time.
    pub from: User,
    /// A plain message or an action. A kind of a later version is read as plain text: it has its
    /// place in the room, and a client that lost it would see a hole there for ever.
    #[serde(default, skip_serializing_if = "Kind::is_text", deserialize_with = "known_or_text")]
    pub kind: Kind,
    /// What was said. Empty when it was deleted.
    pub text: String,
    /// When it was committed, in Unix milliseconds.
    pub at: u64,
    /// When its text was deleted: the seq of the entry that did it ([`Deleted`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted: Option<u64>,
    /// When its text was replaced: the seq of the last entry that did it ([`Edited`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited: Option<u64>,
    /// The time of that entry, in Unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<u64>,
    /// Whether only its sender sees it, who does not know, and those who keep the room, who read this.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shadow: bool,
}

/// How a message is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Something said.
    #[default]
    Text,
    /// Something done, as by `/me`.
    Action,
}

impl Kind {
    /// Whether this is the kind that is left out on the wire.
    pub fn is_text(&self) -> bool {
        *self == Self::Text
    }
}

fn known_or_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Kind, D::Error> {
    let word = Option::<String>::deserialize(deserializer)?;
    Result::Ok(if word.as_deref() == Some("action") { Kind::Action } else { Kind::Text })
}

/// Who is writing, a few names at most. Ephemeral: it may be dropped.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "typing")]
pub struct Typing {
    /// The room.
    pub room: RoomId,
    /// Their nicks.
    pub who: Vec<String>,
}

/// The client did not read fast enough: nothing of this room follows until it joins again after
/// its last seq.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "behind")]
pub struct Behind {
    /// The room.
    pub room: RoomId,
    /// The head when the server stopped.
    pub head: u64,
}

/// Members came, went, or changed their nicks or how they are there. Ephemeral: it may be dropped, and the next version
/// shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "members")]
pub struct MembersChanged {
    /// The room.
    pub room: RoomId,
    /// One above the version before; a gap means: ask with `members`.
    pub version: u64,
    /// How many there are now.
    pub count: u64,
    /// How many of these are away.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub away: u64,
    /// How many of these do not want to be disturbed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub dnd: u64,
    /// Who is there now and was not before, or has another nick or presence. Absent in large rooms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joined: Option<Vec<User>>,
    /// Who was there before and is not now. Absent in large rooms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<Vec<PersonId>>,
}

/// A command failed, or a frame was no command (then without `id`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "error")]
pub struct Fault {
    /// The `id` of the command, where it could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
    /// The stable word for programs.
    pub code: ErrorCode,
    /// What happened and what to do, for a person.
    pub message: String,
    /// When to try again, in milliseconds from now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_ms: Option<u64>,
    /// A name that would be allowed, close to the one that was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
    /// Of a mute or a ban: why, in the words of a moderator, which are in `message` too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The server closes the connection; the close frame with the same code follows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "bye")]
pub struct Farewell {
    /// The close code ([`crate::CloseCode`]).
    pub code: u16,
    /// Why, for a person.
    pub reason: String,
    /// Whether to connect again.
    pub reconnect: bool,
    /// How long to wait before that, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_ms: Option<u64>,
}

#[derive(Deserialize)]
struct Envelope {
    #[serde(rename = "type")]
    kind: String,
}

/// Read of an `ok` alone: in an event of a later version an `id` may be anything.
#[derive(Deserialize)]
struct Answered {
    id: u64,
}

impl Event {
    /// Reads an event from a text frame.
    ///
    /// # Errors
    /// When the frame is no JSON object with a `type`, or an event of a known type lacks a field.
    pub fn parse(text: &str) -> Result<Self, serde_json::Error> {
        let Envelope { kind } = serde_json::from_str(text)?;
        std::result::Result::Ok(match &*kind {
            "ok" => {
                let Answered { id } = serde_json::from_str(text)?;
                Self::Ok(Ok { id, json: text.to_owned() })
            }
            "error" => Self::Error(serde_json::from_str(text)?),
            "message" => Self::Message(serde_json::from_str(text)?),
            "deleted" => Self::Deleted(serde_json::from_str(text)?),
            "edited" => Self::Edited(serde_json::from_str(text)?),
            "typing" => Self::Typing(serde_json::from_str(text)?),
            "behind" => Self::Behind(serde_json::from_str(text)?),
            "members" => Self::Members(serde_json::from_str(text)?),
            "bye" => Self::Bye(serde_json::from_str(text)?),
            "refresh" => Self::Refresh(serde_json::from_str(text)?),
            "removed" => Self::Removed(serde_json::from_str(text)?),
            "added" => Self::Added(serde_json::from_str(text)?),
            "room" => Self::Room(serde_json::from_str(text)?),
            "kept_away" => Self::KeptAway(serde_json::from_str(text)?),
            "reported" => Self::Reported(serde_json::from_str(text)?),
            "role" => Self::Role(serde_json::from_str(text)?),
            "presence" => Self::Presence(serde_json::from_str(text)?),
            _ => Self::unknown(kind, text),
        })
    }
}

impl Event {
    /// An event of a later version, which is an entry of a log when it has a place in one.
    fn unknown(kind: String, text: &str) -> Self {
        let json = RawValue::from_string(text.to_owned());
        match json.and_then(|json| UnknownEntry::parse(kind.clone(), json)) {
            Result::Ok(entry) => Self::Entry(entry),
            Err(_) => Self::Unknown(kind),
        }
    }
}

/// `{"type":kind,"id":id,…}` with the fields of `body` in place.
pub(crate) fn tagged<T: Serialize>(kind: &str, id: Option<u64>, body: &T) -> String {
    use std::fmt::Write;
    let body = serde_json::to_string(body).expect("the protocol's types have string keys only");
    let fields = body.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or("");
    let mut json = String::with_capacity(fields.len() + kind.len() + 40);
    json.push_str("{\"type\":\"");
    json.push_str(kind);
    json.push('"');
    if let Some(id) = id {
        write!(json, ",\"id\":{id}").expect("a String takes all that is written");
    }
    if !fields.is_empty() {
        json.push(',');
        json.push_str(fields);
    }
    json.push('}');
    json
}
