//! Groups of people, in memory, for what rooms narrow to them.
//!
//! The directory has them on disk. Who is in one has an account; a bot counts as its owner. What is stored and put in
//! force together is ordered by the lock of the seats, since groups decide who may be in which room.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use parking_lot::RwLock;
use throng_log::{Group, GroupId};
use throng_protocol::{ErrorCode, Fold, GroupName, PersonId, Refusal};

/// All groups.
#[derive(Default)]
pub(crate) struct Groups(RwLock<Inner>);

#[derive(Default)]
struct Inner {
    by_name: BTreeMap<Fold, GroupId>,
    by_id: HashMap<GroupId, Members>,
    of_person: HashMap<PersonId, BTreeSet<GroupId>>,
    /// The highest number that a group had since the start.
    last: GroupId,
}

struct Members {
    name: GroupName,
    people: BTreeSet<PersonId>,
}

impl Groups {
    /// Those of the directory.
    pub(crate) fn load(stored: Vec<Group>, members: Vec<(GroupId, PersonId)>) -> Self {
        let groups = Self::default();
        for group in stored {
            groups.put(&group);
        }
        for (group, person) in members {
            groups.assign(group, person);
        }
        groups
    }

    /// A new group with this name, which is not there before it is [`put`](Self::put).
    pub(crate) fn number(&self, name: GroupName) -> Group {
        let mut inner = self.0.write();
        inner.last += 1;
        Group { id: inner.last, name }
    }

    /// Adds a group, or gives one another name.
    ///
    /// Of two groups whose names became the same by another version of Unicode, the older one is found by it.
    pub(crate) fn put(&self, group: &Group) {
        let mut inner = self.0.write();
        inner.last = inner.last.max(group.id);
        inner.by_name.retain(|_, id| *id != group.id);
        inner.by_name.entry(group.name.fold()).or_insert(group.id);
        let members = inner
            .by_id
            .entry(group.id)
            .or_insert_with(|| Members { name: group.name.clone(), people: BTreeSet::new() });
        members.name = group.name.clone();
    }

    /// Removes a group.
    pub(crate) fn remove(&self, group: GroupId) {
        let mut inner = self.0.write();
        inner.by_name.retain(|_, id| *id != group);
        let people = inner.by_id.remove(&group).map(|it| it.people).unwrap_or_default();
        for person in people {
            inner.forget(group, person);
        }
    }

    /// Puts somebody into a group.
    pub(crate) fn assign(&self, group: GroupId, person: PersonId) {
        let mut inner = self.0.write();
        if let Some(members) = inner.by_id.get_mut(&group) {
            members.people.insert(person);
            inner.of_person.entry(person).or_default().insert(group);
        }
    }

    /// Takes somebody out of a group.
    pub(crate) fn dismiss(&self, group: GroupId, person: PersonId) {
        let mut inner = self.0.write();
        if let Some(members) = inner.by_id.get_mut(&group) {
            members.people.remove(&person);
        }
        inner.forget(group, person);
    }

    /// Takes somebody out of every group.
    pub(crate) fn clear_person(&self, person: PersonId) {
        for group in self.of(person) {
            self.dismiss(group, person);
        }
    }

    /// Whether somebody is in one of these groups.
    pub(crate) fn has_any(&self, groups: &[GroupId], person: PersonId) -> bool {
        if groups.is_empty() {
            return false;
        }
        let inner = self.0.read();
        let own = inner.of_person.get(&person);
        own.is_some_and(|own| groups.iter().any(|group| own.contains(group)))
    }

    /// The group with this name.
    pub(crate) fn named(&self, fold: &Fold) -> Option<Group> {
        let inner = self.0.read();
        let id = *inner.by_name.get(fold)?;
        inner.by_id.get(&id).map(|it| Group { id, name: it.name.clone() })
    }

