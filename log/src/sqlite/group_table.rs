//! The tables of groups, and of who is in them.

use rusqlite::{Connection, params};
use throng_protocol::{GroupName, Nick, PersonId};

use super::columns::damaged;
use crate::accounts::Unchanged;
use crate::groups::{Group, GroupId};

/// All groups.
pub(super) fn all(connection: &Connection) -> rusqlite::Result<Vec<Group>> {
    connection
        .prepare("SELECT id, name FROM person_group ORDER BY id")?
        .query_map([], |row| {
            let id = row.get::<_, i64>(0)?.cast_unsigned();
            Ok(Group { id, name: row.get(1).map(GroupName::kept)? })
        })?
        .collect()
}

/// Who is in which group.
pub(super) fn members(connection: &Connection) -> rusqlite::Result<Vec<(GroupId, PersonId)>> {
    connection
        .prepare("SELECT group_id, person FROM group_member")?
        .query_map([], |row| {
            Ok((row.get::<_, i64>(0)?.cast_unsigned(), PersonId::from_bytes(row.get(1)?)))
        })?
        .collect()
}

/// Who is in a group, in the order of their ids, with the names of their accounts.
pub(super) fn people(
    connection: &Connection,
    group: GroupId,
    after: Option<PersonId>,
    limit: u32,
) -> rusqlite::Result<Vec<(PersonId, Nick)>> {
    let after = after.map(|person| person.to_bytes().to_vec()).unwrap_or_default();
    connection
        .prepare_cached(
            "SELECT person, name FROM group_member JOIN account USING (person)
             WHERE group_id = ? AND person > ? AND name IS NOT NULL ORDER BY person LIMIT ?",
        )?
        .query_map(params![group.cast_signed(), after, limit], |row| {
            let name: String = row.get(1)?;
            let nick = Nick::parse(&name).map_err(|_| damaged(1, "a name that is none"))?;
            Ok((PersonId::from_bytes(row.get(0)?), nick))
        })?
        .collect()
}

/// Stores a group, or another name of one.
pub(super) fn put(connection: &Connection, group: &Group) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO person_group (id, name) VALUES (?1, ?2)
             ON CONFLICT (id) DO UPDATE SET name = ?2",
        )?
        .execute(params![group.id.cast_signed(), group.name.as_str()])
        .map(drop)
}

/// Deletes a group. Nobody is in it any more, and no room names it.
pub(super) fn delete(connection: &Connection, group: GroupId) -> rusqlite::Result<()> {
    for sql in [
        "DELETE FROM group_member WHERE group_id = ?",
        "DELETE FROM room_group WHERE group_id = ?",
        "DELETE FROM person_group WHERE id = ?",
    ] {
        connection.prepare_cached(sql)?.execute([group.cast_signed()])?;
    }
    Ok(())
}

/// Puts somebody into a group, who has an account.
pub(super) fn assign(
    connection: &Connection,
    group: GroupId,
    person: PersonId,
) -> rusqlite::Result<Result<(), Unchanged>> {
    let put = connection
        .prepare_cached(
            "INSERT OR REPLACE INTO group_member (group_id, person)
             SELECT ?1, person FROM account WHERE person = ?2 AND name IS NOT NULL",
        )?
        .execute(params![group.cast_signed(), person.to_bytes()])?;
    Ok(if put == 1 { Ok(()) } else { Err(Unchanged::NoAccount) })
}

/// Takes somebody out of a group, or out of all. They need not be in it.
pub(super) fn dismiss(
    connection: &Connection,
    group: Option<GroupId>,
    person: PersonId,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "DELETE FROM group_member WHERE person = ?2 AND group_id = ifnull(?1, group_id)",
        )?
        .execute(params![group.map(u64::cast_signed), person.to_bytes()])
        .map(drop)
}
