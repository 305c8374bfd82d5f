//! Where something was committed: a hint for the thread that follows the log.

use std::collections::HashSet;
use std::time::Duration;

use parking_lot::{Condvar, Mutex};
use throng_protocol::RoomId;

/// The rooms in which something was committed since the follower last took them.
///
/// It is only a hint, and gone with a crash: the follower knows up to where it has read each room, and compares that with
/// the log when it begins. Each room is in it once, however much is said there.
#[derive(Debug, Default)]
pub struct Committed {
    rooms: Mutex<HashSet<RoomId>>,
    news: Condvar,
}

impl Committed {
    /// Adds rooms. Costs a lock; nobody waits for the follower.
    pub(crate) fn add(&self, rooms: impl Iterator<Item = RoomId>) {
        self.rooms.lock().extend(rooms);
        self.news.notify_all();
    }

    /// Removes all rooms and returns them.
    pub fn take(&self) -> Vec<RoomId> {
        self.rooms.lock().drain().collect()
    }

    /// Whether the follower has taken everything.
    pub fn is_empty(&self) -> bool {
        self.rooms.lock().is_empty()
    }

    /// Waits until there is a room in it, for at most `patience`. It does not begin when the wait is over by something
    /// else, and ends at [`Committed::wake`].
    pub fn wait(&self, is_over: impl Fn() -> bool, patience: Duration) {
        let mut rooms = self.rooms.lock();
        if rooms.is_empty() && !is_over() {
            self.news.wait_for(&mut rooms, patience);
        }
    }

    /// Ends the wait, after what ends it has been set.
    pub fn wake(&self) {
        // With the lock, so that it does not come between the look and the wait.
        let _rooms = self.rooms.lock();
        self.news.notify_all();
    }
}