    /// The group that a command names.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) fn find(&self, name: &str) -> Result<Group, Refusal> {
        let found = GroupName::parse(name).ok().and_then(|name| self.named(&name.fold()));
        found.ok_or_else(|| no_such_group(name))
    }

    /// What groups are called, in the order of their names. One that was deleted is left out.
    pub(crate) fn names(&self, groups: &[GroupId]) -> Vec<String> {
        if groups.is_empty() {
            return Vec::new();
        }
        let inner = self.0.read();
        let found = groups.iter().filter_map(|group| inner.by_id.get(group));
        let mut names: Vec<_> = found.map(|it| it.name.as_str().to_owned()).collect();
        names.sort_unstable();
        names
    }

    /// The groups that somebody is in.
    pub(crate) fn of(&self, person: PersonId) -> Vec<GroupId> {
        let own = self.0.read();
        own.of_person.get(&person).map(|own| own.iter().copied().collect()).unwrap_or_default()
    }

    /// How many groups there are.
    pub(crate) fn count(&self) -> usize {
        self.0.read().by_id.len()
    }

    /// How many people are in a group.
    pub(crate) fn people_in(&self, group: GroupId) -> usize {
        self.0.read().by_id.get(&group).map_or(0, |it| it.people.len())
    }

    /// Groups after a name, in the order of their folded names, with how many people are in each. With a person, only
    /// those that they are in.
    pub(crate) fn page(
        &self,
        person: Option<PersonId>,
        after: Option<&Fold>,
        limit: usize,
    ) -> Vec<(GroupName, usize)> {
        let inner = self.0.read();
        let own = person.map(|person| inner.of_person.get(&person));
        let is_asked = |id: &GroupId| own.is_none_or(|own| own.is_some_and(|own| own.contains(id)));
        let after = after.map_or(std::ops::Bound::Unbounded, std::ops::Bound::Excluded);
        let rest = inner.by_name.range::<Fold, _>((after, std::ops::Bound::Unbounded));
        rest.map(|(_, id)| id)
            .filter(|id| is_asked(id))
            .filter_map(|id| inner.by_id.get(id))
            .take(limit)
            .map(|it| (it.name.clone(), it.people.len()))
            .collect()
    }
}

impl Inner {
    fn forget(&mut self, group: GroupId, person: PersonId) {
        if let Some(own) = self.of_person.get_mut(&person) {
            own.remove(&group);
            if own.is_empty() {
                self.of_person.remove(&person);
            }
        }
    }
}

/// The refusal where there is no group with a name: also where somebody may not name the one that there is.
pub(crate) fn no_such_group(name: &str) -> Refusal {
    let shown: String = name.chars().take(GroupName::CHARS_MAX).collect();
    let message =
        format!("there is no group {shown:?}, or none for you: administrators name every group");
    Refusal::new(ErrorCode::NoSuchGroup, message)
}

#[cfg(test)]
mod tests {
    use throng_log::Group;
    use throng_protocol::{GroupName, PersonId};

    use super::Groups;

    fn name(name: &str) -> GroupName {
        GroupName::parse(name).expect("a name")
    }

    fn person(number: u64) -> PersonId {
        PersonId::from_parts(number, 0)
    }

    #[test]
    fn a_group_is_found_by_its_name_and_by_its_people_until_it_is_removed() {
        let staff = Group { id: 4, name: name("Staff") };
        let groups = Groups::load(vec![staff.clone()], vec![(4, person(1)), (9, person(1))]);
        assert_eq!(groups.named(&name("staff").fold()), Some(staff));
        assert_eq!((groups.of(person(1)), groups.people_in(4)), (vec![4], 1));
        assert!(groups.has_any(&[3, 4], person(1)) && !groups.has_any(&[4], person(2)));
        assert!(!groups.has_any(&[], person(1)));
        let crew = groups.number(name("crew"));
        assert_eq!(crew.id, 5, "no number of a group that there was");
        groups.put(&crew);
        groups.assign(5, person(1));
        groups.put(&Group { id: 4, name: name("guards") });
        assert_eq!(groups.names(&[5, 4, 9]), ["crew", "guards"]);
        assert!(groups.named(&name("staff").fold()).is_none());
        groups.remove(5);
        assert_eq!(groups.number(name("crew")).id, 6);
        assert_eq!((groups.of(person(1)), groups.count()), (vec![4], 1));
        groups.clear_person(person(1));
        assert_eq!(groups.people_in(4), 0);
        assert!(groups.0.read().of_person.is_empty());
    }

    #[test]
    fn a_page_begins_after_a_name_and_shows_what_somebody_is_in() {
        let all = ["a", "b", "c", "d"].into_iter().zip(1..);
        let stored = all.map(|(it, id)| Group { id, name: name(it) }).collect();
        let groups = Groups::load(stored, vec![(1, person(1)), (3, person(1)), (3, person(2))]);
        let page = |person, after: Option<&str>, limit| {
            let after = after.map(|it| name(it).fold());
            let page = groups.page(person, after.as_ref(), limit);
            page.iter().map(|(it, count)| format!("{it}{count}")).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(page(None, None, 3), "a1 b0 c2");
        assert_eq!(page(None, Some("c"), 3), "d0");
        assert_eq!(page(Some(person(1)), None, 9), "a1 c2");
        assert_eq!(page(Some(person(2)), Some("a"), 9), "c2");
        assert_eq!(page(Some(person(3)), None, 9), "");
    }
}
