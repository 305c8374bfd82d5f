//! The crowd: thousands of simulated clients in one thread, around one epoll loop.
//!
//! A scenario drives it: it requests sends, calls [`Crowd::turn`] again and again, and reads the tally, the
//! latencies and the oracle. When clients lose their connection they come back by themselves, as a good
//! client should: with their token, their cursors, and the sends that had no answer.

mod absence;
mod checkpoint;
mod client;
mod closed_loop;
mod connect;
mod connect_pacing;
mod frame_cache;
mod join;
mod receive;
mod refusals;
mod send;
mod settle;
mod tally;
mod timers;

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use throng_protocol::Epoch;

use self::checkpoint::Reading;
use self::client::{Client, Seat};
use self::closed_loop::ClosedLoop;
use self::frame_cache::FrameCache;
use self::refusals::Refusals;
use self::tally::Since;
pub(crate) use self::tally::{Second, Tally};
use self::timers::Timers;
use crate::handshake::Upgrade;
use crate::latency_histogram::Latency;
use crate::oracle::{Oracle, RoomIds, Seats};
use crate::poller::{EVENTS_MAX, Poller, Ready};
use crate::sends::Sends;
use crate::units;

/// The buffer for reads. A client that comes back may have a whole page waiting; a delivery has about 300
/// bytes.
const READ_BYTES: usize = 64 * 1024;

/// How long answers to heartbeats may gather while nobody sends. Each wake of the load tester is paid for by
/// the server's `send`.
const SILENT_NAP: Duration = Duration::from_millis(10);

/// The parameters of a crowd.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    /// Where the server listens.
    pub(crate) address: SocketAddr,
    /// The `Host` of the upgrade.
    pub(crate) host: String,
    /// The path of the WebSocket: `/ws`.
    pub(crate) path: String,
    /// How many clients.
    pub(crate) clients: u32,
    /// How many rooms.
    pub(crate) rooms: u32,
    /// How many rooms each client is in; client `n` is in room `n % rooms` and the following ones.
    pub(crate) rooms_per_client: u32,
    /// The length of each text.
    pub(crate) text_bytes: usize,
    /// The prefix of nicks, so that two crowds of one run do not take each other's.
    pub(crate) nick: String,
    /// The prefix of room names, so that two crowds do not share rooms: each would report the other's
    /// messages as invented.
    pub(crate) room: String,
    /// How many addresses of 127.0.0.0/8 the clients connect from. With 1 the kernel chooses, as it must for
    /// a server on another machine.
    pub(crate) addresses: u8,
    /// The first of these addresses, 127.0.0.1 or a later one; earlier ones are for others.
    pub(crate) first_address: u8,
    /// How long to let events gather after a turn that was not full, once all clients are joined.
    ///
    /// Latencies grow by up to this. Waking a generator that sleeps in epoll costs the server time in `send`;
    /// a nap makes these wakes rarer.
    pub(crate) nap: Duration,
    /// Whether the server keeps a log that checkpoints can read back. The floor does not.
    pub(crate) log: bool,
    /// Whether others send in these rooms too.
    pub(crate) strangers: bool,
    /// Clients without anything to send stay silent, and only answer the server's pings. Otherwise each sends
    /// a `ping` after a heartbeat of silence.
    pub(crate) silent: bool,
    /// The seed of all random choices.
    pub(crate) seed: u64,
    /// When to give up the run, whatever it is doing.
    pub(crate) deadline: Instant,
}

/// All clients of a run, and what they observed.
pub(crate) struct Crowd {
    shape: Shape,
    poller: Poller,
    upgrade: Upgrade,
    seats: Seats,
    clients: Vec<Client>,
    /// One per client and room, in the order of [`Seats`].
    memberships: Vec<Seat>,
    /// Judges what the clients observe.
    pub(crate) oracle: Oracle,
    frame_cache: FrameCache,
    room_ids: RoomIds,
    timers: Timers,
    rng: fastrand::Rng,
    /// Clients that wait to connect.
    arrivals: VecDeque<u32>,
    /// The most clients between `connect` and the `ok` of their last join.
    underway_max: u32,
    underway: u32,
    connected: u32,
    live: u32,
    unanswered: u32,
    /// How many clients have answered a last ping on their current connection.
    passed: u32,
    refusals: Refusals,
    reading: Option<Reading>,
    closed_loop: Option<ClosedLoop>,
    epoch: Option<Epoch>,
    page_events: u64,
    heartbeat: Duration,
    began: Instant,
    /// From due to delivered, without delays that the reader caused.
    pub(crate) latency: Latency,
    /// From due to acknowledged.
    pub(crate) commit: Latency,
    /// From `connect` to the `ok` of the last join.
    pub(crate) joins: Latency,
    /// Everything that is only counted.
    pub(crate) tally: Tally,
    since: Since,
    /// Why the run must end; set while an event is handled.
    fatal: Option<String>,
    ready: Vec<Ready>,
    buffer: Vec<u8>,
    is_silent: bool,
}

