//! The roster: who is in a room, as sessions and as people.
//!
//! A person with two browsers is one member of the count and two sessions of the fan-out. Changes
//! gather until the room tells them in one event.

use std::collections::HashMap;

use indexmap::IndexMap;
use throng_protocol::{MemberSample, MembersChanged, PersonId, User};

/// How many people a sample shows where they are too many for a list.
const SAMPLE_MAX: usize = 20;

/// The members of one room. `M` is the way to a member's outbox.
pub(crate) struct Roster<M> {
    /// By the connection's number. Order is of no meaning; a leaver's place goes to the last.
    members: IndexMap<u64, Member<M>>,
    /// With how many sessions each person is here.
    people: HashMap<PersonId, u32>,
    /// Sessions that have left, while the join that they left is still on its way.
    gone: HashMap<u64, u64>,
    version: u64,
    changes: HashMap<PersonId, Option<User>>,
    /// Up to so many people, lists tell who came and left.
    listed_max: usize,
}

/// A session as its room sees it.
pub(crate) struct Member<M> {
    pub(crate) outbox: M,
    pub(crate) user: User,
    /// Gets events as they come; otherwise it reads pages, and joins again.
    pub(crate) is_live: bool,
    /// The number of its last join: a page that was read for an older one is void.
    pub(crate) join: u64,
}

/// One join of one session. A leave names the join that it ends, since it needs no place in the
/// inbox and may overtake it there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Visit {
    /// The connection's number.
    pub(crate) connection: u64,
    /// The session's joins are numbered upwards.
    pub(crate) join: u64,
}

impl<M> Roster<M> {
    pub(crate) fn new(listed_max: usize) -> Self {
        Self {
            members: IndexMap::new(),
            people: HashMap::new(),
            gone: HashMap::new(),
            version: 0,
            changes: HashMap::new(),
            listed_max,
        }
    }

    /// Adds a session, or finds it again; it is not live yet. Returns whether it is here: it may
    /// have left already.
    pub(crate) fn join(&mut self, visit: Visit, outbox: M, user: User) -> bool {
        let Visit { connection, join } = visit;
        if let Some(left) = self.gone.get(&connection) {
            if *left > join {
                return false;
            }
            let is_over = *left == join;
            self.gone.remove(&connection);
            if is_over {
                return false;
            }
        }
        if let Some(member) = self.members.get_mut(&connection) {
            member.is_live = false;
            member.join = join;
            self.rename(user.id, &user.nick);
            return true;
        }
        let sessions = self.people.entry(user.id).or_insert(0);
        *sessions += 1;
        if *sessions == 1 {
            self.changes.insert(user.id, Some(user.clone()));
        }
        self.members.insert(connection, Member { outbox, user, is_live: false, join });
        true
    }

    /// Takes a session out, also when its last join has yet to come.
    pub(crate) fn leave(&mut self, visit: Visit) {
        let member = self.members.swap_remove(&visit.connection);
        if member.as_ref().is_none_or(|member| member.join < visit.join) {
            self.gone.insert(visit.connection, visit.join);
        }
        let Some(member) = member else { return };
        let person = member.user.id;
        if let Some(sessions) = self.people.get_mut(&person) {
            *sessions -= 1;
            if *sessions == 0 {
                self.people.remove(&person);
                self.changes.insert(person, None);
            }
        }
    }

    /// Gives a person's sessions here another nick.
    pub(crate) fn rename(&mut self, person: PersonId, nick: &str) {
        for member in self.members.values_mut().filter(|member| member.user.id == person) {
            if member.user.nick != nick {
                nick.clone_into(&mut member.user.nick);
                self.changes.insert(person, Some(member.user.clone()));
            }
        }
    }

    pub(crate) fn get_mut(&mut self, connection: u64) -> Option<&mut Member<M>> {
        self.members.get_mut(&connection)
    }

    pub(crate) fn get(&self, connection: u64) -> Option<&Member<M>> {
        self.members.get(&connection)
    }

    /// The member at a place from 0 to [`Roster::sessions`].
    pub(crate) fn at(&self, place: usize) -> Option<(u64, &Member<M>)> {
        self.members.get_index(place).map(|(connection, member)| (*connection, member))
    }

    /// How many sessions are here.
    pub(crate) fn sessions(&self) -> usize {
        self.members.len()
    }

    /// How many people are here.
    pub(crate) fn people(&self) -> usize {
        self.people.len()
    }

    pub(crate) fn has_changed(&self) -> bool {
        !self.changes.is_empty()
    }

