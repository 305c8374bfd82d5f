//! The roster: who is in a room, as sessions and as people.
//!
//! A person with two browsers counts as one member and is two sessions of the fan-out. Changes gather until
//! the room sends them in one event.

use std::collections::HashMap;

use indexmap::IndexMap;
use throng_protocol::{MemberSample, MembersChanged, Nick, PersonId, Presence, RoomId, User};

/// The size of a sample if there are too many people for a list.
const SAMPLE_MAX: usize = 20;

/// The members of one room. `M` is the way to a member's outbox.
pub struct Roster<M> {
    /// By the connection's number. The order has no meaning; the last session takes the place of one that
    /// leaves.
    members: IndexMap<u64, Member<M>>,
    people: HashMap<PersonId, Here>,
    /// How many of the people are away.
    away: u64,
    /// How many of them do not want to be disturbed.
    dnd: u64,
    /// Sessions that have left before their join arrived.
    gone: HashMap<u64, u64>,
    version: u64,
    changes: HashMap<PersonId, Option<User>>,
    /// Up to this many people, `members` lists who came and left.
    listed_max: usize,
}

/// A person as the room sees them.
#[derive(Clone, Copy)]
struct Here {
    /// How many sessions they have here.
    sessions: u32,
    presence: Presence,
}

/// A session as its room sees it.
pub struct Member<M> {
    /// The way to its outbox.
    pub outbox: M,
    /// Whose it is. How they are there is known of the person, not of each session.
    pub user: User,
    /// Whether it gets events as they come; otherwise it reads pages, and joins again.
    pub is_live: bool,
    /// The number of its last join: a page that was read for an older one is void.
    pub join: u64,
}

/// One join of a session. A leave names the join that it ends, since it needs no place in the inbox and may
/// overtake the join there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JoinId {
    /// The connection's number.
    pub connection: u64,
    /// The session numbers its joins upwards.
    pub join: u64,
}

impl<M> Roster<M> {
    pub(crate) fn new(listed_max: usize) -> Self {
        Self {
            members: IndexMap::new(),
            people: HashMap::new(),
            away: 0,
            dnd: 0,
            gone: HashMap::new(),
            version: 0,
            changes: HashMap::new(),
            listed_max,
        }
    }

