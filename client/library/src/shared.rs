//! What handles, events and driver share: the core behind a lock, and the wakers.
//!
//! The lock is held for a few instructions at a time, never over an await.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant, SystemTime};

use futures::task::AtomicWaker;

use crate::core::Core;
use crate::event::Event;

/// The core, a clock for it, and the wakers.
pub(crate) struct Shared {
    core: Mutex<Core>,
    /// The driver: woken when there is something to do for it.
    driver: AtomicWaker,
    /// Whether the driver was asked since it looked last.
    asked: AtomicBool,
    /// The reader of [`crate::Events`]: woken when there is an event, or when there will be none.
    reader: AtomicWaker,
    clock: Clock,
}

impl Shared {
    pub(crate) fn new(core: Core) -> Arc<Self> {
        Arc::new(Self {
            core: Mutex::new(core),
            driver: AtomicWaker::new(),
            asked: AtomicBool::new(false),
            reader: AtomicWaker::new(),
            clock: Clock::new(),
        })
    }

    /// Changes the core, then wakes the driver and the reader of events where needed.
    pub(crate) fn with<T>(&self, turn: impl FnOnce(&mut Core, Duration) -> T) -> T {
        let now = self.clock.now();
        let mut core = self.lock();
        let result = turn(&mut core, now);
        let readable = core.has_event() || core.is_finished();
        drop(core);
        self.wake_driver();
        if readable {
            self.reader.wake();
        }
        result
    }

    /// The same for the driver itself, which needs no waking.
    pub(crate) fn drive<T>(&self, turn: impl FnOnce(&mut Core, Duration) -> T) -> T {
        let now = self.clock.now();
        let mut core = self.lock();
        let result = turn(&mut core, now);
        let readable = core.has_event() || core.is_finished();
        drop(core);
        if readable {
            self.reader.wake();
        }
        result
    }

    /// The time since the beginning.
    pub(crate) fn now(&self) -> Duration {
        self.clock.now()
    }

    /// Looks at the core without changing it.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&Core) -> T) -> T {
        look(&self.lock())
    }

    pub(crate) fn poll_event(&self, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        self.reader.register(cx.waker());
        let mut core = self.lock();
        let was_full = core.is_full();
        let event = core.next_event();
        let has_room = was_full && !core.is_full();
        let finished = core.is_finished();
        drop(core);
        if has_room {
            self.wake_driver();
        }
        match event {
            Some(event) => Poll::Ready(Some(event)),
            None if finished => Poll::Ready(None),
            None => Poll::Pending,
        }
    }

    /// Whether the driver was asked for something since the last call. If not, it will be woken.
    pub(crate) fn was_asked(&self, cx: &Context<'_>) -> bool {
        self.driver.register(cx.waker());
        self.asked.swap(false, Ordering::AcqRel)
    }

    fn wake_driver(&self) {
        self.asked.store(true, Ordering::Release);
        self.driver.wake();
    }

    pub(crate) fn drop_events(&self) {
        self.with(|core, now| core.drop_events(now));
    }

    fn lock(&self) -> MutexGuard<'_, Core> {
        // A panic under the lock is a defect of the core; the driver's end then closes the client.
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Held by every [`crate::Client`] and every future of it: the last one to go ends the client,
/// unless somebody still reads its events.
pub(crate) struct Handle {
    pub(crate) shared: Arc<Shared>,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shared.with(|core, now| core.drop_handles(now));
    }
}

/// The time since the beginning. `Instant` stands still on some systems while the machine sleeps;
/// the time after which a `cid` is forgotten does not.
struct Clock {
    steady: Instant,
    wall: SystemTime,
    last: Mutex<Duration>,
}

impl Clock {
    fn new() -> Self {
        Self { steady: Instant::now(), wall: SystemTime::now(), last: Mutex::new(Duration::ZERO) }
    }

    fn now(&self) -> Duration {
        let wall = self.wall.elapsed().unwrap_or_default();
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        // Somebody may have set the clock back: time does not.
        *last = (*last).max(self.steady.elapsed()).max(wall);
        *last
    }
}
