//! Who is muted and who is banned: the restrictions in force, in memory, for every send and every join.
//!
//! The directory has them on disk; here they are for as long as the server runs.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};

use dashmap::DashMap;
use ipnet::IpNet;
use parking_lot::RwLock;
use throng_log::{Restriction, Subject};
use throng_protocol::{Detail, ErrorCode, PersonId, Refusal, RestrictionKind, RoomId};

/// All restrictions.
#[derive(Default)]
pub(crate) struct Restrictions {
    people: DashMap<PersonId, Vec<Held>>,
    /// Held while a restriction is stored and put in force: of two at once, the one that is stored last is in force.
    pub(crate) order: async_lock::Mutex<()>,
    networks: RwLock<Vec<(IpNet, Held)>>,
    /// The owner of each bot: what restricts the owner restricts the bot.
    owners: RwLock<HashMap<PersonId, PersonId>>,
    /// Whether there was ever a bot: most servers have none, and every send asks.
    has_owners: AtomicBool,
}

/// One restriction of somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) kind: RestrictionKind,
    /// `None` for the whole server.
    pub(crate) room: Option<RoomId>,
    /// By the log's clock; `None` for good.
    until_ms: Option<u64>,
    reason: Box<str>,
}

impl Held {
    fn is_over(&self, now_ms: u64) -> bool {
        self.until_ms.is_some_and(|until| until <= now_ms)
    }

    fn holds(&self, kind: RestrictionKind, room: Option<RoomId>, now_ms: u64) -> bool {
        self.kind == kind && (self.room.is_none() || self.room == room) && !self.is_over(now_ms)
    }

    /// Where it holds, and why.
    pub(crate) fn place(&self) -> String {
        let place = if self.room.is_some() { "in this room" } else { "on this server" };
        match &*self.reason {
            "" => place.to_owned(),
            reason => format!("{place}: {reason}"),
        }
    }

    /// What the person concerned reads.
    pub(crate) fn refusal(&self, now_ms: u64) -> Refusal {
        let (code, what) = match self.kind {
            // A shadow ban refuses nothing.
            RestrictionKind::Mute | RestrictionKind::Shadow => {
                (ErrorCode::Muted, "you may not say anything")
            }
            RestrictionKind::Ban => (ErrorCode::Banned, "you are banned"),
        };
        let message = format!("{what} {}", self.place());
        let refusal = match self.until_ms {
            Some(until) => Refusal::later(code, message, until.saturating_sub(now_ms).max(1)),
            None => Refusal::new(code, message),
        };
        let detail = (!self.reason.is_empty()).then(|| Detail::Reason(self.reason.to_string()));
        Refusal { detail, ..refusal }
    }
}

/// The network of a subject's text: a range as it was written, or one address. A single IPv6 address stands
/// for its /64, which is what one subscriber has (RFC 6177).
pub(crate) fn network(text: &str) -> Option<IpNet> {
    let net = match text.parse::<IpNet>() {
        Ok(net) => net,
        Err(_) => match text.parse::<IpAddr>().ok()?.to_canonical() {
            IpAddr::V6(v6) => IpNet::new(v6.into(), 64).ok()?,
            v4 => v4.into(),
        },
    };
    let net = match net {
        // Addresses are compared by what one subscriber has.
        IpNet::V6(v6) if v6.prefix_len() > 64 => IpNet::new(v6.addr().into(), 64).ok()?,
        net => net,
    };
    Some(net.trunc())
}

impl Restrictions {
    /// Those of the directory.
    pub(crate) fn load(stored: Vec<Restriction>) -> Self {
        let restrictions = Self::default();
        for restriction in stored {
            restrictions.put(&restriction);
        }
        restrictions
    }

    /// Puts a restriction in force, in place of the one before of the same kind, subject and room.
    pub(crate) fn put(&self, restriction: &Restriction) {
        let Restriction { kind, room, until_ms, ref reason, .. } = *restriction;
        let held = Held { kind, room, until_ms, reason: reason.clone() };
        match &restriction.subject {
            Subject::Person(person) => {
                let mut all = self.people.entry(*person).or_default();
                all.retain(|it| (it.kind, it.room) != (kind, room));
                all.push(held);
            }
            Subject::Network(text) => {
                let Some(net) = network(text) else { return };
                let mut networks = self.networks.write();
                networks.retain(|(it, held)| (*it, held.kind, held.room) != (net, kind, room));
                networks.push((net, held));
            }
        }
    }

    /// From now on, what restricts the owner restricts the bot; with `None`, no longer.
    pub(crate) fn answer_for(&self, bot: PersonId, owner: Option<PersonId>) {
        let mut owners = self.owners.write();
        match owner {
            Some(owner) => drop(owners.insert(bot, owner)),
            None => drop(owners.remove(&bot)),
        }
        self.has_owners.store(true, Ordering::Release);
    }