    /// Adds a session, or finds it again; it is not live yet. Returns whether it is here: it may already have
    /// left.
    pub(crate) fn join(&mut self, join_id: JoinId, outbox: M, user: User) -> bool {
        let JoinId { connection, join } = join_id;
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
            self.set_presence(connection, user.presence);
            return true;
        }
        let (person, presence) = (user.id, user.presence);
        let new = Here { sessions: 0, presence };
        let here = self.people.entry(person).or_insert(new);
        here.sessions += 1;
        if here.sessions == 1 {
            self.changes.insert(person, Some(user.clone()));
            self.count(presence, 1);
        }
        self.members.insert(connection, Member { outbox, user, is_live: false, join });
        self.set_presence(connection, presence);
        true
    }

    /// The person of a session is there otherwise than before. In a room of thousands this is called thousands of times
    /// a second when a crowd goes to lunch, so it looks at nobody else.
    pub(crate) fn set_presence(&mut self, connection: u64, presence: Presence) {
        let Some(Member { user, .. }) = self.members.get(&connection) else { return };
        let Some(here) = self.people.get_mut(&user.id) else { return };
        if here.presence == presence {
            return;
        }
        let before = std::mem::replace(&mut here.presence, presence);
        self.changes.insert(user.id, Some(User { presence, ..user.clone() }));
        self.count(before, -1);
        self.count(presence, 1);
    }

    fn count(&mut self, presence: Presence, change: i64) {
        let counted = match presence {
            Presence::Away => &mut self.away,
            Presence::Dnd => &mut self.dnd,
            Presence::Online | Presence::Offline => return,
        };
        *counted = counted.saturating_add_signed(change);
    }

    /// A person as they are shown.
    fn shown(&self, user: &User) -> User {
        let presence = self.people.get(&user.id).map_or(Presence::Online, |here| here.presence);
        User { presence, ..user.clone() }
    }

    /// Removes a session, even if its last join has yet to come.
    pub(crate) fn leave(&mut self, join_id: JoinId) {
        let member = self.members.swap_remove(&join_id.connection);
        if member.as_ref().is_none_or(|member| member.join < join_id.join) {
            self.gone.insert(join_id.connection, join_id.join);
        }
        let Some(member) = member else { return };
        let person = member.user.id;
        if let Some(here) = self.people.get_mut(&person) {
            here.sessions -= 1;
            if here.sessions == 0 {
                let presence = here.presence;
                self.people.remove(&person);
                self.count(presence, -1);
                self.changes.insert(person, None);
            }
        }
    }

    /// Takes every session of these people out.
    pub(crate) fn remove_where(&mut self, is_meant: impl Fn(PersonId) -> bool) -> Vec<(JoinId, M)>
    where
        M: Clone,
    {
        let sessions = self.members.iter().filter(|(_, member)| is_meant(member.user.id));
        let sessions: Vec<_> = sessions
            .map(|(connection, member)| {
                let join_id = JoinId { connection: *connection, join: member.join };
                (join_id, member.outbox.clone())
            })
            .collect();
        for (join_id, _) in &sessions {
            self.leave(*join_id);
        }
        sessions
    }

    /// Gives a person's sessions here another nick.
    pub(crate) fn rename(&mut self, person: PersonId, nick: &str) {
        let mut renamed = None;
        for member in self.members.values_mut().filter(|member| member.user.id == person) {
            if member.user.nick != nick {
                nick.clone_into(&mut member.user.nick);
                renamed = Some(member.user.clone());
            }
        }
        if let Some(user) = renamed {
            self.changes.insert(person, Some(self.shown(&user)));
        }
    }

    pub(crate) fn get_mut(&mut self, connection: u64) -> Option<&mut Member<M>> {
        self.members.get_mut(&connection)
    }

    /// The member with this connection.
    pub fn get(&self, connection: u64) -> Option<&Member<M>> {
        self.members.get(&connection)
    }

    /// The member at a place from 0 to [`Roster::sessions`].
    pub fn at(&self, place: usize) -> Option<(u64, &Member<M>)> {
        self.members.get_index(place).map(|(connection, member)| (*connection, member))
    }

    /// How many sessions are here.
    pub fn sessions(&self) -> usize {
        self.members.len()
    }

    /// How many people are here.
    pub fn people(&self) -> usize {
        self.people.len()
    }

    pub(crate) fn has_changed(&self) -> bool {
        !self.changes.is_empty()
    }

    /// The count and a sample; everybody, where they are few.
    pub(crate) fn sample(&self) -> MemberSample {
        self.sample_within(usize::MAX)
    }

    /// The sample, cut to `bytes` on the wire.
    pub(crate) fn sample_within(&self, mut bytes: usize) -> MemberSample {
        let most = if self.is_listed() { self.people() } else { SAMPLE_MAX };
        let mut sample: Vec<User> = Vec::with_capacity(most);
        for member in self.members.values() {
            if sample.len() == most {
                break;
            }
            let here = self.people.get(&member.user.id);
            let is_alone = here.is_some_and(|here| here.sessions == 1);
            if is_alone || !sample.iter().any(|user| user.id == member.user.id) {
                let user = self.shown(&member.user);
                let Some(left) = bytes.checked_sub(user_bytes(&user)) else { break };
                sample.push(user);
                bytes = left;
            }
        }
        let (version, count) = (self.version, self.people() as u64);
        MemberSample { version, count, away: self.away, dnd: self.dnd, sample }
    }

    /// The most bytes that [`Roster::sample`] may take on the wire, counted without making one.
    pub(crate) fn sample_bytes_max(&self) -> usize {
        match self.is_listed() {
            true => self.members.values().map(|it| user_bytes(&self.shown(&it.user))).sum(),
            false => SAMPLE_MAX * USER_BYTES_MAX,
        }
    }

    /// The event with all changes since the last one.
    pub(crate) fn take_changes(&mut self, room: RoomId) -> MembersChanged {
        self.version += 1;
        let changes = std::mem::take(&mut self.changes);
        let (joined, left) = if self.is_listed() && changes.len() <= self.listed_max {
            let left = changes.iter().filter(|(_, user)| user.is_none()).map(|(id, _)| *id);
            (Some(changes.values().flatten().cloned().collect()), Some(left.collect()))
        } else {
            (None, None)
        };
        let (version, count) = (self.version, self.people() as u64);
        MembersChanged { room, version, count, away: self.away, dnd: self.dnd, joined, left }
    }

    fn is_listed(&self) -> bool {
        self.people() <= self.listed_max
    }
}

