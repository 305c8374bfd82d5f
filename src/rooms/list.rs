//! The list of rooms: those that everybody may know by name, and all by id. A public room is in it that has an entry
//! in the log, or members, or that somebody made. Private and direct rooms are found by id alone. Public rooms that only
//! some see have their names apart from the others, which take none from them.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use throng_log::RoomAttributes;
use throng_protocol::{Fold, RoomId, RoomListing, RoomsPage};

use super::handle::Shown;

/// How many names one request examines, under the lock that joins of new rooms wait for. If it finds few
/// matches in them, its answer says where to continue.
const LOOKED_AT_MAX: usize = 5_000;

/// All rooms.
#[derive(Default)]
pub(super) struct RoomList {
    by_name: BTreeMap<Fold, Listed>,
    names: HashMap<RoomId, Fold>,
    hidden: HashMap<RoomId, Listed>,
    /// The names of those that are public, and hidden from most.
    narrowed: BTreeMap<Fold, RoomId>,
}

/// A room in the list.
pub(super) struct Listed {
    pub(super) shown: Arc<Shown>,
    /// How many people are there; the room's task updates it.
    pub(super) people: Arc<AtomicUsize>,
    /// Whether somebody made or changed it: it stays without messages and members.
    is_kept: bool,
}

/// A public room has this name already.
#[derive(Debug)]
pub(super) struct NameTaken;

impl Listed {
    /// The room as the list shows it.
    pub(super) fn listing(&self) -> RoomListing {
        RoomListing {
            id: self.shown.attributes.id,
            name: self.shown.attributes.name.as_str().to_owned(),
            members: self.people.load(Ordering::Relaxed) as u64,
            order: self.shown.attributes.order,
        }
    }
}

impl RoomList {
    /// How many rooms there are that everybody may know.
    pub(super) fn len(&self) -> usize {
        self.by_name.len()
    }

    /// How many others there are.
    pub(super) fn hidden(&self) -> usize {
        self.hidden.len()
    }

    /// The private and direct rooms that are wanted, in the order of their ids, with how many people are there now.
    pub(super) fn closed_page(
        &self,
        is_wanted: impl Fn(&Shown, usize) -> bool,
        limit: usize,
    ) -> Vec<(Arc<Shown>, usize)> {
        let closed = self.hidden.values().filter(|it| it.shown.is_closed());
        let all = closed.map(|it| (&it.shown, it.people.load(Ordering::Relaxed)));
        let mut wanted: Vec<_> = all.filter(|(shown, people)| is_wanted(shown, *people)).collect();
        wanted.sort_unstable_by_key(|(shown, _)| shown.attributes.id);
        wanted.into_iter().take(limit).map(|(shown, people)| (Arc::clone(shown), people)).collect()
    }

