//! What the requests of one connection share, and their handlers use.

use std::net::SocketAddr;
use std::sync::Arc;

use async_lock::SemaphoreGuardArc;
use parking_lot::Mutex;

use super::activity::{Activity, Doing};
use crate::base::tasks::Running;
use crate::connection_slots::{ConnectionSlot, NoSlot};
use crate::server::Server;

/// The service of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    /// The chat.
    Chat,
    /// The metrics.
    Metrics,
    /// A refusal, since there is no slot.
    Refused(NoSlot),
}

/// What the requests of one connection share.
pub(super) struct Context {
    pub(super) server: Arc<Server>,
    pub(super) service: Service,
    pub(super) number: u64,
    /// The local address of the connection.
    pub(super) local: SocketAddr,
    pub(super) activity: Arc<Activity>,
    /// `None` if the connection is refused.
    slot: Mutex<Option<ConnectionSlot>>,
    /// Its permit to be a handshake in progress, until it is no longer one.
    lease: Mutex<Option<SemaphoreGuardArc>>,
    upgrade: Mutex<Option<Upgrade>>,
}

/// An accepted upgrade.
///
/// hyper could send the 101 and hand over the socket. But if a request has `close` beside `Upgrade` in its
/// `Connection`, as those of Tcl's http do, hyper adds `close` to the response, which Tcl does not accept as
/// an upgrade. So the socket is taken from hyper first.
pub(super) struct Upgrade {
    /// The 101.
    pub(super) head: Vec<u8>,
    /// The token in the page's cookie.
    pub(super) cookie: Option<Box<str>>,
    /// The drain waits for this.
    pub(super) running: Running,
}

impl Context {
    pub(super) fn new(
        server: Arc<Server>,
        service: Service,
        number: u64,
        local: SocketAddr,
        admitted: Option<(ConnectionSlot, SemaphoreGuardArc)>,
    ) -> Self {
        let (slot, lease) = admitted.unzip();
        Self {
            server,
            service,
            number,
            local,
            activity: Arc::new(Activity::new()),
            slot: Mutex::new(slot),
            lease: Mutex::new(lease),
            upgrade: Mutex::new(None),
        }
    }

    /// Lets another handshake start.
    pub(super) fn end_lease(&self) {
        self.lease.lock().take();
    }

    /// Turns the slot into a session's, if the address may have one more.
    pub(super) fn become_session(&self) -> Result<(), NoSlot> {
        match &mut *self.slot.lock() {
            Some(slot) => slot.become_session(),
            None => Err(NoSlot::Full),
        }
    }

    /// Asks something of the slot; `None` if the connection is refused.
    pub(super) fn with_slot<T>(&self, ask: impl FnOnce(&ConnectionSlot) -> T) -> Option<T> {
        self.slot.lock().as_ref().map(ask)
    }

    pub(super) fn take_slot(&self) -> Option<ConnectionSlot> {
        self.slot.lock().take()
    }

    pub(super) fn agree_to(&self, upgrade: Upgrade) {
        *self.upgrade.lock() = Some(upgrade);
        self.activity.turn_to(Doing::Upgrading);
    }

    pub(super) fn take_upgrade(&self) -> Option<Upgrade> {
        self.upgrade.lock().take()
    }
}