/// The bytes of a user in a list on the wire: `{"id":"","nick":""},` and its content. An id has 26
/// characters, and JSON escapes no character of a nick.
fn user_bytes(user: &User) -> usize {
    let presence = if user.presence.is_online() { 0 } else { presence_bytes(user.presence) };
    46 + user.nick.len() + if user.bot { BOT_BYTES } else { 0 } + presence
}

/// The bytes that say how somebody is there.
const fn presence_bytes(presence: Presence) -> usize {
    r#","presence":"""#.len() + presence.name().len()
}

/// What says that somebody is a bot.
const BOT_BYTES: usize = ",\"bot\":true".len();

/// The most that a user takes: a bot that is away, and characters of four bytes.
const USER_BYTES_MAX: usize = 46 + BOT_BYTES + presence_bytes(Presence::Away) + 4 * Nick::CHARS_MAX;

#[cfg(test)]
mod tests {
    use throng_protocol::{PersonId, Presence, User};

    use super::{JoinId, Roster, SAMPLE_MAX};
    use crate::recent::plain_entries::room_id;

    #[test]
    fn the_bytes_of_a_user_are_those_on_the_wire() {
        let presences = [Presence::Online, Presence::Away, Presence::Dnd];
        for (bot, presence) in [false, true].into_iter().flat_map(|it| presences.map(|to| (it, to)))
        {
            let user = User { bot, presence, ..user(7) };
            let json = serde_json::to_string(&user).expect("JSON");
            assert_eq!(super::user_bytes(&user), json.len() + 1, "{json} and a comma");
        }
    }

    fn user(number: u64) -> User {
        User::new(PersonId::from_parts(number, 0), format!("nick-{number}"))
    }

    fn join_id(connection: u64, join: u64) -> JoinId {
        JoinId { connection, join }
    }

    fn roster(people: u64, listed_max: usize) -> Roster<()> {
        let mut roster = Roster::new(listed_max);
        for number in 1..=people {
            roster.join(join_id(number, 1), (), user(number));
        }
        roster
    }

    #[test]
    fn a_person_with_two_sessions_is_one_member() {
        let mut roster = roster(1, 10);
        roster.join(join_id(100, 1), (), user(1));
        roster.take_changes(room_id());
        assert_eq!((roster.sessions(), roster.people(), roster.sample().count), (2, 1, 1));
        assert_eq!(roster.sample().sample, [user(1)]);
        roster.leave(join_id(1, 1));
        assert!(!roster.has_changed(), "the person is still there");
        roster.leave(join_id(100, 1));
        assert_eq!(roster.people(), 0);
        assert_eq!(roster.take_changes(room_id()).left, Some(vec![user(1).id]));
    }

    #[test]
    fn a_join_makes_nobody_live() {
        let mut roster = roster(1, 10);
        roster.get_mut(1).expect("a member").is_live = true;
        assert!(roster.join(join_id(1, 2), (), user(1)));
        let member = roster.get(1).expect("a member");
        assert_eq!((member.is_live, member.join), (false, 2));
        assert_eq!((roster.sessions(), roster.people()), (1, 1));
    }

    #[test]
    fn a_leave_that_overtakes_its_join_makes_it_void() {
        let mut roster = roster(1, 10);
        roster.leave(join_id(1, 3));
        assert_eq!(roster.sessions(), 0, "the older join is over as well");
        assert!(!roster.join(join_id(1, 2), (), user(1)));
        assert!(!roster.join(join_id(1, 3), (), user(1)));
        assert!(roster.join(join_id(1, 4), (), user(1)), "a later join counts");
        roster.leave(join_id(1, 4));
        assert_eq!((roster.sessions(), roster.gone.len()), (0, 0));
    }

