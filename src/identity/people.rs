//! People: who is present, their nicks, and how much of their rates they have used.
//!
//! A person is an id with a nick while they are present. All sessions of a person share the nick. After a
//! person leaves, the nick is kept for them for a while.

use std::collections::VecDeque;
use std::sync::{Arc, Weak};

use dashmap::DashMap;
use dashmap::mapref::entry::Entry;
use parking_lot::Mutex;
use throng_protocol::{Fold, Nick, PersonId, Presence, User};

use crate::base::rate_limit::{Rate, Used, UsedSeconds};
use crate::delivery::peer::Peer;
use crate::identity::room_set::RoomSet;

/// Everybody who is present or left a moment ago.
///
/// Locks are taken in this order: a person's entry in `present`, the person, an entry of `nicks`
/// or `left`.
pub(crate) struct People {
    present: DashMap<PersonId, Arc<Person>>,
    nicks: DashMap<Fold, PersonId>,
    /// Who left, and how long they are remembered, in milliseconds of the monotonic clock; in the order of
    /// leaving.
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
    sessions: Vec<Weak<Peer>>,
    /// When the last session left; `None` while there is one.
    left_at: Option<u64>,
    sends: Used,
    rooms_made: Used,
    nicks: UsedSeconds,
    is_bot: bool,
    /// Does not want to be disturbed. It lasts as long as the person is remembered here.
    is_dnd: bool,
    /// As the person is shown: what their sessions and `is_dnd` come to.
    presence: Presence,
    /// The only rooms that they may be in; `None` for no limit.
    confined_to: Option<Arc<RoomSet>>,
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

    /// Adds a session of a person who is already present, with the nick they have.
    pub(crate) fn greet_known(&self, id: PersonId, session: &Arc<Peer>) -> Option<Arc<Person>> {
        // The map's lock is held while the session is added, so that the sweep does not remove the person in
        // between.
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
        session: &Arc<Peer>,
    ) -> Result<Arc<Person>, Taken> {
        match self.present.entry(id) {
            // Two sessions of one person came at the same time; the other one was first.
            Entry::Occupied(first) => {
                first.get().add(session);
                Ok(Arc::clone(first.get()))
            }
            Entry::Vacant(free) => {
                self.take(&nick, id)?;
                let inner = Inner {
                    nick,
                    sessions: vec![Arc::downgrade(session)],
                    left_at: None,
                    sends: Used::default(),
                    rooms_made: Used::default(),
                    nicks: UsedSeconds::default(),
                    is_bot: false,
                    is_dnd: false,
                    presence: Presence::Online,
                    confined_to: None,
                };
                Ok(Arc::clone(&free.insert(Arc::new(Person { id, inner: Mutex::new(inner) }))))
            }
        }
    }

    /// Changes a person's nick, and returns the old one.
    pub(crate) fn rename(&self, person: &Person, nick: Nick) -> Result<Nick, Taken> {
        let (sessions, old): (Vec<_>, _) = {
            // Held throughout, so that of two renames at once the later one frees the nick of the earlier
            // one.
            let mut inner = person.inner.lock();
            self.take(&nick, person.id)?;
            let old = std::mem::replace(&mut inner.nick, nick);
            if old.fold() != inner.nick.fold() {
                self.nicks.remove_if(&old.fold(), |_, holder| *holder == person.id);
            }
            (inner.sessions.iter().filter_map(Weak::upgrade).collect(), old)
        };
        for session in sessions {
            session.rename();
        }
        Ok(old)
    }

    /// Removes a session; the person is remembered for a while. Returns whether it was the last one.
    pub(crate) fn leave(&self, person: &Person, connection: u64, now_ms: u64) -> bool {
        let mut inner = person.inner.lock();
        inner.sessions.retain(|it| it.upgrade().is_some_and(|peer| peer.id() != connection));
        inner.update_presence();
        if inner.sessions.is_empty() {
            let until = now_ms + self.hold_ms;
            inner.left_at = Some(until);
            self.left.lock().push_back((until, person.id));
        }
        inner.left_at.is_some()
    }

    /// Everybody who is present or left a moment ago, with their nicks.
    pub(crate) fn all(&self) -> Vec<(PersonId, Nick)> {
        self.present.iter().map(|person| (person.id(), person.nick())).collect()
    }

