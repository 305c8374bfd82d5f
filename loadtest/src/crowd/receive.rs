//! Bytes from the server become frames, frames become events, and events go to the oracle.

use std::time::{Duration, Instant};

use throng_protocol::{
    ErrorCode, Event, Fault, LogEntry, Ok as Answer, OkBody, Page, RoomId, Sent,
};

use super::Crowd;
use super::client::{SeatState, Stage};
use super::send::RequestId;
use super::timers::TimerKind;
use crate::frame;
use crate::oracle::{EntryDigest, Kind};

/// The start of a message on the wire, up to the id of its room. A server that writes it in another way is
/// only slower to read.
const MESSAGE: &[u8] = b"{\"type\":\"message\",\"room\":\"";

/// How much of a frame is shown as evidence, in characters.
const SHOWN_MAX: usize = 200;

/// The types of events that this load tester reads. An entry that has one of them and is none of its kind is broken.
const OWN_TYPES: [&str; 9] =
    ["message", "deleted", "edited", "ok", "error", "typing", "behind", "members", "bye"];

impl Crowd {
    /// Splits the bytes into frames; an incomplete one waits in `carry`.
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
        if at < bytes.len() {
            self.clients[index as usize].carry = bytes[at..].to_vec();
        }
    }

    fn frame(&mut self, index: u32, opcode: u8, payload: &[u8]) {
        match opcode {
            frame::TEXT => self.text(index, payload),
            frame::PING => {
                self.tally.pongs += 1;
                self.write(index, frame::PONG, payload);
            }
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
        if let Some(seat) = self.seat_of(index, payload)
            && self.memberships[seat as usize].state == SeatState::Live
        {
            let next = self.oracle.cursor(seat).unwrap_or(0) + 1;
            if let Some(seen) = self.frame_cache.find(self.seats.room(seat), next, payload) {
                return self.delivered(seat, next, &seen, None);
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
                let text = String::from_utf8_lossy(payload);
                let shown: String = text.chars().take(SHOWN_MAX).collect();
                self.garbled(index, format!("no event ({error}): {shown}"));
            }
        }
    }

    /// The seat that a frame is for, judging by its first bytes.
    fn seat_of(&self, index: u32, payload: &[u8]) -> Option<u32> {
        let rest = payload.strip_prefix(MESSAGE)?;
        if self.seats.per_client() == 1 {
            // The comparison with the cached frame covers the room's id.
            return Some(index);
        }
        self.seats.seat_in(index, self.room_ids.room_at(rest)?)
    }

    fn event(&mut self, index: u32, event: Event, payload: &[u8]) {
        match event {
            Event::Message(message) => self.entry(index, &LogEntry::Message(message), payload),
            Event::Deleted(deleted) => self.entry(index, &LogEntry::Deleted(deleted), payload),
            Event::Edited(edited) => self.entry(index, &LogEntry::Edited(edited), payload),
            Event::Entry(later) => self.entry(index, &LogEntry::Unknown(later), payload),
            Event::Ok(answer) => self.answer(index, &answer),
            Event::Error(fault) => self.fault(index, &fault),
            Event::Behind(behind) => {
                self.tally.behind += 1;
                match self.seat_with(index, behind.room) {
                    Some(seat) => self.join(seat),
                    None => self.stray(index, "behind", behind.room),
                }
            }
            Event::Bye(bye) => {
                self.clients[index as usize].return_after = bye.after_ms.map(Duration::from_millis);
            }
            Event::Removed(removed) => self.stray(index, "removed", removed.room),
            Event::Typing(_)
            | Event::Members(_)
            | Event::Added(_)
            | Event::Room(_)
            | Event::Refresh(_)
            | Event::Role(_)
            | Event::Presence(_)
            | Event::KeptAway(_)
            | Event::Reported(_)
            | Event::Unknown(_) => self.tally.ephemeral += 1,
        }
    }

    fn seat_with(&self, index: u32, room: RoomId) -> Option<u32> {
        self.seats.seat_in(index, self.room_ids.room(room)?)
    }

    fn entry(&mut self, index: u32, entry: &LogEntry, payload: &[u8]) {
        let Some(seat) = self.seat_with(index, entry.room()) else {
            return self.stray(index, "message", entry.room());
        };
        if self.memberships[seat as usize].state != SeatState::Live {
            return;
        }
        let seen = EntryDigest::read(entry);
        if entry.seq() == self.oracle.cursor(seat).unwrap_or(0) + 1 {
            self.frame_cache.add(self.seats.room(seat), entry.seq(), payload, seen);
        }
        self.delivered(seat, entry.seq(), &seen, Some(entry));
    }

    pub(super) fn delivered(
        &mut self,
        seat: u32,
        seq: u64,
        seen: &EntryDigest,
        entry: Option<&LogEntry>,
    ) {
        self.tally.deliveries += 1;
        self.tally.later += u64::from(seen.later);
        self.oracle.delivered(seat, seq, seen, entry);
        let Some(due) = seen.due else { return };
        if self.is_excused(self.seats.client(seat), due) {
            self.tally.excused += 1;
            return;
        }
        let latency = self.began.elapsed().saturating_sub(due);
        self.latency.record(latency);
        self.since.latency.record(latency);
    }

    /// Whether a message is late because its reader was not reading or away: it was due before the reader was
    /// back, or comes before the reader has caught up.
    fn is_excused(&mut self, index: u32, due: Duration) -> bool {
        let excused = self.clients[index as usize].excused;
        if due < excused || excused.is_zero() {
            return due < excused;
        }
        let live = |seat| self.memberships[seat as usize].state == SeatState::Live;
        let caught_up = self.seats.seats(index).all(live);
        if caught_up {
            self.clients[index as usize].excused = Duration::ZERO;
        }
        !caught_up
    }

    fn answer(&mut self, index: u32, answer: &Answer) {
        match RequestId::of(answer.id) {
            Some(RequestId::Hello) => {
                if let Some(greeting) = self.body(index, answer) {
                    self.greeted(index, greeting);
                }
            }
            Some(RequestId::Join(asked, slot)) => {
                if let Some(seat) = self.seat_asking(index, asked, slot)
                    && let Some(page) = self.page(index, answer)
                {
                    self.joined(seat, &page);
                }
            }
            Some(RequestId::History(asked, slot)) => {
                if let Some(seat) = self.seat_asking(index, asked, slot)
                    && let Some(page) = self.page(index, answer)
                {
                    self.filled(seat, &page);
                }
            }
            Some(RequestId::Ping) => {}
            Some(RequestId::Barrier) => self.barrier_passed(index),
            Some(RequestId::Send(number)) => self.acknowledged(index, number, answer),
            Some(RequestId::Log(room)) => {
                if let Some(page) = self.page(index, answer) {
                    self.page_read_back(index, room, &page);
                }
            }
            None => self.garbled(index, format!("an ok to {}, which was never asked", answer.id)),
        }
    }

    fn acknowledged(&mut self, index: u32, number: u64, answer: &Answer) {
        let Some(sent) = self.body::<Sent>(index, answer) else { return };
        let Some(record) = self.forget_unanswered(index, number) else { return };
        self.oracle.acknowledged(index, number, sent.seq);
        self.tally.acknowledged += 1;
        self.tally.duplicates += u64::from(sent.dup);
        if record.due() >= self.clients[index as usize].excused {
            self.commit.record(self.began.elapsed().saturating_sub(record.due()));
        }
        self.answered_in(record.room);
    }

    fn fault(&mut self, index: u32, fault: &Fault) {
        let code = serde_json::to_string(&fault.code).unwrap_or_default();
        *self.tally.errors.entry(code.trim_matches('"').to_owned()).or_default() += 1;
        let after = Duration::from_millis(fault.retry_ms.unwrap_or(100));
        let passing = matches!(
            fault.code,
            ErrorCode::Busy
                | ErrorCode::RateLimited
                | ErrorCode::StorageUnavailable
                | ErrorCode::Draining
                | ErrorCode::Internal
        );
        let what = match fault.id.and_then(RequestId::of) {
            Some(RequestId::Hello) => {
                if self.hello_refused(index, fault.code, &fault.message) {
                    TimerKind::Hello
                } else {
                    self.hang_up(index);
                    TimerKind::Return
                }
            }
            Some(RequestId::Join(asked, slot) | RequestId::History(asked, slot)) => {
                let Some(seat) = self.seat_asking(index, asked, slot) else { return };
                if !passing {
                    return self.give_up(index, fault);
                }
                TimerKind::Rejoin { seat, asked }
            }
            Some(RequestId::Send(number)) => {
                if !passing && !self.send_refused(index, number, fault) {
                    return;
                }
                TimerKind::Resend(number)
            }
            Some(RequestId::Log(room)) => return self.page_refused(room, Instant::now() + after),
            Some(RequestId::Ping | RequestId::Barrier) if passing => {
                return self.barrier_passed(index);
            }
            _ => return self.give_up(index, fault),
        };
        let generation = self.clients[index as usize].generation;
        self.timers.add(Instant::now() + after, index, generation, what);
    }

    /// The server refused a send for a reason that does not pass by itself. Returns whether to retry it.
    fn send_refused(&mut self, index: u32, number: u64, fault: &Fault) -> bool {
        let Some(record) = self.oracle.send(number) else { return false };
        match fault.code {
            ErrorCode::NotJoined => {
                self.unseated(index, record.room);
                true
            }
            ErrorCode::Conflict => {
                let (cid, _) = self.oracle.content(number);
                self.forget_unanswered(index, number);
                self.oracle.accuse(Kind::Conflict, Some(record.room), None, Some(index), |_| {
                    (format!("an ok to the send {cid}"), format!("conflict: {}", fault.message))
                });
                false
            }
            _ => {
                self.give_up(index, fault);
                false
            }
        }
    }

    /// The run cannot succeed.
    fn give_up(&mut self, index: u32, fault: &Fault) {
        let asked = fault.id.and_then(RequestId::of);
        let code = serde_json::to_string(&fault.code).unwrap_or_default();
        let advice = match fault.code {
            ErrorCode::NoSuchRoom => "; let the server make rooms when somebody joins",
            ErrorCode::TooManyRooms => "; lower rooms_per_client, or raise the server's limit",
            ErrorCode::TextTooLong => "; shorten the texts, or raise the server's limit",
            _ => "",
        };
        self.fatal.get_or_insert(format!(
            "client {index} got the error {code} to {asked:?}: {}{advice}",
            fault.message
        ));
    }

    /// A page of the log. For an entry that cannot be read, the protocol crate keeps a placeholder, as a
    /// client must; a server that sends such an entry is wrong.
    fn page(&mut self, index: u32, answer: &Answer) -> Option<Page<LogEntry>> {
        let page: Page<LogEntry> = self.body(index, answer)?;
        match page.events.iter().find_map(unreadable) {
            None => Some(page),
            Some(kind) => {
                self.garbled(index, format!("a page with a {kind} that is not an entry of a log"));
                None
            }
        }
    }

    fn body<T: OkBody>(&mut self, index: u32, answer: &Answer) -> Option<T> {
        match answer.body() {
            Ok(body) => Some(body),
            Err(error) => {
                let asked = RequestId::of(answer.id);
                self.garbled(index, format!("an ok to {asked:?} that cannot be read: {error}"));
                None
            }
        }
    }

    fn stray(&mut self, index: u32, what: &str, room: RoomId) {
        self.garbled(index, format!("a {what} of the room {room}, which it is not in"));
    }

    pub(super) fn garbled(&mut self, index: u32, what: String) {
        self.oracle.accuse(Kind::Garbled, None, None, Some(index), |_| {
            ("a frame of the protocol".into(), what)
        });
    }
}

