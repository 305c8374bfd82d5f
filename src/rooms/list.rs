//! The list of rooms: those with an entry in the log, and those with members. Found by name, for people, and
//! by id.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use throng_log::NamedRoom;
use throng_protocol::{Fold, RoomId, RoomListing, RoomsPage};

/// How many names one request examines, under the lock that joins of new rooms wait for. If it finds few
/// matches in them, its answer says where to continue.
const LOOKED_AT_MAX: usize = 5_000;

/// All rooms that can be listed.
#[derive(Default)]
pub(super) struct RoomList {
    by_name: BTreeMap<Fold, Listed>,
    names: HashMap<RoomId, Fold>,
}

/// A room in the list.
pub(super) struct Listed {
    pub(super) room: NamedRoom,
    /// How many people are there; the room's task updates it.
    pub(super) people: Arc<AtomicUsize>,
}

impl Listed {
    /// The room as the list shows it.
    pub(super) fn listing(&self) -> RoomListing {
        RoomListing {
            id: self.room.id,
            name: self.room.name.as_str().to_owned(),
            members: self.people.load(Ordering::Relaxed) as u64,
        }
    }
}

impl RoomList {
    /// How many rooms there are.
    pub(super) fn len(&self) -> usize {
        self.by_name.len()
    }

    /// The room with this name.
    pub(super) fn named(&self, fold: &Fold) -> Option<&Listed> {
        self.by_name.get(fold)
    }

    /// The room with this id.
    pub(super) fn get(&self, id: RoomId) -> Option<&Listed> {
        self.by_name.get(self.names.get(&id)?)
    }

    pub(super) fn insert(&mut self, room: NamedRoom) {
        let fold = room.name.fold();
        self.names.insert(room.id, fold.clone());
        self.by_name.insert(fold, Listed { room, people: Arc::default() });
    }

    pub(super) fn remove(&mut self, fold: &Fold) {
        if let Some(removed) = self.by_name.remove(fold) {
            self.names.remove(&removed.room.id);
        }
    }

    /// The rooms after a name whose names contain `part`.
    pub(super) fn page(
        &self,
        after: Option<&Fold>,
        part: Option<&Fold>,
        limit: usize,
    ) -> RoomsPage {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let mut rest = self.by_name.range::<Fold, _>((from, Bound::Unbounded));
        let mut rooms = Vec::new();
        let mut last = None;
        for (fold, room) in rest.by_ref().take(LOOKED_AT_MAX) {
            last = Some(&room.room.name);
            if part.is_none_or(|part| fold.contains(part)) {
                rooms.push(room.listing());
            }
            if rooms.len() >= limit {
                break;
            }
        }
        let more = rest.next().is_some();
        let after = last.filter(|_| more).map(|name| name.as_str().to_owned());
        RoomsPage { rooms, more, after }
    }
}

#[cfg(test)]
mod tests {
    use throng_log::NamedRoom;
    use throng_protocol::{RoomId, RoomName, RoomsPage};

    use super::{LOOKED_AT_MAX, RoomList};

    /// Rooms `room-000000` and so on; every thousandth ends with `-rare`.
    fn rooms(count: usize) -> RoomList {
        listed((0..count).map(|n| match n % 1_000 {
            999 => format!("room-{n:06}-rare"),
            _ => format!("room-{n:06}"),
        }))
    }

    fn listed(names: impl Iterator<Item = String>) -> RoomList {
        let mut list = RoomList::default();
        for (name, number) in names.zip(0..) {
            let name = RoomName::parse(&name).expect("a name");
            list.insert(NamedRoom { id: RoomId::from_parts(1, number), name });
        }
        list
    }

    /// All pages, as a client requests them.
    fn pages(listed: &RoomList, part: &str) -> Vec<RoomsPage> {
        let part = RoomName::part(part).expect("a part");
        let mut pages: Vec<RoomsPage> = Vec::new();
        loop {
            let after = pages.last().and_then(|page| page.after.as_deref());
            let after = after.map(|name| RoomName::parse(name).expect("a name").fold());
            pages.push(listed.page(after.as_ref(), Some(&part), 100));
            if !pages.last().is_some_and(|page| page.more) {
                return pages;
            }
        }
    }

    #[test]
    fn a_search_looks_at_a_limited_number_of_names_and_says_where_to_go_on() {
        let listed = rooms(100_000);
        for (part, found) in [("rare", 100), ("nowhere", 0), ("room-09999", 10)] {
            let pages = pages(&listed, part);
            let names = pages.iter().flat_map(|page| &page.rooms);
            let names: Vec<_> = names.map(|room| &room.name).collect();
            assert_eq!(names.len(), found, "{part}");
            assert!(names.is_sorted(), "{part}");
            assert!(pages.len() <= 100_000 / LOOKED_AT_MAX + 1, "{part}: {}", pages.len());
            assert!(pages.iter().all(|page| page.more == page.after.is_some()));
        }
        assert_eq!(pages(&listed, "nowhere").len(), 100_000 / LOOKED_AT_MAX);
    }

    #[test]
    fn digits_come_in_their_order_and_no_letter_is_found_in_another() {
        let names = ["modem", "team-9", "team-0", "team-2", "team-1", "radio", "corn", "team-a"];
        let listed = listed(names.into_iter().map(String::from));
        let found = |part| {
            let pages = pages(&listed, part);
            pages.into_iter().flat_map(|page| page.rooms).map(|room| room.name).collect::<Vec<_>>()
        };
        let teams = ["team-0", "team-1", "team-2", "team-9", "team-a"];
        assert_eq!(found("team"), teams);
        assert_eq!(found("r"), ["corn", "radio"]);
        assert_eq!(found("m"), [&["modem"], &teams[..]].concat());
        assert_eq!(found("1"), ["team-1"]);
    }

    #[test]
    fn where_to_go_on_may_have_gone() {
        let mut listed = rooms(10_000);
        let part = RoomName::part("rare").expect("a part");
        let first = listed.page(None, Some(&part), 2);
        let after = RoomName::parse(&first.after.expect("there are more")).expect("a name").fold();
        listed.remove(&after);
        let next = listed.page(Some(&after), Some(&part), 1);
        assert_eq!(next.rooms[0].name, "room-002999-rare");
    }
}
