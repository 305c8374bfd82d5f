//! Deleting what was said: one message, or all that somebody has said lately. The texts go in the order of the room, as
//! everything else that is said there.

use std::sync::Arc;

use throng_log::clock::unix_ms;
use throng_log::{Append, Appended, Body, DELETE_TARGETS_MAX, NamedRoom, Search};
use throng_protocol::{Cid, Delete, ErrorCode, PersonId, Purge, PurgeOk, Refusal, Sent};
use throng_room::{Waiting, log_refusal};

use super::Moderation;
use crate::actor::{Actor, note, person_ref};
use crate::delivery::ticket::Ticket;
use crate::filter::Judged;
use crate::identity::accounts::unread;
use crate::rooms::handle::{Command, Ended, LOOKUPS, Shown};
use crate::rooms::map::new_room;
use crate::rooms::message::{self, no_such_message};
use crate::wire::entry::AT_THE_SERVER;

/// How far back `purge` reaches, in milliseconds: a week. In a room in which a million messages are sent a day it looks
/// at seven million rows, in pieces.
const LAST_MS_MAX: u64 = 7 * 24 * 3_600_000;

impl Moderation<'_> {
    /// Deletes the text of one message.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn delete(&self, by: &Actor, delete: &Delete) -> Result<Sent, Refusal> {
        let shown = self.membership().seen(by.person(), &delete.room)?;
        let room = shown.attributes.id;
        let entry = message::read(&*self.0.log, room, delete.seq).await?;
        if self.0.fence.is_hidden_from(by.person(), &entry, &shown.attributes) {
            return Err(no_such_message(delete.seq));
        }
        if by.person() != Some(entry.sender) {
            let place = self.place(by, Some(&delete.room))?;
            self.may_touch(&place, entry.sender)?;
            let subject = format!("{} in message {}", entry.nick, entry.seq);
            let note = note(&place.by, "delete", &subject, Some(room), &delete.reason)?;
            self.0.identity.accounts.change(vec![note]).await?;
        }
        self.delete_in(&in_log(&shown), by, vec![delete.seq]).await
    }

    /// Deletes the texts of all that somebody has said lately.
    ///
    /// # Errors
    /// Why not, or why not all of them: then the same command goes on.
    pub(crate) async fn purge(&self, by: &Actor, purge: &Purge) -> Result<PurgeOk, Refusal> {
        let (subject, name) = self.0.identity.find(&person_ref(&purge.person)?).await?;
        let is_own = by.person() == Some(subject);
        let one = match &purge.room {
            Some(room) => Some(self.membership().seen(by.person(), room)?),
            None => None,
        };
        if purge.last_ms == 0 || purge.last_ms > LAST_MS_MAX {
            let message = format!("last_ms: from 1 to {LAST_MS_MAX}, which is a week");
            return Err(Refusal::new(ErrorCode::BadCommand, message));
        }
        if !is_own {
            let place = self.place(by, purge.room.as_deref())?;
            self.may_touch(&place, subject)?;
            let note = note(&place.by, "purge", &name, place.room(), &purge.reason)?;
            self.0.identity.accounts.change(vec![note]).await?;
        }
        let rooms = match one {
            Some(shown) => vec![shown],
            None => self.rooms_for_purge(by, is_own),
        };
        let since = unix_ms().saturating_sub(purge.last_ms);
        let mut deleted = 0;
        for shown in rooms {
            deleted += self.delete_since(&in_log(&shown), by, Some(subject), since).await?;
        }
        Ok(PurgeOk { deleted })
    }

    /// The rooms in which the actor may delete what somebody else said; of themselves, all rooms.
    fn rooms_for_purge(&self, by: &Actor, is_own: bool) -> Vec<Arc<Shown>> {
        let viewer = if is_own { None } else { by.person() };
        self.0
            .rooms
            .all(|shown| viewer.is_none_or(|person| self.0.fence.keeps(person, &shown.attributes)))
    }

    /// Deletes what one person, or everybody, has said in a room since a time, and returns how many messages that was.
    pub(crate) async fn delete_since(
        &self,
        room: &NamedRoom,
        by: &Actor,
        sender: Option<PersonId>,
        since: u64,
    ) -> Result<u64, Refusal> {
        let log = &self.0.log;
        let (mut before, mut deleted) = (u64::MAX, 0);
        loop {
            let search = Search { sender, since, before };
            let found = log.search(room.id, search).await.map_err(|error| unread(&error))?;
            for targets in found.seqs.chunks(DELETE_TARGETS_MAX) {
                self.delete_in(room, by, targets.to_vec()).await?;
                deleted += targets.len() as u64;
            }
            match found.before {
                Some(next) => before = next,
                None => return Ok(deleted),
            }
        }
    }

    /// Has the room's task delete these messages in its order. A room that is deleted has no task, and nobody is there.
    async fn delete_in(
        &self,
        room: &NamedRoom,
        by: &Actor,
        targets: Vec<u64>,
    ) -> Result<Sent, Refusal> {
        let server = self.0;
        let refusal = no_such_message(targets.first().copied().unwrap_or_default());
        let append = Append {
            sender: by.person().unwrap_or(AT_THE_SERVER),
            nick: by.name().into(),
            cid: new_cid(),
            body: Body::Delete { targets: targets.into() },
            admit: true,
            shadow: false,
        };
        let (ticket, answered) = Ticket::inside();
        let waiting =
            Waiting { append: append.clone(), refusal: Some(refusal), flag: None, ticket };
        // No filter judges a deletion.
        let mut command = Box::new(Command::Send(waiting, Judged::default()));
        for _ in 0..LOOKUPS {
            let Some(open) = server.rooms.open_id(room.id) else {
                return self.append_deletion(room.clone(), append).await;
            };
            match open.send(command, server.config.inbox_wait).await {
                Ok(_) => return answered.await.unwrap_or_else(|_| Err(busy())),
                Err(Ended(back)) => command = back,
            }
        }
        Err(busy())
    }

    async fn append_deletion(&self, room: NamedRoom, append: Append) -> Result<Sent, Refusal> {
        let appended = self.0.log.append(room, vec![append]).await;
        match appended.map_err(|error| log_refusal(&error, None))?[..] {
            [Appended::Committed { seq, at, .. }] => {
                Ok(Sent { seq, at, dup: false, deleted: false })
            }
            [Appended::Duplicate { seq, at, .. }] => {
                Ok(Sent { seq, at, dup: true, deleted: false })
            }
            _ => Err(no_such_message(0)),
        }
    }
}

fn in_log(shown: &Shown) -> NamedRoom {
    NamedRoom { id: shown.attributes.id, name: shown.attributes.name_in_log() }
}

fn new_cid() -> Cid {
    let mut bytes = [0; 17];
    bytes[..16].copy_from_slice(&new_room().to_bytes());
    Cid::from_bytes(bytes).expect("the last byte says that it is a UUID")
}

fn busy() -> Refusal {
    Refusal::later(ErrorCode::Busy, "the room is busy; try again", 1_000)
}
