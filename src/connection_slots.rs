//! Connection slots: how many connections there may be, in all and from one address.
//!
//! For an address, sessions and other connections are counted separately: a browser has one session, and half
//! a dozen connections for a moment while it loads the page.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use dashmap::DashMap;
use ipnet::IpNet;
use parking_lot::Mutex;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use throng_log::clock;

use crate::base::metrics::Reason;
use crate::base::rate_limit::{Rate, Used};

/// All connection slots.
#[derive(Debug)]
pub(crate) struct ConnectionSlots {
    limits: PlaceLimits,
    trusted: Vec<IpNet>,
    taken: Mutex<usize>,
    addresses: DashMap<IpAddr, Address>,
    count: Count,
}

/// The limits of slots.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlaceLimits {
    /// The most connections of all kinds.
    pub(crate) connections_max: usize,
    /// The most connections of one address that are not sessions.
    pub(crate) http_per_address_max: usize,
    /// The most sessions of one address.
    pub(crate) sessions_per_address_max: usize,
}

/// How many HTTP connections an address may have for each session: a browser opens six for the page, which
/// end after a moment.
const HTTP_PER_SESSION: usize = 8;

impl PlaceLimits {
    /// The limits for a number of sessions per address. The other connections of an address take at most half
    /// of all slots, but one browser always fits.
    pub(crate) fn new(connections_max: usize, sessions_per_address_max: usize) -> Self {
        let http = sessions_per_address_max.saturating_mul(HTTP_PER_SESSION);
        let http_per_address_max = http.min(connections_max / 2).max(HTTP_PER_SESSION);
        Self { connections_max, http_per_address_max, sessions_per_address_max }
    }
}

/// The use of slots and rates; an address starts with the default.
#[derive(Clone, Debug, Default)]
pub(crate) struct Count {
    pub(crate) connections: Gauge<i64, AtomicI64>,
    pub(crate) refused: Family<Reason, Counter>,
}

#[derive(Debug, Default)]
struct Address {
    http: usize,
    sessions: usize,
    rooms_made: Used,
    people_made: Used,
    sends: Used,
    wrong_codes: Used,
}

impl Address {
    /// Keep the entry until its rates have recovered, so that coming back as somebody new does not reset them.
    fn is_forgettable(&self, now_ms: u64) -> bool {
        self.http == 0
            && self.sessions == 0
            && self.rooms_made.is_forgiven(now_ms)
            && self.people_made.is_forgiven(now_ms)
            && self.sends.is_forgiven(now_ms)
            && self.wrong_codes.is_forgiven(now_ms)
    }
}

/// Why there is no slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoSlot {
    /// The server is full.
    Full,
    /// The address has its maximum of connections.
    Address,
}

impl ConnectionSlots {
    pub(crate) fn new(limits: PlaceLimits, trusted: Vec<IpNet>, count: Count) -> Arc<Self> {
        Arc::new(Self { limits, trusted, taken: Mutex::new(0), addresses: DashMap::new(), count })
    }

    /// Takes a slot for a connection from this address.
    pub(crate) fn take(self: &Arc<Self>, peer: IpAddr) -> Result<ConnectionSlot, NoSlot> {
        let peer = peer.to_canonical();
        let is_trusted = self.trusted.iter().any(|network| network.contains(&peer));
        let address = subscriber(peer);
        {
            let mut taken = self.taken.lock();
            if *taken >= self.limits.connections_max {
                return Err(self.refuse(NoSlot::Full));
            }
            if !is_trusted {
                let mut at = self.addresses.entry(address).or_default();
                if at.http >= self.limits.http_per_address_max {
                    return Err(self.refuse(NoSlot::Address));
                }
                at.http += 1;
            }
            *taken += 1;
        }
        self.count.connections.inc();
        let address = (!is_trusted).then_some(address);
        Ok(ConnectionSlot { places: Arc::clone(self), address, is_session: false })
    }

    /// Whether the next connection would be refused, whatever its address.
    pub(crate) fn is_full(&self) -> bool {
        *self.taken.lock() >= self.limits.connections_max
    }

    /// Removes addresses that have no connections and whose rates have recovered. Called about once a minute.
    pub(crate) fn sweep(&self, now_ms: u64) {
        self.addresses.retain(|_, at| !at.is_forgettable(now_ms));
    }

    fn refuse(&self, no_slot: NoSlot) -> NoSlot {
        let reason = match no_slot {
            NoSlot::Full => "full",
            NoSlot::Address => "address",
        };
        self.count.refused.get_or_create(&Reason { reason }).inc();
        no_slot
    }
}

/// The slot of one connection, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct ConnectionSlot {
    places: Arc<ConnectionSlots>,
    /// `None` for a trusted address, which is not counted.
    address: Option<IpAddr>,
    is_session: bool,
}

impl ConnectionSlot {
    /// Whether the address is exempt from limits.
    pub(crate) fn is_trusted(&self) -> bool {
        self.address.is_none()
    }

    /// The subscriber's address; `None` where the address is exempt from limits.
    pub(crate) fn address(&self) -> Option<IpAddr> {
        self.address
    }

    /// Turns it into the slot of a session, if the address may have one more.
    pub(crate) fn become_session(&mut self) -> Result<(), NoSlot> {
        let at = self.address.and_then(|address| self.places.addresses.get_mut(&address));
        if let Some(mut at) = at {
            if at.sessions >= self.places.limits.sessions_per_address_max {
                return Err(self.places.refuse(NoSlot::Address));
            }
            at.http -= 1;
            at.sessions += 1;
        }
        self.is_session = true;
        Ok(())
    }

    /// Takes one new room from the address' rate, or returns when there will be one, in milliseconds.
    pub(crate) fn take_room(&self, rate: Rate, now_ms: u64) -> Result<(), u64> {
        self.take(|at| at.rooms_made.take(rate, now_ms))
    }

