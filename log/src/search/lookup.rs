//! One search in the index: from the newest message backwards, by the order in which they were committed.
//!
//! Never by FTS5's rank, which looks at every hit (0.15 to 0.9 s for a common word in a million messages). A search
//! looks at a fixed number of messages, whether they fit or not. So neither its end nor where it goes on tells of
//! messages that the asker may not see.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, params};
use throng_protocol::{PersonId, RoomId};

use super::query::Query;
use crate::sqlite::row_id;

/// How many messages one search looks through, whatever is in them. Those that fit cost about 60 ns each.
const WINDOW: i64 = 2_000_000;

/// How far the order of commits may be from that of the times: the follower reads what is committed by and by.
const SLACK_MS: u64 = 60_000;

/// The times at which a search goes on are cut to this, so that they tell of no message.
const MINUTE_MS: u64 = 60_000;

/// Whether the asker may see what is said in a room now; and of what is hidden there, what this person has said.
pub type MaySee = Box<dyn Fn(RoomId, Option<PersonId>) -> bool + Send>;

/// The result of a search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hits {
    /// Rooms and seqs of messages, the newest first.
    pub places: Vec<(RoomId, u64)>,
    /// Whether there may be more: below the last place, or before `searched_to`.
    pub is_more: bool,
    /// If the search ended before it had enough: everything since this time was looked through, in Unix
    /// milliseconds.
    pub searched_to: Option<u64>,
}

/// Searches.
pub(super) fn find(
    connection: &mut Connection,
    query: &Query,
    may_see: &MaySee,
    limit: usize,
) -> rusqlite::Result<Hits> {
    let snapshot = connection.transaction()?;
    let lookup = Lookup { connection: &snapshot, query };
    let Some(expression) = lookup.expression()? else { return Ok(Hits::default()) };
    let below = lookup.below()?;
    let above = lookup.above(below)?;
    let mut rooms = Rooms { connection: &snapshot, may_see, seen: HashMap::new() };
    let mut statement = snapshot.prepare_cached(
        "SELECT document.place, document.at, iif(document.hidden, document.person, NULL) FROM word
         CROSS JOIN document ON document.number = word.rowid
         WHERE word MATCH ? AND word.rowid < ? AND word.rowid > ? ORDER BY word.rowid DESC",
    )?;
    let mut rows = statement.query(params![expression, below, above.number])?;
    let mut hits = Hits::default();
    while let Some(row) = rows.next()? {
        let (number, seq) = row_id::parts(row.get(0)?);
        let Some(room) = rooms.visible(number, row.get(2)?)? else { continue };
        if !query.is_within(row.get::<_, i64>(1)?.cast_unsigned()) {
            continue;
        }
        if hits.places.len() == limit {
            hits.is_more = true;
            return Ok(hits);
        }
        hits.places.push((room, seq));
    }
    hits.searched_to = above.time;
    hits.is_more = above.time.is_some();
    Ok(hits)
}

impl Query {
    fn is_within(&self, at: u64) -> bool {
        self.since.is_none_or(|since| at >= since) && self.until.is_none_or(|until| at < until)
    }
}

/// Where a search ends: after the message with this number, of about this time if there are older ones to look at.
struct End {
    number: i64,
    time: Option<u64>,
}

struct Lookup<'a> {
    connection: &'a Connection,
    query: &'a Query,
}

