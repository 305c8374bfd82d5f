//! The changes of accounts, logins, restrictions and links, and what is written into the audit log.

use rusqlite::{Connection, ToSql, params};
use throng_protocol::{Nick, PersonId, Role};

use super::{find, kind_number, purpose_columns, subject_text};
use crate::accounts::{
    Account, AccountKey, Audit, Change, LinkPurpose, Logins, NewLink, NewLogin, Restriction,
    SecondFactor, SecretHash, Unchanged,
};
use crate::profiles::{NickChange, ProfileChange};
use crate::sqlite::columns::{person_bytes, role_number, room_bytes};
use crate::sqlite::{
    bot_table, erasure_table, external_table, filter_table, group_table, nick_history, peace_table,
    profile_table, raid_table, room_table,
};

/// Makes the changes of one caller, in a transaction that others share. When one can't be made, those
/// before it are taken back.
pub(in crate::sqlite) fn change(
    connection: &Connection,
    changes: &[Change],
) -> rusqlite::Result<Result<(), Unchanged>> {
    connection.prepare_cached("SAVEPOINT changes")?.execute([])?;
    let mut result = Ok(());
    for change in changes {
        result = apply(connection, change)?;
        if result.is_err() {
            connection.prepare_cached("ROLLBACK TO changes")?.execute([])?;
            break;
        }
    }
    connection.prepare_cached("RELEASE changes")?.execute([])?;
    Ok(result)
}

fn apply(connection: &Connection, change: &Change) -> rusqlite::Result<Result<(), Unchanged>> {
    let done = |()| Ok(());
    match change {
        Change::AddAccount(account) => add_account(connection, account),
        Change::Rename { person, name, at_ms } => rename(connection, *person, name, *at_ms),
        Change::SetPassword { person, .. }
            if !external_table::of_person(connection, *person)?.is_empty() =>
        {
            Ok(Err(Unchanged::ComesFromOutside))
        }
        Change::SetPassword { person, password } => set(
            connection,
            *person,
            "UPDATE account SET password = ?1 WHERE person = ?2 AND name IS NOT NULL",
            password,
        ),
        Change::SetSecondFactor { person, factor } => {
            set_second_factor(connection, *person, factor.as_ref())
        }
        Change::UseStep { person, step } => use_step(connection, *person, *step),
        Change::UseRecovery { person, hash } => use_recovery(connection, *person, hash),
        Change::SetRole { person, role } => {
            let role = role_number(*role);
            set(
                connection,
                *person,
                "UPDATE account SET role = ?1 WHERE person = ?2 AND name IS NOT NULL",
                &role,
            )
        }
        Change::DeleteAccount { person } => delete_account(connection, *person),
        Change::SetProfile { person, change } => set_profile(connection, *person, change),
        Change::AddLogin(login) => add_login(connection, login).map(done),
        Change::RenewLogin { old, new } => renew_login(connection, old, new),
        Change::EndLogins { person, which } => end_logins(connection, *person, *which).map(done),
        Change::AddBot(bot) => bot_table::add(connection, bot),
        Change::EndBot { person } => bot_table::end(connection, *person).map(done),
        Change::Restrict(restriction) => restrict(connection, restriction).map(done),
        Change::Lift { kind, subject, room } => connection
            .prepare_cached("DELETE FROM restriction WHERE kind = ? AND subject = ? AND room = ?")?
            .execute(params![kind_number(*kind), subject_text(subject), room_bytes(*room)])
            .map(|_| Ok(())),
        Change::AddLink(link) => add_link(connection, link).map(done),
        Change::UseLink { hash, purpose, now_ms } => use_link(connection, hash, *purpose, *now_ms),
        Change::PutRoom(room) => room_table::put(connection, room),
        Change::Erase(it) => erasure_table::add(connection, *it).map(Ok),
        Change::Erased(it) => erasure_table::done(connection, *it).map(Ok),
        Change::Seat(seat) => room_table::seat(connection, seat).map(done),
        Change::RenameSeats { person, nick } => {
            room_table::rename_seats(connection, *person, nick).map(done)
        }
        Change::Unseat { room, person } => room_table::unseat(connection, *room, *person).map(done),
        Change::PutGroup(group) => group_table::put(connection, group).map(done),
        Change::DeleteGroup(group) => group_table::delete(connection, *group).map(done),
        Change::Assign { group, person, is_member: true } => {
            group_table::assign(connection, *group, *person)
        }
        Change::Assign { group, person, is_member: false } => {
            group_table::dismiss(connection, Some(*group), *person).map(done)
        }
        Change::KeepAway(it) => peace_table::keep_away(connection, it).map(done),
        Change::Report(it) => peace_table::report(connection, it).map(done),
        Change::Settle { number, settled } => peace_table::settle(connection, *number, settled),
        Change::SetRaid(raid) => raid_table::set(connection, raid.as_ref()).map(done),
        Change::AddFilter(filter) => filter_table::add(connection, filter).map(done),
        Change::RemoveFilter { number } => filter_table::remove(connection, *number),
        Change::AddExternal(external) => external_table::add(connection, external),
        Change::Grant { id, grant } => external_table::grant(connection, id, grant),
        Change::Note(audit) => note(connection, audit).map(done),
    }
}

