//! The way in: connect, upgrade, hello. The joins follow in `join`.

use std::io::{self, Read};
use std::net::{Ipv4Addr, SocketAddrV4, TcpStream};
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, connect, socket_with};
use throng_protocol::{Command, Greeting, Hello, VERSION};

use super::Crowd;
use super::client::{Seat, Stage};
use super::send::Asked;
use crate::oracle::Kind;
use crate::poller::Interest;

/// Clients that connect between two looks at the sockets: a crowd that comes at once must not make
/// the generator deaf.
const ARRIVALS_PER_TURN: usize = 256;

impl Crowd {
    /// Lets all clients that have no connection come, at most `underway_max` at a time.
    pub(crate) fn come(&mut self, underway_max: u32) {
        self.underway_max = underway_max;
        for index in 0..self.shape.clients {
            self.arrive(index);
        }
    }

    /// Puts a client in the line of those who are to connect.
    pub(super) fn arrive(&mut self, index: u32) {
        let client = &mut self.clients[index as usize];
        if client.socket.is_none() && !client.queued {
            client.queued = true;
            self.arrivals.push_back(index);
        }
    }

    /// When the next may connect, if somebody waits.
    pub(super) fn next_arrival(&self, now: Instant) -> Option<Instant> {
        let may = self.underway < self.refusals.underway_max(self.underway_max);
        (may && !self.arrivals.is_empty()).then(|| self.refusals.closed_until.unwrap_or(now))
    }

    pub(super) fn admit_arrivals(&mut self, now: Instant) {
        for _ in 0..ARRIVALS_PER_TURN {
            if self.next_arrival(now).is_none_or(|at| at > now) {
                return;
            }
            let Some(index) = self.arrivals.pop_front() else { return };
            self.clients[index as usize].queued = false;
            if let Err(error) = self.connect(index) {
                self.could_not_connect(index, &error);
            }
        }
    }

    fn connect(&mut self, index: u32) -> io::Result<()> {
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        let family =
            if self.shape.address.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
        let socket = socket_with(family, SocketType::STREAM, flags, None)?;
        if self.shape.addresses > 1 && self.shape.address.is_ipv4() {
            let host = 1 + u8::try_from(index % u32::from(self.shape.addresses)).unwrap_or(0);
            bind(&socket, &SocketAddrV4::new(Ipv4Addr::new(127, 0, 0, host), 0))?;
        }
        match connect(&socket, &self.shape.address) {
            Ok(()) | Err(Errno::INPROGRESS) => {}
            Err(error) => return Err(error.into()),
        }
        let client = &mut self.clients[index as usize];
        client.generation += 1;
        client.came = Instant::now();
        let token = self.token(index);
        self.poller.add(&socket, token, Interest::ReadWrite)?;
        let socket = TcpStream::from(socket);
        socket.set_nodelay(true)?;
        let client = &mut self.clients[index as usize];
        client.socket = Some(socket);
        client.stage = Stage::Connecting;
        self.underway += 1;
        Ok(())
    }

    /// The socket is connected, or could not be: sends the upgrade.
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

    /// More bytes of the answer to the upgrade have come. True when the frames begin.
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
        let hello = Hello { version: VERSION, nick, token };
        self.request(index, Asked::Hello, Command::Hello(hello));
    }

    pub(super) fn greeted(&mut self, index: u32, greeting: Greeting) {
        let per_client = self.seats.per_client();
        if u64::from(per_client) > greeting.limits.rooms {
            self.fatal.get_or_insert(format!(
                "the server lets a session into {} rooms, and each client is to be in {per_client}; \
                 raise the server's limit of rooms or lower rooms_per_client",
                greeting.limits.rooms
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

    /// The connection is gone, by whoever's will.
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
        self.pings_unanswered -= u32::from(client.pinged);
        if client.deaf {
            client.excused = self.began.elapsed();
        }
        client.reset();
        for seat in self.seats.seats(index) {
            self.memberships[seat as usize] = Seat::default();
        }
    }

    /// Reads what is there, and hands it on as the stage demands. A read that does not fill the
    /// buffer has emptied the socket (epoll(7)), unless the connection has `ended`: then its end
    /// is still to be read.
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
