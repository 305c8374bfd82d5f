//! One connection beside the crowd: connect, upgrade, ask, flush, read. A flood and a storm of logins are made of these.
//!
//! The crowd has its own state machine, since a hundred thousand clients must be smaller; it shares [`begin_connect`].

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};

use anyhow::{Context, Result};
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, connect, socket_with};
use throng_protocol::{Command, Request};

use crate::frame;
use crate::handshake::Upgrade;
use crate::poller::{Interest, Poller, Ready};

/// How much one read takes: several of a flood's texts, or all that a storm's answers are.
const READ_BYTES: usize = 64 * 1024;

/// Begins to connect without waiting, from an address of this machine or from one that the system chooses.
pub(crate) fn begin_connect(from: Option<Ipv4Addr>, to: SocketAddr) -> io::Result<TcpStream> {
    let family = if to.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    let socket = socket_with(family, SocketType::STREAM, flags, None)?;
    if let Some(from) = from {
        bind(&socket, &SocketAddr::new(IpAddr::V4(from), 0))?;
    }
    match connect(&socket, &to) {
        Ok(()) | Err(Errno::INPROGRESS) => Ok(TcpStream::from(socket)),
        Err(error) => Err(error.into()),
    }
}

/// Where lone connections lead, and the poller that watches them.
pub(crate) struct Endpoint {
    address: SocketAddr,
    upgrade: Upgrade,
    pub(crate) poller: Poller,
}

impl Endpoint {
    pub(crate) fn new(address: SocketAddr, host: &str, path: &str) -> Result<Self> {
        let poller = Poller::of_levels().context("epoll cannot be set up")?;
        Ok(Self { address, upgrade: Upgrade::new(host, path), poller })
    }
}

/// A connection, or the absence of one.
pub(crate) struct LoneConnection {
    /// What the poller calls it.
    token: u64,
    socket: Option<TcpStream>,
    stage: Stage,
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
    Open,
}

impl LoneConnection {
    pub(crate) fn new(token: u64) -> Self {
        let (carry, out) = (Vec::new(), Vec::new());
        Self { token, socket: None, stage: Stage::Away, carry, out, watched: false }
    }

    pub(crate) fn is_away(&self) -> bool {
        self.stage == Stage::Away
    }

    /// Whether the server has agreed to the upgrade, so that commands may be asked.
    pub(crate) fn is_open(&self) -> bool {
        self.stage == Stage::Open
    }

    /// How many bytes wait for the socket.
    pub(crate) fn bytes_waiting(&self) -> usize {
        self.out.len()
    }

    /// Closes it.
    pub(crate) fn leave(&mut self) {
        *self = Self::new(self.token);
    }

    /// Connects, from this address if one is given.
    pub(crate) fn come(&mut self, endpoint: &Endpoint, from: Option<Ipv4Addr>) -> io::Result<()> {
        self.leave();
        let socket = begin_connect(from, endpoint.address)?;
        endpoint.poller.add(&socket, self.token, Interest::ReadWrite)?;
        self.socket = Some(socket);
        (self.stage, self.watched) = (Stage::Connecting, true);
        Ok(())
    }

    /// Asks something; [`LoneConnection::flush`] writes it.
    pub(crate) fn ask(&mut self, id: u64, command: Command) {
        let json = Request { id, command }.to_json();
        frame::write_masked(&mut self.out, frame::TEXT, json.as_bytes());
    }

    /// Writes the waiting bytes.
    ///
    /// # Errors
    /// When the connection has failed.
    pub(crate) fn flush(&mut self, endpoint: &Endpoint) -> io::Result<()> {
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
            endpoint.poller.modify(socket, self.token, interest)?;
        }
        Ok(())
    }

    /// Does what the socket is ready for, and gives each text that came to `hear`.
    ///
    /// # Errors
    /// When the connection has ended, or the server did not let it in.
    pub(crate) fn ready(
        &mut self,
        event: Ready,
        endpoint: &Endpoint,
        hear: impl FnMut(&[u8]),
    ) -> io::Result<()> {
        // If it could not connect, the write fails.
        if event.writable && self.stage == Stage::Connecting {
            self.stage = Stage::Upgrading;
            self.out.extend_from_slice(endpoint.upgrade.request());
        }
        if event.readable {
            self.read(&endpoint.upgrade, hear)?;
        }
        self.flush(endpoint)
    }

    fn read(&mut self, upgrade: &Upgrade, hear: impl FnMut(&[u8])) -> io::Result<()> {
        let Some(mut socket) = self.socket.as_ref() else { return Ok(()) };
        let mut buffer = [0; READ_BYTES];
        match socket.read(&mut buffer) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => self.carry.extend_from_slice(&buffer[..read]),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error),
        }
        if self.stage == Stage::Upgrading {
            let checked = upgrade.check(&self.carry).map_err(io::Error::other)?;
            let Some(end) = checked else { return Ok(()) };
            self.carry.drain(..end);
            self.stage = Stage::Open;
        }
        self.frames(hear)
    }

    fn frames(&mut self, mut hear: impl FnMut(&[u8])) -> io::Result<()> {
        let carry = std::mem::take(&mut self.carry);
        let mut at = 0;
        while let Some(head) = frame::head(&carry[at..]).map_err(io::Error::other)? {
            let payload = &carry[at + head.start..at + head.end];
            match head.opcode {
                frame::TEXT => hear(payload),
                frame::PING => frame::write_masked(&mut self.out, frame::PONG, payload),
                frame::CLOSE => return Err(io::ErrorKind::ConnectionAborted.into()),
                _ => {}
            }
            at += head.end;
        }
        self.carry = carry[at..].to_vec();
        Ok(())
    }
}
