//! The heartbeat: looks at each connection every few seconds.
//!
//! Pings a client that has been silent for a while. If a client has been silent for too long, or does not
//! read, its session is alarmed. Nothing is closed here: the session reads its socket first, so that the
//! server's own delay is not mistaken for the client's silence.

use std::sync::{Arc, Weak};
use std::time::Duration;

use parking_lot::Mutex;
use throng_log::clock;

use crate::base::tasks::yield_now;
use crate::delivery::peer::{Alarm, Peer};
use crate::delivery::timer_wheel::TimerWheel;

#[cfg(test)]
mod tests;

/// The deadlines of a client.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// From the upgrade to the first command.
    pub(crate) hello: Duration,
    /// Between the last frame of a greeted client and the ping that asks for another.
    pub(crate) ping: Duration,
    /// Between two frames of a greeted client: twice the heartbeat.
    pub(crate) silence: Duration,
    /// For a write without any progress.
    pub(crate) write: Duration,
}

/// Watches all connections.
pub(crate) struct Heartbeat {
    patience: Patience,
    wheel: Mutex<TimerWheel>,
}

/// How many connections are looked at before other tasks run. Each may be pinged, which costs a system call,
/// and a crowd that came at once is silent at once.
const LOOKS_AT_ONCE: usize = 64;

impl Heartbeat {
    pub(crate) fn new(patience: Patience) -> Self {
        Self { patience, wheel: Mutex::new(TimerWheel::new(clock::now_seconds())) }
    }

    /// Watches a connection until its peer is gone.
    pub(crate) fn watch(&self, peer: &Arc<Peer>) {
        let now = clock::now_seconds();
        let due = self.judge(peer, now).unwrap_or_else(|_| now + 1);
        self.wheel.lock().insert(Arc::downgrade(peer), due);
    }

    /// What is wrong with a connection now, if anything is.
    pub(crate) fn alarm_for(&self, peer: &Peer) -> Option<Alarm> {
        self.judge(peer, clock::now_seconds()).err()
    }

    /// Alarms every connection, for a drain.
    pub(crate) fn alarm_all(&self, alarm: Alarm) {
        for peer in self.wheel.lock().peers() {
            peer.alarm(alarm);
        }
    }

    /// Looks at all connections that are due. Called about once a second.
    pub(crate) async fn look_at_due(&self) {
        self.look_until(clock::now_seconds()).await;
    }

    async fn look_until(&self, now: u32) {
        // Taken first: the lock must not be held while handles are put back.
        let due_now = self.wheel.lock().take_until(now);
        for some in due_now.chunks(LOOKS_AT_ONCE) {
            for handle in some {
                self.look(handle, now);
            }
            yield_now().await;
        }
    }

    fn look(&self, handle: &Weak<Peer>, now: u32) {
        let Some(peer) = handle.upgrade() else { return };
        if self.ping_at(&peer).is_some_and(|at| at <= now) {
            peer.ping();
        }
        let due = self.judge(&peer, now).unwrap_or_else(|alarm| {
            peer.alarm(alarm);
            now + 1
        });
        self.wheel.lock().insert(Weak::clone(handle), due);
    }

    /// When to ping a greeted client, unless it was pinged in this silence.
    fn ping_at(&self, peer: &Peer) -> Option<u32> {
        let is_due = peer.is_greeted() && !peer.is_pinged();
        is_due.then(|| peer.heard_at() + seconds(self.patience.ping))
    }

    /// When to look again, or what is wrong.
    fn judge(&self, peer: &Peer, now: u32) -> Result<u32, Alarm> {
        let (heard_at, stuck_since) = (peer.heard_at(), peer.outbox.stuck_since());
        let patience = if peer.is_greeted() { self.patience.silence } else { self.patience.hello };
        let silent_at = heard_at + seconds(patience);
        let stalled_at = stuck_since.map_or(u32::MAX, |since| since + seconds(self.patience.write));
        if stalled_at <= now {
            return Err(Alarm::Stalled);
        }
        if silent_at <= now {
            return Err(Alarm::Silent);
        }
        // A queue that starts to wait wakes nobody, and neither does a hello, after which the heartbeat
        // applies: so look early enough for both.
        let look_after = (seconds(self.patience.write) / 2).min(seconds(self.patience.ping));
        let look_at = now + look_after.max(1);
        let ping_at = self.ping_at(peer).unwrap_or(u32::MAX);
        Ok(silent_at.min(stalled_at).min(look_at).min(ping_at))
    }
}

/// Rounded up, so that no client is closed early.
fn seconds(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis().div_ceil(1_000)).unwrap_or(u32::MAX / 4).min(u32::MAX / 4)
        + 1
}