    fn owner_of(&self, person: PersonId) -> Option<PersonId> {
        if !self.has_owners.load(Ordering::Acquire) {
            return None;
        }
        self.owners.read().get(&person).copied()
    }

    /// Takes a restriction out of force, and returns whether there was one.
    pub(crate) fn lift(
        &self,
        kind: RestrictionKind,
        subject: &Subject,
        room: Option<RoomId>,
    ) -> bool {
        match subject {
            Subject::Person(person) => {
                let Some(mut all) = self.people.get_mut(person) else { return false };
                let before = all.len();
                all.retain(|it| (it.kind, it.room) != (kind, room));
                let is_lifted = all.len() < before;
                drop(all);
                self.people.remove_if(person, |_, all| all.is_empty());
                is_lifted
            }
            Subject::Network(text) => {
                let Some(net) = network(text) else { return false };
                let mut networks = self.networks.write();
                let before = networks.len();
                networks.retain(|(it, held)| (*it, held.kind, held.room) != (net, kind, room));
                networks.len() < before
            }
        }
    }

    /// What keeps a person from saying something in a room.
    pub(crate) fn on_send(&self, person: PersonId, room: RoomId, now_ms: u64) -> Option<Held> {
        self.of_person(person, RestrictionKind::Ban, Some(room), now_ms)
            .or_else(|| self.of_person(person, RestrictionKind::Mute, Some(room), now_ms))
    }

    /// What keeps a person from being in a room.
    pub(crate) fn on_join(&self, person: PersonId, room: RoomId, now_ms: u64) -> Option<Held> {
        self.of_person(person, RestrictionKind::Ban, Some(room), now_ms)
    }

    /// What keeps a person from being on the server.
    pub(crate) fn of_server(&self, person: PersonId, now_ms: u64) -> Option<Held> {
        self.of_person(person, RestrictionKind::Ban, None, now_ms)
    }

    /// What keeps a person from saying anything anywhere on the server.
    pub(crate) fn on_words(&self, person: PersonId, now_ms: u64) -> Option<Held> {
        self.of_person(person, RestrictionKind::Mute, None, now_ms)
    }

    /// What hides from others what a person says in a room.
    pub(crate) fn shadow(&self, person: PersonId, room: RoomId, now_ms: u64) -> Option<Held> {
        self.of_person(person, RestrictionKind::Shadow, Some(room), now_ms)
    }

    /// Whether somebody is shadow-banned anywhere.
    pub(crate) fn is_shadowed(&self, person: PersonId, now_ms: u64) -> bool {
        let of = |person| {
            self.people.get(&person).is_some_and(|all| {
                all.iter().any(|it| it.kind == RestrictionKind::Shadow && !it.is_over(now_ms))
            })
        };
        of(person) || self.owner_of(person).is_some_and(of)
    }

    /// Whether the same person answers for both: they are a bot and its owner, or two bots of one.
    pub(crate) fn are_one(&self, one: PersonId, other: PersonId) -> bool {
        let answering = |person| self.owner_of(person).unwrap_or(person);
        one == other || answering(one) == answering(other)
    }

    /// What keeps everybody from an address out. The address is only asked for when some are banned.
    pub(crate) fn of_address(&self, address: impl FnOnce() -> IpAddr, now_ms: u64) -> Option<Held> {
        let networks = self.networks.read();
        if networks.is_empty() {
            return None;
        }
        let address = address();
        let found = networks.iter().find(|(net, held)| {
            held.holds(RestrictionKind::Ban, None, now_ms) && net.contains(&address)
        });
        found.map(|(_, held)| held.clone())
    }

    /// Forgets those that are over. Called about once a second.
    pub(crate) fn sweep(&self, now_ms: u64) {
        self.people.retain(|_, all| {
            all.retain(|held| !held.is_over(now_ms));
            !all.is_empty()
        });
        let is_due = self.networks.read().iter().any(|(_, held)| held.is_over(now_ms));
        if is_due {
            self.networks.write().retain(|(_, held)| !held.is_over(now_ms));
        }
    }

