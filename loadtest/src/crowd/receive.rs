//! What comes from the server: bytes to frames, frames to events, events to the oracle.

use std::time::{Duration, Instant};

use throng_protocol::{
    Command, ErrorCode, Event, Fault, History, Message, Ok as Answer, OkBody, Page, Sent,
};

use super::Crowd;
use super::client::Stage;
use super::connect::room_name;
use super::recent::Told;
use super::send::{BARRIER, HELLO, HISTORY, JOIN, PING, SENDS};
use super::timers::What;
use crate::frame;
use crate::ledger::{digest, due_of};
use crate::oracle::Breach;

impl Crowd {
    /// Splits what was read into frames; the rest waits in `carry`.
    pub(super) fn received(&mut self, index: u32, read: &[u8]) {
        let client = &mut self.clients[index as usize];
        let generation = client.generation;
        if client.stage == Stage::Upgrading {
            client.carry.extend_from_slice(read);
            if !self.upgraded(index) {
                return;
            }
            let rest = std::mem::take(&mut self.clients[index as usize].carry);
            return self.received(index, &rest);
        }
        let mut carry = std::mem::take(&mut client.carry);
        let bytes = if carry.is_empty() {
            read
        } else {
            carry.extend_from_slice(read);
            &carry
        };
        let mut at = 0;
        loop {
            match frame::head(&bytes[at..]) {
                Ok(Some(head)) => {
                    self.frame(index, head.opcode, &bytes[at + head.start..at + head.end]);
                    at += head.end;
                }
                Ok(None) => break,
                Err(error) => {
                    self.garbled(index, error.to_string());
                    return self.lost(index, 1006);
                }
            }
            if !self.clients[index as usize].is(generation) {
                return;
            }
        }
        self.clients[index as usize].carry = bytes[at..].to_vec();
    }

    fn frame(&mut self, index: u32, opcode: u8, payload: &[u8]) {
        match opcode {
            frame::TEXT => self.text(index, payload),
            frame::PING => self.write(index, frame::PONG, payload),
            frame::PONG => {}
            frame::CLOSE => {
                let code = payload.first_chunk().map_or(1005, |code| u16::from_be_bytes(*code));
                self.write(index, frame::CLOSE, payload);
                self.lost(index, code);
            }
            other => self.garbled(index, format!("a frame with opcode {other}")),
        }
    }

    fn text(&mut self, index: u32, payload: &[u8]) {
        let client = &self.clients[index as usize];
        if client.stage == Stage::Live {
            let next = self.oracle.cursor(index).unwrap_or(0) + 1;
            if let Some(told) = self.recent.find(client.room, next, payload) {
                return self.delivered(index, next, told);
            }
        }
        if [&b"{\"type\":\"members\""[..], b"{\"type\":\"typing\""]
            .iter()
            .any(|start| payload.starts_with(start))
        {
            self.tally.ephemeral += 1;
            return;
        }
        let event = std::str::from_utf8(payload)
            .map_err(|error| error.to_string())
            .and_then(|text| Event::parse(text).map_err(|error| error.to_string()));
        match event {
            Ok(event) => self.event(index, event, payload),
            Err(error) => {
                let shown: String = String::from_utf8_lossy(payload).chars().take(200).collect();
                self.garbled(index, format!("no event ({error}): {shown}"));
            }
        }
    }

    fn event(&mut self, index: u32, event: Event, payload: &[u8]) {
        match event {
            Event::Message(message) => self.message(index, &message, payload),
            Event::Ok(answer) => self.answer(index, &answer),
            Event::Error(fault) => self.fault(index, fault),
            Event::Behind(_) => {
                self.tally.behind += 1;
                self.join(index);
            }
            Event::Bye(bye) => {
                self.clients[index as usize].told_after = bye.after_ms.map(Duration::from_millis);
            }
            Event::Typing(_) | Event::Members(_) | Event::Unknown(_) => self.tally.ephemeral += 1,
        }
    }

    fn message(&mut self, index: u32, message: &Message, payload: &[u8]) {
        let client = &self.clients[index as usize];
        let room = client.room;
        if message.room != room_name(room) {
            let what = format!("a message of the room {:?}, which it is not in", message.room);
            return self.garbled(index, what);
        }
        if client.stage != Stage::Live {
            return;
        }
        let told = read(message);
        if message.seq == self.oracle.cursor(index).unwrap_or(0) + 1 {
            self.recent.add(room, message.seq, payload, told);
        }
        self.delivered(index, message.seq, told);
    }

