//! The way out: requests, sends and their retries.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use throng_protocol::{Command, Kind, Request, Send};

use super::Crowd;
use super::client::Stage;
use crate::frame;
use crate::poller::Interest;

/// The kind of a request, in the low bits of its `id`; the rest has its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RequestId {
    Hello,
    /// The client's join with this number, and its slot.
    Join(u32, u32),
    /// A page of history, numbered like the joins, and its slot.
    History(u32, u32),
    Ping,
    /// A ping of a barrier.
    Barrier,
    /// A send, by number.
    Send(u64),
    /// A page of a room's log, for a checkpoint.
    Log(u32),
}

impl RequestId {
    /// The request with this `id`; `None` if no request has it.
    pub(super) fn of(id: u64) -> Option<Self> {
        let about = id >> 3;
        let low = |bits: u64| u32::try_from(bits & 0xffff).unwrap_or(0);
        let asked = u32::try_from(about >> 16).unwrap_or(u32::MAX);
        Some(match id & 7 {
            0 if about == 0 => Self::Hello,
            1 => Self::Join(asked, low(about)),
            2 => Self::History(asked, low(about)),
            3 => Self::Ping,
            4 => Self::Barrier,
            5 => Self::Send(about),
            6 => Self::Log(u32::try_from(about).ok()?),
            _ => return None,
        })
    }

    fn id(self) -> u64 {
        let both = |asked: u32, slot: u32| u64::from(asked) << 16 | u64::from(slot);
        let (about, kind) = match self {
            Self::Hello => (0, 0),
            Self::Join(asked, slot) => (both(asked, slot), 1),
            Self::History(asked, slot) => (both(asked, slot), 2),
            Self::Ping => (0, 3),
            Self::Barrier => (0, 4),
            Self::Send(number) => (number, 5),
            Self::Log(room) => (u64::from(room), 6),
        };
        about << 3 | kind
    }
}

impl Crowd {
    /// Sends a message, due at `due` on the run's clock, from a client to one of its rooms. A client that is
    /// away sends it when it is back.
    pub(crate) fn send(&mut self, index: u32, slot: u32, due: Duration) {
        self.tally.sends += 1;
        let seat = self.seats.seat(index, slot % self.seats.per_client());
        let number = self.oracle.sent(self.seats.room(seat), due);
        self.clients[index as usize].unanswered.push(number);
        self.unanswered += 1;
        if self.memberships[seat as usize].joined {
            self.write_send(index, number);
            let late = self.began.elapsed().saturating_sub(due).as_millis();
            let late = u64::try_from(late).unwrap_or(u64::MAX);
            self.tally.late_ms_max = self.tally.late_ms_max.max(late);
        }
    }

    /// Sends from a random client to a random one of its rooms. Clients that are away or not reading on
    /// purpose are avoided: people would not send then.
    pub(crate) fn speak(&mut self, due: Duration) {
        const DRAWS: u32 = 16;
        let clients = self.shape.clients;
        let mut index = self.rng.u32(..clients);
        for _ in 0..DRAWS {
            let client = &self.clients[index as usize];
            if !client.deaf && !client.parted {
                break;
            }
            index = self.rng.u32(..clients);
        }
        let slot = self.rng.u32(..self.seats.per_client());
        self.send(index, slot, due);
    }

    /// Writes a send without an answer: a retry with the same `cid`, or the first write after an absence.
    pub(super) fn resend(&mut self, index: u32, number: u64) {
        if self.clients[index as usize].unanswered.contains(&number) {
            self.write_send(index, number);
        }
    }

    /// Writes all sends to a room that have no answer.
    pub(super) fn resend_all(&mut self, index: u32, room: u32) {
        if self.clients[index as usize].unanswered.is_empty() {
            return;
        }
        for number in self.clients[index as usize].unanswered.clone() {
            if self.oracle.send(number).is_some_and(|record| record.room == room) {
                self.write_send(index, number);
            }
        }
    }

    fn write_send(&mut self, index: u32, number: u64) {
        let Some(record) = self.oracle.send(number) else { return };
        self.tally.retries += u64::from(self.oracle.written(number));
        let (cid, text) = self.oracle.content(number);
        let room = self.reference(record.room);
        let send = Send { room, cid, kind: Kind::Text, text };
        self.request(index, RequestId::Send(number), Command::Send(send));
    }

    pub(super) fn request(&mut self, index: u32, asked: RequestId, command: Command) {
        let json = Request { id: asked.id(), command }.to_json();
        self.write(index, frame::TEXT, json.as_bytes());
    }

    pub(super) fn write(&mut self, index: u32, opcode: u8, payload: &[u8]) {
        let client = &mut self.clients[index as usize];
        if client.socket.is_none() {
            return;
        }
        let waits = !client.out.is_empty();
        frame::write_masked(&mut client.out, opcode, payload);
        client.spoke = Instant::now();
        if !waits {
            self.flush(index);
        }
    }

    /// Writes the waiting bytes. If the socket does not take all, epoll reports when it will.
    pub(super) fn flush(&mut self, index: u32) {
        let client = &mut self.clients[index as usize];
        let Some(mut socket) = client.socket.as_ref() else { return };
        let written = match socket.write(&client.out) {
            Ok(written) => written,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => 0,
            // The next read finds the end of the connection, after the bytes that the server still sent.
            Err(_) => client.out.len(),
        };
        client.out.drain(..written);
        if client.out.is_empty() {
            client.out = Vec::new();
        }
        // The socket takes most writes at once and epoll watches it only for reads: nothing to change then.
        if client.out.is_empty() && !client.watched {
            return;
        }
        client.watched = !client.out.is_empty();
        self.watch(index);
    }

    /// Updates what epoll watches for.
    pub(super) fn watch(&mut self, index: u32) {
        let client = &self.clients[index as usize];
        let Some(socket) = &client.socket else { return };
        let interest = match (client.deaf, client.watched) {
            (false, false) => Interest::Read,
            (false, true) => Interest::ReadWrite,
            (true, false) => Interest::Failure,
            (true, true) => Interest::Write,
        };
        if let Err(error) = self.poller.modify(socket, self.token(index), interest) {
            self.fatal.get_or_insert(format!("epoll refuses a socket: {error}"));
        }
    }

    pub(super) fn writable(&mut self, index: u32) {
        match self.clients[index as usize].stage {
            Stage::Connecting => self.reached(index),
            _ => self.flush(index),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RequestId;

    #[test]
    fn an_id_tells_what_was_asked() {
        for asked in [
            RequestId::Hello,
            RequestId::Join(u32::MAX, 63),
            RequestId::History(7, 0),
            RequestId::Ping,
            RequestId::Barrier,
            RequestId::Send((1 << 48) - 1),
            RequestId::Log(u32::MAX),
        ] {
            assert!(asked.id() < 1 << 53, "{asked:?}");
            assert_eq!(RequestId::of(asked.id()), Some(asked));
        }
        assert_eq!(RequestId::of(7), None);
        assert_eq!(RequestId::of(8), None);
    }
}
