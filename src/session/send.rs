//! Saying something: `send` and `edit`.

use std::sync::Arc;

use throng_log::clock;
use throng_log::{Append, Appended, Body, NamedRoom};
use throng_protocol::Refusal;
use throng_protocol::{BadText, Cid, Edit, ErrorCode, RoomId, RoomName, RoomRef, Send, Sent, Text};
use throng_room::{Waiting, log_refusal};

use super::Session;
use super::dispatch::Outcome;
use super::rooms::{not_joined, parse};
use crate::connection::ConnectionEnd;
use crate::delivery::ticket::Ticket;
use crate::filter::Judged;
use crate::identity::people::Person;
use crate::rooms::handle::{Command, Handle};
use crate::wire::answer::Answer;
use crate::wire::entry::kind_in_log;

impl Session {
    pub(super) async fn send(
        &mut self,
        person: &Arc<Person>,
        send: Send,
        ticket: Ticket,
    ) -> Result<Outcome, ConnectionEnd> {
        let kind = kind_in_log(send.kind);
        let said =
            self.check(person, &send.room, &send.cid, send.text, |text| Body::message(kind, text));
        self.say(person, said, ticket).await
    }

    pub(super) async fn edit(
        &mut self,
        person: &Arc<Person>,
        edit: Edit,
        ticket: Ticket,
    ) -> Result<Outcome, ConnectionEnd> {
        let target = edit.seq;
        let said = self
            .check(person, &edit.room, &edit.cid, edit.text, |text| Body::Edit { target, text });
        self.say(person, said, ticket).await
    }

    /// Hands what was said over to its room.
    async fn say(
        &mut self,
        person: &Arc<Person>,
        said: Result<(RoomRef, Append), Refusal>,
        ticket: Ticket,
    ) -> Result<Outcome, ConnectionEnd> {
        let (asked, append) = match said {
            Ok(said) => said,
            Err(refusal) => {
                // What is malformed never gets to the rate of sends, so it counts as a command.
                let refusal = self.take_command().err().unwrap_or(refusal);
                return Ok(Outcome::refused(ticket, refusal));
            }
        };
        let Some(at) = self.joined(&asked) else {
            return self.look_up(asked, append, ticket).await;
        };
        let room = Arc::clone(&self.rooms[at].room);
        let refusal = self.over_rate(person, &room, append.body.len());
        if refusal.is_some() {
            // The room answers, since a duplicate comes before the rate of sends. But the lookup in the log
            // costs as much as a message, so it counts as a command.
            if let Err(refusal) = self.take_command() {
                return Ok(Outcome::refused(ticket, refusal));
            }
        }
        let is_admitted = refusal.is_none();
        let append = Append { admit: is_admitted, ..append };
        let judged = match is_admitted && self.connection.server.fence.filters.is_any() {
            // Boxed, so that it takes no room beside sends on servers without filters.
            true => Box::pin(self.judge(&room, &append.body)).await?,
            false => Judged::default(),
        };
        let command = Command::Send(Waiting { append, refusal, flag: None, ticket }, judged);
        match self.hand_over_joined(&room, Box::new(command)).await? {
            Outcome::HandedOver if !is_admitted => Ok(Outcome::LookedUp),
            outcome => Ok(outcome),
        }
    }

    /// A send to a room that the client is not in. If it was committed before, it gets its first answer,
    /// since that comes before rights; otherwise it is refused.
    async fn look_up(
        &mut self,
        asked: RoomRef,
        append: Append,
        ticket: Ticket,
    ) -> Result<Outcome, ConnectionEnd> {
        if let Err(refusal) = self.take_command() {
            return Ok(Outcome::refused(ticket, refusal));
        }
        let refusal = not_joined(&asked);
        let rooms = &self.connection.server.rooms;
        let room = match rooms.find(Some(append.sender), &asked) {
            Some(shown) => {
                let attributes = &shown.attributes;
                NamedRoom { id: attributes.id, name: attributes.name_in_log() }
            }
            None => no_room(asked),
        };
        let append = Append { admit: false, ..append };
        let looking = self.connection.server.log.append(room, vec![append]);
        let answer = match self.driving(looking).await?.as_deref() {
            Ok([Appended::Duplicate { seq, at, is_deleted }]) => {
                Answer::Sent(Sent { seq: *seq, at: *at, dup: true, deleted: *is_deleted })
            }
            Ok([Appended::Conflict]) => Refusal::conflict().into(),
            Ok(_) => refusal.into(),
            Err(error) => log_refusal(error, None).into(),
        };
        Ok(Outcome::Answered(ticket, answer))
    }

    /// Has the filters look at a text, before the room's task sees it.
    async fn judge(&self, room: &Handle, body: &Body) -> Result<Judged, ConnectionEnd> {
        let (Body::Message { text, .. } | Body::Edit { text, .. }) = body else {
            return Ok(Judged::default());
        };
        let filters = &self.connection.server.fence.filters;
        self.driving(filters.judge(Some(room.id()), text)).await
    }

    /// What a command says, in the form of the log.
    fn check(
        &self,
        person: &Person,
        room: &str,
        cid: &str,
        text: String,
        body: impl FnOnce(Box<str>) -> Body,
    ) -> Result<(RoomRef, Append), Refusal> {
        let room = parse(room)?;
        let cid = Cid::parse(cid)
            .map_err(|bad| Refusal::new(ErrorCode::BadCid, format!("cid: {bad}")))?;
        let text_bytes_max = self.connection.server.config.text_bytes_max;
        let text = Text::parse(text, text_bytes_max).map_err(|bad| {
            let code = match bad {
                BadText::TooLong { .. } => ErrorCode::TextTooLong,
                BadText::Blank | BadText::Control { .. } => ErrorCode::BadText,
            };
            Refusal::new(code, format!("text: {bad}"))
        })?;
        let append = Append {
            sender: person.id(),
            nick: person.nick().as_str().into(),
            cid,
            body: body(text.into_string().into()),
            admit: true,
            // The room's task says it, in the order of the sends.
            shadow: false,
        };
        Ok((room, append))
    }

    /// Why a send is over a rate; `None` if it is not.
    fn over_rate(&self, person: &Person, room: &Handle, bytes: usize) -> Option<Refusal> {
        if self.connection.slot.is_trusted() {
            return None;
        }
        let (rates, now, count) =
            (&self.connection.server.rates, clock::now_ms(), send_count(bytes));
        let limited = |message: &'static str| {
            move |retry_ms| Refusal::later(ErrorCode::RateLimited, message, retry_ms)
        };
        person
            .take_send(rates.sends, now)
            .map_err(limited("you are sending too much in too short a time"))
            .and_then(|()| {
                self.connection
                    .slot
                    .take_sends(count, rates.address_sends, now)
                    .map_err(limited("your address is sending too much in too short a time"))
            })
            .and_then(|()| {
                room.take_sends(count, rates.room_sends, now)
                    .map_err(limited("too much is being said in this room: try again in a moment"))
            })
            .err()
    }
}

/// How many sends a text counts as in the rates of its address and room: long texts cost every member more.
fn send_count(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(SEND_BYTES)).unwrap_or(u32::MAX).max(1)
}

/// The length of text that counts as one send. The settings' descriptions say it too.
const SEND_BYTES: usize = 512;

/// A room that does not exist, for the lookup of a cid, which may still be a conflict.
fn no_room(asked: RoomRef) -> NamedRoom {
    match asked {
        RoomRef::Id(id) => NamedRoom { id, name: RoomName::kept(id.to_string()) },
        RoomRef::Name(name) => NamedRoom { id: RoomId::from_bytes([0; 16]), name },
    }
}
