//! What is said of a room: changing it, and deleting the room.

use throng_log::{Audit, AuditFrom, AuditRange, Change, RoomAttributes};
use throng_protocol::{DeleteRoom, ErrorCode, Rank, Refusal, Right, Role, RoomId, SetRoom};

use super::{Membership, room_name};
use crate::actor::{Actor, line, note};
use crate::rooms::handle::Rule;

/// The longest topic, in bytes.
const TOPIC_BYTES_MAX: usize = 250;

/// The longest description, in bytes: a screen of text, which the page of a join has to hold beside the messages.
const DESCRIPTION_BYTES_MAX: usize = 2_000;

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
        let new = RoomAttributes {
            name: name.unwrap_or_else(|| old.name.clone()),
            ..self.changed(by, &old, set)?
        };
        let role = by.in_kept_room().role();
        let calls = |called: &str| server.fence.filters.may_be_called(role, Some(old.id), called);
        if new.name != old.name {
            calls(new.name.as_str())?;
        }
        if new.topic != old.topic {
            calls(&new.topic)?;
        }
        if new.description != old.description {
            calls(&new.description)?;
        }
        let mut changes = vec![Change::PutRoom(new.clone())];
        changes.extend(self.notes(by, (&old, &new), &set.reason)?);
        server.rooms.change(new)?;
        if let Err(refusal) = server.identity.accounts.change(changes).await {
            let _ = server.rooms.change(old);
            return Err(refusal);
        }
        server.rooms.enforce(Some(old.id), Rule::Attributes).await;
        Ok(())
    }

    /// A room as it is after a change, but for its name.
    ///
    /// # Errors
    /// Why not.
    pub(super) fn changed(
        &self,
        by: &Actor,
        old: &RoomAttributes,
        set: &SetRoom,
    ) -> Result<RoomAttributes, Refusal> {
        if set.slow_ms.is_some_and(|slow| slow > SLOW_MS_MAX) {
            let message = format!("slow_ms: at most {SLOW_MS_MAX}, which is six hours");
            return Err(Refusal::new(ErrorCode::BadCommand, message));
        }
        let mut new = RoomAttributes {
            topic: set.topic.as_deref().map_or(Ok(old.topic.clone()), topic)?,
            description: set
                .description
                .as_deref()
                .map_or(Ok(old.description.clone()), description)?,
            order: set.order.unwrap_or(old.order),
            slow_ms: set.slow_ms.unwrap_or(old.slow_ms),
            archived: set.archived.unwrap_or(old.archived),
            ..old.clone()
        };
        self.narrow(by, &mut new, set)?;
        Ok(new)
    }

    /// The entries of the audit log about a change of a room: one for each right that is narrowed or opened, so that
    /// `why` finds who did it, and one for everything else.
    ///
    /// # Errors
    /// When the reason is too long.
    fn notes(
        &self,
        by: &Actor,
        (old, new): (&RoomAttributes, &RoomAttributes),
        reason: &str,
    ) -> Result<Vec<Change>, Refusal> {
        let mut notes = self.narrowings(by, (old, new), reason)?;
        let rest = difference(old, new);
        if !rest.is_empty() || notes.is_empty() {
            let subject = if rest.is_empty() { "nothing" } else { &rest };
            notes.push(note(by, "set_room", subject, Some(old.id), reason)?);
        }
        Ok(notes)
    }

    /// An entry of the audit log for each right that is narrowed or opened.
    ///
    /// # Errors
    /// When the reason is too long.
    pub(super) fn narrowings(
        &self,
        by: &Actor,
        (old, new): (&RoomAttributes, &RoomAttributes),
        reason: &str,
    ) -> Result<Vec<Change>, Refusal> {
        let is_other = |right: &Right| {
            least(old, *right) != least(new, *right)
                || old.groups_for(*right) != new.groups_for(*right)
        };
        let changed = Right::ALL.into_iter().filter(is_other);
        let entry = |right| {
            let names = self.0.groups.names(new.groups_for(right));
            let subject = [vec![least(new, right).to_owned()], names].concat().join(", ");
            note(by, narrowing(right), &subject, Some(new.id), reason)
        };
        changed.map(entry).collect()
    }

    /// Who narrowed a right in a room last; `None` where nobody did.
    ///
    /// # Errors
    /// When it can't be read.
    pub(crate) async fn narrowed_by(
        &self,
        room: RoomId,
        right: Right,
    ) -> Result<Option<Audit>, Refusal> {
        let action = Some(narrowing(right));
        let (from, limit, room, reader) = (AuditFrom::Newest, 1, Some(room), None);
        let found = self.0.identity.audit(AuditRange { from, limit, room, action, reader }).await?;
        Ok(found.into_iter().next())
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

pub(super) fn description(text: &str) -> Result<Box<str>, Refusal> {
    let is_wrong = |c: char| c.is_control() && c != '\n';
    if text.len() <= DESCRIPTION_BYTES_MAX && !text.contains(is_wrong) {
        return Ok(text.into());
    }
    let message = format!(
        "description: at most {DESCRIPTION_BYTES_MAX} bytes, with line breaks and no other control characters"
    );
    Err(Refusal::new(ErrorCode::BadCommand, message))
}

/// The name under which the audit log has who narrowed a right.
fn narrowing(right: Right) -> &'static str {
    match right {
        Right::See => "narrow_see",
        Right::Speak => "narrow_speak",
        Right::Invite => "narrow_invite",
        Right::Moderate => "narrow_moderate",
    }
}

/// The least role or rank for a right, in one word.
pub(crate) fn least(room: &RoomAttributes, right: Right) -> &'static str {
    let of_role = |role: Role, open: Role| if role == open { "everybody" } else { role.name() };
    match right {
        Right::See => of_role(room.see, Role::Guest),
        Right::Speak => of_role(room.speak, Role::Guest),
        Right::Moderate => room.moderate.name(),
        Right::Invite if room.invite == Rank::Moderator => "moderator",
        Right::Invite => "member",
    }
}

/// What changes besides who may do what, for the audit log.
fn difference(old: &RoomAttributes, new: &RoomAttributes) -> String {
    let mut parts = Vec::new();
    let mut add = |word: &str, is_changed: bool, value: String| {
        if is_changed {
            parts.push(format!("{word} {value}"));
        }
    };
    add("name", old.name != new.name, new.name.to_string());
    add("topic", old.topic != new.topic, format!("{:?}", new.topic));
    let length = format!("of {} characters", new.description.chars().count());
    add("description", old.description != new.description, length);
    add("order", old.order != new.order, new.order.to_string());
    add("slow_ms", old.slow_ms != new.slow_ms, new.slow_ms.to_string());
    add("archived", old.archived != new.archived, new.archived.to_string());
    parts.join(", ")
}