    /// Takes one new person from the address' rate, or returns when there will be one, in milliseconds. A new
    /// person has all rates unused.
    pub(crate) fn take_person(&self, rate: Rate, now_ms: u64) -> Result<(), u64> {
        self.take(|at| at.people_made.take(rate, now_ms))
    }

    /// Counts a wrong code. The rate is checked before a code is looked up, by
    /// [`ConnectionSlot::may_try_code`].
    pub(crate) fn note_wrong_code(&self, rate: Rate, now_ms: u64) {
        let _ = self.take(|at| at.wrong_codes.take(rate, now_ms));
    }

    /// Whether a code may be tried, or when, in milliseconds.
    pub(crate) fn may_try_code(&self, rate: Rate, now_ms: u64) -> Result<(), u64> {
        let at = self.address.and_then(|address| self.places.addresses.get(&address));
        at.map_or(Ok(()), |at| at.wrong_codes.look(rate, now_ms))
    }

    /// Takes `count` sends from the address' rate, or returns when that will be possible, in
    /// milliseconds.
    pub(crate) fn take_sends(&self, count: u32, rate: Rate, now_ms: u64) -> Result<(), u64> {
        self.take(|at| at.sends.take_many(count, rate, now_ms))
    }

    fn take(&self, take: impl FnOnce(&mut Address) -> Result<(), u64>) -> Result<(), u64> {
        let at = self.address.and_then(|address| self.places.addresses.get_mut(&address));
        at.map_or(Ok(()), |mut at| take(&mut at))
    }
}

impl Drop for ConnectionSlot {
    fn drop(&mut self) {
        self.places.count.connections.dec();
        *self.places.taken.lock() -= 1;
        let Some(address) = self.address else { return };
        if let Some(mut at) = self.places.addresses.get_mut(&address) {
            match self.is_session {
                true => at.sessions -= 1,
                false => at.http -= 1,
            }
        }
        let now = clock::now_ms();
        self.places.addresses.remove_if(&address, |_, at| at.is_forgettable(now));
    }
}

/// The part of an address that stands for one subscriber: a whole IPv4 address, the first 64 bits of an IPv6
/// one (RFC 6177: a site gets at least a /64).
fn subscriber(peer: IpAddr) -> IpAddr {
    match peer {
        IpAddr::V4(_) => peer,
        IpAddr::V6(v6) => {
            let network = u128::from(v6) >> 64 << 64;
            IpAddr::V6(network.into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ConnectionSlot, ConnectionSlots, Count, NoSlot, PlaceLimits};
    use ipnet::IpNet;
    use std::net::IpAddr;
    use std::sync::Arc;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    fn places(connections: usize, sessions: usize, trusted: Vec<IpNet>) -> Arc<ConnectionSlots> {
        ConnectionSlots::new(PlaceLimits::new(connections, sessions), trusted, Count::default())
    }

    fn session(places: &Arc<ConnectionSlots>, peer: &str) -> Result<ConnectionSlot, NoSlot> {
        let mut place = places.take(ip(peer))?;
        place.become_session().map(|()| place)
    }

    #[test]
    fn sessions_are_bounded_per_address_and_given_back() {
        let places = places(100, 2, vec!["10.0.0.0/8".parse().expect("a net")]);
        let first = session(&places, "192.0.2.1").expect("a place");
        let _second = session(&places, "::ffff:192.0.2.1").expect("a place");
        assert_eq!(session(&places, "192.0.2.1").err(), Some(NoSlot::Address));
        assert!(places.take(ip("192.0.2.1")).is_ok(), "a page may still be loaded");
        assert!(session(&places, "192.0.2.2").is_ok());
        drop(first);
        assert!(session(&places, "192.0.2.1").is_ok());
        let trusted: Vec<_> = (0..50).filter_map(|_| session(&places, "10.1.2.3").ok()).collect();
        assert!(trusted.len() == 50 && trusted.iter().all(super::ConnectionSlot::is_trusted));
    }

    #[test]
    fn pages_of_an_address_take_no_sessions_and_at_most_half_of_all_places() {
        for (connections, sessions, pages) in [(1_000, 2, 16), (20, 5, 10), (10, 2, 8)] {
            let places = places(connections, sessions, Vec::new());
            let take = || places.take(ip("192.0.2.1")).ok();
            let mut taken: Vec<_> = std::iter::from_fn(take).collect();
            assert_eq!(taken.len(), pages, "{connections} {sessions}");
            let became = taken.iter_mut().filter_map(|place| place.become_session().ok());
            assert_eq!(became.count(), sessions);
            assert!(places.take(ip("192.0.2.1")).is_ok(), "the places of those are free");
            drop(taken);
            let again: Vec<_> = std::iter::from_fn(take).collect();
            assert_eq!(again.len(), pages);
            drop(again);
            assert!(places.addresses.is_empty(), "nothing is left of an address");
        }
    }

    #[test]
    fn neighbours_in_a_64_are_one_subscriber() {
        let places = places(100, 1, Vec::new());
        let _first = session(&places, "2001:db8::1").expect("a place");
        assert_eq!(session(&places, "2001:db8::ffff:2").err(), Some(NoSlot::Address));
        assert!(session(&places, "2001:db8:0:1::1").is_ok());
    }

    #[test]
    fn a_full_server_refuses_everybody() {
        let places = places(1, 10, Vec::new());
        assert!(!places.is_full());
        let first = places.take(ip("192.0.2.1")).expect("a place");
        assert!(places.is_full());
        assert_eq!(places.take(ip("192.0.2.2")).err(), Some(NoSlot::Full));
        drop(first);
        assert!(places.take(ip("192.0.2.2")).is_ok());
    }
}
