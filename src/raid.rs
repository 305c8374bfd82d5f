//! The raid switch: while it is on, nobody new comes in as a guest, guests say nothing and join slowly, and links with
//! which accounts are made are held back. It is asked for every send, so that it costs one load while it is off.
//!
//! The directory has it on disk; here it is for as long as the server runs. It goes on by itself where more new guests
//! come than the configuration allows; [`moderation`](crate::moderation) stores that, and turns it on and off.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use dashmap::DashMap;
use event_listener::Event;
use parking_lot::Mutex;
use throng_log::Raid as Stored;
use throng_log::clock::{millis, unix_ms};
use throng_protocol::{ErrorCode, PersonId, Refusal, Role};

use crate::base::rate_limit::{Rate, Used};

/// How many guests join rooms at once while the switch is on, and then a second. Fifty thousand would need most of an
/// hour; the guests of an ordinary evening are in again after a minute.
const JOINS: (u64, u64) = (50, 20);

/// The roles of all who have or had an account.
pub(crate) type Roles = DashMap<PersonId, Role>;

/// The raid switch.
pub(crate) struct Raid {
    is_on: AtomicBool,
    held: Mutex<Option<Held>>,
    roles: Arc<Roles>,
    /// The most new guests a minute, and their use; `None` where it does not go on by itself.
    guests: Option<(Rate, Mutex<Used>)>,
    /// How long it stays on that went on by itself.
    duration: Duration,
    joins: (Rate, Mutex<Used>),
    /// Notified when it is turned, or has turned itself.
    pub(crate) changed: Event,
    /// Held while it is stored and put in force.
    pub(crate) order: async_lock::Mutex<()>,
}

/// The switch is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) stored: Stored,
    /// Whether it is on disk.
    is_stored: bool,
}

impl Held {
    fn is_over(&self, now_ms: u64) -> bool {
        self.stored.until_ms.is_some_and(|until| until <= now_ms)
    }

    /// For how much longer it is on, in milliseconds; `None` until somebody turns it off.
    pub(crate) fn left_ms(&self, now_ms: u64) -> Option<u64> {
        self.stored.until_ms.map(|until| until.saturating_sub(now_ms).max(1))
    }

    /// What a guest reads. Who turned it on is for moderators.
    pub(crate) fn refusal(&self, what: &str, now_ms: u64) -> Refusal {
        let message = format!("this server keeps strangers out for now: {what}");
        match self.left_ms(now_ms) {
            Some(left) => Refusal::later(ErrorCode::Raid, message, left),
            None => Refusal::new(ErrorCode::Raid, message),
        }
    }
}

/// What the configuration says about it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    /// With more new guests a minute it goes on by itself; 0: it does not.
    pub(crate) guests_per_minute: u32,
    pub(crate) duration: Duration,
}

impl Raid {
    /// The switch as it was left.
    pub(crate) fn load(stored: Option<Stored>, roles: Arc<Roles>, settings: Settings) -> Arc<Self> {
        let Settings { guests_per_minute, duration } = settings;
        let minute = Duration::from_secs(60);
        let most = u64::from(guests_per_minute);
        let guests = (most > 0).then(|| (Rate::new(most, minute, most), Mutex::default()));
        Arc::new(Self {
            is_on: AtomicBool::new(stored.is_some()),
            held: Mutex::new(stored.map(|stored| Held { stored, is_stored: true })),
            roles,
            guests,
            duration,
            joins: (Rate::new(JOINS.1, Duration::from_secs(1), JOINS.0), Mutex::default()),
            changed: Event::new(),
            order: async_lock::Mutex::new(()),
        })
    }

    /// The switch, if it is on, by the log's clock.
    pub(crate) fn held(&self, now_ms: u64) -> Option<Held> {
        if !self.is_on.load(Ordering::Acquire) {
            return None;
        }
        self.held.lock().as_ref().filter(|held| !held.is_over(now_ms)).cloned()
    }

    /// The switch, if it is on and this person is a guest.
    pub(crate) fn on_guest(&self, person: PersonId, now_ms: impl FnOnce() -> u64) -> Option<Held> {
        if !self.is_on.load(Ordering::Acquire) {
            return None;
        }
        let is_guest = self.roles.get(&person).is_none_or(|role| *role == Role::Guest);
        if is_guest { self.held(now_ms()) } else { None }
    }

    /// Counts a new guest, before they come in. With one too many the switch goes on.
    ///
    /// # Errors
    /// When it is on.
    pub(crate) fn take_guest(&self, log_ms: u64, monotonic_ms: u64) -> Result<(), Refusal> {
        let refusal = |held: &Held| {
            let what = "come back later, or log in if you have an account";
            held.refusal(what, log_ms)
        };
        if let Some(held) = self.held(log_ms) {
            return Err(refusal(&held));
        }
        let Some((rate, used)) = &self.guests else { return Ok(()) };
        if used.lock().take(*rate, monotonic_ms).is_ok() {
            return Ok(());
        }
        let held = Held {
            stored: Stored {
                since_ms: unix_ms(),
                until_ms: Some(log_ms + millis(self.duration)),
                by: None,
                by_name: "server".into(),
                is_automatic: true,
                reason: "more new guests than raid_guests_per_minute".into(),
            },
            is_stored: false,
        };
        let refusal = refusal(&held);
        {
            let mut slot = self.held.lock();
            // Somebody may have turned it on at this moment.
            if slot.as_ref().is_none_or(|held| held.is_over(log_ms)) {
                *slot = Some(held);
            }
        }
        self.is_on.store(true, Ordering::Release);
        self.changed.notify(usize::MAX);
        Err(refusal)
    }

