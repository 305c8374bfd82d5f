//! The floor server: what a delivery costs at least on this machine.
//!
//! A bare, single-threaded epoll loop that upgrades, answers hello, join, send and ping with as
//! little as the generator needs, gives each room its seqs, and then does one `send` of a ready,
//! shared frame per member. It stores nothing and promises nothing. throng's processor time per
//! delivery is compared with it.

mod answers;
mod connection;
mod fault;
mod room;

use std::io::{self, Write};
use std::net::{SocketAddrV4, TcpListener};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use rustix::net::{AddressFamily, SocketFlags, SocketType, accept_with, bind, listen, socket_with};
use rustix::process::{Signal, set_parent_process_death_signal};
use throng_protocol::{Command, Ok as Answer, Request, Send, Sent};

use self::connection::Connection;
pub(crate) use self::fault::Fault;
use self::room::Rooms;
use crate::frame;
use crate::poller::{Interest, Poller, Ready};

/// The listener's token; connections have their slot.
const LISTENER: u64 = u64::MAX;

/// As many as the kernel gives (`net.core.somaxconn` cuts it): thousands come at once.
const BACKLOG: i32 = 4096;

/// Connections taken per wake, so that those who are here go on being served.
const ACCEPTS_PER_WAKE: usize = 256;

/// How the floor behaves.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Manner {
    /// Frames that wait for one connection leave with one `send` per wake.
    pub(crate) joined: bool,
    /// A promise that it breaks on purpose, so that the tester itself can be tested.
    pub(crate) fault: Option<Fault>,
}

/// Listens, prints the address, and serves until it is killed, at the latest with its parent.
pub(crate) fn serve(address: SocketAddrV4, manner: Manner) -> Result<()> {
    set_parent_process_death_signal(Some(Signal::TERM)).context("prctl failed")?;
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    let socket = socket_with(AddressFamily::INET, SocketType::STREAM, flags, None)?;
    rustix::net::sockopt::set_socket_reuseaddr(&socket, true)?;
    bind(&socket, &address).with_context(|| format!("the floor cannot listen on {address}"))?;
    listen(&socket, BACKLOG)?;
    let listener = TcpListener::from(socket);
    println!("the floor listens on http://{}", listener.local_addr()?);
    io::stdout().flush()?;
    Floor::new(listener, manner)?.run()
}

struct Floor {
    listener: TcpListener,
    poller: Poller,
    connections: Vec<Option<Connection>>,
    free: Vec<usize>,
    rooms: Rooms,
    manner: Manner,
    /// Connections with frames that wait for the end of this wake.
    dirty: Vec<usize>,
    buffer: Vec<u8>,
}

impl Floor {
    fn new(listener: TcpListener, manner: Manner) -> Result<Self> {
        let poller = Poller::new()?;
        poller.add(&listener, LISTENER, Interest::Read)?;
        Ok(Self {
            listener,
            poller,
            connections: Vec::new(),
            free: Vec::new(),
            rooms: Rooms::default(),
            manner,
            dirty: Vec::new(),
            buffer: vec![0; 16 * 1024],
        })
    }

    fn run(mut self) -> Result<()> {
        let mut ready = Vec::new();
        loop {
            self.poller.wait(&mut ready, None)?;
            for event in &ready {
                match usize::try_from(event.token) {
                    Ok(slot) if event.token != LISTENER => self.handle(slot, *event),
                    _ => self.accept(),
                }
            }
            for slot in std::mem::take(&mut self.dirty) {
                self.flush(slot);
            }
        }
    }

    fn accept(&mut self) {
        for _ in 0..ACCEPTS_PER_WAKE {
            let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
            let Ok(socket) = accept_with(&self.listener, flags) else { return };
            let slot = self.free.pop().unwrap_or_else(|| {
                self.connections.push(None);
                self.connections.len() - 1
            });
            if self.poller.add(&socket, slot as u64, Interest::Read).is_ok() {
                self.connections[slot] = Some(Connection::new(socket.into()));
            } else {
                self.free.push(slot);
            }
        }
    }