    /// The count and a sample; everybody, where they are few.
    pub(crate) fn sample(&self) -> MemberSample {
        let most = if self.is_listed() { self.people() } else { SAMPLE_MAX };
        let mut sample: Vec<User> = Vec::with_capacity(most);
        for member in self.members.values() {
            if sample.len() == most {
                break;
            }
            let is_alone = self.people.get(&member.user.id) == Some(&1);
            if is_alone || !sample.iter().any(|user| user.id == member.user.id) {
                sample.push(member.user.clone());
            }
        }
        MemberSample { version: self.version, count: self.people() as u64, sample }
    }

    /// The event that tells what has changed since the last one.
    pub(crate) fn take_changes(&mut self, room: &str) -> MembersChanged {
        self.version += 1;
        let changes = std::mem::take(&mut self.changes);
        let (joined, left) = if self.is_listed() && changes.len() <= self.listed_max {
            let left = changes.iter().filter(|(_, user)| user.is_none()).map(|(id, _)| *id);
            (Some(changes.values().flatten().cloned().collect()), Some(left.collect()))
        } else {
            (None, None)
        };
        MembersChanged {
            room: room.to_owned(),
            version: self.version,
            count: self.people() as u64,
            joined,
            left,
        }
    }

    fn is_listed(&self) -> bool {
        self.people() <= self.listed_max
    }
}

#[cfg(test)]
mod tests {
    use throng_protocol::{PersonId, User};

    use super::{Roster, SAMPLE_MAX, Visit};

    fn user(number: u64) -> User {
        User { id: PersonId::from_parts(number, 0), nick: format!("nick-{number}") }
    }

    fn visit(connection: u64, join: u64) -> Visit {
        Visit { connection, join }
    }

    fn roster(people: u64, listed_max: usize) -> Roster<()> {
        let mut roster = Roster::new(listed_max);
        for number in 1..=people {
            roster.join(visit(number, 1), (), user(number));
        }
        roster
    }

    #[test]
    fn a_person_with_two_sessions_is_one_member() {
        let mut roster = roster(1, 10);
        roster.join(visit(100, 1), (), user(1));
        roster.take_changes("lobby");
        assert_eq!((roster.sessions(), roster.people(), roster.sample().count), (2, 1, 1));
        assert_eq!(roster.sample().sample, [user(1)]);
        roster.leave(visit(1, 1));
        assert!(!roster.has_changed(), "the person is still there");
        roster.leave(visit(100, 1));
        assert_eq!(roster.people(), 0);
        assert_eq!(roster.take_changes("lobby").left, Some(vec![user(1).id]));
    }

    #[test]
    fn a_join_makes_nobody_live() {
        let mut roster = roster(1, 10);
        roster.get_mut(1).expect("a member").is_live = true;
        assert!(roster.join(visit(1, 2), (), user(1)));
        let member = roster.get(1).expect("a member");
        assert_eq!((member.is_live, member.join), (false, 2));
        assert_eq!((roster.sessions(), roster.people()), (1, 1));
    }

    #[test]
    fn a_leave_that_overtakes_its_join_makes_it_void() {
        let mut roster = roster(1, 10);
        roster.leave(visit(1, 3));
        assert_eq!(roster.sessions(), 0, "the older join is over as well");
        assert!(!roster.join(visit(1, 2), (), user(1)));
        assert!(!roster.join(visit(1, 3), (), user(1)));
        assert!(roster.join(visit(1, 4), (), user(1)), "a later join counts");
        roster.leave(visit(1, 4));
        assert_eq!((roster.sessions(), roster.gone.len()), (0, 0));
    }

    #[test]
    fn a_new_nick_is_told_to_all_once() {
        let mut roster = roster(2, 10);
        roster.join(visit(100, 1), (), user(1));
        roster.take_changes("lobby");
        roster.rename(user(1).id, "ana");
        let changes = roster.take_changes("lobby");
        assert_eq!(changes.joined, Some(vec![User { nick: "ana".to_owned(), ..user(1) }]));
        roster.rename(user(1).id, "ana");
        assert!(!roster.has_changed());
        assert!([1, 100].iter().all(|it| roster.get(*it).expect("here").user.nick == "ana"));
    }

    #[test]
    fn versions_count_what_was_told() {
        let mut roster = roster(1, 10);
        assert_eq!(roster.sample().version, 0);
        assert_eq!(roster.take_changes("lobby").version, 1);
        assert_eq!(roster.sample().version, 1);
        assert_eq!(roster.take_changes("lobby").version, 2);
    }

    #[test]
    fn a_crowd_is_a_count_and_a_sample() {
        let mut crowd = roster(50, 49);
        let sample = crowd.sample();
        assert_eq!((sample.count, sample.sample.len()), (50, SAMPLE_MAX));
        let changes = crowd.take_changes("lobby");
        assert_eq!((changes.count, changes.joined, changes.left), (50, None, None));
        let mut few = roster(49, 49);
        assert_eq!(few.sample().sample.len(), 49);
        assert_eq!(few.take_changes("lobby").joined.map(|joined| joined.len()), Some(49));
    }
}
