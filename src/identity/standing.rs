//! What speaks for a client that brings a password, and against it: in which lane it waits for the hash, and when it
//! gets none.
//!
//! Nothing here says whether a name has an account. Names count as they were tried; what speaks for a client is its own
//! device secret or session, which says nothing about others, or its address, whatever name it tries.

use std::net::IpAddr;
use std::time::Duration;

use dashmap::DashMap;
use throng_protocol::{Fold, PersonId};

use crate::base::rate_limit::{Rate, Used};
use crate::identity::device_secrets::KnownDevice;
use crate::identity::passwords::line::Lane;

/// How many passwords a person may bring first, at once and then a minute: with more, the device or session comes in
/// the lanes of strangers. So nobody keeps the first lane full with an account of theirs.
const PROVEN_TRIES: (u64, u64) = (20, 6);

/// How many passwords an address brings at once and then a minute before it waits behind those that bring less.
const ADDRESS_TRIES: (u64, u64) = (5, 6);

/// With more wrong passwords than this for a name lately, the next one waits behind others.
const NAME_WRONG_MAX: u32 = 3;

/// How many tries come before those of strangers, from an address from which somebody was let in. The next one who is
/// let in from there renews them.
const CREDIT: u8 = 5;

/// How long they last.
const CREDIT_MS: u64 = 7 * 24 * 3_600_000;

/// How many addresses one account gives credit, at once and then an hour: somebody with an account and many addresses
/// can't make all of them come first.
const CREDITS: (u64, u64) = (4, 12);

/// The most addresses with credit. One more gets none.
const CREDITED_MAX: usize = 100_000;

/// The standing of all names, devices and addresses, in memory.
pub(crate) struct Standing {
    wrong_passwords: Rate,
    proven_tries: Rate,
    address_tries: Rate,
    credits: Rate,
    /// Wrong passwords, by the name that was tried: also by names that nobody has.
    names: DashMap<Fold, Used>,
    /// Wrong passwords of devices and sessions, whose number is 0.
    devices: DashMap<KnownDevice, Used>,
    /// Passwords that people brought who had proved who they are.
    people: DashMap<PersonId, Used>,
    /// Wrong codes of second factors.
    codes: DashMap<PersonId, Used>,
    /// Addresses to which accounts gave credit.
    given: DashMap<PersonId, Used>,
    tries: DashMap<IpAddr, Used>,
    credited: DashMap<IpAddr, Credit>,
}

struct Credit {
    left: u8,
    until_ms: u64,
}

/// A password that waits to be judged. It counts as wrong from the beginning, so that of many at once no more are
/// judged than one after the other.
#[must_use = "what is not settled counts as wrong"]
pub(crate) struct Attempt {
    /// `None` where the name has no wrong password left that could be counted.
    name: Option<Fold>,
    device: Option<KnownDevice>,
    pub(crate) lane: Lane,
}

impl Standing {
    pub(crate) fn new(wrong_passwords: Rate) -> Self {
        let a_minute =
            |(burst, count): (u64, u64)| Rate::new(count, Duration::from_secs(60), burst);
        Self {
            wrong_passwords,
            proven_tries: a_minute(PROVEN_TRIES),
            address_tries: a_minute(ADDRESS_TRIES),
            credits: Rate::new(CREDITS.1, Duration::from_secs(3_600), CREDITS.0),
            names: DashMap::new(),
            devices: DashMap::new(),
            people: DashMap::new(),
            codes: DashMap::new(),
            given: DashMap::new(),
            tries: DashMap::new(),
            credited: DashMap::new(),
        }
    }

    /// Somebody brings a password for a name. `device` is the one, or the session, that has proved to be the person's
    /// whose name it is; `address` is `None` where it is exempt from limits.
    ///
    /// # Errors
    /// In how many milliseconds one more may be tried for this name.
    pub(crate) fn begin(
        &self,
        name: Fold,
        device: Option<KnownDevice>,
        address: Option<IpAddr>,
        now_ms: u64,
    ) -> Result<Attempt, u64> {
        let rate = self.wrong_passwords;
        // What others do to a name keeps nobody out who has proved to be its owner.
        let device = device.filter(|it| {
            let mut used = self.devices.entry(*it).or_default();
            used.take(rate, now_ms).is_ok()
        });
        let mut used = self.names.entry(name.clone()).or_default();
        let before = used.count(rate, now_ms);
        let taken = used.take(rate, now_ms);
        drop(used);
        if device.is_none() {
            taken?;
        }
        let is_proven = device.is_some_and(|it| {
            let mut used = self.people.entry(it.person).or_default();
            used.take(self.proven_tries, now_ms).is_ok()
        });
        let lane = match (is_proven, self.lane(address, now_ms)) {
            (true, _) => Lane::Proven,
            (false, Lane::Few) if before > NAME_WRONG_MAX => Lane::Many,
            (false, lane) => lane,
        };
        Ok(Attempt { name: taken.is_ok().then_some(name), device, lane })
    }

