//! The tables of accounts, logins, restrictions and links, and the audit log: what is read of them.

use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, named_params, params};
use throng_protocol::{Fold, Nick, PersonId, RestrictionKind, Role, RoomId};

use super::columns::{
    SEEN_ROOM, damaged, id, person, person_bytes, reader, role, room, room_bytes,
};
use crate::accounts::{
    Account, AccountKey, Audit, AuditFrom, AuditRange, FoundLink, LinkPurpose, Login, Restriction,
    SecondFactor, SecretHash, Subject,
};

pub(super) use changes::change;

mod changes;

/// Notes where and when a login was used.
pub(super) fn login_used(
    connection: &Connection,
    hash: &SecretHash,
    address: &str,
    at_ms: u64,
    expires_ms: u64,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE login SET address = ?, used = ?, expires = ? WHERE hash = ?")?
        .execute(params![address, at_ms.cast_signed(), expires_ms.cast_signed(), hash])
        .map(drop)
}

/// Forgets what has ended by itself.
pub(super) fn clean(connection: &Connection, now_ms: u64) -> rusqlite::Result<()> {
    let now = now_ms.cast_signed();
    connection.execute("DELETE FROM login WHERE expires <= ?", [now])?;
    connection.execute("DELETE FROM bot WHERE expires <= ?", [now])?;
    connection.execute("DELETE FROM restriction WHERE until <= ?", [now])?;
    connection.execute("DELETE FROM link WHERE expires <= ? OR uses = 0", [now]).map(drop)
}

/// Brings the folds of names to those of this version. A name whose fold belongs to somebody else now keeps
/// the one that it had.
pub(super) fn settle(connection: &mut Connection) -> rusqlite::Result<()> {
    settle_in(connection, "account")?;
    settle_in(connection, "bot")
}

fn settle_in(connection: &mut Connection, table: &str) -> rusqlite::Result<()> {
    let mut moved = Vec::new();
    {
        let all = format!("SELECT person, fold, name FROM {table} WHERE name IS NOT NULL");
        let mut statement = connection.prepare(&all)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (person, stored): ([u8; 16], String) = (row.get(0)?, row.get(1)?);
            let fold = Nick::parse(row.get_ref(2)?.as_str()?).ok().map(|nick| nick.fold());
            if let Some(fold) = fold.filter(|fold| fold.as_str() != stored) {
                moved.push((person, fold));
            }
        }
    }
    if moved.is_empty() {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for (person, fold) in &moved {
        transaction.execute(
            &format!("UPDATE OR IGNORE {table} SET fold = ? WHERE person = ?"),
            params![fold.as_str(), person],
        )?;
    }
    transaction.commit()
}

/// One account.
pub(super) fn find(connection: &Connection, key: &AccountKey) -> rusqlite::Result<Option<Account>> {
    const COLUMNS: &str =
        "SELECT person, name, password, role, made, factor, step, recovery FROM account";
    match key {
        AccountKey::Person(person) => connection
            .prepare_cached(&format!("{COLUMNS} WHERE person = ?"))?
            .query_row([person.to_bytes()], account)
            .optional(),
        AccountKey::Name(fold) => connection
            .prepare_cached(&format!("{COLUMNS} WHERE fold = ?"))?
            .query_row([Fold::as_str(fold)], account)
            .optional(),
    }
}

/// Accounts after this person's, in the order of their ids.
pub(super) fn list(
    connection: &Connection,
    after: Option<PersonId>,
    limit: u32,
) -> rusqlite::Result<Vec<Account>> {
    connection
        .prepare_cached(
            "SELECT person, name, password, role, made, factor, step, recovery FROM account
             WHERE person > ? ORDER BY person LIMIT ?",
        )?
        .query_map(params![person_bytes(after), limit], account)?
        .collect()
}

