//! The table of profiles: a row for each person who says something about themselves.

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};
use throng_protocol::{Colour, Line, PersonId};

use crate::profiles::{Profile, ProfileChange, Status};

/// What somebody says about themselves; nothing if they have no row.
pub(super) fn find(connection: &Connection, person: PersonId) -> rusqlite::Result<Profile> {
    connection
        .prepare_cached(
            "SELECT name, colour, pronouns, status, until FROM profile WHERE person = ?",
        )?
        .query_row([person.to_bytes()], read)
        .optional()
        .map(Option::unwrap_or_default)
}

/// Changes what somebody says about themselves. Whether they have an account was looked at before.
pub(super) fn change(
    connection: &Connection,
    person: PersonId,
    change: &ProfileChange,
) -> rusqlite::Result<()> {
    let mut profile = find(connection, person)?;
    change.clone().apply(&mut profile);
    put(connection, person, &profile)
}

fn put(connection: &Connection, person: PersonId, it: &Profile) -> rusqlite::Result<()> {
    if *it == Profile::default() {
        return forget(connection, person);
    }
    let status = it.status.as_ref();
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO profile (person, name, colour, pronouns, status, until)
             VALUES (?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            person.to_bytes(),
            it.display_name.as_ref().map(Line::as_str),
            it.colour.map(Colour::number),
            it.pronouns.as_ref().map(Line::as_str),
            status.map(|status| status.text.as_str()),
            status.and_then(|status| status.until_ms).map(u64::cast_signed),
        ])
        .map(drop)
}

/// Forgets what somebody said about themselves.
pub(super) fn forget(connection: &Connection, person: PersonId) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM profile WHERE person = ?")?
        .execute([person.to_bytes()])
        .map(drop)
}

/// Forgets statuses that have ended.
pub(super) fn clean(connection: &Connection, now_ms: u64) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE profile SET status = NULL, until = NULL WHERE until <= ?")?
        .execute([now_ms.cast_signed()])?;
    connection
        .prepare_cached(
            "DELETE FROM profile WHERE coalesce(name, colour, pronouns, status) IS NULL",
        )?
        .execute([])
        .map(drop)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Profile> {
    let line = |column| row.get::<_, Option<String>>(column).map(|line| line.map(Line::kept));
    let colour = row.get::<_, Option<u32>>(1)?.map(|number| {
        Colour::from_number(number).ok_or_else(|| {
            let what = "a colour of more than three bytes";
            rusqlite::Error::FromSqlConversionFailure(1, Type::Integer, what.into())
        })
    });
    let until_ms = row.get::<_, Option<i64>>(4)?.map(i64::cast_unsigned);
    Ok(Profile {
        display_name: line(0)?,
        colour: colour.transpose()?,
        pronouns: line(2)?,
        status: line(3)?.map(|text| Status { text, until_ms }),
    })
}
