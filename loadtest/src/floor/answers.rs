//! The floor's answers: valid, and with as little in them as the generator needs.

use serde::Serialize;
use serde_json::Value;
use throng_protocol::{
    Cid, Epoch, ErrorCode, Fault, Greeting, Hello, Limits, MemberSample, Message, Ok as Answer,
    Page, PersonId, Role, RoomInfo, Send, User,
};

use super::room::Room;
use crate::frame;

/// Events in a page of a floor that keeps a log.
pub(super) const PAGE_EVENTS: u64 = 100;

/// High enough for everything that the tests send.
const LIMITS: Limits = Limits {
    text_bytes: 4096,
    frame_bytes: 32_768,
    message_bytes: 32_768,
    page_events: PAGE_EVENTS,
    rooms: 64,
    sends_burst: 1_000_000,
    sends_per_second: 1_000_000,
    retry_ms: 600_000,
};

pub(super) fn greeting(id: u64, person: u64, hello: Hello) -> String {
    let nick = hello.nick.unwrap_or_else(|| nick(person));
    let user = User::new(person_id(person), nick);
    let epoch = Epoch::from_parts(1, 1);
    let token = format!("floor-{person}");
    let heartbeat_ms = 30_000;
    let greeting = Greeting {
        user,
        token,
        epoch,
        heartbeat_ms,
        limits: LIMITS,
        features: Vec::new(),
        role: Role::Guest,
        login: None,
        bot: None,
        device_secret: None,
        expires_ms: None,
        notice: None,
    };
    Answer::to_json(id, &greeting)
}

/// The person to whom this token was given.
pub(super) fn person_of(hello: &Hello) -> Option<u64> {
    hello.token.as_deref()?.strip_prefix("floor-")?.parse().ok()
}

/// A page that ends at the head, with the events that the client asked for, if any.
pub(super) fn page(id: u64, room: &Room, events: Vec<Value>, more: bool) -> String {
    let count = room.members.len() as u64;
    let members = MemberSample { version: 1, count, ..MemberSample::default() };
    let page = Page::<Value> {
        description: String::new(),
        room: RoomInfo::public(room.id, room.name.clone()),
        first: if room.log.is_empty() { room.head + 1 } else { 1 },
        head: room.head,
        events,
        more,
        limited: false,
        reset: false,
        members: Some(members),
    };
    Answer::to_json(id, &page)
}

/// The message that all members get; `None` if the `cid` is invalid.
pub(super) fn message(room: &Room, seq: u64, person: u64, send: &Send, at: u64) -> Option<Message> {
    Some(Message {
        room: room.id,
        seq,
        cid: Cid::parse(&send.cid).ok()?,
        from: User::new(person_id(person), nick(person)),
        kind: send.kind,
        text: send.text.clone(),
        at,
        deleted: None,
        edited: None,
        edited_at: None,
        shadow: false,
    })
}

/// The frame that all members get, shared.
pub(super) fn frame_of(entry: &impl Serialize) -> Vec<u8> {
    let json = serde_json::to_vec(entry).unwrap_or_default();
    let mut bytes = Vec::with_capacity(json.len() + 4);
    frame::write_unmasked(&mut bytes, frame::TEXT, &json);
    bytes
}

pub(super) fn refusal(id: u64) -> String {
    let fault = Fault {
        id: Some(id),
        code: ErrorCode::UnknownCommand,
        message: "the floor server answers hello, join, history, send and ping only".into(),
        retry_ms: None,
        suggestion: None,
        reason: None,
    };
    serde_json::to_string(&fault).unwrap_or_default()
}

fn person_id(person: u64) -> PersonId {
    PersonId::from_parts(1, person.into())
}

fn nick(person: u64) -> String {
    format!("floor{person}")
}