/// The roles of all accounts.
pub(super) fn roles(connection: &Connection) -> rusqlite::Result<Vec<(PersonId, Role)>> {
    connection
        .prepare("SELECT person, role FROM account")?
        .query_map([], |row| Ok((PersonId::from_bytes(row.get(0)?), role(row, 1)?)))?
        .collect()
}

/// The login with this token.
pub(super) fn find_login(
    connection: &Connection,
    hash: &SecretHash,
) -> rusqlite::Result<Option<Login>> {
    connection
        .prepare_cached(
            "SELECT id, person, device, address, made, used, expires FROM login WHERE hash = ?",
        )?
        .query_row([hash], login)
        .optional()
}

/// A person's logins, the newest first.
pub(super) fn logins(connection: &Connection, person: PersonId) -> rusqlite::Result<Vec<Login>> {
    connection
        .prepare_cached(
            "SELECT id, person, device, address, made, used, expires FROM login
             WHERE person = ? ORDER BY id DESC",
        )?
        .query_map([person.to_bytes()], login)?
        .collect()
}

/// The link with this secret.
pub(super) fn find_link(
    connection: &Connection,
    hash: &SecretHash,
) -> rusqlite::Result<Option<FoundLink>> {
    connection
        .prepare_cached("SELECT purpose, person, uses, expires FROM link WHERE hash = ?")?
        .query_row([hash], |row| {
            Ok(FoundLink {
                purpose: purpose(row)?,
                uses: row.get(2)?,
                expires_ms: row.get::<_, i64>(3)?.cast_unsigned(),
            })
        })
        .optional()
}

/// Every restriction.
pub(super) fn restrictions(connection: &Connection) -> rusqlite::Result<Vec<Restriction>> {
    connection
        .prepare("SELECT kind, subject, room, until, made, author, reason FROM restriction")?
        .query_map([], restriction)?
        .collect()
}

/// Entries of the audit log.
pub(super) fn audit(connection: &Connection, range: AuditRange) -> rusqlite::Result<Vec<Audit>> {
    let row = |row: &Row<'_>| {
        Ok(Audit {
            id: row.get::<_, i64>(0)?.cast_unsigned(),
            at_ms: row.get::<_, i64>(1)?.cast_unsigned(),
            by: person(row, 2)?,
            by_name: row.get(3)?,
            action: row.get(4)?,
            subject: row.get(5)?,
            room: room(row, 6)?,
            reason: row.get(7)?,
        })
    };
    let (bound, place) = match range.from {
        AuditFrom::Newest => (i64::MAX, "id < :bound"),
        AuditFrom::Before(number) => (number.cast_signed(), "id < :bound"),
        AuditFrom::After(number) => (i64::try_from(number).unwrap_or(i64::MAX), "id > :bound"),
    };
    let order = if matches!(range.from, AuditFrom::After(_)) { "id" } else { "id DESC" };
    let seen = SEEN_ROOM.replace("TABLE", "audit");
    let (reader, group_person, role) = reader(range.reader);
    let of_room = if range.room.is_some() { "room = :room" } else { ":room = x''" };
    connection
        .prepare_cached(&format!(
            "SELECT id, at, author, name, action, subject, room, reason FROM audit
             WHERE {of_room} AND {place} AND ifnull(action = :action, TRUE) AND {seen}
             ORDER BY {order} LIMIT :limit"
        ))?
        .query_map(
            named_params! {
                ":room": room_bytes(range.room),
                ":bound": bound,
                ":action": range.action,
                ":limit": range.limit,
                ":reader": reader,
                ":group_person": group_person,
                ":role": role,
            },
            row,
        )?
        .collect()
}

fn account(row: &Row<'_>) -> rusqlite::Result<Account> {
    let name: Option<String> = row.get(1)?;
    Ok(Account {
        person: PersonId::from_bytes(row.get(0)?),
        name: match name {
            Some(name) => {
                Some(Nick::parse(&name).map_err(|_| damaged(1, "a name that is no nick"))?)
            }
            None => None,
        },
        password: row.get(2)?,
        second_factor: second_factor(row)?,
        role: role(row, 3)?,
        made_ms: row.get::<_, i64>(4)?.cast_unsigned(),
    })
}

