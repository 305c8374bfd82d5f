//! The table of the nicks that people had.
//!
//! A row is a change, so a guest who never changes their nick has none. The row of somebody without an account ends
//! by itself: nobody comes back to delete it.

use rusqlite::{Connection, params};
use throng_protocol::PersonId;

use crate::profiles::NickChange;

/// The most changes that are kept of a person; the oldest goes. All of them fit into one frame. At the rate of changes
/// that the server allows, it takes most of an hour to push one out.
const KEPT_MAX: u32 = 50;

/// How long a guest's change is kept, in milliseconds of the log's clock. Moderators look at what happened in the last
/// days; after a month a guest's nick is free for everybody (`nick_reserve`).
const GUEST_KEPT_MS: u64 = 30 * 24 * 3_600_000;

/// Keeps a change of somebody without an account.
pub(super) fn add_guest(
    connection: &Connection,
    it: &NickChange,
    now_ms: u64,
) -> rusqlite::Result<()> {
    add(connection, it, Some(now_ms + GUEST_KEPT_MS))
}

/// Keeps a change, until `expires_ms` by the log's clock if it is a guest's.
pub(super) fn add(
    connection: &Connection,
    it: &NickChange,
    expires_ms: Option<u64>,
) -> rusqlite::Result<()> {
    let (person, at) = (it.person.to_bytes(), it.at_ms.cast_signed());
    connection
        .prepare_cached(
            "INSERT INTO nick_change (person, at, old, new, expires) VALUES (?, ?, ?, ?, ?)",
        )?
        .execute(params![person, at, it.from, it.to, expires_ms.map(u64::cast_signed)])?;
    connection
        .prepare_cached(
            "DELETE FROM nick_change WHERE person = ?1 AND id <= (
                 SELECT id FROM nick_change WHERE person = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
        )?
        .execute(params![person, KEPT_MAX])
        .map(drop)
}

/// Forgets the changes of guests that are too old.
pub(super) fn clean(connection: &Connection, now_ms: u64) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM nick_change WHERE expires <= ?")?
        .execute([now_ms.cast_signed()])
        .map(drop)
}

/// Somebody has an account now: their changes are kept like those of other accounts.
pub(super) fn keep(connection: &Connection, person: PersonId) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE nick_change SET expires = NULL WHERE person = ?")?
        .execute([person.to_bytes()])
        .map(drop)
}

/// Forgets the changes of somebody.
pub(super) fn forget(connection: &Connection, person: PersonId) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM nick_change WHERE person = ?")?
        .execute([person.to_bytes()])
        .map(drop)
}

/// Somebody's changes, the newest first.
pub(super) fn list(
    connection: &Connection,
    person: PersonId,
    now_ms: u64,
) -> rusqlite::Result<Vec<NickChange>> {
    connection
        .prepare_cached(
            "SELECT at, old, new FROM nick_change
             WHERE person = ? AND (expires IS NULL OR expires > ?) ORDER BY id DESC",
        )?
        .query_map(params![person.to_bytes(), now_ms.cast_signed()], |row| {
            Ok(NickChange {
                person,
                at_ms: row.get::<_, i64>(0)?.cast_unsigned(),
                from: row.get(1)?,
                to: row.get(2)?,
            })
        })?
        .collect()
}
