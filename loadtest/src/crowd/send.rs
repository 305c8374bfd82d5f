//! The way out: requests, sends and their retries.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use throng_protocol::{Command, Kind, Request, Send};

use super::Crowd;
use super::client::Stage;
use super::connect::room_name;
use crate::frame;
use crate::poller::Interest;

/// The `id` of a hello.
pub(super) const HELLO: u64 = 1;
/// The `id` of a join; a client has one under way at a time.
pub(super) const JOIN: u64 = 2;
/// The `id` of a page of history.
pub(super) const HISTORY: u64 = 3;
/// The `id` of a heartbeat.
pub(super) const PING: u64 = 4;
/// The `id` of a ping of the final barrier.
pub(super) const BARRIER: u64 = 5;
/// Sends have the ids from here on.
pub(super) const SENDS: u64 = 16;

impl Crowd {
    /// Lets a client say something that was due at `due` on the run's clock. A client that is away
    /// says it when it is back.
    pub(crate) fn send(&mut self, index: u32, due: Duration) {
        let number = self.ledger.add(due);
        let client = &mut self.clients[index as usize];
        client.unanswered.push(number);
        self.unanswered += 1;
        self.oracle.sent(client.room, self.ledger.digest(number));
        if client.admitted {
            self.write_send(index, number);
            let late = self.began.elapsed().saturating_sub(due).as_millis();
            let late = u64::try_from(late).unwrap_or(u64::MAX);
            self.tally.late_ms_max = self.tally.late_ms_max.max(late);
        }
    }

    /// Writes a send that has no answer yet: again, with its `cid`, or late, after an absence.
    pub(super) fn resend(&mut self, index: u32, number: u32) {
        if self.clients[index as usize].unanswered.contains(&number) {
            self.write_send(index, number);
        }
    }

    fn write_send(&mut self, index: u32, number: u32) {
        self.tally.retries += u64::from(self.ledger.write(number));
        let send = Send {
            room: room_name(self.clients[index as usize].room),
            cid: self.ledger.cid(number),
            kind: Kind::Text,
            text: self.ledger.text(number),
        };
        self.request(index, SENDS + u64::from(number), Command::Send(send));
    }

    pub(super) fn request(&mut self, index: u32, id: u64, command: Command) {
        let json = Request { id, command }.to_json();
        self.write(index, frame::TEXT, json.as_bytes());
    }

    pub(super) fn write(&mut self, index: u32, opcode: u8, payload: &[u8]) {
        let client = &mut self.clients[index as usize];
        let waits = !client.out.is_empty();
        frame::write_masked(&mut client.out, opcode, payload);
        client.spoke = Instant::now();
        if !waits {
            self.flush(index);
        }
    }

    /// Writes what waits. What the socket does not take stays, and epoll says when it will.
    pub(super) fn flush(&mut self, index: u32) {
        let client = &mut self.clients[index as usize];
        let Some(mut socket) = client.socket.as_ref() else { return };
        let written = match socket.write(&client.out) {
            Ok(written) => written,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => 0,
            // The end is read from the socket, behind whatever the server still said.
            Err(_) => client.out.len(),
        };
        client.out.drain(..written);
        if client.out.is_empty() {
            client.out = Vec::new();
        }
        let interest = if client.out.is_empty() { Interest::Read } else { Interest::ReadWrite };
        // Most writes are taken whole by a socket that only waits to read: nothing to change then.
        if interest == Interest::Read && !client.watched {
            return;
        }
        client.watched = interest == Interest::ReadWrite;
        let token = u64::from(client.generation) << 32 | u64::from(index);
        if let Err(error) = self.poller.modify(socket, token, interest) {
            self.fatal.get_or_insert(format!("epoll refuses a socket: {error}"));
        }
    }

    pub(super) fn writable(&mut self, index: u32) {
        match self.clients[index as usize].stage {
            Stage::Connecting => self.connected_now(index),
            _ => self.flush(index),
        }
    }
}
