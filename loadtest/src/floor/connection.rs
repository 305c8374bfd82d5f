//! A connection of the floor: its socket, the bytes not yet parsed, and those not yet written.

use std::io::{self, Read, Write};
use std::net::TcpStream;

use crate::frame::{self, apply_mask};
use crate::handshake;
use crate::poller::Interest;

/// The most bytes that may wait for a reader. The floor closes slower ones.
const QUEUE_BYTES_MAX: usize = 4 << 20;

/// One client of the floor.
pub(super) struct Connection {
    pub(super) socket: TcpStream,
    /// The rooms that it has joined, by index.
    pub(super) rooms: Vec<usize>,
    /// The person, once greeted.
    pub(super) person: u64,
    upgraded: bool,
    carry: Vec<u8>,
    queue: Vec<u8>,
    /// Whether epoll watches for writability.
    watched: bool,
}

impl Connection {
    pub(super) fn new(socket: TcpStream) -> Self {
        // Without TCP_NODELAY, an answer may wait for the acknowledgement of the previous frame.
        let _ = socket.set_nodelay(true);
        Self {
            socket,
            rooms: Vec::new(),
            person: 0,
            upgraded: false,
            carry: Vec::new(),
            queue: Vec::new(),
            watched: false,
        }
    }

    /// Reads once, and returns the complete texts. `None` if the connection has ended.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> Option<Vec<String>> {
        match (&self.socket).read(buffer) {
            Ok(0) => return None,
            Ok(count) => self.carry.extend_from_slice(&buffer[..count]),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Some(Vec::new()),
            Err(_) => return None,
        }
        if !self.upgraded {
            let Some((answer, length)) = handshake::answer(&self.carry) else {
                return Some(Vec::new());
            };
            self.carry.drain(..length);
            self.upgraded = true;
            self.send_or_queue(answer.as_bytes());
        }
        let mut texts = Vec::new();
        while let Some(head) = frame::head(&self.carry).ok()? {
            let payload = &mut self.carry[head.start..head.end];
            apply_mask(payload, head.mask?);
            match head.opcode {
                frame::TEXT => texts.push(String::from_utf8(payload.to_vec()).ok()?),
                frame::CLOSE => return None,
                _ => {}
            }
            self.carry.drain(..head.end);
        }
        if self.carry.is_empty() {
            self.carry = Vec::new();
        }
        Some(texts)
    }

    pub(super) fn queue_is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// Queues a frame; returns whether there was room.
    pub(super) fn queue(&mut self, bytes: &[u8]) -> bool {
        let fits = self.queue.len() + bytes.len() <= QUEUE_BYTES_MAX;
        if fits {
            self.queue.extend_from_slice(bytes);
        }
        fits
    }

    /// Writes at once, and queues what the socket does not take.
    pub(super) fn send_or_queue(&mut self, bytes: &[u8]) {
        let written = (&self.socket).write(bytes).unwrap_or(0);
        self.queue.extend_from_slice(&bytes[written..]);
    }

    /// Writes the queue. Returns what epoll must watch for, if that changes.
    pub(super) fn flush(&mut self) -> Option<Interest> {
        let written = (&self.socket).write(&self.queue).unwrap_or(0);
        if written == self.queue.len() {
            self.queue.clear();
        } else {
            self.queue.drain(..written);
        }
        let watched = !self.queue.is_empty();
        let changed = std::mem::replace(&mut self.watched, watched) != watched;
        changed.then_some(if watched { Interest::ReadWrite } else { Interest::Read })
    }
}
