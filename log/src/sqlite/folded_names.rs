//! Rooms are found by the folds of their names. Another version may fold some names differently, because its
//! rules or Unicode's tables have changed. So each opening compares the stored folds with those of this
//! version, and updates the ones that differ.
//!
//! Messages keep their digests, which contain the room's id, or the fold that the room had before there were
//! ids. If two rooms get the same fold, the newer one gets another name.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use throng_protocol::{Fold, RoomName};

/// A room whose stored fold is not this version's fold of its name.
struct Moved {
    number: i64,
    name: RoomName,
    fold: Fold,
}

/// Updates the folds that differ, all in one transaction.
pub(super) fn settle(connection: &mut Connection) -> rusqlite::Result<()> {
    let moved = moved(connection)?;
    if moved.is_empty() {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let wanted = moved.iter().map(|room| &room.fold).collect();
    for room in &moved {
        // First to a value that is not a fold: rooms may swap folds.
        transaction.execute(
            "UPDATE room SET fold = '/' || number WHERE number = ?",
            params![room.number],
        )?;
    }
    for room in &moved {
        place(&transaction, room, &wanted)?;
    }
    transaction.commit()?;
    tracing::info!(rooms = moved.len(), "names of rooms are compared in another way than before");
    Ok(())
}

/// The rooms to be updated, oldest first.
fn moved(connection: &Connection) -> rusqlite::Result<Vec<Moved>> {
    let mut statement =
        connection.prepare("SELECT number, fold, name FROM room ORDER BY number")?;
    let mut rows = statement.query([])?;
    let mut moved = Vec::new();
    while let Some(row) = rows.next()? {
        let name = RoomName::kept(row.get(2)?);
        let (stored, fold) = (row.get_ref(1)?.as_str()?, name.fold());
        if stored != fold.as_str() {
            moved.push(Moved { number: row.get(0)?, name, fold });
        }
    }
    Ok(moved)
}

/// Gives a room the fold of its name. If another room has it, the newer of the two is renamed.
fn place(
    transaction: &Transaction<'_>,
    room: &Moved,
    wanted: &HashSet<&Fold>,
) -> rusqlite::Result<()> {
    let other: Option<(i64, String)> = transaction
        .query_row("SELECT number, name FROM room WHERE fold = ?", [room.fold.as_str()], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    match other {
        Some((number, _)) if number < room.number => {
            return rename(transaction, room.number, &room.name, &room.fold, wanted);
        }
        Some((number, name)) => {
            rename(transaction, number, &RoomName::kept(name), &room.fold, wanted)?;
        }
        None => {}
    }
    transaction
        .execute(
            "UPDATE room SET fold = ? WHERE number = ?",
            params![room.fold.as_str(), room.number],
        )
        .map(drop)
}

/// Gives a room another name, since an older room owns `lost`, the fold of its name. Retries of its messages
/// still use the old name; they are recognised by that fold.
fn rename(
    transaction: &Transaction<'_>,
    number: i64,
    name: &RoomName,
    lost: &Fold,
    wanted: &HashSet<&Fold>,
) -> rusqlite::Result<()> {
    let is_free = |fold: &Fold| {
        let found = "SELECT count(*) FROM room WHERE fold = ?";
        let rooms: i64 = transaction.query_row(found, [fold.as_str()], |row| row.get(0))?;
        Ok::<_, rusqlite::Error>(rooms == 0 && !wanted.contains(fold))
    };
    let mut suffix = 2;
    let renamed = loop {
        let candidate = suffixed(name, suffix);
        if is_free(&candidate.fold())? {
            break candidate;
        }
        suffix += 1;
    };
    transaction.execute(
        "UPDATE room SET name = ?1, fold = ?2, lost_fold = ?3 WHERE number = ?4",
        params![renamed.as_str(), renamed.fold().as_str(), lost.as_str(), number],
    )?;
    tracing::warn!(
        room = name.as_str(),
        renamed = renamed.as_str(),
        "two rooms have the same name now; the later one was renamed"
    );
    Ok(())
}

/// The name with a number appended, shortened if it would be too long.
fn suffixed(name: &RoomName, suffix: u64) -> RoomName {
    let suffix = format!("-{suffix}");
    let kept = RoomName::CHARS_MAX - suffix.len();
    let stem: String = name.as_str().chars().take(kept).collect();
    let suffixed = RoomName::parse(&format!("{stem}{suffix}"));
    // The cut may have removed a character that a joiner before it needs.
    suffixed.unwrap_or_else(|_| RoomName::kept(format!("room{suffix}")))
}