    /// All rooms.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Arc<Shown>> {
        self.by_name.values().chain(self.hidden.values()).map(|listed| &listed.shown)
    }

    /// The public room with this name that only some see.
    pub(super) fn narrowed(&self, fold: &Fold) -> Option<&Listed> {
        self.hidden.get(self.narrowed.get(fold)?)
    }

    /// The room with this name that everybody may know.
    pub(super) fn named(&self, fold: &Fold) -> Option<&Listed> {
        self.by_name.get(fold)
    }

    /// The room with this id.
    pub(super) fn get(&self, id: RoomId) -> Option<&Listed> {
        match self.names.get(&id) {
            Some(fold) => self.by_name.get(fold),
            None => self.hidden.get(&id),
        }
    }

    /// Adds a room. `is_kept` where somebody made it.
    pub(super) fn insert(
        &mut self,
        attributes: RoomAttributes,
        is_kept: bool,
    ) -> Result<(), NameTaken> {
        let shown = Shown::new(attributes);
        self.place(Listed { shown, people: Arc::default(), is_kept })
    }

    /// Says something else of a room, which then is kept. Where its new name is taken, nothing changes.
    pub(super) fn change(&mut self, attributes: RoomAttributes) -> Result<(), NameTaken> {
        let shown = Shown::new(attributes);
        let id = shown.attributes.id;
        if self.same_name(&shown).is_some_and(|listed| listed.shown.attributes.id != id) {
            return Err(NameTaken);
        }
        let people = self.remove(id).map(|listed| listed.people).unwrap_or_default();
        self.place(Listed { shown, people, is_kept: true })
    }

    /// Removes a room.
    pub(super) fn remove(&mut self, id: RoomId) -> Option<Listed> {
        if let Some(fold) = self.names.remove(&id) {
            return self.by_name.remove(&fold);
        }
        let removed = self.hidden.remove(&id)?;
        if removed.shown.attributes.is_narrowed() {
            self.narrowed.remove(&removed.shown.fold);
        }
        Some(removed)
    }

    /// Removes a room unless somebody made it.
    pub(super) fn remove_unless_kept(&mut self, id: RoomId) {
        if self.get(id).is_some_and(|listed| !listed.is_kept) {
            self.remove(id);
        }
    }

    /// Whether a room goes when it has no messages and no members.
    pub(super) fn set_kept(&mut self, id: RoomId, is_kept: bool) {
        let listed = match self.names.get(&id) {
            Some(fold) => self.by_name.get_mut(fold),
            None => self.hidden.get_mut(&id),
        };
        if let Some(listed) = listed {
            listed.is_kept = is_kept;
        }
    }

    fn place(&mut self, listed: Listed) -> Result<(), NameTaken> {
        let (id, fold) = (listed.shown.attributes.id, listed.shown.fold.clone());
        if self.same_name(&listed.shown).is_some() {
            return Err(NameTaken);
        }
        let attributes = &listed.shown.attributes;
        match (attributes.is_hidden(), attributes.is_narrowed()) {
            (false, _) => {
                self.names.insert(id, fold.clone());
                self.by_name.insert(fold, listed);
                return Ok(());
            }
            (true, true) => drop(self.narrowed.insert(fold, id)),
            (true, false) => {}
        }
        self.hidden.insert(id, listed);
        Ok(())
    }

    /// The room that has the name of another one, of those whose names are unique together.
    fn same_name(&self, shown: &Shown) -> Option<&Listed> {
        match (shown.attributes.is_hidden(), shown.attributes.is_narrowed()) {
            (false, _) => self.named(&shown.fold),
            (true, true) => self.narrowed(&shown.fold),
            (true, false) => None,
        }
    }

    /// The rooms after a name, in the order of their folds: those that everybody may know, and those that `sees` lets
    /// through. Of two with the same name, the one that only some see comes first.
    fn after(
        &self,
        after: Option<&Fold>,
        sees: impl Fn(&RoomAttributes) -> bool,
    ) -> impl Iterator<Item = (&Fold, &Listed)> {
        let from = (after.map_or(Bound::Unbounded, Bound::Excluded), Bound::Unbounded);
        let narrowed = self.narrowed.range::<Fold, _>(from);
        let narrowed = narrowed.filter_map(|(fold, id)| Some((fold, self.hidden.get(id)?)));
        let mut narrowed = narrowed.filter(move |(_, it)| sees(&it.shown.attributes)).peekable();
        let mut known = self.by_name.range::<Fold, _>(from).peekable();
        std::iter::from_fn(move || match (narrowed.peek(), known.peek()) {
            (Some((one, _)), Some((other, _))) if one > other => known.next(),
            (Some(_), _) => narrowed.next(),
            (None, _) => known.next(),
        })
    }

    /// The rooms after a name whose names contain `part`, and that `sees` lets through where only some see them.
    pub(super) fn page(
        &self,
        after: Option<&Fold>,
        part: Option<&Fold>,
        limit: usize,
        sees: impl Fn(&RoomAttributes) -> bool,
    ) -> RoomsPage {
        let mut rest = self.after(after, sees).peekable();
        let mut rooms = Vec::new();
        let mut last = None;
        let mut looked_at = 0;
        while let Some((fold, room)) = rest.next() {
            let attributes = &room.shown.attributes;
            last = Some(&attributes.name);
            looked_at += 1;
            if !attributes.archived && part.is_none_or(|part| fold.contains(part)) {
                rooms.push(room.listing());
            }
            // Two rooms may have the same name, after which the next page could only go on behind both.
            let is_between = rest.peek().is_none_or(|(next, _)| *next != fold);
            if is_between && (rooms.len() >= limit || looked_at >= LOOKED_AT_MAX) {
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
    use throng_log::RoomAttributes;
    use throng_protocol::{RoomId, RoomKind, RoomName, RoomsPage};

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
            let room = RoomAttributes::public(RoomId::from_parts(1, number), name);
            list.insert(room, false).expect("a free name");
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
            pages.push(listed.page(after.as_ref(), Some(&part), 100, |_| false));
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
        let first = listed.page(None, Some(&part), 2, |_| false);
        let after = RoomName::parse(&first.after.expect("there are more")).expect("a name").fold();
        let id = listed.named(&after).expect("listed").shown.attributes.id;
        listed.remove(id);
        let next = listed.page(Some(&after), Some(&part), 1, |_| false);
        assert_eq!(next.rooms[0].name, "room-002999-rare");
    }

    #[test]
    fn a_private_room_is_found_by_its_id_alone_and_takes_no_name() {
        let mut list = listed(["crew".to_owned()].into_iter());
        let name = RoomName::parse("crew").expect("a name");
        let id = RoomId::from_parts(7, 7);
        let private =
            RoomAttributes { kind: RoomKind::Private, ..RoomAttributes::public(id, name.clone()) };
        list.insert(private, true).expect("it needs no name");
        assert_eq!((list.len(), list.hidden()), (1, 1));
        assert_ne!(list.named(&name.fold()).expect("the public one").shown.attributes.id, id);
        assert_eq!(list.page(None, None, 9, |_| false).rooms.len(), 1);
        assert!(list.get(id).is_some());
        list.remove_unless_kept(id);
        assert!(list.remove(id).is_some() && list.get(id).is_none());
    }

    #[test]
    fn another_name_moves_the_room_and_frees_the_old_one() {
        let mut list = listed(["ops", "dev"].into_iter().map(String::from));
        let name = |name| RoomName::parse(name).expect("a name");
        let ops = list.named(&name("ops").fold()).expect("there").shown.attributes.clone();
        let taken = RoomAttributes { name: name("Dev"), ..ops.clone() };
        assert!(list.change(taken).is_err());
        assert!(list.named(&name("ops").fold()).is_some(), "nothing changed");
        let upper = RoomAttributes { name: name("OPS"), ..ops.clone() };
        list.change(upper).expect("its own name");
        let help = RoomAttributes { name: name("help"), archived: true, ..ops.clone() };
        list.change(help).expect("free");
        assert!(list.named(&name("ops").fold()).is_none());
        assert_eq!(list.get(ops.id).expect("there").listing().name, "help");
        let names = list.page(None, None, 9, |_| false).rooms.into_iter().map(|room| room.name);
        assert_eq!(names.collect::<Vec<_>>(), ["dev"], "an archived room is not listed");
    }
}
