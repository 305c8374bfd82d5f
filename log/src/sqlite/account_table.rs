//! The tables of accounts, logins, restrictions and links, and the audit log: what is read of them.

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};
use throng_protocol::{Fold, Nick, PersonId, RestrictionKind, Role, RoomId};

use crate::accounts::{
    Account, AccountKey, Audit, AuditRange, LinkPurpose, Login, Restriction, SecondFactor,
    SecretHash, Subject,
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
    connection.execute("DELETE FROM restriction WHERE until <= ?", [now])?;
    connection.execute("DELETE FROM link WHERE expires <= ? OR uses = 0", [now]).map(drop)
}

/// Brings the folds of names to those of this version. A name whose fold belongs to somebody else now keeps
/// the one that it had.
pub(super) fn settle(connection: &mut Connection) -> rusqlite::Result<()> {
    let mut moved = Vec::new();
    {
        let mut statement =
            connection.prepare("SELECT person, fold, name FROM account WHERE name IS NOT NULL")?;
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
            "UPDATE OR IGNORE account SET fold = ? WHERE person = ?",
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

/// Every restriction.
pub(super) fn restrictions(connection: &Connection) -> rusqlite::Result<Vec<Restriction>> {
    connection
        .prepare("SELECT kind, subject, room, until, made, author, reason FROM restriction")?
        .query_map([], restriction)?
        .collect()
}

/// Entries of the audit log, the newest first.
pub(super) fn audit(connection: &Connection, range: AuditRange) -> rusqlite::Result<Vec<Audit>> {
    let before = range.before.map_or(i64::MAX, u64::cast_signed);
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
    const COLUMNS: &str = "SELECT id, at, author, name, action, subject, room, reason FROM audit";
    match range.room {
        None => connection
            .prepare_cached(&format!("{COLUMNS} WHERE id < ? ORDER BY id DESC LIMIT ?"))?
            .query_map(params![before, range.limit], row)?
            .collect(),
        Some(room) => connection
            .prepare_cached(&format!(
                "{COLUMNS} WHERE room = ? AND id < ? ORDER BY id DESC LIMIT ?"
            ))?
            .query_map(params![room.to_bytes(), before, range.limit], row)?
            .collect(),
    }
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
    }
}

fn role_number(role: Role) -> u8 {
    match role {
        Role::Guest => 0,
        Role::Member => 1,
        Role::Moderator => 2,
        Role::Administrator => 3,
        Role::Owner => 4,
    }
}

fn role(row: &Row<'_>, column: usize) -> rusqlite::Result<Role> {
    let number: u8 = row.get(column)?;
    Role::ALL
        .into_iter()
        .find(|role| role_number(*role) == number)
        .ok_or_else(|| damaged(column, "a role that is not known"))
}

fn room_bytes(room: Option<RoomId>) -> Vec<u8> {
    room.map(|room| room.to_bytes().to_vec()).unwrap_or_default()
}

fn person_bytes(person: Option<PersonId>) -> Vec<u8> {
    person.map(|person| person.to_bytes().to_vec()).unwrap_or_default()
}

fn room(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<RoomId>> {
    id(row, column).map(|id| id.map(RoomId::from_bytes))
}

fn person(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<PersonId>> {
    id(row, column).map(|id| id.map(PersonId::from_bytes))
}

fn id(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<[u8; 16]>> {
    match row.get_ref(column)?.as_blob()? {
        [] => Ok(None),
        bytes => bytes.try_into().map(Some).map_err(|_| damaged(column, "an id of another length")),
    }
}

fn damaged(column: usize, what: &'static str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Blob, what.into())
}
