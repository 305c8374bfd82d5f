//! The room map: from a room's name to its task, and the list of rooms.
//!
//! There is at most one task per room: it leaves the map only with an empty inbox, checked under
//! the map's entry, and a sender that finds the inbox closed looks the room up again.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use dashmap::DashMap;
use dashmap::mapref::entry::Entry;
use parking_lot::RwLock;
use throng_protocol::{ErrorCode, Fold, RoomListing, RoomName, RoomsPage};
use tracing::{debug, warn};

use crate::chatlog::LogError;
use crate::outbox::Refusal;
use crate::room::{Command, Handle, Room, Surroundings, log_refusal};
use crate::tasks::{Kind, Name, Tasks};

/// How many names one request looks at, under the lock that joins of new rooms wait for. A request
/// that finds little in so many is told where to go on.
const LOOKED_AT_MAX: usize = 5_000;

/// All rooms.
pub(crate) struct Rooms {
    tasks: Arc<Tasks>,
    around: Surroundings,
    open: DashMap<Fold, Arc<Handle>>,
    /// The rooms with a message in the log, and those that somebody is in.
    listed: RwLock<BTreeMap<Fold, Listed>>,
    rooms_max: usize,
    next: AtomicU64,
}

struct Listed {
    name: RoomName,
    people: Arc<AtomicUsize>,
}

impl Rooms {
    /// The rooms of a log.
    ///
    /// # Errors
    /// When the log can't be read.
    pub(crate) async fn load(
        tasks: Arc<Tasks>,
        around: Surroundings,
        rooms_max: usize,
    ) -> Result<Arc<Self>, LogError> {
        let listed = around
            .log
            .rooms()
            .await?
            .into_iter()
            .map(|name| (name.fold(), Listed { name, people: Arc::default() }))
            .collect();
        Ok(Arc::new(Self {
            tasks,
            around,
            open: DashMap::new(),
            listed: RwLock::new(listed),
            rooms_max,
            next: AtomicU64::new(1),
        }))
    }

    /// The way to a room. `may_make` is asked when the room does not exist yet.
    ///
    /// # Errors
    /// What `may_make` answers, or that there are too many rooms.
    pub(crate) fn open(
        self: &Arc<Self>,
        name: &RoomName,
        may_make: impl FnOnce() -> Result<(), Refusal>,
    ) -> Result<Arc<Handle>, Refusal> {
        let fold = name.fold();
        if let Some(open) = self.open.get(&fold) {
            return Ok(Arc::clone(open.value()));
        }
        // Both at once, so that a room that is open is always in the list.
        let mut listed = self.listed.write();
        let is_new = !listed.contains_key(&fold);
        let (name, people) = self.list(&mut listed, name, may_make)?;
        match self.open.entry(fold) {
            Entry::Occupied(open) => Ok(Arc::clone(open.get())),
            Entry::Vacant(free) => {
                let number = self.next.fetch_add(1, Ordering::Relaxed);
                let (handle, inbox) = Handle::new(number, name, is_new, people);
                free.insert(Arc::clone(&handle));
                self.around.metrics.rooms.inc();
                let rooms = Arc::clone(self);
                let task = Arc::clone(&handle);
                self.tasks.spawn(Name::numbered(Kind::Room, number), async move {
                    rooms.run(task, inbox).await;
                });
                Ok(handle)
            }
        }
    }

    /// A page of the list: the rooms after a name that have a part in theirs.
    pub(crate) fn page(
        &self,
        after: Option<&Fold>,
        part: Option<&Fold>,
        limit: usize,
    ) -> RoomsPage {
        page(&self.listed.read(), after, part, limit)
    }

    /// Lets every room end that nobody is in.
    pub(crate) fn drain(&self) {
        for open in &self.open {
            open.drain();
        }
    }

    /// Enters a room into the list, or finds it there under the name that it was first given.
    fn list(
        &self,
        listed: &mut BTreeMap<Fold, Listed>,
        name: &RoomName,
        may_make: impl FnOnce() -> Result<(), Refusal>,
    ) -> Result<(RoomName, Arc<AtomicUsize>), Refusal> {
        if let Some(known) = listed.get(&name.fold()) {
            return Ok((known.name.clone(), Arc::clone(&known.people)));
        }
        if listed.len() >= self.rooms_max {
            let message = format!("this server has as many rooms as it may, {}", self.rooms_max);
            return Err(Refusal::new(ErrorCode::NoSuchRoom, message));
        }
        may_make()?;
        let people = Arc::<AtomicUsize>::default();
        let room = Listed { name: name.clone(), people: Arc::clone(&people) };
        listed.insert(name.fold(), room);
        Ok((name.clone(), people))
    }