fn add_account(
    connection: &Connection,
    account: &Account,
) -> rusqlite::Result<Result<(), Unchanged>> {
    let Some(name) = &account.name else { return Ok(Err(Unchanged::NoAccount)) };
    if find(connection, &AccountKey::Person(account.person))?.is_some() {
        return Ok(Err(Unchanged::HasAccount));
    }
    if bot_table::has(connection, &name.fold())? {
        return Ok(Err(Unchanged::NameTaken));
    }
    let added = connection
        .prepare_cached(
            "INSERT OR IGNORE INTO account (person, fold, name, password, role, made)
             VALUES (?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            account.person.to_bytes(),
            name.fold().as_str(),
            name.as_str(),
            account.password,
            role_number(account.role),
            account.made_ms.cast_signed(),
        ])?;
    nick_history::keep(connection, account.person)?;
    Ok(if added == 1 { Ok(()) } else { Err(Unchanged::NameTaken) })
}

fn rename(
    connection: &Connection,
    person: PersonId,
    name: &Nick,
    at_ms: u64,
) -> rusqlite::Result<Result<(), Unchanged>> {
    let Some(Account { name: Some(old), .. }) = find(connection, &AccountKey::Person(person))?
    else {
        return Ok(Err(Unchanged::NoAccount));
    };
    if bot_table::has(connection, &name.fold())? {
        return Ok(Err(Unchanged::NameTaken));
    }
    let renamed = connection
        .prepare_cached("UPDATE OR IGNORE account SET fold = ?, name = ? WHERE person = ?")?
        .execute(params![name.fold().as_str(), name.as_str(), person.to_bytes()])?;
    if renamed == 0 {
        return Ok(Err(Unchanged::NameTaken));
    }
    if old != *name {
        let (from, to) = (old.as_str().into(), name.as_str().into());
        nick_history::add(connection, &NickChange { person, at_ms, from, to }, None)?;
    }
    Ok(Ok(()))
}

fn set_profile(
    connection: &Connection,
    person: PersonId,
    change: &ProfileChange,
) -> rusqlite::Result<Result<(), Unchanged>> {
    match find(connection, &AccountKey::Person(person))? {
        Some(Account { name: Some(_), .. }) => {
            profile_table::change(connection, person, change).map(Ok)
        }
        _ => Ok(Err(Unchanged::NoAccount)),
    }
}

fn set(
    connection: &Connection,
    person: PersonId,
    sql: &str,
    value: &dyn ToSql,
) -> rusqlite::Result<Result<(), Unchanged>> {
    let changed = connection.prepare_cached(sql)?.execute(params![value, person.to_bytes()])?;
    Ok(if changed == 1 { Ok(()) } else { Err(Unchanged::NoAccount) })
}

fn set_second_factor(
    connection: &Connection,
    person: PersonId,
    factor: Option<&SecondFactor>,
) -> rusqlite::Result<Result<(), Unchanged>> {
    let secret = factor.map(|factor| factor.secret.to_vec());
    let recovery = factor.map(|factor| factor.recovery.concat());
    let step = factor.map_or(0, |factor| factor.last_step.cast_signed());
    let changed = connection
        .prepare_cached(
            "UPDATE account SET factor = ?, step = ?, recovery = ?
             WHERE person = ? AND name IS NOT NULL",
        )?
        .execute(params![secret, step, recovery, person.to_bytes()])?;
    Ok(if changed == 1 { Ok(()) } else { Err(Unchanged::NoAccount) })
}

fn use_step(
    connection: &Connection,
    person: PersonId,
    step: u64,
) -> rusqlite::Result<Result<(), Unchanged>> {
    let used = connection
        .prepare_cached("UPDATE account SET step = ?1 WHERE person = ?2 AND step < ?1")?
        .execute(params![step.cast_signed(), person.to_bytes()])?;
    Ok(if used == 1 { Ok(()) } else { Err(Unchanged::CodeUsed) })
}

