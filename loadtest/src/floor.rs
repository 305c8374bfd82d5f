//! The floor server: the least that a delivery can cost on this machine.
//!
//! A bare, single-threaded epoll loop. It does the WebSocket upgrade, answers hello, join, send and ping with
//! as little as the generator needs, gives each room its seqs, and makes one `send` call per member with a
//! frame that all members share. It stores nothing and promises nothing. It is what throng's processor time
//! per delivery is compared with.
//!
//! The load tester's own tests also run against it: it can keep a log in memory, so that clients can resume,
//! and it can break each promise on demand.

mod answers;
mod connection;
mod fault;
mod quirk;
mod room;

use std::collections::HashMap;
use std::io::{self, Write};
use std::net::{SocketAddrV4, TcpListener};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use rustix::net::{AddressFamily, SocketFlags, SocketType, accept_with, bind, listen, socket_with};
use rustix::process::{Signal, set_parent_process_death_signal};
use throng_protocol::{Command, Message, Ok as Answer, Request, Send, Sent};

use self::connection::Connection;
use self::fault::Twist;
pub(crate) use self::fault::{Fault, Flaw};
pub(crate) use self::quirk::Quirk;
use self::room::Rooms;
use crate::frame;
use crate::poller::{Interest, Poller, Ready};

/// The page size as a `usize`.
const PAGE_EVENTS: usize = answers::PAGE_EVENTS as usize;

/// The listener's token. A connection's token is its slot.
const LISTENER: u64 = u64::MAX;

/// The kernel cuts this to `net.core.somaxconn`. Thousands of clients connect at once.
const BACKLOG: i32 = 4096;

/// The most connections accepted per wake, so that existing connections are served in between.
const ACCEPTS_PER_WAKE: usize = 256;

/// How the floor behaves.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Manner {
    /// Joins waiting frames: one `send` per connection and wake.
    pub(crate) joined: bool,
    /// Keeps everything in memory: clients resume, and a retry gets the first answer.
    pub(crate) log: bool,
    /// A promise to break on purpose, to test the tester.
    pub(crate) flaw: Option<Flaw>,
    /// A quirk, which the protocol allows, after each entry whose seq is a multiple of this number.
    pub(crate) quirk: Option<(Quirk, u64)>,
}

/// Listens, prints the address, and serves until it is killed. The kernel ends it when its parent ends.
pub(crate) fn serve(address: SocketAddrV4, manner: Manner) -> Result<()> {
    set_parent_process_death_signal(Some(Signal::TERM)).context("prctl failed")?;
    let listener = listener(address)?;
    println!("the floor listens on http://{}", listener.local_addr()?);
    io::stdout().flush()?;
    Floor::new(listener, manner)?.run()
}

