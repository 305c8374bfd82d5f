//! One stranger of a flood: a connection, its state, and when it sends next.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketFlags, SocketType, connect, socket_with};
use throng_protocol::{Command, Hello, Join, Kind, Request, Send};

use super::Count;
use crate::frame;
use crate::handshake::Upgrade;
use crate::poller::{Interest, Poller};

/// How long a stranger stays away after it was closed or not let in.
const AWAY: Duration = Duration::from_secs(1);

/// The most bytes that may wait for the socket; with more, the next text is skipped.
const OUT_MAX: usize = 64 * 1024;

/// The ids of its first two requests; sends have all higher ones.
const HELLO: u64 = 1;
const JOIN: u64 = 2;
const SENDS: u64 = 3;

pub(super) struct Stranger {
    socket: Option<TcpStream>,
    stage: Stage,
    /// When to connect, or to send.
    next: Instant,
    carry: Vec<u8>,
    out: Vec<u8>,
    /// Whether epoll watches for writability.
    watched: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Away,
    Connecting,
    Upgrading,
    Greeting,
    Joining,
    Joined,
}

impl Stranger {
    pub(super) fn new() -> Self {
        let (carry, out) = (Vec::new(), Vec::new());
        let next = Instant::now();
        Self { socket: None, stage: Stage::Away, next, carry, out, watched: false }
    }

    pub(super) fn has_joined(&self) -> bool {
        self.stage == Stage::Joined
    }

    pub(super) fn is_due_to_come(&self, now: Instant) -> bool {
        self.stage == Stage::Away && self.next <= now
    }

    pub(super) fn is_due_to_speak(&self, now: Instant) -> bool {
        self.has_joined() && self.next <= now && self.out.len() < OUT_MAX
    }

    pub(super) fn go_away(&mut self, now: Instant) {
        *self = Self { next: now + AWAY, ..Self::new() };
    }

    pub(super) fn connect(
        &mut self,
        poller: &Poller,
        token: u64,
        address: SocketAddr,
    ) -> io::Result<()> {
        let family = if address.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        let socket = socket_with(family, SocketType::STREAM, flags, None)?;
        match connect(&socket, &address) {
            Ok(()) | Err(Errno::INPROGRESS) => {}
            Err(error) => return Err(error.into()),
        }
        poller.add(&socket, token, Interest::ReadWrite)?;
        self.socket = Some(TcpStream::from(socket));
        (self.stage, self.watched) = (Stage::Connecting, true);
        Ok(())
    }

    /// The socket is writable. If it could not connect, its next read fails.
    pub(super) fn reached(&mut self, upgrade: &Upgrade) {
        if self.stage == Stage::Connecting {
            self.stage = Stage::Upgrading;
            self.out.extend_from_slice(upgrade.request());
        }
    }

    pub(super) fn speak(&mut self, room: &str, text: String, number: u64, next: Instant) {
        let millis = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let millis = u64::try_from(millis).unwrap_or(0);
        let tail = fastrand::u128(..).to_ne_bytes();
        let tail = tail.first_chunk().unwrap_or(&[0; 10]);
        let cid = uuid::Builder::from_unix_timestamp_millis(millis, tail).into_uuid().to_string();
        let send = Send { room: room.to_owned(), cid, kind: Kind::Text, text };
        self.ask(SENDS + number, Command::Send(send));
        self.next = next;
    }

    fn ask(&mut self, id: u64, command: Command) {
        let json = Request { id, command }.to_json();
        frame::write_masked(&mut self.out, frame::TEXT, json.as_bytes());
    }

    /// Writes the waiting bytes.
    ///
    /// # Errors
    /// When the connection has failed.
    pub(super) fn flush(&mut self, poller: &Poller, token: u64) -> io::Result<()> {
        let Some(mut socket) = self.socket.as_ref() else { return Ok(()) };
        if self.stage == Stage::Connecting {
            return Ok(());
        }
        match socket.write(&self.out) {
            Ok(written) => drop(self.out.drain(..written)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
        let watched = !self.out.is_empty();
        if std::mem::replace(&mut self.watched, watched) != watched {
            let interest = if watched { Interest::ReadWrite } else { Interest::Read };
            poller.modify(socket, token, interest)?;
        }
        Ok(())
    }

    /// Reads once, and counts the answers.
    ///
    /// # Errors
    /// When the connection has ended, or the server did not let it in.
    pub(super) fn read(
        &mut self,
        buffer: &mut [u8],
        upgrade: &Upgrade,
        nick: &str,
        room: &str,
        count: &mut Count,
        now: Instant,
    ) -> io::Result<()> {
        let Some(mut socket) = self.socket.as_ref() else { return Ok(()) };
        match socket.read(buffer) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => self.carry.extend_from_slice(&buffer[..read]),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error),
        }
        if self.stage == Stage::Upgrading {
            let Some(end) = upgrade.check(&self.carry).map_err(io::Error::other)? else {
                return Ok(());
            };
            self.carry.drain(..end);
            self.stage = Stage::Greeting;
            let hello = Hello { nick: Some(nick.to_owned()), ..Hello::default() };
            self.ask(HELLO, Command::Hello(hello));
        }
        let carry = std::mem::take(&mut self.carry);
        let mut at = 0;
        while let Some(head) = frame::head(&carry[at..]).map_err(io::Error::other)? {
            let payload = &carry[at + head.start..at + head.end];
            match head.opcode {
                frame::TEXT => self.text(payload, room, count, now)?,
                frame::PING => frame::write_masked(&mut self.out, frame::PONG, payload),
                frame::CLOSE => return Err(io::ErrorKind::ConnectionAborted.into()),
                _ => {}
            }
            at += head.end;
        }
        self.carry = carry[at..].to_vec();
        Ok(())
    }

    /// Answers move the stranger to its next state, or are counted; everything else is ignored.
    fn text(
        &mut self,
        payload: &[u8],
        room: &str,
        count: &mut Count,
        now: Instant,
    ) -> io::Result<()> {
        let ok = payload.starts_with(b"{\"type\":\"ok\"");
        let error = payload.starts_with(b"{\"type\":\"error\"");
        match self.stage {
            Stage::Greeting if ok => {
                self.stage = Stage::Joining;
                let room = room.to_owned();
                let join = Join { room, epoch: None, after: None, limit: Some(0) };
                self.ask(JOIN, Command::Join(join));
            }
            Stage::Joining if ok => (self.stage, self.next) = (Stage::Joined, now),
            Stage::Greeting | Stage::Joining if error => {
                return Err(io::ErrorKind::PermissionDenied.into());
            }
            Stage::Joined => {
                count.accepted += u64::from(ok);
                count.refused += u64::from(error);
            }
            _ => {}
        }
        Ok(())
    }
}
