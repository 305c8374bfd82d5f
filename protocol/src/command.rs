//! Commands: what a client sends, one JSON object in one text frame.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeOwned, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::{
    Accept, AddFilter, AskNickHistory, AskProfiles, AskWhy, Assign, ChangePassword, Claim,
    ClearProfile, Delete, DeleteGroup, DeleteRoom, Edit, Epoch, ErrorCode, GiveRole, INTEGER_MAX,
    Invite, KeepAway, Kick, Kind, Lift, ListBots, ListFilters, ListGroupPeople, ListGroups,
    ListKeptAway, ListLogins, ListMine, ListPeople, ListReports, LogOut, MakeBot, MakeGroup,
    MakeInviteLink, MakeRoom, OpenDirect, Purge, ReadAudit, Refresh, Register, RemoveFilter,
    RenameGroup, Report, Restrict, RevokeBot, SearchMessages, SetPresence, SetProfile, SetRank,
    SetRoom, SetSecondFactor, Settle, SwitchRaid, Unregister,
};

/// A command with the `id` under which its `ok` or `error` comes back.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Chosen by the client, at most [`INTEGER_MAX`]. The server does not compare ids.
    pub id: u64,
    /// What is asked for.
    pub command: Command,
}

/// Makes [`Command`] out of one table: the variant, its body, its `type` on the wire.
macro_rules! commands {
    ($($variant:ident($body:ident) = $name:literal,)*) => {
        /// What a client may ask for.
        #[derive(Clone, Debug, PartialEq)]
        #[expect(missing_docs, reason = "each variant is documented at its body")]
        pub enum Command {
            $($variant($body),)*
        }

        impl Command {
            /// The `type` of every command.
            pub const NAMES: &[&str] = &[$($name),*];

            /// The command's `type` on the wire.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $name,)*
                }
            }

            fn parse(name: &str, text: &str, id: u64) -> Result<Self, BadCommand> {
                match name {
                    $($name => body(text, id).map(Self::$variant),)*
                    other => Err(unknown(id, other)),
                }
            }
        }

        impl Request {
            /// Writes the command as the text of a frame.
            pub fn to_json(&self) -> String {
                match &self.command {
                    $(Command::$variant(body) => {
                        crate::event::tagged($name, Some(self.id), body)
                    })*
                }
            }
        }
    };
}

commands! {
    Hello(Hello) = "hello",
    Nick(NickChange) = "nick",
    Link(Link) = "link",
    Rooms(ListRooms) = "rooms",
    Join(Join) = "join",
    Leave(Leave) = "leave",
    Send(Send) = "send",
    History(History) = "history",
    Members(ListMembers) = "members",
    Typing(StartTyping) = "typing",
    Ping(Ping) = "ping",
    Bye(Bye) = "bye",
    WhoAmI(WhoAmI) = "whoami",
    Register(Register) = "register",
    Password(ChangePassword) = "password",
    Logins(ListLogins) = "logins",
    LogOut(LogOut) = "logout",
    Unregister(Unregister) = "unregister",
    SecondFactor(SetSecondFactor) = "second_factor",
    Claim(Claim) = "claim",
    Role(GiveRole) = "role",
    Restrict(Restrict) = "restrict",
    Lift(Lift) = "lift",
    Kick(Kick) = "kick",
    Audit(ReadAudit) = "audit",
    Why(AskWhy) = "why",
    MakeRoom(MakeRoom) = "make_room",
    Direct(OpenDirect) = "direct",
    Invite(Invite) = "invite",
    InviteLink(MakeInviteLink) = "invite_link",
    Accept(Accept) = "accept",
    Mine(ListMine) = "mine",
    People(ListPeople) = "people",
    SetRoom(SetRoom) = "set_room",
    DeleteRoom(DeleteRoom) = "delete_room",
    Rank(SetRank) = "rank",
    KeepAway(KeepAway) = "keep_away",
    KeptAway(ListKeptAway) = "kept_away",
    Report(Report) = "report",
    Reports(ListReports) = "reports",
    Settle(Settle) = "settle",
    Delete(Delete) = "delete",
    Edit(Edit) = "edit",
    Purge(Purge) = "purge",
    BotNew(MakeBot) = "bot_new",
    Bots(ListBots) = "bots",
    BotRevoke(RevokeBot) = "bot_revoke",
    Raid(SwitchRaid) = "raid",
    Groups(ListGroups) = "groups",
    GroupPeople(ListGroupPeople) = "group_people",
    MakeGroup(MakeGroup) = "make_group",
    RenameGroup(RenameGroup) = "rename_group",
    DeleteGroup(DeleteGroup) = "delete_group",
    Assign(Assign) = "assign",
    Filters(ListFilters) = "filters",
    FilterAdd(AddFilter) = "filter_add",
    FilterRemove(RemoveFilter) = "filter_remove",
    Refresh(Refresh) = "refresh",
    SetProfile(SetProfile) = "set_profile",
    Profiles(AskProfiles) = "profiles",
    ClearProfile(ClearProfile) = "clear_profile",
    NickHistory(AskNickHistory) = "nick_history",
    Presence(SetPresence) = "presence",
    Search(SearchMessages) = "search",
}