    /// The lane of a client of which nothing is known but the address. Takes one try from it.
    pub(crate) fn lane(&self, address: Option<IpAddr>, now_ms: u64) -> Lane {
        let Some(address) = address else { return Lane::Few };
        if let Some(mut credit) = self.credited.get_mut(&address)
            && credit.left > 0
            && credit.until_ms > now_ms
        {
            credit.left -= 1;
            return Lane::Credited;
        }
        let mut used = self.tries.entry(address).or_default();
        used.take(self.address_tries, now_ms).map_or(Lane::Many, |()| Lane::Few)
    }

    /// The password was right, or was not judged.
    pub(crate) fn settle(&self, attempt: Attempt) {
        if let Some(mut used) = attempt.name.and_then(|it| self.names.get_mut(&it)) {
            used.give_back(self.wrong_passwords);
        }
        if let Some(mut used) = attempt.device.and_then(|it| self.devices.get_mut(&it)) {
            used.give_back(self.wrong_passwords);
        }
    }

    /// Whether another code of somebody's second factor may be judged, or in how many milliseconds.
    pub(crate) fn may_try_code(&self, person: PersonId, now_ms: u64) -> Result<(), u64> {
        let used = self.codes.get(&person).map(|used| *used).unwrap_or_default();
        used.look(self.wrong_passwords, now_ms)
    }

    /// Counts a wrong code of a second factor, also as a wrong password.
    pub(crate) fn note_wrong_code(&self, person: PersonId, name: Option<Fold>, now_ms: u64) {
        let rate = self.wrong_passwords;
        let _ = self.codes.entry(person).or_default().take(rate, now_ms);
        if let Some(name) = name {
            let _ = self.names.entry(name).or_default().take(rate, now_ms);
        }
    }

    /// Somebody with an account was let in from here: the next few tries from this address come before those of
    /// strangers.
    pub(crate) fn credit(&self, person: PersonId, address: Option<IpAddr>, now_ms: u64) {
        let Some(address) = address else { return };
        let is_new = match self.credited.get(&address) {
            Some(credit) if credit.left == CREDIT && credit.until_ms > now_ms + CREDIT_MS / 2 => {
                return;
            }
            credit => credit.is_none(),
        };
        if is_new && self.credited.len() >= CREDITED_MAX {
            return;
        }
        if self.given.entry(person).or_default().take(self.credits, now_ms).is_ok() {
            let credit = Credit { left: CREDIT, until_ms: now_ms + CREDIT_MS };
            self.credited.insert(address, credit);
        }
    }

    /// Forgets what is long ago. Called about once a second.
    pub(crate) fn sweep(&self, now_ms: u64) {
        self.names.retain(|_, used| !used.is_forgiven(now_ms));
        self.devices.retain(|_, used| !used.is_forgiven(now_ms));
        self.people.retain(|_, used| !used.is_forgiven(now_ms));
        self.codes.retain(|_, used| !used.is_forgiven(now_ms));
        self.given.retain(|_, used| !used.is_forgiven(now_ms));
        self.tries.retain(|_, used| !used.is_forgiven(now_ms));
        self.credited.retain(|_, credit| credit.until_ms > now_ms);
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};
    use std::time::Duration;

    use throng_protocol::{Fold, Nick, PersonId};

    use super::{CREDIT, CREDIT_MS, Standing};
    use crate::base::rate_limit::Rate;
    use crate::identity::device_secrets::KnownDevice;
    use crate::identity::passwords::line::Lane;

    fn standing() -> Standing {
        Standing::new(Rate::new(60, Duration::from_secs(3_600), 10))
    }

    fn name(name: &str) -> Fold {
        Nick::parse(name).expect("a nick").fold()
    }

    fn address(last: u8) -> Option<IpAddr> {
        Some(Ipv4Addr::new(192, 0, 2, last).into())
    }

    fn device(number: u64) -> Option<KnownDevice> {
        Some(KnownDevice { person: PersonId::from_parts(7, 0), number })
    }

    impl Standing {
        /// A password that turns out wrong.
        fn wrong(&self, of: &str, device: Option<KnownDevice>, from: u8) -> Result<Lane, u64> {
            self.begin(name(of), device, address(from), 0).map(|attempt| attempt.lane)
        }

        /// One that turns out right.
        fn right(&self, of: &str, device: Option<KnownDevice>, from: u8) -> Result<Lane, u64> {
            let attempt = self.begin(name(of), device, address(from), 0)?;
            let lane = attempt.lane;
            self.settle(attempt);
            Ok(lane)
        }
    }

