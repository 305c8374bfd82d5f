//! Passwords: hashed and compared with argon2id, in threads that give way to the chat, and only a few at once.
//!
//! The commands of accounts call it. It knows neither accounts nor names: who asks for a name that nobody has passes
//! `None` for its hash, and waits as long as with a wrong password. Who comes first is judged by the
//! [`standing`](super::standing) of the caller.

mod gate;
pub(crate) mod line;
pub(crate) mod password;
mod stored;

use std::pin::pin;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use argon2::Argon2;
use argon2::password_hash;
use async_io::Timer;
use futures::future::{Either, select};
use tracing::error;

use crate::base::metrics::{self, Metrics};
use crate::base::tasks::Tasks;
use crate::identity::passwords::gate::{Gate, Permit};
use crate::identity::passwords::line::Lane;
use crate::identity::passwords::password::Password;
use crate::identity::passwords::stored::{Slow, Stored};

/// How many callers wait in each lane behind each hash that runs. A hash takes about 15 ms on a free core, so the last
/// one of a lane is answered after half a second, and a caller that waits holds little more than its password.
const WAITING_PER_HASH: usize = 32;

/// In the metrics, of a password that had a turn and of one that had none.
const OUTCOMES: [&str; 2] = ["judged", "busy"];

/// How long a caller waits at most. Later the person has given up, or tries again.
const WAIT_MAX: Duration = Duration::from_secs(2);

/// Hashes and compares passwords, with 19 MiB each.
///
/// Those of whom something is known have a gate of their own, and their hashes run at the usual priority: they would
/// wait for the hash of a stranger otherwise, which gives way to the chat and takes a second where that is busy. The
/// hashes of strangers are as many as half of the cores at once.
pub(crate) struct Passwords {
    tasks: Arc<Tasks>,
    metrics: Arc<Metrics>,
    known: Arc<Gate>,
    strangers: Arc<Gate>,
    slow: Arc<Slow>,
}

/// Whether a password is the right one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verified {
    No,
    Yes,
    /// It is, and it was hashed with less work than today: hash it again and store that.
    YesRehash,
}

/// Too many passwords are being checked, or the machine has no memory or thread for one more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("many people sign in at this moment: try again in a few seconds")]
pub(crate) struct Busy {
    /// In how many milliseconds it is worth trying again.
    pub(crate) retry_ms: u64,
}

/// The right to hash one password.
pub(crate) struct Turn {
    permit: Permit,
    lane: Lane,
    tasks: Arc<Tasks>,
    gate: Arc<Gate>,
    slow: Arc<Slow>,
}

impl Passwords {
    pub(crate) fn new(tasks: Arc<Tasks>, metrics: Arc<Metrics>) -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let [known, strangers] = [cores / 4, cores / 2].map(|at_once| {
            let at_once = at_once.max(1);
            Gate::new(at_once, at_once * WAITING_PER_HASH)
        });
        let slow = |argon2: &Argon2<'_>, word: &[u8], salt: &[u8], hash: &mut [u8]| {
            argon2.hash_password_into(word, salt, hash)
        };
        Self::with(tasks, metrics, [known, strangers], Arc::new(slow))
    }

    fn with(
        tasks: Arc<Tasks>,
        metrics: Arc<Metrics>,
        [known, strangers]: [Arc<Gate>; 2],
        slow: Arc<Slow>,
    ) -> Self {
        for lane in Lane::ALL.map(Lane::name) {
            for outcome in OUTCOMES {
                // It is there before the first one.
                drop(metrics.passwords.get_or_create(&metrics::Password { lane, outcome }));
            }
        }
        Self { tasks, metrics, known, strangers, slow }
    }

    /// Waits in a lane for the right to hash. Dropping the future gives the place up.
    ///
    /// # Errors
    /// [`Busy`].
    pub(crate) async fn turn(&self, lane: Lane) -> Result<Turn, Busy> {
        let gate = if lane.is_known() { &self.known } else { &self.strangers };
        let entering = pin!(gate.enter(lane));
        let permit = match select(entering, Timer::after(WAIT_MAX)).await {
            Either::Left((permit, _)) => permit,
            Either::Right(_) => None,
        };
        let outcome = OUTCOMES[usize::from(permit.is_none())];
        let label = metrics::Password { lane: lane.name(), outcome };
        self.metrics.passwords.get_or_create(&label).inc();
        let permit = permit.ok_or_else(|| Busy { retry_ms: gate.retry_ms(lane) })?;
        let (tasks, gate, slow) =
            (Arc::clone(&self.tasks), Arc::clone(gate), Arc::clone(&self.slow));
        Ok(Turn { permit, lane, tasks, gate, slow })
    }
}

