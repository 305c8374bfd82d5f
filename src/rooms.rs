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

    /// A page of the list, after a name.
    pub(crate) fn page(&self, after: Option<&Fold>, limit: usize) -> RoomsPage {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let listed = self.listed.read();
        let mut rest = listed.range::<Fold, _>((from, Bound::Unbounded));
        let rooms = rest
            .by_ref()
            .take(limit)
            .map(|(_, room)| RoomListing {
                name: room.name.as_str().to_owned(),
                members: room.people.load(Ordering::Relaxed) as u64,
            })
            .collect();
        RoomsPage { rooms, more: rest.next().is_some() }
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