    fn of_person(
        &self,
        person: PersonId,
        kind: RestrictionKind,
        room: Option<RoomId>,
        now_ms: u64,
    ) -> Option<Held> {
        let of = |person| {
            let all = self.people.get(&person)?;
            all.iter().find(|held| held.holds(kind, room, now_ms)).cloned()
        };
        of(person).or_else(|| of(self.owner_of(person)?))
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use throng_log::{Restriction, Subject};
    use throng_protocol::{ErrorCode, PersonId, RestrictionKind, RoomId};

    use super::{Restrictions, network};

    fn person(number: u64) -> PersonId {
        PersonId::from_parts(number, 0)
    }

    fn room(number: u64) -> RoomId {
        RoomId::from_parts(number, 0)
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    fn restriction(
        kind: RestrictionKind,
        subject: Subject,
        room: Option<RoomId>,
        until_ms: Option<u64>,
    ) -> Restriction {
        Restriction { kind, subject, room, until_ms, made_ms: 0, by: None, reason: "spam".into() }
    }

    #[test]
    fn a_mute_holds_where_and_as_long_as_it_says() {
        let all = Restrictions::default();
        let who = || Subject::Person(person(1));
        all.put(&restriction(RestrictionKind::Mute, who(), Some(room(1)), Some(100)));
        let code = |of, at, now| all.on_send(person(of), room(at), now).map(|it| it.refusal(now));
        let refusal = code(1, 1, 40).expect("muted");
        assert_eq!((refusal.code, refusal.retry_ms), (ErrorCode::Muted, Some(60)));
        assert!(refusal.message.contains("in this room: spam"), "{}", refusal.message);
        assert_eq!((code(1, 2, 40), code(2, 1, 40), code(1, 1, 100)), (None, None, None));
        assert!(all.on_join(person(1), room(1), 40).is_none(), "they may listen");
        all.put(&restriction(RestrictionKind::Mute, who(), None, None));
        assert_eq!(code(1, 2, 40).and_then(|it| it.retry_ms), None);
        assert!(code(1, 2, 40).is_some());
        assert!(all.lift(RestrictionKind::Mute, &who(), None));
        assert!(!all.lift(RestrictionKind::Mute, &who(), None), "there was none any more");
        assert!(code(1, 2, 40).is_none() && code(1, 1, 40).is_some(), "the room's stays");
        all.sweep(100);
        assert!(all.people.is_empty());
    }

    #[test]
    fn a_ban_keeps_a_person_out_of_the_room_or_the_server() {
        let all = Restrictions::default();
        let who = || Subject::Person(person(1));
        all.put(&restriction(RestrictionKind::Ban, who(), Some(room(1)), None));
        assert!(all.on_join(person(1), room(1), 0).is_some());
        assert!(all.on_send(person(1), room(1), 0).is_some());
        assert!(all.on_join(person(1), room(2), 0).is_none());
        assert!(all.of_server(person(1), 0).is_none());
        all.put(&restriction(RestrictionKind::Ban, who(), None, Some(9)));
        assert!(all.of_server(person(1), 0).is_some());
        assert!(all.of_server(person(1), 9).is_none());
        assert!(all.on_join(person(1), room(2), 0).is_some());
    }

    #[test]
    fn what_restricts_an_owner_restricts_the_bot() {
        let all = Restrictions::default();
        let who = |number| Subject::Person(person(number));
        all.answer_for(person(2), Some(person(1)));
        all.put(&restriction(RestrictionKind::Mute, who(1), Some(room(1)), Some(100)));
        let muted = |at, now| all.on_send(person(2), room(at), now).is_some();
        assert_eq!((muted(1, 40), muted(2, 40), muted(1, 100)), (true, false, false));
        all.put(&restriction(RestrictionKind::Ban, who(1), None, None));
        assert!(all.of_server(person(2), 40).is_some() && all.of_server(person(3), 40).is_none());
        all.put(&restriction(RestrictionKind::Ban, who(2), Some(room(9)), None));
        assert!(all.on_join(person(1), room(1), 40).is_some(), "its own");
        all.lift(RestrictionKind::Ban, &who(1), None);
        assert!(all.on_join(person(1), room(9), 40).is_none(), "not the other way round");
        assert!(all.on_join(person(2), room(9), 40).is_some());
        all.answer_for(person(2), None);
        assert!(!muted(1, 40));
    }

    #[test]
    fn a_network_is_banned_as_a_whole() {
        let all = Restrictions::default();
        let net = |text: &str| Subject::Network(text.into());
        all.put(&restriction(RestrictionKind::Ban, net("192.0.2.7/24"), None, None));
        all.put(&restriction(RestrictionKind::Ban, net("2001:db8::1"), None, None));
        let banned = |address| all.of_address(|| ip(address), 0).is_some();
        assert!(banned("192.0.2.200") && !banned("192.0.3.1"));
        assert!(banned("2001:db8::ffff") && !banned("2001:db8:0:1::1"));
        assert!(all.lift(RestrictionKind::Ban, &net("192.0.2.0/24"), None));
        assert!(!banned("192.0.2.200"));
        assert_eq!(
            network("192.0.2.1").map(|net| net.to_string()).as_deref(),
            Some("192.0.2.1/32")
        );
        for bad in ["", "192.0.2.0/33", "ana", "192.0.2"] {
            assert_eq!(network(bad), None, "{bad}");
        }
    }
}
