//! One connection of a storm of logins: from an address of its choice, one command at a time.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};

use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, connect, socket_with};
use serde::Deserialize;
use throng_protocol::{Command, Request};

use super::{Around, heard};
use crate::frame;
use crate::poller::{Interest, Ready};

/// What of an answer matters here.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Heard {
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) code: String,
    #[serde(default)]
    pub(super) retry_ms: Option<u64>,
    #[serde(default)]
    pub(super) device_secret: Option<String>,
}

pub(super) struct Visitor {
    socket: Option<TcpStream>,
    stage: Stage,
    carry: Vec<u8>,
    out: Vec<u8>,
    /// Whether epoll watches for writability.
    watched: bool,
    id: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Away,
    Connecting,
    Upgrading,
    Free,
    Asking,
}

impl Visitor {
    pub(super) fn new() -> Self {
        let (carry, out) = (Vec::new(), Vec::new());
        Self { socket: None, stage: Stage::Away, carry, out, watched: false, id: 0 }
    }

    pub(super) fn is_away(&self) -> bool {
        self.stage == Stage::Away
    }

    /// Whether the next command can be asked.
    pub(super) fn is_free(&self) -> bool {
        self.stage == Stage::Free
    }

    pub(super) fn leave(&mut self) {
        *self = Self::new();
    }

    /// Connects from this address.
    pub(super) fn come(&mut self, around: &Around, token: u64, from: Ipv4Addr) -> io::Result<()> {
        self.leave();
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        let socket = socket_with(AddressFamily::INET, SocketType::STREAM, flags, None)?;
        bind(&socket, &SocketAddr::from((from, 0)))?;
        match connect(&socket, &around.address) {
            Ok(()) | Err(Errno::INPROGRESS) => {}
            Err(error) => return Err(error.into()),
        }
        around.poller.add(&socket, token, Interest::ReadWrite)?;
        self.socket = Some(TcpStream::from(socket));
        (self.stage, self.watched) = (Stage::Connecting, true);
        Ok(())
    }

    /// Asks something; [`Visitor::flush`] writes it.
    pub(super) fn ask(&mut self, command: Command) {
        self.id += 1;
        let json = Request { id: self.id, command }.to_json();
        frame::write_masked(&mut self.out, frame::TEXT, json.as_bytes());
        self.stage = Stage::Asking;
    }

    /// Writes the waiting bytes.
    ///
    /// # Errors
    /// When the connection has failed.
    pub(super) fn flush(&mut self, around: &Around, token: u64) -> io::Result<()> {
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
            around.poller.modify(socket, token, interest)?;
        }
        Ok(())
    }

    /// Does what the socket is ready for, and returns the answers.
    ///
    /// # Errors
    /// When the connection has ended, or the server did not let it in.
    pub(super) fn ready(
        &mut self,
        event: Ready,
        around: &Around,
        token: u64,
    ) -> io::Result<Vec<Heard>> {
        if event.writable && self.stage == Stage::Connecting {
            self.stage = Stage::Upgrading;
            self.out.extend_from_slice(around.upgrade.request());
        }
        let answers = if event.readable { self.read(around)? } else { Vec::new() };
        self.flush(around, token)?;
        Ok(answers)
    }

    fn read(&mut self, around: &Around) -> io::Result<Vec<Heard>> {
        let Some(mut socket) = self.socket.as_ref() else { return Ok(Vec::new()) };
        let mut buffer = [0; 16 * 1024];
        match socket.read(&mut buffer) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => self.carry.extend_from_slice(&buffer[..read]),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(Vec::new()),
            Err(error) => return Err(error),
        }
        if self.stage == Stage::Upgrading {
            let end = around.upgrade.check(&self.carry).map_err(io::Error::other)?;
            let Some(end) = end else { return Ok(Vec::new()) };
            self.carry.drain(..end);
            self.stage = Stage::Free;
        }
        let carry = std::mem::take(&mut self.carry);
        let (mut at, mut answers) = (0, Vec::new());
        while let Some(head) = frame::head(&carry[at..]).map_err(io::Error::other)? {
            let payload = &carry[at + head.start..at + head.end];
            match head.opcode {
                frame::TEXT => {
                    let answer = heard(payload);
                    answers.extend(answer.filter(|it| matches!(&*it.kind, "ok" | "error")));
                }
                frame::PING => frame::write_masked(&mut self.out, frame::PONG, payload),
                frame::CLOSE => return Err(io::ErrorKind::ConnectionAborted.into()),
                _ => {}
            }
            at += head.end;
        }
        self.carry = carry[at..].to_vec();
        if !answers.is_empty() {
            self.stage = Stage::Free;
        }
        Ok(answers)
    }
}