impl Turn {
    /// Makes what is stored of a password: a PHC string.
    ///
    /// # Errors
    /// [`Busy`]. When the future is dropped, the place is free when the hash is done.
    pub(crate) async fn hash(self, password: Password) -> Result<String, Busy> {
        self.run(move |slow| stored::hash(&password, slow)).await
    }

    /// Compares a password with what is stored of one. `None` stands for an account that does not exist or has no
    /// password: that costs the same work, and no password fits.
    ///
    /// # Errors
    /// As with [`Turn::hash`].
    pub(crate) async fn verify(
        self,
        password: Password,
        phc: Option<Arc<str>>,
    ) -> Result<Verified, Busy> {
        self.run(move |slow| {
            let Some(stored) = phc.as_deref().and_then(parse) else {
                Stored::nothing().fits(&password, slow)?;
                return Ok(Verified::No);
            };
            Ok(match (stored.fits(&password, slow)?, stored.is_weak()) {
                (false, _) => Verified::No,
                (true, false) => Verified::Yes,
                (true, true) => Verified::YesRehash,
            })
        })
        .await
    }

    async fn run<T: Send + 'static>(
        self,
        work: impl FnOnce(&Slow) -> password_hash::Result<T> + Send + 'static,
    ) -> Result<T, Busy> {
        let Self { permit, lane, tasks, gate, slow } = self;
        let noted = Arc::clone(&gate);
        let done = tasks.computing("password", lane.is_known(), move || {
            // The work holds it, not the future: a dropped future must not let one more begin.
            let _permit = permit;
            let begin = Instant::now();
            let done = work(&*slow);
            noted.note(begin.elapsed());
            done
        });
        let busy = || Busy { retry_ms: gate.retry_ms(lane) };
        done.await.ok_or_else(busy)?.map_err(|error| {
            error!(%error, "a password could not be hashed");
            busy()
        })
    }
}