/// Serves on a free port from a thread of this process, as long as the process lives.
#[cfg(test)]
pub(crate) fn serve_here(manner: Manner) -> Result<std::net::SocketAddr> {
    let listener = listener(SocketAddrV4::new(std::net::Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    std::thread::spawn(move || Floor::new(listener, manner)?.run());
    Ok(address)
}

fn listener(address: SocketAddrV4) -> Result<TcpListener> {
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    let socket = socket_with(AddressFamily::INET, SocketType::STREAM, flags, None)?;
    rustix::net::sockopt::set_socket_reuseaddr(&socket, true)?;
    bind(&socket, &address).with_context(|| format!("the floor cannot listen on {address}"))?;
    listen(&socket, BACKLOG)?;
    Ok(TcpListener::from(socket))
}

struct Floor {
    listener: TcpListener,
    poller: Poller,
    connections: Vec<Option<Connection>>,
    free: Vec<usize>,
    rooms: Rooms,
    manner: Manner,
    /// Connections with frames that are written at the end of this wake.
    dirty: Vec<usize>,
    /// Connections to close at the end of this wake: too many bytes wait for their reader.
    doomed: Vec<usize>,
    /// How many people have been greeted.
    people: u64,
    /// The seq of each committed `cid`, if a log is kept.
    committed: HashMap<String, u64>,
    buffer: Vec<u8>,
}

impl Floor {
    fn new(listener: TcpListener, manner: Manner) -> Result<Self> {
        let poller = Poller::of_levels()?;
        poller.add(&listener, LISTENER, Interest::Read)?;
        Ok(Self {
            listener,
            poller,
            connections: Vec::new(),
            free: Vec::new(),
            rooms: Rooms::default(),
            manner,
            dirty: Vec::new(),
            doomed: Vec::new(),
            people: 0,
            committed: HashMap::new(),
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
            for slot in std::mem::take(&mut self.doomed) {
                self.close(slot);
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
        let Some(connection) = &mut self.connections[slot] else { return };
        let answer = match Request::parse(text) {
            Ok(Request { id, command: Command::Hello(hello) }) => {
                connection.person = answers::person_of(&hello).unwrap_or(self.people);
                self.people = self.people.max(connection.person + 1);
                answers::greeting(id, connection.person, hello)
            }
            Ok(Request { id, command: Command::Join(join) }) => {
                let one_id = self.manner.flaw.is_some_and(|flaw| flaw.fault == Fault::OneId);
                let room = self.rooms.join(slot, connection, &join.room, one_id);
                let after = join.after.filter(|_| self.manner.log);
                let (events, more) =
                    after.map_or_else(Default::default, |after| room.page(after, PAGE_EVENTS));
                let answer = answers::page(id, room, events, more);
                if more {
                    self.rooms.pause(slot, connection, &join.room);
                }
                answer
            }
            Ok(Request { id, command: Command::History(history) }) if self.manner.log => {
                let Some(number) = self.rooms.number(&history.room) else { return };
                let room = self.rooms.get_mut(number);
                let limit = history.limit.and_then(|limit| usize::try_from(limit).ok());
                let limit = limit.unwrap_or(PAGE_EVENTS).min(PAGE_EVENTS);
                let (events, more) = room.page(history.after.unwrap_or(0), limit);
                answers::page(id, room, events, more)
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
        let person = connection.person;
        let Some(number) = self.rooms.number(&send.room) else { return self.close(slot) };
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let at = u64::try_from(now).unwrap_or(0);
        let mut strikes =
            |fault| self.manner.flaw.as_mut().is_some_and(|flaw| flaw.strikes_send(fault));
        if let Some(seq) = self.committed.get(&send.cid) {
            let sent = Sent { seq: *seq, at, dup: true, deleted: false };
            return self.answer(slot, &Answer::to_json(id, &sent));
        }
        let number = if strikes(Fault::Stray) { self.rooms.other(number) } else { number };
        let (forgotten, wrong) = (strikes(Fault::Forget), strikes(Fault::WrongSeq));
        let (again, misfiled) = (strikes(Fault::Again), strikes(Fault::Misfile));
        let room = self.rooms.get_mut(number);
        let seq = room.head + 1;
        let Some(message) = answers::message(room, seq, person, send, at) else {
            return self.close(slot);
        };
        if !again {
            let sent = Sent { seq: seq + u64::from(wrong), at, dup: false, deleted: false };
            self.answer(slot, &Answer::to_json(id, &sent));
        }
        if !forgotten {
            self.rooms.get_mut(number).head = seq;
            self.fan_out(number, &answers::frame_of(&message));
            self.keep(number, message, again, misfiled);
            self.surprise(number, slot, seq, at);
        }
        if again {
            self.close(slot);
        }
    }

    fn surprise(&mut self, number: usize, slot: usize, seq: u64, at: u64) {
        let Some((quirk, every)) = self.manner.quirk else { return };
        if !seq.is_multiple_of(every.max(1)) {
            return;
        }
        let room = self.rooms.get_mut(number);
        let Some(entry) = quirk.entry(room, seq + 1, at) else {
            let mut close = Vec::new();
            frame::write_unmasked(&mut close, frame::CLOSE, &quirk::NORMAL);
            self.offer(slot, &close);
            return self.close(slot);
        };
        room.head += 1;
        room.log.push(entry.clone());
        self.fan_out(number, &answers::frame_of(&entry));
    }

    fn keep(&mut self, number: usize, mut message: Message, again: bool, misfiled: bool) {
        if !self.manner.log {
            return;
        }
        if !again {
            self.committed.insert(message.cid.to_string(), message.seq);
        }
        if misfiled {
            message.text.push('!');
        }
        let entry = serde_json::to_value(message).unwrap_or_default();
        self.rooms.get_mut(number).log.push(entry);
    }

    fn fan_out(&mut self, number: usize, frame: &[u8]) {
        let members = std::mem::take(&mut self.rooms.get_mut(number).members);
        match self.manner.flaw.filter(Flaw::is_of_deliveries) {
            None => members.iter().for_each(|slot| self.offer(*slot, frame)),
            Some(_) => members.iter().for_each(|slot| self.offer_twisted(number, *slot, frame)),
        }
        self.rooms.get_mut(number).members = members;
    }

    fn offer_twisted(&mut self, number: usize, slot: usize, frame: &[u8]) {
        let Some(flaw) = &mut self.manner.flaw else { return };
        match flaw.twist(frame) {
            Twist::Straight => self.offer(slot, frame),
            Twist::Lost => {}
            Twist::Twice => (0..2).for_each(|_| self.offer(slot, frame)),
            Twist::Instead(other) => self.offer(slot, &other),
            Twist::Held => {
                self.rooms.get_mut(number).held = Some((slot, frame.to_vec()));
                return;
            }
        }
        let held = self.rooms.get_mut(number).held.take_if(|(from, _)| *from == slot);
        if let Some((_, held)) = held {
            self.offer(slot, &held);
        }
    }

    fn answer(&mut self, slot: usize, json: &str) {
        let mut bytes = Vec::with_capacity(json.len() + 10);
        frame::write_unmasked(&mut bytes, frame::TEXT, json.as_bytes());
        self.offer(slot, &bytes);
    }

    /// Sends a frame at once, or queues it until the end of the wake.
    fn offer(&mut self, slot: usize, frame: &[u8]) {
        let Some(connection) = &mut self.connections[slot] else { return };
        if !connection.queue_is_empty() || self.manner.joined {
            if connection.queue_is_empty() {
                self.dirty.push(slot);
            }
            if !connection.queue(frame) {
                self.doomed.push(slot);
            }
        } else {
            connection.send_or_queue(frame);
            if !connection.queue_is_empty() {
                self.flush(slot);
            }
        }
    }

    /// Writes the queue, and has epoll report when the rest can be written. A connection that has failed is
    /// closed at its next read.
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
