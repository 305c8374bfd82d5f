//! The table of nicks.

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use throng_protocol::{Fold, Nick, PersonId};

use super::{account_table, bot_table, nick_history};
use crate::accounts::{Account, AccountKey};
use crate::directory::{NickNote, NickRecord};

/// A row is not updated for this long if only its time would change, in milliseconds of the log's clock.
pub(super) const FRESH_MS: u64 = 3_600_000;

/// A nick without messages is removed after this time, in milliseconds: no hold is longer (`nick_hold` is
/// shorter, and starts again with each start).
const SILENT_MS: u64 = 40 * 24 * 3_600_000;

/// Every nick is removed after this time, in milliseconds: it is the maximum of `nick_reserve`.
const SPOKEN_MS: u64 = 3_650 * 24 * 3_600_000;

/// Who has an account with this name, or is a bot that is called so, or has this nick, or had it.
pub(super) fn find(connection: &Connection, fold: &Fold) -> rusqlite::Result<Option<NickRecord>> {
    if let Some(account) = account_table::find(connection, &AccountKey::Name(fold.clone()))? {
        let (person, seen_ms) = (account.person, account.made_ms);
        return Ok(Some(NickRecord { person, has_spoken: true, seen_ms, has_account: true }));
    }
    if let Some(bot) = bot_table::named(connection, fold)? {
        return Ok(Some(bot));
    }
    connection
        .prepare_cached("SELECT person, spoken, seen FROM nick WHERE fold = ?")?
        .query_row([fold.as_str()], |row| {
            Ok(NickRecord {
                person: PersonId::from_bytes(row.get(0)?),
                has_spoken: row.get(1)?,
                seen_ms: row.get::<_, i64>(2)?.cast_unsigned(),
                has_account: false,
            })
        })
        .optional()
}

/// Removes rows that are too old for any setting.
pub(super) fn clean(connection: &Connection, now: u64) -> rusqlite::Result<()> {
    let before = |age: u64| now.saturating_sub(age).cast_signed();
    connection
        .execute(
            "DELETE FROM nick WHERE spoken = 0 AND seen < ? OR seen < ?",
            params![before(SILENT_MS), before(SPOKEN_MS)],
        )
        .map(drop)
}

/// Updates nicks that this version folds differently from the version that wrote them. A nick whose new fold
/// is taken is removed.
pub(super) fn settle(connection: &mut Connection) -> rusqlite::Result<()> {
    let mut moved = Vec::new();
    {
        let mut statement = connection.prepare("SELECT fold, nick FROM nick")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let stored = row.get_ref(0)?.as_str()?;
            let fold = Nick::parse(row.get_ref(1)?.as_str()?).ok().map(|nick| nick.fold());
            if fold.as_ref().map(Fold::as_str) != Some(stored) {
                moved.push((stored.to_owned(), fold));
            }
        }
    }
    if moved.is_empty() {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for (stored, fold) in &moved {
        if let Some(fold) = fold {
            transaction.execute(
                "UPDATE OR IGNORE nick SET fold = ? WHERE fold = ?",
                params![fold.as_str(), stored],
            )?;
        }
    }
    let still =
        |fold: &String| moved.iter().all(|(_, to)| to.as_ref().map(Fold::as_str) != Some(fold));
    for (stored, _) in moved.iter().filter(|(stored, _)| still(stored)) {
        transaction.execute("DELETE FROM nick WHERE fold = ?", [stored])?;
    }
    transaction.commit()
}

pub(super) fn write_note(
    connection: &Connection,
    note: &NickNote,
    now: u64,
) -> rusqlite::Result<()> {
    match note {
        NickNote::Worn { person, nick } => {
            put(connection, &nick.fold(), *person, nick.as_str(), false, now)
        }
        NickNote::Seen { person } => connection
            .prepare_cached("UPDATE nick SET seen = ?1 WHERE person = ?2 AND seen < ?1 - ?3")?
            .execute(params![now.cast_signed(), person.to_bytes(), FRESH_MS.cast_signed()])
            .map(drop),
        NickNote::Changed(it) => {
            match account_table::find(connection, &AccountKey::Person(it.person))? {
                None => nick_history::add_guest(connection, it, now),
                Some(Account { name: Some(_), .. }) => nick_history::add(connection, it, None),
                // What is written late must not come back after the account was deleted.
                Some(Account { name: None, .. }) => Ok(()),
            }
        }
        NickNote::LoginUsed { hash, address, at_ms, expires_ms } => {
            account_table::login_used(connection, hash, address, *at_ms, *expires_ms)
        }
        NickNote::Left { person, nick } => connection
            .prepare_cached("DELETE FROM nick WHERE fold = ? AND person = ? AND spoken = 0")?
            .execute(params![nick.fold().as_str(), person.to_bytes()])
            .map(drop),
    }
}

/// Gives a nick to a person. While it is theirs, it stays recorded that they sent a message under it.
pub(super) fn put(
    connection: &Connection,
    fold: &Fold,
    person: PersonId,
    nick: &str,
    has_spoken: bool,
    now: u64,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO nick (fold, person, nick, spoken, seen) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (fold) DO UPDATE SET
                 spoken = max(?4, CASE WHEN person = ?2 THEN spoken ELSE 0 END),
                 person = ?2, nick = ?3, seen = ?5
             WHERE person <> ?2 OR nick <> ?3 OR spoken < ?4 OR seen < ?5 - ?6",
        )?
        .execute(params![
            fold.as_str(),
            person.to_bytes(),
            nick,
            has_spoken,
            now.cast_signed(),
            FRESH_MS.cast_signed()
        ])
        .map(drop)
}
