//! The tables of who keeps away from whom, and of what was reported.

use rusqlite::{Connection, OptionalExtension, Row, named_params, params};
use throng_protocol::{Distance, PersonId, RoomId};

use super::columns::{SEEN_ROOM, person, person_bytes, reader};
use crate::accounts::Unchanged;
use crate::peace::{KeptAway, Report, ReportKey, ReportRange, Settled};

/// Who keeps whom away.
pub(super) fn kept_away(connection: &Connection) -> rusqlite::Result<Vec<KeptAway>> {
    connection
        .prepare("SELECT person, other, nick, blocked FROM kept_away")?
        .query_map([], |row| {
            Ok(KeptAway {
                person: PersonId::from_bytes(row.get(0)?),
                other: PersonId::from_bytes(row.get(1)?),
                nick: row.get(2)?,
                distance: if row.get(3)? { Distance::Block } else { Distance::Ignore },
            })
        })?
        .collect()
}

/// Keeps somebody away, or no more.
pub(super) fn keep_away(connection: &Connection, it: &KeptAway) -> rusqlite::Result<()> {
    let (person, other) = (it.person.to_bytes(), it.other.to_bytes());
    if it.distance == Distance::None {
        return connection
            .prepare_cached("DELETE FROM kept_away WHERE person = ? AND other = ?")?
            .execute(params![person, other])
            .map(drop);
    }
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO kept_away (person, other, nick, blocked) VALUES (?, ?, ?, ?)",
        )?
        .execute(params![person, other, it.nick, it.distance == Distance::Block])
        .map(drop)
}

/// Stores a report, without the text of a message that was deleted meanwhile. A second one of the same person about the
/// same message changes nothing.
pub(super) fn report(connection: &Connection, it: &Report) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT OR IGNORE INTO report
                 (at, author, name, reason, room, seq, sender, nick, text)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            it.at_ms.cast_signed(),
            person_bytes(it.by),
            it.by_name,
            it.reason,
            it.room.to_bytes(),
            it.seq.cast_signed(),
            it.sender.to_bytes(),
            it.nick,
            it.text,
        ])?;
    connection
        .prepare_cached(
            "UPDATE report SET text = ''
             WHERE room = ?1 AND seq = ?2
               AND EXISTS (SELECT 1 FROM room JOIN message ON message.id = (room.number << 40) + ?2
                           WHERE room.id = ?1 AND message.changed > 0 AND message.text = '')",
        )?
        .execute(params![it.room.to_bytes(), it.seq.cast_signed()])
        .map(drop)
}

/// Settles a report that is not settled yet.
pub(super) fn settle(
    connection: &Connection,
    number: u64,
    it: &Settled,
) -> rusqlite::Result<Result<(), Unchanged>> {
    let settled = connection
        .prepare_cached(
            "UPDATE report SET settler = ?, settled = ?, words = ? WHERE id = ? AND settled IS NULL",
        )?
        .execute(params![person_bytes(it.by), it.by_name, it.words, number.cast_signed()])?;
    Ok(if settled == 1 { Ok(()) } else { Err(Unchanged::NoReport) })
}

const COLUMNS: &str =
    "SELECT id, at, author, name, reason, room, seq, sender, nick, text, settler, settled, words
     FROM report";

/// One report.
pub(super) fn find(connection: &Connection, key: ReportKey) -> rusqlite::Result<Option<Report>> {
    match key {
        ReportKey::Number(number) => connection
            .prepare_cached(&format!("{COLUMNS} WHERE id = ?"))?
            .query_row([number.cast_signed()], read),
        ReportKey::Of { by, room, seq } => connection
            .prepare_cached(&format!("{COLUMNS} WHERE author = ? AND room = ? AND seq = ?"))?
            .query_row(params![person_bytes(by), room.to_bytes(), seq.cast_signed()], read),
    }
    .optional()
}

/// Reports, the newest first.
pub(super) fn list(connection: &Connection, range: ReportRange) -> rusqlite::Result<Vec<Report>> {
    let before = range.before.map_or(i64::MAX, u64::cast_signed);
    let seen = SEEN_ROOM.replace("TABLE", "report");
    let (reader, group_person, role) = reader(range.reader);
    connection
        .prepare_cached(&format!(
            "{COLUMNS} WHERE id < :before AND (:room IS NULL OR room = :room)
                 AND (:settled OR settled IS NULL) AND {seen} ORDER BY id DESC LIMIT :limit"
        ))?
        .query_map(
            named_params! {
                ":room": range.room.map(|room| room.to_bytes()),
                ":before": before,
                ":settled": range.settled,
                ":limit": range.limit,
                ":reader": reader,
                ":group_person": group_person,
                ":role": role,
            },
            read,
        )?
        .collect()
}

fn read(row: &Row<'_>) -> rusqlite::Result<Report> {
    let settled: Option<Box<str>> = row.get(11)?;
    Ok(Report {
        id: row.get::<_, i64>(0)?.cast_unsigned(),
        at_ms: row.get::<_, i64>(1)?.cast_unsigned(),
        by: person(row, 2)?,
        by_name: row.get(3)?,
        reason: row.get(4)?,
        room: RoomId::from_bytes(row.get(5)?),
        seq: row.get::<_, i64>(6)?.cast_unsigned(),
        sender: PersonId::from_bytes(row.get(7)?),
        nick: row.get(8)?,
        text: row.get(9)?,
        settled: match settled {
            Some(by_name) => Some(Settled { by: person(row, 10)?, by_name, words: row.get(12)? }),
            None => None,
        },
    })
}