/// The first command: who is there, and which protocol it speaks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hello {
    /// The version of the protocol, [`crate::VERSION`].
    pub version: u32,
    /// What a guest would like to be called; without it a token must be there, or the server
    /// finds a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nick: Option<String>,
    /// The token of an earlier `ok`: the same person again. Or that of a bot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The code that another device of the same person got from `link`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// With `nick`: the password of the account that is called so. With `reset`: the new password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// With `password`: a code of the authenticator app, or a recovery code, where the account asks for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second_factor: Option<String>,
    /// The secret of a link with which an account gets a new password, which stands in `password`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reset: Option<String>,
    /// What the client calls itself, for the person's list of logins: at most 64 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// With `password`: the device secret of an earlier `ok` of this person. In a storm of logins this one comes
    /// first then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_secret: Option<String>,
    /// A JSON Web Token of an application that this server trusts, in place of everything that else says who it
    /// is: at most [`crate::JWT_BYTES_MAX`] bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwt: Option<String>,
}

impl Default for Hello {
    /// Somebody new in this version, with nothing else said.
    fn default() -> Self {
        Self {
            version: crate::VERSION,
            nick: None,
            token: None,
            code: None,
            password: None,
            second_factor: None,
            reset: None,
            device: None,
            device_secret: None,
            jwt: None,
        }
    }
}

/// Asks to be called something else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NickChange {
    /// The new nick.
    pub nick: String,
}

/// Asks for a code with which another device is the same person. It replaces an older one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Link {}

/// Asks for the public rooms, in the order of their folded names.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ListRooms {
    /// Only rooms that have this in their names ([`crate::RoomName::part`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// Only rooms that come after this name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// The most rooms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
}

/// Joins a room, or joins it again to read on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Join {
    /// The room: its id, or its name ([`crate::RoomRef`]).
    pub room: String,
    /// The epoch that `after` belongs to; needed with `after`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<Epoch>,
    /// The last seq that the client has, exclusive. Without it: the latest page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
    /// The most events; 0 asks for none, and to be live from the head.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
}

/// Leaves a room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Leave {
    /// The room: its id, or its name ([`crate::RoomRef`]).
    pub room: String,
    /// Leaves it on every device: the room is none of the person's any more. A private room then needs a new
    /// invitation.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub forget: bool,
}

/// Says something in a room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Send {
    /// The room: its id, or its name ([`crate::RoomRef`]).
    pub room: String,
    /// The client's own id of this send ([`crate::Cid`]); a retry carries the same.
    pub cid: String,
    /// A plain message or an action.
    #[serde(default, skip_serializing_if = "Kind::is_text")]
    pub kind: Kind,
    /// What is said.
    pub text: String,
}

/// Asks for a page of a room's log. At most one of `before`, `after` and `around`; none of them
/// asks for the latest page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// The room: its id, or its name ([`crate::RoomRef`]).
    pub room: String,
    /// The page that ends right before this seq.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<u64>,
    /// The page that begins right after this seq.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
    /// The page with this seq in its middle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub around: Option<u64>,
    /// The most events, at least 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
}

/// Asks who is in a room: a count and a sample, or everybody where they are few.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ListMembers {
    /// The room: its id, or its name ([`crate::RoomRef`]).
    pub room: String,
}

