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
    /// Counts all joins, so that no join of a session that left and came back has the number of
    /// an older one.
    joins: u64,
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

impl<M> Roster<M> {
    pub(crate) fn new(listed_max: usize) -> Self {
        Self {
            members: IndexMap::new(),
            people: HashMap::new(),
            joins: 0,
            version: 0,
            changes: HashMap::new(),
            listed_max,
        }
    }

    /// Adds a session, or finds it again, and numbers its join. It is not live yet.
    pub(crate) fn join(&mut self, connection: u64, outbox: M, user: User) -> u64 {
        self.joins += 1;
        let join = self.joins;
        if let Some(member) = self.members.get_mut(&connection) {
            member.is_live = false;
            member.join = join;
            return join;
        }
        let sessions = self.people.entry(user.id).or_insert(0);
        *sessions += 1;
        if *sessions == 1 {
            self.changes.insert(user.id, Some(user.clone()));
        }
        self.members.insert(connection, Member { outbox, user, is_live: false, join });
        join
    }

    pub(crate) fn leave(&mut self, connection: u64) -> bool {
        let Some(member) = self.members.swap_remove(&connection) else { return false };
        let person = member.user.id;
        if let Some(sessions) = self.people.get_mut(&person) {
            *sessions -= 1;
            if *sessions == 0 {
                self.people.remove(&person);
                self.changes.insert(person, None);
            }
        }
        true
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
