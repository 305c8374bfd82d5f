//! The crowd: thousands of simulated clients in one thread, around one epoll loop.
//!
//! A scenario drives it: it asks for sends, calls [`Crowd::turn`] again and again, and reads the
//! tally, the latencies and the oracle. Clients come back by themselves when they lose their
//! connection, as a good client should: with their token, their cursor, and what was not answered.

mod client;
mod connect;
mod receive;
mod recent;
mod send;
mod settle;
mod timers;

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use throng_protocol::{CloseCode, Epoch};

use self::client::Client;
use self::recent::Recent;
use self::timers::Timers;
use crate::handshake::Upgrade;
use crate::latency::Latency;
use crate::ledger::Ledger;
use crate::oracle::Oracle;
use crate::poller::{EVENTS_MAX, Poller, Ready};

/// Bytes read at once. A client that came back may have a whole page waiting; a delivery has
/// about 300.
const READ_BYTES: usize = 64 * 1024;

/// What a crowd is made of.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    /// Where the server listens.
    pub(crate) address: SocketAddr,
    pub(crate) host: String,
    pub(crate) path: String,
    pub(crate) rooms_per_client: u32,
    pub(crate) room: String,
    pub(crate) log: bool,
    pub(crate) seed: u64,
    /// How many clients.
    pub(crate) clients: u32,
    /// How many rooms; client `n` is in room `n % rooms`.
    pub(crate) rooms: u32,
    /// The length of each text.
    pub(crate) text_bytes: usize,
    /// What nicks begin with, so that two crowds of one run do not take each other's.
    pub(crate) nick: String,
    /// How many addresses of 127.0.0.0/8 the clients come from.
    pub(crate) addresses: u8,
    /// How long to let events gather after a turn that was not full, when everybody is joined.
    ///
    /// Latencies grow by up to this. A generator that sleeps in epoll is woken by the server's
    /// sends, in the server's time; with a nap it is woken less often.
    pub(crate) nap: Duration,
    /// When the run is given up, whatever it is doing.
    pub(crate) deadline: Instant,
}

/// All clients of a run, and what they saw.
pub(crate) struct Crowd {
    shape: Shape,
    poller: Poller,
    upgrade: Upgrade,
    clients: Vec<Client>,
    /// Judges what is seen.
    pub(crate) oracle: Oracle,
    ledger: Ledger,
    recent: Recent,
    timers: Timers,
    /// Clients that are to connect as soon as there is room.
    arrivals: VecDeque<u32>,
    /// How many may be between `connect` and the `ok` of their join.
    underway_max: u32,
    underway: u32,
    live: u32,
    unanswered: u32,
    pings_unanswered: u32,
    epoch: Option<Epoch>,
    heartbeat: Duration,
    began: Instant,
    /// From due to delivered.
    pub(crate) latency: Latency,
    /// From due to acknowledged.
    pub(crate) commit: Latency,
    /// From `connect` to the `ok` of the join.
    pub(crate) joins: Latency,
    /// Everything that is only counted.
    pub(crate) tally: Tally,
    /// Why no run is possible; found while an event was handled.
    fatal: Option<String>,
    ready: Vec<Ready>,
    buffer: Vec<u8>,
}

/// What happened that breaks no promise.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub(crate) struct Tally {
    pub(crate) sends: u64,
    /// Messages that reached a client, live or in a page.
    pub(crate) deliveries: u64,
    /// Those of them that came in a page.
    pub(crate) in_pages: u64,
    /// Events without a seq.
    pub(crate) ephemeral: u64,
    /// Answered sends.
    pub(crate) acknowledged: u64,
    /// Answers that said `dup`.
    pub(crate) duplicates: u64,
    /// Sends that were written more than once.
    pub(crate) retries: u64,
    /// How often a client was told that it is behind.
    pub(crate) behind: u64,
    /// How often a client was too far back for its join, and read the history.
    pub(crate) limited: u64,
    /// Connections that could not be made.
    pub(crate) refused_connections: u64,
    /// Connections that the server ended, by close code; 1006 is one without a close frame.
    pub(crate) closes: BTreeMap<u16, u64>,
    /// `error` answers, by code.
    pub(crate) errors: BTreeMap<String, u64>,
    /// How late the generator itself was at worst in writing a send, in milliseconds. It counts in
    /// all latencies.
    pub(crate) late_ms_max: u64,
}

impl Crowd {
    /// A crowd of which nobody has connected yet.
    pub(crate) fn new(shape: Shape) -> Result<Self> {
        let began_ms = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let clients: Vec<Client> =
            (0..shape.clients).map(|index| Client::new(index % shape.rooms)).collect();
        Ok(Self {
            poller: Poller::new().context("epoll cannot be set up")?,
            upgrade: Upgrade::new(&shape.address.to_string()),
            oracle: Oracle::new(shape.rooms, clients.iter().map(|client| client.room)),
            ledger: Ledger::new(shape.text_bytes, u64::try_from(began_ms).unwrap_or(0)),
            recent: Recent::new(shape.rooms),
            timers: Timers::default(),
            arrivals: VecDeque::new(),
            underway_max: 0,
            underway: 0,
            live: 0,
            unanswered: 0,
            pings_unanswered: 0,
            epoch: None,
            heartbeat: Duration::from_secs(30),
            began: Instant::now(),
            latency: Latency::new(),
            commit: Latency::new(),
            joins: Latency::new(),
            tally: Tally::default(),
            fatal: None,
            ready: Vec::new(),
            buffer: vec![0; READ_BYTES],
            clients,
            shape,
        })
    }

