//! Admission: how many connections there may be, in all and from one address.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use dashmap::DashMap;
use ipnet::IpNet;
use parking_lot::Mutex;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;

use crate::clock;
use crate::metrics::Reason;
use crate::rate::{Rate, Used};

/// All places for connections.
#[derive(Debug)]
pub(crate) struct Places {
    connections_max: usize,
    per_address_max: usize,
    trusted: Vec<IpNet>,
    taken: Mutex<usize>,
    addresses: DashMap<IpAddr, Address>,
    count: Count,
}

/// Where places are counted; the default counts for nobody.
#[derive(Clone, Debug, Default)]
pub(crate) struct Count {
    pub(crate) connections: Gauge<i64, AtomicI64>,
    pub(crate) refused: Family<Reason, Counter>,
}

#[derive(Debug, Default)]
struct Address {
    connections: usize,
    rooms_made: Used,
    people_made: Used,
}

impl Address {
    /// Whoever comes back as somebody new finds the rates of the address as they were.
    fn is_forgettable(&self, now_ms: u64) -> bool {
        self.connections == 0
            && self.rooms_made.is_forgiven(now_ms)
            && self.people_made.is_forgiven(now_ms)
    }
}

/// Why there is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoPlace {
    /// The server is full.
    Full,
    /// The address has as many connections as it may.
    Address,
}

impl Places {
    pub(crate) fn new(
        connections_max: usize,
        per_address_max: usize,
        trusted: Vec<IpNet>,
        count: Count,
    ) -> Arc<Self> {
        Arc::new(Self {
            connections_max,
            per_address_max,
            trusted,
            taken: Mutex::new(0),
            addresses: DashMap::new(),
            count,
        })
    }

    /// Takes a place for a connection from this address.
    pub(crate) fn take(self: &Arc<Self>, peer: IpAddr) -> Result<Place, NoPlace> {
        let peer = peer.to_canonical();
        let is_trusted = self.trusted.iter().any(|network| network.contains(&peer));
        let address = subscriber(peer);
        {
            let mut taken = self.taken.lock();
            if *taken >= self.connections_max {
                self.refuse("full");
                return Err(NoPlace::Full);
            }
            if !is_trusted {
                let mut at = self.addresses.entry(address).or_default();
                if at.connections >= self.per_address_max {
                    self.refuse("address");
                    return Err(NoPlace::Address);
                }
                at.connections += 1;
            }
            *taken += 1;
        }
        self.count.connections.inc();
        Ok(Place { places: Arc::clone(self), address: (!is_trusted).then_some(address) })
    }

    /// Forgets the addresses from which nobody comes any more, and whose rates are used up no
    /// longer. Called about once a minute.
    pub(crate) fn sweep(&self, now_ms: u64) {
        self.addresses.retain(|_, at| !at.is_forgettable(now_ms));
    }

    fn refuse(&self, reason: &'static str) {
        self.count.refused.get_or_create(&Reason { reason }).inc();
    }
}

/// A place for one connection, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    places: Arc<Places>,
    /// `None` for a trusted address, which is not counted.
    address: Option<IpAddr>,
}

impl Place {
    /// Whether the address is exempt from limits.
    pub(crate) fn is_trusted(&self) -> bool {
        self.address.is_none()
    }

    /// Takes one new room from the address' rate, or says when there will be one, in milliseconds.
    pub(crate) fn take_room(&self, rate: Rate, now_ms: u64) -> Result<(), u64> {
        self.take(|at| &mut at.rooms_made, rate, now_ms)
    }

    /// Takes one new person from the address' rate, or says when there will be one, in
    /// milliseconds. Everybody new has all their rates unused.
    pub(crate) fn take_person(&self, rate: Rate, now_ms: u64) -> Result<(), u64> {
        self.take(|at| &mut at.people_made, rate, now_ms)
    }

    fn take(
        &self,
        used: impl FnOnce(&mut Address) -> &mut Used,
        rate: Rate,
        now_ms: u64,
    ) -> Result<(), u64> {
        let at = self.address.and_then(|address| self.places.addresses.get_mut(&address));
        at.map_or(Ok(()), |mut at| used(&mut at).take(rate, now_ms))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.count.connections.dec();
        *self.places.taken.lock() -= 1;
        let Some(address) = self.address else { return };
        if let Some(mut at) = self.places.addresses.get_mut(&address) {
            at.connections -= 1;
        }
        let now = clock::now_ms();
        self.places.addresses.remove_if(&address, |_, at| at.is_forgettable(now));
    }
}

/// What one subscriber has of an address: all of an IPv4 address, the first 64 bits of an IPv6 one
/// (RFC 6177: a site gets at least a /64).
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
    use super::{Count, NoPlace, Places};
    use std::net::IpAddr;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn places_are_bounded_per_address_and_given_back() {
        let places =
            Places::new(100, 2, vec!["10.0.0.0/8".parse().expect("a net")], Count::default());
        let first = places.take(ip("192.0.2.1")).expect("a place");
        let _second = places.take(ip("::ffff:192.0.2.1")).expect("a place");
        assert_eq!(places.take(ip("192.0.2.1")).err(), Some(NoPlace::Address));
        assert!(places.take(ip("192.0.2.2")).is_ok());
        drop(first);
        assert!(places.take(ip("192.0.2.1")).is_ok());
        let trusted: Vec<_> = (0..50).filter_map(|_| places.take(ip("10.1.2.3")).ok()).collect();
        assert!(trusted.len() == 50 && trusted.iter().all(super::Place::is_trusted));
    }

    #[test]
    fn neighbours_in_a_64_are_one_subscriber() {
        let places = Places::new(100, 1, Vec::new(), Count::default());
        let _first = places.take(ip("2001:db8::1")).expect("a place");
        assert_eq!(places.take(ip("2001:db8::ffff:2")).err(), Some(NoPlace::Address));
        assert!(places.take(ip("2001:db8:0:1::1")).is_ok());
    }

    #[test]
    fn a_full_server_refuses_everybody() {
        let places = Places::new(1, 10, Vec::new(), Count::default());
        let first = places.take(ip("192.0.2.1")).expect("a place");
        assert_eq!(places.take(ip("192.0.2.2")).err(), Some(NoPlace::Full));
        drop(first);
        assert!(places.take(ip("192.0.2.2")).is_ok());
    }
}
