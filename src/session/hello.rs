//! Who is there: `hello`, `nick` and `bye`.

use std::sync::Arc;

use throng_protocol::{ErrorCode, Greeting, Hello, Nick, NickChange, NickOk, PersonId, VERSION};
use tracing::debug;

use super::{Session, SessionEnd};
use crate::clock;
use crate::outbox::{Refusal, Ticket};
use crate::people::{Person, Taken};
use crate::server::millis;

/// How many numbers are tried to make a free nick out of one that is taken.
const NICK_TRIES: u32 = 100;

impl Session {
    pub(super) async fn hello(&mut self, hello: Hello, ticket: Ticket) -> Result<(), SessionEnd> {
        if hello.version != VERSION {
            let message = format!("this server speaks version {VERSION}, not {}", hello.version);
            ticket.refuse(&Refusal::new(ErrorCode::UnsupportedVersion, message));
            return Err(SessionEnd::HelloRefused);
        }
        if self.server.drain.has_begun() {
            let message = "the server is restarting: come back after its bye";
            return self.refuse(ticket, &Refusal::new(ErrorCode::Draining, message));
        }
        match self.recognise(&hello) {
            Ok((person, notice)) => {
                let greeting = self.greeting(&person, notice);
                self.outbox.greet();
                self.server.metrics.sessions.inc();
                debug!(session = self.outbox.id(), person = %person.id(), "hello");
                self.person = Some(person);
                self.agree(ticket, &greeting)
            }
            Err(refusal) => self.refuse(ticket, &refusal),
        }
    }

    pub(super) fn nick(
        &mut self,
        person: &Arc<Person>,
        change: &NickChange,
        ticket: Ticket,
    ) -> Result<(), SessionEnd> {
        let renamed = parse(&change.nick).and_then(|nick| {
            self.server.people.rename(person, nick.clone()).map_err(|Taken| taken(&nick))
        });
        match renamed {
            Ok(()) => {
                let user = person.user();
                let token = self.server.tokens.issue(user.id, &user.nick, clock::unix_ms());
                self.agree(ticket, &NickOk { user, token })
            }
            Err(refusal) => self.refuse(ticket, &refusal),
        }
    }

    /// Ends the session after everything before it has been answered.
    pub(super) async fn bye(&mut self, ticket: Ticket) -> Result<(), SessionEnd> {
        let outbox = Arc::clone(&self.outbox);
        self.rooms.clear();
        self.driving(outbox.all_answered(1)).await?;
        ticket.ok(&());
        Err(SessionEnd::SaidBye)
    }

    /// Tells the rooms of this session that the person has another nick.
    pub(super) fn tell_nick(&self) {
        if let Some(person) = &self.person {
            let nick = person.nick();
            for joined in &self.rooms {
                joined.room.rename(person.id(), nick.as_str());
            }
        }
    }

    /// Finds out who it is, or makes a new guest. The notice says why the nick is another one.
    fn recognise(&self, hello: &Hello) -> Result<(Arc<Person>, Option<String>), Refusal> {
        let wanted = hello.nick.as_deref().map(parse).transpose()?;
        let Some(token) = &hello.token else {
            let (rate, now) = (self.server.rates.people_made, clock::now_ms());
            self.place.take_person(rate, now).map_err(|retry_ms| {
                let message = "many new people came from your address: wait, or bring a token";
                Refusal::later(ErrorCode::RateLimited, message, retry_ms)
            })?;
            let id = new_person();
            return match wanted {
                Some(nick) => self.greet(id, &nick).map(|person| (person, None)),
                None => self.greet_renamed(id, "guest").map(|person| (person, None)),
            };
        };
        let claim = self.server.tokens.check(token, clock::unix_ms()).map_err(|bad| {
            let message = format!("{bad}: say hello without it, as somebody new");
            Refusal::new(ErrorCode::BadToken, message)
        })?;
        if let Some(person) = self.server.people.greet_known(claim.person, &self.outbox) {
            let notice = wanted.and_then(|nick| self.change(&person, nick));
            return Ok((person, notice));
        }
        let Some(nick) = wanted.or(claim.nick) else {
            return self.greet_renamed(claim.person, "guest").map(|person| (person, None));
        };
        match self.greet(claim.person, &nick) {
            Ok(person) => Ok((person, None)),
            Err(refusal) => {
                let person = self.greet_renamed(claim.person, nick.as_str())?;
                Ok((person, Some(refusal.message)))
            }
        }
    }

    fn greet(&self, id: PersonId, nick: &Nick) -> Result<Arc<Person>, Refusal> {
        self.server.people.greet(id, nick.clone(), &self.outbox).map_err(|Taken| taken(nick))
    }

    /// Greets somebody under a free nick that begins like this one.
    fn greet_renamed(&self, id: PersonId, stem: &str) -> Result<Arc<Person>, Refusal> {
        for digits in 0..NICK_TRIES {
            // More digits with every few tries, so that a crowd of guests finds room.
            let top = 10_u32.pow(2 + (digits / 10).min(6));
            let number = fastrand::u32(1..top).to_string();
            let kept = Nick::CHARS_MAX - 1 - number.len();
            let stem: String = stem.chars().take(kept).collect();
            let person = Nick::parse(&format!("{stem}-{number}"))
                .ok()
                .and_then(|nick| self.greet(id, &nick).ok());
            if let Some(person) = person {
                return Ok(person);
            }
        }
        Err(Refusal::new(ErrorCode::NickTaken, "no free nick was found: choose one yourself"))
    }

    /// Gives a person who is here already the nick that this session asks for.
    fn change(&self, person: &Person, nick: Nick) -> Option<String> {
        let has_it = person.nick() == nick;
        if has_it {
            return None;
        }
        self.server.people.rename(person, nick.clone()).err().map(|Taken| taken(&nick).message)
    }

    fn greeting(&self, person: &Person, notice: Option<String>) -> Greeting {
        let user = person.user();
        Greeting {
            token: self.server.tokens.issue(user.id, &user.nick, clock::unix_ms()),
            user,
            epoch: self.server.log.epoch(),
            heartbeat_ms: millis(self.server.config.heartbeat),
            limits: self.server.limits(),
            notice,
        }
    }
}

fn parse(nick: &str) -> Result<Nick, Refusal> {
    Nick::parse(nick).map_err(|bad| Refusal::new(ErrorCode::BadNick, format!("nick: {bad}")))
}

fn taken(nick: &Nick) -> Refusal {
    let message = format!("{nick} is taken by somebody, or was a moment ago: choose another nick");
    Refusal::new(ErrorCode::NickTaken, message)
}

fn new_person() -> PersonId {
    let random = (u128::from(fastrand::u64(..)) << 64) | u128::from(fastrand::u64(..));
    PersonId::from_parts(clock::unix_ms(), random & ((1 << 80) - 1))
}