    async fn run(
        self: Arc<Self>,
        handle: Arc<Handle>,
        inbox: async_channel::Receiver<Box<Command>>,
    ) {
        let _leaving = Leaving { rooms: &self, handle: &handle };
        match Room::load(Arc::clone(&handle), inbox, self.around.clone()).await {
            Ok(room) => room.run(|handle| self.retire(handle)).await,
            Err((error, inbox)) => {
                warn!(room = handle.number(), %error, "a room could not be loaded");
                self.open.remove_if(handle.fold(), |_, open| Arc::ptr_eq(open, &handle));
                inbox.close();
                let refusal = log_refusal(&error);
                while let Ok(command) = inbox.try_recv() {
                    command.into_ticket().refuse(&refusal);
                }
            }
        }
    }

    /// Takes a room out of the map, if nothing has come for it.
    fn retire(&self, handle: &Handle) -> bool {
        self.open.remove_if(handle.fold(), |_, open| open.close_if_empty()).is_some()
    }

    /// Takes a room out of the list that never had a message.
    fn unlist(&self, handle: &Handle) {
        let mut listed = self.listed.write();
        if handle.is_blank() && !self.open.contains_key(handle.fold()) {
            listed.remove(handle.fold());
        }
    }
}

fn page(
    listed: &BTreeMap<Fold, Listed>,
    after: Option<&Fold>,
    part: Option<&Fold>,
    limit: usize,
) -> RoomsPage {
    let from = after.map_or(Bound::Unbounded, Bound::Excluded);
    let mut rest = listed.range::<Fold, _>((from, Bound::Unbounded));
    let mut rooms = Vec::new();
    let mut last = None;
    for (fold, room) in rest.by_ref().take(LOOKED_AT_MAX) {
        last = Some(&room.name);
        if part.is_none_or(|part| fold.contains(part)) {
            rooms.push(RoomListing {
                name: room.name.as_str().to_owned(),
                members: room.people.load(Ordering::Relaxed) as u64,
            });
        }
        if rooms.len() >= limit {
            break;
        }
    }
    let more = rest.next().is_some();
    let after = last.filter(|_| more).map(|name| name.as_str().to_owned());
    RoomsPage { rooms, more, after }
}

/// Whatever ends a room's task, a panic too: the room leaves the map, and nobody waits for it.
struct Leaving<'a> {
    rooms: &'a Rooms,
    handle: &'a Arc<Handle>,
}

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.rooms.open.remove_if(self.handle.fold(), |_, open| Arc::ptr_eq(open, self.handle));
        self.handle.close();
        self.rooms.unlist(self.handle);
        self.rooms.around.metrics.rooms.dec();
        debug!(room = self.handle.number(), "a room ended");
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use throng_protocol::{RoomName, RoomsPage};

    use super::{LOOKED_AT_MAX, Listed, page};

    /// Rooms `room-aaaaaa` to `room-jjjjjj`; every thousandth ends with `-rare`. In letters, since
    /// digits fold to the letters that they look like, and lose their order.
    fn rooms(count: usize) -> BTreeMap<throng_protocol::Fold, Listed> {
        let letters = |n| {
            let digits = format!("{n:06}");
            digits.bytes().map(|digit| char::from(digit - b'0' + b'a')).collect::<String>()
        };
        let name = |n| match n % 1_000 {
            999 => format!("room-{}-rare", letters(n)),
            _ => format!("room-{}", letters(n)),
        };
        (0..count)
            .map(|n| RoomName::parse(&name(n)).expect("a name"))
            .map(|name| (name.fold(), Listed { name, people: Default::default() }))
            .collect()
    }

    /// All pages, as a client asks for them.
    fn pages(listed: &BTreeMap<throng_protocol::Fold, Listed>, part: &str) -> Vec<RoomsPage> {
        let part = RoomName::part(part).expect("a part");
        let mut pages: Vec<RoomsPage> = Vec::new();
        loop {
            let after = pages.last().and_then(|page| page.after.as_deref());
            let after = after.map(|name| RoomName::parse(name).expect("a name").fold());
            pages.push(page(listed, after.as_ref(), Some(&part), 100));
            if !pages.last().is_some_and(|page| page.more) {
                return pages;
            }
        }
    }

    #[test]
    fn a_search_looks_at_so_many_names_and_tells_where_to_go_on() {
        let listed = rooms(100_000);
        for (part, found) in [("rare", 100), ("nowhere", 0), ("room-ajjjj", 10)] {
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
    fn where_to_go_on_may_have_gone() {
        let mut listed = rooms(10_000);
        let part = RoomName::part("rare").expect("a part");
        let first = page(&listed, None, Some(&part), 2);
        let after = RoomName::parse(&first.after.expect("there are more")).expect("a name").fold();
        listed.remove(&after);
        let next = page(&listed, Some(&after), Some(&part), 1);
        assert_eq!(next.rooms[0].name, "room-aacjjj-rare");
    }
}
