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
        self.turn_to(clock::now_seconds());
    }

    fn turn_to(&self, now: u32) {
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
        // A queue that begins to wait calls nobody, so it is looked for in time.
        let look_at = now + (seconds(self.patience.write) / 2).max(1);
        Ok(silent_at.min(stalled_at).min(look_at))
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::task::{Context, Waker};
    use std::time::Duration;

    use super::{LOOK_SECONDS_MAX, Patience, Wheel};
    use crate::clock;
    use crate::frame::Frame;
    use crate::outbox::tests::{budget, pair};
    use crate::outbox::{Alarm, Outbox};

    const MIB: usize = 1024 * 1024;

    fn wheel() -> Wheel {
        Wheel::new(Patience {
            hello: Duration::from_secs(5),
            silence: Duration::from_secs(60),
            write: Duration::from_secs(20),
        })
    }

    fn alarm(outbox: &Outbox) -> Option<Alarm> {
        outbox.drive(&mut Context::from_waker(Waker::noop())).expect("a whole socket").alarm
    }

    /// Turns the wheel for so many seconds, forgets each alarm as a session does that found it
    /// unfounded, and returns in which seconds there was one.
    fn alarms(wheel: &Wheel, outbox: &Outbox, seconds: u32) -> Vec<(u32, Alarm)> {
        let (begin, _) = outbox.signs_of_life();
        let mut alarms = Vec::new();
        for second in 0..seconds {
            wheel.turn_to(begin + second);
            if let Some(alarm) = alarm(outbox) {
                alarms.push((second, alarm));
                outbox.clear(alarm);
            }
        }
        alarms
    }

    #[test]
    fn whoever_is_due_is_looked_at_again_and_again() {
        let (done, is_done) = std::sync::mpsc::sync_channel(1);
        // In a thread of its own, so that a wheel that blocks itself fails and does not hang.
        std::thread::spawn(move || {
            let wheel = wheel();
            let (outbox, _peer) = pair(1, &budget(MIB, MIB));
            wheel.watch(&outbox);
            let seconds = alarms(&wheel, &outbox, 100);
            let _ = done.send(seconds.iter().map(|(second, _)| *second).collect::<Vec<_>>());
        });
        let seconds = is_done.recv_timeout(Duration::from_secs(60)).expect("the wheel turns");
        assert_eq!(seconds, (6..100).collect::<Vec<_>>(), "from the sixth second on, each");
    }

    #[test]
    fn a_greeted_client_may_be_silent_for_longer() {
        let wheel = wheel();
        let (outbox, _peer) = pair(1, &budget(MIB, MIB));
        wheel.watch(&outbox);
        outbox.greet();
        assert_eq!(alarms(&wheel, &outbox, 62), [(61, Alarm::Silent)]);
    }

    #[test]
    fn a_write_without_progress_is_noticed() {
        let wheel = wheel();
        let (outbox, _peer) = pair(1, &budget(MIB, MIB));
        outbox.greet();
        wheel.watch(&outbox);
        outbox.offer_event(&Frame::text(&"x".repeat(MIB)));
        let (first, alarm) = alarms(&wheel, &outbox, 50)[0];
        let (heard_at, stuck_since) = outbox.signs_of_life();
        let begun = stuck_since.expect("it is stuck") - heard_at;
        assert_eq!(alarm, Alarm::Stalled);
        // One was placed when nothing was stuck yet, so it is looked at within half of the 20 s.
        assert!((21..=21 + 11).contains(&(first - begun)), "{first}");
    }

    #[test]
    fn a_late_wheel_misses_nobody() {
        let wheel = wheel();
        let outboxes: Vec<_> = (0..20).map(|id| pair(id, &budget(MIB, MIB))).collect();
        outboxes.iter().for_each(|(outbox, _)| wheel.watch(outbox));
        wheel.turn_to(clock::now_seconds() + 10 * LOOK_SECONDS_MAX);
        assert!(outboxes.iter().all(|(outbox, _)| alarm(outbox) == Some(Alarm::Silent)));
    }

    #[test]
    fn a_connection_that_is_gone_leaves_the_wheel() {
        let wheel = wheel();
        let (outbox, peer) = pair(1, &budget(MIB, MIB));
        wheel.watch(&outbox);
        let weak = Arc::downgrade(&outbox);
        drop((outbox, peer));
        assert!(weak.upgrade().is_none(), "the wheel does not keep it");
        wheel.turn_to(clock::now_seconds() + 2 * LOOK_SECONDS_MAX);
        assert_eq!(wheel.turning.lock().buckets.iter().map(Vec::len).sum::<usize>(), 0);
    }

    #[test]
    fn a_drain_calls_everybody() {
        let wheel = wheel();
        let outboxes: Vec<_> = (0..20).map(|id| pair(id, &budget(MIB, MIB))).collect();
        outboxes.iter().for_each(|(outbox, _)| wheel.watch(outbox));
        wheel.alarm_all(Alarm::Drain);
        assert!(outboxes.iter().all(|(outbox, _)| alarm(outbox) == Some(Alarm::Drain)));
    }

    #[test]
    fn nobody_is_called_early() {
        let wheel = Wheel::new(Patience {
            hello: Duration::from_millis(1_500),
            silence: Duration::MAX,
            write: Duration::MAX,
        });
        let (outbox, _peer) = pair(1, &budget(MIB, MIB));
        wheel.watch(&outbox);
        assert_eq!(alarms(&wheel, &outbox, 4), [(3, Alarm::Silent)], "1.5 s, rounded up");
        outbox.greet();
        assert_eq!(alarms(&wheel, &outbox, 1_000), []);
    }
}