    #[test]
    fn a_new_nick_is_told_to_all_once() {
        let mut roster = roster(2, 10);
        roster.join(join_id(100, 1), (), user(1));
        roster.take_changes(room_id());
        roster.rename(user(1).id, "ana");
        let changes = roster.take_changes(room_id());
        assert_eq!(changes.joined, Some(vec![User { nick: "ana".to_owned(), ..user(1) }]));
        roster.rename(user(1).id, "ana");
        assert!(!roster.has_changed());
        assert!([1, 100].iter().all(|it| roster.get(*it).expect("here").user.nick == "ana"));
    }

    #[test]
    fn who_is_away_is_counted_as_a_person_and_told_once() {
        let mut roster = roster(2, 10);
        roster.join(join_id(100, 1), (), user(1));
        roster.take_changes(room_id());
        for connection in [1, 100, 1] {
            roster.set_presence(connection, Presence::Away);
        }
        roster.set_presence(77, Presence::Dnd);
        let changes = roster.take_changes(room_id());
        let away = User { presence: Presence::Away, ..user(1) };
        assert_eq!((changes.away, changes.dnd, changes.joined), (1, 0, Some(vec![away.clone()])));
        roster.set_presence(100, Presence::Away);
        assert!(!roster.has_changed(), "nothing is new");
        roster.rename(user(1).id, "ana");
        let renamed = User { nick: "ana".to_owned(), ..away };
        assert_eq!(roster.sample().sample, [renamed, user(2)]);
        roster.leave(join_id(1, 1));
        assert_eq!(roster.sample().away, 1, "another session of theirs is here");
        roster.leave(join_id(100, 1));
        assert_eq!((roster.sample().away, roster.sample().count), (0, 1));
        let back = User { presence: Presence::Dnd, ..user(1) };
        roster.join(join_id(1, 2), (), back.clone());
        assert_eq!((roster.sample().dnd, roster.sample().sample), (1, vec![user(2), back]));
    }

    #[test]
    fn of_a_crowd_only_the_counts_say_who_is_away() {
        let mut crowd = roster(50, 49);
        crowd.take_changes(room_id());
        for connection in 1..=30 {
            crowd.set_presence(connection, Presence::Away);
        }
        let changes = crowd.take_changes(room_id());
        assert_eq!((changes.count, changes.away, changes.joined), (50, 30, None));
        let bytes = serde_json::to_string(&crowd.sample().sample).expect("JSON").len();
        assert!(bytes <= crowd.sample_bytes_max());
    }

    #[test]
    fn versions_count_what_was_told() {
        let mut roster = roster(1, 10);
        assert_eq!(roster.sample().version, 0);
        assert_eq!(roster.take_changes(room_id()).version, 1);
        assert_eq!(roster.sample().version, 1);
        assert_eq!(roster.take_changes(room_id()).version, 2);
    }

    #[test]
    fn a_sample_keeps_within_the_bytes_that_there_are() {
        let roster = roster(30, 49);
        // A comma for each, and no brackets.
        let bytes_of = |sample: &[User]| serde_json::to_string(sample).expect("JSON").len() - 1;
        let all = bytes_of(&roster.sample().sample);
        assert_eq!(roster.sample_bytes_max(), all);
        for bytes in [0, 51, 52, 53, 1_000, all - 1, all] {
            let some = roster.sample_within(bytes);
            assert_eq!(some.count, 30);
            assert!(some.sample.is_empty() || bytes_of(&some.sample) <= bytes, "{bytes}");
            assert_eq!(some.sample.len() == 30, bytes == all, "{bytes}");
        }
    }

    #[test]
    fn a_crowd_is_a_count_and_a_sample() {
        let mut crowd = roster(50, 49);
        let sample = crowd.sample();
        assert_eq!((sample.count, sample.sample.len()), (50, SAMPLE_MAX));
        let changes = crowd.take_changes(room_id());
        assert_eq!((changes.count, changes.joined, changes.left), (50, None, None));
        let mut few = roster(49, 49);
        assert_eq!(few.sample().sample.len(), 49);
        assert_eq!(few.take_changes(room_id()).joined.map(|joined| joined.len()), Some(49));
    }
}
