//! What is said of a room: changing it, and deleting the room.

use throng_log::{Change, RoomAttributes};
use throng_protocol::{DeleteRoom, ErrorCode, Rank, Refusal, SetRoom};

use super::{Membership, room_name};
use crate::actor::{Actor, line, note};
use crate::rooms::handle::Rule;

/// The longest topic, in bytes.
const TOPIC_BYTES_MAX: usize = 250;

/// The longest pause of slow mode, in milliseconds: six hours.
const SLOW_MS_MAX: u64 = 6 * 3_600_000;

impl Membership<'_> {
    /// Changes what is said of a room.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn set(&self, by: &Actor, set: &SetRoom) -> Result<(), Refusal> {
        let server = self.0;
        let _order = server.seats.order.lock().await;
        let shown = self.kept(by, &set.room)?;
        let old = shown.attributes.clone();
        let name = set.name.as_deref().map(room_name).transpose()?;
        if let Some(name) = &name
            && let Some(person) = by.person()
        {
            self.is_free(person, name, Some(old.id))?;
        }
        if set.slow_ms.is_some_and(|slow| slow > SLOW_MS_MAX) {
            let message = format!("slow_ms: at most {SLOW_MS_MAX}, which is six hours");
            return Err(Refusal::new(ErrorCode::BadCommand, message));
        }
        let new = RoomAttributes {
            name: name.unwrap_or_else(|| old.name.clone()),
            topic: set.topic.as_deref().map_or(Ok(old.topic.clone()), topic)?,
            speak: set.speak.unwrap_or(old.speak),
            slow_ms: set.slow_ms.unwrap_or(old.slow_ms),
            invite: set.invite.map_or(old.invite, |rank| rank.max(Rank::Member)),
            archived: set.archived.unwrap_or(old.archived),
            ..old.clone()
        };
        let role = by.in_kept_room().role();
        let calls = |called: &str| server.fence.filters.may_be_called(role, Some(old.id), called);
        if new.name != old.name {
            calls(new.name.as_str())?;
        }
        if new.topic != old.topic {
            calls(&new.topic)?;
        }
        let note = note(by, "set_room", &difference(&old, &new), Some(old.id), &set.reason)?;
        server.rooms.change(new.clone())?;
        let stored = server.identity.accounts.change(vec![Change::PutRoom(new), note]).await;
        if let Err(refusal) = stored {
            let _ = server.rooms.change(old);
            return Err(refusal);
        }
        server.rooms.enforce(Some(old.id), Rule::Attributes).await;
        Ok(())
    }

    /// Deletes a room for everybody.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn delete(&self, by: &Actor, delete: &DeleteRoom) -> Result<(), Refusal> {
        let server = self.0;
        let _order = server.seats.order.lock().await;
        let shown = self.kept(by, &delete.room)?;
        let room = &shown.attributes;
        let gone = RoomAttributes { deleted: true, ..room.clone() };
        let note = note(by, "delete_room", room.name.as_str(), Some(room.id), &delete.reason)?;
        server.identity.accounts.change(vec![Change::PutRoom(gone.clone()), note]).await?;
        let people = server.seats.clear(room.id);
        server.fence.filters.forget_room(room.id);
        let reason = match &*delete.reason {
            "" => "this room was deleted".to_owned(),
            reason => format!("this room was deleted: {reason}"),
        };
        server.rooms.delete(gone, reason.clone()).await;
        for person in people {
            self.tell_removed(person, room.id, &reason);
        }
        Ok(())
    }
}

pub(super) fn topic(topic: &str) -> Result<Box<str>, Refusal> {
    line("topic", topic, TOPIC_BYTES_MAX)?;
    Ok(topic.into())
}

/// What changes, for the audit log.
fn difference(old: &RoomAttributes, new: &RoomAttributes) -> String {
    let mut parts = Vec::new();
    let mut add = |word: &str, is_changed: bool, value: String| {
        if is_changed {
            parts.push(format!("{word} {value}"));
        }
    };
    add("name", old.name != new.name, new.name.to_string());
    add("topic", old.topic != new.topic, format!("{:?}", new.topic));
    add("speak", old.speak != new.speak, new.speak.name().to_owned());
    add("slow_ms", old.slow_ms != new.slow_ms, new.slow_ms.to_string());
    let invite = if new.invite == Rank::Moderator { "moderator" } else { "member" };
    add("invite", old.invite != new.invite, invite.to_owned());
    add("archived", old.archived != new.archived, new.archived.to_string());
    if parts.is_empty() { "nothing".to_owned() } else { parts.join(", ") }
}
