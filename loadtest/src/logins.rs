//! A storm of logins: wrong passwords from many addresses, and people who log in with the right one meanwhile.
//!
//! It has its own thread and loop, so that the crowd whose latency is measured does not wait for it. Before it begins, it
//! makes a few accounts. Then each stranger tries a wrong password once a second, and comes from another address before
//! the limit of the one that it has: so every try would cost the server a hash.

mod owner;
mod visitor;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use throng_protocol::{Command, Hello};

use self::owner::{Kind, Owner};
use self::visitor::Visitor;
use crate::background::Background;
use crate::lone_connection::Endpoint;
use crate::poller::Ready;

/// The longest wait of the loop: tries are due every few milliseconds.
const TICK: Duration = Duration::from_millis(5);

/// How many wrong passwords a stranger brings from one address: the server lets an address bring 20 at once, and closes
/// a connection that has not said hello after ten seconds.
const TRIES_PER_ADDRESS: u32 = 8;

/// One wrong password in this number is for the name of an account.
const KNOWN_NAME_EVERY: u64 = 10;

/// How many accounts of each kind there are.
const OWNERS_PER_KIND: usize = 3;

/// How long accounts may take to be made.
const MADE_MAX: Duration = Duration::from_secs(30);

/// The parameters of a storm.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) address: SocketAddr,
    /// The `Host` of the upgrade.
    pub(crate) host: String,
    pub(crate) path: String,
    /// How many strangers there are; each brings one wrong password a second.
    pub(crate) strangers: u32,
}

/// The result of a storm.
#[derive(Clone, Debug, Default)]
pub(crate) struct Count {
    /// From how many addresses the wrong passwords came.
    pub(crate) addresses: u32,
    /// Wrong passwords: how many were brought, were judged, met too many others, and were over a limit.
    pub(crate) wrong: u64,
    pub(crate) judged: u64,
    pub(crate) busy: u64,
    pub(crate) limited: u64,
    /// How often a stranger was not let in, or was closed.
    pub(crate) shut_out: u64,
    /// The right logins, of each kind.
    pub(crate) right: Vec<Right>,
}

/// Right logins of one kind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Right {
    pub(crate) kind: Kind,
    /// How many got in, and how many gave up.
    pub(crate) let_in: u32,
    pub(crate) gave_up: u32,
    /// The slowest one of those who got in, from the first connection on, and the most tries that one took.
    pub(crate) slowest: Duration,
    pub(crate) tries_max: u32,
}

/// Starts a storm.
pub(crate) fn start(order: Order) -> Background<Count> {
    Background::start(move |over| Party::new(order)?.run(over))
}

/// What all visitors need.
pub(super) struct Around {
    pub(super) endpoint: Endpoint,
    /// The last address from which somebody came.
    sources: u32,
}

impl Around {
    /// An address of this machine from which nobody came before; the crowd has those of 127.0.0.0/24.
    pub(super) fn fresh_source(&mut self) -> Ipv4Addr {
        self.sources += 1;
        Ipv4Addr::from(u32::from(Ipv4Addr::new(127, 1, 0, 0)) + self.sources)
    }
}

/// Everybody who takes part.
struct Party {
    order: Order,
    around: Around,
    owners: Vec<Owner>,
    strangers: Vec<Stranger>,
    count: Count,
    /// Wrong passwords so far.
    number: u64,
}

/// Somebody who guesses.
struct Stranger {
    visitor: Visitor,
    next: Instant,
    tries: u32,
}

impl Party {
    fn new(order: Order) -> Result<Self> {
        let endpoint = Endpoint::new(order.address, &order.host, &order.path)?;
        let around = Around { endpoint, sources: 0 };
        let owners = (0..OWNERS_PER_KIND).flat_map(|_| Kind::ALL).enumerate();
        let owners = owners.map(|(at, kind)| Owner::new(at, kind)).collect();
        let (strangers, count) = (Vec::new(), Count::default());
        Ok(Self { order, around, owners, strangers, count, number: 0 })
    }