    /// The sessions of everybody who is here, each with its person.
    pub(crate) fn sessions(&self) -> Vec<(Arc<Person>, Arc<Peer>)> {
        let mut sessions = Vec::new();
        for person in &self.present {
            let inner = person.inner.lock();
            let peers = inner.sessions.iter().filter_map(Weak::upgrade);
            sessions.extend(peers.map(|peer| (Arc::clone(person.value()), peer)));
        }
        sessions
    }

    /// The sessions of one person who is here.
    pub(crate) fn sessions_of(&self, person: PersonId) -> Vec<Arc<Peer>> {
        let Some(person) = self.present.get(&person) else { return Vec::new() };
        let inner = person.inner.lock();
        inner.sessions.iter().filter_map(Weak::upgrade).collect()
    }

    /// Who is here under a nick, or left a moment ago.
    pub(crate) fn named(&self, fold: &Fold) -> Option<PersonId> {
        self.nicks.get(fold).map(|person| *person)
    }

    /// What somebody is called who is here, or left a moment ago.
    pub(crate) fn nick_of(&self, person: PersonId) -> Option<Nick> {
        self.present.get(&person).map(|person| person.nick())
    }

    /// Somebody who is here, or left a moment ago.
    pub(crate) fn present(&self, person: PersonId) -> Option<Arc<Person>> {
        self.present.get(&person).map(|person| Arc::clone(person.value()))
    }

    /// Whether somebody is here, or left a moment ago.
    pub(crate) fn is_here(&self, person: PersonId) -> bool {
        self.present.contains_key(&person)
    }

    /// Removes people who have been away for long enough, and returns them with their nicks. Called about
    /// once a second.
    pub(crate) fn sweep(&self, now_ms: u64) -> Vec<(PersonId, Nick)> {
        let mut forgotten = Vec::new();
        loop {
            let person = {
                let mut left = self.left.lock();
                match left.front() {
                    Some((until, id)) if *until <= now_ms => {
                        let id = *id;
                        left.pop_front();
                        id
                    }
                    _ => return forgotten,
                }
            };
            let removed = self.present.remove_if(&person, |id, person| {
                let inner = person.inner.lock();
                let is_over = inner.left_at.is_some_and(|until| until <= now_ms);
                if is_over {
                    // Under the person's entry, so that a person who comes back meanwhile finds both or
                    // neither.
                    self.nicks.remove_if(&inner.nick.fold(), |_, holder| holder == id);
                }
                is_over
            });
            forgotten.extend(removed.map(|(id, person)| (id, person.nick())));
        }
    }