/// Says that the person is writing. Clients repeat it every few seconds while it is so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StartTyping {
    /// The room: its id, or its name ([`crate::RoomRef`]).
    pub room: String,
}

/// Asks for an `ok`: the heartbeat.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ping {}

/// Asks to be closed, after everything before it has been answered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Bye {}

/// Asks who this client is, since when, and on which device.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WhoAmI {}

/// Why a frame is no command, with the `id` where it could be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct BadCommand {
    /// The `id` of the frame, if there was a usable one.
    pub id: Option<u64>,
    /// What kind of mistake it is.
    pub code: ErrorCode,
    /// The place and the reason, for a person.
    pub message: String,
}

/// What is read of a frame before its body: enough to answer any mistake under its `id`.
#[derive(Default)]
struct Envelope<'a> {
    kind: Field<Cow<'a, str>>,
    id: Field<u64>,
}

/// A field that must be there once. What else it may be is a mistake of its own.
#[derive(Default)]
enum Field<T> {
    #[default]
    Missing,
    Wrong,
    Twice,
    Is(T),
}

impl<T> Field<T> {
    fn see(&mut self, value: Option<T>) {
        *self = match (&self, value) {
            (Self::Missing, Some(value)) => Self::Is(value),
            (Self::Missing, None) => Self::Wrong,
            _ => Self::Twice,
        };
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Envelope<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EnvelopeVisitor(PhantomData))
    }
}

struct EnvelopeVisitor<'a>(PhantomData<&'a ()>);

impl<'de: 'a, 'a> Visitor<'de> for EnvelopeVisitor<'a> {
    type Value = Envelope<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Envelope<'a>, A::Error> {
        let mut envelope = Envelope::default();
        while let Some(Text(key)) = map.next_key()? {
            match &*key {
                "type" => {
                    let json: &RawValue = map.next_value()?;
                    let text = serde_json::from_str::<Text<'_>>(json.get());
                    envelope.kind.see(text.ok().map(|Text(kind)| kind));
                }
                "id" => {
                    let json: &RawValue = map.next_value()?;
                    let id = serde_json::from_str::<u64>(json.get()).ok();
                    envelope.id.see(id.filter(|id| *id <= INTEGER_MAX));
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(envelope)
    }
}

/// A string, borrowed where it has no escapes.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl Request {
    /// Reads a command from a text frame.
    ///
    /// The frame is read twice: once for `type` and `id`, so that any later mistake can be
    /// answered under its `id`, and once for the body, so that mistakes have their place.
    ///
    /// # Errors
    /// [`BadCommand`] with a code, the place and the reason.
    pub fn parse(text: &str) -> Result<Self, BadCommand> {
        // serde would take an array for a struct, field by field.
        if text.trim_start().starts_with('[') {
            let message = "not a JSON object: an array at line 1 column 1".into();
            return Err(bad(None, ErrorCode::BadJson, message));
        }
        let envelope: Envelope<'_> = serde_json::from_str(text).map_err(|error| {
            bad(None, ErrorCode::BadJson, format!("not a JSON object: {error}"))
        })?;
        let id = match envelope.id {
            Field::Is(id) => id,
            Field::Missing => {
                return Err(wrong(None, "the field `id` is missing; every command has one"));
            }
            Field::Twice => return Err(wrong(None, "the field `id` is there twice")),
            Field::Wrong => {
                let message = format!("the field `id` must be an integer from 0 to {INTEGER_MAX}");
                return Err(wrong(None, &message));
            }
        };
        let kind = match envelope.kind {
            Field::Is(kind) => kind,
            Field::Missing => return Err(wrong(Some(id), "the field `type` is missing")),
            Field::Twice => return Err(wrong(Some(id), "the field `type` is there twice")),
            Field::Wrong => return Err(wrong(Some(id), "the field `type` must be a string")),
        };
        let command = Command::parse(&kind, text, id)?;
        Ok(Self { id, command })
    }
}

fn unknown(id: u64, name: &str) -> BadCommand {
    let shown: String = name.chars().take(32).collect();
    let message = format!("{shown:?} is not a command of version {}", crate::VERSION);
    bad(Some(id), ErrorCode::UnknownCommand, message)
}

fn body<T: DeserializeOwned>(text: &str, id: u64) -> Result<T, BadCommand> {
    serde_json::from_str(text)
        .map_err(|error| bad(Some(id), ErrorCode::BadCommand, error.to_string()))
}