impl Lookup<'_> {
    /// `None` if nothing can be found: the room or none of the senders is in the index, or there is no word.
    fn expression(&self) -> rusqlite::Result<Option<String>> {
        let room = match self.query.room.map(|room| self.room(room)).transpose()? {
            Some(None) => return Ok(None),
            room => room.flatten(),
        };
        let mut senders = None;
        for sender in self.query.senders.iter().flatten() {
            senders.get_or_insert_with(Vec::new).extend(self.person(*sender)?);
        }
        if self.query.senders.is_some() && senders.as_deref().is_none_or(<[i64]>::is_empty) {
            return Ok(None);
        }
        Ok(self.query.expression(room, senders.as_deref()))
    }

    fn room(&self, id: RoomId) -> rusqlite::Result<Option<i64>> {
        self.connection
            .prepare_cached("SELECT number FROM room WHERE id = ?")?
            .query_row([id.to_bytes()], |row| row.get(0))
            .optional()
    }

    fn person(&self, id: PersonId) -> rusqlite::Result<Option<i64>> {
        self.connection
            .prepare_cached("SELECT number FROM person WHERE id = ?")?
            .query_row([id.to_bytes()], |row| row.get(0))
            .optional()
    }

    /// The number before which the search begins.
    fn below(&self) -> rusqlite::Result<i64> {
        let last: Option<i64> =
            self.connection.query_row("SELECT max(number) FROM document", [], |row| row.get(0))?;
        let mut below = last.unwrap_or(0) + 1;
        if let Some(until) = self.query.until {
            below = below.min(self.first_since(until.saturating_add(SLACK_MS), below)?);
        }
        if let Some((room, seq)) = self.query.below
            && let Some(number) = self.number(room, seq)?
        {
            below = below.min(number);
        }
        Ok(below)
    }

    /// The number of a hit. If it was deleted since, of the next one in its room: a few hits come twice then, and none
    /// is missed.
    fn number(&self, room: RoomId, seq: u64) -> rusqlite::Result<Option<i64>> {
        let Some(room) = self.room(room)? else { return Ok(None) };
        let (from, to) =
            (row_id::key(room, seq.min(row_id::SEQ_MAX)), row_id::key(room, row_id::SEQ_MAX));
        self.connection
            .prepare_cached(
                "SELECT number FROM document WHERE place >= ? AND place <= ? ORDER BY place LIMIT 1",
            )?
            .query_row([from, to], |row| row.get(0))
            .optional()
    }

    /// After which number the search ends.
    fn above(&self, below: i64) -> rusqlite::Result<End> {
        let since = match self.query.since {
            Some(since) => self.first_since(since.saturating_sub(SLACK_MS), below)? - 1,
            None => 0,
        };
        let window = below - WINDOW;
        if window <= since {
            return Ok(End { number: since, time: None });
        }
        let time = self.time(window)?.map(|at| at.next_multiple_of(MINUTE_MS));
        Ok(End { number: window, time })
    }

    /// The time of the first message after this number.
    fn time(&self, number: i64) -> rusqlite::Result<Option<u64>> {
        let at = self
            .connection
            .prepare_cached("SELECT at FROM document WHERE number > ? ORDER BY number LIMIT 1")?
            .query_row([number], |row| row.get::<_, i64>(0))
            .optional()?;
        Ok(at.map(i64::cast_unsigned))
    }

    /// A number below which all messages are from before this time.
    fn first_since(&self, time: u64, below: i64) -> rusqlite::Result<i64> {
        let (mut low, mut high) = (1, below);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.time(middle - 1)? {
                Some(at) if at < time => low = middle + 1,
                _ => high = middle,
            }
        }
        Ok(low)
    }
}

/// The rooms of the index as the asker sees them: each is asked about once.
struct Rooms<'a> {
    connection: &'a Connection,
    may_see: &'a MaySee,
    seen: HashMap<i64, Option<RoomId>>,
}

impl Rooms<'_> {
    /// The room of a message, if the asker may see the message: `hidden_of` is the number of its sender, if it is hidden.
    fn visible(&mut self, number: i64, hidden_of: Option<i64>) -> rusqlite::Result<Option<RoomId>> {
        let Some(room) = self.room(number)? else { return Ok(None) };
        let Some(sender) = hidden_of else { return Ok(Some(room)) };
        let sender = self
            .connection
            .prepare_cached("SELECT id FROM person WHERE number = ?")?
            .query_row([sender], |row| row.get(0))?;
        Ok(Some(room).filter(|room| (self.may_see)(*room, Some(PersonId::from_bytes(sender)))))
    }

    fn room(&mut self, number: i64) -> rusqlite::Result<Option<RoomId>> {
        if let Some(room) = self.seen.get(&number) {
            return Ok(*room);
        }
        let id = self
            .connection
            .prepare_cached("SELECT id FROM room WHERE number = ?")?
            .query_row([number], |row| row.get(0))?;
        let room = Some(RoomId::from_bytes(id)).filter(|room| (self.may_see)(*room, None));
        self.seen.insert(number, room);
        Ok(room)
    }
}
