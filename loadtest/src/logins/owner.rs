//! Somebody with an account who logs in with the right password while the storm goes on, again and again.

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use throng_protocol::{Command, Hello, Register};

use super::visitor::{Heard, Visitor};
use super::{Around, OWNERS_PER_KIND, Right};
use crate::poller::Ready;

const PASSWORD: &str = "turtle in the sun";

/// How long after a login the next one comes.
const PAUSE: Duration = Duration::from_secs(2);

/// Who is not let in for this long has given up.
const PATIENCE: Duration = Duration::from_secs(20);

/// What speaks for somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A device with its secret, on another address each time; others guess passwords for the name.
    KnownDevice,
    /// An address from which this person was in; nobody guesses the name.
    KnownAddress,
    /// Another address each time, and no secret; nobody guesses the name.
    Stranger,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::KnownDevice, Self::KnownAddress, Self::Stranger];

    /// In a sentence.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::KnownDevice => "known devices",
            Self::KnownAddress => "known addresses",
            Self::Stranger => "new addresses",
        }
    }

    /// In the names of figures.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::KnownDevice => "known_device",
            Self::KnownAddress => "known_address",
            Self::Stranger => "new_address",
        }
    }
}

/// The name of an account for which strangers guess.
pub(super) fn guessed_name(number: u64) -> String {
    let kinds = Kind::ALL.len() as u64;
    name(kinds * (number % OWNERS_PER_KIND as u64))
}

fn name(at: impl std::fmt::Display) -> String {
    format!("owner-{at}")
}

pub(super) struct Owner {
    nick: String,
    kind: Kind,
    visitor: Visitor,
    state: State,
    device_secret: Option<String>,
    home: Option<Ipv4Addr>,
    let_in: u32,
    gave_up: u32,
    slowest: Duration,
    tries_max: u32,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// Comes as a guest, and registers.
    New,
    Greeting,
    Registering,
    /// Comes again at this time.
    Pausing(Instant),
    /// Wants to be in since then, and tries at this time for the so many-th time.
    LoggingIn {
        since: Instant,
        next: Instant,
        tries: u32,
    },
}

impl Owner {
    pub(super) fn new(at: usize, kind: Kind) -> Self {
        Self {
            nick: name(at),
            kind,
            visitor: Visitor::new(at as u64),
            state: State::New,
            device_secret: None,
            home: None,
            let_in: 0,
            gave_up: 0,
            slowest: Duration::ZERO,
            tries_max: 0,
        }
    }

    pub(super) fn kind(&self) -> Kind {
        self.kind
    }

    pub(super) fn has_account(&self) -> bool {
        matches!(self.state, State::Pausing(_) | State::LoggingIn { .. })
    }

    pub(super) fn add_to(&self, sum: Right) -> Right {
        Right {
            kind: sum.kind,
            let_in: sum.let_in + self.let_in,
            gave_up: sum.gave_up + self.gave_up,
            slowest: sum.slowest.max(self.slowest),
            tries_max: sum.tries_max.max(self.tries_max),
        }
    }

    /// Does what is due.
    pub(super) fn act(&mut self, around: &mut Around, now: Instant) {
        match self.state {
            State::Pausing(until) if until <= now => {
                self.state = State::LoggingIn { since: now, next: now, tries: 0 };
            }
            State::LoggingIn { since, .. } if now - since > PATIENCE => {
                self.gave_up += 1;
                self.pause(now);
                return;
            }
            _ => {}
        }
        if self.visitor.is_away() && !matches!(self.state, State::Pausing(_)) {
            let fresh = around.fresh_source();
            let from = match self.kind {
                Kind::KnownAddress => *self.home.get_or_insert(fresh),
                Kind::KnownDevice | Kind::Stranger => fresh,
            };
            if self.visitor.come(&around.endpoint, from).is_err() {
                self.visitor.leave();
            }
        }
        if self.visitor.is_free() {
            self.ask(now);
        }
        if self.visitor.flush(&around.endpoint).is_err() {
            self.visitor.leave();
        }
    }

    fn ask(&mut self, now: Instant) {
        let nick = Some(self.nick.clone());
        match self.state {
            State::New => {
                self.visitor.ask(Command::Hello(Hello { nick, ..Hello::default() }));
                self.state = State::Greeting;
            }
            State::LoggingIn { since, next, tries } if next <= now => {
                let device_secret =
                    self.device_secret.clone().filter(|_| self.kind == Kind::KnownDevice);
                let password = Some(PASSWORD.to_owned());
                let hello = Hello { nick, password, device_secret, ..Hello::default() };
                self.visitor.ask(Command::Hello(hello));
                self.state = State::LoggingIn { since, next, tries: tries + 1 };
            }
            _ => {}
        }
    }

    pub(super) fn ready(&mut self, event: Ready, around: &Around, now: Instant) {
        match self.visitor.ready(event, &around.endpoint) {
            Ok(answers) => answers.iter().for_each(|answer| self.answered(answer, now)),
            Err(_) => self.visitor.leave(),
        }
    }

    fn answered(&mut self, answer: &Heard, now: Instant) {
        let is_ok = answer.kind == "ok";
        if is_ok && answer.device_secret.is_some() {
            self.device_secret.clone_from(&answer.device_secret);
        }
        match self.state {
            State::Greeting if is_ok => {
                let register = Register { password: PASSWORD.to_owned(), invitation: None };
                self.visitor.ask(Command::Register(register));
                self.state = State::Registering;
            }
            State::Registering if is_ok => self.pause(now),
            State::LoggingIn { since, tries, .. } if is_ok => {
                self.let_in += 1;
                self.slowest = self.slowest.max(now - since);
                self.tries_max = self.tries_max.max(tries);
                self.pause(now);
            }
            State::LoggingIn { since, tries, .. } => {
                let wait = Duration::from_millis(answer.retry_ms.unwrap_or(1_000));
                self.state = State::LoggingIn { since, next: now + wait, tries };
            }
            State::Greeting | State::Registering => {
                // Begins again, as the same guest or another one.
                self.state = State::New;
                self.visitor.leave();
            }
            State::New | State::Pausing(_) => {}
        }
    }

    fn pause(&mut self, now: Instant) {
        self.visitor.leave();
        self.state = State::Pausing(now + PAUSE);
    }
}