fn wrong(id: Option<u64>, message: &str) -> BadCommand {
    bad(id, ErrorCode::BadCommand, message.to_owned())
}

/// The longest message of a mistake, in bytes. serde quotes what it did not expect, and that may be
/// as long as the frame.
const MESSAGE_BYTES: usize = 300;

fn bad(id: Option<u64>, code: ErrorCode, mut message: String) -> BadCommand {
    if message.len() > MESSAGE_BYTES {
        message.truncate(message.floor_char_boundary(MESSAGE_BYTES));
        message.push('…');
    }
    BadCommand { id, code, message }
}

#[cfg(test)]
mod tests {
    use super::{Command, Request};
    use crate::ErrorCode;

    fn refused(text: &str) -> (Option<u64>, ErrorCode, String) {
        let bad = Request::parse(text).expect_err(text);
        (bad.id, bad.code, bad.message)
    }

    #[test]
    fn unknown_fields_are_ignored() {
        let request =
            Request::parse(r#"{"type":"ping","id":7,"later":{"a":[1]}}"#).expect("a ping");
        assert_eq!(request.id, 7);
        assert!(matches!(request.command, Command::Ping(_)));
    }

    #[test]
    fn broken_json_is_told_with_its_place() {
        for text in [
            "",
            "{",
            "null",
            "[]",
            "[\"ping\",1]",
            "\"x\"",
            "{\"type\":\"ping\",\"id\":1,}",
            "{'a':1}",
        ] {
            let (id, code, message) = refused(text);
            assert_eq!((id, code), (None, ErrorCode::BadJson), "{text}");
            assert!(message.contains("line 1 column"), "{text}: {message}");
        }
        let deep = "[".repeat(100_000);
        assert_eq!(
            refused(&format!("{{\"type\":\"ping\",\"id\":1,\"x\":{deep}")).1,
            ErrorCode::BadJson
        );
    }

    #[test]
    fn a_wrong_body_is_told_under_its_id() {
        for text in [
            r#"{"type":"join","id":3}"#,
            r#"{"type":"join","id":3,"room":5}"#,
            r#"{"type":"join","id":3,"room":"a","after":-1}"#,
            r#"{"type":"join","id":3,"room":"a","after":1.5}"#,
            r#"{"type":"join","id":3,"room":"a","room":"b"}"#,
            r#"{"type":"send","id":3,"room":"a","cid":"x","text":"t","kind":"shout"}"#,
            r#"{"id":3}"#,
            r#"{"type":4711,"id":3}"#,
            r#"{"id":3,"type":["ping"]}"#,
            r#"{"type":null,"id":3}"#,
            r#"{"type":"ping","id":3,"type":"ping"}"#,
        ] {
            let (id, code, _) = refused(text);
            assert_eq!((id, code), (Some(3), ErrorCode::BadCommand), "{text}");
        }
        assert_eq!(refused(r#"{"type":"dance","id":3}"#).1, ErrorCode::UnknownCommand);
    }

    #[test]
    fn an_id_that_is_there_twice_is_none() {
        let (id, code, message) = refused(r#"{"type":"ping","id":1,"id":2}"#);
        assert_eq!((id, code), (None, ErrorCode::BadCommand));
        assert!(message.contains("twice"), "{message}");
    }

    #[test]
    fn what_was_wrong_is_quoted_in_part() {
        let long = "é".repeat(10_000);
        let text =
            format!(r#"{{"type":"send","id":3,"room":"a","cid":"x","text":"t","kind":"{long}"}}"#);
        let (id, _, message) = refused(&text);
        assert_eq!((id, message.len()), (Some(3), 299 + '…'.len_utf8()), "{message}");
        assert!(message.contains("unknown variant") && message.ends_with('…'), "{message}");
    }

    #[test]
    fn an_id_that_a_browser_cannot_hold_is_refused() {
        for id in ["9007199254740992", "-1", "1.5", "\"1\"", "1e400"] {
            let text = format!(r#"{{"type":"ping","id":{id}}}"#);
            assert_eq!(refused(&text).0, None, "{text}");
        }
        assert!(Request::parse(r#"{"type":"ping","id":9007199254740991}"#).is_ok());
    }
}
