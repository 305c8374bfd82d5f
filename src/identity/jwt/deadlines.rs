//! When sessions that an issuer vouches for end: first their clients are asked for another JWT, then they are closed.
//!
//! A session enters itself at `hello`, puts its end off at `refresh`, and is looked at once a second. The end is
//! counted on the monotonic clock from the moment in which the JWT was judged.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use throng_protocol::RefreshDue;

use crate::delivery::peer::{Alarm, Peer};
use crate::wire::codec;

/// All sessions with an end, by when there is something to do for them and by the number of their connection.
#[derive(Default)]
pub(crate) struct Deadlines {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    due: BTreeMap<(u64, u64), Entry>,
    /// Under which time each connection is entered.
    entered: HashMap<u64, u64>,
}

#[derive(Clone)]
struct Entry {
    peer: Weak<Peer>,
    /// When the JWT expires.
    expires_ms: u64,
    /// When the session ends.
    ends_ms: u64,
    is_asked: bool,
}

/// How long before and after the end of a JWT things happen, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    /// The client is asked for another one this long before.
    pub(crate) ask_before_ms: u64,
    /// The session is closed this long after.
    pub(crate) grace_ms: u64,
}

/// The entry of one session; dropping it takes it out.
pub(crate) struct Deadline {
    inner: Arc<Mutex<Inner>>,
    connection: u64,
}

impl Deadlines {
    /// Enters a session whose JWT expires at this time of the monotonic clock.
    pub(crate) fn enter(&self, peer: &Arc<Peer>, expires_ms: u64, terms: Terms) -> Deadline {
        let deadline = Deadline { inner: Arc::clone(&self.inner), connection: peer.id() };
        deadline.put_off(peer, expires_ms, terms);
        deadline
    }

    /// Asks and closes where it is time to. Called about once a second.
    pub(crate) fn sweep(&self, now_ms: u64) {
        loop {
            let (entry, is_over) = {
                let mut inner = self.inner.lock();
                let Some(first) = inner.due.first_entry() else { return };
                let ((due_ms, connection), is_due) = (*first.key(), first.key().0 <= now_ms);
                if !is_due {
                    return;
                }
                let mut entry = first.remove();
                debug_assert_eq!(inner.entered.get(&connection), Some(&due_ms));
                inner.entered.remove(&connection);
                let is_over = entry.is_asked && entry.ends_ms <= now_ms;
                if !is_over && entry.peer.strong_count() > 0 {
                    entry.is_asked = true;
                    inner.enter(connection, entry.ends_ms.max(due_ms + 1), entry.clone());
                }
                (entry, is_over)
            };
            let Some(peer) = entry.peer.upgrade() else { continue };
            if is_over {
                peer.alarm(Alarm::JwtExpired);
            } else {
                let expires_ms = entry.expires_ms.saturating_sub(now_ms);
                peer.outbox.offer_event(&codec::event(&RefreshDue { expires_ms }));
            }
        }
    }
}

impl Inner {
    fn enter(&mut self, connection: u64, due_ms: u64, entry: Entry) {
        if let Some(before) = self.entered.insert(connection, due_ms) {
            self.due.remove(&(before, connection));
        }
        self.due.insert((due_ms, connection), entry);
    }
}

impl Deadline {
    /// Enters the session again, with another JWT.
    pub(crate) fn put_off(&self, peer: &Arc<Peer>, expires_ms: u64, terms: Terms) {
        let entry = Entry {
            peer: Arc::downgrade(peer),
            expires_ms,
            ends_ms: expires_ms + terms.grace_ms,
            is_asked: false,
        };
        let ask_ms = expires_ms.saturating_sub(terms.ask_before_ms);
        self.inner.lock().enter(self.connection, ask_ms, entry);
    }
}

impl Drop for Deadline {
    fn drop(&mut self) {
        let mut inner = self.inner.lock();
        if let Some(due_ms) = inner.entered.remove(&self.connection) {
            inner.due.remove(&(due_ms, self.connection));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::task::{Context, Waker};

    use super::{Deadlines, Terms};
    use crate::delivery::peer::{Alarm, Peer};
    use crate::delivery::tests::{budget, pair};

    const TERMS: Terms = Terms { ask_before_ms: 60, grace_ms: 30 };

    fn alarm(peer: &Arc<Peer>) -> Option<Alarm> {
        peer.drive(&mut Context::from_waker(Waker::noop())).expect("a whole socket").alarm
    }

    fn is_asked(deadlines: &Deadlines) -> bool {
        deadlines.inner.lock().due.values().all(|entry| entry.is_asked)
    }

    #[test]
    fn a_client_is_asked_first_and_closed_after_the_grace() {
        let (peer, _far) = pair(1, &budget(1_000, 1_000));
        let deadlines = Deadlines::default();
        let _entered = deadlines.enter(&peer, 1_000, TERMS);
        deadlines.sweep(939);
        assert!(!is_asked(&deadlines));
        deadlines.sweep(940);
        assert!(is_asked(&deadlines));
        deadlines.sweep(1_029);
        assert_eq!(alarm(&peer), None);
        deadlines.sweep(1_030);
        assert_eq!(alarm(&peer), Some(Alarm::JwtExpired));
    }

    #[test]
    fn another_jwt_puts_the_end_off_also_to_an_earlier_time() {
        let (peer, _far) = pair(1, &budget(1_000, 1_000));
        let deadlines = Deadlines::default();
        let entered = deadlines.enter(&peer, 1_000, TERMS);
        deadlines.sweep(950);
        entered.put_off(&peer, 2_000, TERMS);
        deadlines.sweep(1_500);
        assert_eq!((alarm(&peer), is_asked(&deadlines)), (None, false));
        entered.put_off(&peer, 1_600, TERMS);
        deadlines.sweep(1_700);
        deadlines.sweep(1_701);
        assert_eq!(alarm(&peer), Some(Alarm::JwtExpired));
    }

    #[test]
    fn a_session_that_has_ended_leaves_nothing_behind() {
        let (peer, _far) = pair(1, &budget(1_000, 1_000));
        let deadlines = Deadlines::default();
        let entered = deadlines.enter(&peer, 1_000, TERMS);
        for round in 0..100 {
            entered.put_off(&peer, 1_000 + round, TERMS);
        }
        assert_eq!(deadlines.inner.lock().due.len(), 1);
        drop(entered);
        let inner = deadlines.inner.lock();
        assert!(inner.due.is_empty() && inner.entered.is_empty());
    }

    /// A server that was paused past the end closes at once; it does not wait for another second.
    #[test]
    fn an_end_that_was_slept_through_comes_at_once() {
        let (peer, _far) = pair(1, &budget(1_000, 1_000));
        let deadlines = Deadlines::default();
        let _entered = deadlines.enter(&peer, 1_000, TERMS);
        deadlines.sweep(9_000);
        assert_eq!(alarm(&peer), Some(Alarm::JwtExpired));
    }
}