fn use_recovery(
    connection: &Connection,
    person: PersonId,
    hash: &SecretHash,
) -> rusqlite::Result<Result<(), Unchanged>> {
    let found = find(connection, &AccountKey::Person(person))?;
    let Some(mut factor) = found.and_then(|account| account.second_factor) else {
        return Ok(Err(Unchanged::CodeUsed));
    };
    let before = factor.recovery.len();
    factor.recovery.retain(|left| left != hash);
    if factor.recovery.len() == before {
        return Ok(Err(Unchanged::CodeUsed));
    }
    set_second_factor(connection, person, Some(&factor))
}

fn delete_account(
    connection: &Connection,
    person: PersonId,
) -> rusqlite::Result<Result<(), Unchanged>> {
    end_logins(connection, person, Logins::All)?;
    connection.prepare_cached("DELETE FROM seat WHERE person = ?")?.execute([person.to_bytes()])?;
    connection
        .prepare_cached("DELETE FROM kept_away WHERE person = ?")?
        .execute([person.to_bytes()])?;
    bot_table::end_of(connection, person)?;
    group_table::dismiss(connection, None, person)?;
    profile_table::forget(connection, person)?;
    nick_history::forget(connection, person)?;
    let deleted = connection
        .prepare_cached(
            "UPDATE account SET fold = NULL, name = NULL, password = NULL, factor = NULL,
                                recovery = NULL, role = ?
             WHERE person = ? AND name IS NOT NULL",
        )?
        .execute(params![role_number(Role::Guest), person.to_bytes()])?;
    Ok(if deleted == 1 { Ok(()) } else { Err(Unchanged::NoAccount) })
}

fn add_login(connection: &Connection, login: &NewLogin) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO login (hash, person, device, address, made, used, expires)
             VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6)",
        )?
        .execute(params![
            login.hash,
            login.person.to_bytes(),
            login.device,
            login.address,
            login.made_ms.cast_signed(),
            login.expires_ms.cast_signed(),
        ])
        .map(drop)
}

fn renew_login(
    connection: &Connection,
    old: &SecretHash,
    new: &SecretHash,
) -> rusqlite::Result<Result<(), Unchanged>> {
    let renewed = connection
        .prepare_cached("UPDATE login SET hash = ?2 WHERE hash = ?1")?
        .execute(params![old, new])?;
    Ok(if renewed == 1 { Ok(()) } else { Err(Unchanged::NoLogin) })
}

fn end_logins(connection: &Connection, person: PersonId, which: Logins) -> rusqlite::Result<()> {
    if which == Logins::All {
        external_table::revoke(connection, person)?;
    }
    let (sql, id) = match which {
        Logins::All => ("DELETE FROM login WHERE person = ?1 AND id <> ?2", 0),
        Logins::AllBut(id) => ("DELETE FROM login WHERE person = ?1 AND id <> ?2", id),
        Logins::One(id) => ("DELETE FROM login WHERE person = ?1 AND id = ?2", id),
    };
    connection.prepare_cached(sql)?.execute(params![person.to_bytes(), id.cast_signed()]).map(drop)
}

fn restrict(connection: &Connection, restriction: &Restriction) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO restriction (kind, subject, room, until, made, author, reason)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            kind_number(restriction.kind),
            subject_text(&restriction.subject),
            room_bytes(restriction.room),
            restriction.until_ms.map(u64::cast_signed),
            restriction.made_ms.cast_signed(),
            person_bytes(restriction.by),
            restriction.reason,
        ])
        .map(drop)
}

fn add_link(connection: &Connection, link: &NewLink) -> rusqlite::Result<()> {
    let (purpose, person) = purpose_columns(link.purpose);
    connection
        .prepare_cached(
            "INSERT INTO link (hash, purpose, person, uses, expires) VALUES (?, ?, ?, ?, ?)",
        )?
        .execute(params![link.hash, purpose, person, link.uses, link.expires_ms.cast_signed()])
        .map(drop)
}

fn use_link(
    connection: &Connection,
    hash: &SecretHash,
    purpose: LinkPurpose,
    now_ms: u64,
) -> rusqlite::Result<Result<(), Unchanged>> {
    let (purpose, person) = purpose_columns(purpose);
    let used = connection
        .prepare_cached(
            "UPDATE link SET uses = uses - 1
             WHERE hash = ? AND purpose = ? AND person = ? AND uses > 0 AND expires > ?",
        )?
        .execute(params![hash, purpose, person, now_ms.cast_signed()])?;
    Ok(if used == 1 { Ok(()) } else { Err(Unchanged::NoLink) })
}

fn note(connection: &Connection, audit: &Audit) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO audit (at, author, name, action, subject, room, reason)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            audit.at_ms.cast_signed(),
            person_bytes(audit.by),
            audit.by_name,
            audit.action,
            audit.subject,
            room_bytes(audit.room),
            audit.reason,
        ])
        .map(drop)
}