    fn run(mut self, over: &AtomicBool) -> Result<Count> {
        self.make_accounts(over)?;
        self.strangers = self.strangers_from(Instant::now());
        let mut ready = Vec::new();
        while !over.load(Ordering::Relaxed) {
            let now = Instant::now();
            for at in 0..self.strangers.len() {
                self.guess(at, now);
            }
            self.step(&mut ready, now)?;
        }
        self.count.right = Kind::ALL.map(|kind| self.right(kind)).to_vec();
        Ok(self.count)
    }

    /// The strangers, whose first tries are spread over the next second.
    fn strangers_from(&self, now: Instant) -> Vec<Stranger> {
        let (number, first) = (self.order.strangers, self.owners.len() as u64);
        let stranger = |at| Stranger {
            visitor: Visitor::new(first + u64::from(at)),
            next: now + Duration::from_secs(1) * at / number,
            tries: 0,
        };
        (0..number).map(stranger).collect()
    }

    fn make_accounts(&mut self, over: &AtomicBool) -> Result<()> {
        let (mut ready, began) = (Vec::new(), Instant::now());
        while !self.owners.iter().all(Owner::has_account) && !over.load(Ordering::Relaxed) {
            anyhow::ensure!(began.elapsed() < MADE_MAX, "the accounts of the storm were not made");
            self.step(&mut ready, Instant::now())?;
        }
        Ok(())
    }

    /// Everybody does what is due, and reads what came.
    fn step(&mut self, ready: &mut Vec<Ready>, now: Instant) -> Result<()> {
        self.owners.iter_mut().for_each(|owner| owner.act(&mut self.around, now));
        self.around.endpoint.poller.wait(ready, Some(TICK)).context("epoll failed")?;
        let owners = self.owners.len();
        for event in ready {
            let place = usize::try_from(event.token).unwrap_or(0);
            match self.owners.get_mut(place) {
                Some(owner) => owner.ready(*event, &self.around, Instant::now()),
                None => self.answered(place - owners, *event),
            }
        }
        Ok(())
    }

    /// A stranger who is due comes, or brings the next wrong password.
    fn guess(&mut self, at: usize, now: Instant) {
        let stranger = &mut self.strangers[at];
        if stranger.next > now {
            return;
        }
        if stranger.visitor.is_away() {
            let source = self.around.fresh_source();
            self.count.addresses += 1;
            stranger.tries = 0;
            if stranger.visitor.come(&self.around.endpoint, source).is_err() {
                self.shut_out(at, now);
            }
            return;
        }
        if !stranger.visitor.is_free() {
            return;
        }
        self.number += 1;
        let nick = match self.number.is_multiple_of(KNOWN_NAME_EVERY) {
            true => owner::guessed_name(self.number),
            false => format!("nobody-{}", self.number),
        };
        let password = Some("a wrong password".to_owned());
        let hello = Hello { nick: Some(nick), password, ..Hello::default() };
        stranger.visitor.ask(Command::Hello(hello));
        stranger.next += Duration::from_secs(1);
        stranger.tries += 1;
        self.count.wrong += 1;
        if stranger.visitor.flush(&self.around.endpoint).is_err() {
            self.shut_out(at, now);
        }
    }

    fn answered(&mut self, at: usize, event: Ready) {
        let stranger = &mut self.strangers[at];
        let heard = stranger.visitor.ready(event, &self.around.endpoint);
        let Ok(heard) = heard else { return self.shut_out(at, Instant::now()) };
        for answer in heard {
            match &*answer.code {
                "wrong_password" => self.count.judged += 1,
                "busy" => self.count.busy += 1,
                "rate_limited" => self.count.limited += 1,
                _ => self.count.shut_out += 1,
            }
        }
        if stranger.tries >= TRIES_PER_ADDRESS && stranger.visitor.is_free() {
            stranger.visitor.leave();
        }
    }

    fn shut_out(&mut self, at: usize, now: Instant) {
        self.count.shut_out += 1;
        let stranger = &mut self.strangers[at];
        stranger.visitor.leave();
        stranger.next = stranger.next.max(now + Duration::from_secs(1));
    }

    fn right(&self, kind: Kind) -> Right {
        let nothing = Right { kind, let_in: 0, gave_up: 0, slowest: Duration::ZERO, tries_max: 0 };
        let of_kind = self.owners.iter().filter(|owner| owner.kind() == kind);
        of_kind.fold(nothing, |sum, owner| owner.add_to(sum))
    }
}