    /// Takes a nick for a person, if it is free or already theirs.
    fn take(&self, nick: &Nick, id: PersonId) -> Result<(), Taken> {
        match self.nicks.entry(nick.fold()) {
            Entry::Occupied(holder) if *holder.get() != id => Err(Taken),
            Entry::Occupied(_) => Ok(()),
            Entry::Vacant(free) => {
                free.insert(id);
                Ok(())
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

    /// The person in the form of events.
    pub(crate) fn user(&self) -> User {
        let inner = self.inner.lock();
        let (nick, bot, presence) = (inner.nick.as_str().to_owned(), inner.is_bot, inner.presence);
        User { id: self.id, nick, bot, presence }
    }

    /// Whether the person is here, and has not just left.
    pub(crate) fn is_here(&self) -> bool {
        self.inner.lock().left_at.is_none()
    }

    /// How the person is there.
    pub(crate) fn presence(&self) -> Presence {
        self.inner.lock().presence
    }

    /// Changes how the person is there on one of their devices (`away`) or at all (`dnd`), and returns what it comes
    /// to. All their sessions hear of another one.
    pub(crate) fn set_presence(
        &self,
        session: &Peer,
        away: Option<bool>,
        dnd: Option<bool>,
    ) -> Presence {
        let mut inner = self.inner.lock();
        if let Some(away) = away {
            session.set_away(away);
        }
        inner.is_dnd = dnd.unwrap_or(inner.is_dnd);
        inner.update_presence();
        inner.presence
    }

    /// Remembers that the person is a bot, as members see.
    pub(crate) fn set_bot(&self) {
        self.inner.lock().is_bot = true;
    }

    /// Takes one send from the person's rate, or returns when there will be one, in milliseconds.
    pub(crate) fn take_send(&self, rate: Rate, now_ms: u64) -> Result<(), u64> {
        self.inner.lock().sends.take(rate, now_ms)
    }

    /// Takes one new room from the person's rate, or returns when there will be one, in milliseconds.
    pub(crate) fn take_room(&self, rate: Rate, now_ms: u64) -> Result<(), u64> {
        self.inner.lock().rooms_made.take(rate, now_ms)
    }

    /// Whether the person may have another nick already, or in how many milliseconds.
    pub(crate) fn may_change_nick(&self, rate: Rate, now_ms: u64) -> Result<(), u64> {
        self.inner.lock().nicks.look(rate, now_ms)
    }

    /// Counts a change of nick.
    pub(crate) fn count_nick(&self, rate: Rate, now_ms: u64) {
        // One that came at the same time may have used up the rest.
        let _ = self.inner.lock().nicks.take(rate, now_ms);
    }

    /// Limits the person to these rooms, and returns those before. Rooms that they are in already are left by
    /// whoever calls this.
    pub(crate) fn confine(&self, rooms: Option<Arc<RoomSet>>) -> Option<Arc<RoomSet>> {
        std::mem::replace(&mut self.inner.lock().confined_to, rooms)
    }

    /// The only rooms that the person may be in; `None` for no limit.
    pub(crate) fn confined_to(&self) -> Option<Arc<RoomSet>> {
        self.inner.lock().confined_to.clone()
    }

    fn add(&self, session: &Arc<Peer>) {
        let mut inner = self.inner.lock();
        inner.left_at = None;
        inner.sessions.push(Arc::downgrade(session));
        inner.update_presence();
    }
}

impl Inner {
    /// The most present device counts. What somebody says by hand, that they do not want to be disturbed, counts more.
    fn update_presence(&mut self) {
        let sessions: Vec<_> = self.sessions.iter().filter_map(Weak::upgrade).collect();
        let presence = match self.is_dnd {
            true => Presence::Dnd,
            false if sessions.is_empty() || sessions.iter().any(|it| !it.is_away()) => {
                Presence::Online
            }
            false => Presence::Away,
        };
        if presence != std::mem::replace(&mut self.presence, presence) {
            sessions.iter().for_each(|session| session.note_new_presence());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::task::{Context, Waker};

    use async_std::net::TcpStream;
    use throng_protocol::{Nick, PersonId};

    use super::{People, Person, Taken};
    use crate::delivery::peer::Peer;
    use crate::delivery::tests::{budget, pair};

    const HOLD_MS: u64 = 1_000;

    fn nick(nick: &str) -> Nick {
        Nick::parse(nick).expect("a nick")
    }

    fn id(number: u64) -> PersonId {
        PersonId::from_parts(number, 0)
    }

    fn session(connection: u64) -> (Arc<Peer>, TcpStream) {
        pair(connection, &budget(1_000, 1_000))
    }

    fn greet(people: &People, number: u64, name: &str) -> Result<Arc<Person>, Taken> {
        people.greet(id(number), nick(name), &session(number).0)
    }

    fn is_renamed(peer: &Peer) -> bool {
        peer.drive(&mut Context::from_waker(Waker::noop())).expect("a whole socket").renamed
    }

    /// Whether nobody is remembered.
    fn is_empty(people: &People) -> bool {
        people.present.is_empty() && people.nicks.is_empty() && people.left.lock().is_empty()
    }

    /// There is one for everybody who is here, also when they say nothing.
    #[test]
    fn a_person_takes_no_more_memory_than_before_there_was_presence() {
        assert!(size_of::<Person>() <= 112, "{}", size_of::<Person>());
    }

    #[test]
    fn a_nick_just_left_is_kept_for_its_owner() {
        let people = People::new(HOLD_MS);
        let ana = greet(&people, 1, "ana").expect("free");
        assert_eq!(greet(&people, 2, "ANA").err(), Some(Taken));
        people.leave(&ana, 1, 0);
        people.sweep(999);
        assert_eq!(greet(&people, 2, "ana").err(), Some(Taken), "held");
        people.sweep(1_000);
        assert!(greet(&people, 2, "ana").is_ok());
        assert!(people.greet_known(id(1), &session(1).0).is_none());
    }

    #[test]
    fn who_comes_back_in_time_is_not_forgotten() {
        let people = People::new(HOLD_MS);
        let ana = greet(&people, 1, "ana").expect("free");
        people.leave(&ana, 1, 0);
        let (again, _peer) = session(7);
        let back = people.greet_known(id(1), &again).expect("held");
        assert!(Arc::ptr_eq(&ana, &back));
        people.sweep(5_000);
        assert_eq!(greet(&people, 2, "ana").err(), Some(Taken));
        people.leave(&back, 7, 6_000);
        people.sweep(7_000);
        assert!(is_empty(&people));
    }

    #[test]
    fn a_person_is_there_until_the_last_session_left() {
        let people = People::new(HOLD_MS);
        let (first, _peer) = session(1);
        let (second, _peer) = session(2);
        let ana = people.greet(id(1), nick("ana"), &first).expect("free");
        people.greet_known(id(1), &second).expect("present");
        people.leave(&ana, 1, 0);
        people.sweep(5_000);
        assert!(people.greet_known(id(1), &first).is_some());
        people.leave(&ana, 1, 5_000);
        people.leave(&ana, 2, 5_000);
        people.sweep(6_000);
        assert!(is_empty(&people));
    }

    #[test]
    fn a_new_nick_frees_the_old_one_and_is_told_to_every_session() {
        let people = People::new(HOLD_MS);
        let (first, _peer) = session(1);
        let (second, _peer) = session(2);
        let ana = people.greet(id(1), nick("ana"), &first).expect("free");
        people.greet_known(id(1), &second).expect("present");
        greet(&people, 2, "bo").expect("free");
        assert_eq!(people.rename(&ana, nick("Bo")), Err(Taken));
        assert!(!is_renamed(&first));
        assert_eq!(people.rename(&ana, nick("eve")), Ok(nick("ana")));
        assert!(is_renamed(&first) && is_renamed(&second));
        assert_eq!(ana.user().nick, "eve");
        assert!(greet(&people, 3, "ana").is_ok());
        assert_eq!(
            people.rename(&ana, nick("EVE")),
            Ok(nick("eve")),
            "another spelling of one's own"
        );
        assert_eq!(greet(&people, 4, "eve").err(), Some(Taken));
    }

    #[test]
    fn two_sessions_that_come_at_once_share_the_nick_of_the_first() {
        let people = People::new(HOLD_MS);
        let first = greet(&people, 1, "ana").expect("free");
        let second = greet(&people, 1, "eve").expect("the same person");
        assert!(Arc::ptr_eq(&first, &second));
        assert!(greet(&people, 2, "eve").is_ok(), "the nick not given is free");
    }

    #[test]
    fn of_many_who_want_a_nick_at_once_one_gets_it() {
        let people = People::new(HOLD_MS);
        let greet = |number| greet(&people, number, "ana");
        let got: Vec<_> = std::thread::scope(|scope| {
            let wants: Vec<_> = (0..8).map(|number| scope.spawn(move || greet(number))).collect();
            wants.into_iter().map(|want| want.join().expect("no panic")).collect()
        });
        assert_eq!(got.iter().filter(|greeted| greeted.is_ok()).count(), 1);
        assert_eq!(people.present.len(), 1, "a person without a nick is not there");
    }

    /// Sessions of one person that rename, leave and come back at once leave nothing behind.
    #[test]
    fn races_leak_no_nick() {
        for _ in 0..50 {
            let people = People::new(0);
            let (anchor, _peer) = session(100);
            let ana = people.greet(id(1), nick("ana"), &anchor).expect("free");
            std::thread::scope(|scope| {
                for worker in 0..3 {
                    let (people, ana) = (&people, &ana);
                    scope.spawn(move || {
                        for at in 0..50 {
                            // A new nick each time, so that a leaked one stays.
                            let fresh = nick(&format!("w{worker}-{at}"));
                            assert!(people.rename(ana, fresh).is_ok());
                        }
                    });
                }
            });
            let held: Vec<_> = people.nicks.iter().map(|it| it.key().clone()).collect();
            assert_eq!(held, [ana.nick().fold()]);
            people.leave(&ana, 100, 0);
            people.sweep(0);
            assert!(is_empty(&people));
        }
    }

    #[test]
    fn whoever_comes_while_they_are_forgotten_has_their_nick() {
        for _ in 0..200 {
            let people = People::new(0);
            let ana = greet(&people, 1, "ana").expect("free");
            people.leave(&ana, 1, 0);
            let (again, _peer) = session(2);
            std::thread::scope(|scope| {
                scope.spawn(|| people.sweep(0));
                let back = people.greet_known(id(1), &again);
                let back = back.map_or_else(|| people.greet(id(1), nick("ana"), &again), Ok);
                assert!(back.is_ok());
            });
            assert_eq!(greet(&people, 2, "ana").err(), Some(Taken));
        }
    }
}