/// The columns `factor`, `step` and `recovery`: the hashes stand one behind the other.
fn second_factor(row: &Row<'_>) -> rusqlite::Result<Option<SecondFactor>> {
    let Some(secret) = row.get::<_, Option<Vec<u8>>>(5)? else { return Ok(None) };
    let hashes: Option<Vec<u8>> = row.get(7)?;
    let (hashes, rest) = hashes.as_deref().unwrap_or_default().as_chunks();
    if !rest.is_empty() {
        return Err(damaged(7, "hashes of another length"));
    }
    Ok(Some(SecondFactor {
        secret: secret.try_into().map_err(|_| damaged(5, "a secret of another length"))?,
        last_step: row.get::<_, i64>(6)?.cast_unsigned(),
        recovery: hashes.to_vec(),
    }))
}

fn login(row: &Row<'_>) -> rusqlite::Result<Login> {
    Ok(Login {
        id: row.get::<_, i64>(0)?.cast_unsigned(),
        person: PersonId::from_bytes(row.get(1)?),
        device: row.get(2)?,
        address: row.get(3)?,
        made_ms: row.get::<_, i64>(4)?.cast_unsigned(),
        used_ms: row.get::<_, i64>(5)?.cast_unsigned(),
        expires_ms: row.get::<_, i64>(6)?.cast_unsigned(),
    })
}

fn restriction(row: &Row<'_>) -> rusqlite::Result<Restriction> {
    let subject: String = row.get(1)?;
    Ok(Restriction {
        kind: match row.get(0)? {
            0_u8 => RestrictionKind::Mute,
            1 => RestrictionKind::Ban,
            2 => RestrictionKind::Shadow,
            _ => return Err(damaged(0, "a restriction that is not known")),
        },
        subject: match subject.parse() {
            Ok(person) => Subject::Person(person),
            Err(_) => Subject::Network(subject.into()),
        },
        room: room(row, 2)?,
        until_ms: row.get::<_, Option<i64>>(3)?.map(i64::cast_unsigned),
        made_ms: row.get::<_, i64>(4)?.cast_unsigned(),
        by: person(row, 5)?,
        reason: row.get(6)?,
    })
}

fn kind_number(kind: RestrictionKind) -> u8 {
    match kind {
        RestrictionKind::Mute => 0,
        RestrictionKind::Ban => 1,
        RestrictionKind::Shadow => 2,
    }
}

/// A person's id, which no network is spelled like, or the network.
fn subject_text(subject: &Subject) -> String {
    match subject {
        Subject::Person(person) => person.to_string(),
        Subject::Network(network) => network.to_string(),
    }
}

fn purpose_columns(purpose: LinkPurpose) -> (u8, Vec<u8>) {
    match purpose {
        LinkPurpose::Owner => (0, Vec::new()),
        LinkPurpose::Registration => (1, Vec::new()),
        LinkPurpose::Reset(person) => (2, person.to_bytes().into()),
        LinkPurpose::Room(room) => (3, room.to_bytes().into()),
    }
}

/// The columns `purpose` and `person`, which holds the room where one is meant.
fn purpose(row: &Row<'_>) -> rusqlite::Result<LinkPurpose> {
    match (row.get(0)?, id(row, 1)?) {
        (0_u8, None) => Ok(LinkPurpose::Owner),
        (1, None) => Ok(LinkPurpose::Registration),
        (2, Some(person)) => Ok(LinkPurpose::Reset(PersonId::from_bytes(person))),
        (3, Some(room)) => Ok(LinkPurpose::Room(RoomId::from_bytes(room))),
        _ => Err(damaged(0, "a purpose that is not known")),
    }
}
