//! The table of bots. `rooms` has the ids of a bot's rooms one behind the other, and is null for one that may be
//! everywhere.

use rusqlite::{Connection, OptionalExtension, Row, params};
use throng_protocol::{Fold, Nick, PersonId, RoomId, Scopes};

use super::columns::damaged;
use crate::accounts::{Bot, Unchanged};
use crate::directory::NickRecord;

/// Every bot, the oldest first.
pub(super) fn list(connection: &Connection) -> rusqlite::Result<Vec<Bot>> {
    connection
        .prepare(
            "SELECT person, owner, name, hash, scopes, rooms, made, expires FROM bot ORDER BY person",
        )?
        .query_map([], bot)?
        .collect()
}

/// The bot that is called so.
pub(super) fn named(connection: &Connection, fold: &Fold) -> rusqlite::Result<Option<NickRecord>> {
    connection
        .prepare_cached("SELECT person, made FROM bot WHERE fold = ?")?
        .query_row([fold.as_str()], |row| {
            let person = PersonId::from_bytes(row.get(0)?);
            let seen_ms = row.get::<_, i64>(1)?.cast_unsigned();
            Ok(NickRecord { person, has_spoken: true, seen_ms, has_account: true })
        })
        .optional()
}

/// Whether a bot is called so.
pub(super) fn has(connection: &Connection, fold: &Fold) -> rusqlite::Result<bool> {
    named(connection, fold).map(|found| found.is_some())
}

/// Stores a bot, if its owner has an account and its nick is free among accounts and bots.
pub(super) fn add(connection: &Connection, bot: &Bot) -> rusqlite::Result<Result<(), Unchanged>> {
    let fold = bot.nick.fold();
    let (has_owner, is_taken): (bool, bool) = connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM account WHERE person = ?1 AND name IS NOT NULL),
                    EXISTS (SELECT 1 FROM account WHERE fold = ?2)",
        )?
        .query_row(params![bot.owner.to_bytes(), fold.as_str()], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    if !has_owner {
        return Ok(Err(Unchanged::NoAccount));
    }
    if is_taken {
        return Ok(Err(Unchanged::NameTaken));
    }
    let rooms: Option<Vec<u8>> =
        bot.rooms.as_ref().map(|rooms| rooms.iter().flat_map(|room| room.to_bytes()).collect());
    let added = connection
        .prepare_cached(
            "INSERT OR IGNORE INTO bot (person, owner, fold, name, hash, scopes, rooms, made, expires)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            bot.person.to_bytes(),
            bot.owner.to_bytes(),
            fold.as_str(),
            bot.nick.as_str(),
            bot.hash,
            bot.scopes.bits(),
            rooms,
            bot.made_ms.cast_signed(),
            bot.expires_ms.map(u64::cast_signed),
        ])?;
    Ok(if added == 1 { Ok(()) } else { Err(Unchanged::NameTaken) })
}

/// Forgets a bot. There may be none.
pub(super) fn end(connection: &Connection, person: PersonId) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM bot WHERE person = ?")?
        .execute([person.to_bytes()])
        .map(drop)
}

/// Forgets the bots of somebody.
pub(super) fn end_of(connection: &Connection, owner: PersonId) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM bot WHERE owner = ?")?
        .execute([owner.to_bytes()])
        .map(drop)
}

fn bot(row: &Row<'_>) -> rusqlite::Result<Bot> {
    let name: String = row.get(2)?;
    Ok(Bot {
        person: PersonId::from_bytes(row.get(0)?),
        owner: PersonId::from_bytes(row.get(1)?),
        nick: Nick::parse(&name).map_err(|_| damaged(2, "a name that is no nick"))?,
        hash: row.get(3)?,
        scopes: Scopes::from_bits(row.get(4)?),
        rooms: rooms(row)?,
        made_ms: row.get::<_, i64>(6)?.cast_unsigned(),
        expires_ms: row.get::<_, Option<i64>>(7)?.map(i64::cast_unsigned),
    })
}

fn rooms(row: &Row<'_>) -> rusqlite::Result<Option<Box<[RoomId]>>> {
    let Some(bytes) = row.get::<_, Option<Vec<u8>>>(5)? else { return Ok(None) };
    match bytes.as_chunks() {
        (ids, []) => Ok(Some(ids.iter().copied().map(RoomId::from_bytes).collect())),
        _ => Err(damaged(5, "ids of another length")),
    }
}
