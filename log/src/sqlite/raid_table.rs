//! The table of the raid switch: one row while it is on.

use rusqlite::{Connection, OptionalExtension, params};
use throng_protocol::PersonId;

use crate::accounts::Raid;

/// The switch, if it was left on.
pub(super) fn find(connection: &Connection) -> rusqlite::Result<Option<Raid>> {
    connection
        .prepare_cached("SELECT since, until, author, name, automatic, reason FROM raid")?
        .query_row([], |row| {
            Ok(Raid {
                since_ms: row.get::<_, i64>(0)?.cast_unsigned(),
                until_ms: row.get::<_, Option<i64>>(1)?.map(i64::cast_unsigned),
                by: row.get::<_, Option<[u8; 16]>>(2)?.map(PersonId::from_bytes),
                by_name: row.get(3)?,
                is_automatic: row.get(4)?,
                reason: row.get(5)?,
            })
        })
        .optional()
}

/// Stores that it is on, or off.
pub(super) fn set(connection: &Connection, raid: Option<&Raid>) -> rusqlite::Result<()> {
    connection.prepare_cached("DELETE FROM raid")?.execute([])?;
    let Some(Raid { since_ms, until_ms, by, by_name, is_automatic, reason }) = raid else {
        return Ok(());
    };
    let by = by.map(|by| by.to_bytes());
    let (since, until) = (since_ms.cast_signed(), until_ms.map(u64::cast_signed));
    connection
        .prepare_cached(
            "INSERT INTO raid (one, since, until, author, name, automatic, reason)
             VALUES (1, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![since, until, by, by_name, is_automatic, reason])
        .map(drop)
}
