//! How ids and roles stand in the columns of the directory's tables.

use rusqlite::Row;
use rusqlite::types::Type;
use throng_protocol::{PersonId, Role, RoomId};

/// Whether the reader, the parameter 3, may know of the room of a row: everybody of a public one, and all rooms
/// where there is no reader. `TABLE` stands for the table.
pub(super) const SEEN_ROOM: &str = "(?3 IS NULL
    OR NOT EXISTS (SELECT 1 FROM room_attributes WHERE id = TABLE.room AND kind > 0)
    OR EXISTS (SELECT 1 FROM seat WHERE room = TABLE.room AND person = ?3 AND rank > 0))";

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
