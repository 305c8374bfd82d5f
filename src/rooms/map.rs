//! The room map: from a room's id to its task, and the list of rooms.
//!
//! There is at most one task per room: it leaves the map only with an empty inbox, checked under the map's
//! entry, and a sender that finds the inbox closed looks the room up again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use dashmap::DashMap;
use dashmap::mapref::entry::Entry;
use futures::future::join_all;
use parking_lot::RwLock;
use throng_log::{LogError, NamedRoom, RoomRecord, Throttle, clock};
use throng_protocol::Refusal;
use throng_protocol::{
    ErrorCode, Fold, PersonId, RoomId, RoomListing, RoomName, RoomRef, RoomsPage,
};
use throng_room::log_refusal;
use tracing::{debug, warn};

use crate::base::tasks::{Kind, Name, Tasks};
use crate::identity::room_set::RoomSet;
use crate::rooms::handle::{Command, Handle, Removal};
use crate::rooms::list::{Listed, RoomList};
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
    ) -> Result<Arc<Self>, LogError> {
        let mut list = RoomList::default();
        for RoomRecord { id, name, .. } in around.log.rooms().await? {
            list.insert(NamedRoom { id, name });
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
        if let Some(room) = self.named(name)
            && let Some(open) = self.open.get(&room.id)
        {
            return Ok(Arc::clone(open.value()));
        }
        // Both at once, so that an open room is always in the list.
        let mut list = self.list.write();
        let is_new = list.named(&name.fold()).is_none();
        let (room, people) = self.enter(&mut list, name, may_make)?;
        match self.open.entry(room.id) {
            Entry::Occupied(open) => Ok(Arc::clone(open.get())),
            Entry::Vacant(free) => {
                let number = self.next.fetch_add(1, Ordering::Relaxed);
                let (handle, inbox) = Handle::new(number, room, is_new, people);
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

    /// The room with this name, if there is one.
    pub(crate) fn named(&self, name: &RoomName) -> Option<NamedRoom> {
        self.list.read().named(&name.fold()).map(|listed| listed.room.clone())
    }

    /// The room with this id, if there is one.
    pub(crate) fn find(&self, id: RoomId) -> Option<NamedRoom> {
        self.list.read().get(id).map(|listed| listed.room.clone())
    }

    /// A room of the list, with how many people are in it now.
    pub(crate) fn listing(&self, room: &RoomRef) -> Option<RoomListing> {
        let list = self.list.read();
        let listed = match room {
            RoomRef::Id(id) => list.get(*id),
            RoomRef::Name(name) => list.named(&name.fold()),
        };
        listed.map(Listed::listing)
    }

    /// How many rooms are in the list, and how many of them are in memory.
    pub(crate) fn count(&self) -> (usize, usize) {
        (self.list.read().len(), self.open.len())
    }

    /// A page of the list: the rooms after a name that have a part in theirs.
    pub(crate) fn page(
        &self,
        after: Option<&Fold>,
        part: Option<&Fold>,
        limit: usize,
    ) -> RoomsPage {
        self.list.read().page(after, part, limit)
    }

    /// Has a room enforce a restriction, or every room. Waits until nothing that was taken before it is still on
    /// its way.
    pub(crate) async fn enforce(&self, room: Option<RoomId>, remove: Option<(Removal, String)>) {
        let handles: Vec<_> = match room {
            Some(room) => self.open.get(&room).map(|open| Arc::clone(&open)).into_iter().collect(),
            None => self.open.iter().map(|open| Arc::clone(&open)).collect(),
        };
        let fences: Vec<_> = handles.iter().map(|room| room.enforce(remove.clone())).collect();
        // A room that has ended drops its end.
        join_all(fences).await;
    }

    /// Takes a person out of every room that is none of these. Waits as [`enforce`](Self::enforce) does.
    pub(crate) async fn confine(&self, person: PersonId, rooms: &RoomSet, reason: &str) {
        let is_outside = |room: &&Arc<Handle>| !rooms.has(room.id(), room.fold());
        let handles: Vec<_> = self.open.iter().map(|open| Arc::clone(&open)).collect();
        let removal = || Some((Removal::Person(person), reason.to_owned()));
        let outside = handles.iter().filter(is_outside);
        let fences: Vec<_> = outside.map(|room| room.enforce(removal())).collect();
        join_all(fences).await;
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
    ) -> Result<(NamedRoom, Arc<AtomicUsize>), Refusal> {
        let fold = name.fold();
        if list.named(&fold).is_none() {
            if list.len() >= self.rooms_max {
                let message = format!("this server allows at most {} rooms", self.rooms_max);
                return Err(Refusal::new(ErrorCode::NoSuchRoom, message));
            }
            may_make()?;
            list.insert(NamedRoom { id: new_room(), name: name.clone() });
        }
        let listed = list.named(&fold).expect("it was inserted where it was missing");
        Ok((listed.room.clone(), Arc::clone(&listed.people)))
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
                let refusal = log_refusal(&error, handle.name());
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
            list.remove(handle.fold());
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

fn new_room() -> RoomId {
    RoomId::from_parts(clock::unix_ms(), fastrand::u128(..) >> 48)
}
