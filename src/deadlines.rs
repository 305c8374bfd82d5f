//! The wheel of deadlines: one look at each connection every few seconds.
//!
//! A timer per connection costs about 200 bytes each; a weak handle in a bucket costs eight. The
//! wheel calls a session when its client has been silent for too long, or does not take what is
//! written to it. It never closes anything: the session reads its socket first, so that the
//! server's own lateness is not taken for the client's silence.

use std::sync::{Arc, Weak};
use std::time::Duration;

use parking_lot::Mutex;

use crate::clock;
use crate::outbox::{Alarm, Outbox};

/// How long a client may do nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// From the upgrade to the first command.
    pub(crate) hello: Duration,
    /// Between two frames of a greeted client: twice the heartbeat.
    pub(crate) silence: Duration,
    /// For a write without any progress.
    pub(crate) write: Duration,
}

/// The wheel: buckets of one second. A connection stands in exactly one.
pub(crate) struct Wheel {
    patience: Patience,
    turning: Mutex<Turning>,
}

struct Turning {
    /// The second that `buckets[0]` of the next turn stands for.
    second: u32,
    buckets: Vec<Vec<Weak<Outbox>>>,
}

/// No connection is left unlooked at for longer, in seconds. A deadline is noticed when its
/// second is over, so none needs a finer wheel.
const LOOK_SECONDS_MAX: u32 = 16;

impl Wheel {
    pub(crate) fn new(patience: Patience) -> Self {
        let buckets = (0..LOOK_SECONDS_MAX).map(|_| Vec::new()).collect();
        Self { patience, turning: Mutex::new(Turning { second: clock::now_seconds(), buckets }) }
    }

    /// Watches a connection until its outbox is gone.
    pub(crate) fn watch(&self, outbox: &Arc<Outbox>) {
        let now = clock::now_seconds();
        let due = self.judge(outbox, now).unwrap_or_else(|_| now + 1);
        self.turning.lock().place(Arc::downgrade(outbox), due);
    }

    /// What is wrong with a connection now, if anything is.
    pub(crate) fn alarm_for(&self, outbox: &Outbox) -> Option<Alarm> {
        self.judge(outbox, clock::now_seconds()).err()
    }

    /// Calls every connection, for a drain.
    pub(crate) fn alarm_all(&self, alarm: Alarm) {
        let turning = self.turning.lock();
        for outbox in turning.buckets.iter().flatten().filter_map(Weak::upgrade) {
            outbox.alarm(alarm);
        }
    }

    /// Looks at everybody whose second has come. Called about once a second.
    pub(crate) fn turn(&self) {
        let now = clock::now_seconds();
        // Taken first: the lock must not be held while the handles are put back.
        let due_now = self.turning.lock().take_until(now);
        for handle in due_now {
            let Some(outbox) = handle.upgrade() else { continue };
            let due = self.judge(&outbox, now).unwrap_or_else(|alarm| {
                outbox.alarm(alarm);
                now + 1
            });
            self.turning.lock().place(handle, due);
        }
    }

    /// When to look again, or what is wrong.
    fn judge(&self, outbox: &Outbox, now: u32) -> Result<u32, Alarm> {
        let (heard_at, stuck_since) = outbox.signs_of_life();
        let patience =
            if outbox.is_greeted() { self.patience.silence } else { self.patience.hello };
        let silent_at = heard_at + seconds(patience);
        let stalled_at = stuck_since.map_or(u32::MAX, |since| since + seconds(self.patience.write));
        if stalled_at <= now {
            return Err(Alarm::Stalled);
        }
        if silent_at <= now {
            return Err(Alarm::Silent);
        }
        Ok(silent_at.min(stalled_at))
    }
}

impl Turning {
    fn place(&mut self, handle: Weak<Outbox>, due: u32) {
        let ahead = due.saturating_sub(self.second).clamp(1, LOOK_SECONDS_MAX - 1);
        let at = (self.second + ahead) % LOOK_SECONDS_MAX;
        self.buckets[at as usize].push(handle);
    }

    fn take_until(&mut self, now: u32) -> Vec<Weak<Outbox>> {
        let mut taken = Vec::new();
        while self.second < now {
            self.second += 1;
            let at = (self.second % LOOK_SECONDS_MAX) as usize;
            taken.append(&mut self.buckets[at]);
        }
        taken
    }
}

/// Rounded up, so that nobody is closed early.
fn seconds(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis().div_ceil(1_000)).unwrap_or(u32::MAX / 4).min(u32::MAX / 4)
        + 1
}
