//! The table of filters. A kind or an action of another version is read as unknown, and finds nothing.

use rusqlite::{Connection, params};
use throng_protocol::{FilterAction, FilterKind};

use super::columns::{person, person_bytes, role, role_number, room, room_bytes};
use crate::accounts::Unchanged;
use crate::filters::Filter;

/// Every filter, in the order of their numbers.
pub(super) fn list(connection: &Connection) -> rusqlite::Result<Vec<Filter>> {
    connection
        .prepare(
            "SELECT id, made, author, name, room, kind, text, action, exempt, reason
             FROM filter ORDER BY id",
        )?
        .query_map([], |row| {
            Ok(Filter {
                number: row.get::<_, i64>(0)?.cast_unsigned(),
                made_ms: row.get::<_, i64>(1)?.cast_unsigned(),
                by: person(row, 2)?,
                by_name: row.get(3)?,
                room: room(row, 4)?,
                kind: FilterKind::parse(row.get_ref(5)?.as_str()?).unwrap_or(FilterKind::Unknown),
                text: row.get(6)?,
                action: FilterAction::parse(row.get_ref(7)?.as_str()?)
                    .unwrap_or(FilterAction::Unknown),
                exempt: role(row, 8)?,
                reason: row.get(9)?,
            })
        })?
        .collect()
}

/// Adds a filter, which gets a number.
pub(super) fn add(connection: &Connection, it: &Filter) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO filter (made, author, name, room, kind, text, action, exempt, reason)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            it.made_ms.cast_signed(),
            person_bytes(it.by),
            it.by_name,
            room_bytes(it.room),
            it.kind.name(),
            it.text,
            it.action.name(),
            role_number(it.exempt),
            it.reason,
        ])
        .map(drop)
}

/// Removes a filter.
pub(super) fn remove(
    connection: &Connection,
    number: u64,
) -> rusqlite::Result<Result<(), Unchanged>> {
    let removed = connection
        .prepare_cached("DELETE FROM filter WHERE id = ?")?
        .execute([number.cast_signed()])?;
    Ok(if removed == 1 { Ok(()) } else { Err(Unchanged::NoFilter) })
}