    /// Lets all clients that have no connection come, at most `underway_max` at a time.
    pub(crate) fn come(&mut self, underway_max: u32) {
        self.underway_max = underway_max;
        self.arrivals.clear();
        let absent = self.clients.iter().zip(0..).filter(|(client, _)| client.socket.is_none());
        self.arrivals.extend(absent.map(|(_, index)| index));
    }

    /// From now on, so many may be connecting at a time.
    pub(crate) fn underway_max(&mut self, underway_max: u32) {
        self.underway_max = underway_max;
    }

    /// Closes all connections at once, without a word. Nobody comes back until [`Crowd::come`].
    pub(crate) fn vanish(&mut self) {
        for index in 0..self.shape.clients {
            self.hang_up(index);
        }
        self.arrivals.clear();
        self.timers.clear();
    }

    /// How many clients have joined, on a connection that still stands.
    pub(crate) fn live(&self) -> u32 {
        self.live
    }

    /// How many clients there are.
    pub(crate) fn size(&self) -> u32 {
        self.shape.clients
    }

    /// The moment at which the run's clock shows zero.
    pub(crate) fn began(&self) -> Instant {
        self.began
    }

    /// Forgets the latencies and counts so far, so that a new phase has its own.
    pub(crate) fn start_phase(&mut self) {
        self.latency = Latency::new();
        self.commit = Latency::new();
        self.joins = Latency::new();
        self.tally = Tally::default();
    }

    /// Waits for events until `until`, and handles those that come; returns after the first.
    ///
    /// # Errors
    /// When the run is past its deadline, or nothing can come of it.
    pub(crate) fn turn(&mut self, until: Instant) -> Result<()> {
        let now = Instant::now();
        if now > self.shape.deadline {
            bail!(
                "the run did not end in its time: {} of {} clients are joined, {} sends are not \
                 answered; {:?}",
                self.live,
                self.shape.clients,
                self.unanswered,
                self.tally
            );
        }
        self.fire_timers(now);
        self.admit_arrivals();
        let wait = if self.may_admit() {
            now
        } else {
            self.timers.next().map_or(until, |at| at.min(until))
        };
        let mut ready = std::mem::take(&mut self.ready);
        let now = Instant::now();
        let gathers = self.live == self.shape.clients && !self.ready.is_empty();
        if gathers && self.ready.len() < EVENTS_MAX {
            std::thread::sleep(self.shape.nap.min(wait.saturating_duration_since(now)));
        }
        let timeout = wait.saturating_duration_since(Instant::now());
        self.poller.wait(&mut ready, Some(timeout)).context("epoll failed")?;
        for event in &ready {
            self.handle(*event);
        }
        self.ready = ready;
        match self.fatal.take() {
            Some(why) => bail!(why),
            None => Ok(()),
        }
    }

    /// Turns until `done`, or until `deadline`; returns whether it was done.
    ///
    /// # Errors
    /// As [`Crowd::turn`].
    pub(crate) fn turn_until(
        &mut self,
        deadline: Instant,
        mut done: impl FnMut(&Self) -> bool,
    ) -> Result<bool> {
        while !done(self) {
            if Instant::now() >= deadline {
                return Ok(false);
            }
            self.turn(deadline)?;
        }
        Ok(true)
    }

    fn handle(&mut self, event: Ready) {
        let index = u32::try_from(event.token & u64::from(u32::MAX)).unwrap_or(0);
        let generation = u32::try_from(event.token >> 32).unwrap_or(0);
        if event.writable && self.clients[index as usize].is(generation) {
            self.writable(index);
        }
        if event.readable && self.clients[index as usize].is(generation) {
            self.readable(index);
        }
    }

    /// The connection is gone, by whoever's will.
    fn hang_up(&mut self, index: u32) {
        let client = &mut self.clients[index as usize];
        if client.socket.take().is_none() {
            return;
        }
        if client.admitted {
            self.live -= 1;
        } else {
            self.underway -= 1;
        }
        if client.pinged {
            self.pings_unanswered -= 1;
        }
        client.reset();
    }

    /// The server, or the network, ended the connection: the client comes back after what `bye`
    /// said, or by itself after a moment that is not everybody's.
    fn lost(&mut self, index: u32, code: u16) {
        *self.tally.closes.entry(code).or_default() += 1;
        let client = &mut self.clients[index as usize];
        let after = client.told_after.take();
        if !CloseCode::comes_back(code) {
            self.fatal.get_or_insert(format!(
                "the server closed client {index} with {code}, which means: stay away"
            ));
        }
        self.hang_up(index);
        let after = after.unwrap_or_else(|| Duration::from_millis(fastrand::u64(100..1100)));
        self.timers.add(Instant::now() + after, index, 0, timers::What::Return);
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Second {
    pub(crate) sends: u64,
    pub(crate) acknowledged: u64,
    pub(crate) deliveries: u64,
    pub(crate) latency: crate::latency::Percentiles,
    pub(crate) histogram: Latency,
    pub(crate) errors: BTreeMap<String, u64>,
}
impl Crowd {
    pub(crate) fn outstanding(&mut self, _: Option<u32>) {}
    pub(crate) fn part(&mut self, _: u32, _: std::ops::Range<Duration>) {}
    pub(crate) fn deafen(&mut self, _: f64) {}
    pub(crate) fn hear(&mut self) {}
    pub(crate) fn checkpoint(&mut self, _: Instant) -> Result<bool> {
        Ok(true)
    }
    pub(crate) fn counts(&self) -> BTreeMap<String, u64> {
        BTreeMap::new()
    }
    pub(crate) fn take_second(&mut self) -> Second {
        Second::default()
    }
    pub(crate) fn connected(&self) -> u32 {
        self.live
    }
    pub(crate) fn send_random(&mut self, due: Duration) {
        let client = fastrand::u32(..self.size());
        self.tally.sends += 1;
        self.send(client, due);
    }
}