    fn handle(&mut self, slot: usize, event: Ready) {
        if event.writable {
            self.flush(slot);
        }
        if !event.readable {
            return;
        }
        let Some(connection) = &mut self.connections[slot] else { return };
        let mut buffer = std::mem::take(&mut self.buffer);
        let requests = connection.read(&mut buffer);
        self.buffer = buffer;
        match requests {
            Some(requests) => requests.iter().for_each(|text| self.request(slot, text)),
            None => self.close(slot),
        }
    }

    fn request(&mut self, slot: usize, text: &str) {
        let answer = match Request::parse(text) {
            Ok(Request { id, command: Command::Hello(hello) }) => {
                answers::greeting(id, slot, hello)
            }
            Ok(Request { id, command: Command::Join(join) }) => {
                let Some(connection) = &mut self.connections[slot] else { return };
                let room = self.rooms.join(slot, connection, &join.room);
                answers::page(id, room)
            }
            Ok(Request { id, command: Command::Send(send) }) => return self.send(slot, id, &send),
            Ok(Request { id, command: Command::Ping(_) }) => Answer::to_json(id, &()),
            Ok(Request { id, .. }) => answers::refusal(id),
            Err(_) => return self.close(slot),
        };
        self.answer(slot, &answer);
    }

    fn send(&mut self, slot: usize, id: u64, send: &Send) {
        let Some(connection) = &self.connections[slot] else { return };
        let Some(number) = connection.room else { return self.close(slot) };
        let room = self.rooms.get_mut(number);
        let seq = room.head + 1;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let at = u64::try_from(now).unwrap_or(0);
        let forgotten = self.manner.fault.is_some_and(|fault| fault.forgets(seq, room));
        let frame = answers::message(room, seq, slot, send, at);
        self.answer(slot, &Answer::to_json(id, &Sent { seq, at, dup: false }));
        let Some(frame) = frame else { return self.close(slot) };
        if !forgotten {
            self.rooms.get_mut(number).head = seq;
            self.fan_out(number, seq, &frame);
        }
    }

    fn fan_out(&mut self, number: usize, seq: u64, frame: &[u8]) {
        let mut members = std::mem::take(&mut self.rooms.get_mut(number).members);
        let victim = self.manner.fault.and_then(|_| members.pop());
        for slot in &members {
            self.offer(*slot, frame);
        }
        if let (Some(victim), Some(fault)) = (victim, self.manner.fault) {
            for frame in fault.twist(seq, frame, &mut self.rooms.get_mut(number).held) {
                self.offer(victim, &frame);
            }
            members.push(victim);
        }
        self.rooms.get_mut(number).members = members;
    }

    fn answer(&mut self, slot: usize, json: &str) {
        let mut bytes = Vec::with_capacity(json.len() + 10);
        frame::write_unmasked(&mut bytes, frame::TEXT, json.as_bytes());
        self.offer(slot, &bytes);
    }

    /// One `send`, or a place in the queue for the end of the wake.
    fn offer(&mut self, slot: usize, frame: &[u8]) {
        let Some(connection) = &mut self.connections[slot] else { return };
        if !connection.queue_is_empty() {
            connection.queue(frame);
        } else if self.manner.joined {
            connection.queue(frame);
            self.dirty.push(slot);
        } else {
            connection.send_or_queue(frame);
            if !connection.queue_is_empty() {
                self.flush(slot);
            }
        }
    }

    /// Writes what waits, and lets epoll say when the rest can go. A connection that failed ends
    /// at its next read.
    fn flush(&mut self, slot: usize) {
        let Some(connection) = &mut self.connections[slot] else { return };
        if let Some(interest) = connection.flush() {
            let _ = self.poller.modify(&connection.socket, slot as u64, interest);
        }
    }

    fn close(&mut self, slot: usize) {
        if let Some(connection) = self.connections[slot].take() {
            self.rooms.leave(slot, &connection);
            self.free.push(slot);
        }
    }
}
