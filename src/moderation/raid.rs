//! The raid switch: turned on and off, and stored when it went on by itself or its time is over.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use async_io::Timer;
use event_listener::listener;
use futures::future::{Either, select};
use throng_log::clock::unix_ms;
use throng_log::{Change, Raid as Stored};
use throng_protocol::{RaidOk, Refusal, Role, SwitchRaid};
use tracing::{info, warn};

use super::{FOR_MS_MAX, Moderation};
use crate::actor::{Actor, note};
use crate::raid::{Due, Held};
use crate::rights::action::Action;
use crate::rights::policy::Policy;
use crate::rooms::handle::Rule;
use crate::server::Server;

/// Whom it concerns, in the audit log.
const SUBJECT: &str = "the server";

/// How often it is looked at while it is on: whether its time is over.
const LOOK: Duration = Duration::from_millis(500);

impl Moderation<'_> {
    /// Turns the switch on or off, or says how it stands. When this returns, it is on disk, what guests said before
    /// is shown, and what they say from then on is not.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn raid(&self, by: &Actor, switch: &SwitchRaid) -> Result<RaidOk, Refusal> {
        let server = self.0;
        let now = server.log.clock().now_ms();
        let Some(on) = switch.on else { return Ok(shown(server.raid.held(now).as_ref(), now)) };
        let until_ms = switch.for_ms.map(|time| now + time.clamp(1, FOR_MS_MAX));
        let stored = on.then(|| Stored {
            since_ms: unix_ms(),
            until_ms,
            by: by.person(),
            by_name: by.name().into(),
            is_automatic: false,
            reason: switch.reason.as_str().into(),
        });
        let action = if on { "raid on" } else { "raid off" };
        let note = note(by, action, SUBJECT, None, &switch.reason)?;
        {
            let _order = server.raid.order.lock().await;
            self.store_raid(stored, note).await?;
        }
        info!(by = by.name(), on, "the raid switch was turned");
        if on {
            server.rooms.enforce(None, Rule::Restriction).await;
        }
        Ok(shown(server.raid.held(now).as_ref(), now))
    }

    /// The rule by which the switch forbids an action now, in words.
    pub(super) fn held_back(&self, role: Role, action: Action) -> Option<String> {
        let held = self.0.raid.held(self.0.log.clock().now_ms())?;
        if !Policy::is_held_back(role, action) {
            return None;
        }
        let Stored { is_automatic, by_name, reason, .. } = &held.stored;
        let set = match is_automatic {
            true => "went on by itself".to_owned(),
            false => format!("was turned on by {by_name}"),
        };
        let reason = if reason.is_empty() { String::new() } else { format!(": {reason}") };
        Some(format!("the raid switch, which {set}, forbids it to guests{reason}"))
    }

    /// Stores the switch and puts it in force. The order is held.
    async fn store_raid(&self, stored: Option<Stored>, note: Change) -> Result<(), Refusal> {
        let server = self.0;
        let changes = vec![Change::SetRaid(stored.clone()), note];
        server.identity.accounts.change(changes).await?;
        server.metrics.raid.set(i64::from(stored.is_some()));
        server.raid.put(stored);
        Ok(())
    }

    /// Stores what is due.
    async fn settle_raid(&self) -> Result<(), Refusal> {
        let server = self.0;
        // Judged under the order, since somebody may turn it meanwhile.
        let _order = server.raid.order.lock().await;
        let now = server.log.clock().now_ms();
        let (stored, action, reason) = match server.raid.due(now) {
            Some(Due::On(stored)) => {
                let reason = stored.reason.clone();
                (Some(stored), "raid on", reason)
            }
            Some(Due::Over) => (None, "raid off", "its time is over".into()),
            None => return Ok(()),
        };
        let on = stored.is_some();
        let note = note(&Actor::server(), action, SUBJECT, None, &reason)?;
        self.store_raid(stored, note).await?;
        match on {
            true => warn!(%reason, "the raid switch went on by itself"),
            false => info!("the raid switch is off: its time is over"),
        }
        Ok(())
    }
}

/// Stores what becomes of the switch by itself, until the drain begins.
pub(crate) async fn run(server: Arc<Server>) {
    loop {
        listener!(server.raid.changed => changed);
        if server.raid.due(server.log.clock().now_ms()).is_some()
            && let Err(refusal) = Moderation(&server).settle_raid().await
        {
            // It is in force, and is tried again.
            warn!(why = refusal.message, "the raid switch could not be stored");
        }
        // While it is off, there is nothing to look at.
        let look = match server.raid.held(0).is_some() {
            true => Timer::after(LOOK),
            false => Timer::never(),
        };
        let next = select(changed, look);
        if let Either::Right(_) = select(next, pin!(server.drain.begun())).await {
            return;
        }
    }
}

fn shown(held: Option<&Held>, now_ms: u64) -> RaidOk {
    let Some(held) = held else { return RaidOk::default() };
    RaidOk {
        on: true,
        since: Some(held.stored.since_ms),
        left_ms: held.left_ms(now_ms),
        by: held.stored.by,
        by_name: held.stored.by_name.to_string(),
        automatic: held.stored.is_automatic,
        reason: held.stored.reason.to_string(),
    }
}