    #[test]
    fn an_address_that_brings_much_waits_behind_those_that_bring_little() {
        let standing = standing();
        for at in 0..5 {
            assert_eq!(standing.right(&format!("n{at}"), None, 1), Ok(Lane::Few));
        }
        assert_eq!(standing.right("ana", None, 1), Ok(Lane::Many));
        assert_eq!(standing.right("ana", None, 2), Ok(Lane::Few));
        let exempt = (0..50).map(|_| standing.lane(None, 0));
        assert!(exempt.into_iter().all(|lane| lane == Lane::Few), "no limits, no credit");
    }

    #[test]
    fn a_name_for_which_much_was_wrong_waits_and_then_is_refused_whoever_asks() {
        let standing = standing();
        let lanes: Vec<_> = (0..10).map(|from| standing.wrong("ana", None, from)).collect();
        assert_eq!(lanes[..4], [Ok(Lane::Few); 4]);
        assert_eq!(lanes[4..], [Ok(Lane::Many); 6]);
        assert_eq!(standing.right("ana", None, 99), Err(60_000));
        assert_eq!(standing.right("bo", None, 99), Ok(Lane::Few));
    }

    #[test]
    fn what_is_not_judged_yet_counts_as_wrong() {
        let standing = standing();
        let begin = || standing.begin(name("ana"), None, None, 0);
        let mut under_way: Vec<_> = (0..10).map(|_| begin().expect("judged")).collect();
        assert_eq!(begin().err(), Some(60_000), "not one more at the same time");
        standing.settle(under_way.pop().expect("ten"));
        assert!(begin().is_ok(), "one was right");
    }

    #[test]
    fn a_storm_on_a_name_keeps_no_device_out_that_was_in_before() {
        let standing = standing();
        for from in 0..200 {
            let _ = standing.wrong("ana", None, from);
        }
        assert_eq!(standing.right("ana", device(1), 250), Ok(Lane::Proven));
        assert_eq!(standing.right("ana", None, 250), Err(60_000));
    }

    #[test]
    fn a_stolen_device_secret_gives_no_more_guesses_than_a_name_has() {
        let standing = standing();
        let guesses = (0..50).filter(|_| standing.wrong("ana", device(1), 1).is_ok()).count();
        assert_eq!(guesses, 10);
        assert_eq!(standing.right("ana", device(2), 2), Ok(Lane::Proven), "another device");
        // The guesses count for the name too.
        assert!(standing.right("ana", None, 3).is_err());
    }

    #[test]
    fn nobody_keeps_the_first_lane_full_with_one_account() {
        let standing = standing();
        let first = (0..100).filter(|at| {
            standing.right("ana", device(*at), 1).is_ok_and(|lane| lane == Lane::Proven)
        });
        assert_eq!(first.count(), 20);
    }

    #[test]
    fn an_address_from_which_somebody_was_in_comes_before_strangers_for_a_few_tries() {
        let standing = standing();
        let person = PersonId::from_parts(1, 0);
        standing.credit(person, address(1), 0);
        for _ in 0..CREDIT {
            assert_eq!(standing.right("whoever", None, 1), Ok(Lane::Credited));
        }
        assert_eq!(standing.right("whoever", None, 1), Ok(Lane::Few), "used up");
        standing.credit(person, address(1), 0);
        assert_eq!(standing.right("whoever", None, 1), Ok(Lane::Credited));
        assert_eq!(standing.lane(address(1), CREDIT_MS), Lane::Few, "too long ago");
    }

    #[test]
    fn one_account_gives_credit_to_few_addresses() {
        let standing = standing();
        for last in 0..100 {
            standing.credit(PersonId::from_parts(1, 0), address(last), 0);
        }
        let credited = (0..100).filter(|last| standing.lane(address(*last), 0) == Lane::Credited);
        assert_eq!(credited.count(), 4);
    }

    #[test]
    fn codes_of_a_second_factor_have_a_limit_of_their_own() {
        let standing = standing();
        let person = PersonId::from_parts(7, 0);
        for _ in 0..10 {
            assert_eq!(standing.may_try_code(person, 0), Ok(()));
            standing.note_wrong_code(person, Some(name("ana")), 0);
        }
        assert_eq!(standing.may_try_code(person, 0), Err(60_000));
        assert!(standing.right("ana", None, 1).is_err(), "they count as wrong passwords too");
    }

    #[test]
    fn what_is_long_ago_is_forgotten() {
        let standing = standing();
        let _ = standing.wrong("ana", device(1), 1);
        standing.note_wrong_code(PersonId::from_parts(7, 0), None, 0);
        standing.credit(PersonId::from_parts(7, 0), address(1), 0);
        let _ = standing.lane(address(2), 0);
        standing.sweep(CREDIT_MS);
        assert!(standing.names.is_empty() && standing.devices.is_empty());
        assert!(standing.people.is_empty() && standing.codes.is_empty());
        assert!(standing.given.is_empty() && standing.tries.is_empty());
        assert!(standing.credited.is_empty());
    }
}
