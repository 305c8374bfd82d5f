//! The way in: connect, upgrade, hello, join.

use std::io::{self, Read};
use std::net::{Ipv4Addr, SocketAddrV4, TcpStream};
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, connect, socket_with};
use throng_protocol::{Command, Greeting, Hello, Join, VERSION};

use super::Crowd;
use super::client::Stage;
use super::send::{HELLO, JOIN};
use super::timers::What;
use crate::poller::Interest;

/// Clients that connect between two looks at the sockets: a crowd that comes at once must not make
/// the generator deaf.
const ARRIVALS_PER_TURN: usize = 256;

impl Crowd {
    /// Whether somebody waits to connect and may.
    pub(super) fn may_admit(&self) -> bool {
        !self.arrivals.is_empty() && self.underway < self.underway_max
    }

    pub(super) fn admit_arrivals(&mut self) {
        for _ in 0..ARRIVALS_PER_TURN {
            if !self.may_admit() {
                return;
            }
            let Some(index) = self.arrivals.pop_front() else { return };
            if let Err(error) = self.connect(index) {
                self.could_not_connect(index, &error);
            }
        }
    }

    fn connect(&mut self, index: u32) -> io::Result<()> {
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        let socket = socket_with(AddressFamily::INET, SocketType::STREAM, flags, None)?;
        if self.shape.addresses > 1 {
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
        let token = u64::from(client.generation) << 32 | u64::from(index);
        self.poller.add(&socket, token, Interest::ReadWrite)?;
        let socket = TcpStream::from(socket);
        socket.set_nodelay(true)?;
        client.socket = Some(socket);
        client.stage = Stage::Connecting;
        self.underway += 1;
        Ok(())
    }

    /// The socket is connected, or could not be: sends the upgrade.
    pub(super) fn connected_now(&mut self, index: u32) {
        let client = &mut self.clients[index as usize];
        let Some(socket) = &client.socket else { return };
        if let Some(error) = socket.take_error().unwrap_or_else(Some) {
            self.hang_up(index);
            self.could_not_connect(index, &error);
            return;
        }
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
            Err(error) => {
                self.fatal.get_or_insert(format!("client {index}: {error}"));
                false
            }
        }
    }

    fn hello(&mut self, index: u32) {
        let client = &mut self.clients[index as usize];
        client.stage = Stage::Greeting;
        let token = client.token.clone();
        let nick = token.is_none().then(|| format!("{}{index}", self.shape.nick));
        self.request(index, HELLO, Command::Hello(Hello { version: VERSION, nick, token }));
    }

    pub(super) fn greeted(&mut self, index: u32, greeting: Greeting) {
        self.heartbeat = Duration::from_millis(greeting.heartbeat_ms.max(1000));
        let known = *self.epoch.get_or_insert(greeting.epoch);
        let client = &mut self.clients[index as usize];
        client.token = Some(greeting.token);
        if known != greeting.epoch {
            let room = client.room;
            self.oracle.accuse(crate::oracle::Breach::Forgotten { member: index, room });
        }
        self.join(index);
    }

    /// Joins after the last seq seen; at the first time without events, live from the head.
    pub(super) fn join(&mut self, index: u32) {
        let client = &mut self.clients[index as usize];
        client.stage = Stage::Joining;
        let after = self.oracle.cursor(index);
        let join = Join {
            room: room_name(client.room),
            epoch: after.and(self.epoch),
            after,
            limit: if after.is_none() { Some(0) } else { None },
        };
        self.request(index, JOIN, Command::Join(join));
    }

    /// The join is complete: this client is live.
    pub(super) fn admitted(&mut self, index: u32) {
        let client = &mut self.clients[index as usize];
        client.stage = Stage::Live;
        if client.admitted {
            return;
        }
        client.admitted = true;
        self.live += 1;
        self.underway -= 1;
        self.joins.record(client.came.elapsed());
        let waiting = client.unanswered.clone();
        for number in waiting {
            self.resend(index, number);
        }
        self.heartbeat(index, Instant::now());
    }

    fn could_not_connect(&mut self, index: u32, error: &io::Error) {
        self.tally.refused_connections += 1;
        let gone = [io::ErrorKind::ConnectionRefused, io::ErrorKind::ConnectionReset];
        if !gone.contains(&error.kind()) {
            self.fatal.get_or_insert(format!(
                "client {index} cannot connect: {error}; look at `ulimit -n` and the free ports"
            ));
        }
        let after = Duration::from_millis(fastrand::u64(50..250));
        self.timers.add(Instant::now() + after, index, 0, What::Return);
    }

    /// Reads what is there, and hands it on as the stage demands.
    pub(super) fn readable(&mut self, index: u32) {
        let client = &mut self.clients[index as usize];
        if client.stage == Stage::Connecting {
            return;
        }
        let Some(mut socket) = client.socket.as_ref() else { return };
        let mut buffer = std::mem::take(&mut self.buffer);
        match socket.read(&mut buffer) {
            Ok(0) => self.lost(index, 1006),
            Ok(count) => self.received(index, &buffer[..count]),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(_) => self.lost(index, 1006),
        }
        self.buffer = buffer;
    }
}

/// What a room is called.
pub(super) fn room_name(room: u32) -> String {
    format!("load-{room}")
}