    /// Takes one join of a guest while it is on.
    ///
    /// # Errors
    /// When they can join.
    pub(crate) fn take_join(
        &self,
        person: PersonId,
        log_ms: impl FnOnce() -> u64,
        monotonic_ms: u64,
    ) -> Result<(), Refusal> {
        if self.on_guest(person, log_ms).is_none() {
            return Ok(());
        }
        let (rate, used) = &self.joins;
        used.lock().take(*rate, monotonic_ms).map_err(|retry_ms| {
            let message = "many people come at this moment, and guests join slowly: wait";
            Refusal::later(ErrorCode::RateLimited, message, retry_ms)
        })
    }

    /// Puts in force what is stored.
    pub(crate) fn put(&self, stored: Option<Stored>) {
        let mut held = self.held.lock();
        self.is_on.store(stored.is_some(), Ordering::Release);
        *held = stored.map(|stored| Held { stored, is_stored: true });
        if held.is_none()
            && let Some((_, used)) = &self.guests
        {
            // What came before counts no more, or the next guest would turn it on again.
            *used.lock() = Used::default();
        }
        self.changed.notify(usize::MAX);
    }

    /// What must be stored: that it went on by itself, or that its time is over.
    pub(crate) fn due(&self, now_ms: u64) -> Option<Due> {
        if !self.is_on.load(Ordering::Acquire) {
            return None;
        }
        let held = self.held.lock();
        let held = held.as_ref()?;
        if !held.is_stored {
            return Some(Due::On(held.stored.clone()));
        }
        held.is_over(now_ms).then_some(Due::Over)
    }
}

/// Something about the switch that is not stored yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    /// It went on by itself.
    On(Stored),
    /// Its time is over.
    Over,
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use throng_log::Raid as Stored;
    use throng_protocol::{ErrorCode, PersonId, Role};

    use super::{Due, Raid, Roles, Settings};

    const HOUR_MS: u64 = 3_600_000;

    fn raid(guests_per_minute: u32) -> Arc<Raid> {
        let roles = Roles::new();
        roles.insert(person(1), Role::Member);
        roles.insert(person(2), Role::Guest);
        let duration = Duration::from_millis(HOUR_MS);
        Raid::load(None, Arc::new(roles), Settings { guests_per_minute, duration })
    }

    fn person(number: u64) -> PersonId {
        PersonId::from_parts(number, 0)
    }

    fn stored(until_ms: Option<u64>) -> Stored {
        Stored {
            since_ms: 0,
            until_ms,
            by: None,
            by_name: "ana".into(),
            is_automatic: false,
            reason: "".into(),
        }
    }

    #[test]
    fn only_guests_are_meant_and_those_whose_account_was_deleted() {
        let raid = raid(0);
        let meant = || [1, 2, 3].map(|it| raid.on_guest(person(it), || 0).is_some());
        assert_eq!(meant(), [false; 3]);
        raid.put(Some(stored(None)));
        assert_eq!(meant(), [false, true, true]);
        raid.put(None);
        assert_eq!(meant(), [false; 3]);
    }

    #[test]
    fn one_guest_too_many_turns_it_on_for_a_time() {
        let raid = raid(3);
        for now in [0, 10, 20] {
            assert_eq!(raid.take_guest(0, now), Ok(()));
        }
        assert_eq!(raid.due(0), None);
        let refusal = raid.take_guest(5, 30).expect_err("one too many");
        assert_eq!((refusal.code, refusal.retry_ms), (ErrorCode::Raid, Some(HOUR_MS)));
        let Some(Due::On(due)) = raid.due(5) else { panic!("it must be stored") };
        assert_eq!((due.is_automatic, due.until_ms), (true, Some(5 + HOUR_MS)));
        assert!(raid.take_guest(HOUR_MS, 500_000).is_err(), "also when few come");
        raid.put(Some(due));
        assert_eq!(raid.due(5), None);
        assert_eq!(raid.due(5 + HOUR_MS), Some(Due::Over));
        assert!(raid.held(5 + HOUR_MS).is_none(), "it is over before that is stored");
        raid.put(None);
        for _ in 0..3 {
            assert_eq!(raid.take_guest(6 + HOUR_MS, 60), Ok(()), "those before count no more");
        }
    }

    #[test]
    fn a_steady_stream_below_the_rate_never_turns_it_on() {
        let raid = raid(60);
        for second in 0..1_000 {
            assert_eq!(raid.take_guest(second * 1_000, second * 1_000), Ok(()));
        }
        let never = self::raid(0);
        for _ in 0..10_000 {
            assert_eq!(never.take_guest(0, 0), Ok(()));
        }
    }

    #[test]
    fn guests_join_slowly_while_it_is_on_and_others_do_not() {
        let raid = raid(0);
        let joins = |who| (0..200).filter(|_| raid.take_join(person(who), || 0, 0).is_ok()).count();
        assert_eq!((joins(1), joins(3)), (200, 200));
        raid.put(Some(stored(Some(9))));
        assert_eq!((joins(1), joins(3)), (200, 50));
        let refusal = raid.take_join(person(3), || 0, 0).expect_err("too many");
        assert_eq!((refusal.code, refusal.retry_ms), (ErrorCode::RateLimited, Some(50)));
        assert!(raid.take_join(person(3), || 0, 50).is_ok());
        assert!(raid.take_join(person(3), || 9, 50).is_ok(), "it is over");
    }
}