/// Without a readable hash nobody gets in; only an operator can do something about it.
fn parse(phc: &str) -> Option<Stored> {
    let parsed = Stored::parse(phc);
    parsed
        .inspect_err(|error| error!(%error, "an account's stored password is damaged; reset it"))
        .ok()
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use argon2::{Argon2, Params};
    use futures::FutureExt;
    use futures::executor::block_on;
    use futures::future::join_all;
    use parking_lot::Mutex;

    use super::gate::Gate;
    use super::line::Lane;
    use super::password::Password;
    use super::{Busy, Passwords, Verified};
    use crate::base::metrics::Metrics;
    use crate::base::tasks::Tasks;

    fn given(text: &str) -> Password {
        Password::given(text).expect("a password")
    }

    /// One gate for everybody.
    fn both(gate: &Arc<Gate>) -> [Arc<Gate>; 2] {
        [Arc::clone(gate), Arc::clone(gate)]
    }

    fn tasks() -> Arc<Tasks> {
        Tasks::new(Duration::MAX, Metrics::new())
    }

    impl Passwords {
        /// A wrong or right password of somebody who comes first.
        async fn verify(
            &self,
            password: Password,
            phc: Option<Arc<str>>,
        ) -> Result<Verified, Busy> {
            self.turn(Lane::Proven).await?.verify(password, phc).await
        }

        async fn hash(&self, password: Password) -> Result<String, Busy> {
            self.turn(Lane::Proven).await?.hash(password).await
        }
    }

    /// What the slow function was called with: parameters, and lengths of salt and hash.
    type Calls = Arc<Mutex<Vec<(Params, usize, usize)>>>;

    fn counted() -> (Passwords, Calls) {
        let calls = Calls::default();
        let noted = Arc::clone(&calls);
        let slow = move |argon2: &Argon2<'_>, word: &[u8], salt: &[u8], hash: &mut [u8]| {
            noted.lock().push((argon2.params().clone(), salt.len(), hash.len()));
            argon2.hash_password_into(word, salt, hash)
        };
        (Passwords::with(tasks(), Metrics::new(), both(&Gate::new(1, 1)), Arc::new(slow)), calls)
    }

    /// Hashes of which each waits until something is sent, after it has said that it begins.
    struct Held {
        passwords: Passwords,
        begun: async_channel::Receiver<()>,
        go: async_channel::Sender<()>,
    }

    fn held(gate: Arc<Gate>) -> Held {
        let (begins, begun) = async_channel::bounded(100);
        let (go, gone) = async_channel::bounded(100);
        let slow = move |_: &Argon2<'_>, _: &[u8], _: &[u8], _: &mut [u8]| {
            begins.send_blocking(()).expect("the test listens");
            gone.recv_blocking().expect("the test lets it go");
            Ok(())
        };
        Held {
            passwords: Passwords::with(tasks(), Metrics::new(), both(&gate), Arc::new(slow)),
            begun,
            go,
        }
    }

    #[test]
    fn the_right_password_is_verified() {
        let passwords = Passwords::new(tasks(), Metrics::new());
        let phc: Arc<str> =
            block_on(passwords.hash(given("turtle in the sun"))).expect("ok").into();
        let verify = |text, phc| block_on(passwords.verify(given(text), phc)).expect("not busy");
        assert_eq!(verify("turtle in the sun", Some(Arc::clone(&phc))), Verified::Yes);
        assert_eq!(verify("Turtle in the sun", Some(Arc::clone(&phc))), Verified::No);
        assert_eq!(verify("", Some(phc)), Verified::No);
        assert_eq!(verify("turtle in the sun", None), Verified::No);
        let weak = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$\
                    nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
        assert_eq!(verify("password", Some(weak.into())), Verified::YesRehash);
        assert_eq!(verify("passwort", Some(weak.into())), Verified::No);
    }

    #[test]
    fn an_unknown_name_takes_the_work_of_a_wrong_password() {
        let (passwords, calls) = counted();
        let phc: Arc<str> =
            block_on(passwords.hash(given("turtle in the sun"))).expect("ok").into();
        calls.lock().clear();
        for phc in [Some(phc), None, Some("damaged".into()), Some("".into())] {
            let verified = block_on(passwords.verify(given("a wrong one"), phc));
            assert_eq!(verified, Ok(Verified::No));
        }
        let calls = calls.lock();
        assert_eq!(calls.len(), 4, "one call each");
        assert!(calls.iter().all(|call| *call == calls[0]), "{calls:?}");
        let (params, salt, hash) = &calls[0];
        let cost = (params.m_cost(), params.t_cost(), params.p_cost(), *salt, *hash);
        assert_eq!(cost, (19_456, 2, 1, 16, 32));
    }

    #[test]
    fn nothing_fits_where_nothing_is_stored() {
        let zeros = |_: &Argon2<'_>, _: &[u8], _: &[u8], _: &mut [u8]| Ok(());
        let passwords =
            Passwords::with(tasks(), Metrics::new(), both(&Gate::new(1, 1)), Arc::new(zeros));
        assert_eq!(block_on(passwords.verify(given("a word"), None)), Ok(Verified::No));
    }

    #[test]
    fn a_storm_is_refused_with_a_time_to_come_back() {
        let Held { passwords, begun, go } = held(Gate::new(2, 3));
        let mut all = pin!(join_all((0..9).map(|_| passwords.verify(given("x"), None))));
        assert!((&mut all).now_or_never().is_none(), "two run, three wait");
        for _ in 0..2 {
            begun.recv_blocking().expect("one begins");
        }
        let refused = passwords.hash(given("x")).now_or_never().expect("no wait");
        assert!(matches!(refused, Err(Busy { retry_ms: 250..=10_000 })), "{refused:?}");
        for _ in 0..5 {
            go.send_blocking(()).expect("it waits");
        }
        let answers = block_on(all);
        assert_eq!(answers.iter().filter(|answer| **answer == Ok(Verified::No)).count(), 5);
        assert_eq!(answers.iter().filter(|answer| answer.is_err()).count(), 4);
    }

    #[test]
    fn a_known_caller_waits_for_no_hash_of_a_stranger() {
        let (begins, begun) = async_channel::bounded(9);
        let (go, gone) = async_channel::bounded::<()>(9);
        let slow = move |_: &Argon2<'_>, word: &[u8], _: &[u8], _: &mut [u8]| {
            begins.send_blocking(word.to_vec()).expect("the test listens");
            if word == b"stranger" {
                gone.recv_blocking().expect("the test lets it go");
            }
            Ok(())
        };
        let gates = [Gate::new(1, 5), Gate::new(1, 5)];
        let passwords = Passwords::with(tasks(), Metrics::new(), gates, Arc::new(slow));
        let bring = async |lane, word| {
            let turn = passwords.turn(lane).await?;
            turn.verify(given(word), None).await
        };
        let mut stranger = pin!(bring(Lane::Few, "stranger"));
        assert!((&mut stranger).now_or_never().is_none(), "it runs");
        assert_eq!(begun.recv_blocking().as_deref(), Ok(&b"stranger"[..]));
        for lane in [Lane::Proven, Lane::Credited] {
            assert_eq!(block_on(bring(lane, "known")), Ok(Verified::No), "{lane:?}");
        }
        go.send_blocking(()).expect("it waits");
        assert_eq!(block_on(stranger), Ok(Verified::No));
    }

    #[test]
    fn no_more_than_allowed_run_at_once() {
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (running, noted) = (Arc::clone(&now), Arc::clone(&most));
        let slow = move |_: &Argon2<'_>, _: &[u8], _: &[u8], _: &mut [u8]| {
            noted.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            for _ in 0..100 {
                std::thread::yield_now();
            }
            running.fetch_sub(1, Ordering::SeqCst);
            Ok(())
        };
        let passwords =
            Passwords::with(tasks(), Metrics::new(), both(&Gate::new(2, 98)), Arc::new(slow));
        let all = join_all((0..100).map(|_| passwords.verify(given("x"), None)));
        assert!(block_on(all).iter().all(|answer| *answer == Ok(Verified::No)));
        assert!(most.load(Ordering::SeqCst) <= 2);
    }

    #[test]
    fn a_hash_that_nobody_waits_for_any_more_keeps_its_place_until_it_ends() {
        let Held { passwords, begun, go } = held(Gate::new(1, 0));
        let verify = || passwords.verify(given("x"), None).now_or_never();
        assert!(verify().is_none(), "begun and dropped");
        begun.recv_blocking().expect("it begins");
        assert!(matches!(verify(), Some(Err(Busy { .. }))), "it still runs");
        go.send_blocking(()).expect("it waits");
        while let Some(answer) = verify() {
            assert!(answer.is_err(), "it cannot have ended: nobody let it go");
            std::thread::yield_now();
        }
        begun.recv_blocking().expect("another one begins");
        go.send_blocking(()).expect("it waits");
    }

    #[test]
    fn who_stops_waiting_frees_the_place() {
        let Held { passwords, begun, go } = held(Gate::new(1, 1));
        let mut running = pin!(passwords.verify(given("x"), None));
        assert!((&mut running).now_or_never().is_none(), "it runs");
        begun.recv_blocking().expect("it begins");
        for _ in 0..10 {
            assert!(passwords.verify(given("x"), None).now_or_never().is_none(), "it waits");
        }
        go.send_blocking(()).expect("it waits");
        assert_eq!(block_on(running), Ok(Verified::No));
        assert!(begun.is_empty(), "of those that gave up, none was begun");
    }

    #[test]
    fn a_panic_or_a_lack_of_memory_is_busy_and_frees_the_place() {
        let calls = AtomicUsize::new(0);
        let slow = move |_: &Argon2<'_>, _: &[u8], _: &[u8], _: &mut [u8]| match calls
            .fetch_add(1, Ordering::SeqCst)
        {
            0 => panic!("as the test wants it"),
            1 => Err(argon2::Error::OutOfMemory),
            _ => Ok(()),
        };
        let passwords =
            Passwords::with(tasks(), Metrics::new(), both(&Gate::new(1, 0)), Arc::new(slow));
        for _ in 0..2 {
            assert!(block_on(passwords.verify(given("x"), None)).is_err());
        }
        assert_eq!(block_on(passwords.verify(given("x"), None)), Ok(Verified::No));
    }
}
