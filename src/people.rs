//! People: who is present, what they are called, and how much they have used of their rates.
//!
//! A person is an id; the nick is what they are called while they are here. Sessions of one person
//! share the nick. A nick just left is kept for its owner for a while.

use std::collections::VecDeque;
use std::sync::{Arc, Weak};

use dashmap::DashMap;
use dashmap::mapref::entry::Entry;
use parking_lot::Mutex;
use throng_protocol::{Fold, Nick, PersonId, User};

use crate::outbox::Outbox;
use crate::rate::{Rate, Used};

/// Everybody who is present, or left a moment ago.
pub(crate) struct People {
    present: DashMap<PersonId, Arc<Person>>,
    nicks: DashMap<Fold, PersonId>,
    /// Who left, and until when they are remembered, in milliseconds of the monotonic clock; in
    /// the order of leaving.
    left: Mutex<VecDeque<(u64, PersonId)>>,
    hold_ms: u64,
}

/// One person, shared by their sessions.
pub(crate) struct Person {
    id: PersonId,
    inner: Mutex<Inner>,
}

struct Inner {
    nick: Nick,
    sessions: Vec<Weak<Outbox>>,
    /// When the last session left; `None` while there is one.
    left_at: Option<u64>,
    sends: Used,
    rooms_made: Used,
}

/// The nick belongs to somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Taken;

impl People {
    pub(crate) fn new(hold_ms: u64) -> Self {
        Self {
            present: DashMap::new(),
            nicks: DashMap::new(),
            left: Mutex::new(VecDeque::new()),
            hold_ms,
        }
    }

    /// Adds a session of a person who is here already, under the nick they have.
    pub(crate) fn greet_known(&self, id: PersonId, session: &Arc<Outbox>) -> Option<Arc<Person>> {
        // The map's lock is held while the session is added, so that the sweep does not forget
        // the person in between.
        let entry = self.present.get(&id)?;
        let person = Arc::clone(entry.value());
        person.add(session);
        Some(person)
    }

    /// Adds the first session of a person.
    pub(crate) fn greet(
        &self,
        id: PersonId,
        nick: Nick,
        session: &Arc<Outbox>,
    ) -> Result<Arc<Person>, Taken> {
        match self.nicks.entry(nick.fold()) {
            Entry::Occupied(holder) if *holder.get() != id => return Err(Taken),
            Entry::Occupied(_) => {}
            Entry::Vacant(free) => {
                free.insert(id);
            }
        }
        let person = Arc::new(Person {
            id,
            inner: Mutex::new(Inner {
                nick: nick.clone(),
                sessions: vec![Arc::downgrade(session)],
                left_at: None,
                sends: Used::default(),
                rooms_made: Used::default(),
            }),
        });
        match self.present.entry(id) {
            // Two sessions of one person came at the same time: the other was first.
            Entry::Occupied(first) => {
                let first = Arc::clone(first.get());
                if first.nick().fold() != nick.fold() {
                    self.nicks.remove_if(&nick.fold(), |_, holder| *holder == id);
                }
                first.add(session);
                Ok(first)
            }
            Entry::Vacant(free) => Ok(Arc::clone(&free.insert(person))),
        }
    }

    /// Gives a person another nick.
    pub(crate) fn rename(&self, person: &Person, nick: Nick) -> Result<(), Taken> {
        let (old, new) = (person.nick().fold(), nick.fold());
        match self.nicks.entry(new.clone()) {
            Entry::Occupied(holder) if *holder.get() != person.id => return Err(Taken),
            Entry::Occupied(_) => {}
            Entry::Vacant(free) => {
                free.insert(person.id);
            }
        }
        let sessions: Vec<_> = {
            let mut inner = person.inner.lock();
            inner.nick = nick;
            inner.sessions.iter().filter_map(Weak::upgrade).collect()
        };
        if old != new {
            self.nicks.remove_if(&old, |_, holder| *holder == person.id);
        }
        for session in sessions {
            session.rename();
        }
        Ok(())
    }

    /// Takes a session away; the person is remembered for a while.
    pub(crate) fn leave(&self, person: &Person, connection: u64, now_ms: u64) {
        let mut inner = person.inner.lock();
        inner.sessions.retain(|it| it.upgrade().is_some_and(|outbox| outbox.id() != connection));
        if inner.sessions.is_empty() {
            let until = now_ms + self.hold_ms;
            inner.left_at = Some(until);
            self.left.lock().push_back((until, person.id));
        }
    }

    /// Forgets those who have been away for long enough. Called about once a second.
    pub(crate) fn sweep(&self, now_ms: u64) {
        loop {
            let person = {
                let mut left = self.left.lock();
                match left.front() {
                    Some((until, id)) if *until <= now_ms => {
                        let id = *id;
                        left.pop_front();
                        id
                    }
                    _ => return,
                }
            };
            let gone = self.present.remove_if(&person, |_, person| {
                person.inner.lock().left_at.is_some_and(|until| until <= now_ms)
            });
            if let Some((id, person)) = gone {
                self.nicks.remove_if(&person.nick().fold(), |_, holder| *holder == id);
            }
        }
    }
}

impl Person {
    pub(crate) fn id(&self) -> PersonId {
        self.id
    }

    pub(crate) fn nick(&self) -> Nick {
        self.inner.lock().nick.clone()
    }

    /// The person as events show them.
    pub(crate) fn user(&self) -> User {
        User { id: self.id, nick: self.inner.lock().nick.as_str().to_owned() }
    }

    /// Takes one send from the person's rate, or says when there will be one, in milliseconds.
    pub(crate) fn take_send(&self, rate: Rate, now_ms: u64) -> Result<(), u64> {
        self.inner.lock().sends.take(rate, now_ms)
    }

    /// Takes one new room from the person's rate, or says when there will be one, in milliseconds.
    pub(crate) fn take_room(&self, rate: Rate, now_ms: u64) -> Result<(), u64> {
        self.inner.lock().rooms_made.take(rate, now_ms)
    }

    fn add(&self, session: &Arc<Outbox>) {
        let mut inner = self.inner.lock();
        inner.left_at = None;
        inner.sessions.push(Arc::downgrade(session));
    }
}
