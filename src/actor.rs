//! Who does something to people or rooms, and how it is written into the audit log.

use std::net::IpAddr;

use throng_log::clock::unix_ms;
use throng_log::{Audit, Change};
use throng_protocol::{ErrorCode, PersonId, PersonRef, Refusal, Role, RoomId, RoomRef, User};

use crate::identity::people::Person;
use crate::rights::policy::Policy;

/// The longest reason, in bytes.
const REASON_BYTES_MAX: usize = 400;

/// Who does something.
#[derive(Clone)]
pub(crate) struct Actor {
    /// `None` for somebody at the server's machine, who may do everything.
    person: Option<PersonId>,
    name: String,
    role: Role,
    /// Where they come from.
    address: Option<IpAddr>,
}

impl Actor {
    /// A person on a session.
    pub(crate) fn session(person: &Person, role: Role, address: IpAddr) -> Self {
        let user = person.user();
        Self { person: Some(user.id), name: user.nick, role, address: Some(address) }
    }

    /// A person, for what only their rank in a room decides.
    pub(crate) fn named(person: PersonId, name: &str) -> Self {
        Self { person: Some(person), name: name.to_owned(), role: Role::Guest, address: None }
    }

    /// Somebody at the server's machine.
    pub(crate) fn server() -> Self {
        Self { person: None, name: "server".to_owned(), role: Role::Owner, address: None }
    }

    /// Who it is; `None` for somebody at the server's machine.
    pub(crate) fn person(&self) -> Option<PersonId> {
        self.person
    }

    /// The same in the form of events.
    pub(crate) fn user(&self) -> Option<User> {
        self.person.map(|id| User::new(id, self.name.as_str()))
    }

    pub(crate) fn role(&self) -> Role {
        self.role
    }

    /// What they are called.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Where they come from.
    pub(crate) fn address(&self) -> Option<IpAddr> {
        self.address
    }

    /// Whether they may do something on the whole server that needs this role.
    ///
    /// # Errors
    /// Why not.
    pub(crate) fn may_with(&self, least: Role) -> Result<(), Refusal> {
        match self.person {
            Some(_) if self.role < least => Err(Policy::needs(least)),
            _ => Ok(()),
        }
    }

    /// Whether they may do something to somebody with this role.
    ///
    /// # Errors
    /// Why not.
    pub(crate) fn may_touch(&self, subject: Role) -> Result<(), Refusal> {
        match self.person {
            Some(_) => Policy::may_touch(self.role, subject),
            None => Ok(()),
        }
    }

    /// The same actor in a room that they keep: the least role there is a moderator's.
    pub(crate) fn in_kept_room(&self) -> Self {
        Self { role: self.role.max(Role::Moderator), ..self.clone() }
    }
}

/// An entry of the audit log.
///
/// # Errors
/// When the reason is too long.
pub(crate) fn note(
    by: &Actor,
    action: &str,
    subject: &str,
    room: Option<RoomId>,
    reason: &str,
) -> Result<Change, Refusal> {
    line("reason", reason, REASON_BYTES_MAX)?;
    Ok(Change::Note(Audit {
        id: 0,
        at_ms: unix_ms(),
        by: by.person,
        by_name: by.name.as_str().into(),
        action: action.into(),
        subject: subject.into(),
        room,
        reason: reason.into(),
    }))
}

/// Checks that a text of a command is one short line.
///
/// # Errors
/// When it is not.
pub(crate) fn line(field: &str, text: &str, bytes_max: usize) -> Result<(), Refusal> {
    if text.len() <= bytes_max && !text.chars().any(char::is_control) {
        return Ok(());
    }
    let message = format!("{field}: at most {bytes_max} bytes, without line breaks");
    Err(Refusal::new(ErrorCode::BadCommand, message))
}

/// Whom a command means.
///
/// # Errors
/// When the text is neither an id nor a nick.
pub(crate) fn person_ref(person: &str) -> Result<PersonRef, Refusal> {
    PersonRef::parse(person).map_err(|bad| Refusal::bad_name(ErrorCode::BadNick, "person", &bad))
}

/// Which room a command means.
///
/// # Errors
/// When the text is neither an id nor a name.
pub(crate) fn room_ref(room: &str) -> Result<RoomRef, Refusal> {
    RoomRef::parse(room).map_err(|bad| Refusal::bad_name(ErrorCode::BadRoom, "room", &bad))
}
