//! The room map: from a room's id to its task, and the list of rooms.
//!
//! There is at most one task per room: it leaves the map only with an empty inbox, checked under the map's
//! entry, and a sender that finds the inbox closed looks the room up again.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use dashmap::DashMap;
use dashmap::mapref::entry::Entry;
use futures::future::join_all;
use parking_lot::RwLock;
use throng_log::{GroupId, LogError, RoomAttributes, RoomRecord, Throttle, clock};
use throng_protocol::Refusal;
use throng_protocol::{
    ErrorCode, Fold, PersonId, RoomId, RoomListing, RoomName, RoomRef, RoomsPage,
};
use throng_room::log_refusal;
use tracing::{debug, warn};

use crate::base::tasks::{Kind, Name, Tasks};
use crate::identity::room_set::RoomSet;
use crate::rooms::handle::{Command, Handle, Rule, Shown};
use crate::rooms::list::{Listed, NameTaken, RoomList};
use crate::rooms::task::{Room, Surroundings};

/// All rooms.
pub(crate) struct Rooms {
    tasks: Arc<Tasks>,
    around: Surroundings,
    open: DashMap<RoomId, Arc<Handle>>,
    list: RwLock<RoomList>,
    rooms_max: usize,
    next: AtomicU64,
    /// Throttles the log lines about rooms that can't be loaded: each join of one causes a line.
    unloaded: Throttle,
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
        attributes: Vec<RoomAttributes>,
    ) -> Result<Arc<Self>, LogError> {
        let mut list = RoomList::default();
        let mut said: HashMap<_, _> = attributes.into_iter().map(|it| (it.id, it)).collect();
        let mut add = |attributes: RoomAttributes, is_kept| {
            let id = attributes.id;
            if !attributes.deleted && list.insert(attributes, is_kept).is_err() {
                warn!(%id, "two rooms have the same name; this one is found by its id alone");
            }
        };
        for RoomRecord { id, name, .. } in around.log.rooms().await? {
            match said.remove(&id) {
                // The log's name is newer where another version compares names otherwise.
                Some(it) if !it.is_hidden() && !it.deleted => {
                    add(RoomAttributes { name, ..it }, true);
                }
                Some(it) => add(it, true),
                None => add(RoomAttributes::public(id, name), false),
            }
        }
        for it in said.into_values() {
            add(it, true);
        }
        Ok(Arc::new(Self {
            tasks,
            around,
            open: DashMap::new(),
            list: RwLock::new(list),
            rooms_max,
            next: AtomicU64::new(1),
            unloaded: Throttle::new(),
        }))
    }

    /// The handle of a room. `may_make` is called if the room does not exist yet.
    ///
    /// # Errors
    /// What `may_make` returns, or that there are too many rooms.
    pub(crate) fn open(
        self: &Arc<Self>,
        name: &RoomName,
        may_make: impl FnOnce() -> Result<(), Refusal>,
    ) -> Result<Arc<Handle>, Refusal> {
        let named = self.list.read().named(&name.fold()).map(|listed| listed.shown.attributes.id);
        if let Some(id) = named
            && let Some(open) = self.open.get(&id)
        {
            return Ok(Arc::clone(open.value()));
        }
        // Both at once, so that an open room is always in the list.
        let mut list = self.list.write();
        let is_new = list.named(&name.fold()).is_none();
        let (shown, people) = self.enter(&mut list, name, may_make)?;
        Ok(self.run_room(shown, is_new, people))
    }

    /// The handle of a room that there is.
    pub(crate) fn open_id(self: &Arc<Self>, id: RoomId) -> Option<Arc<Handle>> {
        if let Some(open) = self.open.get(&id) {
            return Some(Arc::clone(open.value()));
        }
        let list = self.list.write();
        let listed = list.get(id)?;
        Some(self.run_room(Arc::clone(&listed.shown), false, Arc::clone(&listed.people)))
    }

    /// Starts a room's task, unless it runs. The caller holds the lock of the list.
    fn run_room(
        self: &Arc<Self>,
        shown: Arc<Shown>,
        is_new: bool,
        people: Arc<AtomicUsize>,
    ) -> Arc<Handle> {
        match self.open.entry(shown.attributes.id) {
            Entry::Occupied(open) => Arc::clone(open.get()),
            Entry::Vacant(free) => {
                let number = self.next.fetch_add(1, Ordering::Relaxed);
                let (handle, inbox) = Handle::new(number, shown, is_new, people);
                free.insert(Arc::clone(&handle));
                self.around.metrics.rooms.inc();
                let rooms = Arc::clone(self);
                let task = Arc::clone(&handle);
                self.tasks.spawn(Name::numbered(Kind::Room, number), async move {
                    rooms.run(task, inbox).await;
                });
                handle
            }
        }
    }

    /// What is said of a room of which this person may know; without a person, of any room.
    ///
    /// A name means a public room that only some see, to them, before it means a private one that the person is in, and
    /// that before one that everybody may know. Otherwise somebody could make a public room under the name of a private
    /// one, and get what its members say there, or a private one under a name that only some see. What only some see is
    /// made by administrators.
    pub(crate) fn find(&self, viewer: Option<PersonId>, room: &RoomRef) -> Option<Arc<Shown>> {
        let list = self.list.read();
        let fence = &self.around.fence;
        let may_know = |listed: &&Listed| {
            viewer.is_none_or(|person| fence.may_know(person, &listed.shown.attributes))
        };
        let found = match room {
            RoomRef::Id(id) => list.get(*id).filter(may_know),
            RoomRef::Name(name) => {
                let fold = name.fold();
                let own = viewer.map(|person| fence.seats.of_person(person)).unwrap_or_default();
                let is_called = |listed: &&Listed| listed.shown.fold == fold;
                let mut closed = own
                    .iter()
                    .filter_map(|(id, _)| list.get(*id))
                    .filter(|listed| listed.shown.is_closed() && is_called(listed));
                let narrowed = list.narrowed(&fold).filter(may_know);
                narrowed.or_else(|| closed.next()).or_else(|| list.named(&fold))
            }
        };
        found.map(|listed| Arc::clone(&listed.shown))
    }

    /// The public room with this name that only some see, if this person does.
    pub(crate) fn narrowed(&self, person: PersonId, fold: &Fold) -> Option<Arc<Shown>> {
        let list = self.list.read();
        let shown = &list.narrowed(fold)?.shown;
        self.around.fence.may_know(person, &shown.attributes).then(|| Arc::clone(shown))
    }

    /// A room as the list shows it, with how many people are in it now.
    pub(crate) fn listing(&self, id: RoomId) -> Option<RoomListing> {
        self.list.read().get(id).map(Listed::listing)
    }

    /// The private and direct rooms that are wanted, in the order of their ids, with how many people are there now.
    pub(crate) fn closed(
        &self,
        is_wanted: impl Fn(&Shown, usize) -> bool,
        limit: usize,
    ) -> Vec<(Arc<Shown>, usize)> {
        self.list.read().closed_page(is_wanted, limit)
    }

    /// All rooms that are wanted, in no particular order.
    pub(crate) fn all(&self, is_wanted: impl Fn(&Shown) -> bool) -> Vec<Arc<Shown>> {
        let list = self.list.read();
        list.iter().filter(|shown| is_wanted(shown)).map(Arc::clone).collect()
    }

    /// How many rooms there are that everybody may know, how many others, and how many of all are in memory.
    pub(crate) fn count(&self) -> (usize, usize, usize) {
        let list = self.list.read();
        (list.len(), list.hidden(), self.open.len())
    }

    /// Adds a room that somebody makes. It is to be stored then, or taken back.
    ///
    /// # Errors
    /// When the name is taken, or there are too many rooms.
    pub(crate) fn add(&self, attributes: RoomAttributes) -> Result<(), Refusal> {
        let mut list = self.list.write();
        let is_full = match attributes.is_hidden() {
            false => list.len() >= self.rooms_max,
            true => list.hidden() >= self.rooms_max,
        };
        if is_full {
            return Err(self.full());
        }
        list.insert(attributes, true).map_err(|NameTaken| name_taken())
    }

    /// Takes back that somebody made a room.
    pub(crate) fn take_back(&self, id: RoomId) {
        let mut list = self.list.write();
        // Somebody may have joined a public one already; then it goes when they leave.
        list.set_kept(id, false);
        if !self.open.contains_key(&id) {
            list.remove(id);
        }
    }

    /// Says something else of a room.
    ///
    /// # Errors
    /// When its new name is taken.
    pub(crate) fn change(&self, attributes: RoomAttributes) -> Result<(), Refusal> {
        let id = attributes.id;
        let mut list = self.list.write();
        list.change(attributes).map_err(|NameTaken| name_taken())?;
        if let Some(open) = self.open.get(&id)
            && let Some(listed) = list.get(id)
        {
            open.set_shown(Arc::clone(&listed.shown));
        }
        Ok(())
    }

    /// Removes a room that was deleted: nobody finds it, and who is there is taken out.
    pub(crate) async fn delete(&self, attributes: RoomAttributes, reason: String) {
        let id = attributes.id;
        self.list.write().remove(id);
        if let Some(open) = self.open.get(&id) {
            open.set_shown(Shown::new(attributes));
        }
        self.enforce(Some(id), Rule::AllOut(reason)).await;
    }

    /// A page of the list for somebody: the rooms after a name that have a part in theirs. Without a person, of all.
    pub(crate) fn page(
        &self,
        viewer: Option<PersonId>,
        after: Option<&Fold>,
        part: Option<&Fold>,
        limit: usize,
    ) -> RoomsPage {
        let fence = &self.around.fence;
        self.list.read().page(after, part, limit, |room| {
            viewer.is_none_or(|person| fence.may_know(person, room))
        })
    }

    /// A group is no more: no room names it.
    pub(crate) async fn forget_group(&self, group: GroupId) {
        let naming = self.all(|shown| shown.attributes.names(group));
        let ids: Vec<_> = naming.iter().map(|shown| shown.attributes.id).collect();
        for shown in naming {
            let mut attributes = shown.attributes.clone();
            attributes.groups.values_mut().for_each(|groups| groups.retain(|it| *it != group));
            attributes.groups.retain(|_, groups| !groups.is_empty());
            // Its name is its own already.
            let _ = self.change(attributes);
        }
        self.enforce_where(|room| ids.contains(&room.id), &Rule::Attributes).await;
    }

    /// Has those rooms enforce a rule that are meant. Waits as [`enforce`](Self::enforce) does.
    pub(crate) async fn enforce_where(
        &self,
        is_meant: impl Fn(&RoomAttributes) -> bool,
        rule: &Rule,
    ) {
        let mut handles: Vec<_> = self.open.iter().map(|open| Arc::clone(&open)).collect();
        handles.retain(|room| is_meant(&room.shown().attributes));
        enforce_in(&handles, rule).await;
    }

    /// Has a room enforce a rule, or every room. Waits until nothing that was taken before it is still on its way.
    pub(crate) async fn enforce(&self, room: Option<RoomId>, rule: Rule) {
        let handles: Vec<_> = match room {
            Some(room) => self.open.get(&room).map(|open| Arc::clone(&open)).into_iter().collect(),
            None => self.open.iter().map(|open| Arc::clone(&open)).collect(),
        };
        enforce_in(&handles, &rule).await;
    }

    /// Takes a person out of every room that is none of these. Waits as [`enforce`](Self::enforce) does.
    pub(crate) async fn confine(&self, person: PersonId, rooms: &RoomSet, reason: &str) {
        let mut handles: Vec<_> = self.open.iter().map(|open| Arc::clone(&open)).collect();
        handles.retain(|room| !rooms.has(room.id(), &room.shown().fold));
        enforce_in(&handles, &Rule::Out(person, Some(reason.to_owned()))).await;
    }

    /// Lets every room end that nobody is in.
    pub(crate) fn drain(&self) {
        for open in &self.open {
            open.drain();
        }
    }

    /// Adds a room to the list, or finds it there with the name that it was first given.
    fn enter(
        &self,
        list: &mut RoomList,
        name: &RoomName,
        may_make: impl FnOnce() -> Result<(), Refusal>,
    ) -> Result<(Arc<Shown>, Arc<AtomicUsize>), Refusal> {
        let fold = name.fold();
        if list.named(&fold).is_none() {
            if list.len() >= self.rooms_max {
                return Err(self.full());
            }
            may_make()?;
            let room = RoomAttributes::public(new_room(), name.clone());
            list.insert(room, false).map_err(|NameTaken| name_taken())?;
        }
        let listed = list.named(&fold).expect("it was inserted where it was missing");
        Ok((Arc::clone(&listed.shown), Arc::clone(&listed.people)))
    }

    fn full(&self) -> Refusal {
        let message = format!("this server allows at most {} rooms", self.rooms_max);
        Refusal::new(ErrorCode::NoSuchRoom, message)
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
                if let Some(held_back) = self.unloaded.pass() {
                    warn!(room = handle.number(), %error, held_back, "a room could not be loaded");
                }
                self.open.remove_if(&handle.id(), |_, open| Arc::ptr_eq(open, &handle));
                inbox.close();
                let shown = handle.shown();
                let refusal = log_refusal(&error, Some(shown.attributes.name.as_str()));
                while let Ok(command) = inbox.try_recv() {
                    command.into_ticket().answer(&refusal.clone().into());
                }
            }
        }
    }

    /// Removes a room from the map, if nothing has come for it.
    fn retire(&self, handle: &Handle) -> bool {
        self.open.remove_if(&handle.id(), |_, open| open.close_if_empty()).is_some()
    }

    /// Removes a room from the list if it never had a message.
    fn unlist(&self, handle: &Handle) {
        let mut list = self.list.write();
        if handle.is_blank() && !self.open.contains_key(&handle.id()) {
            list.remove_unless_kept(handle.id());
        }
    }
}

/// When a room's task ends, even by a panic, the room leaves the map, and nobody waits for it.
struct Leaving<'a> {
    rooms: &'a Rooms,
    handle: &'a Arc<Handle>,
}

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.rooms.open.remove_if(&self.handle.id(), |_, open| Arc::ptr_eq(open, self.handle));
        self.handle.close();
        self.rooms.unlist(self.handle);
        self.rooms.around.metrics.rooms.dec();
        debug!(room = self.handle.number(), "a room ended");
    }
}

async fn enforce_in(rooms: &[Arc<Handle>], rule: &Rule) {
    let fences: Vec<_> = rooms.iter().map(|room| room.enforce(rule.clone())).collect();
    // A room that has ended drops its end.
    join_all(fences).await;
}

/// The id of a room that is made now.
pub(crate) fn new_room() -> RoomId {
    RoomId::from_parts(clock::unix_ms(), fastrand::u128(..) >> 48)
}

fn name_taken() -> Refusal {
    let message = "a room has this name, or one that could be confused with it: choose another";
    Refusal::new(ErrorCode::RoomNameTaken, message)
}