/// The type of an entry, if version 1 has that type but the entry is not a readable message.
fn unreadable(entry: &LogEntry) -> Option<&str> {
    match entry {
        LogEntry::Unknown(entry) => OWN_TYPES.contains(&&*entry.kind).then_some(&*entry.kind),
        LogEntry::Message(_) | LogEntry::Deleted(_) | LogEntry::Edited(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::unreadable;

    #[test]
    fn a_later_type_is_an_entry_and_a_broken_message_is_none() {
        for (json, expected) in [
            (
                r#"{"type":"edit","room":"01K9ZS0000R00M000000000001","seq":8,"of":7,"text":{"new":["form"]}}"#,
                None,
            ),
            (
                r#"{"type":"message","room":"01K9ZS0000R00M000000000001","seq":9,"text":"no cid"}"#,
                Some("message"),
            ),
            (r#"{"type":"edited","room":"01K9ZS0000R00M000000000001","seq":9}"#, Some("edited")),
            (r#"{"type":"deleted","room":"01K9ZS0000R00M000000000001","seq":9}"#, Some("deleted")),
            (r#"{"type":"typing","room":"01K9ZS0000R00M000000000001","seq":9}"#, Some("typing")),
            (
                r#"{"type":"message","room":"01K9ZS0000R00M000000000001","seq":7,"cid":"3f2b8c1e-9d4a-4e6f-8a7b-0123456789ab","from":{"id":"01K9ZS00000000000000000002","nick":"bo"},"kind":"text","text":"hi","at":1,"more":[]}"#,
                None,
            ),
        ] {
            let entry = serde_json::from_str(json).expect("an entry");
            assert_eq!(unreadable(&entry), expected, "{json}");
        }
    }
}
