//! Who keeps whom away, in memory, for every direct message and every invitation. The directory has it on disk.

use std::collections::BTreeMap;

use dashmap::DashMap;
use throng_log::KeptAway;
use throng_protocol::{Distance, PersonId};

/// All distances.
#[derive(Default)]
pub(crate) struct Distances {
    /// For each person those whom they keep away, with what these were called.
    by_person: DashMap<PersonId, BTreeMap<PersonId, (Box<str>, Distance)>>,
    /// Held while a distance is stored and put in force.
    pub(crate) order: async_lock::Mutex<()>,
}

impl Distances {
    /// Those of the directory.
    pub(crate) fn load(stored: Vec<KeptAway>) -> Self {
        let distances = Self::default();
        for it in stored {
            distances.put(&it);
        }
        distances
    }

    /// Keeps somebody away, or no more.
    pub(crate) fn put(&self, it: &KeptAway) {
        let mut own = self.by_person.entry(it.person).or_default();
        match it.distance {
            Distance::None => drop(own.remove(&it.other)),
            distance => drop(own.insert(it.other, (it.nick.clone(), distance))),
        }
        drop(own);
        self.by_person.remove_if(&it.person, |_, own| own.is_empty());
    }

    /// Forgets whom somebody keeps away.
    pub(crate) fn clear_person(&self, person: PersonId) {
        self.by_person.remove(&person);
    }

    /// Whether somebody may neither write to somebody directly nor invite them.
    pub(crate) fn is_blocked(&self, by: PersonId, other: PersonId) -> bool {
        let own = self.by_person.get(&by);
        own.is_some_and(|own| own.get(&other).is_some_and(|(_, it)| *it == Distance::Block))
    }

    /// Whom somebody keeps away, in the order of their ids.
    pub(crate) fn of(&self, person: PersonId) -> Vec<KeptAway> {
        let Some(own) = self.by_person.get(&person) else { return Vec::new() };
        let kept = |(other, (nick, distance)): (&PersonId, &(Box<str>, Distance))| KeptAway {
            person,
            other: *other,
            nick: nick.clone(),
            distance: *distance,
        };
        own.iter().map(kept).collect()
    }
}

#[cfg(test)]
mod tests {
    use throng_log::KeptAway;
    use throng_protocol::{Distance, PersonId};

    use super::Distances;

    #[test]
    fn a_distance_holds_in_one_direction_until_it_is_taken_back() {
        let (ana, eve) = (PersonId::from_parts(1, 0), PersonId::from_parts(2, 0));
        let it = |distance| KeptAway { person: ana, other: eve, nick: "eve".into(), distance };
        let all = Distances::load(vec![it(Distance::Ignore)]);
        assert!(!all.is_blocked(ana, eve));
        all.put(&it(Distance::Block));
        assert!(all.is_blocked(ana, eve) && !all.is_blocked(eve, ana));
        assert_eq!(all.of(ana), [it(Distance::Block)]);
        all.put(&it(Distance::None));
        assert!(!all.is_blocked(ana, eve) && all.by_person.is_empty());
        all.put(&it(Distance::Block));
        all.clear_person(ana);
        assert!(!all.is_blocked(ana, eve) && all.by_person.is_empty());
    }
}
