//! Guests: who says hello, and which nick they may have.
//!
//! A nick belongs to a person who is present with it, who left a moment ago, or who sent a message under it
//! and was present not long ago. [`People`] knows the first two; the log's directory knows the third, across
//! restarts.

use std::sync::Arc;
use std::time::Duration;

use throng_log::clock::{self, millis};
use throng_log::{Directory, Log, LogError, NickNote, NickRecord};
use throng_protocol::{ErrorCode, Hello, LinkCode, Nick, PersonId, Refusal, User};

use crate::base::rate_limit::Rate;
use crate::connection_slots::ConnectionSlot;
use crate::delivery::peer::Peer;
use crate::identity::device_codes::DeviceCodes;
use crate::identity::people::{People, Person, Taken};
use crate::identity::tokens::Tokens;

/// How many numbers are tried to turn a taken nick into a free one.
const NICK_TRIES: u32 = 100;

/// Recognises people. Guests with tokens and codes are the first kind.
pub(crate) struct Identity {
    pub(crate) people: People,
    codes: DeviceCodes,
    tokens: Tokens,
    log: Arc<dyn Log>,
    directory: Arc<dyn Directory>,
    settings: Settings,
}

/// The settings for guests.
pub(crate) struct Settings {
    /// How long a nick without messages stays its owner's after they left.
    pub(crate) nick_hold: Duration,
    /// The same for a nick with messages.
    pub(crate) nick_reserve: Duration,
    /// The rate of new people from one address.
    pub(crate) people_made: Rate,
    /// The rate of wrong codes from one address.
    pub(crate) wrong_codes: Rate,
}

/// A person who has said hello.
pub(crate) struct Recognised {
    pub(crate) person: Arc<Person>,
    /// Why the nick is not the requested one.
    pub(crate) notice: Option<String>,
}

/// The connection that says hello, with its share of the address' limits.
#[derive(Clone, Copy)]
struct Caller<'a> {
    peer: &'a Arc<Peer>,
    slot: &'a ConnectionSlot,
}

/// A person whose session was added, and who is not let in yet. If this is dropped before that (the client
/// has gone away), the session is removed again.
struct Arrival<'a> {
    identity: &'a Identity,
    person: Arc<Person>,
    /// `None` once they are in.
    connection: Option<u64>,
}

impl Drop for Arrival<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection {
            self.identity.leave(&self.person, connection);
        }
    }
}

impl Identity {
    pub(crate) fn new(
        tokens: Tokens,
        log: Arc<dyn Log>,
        directory: Arc<dyn Directory>,
        settings: Settings,
    ) -> Self {
        let people = People::new(millis(settings.nick_hold));
        Self { people, codes: DeviceCodes::default(), tokens, log, directory, settings }
    }

    /// A token that lets this person be recognised again.
    pub(crate) fn token(&self, user: &User) -> String {
        self.tokens.issue(user.id, &user.nick, self.log.clock().now_ms())
    }

    /// A code that makes another device this person; `None` if there are too many codes.
    pub(crate) fn make_code(&self, person: &Person) -> Option<LinkCode> {
        self.codes.make(person.id(), person.nick(), clock::now_ms())
    }

    /// Removes a session from its person.
    pub(crate) fn leave(&self, person: &Person, connection: u64) {
        if self.people.leave(person, connection, clock::now_ms()) {
            self.directory.note(NickNote::Seen { person: person.id() });
        }
    }

    /// Has the log store the nicks of all who are present: the next server holds them until they are back.
    pub(crate) fn note_nicks(&self) {
        for (person, nick) in self.people.all() {
            self.directory.note(NickNote::Worn { person, nick });
        }
    }

    /// Forgets people who have been away for long enough. Called about once a second.
    pub(crate) fn sweep(&self, now_ms: u64) {
        for (person, nick) in self.people.sweep(now_ms) {
            self.directory.note(NickNote::Left { person, nick });
        }
        self.codes.sweep(now_ms);
    }

