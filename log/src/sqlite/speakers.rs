//! Who sent messages under which nick, until the table `nick` has it.
//!
//! The log has the nick with each message, so the row in the table can wait: it is kept in memory until one
//! transaction writes some hundred rows. Written with each person's first message, they made sends a tenth
//! more expensive while a crowd arrived. `room.noted` says up to which message the table has a room's nicks;
//! after a crash, opening the log reads the messages beyond it, those of a few seconds.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use throng_protocol::{Fold, Nick, PersonId};

use super::failure::is_damage;
use super::nick_table::{FRESH_MS, put};
use super::row_id;
use crate::directory::{NickNote, NickRecord};
use crate::log::Append;

/// The number of senders in memory at which they are written, after the next commit. Together they change
/// each page of the table once; writing more at once would delay sends.
const UNWRITTEN_MAX: usize = 1_024;

/// How long senders stay in memory when there are few of them, and how far opening after a crash reads back.
const UNWRITTEN_FOR: Duration = Duration::from_secs(10);

/// The most people whose last nick is remembered, about 6 MB.
const SPEAKERS_MAX: usize = 65_536;

/// The senders and their nicks since the table was last written.
#[derive(Default)]
pub(super) struct Unwritten {
    speakers: HashMap<Fold, Speaker>,
    /// The numbers of rooms with messages beyond `room.noted`.
    rooms: HashSet<i64>,
    /// When the first of these senders came.
    since: Option<Instant>,
}

impl Unwritten {
    /// Who sent a message under this nick.
    pub(super) fn find(&self, fold: &Fold) -> Option<NickRecord> {
        self.speakers.get(fold).map(|speaker| NickRecord {
            has_account: false,
            person: speaker.person,
            has_spoken: true,
            seen_ms: speaker.at,
        })
    }

    /// Records a message in the room with this number.
    pub(super) fn said_in(&mut self, room: i64) {
        self.rooms.insert(room);
        self.since.get_or_insert_with(Instant::now);
    }

    /// Records a sender. `said_in` follows, once the batch's messages are inserted.
    pub(super) fn spoke(&mut self, fold: Fold, speaker: Speaker) {
        self.speakers.insert(fold, speaker);
    }

    /// Whether there are many senders, or one from a while ago.
    pub(super) fn is_due(&self) -> bool {
        self.speakers.len() >= UNWRITTEN_MAX
            || self.since.is_some_and(|since| since.elapsed() >= UNWRITTEN_FOR)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.since.is_none()
    }

    /// Whether this note gives a nick to somebody: then the table must first have who sent messages under it.
    pub(super) fn precedes(&self, note: &NickNote) -> bool {
        matches!(note, NickNote::Worn { nick, .. } if self.speakers.contains_key(&nick.fold()))
    }

    /// Writes the senders, and up to which messages that is.
    pub(super) fn write(&self, connection: &Connection) -> rusqlite::Result<()> {
        for (fold, speaker) in &self.speakers {
            put(connection, fold, speaker.person, &speaker.nick, true, speaker.at)?;
        }
        let mut noted =
            connection.prepare_cached("UPDATE room SET noted = head WHERE number = ?")?;
        for room in &self.rooms {
            noted.execute([room])?;
        }
        Ok(())
    }
}

/// The sender of a message.
pub(super) struct Speaker {
    person: PersonId,
    nick: Box<str>,
    /// By the log's clock.
    at: u64,
}

/// By nick, with the message's key.
type LastSpeakers = HashMap<Fold, (i64, Speaker)>;

/// The nicks under which the writer thread knows that people sent messages in the last hour.
pub(super) struct Speakers {
    said: HashMap<PersonId, (Box<str>, u64)>,
}

impl Speakers {
    pub(super) fn new() -> Self {
        Self { said: HashMap::new() }
    }

    /// Forgets everything: after a rollback, nothing of it was written.
    pub(super) fn forget(&mut self) {
        self.said.clear();
    }

