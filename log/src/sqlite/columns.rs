//! How ids and roles stand in the columns of the directory's tables.

use rusqlite::Row;
use rusqlite::types::Type;
use throng_protocol::{PersonId, Role, RoomId};

use crate::rooms::Reader;

/// Whether a reader may know of the room of a row, and all rooms where there is no reader. `TABLE` stands for the
/// table, and the parameters are those of [`reader`].
///
/// Everybody may know of a public room that nobody narrowed, and a member of a private one. A narrowed room is there for
/// its moderators, for those with the role, and for the people of the groups that it names.
pub(super) const SEEN_ROOM: &str = "(:reader IS NULL
    OR NOT EXISTS (SELECT 1 FROM room_attributes WHERE id = TABLE.room AND (kind > 0 OR see > 0))
    OR EXISTS (SELECT 1 FROM seat JOIN room_attributes ON id = room
               WHERE room = TABLE.room AND person = :reader AND rank > iif(kind > 0, 0, 1))
    OR EXISTS (SELECT 1 FROM room_attributes
               WHERE id = TABLE.room AND kind = 0 AND (see <= :role OR EXISTS (
                   SELECT 1 FROM room_group JOIN group_member USING (group_id)
                   WHERE room = room_attributes.id AND right = 0 AND person = :group_person))))";

/// The parameters of [`SEEN_ROOM`]: who reads, as whom in groups, and with which role.
pub(super) fn reader(reader: Option<Reader>) -> (Option<[u8; 16]>, Option<[u8; 16]>, u8) {
    let role = reader.map_or(0, |reader| role_number(reader.role));
    (
        reader.map(|reader| reader.person.to_bytes()),
        reader.map(|reader| reader.in_groups_as.to_bytes()),
        role,
    )
}

pub(super) fn role_number(role: Role) -> u8 {
    match role {
        Role::Guest => 0,
        Role::Member => 1,
        Role::Moderator => 2,
        Role::Administrator => 3,
        Role::Owner => 4,
    }
}

pub(super) fn role(row: &Row<'_>, column: usize) -> rusqlite::Result<Role> {
    let number: u8 = row.get(column)?;
    Role::ALL
        .into_iter()
        .find(|role| role_number(*role) == number)
        .ok_or_else(|| damaged(column, "a role that is not known"))
}

pub(super) fn room_bytes(room: Option<RoomId>) -> Vec<u8> {
    room.map(|room| room.to_bytes().to_vec()).unwrap_or_default()
}

pub(super) fn person_bytes(person: Option<PersonId>) -> Vec<u8> {
    person.map(|person| person.to_bytes().to_vec()).unwrap_or_default()
}

pub(super) fn room(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<RoomId>> {
    id(row, column).map(|id| id.map(RoomId::from_bytes))
}

pub(super) fn person(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<PersonId>> {
    id(row, column).map(|id| id.map(PersonId::from_bytes))
}

pub(super) fn id(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<[u8; 16]>> {
    match row.get_ref(column)?.as_blob()? {
        [] => Ok(None),
        bytes => bytes.try_into().map(Some).map_err(|_| damaged(column, "an id of another length")),
    }
}

pub(super) fn damaged(column: usize, what: &'static str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Blob, what.into())
}