impl Crowd {
    /// Whether nobody sends from now on. Then no latency is measured, and answers to heartbeats may wait.
    pub(crate) fn be_silent(&mut self, is_silent: bool) {
        self.is_silent = is_silent;
    }

    /// A crowd with no client connected yet.
    pub(crate) fn new(shape: Shape) -> Result<Self> {
        let began_ms = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let seats = Seats::new(shape.clients, shape.rooms, shape.rooms_per_client, &shape.room);
        let sends = Sends::new(shape.text_bytes, u64::try_from(began_ms).unwrap_or(0));
        Ok(Self {
            poller: Poller::of_edges().context("epoll cannot be set up")?,
            upgrade: Upgrade::new(&shape.host, &shape.path),
            oracle: Oracle::new(seats.clone(), sends, shape.strangers),
            frame_cache: FrameCache::new(seats.rooms()),
            room_ids: RoomIds::new(seats.rooms()),
            timers: Timers::default(),
            rng: fastrand::Rng::with_seed(shape.seed),
            arrivals: VecDeque::new(),
            underway_max: 0,
            underway: 0,
            connected: 0,
            live: 0,
            unanswered: 0,
            passed: 0,
            refusals: Refusals::default(),
            reading: None,
            closed_loop: None,
            epoch: None,
            page_events: 100,
            heartbeat: Duration::from_secs(30),
            began: Instant::now(),
            latency: Latency::new(),
            commit: Latency::new(),
            joins: Latency::new(),
            tally: Tally::default(),
            since: Since::new(),
            fatal: None,
            ready: Vec::new(),
            is_silent: false,
            buffer: vec![0; READ_BYTES],
            clients: (0..shape.clients).map(|_| Client::new()).collect(),
            memberships: vec![Seat::default(); seats.count() as usize],
            seats,
            shape,
        })
    }

    /// How many clients have a greeted connection.
    pub(crate) fn connected(&self) -> u32 {
        self.connected
    }

    /// How many clients have joined all their rooms on their current connection.
    pub(crate) fn live(&self) -> u32 {
        self.live
    }

    /// The name of the first room.
    pub(crate) fn first_room(&self) -> String {
        self.seats.name(0)
    }

    /// How many clients there are.
    pub(crate) fn size(&self) -> u32 {
        self.shape.clients
    }

    /// The start of the run's clock.
    pub(crate) fn began(&self) -> Instant {
        self.began
    }

    /// Sets how many clients may be connecting at a time.
    pub(crate) fn underway_max(&mut self, underway_max: u32) {
        self.underway_max = underway_max;
    }

    /// Waits for events until `until`, handles those that come, and returns after the first batch.
    ///
    /// # Errors
    /// When the run is past its deadline, or cannot go on.
    pub(crate) fn turn(&mut self, until: Instant) -> Result<()> {
        let now = Instant::now();
        if now > self.shape.deadline {
            bail!(
                "the run did not end in its time: {} of {} joined, {} without an answer{}; {}",
                self.live,
                units::counted(self.shape.clients.into(), "client"),
                units::counted(self.unanswered.into(), "send"),
                self.refusals.advice(),
                self.tally
            );
        }
        self.fire_timers(now);
        self.admit_arrivals(now);
        let checking = self.checking();
        self.read_back(now);
        self.speak_again(now);
        // A caller that waits for the end of a checkpoint must see it at once.
        let over = checking && !self.checking();
        let latest = until.min(self.shape.deadline);
        let wait = if over { now } else { self.next_wake(now).min(latest) };
        let mut ready = std::mem::take(&mut self.ready);
        let gathers = self.live == self.shape.clients && !ready.is_empty();
        let nap = if self.is_silent { SILENT_NAP } else { self.shape.nap };
        if gathers && ready.len() < EVENTS_MAX && !nap.is_zero() {
            std::thread::sleep(nap.min(wait.saturating_duration_since(now)));
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

    /// Calls [`Crowd::turn`] until `done`, or until `deadline`; returns whether it was done.
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

    /// When there is something to do, even if no socket is ready.
    fn next_wake(&self, now: Instant) -> Instant {
        let far = now + Duration::from_secs(60);
        let timer = self.timers.next().unwrap_or(far);
        let arrival = self.next_arrival(now).unwrap_or(far);
        let reading = self.reading.as_ref().map_or(far, |reading| reading.next_look(now));
        let closed = self.closed_loop.as_ref().map_or(far, |closed| closed.next_look(now));
        timer.min(arrival).min(reading).min(closed)
    }

    fn handle(&mut self, event: Ready) {
        let index = u32::try_from(event.token & u64::from(u32::MAX)).unwrap_or(0);
        let generation = u32::try_from(event.token >> 32).unwrap_or(0);
        if event.writable && self.clients[index as usize].is(generation) {
            self.writable(index);
        }
        let client = &self.clients[index as usize];
        // A client that is not reading still learns that its connection has failed.
        if event.readable && client.is(generation) && (!client.deaf || event.failed) {
            self.readable(index, event.ended);
        }
    }

    fn token(&self, index: u32) -> u64 {
        u64::from(self.clients[index as usize].generation) << 32 | u64::from(index)
    }
}
