//! Erases the texts of deleted accounts, where the person wanted that, and of deleted rooms.
//!
//! What is to be erased is stored together with the deletion of the account or the room, until it is done. So a crash
//! only delays it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_io::Timer;
use futures::future::{Either, select};
use throng_log::{Change, Erasure, NamedRoom};
use throng_protocol::Refusal;
use tracing::{info, warn};

use crate::actor::Actor;
use crate::identity::accounts::unread;
use crate::moderation::Moderation;
use crate::server::Server;

/// How often to look whether something is to be erased: a deleted text is gone within a minute where there is little.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Runs until the drain begins.
pub(crate) async fn run(server: Arc<Server>) {
    loop {
        let erasing = async {
            Timer::after(LOOK_EVERY).await;
            erase_all(&server).await;
        };
        // An erasure that is cut short goes on at the next start.
        if let Either::Right(_) =
            select(std::pin::pin!(erasing), std::pin::pin!(server.drain.begun())).await
        {
            return;
        }
    }
}

/// Erases everything that is to be erased now.
pub(crate) async fn erase_all(server: &Server) {
    let erasures = match server.identity.erasures().await {
        Ok(erasures) => erasures,
        Err(refusal) => {
            return warn!(reason = %refusal.message, "what is to be erased is not known");
        }
    };
    for erasure in erasures {
        let began = Instant::now();
        match erase(server, erasure).await {
            Ok(deleted) => info!(?erasure, deleted, took = ?began.elapsed(), "erased"),
            Err(refusal) => {
                warn!(?erasure, reason = %refusal.message, "not erased yet: it is tried again");
            }
        }
    }
}

async fn erase(server: &Server, erasure: Erasure) -> Result<u64, Refusal> {
    let (sender, one) = match erasure {
        Erasure::Person(person) => (Some(person), None),
        Erasure::Room(room) => (None, Some(room)),
    };
    let mut deleted = 0;
    for room in server.log.rooms().await.map_err(|error| unread(&error))? {
        if one.is_none_or(|one| one == room.id) {
            let room = NamedRoom { id: room.id, name: room.name };
            let by = Actor::server();
            deleted += Moderation(server).delete_since(&room, &by, sender, 0).await?;
        }
    }
    server.identity.accounts.change(vec![Change::Erased(erasure)]).await?;
    Ok(deleted)
}
