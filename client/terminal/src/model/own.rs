//! The rooms of the person, as the server knows them: the same on every device.

use throng_protocol::{OwnRoom, PersonId, Rank, Role, RoomId, RoomInfo, RoomKind, RoomName, User};

use super::label::RoomLabel;
use crate::sanitize;

/// The person's rooms, in the order of the server.
#[derive(Debug, Default)]
pub(crate) struct OwnRooms {
    /// Whose they are, once the server has listed them.
    pub(crate) of: Option<PersonId>,
    list: Vec<OwnRoom>,
}

impl OwnRooms {
    pub(crate) fn list(&self) -> &[OwnRoom] {
        &self.list
    }

    /// Forgets the rooms of somebody else.
    pub(crate) fn begin(&mut self, person: PersonId) {
        if self.of.is_some_and(|of| of != person) {
            *self = Self::default();
        }
    }

    /// Takes the server's list. Returns what the person was not in before.
    pub(crate) fn set(&mut self, person: Option<PersonId>, list: Vec<OwnRoom>) -> Vec<OwnRoom> {
        let before = std::mem::replace(&mut self.list, list);
        self.of = person;
        let is_new =
            |own: &&OwnRoom| is_new(before.iter().find(|it| it.room.id == own.room.id), own);
        self.list.iter().filter(is_new).cloned().collect()
    }

    /// Takes one room. Returns what was known of it before.
    pub(crate) fn put(&mut self, own: OwnRoom) -> Option<OwnRoom> {
        match self.list.iter_mut().find(|it| it.room.id == own.room.id) {
            Some(known) => Some(std::mem::replace(known, own)),
            None => {
                self.list.push(own);
                None
            }
        }
    }

    pub(crate) fn remove(&mut self, id: RoomId) -> Option<OwnRoom> {
        let at = self.list.iter().position(|it| it.room.id == id)?;
        Some(self.list.remove(at))
    }

    /// Something else is said of a room.
    pub(crate) fn changed(&mut self, info: &RoomInfo) {
        for own in self.list.iter_mut().filter(|own| own.room.id == info.id) {
            own.room.clone_from(info);
        }
    }

    pub(crate) fn find(&self, id: RoomId) -> Option<&OwnRoom> {
        self.list.iter().find(|it| it.room.id == id)
    }

    /// The private room with this name: for the server the name means it before a public one.
    pub(crate) fn private(&self, name: &str) -> Option<RoomLabel> {
        let fold = RoomName::parse(name).ok()?.fold();
        let has_name = |own: &&OwnRoom| {
            own.room.kind == RoomKind::Private
                && RoomName::parse(&own.room.name).is_ok_and(|name| name.fold() == fold)
        };
        self.list.iter().find(has_name).map(label)
    }
}

/// Whether the person is in a room now and was not before.
pub(crate) fn is_new(before: Option<&OwnRoom>, own: &OwnRoom) -> bool {
    own.rank > Rank::Invited && before.is_none_or(|before| before.rank == Rank::Invited)
}

/// How the room is asked for and called.
pub(crate) fn label(own: &OwnRoom) -> RoomLabel {
    let (id, name) = (own.room.id, sanitize::line(&own.room.name));
    RoomLabel { id: Some(id), name: if name.is_empty() { id.to_string() } else { name } }
}

/// How the room is shown.
pub(crate) fn title(own: &OwnRoom) -> String {
    match own.room.kind {
        RoomKind::Direct => with(&own.people),
        RoomKind::Public | RoomKind::Private => format!("#{}", sanitize::line(&own.room.name)),
    }
}

/// A direct room by the nicks of the others.
pub(crate) fn with(people: &[User]) -> String {
    let nicks: Vec<String> = people.iter().map(|user| sanitize::line(&user.nick)).collect();
    format!("@{}", if nicks.is_empty() { "nobody else".to_owned() } else { nicks.join(", ") })
}

/// Who has a right in a room, in words: those with the role, and the groups.
pub(crate) fn with_right(least: Role, groups: &[String]) -> String {
    let role = format!("people with the role {}", least.name());
    let names: Vec<_> = groups.iter().map(|name| sanitize::line(name)).collect();
    match &*names {
        [] => role,
        [one] => format!("{role} or in the group {one}"),
        more => format!("{role} or in one of the groups {}", more.join(", ")),
    }
}

/// What rooms are sorted by: those with a place first.
pub(crate) fn place(order: u32) -> (bool, u32) {
    (order == 0, order)
}
