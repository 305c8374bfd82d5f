//! The floor's answers: right in form, and with as little in them as the generator needs.

use throng_protocol::{
    Cid, Epoch, ErrorCode, Fault, Greeting, Hello, Limits, MemberSample, Message, Ok as Answer,
    Page, PersonId, RoomInfo, Send, User,
};

use super::room::Room;
use crate::frame;

/// Nothing is limited but what a test sends anyway.
const LIMITS: Limits = Limits {
    text_bytes: 4096,
    frame_bytes: 16_384,
    page_events: 100,
    rooms: 1,
    sends_burst: 1_000_000,
    sends_per_second: 1_000_000,
    retry_ms: 600_000,
};

pub(super) fn greeting(id: u64, slot: usize, hello: Hello) -> String {
    let user = User { id: person(slot), nick: hello.nick.unwrap_or_else(|| nick(slot)) };
    let epoch = Epoch::from_parts(1, 1);
    let token = format!("floor-{slot}");
    let heartbeat_ms = 30_000;
    let greeting = Greeting { user, token, epoch, heartbeat_ms, limits: LIMITS, notice: None };
    Answer::to_json(id, &greeting)
}

/// Live from the head, whatever was asked for: there is no log to read from.
pub(super) fn page(id: u64, room: &Room) -> String {
    let members = MemberSample { version: 1, count: room.members.len() as u64, sample: Vec::new() };
    let page = Page::<Message> {
        room: RoomInfo { name: room.name.clone() },
        first: room.head + 1,
        head: room.head,
        events: Vec::new(),
        more: false,
        limited: false,
        reset: false,
        members: Some(members),
    };
    Answer::to_json(id, &page)
}

/// The frame that all members get; `None` for a `cid` that is none.
pub(super) fn message(room: &Room, seq: u64, slot: usize, send: &Send, at: u64) -> Option<Vec<u8>> {
    let message = Message {
        room: room.name.clone(),
        seq,
        cid: Cid::parse(&send.cid).ok()?,
        from: User { id: person(slot), nick: nick(slot) },
        kind: send.kind,
        text: send.text.clone(),
        at,
    };
    let json = serde_json::to_vec(&message).ok()?;
    let mut bytes = Vec::with_capacity(json.len() + 4);
    frame::write_unmasked(&mut bytes, frame::TEXT, &json);
    Some(bytes)
}

pub(super) fn refusal(id: u64) -> String {
    let fault = Fault {
        id: Some(id),
        code: ErrorCode::UnknownCommand,
        message: "the floor server answers hello, join, send and ping only".into(),
        retry_ms: None,
    };
    serde_json::to_string(&fault).unwrap_or_default()
}

fn person(slot: usize) -> PersonId {
    PersonId::from_parts(1, slot as u128)
}

fn nick(slot: usize) -> String {
    format!("floor{slot}")
}
