//! `audit`: who did what to whom, page by page for people, and as JSON Lines for programs.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use throng_log::{Audit, AuditFrom, AuditRange};
use throng_protocol::{ReadAudit, RoomId, RoomRef};

use super::arguments::Arguments;
use super::refused::Refused;
use crate::actor::{Actor, room_ref};
use crate::membership::Membership;
use crate::moderation::Moderation;
use crate::server::Server;

/// How many entries are read for one answer of an export. With reasons of full length they have half a megabyte, and
/// are read in some milliseconds, so that other reads of the log do not notice an export.
const EXPORTED_AT_ONCE: u32 = 500;

/// `2026-12-01`. The parser of days would take a time as well, and leave it out.
const DAY_CHARS: usize = 10;

pub(super) async fn list(server: &Server, arguments: Arguments) -> Result<Value, Refused> {
    let room = arguments.text_if_given("room").map(str::to_owned);
    let before = arguments.number_if_given("before");
    let page = Moderation(server).audit(&Actor::server(), &ReadAudit { room, before }).await?;
    Ok(json!({"entries": page.entries, "more": page.more}))
}

/// A page of an export. `next` is there as long as there may be more; a page of a time that is long ago can be empty.
pub(super) async fn export(server: &Server, arguments: Arguments) -> Result<Value, Refused> {
    let room = arguments.text_if_given("room").map(|room| room_of(server, room)).transpose()?;
    let since_ms = arguments.text_if_given("since").map(since).transpose()?.unwrap_or(0);
    let from = AuditFrom::After(arguments.number_if_given("after").unwrap_or(0));
    let range = AuditRange { from, limit: EXPORTED_AT_ONCE, room, action: None, reader: None };
    let page = server.identity.audit(range).await?;
    let is_full = page.len() >= EXPORTED_AT_ONCE as usize;
    let next = page.last().filter(|_| is_full).map(|last| last.id);
    let entries = page.iter().filter(|entry| entry.at_ms >= since_ms).map(exported);
    Ok(json!({"entries": entries.collect::<Vec<_>>(), "next": next}))
}

/// An entry with all of its fields, also those that say nothing. `docs/operating.md` promises them.
fn exported(entry: &Audit) -> Value {
    json!({
        "number": entry.id,
        "at": entry.at_ms,
        "by": entry.by,
        "by_name": entry.by_name,
        "action": entry.action,
        "subject": entry.subject,
        "room": entry.room,
        "reason": entry.reason,
    })
}

/// A room by its name, or by its id also when it was deleted: its entries stay.
fn room_of(server: &Server, room: &str) -> Result<RoomId, Refused> {
    match room_ref(room)? {
        RoomRef::Id(id) => Ok(id),
        RoomRef::Name(_) => Ok(Membership(server).seen(None, room)?.attributes.id),
    }
}

/// A moment in Unix milliseconds: a day, which begins at midnight in UTC, or a time with its offset (RFC 3339).
fn since(text: &str) -> Result<u64, Refused> {
    let time = match text.len() {
        DAY_CHARS => text.parse::<Date>().and_then(|day| day.to_zoned(TimeZone::UTC)),
        _ => text.parse::<Timestamp>().map(|time| time.to_zoned(TimeZone::UTC)),
    };
    let time = time.map_err(|_| {
        let message =
            "\"since\" must be a day or a time such as 2026-12-01 or 2026-12-01T12:00:00Z";
        Refused::bad_argument(message)
    })?;
    Ok(u64::try_from(time.timestamp().as_millisecond()).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::since;

    #[test]
    fn a_day_begins_at_midnight_in_utc_and_a_time_has_an_offset() {
        for (text, ms) in [
            ("1970-01-02", 86_400_000),
            ("1970-01-01T00:00:01Z", 1_000),
            ("1970-01-01 01:00:01+01:00", 1_000),
            ("1969-01-01", 0),
        ] {
            assert_eq!(since(text).expect(text), ms);
        }
        for text in ["", "yesterday", "2026-13-01", "12:00", "2026-12-01T12:00:00", "1764547200000"]
        {
            assert!(since(text).is_err(), "{text}");
        }
    }
}