    /// Records a sender and their nick. Returns the sender if that is new. The record stays even if the
    /// message is rolled back: the sender does not know either whether the message is on disk.
    pub(super) fn spoke(&mut self, item: &Append, now: u64) -> Option<(Fold, Speaker)> {
        let known = self.said.get(&item.sender);
        if known.is_some_and(|(nick, at)| *nick == item.nick && now < at + FRESH_MS) {
            return None;
        }
        let nick = Nick::parse(&item.nick).ok()?;
        if self.said.len() >= SPEAKERS_MAX {
            self.said.clear();
        }
        self.said.insert(item.sender, (item.nick.clone(), now));
        let speaker = Speaker { person: item.sender, nick: item.nick.clone(), at: now };
        Some((nick.fold(), speaker))
    }
}

/// The last sender under each nick in the messages beyond `noted`: the column `room.noted`, or 0 for all.
/// Each comes with the key of the message, whose time is `at`.
///
/// Leaves out rooms in which one of these messages is damaged, so that the log still opens. Call this before
/// a transaction begins to write: SQLite refuses further writes in one that has met damage.
pub(super) fn unnoted(connection: &Connection, noted: &str) -> rusqlite::Result<LastSpeakers> {
    let mut last = LastSpeakers::new();
    let mut rooms = connection
        .prepare(&format!("SELECT number, {noted}, head FROM room WHERE {noted} < head"))?;
    let mut rows = rooms.query([])?;
    while let Some(row) = rows.next()? {
        let (room, noted, head): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let key = |seq: i64| row_id::key(room, seq.cast_unsigned());
        match said_between(connection, key(noted), key(head)) {
            Err(error) if is_damage(&error) => {
                tracing::warn!(room, %error, "damaged messages: some nicks may be given away");
            }
            said => keep_last(&mut last, said?),
        }
    }
    Ok(last)
}

/// Writes senders to the table of nicks. `now` is the log's clock at the newest message.
pub(super) fn note(connection: &Connection, last: &LastSpeakers, now: u64) -> rusqlite::Result<()> {
    let newest = last.values().map(|(_, speaker)| speaker.at).max().unwrap_or(0);
    for (fold, (_, speaker)) in last {
        let seen = now.saturating_sub(newest - speaker.at);
        put(connection, fold, speaker.person, &speaker.nick, true, seen)?;
    }
    connection.execute("UPDATE room SET noted = head WHERE noted < head", []).map(drop)
}

/// The senders and nicks in messages with keys above the first and up to the last, each with the key of their
/// last message; `at` is the time of that message.
fn said_between(
    connection: &Connection,
    above: i64,
    last: i64,
) -> rusqlite::Result<Vec<(i64, Speaker)>> {
    connection
        .prepare_cached(
            "SELECT sender, nick, at, max(id) FROM message WHERE id > ? AND id <= ?
             GROUP BY sender, nick",
        )?
        .query_map([above, last], |row| {
            let at = row.get::<_, i64>(2)?.cast_unsigned();
            let speaker =
                Speaker { person: PersonId::from_bytes(row.get(0)?), nick: row.get(1)?, at };
            Ok((row.get(3)?, speaker))
        })?
        .collect()
}

/// Keeps the last sender under each nick. Of two messages in the same millisecond, the room's later one
/// counts.
fn keep_last(last: &mut LastSpeakers, said: Vec<(i64, Speaker)>) {
    for (key, speaker) in said {
        let Ok(nick) = Nick::parse(&speaker.nick) else { continue };
        let fold = nick.fold();
        if last.get(&fold).is_none_or(|(other, it)| (it.at, *other) < (speaker.at, key)) {
            last.insert(fold, (key, speaker));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::{UNWRITTEN_FOR, Unwritten};

    #[test]
    fn a_room_in_which_the_same_people_speak_is_noted_after_a_while() {
        let mut unwritten = Unwritten::default();
        unwritten.said_in(1);
        assert!(!unwritten.is_empty() && !unwritten.is_due());
        unwritten.since = Instant::now().checked_sub(UNWRITTEN_FOR);
        unwritten.said_in(1);
        assert!(unwritten.is_due(), "the first message counts");
    }
}
