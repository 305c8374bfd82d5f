//! Saying something: `send`.

use std::sync::Arc;

use throng_protocol::{BadText, Cid, ErrorCode, RoomName, Send, Text};

use super::visit::{not_joined, parse};
use super::{Session, SessionEnd};
use crate::chatlog::{Append, Appended};
use crate::clock;
use crate::outbox::{Refusal, Ticket};
use crate::people::Person;
use crate::room::{Command, Waiting, log_refusal};

impl Session {
    pub(super) async fn send(
        &mut self,
        person: &Arc<Person>,
        send: Send,
        ticket: Ticket,
    ) -> Result<(), SessionEnd> {
        let (name, append) = match check(send, person, self.server.config.text_bytes_max) {
            Ok(checked) => checked,
            Err(refusal) => return self.refuse_at_a_rate(ticket, refusal),
        };
        let Some(at) = self.joined(&name.fold()) else {
            return self.look_up(name, append, ticket).await;
        };
        let refusal = self.over_rate(person);
        if refusal.is_some() {
            // The room answers, since a duplicate comes before the rate of sends. But asking the
            // log costs as much as a message, so it has a rate too.
            if let Err(refusal) = self.take_command() {
                return self.refuse(ticket, &refusal);
            }
            self.count_refusal()?;
        } else {
            self.refusals = 0;
        }
        let append = Append { admit: refusal.is_none(), ..append };
        let room = Arc::clone(&self.rooms[at].room);
        let command = Command::Send(Waiting { append, refusal, ticket });
        self.hand_over_joined(&room, Box::new(command)).await
    }

    /// A send into a room that the client is not in: if it was committed before, it gets its first
    /// answer, since that comes before rights; otherwise it is refused.
    async fn look_up(
        &mut self,
        name: RoomName,
        append: Append,
        ticket: Ticket,
    ) -> Result<(), SessionEnd> {
        if let Err(refusal) = self.take_command() {
            return self.refuse(ticket, &refusal);
        }
        let refusal = not_joined(&name);
        let append = Append { admit: false, ..append };
        let looking = self.server.log.append(name, vec![append]);
        match self.driving(looking).await?.as_deref() {
            Ok([Appended::Duplicate { seq, at }]) => {
                let sent = throng_protocol::Sent { seq: *seq, at: *at, dup: true };
                self.agree(ticket, &sent)
            }
            Ok([Appended::Conflict]) => self.refuse(ticket, &Refusal::conflict()),
            Ok(_) => self.refuse(ticket, &refusal),
            Err(error) => self.refuse(ticket, &log_refusal(error)),
        }
    }

    /// Why a send is not admitted now, if it is not.
    fn over_rate(&self, person: &Person) -> Option<Refusal> {
        if self.place.is_trusted() {
            return None;
        }
        let retry_ms = person.take_send(self.server.rates.sends, clock::now_ms()).err()?;
        let message = "you are sending too much in too short a time";
        Some(Refusal::later(ErrorCode::RateLimited, message, retry_ms))
    }
}

fn check(
    send: Send,
    person: &Person,
    text_bytes_max: usize,
) -> Result<(RoomName, Append), Refusal> {
    let name = parse(&send.room)?;
    let cid = Cid::parse(&send.cid)
        .map_err(|bad| Refusal::new(ErrorCode::BadCid, format!("cid: {bad}")))?;
    let text = Text::parse(send.text, text_bytes_max).map_err(|bad| {
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
        kind: send.kind,
        text: text.into_string().into(),
        admit: true,
    };
    Ok((name, append))
}