    fn delivered(&mut self, index: u32, seq: u64, told: Told) {
        self.tally.deliveries += 1;
        self.oracle.delivered(index, seq, told.digest);
        if let Some(due) = told.due {
            self.latency.record(self.began.elapsed().saturating_sub(due));
        }
    }

    fn answer(&mut self, index: u32, answer: &Answer) {
        match answer.id {
            HELLO => {
                if let Some(greeting) = self.body(index, answer) {
                    self.greeted(index, greeting);
                }
            }
            JOIN => {
                if let Some(page) = self.body(index, answer) {
                    self.joined(index, &page);
                }
            }
            HISTORY => {
                if let Some(page) = self.body::<Page>(index, answer) {
                    self.take(index, &page);
                    if page.more { self.fill(index) } else { self.join(index) }
                }
            }
            PING => {}
            BARRIER => self.barrier_passed(index),
            id => match id.checked_sub(SENDS).and_then(|number| u32::try_from(number).ok()) {
                Some(number) => self.acknowledged(index, number, answer),
                None => self.garbled(index, format!("an ok to {id}, which was never asked")),
            },
        }
    }

    fn joined(&mut self, index: u32, page: &Page) {
        let room = self.clients[index as usize].room;
        if self.oracle.cursor(index).is_none() {
            self.oracle.joined(index, page.head);
        } else if page.reset {
            self.oracle.accuse(Breach::Forgotten { member: index, room });
        } else if page.limited {
            self.tally.limited += 1;
            return self.fill(index);
        } else {
            self.take(index, page);
        }
        if page.more { self.join(index) } else { self.admitted(index) }
    }

    /// Asks for what lies between the cursor and the head.
    fn fill(&mut self, index: u32) {
        let client = &mut self.clients[index as usize];
        client.stage = Stage::Filling;
        let history = History {
            room: room_name(client.room),
            before: None,
            after: self.oracle.cursor(index),
            around: None,
            limit: None,
        };
        self.request(index, HISTORY, Command::History(history));
    }

    fn take(&mut self, index: u32, page: &Page) {
        for message in &page.events {
            self.tally.in_pages += 1;
            self.delivered(index, message.seq, read(message));
        }
    }

    fn acknowledged(&mut self, index: u32, number: u32, answer: &Answer) {
        let Some(sent) = self.body::<Sent>(index, answer) else { return };
        let Some(record) = self.forget_unanswered(index, number) else { return };
        let room = self.clients[index as usize].room;
        self.oracle.acknowledged(room, sent.seq, self.ledger.digest(number));
        self.tally.acknowledged += 1;
        self.tally.duplicates += u64::from(sent.dup);
        self.commit.record(self.began.elapsed().saturating_sub(record.due));
    }

    fn fault(&mut self, index: u32, fault: Fault) {
        let code = serde_json::to_string(&fault.code).unwrap_or_default();
        *self.tally.errors.entry(code.trim_matches('"').to_owned()).or_default() += 1;
        let after = Duration::from_millis(fault.retry_ms.unwrap_or(100));
        let what = match fault.id {
            Some(JOIN | HISTORY) => What::Rejoin,
            Some(id) if id >= SENDS => What::Resend(u32::try_from(id - SENDS).unwrap_or(0)),
            _ => What::Return,
        };
        let passing = matches!(
            fault.code,
            ErrorCode::Busy
                | ErrorCode::RateLimited
                | ErrorCode::StorageUnavailable
                | ErrorCode::Draining
        );
        if !passing || (what == What::Return && fault.id != Some(HELLO)) {
            self.fatal.get_or_insert(format!(
                "client {index} got the error {code} to request {:?}: {}",
                fault.id, fault.message
            ));
            return;
        }
        if what == What::Return {
            self.hang_up(index);
        }
        let generation = self.clients[index as usize].generation;
        self.timers.add(Instant::now() + after, index, generation, what);
    }

    fn body<T: OkBody>(&mut self, index: u32, answer: &Answer) -> Option<T> {
        match answer.body() {
            Ok(body) => Some(body),
            Err(error) => {
                self.garbled(index, format!("an ok to {} that cannot be read: {error}", answer.id));
                None
            }
        }
    }

    fn garbled(&mut self, index: u32, what: String) {
        self.oracle.accuse(Breach::Garbled { member: index, what });
    }
}

fn read(message: &Message) -> Told {
    let cid = message.cid.to_string();
    Told { digest: digest(&cid, &message.text), due: due_of(&message.text) }
}
