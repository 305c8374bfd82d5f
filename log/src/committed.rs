//! Where something was committed: a hint for whoever follows the log.

use std::collections::HashSet;
use std::time::Duration;

use parking_lot::{Condvar, Mutex};
use throng_protocol::RoomId;

/// The rooms in which something was committed since one follower last took them.
///
/// It is only a hint, and gone with a crash: whoever follows knows up to where it has read each room, and compares that
/// with the log when it begins. Each room is in it once, however much is said there.
#[derive(Debug, Default)]
pub struct Committed {
    rooms: Mutex<HashSet<RoomId>>,
    news: Condvar,
}

impl Committed {
    /// Adds rooms. Costs a lock; nobody waits for the follower.
    pub(crate) fn add(&self, rooms: impl Iterator<Item = RoomId>) {
        self.rooms.lock().extend(rooms);
        self.wake();
    }

    /// The rooms, which are then no longer in it.
    pub fn take(&self) -> Vec<RoomId> {
        self.rooms.lock().drain().collect()
    }

    /// Whether the follower has taken everything.
    pub fn is_empty(&self) -> bool {
        self.rooms.lock().is_empty()
    }

    /// Waits until there is a room in it, until [`Committed::wake`], or so long.
    pub fn wait(&self, patience: Duration) {
        let mut rooms = self.rooms.lock();
        if rooms.is_empty() {
            self.news.wait_for(&mut rooms, patience);
        }
    }

    /// Ends the wait.
    pub fn wake(&self) {
        self.news.notify_all();
    }
}
