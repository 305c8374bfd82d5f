//! The way in: connect, upgrade, hello. `connect_pacing` decides when; `join` does the joins.

use std::io::{self, Read};
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use throng_protocol::{Command, Greeting, Hello};

use super::Crowd;
use super::client::{LastPing, Seat, Stage};
use super::send::RequestId;
use crate::lone_connection::begin_connect;
use crate::oracle::Kind;
use crate::poller::Interest;
use crate::units;

impl Crowd {
    pub(super) fn connect(&mut self, index: u32) -> io::Result<()> {
        let (addresses, first) = (self.shape.addresses, self.shape.first_address);
        let chosen = (addresses, first) != (1, 1) && self.shape.address.is_ipv4();
        let from = chosen.then(|| {
            let host = u32::from(first) + index % u32::from(addresses);
            Ipv4Addr::from_bits(Ipv4Addr::new(127, 0, 0, 0).to_bits() + host)
        });
        let socket = begin_connect(from, self.shape.address)?;
        let client = &mut self.clients[index as usize];
        client.generation += 1;
        client.came = Instant::now();
        let token = self.token(index);
        self.poller.add(&socket, token, Interest::ReadWrite)?;
        socket.set_nodelay(true)?;
        let client = &mut self.clients[index as usize];
        client.socket = Some(socket);
        client.stage = Stage::Connecting;
        self.underway += 1;
        Ok(())
    }

    /// The socket has connected or failed to: sends the upgrade.
    pub(super) fn reached(&mut self, index: u32) {
        let client = &mut self.clients[index as usize];
        let Some(socket) = &client.socket else { return };
        if let Some(error) = socket.take_error().unwrap_or_else(Some) {
            self.hang_up(index);
            self.could_not_connect(index, &error);
            return;
        }
        self.refusals.opened();
        client.stage = Stage::Upgrading;
        client.out = self.upgrade.request().to_vec();
        self.flush(index);
    }

    /// More bytes of the response to the upgrade have come. Returns whether it is complete.
    pub(super) fn upgraded(&mut self, index: u32) -> bool {
        let carry = &mut self.clients[index as usize].carry;
        match self.upgrade.check(carry) {
            Ok(None) => false,
            Ok(Some(end)) => {
                carry.drain(..end);
                self.hello(index);
                true
            }
            Err(bad) => {
                self.bad_upgrade(index, &bad);
                false
            }
        }
    }

    pub(super) fn hello(&mut self, index: u32) {
        let client = &mut self.clients[index as usize];
        client.stage = Stage::Greeting;
        let token = client.token.as_deref().map(str::to_owned);
        let nick = token.is_none().then(|| match client.renamed {
            0 => format!("{}{index}", self.shape.nick),
            again => format!("{}{index}.{again}", self.shape.nick),
        });
        let hello = Hello { nick, token, ..Hello::default() };
        self.request(index, RequestId::Hello, Command::Hello(hello));
    }

    pub(super) fn greeted(&mut self, index: u32, greeting: Greeting) {
        let per_client = self.seats.per_client();
        if u64::from(per_client) > greeting.limits.rooms {
            self.fatal.get_or_insert(format!(
                "the server allows {} per session, and each client joins {per_client}; raise \
                 the server's limit of rooms or lower rooms_per_client",
                units::counted(greeting.limits.rooms, "room")
            ));
            return;
        }
        self.heartbeat = Duration::from_millis(greeting.heartbeat_ms.max(1000));
        self.page_events = greeting.limits.page_events.max(1);
        let known = *self.epoch.get_or_insert(greeting.epoch);
        let client = &mut self.clients[index as usize];
        client.token = Some(greeting.token.into_boxed_str());
        client.stage = Stage::Greeted;
        client.attempts = 0;
        self.connected += 1;
        self.refusals.admitted();
        if known != greeting.epoch {
            self.oracle.accuse(Kind::Forgotten, None, None, Some(index), |_| {
                (format!("the log {known}"), format!("the log {}", greeting.epoch))
            });
        }
        self.begin_joins(index);
        self.heartbeat(index, Instant::now());
    }

    /// The connection has ended, from either side.
    pub(super) fn hang_up(&mut self, index: u32) {
        let client = &mut self.clients[index as usize];
        if client.socket.is_none() {
            return;
        }
        if client.joined == self.seats.per_client() {
            self.live -= 1;
        } else {
            self.underway -= 1;
        }
        self.connected -= u32::from(client.stage == Stage::Greeted);
        self.passed -= u32::from(client.last_ping == LastPing::Answered);
        if client.deaf {
            client.excused = self.began.elapsed();
        }
        client.reset();
        for seat in self.seats.seats(index) {
            self.memberships[seat as usize] = Seat::default();
        }
    }

    /// Reads the available bytes, and handles them according to the stage. A read that does not fill the
    /// buffer has emptied the socket (epoll(7)), unless the connection has `ended`: then the end is still to
    /// be read.
    pub(super) fn readable(&mut self, index: u32, ended: bool) {
        let client = &self.clients[index as usize];
        let generation = client.generation;
        if client.stage == Stage::Connecting {
            return;
        }
        let mut buffer = std::mem::take(&mut self.buffer);
        while let Some(mut socket) = self.clients[index as usize].socket.as_ref() {
            match socket.read(&mut buffer) {
                Ok(0) => self.lost(index, 1006),
                Ok(count) => {
                    self.received(index, &buffer[..count]);
                    let more = ended || count == buffer.len();
                    if !more || !self.clients[index as usize].is(generation) {
                        break;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(_) => self.lost(index, 1006),
            }
        }
        self.buffer = buffer;
    }
}