    /// Finds out who the client is, or makes a new guest.
    ///
    /// # Errors
    /// Why not; the client may try again. Dropping the future midway leaves at most a nick that is held for a
    /// moment.
    pub(crate) async fn recognise(
        &self,
        hello: &Hello,
        peer: &Arc<Peer>,
        slot: &ConnectionSlot,
    ) -> Result<Recognised, Refusal> {
        let caller = Caller { peer, slot };
        if let Some(code) = &hello.code {
            let (person, nick) = self.use_code(caller, code)?;
            return self.greet_again(caller, person, Some(nick), None).await;
        }
        let wanted = hello.nick.as_deref().map(parse).transpose()?;
        let Some(token) = &hello.token else { return self.greet_new(caller, wanted).await };
        let now = self.log.clock().now_ms();
        let claim = self.tokens.check(token, now).map_err(|bad| {
            let message = format!("{bad}: say hello without it, as somebody new");
            Refusal::new(ErrorCode::BadToken, message)
        })?;
        self.greet_again(caller, claim.person, claim.nick, wanted).await
    }

    /// Changes the nick of a person who is present.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn rename(&self, person: &Person, nick: &str) -> Result<(), Refusal> {
        let nick = parse(nick)?;
        self.may_have(&nick, person.id()).await?;
        let old = self.people.rename(person, nick.clone()).map_err(|Taken| taken(&nick))?;
        let person = person.id();
        if old.fold() != nick.fold() {
            self.directory.note(NickNote::Left { person, nick: old });
        }
        Ok(())
    }

    /// Greets a client without a token.
    async fn greet_new(
        &self,
        caller: Caller<'_>,
        wanted: Option<Nick>,
    ) -> Result<Recognised, Refusal> {
        let (rate, now) = (self.settings.people_made, clock::now_ms());
        caller.slot.take_person(rate, now).map_err(|retry_ms| {
            let message = "many new people came from your address: wait, or bring a token";
            Refusal::later(ErrorCode::RateLimited, message, retry_ms)
        })?;
        let id = new_person();
        let person = match wanted {
            Some(nick) => self.greet(caller, id, &nick).await?,
            None => self.greet_renamed(caller, id, "guest").await?,
        };
        Ok(Recognised { person, notice: None })
    }

    /// Uses up a code from another device of the same person.
    fn use_code(&self, caller: Caller<'_>, code: &str) -> Result<(PersonId, Nick), Refusal> {
        let (rate, now) = (self.settings.wrong_codes, clock::now_ms());
        caller.slot.may_try_code(rate, now).map_err(|retry_ms| {
            let message = "too many wrong codes came from your address: try again later";
            Refusal::later(ErrorCode::RateLimited, message, retry_ms)
        })?;
        LinkCode::parse(code).and_then(|code| self.codes.take(code, now)).ok_or_else(|| {
            caller.slot.note_wrong_code(rate, now);
            let message = "this code is wrong, was used, or has expired: get a new one on the \
                           device where you are in";
            Refusal::new(ErrorCode::BadCode, message)
        })
    }

    /// Greets a person who was here before, with the nick they have, want, or had last.
    async fn greet_again(
        &self,
        caller: Caller<'_>,
        id: PersonId,
        last: Option<Nick>,
        wanted: Option<Nick>,
    ) -> Result<Recognised, Refusal> {
        if let Some(person) = self.people.greet_known(id, caller.peer) {
            let mut arrival =
                Arrival { identity: self, person, connection: Some(caller.peer.id()) };
            let notice = match wanted.filter(|nick| *nick != arrival.person.nick()) {
                // If the person does not get the new nick, they keep theirs.
                Some(nick) => self.rename(&arrival.person, nick.as_str()).await.err(),
                None => None,
            };
            arrival.connection = None;
            let person = Arc::clone(&arrival.person);
            return Ok(Recognised { person, notice: notice.map(|refusal| refusal.message) });
        }
        self.directory.note(NickNote::Seen { person: id });
        let Some(nick) = wanted.or(last) else {
            let person = self.greet_renamed(caller, id, "guest").await?;
            return Ok(Recognised { person, notice: None });
        };
        match self.greet(caller, id, &nick).await {
            Ok(person) => Ok(Recognised { person, notice: None }),
            Err(refusal) => {
                let person = self.greet_renamed(caller, id, nick.as_str()).await?;
                Ok(Recognised { person, notice: Some(refusal.message) })
            }
        }
    }

    /// Greets a person with this nick.
    async fn greet(
        &self,
        caller: Caller<'_>,
        id: PersonId,
        nick: &Nick,
    ) -> Result<Arc<Person>, Refusal> {
        self.may_have(nick, id).await?;
        self.people.greet(id, nick.clone(), caller.peer).map_err(|Taken| taken(nick))
    }

    /// Greets a person with a free nick that begins with `stem`.
    async fn greet_renamed(
        &self,
        caller: Caller<'_>,
        id: PersonId,
        stem: &str,
    ) -> Result<Arc<Person>, Refusal> {
        for digits in 0..NICK_TRIES {
            // More digits after every few tries, so that a crowd of guests finds free nicks.
            let top = 10_u32.pow(2 + (digits / 10).min(6));
            let number = fastrand::u32(1..top).to_string();
            let kept = Nick::CHARS_MAX - 1 - number.len();
            let stem: String = stem.chars().take(kept).collect();
            let Ok(nick) = Nick::parse(&format!("{stem}-{number}")) else { continue };
            match self.greet(caller, id, &nick).await {
                Ok(person) => return Ok(person),
                Err(refusal) if refusal.code == ErrorCode::NickTaken => {}
                Err(refusal) => return Err(refusal),
            }
        }
        let message = "no free nick was found: choose one yourself";
        Err(Refusal::new(ErrorCode::NickTaken, message))
    }

    /// Checks in the log's directory whether a nick is reserved for somebody else.
    async fn may_have(&self, nick: &Nick, person: PersonId) -> Result<(), Refusal> {
        let found = self.directory.nick(nick.fold()).await;
        match found {
            Ok(Some(record)) if record.person != person && self.is_kept(&record) => Err(kept(nick)),
            // Damage is logged by the reader, and keeps nobody out.
            Ok(_) | Err(LogError::Damaged(_)) => Ok(()),
            Err(LogError::Unavailable(_) | LogError::Busy) => {
                let message = "the server cannot look up nicks at the moment: try again";
                Err(Refusal::later(ErrorCode::StorageUnavailable, message, 2_000))
            }
        }
    }

    fn is_kept(&self, record: &NickRecord) -> bool {
        let is_here = self.people.is_here(record.person);
        let age = self.log.clock().now_ms().saturating_sub(record.seen_ms);
        let within = |time: Duration| age < millis(time);
        match record.has_spoken {
            true => is_here || within(self.settings.nick_reserve),
            // The nick of a person who is present is known already.
            false => !is_here && within(self.settings.nick_hold),
        }
    }
}

fn parse(nick: &str) -> Result<Nick, Refusal> {
    Nick::parse(nick).map_err(|bad| Refusal::bad_name(ErrorCode::BadNick, "nick", &bad))
}

fn taken(nick: &Nick) -> Refusal {
    let message = format!("{nick} is taken by somebody, or was a moment ago: choose another nick");
    Refusal::new(ErrorCode::NickTaken, message)
}

fn kept(nick: &Nick) -> Refusal {
    let message = format!("{nick} belongs to somebody who was here before: choose another nick");
    Refusal::new(ErrorCode::NickTaken, message)
}

fn new_person() -> PersonId {
    let random = (u128::from(fastrand::u64(..)) << 64) | u128::from(fastrand::u64(..));
    PersonId::from_parts(clock::unix_ms(), random & ((1 << 80) - 1))
}
