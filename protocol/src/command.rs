//! Commands: what a client sends, one JSON object in one text frame.

use std::borrow::Cow;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::{Epoch, ErrorCode, INTEGER_MAX, Kind};

/// A command with the `id` under which its `ok` or `error` comes back.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Chosen by the client, at most [`INTEGER_MAX`]. The server does not compare ids.
    pub id: u64,
    /// What is asked for.
    pub command: Command,
}

/// What a client may ask for.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "each variant is documented at its body")]
pub enum Command {
    Hello(Hello),
    Nick(NickChange),
    Rooms(ListRooms),
    Join(Join),
    Leave(Leave),
    Send(Send),
    History(History),
    Members(ListMembers),
    Typing(StartTyping),
    Ping(Ping),
    Bye(Bye),
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
    /// The token of an earlier `ok`: the same person again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// Asks to be called something else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NickChange {
    /// The new nick.
    pub nick: String,
}

/// Asks for the public rooms, in the order of their folded names.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ListRooms {
    /// Only rooms that have this in their names ([`crate::RoomName::part`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// Only rooms that come after this name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// At most so many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
}

/// Joins a room, or joins it again to read on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Join {
    /// The room.
    pub room: String,
    /// The epoch that `after` belongs to; needed with `after`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<Epoch>,
    /// The last seq that the client has, exclusive. Without it: the latest page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
    /// At most so many events; 0 asks for none, and to be live from the head.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
}

/// Leaves a room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Leave {
    /// The room.
    pub room: String,
}

/// Says something in a room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Send {
    /// The room.
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
    /// The room.
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
    /// At most so many events, at least 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
}

/// Asks who is in a room: a count and a sample, or everybody where they are few.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ListMembers {
    /// The room.
    pub room: String,
}

/// Says that the person is writing. Clients repeat it every few seconds while it is so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StartTyping {
    /// The room.
    pub room: String,
}

/// Asks for an `ok`: the heartbeat.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ping {}

/// Asks to be closed, after everything before it has been answered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Bye {}

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

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(rename = "type", borrow)]
    kind: Option<Cow<'a, str>>,
    id: Option<serde_json::Value>,
}

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
        let id = read_id(envelope.id.as_ref())?;
        let kind = envelope.kind.ok_or_else(|| {
            bad(Some(id), ErrorCode::BadCommand, "the field `type` is missing".into())
        })?;
        let command = match &*kind {
            "hello" => Command::Hello(body(text, id)?),
            "nick" => Command::Nick(body(text, id)?),
            "rooms" => Command::Rooms(body(text, id)?),
            "join" => Command::Join(body(text, id)?),
            "leave" => Command::Leave(body(text, id)?),
            "send" => Command::Send(body(text, id)?),
            "history" => Command::History(body(text, id)?),
            "members" => Command::Members(body(text, id)?),
            "typing" => Command::Typing(body(text, id)?),
            "ping" => Command::Ping(body(text, id)?),
            "bye" => Command::Bye(body(text, id)?),
            other => {
                let shown: String = other.chars().take(32).collect();
                let message = format!("{shown:?} is no command of version {}", crate::VERSION);
                return Err(bad(Some(id), ErrorCode::UnknownCommand, message));
            }
        };
        Ok(Self { id, command })
    }

    /// Writes the command as the text of a frame.
    pub fn to_json(&self) -> String {
        match &self.command {
            Command::Hello(body) => self.tagged(body),
            Command::Nick(body) => self.tagged(body),
            Command::Rooms(body) => self.tagged(body),
            Command::Join(body) => self.tagged(body),
            Command::Leave(body) => self.tagged(body),
            Command::Send(body) => self.tagged(body),
            Command::History(body) => self.tagged(body),
            Command::Members(body) => self.tagged(body),
            Command::Typing(body) => self.tagged(body),
            Command::Ping(body) => self.tagged(body),
            Command::Bye(body) => self.tagged(body),
        }
    }

    fn tagged<T: Serialize>(&self, body: &T) -> String {
        crate::event::tagged(self.command.name(), Some(self.id), body)
    }
}

impl Command {
    /// The command's `type` on the wire.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Hello(_) => "hello",
            Self::Nick(_) => "nick",
            Self::Rooms(_) => "rooms",
            Self::Join(_) => "join",
            Self::Leave(_) => "leave",
            Self::Send(_) => "send",
            Self::History(_) => "history",
            Self::Members(_) => "members",
            Self::Typing(_) => "typing",
            Self::Ping(_) => "ping",
            Self::Bye(_) => "bye",
        }
    }
}

fn read_id(id: Option<&serde_json::Value>) -> Result<u64, BadCommand> {
    let id = id.ok_or_else(|| {
        bad(None, ErrorCode::BadCommand, "the field `id` is missing; every command has one".into())
    })?;
    id.as_u64().filter(|id| *id <= INTEGER_MAX).ok_or_else(|| {
        let message = format!("the field `id` must be an integer from 0 to {INTEGER_MAX}");
        bad(None, ErrorCode::BadCommand, message)
    })
}

fn body<T: DeserializeOwned>(text: &str, id: u64) -> Result<T, BadCommand> {
    serde_json::from_str(text)
        .map_err(|error| bad(Some(id), ErrorCode::BadCommand, error.to_string()))
}

fn bad(id: Option<u64>, code: ErrorCode, message: String) -> BadCommand {
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
        ] {
            let (id, code, _) = refused(text);
            assert_eq!((id, code), (Some(3), ErrorCode::BadCommand), "{text}");
        }
        assert_eq!(refused(r#"{"type":"dance","id":3}"#).1, ErrorCode::UnknownCommand);
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
