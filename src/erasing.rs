//! Erases what people or rooms leave behind that are deleted: all that a person has said, if they wanted that, and all that
//! was said in a room. What is to be erased is stored with the deletion itself, and forgotten when it is done; so it goes on
//! after a crash.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_io::Timer;
use futures::future::{Either, select};
use throng_log::{Change, Erasure, NamedRoom};
use throng_protocol::{PersonId, Refusal};
use tracing::{info, warn};

use crate::actor::Actor;
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
        // What is dropped halfway goes on at the next start.
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
    let rooms = server.log.rooms().await;
    let rooms = rooms.map_err(|error| crate::identity::accounts::unread(&error))?;
    let is_meant = |room: &NamedRoom| match erasure {
        Erasure::Person(_) => true,
        Erasure::Room(id) => room.id == id,
    };
    let sender: Option<PersonId> = match erasure {
        Erasure::Person(person) => Some(person),
        Erasure::Room(_) => None,
    };
    let mut deleted = 0;
    for room in rooms {
        let room = NamedRoom { id: room.id, name: room.name };
        if is_meant(&room) {
            let by = Actor::server();
            deleted += Moderation(server).delete_since(&room, &by, sender, 0).await?;
        }
    }
    server.identity.accounts.change(vec![Change::Erased(erasure)]).await?;
    Ok(deleted)
}
